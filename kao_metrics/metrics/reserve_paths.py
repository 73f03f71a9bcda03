"""Paths to full funding: when the retirement reserve's shortfall ends, at which payments.

Every path is arithmetic on printed amounts, not a forecast: it starts on the last day of the
period and pays the same every year. What the rounding of the printed figures leaves open is
carried to the years, and from them to the dates. `kao_metrics.metrics.reserve_pace` has the
pace so far.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

import polars as pl

from kao_metrics.metrics.formulas import Bounded, results
from kao_metrics.metrics.reserve_pace import (
    YEAR,
    assumption,
    beside_earlier,
    first_reason,
    no_pace,
    pace,
    paid,
    times,
)
from kao_metrics.period import Period
from kao_metrics.printed import is_plain_number, without_separators
from kao_metrics.schemas import DECIMAL

EVEN: Final = "even_payments"
SO_FAR: Final = "pace_so_far"
GIVEN: Final = "pace_given"
BY_SUBTRACTION: Final = "by_subtraction"
AS_STATED: Final = "as_stated"

_OUTSTANDING: Final = {
    BY_SUBTRACTION: Bounded.column("initial_shortfall") - Bounded.column("contributed"),
    AS_STATED: Bounded.column("outstanding"),
}
LONGEST: Final = 200
"""Years after which a date says no more than that it is far off."""
_MOST_ANNIVERSARIES: Final = 12


class Ends(NamedTuple):
    """A value with the lowest and highest that it can be; None where one is not known."""

    value: Decimal
    lower: Decimal | None
    upper: Decimal | None


class Point(NamedTuple):
    """A day, and what is still outstanding then; hundred million TWD."""

    when: dt.date
    outstanding: Decimal


@dataclass(frozen=True, slots=True)
class ReservePath:
    """A way from what is outstanding to full funding.

    Parameters
    ----------
    payments
        ``even_payments``, ``pace_so_far`` or ``pace_given``.
    amount
        What is taken to be outstanding: ``by_subtraction`` or ``as_stated``.
    yearly
        Payment a year; hundred million TWD.
    years
        How long it takes.
    full, earliest, latest
        The day of full funding, and the days between which it is for the rounding of the
        printed figures; None where it is not known, or more than 200 years away.
    is_within_plan
        Whether it ends within the planned years; None where the rounding leaves that open or
        no years are planned.
    points
        From the last day of the period to full funding; none where that day is not known.
    """

    payments: str
    amount: str
    yearly: Decimal
    years: Ends
    full: dt.date | None
    earliest: dt.date | None
    latest: dt.date | None
    is_within_plan: bool | None
    points: tuple[Point, ...]


def reserve_years_to_full_funding_duration(
    retirement_reserve: pl.LazyFrame, period: Period
) -> pl.LazyFrame:
    """Return how many years it takes to make up what is outstanding.

    Parameters
    ----------
    retirement_reserve
        Table ``retirement_reserve``; rows of the period and of earlier ones.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, four rows; years from the last day of the period, status E, with the interval
        of the printed rounding. Breakdowns ``even_payments`` and ``pace_so_far``, each
        ``.by_subtraction`` and ``.as_stated`` as in
        `kao_metrics.metrics.retirement_reserve.reserve_yearly_payment_rate`. Missing where
        an amount is not printed (``no_figure``), nothing is outstanding
        (``no_shortfall_left``), no years are planned (``no_plan_years``), nothing was paid
        (``no_payment_made``), or there is no pace, for the reason that it has; no row where
        the period has none of the figures.

    Notes
    -----
    Outstanding ÷ payment a year. Even payments are those that need the planned years. What
    was paid between the day of an outstanding amount and the last day of the period is not
    known and not taken off.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> reserve = report.tables["retirement_reserve"]
    >>> found = reserve_years_to_full_funding_duration(reserve, report.period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(2)).rows()[1:3]
    [('even_payments.as_stated', 3.0), ('pace_so_far.by_subtraction', 0.45)]
    """
    frame = beside_earlier(retirement_reserve, period)
    return pl.concat(
        results(
            frame,
            period,
            "reserve_years_to_full_funding_duration",
            way.years,
            unit="year",
            breakdown=f"{way.payments}.{way.amount}",
            numerator=pl.when(way.years.value.is_not_null()).then(_OUTSTANDING[way.amount].value),
            denominator=pl.when(way.years.value.is_not_null()).then(way.yearly),
            missing=way.missing,
            status="E",
            reason=way.reason,
        )
        for way in (*_even(), *_so_far())
    )


def reserve_paths(
    retirement_reserve: pl.LazyFrame,
    period: Period,
    yearly_payment: Decimal | str | None = None,
) -> list[ReservePath]:
    """Return the ways to full funding, with their dates.

    Parameters
    ----------
    retirement_reserve, period
        As for `reserve_years_to_full_funding_duration`.
    yearly_payment
        A payment that the analyst gives; hundred million TWD a year. None or an empty text
        leaves it out.

    Returns
    -------
    list of ReservePath
        Even payments, the pace so far, then the pace given, each by subtraction and as
        stated; those that cannot be told are left out.

    Raises
    ------
    ValueError
        If the payment is no number above zero.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = reserve_paths(report.tables["retirement_reserve"], report.period, "1.5")
    >>> [(each.payments, str(each.full), each.is_within_plan) for each in found[-2:]]
    [('pace_given', '2021-01-26', True), ('pace_given', '2022-07-25', False)]
    """
    given = payment(yearly_payment)
    ways = [*_even(), *_so_far(), *([] if given is None else _given(given))]
    frame = beside_earlier(retirement_reserve, period).collect()
    if frame.is_empty():
        return []
    row = frame.row(0, named=True)
    plan = Ends(*(row[f"plan_years{end}"] for end in ("", "_lower", "_upper")))
    found = frame.select(
        pl.struct(*_named(way.years), yearly=way.yearly, due=_OUTSTANDING[way.amount].value).alias(
            f"{way.payments}.{way.amount}"
        )
        for way in ways
    )
    paths = []
    for way in ways:
        *ends, yearly, due = found[f"{way.payments}.{way.amount}"].item().values()
        if ends[0] is not None:
            start = Point(period.covers_to, due)
            paths.append(_path(way, Ends(*ends), yearly, plan, start))
    return paths


def payment(given: Decimal | str | None) -> Decimal | None:
    """Read a payment that an analyst gives; None where it is left out.

    Raises
    ------
    ValueError
        If it is no number above zero.

    Examples
    --------
    >>> payment(" 1,000.5 "), payment("１．５"), payment("")
    (Decimal('1000.5'), Decimal('1.5'), None)
    """
    written = f"{given:f}" if isinstance(given, Decimal) else str(given or "")
    plain = without_separators(unicodedata.normalize("NFKC", written).strip())
    if not plain:
        return None
    if not is_plain_number(plain) or Decimal(plain) <= 0:
        raise ValueError(
            f"yearly_payment: found {given!r}; expected hundred million TWD a year, "
            "a number above 0 such as 1.5, or nothing"
        )
    return Decimal(plain)


class _Way(NamedTuple):
    """How long an outstanding amount takes, as expressions over `beside_earlier`."""

    payments: str
    amount: str
    years: Bounded
    yearly: pl.Expr
    missing: pl.Expr
    reason: pl.Expr


def _even() -> Iterator[_Way]:
    """Take the planned years: even payments are so large that they need just these."""
    plan = Bounded.column("plan_years")
    is_planned = plan.value > 0
    years = Bounded(*(pl.when(is_planned).then(end) for end in _ends(plan)))
    for amount, outstanding in _OUTSTANDING.items():
        yearly = outstanding.value / pl.when(is_planned).then(plan.value)
        yield _way(EVEN, amount, years, yearly, pl.lit("no_plan_years"), pl.lit(EVEN))


def _so_far() -> Iterator[_Way]:
    """Divide by the pace; with the days above, so that nothing is rounded on the way."""
    yearly = pace().value
    days = pl.when(pl.col("days") > 0).then("days")
    a_year = times(paid(), pl.lit(YEAR, dtype=DECIMAL))
    missing = first_reason((yearly == 0, "no_payment_made"), rest=no_pace())
    for amount, outstanding in _OUTSTANDING.items():
        years = times(outstanding, days) / a_year
        yield _way(SO_FAR, amount, years, yearly, missing, assumption())


def _given(yearly: Decimal) -> Iterator[_Way]:
    paid_yearly = Bounded.exact(pl.lit(yearly, dtype=DECIMAL))
    for amount, outstanding in _OUTSTANDING.items():
        years = outstanding / paid_yearly
        yield _way(GIVEN, amount, years, paid_yearly.value, pl.lit("no_figure"), pl.lit(GIVEN))


def _way(  # noqa: PLR0913, PLR0917 - what a way is made of
    payments: str, amount: str, years: Bounded, yearly: pl.Expr, missing: pl.Expr, reason: pl.Expr
) -> _Way:
    """Leave out the years where nothing is outstanding; below zero, all may be paid already."""
    outstanding = _OUTSTANDING[amount].value
    value = pl.when(outstanding > 0).then(years.value)
    lower = pl.when(years.lower < 0).then(pl.lit(0, dtype=DECIMAL)).otherwise(years.lower)
    why = first_reason(
        (outstanding.is_null(), "no_figure"),
        (outstanding <= 0, "no_shortfall_left"),
        rest=missing,
    )
    return _Way(payments, amount, Bounded(value, lower, years.upper), yearly, why, reason)


def _ends(of: Bounded) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    return of.value, of.lower, of.upper


def _named(of: Bounded) -> list[pl.Expr]:
    return [each.alias(name) for name, each in zip(Ends._fields, _ends(of), strict=True)]


def _path(way: _Way, years: Ends, yearly: Decimal, plan: Ends, start: Point) -> ReservePath:
    """Put dates to years: the rounding moves the day of full funding, not the first day."""
    full = _after(start.when, years.value)
    return ReservePath(
        payments=way.payments,
        amount=way.amount,
        yearly=yearly,
        years=years,
        full=full,
        earliest=None if years.lower is None else _after(start.when, years.lower),
        latest=None if years.upper is None else _after(start.when, years.upper),
        is_within_plan=way.payments == EVEN or _is_within(years, plan),
        points=() if full is None else _points(start, yearly, years.value, full),
    )


def _is_within(years: Ends, plan: Ends) -> bool | None:
    """Tell whether years are at most the planned ones; None where that cannot be told."""
    if plan.value is None or plan.value <= 0:
        return None
    if years.upper is not None and plan.lower is not None and years.upper <= plan.lower:
        return True
    if years.lower is not None and plan.upper is not None and years.lower > plan.upper:
        return False
    return None


def _points(start: Point, yearly: Decimal, years: Decimal, full: dt.date) -> tuple[Point, ...]:
    """Return the first day, its anniversaries where they are few, and the last day."""
    few = range(1, math.ceil(years)) if years <= _MOST_ANNIVERSARIES else ()
    between = [
        Point(when, start.outstanding - yearly * number)
        for number in few
        if (when := _after(start.when, Decimal(number))) is not None and when < full
    ]
    return (start, *between, Point(full, Decimal(0)))


def _after(day: dt.date, years: Decimal) -> dt.date | None:
    """Return the day that is some years later; a day that has begun counts.

    >>> print(_after(dt.date(2018, 6, 30), Decimal("2.5")))
    2020-12-30
    """
    if years > LONGEST:
        return None
    whole = int(years)
    last = calendar.monthrange(day.year + whole, day.month)[1]
    anniversary = day.replace(year=day.year + whole, day=min(day.day, last))
    return anniversary + dt.timedelta(days=math.ceil((years - whole) * YEAR))
