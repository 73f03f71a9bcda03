"""Staff date by date: what is printed of each date, and where a series breaks.

Measures are never mixed: staff in post and budgeted posts are two series. A category's
series breaks where it is counted in another measure than before, or where the parts that
make it up are others: two dates both break it down without a rest, and the names of the
parts differ. A date with less detail is no break, nor is a rest that is not broken down:
what may be in it cannot be told. Changes across a break are not computed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple

import polars as pl

from kao_metrics.labels import TOTAL, attribute
from kao_metrics.metrics.workforce_dates import (
    Dated,
    Figure,
    Kind,
    Point,
    Staff,
    added,
    as_decimal,
    categories,
    printed_dates,
    whole_of,
)
from kao_metrics.period import Period

PREVIOUS: Final = ".previous"
"""How a breakdown ends that is compared with the half-year before."""


Parts = dict[str, Figure]
"""What a whole is made up of, by code."""

Why = Literal["measure", "parts"]
"""Why a series breaks: counted in another measure, or made up of other parts."""


class Break(NamedTuple):
    """The first date of a new definition, and what is new about it."""

    when: dt.date
    why: Why


class Series(NamedTuple):
    """The headcount of a category, or of all, in one measure and in order of time."""

    kind: Kind
    points: tuple[Point, ...]
    breaks: tuple[Break, ...]


def headcount_series(workforce: pl.LazyFrame) -> tuple[Series, ...]:
    """Return the headcount of each category and of all on every date, with the breaks.

    Parameters
    ----------
    workforce
        Table ``workforce``, of one or more periods. Of a date that several reports print,
        the newest report stands.

    Returns
    -------
    tuple of Series
        A series a measure and category, the whole of a measure after its categories. The
        whole is as printed, or else the categories added up; it breaks where one of them
        does, or where it is made up of other categories.

    Examples
    --------
    >>> from kao_metrics.readers import open_data
    >>> data = open_data("data")
    >>> found = headcount_series(data.read("workforce", data.period("107H1")))
    >>> [(each.kind.name, [int(point.value) for point in each.points]) for each in found]
    [('frontline', [8462, 6805]), ('temporary', [3462, 2408]), ('_T', [11924, 9213])]
    """
    return series_of(printed_dates(workforce))


def series_of(dates: Iterable[Dated]) -> tuple[Series, ...]:
    """As `headcount_series`, from dates that are already read."""
    newest: dict[Kind, dict[dt.date, Staff]] = {}
    for _, as_of, staff in dates:  # of a date, the later report overwrites the earlier
        for kind in _groups(staff):
            newest.setdefault(kind, {})[as_of] = staff
    measures: dict[str, dict[str, set[dt.date]]] = {}
    for kind, days in newest.items():
        measures.setdefault(kind.category, {})[kind.measure] = set(days)
    found: list[Series] = []
    for kind in sorted(newest, key=lambda kind: (kind.measure, kind.category == TOTAL, kind)):
        days = dict(sorted(newest[kind].items()))
        points = tuple(
            Point(when, as_decimal(whole_of(staff, kind).amount.value))
            for when, staff in days.items()
        )
        breaks = set(_own_breaks(kind, days, measures[kind.category]))
        if kind.category == TOTAL:
            breaks |= {
                each
                for series in found
                if series.kind.measure == kind.measure
                for each in series.breaks
                if points[0].when < each.when
            }
        found.append(Series(kind, points, tuple(sorted(breaks))))
    return tuple(found)


class Compared(NamedTuple):
    """The date of a report, the earlier ones to compare it with, and the series up to it.

    Parameters
    ----------
    now
        The report's own date.
    earlier
        By what a compared breakdown's name ends in: the baseline of the report (nothing), and
        the date of the half-year before (`PREVIOUS`); None where there is none.
    series
        See `headcount_series`.
    """

    now: Dated
    earlier: dict[str, Dated | None]
    series: tuple[Series, ...]

    def broken_since(self, then: dt.date) -> set[Kind]:
        """Return the categories whose series breaks between an earlier date and the report's."""
        return {
            series.kind
            for series in self.series
            for each in series.breaks
            if then < each.when <= self.now.as_of
        }


