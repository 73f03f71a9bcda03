"""Two releases of a period: which figures changed, by how much, because of which rows."""

import shutil
from decimal import Decimal
from itertools import pairwise

import pytest
from restating import COMPLAINTS, RESERVE, SERVICES, STAFF, STATED, causes, change, line, named

from kao_metrics.failures import DataError
from kao_metrics.output import write_results
from kao_metrics.restatements import COMPARED, restated


def test_nothing_changed_is_nothing_listed(old, new):
    found = restated("107H1", old, new)
    assert found.figures.is_empty()
    assert found.rows.is_empty()
    assert found.causes.is_empty()
    assert found.as_table().is_empty()


def test_one_corrected_count_changes_its_figures_and_is_named(data_dir, broken):
    change(broken / COMPLAINTS, ("second,_T,_T,542", "second,_T,_T,540"))
    found = restated("107H1", data_dir, broken)
    figures = named(found)
    count = figures["complaints_second", "_T"]
    assert (count["difference"], count["unit_after"]) == (-2, "item")
    ratio = figures["second_complaint_ratio", "_T"]
    assert set(ratio["changed"].split()) == {"value", "lower", "upper", "numerator"}
    assert ratio["difference"] == ratio["value_after"] - ratio["value_before"]
    assert ratio["value_after"].quantize(Decimal("0.0001")) == Decimal("0.2632")
    assert ratio["relative"].quantize(Decimal("0.0000001")) == Decimal("-0.0036900")  # −2 ÷ 542
    assert "denominator" in figures["mediation_ratio", "_T"]["changed"]
    assert ("complaints_first", "_T") not in figures
    assert found.rows.rows() == [
        ("complaints", "2018-S1", "second, _T, _T", "changed", "count", "542", "540", 3, 3)
    ]
    assert all(causes(found, *key) == ({"alone"}, ["second, _T, _T"]) for key in figures)


def test_a_corrected_staff_figure_is_the_cause_of_every_ratio_of_it(data_dir, broken):
    change(broken / STAFF, ("8462,exact", "8463,exact"))
    found = restated("107H1", data_dir, broken)
    figures = named(found)
    assert figures["frontline_baseline", "_T"]["difference"] == 1
    assert figures["downsizing_ratio", "frontline"]["changed"] == "value numerator denominator"
    assert ("downsizing_ratio", "temporary") not in figures
    key = "2010-12-25, frontline, _T, _T, _T, staff_in_post"
    assert {causes(found, *each)[1][0] for each in figures} == {key}
    assert found.rows["row_after"].to_list() == [17]


def test_a_word_before_a_figure_changes_its_interval_alone(data_dir, broken):
    change(broken / STAFF, ("276,about", "276,exact"))
    found = restated("107H1", data_dir, broken)
    row = named(found)["temporary_other_health", "_T"]
    assert (row["changed"], row["difference"], row["relative"]) == ("lower upper", 0, 0)
    assert (row["lower_before"], row["lower_after"]) == (275, None)
    assert found.rows["column"].to_list() == ["qualifier"]


@pytest.fixture(scope="module")
def both_ways(old, tmp_path_factory):
    """A row that was removed and one that changed, told there and back."""
    new = shutil.copytree(old, tmp_path_factory.mktemp("both") / "new")
    change(new / RESERVE, (line(new / RESERVE, ",accounts_funded"), ""), (",29.34,", ",29.35,"))
    return restated("107H1", old, new), restated("107H1", new, old)


def test_a_removed_row_removes_its_figure_and_an_added_one_adds_it(both_ways):
    there, back = both_ways
    figures, home = named(there), named(back)
    assert figures["reserve_accounts_funded", "_T"]["kind"] == "removed"
    assert figures["reserve_accounts_funded", "_T"]["value_after"] is None
    ratio = figures["reserve_account_coverage_ratio", "_T"]
    assert ratio["changed"] == "value obs_status reason numerator denominator"
    assert (ratio["reason_after"], ratio["difference"]) == ("no_numerator", None)
    columns = ("key", "row_kind", "text_before", "text_after", "row_before", "row_after")
    row = ("accounts_funded", "removed", "518", None, 5, None)
    assert there.rows.select(columns).rows()[1] == row
    row = ("accounts_funded", "added", None, "518", None, 5)
    assert row in back.rows.select(columns).rows()
    assert home["reserve_accounts_funded", "_T"]["kind"] == "added"
    assert home["reserve_accounts_funded", "_T"]["value_after"] == 518
    for found in both_ways:
        assert causes(found, "reserve_accounts_funded") == ({"alone"}, ["accounts_funded"])


