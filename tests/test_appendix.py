"""The appendix: what a report cannot tell, and its methods, whole, escaped and linked."""

import dataclasses

import pytest
from bs4 import BeautifulSoup

from kao_metrics import appendix, display, labels
from kao_metrics.markup import method_anchor
from kao_metrics.methods import methods

LARGEST = 25_000
"""Bytes that the appendix may add to a page."""


def soup(shown):
    return BeautifulSoup(shown.markup, "html.parser")


@pytest.fixture(params=["zh-TW", "en"])
def report(request, analysis, english):
    """The real report in each language."""
    return analysis if request.param == "zh-TW" else english


def test_the_report_says_plainly_what_one_half_year_cannot_tell(analysis, english):
    assert appendix.cannot_tell(analysis).words.splitlines()[:3] == [
        "這份報告回答不了的問題",
        "申訴是增是減？須有前半年或去年同期的件數。",
        "哪個月異於平常？須有至少5個月的逐月件數，現有0個月。",
    ]
    said = appendix.cannot_tell(english).words.splitlines()
    assert len(said) == 1 + len(labels.codes("question"))
    assert "Did complaints rise or fall?" in said[1]
    assert said[-1].endswith("It takes staff at 3 dates or more; there are 2.")


def test_each_question_is_one_item_of_a_list_under_a_heading(report):
    found = soup(appendix.cannot_tell(report))
    assert found.h3.text == labels.text("cannot_tell", report.lang)
    items = [each.b.text for each in found.ul.find_all("li", recursive=False)]
    assert items == [
        labels.label("question", each, report.lang) for each in labels.codes("question")
    ]


def test_a_report_that_is_asked_nothing_says_nothing(analysis):
    empty = {name: table.clear() for name, table in analysis.tables.items()}
    bare = dataclasses.replace(analysis, tables=empty, results=analysis.results.clear())
    assert appendix.cannot_tell(bare) == display.Shown("", "")


def test_every_method_is_there_once_and_those_used_come_first(report):
    found = soup(appendix.method_notes(report))
    ids = [each["id"] for each in found.find_all(id=True)]
    used, unused = methods(report)
    assert ids == [method_anchor(code) for code in (*used, *unused)]
    assert [each["id"] for each in found.select(".kao-unused summary")] == [
        method_anchor(code) for code in unused
    ]


def test_a_method_opens_from_its_name_to_a_list_of_what_is_to_be_known(report):
    found = soup(appendix.method_notes(report)).find(id=method_anchor("compound_rate")).parent
    assert found.name == "details"
    assert found.summary.text == labels.label("method", "compound_rate", report.lang)
    heads = ("formula", "assumption", "not_for", "source")
    assert [each.text for each in found.dl.find_all("dt")] == [
        labels.text(f"method_{each}", report.lang) for each in heads
    ]
    assert "365.25" in found.dl.dd.text
    assert len(found.dl.find_all("dd")) == len(heads)


def test_english_titles_are_marked_as_such_on_a_chinese_page(analysis, english):
    marked = [
        len(soup(appendix.method_notes(each)).find_all(lang="en")) for each in (analysis, english)
    ]
    assert marked == [len(labels.codes("method")) - 1, 0], "all but the law"


def test_an_explanation_leads_to_its_methods(report):
    shown = ("headcount_compound_rate", "reserve_amount_coverage_ratio", "award_rate")
    explained = soup(display.computed(report, *shown))
    notes = soup(appendix.method_notes(report))
    targets = {each["href"].removeprefix("#") for each in explained.select(".kao-hows a")}
    assert targets
    assert targets <= {each["id"] for each in notes.find_all(id=True)}
    entry = explained.find(id="explain-headcount_compound_rate").find_next_sibling("dd")
    assert entry.select_one(".kao-hows").text == labels.text(
        "explained_methods", report.lang, links=labels.label("method", "compound_rate", report.lang)
    )
    assert explained.find(id="explain-award_rate").find_next_sibling("dd").select(".kao-hows") == []


def test_the_appendix_is_small(report):
    added = appendix.method_notes(report).markup + appendix.cannot_tell(report).markup
    assert len(added.encode()) < LARGEST


def test_markup_in_words_shows_as_text(report, monkeypatch):
    tables = {kind: dict(entries) for kind, entries in labels._tables().items()}
    for kind in ("method", "question"):
        for code, entry in tables[kind].items():
            tables[kind][code] = {**entry, "source": "<script>", report.lang: "<script>"}
    monkeypatch.setattr(labels, "_tables", lambda: tables)
    for shown in (appendix.cannot_tell(report), appendix.method_notes(report)):
        assert soup(shown).find_all("script") == []
        assert "<script>" in soup(shown).get_text()
