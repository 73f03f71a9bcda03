"""What the figures say, in one or two sentences: computed from the results, never canned.

Each function returns the sentences that its section can support. A figure that is missing
leaves its sentence out; a section without any figure says that the period gives none.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.complaint_sentences import complaint_series, complaints
from kao_metrics.found import Row, given, no_data, one
from kao_metrics.labels import TOTAL, text
from kao_metrics.metrics.stated import AGREES, CANNOT_TELL, DISAGREES
from kao_metrics.printed import grouped
from kao_metrics.wording import with_interval

__all__ = [
    "complaint_series",
    "complaints",
    "covered",
    "not_comparable",
    "overview",
    "retirement_reserve",
    "services",
    "stated",
    "workforce",
]

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
    """Say what period it is, and why it must be read with its covered days."""
    lang, period = analysis.lang, analysis.period
    name = labels.period_name(period, lang)
    said = [text("overview_period", lang, period=name, covered=covered(analysis))]
    if period.is_partly_covered:
        said.append(text("overview_partly", lang, days=period.covered_days, all_days=period.days))
    return said


def workforce(analysis: Analysis) -> list[str]:
    """Say by how much the workforce shrank, how fast, and what is not known of it."""
    lang = analysis.lang
    groups = (*labels.codes("category"), TOTAL)
    fell = [
        _downsizing(analysis, row)
        for row in given(analysis, "downsizing_ratio")
        if row["breakdown"] in groups
    ]
    rest = [
        text(
            "workforce_rest",
            lang,
            figure=labels.figure_label(row["breakdown"], lang),
            rest=labels.amount(row["value"], "person", lang),
        )
        for row in given(analysis, "not_broken_down_stock")
    ]
    return [*fell, *rest] or no_data(analysis, "workforce")


def _downsizing(analysis: Analysis, row: Row) -> str:
    lang = analysis.lang
    rate = one(analysis, "headcount_compound_rate", row["breakdown"])
    key = "workforce_fell" if row["value"] >= 0 else "workforce_rose"
    said = text(
        key,
        lang,
        group=labels.group_label(row["breakdown"], lang),
        baseline=grouped(row["denominator"]),
        now=grouped(row["denominator"] - row["numerator"]),
        change=grouped(abs(row["numerator"])),
        ratio=labels.amount(abs(row["value"]), "ratio", lang, 2),
    )
    if rate is None:
        return said
    return said + text(
        "workforce_a_year", lang, rate=labels.amount(rate["value"], "ratio", lang, 2)
    )


def retirement_reserve(analysis: Analysis) -> list[str]:
    """Say how far the reserve is made up, what is open, and which two figures differ."""
    lang = analysis.lang
    said = []
    amount = one(analysis, "reserve_amount_coverage_ratio")
    if amount:
        said.append(
            text(
                "reserve_amount",
                lang,
                contributed=labels.amount(amount["numerator"], "hundred_million_twd", lang),
                shortfall=labels.amount(amount["denominator"], "hundred_million_twd", lang),
                coverage=with_interval(amount, 1, lang),
            )
        )
    accounts = one(analysis, "reserve_account_coverage_ratio")
    if accounts:
        said.append(
            text(
                "reserve_accounts",
                lang,
                funded=labels.amount(accounts["numerator"], "account", lang),
                total=labels.amount(accounts["denominator"], "account", lang),
                coverage=labels.amount(accounts["value"], "ratio", lang, 2),
            )
        )
    said += _gaps(analysis)
    rest, printed = (
        one(analysis, name) for name in ("reserve_remainder_amount_stock", "reserve_outstanding")
    )
    if rest and printed:
        said.append(
            text(
                "reserve_two_remainders",
                lang,
                rest=labels.amount(rest["value"], rest["unit"], lang, 2),
                printed=labels.amount(printed["value"], printed["unit"], lang),
            )
        )
    payments = {row["breakdown"]: row for row in given(analysis, "reserve_yearly_payment_rate")}
    if {"by_subtraction", "as_stated"} <= set(payments):
        low, high = payments["by_subtraction"], payments["as_stated"]
        said.append(
            text(
                "reserve_scenario",
                lang,
                start=labels.date_name(analysis.period.covers_to, lang),
                years=grouped(low["denominator"]),
                low=labels.amount(low["value"], "hundred_million_twd", lang, 2),
                high=labels.amount(high["value"], "hundred_million_twd", lang, 2),
            )
        )
    return said or no_data(analysis, "retirement_reserve", "retirement_accounts")


def _gaps(analysis: Analysis) -> list[str]:
    """Say what the accounts lack, where a period has them."""
    rows = given(analysis, "reserve_account_gap_stock")
    share = one(analysis, "reserve_gap_concentration_share")
    if not rows or share is None:
        return []
    return [
        text(
            "reserve_gaps",
            analysis.lang,
            accounts=len(rows),
            short=sum(row["value"] > 0 for row in rows),
            gap=labels.amount(sum(row["value"] for row in rows), "twd", analysis.lang),
            largest=rows[0]["breakdown"],
            share=labels.amount(share["value"], "ratio", analysis.lang, 1),
        )
    ]


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
