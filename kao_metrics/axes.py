"""The axes of curves: round values, calendar dates, and where words stand beside a plot.

All places are pixels of a drawing that is as wide as its room, so that words are measured
and kept apart before anything is drawn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any, Final, NamedTuple

from kao_metrics import labels
from kao_metrics.labels import text
from kao_metrics.period import ROC_OFFSET
from kao_metrics.printed import grouped
from kao_metrics.typesetting import width, wrapped

ROOMS: Final = {"wide": 670, "narrow": 310}
"""Pixels from side to side that a wide and a narrow drawing have, without their padding."""

SIZE: Final = 13
"""Pixels of an em of the words beside a plot."""

LINE: Final = 18
"""Pixels from a line of words to the next."""

FOOT: Final = 19
"""Pixels from a plot down to the middle of the words below it."""

_WIDEST: Final = {"wide": 190.0, "narrow": 104.0}
"""Pixels that the words at the ends of lines may take."""

_GAP: Final = 12
_MARK: Final = 16
_TICK: Final = 5
_PLOT: Final = 190
_MOST_LINES: Final = 3
_MOST_TICKS: Final = 5
_MONTHS: Final = (1, 2, 3, 6)
_YEARS: Final = (1, 2, 5, 10, 20, 50, 100)
_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of an axis: round ones, of which the first and the last are its ends."""

    ticks: tuple[Decimal, ...]
    words: tuple[str, ...]

    @property
    def low(self) -> Decimal:
        """The lowest value."""
        return self.ticks[0]

    @property
    def high(self) -> Decimal:
        """The highest value."""
        return self.ticks[-1]


class Label(NamedTuple):
    """Words that stand at the end of a line, at a value; with its mark where it has a look."""

    words: str
    value: Decimal
    look: int | None = None
    is_hollow: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """Where a plot stands in a room, in pixels, with the lines of words at its right."""

    room: str
    left: float
    right: float
    top: float
    bottom: float
    ends: tuple[tuple[str, ...], ...] = ()

    @property
    def height(self) -> int:
        """Pixels of the whole drawing."""
        return round(self.bottom) + FOOT + LINE // 2

    def down(self, value: Decimal, scale: Scale) -> float:
        """Return how far down a value is."""
        share = float((value - scale.low) / (scale.high - scale.low))
        return self.bottom - share * (self.bottom - self.top)


def scale_of(values: Sequence[Decimal], unit: str) -> Scale:
    """Choose round values from zero, or from below the lowest where that is negative.

    >>> scale_of([Decimal(7), Decimal("12.4")], "per_day").words
    ('0', '5', '10', '15')
    >>> scale_of([Decimal("0.02"), Decimal("0.11")], "ratio").words
    ('0%', '5%', '10%', '15%')
    """
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    is_whole = unit != "ratio" and all(each == each.to_integral_value() for each in values)
    step = _step((high - low) or Decimal(1))
    step = max(step, Decimal(1)) if is_whole else step
    first = int((low / step).to_integral_value(ROUND_FLOOR))
    last = max(int((high / step).to_integral_value(ROUND_CEILING)), first + 1)
    ticks = tuple(step * number for number in range(first, last + 1))
    digits = max(0, -int(step.normalize().as_tuple().exponent) - (2 if unit == "ratio" else 0))
    per_cent = "%" if unit == "ratio" else ""
    shown = (each * 100 if per_cent else each for each in ticks)
    words = tuple(f"{grouped(each, digits if each else 0)}{per_cent}" for each in shown)
    return Scale(ticks, words)


def _step(span: Decimal) -> Decimal:
    """Choose the least of 1, 2, 5, 10 and so on that cuts a span into few enough parts."""
    power = Decimal(1).scaleb(span.adjusted() - 1)
    steps = (power * each for each in (1, 2, 5, 10, 20, 50, 100))
    return next(each for each in steps if span / each <= _MOST_TICKS)


def plot(
    room: str, scale: Scale, ends: Sequence[Label], *, head: int = 1, least: int = _PLOT
) -> Plot:
    """Find room for a plot between the words of its axes and the words at its right.

    Parameters
    ----------
    room
        ``wide`` or ``narrow``.
    scale
        Its values; their words stand at the left.
    ends
        What stands at the right; broken into lines where it is long.
    head
        Lines of words above the plot.
    least
        Pixels that the plot is high, at least; many words at its right make it higher.
    """
    lines = tuple(tuple(wrapped(each.words, _WIDEST[room] / SIZE, _MOST_LINES)) for each in ends)
    indent = _MARK if any(each.look is not None for each in ends) else 0
    column = max((width(line) * SIZE + indent for each in lines for line in each), default=0.0)
    left = max(width(each) for each in scale.words) * SIZE + 8
    top = LINE * head + 11.0
    bottom = top + max(least, LINE * sum(map(len, lines)))
    return Plot(room, left, ROOMS[room] - column - (_GAP if column else 8), top, bottom, lines)


