"""What changed between two reports: every common figure, its difference, and how sure that is."""

import dataclasses
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from kao_metrics.analysis import analyse
from kao_metrics.changes import changed_since

TAIPEI = Path(__file__).parent.parent / "data/examples/taipei_1999"


@pytest.fixture(scope="module")
def halves():
    return {code: analyse(code, TAIPEI) for code in ("2015-S2", "2016-S1")}


def row_of(found, indicator, breakdown="_T"):
    (row,) = found.frame.filter(
        pl.col("indicator") == indicator, pl.col("breakdown") == breakdown
    ).iter_rows(named=True)
    return row


def test_a_difference_is_the_later_figure_less_the_earlier_one(halves):
    found = changed_since(halves["2016-S1"], halves["2015-S2"])
    for row in found.frame.iter_rows(named=True):
        assert row["difference"] == row["after"] - row["before"]
    row = row_of(found, "complaints_first")
    assert (row["before"], row["after"]) == tuple(
        halves[code]
        .tables["complaints"]
        .filter(pl.col("time_period") == code)
        .collect()["value"]
        .sum()
        for code in ("2015-S2", "2016-S1")
    )


def test_every_figure_of_both_is_there_once_and_no_comparison_is(halves):
    found = changed_since(halves["2016-S1"], halves["2015-S2"])
    names = [
        {
            (row["indicator"], row["breakdown"])
            for row in halves[code].results.iter_rows(named=True)
            if row["value"] is not None
        }
        for code in ("2015-S2", "2016-S1")
    ]
    listed = found.frame.select("indicator", "breakdown").rows()
    assert len(listed) == len(set(listed))
    left = (names[0] & names[1]) - set(listed)
    assert {breakdown.rpartition(".")[2] for _, breakdown in left} <= {
        "previous",
        "same_half_last_year",
    }


def test_the_rate_against_the_half_year_before_has_the_interval_of_the_report(halves):
    analysis = halves["2016-S1"]
    row = row_of(
        changed_since(analysis, halves["2015-S2"]), "complaints_daily_rate", "complaints_first"
    )
    (reported,) = analysis.results.filter(
        pl.col("indicator") == "complaints_rate_change",
        pl.col("breakdown") == "complaints_first.previous",
    ).iter_rows(named=True)
    assert (row["lower"], row["upper"]) == (reported["lower"], reported["upper"])
    assert row["bounds_of"] == "relative"
    assert row["lower"] < row["relative"] < row["upper"]


def test_a_half_year_can_be_set_beside_a_later_one_too(halves):
    one, other = halves["2016-S1"], halves["2015-S2"]
    names = ("complaints_daily_rate", "complaints_first")
    there, back = (row_of(changed_since(*both), *names) for both in ((one, other), (other, one)))
    opposite = {"rose": "fell", "fell": "rose", "unclear": "unclear"}
    assert back["verdict"] == opposite[there["verdict"]]
    assert 1 + back["lower"] == pytest.approx(1 / (1 + there["upper"]))
    assert back["difference"] == -there["difference"]


def with_figures(analysis, indicator, **figures):
    """The same analysis with other figures for one indicator."""
    changed = {
        name: pl.when(pl.col("indicator") == indicator)
        .then(pl.lit(Decimal(value), dtype=pl.Decimal(38, 12)))
        .otherwise(pl.col(name))
        for name, value in figures.items()
    }
    return dataclasses.replace(analysis, results=analysis.results.with_columns(**changed))


@pytest.mark.parametrize(
    ("figures", "verdict", "bounds"),
    [
        ({"value": "29.35", "lower": "29.345", "upper": "29.355"}, "unclear", ("0", "0.02")),
        ({"value": "29.36", "lower": "29.355", "upper": "29.365"}, "rose", ("0.01", "0.03")),
        ({"value": "29.1", "lower": "29.05", "upper": "29.15"}, "fell", ("-0.295", "-0.185")),
    ],
)
def test_a_rounded_figure_changed_where_its_rounding_leaves_no_doubt(
    analysis, figures, verdict, bounds
):
    """Printed before: 29.34, which is 29.335 to 29.345."""
    later = with_figures(analysis, "reserve_contributed", **figures)
    row = row_of(changed_since(later, analysis), "reserve_contributed")
    assert row["verdict"] == verdict
    assert (row["lower"], row["upper"]) == tuple(map(Decimal, bounds))


def test_a_bound_that_is_not_known_leaves_that_end_open(analysis):
    """Such as of a figure that is printed as more than so much."""
    later = with_figures(analysis, "reserve_contributed", value="30", lower="30")
    later = dataclasses.replace(
        later,
        results=later.results.with_columns(
            upper=pl.when(pl.col("indicator") != "reserve_contributed").then("upper")
        ),
    )
    row = row_of(changed_since(later, analysis), "reserve_contributed")
    assert (row["lower"], row["upper"], row["verdict"]) == (Decimal("0.655"), None, "rose")


def test_an_exact_figure_has_no_verdict(analysis):
    later = with_figures(analysis, "complaints_first", value="2053")
    row = row_of(changed_since(later, analysis), "complaints_first")
    assert (row["difference"], row["verdict"], row["lower"]) == (1, None, None)


def test_two_equal_proportions_cannot_be_told_apart(analysis):
    row = row_of(changed_since(analysis, analysis), "second_complaint_ratio")
    assert (row["difference"], row["verdict"]) == (0, "unclear")
    assert row["lower"] == -row["upper"]


def test_the_table_says_it_in_words(halves):
    found = changed_since(halves["2016-S1"], halves["2015-S2"])
    title = "民國104年下半年（涵蓋184日）到民國105年上半年（涵蓋182日），各項數字的變動"
    assert title in found.markup
    assert "前期涵蓋184日、後期涵蓋182日" in found.markup
    (row,) = [
        row
        for row in found.table._tbl_data.iter_rows(named=True)
        if row["group"] == "每日件數" and row["name"] == "第一次申訴"
    ]
    assert row["before"].endswith("件／日")
    assert row["relative"].endswith("%")
    assert row["verdict"].endswith("%）")


def test_what_only_one_report_has_is_counted(analysis):
    alone = analysis.results.filter(pl.col("indicator") != "complaints_first")
    found = changed_since(analysis, dataclasses.replace(analysis, results=alone))
    assert "另有0項只有前一期有、1項只有後一期有" in found.markup


def test_without_a_common_figure_there_is_a_sentence_and_an_empty_table(analysis):
    nothing = dataclasses.replace(analysis, results=analysis.results.clear())
    found = changed_since(analysis, nothing)
    assert found.frame.is_empty()
    assert "difference" in found.frame.columns
    assert found.words == "這兩期沒有共同的數字可以比較。"
