"""``kao-metrics restated``: what a person types, sees and gets."""

import csv
import io
import json
import shutil
from decimal import Decimal

import pytest
import typer
from typer.testing import CliRunner

from kao_metrics import labels
from kao_metrics.cli import restatements
from kao_metrics.output import write_results

COMPLAINTS = "complaints/2018-S1.csv"


@pytest.fixture
def run(monkeypatch, tmp_path, broken):
    """Run the command in a folder with two releases, ``old`` and ``data``.

    Words of the command are shown as their key and values, whatever labels.toml says.
    """

    def keyed(key, lang, **values):
        if not key.startswith("restated_"):
            return written(key, lang, **values)
        said = ", ".join(f"{name}={value}" for name, value in values.items() if value != "")
        return f"{key.removeprefix('restated_')}[{said}]"

    written = labels.text
    monkeypatch.setattr(labels, "text", keyed)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(broken, tmp_path / "old")
    app = typer.Typer()
    app.command()(restatements.restated)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def change(path, there, instead):
    """Put something in the place of what stands in a file once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(there) == 1
    path.write_text(text.replace(there, instead), encoding="utf-8")


def test_a_changed_figure_is_said_with_its_row(run, broken):
    change(broken / COMPLAINTS, "_T,_T,542", "_T,_T,540")
    done = run("107H1", "--since", "old", "--lang", "en")
    assert done.exit_code == 0, done.output
    row = (
        "  alone[row=row_changed[file=complaints/2018-S1.csv, name=second, _T, _T, column=count, "
        "row_before=3, row_after=3, before=542, after=540], table=complaints]"
    )
    lines = done.stdout.splitlines()
    assert lines[1::2] == [row] * 4
    assert lines[0] == (
        "changed[what=Second complaints, before=542 cases, after=540 cases]"
        "by_both[difference=−2, relative=−0.37%]"
    )
    assert lines[4] == (
        "changed[what=Second to first complaints, before=beside[value=26.4%, words=542 ÷ 2,052], "
        "after=beside[value=26.3%, words=540 ÷ 2,052]]"
        "by_both[difference=points[value=−0.1], relative=−0.37%]"
    )
    assert done.stderr.splitlines() == [
        "2018-S1: figures: 4 changed, 0 added, 0 removed",
        "rows: 1 changed, 0 added, 0 removed; 0 of them changed no figure",
    ]


def test_a_removed_and_a_moved_row_are_said(run, broken):
    path = broken / COMPLAINTS
    change(path, "second,_T,_T,542,6.2,ksec_2018_s1\n", "")
    change(path, "_T,_T,68", "_T,_T,69")
    done = run("107H1", "--since", "old")
    assert "removed[what=第二次申訴, before=542件]\n  alone[row=row_removed[" in done.stdout
    assert "row_moved[file=complaints/2018-S1.csv, name=mediation, _T, _T" in done.stdout
    assert "row_before=4, row_after=3" in done.stdout
    missing = "after=beside[value=—, words=分子缺漏]"
    assert missing in done.stdout
    back = run("107H1", "--since", "data", "--data-dir", "old")
    assert "added[what=第二次申訴, after=542件]\n  alone[row=row_added[" in back.stdout


def test_a_change_below_the_decimals_that_are_usual_is_seen(run, broken):
    change(broken / "workforce/2018-S1.csv", "staff_in_post,9213", "staff_in_post,9214")
    done = run("107H1", "--since", "old", "--lang", "en")
    share = next(each for each in done.stdout.splitlines() if "Hired engineers" in each)
    assert "value=0.18452%" in share
    assert "value=0.18450%" in share
    assert "points[value=−0.00002]" in share


def test_an_interval_alone_is_said_without_a_difference(run, broken):
    change(broken / "workforce/2018-S1.csv", "276,about", "276,exact")
    first = run("107H1", "--since", "old", "--lang", "en").stdout.splitlines()[0]
    assert first.endswith("before=beside[value=276 people, words=275–277], after=276 people]")


def test_many_rows_of_a_figure_are_cut_and_counted(run, broken, monkeypatch):
    monkeypatch.setattr(restatements, "_MOST_ROWS", 1)
    change(broken / COMPLAINTS, "_T,_T,542", "_T,_T,540")
    change(broken / COMPLAINTS, "_T,_T,2052", "_T,_T,2050")
    lines = run("107H1", "--since", "old").stdout.splitlines()
    assert lines.count("  more[count=1]") == 1
    assert sum(each.startswith("  together[") for each in lines) == 1


def test_rows_that_changed_nothing_are_said_last_and_counted(run, broken):
    change(broken / "stated/2018-S1.csv", ",1657,", ",1658,")
    done = run("107H1", "--since", "old")
    assert done.stdout.startswith("idle[row=row_changed[file=stated/2018-S1.csv, name=frontline_")
    assert "rows: 1 changed, 0 added, 0 removed; 1 of them changed no figure" in done.stderr


def test_rows_that_were_not_tried_are_said_by_their_table(run, broken, monkeypatch):
    monkeypatch.setattr("kao_metrics.restatements.MOST_TRIED", 0)
    change(broken / COMPLAINTS, "_T,_T,542", "_T,_T,540")
    done = run("107H1", "--since", "old")
    assert "  not_tried[table=complaints]" in done.stdout.splitlines()


def test_csv_and_json_have_exact_amounts(run, broken, tmp_path):
    change(broken / COMPLAINTS, "_T,_T,542", "_T,_T,540")
    done = run("107H1", "--since", "old", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 4
    assert rows[2]["indicator"] == "second_complaint_ratio"
    before, after = (Decimal(rows[2][f"value_{end}"]) for end in ("before", "after"))
    assert Decimal(rows[2]["difference"]) == after - before
    assert (rows[2]["cause"], rows[2]["table"], rows[2]["row_after"]) == (
        "alone",
        "complaints",
        "3",
    )
    done = run("107H1", "--since", "old", "--format", "json", "--output", "changes.json")
    assert done.stdout == ""
    written = json.loads((tmp_path / "changes.json").read_text(encoding="utf-8"))
    assert [each["difference"] for each in written[:1]] == [-2]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_nothing_changed_is_no_failure(run, form):
    done = run("107H1", "--since", "old", "--format", form)
    assert done.exit_code == 0
    assert done.stdout.count("\n") == {"table": 0, "csv": 1, "json": 3}[form]
    assert "figures: 0 changed, 0 added, 0 removed" in done.stderr


def test_against_a_report_it_says_that_rows_cannot_be_told(run, broken, tmp_path, analysis):
    change(broken / COMPLAINTS, "_T,_T,542", "_T,_T,540")
    write_results(analysis.results, tmp_path)
    done = run("107H1", "--since", "results.json", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == 4
    assert "results.json has figures and no rows" in done.stderr
    assert "the data folder that it was made from" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("107H3", "--since", "old"), 2, "107H3"),
        (("107H2", "--since", "old"), 1, "no row for 2018-S2"),
        (("107H1", "--since", "none.html"), 1, "none.html: found no such file or directory"),
        (("107H1", "--since", "complaints"), 1, "complaints: found no such file or directory"),
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
    change(tmp_path / "old" / COMPLAINTS, "_T,_T,542", "_T,_T,many")
    done = run("107H1", "--since", "old")
    assert done.exit_code == 1
    assert "old/complaints/2018-S1.csv, row 3, column count: found 'many'" in done.stderr
