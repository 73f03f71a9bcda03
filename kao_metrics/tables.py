"""Results as tables for readers, on great_tables: figures aligned, units, remarks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import great_tables as gt
import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.explanations import formula
from kao_metrics.labels import TOTAL, text
from kao_metrics.markup import documents
from kao_metrics.metrics.category_changes import latest_changes
from kao_metrics.metrics.stated import as_decimal, operands
from kao_metrics.printed import grouped, places
from kao_metrics.restated_words import (
    because_words,
    change_words,
    figure_name,
    release_name,
    standing_words,
    standings,
    words,
)
from kao_metrics.statistics.contributions import Contribution, Other
from kao_metrics.wording import (
    EVERY,
    MISSING,
    breakdown,
    category_name,
    change_verdict,
    ends,
    interval,
    is_confidence,
    numbers_put_in,
    printed_interval,
    printed_value,
    reason,
    signed,
    value,
    verdict,
)


def computed(analysis: Analysis, *indicators: str) -> gt.GT | None:
    """Tabulate computed indicators: value, interval, and what it is computed from.

    Indicators with one value for the whole come first, under one heading; the others have
    a heading each. Where every row of an indicator is missing for the same reason, it is
    said once.
    """
    lang = analysis.lang
    whole: list[dict[str, Any]] = []
    broken_down: list[dict[str, Any]] = []
    for indicator in indicators:
        found = analysis.results.filter(pl.col("indicator") == indicator)
        rows = list(found.iter_rows(named=True))
        if not rows:
            continue
        if [row["breakdown"] for row in rows] == [TOTAL]:
            name = labels.label("indicator", indicator, lang)
            whole.append(_computed(analysis, rows[0], text("overall", lang), name))
            continue
        if {(row["value"], row["reason"]) for row in rows} == {(None, rows[0]["reason"])}:
            rows = [{**rows[0], "breakdown": EVERY}]
        group = labels.label("indicator", indicator, lang)
        broken_down += [_computed(analysis, row, group, breakdown(row, lang)) for row in rows]
    identity = "computed-" + "-".join(indicators)
    return tabulated([*whole, *broken_down], lang, identity, name="name", group="group")


def _computed(analysis: Analysis, row: dict[str, Any], group: str, name: str) -> dict[str, Any]:
    lang = analysis.lang
    return {
        "group": group,
        "name": name,
        "value": value(row, lang),
        "interval": "" if is_confidence(row) else interval(row, lang),
        "confidence": interval(row, lang) if is_confidence(row) else "",
        "computed_from": formula(analysis, row),
        "remark": reason(row, lang) or change_verdict(row, lang),
    }


def services(analysis: Analysis) -> gt.GT | None:
    """Tabulate every counted service by section of the report, with unit and change."""
    lang = analysis.lang
    frame = (
        analysis.tables["services"]
        .filter(pl.col("time_period") == analysis.period.code)
        .sort("row")
        .collect()
    )
    changes = {
        row["breakdown"]: row
        for row in analysis.results.filter(
            pl.col("indicator") == "service_change", pl.col("value").is_not_null()
        ).iter_rows(named=True)
    }
    rows = [
        {
            "group": _section(row["section"], lang),
            "name": labels.figure_label(row["indicator"], lang),
            "value": printed_value(row, lang),
            "unit": labels.label("unit", row["unit"], lang),
            "interval": printed_interval(row, lang),
            "as_of": "" if row["as_of"] is None else labels.date_name(row["as_of"], lang),
            "previous": _change(changes.get(f"{row['indicator']}.previous"), lang),
            "last_year": _change(changes.get(f"{row['indicator']}.same_half_last_year"), lang),
            "share": _share(analysis, row["indicator"]),
            "section": row["section"] or "",
            "remark": analysis.remarks.get(row["indicator"], ""),
        }
        for row in sorted(frame.iter_rows(named=True), key=_place)
    ]
    note = _documents(analysis, frame)
    return tabulated(rows, lang, "services", group="group", name="name", note=note)


def staff(analysis: Analysis) -> gt.GT | None:
    """Tabulate the staff figures as printed, with what is known of them."""
    return _printed(analysis, "workforce", "staff")


def reserve(analysis: Analysis) -> gt.GT | None:
    """Tabulate the retirement reserve's figures as printed."""
    return _printed(analysis, "retirement_reserve", "reserve")


