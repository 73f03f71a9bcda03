"""Where headcounts lead at their pace so far: a scenario, and no forecast.

The pace is the compound yearly rate since the baseline. Each category goes on at its own
pace and so does the whole, so that the categories do not add up to the whole ahead: the one
that shrinks faster weighs less and less in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction
from functools import partial
from typing import Final, NamedTuple

import polars as pl

from kao_metrics.labels import TOTAL
from kao_metrics.metrics.workforce_changes import PERSON, Row, of_rows, without_value
from kao_metrics.metrics.workforce_dates import (
    Figure,
    Kind,
    Point,
    added,
    as_decimal,
    categories,
    sources,
)
from kao_metrics.metrics.workforce_series import Compared, compared_dates
from kao_metrics.period import Period
from kao_metrics.printed import SCALE, round_half_up

YEARS: Final = 5
"""How far ahead the scenario goes; the words of its indicators say so too."""

SHORTEST: Final = 365
"""Days that a pace a year is measured over, at least."""

DAYS_A_YEAR: Final = Decimal("365.25")

_THOUSAND: Final = 1000
_PRECISION: Final = 60
_TOO_LARGE: Final = 10**24
"""What no table of figures holds; only made-up headcounts lead there."""


class Projected(NamedTuple):
    """A number of a scenario, and its bounds as far as the headcounts are bounded."""

    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Path:
    """The headcount of a category, or of all, so far and ahead.

    Parameters
    ----------
    kind
        What it is of.
    since, as_of
        The dates of the baseline and of the report; the baseline may be lacking.
    then, now
        The headcounts on them, where they are printed.
    reason
        Why there is no path ahead; empty where there is one.
    """

    kind: Kind
    since: dt.date | None
    as_of: dt.date
    then: Figure | None
    now: Figure | None
    reason: str = ""

    @property
    def days(self) -> int:
        """Days since the baseline."""
        return (self.as_of - self.since).days if self.since else 0

    @property
    def measured(self) -> tuple[Point, ...]:
        """The baseline and now; empty where one of them is lacking."""
        if self.since is None or self.then is None or self.now is None:
            return ()
        both = ((self.since, self.then), (self.as_of, self.now))
        return tuple(Point(when, as_decimal(figure.amount.value)) for when, figure in both)

    @property
    def ahead(self) -> tuple[Point, ...]:
        """The scenario at yearly dates, from now on; empty where there is no pace."""
        days = [] if self.reason else [_later(self.as_of, year) for year in range(YEARS + 1)]
        found = ((when, self.on(when).value) for when in days)
        return tuple(Point(when, value) for when, value in found if value is not None)

    @property
    def thousand(self) -> int:
        """The next round thousand below the headcount now; 0 or less if there is none."""
        now = self.now.amount.value if self.now else Fraction(0)
        return (-(-now // _THOUSAND) - 1) * _THOUSAND

    @property
    def passed(self) -> dt.date | None:
        """The first day below the thousand, where the scenario goes as far."""
        years = self.years_to_thousand().value
        if years is None:
            return None
        days = (years * DAYS_A_YEAR).to_integral_value(ROUND_CEILING)
        return self.as_of + dt.timedelta(days=int(days))

    def on(self, when: dt.date) -> Projected:
        """Project the headcount to a day."""
        ahead, since = (when - self.as_of).days, self.days
        return self._bounded(partial(_projected, ahead=ahead, since=since))

    def years_to_thousand(self) -> Projected:
        """Return the years to the thousand; no value if it is not passed within the scenario."""
        last = self.on(_later(self.as_of, YEARS)).value
        if self.reason or self.thousand <= 0 or last is None or last >= self.thousand:
            return Projected(None, None, None)
        return self._bounded(partial(_years, thousand=self.thousand, since=self.days))

    def _bounded(self, formula: Callable[[Fraction, Fraction], Decimal | None]) -> Projected:
        """Compute from the two headcounts; the result grows with now and falls with then."""
        if self.reason or self.now is None or self.then is None:
            return Projected(None, None, None)
        now, then = self.now.amount, self.then.amount
        value, lower, upper = (
            None if one is None or other is None else formula(one, other)
            for one, other in (
                (now.value, then.value),
                (now.lower, then.upper),
                (now.upper, then.lower),
            )
        )
        return Projected(value, lower, upper)


def headcount_path_stock(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the headcount of each category in five years, should it go on at its pace.

    Parameters
    ----------
    workforce
        Table ``workforce``, of the period and of earlier ones.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results; a row a category and ``_T`` for the categories together; persons, status E, a
        scenario. ``numerator`` and ``denominator`` are the headcounts now and at the baseline.
        Missing where one is lacking (``no_baseline``, ``no_current``), the baseline is zero
        (``no_denominator``), the definition changed in between (``series_break``), or the dates
        are less than a year apart (``no_pace``).

    Notes
    -----
    Now × (now ÷ baseline)^(days ahead ÷ days since the baseline), the compound rate of
    `kao_metrics.metrics.workforce.headcount_compound_rate`.

    Examples
    --------
    >>> from kao_metrics.readers import open_data
    >>> period = (data := open_data("data")).period("107H1")
    >>> staff = data.read("workforce", period)
    >>> found = headcount_path_stock(staff, period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(1)).rows()
    [('frontline', 5857.5), ('temporary', 1875.8), ('_T', 7714.9)]
    """
    rows = []
    for path in headcount_paths(workforce, period):
        found = path.on(_later(path.as_of, YEARS))
        rows.append(_row(path, found, (_value(path.now), _value(path.then)), path.reason))
    return _scenario(rows, period, "headcount_path_stock", PERSON)


