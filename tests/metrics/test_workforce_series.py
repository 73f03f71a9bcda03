"""Staff date by date, and where a series breaks: by hand, over made-up reports."""

import datetime as dt
from itertools import permutations

import pytest
from staffing import MERGER, count, staff

from kao_metrics.labels import TOTAL
from kao_metrics.metrics.workforce_series import Break, compared_dates, headcount_series
from kao_metrics.period import Period
from kao_metrics.schemas import TABLES

HALVES = ("2017-S2", "2018-S1", "2018-S2")
DAYS = (dt.date(2017, 10, 1), dt.date(2018, 4, 1), dt.date(2018, 10, 1))


def report(number, *kinds):
    """A made-up report at one of three dates, of kinds as (headcount, what is not ordinary)."""
    return [
        count(
            DAYS[number],
            kind.pop("category", "temporary"),
            headcount,
            period=HALVES[number],
            **kind,
        )
        for headcount, kind in ((headcount, dict(kind)) for headcount, kind in kinds)
    ]


def by_name(*rows):
    """Return dates and headcounts, and the breaks, of each series."""
    return {
        each.kind.name: (
            [(point.when, int(point.value)) for point in each.points],
            list(each.breaks),
        )
        for each in headcount_series(staff(*rows))
    }


def breaks(*rows):
    return {name: found for name, (_, found) in by_name(*rows).items()}


WHOLE = (100, {})
ASSISTANTS = (60, {"subcategory": "assistants"})
OTHER = (40, {"subcategory": "other"})
CONTRACT = (40, {"subcategory": "contract"})


def test_dates_of_all_reports_are_in_order_and_the_newest_report_stands():
    rows = [
        count(MERGER, "frontline", 200, period="2017-S2"),
        count(DAYS[0], "frontline", 150, period="2017-S2"),
        count(MERGER, "frontline", 201, period="2018-S1"),
        count(DAYS[1], "frontline", 140, period="2018-S1"),
    ]
    points = [(MERGER, 201), (DAYS[0], 150), (DAYS[1], 140)]
    for shown in permutations(rows):
        assert by_name(*shown) == {"frontline": (points, []), TOTAL: (points, [])}


def test_the_whole_is_as_printed_or_else_the_categories_added_up():
    rows = [
        *report(0, (60, {"category": "frontline"}), (40, {})),
        *report(1, (60, {"category": "frontline"}), (40, {}), (107, {"category": TOTAL})),
    ]
    assert by_name(*rows)[TOTAL] == ([(DAYS[0], 100), (DAYS[1], 107)], [])


def test_three_reports_with_other_parts_in_the_third_break_there():
    """Assistants and others make up the whole twice, assistants and contract staff then."""
    rows = [
        *report(0, WHOLE, ASSISTANTS, OTHER),
        *report(1, WHOLE, ASSISTANTS, OTHER),
        *report(2, WHOLE, ASSISTANTS, CONTRACT),
    ]
    broken = [Break(DAYS[2], "parts")]
    assert breaks(*rows) == {"temporary": broken, TOTAL: broken}


@pytest.mark.parametrize(
    "detail",
    [
        [WHOLE],  # less detail
        [WHOLE, ASSISTANTS],  # a rest, which may hold the others
        [WHOLE, OTHER, (60, {"subcategory": "budgeted_subtotal"}), ASSISTANTS],  # a level more
        [WHOLE, ASSISTANTS, (40, {"subcategory": "other", "funding": "central"})],
        [WHOLE, ASSISTANTS, OTHER, (100, {"employer": "schools"})],
        [WHOLE, ASSISTANTS, OTHER, (0, {"subcategory": "contract"})],  # of nobody
    ],
)
def test_other_detail_of_the_same_parts_is_no_break(detail):
    assert breaks(*report(0, WHOLE, ASSISTANTS, OTHER), *report(1, *detail)) == {
        "temporary": [],
        TOTAL: [],
    }


