"""A half-year: what people may type, what it prints, which days it covers."""

import contextlib
import datetime as dt
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kao_metrics.period import FIRST_YEAR, LAST_YEAR, SPELLINGS, Period, PeriodError, spelled

periods = st.builds(Period, st.integers(FIRST_YEAR, LAST_YEAR), st.sampled_from([1, 2]))


@st.composite
def nearly_periods(draw):
    """Texts made of the pieces of a half-year, with now and then a piece that is none."""
    pieces = (
        st.sampled_from(["", "", "", " ", "民國", "ROC ", "\n", "../"]),
        st.sampled_from(["107", "18", "１０７", "²", "2018", "2199", "2200"]),
        st.sampled_from(["H", "-H", "－S", "-", "–", "年", "年第", ""]),
        st.sampled_from(["1", "2", "２", "①", "上半年", "下半", "1半年", "3"]),
        st.sampled_from(["", "", "", " ", "\n", "/.."]),
    )
    return "".join(draw(piece) for piece in pieces)


@pytest.mark.parametrize(
    "text",
    [
        *SPELLINGS,
        "107-H1",
        "107h1",
        "107S1",
        "107年第1半年",
        "107上半",
        "民國 107 年 上半年",
        "ROC 107H1",
        "2018-H1",
        "2018S1",
        "2018-1",
        "2018年上半年",
        "１０７Ｈ１",
        "１０７－１",
        "２０１８－Ｓ１",
        "民國１０７年上半年",
        "  107H1  ",
        "107H1\n",
    ],
)
def test_every_spelling_of_the_first_half_of_2018_is_one_period(text):
    assert Period.parse(text) == Period(2018, 1)


@pytest.mark.parametrize(
    "text",
    ["107H2", "107-2", "107年下半年", "民國107年下半年", "2018H2", "2018-S2", "107年第2半年"],
)
def test_every_spelling_knows_the_second_half_too(text):
    assert Period.parse(text) == Period(2018, 2)


@pytest.mark.parametrize("dash", list("-－﹣‐‑‒–—―−⁻"))
def test_any_dash_will_do(dash):
    assert Period.parse(f"107{dash}1") == Period.parse(f"2018{dash}S1") == Period(2018, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [("1H1", "1912-S1"), ("99H2", "2010-S2"), ("100H1", "2011-S1"), ("288H2", "2199-S2")],
)
def test_up_to_three_digits_are_a_roc_year(text, code):
    assert Period.parse(text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n",
        "107",
        "2018",
        "H1",
        "107H",
        "107H0",
        "107H3",
        "107H11",
        "107Q1",
        "2018-Q1",
        "2018-01",
        "上半年",
        "107年中半年",
        "-107H1",
        "107.0H1",
        "2018/S1",
        "../2018-S1",
        "2018-S1/..",
        "2018-S1\n2018-S2",
        "2018-S1\x00",
        "٢٠١٨-S1",
        "民國2018年上半年",
        "0H1",
        "0107H1",
        "1911-S2",
        "2200-S1",
        "289H1",
        "99999H1",
        "1" * 5000 + "H1",
    ],
)
def test_a_text_that_is_no_half_year_is_refused(text):
    with pytest.raises(PeriodError):
        Period.parse(text)


@pytest.mark.parametrize("text", ["107H3", "0H1", "民國2018年上半年"])
def test_the_message_repeats_the_text_and_shows_every_accepted_spelling(text):
    with pytest.raises(PeriodError) as refusal:
        Period.parse(text)
    assert repr(text) in str(refusal.value)
    assert all(spelling in str(refusal.value) for spelling in SPELLINGS)


def test_a_period_is_taken_as_it_is_with_its_covered_days():
    covered = Period(2018, 1).covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))
    assert Period.parse(covered) is covered


def test_a_period_prints_its_code_and_is_named_in_both_calendars():
    period = Period(2018, 1)
    assert (str(period), period.code, period.roc_code) == ("2018-S1", "2018-S1", "107H1")
    assert repr(period) == "Period(2018-S1 = 107H1)"


