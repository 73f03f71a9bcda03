"""A mapping proposed from what an export looks like."""

import tomllib

import pytest
from exporting import COUNTS, HEADER, ROWS, counts, imported, table, write_csv

from kao_metrics.failures import DataError
from kao_metrics.importing.exports import propose


def proposed(folder, rows, name="complaints", encoding="utf-8"):
    path = write_csv(folder / "agency_report.csv", rows, encoding)
    text = propose(path, name, "107H1")
    return path, text, tomllib.loads(text)


def test_case_rows_are_recognised_and_can_be_imported_as_proposed(tmp_path):
    path, text, found = proposed(tmp_path, [HEADER, *ROWS], encoding="cp950")
    assert found["rows"] == "cases"
    assert found["fields"] == {
        "received": {"column": "受理日期"},
        "stage": {"column": "階段"},
        "category": {"column": "類別"},
    }
    assert found["checks"] == {"key": "案件編號"}
    assert "# Left behind: 姓名" in text
    imported(tmp_path, path, text)
    assert counts(tmp_path) == COUNTS


def test_of_several_days_the_one_of_receipt_is_taken(tmp_path):
    header = ("closed", "received", "stage")
    rows = [("2018-05-01", "2018-04-01", "first"), ("2018-05-02", "2018-04-02", "mediation")]
    _, _, found = proposed(tmp_path, [header, *rows])
    assert found["fields"]["received"] == {"column": "received"}


def test_words_without_a_code_are_guessed_or_given_to_other_and_it_is_said(tmp_path):
    rows = [
        (a, b, c, kind, e)
        for (a, b, c, _, e), kind in zip(ROWS, ("食品類", "旅遊", "飛碟", "旅遊"), strict=True)
    ]
    _, text, found = proposed(tmp_path, [HEADER, *rows])
    assert found["fields"]["category"]["codes"] == {"食品類": "food", "飛碟": "other"}
    assert "# a guess" in text
    assert "# no code found" in text


def test_a_word_that_has_no_code_and_no_other_is_left_open_and_refused(tmp_path):
    rows = [*ROWS, ("A9", "107/4/1", "第三次協商", "食品", "甲")]
    path, text, found = proposed(tmp_path, [HEADER, *rows])
    assert found["fields"]["stage"]["codes"] == {"第三次協商": ""}
    with pytest.raises(DataError, match=r"fields\.stage\.codes\.第三次協商: found ''"):
        imported(tmp_path, path, text)


def test_stages_and_months_in_columns_become_figures_of_their_own(tmp_path):
    rows = [
        ("消費申訴統計", "", "", ""),
        ("類別", "第一次申訴", "第二次申訴", "調解"),
        ("食品", "1,200", "50", "3"),
        ("旅遊", "852", "492", "65"),
        ("合計", "2,052", "542", "68"),
    ]
    path, text, found = proposed(tmp_path, rows)
    assert [each["stage"]["value"] for each in found["figures"]] == ["first", "second", "mediation"]
    assert found["totals"] == {"類別": ["合計"]}
    outcome = imported(tmp_path, path, text)
    assert "totals that agree with their details: 3" in outcome.notes
    assert sum(int(row["count"]) for row in table(tmp_path) if row["stage"] == "first") == 2052
    _, _, found = proposed(tmp_path, [("類別", "1月", "2月份"), ("食品", "3", "4")])
    months = [each["month"]["value"] for each in found["figures"]]
    assert months == ["2018-01-01", "2018-02-01"]


def test_the_columns_of_a_table_of_data_are_their_own_names(tmp_path):
    rows = [
        ("category", "subcategory", "employer", "headcount", "as_of"),
        ("frontline", "_T", "agencies", "5,094人", "107.6.30"),
        ("frontline", "_T", "schools", "1,711人", "107.6.30"),
    ]
    path, text, found = proposed(tmp_path, rows, "workforce")
    assert found["fields"]["headcount"] == {"column": "headcount"}
    imported(tmp_path, path, text, "workforce")
    found = [
        (row["as_of"], row["employer"], row["headcount"]) for row in table(tmp_path, "workforce")
    ]
    assert found == [("2018-06-30", "agencies", "5094"), ("2018-06-30", "schools", "1711")]


def test_rows_that_would_be_one_figure_are_added_up_by_what_sets_them_apart(tmp_path):
    rows = [
        ("分處", "類別", "件數"),
        ("總計", "食品", "7"),
        ("東區", "食品", "3"),
        ("西區", "食品", "4"),
    ]
    path, text, found = proposed(tmp_path, rows)
    assert found["checks"] == {"add_up": ["分處"]}
    assert found["totals"] == {"分處": ["總計"]}
    imported(tmp_path, path, text)
    assert [row["count"] for row in table(tmp_path)] == ["7"]


def test_blank_cells_of_merged_ones_are_filled_from_above(tmp_path):
    rows = [
        ("日期", "類別", "說明"),
        ("107/04/01", "食品", "甲"),
        ("", "旅遊", "乙"),
        ("107/05/01", "食品", "丙"),
    ]
    path, text, found = proposed(tmp_path, rows)
    assert found["file"] == {"fill_down": ["日期"]}
    imported(tmp_path, path, text)
    assert counts(tmp_path)["2018-04-01", "first", "travel"] == 1


def test_a_cell_that_is_blank_where_its_row_is_not_a_new_one_is_missing(tmp_path):
    rows = [HEADER, ROWS[0], ("A2", "107/4/2", "第一次申訴", "", "乙")]
    _, _, found = proposed(tmp_path, rows)
    assert "file" not in found
    assert found["fields"]["category"] == {"column": "類別", "missing": "other"}


def test_a_footnote_is_no_word_of_a_category(tmp_path):
    rows = [("類別", "件數"), ("食品", "3"), ("註：不含電話", "")]
    _, _, found = proposed(tmp_path, rows)
    assert "codes" not in found["fields"]["category"]


def test_the_document_is_named_after_the_file_and_its_title(tmp_path):
    rows = [("107年消費申訴", "", "", "", ""), HEADER, *ROWS]
    _, _, found = proposed(tmp_path, rows)
    assert found["source"]["name"] == "agency_report"
    assert found["source"]["title"]["zh-TW"] == "107年消費申訴"
    assert found["source"]["publisher"]["en"] == "not stated"


def test_a_table_without_figures_says_what_to_do(tmp_path):
    with pytest.raises(DataError, match="no column of figures; expected a column with the value"):
        proposed(tmp_path, [("甲", "乙"), ("丙", "丁")], "services")
