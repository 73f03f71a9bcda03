"""Results as Altair charts: which figures each chart shows, and what it says of them.

A chart without data is None, and so is a line with fewer than two points. The forms that
charts take are in `kao_metrics.forms`; `kao_metrics.display` shows a chart with its caption,
its alternative text and its data.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import altair as alt
import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.forms import Bar, bars, line
from kao_metrics.labels import TOTAL
from kao_metrics.metrics.complaints import monthly_counts
from kao_metrics.printed import grouped
from kao_metrics.wording import sections, with_interval

Row = dict[str, Any]


def downsizing(analysis: Analysis) -> alt.LayerChart | None:
    """Draw each category's headcount at the baseline and now."""
    lang, found = analysis.lang, _rows(analysis, "downsizing_ratio")
    rows = [
        Bar(
            labels.group_label(row["breakdown"], lang),
            labels.text(
                "bar_downsizing",
                lang,
                baseline=grouped(row["denominator"]),
                now=grouped(row["denominator"] - row["numerator"]),
                change=labels.amount(-row["value"], "ratio", lang, 2),
            ),
            row["denominator"] - row["numerator"],
            back=row["denominator"],
            passage=_section(analysis, row),
            is_whole=row["breakdown"] == TOTAL,
        )
        for row in found
    ]
    return bars(
        rows,
        "downsizing",
        lang,
        explained=["downsizing_ratio"],
        direction=labels.text(
            "alt_fell_and_rose",
            lang,
            fell=sum(row["value"] > 0 for row in found),
            rose=sum(row["value"] < 0 for row in found),
        ),
    )


def contributions(analysis: Analysis) -> alt.LayerChart | None:
    """Draw what each category contributes to the whole reduction."""
    lang = analysis.lang
    rows = [
        Bar(
            labels.group_label(row["breakdown"], lang),
            labels.text(
                "bar_share",
                lang,
                amount=labels.amount(row["numerator"], "person", lang),
                share=labels.amount(row["value"], "ratio", lang, 2),
            ),
            row["numerator"],
            back=row["denominator"],
            passage=_section(analysis, row),
        )
        for row in _rows(analysis, "downsizing_contribution_share")
    ]
    return bars(rows, "contributions", lang, explained=["downsizing_contribution_share"])


def temporary_staff(analysis: Analysis) -> alt.LayerChart | None:
    """Draw who the temporary staff are, largest first, with what is not broken down last."""
    lang = analysis.lang
    now = (
        analysis.tables["workforce"]
        .filter(
            pl.col("time_period") == analysis.period.code,
            pl.col("as_of") == pl.col("latest_as_of"),
            pl.col("category") == "temporary",
            pl.col("parts").is_null(),
            pl.col("indicator") != "temporary_total",
        )
        .sort("value", "row", descending=[True, False])
        .collect()
    )
    rows = [
        Bar(
            _kind(row, lang),
            labels.amount(row["value"], "person", lang),
            row["value"],
            passage=sections(analysis, row["indicator"]),
        )
        for row in now.iter_rows(named=True)
    ]
    rows += [
        Bar(
            labels.text("not_broken_down", lang),
            labels.amount(row["value"], "person", lang),
            row["value"],
            passage=_section(analysis, row),
            is_other=True,
        )
        for row in _rows(analysis, "not_broken_down_stock")
        if row["breakdown"].startswith("temporary_")
    ]
    return bars(rows, "temporary_staff", lang, explained=["not_broken_down_stock"])


def _kind(row: Row, lang: str) -> str:
    """Name a kind of staff by its subcategory, and by its funding where that is split."""
    name = labels.label("subcategory", row["subcategory"], lang)
    if row["funding"] in (TOTAL, labels.GENERAL):
        return name
    funding = labels.label("funding", row["funding"], lang)
    return labels.text("kind_and_funding", lang, kind=name, funding=funding)


def reserve_coverage(analysis: Analysis) -> alt.LayerChart | None:
    """Draw the coverage of amount and accounts against the target of 100 per cent."""
    lang = analysis.lang
    indicators = ("reserve_amount_coverage_ratio", "reserve_account_coverage_ratio")
    rows = [
        _ratio_bar(analysis, row, labels.label("indicator", indicator, lang), back=Decimal(1))
        for indicator in indicators
        for row in _rows(analysis, indicator)
    ]
    return bars(rows, "reserve_coverage", lang, explained=indicators, largest=Decimal(1))


