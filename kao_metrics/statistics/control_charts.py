"""Control charts of monthly counts: which months stand out from the usual up and down.

A control chart draws a centre line and limits from the month-to-month variation of the
series itself. A point outside, or a pattern that chance seldom makes, is a signal: worth a
look for its cause, no proof of one. `chart` takes counts and covered days and picks one of
three charts; `individuals` charts any numbers.

The rules are the four of NHS England's *Making Data Count*. They are measured against limits
that come from the same points, so that one signal can hide another: an analyst who knows when
the process changed marks that month as a step, and limits start anew there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Final, Literal, NamedTuple

from kao_metrics.statistics.rates import overdispersion
from kao_metrics.statistics.signals import (
    AS_PUBLISHED,
    Point,
    Segment,
    Settings,
    Signal,
    signals,
)

Kind = Literal["xmr", "u", "u_prime"]
Why = Literal[
    "asked", "poisson", "rare_counts", "small_counts", "uneven_exposures", "even_exposures"
]

ENOUGH_POINTS: Final = 12
"""Fewer points than this make limits provisional."""

FEWEST_POINTS: Final = 5
"""Fewer points than this make no limits."""

_D2: Final = 1.128  # mean range of two normal values, in standard deviations
_XMR: Final = 2.66  # 3 ÷ 1.128 as Wheeler rounds it
_SCREEN: Final = 3.267  # upper limit of moving ranges, in mean moving ranges
_SIGMAS: Final = 3
_UNEVEN: Final = 0.25
_LARGE: Final = 5
_RARE: Final = 1
_SIGNIFICANT: Final = 0.05
_ROUNDING: Final = 1e-12  # of the values: less is an artefact of binary fractions


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart.

    ``why`` says how its kind was picked, ``provisional`` that limits of a segment rest on
    fewer than 12 points, ``reason`` why the first segment without limits has none.
    """

    kind: Kind
    why: Why
    points: tuple[Point, ...] = ()
    segments: tuple[Segment, ...] = ()
    signals: tuple[Signal, ...] = ()
    provisional: bool = False
    reason: str | None = None


def chart(  # noqa: PLR0913 - the series, and how to chart it
    counts: Sequence[int | None],
    exposures: Sequence[int],
    steps: Sequence[int] = (),
    kind: Kind | Literal["auto"] = "auto",
    *,
    partial: Sequence[bool] = (),
    settings: Settings = AS_PUBLISHED,
) -> Chart:
    """Chart monthly counts as rates per unit of exposure.

    Parameters
    ----------
    counts
        The count of every month in order; None where it is missing.
    exposures
        What each month was counted over, as a rule its covered days. A month of 0 without a
        count is missing. Give 1 for all to chart the counts themselves.
    steps
        Indices of months in which the process is known to have changed. Limits start anew.
    kind
        ``xmr``, ``u``, ``u_prime``, or ``auto`` to let `choose` pick.
    partial
        Which months are covered in part. It changes nothing and stands in the points.
    settings
        What practice differs in.

    Returns
    -------
    Chart
        Points without centre and limits, segments with a ``reason``, where there are none. A
        reason of the whole chart, without points, is ``negative_count`` or ``no_exposure``
        (a count over nothing).

    Raises
    ------
    ValueError
        If the sequences differ in length, a step is no index inside the series, or the kind
        is unknown.

    Notes
    -----
    A month has *c* cases over *n* days, the rate *x* = *c* ÷ *n*.

    ``u``: centre *u* = Σ*c* ÷ Σ*n*, sigma √(*u* ÷ *n*), limits centre ± 3 sigma (NIST/SEMATECH
    e-Handbook 6.3.3.1). Right where cases come one by one, independently. Complaints come in
    waves, and with many cases its limits are far too narrow.

    ``u_prime``: as ``u``, sigma times the mean moving range of *z* = (*x* − *u*) ÷ √(*u* ÷ *n*)
    ÷ 1.128 (Laney 2002, Improved control charts for attributes, Quality Engineering 14(4)).
    Assumes that the variance falls with the days in the way of Poisson counts.

    ``xmr``: see `individuals`. Days do not enter the limits: a month of few days varies more
    and gives more false signals.

    No lower limit is below 0. None of the charts knows seasons or holidays, nor that a month is
    like the one before it: with an autocorrelation of 0.5, ten times as many points are outside
    by chance, and three times as many shifts are found (simulated, 131 months).

    Examples
    --------
    >>> found = chart([30, 33, 28, 31, 60, 29], [30] * 6)
    >>> found.kind, found.why, found.provisional
    ('xmr', 'even_exposures', True)
    >>> chart([30, 33, 28, 31, 60, 29], [30] * 6, kind="u").signals
    (Signal(first=4, last=4, rule='outside_limits', side='above'),)
    """
    if kind not in ("auto", "xmr", "u", "u_prime"):
        raise ValueError(f"kind {kind!r}: expected auto, xmr, u or u_prime")
    if len(exposures) != len(counts) or len(partial) not in (0, len(counts)):
        raise ValueError("counts, exposures and partial differ in length: expected one a month")
    why: Why = "asked"
    picked: Kind = "u" if kind == "auto" else kind
    if any(count is not None and count < 0 for count in counts):
        return Chart(picked, why, reason="negative_count")
    if any(n < 0 or (n == 0 and count) for count, n in zip(counts, exposures, strict=True)):
        return Chart(picked, why, reason="no_exposure")
    if kind == "auto":
        picked, why = choose(counts, exposures, steps)
    known = [count if n else None for count, n in zip(counts, exposures, strict=True)]
    values = [None if c is None else c / n for c, n in zip(known, exposures, strict=True)]
    series = _Series(values, partial or [False] * len(values), 0.0, known, exposures)
    return _drawn(picked, why, series, steps, settings)


