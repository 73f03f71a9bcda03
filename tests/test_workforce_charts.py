"""Charts of staff: what is drawn follows from the figures, and nothing that they lack."""

import dataclasses
import datetime as dt

import polars as pl
import pytest
from staffing import MERGER, NOW, count, reported

from kao_metrics import charts, workforce_charts
from kao_metrics.theme import OTHERS

NEW = [
    charts.workforce_shift,
    charts.workforce_path,
    charts.workforce_series,
    charts.workforce_employers,
]
BEFORE = dt.date(2017, 10, 1)


def bars_of(chart):
    """The rows that a bar chart draws."""
    return chart.data if isinstance(chart.data, pl.DataFrame) else chart.layer[0].data


def rows_of(spec):
    """The rows that curves draw."""
    inline = [layer.get("data", {}).get("values", []) for layer in spec["layer"]]
    return [row for rows in (*spec.get("datasets", {}).values(), *inline) for row in rows]


def dots_of(spec):
    """What can be pointed at, as name and detail."""
    return sorted({(row["name"], row["detail"]) for row in rows_of(spec) if "name" in row})


def lines_of(spec):
    """How far across and how high each dot is, whether it is dashed, and in which piece."""
    return {
        (row["at"], row["value"], row.get("kind", ""), row.get("piece", 0))
        for row in rows_of(spec)
        if {"at", "value"} <= row.keys() and row.get("kind") != "ground"
    }


@pytest.fixture
def earlier(english):
    """A report whose half-year before has staff figures too, made up of other parts."""
    kinds = {"subcategory": "assistants"}
    return reported(
        english,
        count(BEFORE, "frontline", 7000, period="2017-S2"),
        count(BEFORE, "temporary", 2500, period="2017-S2"),
        count(BEFORE, "temporary", 2500, period="2017-S2", subcategory="other"),
        count(NOW, "frontline", 6805),
        count(NOW, "temporary", 2408),
        count(NOW, "temporary", 2408, **kinds),
    )


@pytest.mark.parametrize("chart", [NEW[0], NEW[1], NEW[3]], ids=lambda chart: chart.__name__)
def test_every_chart_has_a_caption_a_description_and_what_explains_it(chart, analysis):
    spec = chart(analysis).to_dict()
    assert spec["title"]
    assert spec["title"] in spec["description"]
    assert spec["usermeta"]["kao_metrics"]["explained"]
    assert spec["usermeta"]["kao_metrics"]["help"]


@pytest.mark.parametrize("chart", NEW, ids=lambda chart: chart.__name__)
def test_without_figures_there_is_no_chart(chart, analysis):
    empty = {name: table.clear() for name, table in analysis.tables.items()}
    bare = dataclasses.replace(analysis, results=analysis.results.clear(), tables=empty)
    assert chart(bare) is None


def test_the_actual_headcount_stands_before_the_one_in_step(english):
    rows = bars_of(charts.workforce_shift(english))
    assert rows["detail"].to_list() == [
        "6,538 in step, 6,805 actual (+267)",
        "2,675 in step, 2,408 actual (−267)",
    ]
    assert rows["value"].to_list() == [6805, 2408]
    assert rows["back"].round(1).to_list() == [6538.1, 2674.9]


def test_what_is_not_broken_down_has_a_grey_bar_of_its_own(english):
    found = reported(
        english,
        count(MERGER, "frontline", 60),
        count(MERGER, "_T", 100),
        count(NOW, "frontline", 40),
        count(NOW, "_T", 50),
    )
    rows = bars_of(charts.workforce_shift(found))
    assert rows["name"].to_list() == ["Frontline workers", "Other, not broken down"]
    assert [colour == OTHERS for colour in rows["colour"]] == [False, True]


def test_one_category_has_nothing_to_shift_to(english):
    found = reported(english, count(MERGER, "frontline", 60), count(NOW, "frontline", 40))
    assert charts.workforce_shift(found) is None


def test_without_a_baseline_the_half_year_before_is_compared(english):
    found = reported(
        english,
        count(BEFORE, "frontline", 60, period="2017-S2"),
        count(BEFORE, "temporary", 40, period="2017-S2"),
        count(NOW, "frontline", 57),
        count(NOW, "temporary", 33),
    )
    assert bars_of(charts.workforce_shift(found))["detail"].to_list() == [
        "54 in step, 57 actual (+3)",
        "36 in step, 33 actual (−3)",
    ]


def test_the_path_is_a_line_so_far_and_a_dashed_one_ahead(english):
    spec = charts.workforce_path(english).to_dict()
    dots = dots_of(spec)
    assert ("Frontline workers: 2010-12-25", "8,462 people") in dots
    assert ("Frontline workers: 2023-04-01", "5,857 people") in dots
    assert len(dots) == 3 * (2 + 5)
    drawn = lines_of(spec)
    assert {kind for _, _, kind, _ in drawn} == {"", "scenario"}
    days = (NOW - MERGER).days
    assert {kind for at, value, kind, _ in drawn if (at, value) == (days, 6805)} == {
        "",
        "scenario",  # which begins where the line ends
    }


def test_the_path_of_one_category_is_that_of_the_whole_and_drawn_once(english):
    found = reported(english, count(MERGER, "frontline", 9000), count(NOW, "frontline", 8000))
    assert len(workforce_charts.drawn_paths(found)) == 1
    assert len(dots_of(charts.workforce_path(found).to_dict())) == 2 + 5


def test_one_report_is_no_series(analysis):
    assert charts.workforce_series(analysis) is None


def test_a_series_is_interrupted_where_it_breaks(earlier):
    spec = charts.workforce_series(earlier).to_dict()
    assert dots_of(spec) == [
        ("All categories together: 2017-10-01", "9,500 people"),
        ("All categories together: 2018-04-01", "9,213 people"),
        ("Frontline workers: 2017-10-01", "7,000 people"),
        ("Frontline workers: 2018-04-01", "6,805 people"),
        ("Temporary staff: 2017-10-01", "2,500 people"),
        ("Temporary staff: 2018-04-01", "2,408 people"),
    ]
    pieces = {value: piece for _, value, _, piece in lines_of(spec)}
    assert pieces[7000] == pieces[6805]
    assert pieces[2500] != pieces[2408]
    assert pieces[9500] != pieces[9213]
    assert "2018-04-01" in spec["description"]


def test_employers_are_drawn_within_their_category(english):
    rows = bars_of(charts.workforce_employers(english))
    assert rows.select("name", "detail", "value", "back").rows() == [
        ("Frontline workers, agencies", "5,984 people (87.94%)", 5984, 6805),
        ("Frontline workers, schools", "821 people (12.06%)", 821, 6805),
    ]


@pytest.mark.parametrize(("value", "shown"), [("0.4", "0"), ("-0.4", "0"), ("1.5", "+2")])
def test_a_difference_of_nobody_has_no_sign(value, shown):
    assert workforce_charts.signed_count(workforce_charts.Decimal(value)) == shown
