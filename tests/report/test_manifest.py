"""Manifests: a report is held against what it was made from, and every change is named."""

import hashlib
import shutil

import pytest

from kao_metrics.period import Period
from kao_metrics.report import ReportError, verify
from kao_metrics.report import manifest as manifests
from kao_metrics.report.manifest import checksums, made_from

PERIOD = Period(2018, 1)


@pytest.fixture
def made(tmp_path, report, data_dir, notebooks_dir):
    """A copy of the real report with copies of what it was made from."""
    shutil.copy(report, tmp_path / report.name)
    shutil.copytree(report.with_suffix(""), tmp_path / report.stem)
    shutil.copytree(data_dir, tmp_path / "data")
    shutil.copytree(notebooks_dir, tmp_path / "notebooks")
    return tmp_path


def changes(made):
    folders = {"data_dir": made / "data", "notebooks_dir": made / "notebooks"}
    return verify(made / "2018-S1.html", **folders)


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_checksums_are_of_the_files_that_the_report_reads_and_no_others(broken):
    append(broken / "periods.csv", "2010-S2,2010-07-01,2010-12-31,,,\n")
    read = ("workforce/2010-S2.csv", "services/2010-S2.csv")
    for name in (*read, "stated/2010-S2.csv", "workforce/2018-S2.csv", "workforce/2017-S2.csv"):
        (broken / name).write_bytes(b"another file")
    (broken / "reference/notes.txt").write_bytes(b"no table")
    found = checksums(broken, PERIOD)
    tables = ("complaints", "retirement_reserve", "services", "stated", "workforce")
    parts = {f"{name}#2018-S1" for name in ("periods.csv", "sources.toml", "remarks.toml")}
    assert set(found) == parts | {
        "reference/peer_cities.csv",
        *read,  # of an earlier period, for comparisons and series
        *(f"{table}/2018-S1.csv" for table in tables),
    }
    for name in set(found) - parts:
        assert found[name] == hashlib.sha256((broken / name).read_bytes()).hexdigest()


def test_nothing_has_changed_since_a_report_was_just_made(made):
    assert changes(made) == []


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("2018-S1.html", "page: 2018-S1.html was changed after it was made"),
        ("data/complaints/2018-S1.csv", "data: complaints/2018-S1.csv changed"),
        ("notebooks/02_workforce.ipynb", "notebooks: 02_workforce.ipynb changed"),
    ],
)
def test_a_file_that_changed_is_named(made, file, said):
    append(made / file, "\n")
    assert changes(made) == [said]


def test_files_that_came_and_went_are_named(made):
    (made / "data/stated/2018-S1.csv").unlink()
    append(made / "data/periods.csv", "")
    shutil.copy(made / "notebooks/01_overview.ipynb", made / "notebooks/07_extra.ipynb")
    assert changes(made) == [
        "data: stated/2018-S1.csv is no longer there",
        "notebooks: 07_extra.ipynb is new",
    ]


def test_code_and_versions_that_changed_are_named(made, monkeypatch):
    code, made_packages = manifests._code(), manifests._packages()
    monkeypatch.setattr(manifests, "_code", lambda: {**code, "period.py": "other"})
    monkeypatch.setattr(manifests, "_packages", lambda: {**made_packages, "python": "3.99.0"})
    found = changes(made)
    assert found[0] == "code: period.py changed"
    assert found[1].startswith("packages: python changed from 3.")
    assert found[1].endswith(" to 3.99.0")


def test_a_file_of_another_period_is_no_change(made):
    (made / "data/workforce/2019-S2.csv").write_bytes(b"another period")
    assert changes(made) == []


