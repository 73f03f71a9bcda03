"""Which categories of complaints moved between two periods, and by how many cases a day."""

from __future__ import annotations

import polars as pl

from kao_metrics.breakdowns import fold
from kao_metrics.labels import TOTAL
from kao_metrics.period import Period
from kao_metrics.statistics.contributions import Contributions, contributions


def category_changes(
    complaints: pl.LazyFrame,
    period: Period,
    earlier: Period,
    stage: str = "first",
    most: int | None = None,
) -> Contributions | None:
    """Return what each category adds to the change of the daily rate, the largest first.

    Parameters
    ----------
    complaints
        Table ``complaints``, with the rows of both periods.
    period, earlier
        The periods, of which only the codes count; the table has the covered days.
    stage
        A stage.
    most
        How many categories to tell apart; all if left out.

    Returns
    -------
    Contributions or None
        Exact fractions of cases a day, which add up to the whole change; None where one of
        the periods has no cases by category.

    Notes
    -----
    Cases now ÷ covered days now − cases then ÷ covered days then, by category; see
    `kao_metrics.statistics.contributions`. A category without cases in one of the periods is
    new or gone there, also where the source only gave it another name.

    Examples
    --------
    >>> import datetime as dt
    >>> half, before = Period(2018, 1), Period(2017, 2)
    >>> rows = pl.LazyFrame({
    ...     "row": [2, 3, 4], "time_period": ["2018-S1", "2018-S1", "2017-S2"],
    ...     "covers_from": [half.start, half.start, before.start],
    ...     "covers_to": [half.end, half.end, before.end],
    ...     "stage": ["first"] * 3, "sector": ["_T"] * 3, "category": ["food", "travel", "food"],
    ...     "month": [None] * 3, "value": [362, 181, 184],
    ... }, schema_overrides={"month": pl.Date}).with_columns(lower="value", upper="value")
    >>> found = category_changes(rows, half, before)
    >>> [(each.category, int(each.change), each.status) for each in found.parts]
    [('food', 1, 'kept'), ('travel', 1, 'new')]
    """
    keys = ["time_period", "covers_from", "covers_to", "category"]
    months = pl.col("month").cast(pl.String).fill_null(TOTAL)
    frame = complaints.filter(pl.col("stage") == stage).with_columns(month=months)
    counts = fold(frame, ("sector", "month"), keys).filter(pl.col("category") != TOTAL).collect()
    days = (pl.col("covers_to") - pl.col("covers_from")).dt.total_days() + 1
    both = []
    for code in (period.code, earlier.code):
        found = counts.filter(pl.col("time_period") == code).select("category", "value", days=days)
        if found.is_empty():
            return None
        cases = {category: int(value) for category, value, _ in found.iter_rows()}
        both.append((cases, int(found["days"][0])))
    (now, days_now), (then, days_then) = both
    result = contributions(now, days_now, then, days_then, most=most)
    return result if isinstance(result, Contributions) else None
