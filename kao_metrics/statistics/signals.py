"""Signals of a control chart: points and patterns that chance seldom makes.

The four rules of NHS England's *Making Data Count*, over points that have a centre and limits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final, Literal

Rule = Literal["outside_limits", "shift", "trend", "two_of_three"]
Side = Literal["above", "below", "rising", "falling"]

_NEAR: Final = 2 / 3  # of the way from the centre to a limit: two sigma


@dataclass(frozen=True, slots=True)
class Settings:
    """What practice differs in; left alone, it is as in *Making Data Count*.

    ``shift`` and ``trend`` are how many points in a row make one. ``screen`` leaves moving
    ranges of 3.267 times their mean and more out of that mean, once, as NHSRplotthedots does
    after Nelson (1982, Control Charts for Individual Measurements, Journal of Quality
    Technology 14(3)), who takes 3.5 times: one odd month widens the limits less.
    """

    shift: int = 7
    trend: int = 6
    screen: bool = False


AS_PUBLISHED: Final = Settings()


@dataclass(frozen=True, slots=True)
class Point:
    """One month of a chart; None where there is no value, centre or limit.

    ``sigma`` is the standard deviation that the chart expects of this point. ``partial`` says
    that the month is covered in part.
    """

    value: float | None
    centre: float | None
    lower: float | None
    upper: float | None
    sigma: float | None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Points from ``first`` to ``last`` that share their limits; ``known`` of them have a value.

    ``sigma_z`` is how many times as wide as Poisson limits those of a u′ chart are. ``reason``
    says why there are no limits: ``too_few_points`` (under 5), ``too_few_pairs`` (under 4
    neighbouring months), ``no_spread`` (they would have no width), ``rare_counts``.
    """

    first: int
    last: int
    known: int
    centre: float | None = None
    sigma_z: float | None = None
    provisional: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """A pattern from point ``first`` to point ``last`` that chance seldom makes."""

    first: int
    last: int
    rule: Rule
    side: Side


def signals(
    points: Sequence[Point],
    segments: Sequence[Segment],
    settings: Settings = AS_PUBLISHED,
) -> tuple[Signal, ...]:
    """Apply the four rules of *Making Data Count*.

    Parameters
    ----------
    points, segments
        The points of a chart, and its segments. Patterns cross neither a step nor a missing
        value. Segments without limits have no signals.
    settings
        The lengths of a shift and of a trend.

    Returns
    -------
    tuple of Signal
        By position. Overlapping patterns of one rule and side are one signal.

    Notes
    -----
    ``outside_limits``: a point beyond a limit.
    ``shift``: 7 or more points in a row on one side of the centre; a point on it ends the row.
    ``trend``: 6 or more points in a row, each higher than the one before, or each lower; an
    equal point ends the row.
    ``two_of_three``: three points in a row on one side of the centre, at least two of them more
    than two thirds of the way to the limit, or beyond it. It runs from the first to the last
    of those.

    Others count otherwise: NHSRplotthedots 0.2 needs 7 points for a trend, where NHS England's
    workbook takes 6 (its issues 195 and 202), and does not count points beyond the limits in
    the fourth rule, as NHS England has done since 2023 (issue 194); the Western Electric rules
    let the third point lie on either side; statprocon and Western Electric need 8 for a shift.

    On a stable normal series with known limits a point is outside with probability 0.0027, a
    window of 7 points is a shift with 0.0156, one of 6 a trend with 0.0028, one of 3 points
    two-of-three with 0.0015. With limits from the series itself, all four together give a
    false signal in about one of six stable series of 24 months and in half of those of 60
    (simulated; more often with counts under five). One signal alone is weak evidence.

    Examples
    --------
    >>> points = [Point(value, 7.5, 2.5, 12.5, 5 / 3) for value in (5, 9, 5, 6, 7, 8, 9, 10)]
    >>> signals(points, [Segment(0, 7, known=8)])
    (Signal(first=2, last=7, rule='trend', side='rising'),)
    """
    found: list[Signal] = []
    for segment in segments:
        for stretch in _stretches(points, segment):
            found += _patterns(stretch, points, settings)
    return tuple(sorted(found))


def _stretches(points: Sequence[Point], segment: Segment) -> Iterator[list[int]]:
    """Yield the indices of neighbouring points of a segment that have limits."""
    indices = range(segment.first, segment.last + 1)
    for drawn, stretch in groupby(indices, key=lambda index: points[index].upper is not None):
        if drawn:
            yield list(stretch)


def _score(point: Point) -> float:
    """Return how far a point is on the way from the centre (0) to a limit (1 or -1).

    Rounding must not put a point on the centre to one side of it, nor one on a limit outside.
    """
    if point.value is None or point.centre is None or point.upper is None:
        return 0.0
    return round((point.value - point.centre) / (point.upper - point.centre), 9)


def _sign(number: float) -> int:
    """Return -1, 0 or 1."""
    return int(number > 0) - int(number < 0)


def _patterns(
    stretch: Sequence[int], points: Sequence[Point], settings: Settings
) -> Iterator[Signal]:
    """Yield the signals of neighbouring points."""
    score = {index: _score(points[index]) for index in stretch}
    for index in stretch:
        if abs(score[index]) > 1:
            yield Signal(index, index, "outside_limits", _side(score[index]))
    for sign, row in groupby(stretch, key=lambda index: _sign(score[index])):
        run = list(row)
        if sign and len(run) >= settings.shift:
            yield Signal(run[0], run[-1], "shift", _side(sign))
        if sign:
            yield from _near(run, score)
    for sign, moves in groupby(pairwise(stretch), key=lambda pair: _move(points, pair)):
        pairs = list(moves)
        if sign and len(pairs) + 1 >= settings.trend:
            yield Signal(pairs[0][0], pairs[-1][1], "trend", "rising" if sign > 0 else "falling")


def _near(run: Sequence[int], score: dict[int, float]) -> Iterator[Signal]:
    """Yield where two of three points of a run on one side are near a limit, or beyond."""
    near = [index for index in run if abs(score[index]) > round(_NEAR, 9)]
    first: int | None = None
    for index, after in pairwise([*near, math.inf]):
        close = after - index <= 2 <= len(run) - 1  # noqa: PLR2004 - in one window of three
        if close and first is None:
            first = int(index)
        elif not close and first is not None:
            yield Signal(first, int(index), "two_of_three", _side(score[first]))
            first = None


def _move(points: Sequence[Point], pair: tuple[int, int]) -> int:
    """Return whether the second of two points is higher (1), lower (-1) or equal (0)."""
    before, after = points[pair[0]].value, points[pair[1]].value
    return 0 if before is None or after is None else _sign(after - before)


def _side(sign: float) -> Side:
    """Return the word for a side of the centre."""
    return "above" if sign > 0 else "below"
