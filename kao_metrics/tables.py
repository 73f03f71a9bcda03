"""Results as tables for readers, on great_tables: figures aligned, units, remarks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import great_tables as gt
import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.labels import TOTAL, text
from kao_metrics.printed import grouped, places

_MISSING: Final = "—"
_EVERY: Final = "_every"


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
            whole.append(_computed(rows[0], text("overall", lang), name, lang))
            continue
        if {(row["value"], row["reason"]) for row in rows} == {(None, rows[0]["reason"])}:
            rows = [{**rows[0], "breakdown": _EVERY}]
        group = labels.label("indicator", indicator, lang)
        broken_down += [_computed(row, group, breakdown(row, lang), lang) for row in rows]
    identity = "computed-" + "-".join(indicators)
    return _table([*whole, *broken_down], lang, identity, name="name", group="group")


def _computed(row: dict[str, Any], group: str, name: str, lang: str) -> dict[str, Any]:
    return {
        "group": group,
        "name": name,
        "value": value(row, lang),
        "interval": interval(row),
        "computed_from": fraction(row),
        "remark": reason(row, lang),
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
            "as_of": "" if row["as_of"] is None else labels.date_name(row["as_of"], lang),
            "previous": _change(changes.get(f"{row['indicator']}.previous"), lang),
            "last_year": _change(changes.get(f"{row['indicator']}.same_half_last_year"), lang),
            "share": _share(analysis, row["indicator"]),
            "remark": analysis.remarks.get(row["indicator"], ""),
        }
        for row in sorted(frame.iter_rows(named=True), key=_place)
    ]
    return _table(rows, lang, "services", group="group", name="name")


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
                "as_of": "" if row["as_of"] is None else labels.date_name(row["as_of"], lang),
                "section": row["section"],
                "remark": analysis.remarks.get(indicator, ""),
            }
        )
    return _table(rows, lang, name, name="name")


def stated(analysis: Analysis) -> gt.GT | None:
    """Tabulate every stated figure with its recomputation, interval and verdict."""
    lang = analysis.lang
    rows = [
        {
            "name": labels.stated_label(each.id, each.statement, lang),
            "section": each.section,
            "stated": labels.qualified(
                grouped(Decimal(each.stated), places(each.stated)),
                each.qualifier,
                lang,
            ),
            "recomputed": _MISSING
            if each.recomputed is None
            else grouped(each.recomputed, digits(each.stated, each.recomputed)),
            "interval": _ends(each.lower, each.upper, 2),
            "unit": labels.unit_label(each.unit, lang),
            "verdict": labels.label("verdict", each.verdict.replace(" ", "_"), lang),
            "remark": each.reason,
        }
        for each in analysis.findings
    ]
    return _table(rows, lang, "stated", name="name")


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
    return _table(rows, lang, "reference", name="name", group="group")


def data_of(frame: pl.DataFrame, lang: str, identity: str) -> gt.GT | None:
    """Tabulate the data of a chart: what each bar or point is, and how much."""
    if "detail" in frame.columns:
        rows = [
            {"name": name, "value": detail}
            for name, detail in frame.select("name", "detail").iter_rows()
        ]
    else:
        rows = [
            {"name": f"{month:%Y-%m}", "value": f"{value:,.0f}"}
            for month, value in frame.select("month", "value").iter_rows()
        ]
    return _table(rows, lang, identity, name="name")


def printed_value(row: dict[str, Any], lang: str) -> str:
    """Write a figure as the report prints it, with its qualifier in words."""
    return labels.qualified(
        grouped(row["value"], places(row["printed"])), row.get("qualifier", "exact"), lang
    )


def _table(
    rows: list[dict[str, Any]], lang: str, identity: str, *, name: str, group: str | None = None
) -> gt.GT | None:
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
    return table.sub_missing(missing_text=_MISSING)


_NUMBERS: Final = (
    "value",
    "interval",
    "computed_from",
    "previous",
    "last_year",
    "share",
    "stated",
    "recomputed",
)


def breakdown(row: dict[str, Any], lang: str) -> str:
    """Say in words what a row of the result table is of."""
    code = row["breakdown"]
    if code == TOTAL:
        return text("together", lang)
    if code == _EVERY:
        return text("every_row", lang)
    base, _, compared = code.partition(".")
    if compared:
        return text(
            "two_names",
            lang,
            first=labels.figure_label(base, lang),
            second=text(f"against_{compared}", lang)
            if compared in _COMPARED
            else _code_name(compared, lang),
        )
    if code in ("by_subtraction", "as_stated"):
        return text(code, lang)
    if code in (*labels.codes("sector"), *labels.codes("complaint_category")):
        return _code_name(code, lang)
    return labels.group_label(code, lang)


_COMPARED: Final = ("previous", "same_half_last_year")


def _code_name(code: str, lang: str) -> str:
    kind = "sector" if code in labels.codes("sector") else "complaint_category"
    return labels.label_or_code(kind, code, lang)


def value(row: dict[str, Any], lang: str) -> str | None:
    """Write the value of a row of the result table; None where it is missing."""
    if row["value"] is None:
        return None
    digits = labels.attribute("indicator", row["indicator"], "places")
    return labels.amount(row["value"], row["unit"], lang, int(digits) if digits else None)


def interval(row: dict[str, Any]) -> str:
    """Write the bounds of a row of the result table; empty where the value is exact."""
    places_shown = int(labels.attribute("indicator", row["indicator"], "places", "0"))
    scale = 100 if row["unit"] == "ratio" else 1
    digits = places_shown if scale > 1 or not places_shown else places_shown + 1
    ends = [None if row[name] is None else row[name] * scale for name in ("lower", "upper")]
    return _ends(ends[0], ends[1], digits) + ("%" if scale > 1 and any(ends) else "")


def _ends(lower: Any, upper: Any, digits: int) -> str:
    if lower == upper:
        return ""
    low = "" if lower is None else grouped(lower, digits)
    high = "" if upper is None else grouped(upper, digits)
    return f"{low}–{high}"


def fraction(row: dict[str, Any]) -> str:
    """Write what a ratio is computed from; empty where a value is no ratio."""
    if row["numerator"] is None or row["denominator"] is None:
        return ""
    return f"{grouped(row['numerator'])} ÷ {grouped(row['denominator'])}"


def reason(row: dict[str, Any], lang: str) -> str:
    """Say why a value is missing or what it assumes; empty where there is nothing to say."""
    return "" if row["reason"] is None else labels.label("reason", row["reason"], lang)


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
