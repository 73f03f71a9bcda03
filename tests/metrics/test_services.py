"""Counted services: figures, shares and change, against arithmetic by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from kao_metrics.metrics import services
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period
from kao_metrics.printed import bounds
from kao_metrics.schemas import DECIMAL

HALF = Period(2018, 1).covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))  # 166 days
PREVIOUS = Period(2017, 2)  # 184 days
LAST_YEAR = Period(2017, 1)  # 181 days
AMOUNTS = dict.fromkeys(("value", "lower", "upper"), DECIMAL)


def counted(indicator, value, qualifier="exact", period=HALF, **more):
    """One row: a figure as printed, with its date or what it is a part of."""
    lower, upper = bounds(str(value), qualifier)
    return {
        "time_period": period.code,
        "covers_from": period.covers_from,
        "covers_to": period.covers_to,
        "as_of": None,
        "indicator": indicator,
        "value": value,
        "lower": lower,
        "upper": upper,
        "unit": "case",
        "part_of": None,
        **more,
    }


def table(*rows) -> pl.LazyFrame:
    overrides = {**AMOUNTS, "as_of": pl.Date, "part_of": pl.String}
    frame = pl.LazyFrame(rows, schema_overrides=overrides)
    return frame.with_columns(source_id=pl.lit("report")).with_row_index("row", offset=2)


def rows_of(metric, frame, *columns):
    return Results.validate(metric(frame, HALF).collect()).select(columns).rows()


def close(found, expected, within="1e-11"):
    return abs(found - Decimal(expected)) < Decimal(within)


MARCH, JUNE = dt.date(2018, 3, 31), dt.date(2018, 6, 30)
ARCHIVES = "political_archives_transferred", "political_archives_reviewed"
SHARES = [
    (services.selected_archives_share, *ARCHIVES),
    (services.award_rate, "awards_selected", "awards_nominated"),
]
MISSING = ("value", "obs_status", "reason")


def test_figures_are_as_they_were_printed():
    frame = table(counted("gazette_issues", 49), counted("luncheon_guests", 200, "more_than"))
    columns = ("indicator", "breakdown", "value", "lower", "upper", "unit")
    assert rows_of(services.figures, frame, *columns) == [
        ("gazette_issues", "_T", 49, None, None, "case"),
        ("luncheon_guests", "_T", 200, 200, None, "case"),
    ]


def test_the_newest_date_of_a_figure_is_its_total_and_an_earlier_one_is_named():
    frame = table(
        counted("open_datasets_total", 25, as_of=JUNE),
        counted("open_datasets_total", 20, as_of=MARCH),
        counted("open_datasets_previous", 16, as_of=dt.date(2017, 12, 31)),
    )
    assert rows_of(services.figures, frame, "indicator", "breakdown", "value") == [
        ("open_datasets_total", "_T", 25),
        ("open_datasets_total", "2018-03-31", 20),
        ("open_datasets_previous", "_T", 16),
    ]


def test_a_figure_with_and_without_a_date_has_one_total():
    frame = table(
        counted("open_datasets_total", 20, as_of=MARCH), counted("open_datasets_total", 25)
    )
    found = rows_of(services.figures, frame, "breakdown", "value")
    assert [value for breakdown, value in found if breakdown == "_T"] == [25]


@pytest.mark.parametrize(("metric", "part", "whole"), SHARES)
def test_a_share_is_the_part_over_the_whole(metric, part, whole):
    frame = table(counted(part, 50), counted(whole, 105))
    columns = ("numerator", "denominator", "value")
    ((*pair, value),) = rows_of(metric, frame, *columns)
    assert pair == [50, 105]
    assert close(value, Decimal(50) / 105)


@pytest.mark.parametrize(("metric", "part", "whole"), SHARES)
@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ({"part": 50}, "no_denominator"),
        ({"part": 50, "whole": 0}, "no_denominator"),
        ({"whole": 105}, "no_numerator"),
    ],
    ids=["no whole", "whole of zero", "no part"],
)
def test_a_share_says_which_figure_is_missing(metric, part, whole, figures, reason):
    names = {"part": part, "whole": whole}
    frame = table(*(counted(names[name], value) for name, value in figures.items()))
    assert rows_of(metric, frame, *MISSING) == [(None, "M", reason)]


@pytest.mark.parametrize("dates", [(MARCH, JUNE), (JUNE, MARCH)], ids=["in order", "newest first"])
def test_a_share_is_of_the_newest_figures(dates):
    """30 of 60 in June, 20 of 80 in March, in whatever order the rows stand."""
    at = {MARCH: (20, 80), JUNE: (30, 60)}
    frame = table(
        *(counted("awards_selected", at[date][0], as_of=date) for date in dates),
        *(counted("awards_nominated", at[date][1], as_of=date) for date in dates),
    )
    assert rows_of(services.award_rate, frame, "value") == [(Decimal("0.5"),)]


def test_the_growth_of_open_datasets_is_over_the_year_before():
    """(25 - 16) / 16."""
    frame = table(counted("open_datasets_previous", 16), counted("open_datasets_total", 25))
    columns = ("numerator", "denominator", "value", "lower")
    assert rows_of(services.open_datasets_change, frame, *columns) == [
        (9, 16, Decimal("0.5625"), None)
    ]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([counted("open_datasets_total", 25)], "no_denominator"),
        (
            [counted("open_datasets_total", 25), counted("open_datasets_previous", 0)],
            "no_denominator",
        ),
        ([counted("open_datasets_previous", 16)], "no_numerator"),
    ],
    ids=["no year before", "zero the year before", "no total"],
)
def test_growth_says_which_figure_is_missing(rows, reason):
    assert rows_of(services.open_datasets_change, table(*rows), *MISSING) == [(None, "M", reason)]


def test_each_part_has_its_share_in_what_it_is_a_part_of():
    """20 of 61 dormitories, 6 of those 20, and nearly 5 of 10, which is at most a half."""
    frame = table(
        counted("dormitories_total", 61),
        counted("dormitories_family", 20, part_of="dormitories_total"),
        counted("family_dormitories_in_use", 6, part_of="dormitories_family"),
        counted("winter_camp_students", 10),
        counted("winter_camp_disadvantaged", 5, "nearly", part_of="winter_camp_students"),
    )
    columns = ("breakdown", "numerator", "denominator", "value", "lower", "upper")
    family, in_use, disadvantaged = rows_of(services.part_share, frame, *columns)
    assert family[:3] == ("dormitories_family", 20, 61)
    assert close(family[3], Decimal(20) / 61)
    assert in_use == ("family_dormitories_in_use", 6, 20, Decimal("0.3"), None, None)
    half = Decimal("0.5")
    assert disadvantaged == ("winter_camp_disadvantaged", 5, 10, half, None, half)


def test_a_part_of_nothing_is_missing():
    frame = table(
        counted("dormitories_total", 0),
        counted("dormitories_family", 0, part_of="dormitories_total"),
    )
    assert rows_of(services.part_share, frame, *MISSING) == [(None, "M", "no_denominator")]


def test_flows_are_compared_a_covered_day():
    """83 cases in 166 days are 0.5 a day; 46 in 184 were 0.25, and 181 in 181 were 1."""
    frame = table(
        counted("building_repairs", 83),
        counted("building_repairs", 46, period=PREVIOUS),
        counted("building_repairs", 181, period=LAST_YEAR),
    )
    columns = ("breakdown", "numerator", "denominator", "value")
    previous, last_year = rows_of(services.service_change, frame, *columns)
    assert previous[:3] == ("building_repairs.previous", 83, 46)
    assert close(previous[3], "1", within="1e-9")
    assert last_year[:3] == ("building_repairs.same_half_last_year", 83, 181)
    assert close(last_year[3], "-0.5", within="1e-9")


@pytest.mark.parametrize("indicator", ["ebooks_offered", "dormitory_checks_per_year"])
def test_stocks_and_rates_are_compared_as_they_are(indicator):
    """(180 - 150) / 150, whatever the days."""
    frame = table(counted(indicator, 180), counted(indicator, 150, period=PREVIOUS))
    assert rows_of(services.service_change, frame, "breakdown", "value") == [
        (f"{indicator}.previous", Decimal("0.2"))
    ]


def test_the_newest_figures_of_both_periods_are_compared():
    """30 at the end of June against 20 at the end of December."""
    frame = table(
        counted("ebooks_offered", 30, as_of=JUNE),
        counted("ebooks_offered", 25, as_of=MARCH),
        counted("ebooks_offered", 20, as_of=dt.date(2017, 12, 31), period=PREVIOUS),
        counted("ebooks_offered", 10, as_of=dt.date(2017, 9, 30), period=PREVIOUS),
    )
    assert rows_of(services.service_change, frame, "value") == [(Decimal("0.5"),)]


def test_a_change_from_zero_is_missing_and_from_nothing_is_no_row():
    frame = table(
        counted("ebooks_offered", 180),
        counted("gazette_issues", 49),
        counted("ebooks_offered", 0, period=PREVIOUS),
    )
    found = rows_of(services.service_change, frame, "breakdown", *MISSING)
    assert found == [("ebooks_offered.previous", None, "M", "no_denominator")]


def test_bounds_go_through_a_change():
    """More than 200 against 100: more than doubled, and nobody knows by how much."""
    frame = table(
        counted("ebooks_offered", 200, "more_than"), counted("ebooks_offered", 100, period=PREVIOUS)
    )
    assert rows_of(services.service_change, frame, "value", "lower", "upper") == [(1, 1, None)]