def test_a_date_with_less_detail_does_not_hide_a_break():
    rows = [
        *report(0, WHOLE, ASSISTANTS, OTHER),
        *report(1, WHOLE),
        *report(2, WHOLE, ASSISTANTS, CONTRACT),
    ]
    assert breaks(*rows)["temporary"] == [Break(DAYS[2], "parts")]


def test_parts_of_a_part_that_differ_are_a_break():
    subtotal = (100, {"subcategory": "budgeted_subtotal"})
    first = report(0, WHOLE, subtotal, ASSISTANTS, CONTRACT)
    second = report(1, WHOLE, subtotal, ASSISTANTS, (40, {"subcategory": "engineers"}))
    assert breaks(*first, *second)["temporary"] == [Break(DAYS[1], "parts")]


def test_parts_that_are_only_about_right_may_be_all():
    """About 41 and 60 can be 100; more than that cannot, and is a rest."""
    nearly = [WHOLE, ASSISTANTS, (41, {"subcategory": "contract", "about": 1})]
    first = report(0, WHOLE, ASSISTANTS, OTHER)
    assert breaks(*first, *report(1, *nearly))["temporary"] == [Break(DAYS[1], "parts")]
    fewer = [WHOLE, ASSISTANTS, (38, {"subcategory": "contract", "about": 1})]
    assert breaks(*first, *report(1, *fewer))["temporary"] == []


def test_employers_that_differ_are_a_break():
    agencies, schools = ((60, {"employer": "agencies"}), (40, {"employer": "schools"}))
    first = report(0, WHOLE, agencies, schools)
    assert breaks(*first, *report(1, WHOLE, (100, {"employer": "agencies"})))["temporary"] == [
        Break(DAYS[1], "parts")
    ]


def test_other_categories_break_the_whole_and_not_the_others():
    rows = [
        *report(0, (60, {"category": "frontline"})),
        *report(1, (60, {"category": "frontline"}), WHOLE),
    ]
    assert breaks(*rows) == {"frontline": [], "temporary": [], TOTAL: [Break(DAYS[1], "parts")]}


def test_measures_are_series_of_their_own_and_a_new_one_breaks():
    """Staff in post twice, then budgeted posts in their place."""
    posts = {"measure": "budgeted_posts"}
    rows = [*report(0, WHOLE), *report(1, WHOLE), *report(2, (110, posts))]
    assert by_name(*rows) == {
        "temporary_budgeted_posts": ([(DAYS[2], 110)], [Break(DAYS[2], "measure")]),
        "budgeted_posts": ([(DAYS[2], 110)], [Break(DAYS[2], "measure")]),
        "temporary": ([(DAYS[0], 100), (DAYS[1], 100)], []),
        TOTAL: ([(DAYS[0], 100), (DAYS[1], 100)], []),
    }


def test_measures_beside_each_other_from_the_first_do_not_break():
    both = [WHOLE, (110, {"measure": "budgeted_posts"})]
    assert set(map(tuple, breaks(*report(0, *both), *report(1, *both)).values())) == {()}


def test_a_break_counts_after_one_date_and_up_to_another():
    rows = [
        *report(0, WHOLE, ASSISTANTS, OTHER),
        *report(1, WHOLE, ASSISTANTS, CONTRACT),
        *report(2, WHOLE, ASSISTANTS, CONTRACT),
    ]
    dates = compared_dates(staff(*rows), Period(2018, 2))
    names = [{kind.name for kind in dates.broken_since(day)} for day in DAYS]
    assert names == [{"temporary", TOTAL}, set(), set()]
    earlier = compared_dates(staff(*rows), Period(2017, 2))
    assert earlier.broken_since(MERGER) == set()


def test_without_rows_there_are_no_series_and_no_dates():
    nothing = TABLES["workforce"].create_empty().lazy()
    assert headcount_series(nothing) == ()
    assert compared_dates(nothing, Period(2018, 1)) is None