@pytest.mark.parametrize(
    ("period", "start", "end", "days"),
    [
        # 31 + 28 + 31 + 30 + 31 + 30 = 181, one more in a leap year
        (Period(2018, 1), dt.date(2018, 1, 1), dt.date(2018, 6, 30), 181),
        (Period(2020, 1), dt.date(2020, 1, 1), dt.date(2020, 6, 30), 182),
        # 31 + 31 + 30 + 31 + 30 + 31 = 184
        (Period(2018, 2), dt.date(2018, 7, 1), dt.date(2018, 12, 31), 184),
    ],
)
def test_a_half_year_has_its_calendar_days_and_covers_them_all(period, start, end, days):
    assert (period.start, period.end, period.days) == (start, end, days)
    assert (period.covers_from, period.covers_to, period.covered_days) == (start, end, days)
    assert not period.is_partly_covered


def test_the_first_report_covers_166_days():
    """16 of January (16th to 31st), then 28 + 31 + 30 + 31 + 30 = 150."""
    covered = Period(2018, 1).covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))
    assert covered.covered_days == 16 + 150
    assert covered.is_partly_covered
    assert repr(covered) == "Period(2018-S1 = 107H1, covers 2018-01-16 to 2018-06-30)"
    assert "covers 2018-01-16 to 2018-06-30" in covered._repr_html_()


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (dt.date(2017, 12, 31), dt.date(2018, 6, 30)),
        (dt.date(2018, 1, 1), dt.date(2018, 7, 1)),
        (dt.date(2018, 6, 1), dt.date(2018, 5, 31)),
    ],
)
def test_covered_days_outside_the_half_year_or_in_the_wrong_order_are_refused(first, last):
    with pytest.raises(PeriodError, match=f"2018-S1 covers {first} to {last}"):
        Period(2018, 1).covering(first, last)


@pytest.mark.parametrize(("year", "half"), [(2018, 0), (2018, 3), (1911, 2), (2200, 1)])
def test_a_period_outside_the_calendar_cannot_be_made(year, half):
    with pytest.raises(PeriodError, match=f"year {year}, half {half}"):
        Period(year, half)


@pytest.mark.parametrize(
    ("period", "previous", "last_year"),
    [
        (Period(2018, 1), Period(2017, 2), Period(2017, 1)),
        (Period(2018, 2), Period(2018, 1), Period(2017, 2)),
    ],
)
def test_the_half_year_before_and_the_same_half_last_year(period, previous, last_year):
    assert (period.previous, period.same_half_last_year) == (previous, last_year)


def test_earlier_half_years_are_whole_whatever_this_one_covers():
    covered = Period(2018, 1).covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))
    assert not covered.previous.is_partly_covered
    assert not covered.same_half_last_year.is_partly_covered


def test_coverage_makes_no_other_period():
    whole = Period(2018, 1)
    covered = whole.covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))
    assert whole == covered
    assert len({whole, covered}) == 1


def test_periods_are_in_the_order_of_time_whatever_they_cover():
    early = Period(2017, 2)
    whole = Period(2018, 1)
    covered = whole.covering(dt.date(2018, 6, 29), dt.date(2018, 6, 30))
    late = Period(2018, 2)
    assert sorted([late, covered, early]) == [early, covered, late]
    assert not whole < covered
    assert not covered < whole


@given(periods)
def test_a_period_reads_both_of_its_codes_back(period):
    assert Period.parse(period.code) == Period.parse(period.roc_code) == period


@given(nearly_periods() | st.text(max_size=20))
@example("107\nH1")
def test_a_text_is_refused_or_its_code_is_four_digits_and_a_half(text):
    """So that a code is never a path, whatever was typed."""
    with contextlib.suppress(PeriodError):
        assert re.fullmatch(r"[0-9]{4}-S[12]", Period.parse(text).code)


@given(periods.filter(lambda period: period.year > FIRST_YEAR))
def test_two_half_years_back_is_the_same_half_last_year(period):
    assert period.previous.previous == period.same_half_last_year < period.previous < period
    assert period.previous.end + dt.timedelta(days=1) == period.start


def test_a_range_is_every_half_year_of_it_each_once():
    found = [period.code for period in spelled(["2017-S2..2018-S2", "107H1"])]
    assert found == ["2017-S2", "2018-S1", "2018-S2"]


def test_a_range_that_ends_before_it_begins_says_so():
    with pytest.raises(PeriodError, match=r"try 107H1\.\.108H1"):
        spelled(["108H1..107H1"])


@given(periods)
def test_the_following_half_year_has_this_one_before_it(period):
    if (period.year, period.half) != (LAST_YEAR, 2):
        assert period.following.previous == period
