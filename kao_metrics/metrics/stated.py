"""Stated figures: what the report prints of its own figures, computed again.

A report prints sums, differences, ratios and growth rates beside the figures that they
are made of. Each is computed again, with the interval that the rounding of the figures
leaves, and set against what the printed figure claims (its own rounding, or words such as
"about"). Nothing is corrected: a figure that does not follow is shown beside what does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any, Final

import polars as pl

from kao_metrics.arithmetic import (
    DivisorError,
    FormulaError,
    Interval,
    Kind,
    UnknownNameError,
    evaluate,
)
from kao_metrics.labels import (
    CONFIDENCE,
    DEFAULT_LANGUAGE,
    TOTAL,
    amount,
    attribute,
    code_of,
    codes,
    text,
)
from kao_metrics.printed import SCALE, claim, grouped, places, round_half_up
from kao_metrics.schemas import DECIMAL

AGREES: Final = "agrees"
DISAGREES: Final = "disagrees"
CANNOT_TELL: Final = "cannot tell"

_PRECISION: Final = 60
_TOO_LARGE: Final = 10**24


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one stated figure.

    Parameters
    ----------
    id, section, statement, unit, qualifier, operands
        As in the table ``stated``.
    stated
        As printed.
    recomputed, lower, upper
        In the unit of the stated figure; None where it cannot be computed or is unbounded.
    verdict
        ``agrees``, ``disagrees`` or ``cannot tell``.
    reason
        In words, why; empty where it agrees.
    """

    id: str
    section: str
    statement: str
    stated: str
    unit: str
    qualifier: str
    operands: str
    recomputed: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    verdict: str
    reason: str
    source_id: str


def operands(results: pl.DataFrame) -> dict[str, Interval]:
    """Make the values that formulas can name from the result table.

    An indicator in total is called by its name; a breakdown by both names with an
    underscore between (``complaints_first_goods``). Bounds count as what the rounding of
    printed figures leaves open; a confidence interval is none, and its value is exact.
    """
    found = {}
    for row in results.filter(pl.col("value").is_not_null()).iter_rows(named=True):
        total = row["breakdown"] == TOTAL
        name = row["indicator"] if total else f"{row['indicator']}_{row['breakdown']}"
        value, lower, upper = row["value"], row["lower"], row["upper"]
        is_chance = attribute("indicator", row["indicator"], "interval") == CONFIDENCE
        is_exact = is_chance or (lower is None and upper is None)
        found[name] = Interval(
            Fraction(value),
            Fraction(value) if is_exact else None if lower is None else Fraction(lower),
            Fraction(value) if is_exact else None if upper is None else Fraction(upper),
            Kind.FRACTION if row["unit"] == "ratio" else Kind.NUMBER,
        )
    return found


def findings(
    stated: pl.DataFrame,
    values: Mapping[str, Interval],
    remarks: Mapping[str, str] | None = None,
    lang: str = DEFAULT_LANGUAGE,
) -> list[Finding]:
    """Judge every stated figure of a table.

    Parameters
    ----------
    stated
        Table ``stated``.
    values
        What the operands may name; see `operands`.
    remarks
        By id, what else is known of a stated figure; added to the reason where it does not
        agree.
    lang
        Language of the reasons.

    Examples
    --------
    >>> table = pl.DataFrame({
    ...     "id": ["growth", "sum", "share"], "section": ["4", "3", "5"],
    ...     "statement": ["growth", "sum", "share"], "stated": [Decimal(50), Decimal(61), None],
    ...     "printed": ["50", "61", "99.81"], "unit": ["percent", "room", "percent"],
    ...     "qualifier": ["exact"] * 3, "source_id": ["report"] * 3,
    ...     "operands": ["(25 - 16) / 16", "3 + 32 + 6 + 20", "518 / accounts"],
    ... })
    >>> [(each.id, each.verdict) for each in findings(table, {})]
    [('growth', 'disagrees'), ('sum', 'agrees'), ('share', 'cannot tell')]
    """
    return [
        _finding(row, values, (remarks or {}).get(row["id"], ""), lang)
        for row in stated.iter_rows(named=True)
    ]


def as_frame(found: list[Finding]) -> pl.DataFrame:
    """Return findings as a table, a row each, in the columns of `Finding`."""
    columns = list(Finding.__dataclass_fields__)
    decimals = ("recomputed", "lower", "upper")
    return pl.DataFrame(
        [{name: getattr(each, name) for name in columns} for each in found],
        schema={name: DECIMAL if name in decimals else pl.String for name in columns},
    )


