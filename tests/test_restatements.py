"""Two releases of a period: which figures changed, by how much, because of which rows."""

import csv
import random
import shutil
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics import restatements
from kao_metrics.analysis import analyse
from kao_metrics.failures import DataError
from kao_metrics.metrics.formulas import Results
from kao_metrics.output import as_csv, guarded, write_results
from kao_metrics.period import Period
from kao_metrics.published import published
from kao_metrics.readers import open_data
from kao_metrics.report.downloads import downloads
from kao_metrics.restatements import (
    COMPARED,
    because,
    changed_rows,
    restated,
    restated_figures,
)

COMPLAINTS = "complaints/2018-S1.csv"
STAFF = "workforce/2018-S1.csv"
RESERVE = "retirement_reserve/2018-S1.csv"
SERVICES = "services/2018-S1.csv"
FIRST = "first,_T,_T,2052"
SECOND = "second,_T,_T,542"
ALL_STAFF = "_T,_T,_T,_T,staff_in_post,9213"


@pytest.fixture
def change(broken):
    """Change the copy of the data: by file, what is there and what stands there instead."""

    def changed(name, *changes):
        path = broken / name
        text = path.read_text(encoding="utf-8")
        for there, instead in changes:
            assert text.count(there) == 1
            text = text.replace(there, instead)
        path.write_text(text, encoding="utf-8")

    return changed


