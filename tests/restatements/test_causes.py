"""Because of which rows a figure changed."""

import shutil
from decimal import Decimal

import polars as pl
import pytest
from restating import RESERVE, SERVICES, STAFF, causes, change, named

from kao_metrics.metrics import METRICS, Metric, compute
from kao_metrics.metrics.formulas import Bounded, results
from kao_metrics.readers import open_data
from kao_metrics.restatements import because, changed_rows, restated, restated_figures
from kao_metrics.restatements.causes import Trial
from kao_metrics.restatements.figures import comparable
from kao_metrics.restatements.rows import ROW, differing, read_release


def test_a_row_that_a_figure_returns_with_is_its_cause_alone(old, new):
    change(new / RESERVE, (",518,", ",516,"))
    found = restated("107H1", old, new)
    assert {indicator for indicator, _ in named(found)} >= {
        "reserve_accounts_funded",
        "reserve_account_coverage_ratio",
        "reserve_accounts_outstanding_stock",
    }
    assert all(causes(found, *key) == ({"alone"}, ["accounts_funded"]) for key in named(found))


def test_rows_that_change_a_figure_together_are_named_together(old, new):
    change(new / RESERVE, (",518,", ",516,"), (",519,", ",518,"))
    found = restated("107H1", old, new)
    both = ["accounts_funded", "accounts_total"]
    assert causes(found, "reserve_account_coverage_ratio") == ({"together"}, both)
    assert causes(found, "reserve_accounts_funded") == ({"alone"}, both[:1])
    assert causes(found, "reserve_accounts_total") == ({"alone"}, both[1:])


def test_what_cannot_be_told_apart_is_said_to_be_possible(new, data_dir, tmp_path):
    """All rows have another date, and one another figure: no row alone is of the latest date."""
    path = new / STAFF
    keep = ("as_of", "2018-04-01,frontline,_T,schools", "2018-04-01,frontline,_T,_T")
    lines = (data_dir / STAFF).read_text(encoding="utf-8").splitlines(keepends=True)
    path.parent.mkdir()
    path.write_text("".join(each for each in lines if each.startswith(keep)), encoding="utf-8")
    before = shutil.copytree(new, tmp_path / "before")
    text = path.read_text(encoding="utf-8").replace("2018-04-01", "2018-04-02")
    path.write_text(text, encoding="utf-8")
    change(path, (",821,", ",820,"))
    found = restated("107H1", before, new)
    how, keys = causes(found, "frontline_schools")
    assert how == {"possible"}
    assert len(keys) == 4


def test_too_many_rows_are_not_tried_one_by_one(old, new, monkeypatch):
    monkeypatch.setattr("kao_metrics.restatements.causes.MOST_TRIED", 1)
    change(new / RESERVE, (",518,", ",516,"), (",519,", ",518,"))
    change(new / SERVICES, (",visitors_received,234,", ",visitors_received,233,"))
    found = restated("107H1", old, new)
    assert causes(found, "reserve_account_coverage_ratio") == ({"not tried"}, [None])
    assert causes(found, "visitors_received")[0] == {"alone"}
    assert found.idle_rows.is_empty()
    table = found.as_table().filter(pl.col("indicator") == "reserve_account_coverage_ratio")
    assert table.select("table", "key", "column").rows() == [("retirement_reserve", None, None)]


def test_other_covered_days_are_a_row_of_periods(data_dir, broken):
    change(broken / "periods.csv", ("2018-01-16", "2018-01-15"))
    found = restated("107H1", data_dir, broken)
    rates = [f"complaints_{stage}" for stage in ("first", "second")] + ["mediations"]
    for each in rates:
        assert causes(found, "complaints_daily_rate", each) == ({"alone"}, ["2018-S1"])
    assert {indicator for indicator, _ in named(found)} <= set(METRICS)
    was, now = (read_release(each, "107H1") for each in (data_dir, broken))
    trial = Trial(was, now, frozenset({"complaints_daily_rate"}))
    then = trial.figures("complaints", found.rows.select(ROW).rows())
    for row in found.figures.filter(pl.col("indicator") == "complaints_daily_rate").rows(
        named=True
    ):
        assert (
            then[row["time_period"], row["indicator"], row["breakdown"]][0] == row["value_before"]
        )
    assert found.rows.select("table", "column").rows() == [("periods", "covers_from")]


