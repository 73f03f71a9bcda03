"""``kao-metrics import``: what a person types, sees and gets."""

import csv

import pytest
from exporting import CASES, COUNTS, HEADER, ROWS, counts, data_folder, state, write_csv
from typer.testing import CliRunner

from kao_metrics.cli import app


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in a folder with data, an export and a mapping."""
    monkeypatch.chdir(tmp_path)
    data_folder(tmp_path / "data")
    write_csv(tmp_path / "a.csv", [HEADER, *ROWS])
    (tmp_path / "m.toml").write_text(CASES, encoding="utf-8")

    def command(*arguments, typed=""):
        return CliRunner().invoke(app, ["import", *arguments], input=typed)

    return command


TO = ("--table", "complaints", "--period", "107H1")
BY = (*TO, "--mapping", "m.toml")


def test_it_shows_what_changes_and_says_how_much(run, tmp_path):
    done = run("a.csv", *BY)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "+ 2018-S1: 2018-04-01, first, _T, food: 2",
        "+ 2018-S1: 2018-04-01, second, _T, travel: 1",
        "+ 2018-S1: 2018-05-01, first, _T, travel: 1",
    ]
    assert "rows read: 4, rejected: 0" in done.stderr
    assert "rows of the data: 3 added, 0 changed, 0 removed" in done.stderr
    assert counts(tmp_path) == COUNTS


def test_a_dry_run_changes_nothing(run, tmp_path):
    before = state(tmp_path / "data")
    done = run("a.csv", *BY, "--dry-run")
    assert done.exit_code == 0
    assert "rows of the data: 3 added" in done.stderr
    assert state(tmp_path / "data") == before


def test_without_a_mapping_one_is_written_and_nothing_imported(run, tmp_path):
    before = state(tmp_path / "data")
    done = run("a.csv", *TO)
    assert done.exit_code == 0
    assert done.stdout.strip() == "a.mapping.toml"
    assert "check it, then run the command again with --mapping a.mapping.toml" in done.stderr
    assert state(tmp_path / "data") == before
    again = run("a.csv", *TO)
    assert again.exit_code == 2
    assert "a.mapping.toml is there already" in again.stderr
    assert run("a.csv", *TO, "--mapping", "a.mapping.toml").exit_code == 0
    assert counts(tmp_path) == COUNTS


@pytest.mark.parametrize(("typed", "status"), [("y\n", 0), ("n\n", 1), ("", 0)])
def test_a_terminal_is_asked_before_anything_is_written(run, tmp_path, monkeypatch, typed, status):
    before = state(tmp_path / "data")
    monkeypatch.setattr("kao_metrics.cli.exports._is_terminal", lambda: True)
    done = run("a.csv", *BY, *(() if typed else ("--yes",)), typed=typed)
    assert done.exit_code == status
    assert ("Write this?" in done.stderr) == bool(typed)
    assert (state(tmp_path / "data") == before) == bool(status)


def test_only_the_first_changes_are_listed_unless_all_are_asked_for(run, tmp_path):
    rows = [
        (f"A{day}", f"107/{month}/1", "第一次申訴", kind, "甲")
        for month in range(2, 7)
        for day, kind in enumerate(("食品", "旅遊", "醫療", "電信", "車輛"))
    ]
    write_csv(tmp_path / "b.csv", [HEADER, *rows])
    few = run("b.csv", *BY, "--dry-run").stdout.splitlines()
    assert len(few) == 21
    assert few[-1] == "… and 5 more; --all-changes lists them"
    assert len(run("b.csv", *BY, "--dry-run", "--all-changes").stdout.splitlines()) == 25


def test_rows_that_cannot_be_read_go_to_a_file_with_place_and_reason(run, tmp_path):
    write_csv(tmp_path / "a.csv", [HEADER, *ROWS, ("A5", "107/02/30", "調解", "食品", "戊")])
    done = run("a.csv", *BY)
    assert done.exit_code == 1
    assert "1 of 5 rows that cannot be read" in done.stderr
    assert "nothing is imported; the data are as they were" in done.stderr
    with (tmp_path / "complaints.rejects.csv").open(encoding="utf-8", newline="") as file:
        (reject,) = csv.DictReader(file)
    assert (reject["file"], reject["row"], reject["column"]) == ("a.csv", "6", "受理日期")
    done = run("a.csv", *BY, "--reject-limit", "0.2", "--rejects", "left.csv")
    assert done.exit_code == 0
    assert (tmp_path / "left.csv").exists()


def test_patterns_are_files(run, tmp_path):
    write_csv(tmp_path / "a.csv", [HEADER, *ROWS[:2]])
    write_csv(tmp_path / "b.csv", [HEADER, *ROWS[2:]])
    assert run(str(tmp_path / "[ab].csv"), *BY).exit_code == 0
    assert counts(tmp_path) == COUNTS
    done = run("nothing*.csv", *BY)
    assert done.exit_code == 1
    assert "nothing*.csv: no file has such a name" in done.stderr


def test_a_range_of_half_years_is_all_of_them(run, tmp_path):
    write_csv(tmp_path / "a.csv", [HEADER, *ROWS, ("B", "106/7/1", "調解", "食品", "甲")])
    assert run("a.csv", *BY[:2], "--period", "106H2..107H1", *BY[4:]).exit_code == 0
    assert counts(tmp_path, "2017-S2") == {("2017-07-01", "mediation", "food"): 1}


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("a.csv", "--table", "complaint", *BY[2:]), 2, "--table complaint: expected one of"),
        (("a.csv", "--table", "../x", *BY[2:]), 2, "--table ../x: expected one of"),
        (("a.csv", *BY[:2], "--period", "107H3", *BY[4:]), 2, "107H3"),
        (("a.csv", *TO, "--mapping", "none.toml"), 1, "none.toml: found no such file"),
        (("b.csv", *BY), 1, "b.csv: found no such file"),
        (("a.csv", *BY, "--data-dir", "none"), 1, "no such folder"),
        (("m.toml", *BY), 1, "m.toml"),
    ],
)
def test_wrong_use_and_failures_say_what_to_do(run, tmp_path, arguments, status, message):
    before = state(tmp_path / "data")
    done = run(*arguments)
    assert (done.exit_code, message in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.output
    assert state(tmp_path / "data") == before
