"""An export's rows: numbered as a spreadsheet counts, whatever kind of file it is."""

from collections import Counter

import polars as pl
import pytest
from exporting import CASES, HEADER, ROWS, csv_text, write_csv
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kao_metrics.failures import DataError
from kao_metrics.importing import records as records_module
from kao_metrics.importing.gathering import gathered
from kao_metrics.importing.mapping import folded, read_mapping
from kao_metrics.importing.records import ROW, likely_delimiter, open_records


@pytest.fixture(params=["at once", "scanned"])
def _way(request, monkeypatch):
    """Read a text at once, and as a large one is read."""
    if request.param == "scanned":
        monkeypatch.setattr(records_module, "SMALL", 0)


both_ways = pytest.mark.usefixtures("_way")


def opened(folder, text, mapping=None, encoding="utf-8"):
    path = folder / "a.csv"
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    if mapping is not None:
        (folder / "m.toml").write_text(mapping, encoding="utf-8")
        mapping = read_mapping(folder / "m.toml", "complaints")
    (found,) = open_records(path, "complaints", work, mapping)
    return found, mapping


def rows(records):
    return records.frame.collect().rows()


@both_ways
def test_rows_are_numbered_from_the_first_of_the_sheet(tmp_path):
    records, _ = opened(tmp_path, "標題,\n\n甲,乙\n1,2\n\n3,4\n")
    assert records.names == ("甲", "乙")
    assert records.titles == ("標題",)
    assert [row[:3] for row in rows(records)] == [(4, "1", "2"), (5, None, None), (6, "3", "4")]


@both_ways
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp950", "utf-16", "utf-16-be"])
def test_other_encodings_give_the_same_rows(tmp_path, encoding):
    records, _ = opened(tmp_path, csv_text([HEADER, *ROWS]), encoding=encoding)
    assert [row[1:6] for row in rows(records)] == list(ROWS)


@both_ways
def test_line_breaks_inside_quotes_do_not_end_a_row(tmp_path):
    records, _ = opened(tmp_path, '甲,乙\n"1\n2",3\n4,"5 ""x"""\n')
    assert [row[:3] for row in rows(records)] == [(2, "1\n2", "3"), (3, "4", '5 "x"')]


@both_ways
def test_cells_beyond_the_header_are_kept_to_be_seen(tmp_path):
    records, _ = opened(tmp_path, "甲,乙\n1,2,3\n4\n")
    assert [row[:4] for row in rows(records)] == [(2, "1", "2", "3"), (3, "4", None, None)]
    assert records.spare[0] == "3"


@both_ways
def test_quotes_that_are_not_in_order_are_read_as_they_stand(tmp_path):
    text = csv_text([HEADER, *ROWS]) + 'A5,107/04/05,第一次申訴,食品,5" 螢幕\n'
    text += 'A6,107/04/06,第一次申訴,食品,"戊" 代\n'
    records, mapping = opened(tmp_path, text, CASES)
    assert gathered([records], mapping)["times"].sum() == 6


@both_ways
def test_a_quote_that_is_never_closed_is_named_by_its_row(tmp_path):
    text = csv_text([HEADER, *ROWS]) + '"A5,107/04/05,第一次申訴,食品,x\n' + csv_text(ROWS) * 40
    with pytest.raises(DataError, match=r"row 6: found a quote that is never closed"):
        gathered([opened(tmp_path, text, CASES)[0]], opened(tmp_path, text, CASES)[1])


@both_ways
def test_a_file_without_the_columns_of_the_mapping_says_which_and_what_it_has(tmp_path):
    with pytest.raises(DataError) as caught:
        opened(tmp_path, "受理日,階段,類別\n1,2,3\n", CASES)
    (failure,) = caught.value.failures
    assert (failure.column, failure.found) == ("受理日期", "no such column")
    assert "did you mean '受理日'?" in failure.expected


@both_ways
def test_a_file_without_a_header_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="found no header; expected a header: a row of names"):
        opened(tmp_path, "1,2\n3,4\n")