def test_of_shared_files_only_what_is_of_the_period_counts(made):
    append(made / "data/periods.csv", "2019-S2,2019-07-01,2019-12-31,,,\n")
    append(made / "data/remarks.toml", '\n[2019-S2.x]\nzh-TW = "x"\nen = "x"\n')
    words = 'zh-TW = "x"\nen = "x"\n'
    append(
        made / "data/sources.toml",
        f'\n[other]\npublished = ""\nurl = ""\n[other.title]\n{words}[other.publisher]\n{words}'
        f"[other.licence]\n{words}[other.note]\n{words}",
    )
    assert changes(made) == []
    periods = made / "data/periods.csv"
    periods.write_text(periods.read_text(encoding="utf-8").replace("2018-06-30", "2018-06-29"))
    append(made / "data/remarks.toml", '\n[2018-S1.x]\nzh-TW = "x"\nen = "x"\n')
    assert changes(made) == [
        "data: periods.csv#2018-S1 changed",
        "data: remarks.toml#2018-S1 changed",
    ]


def test_a_report_is_current_until_anything_that_it_is_made_from_or_of_changes(made):
    def is_current(**parameters):
        notebooks = sorted((made / "notebooks").glob("0*.ipynb"))
        now = made_from(PERIOD, made / "data", notebooks, parameters)
        return manifests.is_current(made / "2018-S1.html", now)

    assert is_current()
    assert not is_current(months=6)
    for path in ("2018-S1.html", "2018-S1/results.csv", "2018-S1/manifest.json"):
        whole = (made / path).read_bytes()
        (made / path).write_bytes(whole[:-10])
        assert not is_current(), path
        (made / path).unlink()
        assert not is_current(), path
        (made / path).write_bytes(whole)
    assert is_current()
    append(made / "data/complaints/2018-S1.csv", "\n")
    assert not is_current()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"page": 1}', "no json"])
def test_a_manifest_that_is_none_is_an_error(made, content):
    (made / "2018-S1/manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(ReportError, match="no manifest of a report"):
        changes(made)


def test_a_report_that_is_not_there_is_an_error_that_names_the_file(made):
    (made / "2018-S1.html").unlink()
    with pytest.raises(ReportError, match=r"2018-S1\.html"):
        changes(made)


def test_a_page_that_was_sent_alone_says_what_it_was_made_from(made):
    shutil.rmtree(made / "2018-S1")
    assert changes(made) == []
    append(made / "data/stated/2018-S1.csv", "\n")
    append(made / "notebooks/03_retirement_reserve.ipynb", "\n")
    assert changes(made) == [
        "data: stated/2018-S1.csv changed",
        "notebooks: 03_retirement_reserve.ipynb changed",
    ]


def test_code_that_changed_is_noticed_from_the_page_alone(made, monkeypatch):
    shutil.rmtree(made / "2018-S1")
    code, made_packages = manifests._code(), manifests._packages()
    monkeypatch.setattr(manifests, "_code", lambda: {**code, "period.py": "other"})
    monkeypatch.setattr(manifests, "_packages", lambda: {**made_packages, "python": "3.99.0"})
    assert changes(made) == ["code: kao_metrics changed"]


@pytest.mark.parametrize("change", [("22.74%", "23.74%"), ("</main>", "</main> "), ("\n", "", 1)])
def test_a_page_that_was_changed_is_noticed_without_its_manifest(made, change):
    shutil.rmtree(made / "2018-S1")
    page = made / "2018-S1.html"
    page.write_text(page.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    assert changes(made) == ["page: 2018-S1.html was changed after it was made"]


@pytest.mark.parametrize("content", [b"", b"<p>another page</p>", b"\xff\xfe"])
def test_a_page_that_is_no_report_is_an_error(made, content):
    shutil.rmtree(made / "2018-S1")
    (made / "2018-S1.html").write_bytes(content)
    with pytest.raises(ReportError, match="a report is made by kao-metrics report"):
        changes(made)


def test_neither_page_nor_record_says_a_time_or_a_python(report):
    page = report.read_text(encoding="utf-8")
    assert "made_at" not in page
    assert '"python"' not in page
