"""The page as a browser shows it: offline, on a phone, on a desk, without scripts, in the dark."""

import io
from pathlib import Path

import pytest
from odfdo import Document
from playwright.sync_api import expect

from kao_metrics import theme

PHONE, DESK = 360, 1440
CHARTS = 13

CUT = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('.kao-drawing > svg')) {
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


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def page(request, opened, report: Path):
    """The report, open at a width."""
    with opened(report, request.param) as shown:
        yield shown


def test_the_page_asks_for_nothing_and_keeps_its_policy_while_its_charts_become_live(
    page, make_live
):
    """What it asks for and complains of is checked when it is closed."""
    make_live(page)
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_page_never_scrolls_sideways(page):
    for width in (320, page.viewport_size["width"]):
        page.set_viewport_size({"width": width, "height": 900})
        room = page.evaluate("document.documentElement.clientWidth")
        assert page.evaluate("document.documentElement.scrollWidth") == room


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_tables_fit_a_desk(opened, request, lang):
    path = request.getfixturevalue("report" if lang == "zh-TW" else "english_report")
    with opened(path, DESK) as page:
        scrolled = page.locator(".kao-table > div").evaluate_all(
            "all => all.filter(each => each.scrollWidth > each.clientWidth + 1).length"
        )
    assert scrolled == 0


def test_each_chart_shows_the_one_drawing_that_fits(page):
    figures = page.locator("figure.kao-figure")
    assert figures.count() == CHARTS
    for figure in figures.all():
        shown = [svg for svg in figure.locator(".kao-drawing > svg").all() if svg.is_visible()]
        assert len(shown) == 1
        assert shown[0].bounding_box()["width"] <= page.viewport_size["width"] - 32


def test_no_word_of_a_chart_is_cut_off_or_over_another(page):
    assert page.evaluate(CUT) == []


def test_a_chart_becomes_live_when_it_comes_into_view_and_not_before(page, make_live):
    assert page.locator(".kao-is-live").count() < CHARTS
    make_live(page)
    assert page.locator(".kao-is-live:visible").count() == CHARTS
    assert page.locator("script:not([type])").count() == 2, "Vega comes once, not with each chart"


def test_nothing_moves_when_a_chart_becomes_live(page, make_live):
    before = page.evaluate("document.documentElement.scrollHeight")
    make_live(page)
    assert page.evaluate("document.documentElement.scrollHeight") == before
    assert page.evaluate("kaoSeen.shifts") == []


def test_a_live_chart_covers_its_drawing_bar_by_bar(page, make_live):
    make_live(page)
    boxes = """drawing => ['.kao-live svg', ':scope > svg']
      .map(svg => drawing.querySelector(svg))
      .map(svg => [svg, ...svg.querySelectorAll('.mark-rect path')]
        .map(each => each.getBoundingClientRect())
        .map(box => [box.x, box.y, box.width, box.height]))"""
    for drawing in page.locator(".kao-is-live:visible").all():
        live, drawn = drawing.evaluate(boxes)
        assert len(live) > 2
        for bar, below in zip(live, drawn, strict=True):
            assert bar == pytest.approx(below, abs=0.1)


def test_a_pointed_bar_stands_out_and_says_what_it_is(page, make_live):
    make_live(page)
    figure = page.locator("figure", has=page.get_by_text("臨時人員的組成"))
    drawing = figure.locator(".kao-drawing:visible")
    drawing.locator(".kao-live .hits_marks path").nth(1).hover()
    tip = page.locator("#vg-tooltip-element")
    expect(tip).to_have_text("項目 交通局路邊收費服務員數值 484人出處 5.1(4)1")
    expect(tip).to_be_in_viewport(ratio=1)
    opacity = "path => path.getAttribute('opacity')"
    bars = drawing.locator(".kao-live .layer_1_marks path")
    assert [bars.nth(place).evaluate(opacity) for place in range(3)] == ["0.4", "1", "0.4"]
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_the_keys_go_through_a_chart(page, make_live):
    make_live(page)
    drawing, tip = page.locator(".kao-drawing:visible").first, page.locator("#vg-tooltip-element")
    drawing.focus()
    for key, name in {
        "ArrowDown": "工級人員",
        "ArrowRight": "臨時人員",
        "End": "合計",
        "ArrowUp": "業務助理（公務預算）",
        "Home": "工級人員",
    }.items():
        page.keyboard.press(key)
        expect(tip).to_contain_text(name)
        expect(tip).to_be_in_viewport(ratio=1)
    page.keyboard.press("ArrowUp")  # nothing is above the first bar: the page scrolls on
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_the_keyboard_reaches_everything_that_can_be_used(page, make_live):
    make_live(page)
    able = "document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')"
    count = page.evaluate(f"[...{able}].filter(each => each.checkVisibility()).length")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached = set()
    for _ in range(count):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(f"[...{able}].indexOf(document.activeElement)"))
    assert len(reached - {-1}) == count


