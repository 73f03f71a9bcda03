"""Printed numbers: what they can stand for, and how numbers are printed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.printed import (
    QUALIFIERS,
    bounds,
    claim,
    grouped,
    is_plain_number,
    last_place,
    places,
    plain,
    round_half_up,
    without_separators,
)


@st.composite
def decimals(draw, least_places=0):
    """Decimals of up to 15 digits before and 9 after the point, with all kinds of zeros."""
    digits = draw(st.integers(least_places, 9))
    return Decimal(draw(st.integers(-(10**15), 10**15))).scaleb(-digits)


def as_decimals(ends):
    return tuple(None if end is None else Decimal(end) for end in ends)


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [("518", 0, "1"), ("6.1", 1, "0.1"), ("33.20", 2, "0.01"), ("-0.005", 3, "0.001")],
)
def test_the_last_printed_place_counts_even_if_it_is_a_zero(text, count, unit):
    assert places(text) == count
    assert last_place(text) == Decimal(unit)


@pytest.mark.parametrize(
    ("text", "qualifier", "ends"),
    [
        # whole numbers are exact
        ("8462", "exact", ("8462", "8462")),
        ("-3", "exact", ("-3", "-3")),
        # decimals are known to half a unit of the last place: 0.01 / 2 = 0.005
        ("29.34", "exact", ("29.335", "29.345")),
        ("33.20", "exact", ("33.195", "33.205")),
        ("33.2", "exact", ("33.15", "33.25")),
        ("-0.5", "exact", ("-0.55", "-0.45")),
        # a whole number that is called "about" may be one off, a decimal is rounded anyway
        ("276", "about", ("275", "277")),
        ("29.34", "about", ("29.335", "29.345")),
        # the other words leave one end open
        ("200", "more_than", ("200", None)),
        ("6.1", "more_than", ("6.1", None)),
        ("200", "at_least", ("200", None)),
        ("200", "nearly", (None, "200")),
    ],
)
def test_a_figure_of_the_data_stands_for_these_values(text, qualifier, ends):
    assert bounds(text, qualifier) == as_decimals(ends)


@pytest.mark.parametrize(
    ("text", "qualifier", "ends"),
    [
        ("19.58", "exact", ("19.575", "19.585")),
        ("1657", "exact", ("1657", "1657")),
        # about: one unit of the last place either way
        ("6.1", "about", ("6.0", "6.2")),
        ("276", "about", ("275", "277")),
        # nearly: at most a tenth below, 200 - 20; or one unit of the last place, 5 - 1
        ("200", "nearly", ("180", "200")),
        ("5", "nearly", ("4", "5")),
        ("6.1", "nearly", ("5.49", "6.1")),
        ("0.2", "nearly", ("0.1", "0.2")),
        # a tenth of -200 is 20 too
        ("-200", "nearly", ("-220", "-200")),
        ("200", "more_than", ("200", None)),
        ("200", "at_least", ("200", None)),
    ],
)
def test_a_statement_claims_these_values(text, qualifier, ends):
    assert claim(text, qualifier) == as_decimals(ends)


@given(decimals(), st.sampled_from(QUALIFIERS))
def test_a_printed_value_is_inside_its_own_bounds(value, qualifier):
    text = f"{value:f}"
    for lower, upper in (bounds(text, qualifier), claim(text, qualifier)):
        assert lower is None or lower <= value
        assert upper is None or value <= upper


@given(decimals(least_places=1))
def test_a_decimal_is_known_to_one_unit_of_its_last_place(value):
    lower, upper = bounds(f"{value:f}")
    assert upper - lower == Decimal(1).scaleb(value.as_tuple().exponent)
    assert upper - value == value - lower


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        # ties, which Python's round takes to the even digit: 0, 2, -0, -2, 2.34, 19.58
        ("0.5", 0, "1"),
        ("2.5", 0, "3"),
        ("-0.5", 0, "-1"),
        ("-2.5", 0, "-3"),
        ("2.345", 2, "2.35"),
        ("19.585", 2, "19.59"),
        ("1250", -2, "1300"),
        # no ties
        ("2.4999", 0, "2"),
        ("2.344999999999", 2, "2.34"),
        ("-0.4", 0, "0"),
        ("7", 2, "7.00"),
        # more digits than a decimal context keeps
        ("12345678901234567890123456.123456789012", 2, "12345678901234567890123456.12"),
    ],
)
def test_halves_are_rounded_away_from_zero(value, digits, rounded):
    assert round_half_up(Decimal(value), digits) == Decimal(rounded)


def test_rounding_keeps_the_zeros_of_the_places_asked_for():
    assert str(round_half_up(Decimal("33.2"), 2)) == "33.20"


@given(decimals(), st.integers(0, 9))
def test_rounding_moves_a_value_by_at_most_half_a_unit(value, digits):
    moved = abs(round_half_up(value, digits) - value)
    assert moved <= Decimal("0.5").scaleb(-digits)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("6805.000000000000", "6805"),
        ("0.195800", "0.1958"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("1E-9", "0.000000001"),
        ("0E-12", "0"),
        ("0E+3", "0"),
        ("-0.00", "0"),
        ("-1657", "-1657"),
    ],
)
def test_a_plain_number_has_no_exponent_and_no_idle_zeros(value, text):
    assert plain(Decimal(value)) == text


@given(decimals())
def test_a_plain_number_reads_back_as_the_same_value(value):
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert "." not in text or not text.endswith(("0", "."))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        ("8462", None, "8,462"),
        ("999", None, "999"),
        ("1234567.8900", None, "1,234,567.89"),
        ("1234567.885", 2, "1,234,567.89"),
        ("0.195", 2, "0.20"),
        ("7", 1, "7.0"),
        ("-1657", None, "−1,657"),
        ("-0.005", 2, "−0.01"),
        ("-0.004", 2, "0.00"),
        ("-0", None, "0"),
        ("-0.0", 1, "0.0"),
    ],
)
def test_a_number_for_readers_has_separators_and_a_real_minus(value, digits, text):
    assert grouped(Decimal(value), digits) == text


@given(decimals(), st.none() | st.integers(0, 9))
def test_a_number_for_readers_never_has_a_hyphen_or_a_negative_zero(value, digits):
    text = grouped(value, digits)
    shown = Decimal(text.replace(",", "").replace("−", "-"))
    assert "-" not in text
    assert text.startswith("−") == (shown < 0)
    assert shown == (value if digits is None else round_half_up(value, digits))


@pytest.mark.parametrize("text", ["0", "518", "-3", "29.34", "33.20", "1" * 15])
def test_a_number_of_the_data_is_digits_and_a_point(text):
    assert is_plain_number(text)


@pytest.mark.parametrize(
    "text",
    ["", "2,052", "２０５２", "٢", "1e3", "+3", "3.", ".5", " 3", "3\n", "nan", "1" * 16, "−3"],
)
def test_anything_else_is_no_number_of_the_data(text):
    assert not is_plain_number(text)


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("8,462", "8462"),
        ("-1,234,567.89", "-1234567.89"),
        ("518", "518"),
        ("84,62", "84,62"),
        ("8462,000", "8462,000"),
        ("1,2345", "1,2345"),
        ("8,46x", "8,46x"),
        ("８,４６２", "８,４６２"),
    ],
)
def test_thousands_separators_are_taken_out_only_from_the_right_places(text, without):
    assert without_separators(text) == without
