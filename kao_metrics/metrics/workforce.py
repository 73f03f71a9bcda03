"""Workforce downsizing: staff at the merger of city and county against staff now.

The baseline is the earliest date in the table (2010-12-25, the day of the merger); now is
the latest. A category is compared where both dates have it in the same measure: staff in
post and budgeted posts differ by some ten per cent, and mixing them would look like
downsizing.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from kao_metrics.labels import STAFF_IN_POST, TOTAL
from kao_metrics.metrics.formulas import (
    ONE,
    Bounded,
    joined_sources,
    of_period,
    results,
    sources_of_both,
)
from kao_metrics.metrics.formulas import figures as printed_figures
from kao_metrics.metrics.workforce_series import compared_dates
from kao_metrics.period import Period

_KEY: Final = ("category", "subcategory", "employer", "funding", "measure")
_DAYS_A_YEAR: Final = 365.25
_UNIT: Final = "person"
_BESIDE: Final = "|"
_TOO_LARGE: Final = 10**20
"""No rate is as large, but that of a change within days to a year; no result could hold it."""


def figures(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the staff figures as printed: ``frontline_total``, ``frontline_baseline`` ...

    Parameters as `composition_share`. One row a kind of staff at the latest date, and one at the
    earliest under a name with ``_baseline``; persons; breakdown ``_T``; never missing.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = figures(report.tables["workforce"], report.period).collect()
    >>> found.select("indicator", pl.col("value").cast(int)).rows()[-3:-1]
    [('frontline_baseline', 8462), ('temporary_baseline', 3462)]
    """
    frame = of_period(workforce, period)
    first, last = pl.col("as_of").min(), pl.col("as_of").max()
    at_end = frame.filter((pl.col("as_of") == last) | (pl.col("as_of") == first))
    name = (
        pl.when(pl.col("as_of") == pl.col("latest_as_of"))
        .then(pl.col("indicator"))
        .otherwise(pl.format("{}_baseline", pl.col("indicator").str.strip_suffix("_total")))
    )
    return printed_figures(at_end, period, indicator=name, unit=_UNIT)


def headcount_reduction(
    workforce: pl.LazyFrame, period: Period, baseline: dt.date | None = None
) -> pl.LazyFrame:
    """Return by how many persons each category fell: baseline − now.

    Parameters, rows and source as `downsizing_ratio`; persons, a fall is positive. Missing only
    where a date lacks the category (``no_baseline``, ``no_current``).

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = headcount_reduction(report.tables["workforce"], report.period).collect()
    >>> found.select("breakdown", pl.col("value").cast(int)).rows()[:2]
    [('frontline', 1657), ('temporary', 1054)]
    """
    frame = _compared(workforce, period, baseline)
    value = Bounded.column("baseline") - Bounded.column("current")
    return results(
        frame,
        period,
        "headcount_reduction",
        value,
        unit=_UNIT,
        breakdown=pl.col("breakdown"),
        missing=_missing(),
        **_flags(),
    )


def downsizing_ratio(
    workforce: pl.LazyFrame, period: Period, baseline: dt.date | None = None
) -> pl.LazyFrame:
    """Return the downsizing ratio of each category: (baseline − now) ÷ baseline.

    Parameters
    ----------
    workforce
        Table ``workforce``; persons, one row a kind of staff and date.
    period
        The period of the report.
    baseline
        The date to compare with; the earliest in the table if left out.

    Returns
    -------
    LazyFrame
        Results; a row a category that either date has, a row a subcategory that both have, and
        ``_T`` for the categories together. The value is a fraction; a fall is positive. It is
        missing where a date lacks the category, or ``_T`` any of them (``no_baseline``,
        ``no_current``), or the baseline is zero (``no_denominator``). Where the definition of
        a category changed in between, the status is B and the reason ``across_break``.

    Notes
    -----
    Source of the definition: the business report, section 5.1(4)2.

    Examples
    --------
    >>> from decimal import Decimal
    >>> staff = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 3, "measure": ["staff_in_post"] * 3,
    ...     "as_of": [dt.date(2010, 12, 25), dt.date(2018, 4, 1), dt.date(2018, 4, 1)],
    ...     "category": ["frontline", "frontline", "temporary"], "subcategory": ["_T"] * 3,
    ...     "employer": ["_T"] * 3, "funding": ["_T"] * 3, "source_id": ["report"] * 3,
    ...     "indicator": ["frontline_total", "frontline_total", "temporary_total"],
    ...     "latest_as_of": [dt.date(2018, 4, 1)] * 3,
    ...     "value": [Decimal(8462), Decimal(6805), Decimal(2408)],
    ... }).with_columns(lower="value", upper="value")
    >>> ratios = downsizing_ratio(staff, Period(2018, 1)).collect()
    >>> ratios.select("breakdown", pl.col("value").cast(float).round(4), "reason").rows()
    [('frontline', 0.1958, None), ('temporary', None, 'no_baseline'), ('_T', None, 'no_baseline')]
    """
    frame = _compared(workforce, period, baseline)
    before, now = Bounded.column("baseline"), Bounded.column("current")
    return results(
        frame,
        period,
        "downsizing_ratio",
        ONE - now / before,
        unit="ratio",
        breakdown=pl.col("breakdown"),
        numerator=before.value - now.value,
        denominator=before.value,
        missing=_missing(),
        **_flags(),
    )