def test_the_data_of_a_chart_is_one_click_away(page):
    figure = page.locator("figure.kao-figure").first
    table = figure.locator("table")
    assert not table.is_visible()
    figure.locator("summary").click()
    assert table.is_visible()
    assert "8,462 → 6,805人" in table.inner_text()


def test_contents_lead_to_their_sections_and_follow_the_reader(page):
    link = page.locator("nav a", has_text="消費申訴")
    link.click()
    expect(page.locator("#complaints h2")).to_be_in_viewport()
    expect(link).to_have_attribute("aria-current", "true")
    expect(page.locator("nav a[aria-current]")).to_have_count(1)
    if page.viewport_size["width"] == DESK:
        expect(link).to_be_in_viewport()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_key_figure_leads_to_its_explanation(opened, report, width, scripts):
    with opened(report, width, scripts=scripts) as page:
        cards = page.locator(".kao-card a")
        assert cards.count() == 8
        for card in cards.all():
            target = card.get_attribute("href")
            card.click()
            expect(page.locator(target)).to_be_in_viewport()
        page.locator(".kao-card a").nth(1).click()
        entry = page.locator("#explain-reserve_amount_coverage_ratio + dd")
        for words in ("29.34 ÷ 33.2 ＝ 88.4%", "88.2–88.5%", "5.1(6)2", "高雄市政府秘書處業務報告"):
            expect(entry).to_contain_text(words)
        entry.locator('a[href^="#source-"]').click()
        expect(page.locator("#source-ksec_2018_s1")).to_be_in_viewport()


def test_a_figure_that_the_report_states_otherwise_says_so_where_it_is_explained(page):
    page.locator(".kao-card a", has_text="開放資料集").click()
    entry = page.locator("#explain-open_datasets_change + dd")
    expect(entry).to_contain_text("(25 − 16) ÷ 16 ＝ 56.25%")
    expect(entry).to_contain_text("報告所述為50%")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_page_says_and_draws_the_same_without_scripts(opened, report, width):
    with opened(report, width, scripts=False) as page:
        words = page.locator("main").inner_text()
        assert all(figure in words for figure in ("19.58%", "88.2–88.5%", "56.25%"))
        assert page.locator(".kao-drawing > svg:visible").count() == CHARTS
        assert page.locator(".kao-live").count() == 0


def test_an_older_browser_keeps_the_drawings(opened, report):
    with opened(report) as page:
        page.add_init_script("delete window.DecompressionStream")
        page.asked.clear()
        page.reload()
        page.locator(".kao-drawing:visible").first.scroll_into_view_if_needed()
        assert page.locator(".kao-drawing > svg:visible").count() == CHARTS
        assert page.locator(".kao-live").count() == 0


def test_a_chart_that_cannot_become_live_stays_a_drawing(opened, report):
    with opened(report) as page:
        page.add_init_script("window.Blob = class { constructor() { throw new Error('no'); } }")
        page.asked.clear()
        page.reload()
        page.locator(".kao-drawing:visible").first.scroll_into_view_if_needed()
        expect(page.locator(".kao-drawing > svg:visible")).to_have_count(CHARTS)
        assert page.locator(".kao-live").count() == 0
        assert all(each.startswith("Error: no") for each in page.said)
        page.said.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_take_the_colours_of_the_scheme(opened, report, make_live, scheme):
    with opened(report, color_scheme=scheme) as page:
        make_live(page)
        fill = "path => getComputedStyle(path).fill"
        for svg in (":scope > svg", ".kao-live svg"):
            bar = page.locator(".kao-drawing").first.locator(f"{svg} .mark-rect").nth(1)
            bar = bar.locator("path").first
            is_light = bar.evaluate(fill) == "rgb(11, 95, 138)"
            assert is_light == (scheme == "light")
    assert theme.NOW == "#0b5f8a", "the colour that the style sheet replaces"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_every_file_is_taken_from_the_page_itself(opened, report, scripts):
    with opened(report, scripts=scripts) as page:
        saved = {}
        for link in page.locator(".kao-downloads a").all():
            with page.expect_download() as caught:
                link.click()
            saved[caught.value.suggested_filename] = Path(caught.value.path()).read_bytes()
        page.asked[:] = [url for url in page.asked if not url.startswith("data:")]
    names = ("results", "workforce", "retirement_reserve", "complaints", "services", "stated")
    assert set(saved) == {
        *(f"2018-S1-{name}.csv" for name in (*names, "reference")),
        "2018-S1-results.ods",
    }
    results = saved["2018-S1-results.csv"].decode("utf-8-sig")
    assert "frontline,1657,8462,0.195816591822" in results
    sheet = Document(io.BytesIO(saved["2018-S1-results.ods"])).body.get_table(0)
    assert sheet.height == len(results.splitlines())
