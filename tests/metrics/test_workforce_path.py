"""The path at the current pace, against arithmetic by hand."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staffing import MERGER, NOW, by_breakdown, count, staff

from kao_metrics.labels import TOTAL
from kao_metrics.metrics.workforce import headcount_compound_rate
from kao_metrics.metrics.workforce_path import (
    headcount_path_stock,
    headcount_paths,
    headcount_thousand_years,
)
from kao_metrics.period import Period

HALF = Period(2018, 1)
SINCE = dt.date(2013, 4, 1)
"""Five years before the report's date: as many days as five years ahead, 1826."""

METRICS = (headcount_path_stock, headcount_thousand_years)


def two(then, now, since=SINCE, **more):
    return staff(count(since, "frontline", then, **more), count(NOW, "frontline", now, **more))


def only(metric, frame, *columns):
    return by_breakdown(metric, frame, HALF, *columns)["frontline"]


def test_five_years_ahead_are_as_five_years_back():
    """From 10,000 to 8,000 in five years is 6,400 in five more."""
    columns = ("value", "obs_status", "reason", "numerator", "denominator")
    found = only(headcount_path_stock, two(10_000, 8_000), *columns)
    assert found == (6_400, "E", "same_pace", 8_000, 10_000)


def test_the_real_figures_go_on_at_the_compound_rate():
    """8,462 to 6,805 is −2.95 % a year: 6,805 × 0.97045^5 is some 5,857; 1,826 days are ahead."""
    frame = two(8462, 6805, MERGER)
    value = only(headcount_path_stock, frame, "value")
    rate = only(headcount_compound_rate, frame, "value")
    assert abs(value - 6805 * (1 + rate) ** (Decimal(1826) / Decimal("365.25"))) < Decimal("1e-6")
    assert round(value, 1) == Decimal("5857.5")


def test_a_path_has_its_dates_from_now_on():
    path, *_ = headcount_paths(two(10_000, 8_000), HALF)
    assert path.measured == ((SINCE, 10_000), (NOW, 8_000))
    assert path.ahead[0] == (NOW, 8_000)
    assert path.ahead[-1] == (dt.date(2023, 4, 1), 6_400)
    assert [point.when.year for point in path.ahead] == [2018, 2019, 2020, 2021, 2022, 2023]


def test_the_29th_of_february_comes_back_as_the_28th():
    frame = staff(count(SINCE, "frontline", 100), count(dt.date(2016, 2, 29), "frontline", 90))
    days = [point.when for point in headcount_paths(frame, HALF)[0].ahead]
    assert days[1] == dt.date(2017, 2, 28)
    assert days[4] == dt.date(2020, 2, 29)


def test_the_next_round_thousand_is_passed_when_the_path_falls_below_it():
    """10,000 to 8,000 in 5 years: ln(7/8) ÷ ln(8/10) × 1826 ÷ 365.25 = 2.99 years."""
    frame = two(10_000, 8_000)
    value, thousand = only(headcount_thousand_years, frame, "value", "numerator")
    assert (round(value, 2), thousand) == (Decimal("2.99"), 7_000)
    path = headcount_paths(frame, HALF)[0]
    before = path.passed - dt.timedelta(days=1)
    assert path.on(before).value >= 7_000 >= path.on(path.passed).value


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (8_000, 10_000),  # rises
        (8_000, 8_000),  # stays
        (10_000, 9_999),  # falls too slowly
        (1_100, 1_000),  # has no round thousand below
        (10_000, 0),
    ],
)
def test_no_thousand_is_passed(then, now):
    assert only(headcount_thousand_years, two(then, now), "value", "reason") == (
        None,
        "not_in_five_years",
    )
    assert headcount_paths(two(then, now), HALF)[0].passed is None


def test_nobody_now_is_nobody_ahead():
    assert only(headcount_path_stock, two(10, 0), "value") == 0


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (staff(count(NOW, "frontline", 9)), "no_baseline"),
        (staff(count(SINCE, "frontline", 9), count(NOW, "temporary", 9)), "no_current"),
        (two(0, 9), "no_denominator"),
        (two(9, 8, dt.date(2017, 4, 2)), "no_pace"),
        (two(1, 10**15 - 1, dt.date(2017, 4, 1)), "no_pace"),
    ],
)
def test_what_is_missing_says_why(metric, frame, reason):
    assert only(metric, frame, "value", "obs_status", "reason") == (None, "M", reason)


def test_a_year_is_long_enough_for_a_pace():
    assert only(headcount_path_stock, two(10, 9, dt.date(2017, 4, 1)), "value") is not None


def test_a_path_across_a_break_is_not_drawn():
    frame = staff(
        count(SINCE, "frontline", 9, employer="schools"),
        count(SINCE, "frontline", 9),
        count(NOW, "frontline", 9, employer="agencies"),
        count(NOW, "frontline", 9),
    )
    found = by_breakdown(headcount_path_stock, frame, HALF, "reason")
    assert found == {"frontline": "series_break", TOTAL: "series_break"}
    assert headcount_paths(frame, HALF)[0].ahead == ()


def test_bounds_of_printed_figures_go_through():
    """About 100, then about 80, is 64 ahead: from 79 × 79/101 to 81 × 81/99."""
    columns = ("value", "lower", "upper")
    value, lower, upper = only(headcount_path_stock, two(100, 80, about=1), *columns)
    assert (value, round(lower, 4), round(upper, 4)) == (
        64,
        Decimal("61.7921"),
        Decimal("66.2727"),
    )


@settings(max_examples=20)
@given(st.integers(1, 30_000), st.integers(0, 30_000), st.integers(0, 30_000))
def test_the_path_leads_through_now_and_keeps_its_ratio(then, now, other):
    """Each year is as far from the one before; the whole goes at its own pace."""
    frame = staff(
        count(SINCE, "frontline", then),
        count(NOW, "frontline", now),
        count(SINCE, "temporary", other),
        count(NOW, "temporary", other),
    )
    found = by_breakdown(headcount_path_stock, frame, HALF, "value")
    assert abs(found["frontline"] - Decimal(now) ** 2 / then) < Decimal("1e-11")
    whole = Decimal(now + other) ** 2 / (then + other)
    assert abs(found[TOTAL] - whole) < Decimal("1e-11")
