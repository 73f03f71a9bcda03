"""Reference: the same ratios from other governments' published figures.

One period alone says little. These figures differ from the report's in year, length and
definition; ``scope`` says in words what is not comparable, and no rank is made of them.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kao_metrics.metrics.escalation import RATIOS as ESCALATION
from kao_metrics.metrics.escalation import wilson
from kao_metrics.metrics.formulas import Bounded

_RATIOS: Final = {
    **ESCALATION,
    "reserve_amount_coverage_ratio": ("reserve_contributed", "reserve_required"),
}


def reference_ratios(reference: pl.LazyFrame) -> pl.LazyFrame:
    """Return the ratios that other governments' figures give.

    Parameters
    ----------
    reference
        Table ``reference``; one row a place, period and indicator.

    Returns
    -------
    LazyFrame
        ``indicator``, ``place``, ``period``, ``numerator``, ``denominator``, ``value``,
        ``lower``, ``upper`` (fractions), ``scope``, ``source_id``; rows only where both
        figures are given. Bounds are those of `kao_metrics.metrics.escalation.wilson` for
        stages of complaints, and of `kao_metrics.printed.bounds` for amounts.

    Examples
    --------
    >>> from decimal import Decimal
    >>> rows = pl.LazyFrame({
    ...     "place": ["taipei"] * 3, "period": ["2016"] * 3, "scope": ["whole_year"] * 3,
    ...     "indicator": ["complaints_first", "complaints_second", "mediations"],
    ...     "value": [Decimal(10068), Decimal(4984), Decimal(475)], "source_id": ["x"] * 3,
    ... }).with_columns(lower="value", upper="value")
    >>> found = reference_ratios(rows).collect()
    >>> found.select("indicator", pl.col("value").cast(float).round(3)).rows()
    [('second_complaint_ratio', 0.495), ('mediation_ratio', 0.095)]
    """
    key = ["place", "period"]
    printed = Bounded.column("part") / Bounded.column("whole")
    found = [
        (indicator, *names, wilson("part", "whole") if indicator in ESCALATION else printed)
        for indicator, names in _RATIOS.items()
    ]
    return pl.concat(
        _named(reference, "part", part)
        .join(
            _named(reference, "whole", whole).drop("scope", "source_id"),
            on=key,
            maintain_order="left",
        )
        .select(
            pl.lit(indicator).alias("indicator"),
            *key,
            pl.col("part").alias("numerator"),
            pl.col("whole").alias("denominator"),
            ratio.value.alias("value"),
            ratio.lower.alias("lower"),
            ratio.upper.alias("upper"),
            "scope",
            "source_id",
        )
        for indicator, part, whole, ratio in found
    )


def _named(reference: pl.LazyFrame, name: str, indicator: str) -> pl.LazyFrame:
    return reference.filter(pl.col("indicator") == indicator).select(
        "place",
        "period",
        "scope",
        "source_id",
        pl.col("value").alias(name),
        pl.col("lower").alias(f"{name}_lower"),
        pl.col("upper").alias(f"{name}_upper"),
    )
