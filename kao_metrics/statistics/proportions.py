"""Proportions and their differences, with intervals that hold for few cases too.

How many of the first complaints became second ones is a proportion: it is known the less
surely the fewer complaints there were. The intervals here come from Wilson's score, which
never leaves 0 to 1 and works at both ends, unlike the proportion ± 2 standard errors.
"""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import NormalDist
from typing import Final, NamedTuple

from kao_metrics.statistics.rates import Verdict, verdict_of

_LEVEL: Final = 0.95


class Proportion(NamedTuple):
    """A proportion with its interval; ``reason`` says what is missing and why."""

    value: float | None
    lower: float | None
    upper: float | None
    reason: str | None = None


class ProportionDifference(NamedTuple):
    """How much higher one proportion is than another, with its interval and what it shows."""

    difference: float | None
    lower: float | None
    upper: float | None
    verdict: Verdict
    reason: str | None = None


def proportion(count: int, total: int, level: float = _LEVEL) -> Proportion:
    """Return a proportion with Wilson's score interval.

    Parameters
    ----------
    count, total
        So many of so many.
    level
        The coverage of the interval.

    Returns
    -------
    Proportion
        Without an interval where the count exceeds the total
        (``numerator_exceeds_denominator``); without a value too where the total is zero
        (``no_denominator``) or a count is negative (``negative_count``).

    Raises
    ------
    ValueError
        If the level is not between 0 and 1.

    Notes
    -----
    The proportions *p* that (count ÷ total − *p*)² ≤ *z*² × *p* (1 − *p*) ÷ total holds for,
    *z* the normal quantile (Wilson 1927; method 3 of Newcombe 1998, Statistics in Medicine 17,
    857-872). Without continuity correction: it covers as often as it says on average over
    *p*, not at each.

    Assumes that each of the total is counted or not on its own, at the same probability. A
    ratio of two stages is such a proportion only if the later cases are among the earlier
    ones: second complaints may belong to first ones of an earlier period, and the ratio can
    then exceed 1. Even below 1 the interval is then an approximation.

    Examples
    --------
    >>> found = proportion(542, 2052)
    >>> round(found.value, 4), round(found.lower, 4), round(found.upper, 4)
    (0.2641, 0.2455, 0.2836)
    >>> proportion(12, 10)
    Proportion(value=1.2, lower=None, upper=None, reason='numerator_exceeds_denominator')
    """
    z = _quantile(level)
    reason = _no_interval(count, total)
    if reason:
        known = reason == "numerator_exceeds_denominator"
        return Proportion(count / total if known else None, None, None, reason)
    return Proportion(count / total, *_wilson(count, total, z))


def proportion_difference(
    now: int, of_now: int, then: int, of_then: int, level: float = _LEVEL
) -> ProportionDifference:
    """Return the difference of two independent proportions with Newcombe's interval.

    Parameters
    ----------
    now, of_now
        So many of so many, newer.
    then, of_then
        So many of so many, earlier.
    level
        The coverage of the interval.

    Returns
    -------
    ProportionDifference
        Newer less earlier. The verdict is ``rose`` or ``fell`` where the whole interval is
        above or below 0. Reasons as `proportion`, where one of the two has them.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1.

    Notes
    -----
    With *p* a proportion and *l*, *u* the ends of its Wilson interval, the difference is at
    least *d* − √((*p* − *l*)² + (*u* then − *p* then)²) and at most *d* + √((*u* − *p*)² +
    (*p* then − *l* then)²): the hybrid score interval, method 10 of Newcombe (1998,
    Statistics in Medicine 17, 873-890).

    Assumptions as `proportion`, and that the two have no cases in common. Not for parts of
    one total, of which one falls because another rises.

    Examples
    --------
    >>> found = proportion_difference(56, 70, 48, 80)
    >>> round(found.difference, 4), round(found.lower, 4), round(found.upper, 4), found.verdict
    (0.2, 0.0524, 0.3339, 'rose')
    """
    z = _quantile(level)
    reasons = (_no_interval(now, of_now), _no_interval(then, of_then))
    unknown = [reason for reason in reasons if reason in ("negative_count", "no_denominator")]
    if unknown:
        return ProportionDifference(None, None, None, "cannot_tell", unknown[0])
    difference = float(Fraction(now, of_now) - Fraction(then, of_then))
    if any(reasons):
        reason = "numerator_exceeds_denominator"
        return ProportionDifference(difference, None, None, "cannot_tell", reason)
    p_now, p_then = now / of_now, then / of_then
    low_now, high_now = _wilson(now, of_now, z)
    low_then, high_then = _wilson(then, of_then, z)
    lower = difference - math.hypot(p_now - low_now, high_then - p_then)
    upper = difference + math.hypot(high_now - p_now, p_then - low_then)
    return ProportionDifference(difference, lower, upper, verdict_of(lower, upper, 0))


def _wilson(count: int, total: int, z: float) -> tuple[float, float]:
    """Return both ends of Wilson's interval; the upper is the lower of those not counted."""
    return _lower_end(count, total, z), 1 - _lower_end(total - count, total, z)


def _lower_end(count: int, total: int, z: float) -> float:
    """Return the lower root of Wilson's equation, as p² over the larger: 0 is exactly 0."""
    p, step = count / total, z * z / total
    return p * p / (p + step / 2 + math.sqrt(p * (1 - p) * step + step * step / 4))


def _no_interval(count: int, total: int) -> str | None:
    """Say why so many of so many have no interval; None if they have one."""
    if count < 0 or total < 0:
        return "negative_count"
    if total == 0:
        return "no_denominator"
    return "numerator_exceeds_denominator" if count > total else None


def _quantile(level: float) -> float:
    """Return how many standard deviations an interval reaches to each side."""
    if not 0 < level < 1:
        raise ValueError(f"level {level}: expected a number between 0 and 1, such as 0.95")
    return NormalDist().inv_cdf((1 + level) / 2)
