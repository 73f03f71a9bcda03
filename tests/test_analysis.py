"""Analysis: one call from a period's name to every figure, and one that checks a folder."""

import re

import pytest

from kao_metrics.analysis import analyse, audit_file, check
from kao_metrics.failures import DataError
from kao_metrics.labels import LabelError
from kao_metrics.period import PeriodError
from kao_metrics.readers import open_data


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_spelling_of_a_period_gives_the_same_results(analysis, data_dir):
    assert analyse("民國107年上半年", data_dir).results.equals(analysis.results)


def test_the_language_changes_words_and_no_figure(analysis, english):
    assert english.results.equals(analysis.results)
    assert [each.verdict for each in english.findings] == [
        each.verdict for each in analysis.findings
    ]
    assert english.remarks["winter_camp_students"] == "From 4 schools."


@pytest.mark.parametrize(
    ("period", "lang", "error"),
    [("107Q1", "zh-TW", PeriodError), ("107H1", "fr", LabelError), ("108H1", "en", DataError)],
)
def test_what_cannot_be_analysed_is_an_error_of_its_own(data_dir, period, lang, error):
    with pytest.raises(error):
        analyse(period, data_dir, lang)


def test_failures_of_tables_reference_and_remarks_come_in_one_error(broken):
    edit(broken / "complaints/2018-S1.csv", "2052", "2,052件")
    edit(broken / "reference/peer_cities.csv", "4632", "４６３２")
    edit(broken / "remarks.toml", 'en = "From 4 schools."', "")
    with pytest.raises(DataError) as caught:
        analyse("107H1", broken)
    assert [failure.table for failure in caught.value.failures] == [
        "complaints",
        "reference",
        "remarks",
    ]
    assert str(caught.value).count("remarks.toml") == 1


def test_the_real_data_keep_their_contracts_and_say_what_is_not_broken_down(data_dir):
    found = check(open_data(data_dir))
    assert found.failures == []
    rests = [re.search(r"row \d+: (\w+) .*; (\d+) are", each) for each in found.remainders]
    assert {rest[1]: int(rest[2]) for rest in rests} == {
        "temporary_other": 1381 - 1051,
        "temporary_total": 3462 - 1390,  # at the merger
        "winter_camp_students": 12 - 6,
        "political_archives_reviewed": 213 - 180,
        "awards_nominated": 105 - 50,
    }


@pytest.mark.parametrize("name", ["2018-S2.csv", "107H1.csv", "2018-s1 (copy).csv"])
def test_a_table_that_no_report_would_read_is_a_failure(broken, name):
    file = broken / "complaints" / name
    file.write_bytes((broken / "complaints/2018-S1.csv").read_bytes())
    (failure,) = check(open_data(broken)).failures
    assert (failure.file, failure.found) == (str(file), "a table of no period")


def test_a_failure_of_an_earlier_period_is_listed_once(broken):
    """Later reports read it too, to compare."""
    rows = "2018-S2,2018-07-01,2018-12-31,,,\n2019-S1,2019-01-01,2019-06-30,,,\n"
    edit(broken / "periods.csv", "stated\n", f"stated\n{rows}")
    edit(broken / "complaints/2018-S1.csv", "2052", "-1")
    for code in ("2018-S2", "2019-S1"):
        row = "stage,sector,category,count,source_id\nfirst,_T,_T,5,ksec_2018_s1\n"
        (broken / "complaints" / f"{code}.csv").write_text(row, encoding="utf-8")
    assert len(check(open_data(broken)).failures) == 1


def test_a_file_of_stated_figures_may_name_figures_of_the_period_in_its_name(tmp_path, data_dir):
    rows = "id,stated,operands\nsum,6805,frontline_agencies + frontline_schools\n"
    named, other = tmp_path / "2018-S1.mine.csv", tmp_path / "mine.csv"
    for file in (named, other):
        file.write_text(rows, encoding="utf-8")
    verdicts = [audit_file(file, None, data_dir)[0].verdict for file in (named, other)]
    assert verdicts == ["agrees", "cannot tell"]
    assert audit_file(other, "107H1", data_dir)[0].verdict == "agrees"


def test_an_analysis_shows_what_it_holds_in_short(english):
    shown, markup = repr(english), english._repr_html_()
    assert "2018-S1 = 107H1, 2018-01-16 to 2018-06-30, 166 of 181 days" in shown
    assert f"results: {english.results.height} figures" in shown
    assert "workforce (18 rows)" in shown
    assert "retirement_accounts" not in shown
    assert len(shown) < 500
    assert f"<td>{english.results.height} figures" in markup