def headcount_compound_rate(
    workforce: pl.LazyFrame, period: Period, baseline: dt.date | None = None
) -> pl.LazyFrame:
    """Return the compound yearly rate of change: (now ÷ baseline)^(365.25 ÷ days) − 1.

    Parameters, rows and reasons as `downsizing_ratio`; a fall is negative. Missing also where a
    change within days makes a rate beyond all bounds (``no_pace``). ``numerator`` and
    ``denominator`` are the two headcounts, days those between the dates.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = headcount_compound_rate(report.tables["workforce"], report.period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(4)).rows()[:2]
    [('frontline', -0.0295), ('temporary', -0.0487)]
    """
    frame = _compared(workforce, period, baseline)
    ratio = Bounded.column("current") / Bounded.column("baseline")
    exponent = _DAYS_A_YEAR / pl.col("days")

    def rate(expr: pl.Expr) -> pl.Expr:
        found = expr.cast(pl.Float64).pow(exponent) - 1
        return pl.when(found < _TOO_LARGE).then(found)

    return results(
        frame,
        period,
        "headcount_compound_rate",
        Bounded(rate(ratio.value), rate(ratio.lower), rate(ratio.upper)),
        unit="ratio",
        breakdown=pl.col("breakdown"),
        numerator=pl.col("current"),
        denominator=pl.col("baseline"),
        missing=pl.when((pl.col("baseline") > 0) & pl.col("current").is_not_null())
        .then(pl.lit("no_pace"))
        .otherwise(_missing()),
        **_flags(),
    )


def downsizing_contribution_share(
    workforce: pl.LazyFrame, period: Period, baseline: dt.date | None = None
) -> pl.LazyFrame:
    """Return what each category contributes to the whole reduction; they add up to 1.

    Parameters and source as `downsizing_ratio`; one row a category, a fraction: its reduction ÷
    that of all. The numerators add up to the denominator exactly. Missing where a date lacks the
    category, or the whole reduction is not known or not above zero (``no_denominator``).

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = downsizing_contribution_share(report.tables["workforce"], report.period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(4)).rows()
    [('frontline', 0.6112), ('temporary', 0.3888)]
    """
    frame = _compared(workforce, period, baseline)
    reduction = pl.col("baseline") - pl.col("current")
    is_whole = pl.col("category").is_null()
    whole = reduction.filter(is_whole).first().over("measure")
    is_broken = pl.col("is_broken").filter(is_whole).first().over("measure")
    return results(
        frame.with_columns(reduction=reduction, whole=whole, is_broken=is_broken).filter(
            pl.col("subcategory").is_null() & pl.col("category").is_not_null()
        ),
        period,
        "downsizing_contribution_share",
        Bounded.exact(pl.col("reduction")) / Bounded.exact(pl.col("whole")),
        unit="ratio",
        breakdown=pl.col("breakdown"),
        numerator=pl.col("reduction"),
        denominator=pl.col("whole"),
        missing=_missing(),
        **_flags(),
    )


