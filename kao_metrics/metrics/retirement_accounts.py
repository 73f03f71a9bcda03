"""The retirement reserve account by account: what each lacks, by law and in all.

An employer compares, at the end of each year, the balance of its account with the benefits
of those who become eligible in the next, and makes up the gap in the next year (Labor
Standards Act, art. 56 para. 2; `kao_metrics.law` has the day). Reports seldom print accounts;
where a period has the table, its results stand beside those of the printed totals.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from kao_metrics.law import RESERVE_TOP_UP, first, rule
from kao_metrics.metrics.formulas import Bounded, joined_sources, of_period, results
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL


class AccountTest(NamedTuple):
    """The test of an account by law: what it lacks on a day, and by when that is due."""

    account: str
    as_of: dt.date
    gap: Decimal
    due: dt.date | None

    @property
    def passes(self) -> bool:
        """Whether nothing is lacking."""
        return not self.gap


def account_tests(retirement_accounts: pl.LazyFrame, period: Period) -> list[AccountTest]:
    """Hold each account against the law of its day, largest gap first.

    Parameters and source as `reserve_account_gap_stock`. Before the duty took effect nothing
    is due: then ``due`` is None.

    Examples
    --------
    >>> accounts = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 2, "as_of": [dt.date(2017, 12, 31)] * 2,
    ...     "account": ["A", "B"], "source_id": ["report"] * 2,
    ...     "required": [300, 500], "balance": [250, 500],
    ... }, schema_overrides={"required": DECIMAL, "balance": DECIMAL})
    >>> [(each.account, each.passes, str(each.due)) for each in
    ...  account_tests(accounts, Period(2018, 1))]
    [('A', False, '2018-03-31'), ('B', True, '2018-03-31')]
    """
    found = newest_accounts(retirement_accounts, period).select("account", "as_of", "gap").collect()
    tests = []
    for account, as_of, gap in found.iter_rows():
        law = rule(RESERVE_TOP_UP, as_of)
        due = None if law is None else law.due_after(as_of)
        tests.append(AccountTest(account, as_of, gap, due))
    return tests


def reserve_account_gap_stock(retirement_accounts: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the statutory gap of each account, which is due in the next year.

    Parameters
    ----------
    retirement_accounts
        Table ``retirement_accounts``; TWD, one row an account and date.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, one row an account at the newest date, largest gap first; TWD. Breakdown is
        the account, reason ``account_passes`` or ``gap_is_due`` once the duty is in force; no
        value is missing.

    Notes
    -----
    Gap = benefits of those who become eligible next year (``required``) − balance at the end
    of the year, not below zero (Labor Standards Act, art. 56 para. 2).

    Examples
    --------
    >>> import datetime as dt
    >>> accounts = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 3, "as_of": [dt.date(2017, 12, 31)] * 3,
    ...     "account": ["A", "B", "C"], "source_id": ["report"] * 3,
    ...     "required": [300, 500, 80], "balance": [250, 400, 90],
    ... }, schema_overrides={"required": DECIMAL, "balance": DECIMAL})
    >>> gaps = reserve_account_gap_stock(accounts, Period(2018, 1)).collect()
    >>> gaps.select("breakdown", pl.col("value").cast(int)).rows()
    [('B', 100), ('A', 50), ('C', 0)]
    """
    verdict = (
        pl.when(pl.col("gap") > 0).then(pl.lit("gap_is_due")).otherwise(pl.lit("account_passes"))
    )
    return results(
        newest_accounts(retirement_accounts, period),
        period,
        "reserve_account_gap_stock",
        Bounded.exact(pl.col("gap")),
        unit="twd",
        breakdown=pl.col("account"),
        reason=pl.when(pl.col("as_of") >= first(RESERVE_TOP_UP).in_force).then(verdict),
    )


