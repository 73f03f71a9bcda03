"""Staff as reports print it, date by date, and how headcounts add up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any, Final, NamedTuple

import polars as pl

from kao_metrics.arithmetic import Interval
from kao_metrics.labels import STAFF_IN_POST, TOTAL
from kao_metrics.preparation import workforce_name
from kao_metrics.printed import SCALE, round_half_up

_PRECISION: Final = 60
_SOURCES: Final = ";"


class Kind(NamedTuple):
    """What a headcount is of; ``_T`` is not broken down by that."""

    measure: str
    category: str
    subcategory: str = TOTAL
    employer: str = TOTAL
    funding: str = TOTAL

    @property
    def is_total(self) -> bool:
        """Whether it is a whole category, or all of them."""
        return (self.subcategory, self.employer, self.funding) == (TOTAL, TOTAL, TOTAL)

    @property
    def name(self) -> str:
        """What it is called as a breakdown of a result.

        >>> Kind("staff_in_post", "temporary", "other").name, Kind("staff_in_post", "_T").name
        ('temporary_other', '_T')
        """
        if self.is_total and self.category == TOTAL:
            return TOTAL if self.measure == STAFF_IN_POST else self.measure
        return workforce_name(
            self.category, self.subcategory, self.employer, self.funding, self.measure
        ).removesuffix("_total")


class Figure(NamedTuple):
    """A headcount with the bounds of what was printed, and where it comes from."""

    amount: Interval
    source_id: str


Staff = Mapping[Kind, Figure]
"""What one report prints of one date."""


class Point(NamedTuple):
    """A headcount on a date."""

    when: dt.date
    value: Decimal


class Dated(NamedTuple):
    """What the report of a period prints of a date."""

    time_period: str
    as_of: dt.date
    staff: Staff


def printed_dates(workforce: pl.LazyFrame) -> tuple[Dated, ...]:
    """Return what each report prints of each date, in order of dates, then of reports.

    Parameters
    ----------
    workforce
        Table ``workforce``, of one or more periods.
    """
    rows = workforce.select("time_period", "as_of", *_COLUMNS).collect().iter_rows(named=True)
    found: dict[tuple[dt.date, str], dict[Kind, Figure]] = {}
    for row in rows:
        staff = found.setdefault((row["as_of"], row["time_period"]), {})
        staff[Kind(*(row[name] for name in Kind._fields))] = _figure(row)
    return tuple(
        Dated(time_period, as_of, staff) for (as_of, time_period), staff in sorted(found.items())
    )


_COLUMNS: Final = (*Kind._fields, "value", "lower", "upper", "source_id")


def _figure(row: Mapping[str, Any]) -> Figure:
    lower, upper = (None if row[end] is None else Fraction(row[end]) for end in ("lower", "upper"))
    return Figure(Interval(Fraction(row["value"]), lower, upper), row["source_id"])


def whole_of(staff: Staff, kind: Kind) -> Figure:
    """Return a category's headcount, or that of all: as printed, or the categories added up."""
    return staff[kind] if kind in staff else added(staff[each] for each in categories(staff, kind))


def categories(staff: Staff, whole: Kind) -> list[Kind]:
    """Return the categories of a measure that are printed in total, in order."""
    return sorted(
        kind
        for kind in staff
        if kind.measure == whole.measure and kind.is_total and kind.category != TOTAL
    )


def added(figures: Iterable[Figure]) -> Figure:
    """Add headcounts up; one without a bound leaves the sum without it."""
    found = list(figures)
    value = sum((each.amount.value for each in found), Fraction(0))
    lower, upper = (
        None if None in ends else sum((end for end in ends if end is not None), Fraction(0))
        for ends in (
            [each.amount.lower for each in found],
            [each.amount.upper for each in found],
        )
    )
    return Figure(Interval(value, lower, upper), sources(found))


def less(whole: Figure, parts: Iterable[Figure]) -> Figure:
    """Take parts away from a whole."""
    found = added(parts)
    part, total = found.amount, whole.amount
    lower, upper = (
        None if high is None or low is None else high - low
        for high, low in ((total.lower, part.upper), (total.upper, part.lower))
    )
    return Figure(Interval(total.value - part.value, lower, upper), sources([whole, found]))


def sources(figures: Iterable[Figure]) -> str:
    """Join the distinct sources of figures."""
    named = {name for each in figures for name in each.source_id.split(_SOURCES)}
    return _SOURCES.join(sorted(named - {""}))


def as_decimal(value: Fraction) -> Decimal:
    """Write a fraction as a decimal, to the places that results are kept to."""
    with localcontext(prec=_PRECISION):
        return round_half_up(Decimal(value.numerator) / Decimal(value.denominator), SCALE)