def _printed(analysis: Analysis, table: str, name: str) -> gt.GT | None:
    lang = analysis.lang
    frame = analysis.tables[table].filter(pl.col("time_period") == analysis.period.code).collect()
    rows = []
    for row in frame.sort("row").iter_rows(named=True):
        indicator = row["indicator"]
        if table == "workforce" and row["as_of"] != row["latest_as_of"]:
            indicator = f"{indicator.removesuffix('_total')}_baseline"
        rows.append(
            {
                "name": labels.figure_label(indicator, lang),
                "value": printed_value(row, lang),
                "unit": labels.label("unit", row.get("unit", "person"), lang),
                "interval": printed_interval(row, lang),
                "as_of": "" if row["as_of"] is None else labels.date_name(row["as_of"], lang),
                "section": row["section"],
                "remark": analysis.remarks.get(indicator, ""),
            }
        )
    return tabulated(rows, lang, name, name="name", note=_documents(analysis, frame))


def _documents(analysis: Analysis, frame: pl.DataFrame) -> str:
    """Say as HTML which documents print the figures of a table."""
    named = frame["source_id"].drop_nulls().unique(maintain_order=True)
    return documents(analysis, named)


def stated(analysis: Analysis) -> gt.GT | None:
    """Tabulate every stated figure with its recomputation, interval and verdict.

    Why one does not follow takes more than a cell: `kao_metrics.sentences.stated` says it.
    """
    lang, values = analysis.lang, operands(analysis.results)
    rows = [
        {
            "name": labels.stated_label(each.id, each.statement, lang),
            "section": each.section,
            "stated": labels.qualified(
                grouped(Decimal(each.stated), places(each.stated)),
                each.qualifier,
                lang,
            ),
            "recomputed": MISSING
            if each.recomputed is None
            else grouped(each.recomputed, digits(each.stated, each.recomputed)),
            "interval": ends(each.lower, each.upper, 2, lang),
            "computed_from": numbers_put_in(each.operands, values),
            "unit": labels.unit_label(each.unit, lang),
            "verdict": verdict(each, lang),
        }
        for each in analysis.findings
    ]
    return tabulated(rows, lang, STATED, name="name")


def restated(analysis: Analysis) -> gt.GT | None:
    """Tabulate the published figures that changed: as published, now, and because of what.

    A period without a register of them has no such table.
    """
    lang = analysis.lang
    rows = []
    for standing in standings(analysis):
        figure = standing.figure
        said = words(figure.indicator, figure.before, standing.now, lang, is_brief=True)
        rows.append(
            {
                "group": release_name(standing.entry, lang),
                "name": figure_name(figure, lang),
                "published": said.before or MISSING,
                "present": said.after or MISSING,
                "difference": change_words(said, lang),
                "because": because_words(figure, lang),
                "remark": standing_words(standing, lang),
            }
        )
    return tabulated(rows, lang, "restated", name="name", group="group")


def category_ranks(analysis: Analysis) -> gt.GT | None:
    """Tabulate the categories of complaints: cases a day now and then, and ranks.

    Against the half-year before, or the same half last year where that has no categories;
    None where neither has. Shares of the change are left out where categories make up for
    one another, since they would say little.
    """
    lang = analysis.lang
    latest = latest_changes(analysis.tables["complaints"], analysis.period)
    if latest is None:
        return None
    against, found = latest
    names: list[tuple[Contribution | Other, str]] = [
        (part, category_name(part, lang)) for part in found.made_of.parts
    ]
    names += [(found.made_of.rest, text("not_broken_down", lang))] if found.made_of.rest else []
    rows = [
        {
            "category": name,
            "rate_now": grouped(Decimal(part.now) / found.days_now, 1),
            f"rate_{against}": grouped(Decimal(part.then) / found.days_then, 1),
            "rate_change": signed(part.change),
            "change_share": labels.amount(as_decimal(part.share), "ratio", lang, 1)
            if found.makes_up and part.share is not None
            else "",
            "rank": _rank(part, lang),
        }
        for part, name in [*names, (found.whole, text("together", lang))]
    ]
    note = documents(analysis, found.source_id.split(";"))
    return tabulated(rows, lang, "category_ranks", name="category", note=note)


def _rank(part: Contribution | Other, lang: str) -> str:
    """Write a rank, and how many places it moved."""
    if isinstance(part, Other):
        return ""
    if part.rank_now is None:
        return MISSING
    if not part.places_up:
        return str(part.rank_now)
    key = "rank_up" if part.places_up > 0 else "rank_down"
    return text(key, lang, rank=part.rank_now, places=abs(part.places_up))


