"""Months of complaints that stand out, and what the page says of them."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from monthly import rows

from kao_metrics import analyse, sentences
from kao_metrics.metrics.monthly_signals import monthly_signals

EXAMPLE = Path(__file__).parent.parent.parent / "data" / "examples" / "taipei_1999"


def test_counts_are_divided_by_the_covered_days_of_each_month():
    found = monthly_signals(rows([310, 280, 310, 300, 310, 300]))
    assert [point.value for point in found.chart.points] == [10] * 6
    assert not any(point.partial for point in found.chart.points)


def test_a_month_that_is_covered_in_part_is_marked_and_counts_its_days():
    counts = [160, 280, 310, 300, 310, 300]
    found = monthly_signals(rows(counts, covers_from=dt.date(2017, 1, 16)))
    assert found.chart.points[0].value == 10
    assert [point.partial for point in found.chart.points] == [True] + [False] * 5


def test_a_month_without_cases_of_its_own_is_a_gap():
    found = monthly_signals(rows([310, None, 310, 300, 310, 300, 310]))
    assert found.months[1] == dt.date(2017, 2, 1)
    assert found.chart.points[1].value is None


def test_without_months_there_is_no_chart():
    assert monthly_signals(rows([310]).with_columns(month=pl.lit(None, pl.Date))) is None
    assert monthly_signals(rows([310]), stage="second") is None


def test_the_order_of_rows_makes_no_difference():
    frame = rows([310, 250, 330, 290, 350, 280, 310, 320, 300, 310, 290, 330, 900])
    assert monthly_signals(frame.reverse()) == monthly_signals(frame)
    assert any(each.rule == "outside_limits" for each in monthly_signals(frame).chart.signals)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2015-S2", ["With fewer than 12 months, the range is provisional."]),
        ("2018-S2", ["No month is outside it: the ups and downs are the usual ones."]),
        ("2022-S1", ["Outside it: 2022-05 with 178.5 a day; worth asking why"]),
        ("2025-S1", ["2024-11 with 550.8 a day", "From 2023-09 to 2024-03, 7 months in a row"]),
    ],
)
def test_real_months_that_stand_out_are_named(code, words):
    """By hand: 5,535 cases in May 2022, 16,523 in November 2024."""
    said = " ".join(sentences.complaint_series(analyse(code, EXAMPLE, "en")))
    assert all(each in said for each in words)


def test_the_named_figures_are_those_of_the_exports():
    counts = (
        pl.read_csv(EXAMPLE / "monthly_counts.csv").group_by("month").agg(pl.col("count").sum())
    )
    by_month = dict(counts.iter_rows())
    assert (round(by_month["2022-05"] / 31, 1), round(by_month["2024-11"] / 30, 1)) == (
        178.5,
        550.8,
    )
