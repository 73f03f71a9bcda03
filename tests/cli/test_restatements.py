"""``kao-metrics restated``: what a person types, sees and gets."""

import csv
import io
import json
import shutil
from decimal import Decimal

import pytest
import typer
from restating import RESERVE, change, line, small
from typer.testing import CliRunner

from kao_metrics.cli import restatements
from kao_metrics.output import write_results

FUNDED = ",518,", ",516,"
REGISTER = "restatements/2018-S1.json"


@pytest.fixture
def data(tmp_path, data_dir):
    """The real figures of the retirement reserve and of the counted services."""
    return small(tmp_path / "data", data_dir)


@pytest.fixture
def run(monkeypatch, tmp_path, data):
    """Run the command in a folder with two releases, ``old`` and ``data``."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(data, tmp_path / "old")
    app = typer.Typer()
    app.command()(restatements.restated)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_a_changed_figure_is_said_with_its_row(run, data):
    change(data / RESERVE, FUNDED)
    done = run("107H1", "--since", "old", "--lang", "en")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "Accounts fully funded: 518 accounts → 516 accounts; difference −2 (−0.39%)"
    row = "retirement_reserve/2018-S1.csv, row 5, accounts_funded: amount 518 → 516"
    assert set(lines[1::2]) == {f"  because of {row}"}
    ratio = next(each for each in lines if "99.81%" in each)
    assert ratio.endswith(
        ": 99.81% (518 ÷ 519) → 99.42% (516 ÷ 519); difference −0.39 percentage points (−0.39%)"
    )
    figures = f"{len(lines) // 2} changed, 0 added, 0 removed"
    assert done.stderr.splitlines() == [
        f"2018-S1: figures: {figures}",
        "rows: 1 changed, 0 added, 0 removed; 0 of them changed no figure",
    ]


def test_a_removed_and_a_moved_row_are_said(run, data):
    path = data / RESERVE
    change(path, (line(path, ",accounts_funded"), ""), (",plan_years,3,", ",plan_years,4,"))
    done = run("107H1", "--since", "old")
    name = "足額提撥專戶"
    row = "retirement_reserve/2018-S1.csv 原第5列，accounts_funded：已刪，amount 518"
    assert f"{name}：原為518戶，現無\n  因此列而變：{row}" in done.stdout
    assert "第6列（原第7列），plan_years：amount 3 → 4" in done.stdout
    assert "—（分子缺漏）" in done.stdout
    back = run("107H1", "--since", "data", "--data-dir", "old")
    assert f"{name}：原無，現為518戶" in back.stdout


def test_many_cells_of_a_figure_are_cut_and_counted(run, data, monkeypatch):
    monkeypatch.setattr(restatements, "_MOST_CELLS", 1)
    change(data / RESERVE, FUNDED, (",519,", ",518,"))
    lines = run("107H1", "--since", "old", "--lang", "en").stdout.splitlines()
    assert "  1 more, which csv and json list" in lines
    first = next(each for each in lines if each.startswith("  together with others"))
    assert "accounts_funded" in first
    assert lines[lines.index(first) + 1] == "  1 more, which csv and json list"


def test_rows_that_changed_nothing_are_said_last_and_counted(run, data):
    change(data / RESERVE, (",518,account,", ",518,戶,"))
    done = run("107H1", "--since", "old")
    assert done.stdout.startswith("不影響任何數字：retirement_reserve/2018-S1.csv 第5列")
    assert "rows: 1 changed, 0 added, 0 removed; 1 of them changed no figure" in done.stderr


def test_rows_that_were_not_tried_are_said_by_their_table(run, data, monkeypatch):
    monkeypatch.setattr("kao_metrics.restatements.causes.MOST_TRIED", 0)
    change(data / RESERVE, FUNDED)
    done = run("107H1", "--since", "old", "--lang", "en")
    said = "  too many rows of retirement_reserve changed to try them one by one"
    assert said in done.stdout.splitlines()


def test_csv_and_json_have_exact_amounts(run, data, tmp_path):
    change(data / RESERVE, FUNDED)
    done = run("107H1", "--since", "old", "--format", "csv")
    rows = {row["indicator"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    row = rows["reserve_account_coverage_ratio"]
    before, after = (Decimal(row[f"value_{end}"]) for end in ("before", "after"))
    assert Decimal(row["difference"]) == after - before
    assert (row["cause"], row["table"], row["row_after"]) == ("alone", "retirement_reserve", "5")
    done = run("107H1", "--since", "old", "--format", "json", "--output", "changes.json")
    assert done.stdout == ""
    written = json.loads((tmp_path / "changes.json").read_text(encoding="utf-8"))
    assert written[0]["difference"] == -2


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_nothing_changed_is_no_failure(run, form):
    done = run("107H1", "--since", "old", "--format", form)
    assert done.exit_code == 0
    assert done.stdout.count("\n") == {"table": 0, "csv": 1, "json": 3}[form]
    assert "figures: 0 changed, 0 added, 0 removed" in done.stderr


def test_against_a_report_it_says_that_rows_cannot_be_told(run, data, tmp_path, analysis):
    write_results(analysis.results, tmp_path)
    change(data / RESERVE, FUNDED)
    done = run("107H1", "--since", "results.json", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert not any(each.startswith(" ") for each in done.stdout.splitlines())
    assert "results.json has figures and no rows" in done.stderr
    assert "the data folder that it was made from" in done.stderr


def test_what_changed_is_recorded_once(run, data):
    change(data / RESERVE, FUNDED)
    done = run("107H1", "--since", "old", "--record", "--name", "107年8月版")
    assert done.exit_code == 0, done.output
    assert f"recorded in data/{REGISTER}" in done.stderr
    written = (data / REGISTER).read_bytes()
    assert json.loads(written)["releases"][0]["since"]["name"] == "107年8月版"
    assert run("107H1", "--since", "old", "--record", "--name", "107年8月版").exit_code == 0
    assert (data / REGISTER).read_bytes() == written


def test_nothing_changed_is_nothing_recorded(run, data):
    done = run("107H1", "--since", "old", "--record")
    assert done.exit_code == 0
    assert "nothing changed, and nothing is recorded" in done.stderr
    assert not (data / REGISTER).exists()


def test_a_broken_register_is_said_and_left_as_it_is(run, data):
    change(data / RESERVE, FUNDED)
    (data / REGISTER).parent.mkdir()
    (data / REGISTER).write_text("{", encoding="utf-8")
    done = run("107H1", "--since", "old", "--record")
    assert done.exit_code == 1
    assert f"data/{REGISTER}: found no JSON" in done.stderr
    assert (data / REGISTER).read_text(encoding="utf-8") == "{"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("107H3", "--since", "old"), 2, "107H3"),
        (("107H2", "--since", "old"), 1, "no row for 2018-S2"),
        (("107H1", "--since", "none.html"), 1, "none.html: found no such file or directory"),
        (("107H1", "--since", "old", "--name", "x"), 2, "--name is for --record"),
        (("107H1", "--since", "data/sources.toml"), 1, "found no results of a report"),
        (("107H1", "--since", "old", "--data-dir", "none"), 1, "none: found no such folder"),
        (("107H1",), 2, "Missing option '--since'"),
        (("107H1", "--since", "old", "--format", "ods"), 2, "'--format'"),
    ],
)
def test_a_mistake_is_a_message_and_a_status(run, arguments, status, message):
    done = run(*arguments)
    assert done.exit_code == status
    assert message in done.stderr
    assert done.stdout == ""


def test_a_release_that_breaks_its_contract_names_the_row(run, tmp_path):
    change(tmp_path / "old" / RESERVE, (",518,", ",many,"))
    done = run("107H1", "--since", "old")
    assert done.exit_code == 1
    assert "old/retirement_reserve/2018-S1.csv, row 5, column amount: found 'many'" in done.stderr
