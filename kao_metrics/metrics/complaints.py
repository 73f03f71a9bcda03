"""Consumer complaints: counts, rates and shares of the three stages.

A complaint goes to the business first (first complaint), to the consumer ombudsman if that
fails (second complaint), and then to mediation. The stages are a funnel: they are never
added up. Periods cover different days, so counts are compared as rates a covered day.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from kao_metrics.breakdowns import fold
from kao_metrics.labels import TOTAL
from kao_metrics.metrics.formulas import (
    NOTHING,
    Bounded,
    joined_sources,
    of_period,
    results,
    sources_of_both,
)
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL
from kao_metrics.statistics.rates import compared

_UNIT: Final = "item"
_KEY: Final = ("time_period", "covers_from", "covers_to", "stage", "indicator")


def figures(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the cases of each stage, in total and by sector and category where known.

    Parameters
    ----------
    complaints
        Table ``complaints``; cases, one row a stage, sector, category and month.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, one row a stage and breakdown (``_T``, a sector or a category); cases of
        ``complaints_first``, ``complaints_second``, ``mediations``. Months are added up. No
        value is missing: what is not counted has no row.

    Notes
    -----
    Source: the business report, section 6.2.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = figures(report.tables["complaints"], report.period).collect()
    >>> found.select("indicator", pl.col("value").cast(int)).rows()
    [('complaints_first', 2052), ('complaints_second', 542), ('mediations', 68)]
    """
    frame = of_period(complaints, period)
    return pl.concat(
        results(
            counts,
            period,
            pl.col("indicator"),
            Bounded.printed(),
            unit=_UNIT,
            breakdown=pl.col("breakdown"),
        )
        for counts in (stage_counts(frame), _parts(frame, "sector"), _parts(frame, "category"))
    )


def complaints_daily_rate(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the cases of each stage a covered day: cases ÷ covered days.

    Parameters as `figures`; one row a stage, breakdown is the stage's count. Both ends of the
    covered days are counted; no value is missing.

    Examples
    --------
    >>> from decimal import Decimal
    >>> import datetime as dt
    >>> half = Period(2018, 1).covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))
    >>> rows = pl.LazyFrame({
    ...     "row": [2, 3, 4], "time_period": ["2018-S1"] * 3, "source_id": ["report"] * 3,
    ...     "covers_from": [half.covers_from] * 3, "covers_to": [half.covers_to] * 3,
    ...     "stage": ["first", "second", "mediation"], "sector": ["_T"] * 3,
    ...     "indicator": ["complaints_first", "complaints_second", "mediations"],
    ...     "category": ["_T"] * 3, "month": [None] * 3,
    ...     "value": [Decimal(2052), Decimal(542), Decimal(68)],
    ... }, schema_overrides={"month": pl.Date}).with_columns(lower="value", upper="value")
    >>> rates = complaints_daily_rate(rows, half).collect()
    >>> rates.select("breakdown", pl.col("value").cast(float).round(1)).rows()
    [('complaints_first', 12.4), ('complaints_second', 3.3), ('mediations', 0.4)]
    """
    days = Bounded.exact(pl.col("days"))
    return results(
        stage_counts(of_period(complaints, period)),
        period,
        "complaints_daily_rate",
        Bounded.printed() / days,
        unit="per_day",
        breakdown=pl.col("indicator"),
        numerator=pl.col("value"),
        denominator=days.value,
    )


def complaints_share(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of each sector and category in the cases of its stage.

    Parameters as `figures`.

    Returns
    -------
    LazyFrame
        Results, one row a stage and sector or category; a fraction: its cases ÷ the stage's.
        Breakdown is the stage's count and the code, with a point between. Missing where the
        stage has no cases (``no_denominator``); no rows where nothing is broken down.

    Examples
    --------
    >>> import datetime as dt
    >>> rows = pl.LazyFrame({
    ...     "row": [2, 3], "time_period": ["2018-S1"] * 2, "source_id": ["report"] * 2,
    ...     "covers_from": [dt.date(2018, 1, 16)] * 2, "covers_to": [dt.date(2018, 6, 30)] * 2,
    ...     "stage": ["first"] * 2, "indicator": ["complaints_first"] * 2,
    ...     "sector": ["_T", "goods"], "category": ["_T"] * 2, "month": [None] * 2,
    ...     "value": [100, 60],
    ... }, schema_overrides={"value": DECIMAL}).with_columns(lower="value", upper="value")
    >>> shares = complaints_share(rows, Period(2018, 1)).collect()
    >>> shares.select("breakdown", pl.col("value").cast(float)).rows()
    [('complaints_first.goods', 0.6)]
    """
    frame = of_period(complaints, period)
    whole = stage_counts(frame).select("stage", whole="value")
    return pl.concat(
        results(
            _parts(frame, dimension).join(whole, on="stage", maintain_order="left"),
            period,
            "complaints_share",
            Bounded.exact(pl.col("value")) / Bounded.exact(pl.col("whole")),
            unit="ratio",
            breakdown=pl.format("{}.{}", "indicator", "breakdown"),
            numerator=pl.col("value"),
            denominator=pl.col("whole"),
        )
        for dimension in ("sector", "category")
    )


