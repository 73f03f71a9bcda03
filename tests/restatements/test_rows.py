"""The rows in which two data folders differ."""

import csv
import random

import pytest
from restating import COMPLAINTS, RESERVE, STATED, change, line

from kao_metrics.failures import DataError
from kao_metrics.period import Period
from kao_metrics.readers import open_data
from kao_metrics.restatements import changed_rows


def test_a_changed_cell_has_its_column_and_rows(data_dir, broken):
    change(broken / COMPLAINTS, ("second,_T,_T,542", "second,_T,_T,540"))
    assert changed_rows(data_dir, broken, "107H1").rows() == [
        ("complaints", "2018-S1", "second, _T, _T", "changed", "count", "542", "540", 3, 3)
    ]


def test_the_order_of_rows_and_columns_changes_nothing(data_dir, broken):
    for table in ("workforce", "complaints", "services", "retirement_reserve", "stated"):
        path = broken / table / "2018-S1.csv"
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        random.Random(1).shuffle(rows)  # noqa: S311 - any order will do
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(row[::-1] for row in [header, *rows])
    assert changed_rows(data_dir, broken, "107H1").is_empty()


def test_open_folders_and_paths_are_the_same(data_dir, broken):
    change(broken / STATED, (",1657,", ",1658,"))
    rows = changed_rows(open_data(data_dir), open_data(broken), "107H1")
    assert rows["column"].to_list() == ["stated"]
    assert rows.equals(changed_rows(data_dir, broken, Period(2018, 1)))


def test_swapping_the_folders_swaps_before_and_after(old, new):
    path = new / RESERVE
    change(path, (",518,", ",516,"), (line(path, ",plan_years"), ""))
    there, back = (changed_rows(*folders, "107H1") for folders in ((old, new), (new, old)))
    cells = ("table", "key", "text_before", "text_after", "row_before", "row_after")
    twins = ("table", "key", "text_after", "text_before", "row_after", "row_before")
    assert sorted(there.select(cells).rows(), key=str) == sorted(back.select(twins).rows(), key=str)
    assert set(there["row_kind"]) == {"changed", "removed"}
    assert set(back["row_kind"]) == {"changed", "added"}


def test_a_folder_that_breaks_its_contract_names_the_row(data_dir, broken):
    change(broken / COMPLAINTS, ("_T,_T,2052", "_T,_T,many"))
    with pytest.raises(DataError, match=r"complaints/2018-S1\.csv, row 2, column count: found"):
        changed_rows(data_dir, broken, "107H1")
