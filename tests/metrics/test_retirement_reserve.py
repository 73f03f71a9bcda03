"""Coverage, what is left and what is due, against arithmetic by hand."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from kao_metrics.metrics import retirement_reserve as reserve
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period
from kao_metrics.printed import bounds
from kao_metrics.schemas import DECIMAL

HALF = Period(2018, 1)


def printed(**figures) -> pl.LazyFrame:
    """Figures as printed, by item; a qualifier stands behind the number: ``"29 nearly"``."""
    rows = []
    for item, text in figures.items():
        number, _, qualifier = text.partition(" ")
        rows.append((f"reserve_{item}", Decimal(number), *bounds(number, qualifier)))
    schema = {"indicator": pl.String, "value": DECIMAL, "lower": DECIMAL, "upper": DECIMAL}
    return pl.LazyFrame(rows, schema=schema, orient="row").with_columns(
        time_period=pl.lit(HALF.code), source_id=pl.lit("report"), unit=pl.lit("account")
    )


def rows_of(metric, frame, *columns):
    return Results.validate(metric(frame, HALF).collect()).select(columns).rows()


def close(found, expected):
    return abs(found - expected) < Decimal("1e-11")


THREE = ("value", "lower", "upper")
MISSING = ("value", "obs_status", "reason")
REPORT = printed(
    initial_shortfall="33.2",
    contributed="29.34",
    outstanding="6.1",
    accounts_funded="518",
    accounts_total="519",
    plan_years="3",
)


def test_the_amount_coverage_is_known_as_well_as_its_amounts_are_printed():
    """29.34 stands for 29.335 to 29.345, 33.2 for 33.15 to 33.25."""
    ((value, lower, upper),) = rows_of(reserve.reserve_amount_coverage_ratio, REPORT, *THREE)
    assert close(value, Decimal("29.34") / Decimal("33.2"))
    assert close(lower, Decimal("29.335") / Decimal("33.25"))
    assert close(upper, Decimal("29.345") / Decimal("33.15"))


def test_the_account_coverage_is_exact():
    columns = ("numerator", "denominator", *THREE)
    (row,) = rows_of(reserve.reserve_account_coverage_ratio, REPORT, *columns)
    assert (*row[:2], *row[3:]) == (518, 519, None, None)
    assert close(row[2], Decimal(518) / 519)


def test_what_is_left_is_the_shortfall_less_the_contributions():
    """33.2 - 29.34 = 3.86, from 33.15 - 29.345 to 33.25 - 29.335."""
    (row,) = rows_of(reserve.reserve_remainder_amount_stock, REPORT, *THREE)
    assert row == (Decimal("3.86"), Decimal("3.805"), Decimal("3.915"))
    assert rows_of(reserve.reserve_accounts_outstanding_stock, REPORT, *THREE) == [(1, None, None)]


def test_even_payments_are_a_scenario_from_either_amount():
    """3.86 / 3 by subtraction; 6.1 / 3 as stated, from 6.05 / 3 to 6.15 / 3."""
    columns = ("breakdown", "obs_status", "reason", *THREE)
    found = rows_of(reserve.reserve_yearly_payment_rate, REPORT, *columns)
    assert [row[:3] for row in found] == [
        ("by_subtraction", "E", "even_payments"),
        ("as_stated", "E", "even_payments"),
    ]
    assert close(found[0][3], Decimal("3.86") / 3)
    assert close(found[1][4], Decimal("6.05") / 3)
    assert found[1][5] == Decimal("2.05")


@pytest.mark.parametrize(
    ("contributed", "shortfall", "bounds_known"),
    [
        ("20 more_than", "40 exact", (True, False)),
        ("20 nearly", "40 exact", (False, True)),
        ("20 exact", "40 at_least", (False, True)),
        ("20 exact", "40 nearly", (True, False)),
        ("20 exact", "40 exact", (False, False)),
    ],
)
def test_a_word_that_leaves_a_figure_open_leaves_one_bound_empty(
    contributed, shortfall, bounds_known
):
    """More than 20 of 40 is more than a half; 20 of at least 40 is at most a half."""
    frame = printed(contributed=contributed, initial_shortfall=shortfall)
    ((value, *ends),) = rows_of(reserve.reserve_amount_coverage_ratio, frame, *THREE)
    half = Decimal("0.5")
    assert value == half
    assert ends == [half if is_known else None for is_known in bounds_known]


@pytest.mark.parametrize(
    ("metric", "missing", "reason"),
    [
        (reserve.reserve_amount_coverage_ratio, "initial_shortfall", "no_denominator"),
        (reserve.reserve_amount_coverage_ratio, "contributed", "no_numerator"),
        (reserve.reserve_account_coverage_ratio, "accounts_total", "no_denominator"),
        (reserve.reserve_account_coverage_ratio, "accounts_funded", "no_numerator"),
    ],
)
def test_a_ratio_says_which_of_its_figures_is_missing(metric, missing, reason):
    frame = REPORT.filter(pl.col("indicator") != f"reserve_{missing}")
    assert rows_of(metric, frame, *MISSING) == [(None, "M", reason)]


@pytest.mark.parametrize(
    ("missing", "by_subtraction", "as_stated"),
    [
        ("plan_years", "no_denominator", "no_denominator"),
        ("contributed", "no_numerator", None),
        ("initial_shortfall", "no_numerator", None),
        ("outstanding", None, "no_numerator"),
    ],
)
def test_a_payment_says_which_of_its_figures_is_missing(missing, by_subtraction, as_stated):
    frame = REPORT.filter(pl.col("indicator") != f"reserve_{missing}")
    found = rows_of(reserve.reserve_yearly_payment_rate, frame, "obs_status", "reason")
    assert found == [
        ("M", reason) if reason else ("E", "even_payments")
        for reason in (by_subtraction, as_stated)
    ]


@pytest.mark.parametrize(
    ("metric", "missing"),
    [
        (reserve.reserve_remainder_amount_stock, "initial_shortfall"),
        (reserve.reserve_remainder_amount_stock, "contributed"),
        (reserve.reserve_accounts_outstanding_stock, "accounts_total"),
        (reserve.reserve_accounts_outstanding_stock, "accounts_funded"),
    ],
)
def test_a_difference_that_lacks_a_figure_is_not_said_to_lack_a_denominator(metric, missing):
    """A subtraction has no denominator that a reader could look for."""
    frame = REPORT.filter(pl.col("indicator") != f"reserve_{missing}")
    ((value, status, reason),) = rows_of(metric, frame, *MISSING)
    assert (value, status) == (None, "M")
    assert reason not in (None, "no_denominator")


def test_a_plan_of_no_years_is_a_missing_denominator():
    frame = printed(initial_shortfall="9", contributed="3", outstanding="5", plan_years="0")
    found = rows_of(reserve.reserve_yearly_payment_rate, frame, *MISSING)
    assert found == [(None, "M", "no_denominator")] * 2


def test_figures_are_as_they_were_printed():
    found = rows_of(reserve.figures, REPORT, "indicator", "breakdown", "value")
    assert found[1] == ("reserve_contributed", "_T", Decimal("29.34"))
    assert len(found) == 6
