"""Markup: slim, escaped, and tied together by names that are there."""

import dataclasses
import re

from bs4 import BeautifulSoup

from kao_metrics import tables
from kao_metrics.explanations import explain
from kao_metrics.markup import explanations_markup, filled, link, source_anchor, table_markup


def soup(markup):
    return BeautifulSoup(markup, "html.parser")


def test_a_table_names_its_caption_columns_and_rows(analysis):
    found = soup(table_markup(tables.reserve(analysis)))
    caption = found.find(id=found.table["aria-labelledby"])
    assert caption.name == "figcaption"
    assert caption.text == "報告所載退休準備金數據"
    assert {each["scope"] for each in found.find_all("th")} == {"col", "row"}
    row = found.find("th", string="累計已撥補").parent
    cells = {each["data-label"]: each.text for each in row.find_all("td") if each.text}
    assert (cells["數值"], cells["上下限"], cells["章節"]) == (
        "約29.34",
        "29.335–29.345",
        "5.1(6)2",
    )


def test_cells_have_no_ids_of_their_own(analysis):
    markup = table_markup(tables.services(analysis))
    assert len(re.findall(r' id="', markup)) == 2
    assert "headers=" not in markup


def test_figures_stand_at_the_right_and_words_at_the_left(analysis):
    found = soup(table_markup(tables.staff(analysis)))
    sides = {
        each["data-label"]: "gt_right" in each["class"]
        for each in found.find_all("td", class_=True)
        if each.has_attr("data-label")
    }
    assert sides == {
        "數值": True, "單位": False, "上下限": True, "日期": False, "章節": False, "說明": False,
    }  # fmt: skip


def test_names_of_indicators_lead_to_their_explanations(analysis):
    table = tables.computed(analysis, "downsizing_ratio", "award_rate")
    names = {"精簡率": "downsizing_ratio", "績優基層人員獲獎率": "award_rate"}
    found = soup(table_markup(table, names))
    links = {each.text: each["href"] for each in found.find_all("a")}
    assert links == {name: f"#explain-{indicator}" for name, indicator in names.items()}


def test_a_title_of_a_document_shows_as_text(analysis):
    evil = dict.fromkeys(("zh-TW", "en"), "<img src=x onerror=alert(1)>")
    sources = {
        name: dataclasses.replace(each, title=evil) for name, each in analysis.sources.items()
    }
    bad = dataclasses.replace(analysis, sources=sources)
    shown = [
        table_markup(tables.staff(bad)),
        explanations_markup(bad, [explain(bad, "award_rate")], summary="<b>"),
    ]
    for markup in shown:
        assert "&lt;img" in markup
        assert "<img" not in markup
        assert "<b>怎" not in markup


def test_nothing_to_explain_is_nothing(analysis):
    assert explanations_markup(analysis, [], summary="x") == ""


def test_words_are_escaped_and_markup_is_not():
    assert filled("how_this", "zh-TW", links=link("<甲>", "a")) == (
        '怎麼算：<a class="kao-how" href="#a">&lt;甲&gt;</a>'
    )
    assert source_anchor('a"b c') == "source-a-b-c"
