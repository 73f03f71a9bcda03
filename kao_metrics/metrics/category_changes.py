"""Which categories of complaints moved between two periods, by cases a day and by rank.

Periods cover different days, so a category contributes its cases a covered day now less
those then. What categories contribute, with the cases that no category is known of, adds up
to the change of the whole stage exactly, also after it is rounded to the places of results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from math import floor
from typing import Any, Final, Literal, NamedTuple

import polars as pl

from kao_metrics.labels import TOTAL
from kao_metrics.metrics.category_counts import (
    Counted,
    categories,
    renamed_between,
    renamed_codes,
)
from kao_metrics.metrics.formulas import Bounded, results
from kao_metrics.period import Period
from kao_metrics.printed import SCALE
from kao_metrics.schemas import DECIMAL
from kao_metrics.statistics.contributions import Contribution, Contributions, Other, contributions

REST: Final = "_rest"
"""In the place of a category: cases of the stage that no category is known of."""

Against = Literal["previous", "same_half_last_year"]
EARLIER: Final[tuple[Against, ...]] = ("previous", "same_half_last_year")
"""What a period is compared with, the half-year before first."""

Row = dict[str, Any]


class CategoryChanges(NamedTuple):
    """What makes up the change between two periods.

    ``renamed_in`` has the months in which the source gave a category another name, under
    the same code, after the first day of the earlier period; the documents are of both.
    """

    days_now: int
    days_then: int
    made_of: Contributions
    renamed_in: dict[str, tuple[str, ...]]
    source_id: str

    @property
    def parts(self) -> list[Contribution | Other]:
        """All that adds up to the whole: categories, those folded, and cases of none."""
        found = self.made_of
        return [*found.parts, *(each for each in (found.other, found.rest) if each)]

    @property
    def whole(self) -> Other:
        """All cases as one, with what no category is known of."""
        parts = self.parts
        return Other(
            categories=(),
            now=sum(part.now for part in parts),
            then=sum(part.then for part in parts),
            change=self.made_of.change,
            share=Fraction(1) if self.made_of.change else None,
        )

    @property
    def makes_up(self) -> bool:
        """Whether shares of the change say something: not where categories offset each other.

        The whole change is then at least half of what categories changed in both directions.
        """
        change = self.made_of.change
        moved = sum((abs(part.change) for part in self.parts), Fraction(0))
        return bool(change) and 2 * abs(change) >= moved


def category_changes(
    complaints: pl.LazyFrame,
    period: Period,
    earlier: Period,
    stage: str = "first",
    most: int | None = None,
) -> CategoryChanges | str:
    """Return what each category adds to the change of the daily rate, the largest first.

    Parameters
    ----------
    complaints
        Table ``complaints``, with the rows of both periods.
    period, earlier
        The periods, of which only the codes count; the table has the covered days.
    stage
        A stage.
    most
        How many categories to tell apart; all if left out.

    Returns
    -------
    CategoryChanges or str
        Exact fractions of cases a day, which add up to the change of the stage; or the
        reason: ``no_categories`` (in one of the periods), ``no_earlier_period``, or one of
        `kao_metrics.statistics.contributions.Reason`.

    Notes
    -----
    Cases now ÷ covered days now − cases then ÷ covered days then, by category; see
    `kao_metrics.statistics.contributions`. A category without cases in one of the periods is
    new or gone there, also where the source only gave it another name, unless labels.toml
    says so: ``renamed_from`` lists the codes that became this one, whose cases are added to
    it, ``renamed_in`` the months from which on the source calls it by another name.

    Examples
    --------
    >>> half, before = Period(2018, 1), Period(2017, 2)
    >>> rows = pl.LazyFrame({
    ...     "row": [2, 3, 4], "time_period": ["2018-S1", "2018-S1", "2017-S2"],
    ...     "covers_from": [half.start, half.start, before.start], "source_id": ["report"] * 3,
    ...     "covers_to": [half.end, half.end, before.end], "indicator": ["complaints_first"] * 3,
    ...     "stage": ["first"] * 3, "sector": ["_T"] * 3, "category": ["food", "travel", "food"],
    ...     "month": [None] * 3, "value": [362, 181, 184],
    ... }, schema_overrides={"month": pl.Date}).with_columns(lower="value", upper="value")
    >>> found = category_changes(rows, half, before).made_of
    >>> [(each.category, int(each.change), each.status) for each in found.parts]
    [('food', 1, 'kept'), ('travel', 1, 'new')]
    """
    counted = categories(complaints, (period, earlier), stage)
    return _changes(counted.get(period.code), counted.get(earlier.code), most)


def latest_changes(
    complaints: pl.LazyFrame, period: Period, most: int | None = None
) -> tuple[Against, CategoryChanges] | None:
    """Return `category_changes` against the half-year before, or else the same half last year.

    None where neither has cases by category.
    """
    counted = categories(complaints, [period, *_earlier(period).values()])
    for against, earlier in _earlier(period).items():
        found = _changes(counted.get(period.code), counted.get(earlier.code), most)
        if isinstance(found, CategoryChanges):
            return against, found
    return None


def complaints_category_change(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return what each category contributes to the change of first complaints a covered day.

    Parameters
    ----------
    complaints
        Table ``complaints``, with the rows of earlier periods beside those of this one.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, for each comparison the whole (``_T``), then a row a category, the largest
        change first, then the cases of no category (``_rest``); cases a day, which add up
        to the whole exactly. Breakdown is the category and ``previous`` or
        ``same_half_last_year``, with a point between; numerator and denominator are the
        cases now and then. The reason says which categories are new, gone or renamed. One
        row, missing, where one of the periods has no categories (`category_changes` has the
        reasons); no row where there are no first complaints.
    """
    return _results(complaints, period, "complaints_category_change", "per_day", _contributed)