def words_beside(shown: Plot, scale: Scale, ends: Sequence[Label]) -> Iterator[dict[str, Any]]:
    """Yield the words of the values at the left, and those at the right, kept apart."""
    for value, words in zip(scale.ticks, scale.words, strict=True):
        yield word(shown, shown.left - 6, shown.down(value, scale), [words], "right")
    blocks = [
        (shown.down(each.value, scale), LINE * len(lines))
        for each, lines in zip(ends, shown.ends, strict=True)
    ]
    middles = apart(blocks, shown.top - LINE / 2, shown.bottom + LINE / 2)
    start = shown.right + _GAP - 2
    indent = _MARK if any(each.look is not None for each in ends) else 0
    for each, middle, lines in zip(ends, middles, shown.ends, strict=True):
        first = middle - LINE * (len(lines) - 1) / 2
        mark: dict[str, Any] = {}
        if each.look is not None:
            mark = {"look": each.look, "mark": round(start + _MARK / 2 - 2, 1)}
            mark |= {"hollow": True} if each.is_hollow else {}
        yield word(shown, start + indent, first, list(lines), "left") | mark


def word(shown: Plot, across: float, down: float, lines: list[str], align: str) -> dict[str, Any]:
    """Return words of a room with the place of their first line's middle."""
    return {
        "narrow": shown.room == "narrow",
        "px": round(across, 1),
        "py": round(down, 1),
        "words": lines,
        "align": align,
    }


def rule(across: float, head: float, foot: float) -> dict[str, float]:
    """Return a rule that belongs to words: where it stands, and from where down to where."""
    return {"rule": round(across, 1), "head": round(head, 1), "foot": round(foot, 1)}


def apart(blocks: Sequence[tuple[float, float]], top: float, bottom: float) -> list[float]:
    """Move blocks, given by middle and height, as little as keeps them apart and inside.

    >>> apart([(10, 17), (12, 17), (100, 17)], 0, 120)
    [10, 27.0, 100]
    """
    order = sorted(range(len(blocks)), key=lambda place: blocks[place][0])
    middles = [middle for middle, _ in blocks]
    edge = top
    for place in order:
        half = blocks[place][1] / 2
        middles[place] = max(middles[place], edge + half)
        edge = middles[place] + half
    edge = bottom
    for place in reversed(order):
        half = blocks[place][1] / 2
        middles[place] = min(middles[place], edge - half)
        edge = middles[place] - half
    return middles


def unit_above(shown: Plot, unit: str, lang: str) -> Iterator[dict[str, Any]]:
    """Yield the unit of the values, which stands above them; percentages say it themselves."""
    if unit != "ratio":
        yield word(shown, 0, LINE / 2, [labels.label("unit", unit, lang)], "left")


class _Date(NamedTuple):
    """A date of an axis: where its tick and its words stand, in pixels, and what they are."""

    tick: float
    start: float
    words: str
    align: str = "left"

    @property
    def end(self) -> float:
        return self.start + width(self.words) * SIZE


def dates(first: dt.date, last: dt.date, shown: Plot, lang: str) -> Iterator[dict[str, Any]]:
    """Yield the words of as many months, or else years, as there is room for, with a tick each.

    The words of a month stand below its first day, those of a year begin there.
    """
    for each in _months(first, last, shown, lang) or _years(first, last, shown, lang):
        across = each.start if each.align == "left" else (each.start + each.end) / 2
        tick = rule(each.tick, shown.bottom, shown.bottom + _TICK)
        yield word(shown, across, shown.bottom + FOOT, [each.words], each.align) | tick


def _months(first: dt.date, last: dt.date, shown: Plot, lang: str) -> list[_Date]:
    """Choose every first, second, third or sixth month; none where there is no room for them."""
    every = []
    for month in _firsts(first, last, 1):
        words = labels.reference_period(f"{month:%Y-%m}", lang)
        tick, wide = _across(month, first, last, shown), width(words) * SIZE
        start = min(max(tick - wide / 2, 0), ROOMS[shown.room] - wide)
        every.append((month.month - 1, _Date(tick, start, words, "center")))
    chosen = ([date for number, date in every if number % step == 0] for step in _MONTHS)
    return next((each for each in chosen if len(each) > 1 and _fit(each)), [])


def _years(first: dt.date, last: dt.date, shown: Plot, lang: str) -> list[_Date]:
    """Choose years, every so many of them; the first also where it has begun before."""
    every = []
    for january in _firsts(first, last, _YEAR):
        tick = _across(january, first, last, shown)
        year = _year(january, lang)
        every.append((year, _Date(tick, tick, text("axis_year", lang, year=year))))
    chosen = ([date for year, date in every if year % step == 0] for step in _YEARS)
    fitting = [each for each in next(filter(_fit, chosen), []) if each.end <= ROOMS[shown.room]]
    start = _Date(shown.left, shown.left, text("axis_year", lang, year=_year(first, lang)))
    has_begun = first.timetuple().tm_yday > 1
    return [start, *fitting] if has_begun and _fit([start, *fitting]) else fitting


def _across(when: dt.date, first: dt.date, last: dt.date, shown: Plot) -> float:
    share = (when - first).days / max((last - first).days, 1)
    return shown.left + share * (shown.right - shown.left)


def _firsts(first: dt.date, last: dt.date, step: int) -> Iterator[dt.date]:
    """Yield the first days of months that lie between two days, every so many months."""
    start = first.year * _YEAR + first.month - (first.day == 1)
    for number in range(-(-start // step) * step, last.year * _YEAR + last.month, step):
        yield dt.date(number // _YEAR, number % _YEAR + 1, 1)


def _fit(dates: Sequence[_Date]) -> bool:
    """Tell whether the words of dates keep apart."""
    return all(before.end + _GAP <= after.start for before, after in pairwise(dates))


def _year(when: dt.date, lang: str) -> int:
    """Return the year of a date in the calendar of the language."""
    return when.year - (ROC_OFFSET if lang == labels.DEFAULT_LANGUAGE else 0)
