"""Rows put into data/: all of them or none, and never half a file."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from exporting import CASES, COUNTS, HEADER, ROWS, counts, data_folder, imported, state, write_csv

from kao_metrics.failures import DataError
from kao_metrics.importing import landing
from kao_metrics.importing.landing import Change
from kao_metrics.schemas import TABLES, key_of


@pytest.fixture
def file(tmp_path):
    return write_csv(tmp_path / "a.csv", [HEADER, *ROWS])


@pytest.mark.parametrize("name", ["periods.csv", "sources.toml", "complaints/2018-S2.csv"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk is full")])
def test_an_import_that_is_interrupted_leaves_the_data_as_they_were(
    tmp_path, monkeypatch, name, error
):
    file = write_csv(tmp_path / "a.csv", [HEADER, ("A1", "107/7/1", "調解", "食品", "甲")])
    data = data_folder(tmp_path / "data")
    before = state(data)
    rename = Path.replace

    def replace(self, target):
        if str(target).endswith(name):
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(type(error) if isinstance(error, OSError) else error):
        imported(tmp_path, file, CASES, period="107H2")
    assert state(data) == before
    assert sorted(path.name for path in data.iterdir()) == ["periods.csv", "sources.toml"]


def test_an_import_that_is_killed_leaves_whole_files(tmp_path, file):
    """SIGKILL at three moments: each file is what it was, or what it should be."""
    data = data_folder(tmp_path / "data")
    (tmp_path / "m.toml").write_text(CASES, encoding="utf-8")
    before = state(data)
    command = [sys.executable, "-m", "kao_metrics", "import", str(file), "--table", "complaints"]
    command += ["--period", "107H1", "--mapping", "m.toml"]
    begun = time.monotonic()
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    took = time.monotonic() - begun
    after = state(data)
    for moment in range(3):
        for name in set(after) - set(before):
            (data / name).unlink(missing_ok=True)
        for name, content in before.items():
            (data / name).write_bytes(content)
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(took * (0.8 + moment * 0.08))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for name, content in state(data).items():
            if not name.startswith(landing.STAGING):
                assert content in (before.get(name), after.get(name)), name
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert state(data) == after
    assert counts(tmp_path) == COUNTS


def test_what_a_killed_import_left_is_cleared_away(tmp_path, file):
    data = data_folder(tmp_path / "data")
    left = data / f"{landing.STAGING}x"
    left.mkdir()
    imported(tmp_path, file, CASES)
    assert not left.exists()


def test_two_imports_wait_for_each_other(tmp_path, file, monkeypatch):
    monkeypatch.setattr(landing, "PATIENCE", 0.2)
    data = data_folder(tmp_path / "data")
    with landing.lock_of(data), pytest.raises(DataError, match="another import"):
        imported(tmp_path, file, CASES)
    imported(tmp_path, file, CASES)


def test_data_that_cannot_be_written_is_told(tmp_path, file):
    data = data_folder(tmp_path / "data")
    (data / "complaints").write_text("a file in the place of the folder", encoding="utf-8")
    before = state(data)
    with pytest.raises(OSError, match="complaints"):
        imported(tmp_path, file, CASES)
    assert state(data) == before


def test_columns_that_a_table_can_do_without_are_written_only_where_they_say_something(
    tmp_path, file
):
    imported(tmp_path, file, CASES)
    path = tmp_path / "data" / "complaints" / "2018-S1.csv"
    with path.open(encoding="utf-8", newline="") as there:
        header = next(csv.reader(there))
    assert header == ["month", "stage", "sector", "category", "count", "source_id"]


def test_the_tables_that_a_period_is_said_to_have_grow(tmp_path, file):
    data = data_folder(tmp_path / "data")
    text = "period,covers_from,covers_to,tables\n2018-S1,2018-01-16,2018-06-30,workforce\n"
    (data / "periods.csv").write_text(text, encoding="utf-8")
    outcome = imported(tmp_path, file, CASES)
    assert "workforce complaints" in (data / "periods.csv").read_text(encoding="utf-8")
    assert any("complaints among the tables of 2018-S1" in note for note in outcome.notes)


def test_a_document_that_is_not_described_is_told_before_anything_changes(tmp_path, file):
    mapping = CASES[: CASES.index("title")]
    with pytest.raises(DataError, match="agency: found no such document; expected in the mapping"):
        imported(tmp_path, file, mapping)


def test_a_document_that_is_there_needs_its_name_only(tmp_path, file):
    mapping = CASES[: CASES.index("title")].replace('"agency"', '"report"')
    imported(tmp_path, file, mapping)
    assert counts(tmp_path) == COUNTS


def test_a_change_is_said_in_a_line():
    key = ("2018-04-01", "first", "", "food")
    assert str(Change("~", "2018-S1", key, "2", "3")) == (
        "~ 2018-S1: 2018-04-01, first, food: 2 -> 3"
    )


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_columns_that_name_a_row(name):
    key = key_of(name)
    assert key
    assert set(key) <= set(TABLES[name].COLUMNS)


def test_the_description_of_the_data_is_kept_current(tmp_path, file):
    from kao_metrics.datapackage import FILE_NAME, as_json, datapackage

    data = data_folder(tmp_path / "data")
    (data / FILE_NAME).write_text("{}", encoding="utf-8")
    imported(tmp_path, file, CASES)
    assert (data / FILE_NAME).read_text(encoding="utf-8") == as_json(datapackage(data))
