"""The pace so far, against arithmetic by hand, and what it takes for granted."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from reserve_tables import EARLIER, HALF, NOW, printed, two_periods

from kao_metrics.metrics.formulas import Results
from kao_metrics.metrics.reserve_pace import pace_of, remainders, reserve_pace_rate
from kao_metrics.period import Period

YEAR = Decimal("365.25")


def row_of(frame, *columns):
    return Results.validate(reserve_pace_rate(frame, HALF).collect()).select(columns).row(0)


def close(found, expected):
    return abs(found - expected) < Decimal("1e-11")


def test_a_report_alone_has_the_pace_that_the_duty_leaves_and_says_so():
    """2015-02-06 to 2018-06-30 are 1,240 days: 29.34, from 29.335 to 29.345, in 3.39 years."""
    columns = ("value", "lower", "upper", "obs_status", "reason", "source_ids")
    value, lower, upper, *rest = row_of(printed(**NOW), *columns)
    assert (dt.date(2018, 6, 30) - dt.date(2015, 2, 6)).days == 1240
    assert close(value, Decimal("29.34") * YEAR / 1240)
    assert close(lower, Decimal("29.335") * YEAR / 1240)
    assert close(upper, Decimal("29.345") * YEAR / 1240)
    assert rest == ["E", "pace_since_duty", "2018-S1"]


def test_two_reports_have_the_pace_between_them():
    """29.34 - 21.3 = 8.04 in 546 days; 29.335 - 21.35 = 7.985, 29.345 - 21.25 = 8.095."""
    columns = ("numerator", "value", "lower", "upper", "reason", "source_ids")
    paid, value, lower, upper, *rest = row_of(two_periods(), *columns)
    assert paid == Decimal("8.04")
    assert close(value, Decimal("8.04") * YEAR / 546)
    assert close(lower, Decimal("7.985") * YEAR / 546)
    assert close(upper, Decimal("8.095") * YEAR / 546)
    assert rest == ["pace_between_reports", "2016-S2;2018-S1"]


def test_a_figure_is_of_its_own_date_where_it_has_one():
    now = printed(as_of={"contributed": dt.date(2018, 5, 31)}, **NOW)
    then = printed(Period(2016, 2), {"contributed": dt.date(2016, 5, 31)}, **EARLIER)
    found = pace_of(pl.concat([now, then]), HALF)
    assert (found.since, found.until) == (dt.date(2016, 5, 31), dt.date(2018, 5, 31))
    assert found.days == 730
    assert not found.is_assumed


def test_of_several_earlier_reports_the_oldest_is_taken():
    frame = pl.concat([two_periods(), printed(Period(2017, 2), contributed="28")])
    assert pace_of(frame, HALF).before == Decimal("21.3")


def test_a_later_report_is_none_of_before():
    frame = pl.concat([printed(**NOW), printed(Period(2018, 2), contributed="30")])
    assert pace_of(frame, HALF).is_assumed


def test_a_report_of_another_initial_shortfall_is_not_compared_with():
    other = {**EARLIER, "initial_shortfall": "40.1"}
    assert pace_of(two_periods(earlier=other), HALF).is_assumed
    same_but_for_rounding = {**EARLIER, "initial_shortfall": "33.23"}
    assert not pace_of(two_periods(earlier=same_but_for_rounding), HALF).is_assumed


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (printed(initial_shortfall="33.2", outstanding="6.1"), "no_figure"),
        (two_periods(earlier={**EARLIER, "contributed": "30"}), "no_rise"),
        (printed(as_of={"contributed": dt.date(2015, 2, 6)}, **NOW), "no_time_between"),
        (printed(as_of={"contributed": dt.date(2014, 12, 31)}, **NOW), "no_time_between"),
    ],
)
def test_without_a_pace_it_is_said_why(frame, reason):
    assert row_of(frame, "value", "obs_status", "reason") == (None, "M", reason)


def test_nothing_paid_is_a_pace_of_zero():
    value, reason = row_of(two_periods(earlier=dict(NOW)), "value", "reason")
    assert (value, reason) == (0, "pace_between_reports")


def test_an_amount_that_is_open_at_one_end_leaves_that_end_open():
    value, lower, upper = row_of(
        printed(initial_shortfall="33.2", contributed="29 more_than"), "value", "lower", "upper"
    )
    assert close(value, 29 * YEAR / 1240)
    assert close(lower, 29 * YEAR / 1240)
    assert upper is None


def test_an_empty_table_has_no_pace_and_no_row():
    empty = printed(**NOW).clear()
    assert reserve_pace_rate(empty, HALF).collect().is_empty()
    assert pace_of(empty, HALF) is None
    assert remainders(empty, HALF) == []


def test_what_was_left_is_told_report_by_report():
    """33.2 - 21.3 = 11.9, then 33.2 - 29.34 = 3.86; another shortfall is another story."""
    frame = pl.concat(
        [two_periods(), printed(Period(2015, 2), initial_shortfall="50.5", contributed="1.5")]
    )
    assert remainders(frame, HALF) == [
        (dt.date(2016, 12, 31), Decimal("11.9")),
        (dt.date(2018, 6, 30), Decimal("3.86")),
    ]
