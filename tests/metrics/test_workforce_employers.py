"""Agencies and schools: shares at a date, and changes where two dates give them."""

import datetime as dt
from decimal import Decimal

from staffing import MERGER, NOW, by_breakdown, count, staff

from kao_metrics.metrics.workforce_employers import employer_change, employer_share
from kao_metrics.period import Period

HALF = Period(2018, 1)
BEFORE = dt.date(2017, 10, 1)


def employed(date, agencies, schools, whole=None, **more):
    rows = [
        count(date, "frontline", agencies, employer="agencies", **more),
        count(date, "frontline", schools, employer="schools", **more),
    ]
    return rows if whole is None else [*rows, count(date, "frontline", whole, **more)]


def test_a_share_is_of_the_category_at_the_report_s_date():
    """5,984 and 821 of 6,805."""
    frame = staff(*employed(MERGER, 1, 9, 10), *employed(NOW, 5984, 821, 6805))
    found = by_breakdown(employer_share, frame, HALF, "numerator", "denominator", "value")
    assert {name: row[:2] for name, row in found.items()} == {
        "frontline_agencies": (5984, 6805),
        "frontline_schools": (821, 6805),
    }
    assert round(found["frontline_agencies"][2], 4) == Decimal("0.8794")


def test_what_no_employer_has_is_not_broken_down_and_not_spread():
    found = by_breakdown(employer_share, staff(*employed(NOW, 60, 30, 100)), HALF, "value")
    assert found == {
        "frontline_agencies": Decimal("0.6"),
        "frontline_schools": Decimal("0.3"),
        "frontline_employers_not_broken_down": Decimal("0.1"),
    }


def test_without_a_total_the_employers_make_it_up():
    found = by_breakdown(employer_share, staff(*employed(NOW, 60, 20)), HALF, "value")
    assert found == {"frontline_agencies": Decimal("0.75"), "frontline_schools": Decimal("0.25")}


def test_a_category_of_nobody_has_no_shares():
    found = by_breakdown(employer_share, staff(*employed(NOW, 0, 0, 0)), HALF, "value", "reason")
    assert set(found.values()) == {(None, "no_denominator")}


def test_one_date_gives_no_change():
    frame = staff(count(MERGER, "frontline", 120), *employed(NOW, 60, 30, 100))
    found = by_breakdown(employer_change, frame, HALF, "value", "reason")
    assert found == dict.fromkeys(
        ("frontline_agencies", "frontline_schools"), (None, "no_second_date")
    )


def test_every_earlier_date_that_gives_it_is_compared():
    """Agencies 70 at the merger, 65 the half-year before, 60 now; schools not at the merger."""
    frame = staff(
        count(MERGER, "frontline", 70, employer="agencies"),
        count(MERGER, "frontline", 120),
        *employed(BEFORE, 65, 33, 110, period="2017-S2"),
        *employed(NOW, 60, 30, 100),
    )
    assert by_breakdown(employer_change, frame, HALF, "value") == {
        "frontline_agencies": -10,
        "frontline_agencies.previous": -5,
        "frontline_schools.previous": -3,
    }


def test_a_change_across_a_break_is_not_computed():
    frame = staff(
        *employed(BEFORE, 60, 40, 100, period="2017-S2"),
        count(NOW, "frontline", 60, employer="agencies"),
        count(NOW, "frontline", 60),
    )
    found = by_breakdown(employer_change, frame, HALF, "value", "reason")
    assert found == {"frontline_agencies.previous": (None, "series_break")}