def individuals(
    values: Sequence[float | None],
    steps: Sequence[int] = (),
    *,
    floor: float | None = None,
    settings: Settings = AS_PUBLISHED,
) -> Chart:
    """Chart single values by their moving ranges (an XmR chart).

    Parameters
    ----------
    values
        The values in order; None where one is missing.
    steps
        Indices from which limits start anew.
    floor
        The lowest value that there can be; no lower limit is below it.
    settings
        What practice differs in.

    Returns
    -------
    Chart
        Of kind ``xmr``.

    Raises
    ------
    ValueError
        If a value is not finite, or a step is no index inside the series.

    Notes
    -----
    Moving range: |difference| of two neighbours; none across a missing value. Centre: the
    mean. Sigma: mean moving range ÷ 1.128; limits: centre ± 2.66 × mean moving range (Wheeler
    1993, Understanding Variation; NIST/SEMATECH e-Handbook 6.3.2.2). Five values may do, fewer
    than 12 are provisional (Wheeler 1993, page 60; NHSRplotthedots).

    Examples
    --------
    >>> found = individuals([10, 50, 40, 30, 20])
    >>> point = found.points[0]
    >>> round(point.lower, 2), point.centre, round(point.upper, 2), found.provisional
    (-16.55, 30.0, 76.55, True)
    """
    if any(value is not None and not math.isfinite(value) for value in values):
        raise ValueError("a value is not finite: expected finite numbers, None where missing")
    series = _Series(values, [False] * len(values), floor)
    return _drawn("xmr", "asked", series, steps, settings)


def choose(
    counts: Sequence[int | None], exposures: Sequence[int], steps: Sequence[int] = ()
) -> tuple[Kind, Why]:
    """Pick the chart that suits counts, and say why.

    Parameters
    ----------
    counts, exposures, steps
        As `chart` takes them.

    Returns
    -------
    tuple
        ``u``, ``rare_counts``: fewer than one case a month; `chart` draws no limits.
        ``u``, ``poisson``: the counts vary no more than Poisson counts, as far as seen.
        ``xmr``, ``small_counts``: they vary more, with fewer than five cases a month.
        ``u_prime``, ``uneven_exposures``: they vary more, over exposures of which one is more
        than 25 % off their mean.
        ``xmr``, ``even_exposures``: they vary more, over exposures that are about equal.

    Notes
    -----
    Charts of counts say little below one case a month (Wheeler 2011, Working with Rare Events,
    Quality Digest). The variation is judged by `overdispersion` within the segments, at 5 %; a
    change that is not marked as a step counts as variation. Five is the count from which
    Poisson counts are about normal, as *z* scores must be (NIST/SEMATECH e-Handbook 6.3.3.1).
    Exposures within 25 % of their mean are usually taken as equal; beyond, an XmR chart is
    biased (Laney 2007, P-Charts and U-Charts Work, But Only Sometimes, Quality Digest).

    Examples
    --------
    >>> choose([30, 33, 28, 31, 60, 29], [30] * 6)
    ('xmr', 'even_exposures')
    >>> choose([30, 33, 28, 31, 60, 15], [30, 30, 30, 30, 30, 15])
    ('u_prime', 'uneven_exposures')
    >>> choose([30, 33, 28, 31, 26, 29], [30] * 6)
    ('u', 'poisson')
    """
    begun = set(steps)
    months: list[tuple[int, int, int]] = []
    segment = 0
    for index, (count, exposure) in enumerate(zip(counts, exposures, strict=True)):
        segment += index in begun
        if count is not None and exposure > 0:
            months.append((segment, count, exposure))
    cases = fmean(count for _, count, _ in months) if months else 0.0
    if cases < _RARE:
        return "u", "rare_counts"
    spread = overdispersion(months)
    if spread.p is None or spread.p >= _SIGNIFICANT:
        return "u", "poisson"
    if cases < _LARGE:
        return "xmr", "small_counts"
    usual = fmean(exposure for _, _, exposure in months)
    if max(abs(exposure - usual) for _, _, exposure in months) > _UNEVEN * usual:
        return "u_prime", "uneven_exposures"
    return "xmr", "even_exposures"


