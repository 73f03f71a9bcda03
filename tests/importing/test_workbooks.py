"""Every sheet is rows of text, numbered as the spreadsheet numbers them; or a failure."""

import datetime as dt
import hashlib
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from kao_metrics.contracts import Place
from kao_metrics.failures import DataError
from kao_metrics.importing import workbooks
from kao_metrics.importing.recognition import Kind, recognised
from kao_metrics.importing.workbooks import read_sheets

PLACE = Place("complaints", "figures.xlsx")
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def relation(kind, target):
    """A file of relations, with one."""
    inner = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def parts_of_xlsx(rows):
    """The members of an XLSX, around the XML of its rows."""
    spaces = f'xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"'
    sheets = '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f"<workbook {spaces}>{sheets}</workbook>",
        "xl/_rels/workbook.xml.rels": relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{rows}</sheetData></worksheet>'
        ),
    }


def parts_of_ods(rows):
    """The members of an ODS, around the XML of its rows."""
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="m"/>',
        "content.xml": (
            '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">'
            '<office:body><office:spreadsheet><table:table table:name="S">'
            f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
        ),
    }


def zipped(path, parts):
    """Write members into a zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def xlsx(path, sheets):
    """Write an XLSX: each sheet is its cells by row and column, a value or one with a format."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy/mm/dd"}) as book:
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for (row, column), value in cells.items():
                shown, code = value if isinstance(value, tuple) else (value, "General")
                sheet.write(row, column, shown, book.add_format({"num_format": code}))
    return path


