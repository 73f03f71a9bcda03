"""The page: what notebooks show, joined under one heading each, with nothing to load."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

import kao_metrics as km
from kao_metrics.report.live import hash_of
from kao_metrics.report.notebooks import Notebook
from kao_metrics.report.page import fragment, page

MADE_FROM = {"data": {"periods.csv": "0" * 64}, "notebooks": {}, "code": {}, "packages": {}}
EVIL = "<script>alert(1)</script>"
DRAWING = '<svg viewBox="0 0 8 8" xmlns="http://www.w3.org/2000/svg"><title>bars</title></svg>'


def markdown(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(*outputs, tags=()):
    """Make an executed code cell with outputs, whose own text must not be shown."""
    return nbformat.v4.new_code_cell(
        "secret_code(1)", outputs=list(outputs), execution_count=1, metadata={"tags": list(tags)}
    )


def shown(**data):
    """Make an output; html, plain, svg or markdown in the keyword's place."""
    kinds = {"svg": "image/svg+xml", "javascript": "application/javascript"}
    bundle = {kinds.get(kind, f"text/{kind}"): content for kind, content in data.items()}
    return nbformat.v4.new_output("display_data", bundle)


def notebook(*cells, name="01_overview"):
    return Notebook(Path(f"{name}.ipynb"), nbformat.v4.new_notebook(cells=list(cells)))


def of(thing):
    """Make the output that a notebook has after showing something."""
    return code(shown(html=thing.markup, plain=thing.words))


def made(found):
    """Make a page with every kind of thing that a notebook shows."""
    charts = (km.charts.downsizing(found), km.charts.contributions(found))
    notebooks = [
        notebook(markdown("# Overview"), of(km.key_figures(found))),
        notebook(
            *(of(km.show(chart, found.lang)) for chart in charts),
            of(km.show(km.tables.staff(found), found.lang)),
            name="02_workforce",
        ),
        notebook(of(km.source_list(found)), name="06_sources"),
    ]
    return page(found, notebooks, MADE_FROM)


@pytest.fixture(scope="module")
def pages(analysis, english):
    return {found.lang: made(found) for found in (analysis, english)}


@pytest.mark.parametrize(("lang", "code"), [("zh-TW", "zh-Hant-TW"), ("en", "en")])
def test_a_page_names_its_language_and_has_one_main_heading(pages, lang, code):
    soup = BeautifulSoup(pages[lang], "html.parser")
    assert soup.html["lang"] == code
    assert len(soup.find_all("h1")) == 1
    assert soup.h1.text == soup.title.text != ""


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_the_contents_lead_to_sections_and_no_id_occurs_twice(pages, lang):
    soup = BeautifulSoup(pages[lang], "html.parser")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    titles = {section["id"]: section.h2.text for section in soup.find_all("section")}
    contents = {link["href"].removeprefix("#"): link.text for link in soup.nav.find_all("a")}
    assert contents == titles
    assert len(contents) == 3
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    for tag in soup.find_all(href=re.compile("^#")):
        assert tag["href"].removeprefix("#") in ids


def test_whatever_names_another_element_names_one_that_is_there(pages):
    soup = BeautifulSoup(pages["en"], "html.parser", multi_valued_attributes=None)
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    named = {
        name
        for tag in soup.find_all(attrs={"aria-labelledby": True})
        for name in tag["aria-labelledby"].split()
    }
    assert named
    assert named - ids == set()


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_a_browser_loads_nothing_and_runs_only_what_the_policy_names(pages, lang):
    soup = BeautifulSoup(pages[lang], "html.parser")
    assert soup.find_all(["link", "iframe", "object", "embed", "base"]) == []
    assert [
        tag["src"] for tag in soup.find_all(src=True) if not tag["src"].startswith("data:")
    ] == []
    policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    directives = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert "unsafe" not in policy
    running = [script.string for script in soup.find_all("script", type=False)]
    assert [hash_of(script) for script in running] == directives["script-src"].split()[:1]
    assert directives["style-src"] == hash_of(soup.style.string)
    attributes = {name for tag in soup.find_all() for name in tag.attrs}
    assert not {name for name in attributes if name.startswith("on") or name == "srcset"}
    for reference in re.findall(r"url\(\s*[\"']?([^)]*)", pages[lang]):
        assert reference.startswith(("#", "data:"))
    assert "@import" not in pages[lang]


