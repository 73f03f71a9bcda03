"""Which months of complaints stand out from the usual ups and downs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final, NamedTuple

import polars as pl

from kao_metrics.metrics.complaints import covered_months
from kao_metrics.statistics.control_charts import Chart, chart


class MonthlySignals(NamedTuple):
    """A control chart of cases a covered day: its months (first days), a point for each."""

    months: tuple[dt.date, ...]
    chart: Chart


MONTHS: Final = 24
"""Months of a control chart: enough for limits, and few enough to be of one process."""


def monthly_signals(
    complaints: pl.LazyFrame,
    stage: str = "first",
    months: int = MONTHS,
    steps: Collection[dt.date] = (),
) -> MonthlySignals | None:
    """Return the control chart of a stage by month, over the latest months of the table.

    Parameters
    ----------
    complaints
        Table ``complaints``, of one or more periods.
    stage
        A stage.
    months
        How many months, up to the latest that has cases; all if 0.
    steps
        First days of months in which the series is known to have changed.

    Returns
    -------
    MonthlySignals or None
        Cases a covered day; a month between that has no cases of its own is a gap, a month
        that is covered in part is marked. None where cases are not given by month.

    Notes
    -----
    See `kao_metrics.statistics.control_charts.chart`, which picks the kind of chart. Season is
    not taken out, so that a month of the season can stand out every year.

    Examples
    --------
    >>> rows = pl.LazyFrame({
    ...     "row": range(2, 8), "time_period": ["2018-S1"] * 6,
    ...     "covers_from": [dt.date(2018, 1, 16)] * 6, "covers_to": [dt.date(2018, 6, 30)] * 6,
    ...     "month": [dt.date(2018, month, 1) for month in range(1, 7)],
    ...     "stage": ["first"] * 6, "sector": ["_T"] * 6, "category": ["_T"] * 6,
    ...     "value": [160, 290, 300, 310, 290, 300],
    ... }).with_columns(lower="value", upper="value")
    >>> found = monthly_signals(rows)
    >>> [round(point.value, 1) for point in found.chart.points], found.chart.points[0].partial
    ([10.0, 10.4, 9.7, 10.3, 9.4, 10.0], True)
    """
    counted = (
        covered_months(complaints.filter(pl.col("stage") == stage))
        .group_by("month")
        .agg(pl.col("value").cast(pl.Int64).sum().alias("count"), pl.col("days").sum())
        .sort("month")
        .collect()
    )
    if counted.is_empty():
        return None
    whole = pl.col("month").dt.days_in_month()
    every = counted.upsample("month", every="1mo").with_columns(pl.col("days").fill_null(whole))
    every = every.tail(months) if months else every
    partial = every.select(pl.col("days") < whole).to_series()
    shown = tuple(every["month"])
    begun = [index for index, month in enumerate(shown) if index and month in steps]
    counts, days = every["count"].to_list(), every["days"].to_list()
    return MonthlySignals(shown, chart(counts, days, begun, partial=partial.to_list()))