def headcount_thousand_years(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return in how many years each category falls below its next round thousand.

    Parameters, rows and reasons as `headcount_path_stock`; years, status E. Missing also where
    that does not happen within five years (``not_in_five_years``). ``numerator`` is the round
    thousand, ``denominator`` the headcount now.

    Notes
    -----
    ln(thousand ÷ now) ÷ ln(now ÷ baseline) × days since the baseline ÷ 365.25.

    Examples
    --------
    >>> from kao_metrics.readers import open_data
    >>> period = (data := open_data("data")).period("107H1")
    >>> staff = data.read("workforce", period)
    >>> found = headcount_thousand_years(staff, period).collect()
    >>> found.select("breakdown", pl.col("numerator", "value").cast(float).round(1)).rows()[0]
    ('frontline', 6000.0, 4.2)
    """
    rows = []
    for path in headcount_paths(workforce, period):
        ratio = Decimal(path.thousand), _value(path.now)
        reason = path.reason or "not_in_five_years"
        rows.append(_row(path, path.years_to_thousand(), ratio, reason))
    return _scenario(rows, period, "headcount_thousand_years", "year")


def headcount_paths(workforce: pl.LazyFrame, period: Period) -> tuple[Path, ...]:
    """Return the path of each category and of the categories together, with its dates.

    Parameters and order as `headcount_path_stock`.

    Examples
    --------
    >>> from kao_metrics.readers import open_data
    >>> period = (data := open_data("data")).period("107H1")
    >>> staff = data.read("workforce", period)
    >>> frontline, *_ = headcount_paths(staff, period)
    >>> [f"{point.when} {point.value:.0f}" for point in frontline.ahead][::5]
    ['2018-04-01 6805', '2023-04-01 5857']
    >>> frontline.thousand, str(frontline.passed)
    (6000, '2022-06-13')
    """
    dates = compared_dates(workforce, period)
    return tuple(_paths(dates)) if dates else ()


def _paths(dates: Compared) -> Iterator[Path]:
    """Set each category, and all of a measure, at the baseline beside the same now."""
    baseline = dates.earlier[""]
    then, now = baseline.staff if baseline else {}, dates.now.staff
    for measure in sorted({kind.measure for kind in (*then, *now)}):
        whole = Kind(measure, TOTAL)
        before, after = ({kind: on[kind] for kind in categories(on, whole)} for on in (then, now))
        kinds = sorted(before.keys() | after.keys())
        for on in (before, after):
            if kinds and on.keys() == set(kinds):
                on[whole] = added(on[kind] for kind in kinds)
        for kind in [*kinds, whole] if kinds else ():
            yield _path(dates, kind, before.get(kind), after.get(kind))


def _path(dates: Compared, kind: Kind, then: Figure | None, now: Figure | None) -> Path:
    baseline = dates.earlier[""]
    since = baseline.as_of if baseline else None
    path = Path(kind, since, dates.now.as_of, then, now)
    reason = ""
    if then is None or now is None:
        reason = "no_baseline" if then is None else "no_current"
    elif not then.amount.value:
        reason = "no_denominator"
    elif since and kind in dates.broken_since(since):
        reason = "series_break"
    elif path.days < SHORTEST or path.on(_later(path.as_of, YEARS)).value is None:
        reason = "no_pace"
    return Path(kind, since, dates.now.as_of, then, now, reason)


def _projected(now: Fraction, then: Fraction, *, ahead: int, since: int) -> Decimal | None:
    """Let a headcount go on as it went since a baseline; None if that is nowhere to be held."""
    if then <= 0 or now < 0:
        return None
    with localcontext(prec=_PRECISION):
        found = _decimal(now) * _decimal(now / then) ** (Decimal(ahead) / Decimal(since))
        return round_half_up(found, SCALE) if found < _TOO_LARGE else None


def _years(now: Fraction, then: Fraction, *, thousand: int, since: int) -> Decimal | None:
    """Say when a falling headcount is at a lower one; None if it does not fall."""
    if now <= thousand:
        return Decimal(0)
    if now >= then:
        return None
    with localcontext(prec=_PRECISION):
        steps = _decimal(thousand / now).ln() / _decimal(now / then).ln()
        return round_half_up(steps * since / DAYS_A_YEAR, SCALE)


def _decimal(value: Fraction) -> Decimal:
    """Write a fraction as a decimal, to the precision of the context."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def _later(day: dt.date, years: int) -> dt.date:
    """Return the same day some years later; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _value(figure: Figure | None) -> Decimal | None:
    return None if figure is None else as_decimal(figure.amount.value)


def _row(
    path: Path, found: Projected, ratio: tuple[Decimal | None, Decimal | None], reason: str
) -> Row:
    row: Row = {
        "breakdown": path.kind.name,
        "source_id": sources(each for each in (path.then, path.now) if each),
        "numerator": ratio[0],
        "denominator": ratio[1],
    }
    if found.value is None:
        return row | without_value(reason)
    is_exact = found.lower == found.upper
    ends = {} if is_exact else {"lower": found.lower, "upper": found.upper}
    return row | {"value": found.value} | ends


def _scenario(rows: list[Row], period: Period, indicator: str, unit: str) -> pl.LazyFrame:
    return of_rows(rows, period, indicator, unit, status="E", reason="same_pace")