def xls(path, sheets):
    """Write an XLS in the same way."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, cells in sheets.items():
        sheet = book.add_sheet(name)
        for (row, column), value in cells.items():
            shown, code = value if isinstance(value, tuple) else (value, "General")
            sheet.write(row, column, shown, xlwt.easyxf(num_format_str=code))
    book.save(path)
    return path


def ods_cell(kind, value, shown=""):
    """The XML of one cell."""
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(
        kind, "value"
    )
    at = f' office:{name}="{value}"' if value else ""
    return (
        f'<table:table-cell office:value-type="{kind}"{at}><text:p>{shown}</text:p>'
        "</table:table-cell>"
    )


def ods_rows(*rows):
    """The XML of rows of cells."""
    return "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)


@pytest.fixture
def read(tmp_path):
    """Read the sheets of a harmless file in this process."""

    def read(path):
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        return workbooks._sheets(path, recognised(path, "t"), folder)

    return read


def rows_of(sheet):
    """The rows of a sheet, as lists."""
    return [list(row) for row in sheet.rows.iter_rows()]


REPORT = {
    "一月": {
        (0, 0): "高雄市政府107年度件數",
        (1, 0): "年度",
        (1, 1): "件數",
        (2, 0): 107,
        (2, 1): 2052,
        (4, 0): 108,
        (4, 1): 4666715242,
        (6, 3): "",
    },
    "空白": {},
}


@pytest.mark.parametrize(("write", "name"), [(xlsx, "a.xlsx"), (xls, "a.xls")])
def test_every_sheet_is_there_and_empty_rows_keep_their_place(tmp_path, read, write, name):
    first, blank = read(write(tmp_path / name, REPORT))
    assert (first.name, blank.name) == ("一月", "空白")
    assert first.rows.schema == {"1": pl.String, "2": pl.String}
    assert rows_of(first) == [
        ["高雄市政府107年度件數", None],
        ["年度", "件數"],
        ["107", "2052"],
        [None, None],
        ["108", "4666715242"],
    ]
    assert blank.rows.is_empty()
    assert not first.hidden


@pytest.mark.parametrize(("write", "name"), [(xlsx, "a.xlsx"), (xls, "a.xls")])
def test_empty_rows_above_and_columns_to_the_left_keep_the_numbers(tmp_path, read, write, name):
    (sheet,) = read(write(tmp_path / name, {"S": {(3, 2): "年度", (5, 4): 107}}))
    assert sheet.rows.columns == ["1", "2", "3", "4", "5"]
    assert (
        sheet.rows.with_row_index("row", offset=1).filter(pl.col("3") == "年度")["row"].item() == 4
    )
    assert sheet.rows.row(5) == (None, None, None, None, "107")
    assert sheet.rows.height == 6


NUMBERS = [
    (2052, "2052"),
    (4666715242, "4666715242"),
    (2**53 - 1, "9007199254740991"),
    (1e16, "10000000000000000"),
    (1.23456789012345678e17, "123456789012346000"),
    (0.1, "0.1"),
    (0.1 + 0.2, "0.3"),
    (29.340000000000003, "29.34"),
    (1 / 3, "0.333333333333333"),
    (1e-7, "0.0000001"),
    (1.5e-11, "0.000000000015"),
    (-0.0, "0"),
    (-12.5, "-12.5"),
    ((0.45, "0.0%"), "0.45"),
    ((1234567, "#,##0"), "1234567"),
    (True, "TRUE"),
    (False, "FALSE"),
    ("007", "007"),
    ("12345678901234567890", "12345678901234567890"),
    ("0.10", "0.10"),
    ("true", "true"),
    ("1e5", "1e5"),
    ("inf", "inf"),
    (" x ", " x "),
    ("a\nb", "a\nb"),
]


@pytest.mark.parametrize(("write", "name"), [(xlsx, "a.xlsx"), (xls, "a.xls")])
def test_a_number_has_its_digits_and_text_stays_as_it_is(tmp_path, read, write, name):
    cells = {(row, 0): value for row, (value, _) in enumerate(NUMBERS)}
    (sheet,) = read(write(tmp_path / name, {"S": cells}))
    assert sheet.rows["1"].to_list() == [expected for _, expected in NUMBERS]


DATES = [
    ((43191, "yyyy/mm/dd"), "2018-04-01"),
    ((43191, "[$-404]e/m/d;@"), "2018-04-01"),
    ((43191, '[$-404]e"年"m"月"d"日"'), "2018-04-01"),
    ((43191.5, "yyyy/mm/dd hh:mm"), "2018-04-01 12:00:00"),
    ((43191 + 37815 / 86400, "yyyy/mm/dd hh:mm:ss"), "2018-04-01 10:30:15"),
    ((0.5, "hh:mm"), "12:00:00"),
    ((1, "yyyy/mm/dd"), "1900-01-01"),
    (43191, "43191"),
    ("107/4/1", "107/4/1"),
]


@pytest.mark.parametrize(("write", "name"), [(xlsx, "a.xlsx"), (xls, "a.xls")])
def test_a_date_is_that_day_whatever_its_format_shows(tmp_path, read, write, name):
    cells = {(row, 0): value for row, (value, _) in enumerate(DATES)}
    (sheet,) = read(write(tmp_path / name, {"S": cells}))
    assert sheet.rows["1"].to_list() == [expected for _, expected in DATES]


@given(days=st.lists(st.integers(20_000, 60_000), min_size=1, max_size=50))
@settings(max_examples=10)
def test_every_date_stays_in_its_own_row(tmp_path_factory, days):
    folder = tmp_path_factory.getbasetemp()
    cells = {(row, 0): (day, "yyyy/mm/dd") for row, day in enumerate(days)}
    (sheet,) = workbooks._sheets(xlsx(folder / "days.xlsx", {"S": cells}), "xlsx", folder)
    first = dt.date(1899, 12, 30)
    assert sheet.rows["1"].to_list() == [str(first + dt.timedelta(day)) for day in days]


def test_times_longer_than_a_day_are_hours(tmp_path, read):
    cells = {(row, 0): (value, "[h]:mm:ss") for row, value in enumerate((0.5, 1.25, 2, 100.5))}
    (sheet,) = read(xlsx(tmp_path / "a.xlsx", {"S": cells}))
    assert sheet.rows["1"].to_list() == ["12:00:00", "30:00:00", "48:00:00", "2412:00:00"]


def test_errors_are_their_signs_and_formulas_their_results(tmp_path, read):
    rows = (
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" s="0" t="e"><f>1/0</f>'
        '<v>#DIV/0!</v></c><c r="C1" t="str"><f>"a"</f><v>a</v></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c>'
        '<c r="C2" t="inlineStr"><is><t>&lt;c t="e"&gt;</t></is></c></row>'
    )
    (sheet,) = read(zipped(tmp_path / "a.xlsx", parts_of_xlsx(rows)))
    assert rows_of(sheet) == [["#N/A", "#DIV/0!", "a"], ["2", None, '<c t="e">']]


def test_the_cells_of_an_ods_are_text(tmp_path, read):
    error = (
        '<table:table-cell office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    cells = [
        (ods_cell("float", "4666715242", "4,666,715,242"), "4666715242"),
        (ods_cell("float", "0.333333333333333", "0.33"), "0.333333333333333"),
        (ods_cell("float", "1E+016", "1E16"), "10000000000000000"),
        (ods_cell("percentage", "0.45", "45%"), "0.45"),
        (ods_cell("date", "2018-04-01", "107/4/1"), "2018-04-01"),
        (ods_cell("date", "2018-04-01T12:30:00", "107/4/1"), "2018-04-01 12:30:00"),
        (ods_cell("time", "PT12H00M05S", "12:00"), "12:00:05"),
        (ods_cell("time", "PT30H00M00S", "30:00"), "30:00:00"),
        (ods_cell("boolean", "true", "TRUE"), "TRUE"),
        (ods_cell("string", "", "007"), "007"),
        (error, "#N/A"),
        (ods_cell("string", "", ""), None),
        (ods_cell("string", "", "年度"), "年度"),
    ]
    path = zipped(tmp_path / "a.ods", parts_of_ods(ods_rows(*([cell] for cell, _ in cells))))
    (sheet,) = read(path)
    assert sheet.rows["1"].to_list() == [expected for _, expected in cells]


def test_repeated_and_merged_cells_of_an_ods_keep_the_numbers(tmp_path, read):
    above = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    gap = '<table:table-cell table:number-columns-repeated="2"/>'
    merged = ods_cell("string", "", "年度") + "<table:covered-table-cell/>"
    below = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    rows = above + ods_rows([gap, merged, ods_cell("float", "107", "107")]) + below
    (sheet,) = read(zipped(tmp_path / "a.ods", parts_of_ods(rows)))
    assert rows_of(sheet) == [[None] * 5, [None] * 5, [None, None, "年度", None, "107"]]


def test_the_first_of_merged_cells_has_the_value(tmp_path, read):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "標題")
        sheet.merge_range("A2:A3", "高雄")
        sheet.write("B3", 1)
    (sheet,) = read(tmp_path / "a.xlsx")
    assert rows_of(sheet) == [["標題", None], ["高雄", None], [None, "1"]]


def test_hidden_sheets_say_so_and_a_sheet_of_a_chart_is_empty(tmp_path, read):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("shown").write(0, 0, 1)
        hidden = book.add_worksheet("hidden")
        hidden.write(0, 0, 2)
        hidden.hide()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=shown!$A$1:$A$1"})
        book.add_chartsheet("chart").set_chart(chart)
    found = [(sheet.name, sheet.hidden, rows_of(sheet)) for sheet in read(tmp_path / "a.xlsx")]
    assert found == [("shown", False, [["1"]]), ("hidden", True, [["2"]]), ("chart", False, [])]


@pytest.mark.parametrize(
    ("write", "name", "kind"), [(xlsx, "a.csv", Kind.xlsx), (xls, "a.xlsx", Kind.xls)]
)
def test_a_process_of_its_own_reads_the_same_under_any_name(tmp_path, read, write, name, kind):
    path = write(tmp_path / name, REPORT)
    assert recognised(path, "t") is kind
    for sheet, here in zip(read_sheets(path, kind, PLACE), read(path), strict=True):
        assert (sheet.name, sheet.hidden) == (here.name, here.hidden)
        assert sheet.rows.equals(here.rows)


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    read_sheets(xlsx(tmp_path / "a.xlsx", REPORT), Kind.xlsx, PLACE)
    assert not list((tmp_path / "temporary").iterdir())


def refusal(path, kind):
    """Why a file cannot be read."""
    with pytest.raises(DataError) as raised:
        read_sheets(path, kind, PLACE)
    (failure,) = raised.value.failures
    assert (failure.table, failure.file) == ("complaints", "figures.xlsx")
    assert failure.expected.startswith("open it in a spreadsheet program and save it again")
    found = failure.found.removeprefix("a spreadsheet that cannot be read (")
    assert found != failure.found
    return found.removesuffix(")")


@pytest.fixture
def no_process(monkeypatch):
    """Fail if a process is started."""

    def run(*_args, **_options):
        raise AssertionError

    monkeypatch.setattr(subprocess, "run", run)


@pytest.mark.usefixtures("no_process")
def test_a_file_that_says_it_is_too_large_is_not_opened(tmp_path):
    path = zipped(tmp_path / "a.xlsx", parts_of_xlsx(""))
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, 600_000_000)
    path.write_bytes(content)
    assert refusal(path, Kind.xlsx).startswith("unpacked it has 600,00")


@pytest.mark.usefixtures("no_process")
def test_a_file_that_a_password_protects_is_not_opened(tmp_path):
    path = zipped(tmp_path / "a.xlsx", parts_of_xlsx(""))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal(path, Kind.xlsx) == "a password protects it"


def test_an_xls_that_a_password_protects_says_so(tmp_path):
    path = xls(tmp_path / "a.xls", REPORT)
    content = bytearray(path.read_bytes())
    # After the workbook's first record, one that says that what follows is encrypted.
    start = content.index(b"\x09\x08\x10\x00") + 20
    content[start : start + 10] = b"\x2f\x00\x06\x00\x01\x00\x01\x02\x03\x04"
    path.write_bytes(content)
    assert refusal(path, Kind.xls) == "a password protects it"


def bomb(path, checksum):
    """A sheet of 1 GB in a file of 1 MB, whose directory says that it has 1,000 bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = packer.compress(b"<worksheet>".ljust(1000)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = start + block * 1000 + packer.flush()
    parts = parts_of_xlsx("")
    name, _ = parts.popitem()
    zipped(path, parts)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, packed)
    content = bytearray(path.read_bytes())
    local = content.rindex(b"PK\x03\x04", 0, content.index(packed))
    for method in (local + 8, content.rindex(b"PK\x01\x02") + 10):
        struct.pack_into("<H", content, method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<I", content, method + 6, checksum)
        struct.pack_into("<I", content, method + 14, 1000)
    path.write_bytes(content)
    return path


def test_a_bomb_whose_directory_lies_does_not_go_off(tmp_path):
    path = bomb(tmp_path / "a.xlsx", 0)
    assert path.stat().st_size < 2_000_000
    assert refusal(path, Kind.xlsx) == "it is damaged"


def test_a_bomb_whose_checksum_lies_too_is_kept_within_limits(tmp_path):
    resource = pytest.importorskip("resource")
    path = bomb(tmp_path / "a.xlsx", zlib.crc32(b"<worksheet>".ljust(1000)))
    assert refusal(path, Kind.xlsx)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert children.ru_maxrss * 1024 < workbooks.MEMORY_LIMIT


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="{}1048576"><v>2</v></c></row>'


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("XFD", "it is damaged, or asks for too much memory"),
        ("T", "with 1,048,576 rows and 20 columns in S it has over 12,000,000 cells"),
    ],
)
def test_a_cell_far_away_does_not_take_the_memory(tmp_path, column, reason):
    path = zipped(tmp_path / "a.xlsx", parts_of_xlsx(FAR.format(column)))
    assert refusal(path, Kind.xlsx) == reason


