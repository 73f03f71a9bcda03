"""What complaints say over time: as much as the months allow, and no more."""

import dataclasses
import datetime as dt

import pytest
from monthly import rows

from kao_metrics import sentences
from kao_metrics.metrics.complaint_season import complaint_season
from kao_metrics.series_sentences import by_chance
from kao_metrics.statistics.season import MonthCount, season
from kao_metrics.steps import Step

SEASON = [300, 290, 280, 300, 310, 320, 350, 380, 330, 310, 300, 290]


def with_months(analysis, counts, **more):
    table = rows(counts)
    found = complaint_season(table)
    return dataclasses.replace(analysis, tables={"complaints": table}, season=found, **more)


def wavy(years, growth=0):
    """Years with a season, some growth, and ups and downs of their own."""
    return [
        month + growth * year + 7 * (number * (year + 3) % 5)
        for year in range(years)
        for number, month in enumerate(SEASON)
    ]


def test_one_period_without_months_says_that_one_point_is_no_trend(analysis):
    assert "一個數字看不出趨勢" in sentences.complaint_series(analysis)[0]
    assert sentences.complaint_trend(analysis) == []


def test_few_months_are_too_few_to_tell_which_is_unusual(english):
    said = sentences.complaint_series(with_months(english, [310, 280, 310]))
    assert said == ["There are too few months to tell which of them is unusual."]


def test_a_step_is_said_with_its_reason_and_the_range_from_there_on(english):
    words = {"zh-TW": "改用新系統", "en": "a new system"}
    step = Step("complaints_first", dt.date(2018, 1, 1), words)
    counts = [*wavy(1), *(count + 300 for count in wavy(1))]
    said = sentences.complaint_series(with_months(english, counts, steps=(step,)))
    assert said[0] == "From 2018-01: a new system. The usual range starts anew there."
    assert said[1].startswith("From 2018-01 to 2018-12, ")
    assert said[2] == "No month is outside it: the ups and downs are the usual ones."


@pytest.mark.parametrize(
    ("counts", "months", "why"),
    [
        (SEASON[:6], 6, "at least 36 are needed"),
        ([*SEASON * 2, None, *SEASON], 36, "some months between them are missing"),
        ([0] * 19 + SEASON[:5] + SEASON, 36, "more than half of them have no cases"),
    ],
)
def test_why_there_is_no_season_is_said(english, counts, months, why):
    (said,) = sentences.complaint_trend(with_months(english, counts))
    assert said == (
        f"There are {months} months of cases, from which no trend and season can be told: {why}."
    )


@pytest.mark.parametrize(
    ("growth", "verdict"),
    [(30, " rose by 7."), (-30, " fell by "), (0, "cannot be told apart from no change")],
)
def test_the_trend_is_said_with_its_interval_as_far_as_it_can_be_told(english, growth, verdict):
    said = sentences.complaint_trend(with_months(english, wavy(4, growth)))
    assert said[0].startswith("From 2017-01 to 2020-12 (48 months), cases a day ")
    assert verdict in said[0]
    assert "95 % interval" in said[0]


def test_the_months_of_a_year_are_said_two_each_way(english):
    said = sentences.complaint_trend(with_months(english, SEASON * 3))
    assert said[1] == (
        "Against the mean level of a year, August (+19%) and July (+10%) are highest, "
        "March (−12%) and December (−9%) lowest."
    )


def test_a_season_that_chance_makes_too_is_said_to_be_perhaps_none(english):
    found = season(
        MonthCount(dt.date(2017 + place // 12, place % 12 + 1, 1), count)
        for place, count in enumerate(wavy(3))
    )
    for strength, is_said in ((0.73, True), (0.75, False)):
        weak = dataclasses.replace(found, strength_of_season=strength)
        report = dataclasses.replace(with_months(english, wavy(3)), season=weak)
        said = " ".join(sentences.complaint_trend(report))
        assert ("pure chance" in said) == is_said


def test_months_that_are_alike_have_no_season(english):
    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    alike = [10 * each for each in days * 3]
    assert "All months of a year are alike." in sentences.complaint_trend(
        with_months(english, alike)
    )


@pytest.mark.parametrize(
    ("months", "strength"),
    [(24, 0.74), (36, 0.74), (60, 0.50), (96, 0.44), (132, 0.38), (500, 0.38)],
)
def test_chance_makes_weaker_seasons_of_longer_series(months, strength):
    assert by_chance(months) == pytest.approx(strength)
