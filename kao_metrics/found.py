"""What an analysis found, by name: given figures, one figure, or that there is none."""

from __future__ import annotations

from typing import Any

import polars as pl

from kao_metrics.analysis import Analysis
from kao_metrics.labels import TOTAL, text

Row = dict[str, Any]


def given(analysis: Analysis, indicator: str) -> list[Row]:
    """Return the results of an indicator that have a value."""
    found = analysis.results.filter(pl.col("indicator") == indicator, pl.col("value").is_not_null())
    return list(found.iter_rows(named=True))


def one(analysis: Analysis, indicator: str, breakdown: str = TOTAL) -> Row | None:
    """Return the result of an indicator and breakdown, if it has a value."""
    found = [row for row in given(analysis, indicator) if row["breakdown"] == breakdown]
    return found[0] if found else None


def no_data(analysis: Analysis, *tables: str) -> list[str]:
    """Say that a period gives no figures, unless one of some tables has rows of it."""
    of_period = pl.col("time_period") == analysis.period.code
    has_figures = any(
        not analysis.tables[table].filter(of_period).head(1).collect().is_empty()
        for table in tables
        if table in analysis.tables
    )
    return [] if has_figures else [text("no_data", analysis.lang)]