def line(path, start):
    """The whole line of a file that begins like this, with its end."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return next(each for each in lines if each.startswith(start))


def named(found):
    """By indicator and breakdown, what became of a figure."""
    return {
        (row["indicator"], row["breakdown"]): row for row in found.figures.iter_rows(named=True)
    }


def causes(found, indicator, breakdown="_T"):
    """How it is known what changed a figure, and the keys of the rows that did."""
    rows = found.causes.filter(pl.col("indicator") == indicator, pl.col("breakdown") == breakdown)
    return set(rows["cause"]), rows["key"].to_list()


def test_nothing_changed_is_nothing_listed(data_dir, broken):
    found = restated("107H1", data_dir, broken)
    assert found.figures.is_empty()
    assert found.rows.is_empty()
    assert found.causes.is_empty()
    assert found.as_table().is_empty()


def test_one_corrected_count_changes_its_figures_and_is_named(data_dir, broken, change):
    change(COMPLAINTS, (SECOND, "second,_T,_T,540"))
    found = restated("107H1", data_dir, broken)
    figures = named(found)
    assert list(figures) == [
        ("complaints_second", "_T"),
        ("complaints_daily_rate", "complaints_second"),
        ("second_complaint_ratio", "_T"),
        ("mediation_ratio", "_T"),
    ]
    ratio = figures["second_complaint_ratio", "_T"]
    assert ratio["changed"] == "value numerator"
    assert ratio["difference"] == ratio["value_after"] - ratio["value_before"]
    assert ratio["value_after"].quantize(Decimal("0.0001")) == Decimal("0.2632")
    assert ratio["relative"].quantize(Decimal("0.0000001")) == Decimal("-0.0036900")  # −2 ÷ 542
    count = figures["complaints_second", "_T"]
    assert (count["difference"], count["unit_after"]) == (-2, "item")
    assert found.rows.rows() == [
        ("complaints", "2018-S1", "second, _T, _T", "changed", "count", "542", "540", 3, 3)
    ]
    assert all(causes(found, *key) == ({"alone"}, ["second, _T, _T"]) for key in figures)


def test_a_corrected_staff_figure_is_the_cause_of_every_ratio_of_it(data_dir, broken, change):
    change(STAFF, ("8462,exact", "8463,exact"))
    found = restated("107H1", data_dir, broken)
    figures = named(found)
    assert figures["frontline_baseline", "_T"]["difference"] == 1
    assert figures["downsizing_ratio", "frontline"]["changed"] == "value numerator denominator"
    assert ("downsizing_ratio", "temporary") not in figures
    key = "2010-12-25, frontline, _T, _T, _T, staff_in_post"
    assert {causes(found, *each)[1][0] for each in figures} == {key}
    assert found.rows["row_after"].to_list() == [17]


def test_a_word_before_a_figure_changes_its_interval_alone(data_dir, broken, change):
    change(STAFF, ("276,about", "276,exact"))
    found = restated("107H1", data_dir, broken)
    row = named(found)["temporary_other_health", "_T"]
    assert (row["changed"], row["difference"], row["relative"]) == ("lower upper", 0, 0)
    assert (row["lower_before"], row["lower_after"]) == (275, None)
    assert found.rows["column"].to_list() == ["qualifier"]


def test_a_removed_row_removes_its_figure_and_says_what_lacks(data_dir, broken, change):
    change(RESERVE, (line(broken / RESERVE, ",accounts_funded"), ""))
    found = restated("107H1", data_dir, broken)
    figures = named(found)
    assert figures["reserve_accounts_funded", "_T"]["kind"] == "removed"
    assert figures["reserve_accounts_funded", "_T"]["value_after"] is None
    ratio = figures["reserve_account_coverage_ratio", "_T"]
    assert ratio["changed"] == "value obs_status reason numerator denominator"
    assert (ratio["reason_after"], ratio["difference"]) == ("no_numerator", None)
    columns = ("key", "row_kind", "text_before", "row_before", "row_after")
    assert found.rows.select(columns).rows() == [("accounts_funded", "removed", "518", 5, None)]
    assert all(causes(found, *key) == ({"alone"}, ["accounts_funded"]) for key in figures)


def test_an_added_row_adds_its_figure(data_dir, broken, change):
    last = "mediation,_T,_T,68,6.2,ksec_2018_s1\n"
    change(COMPLAINTS, (last, last + "first,goods,_T,1000,6.2,ksec_2018_s1\n"))
    found = restated("107H1", data_dir, broken)
    figures = named(found)
    assert figures["complaints_first", "goods"]["kind"] == "added"
    assert figures["complaints_first", "goods"]["value_after"] == 1000
    assert found.rows.select("key", "row_kind", "text_after", "row_before", "row_after").rows() == [
        ("first, goods, _T", "added", "1000", None, 5)
    ]
    assert all(causes(found, *key) == ({"alone"}, ["first, goods, _T"]) for key in figures)


def test_rows_that_change_a_figure_together_are_named_together(data_dir, broken, change):
    change(COMPLAINTS, (FIRST, "first,_T,_T,2050"), (SECOND, "second,_T,_T,540"))
    found = restated("107H1", data_dir, broken)
    both = ["first, _T, _T", "second, _T, _T"]
    assert causes(found, "second_complaint_ratio") == ({"together"}, both)
    assert causes(found, "complaints_first") == ({"alone"}, both[:1])
    assert causes(found, "mediation_ratio") == ({"alone"}, both[1:])
    names = found.as_table().select("indicator", "breakdown").rows()
    starts = [each for last, each in pairwise([None, *names]) if last != each]
    assert starts == list(named(found))
    assert len(names) == len(starts) + 1


def test_a_fraction_that_changed_is_told_though_its_value_did_not(data_dir, broken, change):
    change(COMPLAINTS, (FIRST, "first,_T,_T,1026"), (SECOND, "second,_T,_T,271"))
    found = restated("107H1", data_dir, broken)
    row = named(found)["second_complaint_ratio", "_T"]
    assert (row["changed"], row["difference"]) == ("numerator denominator", 0)
    assert causes(found, "second_complaint_ratio")[0] == {"together"}


def test_what_cannot_be_told_apart_is_said_to_be_possible(broken, tmp_path, change):
    """All rows have another date, and one another figure: no row alone is of the latest date."""
    path = broken / STAFF
    keep = ("as_of", "2018-04-01,frontline", "2010-12-25,frontline")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(each for each in lines if each.startswith(keep)), encoding="utf-8")
    before = shutil.copytree(broken, tmp_path / "before")
    text = path.read_text(encoding="utf-8").replace("2018-04-01", "2018-04-02")
    path.write_text(text, encoding="utf-8")
    change(STAFF, (",821,", ",820,"))
    found = restated("107H1", before, broken)
    how, keys = causes(found, "frontline_schools")
    assert how == {"possible"}
    assert len(keys) == 6


def test_too_many_rows_are_not_tried_one_by_one(data_dir, broken, change, monkeypatch):
    monkeypatch.setattr(restatements, "MOST_TRIED", 1)
    change(COMPLAINTS, (FIRST, "first,_T,_T,2050"), (SECOND, "second,_T,_T,540"))
    change(RESERVE, (",518,", ",517,"))
    change("stated/2018-S1.csv", (",1657,", ",1658,"))
    found = restated("107H1", data_dir, broken)
    assert causes(found, "second_complaint_ratio") == ({"not tried"}, [None])
    assert causes(found, "reserve_accounts_funded") == ({"alone"}, ["accounts_funded"])
    assert found.idle_rows["table"].to_list() == ["stated"]
    table = found.as_table().filter(pl.col("indicator") == "second_complaint_ratio")
    assert table.select("table", "key", "column").rows() == [("complaints", None, None)]


def test_a_row_that_no_figure_reads_is_idle(data_dir, broken, change):
    change("stated/2018-S1.csv", (",1657,", ",1658,"))
    change(
        SERVICES, (",1.3,ksec_2018_s1\n,visitors_received", ",1.4,ksec_2018_s1\n,visitors_received")
    )
    found = restated("107H1", data_dir, broken)
    assert found.figures.is_empty()
    assert found.idle_rows["column"].to_list() == ["section", "stated"]


def test_other_covered_days_are_a_row_of_periods(data_dir, broken, change):
    change("periods.csv", ("2018-01-16", "2018-01-15"))
    found = restated("107H1", data_dir, broken)
    rates = [f"complaints_{stage}" for stage in ("first", "second")] + ["mediations"]
    assert list(named(found)) == [("complaints_daily_rate", each) for each in rates]
    for each in rates:
        assert causes(found, "complaints_daily_rate", each) == ({"alone"}, ["2018-S1"])
    assert found.rows.select("table", "column").rows() == [("periods", "covers_from")]


@pytest.fixture
def with_earlier(broken, tmp_path):
    """A copy of the data that has the half-year before, too."""
    folder = shutil.copytree(broken, tmp_path / "with_earlier")
    (folder / COMPLAINTS.replace("2018-S1", "2017-S2")).write_text(
        "stage,sector,category,count,source_id\n"
        "first,_T,_T,2000,ksec_2018_s1\nsecond,_T,_T,500,ksec_2018_s1\n",
        encoding="utf-8",
    )
    with (folder / "periods.csv").open("a", encoding="utf-8") as file:
        file.write("2017-S2,2017-07-01,2017-12-31,,,complaints\n")
    return folder


@pytest.mark.parametrize("is_swapped", [False, True])
def test_rows_of_the_period_that_it_is_compared_with_are_causes(broken, with_earlier, is_swapped):
    releases = (with_earlier, broken) if is_swapped else (broken, with_earlier)
    found = restated("107H1", *releases)
    how, keys = causes(found, "complaints_rate_change", "complaints_first.previous")
    assert (how, keys) == ({"alone"}, ["first, _T, _T"])
    row = found.causes.filter(pl.col("breakdown") == "complaints_first.previous")
    assert row["table_period"].to_list() == ["2017-S2"]
    kinds = {"removed" if is_swapped else "added"}
    assert set(found.rows["row_kind"]) == kinds


def test_a_table_that_one_release_lacks_is_added_or_removed_whole(data_dir, broken):
    (broken / COMPLAINTS).unlink()
    with (broken / "periods.csv").open("w", encoding="utf-8") as file:
        file.write("period,covers_from,covers_to\n2018-S1,2018-01-16,2018-06-30\n")
    found = restated("107H1", data_dir, broken)
    complaints = found.rows.filter(pl.col("table") == "complaints")
    assert complaints["row_kind"].to_list() == ["removed"] * 3
    assert causes(found, "mediations") == ({"alone"}, ["mediation, _T, _T"])
    assert named(found)["complaints_first", "_T"]["kind"] == "removed"


def test_swapping_the_releases_swaps_before_and_after(data_dir, broken, change):
    change(COMPLAINTS, (SECOND, "second,_T,_T,540"), ("mediation,_T,_T,68,6.2,ksec_2018_s1\n", ""))
    there, back = restated("107H1", data_dir, broken), restated("107H1", broken, data_dir)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    forth, home = named(there), named(back)
    assert forth.keys() == home.keys()
    for key, row in forth.items():
        twin = home[key]
        assert twin["kind"] == turned[row["kind"]]
        assert twin["difference"] == (None if row["difference"] is None else -row["difference"])
        for name in COMPARED:
            assert row[f"{name}_before"] == twin[f"{name}_after"]
            assert row[f"{name}_after"] == twin[f"{name}_before"]
    cells = ("table", "key", "text_before", "text_after", "row_before", "row_after")
    twins = ("table", "key", "text_after", "text_before", "row_after", "row_before")
    assert sorted(there.rows.select(cells).rows()) == sorted(back.rows.select(twins).rows())


def test_the_order_of_rows_and_columns_changes_nothing(data_dir, broken):
    for table in ("workforce", "complaints", "services", "retirement_reserve", "stated"):
        path = broken / table / "2018-S1.csv"
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        random.Random(1).shuffle(rows)  # noqa: S311 - any order will do
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(row[::-1] for row in [header, *rows])
    found = restated("107H1", data_dir, broken)
    assert found.figures.is_empty()
    assert found.rows.is_empty()


CHANGES = (
    (COMPLAINTS, FIRST, "first,_T,_T,2050"),
    (COMPLAINTS, SECOND, "second,_T,_T,0"),
    (STAFF, "8462,exact", "8463,about"),
    (STAFF, ALL_STAFF, ALL_STAFF.replace("9213", "9214")),
    (RESERVE, ",518,", ",500,"),
    (RESERVE, ",33.2,", ",33.20,"),
    (SERVICES, ",visitors_received,234,person,", ",visitors_received,234,case,"),
    ("periods.csv", "2018-01-16", "2018-01-15"),
)


def test_all_changed_rows_put_back_give_the_older_figures(data_dir, broken, change):
    for name, there, instead in CHANGES:
        change(name, (there, instead))
    found = restated("107H1", data_dir, broken)
    old, new = (restatements._read(each, "107H1") for each in (data_dir, broken))
    trial = restatements._Trial(old, new, found.period)
    names = found.rows.select(restatements._ROW).rows()
    was = {row[:3]: row[3:] for row in _compared(data_dir)}
    now = {row[:3]: row[3:] for row in _compared(broken)}
    for table in restatements._computed_from():
        back, forth = trial.figures(table, names), trial.figures(table, ())
        assert {key: was.pop(key) for key in back} == back
        assert {key: now.pop(key) for key in forth} == forth
    assert not was
    assert not now
    assert set(found.causes["cause"]) == {"alone", "together"}
    keys, figures = ["table", "table_period", "key"], ["indicator", "breakdown"]
    assert found.causes.join(found.rows, on=keys, how="anti").is_empty()
    assert found.figures.join(found.causes, on=figures, how="anti").is_empty()


def _compared(folder):
    return restatements._comparable(analyse("107H1", folder).results).rows()


def test_another_unit_is_a_change_without_a_difference(data_dir, broken, change):
    change(SERVICES, (",visitors_received,234,person,", ",visitors_received,234,case,"))
    row = named(restated("107H1", data_dir, broken))["visitors_received", "_T"]
    assert (row["changed"], row["unit_before"], row["unit_after"]) == ("unit", "person", "case")
    assert (row["difference"], row["relative"]) == (None, None)


DECIMALS = st.none() | st.decimals(-(10**20), 10**20, places=12)


def result(value, indicator="a", unit="item"):
    """A result of one row."""
    row = {
        "time_period": "2018-S1",
        "indicator": indicator,
        "breakdown": "_T",
        "value": value,
        "unit": unit,
        "obs_status": "M" if value is None else "A",
        "reason": "no_numerator" if value is None else None,
    }
    return pl.DataFrame([row], schema=Results.create_empty().schema)


@given(DECIMALS, DECIMALS)
def test_a_difference_is_exact(was, now):
    found = restated_figures(result(was), result(now))
    assert found.is_empty() == (was == now)
    for row in found.iter_rows(named=True):
        assert (row["value_before"], row["value_after"]) == (was, now)
        assert (row["difference"] is None) == (was is None or now is None)
        if row["difference"] is not None:
            assert Fraction(row["difference"]) == Fraction(now) - Fraction(was)


@pytest.mark.parametrize(
    ("was", "now", "relative"),
    [
        ("3", "4", "0.333333333333"),
        ("3", "5", "0.666666666667"),
        ("-4", "-5", "-0.25"),
        ("-4", "4", "2"),
        ("0", "4", None),
        ("0.000000000001", "1000000000000000", None),
    ],
)
def test_relative_change_is_of_the_size_that_was(was, now, relative):
    found = restated_figures(result(Decimal(was)), result(Decimal(now)))
    assert found["relative"].to_list() == [None if relative is None else Decimal(relative)]


def test_a_difference_that_no_decimal_holds_is_left_out():
    high = Decimal(9 * 10**25)
    row = restated_figures(result(-high), result(high)).row(0, named=True)
    assert (row["difference"], row["value_after"], row["relative"]) == (None, high, 2)


def test_figures_are_in_the_order_of_the_newer_release_and_removed_ones_last():
    before = pl.concat(result(Decimal(1), name) for name in "gab")
    after = pl.concat(result(Decimal(2), name) for name in "bca")
    found = restated_figures(before, after)
    assert found.select("indicator", "kind").rows() == [
        ("b", "changed"),
        ("c", "added"),
        ("a", "changed"),
        ("g", "removed"),
    ]


def test_what_a_missing_value_was_to_be_computed_from_is_no_figure():
    before = result(None).with_columns(numerator=pl.lit(Decimal(1)))
    after = result(None).with_columns(numerator=pl.lit(Decimal(2)))
    assert restated_figures(before, after).is_empty()


def page(analysis, tmp_path):
    """A page that carries its results, as the template writes it."""
    markup = pytest.importorskip("markupsafe")
    file = downloads(analysis, "overview")[0]
    link = f'<a href="{markup.escape(file.address)}" download="{file.name}">CSV</a>'
    path = tmp_path / "2018-S1.html"
    path.write_text(f"<p>{link}</p>", encoding="utf-8")
    return path


def test_a_page_that_was_sent_alone_carries_its_figures(analysis, broken, tmp_path, change):
    change(COMPLAINTS, (SECOND, "second,_T,_T,540"))
    found = restated("107H1", page(analysis, tmp_path), broken)
    assert len(found.figures) == 4
    assert found.rows is None
    assert found.causes.is_empty()
    assert found.idle_rows.is_empty()
    assert len(found.as_table()) == 4
    assert found.as_table()["cause"].null_count() == 4


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


def test_a_folder_of_nothing_is_no_release(data_dir, tmp_path):
    with pytest.raises(DataError, match=r"periods\.csv"):
        restated("107H1", tmp_path, data_dir)


def test_a_release_without_the_period_is_an_error(data_dir, broken):
    (broken / "periods.csv").write_text(
        "period,covers_from,covers_to\n2017-S1,2017-01-01,2017-06-30\n", encoding="utf-8"
    )
    for releases in ((data_dir, broken), (broken, data_dir)):
        with pytest.raises(DataError, match="no row for 2018-S1"):
            restated("107H1", *releases)


def test_a_release_that_breaks_its_contract_names_the_row(data_dir, broken, change):
    change(COMPLAINTS, (FIRST, "first,_T,_T,many"))
    with pytest.raises(DataError, match=r"complaints/2018-S1\.csv, row 2, column count: found"):
        changed_rows(data_dir, broken, "107H1")
    with pytest.raises(DataError, match="row 2"):
        restated("107H1", broken, data_dir)


def test_open_folders_and_paths_are_the_same(data_dir, broken, change):
    change(COMPLAINTS, (SECOND, "second,_T,_T,540"))
    old, new = open_data(data_dir), open_data(broken)
    rows = changed_rows(old, new, "107H1")
    assert rows.equals(changed_rows(data_dir, broken, Period(2018, 1)))
    figures = restated_figures(result(Decimal(542), "complaints_second"), result(Decimal(540)))
    only = because(figures, rows, data_dir, new, "107H1")
    assert only.select("indicator", "key").rows() == [("complaints_second", "second, _T, _T")]


def test_a_row_that_was_written_anew_with_the_same_meaning_changes_no_figure(
    data_dir, broken, change
):
    change(RESERVE, (",518,account,", ",518,戶,"))
    found = restated("107H1", data_dir, broken)
    assert found.figures.is_empty()
    assert found.idle_rows.select("column", "text_after").rows() == [("unit", "戶")]
