"""How a metric is written: bounded expressions, and one helper that makes the result table.

A `Bounded` is a value with the lowest and highest it can be, given how its figures were
printed; its arithmetic is interval arithmetic in polars expressions. `results` turns one
expression into rows of the result table, which every metric returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import dataframely as dy
import polars as pl

from kao_metrics.labels import TOTAL
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL


class Results(dy.Schema):
    """The result table: one row a period, indicator and breakdown.

    Ratios are fractions. ``lower`` and ``upper`` are empty where the value is exact; a
    missing value (status M) has a reason, whose words are in labels.toml.
    """

    time_period = dy.String(primary_key=True)
    indicator = dy.String(primary_key=True)
    breakdown = dy.String(primary_key=True)
    numerator = dy.Decimal(38, 12, nullable=True)
    denominator = dy.Decimal(38, 12, nullable=True)
    value = dy.Decimal(38, 12, nullable=True)
    lower = dy.Decimal(38, 12, nullable=True)
    upper = dy.Decimal(38, 12, nullable=True)
    unit = dy.String(nullable=False)
    obs_status = dy.String(nullable=False, check={"known": lambda expr: expr.is_in(list("APEBM"))})
    reason = dy.String(nullable=True)
    source_ids = dy.String(nullable=True)

    @dy.rule()
    def a_missing_value_has_a_reason(cls) -> pl.Expr:
        """No value is simply absent."""
        return pl.col("value").is_not_null() | (
            (pl.col("obs_status") == "M") & pl.col("reason").is_not_null()
        )


NOTHING: Final = pl.lit(None, dtype=DECIMAL)


@dataclass(frozen=True, slots=True)
class Bounded:
    """A value and its bounds, as expressions; a bound that is null is not known."""

    value: pl.Expr
    lower: pl.Expr
    upper: pl.Expr

    @classmethod
    def column(cls, name: str) -> Bounded:
        """Take a value from ``name`` and its bounds from ``name_lower`` and ``name_upper``."""
        ends = (name, f"{name}_lower", f"{name}_upper")
        return cls(*(pl.col(end).cast(DECIMAL) for end in ends))

    @classmethod
    def printed(cls) -> Bounded:
        """Take the figure of a row as it was printed: ``value``, ``lower``, ``upper``."""
        return cls(*(pl.col(end).cast(DECIMAL) for end in ("value", "lower", "upper")))

    @classmethod
    def exact(cls, value: pl.Expr) -> Bounded:
        """Take a value that is exactly known."""
        value = value.cast(DECIMAL)
        return cls(value, value, value)

    def __add__(self, other: Bounded) -> Bounded:
        """Add two bounded values."""
        return Bounded(self.value + other.value, self.lower + other.lower, self.upper + other.upper)

    def __sub__(self, other: Bounded) -> Bounded:
        """Subtract a bounded value."""
        return Bounded(self.value - other.value, self.lower - other.upper, self.upper - other.lower)

    def __truediv__(self, other: Bounded) -> Bounded:
        """Divide by a value that is positive; by any other the result is null.

        The numerator may be of either sign: the divisor's end that widens the result most
        is taken for each bound.
        """
        low, high = _positive(other.lower), _positive(other.upper)
        return Bounded(
            self.value / _positive(other.value),
            pl.when(self.lower >= 0).then(self.lower / high).otherwise(self.lower / low),
            pl.when(self.upper >= 0).then(self.upper / low).otherwise(self.upper / high),
        )


def _positive(expr: pl.Expr) -> pl.Expr:
    """Null a divisor that is not positive: decimals raise on a division by zero."""
    return pl.when(expr > 0).then(expr)


ONE: Final = Bounded.exact(pl.lit(1, dtype=DECIMAL))


def results(  # noqa: PLR0913 - the columns of the result table
    frame: pl.LazyFrame,
    period: Period,
    indicator: str | pl.Expr,
    value: Bounded,
    *,
    unit: str | pl.Expr,
    breakdown: str | pl.Expr = TOTAL,
    numerator: pl.Expr = NOTHING,
    denominator: pl.Expr = NOTHING,
    missing: str | pl.Expr = "no_denominator",
    status: str | pl.Expr = "A",
    reason: str | pl.Expr | None = None,
) -> pl.LazyFrame:
    """Make rows of the result table, one for each row of a frame.

    Parameters
    ----------
    frame
        Has the columns that the expressions use, and ``source_id``.
    period
        The period of the results.
    indicator, breakdown, unit
        A text, or an expression.
    value
        What is computed.
    numerator, denominator
        What the value is the ratio of, where it is one.
    missing
        The reason where the value is null.
    status, reason
        The status of a value that is there, and what to know of it.
    """
    is_exact = (value.lower == value.upper).fill_null(value=False)
    is_missing = value.value.is_null()
    return frame.select(
        time_period=pl.lit(period.code),
        indicator=_text(indicator),
        breakdown=_text(breakdown),
        numerator=numerator.cast(DECIMAL),
        denominator=denominator.cast(DECIMAL),
        value=value.value.cast(DECIMAL),
        lower=pl.when(~is_exact & ~is_missing).then(value.lower.cast(DECIMAL)),
        upper=pl.when(~is_exact & ~is_missing).then(value.upper.cast(DECIMAL)),
        unit=_text(unit),
        obs_status=pl.when(is_missing).then(pl.lit("M")).otherwise(_text(status)),
        reason=pl.when(is_missing).then(_text(missing)).otherwise(_text(reason)),
        source_ids=pl.col("source_id").cast(pl.String),
    )


def figures(frame: pl.LazyFrame, period: Period, **changed: str | pl.Expr) -> pl.LazyFrame:
    """Return the figures of a table as results, as they were printed."""
    value = Bounded.printed()
    names: dict[str, str | pl.Expr] = {"indicator": pl.col("indicator"), **changed}
    return results(
        of_period(frame, period),
        period,
        names["indicator"],
        value,
        unit=names.get("unit", pl.col("unit") if "unit" not in changed else ""),
        breakdown=names.get("breakdown", TOTAL),
    )


def of_period(frame: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Keep the rows of one period."""
    return frame.filter(pl.col("time_period") == period.code)


