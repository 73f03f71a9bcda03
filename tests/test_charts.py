"""Charts: what is drawn follows from the figures, and nothing is drawn that they lack."""

import dataclasses

import polars as pl
import pytest

from kao_metrics import charts, theme

EVERY = [
    charts.downsizing,
    charts.contributions,
    charts.temporary_staff,
    charts.reserve_coverage,
    charts.reserve_outstanding,
    charts.complaint_funnel,
]


def drawn(chart):
    """The rows that a chart draws."""
    return chart.data if isinstance(chart.data, pl.DataFrame) else chart.layer[0].data


def without_results(analysis):
    return dataclasses.replace(analysis, results=analysis.results.clear())


@pytest.mark.parametrize("chart", EVERY, ids=lambda chart: chart.__name__)
def test_every_chart_is_a_valid_specification_with_caption_and_description(chart, analysis):
    found = chart(analysis)
    spec = found.to_dict()
    assert spec["title"]
    assert spec["title"] in spec["description"]


def test_a_bar_shows_the_headcount_now_over_the_baseline(analysis):
    rows = drawn(charts.downsizing(analysis))
    assert rows.select("name", "value", "back").rows()[0] == ("工級人員", 6805.0, 8462.0)
    assert rows["detail"][-1] == "11,924 → 9,213人（−22.74%）"


def test_contributions_are_drawn_against_the_whole_reduction(analysis):
    rows = drawn(charts.contributions(analysis))
    assert rows["value"].sum() == 1657 + 1054
    assert rows["back"].unique().to_list() == [1657 + 1054]


def test_temporary_staff_adds_up_to_its_total_with_what_is_not_broken_down(analysis):
    rows = drawn(charts.temporary_staff(analysis))
    assert rows["value"].sum() == 2408
    assert rows.select("name", "value").rows()[-1] == ("其他，報告未細分", 330.0)


def test_coverage_carries_the_interval_of_the_printed_rounding(analysis):
    amount, accounts = drawn(charts.reserve_coverage(analysis)).iter_rows(named=True)
    assert amount["detail"] == "88.4%（88.2–88.5%）"
    assert amount["lower"] == pytest.approx(29.335 / 33.25)
    assert amount["upper"] == pytest.approx(29.345 / 33.15)
    assert (accounts["detail"], accounts["lower"]) == ("99.81%", None)


def test_the_funnel_names_each_stage_as_a_share_of_the_one_before(english):
    details = drawn(charts.complaint_funnel(english))["detail"].to_list()
    assert details == [
        "2,052 cases",
        "542 cases (26.4% of the stage before)",
        "68 cases (12.5% of the stage before)",
    ]


@pytest.mark.parametrize(
    ("indicator", "details"),
    [
        (
            "second_complaint_ratio",
            [
                "26.4%（95％信賴區間24.6–28.4%）",
                "37.7%（95％信賴區間36.3–39.1%）",
                "49.5%（95％信賴區間48.5–50.5%）",
            ],
        ),
        (
            "mediation_ratio",
            [
                "12.5%（95％信賴區間10.0–15.6%）",
                "6.3%（95％信賴區間5.3–7.5%）",
                "9.5%（95％信賴區間8.7–10.4%）",
            ],
        ),
        ("reserve_amount_coverage_ratio", ["88.4%（88.2–88.5%）", "55.6%（47.4–64.7%）"]),
    ],
)
def test_other_governments_stand_beside_this_report(analysis, indicator, details):
    found = drawn(charts.compared_with_others(analysis, indicator))
    assert found["detail"].to_list() == details
    assert found["colour"].to_list() == [theme.NOW] + [theme.OTHERS] * (len(details) - 1)


@pytest.mark.parametrize("chart", EVERY[:2] + EVERY[3:], ids=lambda chart: chart.__name__)
def test_without_figures_there_is_no_chart(chart, analysis):
    assert chart(without_results(analysis)) is None


def test_a_report_without_others_is_not_compared(analysis):
    alone = dataclasses.replace(analysis, reference=analysis.reference.clear())
    assert charts.compared_with_others(alone, "mediation_ratio") is None


@pytest.mark.parametrize("room", ["wide", "narrow"])
def test_labels_never_run_over_their_room(english, room):
    units = {"wide": 92, "narrow": 42}[room]
    for chart in EVERY:
        for lines in drawn(chart(english))[f"words_{room}"]:
            assert all(len(line) <= units for line in lines)


def test_a_rise_is_drawn_without_leaving_the_chart(analysis):
    """A category that grew has a bar longer than its baseline; the scale holds both."""
    results = analysis.results.with_columns(
        numerator=pl.when(pl.col("indicator") == "downsizing_ratio")
        .then(-pl.col("numerator"))
        .otherwise("numerator"),
        value=pl.when(pl.col("indicator") == "downsizing_ratio")
        .then(-pl.col("value"))
        .otherwise("value"),
    )
    found = charts.downsizing(dataclasses.replace(analysis, results=results))
    domain = found.to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert domain == [0.0, 11924.0 + 2711.0]
