"""How fast the retirement reserve's shortfall was made up so far.

Two reports that print what was contributed tell a pace. A report that stands alone cannot;
then payments are taken to have begun on the day on which the duty did. They cannot have
begun earlier, so that the pace is at least this.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from kao_metrics.law import RESERVE_TOP_UP, first
from kao_metrics.metrics.formulas import Bounded, joined_sources, results, sources_of_both
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL

YEAR: Final = Decimal("365.25")
"""Days of a year."""

_FIGURES: Final = ("initial_shortfall", "contributed", "outstanding", "plan_years")
_ENDS: Final = {"": "value", "_lower": "lower", "_upper": "upper"}
_YEAR: Final = pl.lit(YEAR, dtype=DECIMAL)
_CONTRIBUTED: Final = [f"contributed{end}_then" for end in _ENDS]


@dataclass(frozen=True, slots=True)
class Pace:
    """Between which days how much was contributed.

    Parameters
    ----------
    since, until
        The two days.
    before, now
        What had been contributed by each; hundred million TWD.
    is_assumed
        No earlier report tells the first: it is the day on which the duty took effect.
    """

    since: dt.date
    until: dt.date
    before: Decimal
    now: Decimal
    is_assumed: bool

    @property
    def days(self) -> int:
        """Days between the two."""
        return (self.until - self.since).days


def reserve_pace_rate(retirement_reserve: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return how much was contributed a year so far.

    Parameters
    ----------
    retirement_reserve
        Table ``retirement_reserve``; rows of the period and of earlier ones.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, one row; hundred million TWD a year, status E, with the interval of the
        printed rounding. Missing where nothing is printed as contributed (``no_figure``), no
        time lies between the two days (``no_time_between``) or less was contributed than
        before (``no_rise``); no row where the period has none of the figures.

    Notes
    -----
    What was contributed since the oldest earlier report of the same initial shortfall, over
    the years between (365.25 days): reason ``pace_between_reports``. Without one, all that
    was contributed since the duty took effect (Labor Standards Act, art. 56 para. 2): reason
    ``pace_since_duty``. A figure is of its own date, or else of the last covered day.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> reserve = report.tables["retirement_reserve"]
    >>> found = reserve_pace_rate(reserve, report.period).collect()
    >>> found.select(pl.col("value").cast(float).round(2), "reason").rows()
    [(8.64, 'pace_since_duty')]
    """
    has_time = pl.col("days") > 0
    return results(
        beside_earlier(retirement_reserve, period),
        period,
        "reserve_pace_rate",
        pace(),
        unit="twd_per_year_hundred_million",
        numerator=pl.when(has_time).then(paid().value),
        denominator=pl.when(has_time).then(pl.col("days").cast(DECIMAL) / _YEAR),
        missing=no_pace(),
        status="E",
        reason=assumption(),
    )


def pace_of(retirement_reserve: pl.LazyFrame, period: Period) -> Pace | None:
    """Return between which days how much was contributed; None where it is not printed.

    Parameters as `reserve_pace_rate`.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = pace_of(report.tables["retirement_reserve"], report.period)
    >>> str(found.since), found.days, found.is_assumed
    ('2015-02-06', 1240, True)
    """
    found = (
        beside_earlier(retirement_reserve, period)
        .filter(pl.col("contributed").is_not_null())
        .select("when_then", "when", "contributed_then", "contributed", "is_assumed")
        .collect()
    )
    return None if found.is_empty() else Pace(*found.row(0))


def remainders(retirement_reserve: pl.LazyFrame, period: Period) -> list[tuple[dt.date, Decimal]]:
    """Return what was left by subtraction in each report up to a period, oldest first.

    Reports of another initial shortfall are left out, and of several of one day all but the
    last. Parameters as `reserve_pace_rate`.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> [(str(when), float(left)) for when, left in
    ...  remainders(report.tables["retirement_reserve"], report.period)]
    [('2018-06-30', 3.86)]
    """
    figures = _by_period(retirement_reserve)
    now = figures.filter(pl.col("time_period") == period.code)
    found = (
        now.join(figures.filter(pl.col("time_period") <= period.code), how="cross", suffix="_then")
        .filter(*(~each.fill_null(value=False) for each in _is_other_shortfall()))
        .sort("time_period_then")
        .select(
            pl.col("when_then").alias("when"),
            (pl.col("initial_shortfall_then") - pl.col("contributed_then")).alias("left"),
        )
        .drop_nulls()
        .collect()
    )
    return sorted(dict(found.iter_rows()).items())


