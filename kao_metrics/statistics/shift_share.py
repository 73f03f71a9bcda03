"""Shift-share: how much of a part's change goes with the whole, and how much is its own.

The published name is shift-share analysis (Dunn 1960, of regions and their employment). The
arithmetic is rational, and where it is rounded for a table, it is rounded so that the parts
still add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal, NamedTuple

Number = int | Decimal | Fraction
Reason = Literal["nothing_then"]
"""Why a change cannot be split: there was nothing of which a part could have a share."""


class Split(NamedTuple):
    """The change of one part, in two: at the pace of the whole, and beside it."""

    common: Fraction
    shift: Fraction


def shift_share(then: Mapping[str, Number], now: Mapping[str, Number]) -> dict[str, Split] | Reason:
    """Split the change of each part into what the whole explains and a shift between parts.

    Parameters
    ----------
    then, now
        The same parts of a whole at two dates. They exclude each other and leave nothing
        out: what a source does not break down is one part of its own.

    Returns
    -------
    dict or str
        By part, in the order of ``then``. ``common`` is the change that the part would have
        seen had every part changed as the whole did; they add up to the change of the whole.
        ``shift`` is the rest of its change; these add up to zero. Or a code of `Reason`.

    Raises
    ------
    ValueError
        If the two dates do not have the same parts.

    Notes
    -----
    With n a part and N the whole: common = n then / N then × (N now − N then), shift = N now ×
    (n now / N now − n then / N then). Dunn, E. S. (1960), "A statistical and analytical
    technique for regional analysis", Papers of the Regional Science Association 6, 97-112.

    It is an identity, no model. It does not say why a part moved, nor what would have happened
    otherwise: the pace of the whole is a yardstick, and the whole is made of these very parts.
    It is not Dunn's full form either, which splits the shift once more by a second breakdown.
    The shares are those of the first date: with the dates exchanged, the signs of both turn
    round, their sizes do not stay.

    Examples
    --------
    >>> found = shift_share({"front": 60, "back": 40}, {"front": 50, "back": 20})
    >>> [(part, int(split.common), int(split.shift)) for part, split in found.items()]
    [('front', -18, 8), ('back', -12, -8)]
    """
    if then.keys() != now.keys():
        alone = sorted(then.keys() ^ now.keys())
        raise ValueError(f"parts at one date only: {', '.join(alone)}; expected the same at both")
    before = {part: Fraction(value) for part, value in then.items()}
    whole_then = sum(before.values(), Fraction(0))
    whole_now = sum((Fraction(value) for value in now.values()), Fraction(0))
    if not whole_then:
        return "nothing_then"
    pace = (whole_now - whole_then) / whole_then
    return {
        part: Split(value * pace, Fraction(now[part]) - value - value * pace)
        for part, value in before.items()
    }


def rounded_together(parts: Sequence[Fraction], places: int) -> tuple[Decimal, ...]:
    """Round parts so that they still add up: those that lose most by rounding down go up.

    Parameters
    ----------
    parts
        Numbers whose sum has no more than ``places`` decimal places; of others the sum is
        rounded down.
    places
        Decimal places to keep.

    Examples
    --------
    >>> rounded_together([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)], 2)
    (Decimal('0.34'), Decimal('0.33'), Decimal('0.33'))
    """
    scaled = [part * 10**places for part in parts]
    whole = floor(sum(scaled, Fraction(0)))
    units = [floor(each) for each in scaled]
    by_loss = sorted(range(len(units)), key=lambda index: units[index] - scaled[index])
    for index in by_loss[: whole - sum(units)]:
        units[index] += 1
    return tuple(Decimal(f"{unit}e-{places}") for unit in units)  # exact, of any size
