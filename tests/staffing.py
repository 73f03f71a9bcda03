"""Made-up tables of staff, for tests of what is computed from them."""

import dataclasses
import datetime as dt

import polars as pl

from kao_metrics.labels import TOTAL
from kao_metrics.metrics import METRICS
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period
from kao_metrics.preparation import workforce_name
from kao_metrics.schemas import DECIMAL

MERGER, NOW = dt.date(2010, 12, 25), dt.date(2018, 4, 1)
AMOUNTS = ("value", "lower", "upper")


def count(as_of, category, headcount, about=0, period="2018-S1", **kind):
    """One row: staff of a category on a date; `kind` has what is not ordinary of them."""
    totals = dict.fromkeys(("subcategory", "employer", "funding"), TOTAL)
    key = {"category": category, **totals, "measure": "staff_in_post", **kind}
    ends = (headcount, headcount - about, headcount + about)
    return {
        "time_period": period,
        "as_of": as_of,
        **key,
        "indicator": workforce_name(**key),
        **dict(zip(AMOUNTS, ends, strict=True)),
    }


def staff(*rows) -> pl.LazyFrame:
    """The table workforce."""
    frame = pl.LazyFrame(rows, schema_overrides=dict.fromkeys(AMOUNTS, DECIMAL))
    latest = pl.col("as_of").max().over("time_period")
    return frame.with_columns(source_id=pl.lit("report"), latest_as_of=latest)


def by_breakdown(metric, frame, period, *columns):
    """Return what a metric gives, by breakdown; one column as it is, several as a tuple."""
    found = Results.validate(metric(frame, period).collect())
    rows = found.select("breakdown", *columns).rows()
    return {name: rest[0] if len(columns) == 1 else tuple(rest) for name, *rest in rows}


def reported(analysis, *rows, period=Period(2018, 1)):  # noqa: B008 - a period never changes
    """The analysis with other staff figures, and what is compared and projected of them."""
    frame = staff(*rows)
    compared = [
        metric.function(frame, period).collect()
        for name, metric in METRICS.items()
        if metric.table == "workforce" and not name.startswith(_OF_PARTS)
    ]
    results = Results.validate(pl.concat(compared))
    tables = {**analysis.tables, "workforce": frame}
    return dataclasses.replace(analysis, period=period, tables=tables, results=results, passages={})


_OF_PARTS = ("composition", "breakdown_coverage", "not_broken_down")
"""What needs the parts of totals, which a reader works out."""