def test_an_ods_that_repeats_too_much_is_refused(tmp_path):
    cell = ods_cell("float", "1", "1").replace(
        "<table:table-cell", '<table:table-cell table:number-columns-repeated="16384"'
    )
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    path = zipped(tmp_path / "a.ods", parts_of_ods(rows))
    assert re.search("limit|memory", refusal(path, Kind.ods))


def test_the_process_ends_with_the_one_that_asked(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", REPORT)
    program = [sys.executable, "-P", "-m", "kao_metrics.importing.workbooks"]
    # Nobody holds the other end of its standard input.
    done = subprocess.run([*program, path, "xlsx", tmp_path], input=b"", check=False, timeout=60)
    assert done.returncode == 1
    assert not list(tmp_path.glob("sheets.json"))


def test_what_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(workbooks, "TIME_LIMIT", 0.01)
    assert refusal(xlsx(tmp_path / "a.xlsx", REPORT), Kind.xlsx) == "it takes over 0.01 seconds"


@pytest.mark.parametrize(("kind", "content"), [(Kind.xlsx, b"PK\x03\x04"), (Kind.xlsx, b"1,2\n")])
@pytest.mark.usefixtures("no_process")
def test_what_is_no_zip_file_is_not_opened(tmp_path, kind, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refusal(path, kind) == "it is cut short or damaged"


def damaged(content, number):
    """One of many ways to damage a file, always the same for a number."""
    chance = hashlib.shake_128(bytes([number])).digest(120)
    if number % 3 == 0:
        return content[: 1 + len(content) * chance[0] // 256]
    broken = bytearray(content)
    for at in range(0, 4 if number % 3 == 1 else 120, 4):
        broken[int.from_bytes(chance[at : at + 3], "big") % len(content)] ^= 1 << chance[at + 3] % 8
    return bytes(broken)


def ods(path, _sheets):
    """Write some ODS."""
    return zipped(path, parts_of_ods(ods_rows([ods_cell("float", "107", "107")]) * 50))


@pytest.mark.parametrize(("write", "kind"), [(xlsx, Kind.xlsx), (xls, Kind.xls), (ods, Kind.ods)])
def test_a_damaged_file_is_sheets_or_a_failure(tmp_path, write, kind):
    whole = write(tmp_path / "whole", REPORT).read_bytes()

    def outcome(number):
        path = tmp_path / f"{number}"
        path.write_bytes(damaged(whole, number))
        try:
            return type(read_sheets(path, kind, PLACE))
        except DataError as error:
            assert len(error.failures) == 1  # noqa: PT017 - either is right
            return DataError

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(outcome, range(9))) <= {list, DataError}
