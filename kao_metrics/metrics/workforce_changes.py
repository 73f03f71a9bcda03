"""What a change in staff is made of: the pace of the whole, and shifts between categories.

Two dates are compared over each breakdown that both print: the categories of all staff,
and within a category its subcategories and its employers. What such a breakdown leaves of
its total is one part of its own, "not broken down": it is never dropped and never spread.
The dates are the report's own against its baseline, and against the half-year before
(breakdowns that end in ``.previous``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple

import polars as pl

from kao_metrics.arithmetic import DivisorError, evaluate
from kao_metrics.labels import EMPLOYERS, NOT_BROKEN_DOWN, TOTAL, attribute
from kao_metrics.metrics.formulas import Bounded, results
from kao_metrics.metrics.workforce_dates import (
    Dated,
    Figure,
    Kind,
    Staff,
    added,
    as_decimal,
    categories,
    less,
    sources,
)
from kao_metrics.metrics.workforce_series import Compared, compared_dates
from kao_metrics.period import Period
from kao_metrics.printed import SCALE
from kao_metrics.schemas import DECIMAL
from kao_metrics.statistics.shift_share import rounded_together, shift_share

Half = Literal["common", "shift"]
Row = dict[str, Any]
"""A row of results: its breakdown, value and bounds, what it is a ratio of, a reason."""

FORMULAS: Final[dict[Half, str]] = {
    "common": "then / whole_then * (whole_now - whole_then)",
    "shift": "now - then / whole_then * whole_now",
}
"""The two halves of a change, as `kao_metrics.arithmetic` reads them."""

BY_EMPLOYER: Final = f"{EMPLOYERS}_{NOT_BROKEN_DOWN}"
"""How the name of what a breakdown by employer leaves of its total ends."""

PERSON: Final = "person"


def headcount_change_common(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the change that each category would have seen at the pace of the whole.

    Parameters
    ----------
    workforce
        Table ``workforce``, of the period and of earlier ones.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results; a row a category and what is not broken down, ``_T`` for all, and a row a
        part of a category that both dates print; persons, a fall is negative. With
        `headcount_change_shift` of the same row it adds up to the change exactly, and the
        categories add up to ``_T``. ``numerator`` and ``denominator`` are the headcounts then,
        of the part and of its whole. Missing where a date lacks a category and prints no total
        to set the rest against (``no_baseline``, ``no_current``, ``no_figure``), there was
        nobody then (``no_denominator``), or the definition changed in between
        (``series_break``); one row ``_T`` where there is no earlier date (``no_baseline``,
        ``no_earlier_period``).

    Notes
    -----
    Headcount then ÷ whole then × (whole now − whole then): shift-share analysis, see
    `kao_metrics.statistics.shift_share`, which says what it is not.

    Examples
    --------
    >>> from kao_metrics.readers import open_data
    >>> period = (data := open_data("data")).period("107H1")
    >>> staff = data.read("workforce", period)
    >>> found = headcount_change_common(staff, period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(1)).rows()[:3]
    [('frontline', -1923.9), ('temporary', -787.1), ('_T', -2711.0)]
    """
    return of_rows(_changes(workforce, period, "common"), period, "headcount_change_common", PERSON)


