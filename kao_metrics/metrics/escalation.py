"""Escalation: how many cases a later stage of complaints has for each case of the one before.

Both stages are counted in the same period. So a ratio is of two flows and does not follow
one group of complaints: a second complaint can belong to a first one of an earlier period,
and the ratio can exceed 1. Its interval is one of chance and no printed rounding.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from kao_metrics.metrics.complaints import stage_counts
from kao_metrics.metrics.formulas import (
    NOTHING,
    Bounded,
    of_period,
    results,
    row_of,
    sources_of_both,
)
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL
from kao_metrics.statistics.proportions import proportion, proportion_difference

RATIOS: Final = {
    "second_complaint_ratio": ("complaints_second", "complaints_first"),
    "mediation_ratio": ("mediations", "complaints_second"),
}
"""By ratio, the counts of the later stage and of the one before."""

EXCEEDS: Final = "later_stage_exceeds_earlier"
"""The reason of a ratio without an interval: some of its cases began in an earlier period."""

_EARLIER: Final = ("previous", "same_half_last_year")
_ENDS: Final = pl.Struct({"lower": pl.Float64, "upper": pl.Float64})


def second_complaint_ratio(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the escalation to the second stage: second complaints ÷ first complaints.

    Parameters
    ----------
    complaints
        Table ``complaints``; cases, one row a stage, sector, category and month.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, one row; a fraction with Wilson's 95 % interval. Missing where the later
        stage is not given (``no_numerator``), or the earlier one is not given or zero
        (``no_denominator``); no row where neither is given. Where the later stage has more
        cases, there is no interval, and a reason (``later_stage_exceeds_earlier``).

    Notes
    -----
    Source: the business report, section 6.2. The interval is that of
    `kao_metrics.statistics.proportions.proportion`. It takes the later cases for a part of
    the earlier ones; as some belong to an earlier period, it is an approximation.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = second_complaint_ratio(report.tables["complaints"], report.period).collect()
    >>> found.select(pl.col("lower", "value", "upper").cast(float).round(4)).rows()
    [(0.2455, 0.2641, 0.2836)]
    """
    return _ratio(complaints, period, "second_complaint_ratio")


