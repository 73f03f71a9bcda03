"""Rows that come twice, and keys that name no row."""

import pytest
from exporting import CASES, HEADER, ROWS, write_csv

from kao_metrics.failures import DataError
from kao_metrics.importing import duplicates as duplicates_module
from kao_metrics.importing.duplicates import find_duplicates, without
from kao_metrics.importing.gathering import gathered
from kao_metrics.importing.mapping import read_mapping
from kao_metrics.importing.records import open_records

KEYED = CASES + '[checks]\nkey = "案件編號"\nduplicates = "remove"\n'


def looked(folder, *tables, mapping=KEYED):
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    how = read_mapping(folder / "m.toml", "complaints")
    records = []
    for number, rows in enumerate(tables):
        path = write_csv(folder / f"{number}.csv", [HEADER, *rows])
        records += open_records(path, "complaints", folder, how)
    return find_duplicates(records, how, folder), records, how


def test_rows_that_differ_in_any_cell_are_no_duplicates(tmp_path):
    found, _, _ = looked(tmp_path, ROWS)
    assert (found.rows, found.keyed, found.keys) == (0, 4, 4)


@pytest.mark.parametrize("most", [200_000, 0])
def test_each_row_after_the_first_is_one_and_is_taken_off_the_counts(tmp_path, monkeypatch, most):
    """Compared cell by cell, or told by their hashes alone."""
    monkeypatch.setattr(duplicates_module, "_MOST", most)
    found, records, mapping = looked(
        tmp_path, [*ROWS, ROWS[0], ROWS[0]], [ROWS[1], ("B", *ROWS[1][1:])]
    )
    assert found.rows == 3
    assert found.again.rows() == [(0, 6), (0, 7), (1, 2)]
    assert found.first.endswith("0.csv, row 2") or found.first.endswith("0.csv, row 3")
    cells = gathered(records, mapping)
    assert cells["times"].sum() == 8
    assert without(cells, found, records, mapping)["times"].sum() == 5


def test_hashes_are_counted_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(duplicates_module, "_PART", 2)
    found, _, _ = looked(tmp_path, [*ROWS, *ROWS])
    assert (found.rows, found.keyed, found.keys) == (4, 8, 4)


def test_a_key_is_counted_where_it_is_there(tmp_path):
    found, _, _ = looked(tmp_path, [("", *ROWS[0][1:]), *ROWS[1:]])
    assert (found.keyed, found.keys) == (3, 3)


def test_a_file_that_is_part_of_another_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"1\.csv: found the same 2 rows that are in .*0\.csv"):
        looked(tmp_path, ROWS, ROWS[1:3])


def test_files_that_share_some_rows_are_not(tmp_path):
    found, _, _ = looked(tmp_path, ROWS[:3], ROWS[1:])
    assert found.rows == 2


def test_rows_that_go_on_with_a_case_are_told_apart_by_it(tmp_path):
    rows = [("1", "107/04/01", "調解", "食品", "甲"), ("", "", "", "旅遊", "")]
    rows += [("2", "107/04/02", "調解", "食品", "乙"), ("", "", "", "旅遊", "")]
    mapping = CASES + '[file]\nfill_down = ["受理日期", "階段"]\n'
    found, _, _ = looked(tmp_path, rows, mapping=mapping)
    assert found.rows == 0


def test_no_rows_have_no_duplicates(tmp_path):
    found, records, mapping = looked(tmp_path, [])
    assert found.rows == 0
    assert without(gathered(records, mapping), found, records, mapping).is_empty()
