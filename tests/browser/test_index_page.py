"""The index page in Chromium: it asks for nothing, fits every screen, and can be read by all."""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from hostile import NAMES
from watching import OUT_OF_REACH, TURNED, UNSAFE

from kao_metrics import labels
from kao_metrics.analysis import analyse
from kao_metrics.period import Period
from kao_metrics.report.index import Entry, Failed, index_page

MESSAGE = "notebooks/04_complaints.ipynb, cell 3, line 2: DataError: row 14: found -3\n    show(3)"


def real(data_dir, lang):
    """Half-years of two cities, so that all key figures are there, with failures among them."""
    taipei = data_dir / "examples" / "taipei_1999"
    found = [analyse("107H1", data_dir, lang)]
    found += [analyse(code, taipei, lang) for code in ("2018-S2", "2019-S2", "2026-S1")]
    told = Failed(MESSAGE, "Mend the data.", "2019-S2.failed/04_complaints.ipynb")
    made = [Entry(each.period, f"{each.period}.html", each.results, None) for each in found]
    failed = Entry(Period(2019, 1), "", None, told)
    return [*made[:2], failed, Entry(made[2].period, made[2].page, made[2].results, told), made[3]]


def hostile(data_dir, lang):
    """Failures with every hostile name in them, and half-years in plenty."""
    results = analyse("107H1", data_dir, lang).results
    failures = [
        Entry(Period(2000 + at, 1), "", None, Failed(f"{name}: 12\n{name}", name, f"{name}.ipynb"))
        for at, name in enumerate(NAMES)
    ]
    years = range(1930, 1980)
    return failures + [
        Entry(Period(year, half), "a.html", results, None) for year in years for half in (1, 2)
    ]


KINDS = {"real": real, "hostile": hostile, "empty": lambda *_: []}


@pytest.fixture(scope="session")
def pages(tmp_path_factory, data_dir):
    """The pages of every kind, in each language."""
    folder = tmp_path_factory.mktemp("indexes")
    made = {}
    for (kind, entries), lang in itertools.product(KINDS.items(), labels.LANGUAGES):
        made[kind, lang] = folder / f"{kind}.{lang}.html"
        made[kind, lang].write_text(index_page(entries(data_dir, lang), lang), encoding="utf-8")
    return made


LANGUAGES = pytest.mark.parametrize("lang", labels.LANGUAGES)
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


@LANGUAGES
@EVERY_KIND
@pytest.mark.parametrize("screen", [(360, "light"), (1440, "dark")], ids=str)
def test_axe_finds_no_violation(opened, pages, kind, lang, screen):
    width, scheme = screen
    with opened(pages[kind, lang], width, color_scheme=scheme) as page:
        found = Axe().run(page)
    assert found.response["passes"]
    assert found.response["violations"] == []


@LANGUAGES
@EVERY_KIND
@pytest.mark.parametrize("width", [320, 800, 1440])
def test_the_page_is_as_wide_as_its_window_and_all_of_it_can_be_reached(
    opened, pages, kind, lang, width
):
    for_listeners = labels.text("index_no_figure", lang)
    with opened(pages[kind, lang], width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert {*page.evaluate(OUT_OF_REACH)} <= {for_listeners}


@LANGUAGES
@pytest.mark.parametrize("width", [360, 1440])
def test_hostile_messages_run_nothing_and_turn_no_figure_round(opened, pages, lang, width):
    with opened(pages["hostile", lang], width) as page:
        assert page.evaluate("typeof window.pwned") == "undefined"
        assert page.evaluate(UNSAFE) == []
        assert page.evaluate(TURNED) == []


def test_headings_descend_one_step_at_a_time_and_landmarks_are_there_once(opened, pages):
    with opened(pages["real", "en"]) as page:
        levels = [int(each.evaluate("h => h.tagName[1]")) for each in page.locator("h1,h2").all()]
        assert levels == [1, 2, 2]
        for landmark in ("banner", "main", "contentinfo"):
            assert page.get_by_role(landmark).count() == 1


def test_the_keyboard_reaches_the_content_then_the_table_then_the_latest_report(opened, pages):
    with opened(pages["real", "en"]) as page:
        reached = []
        for _ in range(3):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.getAttribute('href')"))
    assert reached == ["#content", None, "2026-S1.html"]


@LANGUAGES
def test_a_desk_shows_every_column_without_scrolling_and_charts_beside_each_other(
    opened, pages, lang
):
    with opened(pages["hostile", lang], 1440) as page:
        box = page.locator(".kao-reports > div")
        assert box.evaluate("each => each.scrollWidth <= each.clientWidth")
        charts = [each.bounding_box() for each in page.locator(".kao-small").all()]
    assert len({each["y"] for each in charts[:4]}) == 1
    assert len({each["height"] for each in charts[:4]}) == 1


@LANGUAGES
@pytest.mark.parametrize("width", [320, 800, 1440])
def test_a_failure_is_in_view_without_scrolling_sideways(opened, pages, lang, width):
    with opened(pages["real", lang], width) as page:
        for each in page.locator(".kao-reports strong, .kao-more p").all():
            box = each.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width


def test_the_lines_of_a_message_are_kept(opened, pages):
    with opened(pages["real", "en"]) as page:
        said = page.locator(".kao-failure").first.inner_text()
    assert said == MESSAGE


@LANGUAGES
def test_a_phone_shows_the_rows_as_lines_without_empty_figures(opened, pages, lang):
    with opened(pages["real", lang], 360) as page:
        assert page.locator(".kao-absent:visible").count() == 0
        row = page.locator("tbody tr").first
        assert row.evaluate("each => getComputedStyle(each).display") == "flex"


@LANGUAGES
def test_paper_shows_the_whole_table(opened, pages, lang):
    with opened(pages["hostile", lang], 688) as page:  # A4 without its margins
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") == 688
        assert page.locator(".kao-reports > div").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_without_scripts_the_page_is_the_same(opened, pages):
    with opened(pages["real", "en"], scripts=False) as page:
        assert page.locator("svg").count() == 1
        assert page.locator("tbody tr").count() == 7
