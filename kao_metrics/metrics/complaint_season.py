"""What comes back every year in complaints, and how they change without it."""

from __future__ import annotations

import polars as pl

from kao_metrics.metrics.complaints import covered_months
from kao_metrics.statistics.season import MonthCount, Reason, Season, season


def complaint_season(complaints: pl.LazyFrame, stage: str = "first") -> Season | Reason:
    """Split the cases of a stage by month into trend, season and remainder.

    Parameters
    ----------
    complaints
        Table ``complaints``, of all periods up to the analysed one.
    stage
        A stage.

    Returns
    -------
    Season or str
        The parts, or the code of the reason that there are none. Months of several periods
        are added up, as are their covered days.

    Notes
    -----
    See `kao_metrics.statistics.season.season`. A series of fewer than 36 months is told apart
    before anything slow is loaded.

    Examples
    --------
    >>> import datetime as dt
    >>> months = [dt.date(year, month, 1) for year in (2015, 2016, 2017) for month in range(1, 13)]
    >>> rows = pl.LazyFrame({
    ...     "row": range(2, 38), "time_period": ["2017-S2"] * 36,
    ...     "covers_from": [months[0]] * 36, "covers_to": [dt.date(2017, 12, 31)] * 36,
    ...     "month": months, "stage": ["first"] * 36, "sector": ["_T"] * 36,
    ...     "category": ["_T"] * 36, "value": [930 if m.month == 7 else 310 for m in months],
    ... }).with_columns(lower="value", upper="value")
    >>> found = complaint_season(rows)
    >>> found.verdict, round(found.pattern[6] / found.pattern[4], 6)
    ('cannot_tell', 3.0)
    >>> complaint_season(rows.head(30))
    'fewer_than_36_months'
    """
    counted = (
        covered_months(complaints.filter(pl.col("stage") == stage))
        .group_by("month")
        .agg(pl.col("value").cast(pl.Int64).sum(), pl.col("days").sum())
        .sort("month")
        .collect()
    )
    return season(MonthCount(*row) for row in counted.iter_rows())