class _Series(NamedTuple):
    """What is charted: values, marks, the lowest limit there can be; counts and exposures."""

    values: Sequence[float | None]
    partial: Sequence[bool]
    floor: float | None
    counts: Sequence[int | None] = ()
    exposures: Sequence[int] = ()


class _Limits(NamedTuple):
    """The centre of a segment; sigma and distance of the limits for each of its points."""

    centre: float | None
    sigmas: Sequence[float] = ()
    widths: Sequence[float] = ()
    sigma_z: float | None = None
    reason: str | None = None


def _drawn(
    kind: Kind, why: Why, series: _Series, steps: Sequence[int], settings: Settings
) -> Chart:
    """Draw a chart, segment by segment."""
    length = len(series.values)
    if any(not 0 < step < length for step in steps):
        raise ValueError(f"steps {list(steps)}: expected indices from 1 to {length - 1}")
    points: list[Point] = []
    segments: list[Segment] = []
    for first, stop in pairwise(sorted({0, length, *steps})):
        part = _Series(
            series.values[first:stop],
            series.partial[first:stop],
            series.floor,
            series.counts[first:stop],
            series.exposures[first:stop],
        )
        limits = _limits(kind, why, part, screen=settings.screen)
        known = sum(value is not None for value in part.values)
        few = limits.reason is None and known < ENOUGH_POINTS
        segments.append(
            Segment(first, stop - 1, known, limits.centre, limits.sigma_z, few, limits.reason)
        )
        points += _points(part, limits)
    return Chart(
        kind,
        why,
        tuple(points),
        tuple(segments),
        signals(points, segments, settings),
        any(segment.provisional for segment in segments),
        next((s.reason for s in segments if s.reason), None if segments else "too_few_points"),
    )


def _limits(kind: Kind, why: Why, part: _Series, *, screen: bool) -> _Limits:
    """Calculate the limits of a segment, or say why it has none."""
    known = [value for value in part.values if value is not None]
    if why == "rare_counts":
        return _Limits(None, reason="rare_counts")
    if len(known) < FEWEST_POINTS:
        return _Limits(None, reason="too_few_points")
    limits = _xmr_limits(part, screen=screen) if kind == "xmr" else _u_limits(kind, part, screen)
    if limits is None:
        return _Limits(None, reason="too_few_pairs")
    if max(limits.widths) <= _ROUNDING * max(map(abs, known)):
        return _Limits(limits.centre, reason="no_spread")
    return limits


def _xmr_limits(part: _Series, *, screen: bool) -> _Limits | None:
    """Calculate limits from moving ranges; None if there are too few."""
    moved = _mean_moving_range(part.values, screen=screen)
    if moved is None:
        return None
    length = len(part.values)
    centre = fmean(value for value in part.values if value is not None)
    return _Limits(centre, [moved / _D2] * length, [_XMR * moved] * length)


def _u_limits(kind: Kind, part: _Series, screen: bool) -> _Limits | None:  # noqa: FBT001
    """Calculate the limits of a u or u′ chart; None if there are too few moving ranges."""
    days = [0 if c is None else n for c, n in zip(part.counts, part.exposures, strict=True)]
    centre = sum(filter(None, part.counts)) / sum(days)
    sigmas = [math.sqrt(centre / n) if n else 0.0 for n in days]
    sigma_z = None
    if kind == "u_prime" and centre:
        pairs = zip(part.values, sigmas, strict=True)
        scores = [None if value is None else (value - centre) / s for value, s in pairs]
        moved = _mean_moving_range(scores, screen=screen)
        if moved is None:
            return None
        sigma_z = moved / _D2
        sigmas = [sigma_z * sigma for sigma in sigmas]
    return _Limits(centre, sigmas, [_SIGMAS * sigma for sigma in sigmas], sigma_z)


def _mean_moving_range(values: Sequence[float | None], *, screen: bool) -> float | None:
    """Return the mean difference of neighbours, None if there are too few pairs."""
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if len(ranges) < FEWEST_POINTS - 1:
        return None
    mean = fmean(ranges)
    kept = [moved for moved in ranges if moved < _SCREEN * mean] if screen else ranges
    return fmean(kept) if kept else mean


def _points(part: _Series, limits: _Limits) -> Iterator[Point]:
    """Yield the points of a segment with their limits."""
    centre = limits.centre
    for index, (value, partial) in enumerate(zip(part.values, part.partial, strict=True)):
        if value is None or centre is None or not limits.widths:
            yield Point(value, centre, None, None, None, partial)
            continue
        width = limits.widths[index]
        lower = centre - width if part.floor is None else max(centre - width, part.floor)
        yield Point(value, centre, lower, centre + width, limits.sigmas[index], partial)