def compared_dates(workforce: pl.LazyFrame, period: Period) -> Compared | None:
    """Find the dates to compare; None where the period has no staff figures.

    Parameters
    ----------
    workforce
        Table ``workforce``, of the period and of earlier ones.
    period
        The period of the report.
    """
    known = [each for each in printed_dates(workforce) if each.time_period <= period.code]
    own = [each for each in known if each.time_period == period.code]
    if not own:
        return None
    before = [each for each in known if each.time_period == period.previous.code]
    earlier = {"": own[0] if len(own) > 1 else None, PREVIOUS: before[-1] if before else None}
    return Compared(own[-1], earlier, series_of(known))


def _groups(staff: Staff) -> set[Kind]:
    """Return what there is a headcount of: categories in total, and all of a measure."""
    totals = {kind for kind in staff if kind.is_total}
    return totals | {Kind(kind.measure, TOTAL) for kind in totals}


def _own_breaks(
    kind: Kind, days: Mapping[dt.date, Staff], measures: Mapping[str, set[dt.date]]
) -> Iterator[Break]:
    """Find where a category takes this measure in the place of another, or has other parts."""
    first = min(days)
    others = set().union(*(found for name, found in measures.items() if name != kind.measure))
    if min(others, default=first) < first:
        yield Break(first, "measure")
    known: dict[str, Parts] = {}
    for when, staff in days.items():
        now = _definition(staff, kind)
        if any(_differ(known[whole], now[whole]) for whole in known.keys() & now.keys()):
            yield Break(when, "parts")
        known |= now  # a date with less detail leaves what is known from before


def _differ(then: Parts, now: Parts) -> bool:
    """Tell whether somebody is of a part that the other date does not have."""
    return any((then | now)[part].amount.value for part in then.keys() ^ now.keys())


def _definition(staff: Staff, kind: Kind) -> dict[str, Parts]:
    """Return the parts of each total of a category that its parts make up without a rest.

    The category is ``_T`` there, its employers are those of ``employer``, and a subcategory
    with parts is called as it is.
    """
    if kind.category == TOTAL:
        parts = {each.category: staff[each] for each in categories(staff, kind)}
        return {TOTAL: parts} if _adds_up(staff.get(kind), parts) else {}
    of_kind = [each for each in staff if each[:2] == kind[:2] and not each.is_total]
    employers = {
        each.employer: staff[each]
        for each in of_kind
        if (each.subcategory, each.funding) == (TOTAL, TOTAL)
    }
    found: dict[str, Parts] = {}
    if employers and _adds_up(staff[kind], employers):
        found["employer"] = employers
    return found | _tree(staff, kind, of_kind)


def _tree(staff: Staff, kind: Kind, of_kind: Iterable[Kind]) -> dict[str, Parts]:
    """Return the parts of the category and of its subcategories, from the top down."""
    given = _by_subcategory(staff, kind, of_kind)
    children: dict[str, set[str]] = {}
    todo = list(given)
    while todo:
        code = todo.pop()
        above = attribute("subcategory", code, "parent", TOTAL)
        children.setdefault(above, set()).add(code)
        todo += [above] if above != TOTAL else []

    def figure(code: str) -> Figure:
        return given[code] if code in given else added(map(figure, sorted(children[code])))

    found: dict[str, Parts] = {}
    below = [(TOTAL, True)]
    while below:
        whole, is_explained = below.pop()
        parts = {part: figure(part) for part in children.get(whole, ())}
        printed = staff[kind] if whole == TOTAL else given.get(whole)
        # A subcategory without a row of its own is explained if what is above it is.
        if parts and (_adds_up(printed, parts) if printed else is_explained):
            found[whole] = parts
        below += [(part, whole in found) for part in parts]
    return found


def _by_subcategory(staff: Staff, kind: Kind, of_kind: Iterable[Kind]) -> dict[str, Figure]:
    """Return the printed headcount of each subcategory; sources of pay without a total add up."""
    found: dict[str, list[Figure]] = {}
    for each in sorted(of_kind):
        if each.employer == TOTAL and each.subcategory != TOTAL:
            found.setdefault(each.subcategory, []).append(staff[each])
    return {
        code: staff.get(kind._replace(subcategory=code)) or added(figures)
        for code, figures in found.items()
    }


def _adds_up(whole: Figure | None, parts: Parts) -> bool:
    """Tell whether parts make up a whole, as far as printed; always where they are all of it."""
    if whole is None:
        return True
    total, sum_of = whole.amount, added(parts.values()).amount
    if None in (total.lower, total.upper, sum_of.lower, sum_of.upper):
        return False
    return sum_of.lower <= total.upper and total.lower <= sum_of.upper  # type: ignore[operator] # tested above
