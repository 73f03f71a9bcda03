"""Small exports with the faults of real ones, and a data folder to import them into."""

import csv
import io
from pathlib import Path

import xlsxwriter
import xlwt
from odfdo import Cell, Document, Row, Table

from kao_metrics.importing.exports import import_exports

SOURCES = """\
# kept as it is
[report]
title = { zh-TW = "業務報告", en = "Business report" }
publisher = { zh-TW = "秘書處", en = "Secretariat" }
published = "2018"
licence = { zh-TW = "未載明", en = "none stated" }
url = ""
note = { zh-TW = "", en = "" }
"""

AGENCY = """
[source]
name = "agency"
title = { zh-TW = "機關匯出檔", en = "Agency's export" }
publisher = { zh-TW = "機關", en = "Agency" }
licence = { zh-TW = "未載明", en = "none stated" }
published = "2018"
"""

CASES = f"""\
rows = "cases"
[fields.received]
column = "受理日期"
[fields.stage]
column = "階段"
[fields.category]
column = "類別"
{AGENCY}"""

HEADER = ("案件編號", "受理日期", "階段", "類別", "姓名")
ROWS = (
    ("A1", "107/04/01", "第一次申訴", "食品", "甲"),
    ("A2", "107.4.2", "第一次申訴", "食品", "乙"),
    ("A3", "1070403", "第二次申訴", "旅遊", "丙"),
    ("A4", "民國107年5月4日", "第一次申訴", "旅遊", "丁"),
)
COUNTS = {
    ("2018-04-01", "first", "food"): 2,
    ("2018-04-01", "second", "travel"): 1,
    ("2018-05-01", "first", "travel"): 1,
}


def csv_text(rows, delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def write_csv(path, rows, encoding="utf-8", delimiter=","):
    path.write_bytes(csv_text(rows, delimiter).encode(encoding))
    return path


def workbook(path, rows):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("資料")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        book.add_worksheet("空白")
    return path


def old_workbook(path, rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet("資料")
    for number, row in enumerate(rows):
        for position, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, position, cell)
    book.save(str(path))
    return path


def open_document(path, rows):
    document = Document("spreadsheet")
    document.body.clear()
    sheet = Table("資料")
    for cells in rows:
        row = Row()
        for cell in cells:
            row.append_cell(Cell(cell))
        sheet.append_row(row)
    document.body.append(sheet)
    document.save(path)
    return path


def data_folder(folder: Path, covers="2018-01-16,2018-06-30"):
    folder.mkdir(exist_ok=True)
    (folder / "periods.csv").write_text(
        f"period,covers_from,covers_to\n2018-S1,{covers}\n", encoding="utf-8"
    )
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return folder


def state(folder):
    """Every file of a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def imported(folder, files, mapping, table="complaints", period="107H1", **how):
    """Import into ``folder/data``; return the outcome."""
    data = folder / "data"
    if not data.exists():
        data_folder(data)
    path = folder / "mapping.toml"
    path.write_text(mapping, encoding="utf-8")
    files = [files] if isinstance(files, Path) else list(files)
    periods = [period] if isinstance(period, str) else period
    return import_exports(files, table, periods, path, data_dir=data, **how)


def table(folder, name="complaints", period="2018-S1"):
    path = folder / "data" / name / f"{period}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counts(folder, period="2018-S1"):
    return {
        (row["month"], row["stage"], row["category"]): int(row["count"])
        for row in table(folder, period=period)
    }