def beside_earlier(retirement_reserve: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Lay a period's figures beside what had been contributed before, in one row.

    Returns
    -------
    LazyFrame
        One row, or none where the period has none of the figures: each figure with its
        bounds, ``when`` what is contributed refers to, the same of before with ``_then``, the
        ``days`` between, and whether the first day ``is_assumed``: then nothing had been
        contributed.
    """
    figures = _by_period(retirement_reserve)
    now = figures.filter(pl.col("time_period") == period.code)
    then = figures.filter(pl.col("time_period") < period.code)
    oldest = (
        now.join(then, how="cross", suffix="_then")
        .filter(
            pl.col("when_then") < pl.col("when"),
            *(~each.fill_null(value=False) for each in _is_other_shortfall()),
        )
        .sort("when_then")
        .head(1)
        .select("time_period", "when_then", "source_id_then", *_CONTRIBUTED)
    )
    is_alone = pl.col("when_then").is_null()
    nothing = pl.lit(0, dtype=DECIMAL)
    return (
        now.join(oldest, on="time_period", how="left")
        .with_columns(
            *(pl.when(is_alone).then(nothing).otherwise(name).alias(name) for name in _CONTRIBUTED),
            source_id=sources_of_both(),
            is_assumed=is_alone,
            when_then=pl.col("when_then").fill_null(first(RESERVE_TOP_UP).in_force),
        )
        .with_columns(days=(pl.col("when") - pl.col("when_then")).dt.total_days())
    )


def paid() -> Bounded:
    """Return what was contributed between the two days, of `beside_earlier`."""
    before = Bounded(*(pl.col(name) for name in _CONTRIBUTED))
    return Bounded.column("contributed") - before


def times(amount: Bounded, factor: pl.Expr) -> Bounded:
    """Multiply by an exact number that is not negative."""
    exact = factor.cast(DECIMAL)
    return Bounded(amount.value * exact, amount.lower * exact, amount.upper * exact)


def pace() -> Bounded:
    """Return what was contributed a year, of `beside_earlier`; null if it is below zero."""
    found = times(paid(), _YEAR) / Bounded.exact(pl.col("days"))
    is_pace = found.value >= 0
    return Bounded(*(pl.when(is_pace).then(end) for end in (found.value, found.lower, found.upper)))


def no_pace() -> pl.Expr:
    """Return why there is no pace."""
    return first_reason(
        (pl.col("contributed").is_null(), "no_figure"),
        (pl.col("days") <= 0, "no_time_between"),
        rest=pl.lit("no_rise"),
    )


def assumption() -> pl.Expr:
    """Return what a pace assumes."""
    assumed, measured = pl.lit("pace_since_duty"), pl.lit("pace_between_reports")
    return pl.when("is_assumed").then(assumed).otherwise(measured)


def first_reason(*reasons: tuple[pl.Expr, str], rest: pl.Expr) -> pl.Expr:
    """Return the first reason that applies, or else the rest."""
    for applies, reason in reversed(reasons):
        rest = pl.when(applies).then(pl.lit(reason)).otherwise(rest)
    return rest


def _is_other_shortfall() -> list[pl.Expr]:
    """Tell whether two reports cannot mean the same initial shortfall, given the rounding."""
    return [
        pl.col(f"initial_shortfall_lower{one}") > pl.col(f"initial_shortfall_upper{other}")
        for one, other in (("", "_then"), ("_then", ""))
    ]


def _by_period(retirement_reserve: pl.LazyFrame) -> pl.LazyFrame:
    """Lay the figures of each period side by side; a figure that is not there is null."""
    when = pl.coalesce("as_of", "covers_to")

    def of(figure: str, column: pl.Expr) -> pl.Expr:
        return column.filter(pl.col("indicator") == f"reserve_{figure}").last()

    return (
        retirement_reserve.filter(
            pl.col("indicator").is_in([f"reserve_{figure}" for figure in _FIGURES])
        )
        .group_by("time_period")
        .agg(
            *(
                of(figure, pl.col(column)).alias(f"{figure}{end}")
                for figure in _FIGURES
                for end, column in _ENDS.items()
            ),
            of("contributed", when).alias("when"),
            joined_sources().alias("source_id"),
        )
    )