def _finding(
    row: Mapping[str, Any], values: Mapping[str, Interval], remark: str, lang: str
) -> Finding:
    unit = code_of("unit", row["unit"] or "")
    computed: Interval | None = None
    try:
        computed = _in_unit(evaluate(row["operands"], values), unit)
        _check_size(computed)
        verdict = _verdict(row["printed"], row["qualifier"], computed)
        reason = _reason(verdict, row["printed"], computed, unit, lang)
    except (FormulaError, UnknownNameError, DivisorError) as error:
        computed = None
        verdict, reason = CANNOT_TELL, _why_not(error, lang)
    if verdict != AGREES and remark:
        reason = text("reason_and_remark", lang, reason=reason, remark=remark)
    return Finding(
        id=row["id"],
        section=row["section"] or "",
        statement=row["statement"],
        stated=row["printed"],
        unit=row["unit"] or "",
        qualifier=row["qualifier"],
        operands=row["operands"],
        recomputed=_decimal(computed.value if computed else None),
        lower=_decimal(computed.lower if computed else None),
        upper=_decimal(computed.upper if computed else None),
        verdict=verdict,
        reason=reason,
        source_id=row["source_id"] or "",
    )


def _why_not(error: Exception, lang: str) -> str:
    if isinstance(error, UnknownNameError):
        return text("unknown_name", lang, name=error.name, hint=error.hint)
    if isinstance(error, DivisorError):
        return text("divisor_of_zero", lang)
    return text("bad_formula", lang, why=error)


def _check_size(computed: Interval) -> None:
    """Refuse what no table of figures holds; nothing in a report is near it."""
    ends = (computed.value, computed.lower, computed.upper)
    if any(end is not None and abs(end) >= _TOO_LARGE for end in ends):
        raise FormulaError("the result is too large")


def _in_unit(computed: Interval, unit: str) -> Interval:
    """Turn a fraction into the percentage (or the like) that the stated figure is in."""
    scale = Fraction(attribute("unit", unit, "scale", "1"))
    if computed.kind is not Kind.FRACTION or scale == 1:
        return computed
    return Interval(
        computed.value * scale,
        None if computed.lower is None else computed.lower * scale,
        None if computed.upper is None else computed.upper * scale,
    )


def _verdict(printed: str, qualifier: str, computed: Interval) -> str:
    """Tell whether what is claimed and what is computed can both be true."""
    stated = Fraction(printed)
    bounds = claim(printed, qualifier)
    low = None if bounds.lower is None else Fraction(bounds.lower)
    high = None if bounds.upper is None else Fraction(bounds.upper)

    def claimed(value: Fraction) -> bool:
        if (qualifier == "more_than" and value <= stated) or (
            qualifier == "nearly" and value >= stated
        ):
            return False
        return (low is None or value >= low) and (high is None or value <= high)

    if computed.lower is None or computed.upper is None:
        ends = [end for end in (computed.lower, computed.upper) if end is not None]
        is_open_claim = (high is None and computed.upper is None) and bool(ends)
        if is_open_claim and claimed(ends[0]):
            return AGREES
        above = computed.lower is not None and high is not None and computed.lower > high
        below = computed.upper is not None and low is not None and computed.upper < low
        return DISAGREES if above or below else CANNOT_TELL
    too_low = low is not None and computed.upper < low
    too_high = high is not None and computed.lower > high
    if qualifier == "more_than":
        too_low = computed.upper <= stated
    if qualifier == "nearly":
        too_high = computed.lower >= stated
    return DISAGREES if too_low or too_high else AGREES


def _reason(verdict: str, printed: str, computed: Interval, unit: str, lang: str) -> str:
    if verdict == AGREES:
        return ""
    if verdict == CANNOT_TELL:
        return text("operand_is_unbounded", lang)
    value = _decimal(computed.value) or Decimal(0)
    digits = max(places(printed), 2) if value != value.to_integral_value() else 0
    words = text(
        "does_not_follow",
        lang,
        stated=_shown(Decimal(printed), unit, lang, places(printed)),
        recomputed=_shown(value, unit, lang, digits),
    )
    if round_half_up(value, places(printed)) == Decimal(printed):
        words += text("agrees_when_rounded", lang)
    return words


def _shown(value: Decimal, unit: str, lang: str, digits: int) -> str:
    """Write a value with its unit, which a file from elsewhere may have and labels.toml not."""
    if unit in codes("unit"):
        return amount(value, unit, lang, digits)
    return text("amount", lang, value=grouped(value, digits), unit=unit).strip()


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else as_decimal(value)


def as_decimal(value: Fraction) -> Decimal:
    """Write a fraction as a decimal, to the places that results are kept to."""
    with localcontext(prec=_PRECISION):
        return round_half_up(Decimal(value.numerator) / Decimal(value.denominator), SCALE)