def test_swapping_the_releases_swaps_before_and_after(both_ways):
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    forth, home = map(named, both_ways)
    assert forth.keys() == home.keys()
    for key, row in forth.items():
        twin = home[key]
        assert twin["kind"] == turned[row["kind"]]
        assert twin["difference"] == (None if row["difference"] is None else -row["difference"])
        for name in COMPARED:
            assert row[f"{name}_before"] == twin[f"{name}_after"]
            assert row[f"{name}_after"] == twin[f"{name}_before"]


def test_every_changed_figure_has_a_cause_that_is_a_changed_row(both_ways):
    keys, figures = ["table", "table_period", "key"], ["indicator", "breakdown"]
    for found in both_ways:
        assert found.causes.join(found.rows, on=keys, how="anti").is_empty()
        assert found.figures.join(found.causes, on=figures, how="anti").is_empty()
        assert found.idle_rows.is_empty()


def test_a_fraction_that_changed_is_told_though_its_value_did_not(old, new):
    change(new / RESERVE, (",518,", ",1036,"), (",519,", ",1038,"))
    found = restated("107H1", old, new)
    row = named(found)["reserve_account_coverage_ratio", "_T"]
    assert (row["changed"], row["difference"]) == ("numerator denominator", 0)
    assert causes(found, "reserve_account_coverage_ratio")[0] == {"together"}


def test_a_table_lists_each_figure_as_often_as_it_has_causes(old, new):
    change(new / RESERVE, (",518,", ",516,"), (",519,", ",518,"))
    found = restated("107H1", old, new)
    names = found.as_table().select("indicator", "breakdown").rows()
    starts = [each for last, each in pairwise([None, *names]) if last != each]
    assert starts == list(named(found))
    assert names.count(("reserve_account_coverage_ratio", "_T")) == 2
    assert names.count(("reserve_accounts_funded", "_T")) == 1


def test_a_row_that_no_figure_reads_is_idle(data_dir, broken):
    change(broken / STATED, (",1657,", ",1658,"))
    visitors = "1.3,ksec_2018_s1\n,visitors_received"
    change(broken / SERVICES, (f",{visitors}", f",1.{visitors}"))
    found = restated("107H1", data_dir, broken)
    assert found.figures.is_empty()
    assert found.idle_rows["column"].to_list() == ["section", "stated"]


def test_a_row_that_was_written_anew_with_the_same_meaning_changes_no_figure(old, new):
    change(new / RESERVE, (",518,account,", ",518,戶,"))
    found = restated("107H1", old, new)
    assert found.figures.is_empty()
    assert found.idle_rows.select("column", "text_after").rows() == [("unit", "戶")]


def test_a_table_that_one_release_lacks_is_added_or_removed_whole(old, new):
    (new / RESERVE).unlink()
    found = restated("107H1", old, new)
    reserve = found.rows.filter(found.rows["table"] == "retirement_reserve")
    assert reserve["row_kind"].to_list() == ["removed"] * 6
    assert causes(found, "reserve_accounts_funded") == ({"alone"}, ["accounts_funded"])
    assert named(found)["reserve_accounts_funded", "_T"]["kind"] == "removed"


def test_against_a_report_figures_are_compared_and_no_rows(new, results, tmp_path):
    change(new / RESERVE, (",518,", ",516,"))
    write_results(results, tmp_path)
    found = restated("107H1", tmp_path / "results.json", new)
    assert ("reserve_accounts_funded", "_T") in named(found)
    assert found.rows is None
    assert found.causes.is_empty()
    assert found.idle_rows.is_empty()
    assert found.as_table()["cause"].null_count() == len(found.figures)


def test_a_folder_of_nothing_is_no_release(old, tmp_path):
    with pytest.raises(DataError, match=r"periods\.csv"):
        restated("107H1", tmp_path, old)


def test_a_release_without_the_period_is_an_error(old, new):
    (new / "periods.csv").write_text(
        "period,covers_from,covers_to\n2017-S1,2017-01-01,2017-06-30\n", encoding="utf-8"
    )
    for releases in ((old, new), (new, old)):
        with pytest.raises(DataError, match="no row for 2018-S1"):
            restated("107H1", *releases)


def test_a_release_that_breaks_its_contract_names_the_row(data_dir, broken):
    change(broken / COMPLAINTS, ("_T,_T,2052", "_T,_T,many"))
    with pytest.raises(DataError, match="row 2"):
        restated("107H1", broken, data_dir)
