"""Numbers as they are printed: what a printed figure says, and how to print one.

A figure printed as ``29.34`` is known to half a unit of its last place: it stands for any
value from 29.335 to 29.345. A whole number is exact. Words before the figure widen it
(about, more than, nearly, at least). Arithmetic here is decimal or rational, never binary
floating point, so that nothing is lost before it is rounded on purpose; and rounding is
half up, as the government's own tables round.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final, NamedTuple

QUALIFIERS: Final = ("exact", "about", "more_than", "nearly", "at_least")
"""How a printed figure was qualified; labels.toml has the words."""

PLAIN_NUMBER: Final = r"-?\d{1,15}(\.\d{1,9})?"
"""A number as the tables of data/ hold it: ASCII digits, no separator, no unit."""

SCALE: Final = 12
"""Decimal places that results are kept to."""

_PRECISION: Final = 60
_NEARLY: Final = Decimal("0.1")


class Bounds(NamedTuple):
    """Lowest and highest value that a printed figure can stand for; None is unbounded."""

    lower: Decimal | None
    upper: Decimal | None


def places(text: str) -> int:
    """Count the decimal places that a number was printed with.

    >>> places("29.34"), places("33.20"), places("518")
    (2, 2, 0)
    """
    return len(text.partition(".")[2])


def last_place(text: str) -> Decimal:
    """Return one unit of the last printed place.

    >>> last_place("29.34"), last_place("518")
    (Decimal('0.01'), Decimal('1'))
    """
    return Decimal(1).scaleb(-places(text))


def bounds(text: str, qualifier: str = "exact") -> Bounds:
    """Bound the value that a figure of the data stands for.

    Decimals are known to half a unit of the last place, whole numbers exactly. A whole
    number that is called "about" may be one unit off; "more than" and "at least" leave
    the top open, "nearly" the bottom.

    >>> bounds("29.34")
    Bounds(lower=Decimal('29.335'), upper=Decimal('29.345'))
    >>> bounds("276", "about")
    Bounds(lower=Decimal('275'), upper=Decimal('277'))
    >>> bounds("200", "more_than")
    Bounds(lower=Decimal('200'), upper=None)
    """
    value = Decimal(text)
    if qualifier in ("more_than", "at_least"):
        return Bounds(value, None)
    if qualifier == "nearly":
        return Bounds(None, value)
    if places(text):
        half = last_place(text) / 2
        return Bounds(value - half, value + half)
    half = Decimal(1 if qualifier == "about" else 0)
    return Bounds(value - half, value + half)


def claim(text: str, qualifier: str = "exact") -> Bounds:
    """Bound what a printed statement claims, words included.

    As `bounds`, but "about" allows one unit of the last printed place either way, and
    "nearly" means below the figure by at most a tenth of it (or one unit of its last
    place, where that is more). The ends that "more than" and "nearly" exclude are for
    the caller to exclude.

    >>> claim("6.1", "about")
    Bounds(lower=Decimal('6.0'), upper=Decimal('6.2'))
    >>> claim("200", "nearly")
    Bounds(lower=Decimal('180.0'), upper=Decimal('200'))
    """
    value = Decimal(text)
    if qualifier == "about":
        return Bounds(value - last_place(text), value + last_place(text))
    if qualifier == "nearly":
        return Bounds(value - max(abs(value) * _NEARLY, last_place(text)), value)
    return bounds(text, qualifier)


def round_half_up(value: Decimal, digits: int) -> Decimal:
    """Round to a number of decimal places, halves away from zero.

    >>> round_half_up(Decimal("2.345"), 2), round_half_up(Decimal("-0.5"), 0)
    (Decimal('2.35'), Decimal('-1'))
    """
    with localcontext(prec=_PRECISION):
        rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        return rounded or abs(rounded)  # no reader wants a negative zero


def plain(value: Decimal) -> str:
    """Write a decimal without an exponent and without trailing zeros.

    >>> plain(Decimal("6805.000000000000")), plain(Decimal("0.195800"))
    ('6805', '0.1958')
    """
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def grouped(value: Decimal, digits: int | None = None) -> str:
    """Write a number for a reader: thousands separators, halves rounded up, a real minus.

    Parameters
    ----------
    value
        The number.
    digits
        Decimal places; as many as the number has if left out.

    Examples
    --------
    >>> grouped(Decimal("8462")), grouped(Decimal("0.195"), 2), grouped(Decimal("-1657"))
    ('8,462', '0.20', '−1,657')
    """
    shown = Decimal(plain(value)) if digits is None else round_half_up(value, digits)
    return f"{shown:,f}".replace("-", "\N{MINUS SIGN}")


def is_plain_number(text: str) -> bool:
    """Tell whether a text is a number as the tables of data/ hold it.

    >>> is_plain_number("29.34"), is_plain_number("2,052"), is_plain_number("２０５２")
    (True, False, False)
    """
    return re.fullmatch(PLAIN_NUMBER, text, re.ASCII) is not None


def without_separators(text: str) -> str:
    """Take the thousands separators out of a number that has them in the right places.

    >>> without_separators("8,462"), without_separators("84,62"), without_separators("−3.5")
    ('8462', '84,62', '-3.5')
    """
    text = text.replace("\N{MINUS SIGN}", "-")
    is_grouped = re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text, re.ASCII)
    return text.replace(",", "") if is_grouped else text
