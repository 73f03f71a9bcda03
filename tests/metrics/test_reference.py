"""Other governments' ratios: only where both figures are given, with what is not comparable."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from kao_metrics.metrics.reference import reference_ratios
from kao_metrics.schemas import DECIMAL, Reference


def published(*rows) -> pl.LazyFrame:
    """Rows of (place, period, indicator, value, lower, upper)."""
    names = ["place", "period", "indicator", "value", "lower", "upper"]
    frame = pl.LazyFrame(rows, schema=names, orient="row")
    frame = frame.cast(dict.fromkeys(("value", "lower", "upper"), DECIMAL))
    return frame.with_columns(scope=pl.lit("whole_year"), source_id=pl.lit("news"))


def close(found, expected):
    return abs(found - expected) < Decimal("1e-11")


def test_each_ratio_is_of_one_place_and_period():
    frame = published(
        ("taipei", "2015", "complaints_first", 200, 200, 200),
        ("taipei", "2016", "complaints_first", 100, 100, 100),
        ("taipei", "2016", "complaints_second", 50, 50, 50),
        ("taipei", "2016", "mediations", 5, 5, 5),
        ("tainan", "2016", "complaints_second", 10, 10, 10),
    )
    columns = ["indicator", "place", "period", "numerator", "denominator", "value", "scope"]
    assert reference_ratios(frame).select(columns).collect().rows() == [
        ("second_complaint_ratio", "taipei", "2016", 50, 100, Decimal("0.5"), "whole_year"),
        ("mediation_ratio", "taipei", "2016", 5, 50, Decimal("0.1"), "whole_year"),
    ]


def test_stages_of_complaints_have_a_confidence_interval():
    """1 of 2: ½ ± ½ √(3.841459 ÷ (2 + 3.841459)), as of any two counts."""
    frame = published(
        ("taipei", "2016", "complaints_first", 2, 2, 2),
        ("taipei", "2016", "complaints_second", 1, 1, 1),
    )
    row = reference_ratios(frame).collect().row(0, named=True)
    assert abs(float(row["lower"]) - 0.0945312) < 1e-6
    assert abs(float(row["upper"]) - 0.9054688) < 1e-6


@pytest.mark.parametrize(
    ("first", "second"), [((100, 99, 101), (50, 50, 50)), ((10, 10, 10), (12, 12, 12))]
)
def test_counts_that_are_no_exact_part_have_none(first, second):
    """Where a count is rounded, chance is not all that is open; 12 of 10 are no part."""
    frame = published(
        ("taipei", "2016", "complaints_first", *first),
        ("taipei", "2016", "complaints_second", *second),
    )
    row = reference_ratios(frame).collect().row(0, named=True)
    assert row["value"] is not None
    assert (row["lower"], row["upper"]) == (None, None)


def test_the_coverage_carries_the_bounds_of_its_printed_amounts():
    """About 10 of about 18: 9 ÷ 19 to 11 ÷ 17."""
    frame = published(
        ("taichung", "2016-06", "reserve_contributed", 10, 9, 11),
        ("taichung", "2016-06", "reserve_required", 18, 17, 19),
    )
    row = reference_ratios(frame).collect().row(0, named=True)
    assert row["indicator"] == "reserve_amount_coverage_ratio"
    assert close(row["value"], Decimal(10) / 18)
    assert close(row["lower"], Decimal(9) / 19)
    assert close(row["upper"], Decimal(11) / 17)


def test_a_denominator_of_zero_gives_no_value():
    frame = published(
        ("taipei", "2016", "complaints_first", 0, 0, 0),
        ("taipei", "2016", "complaints_second", 5, 5, 5),
    )
    assert reference_ratios(frame).select("value", "lower", "upper").collect().rows() == [
        (None, None, None)
    ]


def test_without_any_reference_there_are_no_ratios():
    found = reference_ratios(Reference.create_empty().lazy()).collect()
    assert found.is_empty()
    assert found.schema["value"] == DECIMAL
