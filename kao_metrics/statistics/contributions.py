"""What makes up a change: how much each category adds to it or takes from it.

Periods may cover a different number of days, so everything is a rate per day: what a
category contributes is its rate in the newer period less its rate in the earlier one. The
arithmetic is rational. So the contributions add up to the whole change exactly, also where
the smaller ones are folded into one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Status = Literal["kept", "renamed", "new", "gone"]
Reason = Literal["no_days", "negative_count", "no_cases", "renames_in_a_circle"]
"""Why there are no contributions."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one category contributes to the change of the whole.

    Parameters
    ----------
    category
        Its newest name.
    now, then
        Cases in the newer period and in the earlier one.
    change
        The change of its rate, in cases per day.
    share
        The change as a share of the whole change; None if the whole did not change. It is
        negative for a category that moved the other way, and more than 1 for one that
        others made up for.
    rank_now, rank_then
        1 for the category with the most cases; equal ones share a rank; None for no cases.
    status
        "new": no cases in the earlier period; "gone": none in the newer one; "renamed":
        cases in both, some of them under an older name; otherwise "kept".
    older_names
        The names under which some of its cases were counted, besides its newest.
    """

    category: str
    now: int
    then: int
    change: Fraction
    share: Fraction | None
    rank_now: int | None
    rank_then: int | None
    status: Status
    older_names: tuple[str, ...] = ()

    @property
    def places_up(self) -> int | None:
        """Places gained (lost, if negative) in the ranking; None if not ranked twice."""
        if self.rank_now is None or self.rank_then is None:
            return None
        return self.rank_then - self.rank_now


@dataclass(frozen=True, slots=True)
class Other:
    """What is not told apart, as one: categories, or cases that no category is known of."""

    categories: tuple[str, ...]
    now: int
    then: int
    change: Fraction
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class Contributions:
    """The change of a whole and what it is made of.

    Parameters
    ----------
    change
        The change of the whole rate, in cases per day.
    parts
        The largest absolute change first; of equal ones, in the order of their names.
    other
        What was folded away; None if nothing was.
    rest
        Cases that no category is known of; None if there are none.
    reason
        "no_change" if the whole did not change, so that there are no shares of it.
    """

    change: Fraction
    parts: tuple[Contribution, ...]
    other: Other | None = None
    rest: Other | None = None
    reason: Literal["no_change"] | None = None


def contributions(  # noqa: PLR0913 - two periods, their days, and how to tell categories apart
    now: Mapping[str, int],
    days_now: int,
    then: Mapping[str, int],
    days_then: int,
    *,
    renamed: Mapping[str, str] | None = None,
    most: int | None = None,
    rest: tuple[int, int] = (0, 0),
) -> Contributions | Reason:
    """Break the change between two periods down by category.

    Parameters
    ----------
    now, then
        Cases by category, in the newer period and in the earlier one. The categories
        exclude each other. A category that is left out has no cases, as one with 0.
    days_now, days_then
        The days that the counts cover.
    renamed
        New names by old ones. A name may change more than once, and several old names may
        have become one: their cases are added up.
    most
        How many categories to tell apart; the others are folded into `Other`. All if left
        out.
    rest
        Cases that no category is known of, in the newer period and in the earlier one. They
        are part of the whole and have no rank.

    Returns
    -------
    Contributions or str
        Without the categories that have no cases in either period; or a code of `Reason`.

    Raises
    ------
    ValueError
        If `most` is negative.

    Notes
    -----
    With n the cases and d the days, a category contributes n now / d now - n then / d then,
    and its share is that over the sum of all.

    Do not use it for categories that overlap, nor read a contribution as a cause. Where
    categories moved in both directions, shares are large and say little: show the changes.
    Nor does it tell chance from change: compare rates for that.

    Examples
    --------
    >>> found = contributions({"fees": 30, "food": 5}, 100, {"fees": 10, "food": 10}, 100)
    >>> [(part.category, str(part.change), str(part.share)) for part in found.parts]
    [('fees', '1/5', '4/3'), ('food', '-1/20', '-1/3')]
    >>> found = contributions({"web": 30}, 100, {"net": 10}, 50, renamed={"net": "web"})
    >>> found.parts[0].status, found.parts[0].older_names, found.change
    ('renamed', ('net',), Fraction(1, 10))
    """
    if most is not None and most < 0:
        raise ValueError(f"{most} categories cannot be told apart: expected 0 or more")
    newest = newest_names({*now, *then}, renamed or {})
    if newest is None:
        return "renames_in_a_circle"
    reason = _reason((*now.values(), *then.values(), *rest), (days_now, days_then))
    if reason is not None:
        return reason
    cases_now, cases_then = _added(now, newest), _added(then, newest)
    unknown = Fraction(rest[0], days_now) - Fraction(rest[1], days_then)
    known = Fraction(cases_now.total(), days_now) - Fraction(cases_then.total(), days_then)
    whole = known + unknown
    ranks_now, ranks_then = _ranks(cases_now), _ranks(cases_then)
    older = _older_names((now, then), newest)

    def part(category: str) -> Contribution:
        in_now, in_then = cases_now[category], cases_then[category]
        change = Fraction(in_now, days_now) - Fraction(in_then, days_then)
        names = older.get(category, ())
        return Contribution(
            category=category,
            now=in_now,
            then=in_then,
            change=change,
            share=change / whole if whole else None,
            rank_now=ranks_now.get(category),
            rank_then=ranks_then.get(category),
            status=_status(in_now, in_then, is_renamed=bool(names)),
            older_names=names,
        )

    parts = sorted(
        (part(category) for category in {*ranks_now, *ranks_then}),
        key=lambda one: (-abs(one.change), one.category),
    )
    return Contributions(
        change=whole,
        parts=tuple(parts[:most]),
        other=_other(parts[most:], whole) if most is not None and parts[most:] else None,
        rest=Other((), *rest, unknown, unknown / whole if whole else None) if any(rest) else None,
        reason=None if whole else "no_change",
    )


def newest_names(categories: Iterable[str], renamed: Mapping[str, str]) -> dict[str, str] | None:
    """Return the newest name of each category; None if the names lead in a circle.

    >>> newest_names(["net", "food"], {"net": "web", "web": "online"})
    {'net': 'online', 'food': 'food'}
    """
    found = {}
    for category in categories:
        name, seen = category, {category}
        while renamed.get(name, name) != name:
            name = renamed[name]
            if name in seen:
                return None
            seen.add(name)
        found[category] = name
    return found


def _reason(cases: Collection[int], days: Iterable[int]) -> Reason | None:
    """Say why there are no contributions; None if there are."""
    if min(days) <= 0:
        return "no_days"
    if any(count < 0 for count in cases):
        return "negative_count"
    return None if any(cases) else "no_cases"


def _added(counts: Mapping[str, int], newest: Mapping[str, str]) -> Counter[str]:
    """Add up the cases by newest name."""
    found: Counter[str] = Counter()
    for category, count in counts.items():
        found[newest[category]] += count
    return found


def _older_names(
    counts: Iterable[Mapping[str, int]], newest: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return, by newest name, the other names that have cases, in order."""
    found: dict[str, tuple[str, ...]] = {}
    used = {category for one in counts for category, count in one.items() if count}
    for category in sorted(used):
        name = newest[category]
        if name != category:
            found[name] = (*found.get(name, ()), category)
    return found


def _ranks(counts: Mapping[str, int]) -> dict[str, int]:
    """Rank the categories that have cases; equal ones share the better rank."""
    ordered = sorted((count for count in counts.values() if count), reverse=True)
    return {category: ordered.index(count) + 1 for category, count in counts.items() if count}


def _status(now: int, then: int, *, is_renamed: bool) -> Status:
    if not then:
        return "new"
    if not now:
        return "gone"
    return "renamed" if is_renamed else "kept"


def _other(parts: Iterable[Contribution], whole: Fraction) -> Other:
    """Fold contributions into one."""
    folded = list(parts)
    change = sum((part.change for part in folded), Fraction(0))
    return Other(
        categories=tuple(part.category for part in folded),
        now=sum(part.now for part in folded),
        then=sum(part.then for part in folded),
        change=change,
        share=change / whole if whole else None,
    )
