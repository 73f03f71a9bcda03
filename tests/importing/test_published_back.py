"""The published figures, written as an agency would print them, come back as they are."""

from pathlib import Path

import pytest
from exporting import imported, table, write_csv

from kao_metrics import labels
from kao_metrics.importing.exports import propose

DATA = Path(__file__).parent.parent.parent / "data"


def published(name):
    import csv

    with (DATA / name / "2018-S1.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grouped(text):
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}"


def printed(row, figure, unit):
    """A figure with its qualifier, separators and unit, as a report prints it."""
    word = labels.label("qualifier", row["qualifier"])
    return word + grouped(row[figure]) + labels.label("unit", unit)


def roc(day):
    year, month, date = map(int, day.split("-"))
    return f"民國{year - 1911}年{month}月{date}日"


@pytest.mark.parametrize("encoding", ["cp950", "utf-16"])
def test_every_counted_service_comes_back_from_its_chinese_name(tmp_path, encoding):
    rows = published("services")
    sheet = [("編號", "項目", "本期數值", "統計日期")]
    sheet += [
        (
            str(number),
            labels.label("indicator", row["indicator"]),
            printed(row, "value", row["unit"]),
            roc(row["as_of"]) if row["as_of"] else "",
        )
        for number, row in enumerate(rows, start=1)
    ]
    path = write_csv(tmp_path / "services.csv", sheet, encoding)
    mapping = propose(path, "services", "107H1")
    assert "guess" not in mapping
    imported(tmp_path, path, mapping, "services")
    parts = ("indicator", "value", "unit", "qualifier", "as_of")
    found = {tuple(row[part] for part in parts) for row in table(tmp_path, "services")}
    assert found == {tuple(row[part] or "" for part in parts) for row in rows}


def test_staff_come_back_from_words_and_roc_dates(tmp_path):
    rows = published("workforce")
    dimensions = ("category", "subcategory", "employer", "funding")

    def word(kind, code):
        return code if code == labels.TOTAL else labels.label(kind, code)

    sheet = [("類別", "人員別", "機關別", "經費來源", "基準日", "人數")]
    sheet += [
        (
            *(word(name, row[name]) for name in dimensions),
            roc(row["as_of"]),
            printed(row, "headcount", "person"),
        )
        for row in rows
    ]
    path = write_csv(tmp_path / "staff.csv", sheet, "cp950")
    mapping = propose(path, "workforce", "107H1")
    imported(tmp_path, path, mapping, "workforce")
    parts = (*dimensions, "as_of", "headcount", "qualifier")
    found = {tuple(row[part] for part in parts) for row in table(tmp_path, "workforce")}
    assert found == {tuple(row[part] for part in parts) for row in rows}


def test_the_reserve_comes_back_with_its_precision(tmp_path):
    rows = published("retirement_reserve")
    sheet = [("項目", "金額")]
    sheet += [
        (labels.label("reserve_item", row["item"]), printed(row, "amount", row["unit"]))
        for row in rows
    ]
    path = write_csv(tmp_path / "reserve.csv", sheet)
    imported(tmp_path, path, propose(path, "retirement_reserve", "107H1"), "retirement_reserve")
    parts = ("item", "amount", "unit", "qualifier")
    found = {tuple(row[part] for part in parts) for row in table(tmp_path, "retirement_reserve")}
    assert found == {tuple(row[part] for part in parts) for row in rows}


def test_complaints_come_back_and_make_the_published_ratios(tmp_path):
    rows = published("complaints")
    sheet = [("階段", "件數")]
    sheet += [(labels.label("stage", row["stage"]), f"{grouped(row['count'])}件") for row in rows]
    path = write_csv(tmp_path / "complaints.csv", sheet)
    imported(tmp_path, path, propose(path, "complaints", "107H1"))
    assert {(row["stage"], row["count"]) for row in table(tmp_path)} == {
        (row["stage"], row["count"]) for row in rows
    }
    from kao_metrics import analyse

    results = analyse("107H1", tmp_path / "data").results
    (ratio,) = results.filter(indicator="second_complaint_ratio")["value"]
    assert round(float(ratio), 4) == 0.2641
