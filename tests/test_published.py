"""The figures of a published report, in every form in which it can be given."""

import polars as pl
import pytest

from kao_metrics.failures import DataError
from kao_metrics.output import as_csv, guarded, write_results
from kao_metrics.period import Period
from kao_metrics.published import published
from kao_metrics.report.downloads import downloads


def page(analysis, tmp_path):
    """A page that carries its results, as the template writes it."""
    markup = pytest.importorskip("markupsafe")
    file = downloads(analysis, "overview")[0]
    link = f'<a href="{markup.escape(file.address)}" download="{file.name}">CSV</a>'
    path = tmp_path / "2018-S1.html"
    path.write_text(f"<p>{link}</p>", encoding="utf-8")
    return path


def release(kind, analysis, tmp_path):
    """A published report in one of the forms in which it can be given."""
    if kind == "page":
        return page(analysis, tmp_path)
    folder = tmp_path / "2018-S1"
    folder.mkdir()
    write_results(analysis.results, folder)
    if kind == "page beside its results":
        path = tmp_path / "2018-S1.html"
        path.write_text("<p>no downloads</p>", encoding="utf-8")
        return path
    if kind == "download":
        path = tmp_path / "2018-S1-results.csv"
        path.write_text("\ufeff" + as_csv(guarded(analysis.results)), encoding="utf-8")
        return path
    return folder / {"folder": "", "json": "results.json", "csv": "results.csv"}[kind]


@pytest.mark.parametrize(
    "kind", ["page", "page beside its results", "download", "folder", "json", "csv"]
)
def test_a_report_is_read_in_every_form(kind, analysis, tmp_path):
    found = published(release(kind, analysis, tmp_path), analysis.period)
    assert found.equals(analysis.results)


def test_a_name_that_was_guarded_against_spreadsheets_is_read_as_it_was(analysis, tmp_path):
    odd = analysis.results.with_columns(breakdown=pl.lit('=A-1\'s, "<&>"'))
    odd = odd.unique("indicator", maintain_order=True)
    path = tmp_path / "results.csv"
    path.write_text(as_csv(guarded(odd)), encoding="utf-8")
    assert published(path, analysis.period).equals(odd)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("none.html", None, "no such file or directory"),
        ("none", None, "no such file or directory"),
        ("a.html", b"<p>", "no results of a report (none in the page, and no"),
        ("a.html", b"\xff\xfe", "no results of a report ('utf-8' codec"),
        ("a.json", b"{", "no results of a report (Expecting"),
        ("a.json", b"{}", "figures of no period"),
        ("a.json", b"[1, 2]", "no results"),
        ("a.json", b"[]", "figures of no period"),
        ("a.json", b'[{"time_period": "2018-S1"}]', "no results"),
        ("a.json", b"[" * 100_000, "no results"),
        ("a.json", b'[{"value": NaN}]', "expected a number"),
        ("a.csv", b"", "no results"),
        ("a.csv", b"a,b\n1,2\n", "no results of a report (columns a, b)"),
        ("a.csv", b'"', "no results"),
        ("a.csv", b"1\n1,2\n", "no results"),
    ],
)
def test_what_is_no_report_is_an_error_that_says_so(name, content, found, tmp_path, period):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError) as error:
        published(path, period)
    (failure,) = error.value.failures
    assert found in failure.found
    assert failure.file == str(path)


@pytest.mark.parametrize(
    ("there", "instead"),
    [(",item,", ","), (",2052,", ",many,"), ("2018-S1,mediations,_T,,,68,,,item,A,,", "2018-S1")],
)
def test_a_broken_result_table_is_an_error(there, instead, analysis, tmp_path):
    text = as_csv(analysis.results)
    assert there in text
    path = tmp_path / "results.csv"
    path.write_text(text.replace(there, instead, 1), encoding="utf-8")
    with pytest.raises(DataError, match="no results of a report"):
        published(path, analysis.period)


def test_figures_of_another_period_are_an_error(analysis, tmp_path):
    path = release("json", analysis, tmp_path)
    with pytest.raises(DataError, match="found figures of 2018-S1; expected figures of 2018-S2"):
        published(path, Period(2018, 2))