def mediation_ratio(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the escalation to mediation: mediations ÷ second complaints.

    Parameters, columns and reasons as `second_complaint_ratio`.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = mediation_ratio(report.tables["complaints"], report.period).collect()
    >>> found.select(pl.col("lower", "value", "upper").cast(float).round(4)).rows()
    [(0.1002, 0.1255, 0.156)]
    """
    return _ratio(complaints, period, "mediation_ratio")


def escalation_change(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return by how many percentage points each escalation ratio changed, with an interval.

    Parameters
    ----------
    complaints
        Table ``complaints``, with the rows of earlier periods beside those of this one.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, one row a ratio and comparison; percentage points, a fall is negative.
        Breakdown is the ratio and ``previous`` (the half-year before) or
        ``same_half_last_year``, with a point between. Missing where there is no earlier
        period (``no_earlier_period``) or one of the two ratios is missing (reasons as
        `second_complaint_ratio`); no row where this period gives neither stage.

    Notes
    -----
    The ratio now less the ratio then, with Newcombe's interval at 95 %; see
    `kao_metrics.statistics.proportions.proportion_difference`. It shows a rise where the
    whole interval is above 0 and a fall where it is below. Where one of the ratios exceeds
    1, the change has no interval and shows nothing (``later_stage_exceeds_earlier``).

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = escalation_change(report.tables["complaints"], report.period).collect()
    >>> found.select("breakdown", "value", "reason").rows()[:1]
    [('second_complaint_ratio.previous', None, 'no_earlier_period')]
    """
    periods = {"now": period, **{against: getattr(period, against) for against in _EARLIER}}
    wanted = pl.col("time_period").is_in([each.code for each in periods.values()])
    # Counted once: in one plan with what follows it would be counted for every row.
    counts = stage_counts(complaints.filter(wanted)).collect().lazy()
    found = {
        (when, ratio): row_of(of_period(counts, each), _columns(ratio))
        for when, each in periods.items()
        for ratio in RATIOS
    }
    return pl.concat(
        _change(found["now", ratio], found[against, ratio], period, f"{ratio}.{against}")
        for ratio in RATIOS
        for against in _EARLIER
    )


def wilson(count: str, total: str) -> Bounded:
    """Return the ratio of two columns of counts, with Wilson's interval at 95 %.

    Parameters
    ----------
    count, total
        Names of columns, each with its bounds beside it, as `Bounded.column` takes them.

    Returns
    -------
    Bounded
        Without bounds where the count exceeds the total, or one of the two is not exactly
        known: then chance is not all that is open.
    """
    ratio = Bounded.column(count) / Bounded.column(total)
    known = [
        (pl.col(name) == pl.col(f"{name}_{end}")).fill_null(value=False)
        for name in (count, total)
        for end in ("lower", "upper")
    ]
    ends = pl.struct(count=count, total=total).map_elements(_wilson, return_dtype=_ENDS)
    lower, upper = (
        pl.when(*known).then(ends.struct.field(end).cast(DECIMAL)).otherwise(NOTHING)
        for end in ("lower", "upper")
    )
    return Bounded(ratio.value, lower, upper)


def _wilson(row: dict[str, Any]) -> dict[str, float | None]:
    if row["count"] is None or row["total"] is None:
        return {"lower": None, "upper": None}
    found = proportion(int(row["count"]), int(row["total"]))
    return {"lower": found.lower, "upper": found.upper}


def _columns(ratio: str) -> dict[str, str]:
    return dict(zip(("part", "whole"), RATIOS[ratio], strict=True))


def _ratio(complaints: pl.LazyFrame, period: Period, indicator: str) -> pl.LazyFrame:
    counts = of_period(stage_counts(complaints), period)
    part, whole = pl.col("part"), pl.col("whole")
    return results(
        row_of(counts, _columns(indicator)),
        period,
        indicator,
        wilson("part", "whole"),
        unit="ratio",
        numerator=part,
        denominator=whole,
        missing=_lacking("part"),
        reason=pl.when(part > whole).then(pl.lit(EXCEEDS)),
    )


def _change(now: pl.LazyFrame, then: pl.LazyFrame, period: Period, breakdown: str) -> pl.LazyFrame:
    names = ("part", "whole", "source_id")
    both = now.join(
        then.select(pl.col(name).alias(f"{name}_then") for name in names),
        how="left",
        on=pl.lit(value=True),
    ).with_columns(source_id=sources_of_both())
    columns = ("part", "whole", "part_then", "whole_then")
    ends = pl.struct(columns).map_elements(_newcombe, return_dtype=_ENDS)
    points, points_then = (
        pl.when(pl.col(f"whole{when}") > 0).then(
            pl.col(f"part{when}") * 100 / pl.when(pl.col(f"whole{when}") > 0).then(f"whole{when}")
        )
        for when in ("", "_then")
    )
    is_unknown = pl.all_horizontal(pl.col("part_then", "whole_then").is_null())
    lacks_now = pl.col("part").is_null() | (pl.col("whole").fill_null(0) == 0)
    exceeds = (pl.col("part") > pl.col("whole")) | (pl.col("part_then") > pl.col("whole_then"))
    return results(
        both.with_columns(ends=ends),
        period,
        "escalation_change",
        Bounded(
            points - points_then,
            *(pl.col("ends").struct.field(end).cast(DECIMAL) * 100 for end in ("lower", "upper")),
        ),
        unit="percentage_point",
        breakdown=breakdown,
        missing=pl.when(is_unknown)
        .then(pl.lit("no_earlier_period"))
        .when(lacks_now)
        .then(_lacking("part"))
        .otherwise(_lacking("part_then")),
        reason=pl.when(exceeds).then(pl.lit(EXCEEDS)),
    )


def _newcombe(row: dict[str, Any]) -> dict[str, float | None]:
    if None in row.values():
        return {"lower": None, "upper": None}
    counts = (int(row[name]) for name in ("part", "whole", "part_then", "whole_then"))
    found = proportion_difference(*counts)
    return {"lower": found.lower, "upper": found.upper}


def _lacking(part: str) -> pl.Expr:
    """Say which of its two counts a missing ratio lacks."""
    is_missing = pl.col(part).is_null()
    return pl.when(is_missing).then(pl.lit("no_numerator")).otherwise(pl.lit("no_denominator"))