def complaints_rate_change(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return how the rate a covered day changed, with a 95 % interval.

    Parameters
    ----------
    complaints
        Table ``complaints``, with the rows of earlier periods beside those of this one.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, one row a stage and comparison; a fraction, a fall is negative. Breakdown is
        the stage's count and ``previous`` (the half-year before) or ``same_half_last_year``,
        with a point between. Missing where there is no earlier period
        (``no_earlier_period``), or its count is zero (``no_denominator``).

    Notes
    -----
    (Cases ÷ covered days) ÷ (cases then ÷ covered days then) − 1. The interval is that of
    `kao_metrics.statistics.rates.compared`, less 1: exact for Poisson counts, wider where the
    months of the two periods vary more than such counts do.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = complaints_rate_change(report.tables["complaints"], report.period).collect()
    >>> found.select("breakdown", "value", "reason").rows()[:1]
    [('complaints_first.previous', None, 'no_earlier_period')]
    """
    counts = stage_counts(complaints).join(
        _months(complaints), on=["time_period", "stage"], how="left", maintain_order="left"
    )
    now = counts.filter(pl.col("time_period") == period.code)
    earlier = (
        ("previous", period.previous.code),
        ("same_half_last_year", period.same_half_last_year.code),
    )
    return pl.concat(
        results(
            _beside(now, counts.filter(pl.col("time_period") == code)).with_columns(_bounds()),
            period,
            "complaints_rate_change",
            Bounded(pl.col("ratio") - 1, pl.col("lower_ratio") - 1, pl.col("upper_ratio") - 1),
            unit="ratio",
            breakdown=pl.format(f"{{}}.{name}", "indicator"),
            numerator=pl.col("value"),
            denominator=pl.col("value_then"),
            missing=pl.when(pl.col("value_then").is_null())
            .then(pl.lit("no_earlier_period"))
            .otherwise(pl.lit("no_denominator")),
        )
        for name, code in earlier
    )


def stage_counts(complaints: pl.LazyFrame) -> pl.LazyFrame:
    """Return the cases of each stage and period, whatever they are broken down by.

    Parameters
    ----------
    complaints
        Table ``complaints``, of one or more periods.

    Returns
    -------
    LazyFrame
        ``time_period``, ``covers_from``, ``covers_to``, ``stage``, ``indicator`` (the stage's
        count), ``value`` with its bounds, ``source_id``, ``days`` (covered).

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> found = stage_counts(analyse("107H1").tables["complaints"]).collect()
    >>> found.select("stage", pl.col("value", "days").cast(int)).rows()
    [('first', 2052, 166), ('second', 542, 166), ('mediation', 68, 166)]
    """
    frame = _by_month(complaints)
    folded = fold(frame, ("category", "sector", "month"), _KEY)
    return _described(folded, frame).with_columns(breakdown=pl.lit(TOTAL))


def monthly_counts(complaints: pl.LazyFrame, stage: str = "first") -> pl.LazyFrame:
    """Return the cases of a stage by month, whatever else they are broken down by.

    Parameters
    ----------
    complaints
        Table ``complaints``, of one or more periods.
    stage
        A stage.

    Returns
    -------
    LazyFrame
        ``month`` (its first day), ``value`` (cases), in the order of months; no rows where
        cases are not given by month.

    Examples
    --------
    >>> import datetime as dt
    >>> rows = pl.LazyFrame({
    ...     "row": [2, 3, 4], "month": [dt.date(2018, month, 1) for month in (3, 2, 2)],
    ...     "stage": ["first"] * 3, "sector": ["_T", "goods", "services"],
    ...     "category": ["_T"] * 3, "value": [9, 5, 2],
    ... }).with_columns(lower="value", upper="value")
    >>> monthly_counts(rows).collect()["value"].to_list()
    [7, 9]
    """
    monthly = complaints.filter(pl.col("month").is_not_null(), pl.col("stage") == stage)
    return fold(monthly, ("category", "sector"), ("month",)).select("month", "value").sort("month")


def covered_months(complaints: pl.LazyFrame) -> pl.LazyFrame:
    """Return the cases of each stage by period and month, with the days of it that are covered.

    Parameters
    ----------
    complaints
        Table ``complaints``, of one or more periods.

    Returns
    -------
    LazyFrame
        ``time_period``, ``stage``, ``month`` (its first day), ``value`` (cases), ``days``; no
        rows where cases are not given by month.

    Examples
    --------
    >>> import datetime as dt
    >>> rows = pl.LazyFrame({
    ...     "row": [2], "time_period": ["2018-S1"], "covers_from": [dt.date(2018, 1, 16)],
    ...     "covers_to": [dt.date(2018, 6, 30)], "month": [dt.date(2018, 1, 1)],
    ...     "stage": ["first"], "sector": ["_T"], "category": ["_T"], "value": [160],
    ... }).with_columns(lower="value", upper="value")
    >>> covered_months(rows).select("value", "days").collect().rows()
    [(160, 16)]
    """
    key = ("time_period", "covers_from", "covers_to", "stage", "month")
    monthly = complaints.filter(pl.col("month").is_not_null())
    first = pl.max_horizontal("month", "covers_from")
    last = pl.min_horizontal(pl.col("month").dt.month_end(), "covers_to")
    return fold(monthly, ("category", "sector"), key).select(
        "time_period", "stage", "month", "value", days=(last - first).dt.total_days() + 1
    )


def _parts(complaints: pl.LazyFrame, dimension: str) -> pl.LazyFrame:
    """Count the cases of each stage by one dimension, the others folded away."""
    frame = _by_month(complaints)
    others = [name for name in ("category", "sector", "month") if name != dimension]
    folded = fold(frame, others, [*_KEY, dimension]).filter(pl.col(dimension) != TOTAL)
    return _described(folded, frame).with_columns(breakdown=pl.col(dimension))


def _by_month(complaints: pl.LazyFrame) -> pl.LazyFrame:
    return complaints.with_columns(month=pl.col("month").cast(pl.String).fill_null(TOTAL))


def _described(folded: pl.LazyFrame, frame: pl.LazyFrame) -> pl.LazyFrame:
    sources = frame.group_by(_KEY).agg(joined_sources())
    days = (pl.col("covers_to") - pl.col("covers_from")).dt.total_days() + 1
    return folded.join(sources, on=list(_KEY), maintain_order="left").with_columns(
        days=days.cast(DECIMAL)
    )


def _months(complaints: pl.LazyFrame) -> pl.LazyFrame:
    """List the cases and covered days of each month, by period and stage."""
    months = pl.struct(pl.col("value").cast(pl.Int64), "days").alias("months")
    covered = covered_months(complaints).with_columns(months)
    return covered.group_by("time_period", "stage").agg("months")


def _beside(now: pl.LazyFrame, then: pl.LazyFrame) -> pl.LazyFrame:
    columns = {"value": "value_then", "days": "days_then", "months": "months_then"}
    both = now.join(
        then.select("stage", "source_id", *columns).rename(
            {"source_id": "source_id_then", **columns}
        ),
        on="stage",
        how="left",
        maintain_order="left",
    )
    rate = pl.col("value") / pl.col("days")
    rate_then = pl.col("value_then") / pl.col("days_then")
    return both.with_columns(
        ratio=pl.when(pl.col("value_then") > 0).then(
            rate / pl.when(pl.col("value_then") > 0).then(rate_then)
        ),
        source_id=sources_of_both(),
    )


def _bounds() -> list[pl.Expr]:
    """Bound the ratio of the two rates, where there are earlier cases."""
    names = ("value", "days", "months", "value_then", "days_then", "months_then")
    ends = pl.struct(names).map_elements(
        _ends, return_dtype=pl.Struct({"lower": pl.Float64, "upper": pl.Float64})
    )
    return [
        pl.when(pl.col("value_then") > 0)
        .then(ends.struct.field(end).cast(DECIMAL))
        .otherwise(NOTHING)
        .alias(f"{end}_ratio")
        for end in ("lower", "upper")
    ]


def _ends(row: dict[str, Any]) -> dict[str, float | None]:
    if row["value_then"] is None:
        return {"lower": None, "upper": None}
    months = [
        (period, month["value"], month["days"])
        for period, name in ((1, "months"), (0, "months_then"))
        for month in row[name] or ()
    ]
    # Months that are not all of a period's cases say nothing of how its cases vary.
    totals = (row["value"], row["value_then"])
    sums = (sum(count for of, count, _ in months if of == period) for period in (1, 0))
    is_whole = all(total == found for total, found in zip(totals, sums, strict=True))
    now, days, then, days_then = (
        int(row[name]) for name in ("value", "days", "value_then", "days_then")
    )
    found = compared(now, days, then, days_then, months if is_whole else ())
    return {"lower": found.lower, "upper": found.upper}
