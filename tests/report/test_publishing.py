"""Putting a report in place: whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import re
import threading

import nbformat
import pytest

from kao_metrics import labels
from kao_metrics.failures import DataError
from kao_metrics.period import Period
from kao_metrics.report.errors import NotebookError, Reason, ReportError, WorkerError
from kao_metrics.report.manifest import made_from
from kao_metrics.report.publishing import Publication, report_name

PERIOD = Period(2018, 1)
OLDER = {"2018-S1.html": b"older page", "2018-S1/results.csv": b"older", "notes.txt": b"kept"}


def put(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def files_in(folder):
    """Return every file below a folder, hidden ones but locks too, and its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def write_new(publication):
    publication.page.write_text("new page", encoding="utf-8")
    (publication.folder / "manifest.json").write_text("{}", encoding="utf-8")


def fail_after_writing(publication, error):
    write_new(publication)
    raise error


@pytest.fixture
def output(tmp_path):
    """A folder with an older report and a file of somebody else's."""
    put(tmp_path / "reports", OLDER)
    return tmp_path / "reports"


@pytest.mark.parametrize(("lang", "name"), [("zh-TW", "2018-S1"), ("en", "2018-S1.en")])
def test_a_report_in_another_language_has_the_language_in_its_name(lang, name):
    assert report_name(PERIOD, lang) == name


def test_a_published_report_replaces_the_older_one_and_nothing_else(output):
    with Publication(output, PERIOD, "zh-TW") as publication:
        write_new(publication)
        assert files_in(output).items() >= OLDER.items()  # until now nothing is replaced
        page = publication.publish()
    assert page == output / "2018-S1.html"
    assert files_in(output) == {
        "2018-S1.html": b"new page",
        "2018-S1/manifest.json": b"{}",
        "notes.txt": b"kept",
    }


def test_an_english_report_stands_beside_the_chinese_one(output):
    with Publication(output, PERIOD, "en") as publication:
        write_new(publication)
        publication.publish()
    new = {"2018-S1.en.html": b"new page", "2018-S1.en/manifest.json": b"{}"}
    assert files_in(output) == {**OLDER, **new}


def test_an_output_folder_is_made_with_the_folders_above_it(tmp_path):
    with Publication(tmp_path / "a" / "b", PERIOD, "zh-TW") as publication:
        write_new(publication)
        publication.publish()
    assert set(files_in(tmp_path / "a" / "b")) == {"2018-S1.html", "2018-S1/manifest.json"}


@pytest.mark.parametrize("error", [ReportError, ValueError, KeyboardInterrupt])
def test_whatever_fails_before_publishing_leaves_the_older_report(output, error):
    with pytest.raises(error), Publication(output, PERIOD, "zh-TW") as publication:
        fail_after_writing(publication, error)
    assert files_in(output) == OLDER
    assert list((output / ".kao-metrics").iterdir()) == [output / ".kao-metrics/2018-S1.lock"]
    assert sorted(path.name for path in output.iterdir()) == [
        ".kao-metrics",
        "2018-S1",
        "2018-S1.html",
        "notes.txt",
    ]


def test_what_the_system_cannot_write_is_an_error_of_the_report(output):
    with (
        pytest.raises(ReportError, match=f"{output}: the report could not be written"),
        Publication(output, PERIOD, "zh-TW") as publication,
    ):
        (publication.folder / "no-such-folder" / "file").write_bytes(b"")
    assert files_in(output) == OLDER


def test_a_failure_half_way_through_publishing_puts_the_older_folder_back(output):
    """The folder has been renamed when the page is found to be missing."""
    with (
        pytest.raises(ReportError, match="could not be written"),
        Publication(output, PERIOD, "zh-TW") as publication,
    ):
        publication.publish()
    assert files_in(output) == OLDER


def test_a_first_report_that_fails_half_way_leaves_nothing(tmp_path):
    with pytest.raises(ReportError), Publication(tmp_path, PERIOD, "zh-TW") as publication:
        publication.publish()
    assert files_in(tmp_path) == {}
    assert list(tmp_path.iterdir()) == [tmp_path / ".kao-metrics"]


