"""Escalation through the stages, against arithmetic by hand: ratios, intervals, changes."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from casework import LAST_YEAR, PREVIOUS, cases, rows_of, table
from hypothesis import given, settings
from hypothesis import strategies as st

from kao_metrics.metrics import escalation
from kao_metrics.metrics.stated import findings, operands
from kao_metrics.period import Period

COLUMNS = ("value", "lower", "upper", "reason")
REPORT = table(cases("first", 2052), cases("second", 542), cases("mediation", 68))
EXCEEDS = "later_stage_exceeds_earlier"


def stages(first, second, period=None, mediation=None):
    """Rows of a period with its stages; those that are None are not given."""
    counts = {"first": first, "second": second, "mediation": mediation}
    where = {"period": period} if period else {}
    return [cases(stage, count, **where) for stage, count in counts.items() if count is not None]


def about(*values):
    return pytest.approx(tuple(map(float, values)), abs=5e-7)


def floats(row):
    return tuple(None if each is None else float(each) for each in row)


def test_the_second_stage_has_wilsons_interval():
    """542 of 2,052, z² = 3.841459: p = 0.2641326, z² ÷ 2n = 0.0009360, the root 0.0097441.

    (0.2650686 ± 1.959964 × 0.0097441) ÷ 1.0018721 = 0.2455108 to 0.2836358.
    """
    columns = ("numerator", "denominator", *COLUMNS)
    ((part, whole, *found, reason),) = rows_of(escalation.second_complaint_ratio, REPORT, *columns)
    assert (part, whole, reason) == (542, 2052, None)
    assert floats(found) == about("0.2641326", "0.2455108", "0.2836358")


def test_mediation_has_wilsons_interval():
    """68 of 542: p = 0.1254613, z² ÷ 2n = 0.0035438, the root 0.0143425.

    (0.1290050 ± 1.959964 × 0.0143425) ÷ 1.0070876 = 0.1001844 to 0.1560100.
    """
    columns = ("numerator", "denominator", *COLUMNS)
    ((part, whole, *found, reason),) = rows_of(escalation.mediation_ratio, REPORT, *columns)
    assert (part, whole, reason) == (68, 542, None)
    assert floats(found) == about("0.1254613", "0.1001843", "0.1560100")


@pytest.mark.parametrize(
    ("first", "second", "lower", "upper"),
    [
        (20, 0, 0, "0.1611252"),  # z² ÷ (20 + z²)
        (20, 20, "0.8388748", 1),
        (1, 1, "0.2065493", 1),  # 1 ÷ (1 + z²)
    ],
)
def test_none_and_all_have_an_interval_that_ends_there(first, second, lower, upper):
    ((_, *ends, reason),) = rows_of(
        escalation.second_complaint_ratio, table(*stages(first, second)), *COLUMNS
    )
    assert floats(ends) == about(lower, upper)
    assert reason is None


def test_more_cases_than_before_have_no_interval_and_a_reason():
    """30 second complaints over 20 first ones: 10 at least began in an earlier period."""
    found = rows_of(
        escalation.second_complaint_ratio, table(*stages(20, 30)), "obs_status", *COLUMNS
    )
    assert found == [("A", Decimal("1.5"), None, None, EXCEEDS)]


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (None, 5, "no_denominator"),
        (0, 5, "no_denominator"),
        (0, 0, "no_denominator"),
        (5, None, "no_numerator"),
    ],
)
def test_escalation_says_which_stage_is_missing(first, second, reason):
    frame = table(*stages(first, second))
    assert rows_of(escalation.second_complaint_ratio, frame, *COLUMNS) == [
        (None, None, None, reason)
    ]


def test_neither_stage_gives_no_row():
    assert rows_of(escalation.mediation_ratio, table(*stages(5, None)), "value") == []
    found = changes(table(*stages(5, None)), "value")
    assert found.keys() == {
        "second_complaint_ratio.previous", "second_complaint_ratio.same_half_last_year",
    }  # fmt: skip


def test_the_order_of_rows_and_months_make_no_difference():
    monthly = table(
        cases("second", 42, 3), cases("first", 1052, 3), cases("second", 500, 2),
        cases("first", 1000, 2), cases("mediation", 68),
    )  # fmt: skip
    for metric in (escalation.second_complaint_ratio, escalation.mediation_ratio):
        assert rows_of(metric, monthly, *COLUMNS) == rows_of(metric, REPORT, *COLUMNS)


def test_twice_as_many_cases_keep_the_ratio_and_narrow_its_interval():
    ((ratio, lower, upper, _),) = rows_of(escalation.second_complaint_ratio, REPORT, *COLUMNS)
    ((twice, low, high, _),) = rows_of(
        escalation.second_complaint_ratio, table(*stages(4104, 1084)), *COLUMNS
    )
    assert twice == ratio
    assert high - low < upper - lower


BOTH = table(*stages(2052, 542), *stages(1500, 300, PREVIOUS))


def changes(frame, *columns, period=None):
    where = {"period": period} if period else {}
    found = rows_of(escalation.escalation_change, frame, "breakdown", *columns, **where)
    return {breakdown: row for breakdown, *row in found}


def test_a_change_is_in_percentage_points_with_newcombes_interval():
    """26.41326 % less 20 %, whose intervals end at 24.55108, 28.36358, 18.05353, 22.09973.

    6.41326 − √(1.86218² + 2.09973²) and 6.41326 + √(1.95032² + 1.94647²).
    """
    found = changes(BOTH, *COLUMNS, "unit")["second_complaint_ratio.previous"]
    assert floats(found[:3]) == pytest.approx((6.41326, 3.60674, 9.16871), abs=2e-5)
    assert found[3:] == [None, "percentage_point"]


def test_periods_that_change_places_turn_a_change_round():
    swapped = table(*stages(1500, 300), *stages(2052, 542, PREVIOUS))
    key = "second_complaint_ratio.previous"
    value, lower, upper, _ = changes(BOTH, *COLUMNS)[key]
    back, low, high, _ = changes(swapped, *COLUMNS)[key]
    assert back == -value
    assert floats((-high, -low)) == pytest.approx(floats((lower, upper)), abs=1e-8)


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (stages(2052, 542), {"previous": "no_earlier_period"}),
        ([*stages(2052, 542), *stages(0, 5, PREVIOUS)], {"previous": "no_denominator"}),
        ([*stages(2052, 542), *stages(10, None, PREVIOUS)], {"previous": "no_numerator"}),
        ([*stages(2052, None), *stages(10, 5, PREVIOUS)], {"previous": "no_numerator"}),
        ([*stages(0, 5), *stages(10, 5, LAST_YEAR)], {"same_half_last_year": "no_denominator"}),
    ],
)
def test_a_change_that_cannot_be_told_says_what_is_missing(rows, reasons):
    found = changes(table(*rows), *COLUMNS)
    for against, reason in reasons.items():
        assert found[f"second_complaint_ratio.{against}"] == [None, None, None, reason]


@pytest.mark.parametrize(
    ("now", "then", "change"), [((20, 30), (40, 20), 100), ((40, 20), (20, 30), -100)]
)
def test_a_change_from_or_to_more_than_all_has_no_interval(now, then, change):
    frame = table(*stages(*now), *stages(*then, PREVIOUS))
    found = changes(frame, *COLUMNS)["second_complaint_ratio.previous"]
    assert found == [change, None, None, EXCEEDS]


def test_each_ratio_is_compared_with_both_earlier_periods():
    frame = table(
        *stages(100, 30, None, 6), *stages(100, 20, PREVIOUS, 4), *stages(50, 20, LAST_YEAR, 2)
    )
    found = {name: float(value) for name, (value,) in changes(frame, "value").items()}
    assert found == pytest.approx({
        "second_complaint_ratio.previous": 10,
        "second_complaint_ratio.same_half_last_year": -10,
        "mediation_ratio.previous": 0,
        "mediation_ratio.same_half_last_year": 10,
    })  # fmt: skip


@settings(max_examples=8)
@given(st.lists(st.integers(0, 3000), min_size=4, max_size=4))
def test_bounds_are_around_their_value_whatever_the_counts(counts):
    frame = table(*stages(*counts[:2]), *stages(*counts[2:], PREVIOUS))
    ratio = rows_of(escalation.second_complaint_ratio, frame, *COLUMNS[:3])
    change = changes(frame, *COLUMNS[:3])["second_complaint_ratio.previous"]
    for value, lower, upper in (*ratio, change):
        assert (lower is None) == (upper is None)
        assert lower is None or lower <= value <= upper


def test_a_confidence_interval_is_no_rounding_of_a_stated_figure():
    """27 % is inside 24.6 to 28.4 %, but 542 ÷ 2,052 is 26.4 %: a report that says 27 errs."""
    found = escalation.second_complaint_ratio(REPORT, Period(2018, 1)).collect()
    assert found["upper"].is_not_null().all()
    values = operands(found)
    ratio = values["second_complaint_ratio"]
    assert ratio.lower == ratio.value == ratio.upper
    names = {"section": "6", "unit": "percent", "qualifier": "exact", "source_id": "report"}
    stated = pl.DataFrame([
        {"id": printed, "statement": "x", "stated": Decimal(printed), "printed": printed,
         "operands": "second_complaint_ratio", **names}
        for printed in ("26.4", "27.0")
    ])  # fmt: skip
    right, wrong = findings(stated, values)
    assert (right.verdict, wrong.verdict) == ("agrees", "disagrees")
    assert right.lower == right.upper == right.recomputed
