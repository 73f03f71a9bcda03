"""Accessibility: axe-core finds nothing, in both languages, widths and colour schemes."""

import itertools
import re

import pytest
from axe_playwright_python.sync_playwright import Axe


@pytest.fixture(params=["zh-TW", "en"])
def path(request):
    """The report in each language."""
    return request.getfixturevalue("report" if request.param == "zh-TW" else "english_report")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_no_violation(opened, make_live, path, width, scheme):
    with opened(path, width, color_scheme=scheme) as page:
        make_live(page)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        found = Axe().run(page)
    assert found.response["passes"]
    assert found.response["violations"] == []


def test_headings_descend_one_step_at_a_time(opened, report):
    with opened(report) as page:
        levels = [
            int(each.evaluate("h => h.tagName[1]")) for each in page.locator("h1,h2,h3").all()
        ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


def test_the_page_has_its_landmarks_and_the_keyboard_reaches_the_content_first(opened, report):
    with opened(report) as page:
        for landmark in ("banner", "navigation", "main", "contentinfo"):
            assert page.get_by_role(landmark).count() == 1
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"


def test_every_chart_is_a_figure_with_caption_description_and_table(opened, path):
    is_english = path.stem.endswith(".en")
    kinds = (
        ("Bar chart", "Line chart", "Control chart", "Lorenz curve")
        if is_english
        else ("長條圖", "折線圖", "管制圖", "勞倫茲曲線")
    )
    with opened(path) as page:
        for figure in page.locator("figure.kao-figure").all():
            caption = figure.locator("figcaption").first.inner_text()
            said = figure.get_by_role("img").get_attribute("aria-label")
            assert said.startswith(caption)
            assert any(each in said for each in kinds)
            assert re.search(r"\d", said), "the figures are said, and not only what they are of"
            assert figure.locator("details table").count() == 1


def test_a_live_chart_says_how_to_use_it_and_what_is_pointed_at(opened, make_live, report):
    with opened(report) as page:
        make_live(page)
        chart = page.locator(".kao-is-live:visible").first
        assert chart.get_attribute("role") == "group"
        assert "方向鍵" in chart.get_attribute("aria-label")
        assert chart.get_by_role("img").count() == 1, "the drawing still describes the chart"
        assert page.locator("#vg-tooltip-element").get_attribute("role") == "status"
