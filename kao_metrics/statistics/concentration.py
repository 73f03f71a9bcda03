"""Concentration: how much of a whole a few units have, such as the cases of a few categories.

Shares, the Herfindahl-Hirschman index, the Lorenz curve and the Gini coefficient are all
rational numbers if the values are, and are kept so: whoever shows them rounds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Literal, NamedTuple

Number = int | Decimal | Fraction
Reason = Literal["no_units", "not_a_number", "negative_value", "all_zero", "one_unit"]
"""Why a concentration cannot be told."""


class LorenzPoint(NamedTuple):
    """The smallest units, as a share of all units, and the share of the value they have."""

    units: Fraction
    value: Fraction


class Account(NamedTuple):
    """One of the largest units: its value, its share, and the share with all larger ones."""

    unit: str
    value: Fraction
    share: Fraction
    cumulative: Fraction


@dataclass(frozen=True, slots=True)
class Concentration:
    """How a whole is spread over its units.

    Parameters
    ----------
    units
        How many units there are, those with nothing included.
    total
        What they have together.
    herfindahl
        Herfindahl-Hirschman index, from 1 / units (all equal) to 1 (one has all). Times
        10,000 it is the index that competition authorities use.
    normalised_herfindahl
        The same from 0 (all equal) to 1, so that different numbers of units compare.
    gini
        Gini coefficient, from 0 (all equal) to 1 - 1 / units (one has all).
    lorenz
        Points of the Lorenz curve, from (0, 0) to (1, 1), smallest units first.
    top
        The largest units, the largest first; of equal ones, in the order of their names.
    top_share
        The share that these have together.
    """

    units: int
    total: Fraction
    herfindahl: Fraction
    normalised_herfindahl: Fraction
    gini: Fraction
    lorenz: tuple[LorenzPoint, ...]
    top: tuple[Account, ...]
    top_share: Fraction


def concentration(values: Mapping[str, Number], top: int = 5) -> Concentration | Reason:
    """Measure how a whole is spread over its units.

    Parameters
    ----------
    values
        What each unit has; units that have nothing count as units, so include them or
        leave them out on purpose.
    top
        How many of the largest units to name; all, if there are fewer.

    Returns
    -------
    Concentration or str
        The measures; or a code of `Reason`.

    Raises
    ------
    ValueError
        If `top` is negative.

    Notes
    -----
    With s the shares of n units, the index is H = sum of s² (Hirschman, "The paternity of
    an index", American Economic Review 54 (1964) 761-762), normalised (H - 1/n) / (1 - 1/n).
    With x the values, smallest first, i = 1 to n, the Gini coefficient is the sum of
    (2 i - n - 1) x over n times the sum of x: the mean difference of two units, drawn with
    replacement, over twice the mean (Sen, "On Economic Inequality", 1973, chapter 2). It
    is the area between the Lorenz curve, drawn in straight lines, and the diagonal, over
    the area under the diagonal.

    Do not compare Gini coefficients of very different numbers of units (its highest value
    depends on them), nor any measure across a change of the categories. A remainder
    category ("others") is no unit: leave it out, and say so.

    Examples
    --------
    >>> found = concentration({"a": 30, "b": 30, "c": 20, "d": 20}, top=2)
    >>> found.herfindahl * 10_000, found.gini, found.top_share
    (Fraction(2600, 1), Fraction(1, 10), Fraction(3, 5))
    >>> concentration({"a": 0, "b": 0})
    'all_zero'
    """
    if top < 0:
        raise ValueError(f"{top} units cannot be named: expected 0 or more")
    reason = _reason(values)
    if reason is not None:
        return reason
    exact = {unit: Fraction(value) for unit, value in values.items()}
    ordered = sorted(exact.values())
    size, total = len(ordered), sum(ordered, Fraction(0))
    herfindahl = sum(((value / total) ** 2 for value in ordered), Fraction(0))
    weighted = sum(
        ((2 * place - size - 1) * value for place, value in enumerate(ordered, start=1)),
        Fraction(0),
    )
    largest = _largest(exact, total, top)
    return Concentration(
        units=size,
        total=total,
        herfindahl=herfindahl,
        normalised_herfindahl=(herfindahl - Fraction(1, size)) / (1 - Fraction(1, size)),
        gini=weighted / (size * total),
        lorenz=tuple(
            LorenzPoint(Fraction(place, size), value / total)
            for place, value in enumerate(accumulate(ordered, initial=Fraction(0)))
        ),
        top=largest,
        top_share=largest[-1].cumulative if largest else Fraction(0),
    )


def _reason(values: Mapping[str, Number]) -> Reason | None:
    """Say why a concentration cannot be told: the first of the checks that fails."""
    if any(isinstance(value, Decimal) and not value.is_finite() for value in values.values()):
        return "not_a_number"
    checks: dict[Reason, bool] = {
        "no_units": not values,
        "negative_value": any(value < 0 for value in values.values()),
        "all_zero": not any(values.values()),
        "one_unit": len(values) == 1,
    }
    return next((reason for reason, is_so in checks.items() if is_so), None)


def _largest(values: Mapping[str, Fraction], total: Fraction, top: int) -> tuple[Account, ...]:
    """Return the largest units with their shares."""
    ordered = sorted(values.items(), key=lambda unit: (-unit[1], unit[0]))[:top]
    shares = accumulate(value / total for _, value in ordered)
    return tuple(
        Account(unit, value, value / total, cumulative)
        for (unit, value), cumulative in zip(ordered, shares, strict=True)
    )
