"""The page on paper: A4, nothing cut, tables with their heads, links written out."""

import re

import pytest

A4_TEXT = 688
"""Pixels across the text of an A4 page: 210 mm less two margins of 14 mm."""

BEYOND = """() => [...document.querySelectorAll('td, th, p, li, dd, dt, figcaption, svg, svg text')]
  .filter(each => each.getClientRects().length)
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(each => each.textContent.slice(0, 60))"""


@pytest.fixture(params=["zh-TW", "en"])
def paper(request, opened, make_live):
    """The report with live charts, as it would be printed, in each language."""
    path = request.getfixturevalue("report" if request.param == "zh-TW" else "english_report")
    with opened(path, A4_TEXT) as page:
        make_live(page)
        page.emulate_media(media="print")
        yield page


def test_the_printed_page_is_a4_and_of_a_length_that_can_be_read(paper, tmp_path):
    printed = paper.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert 8 <= printed.count(b"/Type /Page\n") <= 24
    boxes = {
        tuple(map(float, each)) for each in re.findall(rb"/MediaBox \[0 0 (\S+) (\S+)\]", printed)
    }
    ((width, height),) = boxes
    assert (round(width), round(height)) == (595, 842)


def test_nothing_runs_beyond_the_edge_of_the_paper(paper):
    assert paper.evaluate(BEYOND) == []


def test_drawings_are_printed_and_not_what_lies_over_them(paper):
    drawn = paper.locator(".kao-wide > svg")
    assert drawn.count() == 13
    assert all(svg.is_visible() for svg in drawn.all())
    assert {svg.evaluate("svg => getComputedStyle(svg).opacity") for svg in drawn.all()} == {"1"}
    assert not any(each.is_visible() for each in paper.locator(".kao-live").all())


@pytest.mark.parametrize(
    ("selector", "name", "value"),
    [
        (".kao-figure", "breakInside", "avoid"),
        ("main tr", "breakInside", "avoid"),
        ("main thead", "display", "table-header-group"),
        ("section + section", "breakBefore", "page"),
    ],
)
def test_charts_are_not_cut_and_tables_keep_their_heads(paper, selector, name, value):
    styles = paper.locator(selector).evaluate_all(
        "(all, name) => all.map(each => getComputedStyle(each)[name])", name
    )
    assert set(styles) == {value}


def test_links_to_the_web_are_written_out(paper):
    link = paper.locator('.kao-sources a[href^="https"]').first
    written = link.evaluate("link => getComputedStyle(link, '::after').content")
    assert link.get_attribute("href") in written


def test_how_figures_are_computed_is_printed_without_a_click(paper):
    entry = paper.locator("#explain-downsizing_ratio + dd")
    assert entry.evaluate("entry => entry.getBoundingClientRect().height") > 40
    assert not paper.locator("nav").is_visible()
