"""What the figures say, in one or two sentences: computed from the results, never canned.

Each function returns the sentences that its section can support. A figure that is missing
leaves its sentence out; a section without any figure says that the period gives none.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.category_sentences import complaint_contributions
from kao_metrics.complaint_sentences import complaints
from kao_metrics.found import given, no_data, one
from kao_metrics.labels import text
from kao_metrics.metrics.stated import AGREES, CANNOT_TELL, DISAGREES
from kao_metrics.printed import grouped
from kao_metrics.reserve_sentences import (
    reserve_concentration,
    reserve_gaps,
    reserve_paths,
    retirement_reserve,
)
from kao_metrics.restated_sentences import restated, restated_count
from kao_metrics.series_sentences import complaint_series, complaint_trend
from kao_metrics.wording import with_interval
from kao_metrics.workforce_sentences import (
    contributions,
    temporary_staff,
    workforce,
    workforce_employers,
    workforce_path,
    workforce_series,
    workforce_shift,
)

__all__ = [
    "compared_with_others",
    "complaint_contributions",
    "complaint_series",
    "complaint_trend",
    "complaints",
    "contributions",
    "covered",
    "not_comparable",
    "overview",
    "reserve_concentration",
    "reserve_gaps",
    "reserve_paths",
    "restated",
    "retirement_reserve",
    "services",
    "stated",
    "temporary_staff",
    "workforce",
    "workforce_employers",
    "workforce_path",
    "workforce_series",
    "workforce_shift",
]


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return __all__


_STATED_DIGITS: Final = 2


def covered(analysis: Analysis) -> str:
    """Say which days the report covers."""
    period, lang = analysis.period, analysis.lang
    return text(
        "covered",
        lang,
        first=labels.date_name(period.covers_from, lang),
        last=labels.date_name(period.covers_to, lang),
        days=period.covered_days,
    )


def overview(analysis: Analysis) -> list[str]:
    """Say what period it is, why it must be read with its covered days, and what was restated."""
    lang, period = analysis.lang, analysis.period
    name = labels.period_name(period, lang)
    said = [text("overview_period", lang, period=name, covered=covered(analysis))]
    if period.is_partly_covered:
        said.append(text("overview_partly", lang, days=period.covered_days, all_days=period.days))
    return said + restated_count(analysis)


def services(analysis: Analysis) -> list[str]:
    """Say what the counted services show where something can be computed from them."""
    lang = analysis.lang
    said = []
    growth = one(analysis, "open_datasets_change")
    if growth:
        said.append(
            text(
                "services_datasets",
                lang,
                then=grouped(growth["denominator"]),
                now=grouped(growth["denominator"] + growth["numerator"]),
                growth=labels.amount(growth["value"], "ratio", lang, 2),
            )
        )
    for indicator in ("selected_archives_share", "award_rate"):
        row = one(analysis, indicator)
        if row:
            said.append(
                text(
                    "services_share",
                    lang,
                    name=labels.label("indicator", indicator, lang),
                    share=labels.amount(row["value"], "ratio", lang, 1),
                    part=grouped(row["numerator"]),
                    whole=grouped(row["denominator"]),
                )
            )
    return said or no_data(analysis, "services")


def stated(analysis: Analysis) -> list[str]:
    """Say how many stated figures follow from the others, and which do not."""
    lang, found = analysis.lang, analysis.findings
    if not found:
        return no_data(analysis)
    count = {
        verdict: sum(each.verdict == verdict for each in found)
        for verdict in (AGREES, DISAGREES, CANNOT_TELL)
    }
    said = [
        text(
            "stated_counts",
            lang,
            all=len(found),
            agree=count[AGREES],
            disagree=count[DISAGREES],
            unclear=count[CANNOT_TELL],
        )
    ]
    return said + [
        text(
            "stated_reason",
            lang,
            statement=labels.stated_label(each.id, each.statement, lang),
            reason=each.reason,
        )
        for each in found
        if each.verdict != AGREES
    ]


def compared_with_others(analysis: Analysis, indicator: str) -> list[str]:
    """Say a ratio of this report beside the same ratio of other governments; no rank."""
    lang, own = analysis.lang, one(analysis, indicator)
    others = analysis.reference.filter(pl.col("indicator") == indicator)
    if own is None or others.is_empty():
        return []
    digits = int(labels.attribute("indicator", indicator, "places"))
    parts = [
        text(
            "of_place",
            lang,
            place=labels.label("place", row["place"], lang),
            period=labels.reference_period(row["period"], lang),
            value=with_interval(row, digits, lang),
        )
        for row in others.sort("value", descending=True).iter_rows(named=True)
    ]
    return [
        text(
            "beside_others",
            lang,
            name=labels.label("indicator", indicator, lang),
            own=with_interval(own, digits, lang),
            others=text("list_comma", lang).join(parts),
        )
    ]


def not_comparable(analysis: Analysis, *indicators: str) -> list[str]:
    """Say of each government that stands beside this report what is not comparable."""
    lang = analysis.lang
    if not any(given(analysis, indicator) for indicator in indicators):
        return []
    shown = analysis.reference.filter(pl.col("indicator").is_in(indicators))
    said = shown.select("place", "period", "scope", "source_id").unique(maintain_order=True)
    return [
        text(
            "not_comparable",
            lang,
            place=labels.label("place", row["place"], lang),
            period=labels.reference_period(row["period"], lang),
            scope=labels.label("scope", row["scope"], lang),
            publisher=analysis.sources[row["source_id"]].publisher[lang],
            published=analysis.sources[row["source_id"]].published,
        )
        for row in said.iter_rows(named=True)
    ]