def test_a_page_is_the_same_each_time_it_is_made(pages, english):
    assert made(english) == pages["en"]


def test_a_fragment_shows_outputs_and_text_but_neither_code_nor_title():
    found = fragment(
        notebook(
            markdown("# The title\n\nWords below it."),
            markdown("Some **text**.\n\n## A smaller heading"),
            code(shown(html="<p>html</p>", plain="not this"), shown(svg=DRAWING)),
            code(shown(plain="2 < 3"), nbformat.v4.new_output("stream", text=f"said {EVIL}")),
        ),
        "en",
    )
    assert "<strong>text</strong>" in found
    assert "A smaller heading" in found
    assert "Words below it." in found
    assert "<p>html</p>" in found
    assert DRAWING in found
    assert "2 &lt; 3" in found
    assert "said &lt;script&gt;" in found
    for absent in ("The title", "secret_code", "not this", "<script", "<style"):
        assert absent not in found


def test_a_script_that_a_cell_displays_is_left_out():
    assert "alert" not in fragment(notebook(code(shown(javascript="alert(1)"))), "en")


@pytest.mark.parametrize(("lang", "absent"), [("en", "zh-TW"), ("zh-TW", "en")])
def test_a_cell_tagged_with_a_language_is_shown_in_that_language_only(lang, absent):
    found = fragment(
        notebook(
            *(markdown(f"text-in-{tag}", tag) for tag in ("zh-TW", "en")),
            *(code(shown(html=f"<p>out-in-{tag}</p>"), tags=[tag]) for tag in ("zh-TW", "en")),
            markdown("text-in-both", "other-tag"),
        ),
        lang,
    )
    assert f"text-in-{lang}" in found
    assert f"out-in-{lang}" in found
    assert "text-in-both" in found
    assert f"in-{absent}" not in found


@pytest.mark.parametrize(
    ("name", "first", "title"),
    [
        ("02_workforce", "# Other words", "Workforce"),  # labels.toml knows it
        ("07_extra", "only text", "extra"),
        ("07_extra", "# An extra heading\n\ntext", "An extra heading"),
        ("07_extra", f"# {EVIL}", EVIL),
    ],
)
def test_a_section_is_called_what_labels_or_the_first_heading_call_it(english, name, first, title):
    soup = BeautifulSoup(
        page(english, [notebook(markdown(first), name=name)], MADE_FROM), "html.parser"
    )
    assert soup.section.h2.text == soup.nav.a.text == title
    assert EVIL not in str(soup)


def test_words_of_the_data_are_shown_as_text_and_never_as_markup(english):
    remarks = dict.fromkeys(["temporary_other", "efuneral_halls"], EVIL)
    findings = [
        replace(each, id="new", statement=EVIL, section=EVIL, reason=EVIL, unit=EVIL)
        for each in english.findings
    ]
    words = {"zh-TW": EVIL, "en": EVIL}
    sources = {
        name: replace(each, title=words, publisher=words, note=words, url=f'https://x/"{EVIL}')
        for name, each in english.sources.items()
    }
    bad = replace(english, remarks=remarks, findings=findings, sources=sources)
    things = [
        km.show(km.tables.staff(bad), "en"),
        km.show(km.tables.services(bad), "en"),
        km.show(km.tables.stated(bad), "en"),
        km.show(km.sentences.stated(bad), "en"),
        km.notes(km.sentences.not_comparable(bad, "second_complaint_ratio"), "en"),
        km.source_list(bad),
    ]
    for thing in things:
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in thing.markup
        assert BeautifulSoup(thing.markup, "html.parser").find_all("script") == []


def test_the_page_names_who_published_the_figures(analysis):
    assert "<p>高雄市政府秘書處</p>" in page(analysis, [], MADE_FROM)
    later = {**analysis.sources["ksec_2018_s1"].publisher, "zh-TW": "行政暨國際處"}
    source = replace(analysis.sources["ksec_2018_s1"], publisher=later)
    renamed = replace(analysis, sources={"ksec_2018_s1": source})
    assert "<p>行政暨國際處</p>" in page(renamed, [], MADE_FROM)


def test_a_page_without_figures_names_nobody(analysis):
    bare = replace(analysis, results=analysis.results.clear())
    header = page(bare, [], MADE_FROM).partition("<header>")[2].partition("<h1>")[0]
    assert header.strip() == ""
