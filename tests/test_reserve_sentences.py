"""What is said of the reserve: computed from its tables, in both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from reserve_tables import EARLIER, NOW, accounts, printed, two_periods, with_tables

from kao_metrics import sentences


def paths(analysis, frame=None, yearly_payment=""):
    shown = analysis if frame is None else with_tables(analysis, frame)
    return sentences.reserve_paths(shown, yearly_payment)


def test_even_payments_say_what_a_year_must_bring_and_when_it_ends(english):
    """3.86 / 3 and 6.1 / 3, three years from 2018-06-30."""
    said = paths(english)[0]
    assert "over the planned 3 years from 2018-06-30" in said
    assert "1.29 hundred million TWD (from the remainder by subtraction)" in said
    assert "or 2.03 hundred million TWD (from the outstanding amount as stated) a year" in said
    assert "end the shortfall in 2021-06. This is arithmetic, not a forecast." in said


def test_a_report_alone_is_said_to_tell_no_pace(analysis, english):
    """29.34 in 1,240 days is 8.64 a year; 160.8 days to 260.0 days from 2018-06-30."""
    said = paths(english)[1]
    assert "one report cannot tell the pace" in said
    assert "If payments began on 2015-02-06, when the duty took effect" in said
    assert "at least 8.64 hundred million TWD (8.641–8.644, given the rounding)" in said
    assert "between 2018-12 and 2019-03 at the latest" in said
    chinese = paths(analysis)[1]
    assert "看不出撥補的速度" in chinese
    assert "勞動基準法第56條第2項生效之日" in chinese
    assert "最遲於107年12月至108年3月間補足" in chinese


def test_the_day_of_the_stated_amount_is_said_where_it_is_an_earlier_one(english):
    assert "What is stated as outstanding is of 2017-12-31" in "".join(paths(english))
    assert "What is stated" not in "".join(paths(english, printed(**NOW)))


def test_two_reports_tell_the_pace_between_them(english):
    """8.04 in 546 days is 5.38 a year: 3.86 takes 262 days, 6.1 takes 414."""
    said = paths(english, two_periods())[1]
    assert "From 2016-12-31 to 2018-06-30, what is contributed went from 21.3" in said
    assert "5.38 hundred million TWD" in said
    assert "between 2019-03 and 2019-08" in said
    assert "cannot tell" not in said


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (
            two_periods(earlier={**EARLIER, "contributed": "29.34"}),
            "nothing was contributed in between",
        ),
        (two_periods(earlier={**EARLIER, "contributed": "30"}), "there is no pace"),
        (printed(as_of={"contributed": dt.date(2015, 2, 1)}, **NOW), "there is no time"),
    ],
)
def test_without_a_pace_it_is_said_why_once(english, frame, words):
    said = [each for each in paths(english, frame) if each.startswith("Pace so far: ")]
    assert len(said) == 1
    assert words in said[0]


def test_a_full_reserve_needs_no_path(english):
    full = printed(initial_shortfall="33.2", contributed="34.0", plan_years="3")
    assert paths(english, full) == [
        "Nothing is left to pay when taken from the remainder by subtraction."
    ]


@pytest.mark.parametrize(
    ("yearly", "amount", "words"),
    [
        ("1.5", "remainder", "between 2021-01 and 2021-02, within the 3 planned years."),
        ("1.5", "as stated", "between 2022-07 and 2022-08, beyond the 3 planned years."),
        ("1.28", "remainder", "; whether that is within the 3 planned years, the rounding"),
        ("0.001", "as stated", "does not end within 200 years, beyond the 3 planned years."),
    ],
)
def test_a_pace_that_is_given_is_said_with_its_end_and_the_plan(english, yearly, amount, words):
    said = [each for each in paths(english, yearly_payment=yearly) if each.startswith("With ")]
    assert len(said) == 2
    assert words in next(each for each in said if amount in each)


def test_an_amount_that_is_open_at_one_end_leaves_that_month_open(english):
    """More than 29 is contributed: at most 4.25 is left, and maybe nothing."""
    frame = printed(initial_shortfall="33.2", contributed="29 more_than", plan_years="3")
    assert "in 2018-12 or earlier" in "".join(paths(english, frame))


def test_without_figures_nothing_is_said_of_paths(english):
    assert paths(english, printed(**NOW).clear()) == []


def test_a_plan_that_is_not_printed_is_not_spoken_of(english):
    without = printed(initial_shortfall="33.2", contributed="29.34")
    said = paths(english, without, "1.5")
    assert not [each for each in said if "planned" in each]


def test_the_test_by_law_is_counted_and_dated(analysis, english):
    gaps = accounts(A=100, B=0, C=-5)
    (said,) = sentences.reserve_gaps(with_tables(english, of_accounts=gaps))
    assert "against the Labor Standards Act, art. 56 para. 2, on 2017-12-31: " in said
    assert "passing 2 accounts, below it 1 account, to be made up by 2018-03-31." in said
    (said,) = sentences.reserve_gaps(with_tables(analysis, of_accounts=gaps))
    assert "依勞動基準法第56條第2項逐戶檢視106年12月31日的餘額" in said
    assert "2戶達標，1戶未達標，差額應於107年3月31日前補足。" in said


def test_accounts_that_all_pass_owe_nothing(english):
    passed = with_tables(english, of_accounts=accounts(A=0, B=-5))
    (said,) = sentences.reserve_gaps(passed)
    assert said.endswith("on 2017-12-31: passing 2 accounts, which are all.")
    assert sentences.reserve_concentration(passed) == []


def test_how_the_gaps_are_spread_is_said_with_both_measures(english):
    """Gaps 0, 0, 100, 200, 300, 400: two of six have 700 of 1,000, the coefficient is 0.5."""
    gaps = accounts(A=0, B=100, C=200, D=300, E=-50, F=400)
    (said,) = sentences.reserve_concentration(with_tables(english, of_accounts=gaps))
    assert "has 70.0% of all gaps; the Gini coefficient is 0.500" in said


def test_without_accounts_nothing_is_said_of_them(english):
    assert sentences.reserve_gaps(english) == []
    assert sentences.reserve_concentration(english) == []
