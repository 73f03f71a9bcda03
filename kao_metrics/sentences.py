"""What the figures say, in one or two sentences: computed from the results, never canned.

Each function returns the sentences that its section can support. A figure that is missing
leaves its sentence out; a section without any figure says that the period gives none.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import polars as pl

from kao_metrics import charts, labels
from kao_metrics.analysis import Analysis
from kao_metrics.labels import TOTAL, text
from kao_metrics.metrics.category_changes import category_changes
from kao_metrics.metrics.monthly_signals import monthly_signals
from kao_metrics.metrics.stated import AGREES, CANNOT_TELL, DISAGREES
from kao_metrics.printed import grouped
from kao_metrics.wording import with_interval

Row = dict[str, Any]

_STATED_DIGITS: Final = 2
_MOVED: Final = 3


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
        for row in _given(analysis, "downsizing_ratio")
        if row["breakdown"] in groups
    ]
    rest = [
        text(
            "workforce_rest",
            lang,
            figure=labels.figure_label(row["breakdown"], lang),
            rest=labels.amount(row["value"], "person", lang),
        )
        for row in _given(analysis, "not_broken_down_stock")
    ]
    return [*fell, *rest] or _no_data(analysis, "workforce")


def _downsizing(analysis: Analysis, row: Row) -> str:
    lang = analysis.lang
    rate = _one(analysis, "headcount_compound_rate", row["breakdown"])
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
    amount = _one(analysis, "reserve_amount_coverage_ratio")
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
    accounts = _one(analysis, "reserve_account_coverage_ratio")
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
        _one(analysis, name) for name in ("reserve_remainder_amount_stock", "reserve_outstanding")
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
    payments = {row["breakdown"]: row for row in _given(analysis, "reserve_yearly_payment_rate")}
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
    return said or _no_data(analysis, "retirement_reserve", "retirement_accounts")


def _gaps(analysis: Analysis) -> list[str]:
    """Say what the accounts lack, where a period has them."""
    rows = _given(analysis, "reserve_account_gap_stock")
    share = _one(analysis, "reserve_gap_concentration_share")
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


def complaints(analysis: Analysis) -> list[str]:
    """Say how many complaints there were, how many went on, and what cannot be compared."""
    lang = analysis.lang
    said = []
    rates = {row["breakdown"]: row for row in _given(analysis, "complaints_daily_rate")}
    first = rates.get("complaints_first")
    if first:
        said.append(
            text(
                "complaints_first_rate",
                lang,
                count=labels.amount(first["numerator"], "item", lang),
                days=analysis.period.covered_days,
                rate=labels.amount(first["value"], "per_day", lang, 1),
            )
        )
    stages = [labels.attribute("stage", stage, "indicator") for stage in labels.codes("stage")]
    said += [analysis.remarks[each] for each in stages if each in analysis.remarks]
    second, mediation = (
        _one(analysis, name) for name in ("second_complaint_ratio", "mediation_ratio")
    )
    if second and mediation:
        said.append(
            text(
                "complaints_escalation",
                lang,
                second=labels.amount(second["value"], "ratio", lang, 1),
                mediation=labels.amount(mediation["value"], "ratio", lang, 1),
            )
        )
    if said:
        said += _changes(analysis)
    return said or _no_data(analysis, "complaints")


def _changes(analysis: Analysis) -> list[str]:
    changes = [
        row
        for row in _given(analysis, "complaints_rate_change")
        if row["breakdown"].startswith("complaints_first.")
    ]
    if not changes:
        return [text("complaints_no_earlier", analysis.lang)]
    return [*(_change(analysis, row) for row in changes), *_categories(analysis)]


def _categories(analysis: Analysis) -> list[str]:
    """Say which categories moved most against the half-year before, and which are new or gone."""
    lang, previous = analysis.lang, analysis.period.previous
    found = category_changes(analysis.tables["complaints"], analysis.period, previous)
    if found is None:
        return []
    period = labels.period_name(previous, lang)
    moved = [
        text(
            "category_moved",
            lang,
            category=labels.label("complaint_category", each.category, lang),
            change=_signed(each.change),
        )
        for each in found.parts[:_MOVED]
        if each.change
    ]
    comma = text("list_comma", lang)
    said = [text("categories_moved", lang, period=period, parts=comma.join(moved))] if moved else []
    for status in ("new", "gone"):
        names = [
            labels.label("complaint_category", each.category, lang)
            for each in found.parts
            if each.status == status
        ]
        if names:
            key = f"categories_{status}"
            said.append(text(key, lang, period=period, names=comma.join(names)))
    return said


def _signed(change: Fraction) -> str:
    """Write a change with its sign, to a tenth."""
    exact = Decimal(change.numerator) / Decimal(change.denominator)
    sign = "+" if change > 0 else ""
    return sign + grouped(exact, 1)


def _change(analysis: Analysis, row: Row) -> str:
    lang = analysis.lang
    against = row["breakdown"].partition(".")[2]
    period = getattr(analysis.period, against)
    if row["lower"] is not None and row["lower"] > 0:
        key = "change_rose"
    elif row["upper"] is not None and row["upper"] < 0:
        key = "change_fell"
    else:
        key = "change_unclear"
    return text(
        key,
        lang,
        period=labels.period_name(period, lang),
        change=labels.amount(row["value"], "ratio", lang, 1),
        lower=_percent(row["lower"]),
        upper=_percent(row["upper"]),
    )


def _percent(value: Decimal | None) -> str:
    return "∞" if value is None else grouped(value * 100, 1) + "%"


def complaint_series(analysis: Analysis) -> list[str]:
    """Say which months stand out, or why no line is drawn where there are fewer than two."""
    has_line = charts.complaint_series(analysis) is not None
    has_figures = not analysis.tables["complaints"].head(1).collect().is_empty()
    if has_line:
        return _signals(analysis)
    return [text("one_point", analysis.lang)] if has_figures else []


def _signals(analysis: Analysis) -> list[str]:
    """Say what is usual for a month, which months are outside, and where the level moved."""
    lang = analysis.lang
    found = monthly_signals(analysis.tables["complaints"])
    if found is None:
        return []
    months = [labels.reference_period(f"{month:%Y-%m}", lang) for month in found.months]
    drawn = [point for point in found.chart.points if point.upper is not None]
    if not drawn:
        return [text("months_too_few", lang)]
    ends = {(_tenth(point.lower), _tenth(point.upper)) for point in drawn}
    span = {"first": months[0], "last": months[-1]}
    if len(ends) == 1:
        low, high = ends.pop()
        said = [text("months_usual", lang, **span, low=low, high=high)]
    else:
        said = [text("months_usual_by_days", lang, **span)]
    outside = [each for each in found.chart.signals if each.rule == "outside_limits"]
    named = [
        text(
            "month_outside",
            lang,
            month=months[each.first],
            value=_tenth(found.chart.points[each.first].value),
        )
        for each in outside
    ]
    listed = text("list_comma", lang).join(named)
    said.append(
        text("months_outside", lang, months=listed) if named else text("months_all_usual", lang)
    )
    said += [
        text(
            f"months_{each.side}",
            lang,
            first=months[each.first],
            last=months[each.last],
            count=each.last - each.first + 1,
        )
        for each in found.chart.signals
        if each.rule == "shift"
    ]
    return [*said, text("months_provisional", lang)] if found.chart.provisional else said


def _tenth(value: float | None) -> str:
    return grouped(Decimal(repr(value or 0.0)), 1)


def services(analysis: Analysis) -> list[str]:
    """Say what the counted services show where something can be computed from them."""
    lang = analysis.lang
    said = []
    growth = _one(analysis, "open_datasets_change")
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
        row = _one(analysis, indicator)
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
    return said or _no_data(analysis, "services")


def stated(analysis: Analysis) -> list[str]:
    """Say how many stated figures follow from the others, and which do not."""
    lang, found = analysis.lang, analysis.findings
    if not found:
        return _no_data(analysis)
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
    if not any(_given(analysis, indicator) for indicator in indicators):
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


def _given(analysis: Analysis, indicator: str) -> list[Row]:
    found = analysis.results.filter(pl.col("indicator") == indicator, pl.col("value").is_not_null())
    return list(found.iter_rows(named=True))


def _one(analysis: Analysis, indicator: str, breakdown: str = TOTAL) -> Row | None:
    found = [row for row in _given(analysis, indicator) if row["breakdown"] == breakdown]
    return found[0] if found else None


def _no_data(analysis: Analysis, *tables: str) -> list[str]:
    """Say that a period gives no figures, unless one of some tables has rows of it."""
    of_period = pl.col("time_period") == analysis.period.code
    has_figures = any(
        not analysis.tables[table].filter(of_period).head(1).collect().is_empty()
        for table in tables
        if table in analysis.tables
    )
    return [] if has_figures else [text("no_data", analysis.lang)]
