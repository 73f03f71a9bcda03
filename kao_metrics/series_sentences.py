"""What complaints say over time: which months stand out, where they go, and when they peak."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from kao_metrics import labels, series_charts
from kao_metrics.analysis import Analysis
from kao_metrics.curve_parts import exact
from kao_metrics.found import no_data
from kao_metrics.labels import text
from kao_metrics.metrics.complaints import monthly_counts
from kao_metrics.metrics.monthly_signals import MonthlySignals
from kao_metrics.printed import grouped
from kao_metrics.series_charts import apart_from_mean, differences, month_name
from kao_metrics.statistics.season import PER_YEAR, Season

_BY_CHANCE: Final = ((3.0, 0.74), (5.0, 0.50), (11.0, 0.38))
"""By years, the strength of season that one in twenty series of pure chance is above."""

_FEWEST: Final = 2


def complaint_series(analysis: Analysis) -> list[str]:
    """Say which months stand out, or why no line is drawn where there are fewer than two."""
    found = series_charts.signals_of(analysis)
    if found is not None and len(found.months) >= _FEWEST:
        return _signals(analysis, found)
    has_figures = not no_data(analysis, "complaints")
    return [text("one_point", analysis.lang)] if has_figures else []


def _signals(analysis: Analysis, found: MonthlySignals) -> list[str]:
    """Say what is usual for a month, which months are outside, and where the level moved."""
    lang, chart = analysis.lang, found.chart
    months = [month_name(month, lang) for month in found.months]
    said = [
        text("series_step", lang, month=month_name(month, lang), words=words)
        for month, words in series_charts.steps_of(analysis).items()
        if month in found.months[1:]
    ]
    limited = [index for index, point in enumerate(chart.points) if point.upper is not None]
    if not limited:
        return [*said, text("months_too_few", lang)]
    latest = next(each for each in chart.segments if each.first <= limited[-1] <= each.last)
    ends = {
        (_tenth(point.lower), _tenth(point.upper))
        for point in chart.points[latest.first : latest.last + 1]
        if point.upper is not None
    }
    span = {"first": months[latest.first], "last": months[latest.last]}
    if len(ends) == 1:
        low, high = ends.pop()
        said.append(text("months_usual", lang, **span, low=low, high=high))
    else:
        said.append(text("months_usual_by_days", lang, **span))
    named = [
        text(
            "month_outside",
            lang,
            month=months[each.first],
            value=_tenth(chart.points[each.first].value),
        )
        for each in chart.signals
        if each.rule == "outside_limits"
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
        for each in chart.signals
        if each.rule == "shift"
    ]
    return [*said, text("months_provisional", lang)] if chart.provisional else said


def complaint_trend(analysis: Analysis) -> list[str]:
    """Say how complaints change from year to year, and which months of a year have most."""
    lang, found = analysis.lang, analysis.season
    if isinstance(found, Season):
        return [_trend(found, lang), *_season(found, lang)]
    months = monthly_counts(analysis.tables["complaints"]).collect().height
    if months < _FEWEST:
        return []
    why = labels.label("reason", found, lang)
    return [text("season_missing", lang, months=months, reason=why)]


def _trend(found: Season, lang: str) -> str:
    """Say the change a year without the season, with its interval."""
    slope, unit = found.slope, "ratio" if found.scale == "factor" else series_charts.UNIT
    digits = 1 if unit == "ratio" else 2
    value, *ends = map(exact, slope[:3])
    if found.verdict == "falling":
        value, ends = -value, [-end for end in reversed(ends)]
    change, lower, upper = (labels.amount(each, unit, lang, digits) for each in (value, *ends))
    return text(
        f"trend_{found.verdict}",
        lang,
        first=month_name(found.months[0], lang),
        last=month_name(found.months[-1], lang),
        months=len(found.months),
        change=change,
        lower=lower,
        upper=upper,
    )


def _season(found: Season, lang: str) -> list[str]:
    """Say which calendar months are highest and lowest, and whether that can be chance."""
    values = differences(found)
    order = sorted(range(1, PER_YEAR + 1), key=lambda number: values[number - 1])
    said = {number: apart_from_mean(found, number, lang) for number in order}
    if len(set(said.values())) == 1:
        return [text("season_none", lang)]
    ends = {"lowest": order[0], "low": order[1], "high": order[-2], "highest": order[-1]}
    named = {
        each: text(
            "with_notes",
            lang,
            detail=labels.label("month", str(number), lang),
            notes=said[number],
        )
        for each, number in ends.items()
    }
    sentences = [text("season_ends", lang, **named)]
    if found.strength_of_season < by_chance(len(found.months)):
        sentences.append(text("season_by_chance", lang, months=len(found.months)))
    return sentences


def by_chance(months: int) -> float:
    """Return the strength of season that one in twenty series of pure chance is above.

    Straight between the lengths that were simulated; see `kao_metrics.statistics.season`.

    >>> by_chance(36), round(by_chance(48), 2), by_chance(240)
    (0.74, 0.62, 0.38)
    """
    years = min(max(months / PER_YEAR, _BY_CHANCE[0][0]), _BY_CHANCE[-1][0])
    for (before, high), (after, low) in pairwise(_BY_CHANCE):
        if years <= after:
            return high + (low - high) * (years - before) / (after - before)
    return _BY_CHANCE[-1][1]


def _tenth(value: float | None) -> str:
    return grouped(exact(value or 0.0), 1)
