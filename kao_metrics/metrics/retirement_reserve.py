"""The labor retirement reserve: how far its shortfall has been made up.

Employers pay into a reserve account for their workers' pensions (Labor Standards Act, art.
56) and make up in the next year what is short (`kao_metrics.law` has the day). The report prints
amounts to 0.1 or 0.01 of a hundred million TWD, so every result carries the interval that
the rounding leaves.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from kao_metrics.metrics.formulas import (
    Bounded,
    lacking,
    of_period,
    results,
    row_of,
    share_of,
)
from kao_metrics.metrics.formulas import figures as printed_figures
from kao_metrics.period import Period

_AMOUNT_UNIT: Final = "hundred_million_twd"
_FIGURES: Final = {
    name: f"reserve_{name}"
    for name in (
        "initial_shortfall",
        "contributed",
        "outstanding",
        "accounts_funded",
        "accounts_total",
        "plan_years",
    )
}


def figures(retirement_reserve: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the reserve's figures as printed: ``reserve_contributed`` ...

    Parameters
    ----------
    retirement_reserve
        Table ``retirement_reserve``; one row an amount or a number of accounts.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, one row a printed figure, in its own unit; breakdown is ``_T``. No value is
        missing: a figure that is not printed has no row.

    Notes
    -----
    Source: the business report, section 5.1(6).

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = figures(report.tables["retirement_reserve"], report.period).collect()
    >>> found.select("indicator", pl.col("value").cast(float)).rows()[:2]
    [('reserve_initial_shortfall', 33.2), ('reserve_contributed', 29.34)]
    """
    return printed_figures(retirement_reserve, period)


def reserve_amount_coverage_ratio(retirement_reserve: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the amount coverage: contributed so far ÷ initial shortfall.

    Parameters as `figures`.

    Returns
    -------
    LazyFrame
        Results, one row; a fraction, with the interval of the printed rounding. Missing where
        the part is not given (``no_numerator``), or the whole is not given or zero
        (``no_denominator``); no row where neither is given.

    Notes
    -----
    The duty to make up the shortfall: Labor Standards Act, art. 56.

    Examples
    --------
    >>> from decimal import Decimal
    >>> reserve = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 3, "source_id": ["report"] * 3,
    ...     "indicator": ["reserve_initial_shortfall", "reserve_contributed", "reserve_plan_years"],
    ...     "value": [Decimal("33.2"), Decimal("29.34"), Decimal(3)],
    ...     "lower": [Decimal("33.15"), Decimal("29.335"), Decimal(3)],
    ...     "upper": [Decimal("33.25"), Decimal("29.345"), Decimal(3)],
    ... })
    >>> ratio = reserve_amount_coverage_ratio(reserve, Period(2018, 1)).collect()
    >>> ratio.select(pl.col("lower", "value", "upper").cast(float).round(3)).rows()
    [(0.882, 0.884, 0.885)]
    """
    return share_of(
        of_period(retirement_reserve, period),
        period,
        "reserve_amount_coverage_ratio",
        "reserve_contributed",
        "reserve_initial_shortfall",
    )


def reserve_account_coverage_ratio(
    retirement_reserve: pl.LazyFrame, period: Period
) -> pl.LazyFrame:
    """Return the account coverage: fully funded accounts ÷ accounts in total.

    Parameters, reasons and source as `reserve_amount_coverage_ratio`; one row, a fraction.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> reserve = report.tables["retirement_reserve"]
    >>> found = reserve_account_coverage_ratio(reserve, report.period).collect()
    >>> found.select(pl.col("value").cast(float).round(4)).rows()
    [(0.9981,)]
    """
    return share_of(
        of_period(retirement_reserve, period),
        period,
        "reserve_account_coverage_ratio",
        "reserve_accounts_funded",
        "reserve_accounts_total",
    )


def reserve_remainder_amount_stock(
    retirement_reserve: pl.LazyFrame, period: Period
) -> pl.LazyFrame:
    """Return what is left by subtraction: initial shortfall − contributed so far.

    Parameters as `figures`.

    Returns
    -------
    LazyFrame
        Results, one row; hundred million TWD, with the interval of the printed rounding.
        Missing where a figure is not given (``no_figure``); no row where the table is empty.

    Notes
    -----
    The report also prints what is outstanding (``reserve_outstanding``); the two need not
    agree, because the text does not say whether they share a base year.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> reserve = report.tables["retirement_reserve"]
    >>> found = reserve_remainder_amount_stock(reserve, report.period).collect()
    >>> found.select(pl.col("lower", "value", "upper").cast(float)).rows()
    [(3.805, 3.86, 3.915)]
    """
    return results(
        _one_row(retirement_reserve, period),
        period,
        "reserve_remainder_amount_stock",
        _remainder(),
        unit=_AMOUNT_UNIT,
        missing="no_figure",
    )


def reserve_accounts_outstanding_stock(
    retirement_reserve: pl.LazyFrame, period: Period
) -> pl.LazyFrame:
    """Return how many accounts are not fully funded: accounts in total − fully funded.

    Parameters and reasons as `reserve_remainder_amount_stock`; one row, accounts.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> reserve = report.tables["retirement_reserve"]
    >>> found = reserve_accounts_outstanding_stock(reserve, report.period).collect()
    >>> found.select(pl.col("value").cast(int), "unit").rows()
    [(1, 'account')]
    """
    return results(
        _one_row(retirement_reserve, period),
        period,
        "reserve_accounts_outstanding_stock",
        Bounded.column("accounts_total") - Bounded.column("accounts_funded"),
        unit="account",
        missing="no_figure",
    )


def reserve_yearly_payment_rate(retirement_reserve: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the even yearly payment that ends the shortfall within the planned years.

    Parameters as `figures`.

    Returns
    -------
    LazyFrame
        Results, two rows; hundred million TWD a year, status E, reason ``even_payments``.
        Breakdown ``by_subtraction`` takes the shortfall minus the contributions, ``as_stated``
        the outstanding amount that the report prints. Missing where that is not given
        (``no_numerator``), or the years are not given or zero (``no_denominator``).

    Notes
    -----
    Outstanding ÷ planned years: a scenario that starts on the last day of the period, not a
    forecast.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> reserve = report.tables["retirement_reserve"]
    >>> found = reserve_yearly_payment_rate(reserve, report.period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(2)).rows()
    [('by_subtraction', 1.29), ('as_stated', 2.03)]
    """
    frame = _one_row(retirement_reserve, period)
    years = Bounded.column("plan_years")
    return pl.concat(
        results(
            frame,
            period,
            "reserve_yearly_payment_rate",
            outstanding / years,
            unit="twd_per_year_hundred_million",
            breakdown=breakdown,
            numerator=outstanding.value,
            denominator=years.value,
            missing=lacking(outstanding),
            status="E",
            reason="even_payments",
        )
        for breakdown, outstanding in (
            ("by_subtraction", _remainder()),
            ("as_stated", Bounded.column("outstanding")),
        )
    )


def _one_row(retirement_reserve: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    return row_of(of_period(retirement_reserve, period), _FIGURES)


def _remainder() -> Bounded:
    return Bounded.column("initial_shortfall") - Bounded.column("contributed")
