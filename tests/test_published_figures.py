"""The figures of the report of the first half of 2018, as printed and as computed.

Everything here is worked out by hand from the printed report, never from the program.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest

from kao_metrics.metrics import METRICS

PRINTED = {
    "delegations_received": "28",
    "visitors_received": "234",
    "winter_camp_students": "12",
    "winter_camp_disadvantaged": "6",
    "charter_passengers": "140",
    "luncheon_cities": "9",
    "luncheon_guests": "200",
    "global_briefing_guests": "100",
    "spanish_contest_finalists": "10",
    "job_fair_companies": "20",
    "job_fair_countries": "35",
    "job_fair_students": "200",
    "building_repairs": "484",
    "ebooks_offered": "180",
    "venue_openings": "238",
    "meeting_room_uses": "877",
    "dormitories_total": "61",
    "dormitories_chief": "3",
    "dormitories_multi_room": "32",
    "dormitories_single_room": "6",
    "dormitories_family": "20",
    "family_dormitories_in_use": "6",
    "family_dormitories_city_land": "4",
    "family_dormitories_state_land": "2",
    "family_dormitories_recovered": "14",
    "family_dormitories_reused": "1",
    "family_dormitories_idle": "13",
    "dormitory_checks_per_year": "2",
    "encryption_module_agencies": "224",
    "security_audits": "16",
    "security_trainees": "100",
    "open_datasets_previous": "16",
    "open_datasets_added": "9",
    "open_datasets_total": "25",
    "accessibility_improvements": "7",
    "gazette_issues": "49",
    "archive_audit_districts": "6",
    "political_archives_reviewed": "213",
    "political_archives_transferred": "180",
    "archive_briefing_governments": "13",
    "archive_briefing_trainees": "95",
    "county_archive_agencies": "27",
    "municipal_meetings": "23",
    "executive_talks": "20",
    "worker_lecture_attendees": "500",
    "awards_nominated": "105",
    "awards_selected": "50",
    "personnel_trainees": "80",
    "frontline_agencies": "5984",
    "frontline_schools": "821",
    "frontline_total": "6805",
    "temporary_assistants": "965",
    "temporary_contract_central": "32",
    "temporary_contract_project": "13",
    "temporary_engineers": "17",
    "temporary_budgeted_subtotal": "1027",
    "temporary_other": "1381",
    "temporary_other_health": "276",
    "temporary_other_street_cleaners": "209",
    "temporary_other_dengue": "82",
    "temporary_other_parking": "484",
    "temporary_total": "2408",
    "workforce_total": "9213",
    "frontline_baseline": "8462",
    "temporary_baseline": "3462",
    "temporary_assistants_baseline": "1390",
    "temporary_review_meetings": "2",
    "temporary_hires_approved": "86",
    "reserve_initial_shortfall": "33.2",
    "reserve_contributed": "29.34",
    "reserve_outstanding": "6.1",
    "reserve_accounts_funded": "518",
    "reserve_accounts_total": "519",
    "reserve_plan_years": "3",
    "vehicle_trips": "476",
    "vehicle_loans": "39",
    "vehicle_budget_next_year": "77604",
    "hybrid_cars_approved": "3",
    "electric_scooters_approved": "2",
    "complaints_first": "2052",
    "complaints_second": "542",
    "mediations": "68",
    "consumer_inspections": "24",
    "consumer_education_sessions": "18",
    "debt_advice_sessions": "21",
    "debt_advice_clients": "71",
    "efuneral_halls": "180",
    "phone_service_tests": "11",
    "petitions_january": "18",
    "petitions_may": "10",
}
"""By indicator, each figure that the report prints."""

COMPUTED = [
    ("downsizing_ratio", "frontline", "19.58", "1657 of 8462"),
    ("downsizing_ratio", "temporary", "30.44", "1054 of 3462"),
    ("downsizing_ratio", "temporary_assistants", "30.58", "425 of 1390"),
    ("downsizing_ratio", "_T", "22.74", "2711 of 11924"),
    ("downsizing_contribution_share", "frontline", "61.12", "1657 of 2711"),
    ("downsizing_contribution_share", "temporary", "38.88", "1054 of 2711"),
    ("reserve_account_coverage_ratio", "_T", "99.81", "518 of 519"),
    ("reserve_amount_coverage_ratio", "_T", "88.4", "29.34 of 33.2"),
    ("second_complaint_ratio", "_T", "26.4", "542 of 2052"),
    ("mediation_ratio", "_T", "12.5", "68 of 542"),
    ("selected_archives_share", "_T", "84.5", "180 of 213"),
    ("award_rate", "_T", "47.6", "50 of 105"),
    ("open_datasets_change", "_T", "56.25", "9 of 16"),
]
"""Indicator, breakdown, per cent rounded half up, and the figures that it is the ratio of."""

PEERS = [
    ("second_complaint_ratio", "new_taipei 2012", "37.7", "1744 of 4632"),
    ("mediation_ratio", "new_taipei 2012", "6.3", "110 of 1744"),
    ("second_complaint_ratio", "taipei 2016", "49.5", "4984 of 10068"),
    ("mediation_ratio", "taipei 2016", "9.5", "475 of 4984"),
    ("reserve_amount_coverage_ratio", "taichung 2016-06", "55.6", "10 of 18"),
]


def result(analysis, indicator, breakdown="_T"):
    """Return the one row of the results with this name."""
    (row,) = analysis.results.filter(indicator=indicator, breakdown=breakdown).to_dicts()
    return row


def rounded(value, like):
    """Round half up to the places of a printed number."""
    return str(value.quantize(Decimal(like), ROUND_HALF_UP))


def per_cent(value, like):
    return rounded(value * 100, like)


def test_the_report_prints_these_figures_and_no_others(analysis):
    assert set(analysis.results["indicator"]) - set(METRICS) == set(PRINTED)


@pytest.mark.parametrize(("indicator", "text"), PRINTED.items(), ids=list(PRINTED))
def test_each_printed_figure_is_a_result(analysis, indicator, text):
    row = result(analysis, indicator)
    assert row["value"] == Decimal(text)
    assert row["obs_status"] == "A"


@pytest.mark.parametrize(("indicator", "breakdown", "shown", "of"), COMPUTED)
def test_each_computed_ratio_is_what_a_reader_gets_by_hand(
    analysis, indicator, breakdown, shown, of
):
    row = result(analysis, indicator, breakdown)
    part, whole = map(Decimal, of.split(" of "))
    assert per_cent(row["value"], shown) == shown
    assert (row["numerator"], row["denominator"]) == (part, whole)
    assert abs(row["value"] - part / whole) < Decimal("1e-11")


def test_the_amount_coverage_lies_between_what_the_printed_rounding_allows(analysis):
    """29.335 / 33.25 = 0.88226 and 29.345 / 33.15 = 0.88522."""
    row = result(analysis, "reserve_amount_coverage_ratio")
    assert (per_cent(row["lower"], "0.1"), per_cent(row["upper"], "0.1")) == ("88.2", "88.5")


def test_frontline_staff_fell_by_almost_three_per_cent_a_year(analysis):
    """2010-12-25 to 2018-04-01 are 2654 days: 7 years of 365 and 2 leap days, then 97 days.

    (6805 / 8462) ^ (365.25 / 2654) - 1: the logarithm of 0.804183 is -0.217928, times
    0.137622 that is -0.029992, whose exponential is 0.970453.
    """
    row = result(analysis, "headcount_compound_rate", "frontline")
    expected = (Decimal(6805) / 8462) ** (Decimal("365.25") / 2654) - 1
    assert abs(row["value"] - expected) < Decimal("1e-11")
    assert per_cent(row["value"], "0.01") == "-2.95"


@pytest.mark.parametrize(
    ("stage", "count", "a_day"),
    [
        ("complaints_first", 2052, "12.4"),
        ("complaints_second", 542, "3.3"),
        ("mediations", 68, "0.4"),
    ],
)
def test_complaints_a_covered_day(analysis, stage, count, a_day):
    """16 January to 30 June 2018 are 166 days: 16 + 28 + 31 + 30 + 31 + 30."""
    row = result(analysis, "complaints_daily_rate", stage)
    assert (row["numerator"], row["denominator"]) == (count, 166)
    assert rounded(row["value"], a_day) == a_day


def test_330_other_temporary_staff_are_not_broken_down(analysis):
    """1381 - (276 + 209 + 82 + 484); the parts are about, one off each way."""
    row = result(analysis, "not_broken_down_stock", "temporary_other")
    assert (row["value"], row["lower"], row["upper"]) == (330, 326, 334)
    assert analysis.results.filter(indicator="not_broken_down_stock").height == 1


@pytest.mark.parametrize(("indicator", "when", "shown", "of"), PEERS)
def test_each_ratio_of_another_government_is_what_a_reader_gets_by_hand(
    analysis, indicator, when, shown, of
):
    place, period = when.split()
    (row,) = analysis.reference.filter(indicator=indicator, place=place, period=period).to_dicts()
    assert per_cent(row["value"], shown) == shown
    assert (row["numerator"], row["denominator"]) == tuple(map(Decimal, of.split(" of ")))


def test_no_other_government_is_compared(analysis):
    assert analysis.reference.height == len(PEERS)


def test_each_figure_says_where_it_comes_from(analysis):
    sources = analysis.results.select(pl.col("source_ids").str.split(";").explode()).unique()
    assert sources.rows() == [("ksec_2018_s1",)]
