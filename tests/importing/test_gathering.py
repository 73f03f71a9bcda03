"""Cells brought together: every row once, or each combination counted."""

import datetime as dt

import polars as pl
import pytest
from exporting import CASES, HEADER, ROWS, write_csv

from kao_metrics.importing.gathering import MOVED, TIMES, cell, gathered, whole_rows
from kao_metrics.importing.mapping import read_mapping
from kao_metrics.importing.records import ROW, open_records


def opened(folder, rows, mapping=CASES):
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    how = read_mapping(folder / "m.toml", "complaints")
    path = write_csv(folder / "a.csv", rows)
    return open_records(path, "complaints", folder, how), how


def test_cases_with_the_same_cells_are_counted_and_keep_their_first_row(tmp_path):
    records, mapping = opened(tmp_path, [HEADER, ROWS[0], ROWS[3], ROWS[0], ROWS[0]])
    found = gathered(records, mapping)
    assert found.select(ROW, TIMES).rows() == [(2, 3), (3, 1)]
    assert found[cell("類別")].to_list() == ["食品", "旅遊"]


def test_columns_that_no_mapping_names_are_not_brought(tmp_path):
    records, mapping = opened(tmp_path, [HEADER, *ROWS])
    names = set(gathered(records, mapping).columns)
    assert names == {"file", ROW, TIMES, MOVED, cell("受理日期"), cell("階段"), cell("類別")}


@pytest.mark.parametrize(
    "text",
    ["107/04/01 13:45", "107/04/01  上午 9:05:00", "107/04/01T23:59:59", "107/04/01 PM 3:00"],
)
def test_a_time_of_day_makes_no_other_cell(tmp_path, text):
    rows = [("A", text, "調解", "食品", "甲"), ("B", "107/04/01 00:00", "調解", "食品", "甲")]
    records, mapping = opened(tmp_path, [HEADER, *rows])
    found = gathered(records, mapping)
    assert found[cell("受理日期")].to_list() == ["107/04/01"]
    assert found[TIMES].to_list() == [2]


def test_days_and_times_of_parquet_are_days(tmp_path):
    times = [dt.datetime(2018, 4, 1, hour) for hour in (0, 9, 23)]  # noqa: DTZ001
    frame = pl.DataFrame({"受理日期": times, "階段": ["調解"] * 3, "類別": ["食品"] * 3})
    frame.write_parquet(tmp_path / "a.parquet")
    (tmp_path / "m.toml").write_text(CASES, encoding="utf-8")
    mapping = read_mapping(tmp_path / "m.toml", "complaints")
    records = open_records(tmp_path / "a.parquet", "complaints", tmp_path, mapping)
    assert gathered(records, mapping)[cell("受理日期")].to_list() == ["2018-04-01"]


def test_blank_cells_repeat_the_one_above_where_that_is_said_and_blank_rows_do_not(tmp_path):
    rows = [ROWS[0], ("", "", "調解", "食品", ""), ("",) * 5, ROWS[3]]
    mapping = CASES + '[file]\nfill_down = ["受理日期"]\n'
    records, how = opened(tmp_path, [HEADER, *rows], mapping)
    found = gathered(records, how)
    assert found[cell("受理日期")].to_list() == ["107/04/01", "107/04/01", ROWS[3][1]]


def test_whole_rows_are_found_again_by_their_cells(tmp_path):
    records, mapping = opened(tmp_path, [HEADER, *ROWS, ROWS[0]])
    found = gathered(records, mapping)
    again = whole_rows(records[0], mapping, found.filter(pl.col(ROW) == 2))
    assert again[ROW].to_list() == [2, 6]
    assert again["5"].to_list() == ["甲", "甲"]
