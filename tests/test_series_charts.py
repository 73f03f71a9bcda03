"""Charts of complaints over time: which are drawn for how many months."""

import dataclasses
import datetime as dt
import json
import subprocess
import sys

import pytest
from monthly import rows

from kao_metrics import charts
from kao_metrics.metrics.complaint_season import complaint_season
from kao_metrics.steps import Step

SEASON = [300, 290, 280, 300, 310, 320, 350, 380, 330, 310, 300, 290]
EVERY = (charts.complaint_series, charts.complaint_trend, charts.complaint_season)


def with_months(analysis, counts, **more):
    table = rows(counts)
    found = complaint_season(table)
    return dataclasses.replace(analysis, tables={"complaints": table}, season=found, **more)


def told(chart):
    datasets = chart.to_dict()["datasets"].values()
    return [row for rows in datasets for row in rows if "name" in row]


def years(count):
    return [month + 5 * year for year in range(count) for month in SEASON]


@pytest.mark.parametrize(
    ("counts", "drawn"),
    [
        ([310], [False, False, False]),
        ([310, 290], [True, False, False]),
        (years(3)[:-1], [True, False, False]),
        (years(3), [True, True, True]),
        ([*years(2), None, *years(2)], [True, False, False]),
    ],
)
def test_how_many_months_each_chart_needs(analysis, counts, drawn):
    known = with_months(analysis, counts)
    assert [chart(known) is not None for chart in EVERY] == drawn


def test_without_months_nothing_is_drawn(analysis):
    assert [chart(analysis) for chart in EVERY] == [None] * 3


def test_the_latest_two_years_are_charted_with_the_steps_that_the_analyst_marked(analysis):
    begun = dt.date(2018, 7, 1)
    words = {"zh-TW": "改用新系統", "en": "a new system"}
    steps = tuple(Step(series, begun, words) for series in ("complaints_first", "mediations"))
    chart = charts.complaint_series(with_months(analysis, years(3), steps=steps))
    assert [row["name"] for row in told(chart)][::23] == ["107年1月", "108年12月"]
    said = chart.to_dict()["description"]
    assert said.count("改用新系統") == 1
    assert "107年7月起：" in said


def test_the_trend_is_drawn_over_the_months_and_said_with_each(analysis):
    chart = charts.complaint_trend(with_months(analysis, years(4)))
    found = told(chart)
    assert len(found) == 48
    assert found[0]["name"] == "106年1月"
    assert found[0]["detail"].startswith("9.7件／日；趨勢")
    assert {row["kind"] for row in found} == {"ground"}


def test_the_season_is_a_share_of_the_mean_month_and_of_cases_where_some_months_have_none(
    english,
):
    found = told(charts.complaint_season(with_months(english, years(3))))
    assert [row["name"] for row in found][::11] == ["January", "December"]
    assert (found[7]["name"], found[7]["detail"]) == ("August", "+19%")
    some = [0 if place == 13 else count for place, count in enumerate(years(3))]
    found = told(charts.complaint_season(with_months(english, some)))
    assert found[7]["detail"].endswith(" cases a day")


@pytest.mark.parametrize("chart", EVERY, ids=lambda chart: chart.__name__)
def test_every_number_can_be_written(analysis, chart):
    for counts in (years(3), [0] * 17 + years(3)[:19], [310] * 36):
        found = chart(with_months(analysis, counts))
        json.dumps(found.to_dict(), allow_nan=False)


def test_a_short_series_does_not_load_what_a_season_needs():
    script = (
        "import sys, datetime as dt\n"
        "from kao_metrics.statistics.season import MonthCount, season\n"
        "season(MonthCount(dt.date(2018, month, 1), 5) for month in range(1, 7))\n"
        "print('statsmodels' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
