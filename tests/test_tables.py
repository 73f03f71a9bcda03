"""Tables: every figure with its unit, words and remark, and nothing that could be markup."""

import dataclasses
import re

import polars as pl
import pytest

from kao_metrics import tables
from kao_metrics.display import table_markup


def cells(table):
    """The rows of a table as texts."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", str(table.as_raw_html()), re.DOTALL)
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in found]


def row_of(table, name):
    return next(row for row in cells(table) if row and row[0] == name)


def test_services_are_grouped_by_the_sections_of_the_report(analysis):
    groups = [row[0] for row in cells(tables.services(analysis)) if len(row) == 1]
    assert groups[1:-1] == [
        "一、國際事務", "二、行政中心管理", "三、宿舍管理", "四、文書、開放資料與檔案",
        "五、工友與車輛管理", "六、消費者保護", "七、市長行程與陳情", "八、服務品質",
    ]  # fmt: skip
    assert groups[-1].startswith("資料來源：高雄市政府秘書處業務報告")


def test_every_counted_service_has_a_row(analysis):
    services = analysis.tables["services"].collect()
    rows = [row for row in cells(tables.services(analysis)) if len(row) > 1]
    assert len(rows) == services.height + 1


def test_a_figure_keeps_its_qualifier_and_unit(analysis, english):
    assert row_of(tables.services(analysis), "國際午宴賓客")[1:3] == ["逾200", "人"]
    assert row_of(tables.services(english), "Luncheon guests")[1:3] == ["more than 200", "people"]


def test_a_part_shows_its_share_and_a_footnote_its_words(analysis):
    assert "4.9%（共61）" in row_of(tables.services(analysis), "首長職務宿舍")
    assert "共4校。" in row_of(tables.services(analysis), "英語冬令營學生")


def test_a_change_column_appears_with_an_earlier_period_only(analysis):
    assert "較前半年" not in cells(tables.services(analysis))[1]
    change = analysis.results.filter(pl.col("indicator") == "award_rate").with_columns(
        indicator=pl.lit("service_change"), breakdown=pl.lit("building_repairs.previous")
    )
    later = dataclasses.replace(analysis, results=pl.concat([analysis.results, change]))
    assert "較前半年" in cells(tables.services(later))[1]
    assert "47.6%" in row_of(tables.services(later), "行政中心設施維修")


def test_indicators_with_one_value_stand_under_one_heading(analysis):
    names = ("reserve_amount_coverage_ratio", "reserve_account_coverage_ratio")
    table = tables.computed(analysis, *names)
    assert [row[0] for row in cells(table) if len(row) == 1][1:] == ["整體"]
    assert row_of(table, "金額涵蓋率")[1:4] == ["88.4%", "88.2–88.5%", "29.34 ÷ 33.2"]


def test_an_indicator_that_is_missing_throughout_says_why_once(analysis):
    table = tables.computed(analysis, "complaints_rate_change")
    assert [row for row in cells(table) if len(row) > 1][1:] == [["各項", "沒有可比較的前期資料"]]


def test_stated_figures_show_verdict_interval_and_formula(analysis):
    row = row_of(tables.stated(analysis), "退休準備金未補足差額")
    assert row[1:5] == ["5.1(6)2", "約6.1", "3.86", "3.81–3.92"]
    assert row[5:] == ["33.2 − 29.34", "億元", "≠ 不符"]


def test_the_baseline_stands_with_its_date(analysis):
    row = row_of(tables.staff(analysis), "縣市合併時工級人員")
    assert row[1:6] == ["8,462", "人", "", "99年12月25日", "5.1(4)2"]


@pytest.mark.parametrize("table", [tables.services, tables.staff, tables.reserve, tables.stated])
def test_without_rows_there_is_no_table(table, analysis):
    empty = dataclasses.replace(
        analysis,
        tables={name: frame.clear() for name, frame in analysis.tables.items()},
        findings=[],
    )
    assert table(empty) is None


def test_markup_in_a_remark_shows_as_text(analysis):
    remarks = {"winter_camp_students": '<script>alert("x")</script>'}
    markup = table_markup(tables.services(dataclasses.replace(analysis, remarks=remarks)))
    assert "<script" not in markup
    assert "&lt;script&gt;" in markup


def test_other_governments_figures_come_with_what_is_not_comparable(analysis):
    rows = cells(tables.reference(analysis))
    assert sum(len(row) > 1 for row in rows) == 16 + 1
    assert row_of(tables.reference(analysis), "專戶足額率（公布值）")[1:4] == [
        "114年11月",
        "99.94",
        "%",
    ]
    said = "".join(cell for row in rows for cell in row)
    assert said.count("不可直接比較") == 3
