"""The command line: results on standard output, messages on standard error, exit statuses."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal

import polars as pl
import pytest
from odfdo import Document
from typer.testing import CliRunner

from kao_metrics import __version__
from kao_metrics.cli import app

COLUMNS = [
    "time_period", "indicator", "breakdown", "numerator", "denominator", "value", "lower",
    "upper", "unit", "obs_status", "reason", "source_ids",
]  # fmt: skip

COVERAGE = {
    "time_period": "2018-S1",
    "indicator": "reserve_amount_coverage_ratio",
    "breakdown": "_T",
    "numerator": Decimal("29.34"),
    "denominator": Decimal("33.2"),
    "value": Decimal("0.883734939759"),  # 29.34 / 33.2, to twelve places
    "lower": Decimal("0.882255639098"),  # 29.335 / 33.25
    "upper": Decimal("0.885218702866"),  # 29.345 / 33.15
    "unit": "ratio",
    "obs_status": "A",
    "reason": None,
    "source_ids": "ksec_2018_s1",
}

SPELLINGS = ["107H1", "107-1", "107年上半年", "民國107年上半年", "2018H1", "2018-S1"]


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


def run_apart(*arguments):
    """Run the command in a process of its own, where streams are real."""
    command = [sys.executable, "-c", "from kao_metrics.cli import app; app()"]
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, check=False, encoding="utf-8"
    )


def coverage_of(rows):
    return next(row for row in rows if row["indicator"] == COVERAGE["indicator"])


def replace_in(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "example"),
    [
        ([], "kao-metrics check"),
        (["report"], "kao-metrics report 107H1"),
        (["check"], "kao-metrics check"),
        (["metrics"], "kao-metrics metrics 107H1"),
        (["audit"], "kao-metrics audit 107H1"),
    ],
)
def test_help_shows_examples_on_lines_of_their_own(command, example):
    result = run(*command, "--help")
    lines = [line.strip() for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert "Examples:" in lines
    assert any(line.startswith(example) for line in lines[lines.index("Examples:") :])


def test_version_is_the_packages():
    assert run("--version").stdout.strip() == __version__


def test_help_loads_nothing_heavy():
    heavy = ("polars", "altair", "papermill", "nbconvert", "great_tables")
    code = f"import sys, kao_metrics.cli; print(set({heavy}) & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "set()"


def test_check_passes_the_real_data_and_says_what_is_not_broken_down(data_dir):
    """276 + 209 + 82 + 484 = 1,051 of 1,381: 330 are left."""
    result = run("check", "--data-dir", data_dir)
    assert result.exit_code == 0
    remark = next(line for line in result.stdout.splitlines() if "temporary_other " in line)
    assert "add up to 1051; 330 are not broken down" in remark
    assert ": found " not in result.stdout


def test_check_lists_every_failure_of_every_table(broken):
    replace_in(broken / "workforce/2018-S1.csv", "agencies,_T,staff_in_post,5984", "agncies,,x,-1")
    replace_in(broken / "complaints/2018-S1.csv", "first,_T,_T,2052", 'first,_T,_T,"2,052"')
    replace_in(broken / "reference/peer_cities.csv", "taipei,2016,mediations", "taipeh,2016,x")
    result = run("check", "--data-dir", broken)
    assert result.exit_code == 1
    for place, column in [
        ("workforce/2018-S1.csv, row 2", "employer"),
        ("workforce/2018-S1.csv, row 2", "funding"),
        ("workforce/2018-S1.csv, row 2", "measure"),
        ("workforce/2018-S1.csv, row 2", "headcount"),
        ("complaints/2018-S1.csv, row 2", "count"),
        ("reference/peer_cities.csv, row 9", "place"),
        ("reference/peer_cities.csv, row 9", "indicator"),
    ]:
        assert f"{broken / place}, column {column}: found" in result.stdout
    assert result.stdout.count(": found ") == 7


def test_a_data_folder_that_is_not_there_is_a_failure(tmp_path):
    result = run("check", "--data-dir", tmp_path / "nowhere")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{tmp_path / 'nowhere'}: found no such folder" in result.stderr


def test_metrics_as_csv_are_exact_and_in_the_agreed_columns(data_dir):
    result = run("metrics", "107H1", "--data-dir", data_dir, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    expected = {name: "" if value is None else str(value) for name, value in COVERAGE.items()}
    assert result.exit_code == 0
    assert list(rows[0]) == COLUMNS
    assert coverage_of(rows) == expected


def test_metrics_as_json_are_exact_numbers(data_dir):
    result = run("metrics", "107H1", "--data-dir", data_dir, "--format", "json")
    rows = json.loads(result.stdout, parse_float=Decimal)
    assert list(rows[0]) == COLUMNS
    assert coverage_of(rows) == COVERAGE


def test_metrics_as_parquet_keep_decimals(data_dir):
    result = run("metrics", "107H1", "--data-dir", data_dir, "--format", "parquet")
    frame = pl.read_parquet(result.stdout_bytes)
    assert frame.columns == COLUMNS
    assert coverage_of(frame.iter_rows(named=True)) == COVERAGE


def test_metrics_as_ods_have_numbers_as_numbers(data_dir):
    result = run("metrics", "107H1", "--data-dir", data_dir, "--format", "ods")
    head, *rows = Document(io.BytesIO(result.stdout_bytes)).body.get_table(0).get_values()
    assert head == COLUMNS
    assert coverage_of(dict(zip(head, row, strict=True)) for row in rows) == COVERAGE


@pytest.mark.parametrize(("lang", "name"), [("zh-TW", "金額涵蓋率"), ("en", "Coverage")])
def test_metrics_as_a_table_speak_to_people(data_dir, lang, name):
    result = run("metrics", "107H1", "--data-dir", data_dir, "--lang", lang)
    line = next(line for line in result.stdout.splitlines() if "29.34 ÷ 33.2" in line)
    assert "88.4%" in line
    assert "88.2–88.5%" in line
    assert name.lower() in result.stdout.lower()


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "ods", "table"])
def test_output_writes_what_would_have_been_printed_and_nothing_else(data_dir, tmp_path, form):
    target = tmp_path / "figures"
    target.write_text("older", encoding="utf-8")
    options = ("metrics", "107H1", "--data-dir", data_dir, "--format", form)
    result = run(*options, "--output", target)
    assert (result.exit_code, result.stdout) == (0, "")
    assert str(target) in result.stderr
    assert list(tmp_path.iterdir()) == [target]
    if form != "ods":  # a zip with the time in it
        assert target.read_bytes() == run(*options).stdout_bytes


def test_output_that_cannot_be_written_leaves_nothing_behind(data_dir, tmp_path):
    (tmp_path / "folder").mkdir()
    result = run("metrics", "107H1", "--data-dir", data_dir, "--output", tmp_path / "folder")
    assert result.exit_code == 1
    assert str(tmp_path / "folder") in result.stderr
    assert list(tmp_path.rglob("*")) == [tmp_path / "folder"]


def test_audit_as_json_has_the_agreed_fields_and_verdicts(data_dir):
    result = run("audit", "107H1", "--data-dir", data_dir, "--format", "json")
    found = json.loads(result.stdout, parse_float=Decimal)
    verdicts = [each["verdict"] for each in found]
    fields = {"id", "stated", "recomputed", "lower", "upper", "unit", "verdict", "reason"}
    assert result.exit_code == 0
    assert all(fields <= set(each) for each in found)
    assert (len(found), verdicts.count("agrees"), verdicts.count("disagrees")) == (18, 16, 2)
    rest = next(each for each in found if each["id"] == "reserve_remaining")
    assert rest["stated"] == Decimal("6.1")
    assert rest["recomputed"] == Decimal("3.86")  # 33.2 - 29.34
    assert (rest["lower"], rest["upper"]) == (Decimal("3.805"), Decimal("3.915"))
    assert "18 stated figures: 16 agree, 2 disagree" in result.stderr


@pytest.mark.parametrize(("form", "rows"), [("csv", 19), ("table", 18)])
def test_audit_has_a_row_for_each_stated_figure(data_dir, form, rows):
    result = run("audit", "107H1", "--data-dir", data_dir, "--format", form, "--lang", "en")
    lines = [line for line in result.stdout.splitlines() if "agrees" in line or "id,s" in line]
    assert len(lines) == rows
    assert sum("disagrees" in line for line in lines) == 2


def test_audit_judges_any_file_of_plain_numbers(tmp_path):
    """68 / 542 = 12.546 %; 2,052 - 542 = 1,510."""
    path = tmp_path / "mine.csv"
    path.write_text(
        "id,statement,stated,unit,qualifier,operands\n"
        "share,a share,12.5,%,約,68 / 542\n"
        'rest,a rest,"1,510",person,exact,"2,052 - 542"\n'
        "wrong,a rest,1511,person,exact,2052 - 542\n"
        "open,a name,1,person,exact,frontline_total / 2\n",
        encoding="utf-8",
    )
    found = json.loads(run("audit", "--stated", path, "--format", "json").stdout)
    assert {each["id"]: each["verdict"] for each in found} == {
        "share": "agrees",
        "rest": "agrees",
        "wrong": "disagrees",
        "open": "cannot tell",
    }


def test_audit_of_a_file_may_name_the_figures_of_a_period(tmp_path, data_dir):
    """2,052 / 166 = 12.36 first complaints a covered day."""
    path = tmp_path / "mine.csv"
    path.write_text(
        "id,statement,stated,unit,qualifier,operands\n"
        "rate,a day,12.4,,exact,complaints_first / 166\n"
        "lost,a day,12.4,,exact,complaints_frist / 166\n",
        encoding="utf-8",
    )
    options = ("--stated", path, "--data-dir", data_dir, "--lang", "en", "--format", "json")
    rate, lost = json.loads(run("audit", "107H1", *options).stdout)
    assert (rate["verdict"], lost["verdict"]) == ("agrees", "cannot tell")
    assert "did you mean 'complaints_first'?" in lost["reason"]


@pytest.mark.parametrize("command", ["metrics", "audit", "report"])
def test_a_word_that_is_no_half_year_is_wrong_use_and_shows_the_spellings(command, data_dir):
    result = run(command, "107Q1", "--data-dir", data_dir)
    assert (result.exit_code, result.stdout) == (2, "")
    assert all(spelling in result.stderr for spelling in SPELLINGS)


@pytest.mark.parametrize("command", ["metrics", "audit", "report"])
def test_a_half_year_without_data_fails_and_names_those_that_have_some(command, data_dir):
    result = run(command, "106H1", "--data-dir", data_dir)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "2017-S1" in result.stderr
    assert "2018-S1" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit",),
        ("metrics",),
        ("metrics", "107H1", "--format", "xlsx"),
        ("metrics", "107H1", "--lang", "fr"),
        ("report", "107H1", "-p", "depth"),
        ("report", "107H1", "-p", "period=108H1"),
        ("make",),
    ],
)
def test_wrong_use_ends_with_status_2_and_says_why(arguments):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "rror: " in result.stderr


def test_results_are_on_standard_output_and_messages_on_standard_error(data_dir):
    good = run_apart("audit", "107H1", "--data-dir", data_dir, "--format", "json")
    bad = run_apart("metrics", "107H3", "--data-dir", data_dir)
    assert (good.returncode, len(json.loads(good.stdout))) == (0, 18)
    assert good.stderr.splitlines() == ["18 stated figures: 16 agree, 2 disagree, 0 cannot be told"]
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("error: '107H3' is not a half-year")


def test_a_reader_who_leaves_early_sees_no_traceback(data_dir):
    command = [sys.executable, "-c", "from kao_metrics.cli import app; app()", "metrics", "107H1"]
    with subprocess.Popen(
        [*command, "--data-dir", data_dir, "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""


def test_verify_says_what_changed_and_exits_accordingly(report, data_dir, notebooks_dir, broken):
    options = ["--notebooks-dir", str(notebooks_dir), "--data-dir"]
    same = CliRunner().invoke(app, ["verify", str(report), *options, str(data_dir)])
    assert (same.exit_code, same.stdout) == (0, "")
    (broken / "remarks.toml").unlink()
    changed = CliRunner().invoke(app, ["verify", str(report), *options, str(broken)])
    assert (changed.exit_code, changed.stdout) == (
        1,
        "data: remarks.toml#2018-S1 is no longer there\n",
    )