@both_ways
def test_a_header_can_be_named_or_missing(tmp_path):
    mapping = CASES.replace('column = "受理日期"', 'column = "A"')
    mapping = mapping.replace('"階段"', '"B"').replace('"類別"', '"C"')
    text = "107/04/01,第一次申訴,食品\n"
    records, _ = opened(tmp_path, text, mapping + "[file]\nheader = 0\n")
    assert [row[:4] for row in rows(records)] == [(1, "107/04/01", "第一次申訴", "食品")]


def test_every_sheet_that_has_the_columns_is_read_and_empty_ones_are_not(tmp_path):
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("四月", "五月"):
            sheet = book.add_worksheet(name)
            for number, row in enumerate([HEADER, ROWS[0]]):
                sheet.write_row(number, 0, row)
        book.add_worksheet("說明").write_row(0, 0, ["本檔說明", "x"])
        book.add_worksheet("空白")
    (tmp_path / "m.toml").write_text(CASES, encoding="utf-8")
    mapping = read_mapping(tmp_path / "m.toml", "complaints")
    found = open_records(path, "complaints", tmp_path, mapping)
    assert [each.place.file.partition(", sheet ")[2] for each in found] == ["四月", "五月"]
    (tmp_path / "m.toml").write_text(CASES + '[file]\nsheet = "五月"\n', encoding="utf-8")
    mapping = read_mapping(tmp_path / "m.toml", "complaints")
    assert len(open_records(path, "complaints", tmp_path, mapping)) == 1
    (tmp_path / "m.toml").write_text(CASES + '[file]\nsheet = "六月"\n', encoding="utf-8")
    mapping = read_mapping(tmp_path / "m.toml", "complaints")
    with pytest.raises(
        DataError, match="found no sheet '六月'; expected a sheet that it has: 四月"
    ):
        open_records(path, "complaints", tmp_path, mapping)


def test_a_damaged_parquet_file_is_told(tmp_path):
    path = tmp_path / "a.parquet"
    pl.DataFrame(ROWS, schema=list(HEADER), orient="row").write_parquet(path)
    data = path.read_bytes()
    path.write_bytes(data[:-40] + b"\xff" * 32 + data[-8:])
    (tmp_path / "m.toml").write_text(CASES, encoding="utf-8")
    mapping = read_mapping(tmp_path / "m.toml", "complaints")
    with pytest.raises(DataError, match=r"a\.parquet: found a file that cannot be read"):
        open_records(path, "complaints", tmp_path, mapping)


def test_the_delimiter_is_the_one_that_rows_have_alike():
    assert likely_delimiter("a;b;c\n1,5;2;3\n2,5;2;3\n") == ";"
    assert likely_delimiter("") == ","


cell = st.text(st.sampled_from("甲1, \t\"'\n\r;a"), max_size=5)


def counted_by(frame):
    """Count what cells say: a carriage return is a space, and a space alone is nothing."""
    found = Counter()
    for times, *cells in frame.iter_rows():
        said = (each if isinstance(each, bool) else folded(each or "") for each in cells)
        found[tuple(said)] += times
    return found


@example([("", ";\n", ";\n"), ("", ";\n", ";\n")])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cell, cell, cell), max_size=8))
def test_a_scanned_text_has_the_rows_of_one_that_is_read_at_once(tmp_path, monkeypatch, cells):
    text = csv_text([HEADER, *((*row, "食品", "x") for row in cells)])
    counted = []
    for small in (records_module.SMALL, 0):
        with monkeypatch.context() as patch:
            patch.setattr(records_module, "SMALL", small)
            found, mapping = opened(tmp_path, text, CASES)
            frame = gathered([found], mapping).drop(ROW, "file")
            counted.append(counted_by(frame))
    assert counted[0] == counted[1]


def test_a_glob_sign_in_a_name_is_no_pattern(tmp_path):
    path = write_csv(tmp_path / "a[1].csv", [HEADER, *ROWS])
    (found,) = open_records(path, "complaints", tmp_path)
    assert len(rows(found)) == 4