def row_of(frame: pl.LazyFrame, names: dict[str, str]) -> pl.LazyFrame:
    """Lay single figures side by side in one row, each with its bounds.

    Parameters
    ----------
    frame
        Columns ``indicator``, ``value``, ``lower``, ``upper``, ``source_id``.
    names
        By new column, the indicator to take. A figure that is not there is null; a frame
        without any of them gives no row.
    """
    picked = frame.filter(pl.col("indicator").is_in(list(names.values())))
    columns = [
        pl.col(what).filter(pl.col("indicator") == indicator).last().alias(f"{name}{suffix}")
        for name, indicator in names.items()
        for what, suffix in (("value", ""), ("lower", "_lower"), ("upper", "_upper"))
    ]
    return (
        picked.select(*columns, joined_sources().alias("source_id"), pl.len().alias("found"))
        .filter(pl.col("found") > 0)
        .drop("found")
    )


def share_of(
    frame: pl.LazyFrame, period: Period, indicator: str, part: str, whole: str
) -> pl.LazyFrame:
    """Return one figure over another as a result: part ÷ whole.

    Parameters
    ----------
    frame
        As for `row_of`.
    period
        The period of the result.
    indicator
        What the ratio is called.
    part, whole
        The indicators to divide.

    Returns
    -------
    LazyFrame
        Results, one row; none where neither figure is there.
    """
    above, below = Bounded.column("part"), Bounded.column("whole")
    return results(
        row_of(frame, {"part": part, "whole": whole}),
        period,
        indicator,
        above / below,
        unit="ratio",
        numerator=above.value,
        denominator=below.value,
        missing=lacking(above),
    )


def lacking(numerator: Bounded) -> pl.Expr:
    """Say which of its two figures a missing ratio lacks."""
    is_missing = numerator.value.is_null()
    return pl.when(is_missing).then(pl.lit("no_numerator")).otherwise(pl.lit("no_denominator"))


def joined_sources(name: str = "source_id") -> pl.Expr:
    """Join the distinct sources of several rows into one text."""
    return pl.col(name).drop_nulls().unique().sort().str.join(";")


def sources_of_both(now: str = "source_id", then: str = "source_id_then") -> pl.Expr:
    """Join the distinct sources of two figures that stand in one row into one text."""
    both = pl.concat_list(pl.col(name).cast(pl.String) for name in (now, then))
    return both.list.drop_nulls().list.unique().list.sort().list.join(";")


def _text(text: str | pl.Expr | None) -> pl.Expr:
    return text if isinstance(text, pl.Expr) else pl.lit(text, pl.String)
