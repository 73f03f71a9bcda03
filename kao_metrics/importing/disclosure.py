"""Counts that may be published: small ones are left out, and what would give them away.

With counts left out, sums of what is left are too small. So the totals that readers are shown,
of each stage, of each month and of each sector and category, become rows of their own before
anything is left out; and they are left out themselves where they are small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import polars as pl

from kao_metrics.importing.counting import Row
from kao_metrics.importing.suppression import COMPLEMENTARY, PRIMARY, recoverable, suppressed
from kao_metrics.importing.tallying import ordered
from kao_metrics.labels import TOTAL

OPEN: Final = "open"

_DIMENSIONS: Final = ("month", "sector", "category")
_KEPT: Final[tuple[tuple[str, ...], ...]] = ((), ("month",), ("sector", "category"))
"""The totals that readers are shown, by the dimensions that they keep."""


def disclosed(rows: Sequence[Row], below: int) -> tuple[list[Row], Counter[str]]:
    """Return the rows of complaints that may be published, totals among them.

    Parameters
    ----------
    rows
        Counts by month, stage, sector and category.
    below
        Counts from 1 to this less 1 are left out.

    Returns
    -------
    tuple
        The rows, and how many were left out as ``primary`` and ``complementary``; how many of
        the small ones can still be told more closely, since a total gives them away, is
        `OPEN`.
    """
    every = _with_totals(rows)
    frame = pl.DataFrame(every).with_columns(pl.col("count").cast(pl.Int64))
    found = suppressed(frame, below, dimensions=_DIMENSIONS, keys=["stage"])
    why = Counter(found["suppression"])
    bounds = recoverable(frame, found["suppressed"], dimensions=_DIMENSIONS, keys=["stage"])
    is_small = pl.col("count").is_between(1, below - 1)
    told = bounds.filter(is_small, pl.col("hi") - pl.col("lo") < below - 1)
    kept = [
        _without_total_month(row)
        for row, is_out in zip(every, found["suppressed"], strict=True)
        if not is_out
    ]
    left_out = Counter({name: why[name] for name in (PRIMARY, COMPLEMENTARY)})
    left_out[OPEN] = told.height
    return ordered(kept, "complaints"), left_out


def _with_totals(rows: Sequence[Row]) -> list[Row]:
    """Add the totals that readers are shown; the month of a total is ``_T`` for now."""
    every = {_key(row): dict(row) for row in rows}
    for kept in _KEPT:
        totals: dict[tuple[str, ...], Row] = {}
        for row in rows:
            total = {**row, **{name: TOTAL for name in _DIMENSIONS if name not in kept}}
            key = _key(total)
            before = int(totals[key]["count"]) if key in totals else 0
            totals[key] = {**total, "count": str(before + int(row["count"]))}
        every = {**totals, **every}
    return list(every.values())


def _key(row: Row) -> tuple[str, ...]:
    return (row["stage"], *(row[name] for name in _DIMENSIONS))


def _without_total_month(row: Row) -> Row:
    return {**row, "month": "" if row["month"] == TOTAL else row["month"]}