def composition_share(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of each kind of staff in all staff at the report's date.

    Parameters as `downsizing_ratio`, without a baseline.

    Returns
    -------
    LazyFrame
        Results, one row a kind of staff, breakdown its name; a fraction. Missing where there is
        no staff (``no_denominator``). Kinds overlap (a category and its subcategories): only
        rows of one level add up.

    Notes
    -----
    Kind ÷ all staff in the same measure, as printed or else the categories added up.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = composition_share(report.tables["workforce"], report.period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(4)).rows()[:2]
    [('frontline_agencies', 0.6495), ('frontline_schools', 0.0891)]
    """
    now = _on(of_period(workforce, period), pl.col("as_of").max())
    whole = (
        now.filter(_is_category_total() & (pl.col("category") != TOTAL))
        .group_by("measure")
        .agg(pl.col("value").sum().alias("whole"))
    )
    given = now.filter(pl.col("category") == TOTAL).select("measure", given="value")
    frame = (
        now.filter(pl.col("category") != TOTAL)
        .join(whole, on="measure", how="left", maintain_order="left")
        .join(given, on="measure", how="left", maintain_order="left")
        .with_columns(whole=pl.coalesce("given", "whole"))
    )
    return results(
        frame,
        period,
        "composition_share",
        Bounded.printed() / Bounded.exact(pl.col("whole")),
        unit="ratio",
        breakdown=pl.col("indicator"),
        numerator=pl.col("value"),
        denominator=pl.col("whole"),
    )


def not_broken_down_stock(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return how many persons of each total are in none of its parts: total − parts.

    Parameters as `composition_share`; persons, breakdown the total's name; never missing.
    Rows only for totals at the report's date whose parts leave a rest.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = not_broken_down_stock(report.tables["workforce"], report.period).collect()
    >>> found.select("breakdown", pl.col("lower", "value", "upper").cast(int)).rows()
    [('temporary_other', 326, 330, 334)]
    """
    frame = _with_parts(workforce, period).filter(pl.col("parts") != pl.col("value"))
    return results(
        frame,
        period,
        "not_broken_down_stock",
        Bounded.printed() - Bounded.column("parts"),
        unit=_UNIT,
        breakdown=pl.col("indicator"),
    )


def breakdown_coverage_share(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of each total that its parts explain: parts ÷ total.

    Parameters and reasons as `composition_share`; a fraction, breakdown the total's name.
    Rows for totals at the report's date that have parts.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = breakdown_coverage_share(report.tables["workforce"], report.period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(4)).rows()[2:4]
    [('temporary_other', 0.761), ('temporary_total', 1.0)]
    """
    return results(
        _with_parts(workforce, period),
        period,
        "breakdown_coverage_share",
        Bounded.column("parts") / Bounded.printed(),
        unit="ratio",
        breakdown=pl.col("indicator"),
        numerator=pl.col("parts"),
        denominator=pl.col("value"),
    )


def _with_parts(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    now = _on(of_period(workforce, period), pl.col("as_of").max())
    return now.filter(pl.col("parts").is_not_null())


def _compared(workforce: pl.LazyFrame, period: Period, baseline: dt.date | None) -> pl.LazyFrame:
    """Set each kind of staff at the baseline beside the same kind now, and both in total."""
    frame = of_period(workforce, period)
    first = pl.col("as_of").min() if baseline is None else pl.lit(baseline)
    then = _on(frame, first).filter(pl.col("as_of") < pl.col("latest_as_of"))
    now = _on(frame, pl.col("as_of").max())
    both = now.join(then, on=_KEY, how="full", coalesce=True, suffix="_then").select(
        *_KEY,
        *_three("current", ""),
        *_three("baseline", "_then"),
        days=(pl.col("as_of") - pl.col("as_of_then")).dt.total_days(),
        breakdown=pl.coalesce("indicator", "indicator_then"),
        source_id=sources_of_both(),
    )
    kinds = both.filter(pl.col("category") != TOTAL)
    of_category = kinds.filter(_is_category_total())
    whole = (
        of_category.group_by("measure")
        .agg(
            *(
                pl.when(pl.col(name).is_null().any())
                .then(None)
                .otherwise(pl.col(name).sum())
                .alias(name)
                for name in _COMPARED
            ),
            pl.col("days").max(),
            joined_sources(),
        )
        .with_columns(
            breakdown=pl.when(pl.col("measure") == STAFF_IN_POST)
            .then(pl.lit(TOTAL))
            .otherwise(pl.col("measure"))
        )
    )
    is_shown = pl.col("employer") == TOTAL
    at_both = pl.col("baseline").is_not_null() & pl.col("current").is_not_null()
    both = pl.concat(
        [
            of_category.with_columns(
                subcategory=pl.lit(None, pl.String),
                breakdown=pl.col("breakdown").str.strip_suffix("_total"),
            ).sort("category"),
            kinds.filter(is_shown & ~_is_category_total() & at_both).sort("breakdown"),
            whole.with_columns(subcategory=pl.lit(None, pl.String)),
        ],
        how="diagonal_relaxed",
    )
    kind = pl.concat_str("measure", pl.col("category").fill_null(TOTAL), separator=_BESIDE)
    return both.with_columns(is_broken=kind.is_in(_broken(workforce, period, baseline)))


def _broken(workforce: pl.LazyFrame, period: Period, baseline: dt.date | None) -> list[str]:
    """Name the categories, by measure, whose definition changed since the baseline."""
    dates = compared_dates(workforce, period)
    first = dates.earlier[""] if dates else None
    if dates is None or first is None:
        return []
    broken = dates.broken_since(baseline or first.as_of)
    return [_BESIDE.join((kind.measure, kind.category)) for kind in broken]


def _flags() -> dict[str, pl.Expr]:
    """Flag what is compared across a break in the definition: it stands, and says so."""
    is_broken = pl.col("is_broken")
    return {
        "status": pl.when(is_broken).then(pl.lit("B")).otherwise(pl.lit("A")),
        "reason": pl.when(is_broken).then(pl.lit("across_break")),
    }


def _on(frame: pl.LazyFrame, date: pl.Expr) -> pl.LazyFrame:
    return frame.filter(pl.col("as_of") == date)


_COMPARED: Final = tuple(
    f"{name}{end}" for name in ("current", "baseline") for end in ("", "_lower", "_upper")
)


def _three(name: str, suffix: str) -> list[pl.Expr]:
    return [
        pl.col(f"{what}{suffix}").alias(f"{name}{end}")
        for what, end in (("value", ""), ("lower", "_lower"), ("upper", "_upper"))
    ]


def _is_category_total() -> pl.Expr:
    return pl.all_horizontal(pl.col("subcategory", "employer", "funding") == TOTAL)


def _missing() -> pl.Expr:
    return (
        pl.when(pl.col("baseline").is_null())
        .then(pl.lit("no_baseline"))
        .when(pl.col("current").is_null())
        .then(pl.lit("no_current"))
        .otherwise(pl.lit("no_denominator"))
    )