def headcount_change_shift(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return by how much each category changed beside the pace of the whole.

    Parameters, rows, reasons and source as `headcount_change_common`; persons. The categories
    add up to zero: what one has more, others have less. ``numerator`` and ``denominator`` are
    the headcounts now, of the part and of its whole.

    Notes
    -----
    Whole now × (headcount now ÷ whole now − headcount then ÷ whole then).

    Examples
    --------
    >>> from kao_metrics.readers import open_data
    >>> period = (data := open_data("data")).period("107H1")
    >>> staff = data.read("workforce", period)
    >>> found = headcount_change_shift(staff, period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(1)).rows()[:3]
    [('frontline', 266.9), ('temporary', -266.9), ('_T', 0.0)]
    """
    return of_rows(_changes(workforce, period, "shift"), period, "headcount_change_shift", PERSON)


def of_rows(
    rows: Sequence[Row], period: Period, indicator: str, unit: str, **more: Any
) -> pl.LazyFrame:
    """Make results of rows that are computed one by one."""
    numbers = ("value", "lower", "upper", "numerator", "denominator")
    texts = ("breakdown", "missing", "source_id")
    schema = dict.fromkeys(numbers, DECIMAL) | dict.fromkeys(texts, pl.String())
    return results(
        pl.LazyFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema),
        period,
        indicator,
        Bounded.printed(),
        unit=unit,
        breakdown=pl.col("breakdown"),
        numerator=pl.col("numerator"),
        denominator=pl.col("denominator"),
        missing=pl.col("missing"),
        **more,
    )


def row_of(
    breakdown: str, formula: str, figures: Mapping[str, Figure], ratio: tuple[str, str]
) -> Row:
    """Compute one row from named figures, with the bounds of how these were printed."""
    row: Row = {"breakdown": breakdown, "source_id": sources(figures.values())}
    row |= {
        part: as_decimal(figures[name].amount.value)
        for part, name in zip(("numerator", "denominator"), ratio, strict=True)
    }
    try:
        found = evaluate(formula, {name: each.amount for name, each in figures.items()})
    except DivisorError:
        return row | without_value("no_denominator")
    row["value"] = as_decimal(found.value)
    if found.lower != found.upper:
        row["lower"], row["upper"] = (
            None if end is None else as_decimal(end) for end in (found.lower, found.upper)
        )
    return row


def without_value(reason: str) -> Row:
    """Say why a row has no value."""
    return {"value": None, "lower": None, "upper": None, "missing": reason}


class _Breakdown(NamedTuple):
    """A whole at two dates, then and now, and the parts that both print, with their rest."""

    whole: Kind
    total: tuple[Figure, Figure]
    parts: dict[str, tuple[Figure, Figure]]


def _changes(workforce: pl.LazyFrame, period: Period, half: Half) -> list[Row]:
    """Return one half of every change, against each earlier date."""
    dates = compared_dates(workforce, period)
    if dates is None:
        return []
    return [
        row | {"breakdown": row["breakdown"] + suffix}
        for suffix, then in dates.earlier.items()
        for row in _since(dates, then, half, "no_earlier_period" if suffix else "no_baseline")
    ]


def _since(dates: Compared, then: Dated | None, half: Half, lacking: str) -> Iterator[Row]:
    """Yield one half of every change since an earlier date; one row where there is none."""
    now = dates.now.staff
    if then is None:
        source = sources(now[kind] for kind in now if kind.is_total)
        yield {"breakdown": TOTAL, "source_id": source} | without_value(lacking)
        return
    breaks = dates.broken_since(then.as_of)
    for found in _breakdowns(then.staff, now, lacking):
        if isinstance(found, _Breakdown):
            broken = without_value("series_break") if found.whole in breaks else {}
            yield from (row | broken for row in _split(found, half))
        else:
            yield found


def _split(found: _Breakdown, half: Half) -> Iterator[Row]:
    """Yield one half of the change of each part, and of all staff."""
    when = "then" if half == "common" else "now"
    whole_then, whole_now = found.total
    then, now = (
        {name: pair[place].amount.value for name, pair in found.parts.items()} for place in (0, 1)
    )
    splits = shift_share(then, now)
    for place, (name, (before, after)) in enumerate(found.parts.items()):
        figures = {"then": before, "now": after, "whole_then": whole_then, "whole_now": whole_now}
        row = row_of(name, FORMULAS[half], figures, (when, f"whole_{when}"))
        if isinstance(splits, dict) and row["value"] is not None:
            # Rounded so that the parts add up, and the shift as what is left of the change.
            common = rounded_together([each.common for each in splits.values()], SCALE)[place]
            change = now[name] - then[name]
            row["value"] = common if half == "common" else as_decimal(change - Fraction(common))
        yield row
    if found.whole.category == TOTAL:
        both = {"then": whole_then, "now": whole_now}
        formula = "now - then" if half == "common" else "0"
        whole = row_of(found.whole.name, formula, both, (when, when))
        yield whole | ({} if isinstance(splits, dict) else without_value("no_denominator"))


def _breakdowns(then: Staff, now: Staff, lacking: str) -> Iterator[_Breakdown | Row]:
    """Yield every breakdown that two dates share, and a row for what cannot be compared."""
    for measure in sorted({kind.measure for kind in (*then, *now)}):
        whole = Kind(measure, TOTAL)
        before, after = categories(then, whole), categories(now, whole)
        both = [kind for kind in before if kind in after]
        rests = [_rest(on, whole, kinds) for on, kinds in ((then, before), (now, after))]
        if whole in then and whole in now:
            yield _shared(whole, then, now, both, NOT_BROKEN_DOWN)
        elif before == after and before and not any(rests):
            total = tuple(added(on[kind] for kind in before) for on in (then, now))
            parts = {kind.name: (then[kind], now[kind]) for kind in before}
            yield _Breakdown(whole, (total[0], total[1]), parts)
        else:
            yield from _not_comparable(whole, then, now, lacking)
        for category in both:
            for kinds, rest in _within(category, then, now):
                found = _shared(category, then, now, kinds, rest)
                if len(found.parts) > 1:  # one part that is all of it has nothing to shift to
                    yield found


def _rest(on: Staff, whole: Kind, parts: Iterable[Kind]) -> bool:
    """Tell whether a total is printed and is not what its parts add up to."""
    return whole in on and less(on[whole], (on[kind] for kind in parts)).amount.value != 0


def _within(category: Kind, then: Staff, now: Staff) -> Iterator[tuple[list[Kind], str]]:
    """Yield the subcategories, and the employers, that two dates print of a category."""
    both = sorted(
        kind for kind in then.keys() & now.keys() if kind[:2] == category[:2] and not kind.is_total
    )
    kinds = _apart(kind for kind in both if kind.employer == TOTAL and kind.subcategory != TOTAL)
    if kinds:
        yield kinds, NOT_BROKEN_DOWN
    employers = [kind for kind in both if (kind.subcategory, kind.funding) == (TOTAL, TOTAL)]
    if employers:
        yield employers, BY_EMPLOYER


def _apart(kinds: Iterable[Kind]) -> list[Kind]:
    """Keep the kinds that do not overlap, those that hold others before these."""
    found: list[Kind] = []
    for kind in sorted(kinds, key=lambda kind: (len(_line(kind)), kind.funding != TOTAL, kind)):
        if not any(_overlap(kind, each) for each in found):
            found.append(kind)
    return sorted(found)


def _overlap(one: Kind, other: Kind) -> bool:
    """Tell whether somebody can be of both kinds."""
    is_in_line = one.subcategory in _line(other) or other.subcategory in _line(one)
    return is_in_line and (one.funding == other.funding or TOTAL in {one.funding, other.funding})


def _line(kind: Kind) -> list[str]:
    """Return a subcategory and those that it is a part of."""
    found = [kind.subcategory]
    while found[-1] != TOTAL:
        found.append(attribute("subcategory", found[-1], "parent", TOTAL))
    return found[:-1]


def _shared(whole: Kind, then: Staff, now: Staff, kinds: Sequence[Kind], rest: str) -> _Breakdown:
    """Set the parts of a printed total at two dates beside each other, and what they leave."""
    parts = {kind.name: (then[kind], now[kind]) for kind in kinds}
    left = [less(on[whole], [on[kind] for kind in kinds]) for on in (then, now)]
    if any(each.amount.value for each in left):
        parts[rest_name(whole, rest)] = (left[0], left[1])
    return _Breakdown(whole, (then[whole], now[whole]), parts)


def rest_name(whole: Kind, rest: str) -> str:
    """Name what a breakdown leaves of a whole.

    >>> rest_name(Kind("staff_in_post", "temporary"), NOT_BROKEN_DOWN)
    'temporary_not_broken_down'
    """
    return rest if whole.name == TOTAL else f"{whole.name}_{rest}"


def _not_comparable(whole: Kind, then: Staff, now: Staff, lacking: str) -> Iterator[Row]:
    """Say of each category, and of all, which date lacks it, or that a total is lacking."""
    before, after = set(categories(then, whole)), set(categories(now, whole))
    found = sources([*(then[kind] for kind in before), *(now[kind] for kind in after)])
    lacks = dict.fromkeys(after - before, lacking) | dict.fromkeys(before - after, "no_current")
    lacks[whole] = next(iter(lacks.values()), "no_figure")
    for kind in [*sorted(before | after), whole]:
        reason = lacks.get(kind, "no_figure")
        yield {"breakdown": kind.name, "source_id": found} | without_value(reason)
