"""How the gaps are spread over the accounts, against arithmetic by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from reserve_tables import HALF, accounts

from kao_metrics.metrics.formulas import Results
from kao_metrics.metrics.reserve_concentration import (
    reserve_gap_gini_index,
    reserve_gap_top_fifth_share,
)

BOTH = (reserve_gap_gini_index, reserve_gap_top_fifth_share)
SIX = {"A": 0, "B": 100, "C": 200, "D": 300, "E": -50, "F": 400}


def rows_of(metric, frame, *columns):
    return Results.validate(metric(frame, HALF).collect()).select(columns).rows()


def close(found, expected):
    return abs(found - expected) < Decimal("1e-11")


def test_the_gini_coefficient_counts_accounts_without_a_gap():
    """Gaps 0, 0, 100, 200, 300, 400 with weights -5, -3, -1, 1, 3, 5: 3,000 of 6 × 1,000."""
    columns = ("numerator", "denominator", "value", "unit")
    assert rows_of(reserve_gap_gini_index, accounts(**SIX), *columns) == [
        (3000, 6000, Decimal("0.5"), "index")
    ]


def test_a_fifth_of_six_accounts_are_the_two_with_the_largest_gaps():
    columns = ("numerator", "denominator", "value")
    found = rows_of(reserve_gap_top_fifth_share, accounts(**SIX), *columns)
    assert found == [(700, 1000, Decimal("0.7"))]


def test_a_fifth_of_five_accounts_is_one():
    five = dict(list(SIX.items())[1:])
    assert rows_of(reserve_gap_top_fifth_share, accounts(**five), "numerator") == [(400,)]


@pytest.mark.parametrize("metric", BOTH)
def test_the_order_of_the_accounts_changes_nothing(metric):
    reverse = dict(reversed(SIX.items()))
    columns = ("value", "numerator", "denominator", "source_ids")
    assert rows_of(metric, accounts(**reverse), *columns) == rows_of(
        metric, accounts(**SIX), *columns
    )


@pytest.mark.parametrize("metric", BOTH)
@pytest.mark.parametrize(
    ("gaps", "reason"), [({"A": 0, "B": -5}, "no_denominator"), ({"A": 7}, "one_account")]
)
def test_where_nothing_can_be_concentrated_it_is_said_why(metric, gaps, reason):
    found = rows_of(metric, accounts(**gaps), "value", "obs_status", "reason")
    assert found == [(None, "M", reason)]


@pytest.mark.parametrize("metric", BOTH)
def test_without_accounts_there_is_no_row(metric):
    assert rows_of(metric, accounts(), "value") == []


def test_third_parts_keep_the_digits_of_a_result():
    """Gaps 1 and 2: the second has two thirds, and the Gini coefficient is a sixth."""
    frame = accounts(A=1, B=2)
    ((share,),) = rows_of(reserve_gap_top_fifth_share, frame, "value")
    ((gini,),) = rows_of(reserve_gap_gini_index, frame, "value")
    assert close(share, Decimal(2) / 3)
    assert close(gini, Decimal(1) / 6)
