"""What complaints say: how many, how they changed, which categories and months stand out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from kao_metrics import charts, labels
from kao_metrics.analysis import Analysis
from kao_metrics.found import Row, given, no_data, one
from kao_metrics.labels import text
from kao_metrics.metrics.category_changes import category_changes
from kao_metrics.metrics.monthly_signals import monthly_signals
from kao_metrics.printed import grouped

_MOVED: Final = 3


def complaints(analysis: Analysis) -> list[str]:
    """Say how many complaints there were, how many went on, and what cannot be compared."""
    lang = analysis.lang
    said = []
    rates = {row["breakdown"]: row for row in given(analysis, "complaints_daily_rate")}
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
        one(analysis, name) for name in ("second_complaint_ratio", "mediation_ratio")
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
    return said or no_data(analysis, "complaints")


def _changes(analysis: Analysis) -> list[str]:
    changes = [
        row
        for row in given(analysis, "complaints_rate_change")
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
    has_figures = not no_data(analysis, "complaints")
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