def reserve_gap_concentration_share(
    retirement_accounts: pl.LazyFrame, period: Period
) -> pl.LazyFrame:
    """Return how much of all gaps the account with the largest gap has.

    Parameters and source as `reserve_account_gap_stock`.

    Returns
    -------
    LazyFrame
        Results, one row; a fraction: largest gap ÷ sum of the gaps. Missing without any gap
        (``no_denominator``); no row without any account.

    Examples
    --------
    >>> import datetime as dt
    >>> accounts = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 2, "as_of": [dt.date(2017, 12, 31)] * 2,
    ...     "account": ["A", "B"], "source_id": ["report"] * 2,
    ...     "required": [300, 500], "balance": [250, 400],
    ... }, schema_overrides={"required": DECIMAL, "balance": DECIMAL})
    >>> share = reserve_gap_concentration_share(accounts, Period(2018, 1)).collect()
    >>> share.select(pl.col("value").cast(float).round(4)).rows()
    [(0.6667,)]
    """
    return _ratio(
        retirement_accounts,
        period,
        "reserve_gap_concentration_share",
        pl.col("gap").max(),
        pl.col("gap").sum(),
    )


def reserve_funded_accounts_share(
    retirement_accounts: pl.LazyFrame, period: Period
) -> pl.LazyFrame:
    """Return the account coverage from the accounts: accounts without a gap ÷ accounts.

    Parameters and source as `reserve_account_gap_stock`; one row, a fraction; no row without
    any account.

    Examples
    --------
    >>> import datetime as dt
    >>> accounts = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 2, "as_of": [dt.date(2017, 12, 31)] * 2,
    ...     "account": ["A", "B"], "source_id": ["report"] * 2,
    ...     "required": [300, 500], "balance": [300, 400],
    ... }, schema_overrides={"required": DECIMAL, "balance": DECIMAL})
    >>> share = reserve_funded_accounts_share(accounts, Period(2018, 1)).collect()
    >>> share.select(pl.col("value").cast(float)).rows()
    [(0.5,)]
    """
    return _ratio(
        retirement_accounts,
        period,
        "reserve_funded_accounts_share",
        (pl.col("gap") == 0).sum(),
        pl.len(),
    )


def reserve_made_up_share(retirement_accounts: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the amount coverage from the accounts: contributed ÷ (contributed + gaps).

    What was contributed and what is still short together are the initial shortfall, so this
    is `reserve_amount_coverage_ratio` computed from the accounts. Parameters and source as
    `reserve_account_gap_stock`; one row, a fraction; missing where nothing was ever short
    (``no_denominator``); no row without any account.

    Examples
    --------
    >>> import datetime as dt
    >>> accounts = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 2, "as_of": [dt.date(2017, 12, 31)] * 2,
    ...     "account": ["A", "B"], "source_id": ["report"] * 2,
    ...     "required": [300, 500], "balance": [300, 400], "contributed": [100, 200],
    ... }, schema_overrides=dict.fromkeys(("required", "balance", "contributed"), DECIMAL))
    >>> share = reserve_made_up_share(accounts, Period(2018, 1)).collect()
    >>> share.select(pl.col("value").cast(float)).rows()
    [(0.75,)]
    """
    contributed = pl.col("contributed").sum()
    return _ratio(
        retirement_accounts,
        period,
        "reserve_made_up_share",
        contributed,
        contributed + pl.col("gap").sum(),
    )


def _ratio(
    retirement_accounts: pl.LazyFrame,
    period: Period,
    indicator: str,
    part: pl.Expr,
    whole: pl.Expr,
) -> pl.LazyFrame:
    """Divide two sums over all accounts; without accounts there is no row."""
    frame = (
        newest_accounts(retirement_accounts, period)
        .select(
            joined_sources(),
            part.cast(DECIMAL).alias("part"),
            whole.cast(DECIMAL).alias("whole"),
            pl.len().alias("accounts"),
        )
        .filter(pl.col("accounts") > 0)
    )
    return results(
        frame,
        period,
        indicator,
        Bounded.exact(pl.col("part")) / Bounded.exact(pl.col("whole")),
        unit="ratio",
        numerator=pl.col("part"),
        denominator=pl.col("whole"),
    )


def newest_accounts(retirement_accounts: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the accounts of a period at the newest date with their ``gap``, largest first."""
    newest = of_period(retirement_accounts, period).filter(pl.col("as_of") == pl.col("as_of").max())
    gap = (pl.col("required") - pl.col("balance")).clip(lower_bound=pl.lit(0, dtype=DECIMAL))
    return newest.with_columns(gap=gap).sort("gap", "account", descending=[True, False])
