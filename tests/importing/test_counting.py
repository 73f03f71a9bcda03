"""Case rows counted by period, month and kind."""

import datetime as dt

import polars as pl
import pytest

from kao_metrics.contracts import Place
from kao_metrics.importing.counting import cases_of, counted, read_cases
from kao_metrics.importing.gathering import FILE, MOVED, TIMES, cell
from kao_metrics.importing.mapping import mapping_of
from kao_metrics.importing.records import ROW
from kao_metrics.importing.rows import RowReader
from kao_metrics.period import Period

HALF = Period(2018, 1).covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))


def reader(**more):
    said = {
        "table": "complaints",
        "rows": "cases",
        "fields": {"received": {"column": "日"}, "category": {"column": "類"}},
        "source": {"name": "agency"},
        **more,
    }
    return RowReader(mapping_of(said, Place("complaints", "m.toml")))


def gathered(*rows):
    """Rows of day, category and times, as they are gathered."""
    days, kinds, times = zip(*rows, strict=True) if rows else ((), (), ())
    return pl.DataFrame(
        {cell("日"): days, cell("類"): kinds, TIMES: times},
        schema={cell("日"): pl.String, cell("類"): pl.String, TIMES: pl.Int64},
    ).with_columns(
        pl.lit(value=False).alias(MOVED),
        pl.lit(0, pl.Int64).alias(FILE),
        pl.int_range(2, pl.len() + 2).alias(ROW),
    )


def count(*rows, periods=(HALF,), **more):
    cases = read_cases(gathered(*rows), reader(**more))
    found, elsewhere = counted(cases.found, "complaints", periods)
    counts = {
        code: {(row["month"], row["stage"], row["category"]): row["count"] for row in each}
        for code, each in found.items()
    }
    return counts, dict(elsewhere), cases


def test_cases_count_in_the_month_of_their_day_as_often_as_they_occur():
    counts, elsewhere, _ = count(
        ("107/4/1", "食品", 3), ("107.4.30", "食品", 2), ("1070501", "旅遊", 1)
    )
    assert counts == {
        "2018-S1": {("2018-04-01", "first", "food"): "5", ("2018-05-01", "first", "travel"): "1"}
    }
    assert elsewhere == {}


def test_the_first_and_the_last_covered_day_count_and_no_other():
    days = ["107/1/15", "107/1/16", "107/6/30", "107/7/1", "106/12/31"]
    counts, elsewhere, _ = count(*((day, "食品", 1) for day in days))
    assert sum(map(int, counts["2018-S1"].values())) == 2
    assert elsewhere == {
        "2018-S1, on days that its report does not cover": 1,
        "2018-S2": 1,
        "2017-S2": 1,
    }


def test_every_wanted_period_has_its_own_cases():
    periods = (HALF, Period(2018, 2))
    counts, _, _ = count(("107/4/1", "食品", 3), ("107/7/1", "食品", 4), periods=periods)
    assert [sum(map(int, each.values())) for each in counts.values()] == [3, 4]


def test_a_row_of_several_figures_is_one_row_elsewhere():
    figures = [{"stage": {"value": "first"}}, {"stage": {"value": "second"}}]
    _, elsewhere, _ = count(("99/1/1", "食品", 7), figures=figures)
    assert elsewhere == {"2010-S1": 7}


def test_what_cannot_be_read_is_bad_and_what_is_dropped_is_counted():
    _, _, cases = count(
        ("107/4/1", "食品", 1),
        ("不詳", "食品", 2),
        ("107/4/1", "飛碟", 3),
        ("", None, 4),
        ("107/4/1", "旅遊", 5),
        drop={"類": ["旅遊"]},
    )
    assert cases.bad[TIMES].to_list() == [2, 3, 4]
    assert cases.left_out == 5
    assert cases.found.height == 1


def test_no_cases_make_no_rows():
    counts, elsewhere, cases = count()
    assert (counts, elsewhere) == ({}, {})
    assert cases.bad.is_empty()


def test_cases_that_were_read_one_by_one_count_alike():
    rows = reader()
    entries = rows.read(0, 7, 2, {"日": "107/4/1", "類": "食品"})
    found, _ = counted(cases_of(entries, "complaints"), "complaints", [HALF])
    (row,) = found["2018-S1"]
    assert (row["month"], row["category"], row["count"]) == ("2018-04-01", "food", "2")


@pytest.mark.parametrize("stage", ["first", "mediation"])
def test_a_case_is_a_first_complaint_unless_it_is_said(stage):
    fields = {"received": {"column": "日"}, "category": {"column": "類"}}
    if stage != "first":
        fields["stage"] = {"value": stage}
    counts, _, _ = count(("107/4/1", "食品", 1), fields=fields)
    assert list(counts["2018-S1"]) == [("2018-04-01", stage, "food")]
