"""Reading a data folder: which tables a period has, what comes out, and that nothing else can."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kao_metrics.analysis import analyse
from kao_metrics.failures import DataError, Failure, UnknownNameError
from kao_metrics.period import Period
from kao_metrics.readers import find_data_dir, open_data, read, read_stated
from kao_metrics.schemas import TABLES, Periods, Reference

S1 = Period(2018, 1)
REFERENCE = "reference/peer_cities.csv"
HEADER = "period,covers_from,covers_to,council_term,council_session,tables\n"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text, "the test breaks what is there"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def failures_of(read, *arguments):
    with pytest.raises(DataError) as caught:
        read(*arguments)
    return [(each.file, each.rows, each.column) for each in caught.value.failures]


def test_the_covered_days_come_from_periods_csv(data_dir):
    period = open_data(data_dir).period("107年上半年")
    assert (period.covers_from, period.covers_to) == (dt.date(2018, 1, 16), dt.date(2018, 6, 30))


def test_a_file_that_the_report_is_said_to_have_must_be_there(broken):
    file = broken / "complaints" / "2018-S1.csv"
    file.unlink()
    data = open_data(broken)
    assert failures_of(data.read_all, data.period(S1)) == [(str(file), (), "")]


def test_a_period_may_have_only_some_tables_and_the_others_are_empty(broken):
    edit(broken / "periods.csv", "retirement_reserve complaints", "complaints")
    (broken / "retirement_reserve" / "2018-S1.csv").unlink()
    data = open_data(broken)
    tables = data.read_all(data.period(S1))
    assert {name for name, table in tables.items() if table.collect().is_empty()} == {
        "retirement_reserve",
        "retirement_accounts",
    }
    for name, table in tables.items():
        assert TABLES[name].validate(table.collect()).columns == TABLES[name].column_names()


def test_a_period_without_any_table_is_a_failure(broken):
    (broken / "periods.csv").write_text(f"{HEADER}2018-S2,2018-07-01,2018-12-31,,,\n")
    data = open_data(broken)
    assert failures_of(data.read_all, data.period("2018-S2")) == [(str(broken), (), "")]


def test_a_period_that_periods_csv_does_not_have_is_a_failure(data_dir):
    failures = failures_of(open_data(data_dir).period, "107H2")
    assert failures == [(str(data_dir / "periods.csv"), (), "period")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("107H1,2018-01-16,2018-06-30,,,", "period"),
        ("2018-S3,2018-01-16,2018-06-30,,,", "period"),
        ("1900-S1,1900-01-16,1900-06-30,,,", "period"),
        ("2018-S1,2017-12-31,2018-06-30,,,", "covers_from"),
        ("2018-S1,2018-01-16,2018-07-01,,,", "covers_to"),
        ("2018-S1,2018-06-30,2018-01-16,,,", "covers_from"),
        ("2018-S1,107/01/16,2018-06-30,,,", "covers_from"),
        ("2018-S1,2018-01-16,,,,", "covers_to"),
        ("2018-S1,2018-01-16,2018-06-30,0,,", "council_term"),
        ("2018-S1,2018-01-16,2018-06-30,3,two,", "council_session"),
        ("2018-S1,2018-01-16,2018-06-30,,,workforce service", "tables"),
    ],
)
def test_a_report_that_is_wrong_in_periods_csv_is_one_failure(broken, row, column):
    file = broken / "periods.csv"
    file.write_text(f"{HEADER}2017-S2,2017-07-01,2017-12-31,,,workforce\n{row}\n", encoding="utf-8")
    assert failures_of(open_data, broken) == [(str(file), (3,), column)]


def test_a_period_that_is_there_twice_is_a_failure_that_names_both_rows(broken):
    file = broken / "periods.csv"
    file.write_text(HEADER + "2018-S1,2018-01-16,2018-06-30,,,\n" * 2, encoding="utf-8")
    assert failures_of(open_data, broken) == [(str(file), (2, 3), "")]


def test_periods_and_sources_are_both_judged_before_any_table(broken):
    (broken / "periods.csv").unlink()
    (broken / "sources.toml").write_text("[report]\ntitle = 1\n", encoding="utf-8")
    assert failures_of(open_data, broken) == [
        (str(broken / "sources.toml"), (), ""),
        (str(broken / "periods.csv"), (), ""),
    ]


def test_a_folder_that_is_not_there_is_a_failure(tmp_path):
    assert failures_of(open_data, tmp_path / "no") == [(str(tmp_path / "no"), (), "")]


def test_without_any_document_every_row_names_an_unknown_one(broken):
    (broken / "sources.toml").write_text("", encoding="utf-8")
    data = open_data(broken)
    failures = failures_of(data.read, "complaints", data.period(S1))
    assert failures == [(str(broken / "complaints/2018-S1.csv"), (2, 3, 4), "source_id")]


def test_a_service_cannot_take_the_name_of_a_figure_that_is_computed(broken):
    """Two figures of one name would leave open which one is meant."""
    edit(broken / "services/2018-S1.csv", "delegations_received", "complaints_first")
    assert failures_of(analyse, "2018-S1", broken)


def test_several_periods_are_stacked_with_their_time_period(broken):
    row = "2017-S2,2017-07-01,2017-12-31,,,complaints\n"
    file = broken / "periods.csv"
    file.write_text(file.read_text(encoding="utf-8") + row, encoding="utf-8")
    (broken / "complaints/2017-S2.csv").write_text(
        "stage,sector,category,count,source_id\nfirst,_T,_T,2000,ksec_2018_s1\n"
    )
    data = open_data(broken)
    now = data.period(S1)
    assert data.earlier(now) == (Period(2017, 2),)
    frame = data.read("complaints", now, *data.earlier(now)).collect()
    assert frame.select("time_period", "stage", "count", "covers_to").rows() == [
        ("2018-S1", "first", 2052, dt.date(2018, 6, 30)),
        ("2018-S1", "second", 542, dt.date(2018, 6, 30)),
        ("2018-S1", "mediation", 68, dt.date(2018, 6, 30)),
        ("2017-S2", "first", 2000, dt.date(2017, 12, 31)),
    ]
    assert data.read("services", *data.earlier(now)).collect().is_empty()


def test_figures_carry_their_names_bounds_and_parts(data_dir):
    """Other temporary staff: 276 + 209 + 82 + 484 = 1051 of 1381, each part about one off."""
    data = open_data(data_dir)
    frame = data.read("workforce", data.period(S1)).collect()
    columns = ["value", "lower", "upper", "parts", "parts_lower", "parts_upper"]
    found = frame.filter(pl.col("indicator") == "temporary_other").select(columns).row(0)
    assert found == tuple(map(Decimal, (1381, 1381, 1381, 1051, 1047, 1055)))


def test_a_quoted_newline_does_not_break_reading(broken):
    edit(
        broken / "stated/2018-S1.csv", "frontline workers fell by", '"frontline workers\nfell, by"'
    )
    data = open_data(broken)
    frame = data.read("stated", data.period(S1)).collect()
    assert frame["statement"][0] == "frontline workers\nfell, by"
    assert frame["row"].to_list()[:2] == [2, 3]


def test_rows_after_a_quoted_newline_and_an_empty_line_are_counted_as_a_spreadsheet_does(broken):
    file = broken / "stated/2018-S1.csv"
    edit(file, "frontline workers fell by", '"frontline\nworkers"')
    edit(file, "\nfrontline_downsizing", "\n\nfrontline_downsizing")
    edit(file, ",19.58,", ",19.58%,")
    data = open_data(broken)
    assert failures_of(data.read, "stated", data.period(S1)) == [(str(file), (4,), "stated")]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_byte_order_mark_and_either_line_end_are_accepted(broken, newline):
    file = broken / "complaints/2018-S1.csv"
    text = file.read_text(encoding="utf-8")
    file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", newline).encode())
    data = open_data(broken)
    frame = data.read("complaints", data.period(S1)).collect()
    assert frame["count"].to_list() == [2052, 542, 68]


@pytest.mark.parametrize(
    ("printed", "unit", "qualifier"),
    [
        ("件,約", "item", "about"),
        ("人,逾", "person", "more_than"),
        ("場次,近", "session", "nearly"),
    ],
)
def test_printed_units_and_qualifiers_become_their_codes(broken, printed, unit, qualifier):
    edit(broken / "services/2018-S1.csv", "28,case,exact", f"28,{printed}")
    data = open_data(broken)
    first = data.read("services", data.period(S1)).collect().row(0, named=True)
    assert (first["unit"], first["qualifier"]) == (unit, qualifier)


def test_the_reference_is_read_with_its_bounds(data_dir):
    frame = open_data(data_dir).read_reference().collect()
    taichung = frame.filter(place="taichung", indicator="reserve_required")
    assert taichung.select("period", "value", "lower", "upper").rows() == [
        ("2016-06", Decimal(18), Decimal(17), Decimal(19))
    ]


def test_a_folder_without_a_reference_has_an_empty_one(broken):
    (broken / REFERENCE).unlink()
    assert Reference.validate(open_data(broken).read_reference().collect()).is_empty()


def test_a_wrong_reference_is_a_failure(broken):
    edit(broken / REFERENCE, "new_taipei", "new_taipeh")
    failures = failures_of(open_data(broken).read_reference)
    assert failures == [(str(broken / REFERENCE), (2,), "place")]


def test_stated_figures_are_read_from_anywhere(tmp_path):
    """Sources are not needed, other columns are passed over, 8,462 is as good as 8462."""
    file = tmp_path / "mine.csv"
    file.write_text(
        "id,page,statement,stated,unit,qualifier,operands\n"
        'total,7,staff together,"11,924",人,共計,"8,462 + 3,462"\n',
        encoding="utf-8",
    )
    columns = ["id", "stated", "printed", "unit", "qualifier", "operands"]
    assert read_stated(file).select(columns).rows() == [
        ("total", Decimal(11924), "11924", "人", "exact", "8,462 + 3,462")
    ]


def test_a_misplaced_thousands_separator_is_a_failure(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text('id,statement,stated,unit,qualifier,operands\na,b,"84,62",,exact,1\n')
    assert failures_of(read_stated, file) == [(str(file), (2,), "stated")]


def test_the_data_folder_is_the_nearest_one_above(broken, monkeypatch):
    inside = broken.parent / "notebooks" / "drafts"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert find_data_dir() == broken
    assert find_data_dir("elsewhere") == Path("elsewhere")


def test_the_message_has_a_line_for_every_failure_with_its_place():
    one = Failure("complaints", "c.csv", (3, 4), "count", "'5o'", "a number")
    other = Failure("complaints", "c.csv", (), "", "no rows", "at least one row")
    assert str(DataError([one, other])).splitlines() == [
        "c.csv, rows 3, 4, column count: found '5o'; expected a number",
        "c.csv: found no rows; expected at least one row",
    ]


FILES = {f"{table}/2018-S1.csv": schema for table, schema in TABLES.items()}
FILES |= {REFERENCE: Reference, "periods.csv": Periods}
del FILES["retirement_accounts/2018-S1.csv"]  # the report has none
CELLS = (
    st.text()
    | st.sampled_from(["_T", "-1", "0", "999999999999999", "general", "2018-S2", "\r", '"', "\0"])
    | st.integers().map(str)
    | st.decimals(allow_nan=False).map(str)
    | st.dates().map(str)
)


def failures_in(folder, file):
    """Read one file, hold the frame to its contract, and return what is wrong instead."""
    try:
        data = open_data(folder)
        if file == REFERENCE:
            Reference.validate(data.read_reference().collect())
        elif file != "periods.csv":
            FILES[file].validate(data.read(Path(file).parent.name, data.period(S1)).collect())
    except DataError as error:
        return [failure.file for failure in error.failures]
    return None


@pytest.mark.parametrize("file", FILES)
@settings(max_examples=40)
@given(choose=st.data())
def test_any_text_in_any_cell_gives_a_right_frame_or_failures_that_name_the_file(
    data_dir, file, choose
):
    rows = list(csv.reader(io.StringIO((data_dir / file).read_text(encoding="utf-8"))))
    row = choose.draw(st.sampled_from(rows), label="row")
    row[choose.draw(st.integers(0, len(row) - 1), label="position")] = choose.draw(CELLS)
    with TemporaryDirectory() as folder:
        shutil.copytree(data_dir, folder, dirs_exist_ok=True)
        path = Path(folder, file)
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows(rows)
        failures = failures_in(folder, file)
    assert failures is None or str(path) in failures


def test_one_table_is_read_by_its_name_and_a_wrong_name_is_told_the_nearest(data_dir):
    assert read("services", "107H1", data_dir).collect().height == 63
    assert read("retirement_accounts", "107H1", data_dir).collect().is_empty()
    with pytest.raises(UnknownNameError, match="no table is called 'service'; did you mean 'ser"):
        read("service", "107H1", data_dir)
    with pytest.raises(DataError, match=r"it has 2018-S1; did you mean 2018-S1\?"):
        read("services", "107H2", data_dir)
