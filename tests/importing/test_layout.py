"""Where a table stands in a sheet."""

import pytest

from kao_metrics.importing.layout import (
    column_names,
    header_with,
    is_figure,
    letter,
    likely_header,
)

TITLE = ["107年上半年消費申訴統計", None, None]
DATE = ["製表日期：107年7月5日", None, None]
HEADER = ["類別", "第一次申訴", "第二次申訴"]
BODY = [["食品", "1,200件", "50"], ["旅遊", "852", "－"]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([HEADER, *BODY], (1,)),
        ([TITLE, HEADER, *BODY], (2,)),
        ([TITLE, [None] * 3, DATE, HEADER, *BODY], (4,)),
        ([["類別", "申訴", None], [None, "第一次", "第二次"], *BODY], (1, 2)),
        ([["類別", "1月", "2月"], *BODY], (1,)),
        ([["件數"], ["12"], ["15"]], (1,)),
        ([["日期", "類別"], ["107/04/01", "食品"]], (1,)),
        (BODY, ()),
        ([], ()),
        ([[None, None]], ()),
    ],
)
def test_a_header_is_the_row_of_words_above_the_figures(rows, expected):
    assert likely_header(rows) == expected


def test_a_row_of_words_below_a_full_header_is_no_header():
    rows = [["類別", "階段", "日期"], ["食品", "第一次申訴", None], ["食品", "調解", "107/04/01"]]
    assert likely_header(rows) == (1,)


def test_a_header_is_where_the_wanted_names_are():
    rows = [TITLE, ["類別", "申訴", None], [None, "第一次", "第二次"], *BODY]
    assert header_with(rows, ["類別", "申訴 第二次"]) == (2, 3)
    assert header_with(rows, ["類　別"]) == (2,)
    assert header_with(rows, ["機關"]) == ()


def test_names_of_merged_columns_reach_to_the_next_name_and_no_further():
    rows = [["年度", "申訴", None, "備註"], [None, "一次", "二次", None]]
    assert column_names(rows, 4) == ("年度", "申訴 一次", "申訴 二次", "備註")


def test_a_name_that_comes_again_is_numbered_and_none_is_a_letter():
    assert column_names([["件數", "件數", None, "件數"]], 4) == (
        "件數",
        "件數 (2)",
        "C",
        "件數 (3)",
    )


def test_columns_have_the_letters_of_a_spreadsheet():
    assert [letter(position) for position in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("text", ["12", "２，０５２", "107/04/01", "-5", "12.5%", "一萬六千七百"])
def test_figures_and_days_are_figures(text):
    assert is_figure(text)


@pytest.mark.parametrize(
    "text", ["類別", "1月", "107年", "107年度", "第一次申訴", "－", "", "上半年"]
)
def test_names_of_columns_are_none(text):
    assert not is_figure(text)
