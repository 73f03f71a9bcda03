"""Display: what a notebook shows is whole HTML, described, escaped, and the same every time."""

import dataclasses
import re
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from kao_metrics import charts, display, labels, tables
from kao_metrics.sources import Source


def test_a_chart_is_a_figure_with_caption_description_and_data(analysis):
    shown = display.show(charts.complaint_funnel(analysis))
    figure = ET.fromstring(shown.markup)  # noqa: S314 - our own markup
    assert figure.find("figcaption").text == "消費申訴的三個階段"
    labels = [each.get("aria-label") for each in figure.iter("{http://www.w3.org/2000/svg}svg")]
    assert labels == [shown.words] * 2
    assert "第二次申訴　542件" in shown.words
    assert figure.find("details/summary").text == "看數據表"


def test_the_narrow_drawing_is_hidden_where_the_page_has_no_style(analysis):
    markup = display.show(charts.complaint_funnel(analysis)).markup
    assert re.findall(
        r'<div class="kao-drawing kao-(wide|narrow)" id="[^"]+"( hidden="")?>', markup
    ) == [
        ("wide", ""),
        ("narrow", ' hidden=""'),
    ]


def test_the_words_of_a_chart_are_drawn(analysis):
    markup = display.show(charts.reserve_coverage(analysis)).markup
    assert markup.count("88.4%（88.2–88.5%）</text>") == 2


def test_the_same_chart_is_the_same_markup(analysis):
    first, second = (display.show(charts.downsizing(analysis)).markup for _ in range(2))
    assert first == second


def test_two_charts_on_a_page_share_no_ids(analysis):
    markup = "".join(
        display.show(chart(analysis)).markup
        for chart in (charts.downsizing, charts.contributions, charts.complaint_funnel)
    )
    ids = re.findall(r' id="([^"]+)"', markup)
    assert len(ids) == len(set(ids))


def test_key_figures_come_with_what_they_are_computed_from(analysis):
    words = display.key_figures(analysis).words.splitlines()
    assert words[0] == "自縣市合併之精簡率: 22.74% (2,711 ÷ 11,924)"
    assert words[1] == "退休準備金金額涵蓋率: 88.4% (介於88.2–88.5%，29.34 ÷ 33.2)"
    assert "第一次申訴每日件數: 12.4 (2,052 ÷ 166)" in words
    assert "第二次÷第一次申訴: 26.4% (95％信賴區間24.6–28.4%，542 ÷ 2,052)" in words
    assert words[-1] == "所述數字重算: 16／18 (相符；其餘2項見最後一節)"


def test_a_period_without_figures_has_no_cards(analysis):
    bare = dataclasses.replace(analysis, results=analysis.results.clear(), findings=[])
    assert display.key_figures(bare).markup == ""


def test_nothing_to_show_shows_nothing():
    assert display.show(None) == display.Shown("", "")
    assert display.notes([]) == display.Shown("", "")


@pytest.mark.parametrize("show", [display.show, display.notes])
def test_markup_in_a_sentence_shows_as_text(show):
    markup = show(["<script>alert(1)</script>"]).markup
    assert "<script" not in markup


def test_a_source_is_a_link_only_where_its_address_is_one(analysis):
    words = {"zh-TW": "<b>", "en": "<b>"}

    def listed(url):
        source = Source("a", words, words, "2018", words, url, words)
        return display.source_list(dataclasses.replace(analysis, sources={"a": source})).markup

    assert 'href="https://example.org/?a=1&amp;b=2"' in listed("https://example.org/?a=1&b=2")
    assert "href" not in listed("javascript:alert(1)")
    assert "<b>" not in listed("")


def test_every_cell_of_a_table_that_is_not_empty_names_its_column(analysis):
    markup = display.show(tables.stated(analysis)).markup
    cells = re.findall(r"<td([^>]*)>(.*?)</td>", markup)
    assert all(("data-label=" in names) == bool(words) for names, words in cells)
    labels = re.findall(r' data-label="([^"]*)"', markup)
    heads = re.findall(r'<th[^>]*scope="col"[^>]*>(.*?)</th>', markup)
    assert heads[1:5] == ["章節", "所述", "重算", "上下限"]
    assert set(labels) <= set(heads)
    assert "<style" not in markup


@pytest.fixture
def hostile_words(monkeypatch):
    """Every label and sentence ends in markup that would run if it were not escaped."""
    attack = '<script>alert(1)</script>"\' onload="alert(1)'

    def spoiled(value):
        if isinstance(value, dict):
            return {
                key: each + attack
                if key in labels.LANGUAGES and isinstance(each, str)
                else spoiled(each)
                for key, each in value.items()
            }
        return value

    words = spoiled({kind: dict(table) for kind, table in labels._tables().items()})
    monkeypatch.setattr(labels, "_tables", lambda: words)


@pytest.mark.usefixtures("hostile_words")
def test_markup_in_any_label_shows_as_text(analysis):
    shown = [
        display.key_figures(analysis),
        display.source_list(analysis),
        display.notes(["a"]),
        *(display.show(chart(analysis)) for chart in (charts.downsizing, charts.temporary_staff)),
        *(display.show(table(analysis)) for table in (tables.services, tables.stated)),
        display.computed(analysis, "downsizing_ratio", "open_datasets_change"),
    ]
    soup = BeautifulSoup("".join(each.markup for each in shown), "html.parser")
    assert "<script>alert(1)</script>" in soup.get_text()
    assert not soup.find_all("script")
    assert not soup.find_all(attrs={"onload": True})


def test_a_computed_figure_explains_itself(analysis):
    markup = display.computed(analysis, "downsizing_ratio", "complaints_daily_rate").markup
    entries = BeautifulSoup(markup, "html.parser").find("dl")
    assert [each.get_text() for each in entries.find_all("dt")] == ["精簡率", "每日件數"]
    first, second = (each.get_text() for each in entries.find_all("dd"))
    assert "（基準日人數－報告日人數）÷基準日人數" in first
    assert "工級人員：(8,462 − 6,805) ÷ 8,462 ＝ 19.58% 出處：5.1(4)1、5.1(4)2。" in first
    assert "報告所述為約19.58%：相符。" in first
    assert "高雄市政府秘書處業務報告" in first
    assert "2,052 ÷ 166 ＝ 12.4件／日" in second


def test_what_a_period_does_not_have_is_not_explained(analysis):
    bare = dataclasses.replace(analysis, results=analysis.results.clear())
    assert display.computed(bare, "downsizing_ratio").markup == ""
