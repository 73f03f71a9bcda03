"""The page as a browser shows it: offline, on a phone, on a desk, on paper, without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

PHONE, DESK = 360, 1280


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(request, browser, report: Path):
    """The report, open at a width."""
    opened = browser.new_page(viewport={"width": request.param, "height": 900})
    opened.goto(report.as_uri())
    yield opened
    opened.close()


def test_the_page_asks_the_network_for_nothing(browser, report):
    asked = []
    opened = browser.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(report.as_uri(), wait_until="networkidle")
    opened.close()
    assert asked == [report.as_uri()]


def test_the_page_keeps_its_own_strict_policy(browser, report):
    said = []
    opened = browser.new_page()
    opened.on("console", lambda message: said.append(message.text))
    opened.goto(report.as_uri())
    policy = opened.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    is_styled = "getComputedStyle(document.querySelector('.kao-cards')).display"
    assert opened.evaluate(is_styled) == "grid"
    opened.close()
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert said == []


def test_the_page_never_scrolls_sideways(page):
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_each_chart_shows_the_one_drawing_that_fits(page):
    figures = page.locator("figure.kao-figure")
    assert figures.count() == 9
    for figure in figures.all():
        shown = [svg for svg in figure.locator("svg").all() if svg.is_visible()]
        assert len(shown) == 1
        assert shown[0].bounding_box()["width"] <= page.viewport_size["width"] - 32


def test_no_word_of_a_chart_is_cut_off_or_over_another(page):
    """Words stay inside their drawing, and no two of one drawing overlap."""
    cut = page.evaluate(
        """() => {
          const found = [];
          for (const svg of document.querySelectorAll('.kao-figure svg')) {
            const frame = svg.getBoundingClientRect();
            if (!frame.width) continue;
            const boxes = [...svg.querySelectorAll('text')].filter(t => t.textContent)
              .map(t => [t.textContent, t.getBoundingClientRect()]);
            boxes.forEach(([words, box], i) => {
              if (box.right > frame.right + 1 || box.left < frame.left - 1) found.push(words);
              boxes.slice(i + 1).forEach(([other, next]) => {
                if (box.left < next.right && next.left < box.right &&
                    box.top + 2 < next.bottom && next.top + 2 < box.bottom)
                  found.push(words + ' over ' + other);
              });
            });
          }
          return found;
        }"""
    )
    assert cut == []


def test_the_data_of_a_chart_is_one_click_away(page):
    figure = page.locator("figure.kao-figure").first
    table = figure.locator("table")
    assert not table.is_visible()
    figure.locator("summary").click()
    assert table.is_visible()
    assert "8,462 → 6,805人" in table.inner_text()


def test_contents_lead_to_their_sections(page):
    page.locator("nav a", has_text="消費申訴").click()
    expect(page.locator("#complaints h2")).to_be_in_viewport()


def test_the_page_says_the_same_without_scripts(browser, report):
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(report.as_uri())
    words = opened.locator("main").inner_text()
    context.close()
    assert all(figure in words for figure in ("19.58%", "88.2–88.5%", "56.25%"))


def test_the_printed_page_is_a4_and_leaves_nothing_out(browser, report, tmp_path):
    opened = browser.new_page()
    opened.goto(report.as_uri())
    printed = opened.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    opened.emulate_media(media="print")
    is_shown = "getComputedStyle(document.querySelector('.kao-wide')).display"
    assert opened.evaluate(is_shown) == "block"
    opened.close()
    assert printed.startswith(b"%PDF")
    assert 8 <= printed.count(b"/Type /Page\n") <= 24


def test_results_are_taken_from_the_page_itself(page):
    with page.expect_download() as caught:
        page.locator("#overview .kao-downloads a").first.click()
    saved = caught.value
    assert saved.suggested_filename == "2018-S1-results.csv"
    assert "frontline,1657,8462,0.195816591822" in Path(saved.path()).read_text(
        encoding="utf-8-sig"
    )