@pytest.mark.parametrize("output", ["file", "file/reports"])
def test_an_output_folder_that_is_a_file_is_an_error_of_the_report(tmp_path, output):
    (tmp_path / "file").write_bytes(b"a file")
    with (
        pytest.raises(ReportError, match="choose another folder with --output-dir"),
        Publication(tmp_path / output, PERIOD, "zh-TW"),
    ):
        pass
    assert files_in(tmp_path) == {"file": b"a file"}


def test_a_manifest_says_what_the_report_was_made_from_and_when(output, data_dir, notebooks_dir):
    with Publication(output, PERIOD, "en") as publication:
        publication.page.write_bytes(b"abc")
        publication.write_manifest(
            made_from(PERIOD, data_dir, [notebooks_dir / "01_overview.ipynb"])
        )
        publication.publish()
    manifest = json.loads((output / "2018-S1.en" / "manifest.json").read_text(encoding="utf-8"))
    notebook = (notebooks_dir / "01_overview.ipynb").read_bytes()
    # The SHA-256 of "abc" is the first test vector of FIPS 180.
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (manifest["period"], manifest["lang"]) == ("2018-S1", "en")
    assert manifest["page"] == {"2018-S1.en.html": abc}
    assert manifest["notebooks"] == {"01_overview.ipynb": hashlib.sha256(notebook).hexdigest()}
    complaints = "complaints/2018-S1.csv"
    assert manifest["data"][complaints] == (
        hashlib.sha256((data_dir / complaints).read_bytes()).hexdigest()
    )
    assert {"kao-metrics", "polars", "papermill"} <= set(manifest["packages"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", manifest["made_at"])


def test_of_two_that_make_the_same_report_one_waits_and_is_told_so(output):
    told = threading.Event()
    order = []

    def second():
        with Publication(output, PERIOD, "zh-TW", told.set):
            order.append("second")

    with Publication(output, PERIOD, "zh-TW") as publication:
        waiting = threading.Thread(target=second)
        waiting.start()
        assert told.wait(10)
        order.append("first")
        write_new(publication)
        publication.publish()
    waiting.join(10)
    assert order == ["first", "second"]


def test_reports_of_two_languages_are_made_at_the_same_time(output):
    with Publication(output, PERIOD, "zh-TW"), Publication(output, PERIOD, "en", pytest.fail):
        pass


def test_what_a_killed_process_has_left_is_removed_by_the_next(output):
    left = {".kao-metrics/2018-S1/files/half.ipynb": b"", ".kao-metrics/2018-S1/old/x.csv": b""}
    put(output, left)
    with Publication(output, PERIOD, "zh-TW") as publication:
        assert list(publication.folder.iterdir()) == []
    assert files_in(output) == OLDER


def test_why_a_report_was_not_made_is_kept_until_it_is(output):
    node = nbformat.v4.new_notebook()
    error = NotebookError("cell 3: 1 / 0", Reason.CELL, "01_x.ipynb", node)
    for _ in range(2):  # the second takes the place of the first
        with Publication(output, PERIOD, "zh-TW") as publication:
            publication.keep_failure(error)
    kept = json.loads((output / "2018-S1.failed/failure.json").read_text(encoding="utf-8"))
    assert kept == {"reason": "cell", "message": "cell 3: 1 / 0", "notebook": "01_x.ipynb"}
    assert nbformat.read(output / "2018-S1.failed/01_x.ipynb", as_version=4) == node
    with Publication(output, PERIOD, "zh-TW") as publication:
        write_new(publication)
        publication.publish()
    assert not (output / "2018-S1.failed").exists()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(DataError([]), "data"), (WorkerError("died"), "worker"), (ReportError("x"), "other")],
)
def test_why_is_one_of_a_few_reasons_for_which_there_is_advice(output, error, reason):
    with Publication(output, PERIOD, "zh-TW") as publication:
        publication.keep_failure(error)
    kept = json.loads((output / "2018-S1.failed/failure.json").read_text(encoding="utf-8"))
    assert kept["reason"] == reason
    assert {f"advice_{each}" for each in Reason} <= set(labels.codes("text"))
