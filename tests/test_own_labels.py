"""A data folder's own codes: known where it is read, unknown elsewhere, and shown in its words."""

from __future__ import annotations

import shutil

import pytest

from kao_metrics import labels
from kao_metrics.analysis import analyse, check
from kao_metrics.failures import DataError
from kao_metrics.importing.exports import import_exports, propose
from kao_metrics.own_labels import read_labels
from kao_metrics.period import Period
from kao_metrics.readers import open_data
from kao_metrics.report.manifest import checksums

BIKES = """
[indicator.bike_rides]
zh-TW = "公共自行車騎乘"
en = "Bicycle rides"
unit = "ride"
kind = "flow"

[unit.ride]
zh-TW = "趟"
en = "rides"
one_en = "ride"
printed = ["趟"]
"""
PERIOD = Period(2018, 1)


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch):
    """Leave what other tests show as it was."""
    monkeypatch.setattr(labels, "_shown", {})
    labels._beside_shown.cache_clear()
    yield
    labels._beside_shown.cache_clear()


def add(folder, words=BIKES, row=",bike_rides,1200,趟,exact,,1.3,ksec_2018_s1\n"):
    """Give a data folder words of its own and a counted service."""
    (folder / "labels.toml").write_text(words, encoding="utf-8")
    with (folder / "services" / "2018-S1.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    return folder


def test_an_own_code_keeps_the_contract_and_is_shown_in_its_words(broken):
    analysis = analyse("107H1", add(broken), "en")
    assert str(analysis.figure("bike_rides")) == "1,200 rides"
    assert "<strong>Bicycle rides</strong>" in analysis.figure("bike_rides")._repr_html_()
    assert labels.label("indicator", "bike_rides") == "公共自行車騎乘"
    assert not check(open_data(broken)).failures


def test_what_one_folder_may_say_another_may_not(broken, tmp_path):
    add(broken)
    other = shutil.copytree(broken, tmp_path / "other")
    (other / "labels.toml").unlink()
    analyse("107H1", broken)
    with pytest.raises(DataError, match=r"'bike_rides'; expected .*\[indicator.bike_rides\]"):
        open_data(other).read("services", PERIOD)
    open_data(broken).read("services", PERIOD)


def test_other_words_for_a_code_that_is_shown_already_are_refused(broken, tmp_path):
    analyse("107H1", add(broken))
    other = shutil.copytree(broken, tmp_path / "other")
    add(other, BIKES.replace("Bicycle rides", "Trips"), row="")
    with pytest.raises(DataError, match=r"column \[indicator.bike_rides\]: found other words"):
        analyse("107H1", other)
    add(broken, BIKES.replace("Bicycle rides", "Trips"), row="")
    assert analyse("107H1", broken, "en").figure("bike_rides").value == 1200
    assert labels.label("indicator", "bike_rides", "en") == "Trips"


def test_the_words_for_what_a_period_has_are_among_what_its_report_is_made_from(broken):
    before = checksums(broken, PERIOD)
    (broken / "labels.toml").write_text(BIKES.partition("[unit")[0], encoding="utf-8")
    assert checksums(broken, PERIOD) == before
    add(broken)
    named = checksums(broken, PERIOD)
    assert named.keys() - before.keys() == {"labels.toml#2018-S1"}
    (broken / "labels.toml").write_text(BIKES.replace("Bicycle", "Bike"), encoding="utf-8")
    assert checksums(broken, PERIOD)["labels.toml#2018-S1"] != named["labels.toml#2018-S1"]


@pytest.mark.parametrize(
    ("words", "place", "expected"),
    [
        ("x = ", "", "TOML"),
        ("indicator = 1", "indicator", "a table for each code"),
        ('[indicators.x]\nen = "X"', "[indicators]", "did you mean 'indicator'"),
        ('[text.covered]\nen = "X"', "[text]", "one of indicator, unit, complaint_category"),
        ('[indicator.x]\nen = "X"\nunit = "item"', "[indicator.x] zh-TW", "this field"),
        (BIKES + "places = 2", "[unit.ride] places", "a field that"),
        (BIKES.replace("kind", "places = 1\nkind"), "[indicator.bike_rides]", "a definition"),
        (BIKES.replace('"flow"', '"stream"'), "[indicator.bike_rides] kind", "'flow', 'stock'"),
        (BIKES.replace('"ride"\nkind', '"rid"\nkind'), "[indicator.bike_rides] unit", "'ride'"),
        (BIKES.replace("bike_rides", "award_rate"), "[indicator.award_rate]", "another code"),
        (BIKES.replace("bike_rides", "'Bike rides'"), "[indicator.Bike rides]", "small letters"),
        (BIKES.replace('["趟"]', '["件"]'), "[unit.ride] printed", "words that do not mean item"),
        (BIKES.replace("Bicycle", "{x}"), "[indicator.bike_rides] en", "control characters"),
    ],
)
def test_what_is_wrong_with_own_words_is_said_with_its_place(broken, words, place, expected):
    add(broken, words, row="")
    with pytest.raises(DataError) as error:
        open_data(broken)
    (failure,) = error.value.failures
    assert (failure.table, failure.column) == ("labels", place)
    assert failure.file == str(broken / "labels.toml")
    assert expected in failure.expected


def test_an_import_reads_own_words_and_leaves_rows_with_own_codes_in_peace(broken, tmp_path):
    add(broken, BIKES + '[complaint_category.scooter]\nzh-TW = "電動機車"\nen = "Scooters"\n')
    export, mapping = tmp_path / "a.csv", tmp_path / "a.toml"
    export.write_text("階段,類別,件數\n第一次申訴,電動機車,20\n", encoding="utf-8")
    proposed = propose(export, "complaints", "107H1").splitlines()
    known = [line for line in proposed if not line.startswith('"電動機車"')]
    mapping.write_text("\n".join(known), encoding="utf-8")
    done = import_exports([export], "complaints", ["107H1"], mapping, data_dir=broken)
    assert [str(each) for each in done.plan.changes] == ["+ 2018-S1: first, _T, scooter: 20"]


def test_a_folder_need_not_have_words_of_its_own(data_dir):
    assert read_labels(data_dir) == ({}, [])
