"""The figures in which two result tables differ."""

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.metrics.formulas import Results
from kao_metrics.register import Figure
from kao_metrics.restatements import COMPARED, restated_figures

DECIMALS = st.none() | st.decimals(-(10**20), 10**20, places=12)


def result(value, indicator="a", unit="item"):
    """A result of one row."""
    row = {
        "time_period": "2018-S1",
        "indicator": indicator,
        "breakdown": "_T",
        "value": value,
        "unit": unit,
        "obs_status": "M" if value is None else "A",
        "reason": "no_numerator" if value is None else None,
    }
    return pl.DataFrame([row], schema=Results.create_empty().schema)


@given(DECIMALS, DECIMALS)
def test_a_difference_is_exact(was, now):
    found = restated_figures(result(was), result(now))
    assert found.is_empty() == (was == now)
    for row in found.iter_rows(named=True):
        assert (row["value_before"], row["value_after"]) == (was, now)
        assert (row["difference"] is None) == (was is None or now is None)
        if row["difference"] is not None:
            assert Fraction(row["difference"]) == Fraction(now) - Fraction(was)


@pytest.mark.parametrize(
    ("was", "now", "relative"),
    [
        ("3", "4", "0.333333333333"),
        ("3", "5", "0.666666666667"),
        ("-4", "-5", "-0.25"),
        ("-4", "4", "2"),
        ("0", "4", None),
        ("0.000000000001", "1000000000000000", None),
    ],
)
def test_relative_change_is_of_the_size_that_was(was, now, relative):
    found = restated_figures(result(Decimal(was)), result(Decimal(now)))
    assert found["relative"].to_list() == [None if relative is None else Decimal(relative)]


def test_a_difference_that_no_decimal_holds_is_left_out():
    high = Decimal(9 * 10**25)
    row = restated_figures(result(-high), result(high)).row(0, named=True)
    assert (row["difference"], row["value_after"], row["relative"]) == (None, high, 2)


def test_another_unit_is_a_change_without_a_difference():
    after = result(Decimal(3), unit="case")
    row = restated_figures(result(Decimal(2)), after).row(0, named=True)
    assert (row["changed"], row["unit_before"], row["unit_after"]) == ("value unit", "item", "case")
    assert (row["difference"], row["relative"]) == (None, None)


def test_figures_are_in_the_order_of_the_newer_release_and_removed_ones_last():
    before = pl.concat(result(Decimal(1), name) for name in "gab")
    after = pl.concat(result(Decimal(2), name) for name in "bca")
    found = restated_figures(before, after)
    assert found.select("indicator", "kind").rows() == [
        ("b", "changed"),
        ("c", "added"),
        ("a", "changed"),
        ("g", "removed"),
    ]


def test_what_a_missing_value_was_to_be_computed_from_is_no_figure():
    before = result(None).with_columns(numerator=pl.lit(Decimal(1)))
    after = result(None).with_columns(numerator=pl.lit(Decimal(2)))
    assert restated_figures(before, after).is_empty()


def test_a_register_keeps_of_a_figure_what_is_compared():
    assert list(Figure.model_fields) == list(COMPARED)
