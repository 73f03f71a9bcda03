"""What changed since a release, recorded for the period's report."""

import hashlib
import shutil

import pytest
from restating import RESERVE, change

from kao_metrics import output
from kao_metrics.failures import DataError
from kao_metrics.metrics import compute
from kao_metrics.output import write_results
from kao_metrics.period import Period
from kao_metrics.readers import open_data
from kao_metrics.register import figure_of, read_register
from kao_metrics.restatements import restated
from kao_metrics.restatements.recording import figures_of, record, since_of

CODE = "2018-S1"


def _tables(folder):
    data = open_data(folder)
    return data.read_all(data.period(CODE)), data.period(CODE)


def recorded(before, after, name=""):
    path = record(restated(CODE, before, after), after, before, name)
    return None if path is None else path.read_bytes()


def test_an_entry_has_the_figures_of_both_releases_and_their_rows(old, new, results):
    change(new / RESERVE, (",518,", ",516,"))
    recorded(old, new)
    (entry,) = read_register(new, CODE)
    assert (entry.since.name, entry.has_rows) == ("old", True)
    was, now = (
        {(row["indicator"], row["breakdown"]): figure_of(row) for row in each.rows(named=True)}
        for each in (results, compute(*_tables(new), "retirement_reserve"))
    )
    for each in entry.figures:
        assert each.before == was[each.indicator, each.breakdown]
        assert each.after == now[each.indicator, each.breakdown]
        (cell,) = each.rows
        assert (cell.file, cell.column, cell.row_after) == (RESERVE, "amount", 5)
        assert (cell.before, cell.after, each.cause) == ("518", "516", "alone")
    assert entry.figures[0].indicator == "reserve_accounts_funded"


def test_recorded_twice_is_the_same_bytes_wherever_the_release_lies(old, new, tmp_path):
    change(new / RESERVE, (",518,", ",516,"))
    first = recorded(old, new, "v1")
    assert recorded(old, new, "v1") == first
    elsewhere = shutil.copytree(old, tmp_path / "elsewhere" / "copy")
    assert recorded(elsewhere, new, "v1") == first
    assert str(tmp_path).encode() not in first


def test_two_releases_have_an_entry_each_and_a_new_one_takes_the_place_of_its_own(
    old, new, tmp_path
):
    second = shutil.copytree(old, tmp_path / "second")
    change(second / RESERVE, (",518,", ",517,"))
    change(new / RESERVE, (",518,", ",516,"))
    recorded(old, new)
    recorded(second, new)
    change(new / RESERVE, (",516,", ",515,"))
    recorded(old, new, "first")
    entries = read_register(new, CODE)
    assert [each.since.name for each in entries] == ["first", "second"]
    assert [each.figures[0].after.value for each in entries] == [515, 516]
    assert [each.figures[0].before.value for each in entries] == [518, 517]


def test_what_is_as_it_was_has_no_entry_and_no_entry_is_no_file(old, new):
    change(new / RESERVE, (",518,", ",516,"))
    assert recorded(old, new) is not None
    change(new / RESERVE, (",516,", ",518,"))
    assert recorded(old, new) is None
    assert list((new / "restatements").iterdir()) == []


def test_a_report_is_known_by_its_bytes_and_has_no_rows(new, results, tmp_path):
    write_results(results, tmp_path)
    change(new / RESERVE, (",518,", ",516,"))
    recorded(tmp_path / "results.json", new)
    (entry,) = read_register(new, CODE)
    digest = hashlib.sha256((tmp_path / "results.json").read_bytes()).hexdigest()
    assert (entry.since.name, entry.since.sha256) == ("results.json", digest)
    assert not entry.has_rows
    assert {(each.cause, each.rows) for each in entry.figures} == {(None, ())}
    assert since_of(tmp_path, Period(2018, 1)).sha256 == digest


def test_a_folder_is_known_by_its_tables(old, new):
    first = since_of(old, Period(2018, 1))
    (new / "remarks.toml").write_text("", encoding="utf-8")
    assert since_of(new, Period(2018, 1), " \x07").sha256 == first.sha256
    change(new / RESERVE, (",518,", ",516,"))
    assert since_of(new, Period(2018, 1)).sha256 != first.sha256


def test_rows_that_were_not_tried_are_recorded_as_such(old, new, monkeypatch):
    monkeypatch.setattr("kao_metrics.restatements.causes.MOST_TRIED", 0)
    change(new / RESERVE, (",518,", ",516,"))
    found = figures_of(restated(CODE, old, new))
    assert {(each.cause, each.table, each.rows) for each in found} == {
        ("not tried", "retirement_reserve", ())
    }


def test_a_unit_that_is_not_known_any_more_is_an_error(new, results, tmp_path):
    write_results(results, tmp_path)
    path = tmp_path / "results.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",account,", ",acount,"), "utf-8")
    with pytest.raises(DataError, match="found 'acount'; expected a known unit; did you mean"):
        figures_of(restated(CODE, path, new))


def test_a_register_is_written_whole_or_not_at_all(old, new, monkeypatch):
    change(new / RESERVE, (",518,", ",516,"))
    first = recorded(old, new)

    def full(*_):
        raise OSError("no space left")

    change(new / RESERVE, (",516,", ",515,"))
    monkeypatch.setattr(output.os, "fdopen", full)
    with pytest.raises(OSError, match="no space left"):
        recorded(old, new)
    (path,) = (new / "restatements").iterdir()
    assert path.read_bytes() == first