def complaints_rank_change(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return how many places each category moved up in the ranking by first complaints.

    Parameters, breakdowns and order as `complaints_category_change`, without the whole and
    what has no category.

    Returns
    -------
    LazyFrame
        Results; places, negative for those that fell. The numerator is the rank now, the
        denominator the rank then: 1 for the most cases, equal ones share a rank. Missing
        for a category that is new or gone (``category_new``, ``category_gone``).
    """
    return _results(complaints, period, "complaints_rank_change", "place", _ranked)


def exactly_rounded(changes: Iterable[Fraction]) -> list[Decimal]:
    """Round fractions to the places of results, so that they add up to their rounded sum.

    Each is off by one unit of the last place at most: running sums are rounded, and the
    differences of these taken.

    >>> [str(each) for each in exactly_rounded([Fraction(1, 3)] * 3)]
    ['0.333333333333', '0.333333333334', '0.333333333333']
    """
    sums = accumulate(changes, initial=Fraction(0))
    ends = (floor(total * 10**SCALE + Fraction(1, 2)) for total in sums)
    return [Decimal(last - first).scaleb(-SCALE) for first, last in pairwise(ends)]


def _earlier(period: Period) -> dict[Against, Period]:
    return {against: getattr(period, against) for against in EARLIER}


def _changes(now: Counted | None, then: Counted | None, most: int | None) -> CategoryChanges | str:
    if now is None or not now.cases:
        return "no_categories"
    if then is None:
        return "no_earlier_period"
    if not then.cases:
        return "no_categories"
    found = contributions(
        now.cases,
        now.days,
        then.cases,
        then.days,
        renamed=renamed_codes(),
        most=most,
        rest=(now.rest, then.rest),
    )
    if not isinstance(found, Contributions):
        return found
    months = renamed_between(then.covers_from, now.covers_to)
    named = (_named_anew(part) if part.category in months else part for part in found.parts)
    sources = sorted({*now.source_id.split(";"), *then.source_id.split(";")})
    return CategoryChanges(
        now.days, then.days, replace(found, parts=tuple(named)), months, ";".join(sources)
    )


def _named_anew(part: Contribution) -> Contribution:
    return replace(part, status="renamed") if part.status == "kept" else part


def _contributed(found: CategoryChanges) -> Iterator[Row]:
    parts = found.parts
    values = exactly_rounded(part.change for part in parts)
    yield {
        "category": TOTAL,
        "value": sum(values, Decimal(0)),
        "numerator": found.whole.now,
        "denominator": found.whole.then,
    }
    for part, value in zip(parts, values, strict=True):
        yield {
            "category": part.category if isinstance(part, Contribution) else REST,
            "value": value,
            "numerator": part.now,
            "denominator": part.then,
            "reason": _status(part),
        }


def _ranked(found: CategoryChanges) -> Iterator[Row]:
    for part in found.made_of.parts:
        yield {
            "category": part.category,
            "value": part.places_up,
            "numerator": part.rank_now,
            "denominator": part.rank_then,
            "reason": _status(part),
        }


def _status(part: Contribution | Other) -> str | None:
    if isinstance(part, Other) or part.status == "kept":
        return None
    return f"category_{part.status}"


def _results(
    complaints: pl.LazyFrame,
    period: Period,
    indicator: str,
    unit: str,
    rows_of: Callable[[CategoryChanges], Iterable[Row]],
) -> pl.LazyFrame:
    """Make the results of each comparison, or one that says why there are none."""
    counted = categories(complaints, [period, *_earlier(period).values()])
    now = counted.get(period.code)
    rows: list[Row] = []
    for against, earlier in _earlier(period).items() if now else ():
        found = _changes(now, counted.get(earlier.code), None)
        made: Iterable[Row] = [{"category": TOTAL, "reason": found}]
        sources = now.source_id if now else ""
        if isinstance(found, CategoryChanges):
            made, sources = rows_of(found), found.source_id
        rows += [{**row, "against": against, "source_id": sources} for row in made]
    return results(
        pl.LazyFrame(rows, schema=_COLUMNS),
        period,
        indicator,
        Bounded.exact(pl.col("value")),
        unit=unit,
        breakdown=pl.format("{}.{}", "category", "against"),
        numerator=pl.col("numerator"),
        denominator=pl.col("denominator"),
        missing=pl.col("reason"),
        reason=pl.col("reason"),
    )


_COLUMNS: Final = {
    **dict.fromkeys(("category", "against", "reason", "source_id"), pl.String()),
    **dict.fromkeys(("value", "numerator", "denominator"), DECIMAL),
}
