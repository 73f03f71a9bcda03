"""When the shortfall ends, against arithmetic by hand; and what the rounding leaves open."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reserve_tables import EARLIER, HALF, NOW, printed, two_periods

from kao_metrics.metrics.formulas import Results
from kao_metrics.metrics.reserve_paths import (
    payment,
    reserve_paths,
    reserve_years_to_full_funding_duration,
)

YEAR = Decimal("365.25")


def rows_of(frame, *columns):
    found = reserve_years_to_full_funding_duration(frame, HALF).collect()
    return Results.validate(found).select(columns).rows()


def reasons(frame):
    return [reason for (reason,) in rows_of(frame, "reason")]


def close(found, expected):
    return abs(found - expected) < Decimal("1e-11")


def by_name(paths):
    return {(each.payments, each.amount): each for each in paths}


def test_even_payments_take_the_planned_years_whatever_the_rounding():
    for row in rows_of(printed(**NOW), "breakdown", "value", "lower", "upper", "reason")[:2]:
        assert row[0].startswith("even_payments.")
        assert row[1:] == (3, None, None, "even_payments")


def test_the_pace_so_far_is_carried_on_with_the_rounding_of_all_figures():
    """29.34 in 1,240 days: 3.86 more takes 163.1 days, 6.1 takes 257.8 days.

    Least by subtraction: 33.15 - 29.345 = 3.805 at 29.345; most: 33.25 - 29.335 = 3.915
    at 29.335.
    """
    columns = ("breakdown", "value", "lower", "upper", "reason")
    subtracted, stated = rows_of(printed(**NOW), *columns)[2:]
    assert subtracted[0] == "pace_so_far.by_subtraction"
    assert close(subtracted[1], Decimal("3.86") * 1240 / Decimal("29.34") / YEAR)
    assert close(subtracted[2], Decimal("3.805") * 1240 / Decimal("29.345") / YEAR)
    assert close(subtracted[3], Decimal("3.915") * 1240 / Decimal("29.335") / YEAR)
    assert stated[0] == "pace_so_far.as_stated"
    assert close(stated[1], Decimal("6.1") * 1240 / Decimal("29.34") / YEAR)
    assert close(stated[2], Decimal("6.05") * 1240 / Decimal("29.345") / YEAR)
    assert close(stated[3], Decimal("6.15") * 1240 / Decimal("29.335") / YEAR)
    assert {subtracted[4], stated[4]} == {"pace_since_duty"}


def test_between_two_reports_the_pace_is_that_between_them():
    """8.04 in 546 days: 3.86 takes 262.1 days."""
    value, reason = rows_of(two_periods(), "value", "reason")[2]
    assert close(value, Decimal("3.86") * 546 / Decimal("8.04") / YEAR)
    assert reason == "pace_between_reports"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"contributed": "33.2"}, ["no_shortfall_left", "even_payments", "no_shortfall_left"]),
        ({"contributed": "35.0"}, ["no_shortfall_left", "even_payments", "no_shortfall_left"]),
        ({"outstanding": "0"}, ["even_payments", "no_shortfall_left", "pace_since_duty"]),
        ({"plan_years": "0"}, ["no_plan_years", "no_plan_years", "pace_since_duty"]),
    ],
)
def test_a_full_reserve_or_a_plan_of_no_years_is_said(changed, expected):
    assert reasons(printed(**{**NOW, **changed}))[:3] == expected


@pytest.mark.parametrize(
    ("without", "expected"),
    [
        ("plan_years", ["no_plan_years"] * 2 + ["pace_since_duty"] * 2),
        ("outstanding", ["even_payments", "no_figure", "pace_since_duty", "no_figure"]),
        ("initial_shortfall", ["no_figure", "even_payments", "no_figure", "pace_since_duty"]),
        ("contributed", ["no_figure", "even_payments", "no_figure", "no_figure"]),
    ],
)
def test_a_figure_that_is_missing_is_said(without, expected):
    assert reasons(printed(**{item: NOW[item] for item in NOW if item != without})) == expected


@pytest.mark.parametrize(("earlier", "reason"), [("29.34", "no_payment_made"), ("30.0", "no_rise")])
def test_a_pace_of_nothing_or_less_ends_no_shortfall(earlier, reason):
    frame = two_periods(earlier={**EARLIER, "contributed": earlier})
    assert reasons(frame) == ["even_payments"] * 2 + [reason] * 2


def test_no_time_is_no_pace():
    frame = printed(as_of={"contributed": dt.date(2015, 2, 6)}, **NOW)
    assert reasons(frame)[2:] == ["no_time_between"] * 2


def test_rounding_that_leaves_open_whether_anything_is_due_begins_at_no_years():
    """33.2 - 33.15 is 0.05, and anything from -0.005 to 0.105."""
    ((value, lower, upper),) = rows_of(
        printed(initial_shortfall="33.2", contributed="33.15", outstanding="6.1"),
        *("value", "lower", "upper"),
    )[2:3]
    assert value > 0
    assert lower == 0
    assert upper > value


def test_an_empty_table_has_no_years_and_no_paths():
    assert rows_of(printed(**NOW).clear(), "value") == []
    assert reserve_paths(printed(**NOW).clear(), HALF, "1.5") == []


def near(text, whole):
    """Values that a printed figure can stand for."""
    half = Fraction(0) if whole else Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    return st.fractions(Fraction(text) - half, Fraction(text) + half, max_denominator=10**6)


@settings(max_examples=12)
@given(
    initial=st.decimals(20, 40, places=1),
    contributed=st.decimals(10, 19, places=2),
    earlier=st.decimals(1, 9, places=1),
    outstanding=st.decimals("0.5", 9, places=1),
    data=st.data(),
)
def test_the_interval_holds_every_combination_of_unrounded_figures(
    initial, contributed, earlier, outstanding, data
):
    now = {
        "initial_shortfall": str(initial),
        "contributed": str(contributed),
        "outstanding": str(outstanding),
        "plan_years": "3",
    }
    then = {"initial_shortfall": str(initial), "contributed": str(earlier)}
    rows = rows_of(two_periods(now, then), "lower", "upper")[2:]
    exact = [
        data.draw(near(str(text), whole=False))
        for text in (initial, contributed, earlier, outstanding)
    ]
    a_year = (exact[1] - exact[2]) * Fraction(YEAR) / 546
    slack = Fraction(1, 10**9)
    for due, (lower, upper) in zip((exact[0] - exact[1], exact[3]), rows, strict=True):
        years = max(due / a_year, Fraction(0))
        assert Fraction(lower) - slack <= years <= Fraction(upper) + slack


def test_paths_are_dated_from_the_last_day_of_the_period():
    """Three years from 2018-06-30; 163.1 and 257.8 days from then, begun days counted."""
    found = by_name(reserve_paths(printed(**NOW), HALF))
    begin = dt.date(2018, 6, 30)
    even = found["even_payments", "by_subtraction"]
    assert even.full == even.earliest == even.latest == dt.date(2021, 6, 30)
    assert even.is_within_plan
    assert close(even.yearly, Decimal("3.86") / 3)
    so_far = found["pace_so_far", "by_subtraction"]
    assert so_far.full == begin + dt.timedelta(days=164)
    # 3.805 × 1,240 ÷ 29.345 = 160.8 days; 3.915 × 1,240 ÷ 29.335 = 165.5 days
    assert so_far.earliest == begin + dt.timedelta(days=161)
    assert so_far.latest == begin + dt.timedelta(days=166)
    assert found["pace_so_far", "as_stated"].full == begin + dt.timedelta(days=258)


def test_a_path_goes_down_to_nothing_by_the_same_amount_every_year():
    even = by_name(reserve_paths(printed(**NOW), HALF))["even_payments", "as_stated"]
    assert [(str(when), round(left, 3)) for when, left in even.points] == [
        ("2018-06-30", Decimal("6.1")),
        ("2019-06-30", Decimal("4.067")),
        ("2020-06-30", Decimal("2.033")),
        ("2021-06-30", Decimal(0)),
    ]


def test_a_pace_that_is_given_ends_on_its_day_within_the_plan_or_not():
    """3.86 / 1.5 = 2.57 years; 6.1 / 1.5 = 4.07 years, of 3 planned."""
    found = by_name(reserve_paths(printed(**NOW), HALF, "1.5"))
    within, beyond = (found["pace_given", each] for each in ("by_subtraction", "as_stated"))
    assert close(within.years.value, Decimal("3.86") / Decimal("1.5"))
    assert (within.full, within.is_within_plan) == (dt.date(2021, 1, 26), True)
    assert (beyond.full, beyond.is_within_plan) == (dt.date(2022, 7, 25), False)


def test_whether_a_pace_is_within_the_plan_is_left_open_where_the_rounding_does():
    """3.805 to 3.915 at 1.28 a year are 2.97 to 3.06 years."""
    found = by_name(reserve_paths(printed(**NOW), HALF, Decimal("1.28")))
    assert found["pace_given", "by_subtraction"].is_within_plan is None
    plain = {item: NOW[item] for item in NOW if item != "plan_years"}
    unplanned = by_name(reserve_paths(printed(**plain), HALF, "1.5"))
    assert unplanned["pace_given", "as_stated"].is_within_plan is None


def test_a_day_that_is_centuries_away_is_not_dated():
    found = by_name(reserve_paths(printed(**NOW), HALF, "0.001"))["pace_given", "as_stated"]
    assert found.years.value == 6100
    assert (found.full, found.points, found.is_within_plan) == (None, (), False)


@pytest.mark.parametrize(
    "wrong", ["abc", "0", "-1.5", "1.5億", "NaN", "1e3", Decimal(0), Decimal("NaN"), "84,62"]
)
def test_a_payment_that_is_no_number_above_zero_is_an_error_that_shows_one(wrong):
    with pytest.raises(ValueError, match=r"^yearly_payment: found .*such as 1\.5, or nothing$"):
        reserve_paths(printed(**NOW), HALF, wrong)


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1.5", "1.5"), (" １．５ ", "1.5"), ("1,234.50", "1234.50"), (Decimal("2E+1"), "20")],
)
def test_a_payment_keeps_its_digits(written, amount):
    assert payment(written) == Decimal(amount)


@pytest.mark.parametrize("nothing", ["", "  ", None])
def test_no_payment_is_no_path(nothing):
    assert {each.payments for each in reserve_paths(printed(**NOW), HALF, nothing)} == {
        "even_payments",
        "pace_so_far",
    }