def reference(analysis: Analysis) -> gt.GT | None:
    """Tabulate what other governments published, with what is not comparable.

    What is not comparable and who published it are said once a place.
    """
    lang = analysis.lang
    rows = []
    said: set[tuple[str, str]] = set()
    for row in analysis.reference_figures.iter_rows(named=True):
        source = analysis.sources[row["source_id"]]
        is_first = (row["place"], row["source_id"]) not in said
        said.add((row["place"], row["source_id"]))
        rows.append(
            {
                "group": labels.label("place", row["place"], lang),
                "name": labels.figure_label(row["indicator"], lang),
                "period": labels.reference_period(row["period"], lang),
                "value": printed_value(row, lang),
                "unit": labels.label("unit", row["unit"], lang),
                "remark": labels.label("scope", row["scope"], lang) if is_first else "",
                "publisher": source.publisher[lang] if is_first else "",
            }
        )
    return tabulated(rows, lang, "reference", name="name", group="group")


def data_of(drawn: list[dict[str, Any]], lang: str, identity: str) -> gt.GT | None:
    """Tabulate the data of a chart: what each bar or point is, and how much."""
    rows = [
        {"name": row["name"], "value": row["detail"]}
        for row in drawn
        if "name" in row and "detail" in row
    ]
    return tabulated(rows, lang, identity, name="name")


def tabulated(  # noqa: PLR0913 - what a table can have
    rows: list[dict[str, Any]],
    lang: str,
    identity: str,
    *,
    name: str,
    group: str | None = None,
    note: str = "",
) -> gt.GT | None:
    """Make a table for readers; None without rows, and without the columns that are empty.

    Parameters
    ----------
    rows
        What each cell says, by column; column ``x`` is called ``column_x`` in labels.toml.
    lang
        Language of the title and the heads.
    identity
        A name for it; up to a hyphen it is that of its title, ``title_x`` in labels.toml.
    name, group
        The column that names a row, and the one by which rows are grouped.
    note
        HTML that stands below.
    """
    if not rows:
        return None
    keep = [
        column
        for column in rows[0]
        if column in (name, group) or any(row[column] not in ("", None) for row in rows)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None).select(keep)
    numbers = [column for column in keep if column in _NUMBERS]
    heads: dict[str, Any] = {
        column: text(f"column_{column}", lang) for column in keep if column not in (name, group)
    }
    table = gt.GT(frame, rowname_col=name, groupname_col=group, id=identity, locale=None)
    title = text(f"title_{identity.partition('-')[0]}", lang)
    table = table.tab_stubhead(label=text(f"column_{name}", lang)).cols_label(**heads)
    table = table.tab_header(title=title)
    if numbers:
        table = table.cols_align(align="right", columns=numbers)
    if note:
        table = table.tab_source_note(gt.html(note))
    return table.sub_missing(missing_text=MISSING)


STATED: Final = "stated"
"""Name of the table of stated figures, which the key figures link to."""

_NUMBERS: Final = (
    "value",
    "interval",
    "computed_from",
    "previous",
    "last_year",
    "share",
    "stated",
    "recomputed",
    "confidence",
    "rate_now",
    "rate_previous",
    "rate_same_half_last_year",
    "rate_change",
    "change_share",
    "rank",
    "published",
    "present",
    "difference",
    "before",
    "after",
    "relative",
)


def _change(row: dict[str, Any] | None, lang: str) -> str:
    return "" if row is None else labels.amount(row["value"], "ratio", lang, 1)


def _share(analysis: Analysis, indicator: str) -> str:
    found = analysis.results.filter(
        pl.col("indicator") == "part_share",
        pl.col("breakdown") == indicator,
        pl.col("value").is_not_null(),
    )
    if found.is_empty():
        return ""
    row = found.row(0, named=True)
    return text(
        "share_of",
        analysis.lang,
        share=labels.amount(row["value"], "ratio", analysis.lang, 1),
        whole=grouped(row["denominator"]),
    )


def _place(row: dict[str, Any]) -> tuple[int, int]:
    """Sort figures by the section of the report, and within it as the table has them."""
    number = _number(row["section"])
    return (int(number) if number else len(labels.codes("section")) + 1, row["row"])


def _number(section: str | None) -> str:
    """Return the number of the chief section: 5 of 5.1(4)1."""
    return (section or "").partition(".")[0].partition("(")[0]


def _section(section: str | None, lang: str) -> str:
    number = _number(section)
    return labels.label_or_code("section", number, lang) if number else text("no_section", lang)


def digits(stated: str, recomputed: Decimal) -> int:
    """Return the decimals to show of a recomputed figure: none if it is whole."""
    return 0 if recomputed == recomputed.to_integral_value() else max(places(stated), 2)
