"""Formulas over printed numbers: what they compute, how sure it is, what they refuse."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.arithmetic import (
    DivisorError,
    FormulaError,
    Interval,
    UnknownNameError,
    evaluate,
)


def interval(lower, value, upper):
    """Build an interval from numbers as text; None is unbounded."""
    lower, value, upper = (None if end is None else Fraction(end) for end in (lower, value, upper))
    return Interval(value, lower, upper)


def ends(found):
    return found.lower, found.upper


GUESTS = interval("200", "200", None)  # "more than 200"
STUDENTS = interval(None, "20", "20")  # "nearly 20"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("20 - 5 - 3", 12),
        ("24 / 4 / 2", 3),
        ("2 - 12 / 3 + 1", -1),
        ("-3 + 5", 2),
        ("2 * -3", -6),
        ("-(2 + 3) * 2", -10),
        ("4 - -6", 10),
        ("--5", 5),
        ("+7", 7),
        ("3 × 4 ÷ 6 − 5", -3),
        ("（１＋２）＊３", 9),
        ("8,462 - 6,805", 1657),
        ("1,234,567", 1234567),
        ("25%", Fraction(1, 4)),
        ("2 * 12%", Fraction(24, 100)),
        ("\t518 /\t519 ", Fraction(518, 519)),
    ],
)
def test_a_formula_follows_the_rules_of_school_arithmetic(formula, expected):
    assert evaluate(formula, {}).value == expected


@pytest.mark.parametrize("formula", ["6805", "8,462 - 6,805", "518 / 519", "50%", "-(3 + 4) * 2"])
def test_whole_numbers_are_exact_and_stay_so(formula):
    found = evaluate(formula, {})
    assert ends(found) == (found.value, found.value)


@pytest.mark.parametrize(
    ("formula", "lower", "upper"),
    [
        ("29.34", "29.335", "29.345"),
        ("33.20", "33.195", "33.205"),
        ("-6.1", "-6.15", "-6.05"),
        # A per cent is a hundredth: 12.45 % to 12.55 %.
        ("12.5%", "0.1245", "0.1255"),
        # 33.15 - 29.345 and 33.25 - 29.335: the least minus the most, and the other way.
        ("33.2 - 29.34", "3.805", "3.915"),
        # 0.45 * 2 and 0.55 * 2.
        ("0.5 * 2", "0.9", "1.1"),
        # -0.05 to 0.05 times -2: the ends change places.
        ("0.0 * -2", "-0.1", "0.1"),
        # 1 / 0.55 and 1 / 0.45.
        ("1 / 0.5", Fraction(100, 55), Fraction(100, 45)),
        ("1 / -0.5", Fraction(-100, 45), Fraction(-100, 55)),
    ],
)
def test_decimals_are_known_to_half_a_unit_of_the_last_place(formula, lower, upper):
    assert ends(evaluate(formula, {})) == (Fraction(lower), Fraction(upper))


def test_a_name_stands_for_its_figure():
    values = {"now": interval("6805", "6805", "6805"), "then": interval("8462", "8462", "8462")}
    assert evaluate("(then - now) / then", values).value == Fraction(1657, 8462)


def test_an_operand_that_occurs_twice_can_only_widen_the_result():
    """x / x of 0.45 to 0.55 is held to be 9/11 to 11/9, never narrower than the truth."""
    found = evaluate("x / x", {"x": interval("0.45", "0.5", "0.55")})
    assert found.value == 1
    assert ends(found) == (Fraction(9, 11), Fraction(11, 9))


@pytest.mark.parametrize(
    ("formula", "lower", "upper"),
    [
        ("guests + 10", 210, None),
        ("10 - guests", None, -190),
        ("guests * -2", None, -400),
        ("guests - students", 180, None),
        ("1000 / guests", 0, 5),
        ("-1000 / guests", -5, 0),
        ("1000 / -guests", -5, 0),
        ("guests * guests", 40000, None),
        ("guests * 0", 0, 0),
    ],
)
def test_an_unbounded_operand_leaves_open_only_the_ends_that_it_reaches(formula, lower, upper):
    values = {"guests": GUESTS, "students": STUDENTS}
    assert ends(evaluate(formula, values)) == (lower, upper)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("1 / 0", "is zero"),
        ("1 / (3 - 3)", "is zero"),
        ("1 / 0.0", "is zero"),
        ("1 / (0.5 - 0.4)", "can be zero"),  # 0.1 is 0.45 - 0.45 at the least
        ("1 / x", "can be zero"),
        ("1 / students", "can be zero"),  # "nearly 20" has no bottom
    ],
)
def test_division_by_what_can_be_zero_is_refused(formula, message):
    values = {"x": interval("-1", "2", "5"), "students": STUDENTS}
    with pytest.raises(DivisorError, match=message):
        evaluate(formula, values)


def test_an_unknown_name_suggests_the_nearest_known_one():
    with pytest.raises(UnknownNameError, match="'guest'; did you mean 'guests'"):
        evaluate("guest + 1", {"guests": GUESTS})


@pytest.mark.parametrize(
    ("formula", "where"),
    [
        ("__import__('os')", "character 11"),
        ("a.b()", "character 4"),
        ("1;2", "character 2"),
        ("2**3", "character 3"),
        ("a[0]", "character 2"),
        ("1 2", "character 3"),
        ("84,62", "character 3"),
        ("1e5", "character 2"),
        (".5", "character 1"),
        ("a == b", "character 3"),
        ("1 +\n2", "character 4"),
        ("lambda: 1", "character 7"),
        ("3 % 2", "character 5"),
        ("(1 + 2))", "character 8"),
    ],
)
def test_a_text_that_is_no_formula_names_the_character_and_is_never_run(formula, where):
    with pytest.raises(FormulaError, match=rf"at {where}: "):
        evaluate(formula, {"a": GUESTS, "b": GUESTS})


@pytest.mark.parametrize("formula", ["", "1 +", "(1 + 2", "-"])
def test_a_formula_that_stops_too_early_is_said_to_be_wrong_at_the_end(formula):
    with pytest.raises(FormulaError, match="at the end"):
        evaluate(formula, {})


@pytest.mark.parametrize(
    "formula", ["1+" * 2499 + "1 ", "x" * 5000, "(" * 900 + "1" + ")" * 900, "9" * 5000]
)
def test_a_formula_of_thousands_of_characters_is_refused_as_too_long(formula):
    with pytest.raises(FormulaError, match=f"{len(formula)} characters are too long"):
        evaluate(formula, {})


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("-" * 900 + "7", 7), ("-" * 901 + "7", -7), ("(" * 499 + "7" + ")" * 499, 7)],
)
def test_deep_nesting_does_not_exhaust_the_stack(formula, expected):
    assert evaluate(formula, {}).value == expected


@st.composite
def _operand(draw):
    """A small printed number, and a point that it can stand for."""
    whole, places = draw(st.integers(0, 999)), draw(st.integers(0, 3))
    text = f"{whole / 10**places:.{places}f}"
    if places == 0:
        return text, Fraction(whole)
    off = Fraction(draw(st.integers(-50, 50)), 100)  # of a unit of the last place
    return text, (whole + off) / 10**places


def _joined(left, sign, right):
    values = {"+": left[1] + right[1], "-": left[1] - right[1], "*": left[1] * right[1]}
    return f"({left[0]} {sign} {right[0]})", values[sign]


EXPRESSIONS = st.recursive(
    _operand(),
    lambda inner: st.builds(_joined, inner, st.sampled_from("+-*"), inner),
    max_leaves=10,
)


@given(EXPRESSIONS)
def test_the_interval_holds_the_result_of_any_point_inside_the_operands_intervals(expression):
    formula, from_points = expression
    found = evaluate(formula, {})
    assert found.lower <= found.value <= found.upper
    assert found.lower <= from_points <= found.upper


@given(st.text() | st.text(alphabet="0123456789+-*/()., %ab_×÷−（）"))
def test_no_text_raises_anything_but_the_three_errors_of_a_formula(text):
    values = {"a": GUESTS, "b": interval("-0.5", "0", "0.5")}
    try:
        found = evaluate(text, values)
    except (FormulaError, UnknownNameError, DivisorError):
        return
    assert isinstance(found.value, Fraction)
