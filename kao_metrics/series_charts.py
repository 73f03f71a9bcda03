"""Charts of complaints over time: which months stand out, the trend, and the season."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

import altair as alt

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.both_ways import both_ways
from kao_metrics.control_curves import control
from kao_metrics.curve_parts import exact
from kao_metrics.curves import Dot, Line, lines
from kao_metrics.forms import Bar
from kao_metrics.labels import text
from kao_metrics.metrics.monthly_signals import MonthlySignals, monthly_signals
from kao_metrics.statistics.season import Season
from kao_metrics.wording import signed

_STAGE: Final = "first"
UNIT: Final = "per_day"
"""Code of the unit in which months of different length can be compared."""


def signals_of(analysis: Analysis) -> MonthlySignals | None:
    """Chart first complaints by month, with limits anew from every step of the series."""
    complaints, begun = analysis.tables["complaints"], steps_of(analysis)
    return monthly_signals(complaints, _STAGE, steps=list(begun))


def complaint_series(analysis: Analysis) -> alt.LayerChart | None:
    """Draw first complaints a day by month as a control chart of the latest months.

    None with fewer than two months; with fewer than five a line without limits.
    """
    lang, found = analysis.lang, signals_of(analysis)
    if found is None:
        return None
    steps = {
        month: text("step_at", lang, month=month_name(month, lang), words=words)
        for month, words in steps_of(analysis).items()
    }
    return control(found.months, found.chart, "complaint_series", lang, unit=UNIT, steps=steps)


def complaint_trend(analysis: Analysis) -> alt.LayerChart | None:
    """Draw first complaints a day by month, and over them their trend; None without a season."""
    lang, found = analysis.lang, analysis.season
    if not isinstance(found, Season):
        return None
    dots, trend = [], []
    for month, each, level in zip(found.months, found.rates, found.trend, strict=True):
        rate, smooth = exact(each), exact(level)
        shown = {"rate": labels.amount(rate, UNIT, lang, 1)}
        shown["trend"] = labels.amount(smooth, UNIT, lang, 1)
        dots.append(
            Dot(month, rate, month_name(month, lang), text("rate_and_trend", lang, **shown))
        )
        trend.append(Dot(month, smooth, "", ""))
    steps = list(steps_of(analysis))
    drawn = [
        Line("", dots, is_ground=True, breaks=[each for each in steps if each > found.months[0]]),
        Line(text("trend", lang), trend),
    ]
    return lines(drawn, "complaint_trend", lang, unit=UNIT)


def complaint_season(analysis: Analysis) -> alt.LayerChart | None:
    """Draw how far each calendar month is above or below the mean month; None without a season."""
    lang, found = analysis.lang, analysis.season
    if not isinstance(found, Season):
        return None
    rows = [
        Bar(labels.label("month", str(number), lang), apart_from_mean(found, number, lang), value)
        for number, value in enumerate(differences(found), start=1)
    ]
    return both_ways(rows, "complaint_season", lang)


def differences(found: Season) -> Sequence[Decimal]:
    """Return how far each calendar month is from the mean one: a fraction of it, or cases a day."""
    is_factor = found.scale == "factor"
    return [exact(each) - (1 if is_factor else 0) for each in found.pattern]


def apart_from_mean(found: Season, number: int, lang: str) -> str:
    """Say how far a calendar month is from the mean one, with its sign."""
    value = Fraction(differences(found)[number - 1])
    if found.scale == "factor":
        return signed(value * 100, 0) + "%"
    unit = labels.label("unit", UNIT, lang)
    return text("amount", lang, value=signed(value), unit=unit)


def month_name(month: dt.date, lang: str) -> str:
    """Return the name of a month of a year for readers."""
    return labels.reference_period(f"{month:%Y-%m}", lang)


def steps_of(analysis: Analysis) -> dict[dt.date, str]:
    """Return the known changes of the series, by their first month, in words."""
    series = labels.attribute("stage", _STAGE, "indicator")
    steps = (each for each in analysis.steps if each.series == series)
    return {each.month: each.words[analysis.lang] for each in steps}
