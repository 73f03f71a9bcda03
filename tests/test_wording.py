"""Wording: ranges, passages and formulas as readers see them."""

from decimal import Decimal
from fractions import Fraction

import pytest

from kao_metrics import wording
from kao_metrics.arithmetic import Interval


def exact(value):
    return Interval(Fraction(value), Fraction(value), Fraction(value))


@pytest.mark.parametrize(
    ("lower", "upper", "lang", "words"),
    [
        (3, 5, "zh-TW", "3–5"),
        (3, 3, "zh-TW", ""),
        (-3, 5, "zh-TW", "−3至5"),
        (-5, -3, "en", "−5 to −3"),
        (None, 5, "zh-TW", "–5"),
        (3, None, "zh-TW", "3–"),
    ],
)
def test_a_range_is_never_taken_for_a_minus(lower, upper, lang, words):
    ends = (None if each is None else Decimal(each) for each in (lower, upper))
    assert wording.ends(*ends, 0, lang) == words


@pytest.mark.parametrize(
    ("printed", "lower", "upper", "words"),
    [
        ("29.34", "29.335", "29.345", "29.335–29.345"),
        ("276", "275", "277", "275–277"),
        ("518", "518", "518", ""),
        ("200", "200", None, ""),
    ],
)
def test_the_rounding_of_a_printed_figure_is_said_where_it_leaves_something_open(
    printed, lower, upper, words
):
    row = {
        "printed": printed,
        "lower": Decimal(lower),
        "upper": None if upper is None else Decimal(upper),
    }
    assert wording.printed_interval(row, "zh-TW") == words


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("a - b", "1,000 − 0.5"),
        ("(a + b) * 2 / 1,000", "(1,000 + 0.5) × 2 ÷ 1,000"),
        ("a.b - missing", "7 − missing"),
        ("", ""),
    ],
)
def test_figures_are_put_into_a_formula(formula, words):
    values = {"a": exact(1000), "b": exact(Fraction(1, 2)), "a.b": exact(7)}
    assert wording.numbers_put_in(formula, values) == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("frontline", "Frontline workers"),
        ("frontline.previous", "Frontline workers, against the half-year before"),
        ("_T.previous", "All categories together, against the half-year before"),
        ("not_broken_down", "Other, not broken down"),
        ("budgeted_posts", "All categories together, budgeted posts"),
        (
            "temporary_not_broken_down",
            "Temporary staff, the rest, not broken down alike at both dates",
        ),
        (
            "frontline_employers_not_broken_down",
            "Frontline workers, not broken down by agencies and schools",
        ),
    ],
)
def test_what_a_change_of_staff_is_of_is_said_in_words(code, words):
    row = {"indicator": "headcount_change_shift", "breakdown": code}
    assert wording.breakdown(row, "en") == words


def test_what_is_stated_keeps_qualifier_and_unit(analysis, english):
    stated = {each.id: each for each in analysis.findings}
    assert wording.stated_value(stated["frontline_downsizing_ratio"], "zh-TW") == "約19.58%"
    assert wording.stated_value(stated["frontline_reduction"], "en") == "1,657 people"
    assert wording.sections(english, "downsizing_ratio", "frontline") == "5.1(4)1, 5.1(4)2"
    assert wording.sections(english, "no_such_indicator") == ""
