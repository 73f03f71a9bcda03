"""Accessibility: axe-core finds nothing, in both languages, widths and colour schemes."""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_axe_finds_no_violation(browser, request, lang, width, scheme):
    page = request.getfixturevalue("report" if lang == "zh-TW" else "english_report")
    opened = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened.goto(page.as_uri())
    opened.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    found = Axe().run(opened)
    opened.close()
    assert found.response["passes"]
    assert found.response["violations"] == []


def test_headings_descend_one_step_at_a_time(browser, report):
    opened = browser.new_page()
    opened.goto(report.as_uri())
    levels = [int(each.evaluate("h => h.tagName[1]")) for each in opened.locator("h1,h2,h3").all()]
    opened.close()
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in itertools.pairwise(levels))


def test_the_keyboard_reaches_the_content_first(browser, report):
    opened = browser.new_page()
    opened.goto(report.as_uri())
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.getAttribute('href')") == "#content"
    opened.close()
