"""Every figure of the report: what was printed, and what is computed from it.

`METRICS` is the list of computed indicators, each with its function and the table that it
reads; `FIGURES` names the functions that return what was printed. A new metric is one
function and one entry here, with its labels and its test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import polars as pl

from kao_metrics.labels import TOTAL
from kao_metrics.metrics import (
    category_changes,
    category_concentration,
    complaints,
    escalation,
    reserve_concentration,
    reserve_pace,
    reserve_paths,
    retirement_accounts,
    retirement_reserve,
    services,
    workforce,
    workforce_changes,
    workforce_employers,
    workforce_path,
)
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period

Function = Callable[[pl.LazyFrame, Period], pl.LazyFrame]


class Metric(NamedTuple):
    """A function from a table and a period to results."""

    table: str
    function: Function


FIGURES: Final[dict[str, Function]] = {
    "workforce": workforce.figures,
    "retirement_reserve": retirement_reserve.figures,
    "complaints": complaints.figures,
    "services": services.figures,
}

METRICS: Final[dict[str, Metric]] = {
    "headcount_reduction": Metric("workforce", workforce.headcount_reduction),
    "downsizing_ratio": Metric("workforce", workforce.downsizing_ratio),
    "headcount_compound_rate": Metric("workforce", workforce.headcount_compound_rate),
    "downsizing_contribution_share": Metric("workforce", workforce.downsizing_contribution_share),
    "headcount_change_common": Metric("workforce", workforce_changes.headcount_change_common),
    "headcount_change_shift": Metric("workforce", workforce_changes.headcount_change_shift),
    "headcount_path_stock": Metric("workforce", workforce_path.headcount_path_stock),
    "headcount_thousand_years": Metric("workforce", workforce_path.headcount_thousand_years),
    "employer_share": Metric("workforce", workforce_employers.employer_share),
    "employer_change": Metric("workforce", workforce_employers.employer_change),
    "composition_share": Metric("workforce", workforce.composition_share),
    "breakdown_coverage_share": Metric("workforce", workforce.breakdown_coverage_share),
    "not_broken_down_stock": Metric("workforce", workforce.not_broken_down_stock),
    "reserve_amount_coverage_ratio": Metric(
        "retirement_reserve", retirement_reserve.reserve_amount_coverage_ratio
    ),
    "reserve_account_coverage_ratio": Metric(
        "retirement_reserve", retirement_reserve.reserve_account_coverage_ratio
    ),
    "reserve_remainder_amount_stock": Metric(
        "retirement_reserve", retirement_reserve.reserve_remainder_amount_stock
    ),
    "reserve_accounts_outstanding_stock": Metric(
        "retirement_reserve", retirement_reserve.reserve_accounts_outstanding_stock
    ),
    "reserve_yearly_payment_rate": Metric(
        "retirement_reserve", retirement_reserve.reserve_yearly_payment_rate
    ),
    "reserve_pace_rate": Metric("retirement_reserve", reserve_pace.reserve_pace_rate),
    "reserve_years_to_full_funding_duration": Metric(
        "retirement_reserve", reserve_paths.reserve_years_to_full_funding_duration
    ),
    "reserve_made_up_share": Metric(
        "retirement_accounts", retirement_accounts.reserve_made_up_share
    ),
    "reserve_funded_accounts_share": Metric(
        "retirement_accounts", retirement_accounts.reserve_funded_accounts_share
    ),
    "reserve_gap_concentration_share": Metric(
        "retirement_accounts", retirement_accounts.reserve_gap_concentration_share
    ),
    "reserve_gap_top_fifth_share": Metric(
        "retirement_accounts", reserve_concentration.reserve_gap_top_fifth_share
    ),
    "reserve_gap_gini_index": Metric(
        "retirement_accounts", reserve_concentration.reserve_gap_gini_index
    ),
    "reserve_account_gap_stock": Metric(
        "retirement_accounts", retirement_accounts.reserve_account_gap_stock
    ),
    "complaints_daily_rate": Metric("complaints", complaints.complaints_daily_rate),
    "second_complaint_ratio": Metric("complaints", escalation.second_complaint_ratio),
    "mediation_ratio": Metric("complaints", escalation.mediation_ratio),
    "escalation_change": Metric("complaints", escalation.escalation_change),
    "complaints_share": Metric("complaints", complaints.complaints_share),
    "complaints_rate_change": Metric("complaints", complaints.complaints_rate_change),
    "complaints_category_change": Metric("complaints", category_changes.complaints_category_change),
    "complaints_rank_change": Metric("complaints", category_changes.complaints_rank_change),
    "complaints_concentration": Metric(
        "complaints", category_concentration.complaints_concentration
    ),
    "complaints_top_five_share": Metric(
        "complaints", category_concentration.complaints_top_five_share
    ),
    "selected_archives_share": Metric("services", services.selected_archives_share),
    "award_rate": Metric("services", services.award_rate),
    "open_datasets_change": Metric("services", services.open_datasets_change),
    "part_share": Metric("services", services.part_share),
    "service_change": Metric("services", services.service_change),
}


KEY_FIGURES: Final = {
    "downsizing_ratio": TOTAL,
    "reserve_amount_coverage_ratio": TOTAL,
    "reserve_account_coverage_ratio": TOTAL,
    "complaints_daily_rate": "complaints_first",
    "second_complaint_ratio": TOTAL,
    "mediation_ratio": TOTAL,
    "open_datasets_change": TOTAL,
}
"""What readers look for first: by indicator, its breakdown."""


def compute(tables: Mapping[str, pl.LazyFrame], period: Period, *only: str) -> pl.DataFrame:
    """Compute every figure of a period, or those of some tables only.

    Parameters
    ----------
    tables
        By name, the tables as `kao_metrics.readers.Data.read_all` returns them.
    period
        The period, with its covered days.
    only
        Names of tables; all if left out.

    Returns
    -------
    DataFrame
        The result table: what was printed first, then what is computed, in the order of
        `FIGURES` and `METRICS`.
    """
    wanted = [table for table in FIGURES if not only or table in only]
    printed = [FIGURES[table](tables[table], period) for table in wanted]
    computed = [
        metric.function(tables[metric.table], period)
        for metric in METRICS.values()
        if metric.table in tables and (not only or metric.table in only)
    ]
    return Results.validate(pl.concat(pl.collect_all([*printed, *computed])))


def indicators(tables: Mapping[str, pl.LazyFrame], period: Period, *only: str) -> list[str]:
    """Return the names of a period's figures that come from some tables.

    Parameters
    ----------
    tables, period
        As for `compute`.
    only
        Names of tables.
    """
    printed = [FIGURES[table](tables[table], period) for table in FIGURES if table in only]
    found = pl.collect_all([each.select(pl.col("indicator").unique()) for each in printed])
    computed = [name for name, metric in METRICS.items() if metric.table in only]
    return sorted({name for frame in found for name in frame["indicator"]} | {*computed})
