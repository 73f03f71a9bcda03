"""What a change in staff is made of, against arithmetic by hand."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from staffing import MERGER, NOW, by_breakdown, count, staff

from kao_metrics.labels import TOTAL
from kao_metrics.metrics.workforce_changes import (
    headcount_change_common,
    headcount_change_shift,
)
from kao_metrics.period import Period

HALF = Period(2018, 1)
BEFORE = dt.date(2017, 10, 1)
HALVES = (headcount_change_common, headcount_change_shift)

REAL = staff(
    count(MERGER, "frontline", 8462),
    count(MERGER, "temporary", 3462),
    count(MERGER, "temporary", 1390, subcategory="assistants", funding="general"),
    count(NOW, "frontline", 6805),
    count(NOW, "temporary", 2408),
    count(NOW, "temporary", 965, subcategory="assistants", funding="general"),
    count(NOW, "temporary", 1381, subcategory="other"),
    count(NOW, TOTAL, 9213),
)


def values(metric, frame, period=HALF):
    return by_breakdown(metric, frame, period, "value")


def reasons(metric, frame, period=HALF):
    return by_breakdown(metric, frame, period, "reason")


def test_the_real_figures_in_step_with_the_whole():
    """8,462 × 9,213 ÷ 11,924 = 6,538.11, and there are 6,805; 3,462 likewise 2,674.89."""
    common, shift = (values(metric, REAL) for metric in HALVES)
    assert abs(common["frontline"] - (8462 * Decimal(9213) / 11924 - 8462)) < Decimal("1e-11")
    assert (round(common["frontline"], 2), round(shift["frontline"], 2)) == (
        Decimal("-1923.89"),
        Decimal("266.89"),
    )
    assert (round(common["temporary"], 2), round(shift["temporary"], 2)) == (
        Decimal("-787.11"),
        Decimal("-266.89"),
    )
    assert (common[TOTAL], shift[TOTAL]) == (-2711, 0)


def test_within_a_category_what_both_dates_do_not_print_alike_is_one_part():
    """1,390 of 3,462 to 965 of 2,408; 2,072 and 1,443 are not broken down at both dates."""
    common, shift = (values(metric, REAL) for metric in HALVES)
    rest = "temporary_not_broken_down"
    assert common["temporary_assistants"] + shift["temporary_assistants"] == 965 - 1390
    assert common[rest] + shift[rest] == 1443 - 2072
    assert common["temporary_assistants"] + common[rest] == 2408 - 3462
    assert shift["temporary_assistants"] + shift[rest] == 0
    assert round(shift["temporary_assistants"], 2) == Decimal("-1.82")
    assert set(common) - {"frontline", "temporary", TOTAL, f"{TOTAL}.previous"} == {
        "temporary_assistants",
        rest,
    }


def test_each_half_carries_what_it_is_computed_from():
    columns = ("numerator", "denominator")
    common, shift = (by_breakdown(metric, REAL, HALF, *columns) for metric in HALVES)
    assert (common["frontline"], shift["frontline"]) == ((8462, 11924), (6805, 9213))
    assert (common["temporary_assistants"], shift["temporary_assistants"]) == (
        (1390, 3462),
        (965, 2408),
    )


headcounts = st.tuples(st.integers(0, 20_000), st.integers(0, 20_000))


@settings(max_examples=20)  # each runs both metrics twice
@given(st.lists(headcounts, min_size=1, max_size=5), st.booleans(), st.data())
def test_the_halves_add_up_exactly_and_the_order_of_rows_changes_nothing(pairs, has_totals, data):
    """As decimals, after rounding: to each change, to that of the whole, and to zero."""
    rows = [
        count(date, f"kind_{number}", pair[place])
        for number, pair in enumerate(pairs)
        for place, date in enumerate((MERGER, NOW))
    ]
    rests = (7, 3) if has_totals else (0, 0)
    whole = tuple(sum(pair[place] for pair in pairs) + rests[place] for place in (0, 1))
    if has_totals:
        rows += [count(MERGER, TOTAL, whole[0]), count(NOW, TOTAL, whole[1])]
        pairs = [*pairs, rests]
    common, shift = (values(metric, staff(*rows)) for metric in HALVES)
    if not whole[0]:
        assert set(reasons(HALVES[0], staff(*rows)).values()) == {
            "no_denominator",
            "no_earlier_period",
        }
        return
    names = [f"kind_{number}" for number in range(len(pairs) - has_totals)]
    names += ["not_broken_down"] * has_totals
    assert [common[name] + shift[name] for name in names] == [now - then for then, now in pairs]
    assert sum(common[name] for name in names) == common[TOTAL] == whole[1] - whole[0]
    assert sum(shift[name] for name in names) == shift[TOTAL] == 0
    rows = data.draw(st.permutations(rows))
    assert [values(metric, staff(*rows)) for metric in HALVES] == [common, shift]


def test_the_rest_of_a_printed_total_is_a_part_of_its_own():
    """Of 100 to 50, 60 to 40 are named, and 40 to 10 are not: in step they were 30 and 20."""
    frame = staff(
        count(MERGER, "frontline", 60),
        count(MERGER, TOTAL, 100),
        count(NOW, "frontline", 40),
        count(NOW, TOTAL, 50),
    )
    assert {name: each for name, each in values(HALVES[1], frame).items() if "." not in name} == {
        "frontline": 10,
        "not_broken_down": -10,
        TOTAL: 0,
    }


def test_a_category_of_one_date_is_part_of_the_rest_where_totals_are_printed():
    """Frontline 60 to 40 of 100 to 50; temporary staff are named now only, 5 of the other 10."""
    frame = staff(
        count(MERGER, "frontline", 60),
        count(MERGER, TOTAL, 100),
        count(NOW, "frontline", 40),
        count(NOW, "temporary", 5),
        count(NOW, TOTAL, 50),
    )
    assert values(HALVES[1], frame)["not_broken_down"] == -10


def test_categories_that_differ_are_not_compared_without_totals():
    now = [count(NOW, "frontline", 40), count(NOW, "temporary", 5)]
    then = [count(MERGER, "frontline", 60), count(MERGER, "temporary", 5)]
    of_now = reasons(HALVES[0], staff(*now, then[0]))
    assert of_now | {f"{TOTAL}.previous": ""} == {
        "frontline": "no_figure",
        "temporary": "no_baseline",
        TOTAL: "no_baseline",
        f"{TOTAL}.previous": "",
    }
    assert reasons(HALVES[0], staff(*then, now[0]))["temporary"] == "no_current"


def test_a_rest_that_one_date_leaves_needs_the_total_of_the_other():
    """60 + 5 of 70 now; of what else there was at the merger nothing is known."""
    frame = staff(
        count(MERGER, "frontline", 60),
        count(MERGER, "temporary", 5),
        count(NOW, "frontline", 60),
        count(NOW, "temporary", 5),
        count(NOW, TOTAL, 70),
    )
    assert set(reasons(HALVES[0], frame).values()) == {"no_figure", "no_earlier_period"}


def test_with_one_date_there_is_one_row_without_a_baseline():
    assert reasons(HALVES[0], staff(count(NOW, "frontline", 40))) == {
        TOTAL: "no_baseline",
        f"{TOTAL}.previous": "no_earlier_period",
    }


def test_the_half_year_before_is_compared_at_its_latest_date():
    """100 to 90: 60 in step is 54 and there are 57; its own baseline does not count."""
    earlier = {"period": "2017-S2"}
    frame = staff(
        count(MERGER, "frontline", 500, **earlier),
        count(BEFORE, "frontline", 60, **earlier),
        count(BEFORE, "temporary", 40, **earlier),
        count(dt.date(2017, 4, 1), "frontline", 999, period="2017-S1"),
        count(NOW, "frontline", 57),
        count(NOW, "temporary", 33),
    )
    shift = values(HALVES[1], frame)
    assert {name: each for name, each in shift.items() if name.endswith(".previous")} == {
        "frontline.previous": 3,
        "temporary.previous": -3,
        f"{TOTAL}.previous": 0,
    }
    assert reasons(HALVES[1], frame)[TOTAL] == "no_baseline"
    assert reasons(HALVES[1], frame, Period(2019, 1)) == {}


def test_employers_are_compared_where_both_dates_print_them():
    """100 to 80: agencies 90 in step are 72, and there are 76."""
    rows = [
        count(date, "frontline", headcount, **kind)
        for date, agencies, schools in ((MERGER, 90, 10), (NOW, 76, 4))
        for headcount, kind in (
            (agencies, {"employer": "agencies"}),
            (schools, {"employer": "schools"}),
            (agencies + schools, {}),
        )
    ]
    shift = values(HALVES[1], staff(*rows))
    assert (shift["frontline_agencies"], shift["frontline_schools"]) == (4, -4)
    of_agencies = [row for row in rows if row["employer"] != "schools"]
    assert values(HALVES[1], staff(*of_agencies))["frontline_employers_not_broken_down"] == -4


def test_parts_that_overlap_are_counted_once():
    """The subtotal holds the assistants, and assistants in all hold those of one budget."""
    rows = [
        count(date, "temporary", headcount, **kind)
        for date, factor in ((MERGER, 2), (NOW, 1))
        for headcount, kind in (
            (100 * factor, {}),
            (60 * factor, {"subcategory": "budgeted_subtotal"}),
            (50 * factor, {"subcategory": "assistants", "funding": "general"}),
            (30 * factor, {"subcategory": "other_health", "funding": "central"}),
            (35 * factor, {"subcategory": "other_health"}),
        )
    ]
    assert [name for name in values(HALVES[0], staff(*rows)) if name.startswith("temporary_")] == [
        "temporary_budgeted_subtotal",
        "temporary_other_health",
        "temporary_not_broken_down",
    ]


def test_measures_are_compared_each_with_itself():
    posts = {"measure": "budgeted_posts"}
    frame = staff(
        count(MERGER, "frontline", 100),
        count(NOW, "frontline", 80),
        count(MERGER, "frontline", 110, **posts),
        count(NOW, "frontline", 99, **posts),
    )
    common = values(HALVES[0], frame)
    assert (common[TOTAL], common["budgeted_posts"]) == (-20, -11)
    assert common["frontline_budgeted_posts"] == -11


@pytest.mark.parametrize("metric", HALVES)
def test_across_a_break_nothing_is_computed(metric):
    """The same total, of agencies and schools first and of agencies alone then."""
    frame = staff(
        count(MERGER, "frontline", 90, employer="agencies"),
        count(MERGER, "frontline", 10, employer="schools"),
        count(MERGER, "frontline", 100),
        count(NOW, "frontline", 80, employer="agencies"),
        count(NOW, "frontline", 80),
        count(MERGER, "temporary", 10),
        count(NOW, "temporary", 20),
    )
    found = reasons(metric, frame)
    found.pop(f"{TOTAL}.previous")
    assert set(found.values()) == {"series_break"}


def test_bounds_of_printed_figures_go_through():
    """About 100 of 200 in all to 50 of 100: 99 to 101 in step with a half less."""
    frame = staff(
        count(MERGER, "frontline", 100, about=1),
        count(MERGER, TOTAL, 200),
        count(NOW, "frontline", 50),
        count(NOW, TOTAL, 100),
    )
    columns = ("value", "lower", "upper")
    common, shift = (by_breakdown(metric, frame, HALF, *columns) for metric in HALVES)
    assert common["frontline"] == (-50, Decimal("-50.5"), Decimal("-49.5"))
    assert shift["frontline"] == (0, Decimal("-0.5"), Decimal("0.5"))
    assert shift[TOTAL] == (0, None, None)


def test_headcounts_of_any_size_stay_exact():
    huge = 10**15 - 1
    frame = staff(
        count(MERGER, "frontline", huge),
        count(MERGER, "temporary", 1),
        count(NOW, "frontline", 1),
        count(NOW, "temporary", huge),
    )
    common, shift = (values(metric, frame) for metric in HALVES)
    assert Fraction(common["frontline"] + shift["frontline"]) == 1 - huge
