"""How the gaps of the retirement reserve are spread over its accounts.

A city pays what its accounts lack one account at a time: it matters whether a few of them lack
nearly all of it.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import polars as pl

from kao_metrics.metrics.formulas import Bounded, joined_sources, results
from kao_metrics.metrics.retirement_accounts import newest_accounts
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL
from kao_metrics.statistics.concentration import Concentration, concentration

TOP: Final = Fraction(1, 5)
"""The share of the accounts that are the ones with the largest gaps."""

_MEASURED: Final[dict[str, Any]] = {
    "source_id": pl.String,
    "gini": DECIMAL,
    "accounts_by_total": DECIMAL,
    "top": DECIMAL,
    "total": DECIMAL,
    "missing": pl.String,
}


def reserve_gap_top_fifth_share(retirement_accounts: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return how much of all gaps the fifth of the accounts with the largest gaps has.

    Parameters and source as
    `kao_metrics.metrics.retirement_accounts.reserve_account_gap_stock`.

    Returns
    -------
    LazyFrame
        Results, one row; a fraction. Missing without any gap (``no_denominator``) or with one
        account only (``one_account``); no row without any account.

    Notes
    -----
    A fifth that is no whole number of accounts is rounded up.

    Examples
    --------
    >>> import datetime as dt
    >>> accounts = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 3, "as_of": [dt.date(2017, 12, 31)] * 3,
    ...     "account": ["A", "B", "C"], "source_id": ["report"] * 3,
    ...     "required": [300, 500, 80], "balance": [250, 400, 90],
    ... }, schema_overrides={"required": DECIMAL, "balance": DECIMAL})
    >>> share = reserve_gap_top_fifth_share(accounts, Period(2018, 1)).collect()
    >>> share.select(pl.col("value").cast(float).round(4)).rows()
    [(0.6667,)]
    """
    return _concentrated(
        retirement_accounts, period, "reserve_gap_top_fifth_share", ("top", "total"), "ratio"
    )


def reserve_gap_gini_index(retirement_accounts: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the Gini coefficient of the gaps: 0 if all are equal, near 1 if one has all.

    Parameters, reasons and source as `reserve_gap_top_fifth_share`; one row.
    Accounts without a gap count as accounts.

    Notes
    -----
    See `kao_metrics.statistics.concentration.concentration`.

    Examples
    --------
    >>> import datetime as dt
    >>> accounts = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 3, "as_of": [dt.date(2017, 12, 31)] * 3,
    ...     "account": ["A", "B", "C"], "source_id": ["report"] * 3,
    ...     "required": [300, 500, 80], "balance": [250, 400, 90],
    ... }, schema_overrides={"required": DECIMAL, "balance": DECIMAL})
    >>> gini = reserve_gap_gini_index(accounts, Period(2018, 1)).collect()
    >>> gini.select(pl.col("value").cast(float).round(4)).rows()
    [(0.4444,)]
    """
    return _concentrated(
        retirement_accounts,
        period,
        "reserve_gap_gini_index",
        ("gini", "accounts_by_total"),
        "index",
    )


def _concentrated(
    retirement_accounts: pl.LazyFrame,
    period: Period,
    indicator: str,
    measure: tuple[str, str],
    unit: str,
) -> pl.LazyFrame:
    """Measure how the gaps are spread; without accounts there is no row."""
    frame = (
        newest_accounts(retirement_accounts, period)
        .select(
            joined_sources(),
            pl.struct("account", "gap").implode().alias("gaps"),
            pl.len().alias("accounts"),
        )
        .filter(pl.col("accounts") > 0)
        .map_batches(_measured, schema=_MEASURED)
    )
    part, whole = measure
    return results(
        frame,
        period,
        indicator,
        Bounded.exact(pl.col(part)) / Bounded.exact(pl.col(whole)),
        unit=unit,
        numerator=pl.col(part),
        denominator=pl.col(whole),
        missing=pl.col("missing"),
    )


def _measured(frame: pl.DataFrame) -> pl.DataFrame:
    """Measure the one row of accounts that a frame has, if any."""
    rows: list[dict[str, Any]] = []
    for row in frame.iter_rows(named=True):
        gaps = {each["account"]: each["gap"] for each in row["gaps"]}
        found = concentration(gaps, top=math.ceil(len(gaps) * TOP))
        rows.append({"source_id": row["source_id"], **_sums(found)})
    return pl.DataFrame(rows, schema=_MEASURED)


def _sums(found: Concentration | str) -> dict[str, Any]:
    """Return what the measures are the ratios of, or why there are none."""
    if not isinstance(found, Concentration):
        return {"missing": "one_account" if found == "one_unit" else "no_denominator"}
    scale = found.units * found.total
    return {
        "gini": _decimal(found.gini * scale),
        "accounts_by_total": _decimal(scale),
        "top": _decimal(found.top_share * found.total),
        "total": _decimal(found.total),
    }


def _decimal(exact: Fraction) -> Decimal:
    """Write a sum of amounts, which is a whole number of the last place of a result."""
    return Decimal(exact.numerator) / Decimal(exact.denominator)
