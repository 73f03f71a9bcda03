"""Arithmetic over printed numbers and indicators' names, with the intervals of rounding.

A formula such as ``(frontline_baseline - frontline_total) / frontline_baseline`` is parsed
by a small grammar (never ``eval``) into a list of steps, and the steps are run on a stack
of intervals of exact fractions. Interval arithmetic takes every operand to be independent,
so an operand that occurs twice can only widen the result: a formula is never held to be
more precise than it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Final

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from kao_metrics.labels import suggestion

NAME: Final = r"[A-Za-z_][A-Za-z0-9_.]*"
"""How a figure is named in a formula."""

GRAMMAR: Final = rf"""
    ?start: sum
    ?sum: product
        | sum "+" product -> add
        | sum "-" product -> subtract
    ?product: signed
        | product "*" signed -> multiply
        | product "/" signed -> divide
    ?signed: atom
        | "-" signed -> negate
        | "+" signed
    ?atom: NUMBER -> number
        | NUMBER "%" -> percent
        | NAME -> name
        | "(" sum ")"
    NUMBER: /\d{{1,3}}(,\d{{3}})+(\.\d+)?|\d+(\.\d+)?/
    NAME: /{NAME}/
    %ignore /[ \t]+/
"""

_LONGEST: Final = 1000
_SPELLINGS: Final = str.maketrans("×÷−＋－＊／（）", "*/-+-*/()")

Step = tuple[str, str]


class FormulaError(ValueError):
    """A text that is no formula; the message says where."""


class UnknownNameError(LookupError):
    """A name that has no value; the message suggests the nearest that has."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        """Keep the name and what is said of the known ones."""
        self.name = name
        self.hint = suggestion(name, known)
        super().__init__(f"no figure is called {name!r}{self.hint}")


class DivisorError(ArithmeticError):
    """A divisor that is zero, or can be zero given how it was printed."""


class Kind(Enum):
    """What a value is, as far as a percentage of it is concerned."""

    NUMBER = "a number or a count"
    FRACTION = "a share of one: what was divided"
    PERCENT = "a share of a hundred: the formula multiplies by 100 itself"


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the lowest and highest it can be; None is unbounded.

    Parameters
    ----------
    value, lower, upper
        Exact fractions.
    kind
        Whether a percentage of the value is a hundred times as much.
    """

    value: Fraction
    lower: Fraction | None
    upper: Fraction | None
    kind: Kind = Kind.NUMBER

    @classmethod
    def printed(cls, text: str) -> Interval:
        """Read a number as printed: decimals are known to half a unit of the last place.

        >>> Interval.printed("6.1").upper
        Fraction(123, 20)
        """
        digits = text.replace(",", "")
        value, places = Fraction(digits), len(digits.partition(".")[2])
        half = Fraction(1, 2 * 10**places) if places else Fraction(0)
        return cls(value, value - half, value + half)


def steps(formula: str) -> list[Step]:
    """Parse a formula into steps for a stack.

    Raises
    ------
    FormulaError
        If it is no formula.

    Examples
    --------
    >>> steps("(a - 2) / a")
    [('name', 'a'), ('number', '2'), ('subtract', ''), ('name', 'a'), ('divide', '')]
    """
    if len(formula) > _LONGEST:
        raise FormulaError(f"{len(formula)} characters are too long for a formula")
    try:
        parsed = _parser().parse(formula.translate(_SPELLINGS))
    except UnexpectedInput as error:
        is_end = getattr(getattr(error, "token", None), "type", "") == "$END"
        at = "at the end" if is_end else f"at character {error.column}"
        raise FormulaError(f"no formula {at}: {formula!r}") from None
    found: list[Step] = parsed  # type: ignore[assignment] # the transformer builds lists
    return found


def formula_error(formula: str | None) -> str | None:
    """Say what is wrong with a formula; None if nothing is, or there is no formula.

    >>> formula_error("1 + 2"), formula_error("1 +")
    (None, "no formula at the end: '1 +'")
    """
    if formula is None:
        return None
    try:
        steps(formula)
    except FormulaError as error:
        return str(error)
    return None


