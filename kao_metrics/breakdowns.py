"""What adds up to what: totals, their parts, and how much of a total has no part.

A table that breaks a figure down has dimension columns (sector, employer ...) in which
``_T`` means "not broken down by this". A dimension is checked one at a time: the parts of
a total are the rows that differ from it in that dimension alone. Then the dimension is
folded away, a total standing for its parts where both are given, so that the next one can
be checked the same way. A dimension may be a tree (`parents`): a part of a part.

Parts that are over their total are an error of the data. Parts that are under it are not:
the report simply does not break the rest down, and `remainder` says how much that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from kao_metrics.labels import TOTAL

_MEASURES = ("value", "lower", "upper")
_ROW = "row"
_WHOLE = "whole"


def parts_of_totals(
    frame: pl.LazyFrame,
    dimensions: Iterable[str],
    keys: Iterable[str],
    parents: Mapping[str, Mapping[str, str]] | None = None,
) -> pl.LazyFrame:
    """Set each total beside the sum of its parts.

    Parameters
    ----------
    frame
        Columns ``row``, ``value``, ``lower``, ``upper`` (decimals), the dimensions, the keys.
    dimensions
        Columns that break the value down, finest first; they are folded in this order.
    keys
        Columns that separate values which have nothing to do with each other, such as a date.
    parents
        By dimension, the code that each code is a part of; the total where none is named.

    Returns
    -------
    LazyFrame
        One row a total and dimension that has parts: ``row``, ``dimension``, the keys, the
        dimensions, ``value``, ``lower``, ``upper``, ``parts``, ``parts_lower``,
        ``parts_upper``, ``remainder`` (``value - parts``).

    Examples
    --------
    >>> from decimal import Decimal
    >>> rows = pl.LazyFrame({"row": [2, 3, 4], "sector": ["_T", "goods", "services"],
    ...                      "value": [9, 4, 3]}, schema_overrides={"value": pl.Decimal(38, 12)})
    >>> rows = rows.with_columns(lower="value", upper="value")
    >>> found = parts_of_totals(rows, ["sector"], []).collect()
    >>> found.select("row", "dimension", pl.col("parts", "remainder").cast(int)).rows()
    [(2, 'sector', 7, 2)]
    """
    names, keys = list(dimensions), list(keys)
    parents = parents or {}
    found: list[pl.LazyFrame] = []
    for position, dimension in enumerate(names):
        others = [*keys, *(name for name in names[position:] if name != dimension)]
        tree = parents.get(dimension, {})
        frame = _with_missing_parents(frame, dimension, others, tree)
        found.append(_beside_parts(frame, dimension, others, tree, names, keys))
        # Each step reads the one before twice: without a stop the plan doubles every time.
        frame = _folded(frame, dimension, others, tree).collect().lazy()
    return pl.concat(found)


def fold(frame: pl.LazyFrame, dimensions: Iterable[str], keys: Iterable[str]) -> pl.LazyFrame:
    """Fold dimensions away: a given total stands, parts without a total are added up.

    Parameters
    ----------
    frame
        Columns ``row``, ``value``, ``lower``, ``upper`` (decimals), the dimensions, the keys.
    dimensions
        Columns to fold, finest first.
    keys
        Columns to keep.

    Returns
    -------
    LazyFrame
        The keys, ``value``, ``lower``, ``upper``, ``row`` (null where parts were added up).

    Examples
    --------
    >>> rows = pl.LazyFrame({"row": [2, 3, 4], "stage": ["first", "first", "second"],
    ...                      "sector": ["goods", "services", "_T"], "value": [4, 3, 2]})
    >>> rows = rows.with_columns(lower="value", upper="value")
    >>> fold(rows, ["sector"], ["stage"]).select("stage", "value").collect().rows()
    [('first', 7), ('second', 2)]
    """
    names, keys = list(dimensions), list(keys)
    frame = frame.with_columns(pl.lit(TOTAL).alias(_WHOLE))  # something to group by
    for position, dimension in enumerate(names):
        frame = _folded(frame, dimension, [_WHOLE, *keys, *names[position + 1 :]], {})
    return frame.drop(_WHOLE)


def _with_missing_parents(
    frame: pl.LazyFrame, dimension: str, others: list[str], parents: Mapping[str, str]
) -> pl.LazyFrame:
    """Add up the parts of a part that has no row of its own, so that they count above it."""
    whole = _parent(dimension, parents)
    for parent in _deepest_first(parents):
        sums = (
            frame.filter(whole == parent)
            .group_by([*others, whole.alias(dimension)], maintain_order=True)
            .agg(pl.col("value").sum(), *map(_sum_or_unbounded, ("lower", "upper")))
            .join(frame, on=[*others, dimension], how="anti", nulls_equal=True)
        )
        frame = pl.concat([frame, sums], how="diagonal_relaxed")
    return frame


def _deepest_first(parents: Mapping[str, str]) -> list[str]:
    """Sort the codes that have parts, so that parts of parts are added up first."""

    def depth(code: str) -> int:
        above = parents.get(code, TOTAL)
        return 1 if above == TOTAL else 1 + depth(above)

    return sorted(set(parents.values()) - {TOTAL}, key=lambda code: (-depth(code), code))


def _beside_parts(  # noqa: PLR0913, PLR0917 - one step of parts_of_totals, with its state
    frame: pl.LazyFrame,
    dimension: str,
    others: list[str],
    parents: Mapping[str, str],
    names: list[str],
    keys: list[str],
) -> pl.LazyFrame:
    whole = _parent(dimension, parents)
    parts = (
        frame.filter(pl.col(dimension) != TOTAL)
        .group_by([*others, whole.alias(dimension)])
        .agg(
            pl.col("value").sum().alias("parts"),
            _sum_or_unbounded("lower").alias("parts_lower"),
            _sum_or_unbounded("upper").alias("parts_upper"),
        )
    )
    folded_away = [pl.lit(TOTAL).alias(name) for name in names if name not in [*others, dimension]]
    return (
        frame.join(parts, on=[*others, dimension], nulls_equal=True)
        .filter(pl.col(_ROW).is_not_null())
        .with_columns(*folded_away)
        .select(
            "row",
            pl.lit(dimension).alias("dimension"),
            *keys,
            *names,
            *_MEASURES,
            "parts",
            "parts_lower",
            "parts_upper",
            (pl.col("value") - pl.col("parts")).alias("remainder"),
        )
    )


def _folded(
    frame: pl.LazyFrame, dimension: str, others: list[str], parents: Mapping[str, str]
) -> pl.LazyFrame:
    """Fold a dimension away: a given total stands, parts without one are added up.

    A total that was itself added up, along another dimension, is not given: cases may be
    broken down in full by one dimension and in part by another. As parts never exceed
    their total, the larger sum is the one that leaves less out.
    """
    if not others:
        return frame
    is_total = pl.col(dimension) == TOTAL
    is_part = ~is_total & (_parent(dimension, parents) == TOTAL)
    is_given = (is_total & pl.col(_ROW).is_not_null()).any()
    added_up = pl.col("value").filter(is_total).sum()
    takes_total = is_given | ~is_part.any() | (added_up > pl.col("value").filter(is_part).sum())
    return (
        frame.filter(is_total | is_part)
        .group_by(others, maintain_order=True)
        .agg(
            *(
                pl.when(takes_total)
                .then(_sum_or_unbounded(name, is_total))
                .otherwise(_sum_or_unbounded(name, is_part))
                .alias(name)
                for name in _MEASURES
            ),
            pl.col(_ROW).filter(is_total).first(),
        )
    )


def _parent(dimension: str, parents: Mapping[str, str]) -> pl.Expr:
    code = pl.col(dimension)
    if not parents:
        return pl.when(code.is_not_null()).then(pl.lit(TOTAL))
    return code.replace_strict(parents, default=TOTAL, return_dtype=pl.String)


def _sum_or_unbounded(name: str, rows: pl.Expr | None = None) -> pl.Expr:
    """Sum a bound; a part without one leaves the sum without one."""
    column = pl.col(name) if rows is None else pl.col(name).filter(rows)
    return pl.when(column.is_null().any()).then(None).otherwise(column.sum()).alias(name)
