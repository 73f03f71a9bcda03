"""Accounts of the retirement reserve: gaps by law, coverage and concentration."""

from decimal import Decimal

import polars as pl
import pytest

from kao_metrics.metrics import retirement_accounts as reserve
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL

HALF = Period(2018, 1)
MISSING = ("value", "obs_status", "reason")
RATIOS = [
    reserve.reserve_made_up_share,
    reserve.reserve_funded_accounts_share,
    reserve.reserve_gap_concentration_share,
]


def accounts(*rows):
    """Rows of (year of the last day, account, required, balance, contributed)."""
    names = ["year", "account", "required", "balance", "contributed"]
    padded = [(*row, 0)[: len(names)] for row in rows]
    frame = pl.LazyFrame(padded, schema=names, orient="row")
    return frame.with_columns(
        pl.col("required", "balance", "contributed").cast(DECIMAL),
        as_of=pl.date("year", 12, 31),
        time_period=pl.lit(HALF.code),
        source_id=pl.lit("report"),
    )


def rows_of(metric, frame, *columns):
    return Results.validate(metric(frame, HALF).collect()).select(columns).rows()


def close(found, expected):
    return abs(found - expected) < Decimal("1e-11")


def test_the_gap_of_an_account_is_what_it_lacks_at_the_newest_date():
    """500 - 400 = 100; 300 - 250 = 50; a balance of 90 for 80 lacks nothing."""
    frame = accounts(
        (2016, "A", 900, 0), (2017, "A", 300, 250), (2017, "B", 500, 400), (2017, "C", 80, 90)
    )
    assert rows_of(reserve.reserve_account_gap_stock, frame, "breakdown", "value", "unit") == [
        ("B", 100, "twd"),
        ("A", 50, "twd"),
        ("C", 0, "twd"),
    ]
    columns = ("numerator", "denominator", "value")
    ((largest, whole, share),) = rows_of(reserve.reserve_gap_concentration_share, frame, *columns)
    assert (largest, whole) == (100, 150)
    assert close(share, Decimal(100) / 150)


def test_an_account_passes_or_its_gap_is_due_by_the_day_that_the_law_sets():
    """Held at the end of 2017, due on 31 March 2018; what is lacking is 50, nothing, nothing."""
    frame = accounts((2017, "A", 300, 250), (2017, "B", 80, 80), (2017, "C", 80, 90))
    found = reserve.account_tests(frame, HALF)
    assert [(each.account, each.passes, each.gap) for each in found] == [
        ("A", False, 50),
        ("B", True, 0),
        ("C", True, 0),
    ]
    assert {(str(each.as_of), str(each.due)) for each in found} == {("2017-12-31", "2018-03-31")}
    assert rows_of(reserve.reserve_account_gap_stock, frame, "breakdown", "reason") == [
        ("A", "gap_is_due"),
        ("B", "account_passes"),
        ("C", "account_passes"),
    ]


def test_before_the_duty_nothing_is_due_by_law():
    frame = accounts((2014, "A", 300, 250), (2014, "B", 80, 90))
    assert [each.due for each in reserve.account_tests(frame, HALF)] == [None, None]
    found = rows_of(reserve.reserve_account_gap_stock, frame, "value", "reason")
    assert found == [(50, None), (0, None)]


def test_the_order_of_the_accounts_changes_nothing():
    rows = [(2017, "A", 300, 250), (2017, "B", 500, 400), (2017, "C", 80, 90), (2017, "D", 60, 10)]
    one, other = accounts(*rows), accounts(*rows[::-1])
    assert reserve.account_tests(one, HALF) == reserve.account_tests(other, HALF)
    for metric in (reserve.reserve_account_gap_stock, *RATIOS):
        columns = ("breakdown", "value", "reason")
        assert rows_of(metric, one, *columns) == rows_of(metric, other, *columns)


def test_without_any_gap_there_is_no_concentration():
    frame = accounts((2017, "A", 300, 300), (2017, "B", 80, 90))
    found = rows_of(reserve.reserve_gap_concentration_share, frame, *MISSING)
    assert found == [(None, "M", "no_denominator")]


def test_amount_coverage_is_what_was_made_up_of_what_was_short():
    """A: 100 paid, 50 short; B: 200 paid, 100 short; C: nothing short. 300 of 450."""
    frame = accounts((2017, "A", 300, 250, 100), (2017, "B", 500, 400, 200), (2017, "C", 80, 90, 0))
    columns = ("numerator", "denominator", "value")
    ((paid, short, share),) = rows_of(reserve.reserve_made_up_share, frame, *columns)
    assert (paid, short) == (300, 450)
    assert close(share, Decimal(300) / 450)


def test_account_coverage_counts_the_accounts_without_a_gap():
    """C only, of A, B and C."""
    frame = accounts((2017, "A", 300, 250), (2017, "B", 500, 400), (2017, "C", 80, 90))
    columns = ("numerator", "denominator")
    assert rows_of(reserve.reserve_funded_accounts_share, frame, *columns) == [(1, 3)]


def test_where_nothing_was_ever_short_there_is_no_amount_coverage():
    frame = accounts((2017, "A", 300, 300), (2017, "B", 80, 90))
    found = rows_of(reserve.reserve_made_up_share, frame, *MISSING)
    assert found == [(None, "M", "no_denominator")]


@pytest.mark.parametrize("metric", RATIOS, ids=lambda metric: metric.__name__)
def test_without_accounts_there_is_no_row(metric):
    none = accounts((2017, "A", 1, 1)).clear()
    assert reserve.account_tests(none, HALF) == []
    assert rows_of(metric, none, "value") == []
    assert rows_of(reserve.reserve_account_gap_stock, none, "value") == []