@pytest.fixture
def with_earlier(new, tmp_path):
    """A copy of the data that has two half-years before, too."""
    folder = shutil.copytree(new, tmp_path / "with_earlier")
    for code in ("2010-S2", "2017-S2"):
        (folder / SERVICES.replace("2018-S1", code)).write_text(
            "as_of,indicator,value,unit,qualifier,source_id\n"
            ",visitors_received,200,person,exact,ksec_2018_s1\n",
            encoding="utf-8",
        )
    with (folder / "periods.csv").open("a", encoding="utf-8") as file:
        file.write("2017-S2,2017-07-01,2017-12-31\n2010-S2,2010-07-01,2010-12-31\n")
    return folder


@pytest.mark.parametrize("is_swapped", [False, True])
def test_rows_of_the_period_that_it_is_compared_with_are_causes(new, with_earlier, is_swapped):
    releases = (with_earlier, new) if is_swapped else (new, with_earlier)
    found = restated("107H1", *releases)
    name = "service_change", "visitors_received.previous"
    assert causes(found, *name) == ({"alone"}, ["visitors_received"])
    row = found.causes.filter(pl.col("breakdown") == name[1])
    assert row["table_period"].to_list() == ["2017-S2"]
    assert set(found.rows["row_kind"]) == {"removed" if is_swapped else "added"}


def highest(table, period):
    """A figure that reads every period: the most visitors that there ever were."""
    row = pl.col("indicator") == "visitors_received"
    whole = table.filter(row).sort("value", "time_period").tail(1)
    return results(whole, period, "award_rate", Bounded.printed(), unit="person")


def test_rows_of_any_earlier_period_are_causes(with_earlier, tmp_path, monkeypatch):
    monkeypatch.setitem(METRICS, "award_rate", Metric("services", highest))
    before = shutil.copytree(with_earlier, tmp_path / "before")
    change(with_earlier / SERVICES.replace("2018-S1", "2010-S2"), (",200,", ",300,"))
    found = restated("107H1", before, with_earlier)
    assert [row["difference"] for row in named(found).values()] == [300 - 234]
    assert found.causes["table_period"].to_list() == ["2010-S2"]
    assert causes(found, "award_rate") == ({"alone"}, ["visitors_received"])


def test_all_changed_rows_put_back_give_the_older_figures(old, new, data_dir, tmp_path, analysis):
    for folder in (before := shutil.copytree(old, tmp_path / "before"), new):
        (folder / STAFF).parent.mkdir()
        shutil.copy(data_dir / STAFF, folder / STAFF)
    change(new / STAFF, ("8462,exact", "8463,about"))
    change(new / RESERVE, (",518,", ",500,"), (",33.2,", ",33.20,"))
    change(new / SERVICES, (",visitors_received,234,person,", ",visitors_received,234,case,"))
    change(new / "periods.csv", ("2018-01-16", "2018-01-15"))
    was, now = (read_release(each, "107H1") for each in (before, new))
    names = differing(was, now).select(ROW).rows()
    trial = Trial(was, now, frozenset(analysis.results["indicator"]))
    for table in ("workforce", "retirement_reserve", "services"):
        for release, put_back in ((was, names), (now, ())):
            then = comparable(compute(release.tables, release.period, table))
            assert trial.figures(table, put_back) == {row[:3]: row[3:] for row in then.rows()}


def test_a_metric_gives_the_figures_that_it_is_named_after(analysis):
    plans = {
        name: metric.function(analysis.tables[metric.table], analysis.period)
        for name, metric in METRICS.items()
    }
    found = pl.collect_all([each.select("indicator") for each in plans.values()])
    assert all(set(each["indicator"]) <= {name} for name, each in zip(plans, found, strict=True))


def test_figures_that_are_given_are_linked_and_no_others(old, new, analysis):
    change(new / RESERVE, (",518,", ",516,"))
    rows = changed_rows(old, new, "107H1")
    one = analysis.results.filter(pl.col("indicator") == "reserve_accounts_funded")
    figures = restated_figures(one, one.with_columns(value=pl.lit(Decimal(516))))
    found = because(figures, rows, old, open_data(new), "107H1")
    assert found.select("indicator", "key").rows() == [
        ("reserve_accounts_funded", "accounts_funded")
    ]
