"""Concentration: hand-computed indices, and what holds for any values."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.statistics.concentration import Account, LorenzPoint, concentration

UNITS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.integers(0, 10**6), min_size=2, max_size=20
).filter(lambda values: any(values.values()))


def named(*values):
    """Give each value a unit."""
    return {f"unit {number:02}": value for number, value in enumerate(values)}


def test_four_firms_of_the_justice_departments_example_have_2600_points():
    # U.S. Department of Justice, Herfindahl-Hirschman Index: shares of 30, 30, 20 and 20 %.
    found = concentration(named(30, 30, 20, 20))
    assert found.herfindahl * 10_000 == 2600
    assert found.normalised_herfindahl == Fraction(1, 75)  # (0.26 - 0.25) / 0.75


def test_one_two_three_four_are_unequal_by_a_quarter():
    found = concentration(named(4, 1, 3, 2), top=2)
    assert found.units == 4
    assert found.total == 10
    assert found.gini == Fraction(1, 4)  # (-3 * 1 - 1 * 2 + 1 * 3 + 3 * 4) / (4 * 10)
    assert found.herfindahl == Fraction(3, 10)  # (1 + 4 + 9 + 16) / 100
    assert found.lorenz == (
        LorenzPoint(Fraction(0), Fraction(0)),
        LorenzPoint(Fraction(1, 4), Fraction(1, 10)),
        LorenzPoint(Fraction(1, 2), Fraction(3, 10)),
        LorenzPoint(Fraction(3, 4), Fraction(6, 10)),
        LorenzPoint(Fraction(1), Fraction(1)),
    )
    assert found.top == (
        Account("unit 00", Fraction(4), Fraction(4, 10), Fraction(4, 10)),
        Account("unit 02", Fraction(3), Fraction(3, 10), Fraction(7, 10)),
    )
    assert found.top_share == Fraction(7, 10)


def test_one_unit_that_has_all_is_as_concentrated_as_can_be():
    found = concentration(named(0, 0, 7, 0))
    assert (found.herfindahl, found.normalised_herfindahl) == (1, 1)
    assert found.gini == Fraction(3, 4)


def test_equal_units_at_the_end_of_the_top_are_taken_by_name():
    found = concentration({"c": 2, "a": 1, "b": 2, "d": 2}, top=2)
    assert [account.unit for account in found.top] == ["b", "c"]


def test_more_accounts_than_there_are_are_all_of_them():
    found = concentration(named(1, 2, 3), top=9)
    assert len(found.top) == 3
    assert found.top_share == 1


def test_no_account_has_no_share():
    assert concentration(named(1, 2), top=0).top_share == 0


def test_decimals_stay_exact():
    found = concentration({"a": Decimal("0.1"), "b": Decimal("0.2")})
    assert found.total == Fraction(3, 10)
    assert found.gini == Fraction(1, 6)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({}, "no_units"),
        (named(5), "one_unit"),
        (named(0, 0, 0), "all_zero"),
        (named(0), "all_zero"),
        (named(3, -1), "negative_value"),
        (named(Decimal("NaN"), 1), "not_a_number"),
        (named(Decimal("Infinity"), 1), "not_a_number"),
    ],
)
def test_what_has_no_concentration_says_why(values, reason):
    assert concentration(values) == reason


def test_fewer_than_no_account_are_refused():
    with pytest.raises(ValueError, match="-1 units"):
        concentration(named(1, 2), top=-1)


@given(UNITS)
def test_the_indices_keep_their_bounds(values):
    found = concentration(values)
    assert Fraction(1, found.units) <= found.herfindahl <= 1
    assert 0 <= found.normalised_herfindahl <= 1
    assert 0 <= found.gini <= 1 - Fraction(1, found.units)


@given(UNITS)
def test_the_lorenz_curve_is_convex_from_corner_to_corner(values):
    curve = concentration(values).lorenz
    assert (curve[0], curve[-1]) == ((0, 0), (1, 1))
    rises = [after.value - before.value for before, after in pairwise(curve)]
    assert rises == sorted(rises)
    assert {after.units - before.units for before, after in pairwise(curve)} == {
        Fraction(1, len(values))
    }


@given(UNITS)
def test_gini_is_the_area_between_the_lorenz_curve_and_equality(values):
    found = concentration(values)
    under = sum(
        (after.units - before.units) * (after.value + before.value) / 2
        for before, after in pairwise(found.lorenz)
    )
    assert found.gini == 1 - 2 * under


@given(UNITS)
def test_gini_is_the_mean_difference_over_twice_the_mean(values):
    found = concentration(values)
    differences = sum(abs(one - other) for one in values.values() for other in values.values())
    assert found.gini == Fraction(differences) / (2 * found.units * found.total)


@given(st.integers(2, 30), st.integers(1, 10**9))
def test_equal_units_are_not_concentrated(units, value):
    found = concentration(named(*[value] * units))
    assert (found.gini, found.normalised_herfindahl) == (0, 0)
    assert found.herfindahl == Fraction(1, units)


@given(UNITS, st.randoms())
def test_the_order_of_the_units_changes_nothing(values, random):
    items = list(values.items())
    random.shuffle(items)
    assert concentration(dict(items)) == concentration(values)


@given(UNITS, st.fractions("1/1000", 1000))
def test_another_unit_of_measure_changes_no_index(values, scale):
    found = concentration({unit: value * scale for unit, value in values.items()})
    expected = concentration(values)
    assert found.total == expected.total * scale
    assert (found.herfindahl, found.gini) == (expected.herfindahl, expected.gini)
    assert (found.lorenz, found.top_share) == (expected.lorenz, expected.top_share)


@given(UNITS, st.integers(0, 25))
def test_the_top_accounts_add_up_to_their_share(values, top):
    found = concentration(values, top)
    assert sum(account.share for account in found.top) == found.top_share
    assert [account.value for account in found.top] == sorted(values.values(), reverse=True)[:top]
