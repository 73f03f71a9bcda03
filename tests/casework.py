"""Complaints for tests: rows made by hand, and a report that has them and nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
from functools import cache
from pathlib import Path

import polars as pl

from kao_metrics.analysis import analyse
from kao_metrics.labels import TOTAL
from kao_metrics.metrics import FIGURES, METRICS
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL

HALF = Period(2018, 1).covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))  # 166 days
PREVIOUS = Period(2017, 2)  # 184 days
LAST_YEAR = Period(2017, 1)  # 181 days
NAMES = {"first": "complaints_first", "second": "complaints_second", "mediation": "mediations"}


@cache
def example():
    """Taipei's hotline up to the second half of 2024, in English, read once."""
    folder = Path(__file__).parent.parent / "data" / "examples" / "taipei_1999"
    return analyse("2024-S2", folder, "en")


def cases(stage, count, month=None, period=HALF, **kind):
    """One row: so many cases of a stage, in a month or a period, of a sector or category."""
    return {
        "time_period": period.code,
        "covers_from": period.covers_from,
        "covers_to": period.covers_to,
        "month": month and dt.date(period.year, month, 1),
        "stage": stage,
        "sector": TOTAL,
        "category": TOTAL,
        **kind,
        "indicator": NAMES[stage],
        "value": count,
    }


def by_category(counts, period=HALF, stage="first"):
    """Rows of a period, one a category."""
    return [cases(stage, count, period=period, category=code) for code, count in counts.items()]


def table(*rows) -> pl.LazyFrame:
    frame = pl.LazyFrame(rows, schema_overrides={"value": DECIMAL, "month": pl.Date})
    return frame.with_columns(
        lower="value", upper="value", source_id=pl.lit("report")
    ).with_row_index("row", offset=2)


def rows_of(metric, frame, *columns, period=HALF):
    return Results.validate(metric(frame, period).collect()).select(columns).rows()


def with_complaints(analysis, *rows, metrics=()):
    """The analysis with other complaints, and with the results of some metrics of these."""
    complaints = table(*rows).with_columns(source_id=pl.lit("ksec_2018_s1"))
    functions = [FIGURES["complaints"], *(METRICS[name].function for name in metrics)]
    found = pl.collect_all([function(complaints, HALF) for function in functions])
    return dataclasses.replace(
        analysis,
        period=HALF,
        tables={**analysis.tables, "complaints": complaints},
        results=pl.concat(found),
        passages={},
    )