def evaluate(formula: str, values: Mapping[str, Interval]) -> Interval:
    """Compute a formula.

    Raises
    ------
    FormulaError
        If it is no formula.
    UnknownNameError
        If a name has no value.
    DivisorError
        If a divisor is or can be zero.

    Examples
    --------
    >>> found = evaluate("33.2 - 29.34", {})
    >>> float(found.value), float(found.lower), float(found.upper)
    (3.86, 3.805, 3.915)
    """
    stack: list[Interval] = []
    for step, what in steps(formula):
        if step == "number":
            stack.append(Interval.printed(what))
        elif step == "percent":
            stack.append(_hundredth(Interval.printed(what)))
        elif step == "name":
            if what not in values:
                raise UnknownNameError(what, values)
            stack.append(values[what])
        elif step == "negate":
            stack.append(_negated(stack.pop()))
        else:
            right, left = stack.pop(), stack.pop()
            stack.append(_OPERATIONS[step](left, right))
    return stack.pop()


class _Steps(Transformer):  # type: ignore[type-arg] # lark's own parameters say nothing here
    """Turn each rule into its steps, what is inside before what is around."""

    def __default__(self, data: str, children: list[list[Step]], _meta: object) -> list[Step]:
        return [*(step for child in children for step in child), (str(data), "")]

    def signed(self, children: list[list[Step]]) -> list[Step]:
        return children[0]

    def number(self, tokens: list[Token]) -> list[Step]:
        return [("number", str(tokens[0]))]

    def percent(self, tokens: list[Token]) -> list[Step]:
        return [("percent", str(tokens[0]))]

    def name(self, tokens: list[Token]) -> list[Step]:
        return [("name", str(tokens[0]))]


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", transformer=_Steps())


def _negated(interval: Interval) -> Interval:
    lower, upper = interval.lower, interval.upper
    return Interval(
        -interval.value,
        None if upper is None else -upper,
        None if lower is None else -lower,
        interval.kind,
    )


def _hundredth(interval: Interval) -> Interval:
    return _multiplied(interval, _ONE_HUNDREDTH)


def _added(left: Interval, right: Interval) -> Interval:
    return Interval(
        left.value + right.value,
        None if left.lower is None or right.lower is None else left.lower + right.lower,
        None if left.upper is None or right.upper is None else left.upper + right.upper,
        _kind_of(left, right),
    )


def _subtracted(left: Interval, right: Interval) -> Interval:
    return _added(left, _negated(right))


def _kind_of(left: Interval, right: Interval) -> Kind:
    kinds = {left.kind, right.kind}
    return next((kind for kind in (Kind.PERCENT, Kind.FRACTION) if kind in kinds), Kind.NUMBER)


def _multiplied(left: Interval, right: Interval) -> Interval:
    ends = [_times(a, b) for a in _ends(left) for b in _ends(right)]
    return Interval(
        left.value * right.value,
        _outer(ends, lowest=True),
        _outer(ends, lowest=False),
        Kind.PERCENT if _HUNDRED in (left, right) else _kind_of(left, right),
    )


def _divided(left: Interval, right: Interval) -> Interval:
    low, high = right.lower, right.upper
    if right.value == 0:
        raise DivisorError("the divisor is zero")
    if (low is None or low <= 0) and (high is None or high >= 0):
        raise DivisorError("the divisor can be zero, given how it was printed")
    zero = Fraction(0)
    inverse = Interval(
        1 / right.value,
        zero if high is None else 1 / high,
        zero if low is None else 1 / low,
    )
    found = _multiplied(left, inverse)
    kind = Kind.PERCENT if left.kind is Kind.PERCENT else Kind.FRACTION
    return replace(found, kind=kind)


_End = tuple[Fraction, int]
"""A finite number and 0, or 0 and the sign of an infinity."""


def _ends(interval: Interval) -> list[_End]:
    lower: _End = (Fraction(0), -1) if interval.lower is None else (interval.lower, 0)
    upper: _End = (Fraction(0), 1) if interval.upper is None else (interval.upper, 0)
    return [lower, upper]


def _times(left: _End, right: _End) -> _End:
    if not left[1] and not right[1]:
        return left[0] * right[0], 0

    def sign(end: _End) -> int:
        return end[1] or (end[0] > 0) - (end[0] < 0)

    return Fraction(0), sign(left) * sign(right)


def _outer(ends: list[_End], *, lowest: bool) -> Fraction | None:
    infinite = -1 if lowest else 1
    if any(end[1] == infinite for end in ends):
        return None
    finite = [end[0] for end in ends if not end[1]]
    return min(finite) if lowest else max(finite)


_HUNDRED: Final = Interval(Fraction(100), Fraction(100), Fraction(100))
_ONE_HUNDREDTH: Final = Interval(
    Fraction(1, 100), Fraction(1, 100), Fraction(1, 100), Kind.FRACTION
)
_OPERATIONS: Final = {
    "add": _added,
    "subtract": _subtracted,
    "multiply": _multiplied,
    "divide": _divided,
}
