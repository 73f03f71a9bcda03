"""Bounded arithmetic against brute force, and the form of the result table."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.metrics import FIGURES, METRICS
from kao_metrics.metrics.formulas import (
    ONE,
    Bounded,
    Results,
    figures,
    joined_sources,
    of_period,
    results,
    row_of,
)
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL, TABLES

HALF = Period(2018, 1)
ENDS = ("", "_lower", "_upper")


def frame_of(**bounded) -> pl.LazyFrame:
    """Lay values out as (value, lower, upper) in one row, None for a bound that is not known."""
    cells = {
        f"{name}{end}": pl.Series([each], dtype=DECIMAL)
        for name, three in bounded.items()
        for end, each in zip(ENDS, three, strict=True)
    }
    return pl.LazyFrame({**cells, "source_id": ["report"]})


def evaluated(bounded, **columns):
    value = frame_of(**columns).select(
        value=bounded.value, lower=bounded.lower, upper=bounded.upper
    )
    return value.collect().row(0)


A, B = Bounded.column("a"), Bounded.column("b")


def number(least):
    return st.decimals(least, 1_000_000, places=3)


def value_and_bounds(least):
    return (
        st.tuples(*[number(least)] * 3)
        .map(sorted)
        .map(lambda three: (three[1], three[0], three[2]))
    )


@given(a=value_and_bounds(-1_000_000), b=value_and_bounds(-1_000_000))
def test_sums_and_differences_reach_from_the_lowest_corner_to_the_highest(a, b):
    for bounded, operation in ((A + B, Decimal.__add__), (A - B, Decimal.__sub__)):
        corners = [operation(left, right) for left, right in product(a, b)]
        expected = (operation(a[0], b[0]), min(corners), max(corners))
        assert evaluated(bounded, a=a, b=b) == expected


@given(a=value_and_bounds(-1_000_000), b=value_and_bounds(1))
def test_quotients_reach_from_the_lowest_corner_to_the_highest(a, b):
    corners = [left / right for left, right in product(a, b)]
    expected = (a[0] / b[0], min(corners), max(corners))
    found = evaluated(A / B, a=a, b=b)
    assert all(abs(x - y) < Decimal("1e-11") for x, y in zip(found, expected, strict=True))


@pytest.mark.parametrize("divisor", [0, -2, None])
def test_a_divisor_that_is_not_positive_gives_nothing(divisor):
    three = (divisor, divisor, divisor)
    assert evaluated(A / B, a=(1, 1, 1), b=three) == (None, None, None)


def test_a_divisor_that_can_be_zero_leaves_the_top_open():
    """1 ÷ (0 to 2) is at least 0.5, and there is no most."""
    assert evaluated(A / B, a=(1, 1, 1), b=(1, 0, 2)) == (1, Decimal("0.5"), None)


@pytest.mark.parametrize(
    ("bounded", "a", "expected"),
    [
        (A / B, (20, 20, None), (5, 5, None)),
        (A / B, (20, None, 20), (5, None, 5)),
        (B / A, (2, 2, None), (2, None, 2)),
        (B / A, (2, None, 2), (2, 2, None)),
        (A + B, (20, 20, None), (24, 24, None)),
        (A - B, (20, None, 20), (16, None, 16)),
        (B - A, (1, 1, None), (3, None, 3)),
        (ONE - A, (1, None, 1), (0, 0, None)),
    ],
)
def test_a_bound_that_is_not_known_leaves_one_end_open(bounded, a, expected):
    """More than 20 over 4 is more than 5; 4 over more than 2 is less than 2."""
    assert evaluated(bounded, a=a, b=(4, 4, 4)) == expected


def test_a_value_that_is_exact_has_no_bounds_in_the_result_table():
    frame = frame_of(a=(3, 3, 3))
    row = results(frame, HALF, "award_rate", A, unit="ratio").collect().row(0, named=True)
    assert (row["value"], row["lower"], row["upper"]) == (3, None, None)
    assert (row["obs_status"], row["reason"], row["source_ids"]) == ("A", None, "report")
    assert (row["time_period"], row["breakdown"]) == ("2018-S1", "_T")


def test_a_value_with_one_bound_keeps_it():
    frame = frame_of(a=(200, 200, None))
    row = results(frame, HALF, "luncheon_guests", A, unit="person").collect().row(0, named=True)
    assert (row["value"], row["lower"], row["upper"]) == (200, 200, None)


def test_a_missing_value_has_a_reason_and_no_bounds():
    frame = frame_of(a=(None, 1, 2))
    found = results(
        frame, HALF, "award_rate", A, unit="ratio", missing="no_numerator", reason="even_payments"
    ).collect()
    assert Results.validate(found).select(
        "value", "lower", "upper", "obs_status", "reason"
    ).rows() == [(None, None, None, "M", "no_numerator")]


def test_a_value_that_is_absent_without_a_reason_is_no_result():
    found = results(frame_of(a=(None, None, None)), HALF, "award_rate", A, unit="ratio").collect()
    _, failure = Results.filter(found.with_columns(reason=pl.lit(None, pl.String)))
    assert failure.counts() == {"a_missing_value_has_a_reason": 1}


@pytest.mark.parametrize(
    ("table", "function"),
    [*FIGURES.items(), *((metric.table, metric.function) for metric in METRICS.values())],
    ids=[*FIGURES, *METRICS],
)
def test_an_empty_table_gives_an_empty_well_formed_result(table, function):
    found = function(TABLES[table].create_empty().lazy(), HALF).collect()
    assert Results.validate(found).is_empty()


def indicators(*rows) -> pl.LazyFrame:
    """Rows of (period, indicator, value, source)."""
    names = ["time_period", "indicator", "value", "source_id"]
    frame = pl.LazyFrame(rows, schema=names, orient="row").cast({"value": DECIMAL})
    return frame.with_columns(lower="value", upper="value", unit=pl.lit("case"))


def test_only_the_figures_of_the_period_are_printed():
    frame = indicators(
        ("2018-S1", "security_audits", 16, "x"), ("2017-S2", "security_audits", 9, "x")
    )
    assert of_period(frame, HALF).select("value").collect().rows() == [(16,)]
    assert figures(frame, HALF).select("indicator", "value", "unit").collect().rows() == [
        ("security_audits", 16, "case")
    ]


def test_single_figures_are_laid_side_by_side_with_their_sources():
    frame = indicators(("", "a", 1, "y"), ("", "b", 2, "x"), ("", "c", 3, "z"), ("", "a2", 4, "x"))
    row = row_of(frame, {"one": "a", "two": "b", "none": "d"}).collect().row(0, named=True)
    assert (row["one"], row["two_lower"], row["none"], row["source_id"]) == (1, 2, None, "x;y")


def test_without_any_of_the_figures_there_is_no_row():
    assert row_of(indicators(("", "a", 1, "x")), {"none": "d"}).collect().is_empty()


def test_sources_are_named_once_and_in_order():
    frame = pl.DataFrame({"source_id": ["b", None, "a", "b"]})
    assert frame.select(joined_sources()).item() == "a;b"
