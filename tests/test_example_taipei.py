"""The example of Taipei's hotline: 22 real half-years, made by a step that is committed."""

import runpy
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from kao_metrics import charts, display, sentences
from kao_metrics.analysis import analyse, check
from kao_metrics.explanations import explain
from kao_metrics.readers import open_data

FOLDER = Path(__file__).parent.parent / "data" / "examples" / "taipei_1999"
MAKE = runpy.run_path(str(FOLDER / "make.py"))
PERIODS = sorted(path.stem for path in (FOLDER / "complaints").glob("*.csv"))
CASES = 1_628_795


@pytest.fixture(scope="module")
def counts():
    return pl.concat(
        pl.read_csv(path, try_parse_dates=True) for path in (FOLDER / "complaints").glob("*.csv")
    )


def test_the_tables_are_what_the_step_makes_of_the_counts():
    for name, text in MAKE["files"]().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, name


def test_no_case_is_lost_on_the_way(counts):
    assert counts["count"].sum() == CASES
    assert pl.read_csv(FOLDER / "monthly_counts.csv")["count"].sum() == CASES


def test_there_are_22_half_years_without_a_gap_and_the_last_is_partly_covered():
    data = open_data(FOLDER)
    periods = [data.period(code) for code in PERIODS]
    assert len(periods) == 22
    assert [period.code for period in periods[::21]] == ["2015-S2", "2026-S1"]
    assert all(later.previous.code == earlier.code for earlier, later in pairwise(periods))
    assert [period.code for period in periods if period.is_partly_covered] == ["2026-S1"]


def test_every_month_is_there_and_a_garbled_name_counts_with_its_item(counts):
    assert counts["month"].n_unique() == 131
    assert counts["category"].n_unique() == 23
    assert counts.select("month", "category").is_duplicated().sum() == 0
    paths = counts.filter(pl.col("category") == "riverside_paths")
    assert paths["month"].n_unique() == 93


def test_an_item_without_a_category_is_an_error(monkeypatch, tmp_path):
    (tmp_path / "items.csv").write_text("item,category\n路樹處理,street_trees\n", "utf-8")
    (tmp_path / "monthly_counts.csv").write_text("month,item,count\n2015-07,新項,1\n", "utf-8")
    monkeypatch.setitem(MAKE["counts"].__globals__, "HERE", tmp_path)
    with pytest.raises(ValueError, match="no category for 新項"):
        MAKE["counts"]()


def test_the_example_keeps_its_contracts():
    assert check(open_data(FOLDER)).failures == []


@pytest.mark.parametrize("code", PERIODS)
def test_each_half_year_shows_its_real_series_and_says_what_it_lacks(code):
    analysis = analyse(code, FOLDER)
    datasets = charts.complaint_series(analysis).to_dict()["datasets"].values()
    months = [row["name"] for rows in datasets for row in rows if "name" in row]
    assert 6 <= len(months) <= 24
    assert len(set(months)) == len(months)
    said = sentences.complaints(analysis)
    assert any("不是消費申訴" in each for each in said)
    assert ("沒有前半年" in "".join(said)) == (code == PERIODS[0])
    for section in (sentences.workforce, sentences.retirement_reserve, sentences.services):
        assert section(analysis) == ["本期未提供此項資料。"]
    assert charts.complaint_funnel(analysis) is None


def test_the_change_of_a_half_year_is_that_of_its_daily_rate():
    """By hand: 80,109 cases in 181 days of 2019-S1, 78,646 in 184 days of 2018-S2."""
    analysis = analyse("2019-S1", FOLDER)
    row = analysis.results.row(
        by_predicate=(pl.col("indicator") == "complaints_rate_change")
        & (pl.col("breakdown") == "complaints_first.previous"),
        named=True,
    )
    assert float(row["value"]) == pytest.approx((80109 / 181) / (78646 / 184) - 1)
    assert row["source_ids"] == "taipei_1999"
    assert "3.5%" in display.computed(analysis, "complaints_rate_change").markup


def test_the_bounds_of_a_change_are_explained_as_what_they_are():
    """A confidence interval, and no rounding of printed digits."""
    analysis = analyse("2019-S1", FOLDER, "en")
    for row in explain(analysis, "complaints_rate_change").rows[:1]:
        assert "95 % confidence interval: −9.5 to 18.5%." in row.details