def reserve_outstanding(analysis: Analysis) -> alt.LayerChart | None:
    """Draw what is outstanding: by subtraction, and as the report states it."""
    lang = analysis.lang
    rows = [
        Bar(
            labels.label("indicator", indicator, lang),
            labels.amount(row["value"], row["unit"], lang),
            row["value"],
            lower=row["lower"],
            upper=row["upper"],
            passage=_section(analysis, row),
        )
        for indicator in ("reserve_remainder_amount_stock", "reserve_outstanding")
        for row in _rows(analysis, indicator)
    ]
    return bars(rows, "reserve_outstanding", lang, explained=["reserve_remainder_amount_stock"])


def complaint_funnel(analysis: Analysis) -> alt.LayerChart | None:
    """Draw the stages of complaints, each with its share of the one before; one is no funnel."""
    lang = analysis.lang
    ratios = {"complaints_second": "second_complaint_ratio", "mediations": "mediation_ratio"}
    rows = []
    for stage in labels.codes("stage"):
        indicator = labels.attribute("stage", stage, "indicator")
        for row in _rows(analysis, indicator):
            if row["breakdown"] != TOTAL:
                continue
            detail = labels.amount(row["value"], "item", lang)
            for ratio in _rows(analysis, ratios.get(indicator, "")):
                share = labels.amount(ratio["value"], "ratio", lang, 1)
                detail = labels.text("bar_of_before", lang, amount=detail, share=share)
            name = labels.label("stage", stage, lang)
            rows.append(Bar(name, detail, row["value"], passage=_section(analysis, row)))
    if len(rows) < _FEWEST_COMPARED:
        return None
    return bars(rows, "complaint_funnel", lang, explained=list(ratios.values()))


def complaint_series(analysis: Analysis) -> alt.LayerChart | None:
    """Draw first complaints by month; None with fewer than two months."""
    months = monthly_counts(analysis.tables["complaints"]).collect()
    return line(months, "complaint_series", "item", analysis.lang)


def compared_with_others(analysis: Analysis, indicator: str) -> alt.LayerChart | None:
    """Draw a ratio of this report beside the same ratio of other governments."""
    lang = analysis.lang
    here = labels.label("place", "kaohsiung", lang)
    period = labels.period_name(analysis.period, lang)
    name = labels.text("place_and_period", lang, place=here, period=period)
    rows = [_ratio_bar(analysis, row, name) for row in _rows(analysis, indicator)]
    if not rows:
        return None
    others = analysis.reference.filter(pl.col("indicator") == indicator)
    for row in others.iter_rows(named=True):
        place = labels.label("place", row["place"], lang)
        when = labels.reference_period(row["period"], lang)
        name = labels.text("place_and_period", lang, place=place, period=when)
        rows.append(_ratio_bar(analysis, row, name))
    if len(rows) < _FEWEST_COMPARED:
        return None
    return bars(rows, f"others_{indicator}", lang, explained=[indicator])


_FEWEST_COMPARED: Final = 2


def _rows(analysis: Analysis, indicator: str) -> list[Row]:
    found = analysis.results.filter(pl.col("indicator") == indicator, pl.col("value").is_not_null())
    return list(found.iter_rows(named=True))


def _section(analysis: Analysis, row: Row) -> str:
    return sections(analysis, row["indicator"], row["breakdown"])


def _ratio_bar(analysis: Analysis, row: Row, name: str, back: Decimal | None = None) -> Bar:
    """Make a bar of a ratio: of this report, or of another government's, drawn grey."""
    is_other = "place" in row
    publisher = analysis.sources[row["source_id"]].publisher[analysis.lang] if is_other else ""
    digits = int(labels.attribute("indicator", row["indicator"], "places"))
    return Bar(
        name,
        with_interval(row, digits, analysis.lang),
        row["value"],
        back=back,
        lower=row["lower"],
        upper=row["upper"],
        passage=publisher if is_other else _section(analysis, row),
        is_other=is_other,
    )
