"""The explore notebook in JupyterLab: choosers are moved and charts follow, offline."""

from __future__ import annotations

import os
from importlib.util import find_spec

import nbformat
import pytest
from browser.test_jupyterlab import contrast_of, lab, windows  # noqa: F401 - a server of its own

TAIPEI = "../data/examples/taipei_1999"
CHART = "svg.marks"
MONTHS = f"{CHART} g.mark-line path"
NAMES = ("半年別", "與哪一期比", "類別", "員額基準日", "語言")


@pytest.fixture(scope="module")
def notebook(lab, windows):  # noqa: F811 - the fixtures that are imported
    """The notebook on Taipei's data, and at its end the same for Kaohsiung's, after Run All."""
    if find_spec("anywidget") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no anywidget in this Python")
    path = lab.root / "notebooks/explore.ipynb"
    node = nbformat.read(path, as_version=4)
    (cell,) = [each for each in node.cells if "parameters" in each.metadata.get("tags", [])]
    cell.source = f'period, data_dir, lang = "105H1", "{TAIPEI}", "zh-TW"'
    node.cells.append(nbformat.v4.new_code_cell('km.explore("../data")'))
    nbformat.write(node, path)
    window = windows()
    window.said = []
    window.page.on("pageerror", lambda error: window.said.append(str(error)))
    window.open("notebooks/explore.ipynb")
    window.run_all()
    return window


@pytest.fixture
def taipei(notebook):
    """What the first explorer shows."""
    shown = notebook.page.locator(".kao-explorer").first
    shown.locator(MONTHS).first.wait_for()
    return shown


@pytest.fixture
def kaohsiung(notebook):
    return notebook.page.locator(".kao-explorer").last


def chooser(explorer, name):
    return explorer.get_by_label(name, exact=True)


def wait_for(explorer, words):
    """Wait until the chart says something."""
    explorer.locator(f"{CHART} text", has_text=words).first.wait_for()


def course(explorer):
    """The line of the months."""
    return explorer.locator(MONTHS).first.get_attribute("d")


def test_run_all_shows_choosers_and_a_live_chart(notebook, taipei):
    assert notebook.errors() == []
    for name in NAMES:
        assert chooser(taipei, name).count() == 1
    assert chooser(taipei, "半年別").input_value() == "民國105年上半年"
    assert taipei.locator(CHART).count() == 1
    wait_for(taipei, "：各月每日件數")


def test_a_click_on_a_bar_shows_the_months_of_its_category(notebook, taipei):
    before = course(taipei)
    words = taipei.locator(f"{CHART} text", has_text="路燈").first
    words.scroll_into_view_if_needed()
    box = words.bounding_box()
    notebook.page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    wait_for(taipei, "路燈：各月每日件數")
    assert course(taipei) != before
    # What this Python says follows, too.
    taipei.get_by_text("路燈：每日").wait_for()
    assert chooser(taipei, "類別").input_value() == "路燈"


def test_a_category_can_be_chosen_with_the_keyboard(notebook, taipei):
    """The chart answers to a pointer only; the keys of a chooser are no command of JupyterLab."""
    cells = notebook.page.locator(".jp-Cell").count()
    box = chooser(taipei, "類別")
    names = box.locator("option").all_inner_texts()
    box.focus()
    for key in ("Home", "d", "d", "ArrowDown"):
        box.press(key)
    wait_for(taipei, f"{names[1]}：各月每日件數")
    assert box.input_value() == names[1]
    assert notebook.page.locator(".jp-Cell").count() == cells


def test_another_half_year_changes_chart_and_table(taipei):
    chooser(taipei, "半年別").select_option("民國111年上半年")
    wait_for(taipei, "民國110年下半年")
    wait_for(taipei, "民國111年上半年")
    assert chooser(taipei, "與哪一期比").input_value() == "民國110年下半年"
    taipei.get_by_text(
        "民國110年下半年（涵蓋184日）到民國111年上半年（涵蓋181日），各項數字的變動"
    ).wait_for()
    chooser(taipei, "與哪一期比").select_option("民國105年上半年")
    wait_for(taipei, "民國105年上半年")
    taipei.get_by_text(
        "民國105年上半年（涵蓋182日）到民國111年上半年（涵蓋181日），各項數字的變動"
    ).wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_lines_can_be_seen_in_both_themes(notebook, taipei, scheme):
    notebook.page.emulate_media(color_scheme=scheme)
    is_light = str(scheme == "light").lower()
    notebook.page.locator(f"body[data-jp-theme-light={is_light}]").wait_for(state="attached")
    assert contrast_of(notebook, taipei.locator(f"{CHART} text").first) > 4.5
    assert contrast_of(notebook, taipei.locator(MONTHS).first) > 3


def test_in_english_the_choosers_and_charts_are_english(taipei):
    chooser(taipei, "語言").select_option("English")
    wait_for(taipei, ": cases a day by month")
    assert chooser(taipei, "Category").count() == 1
    taipei.get_by_text("What changed from the first half of 2016").wait_for()


def test_a_single_half_year_shows_staff_and_says_what_is_missing(kaohsiung):
    kaohsiung.get_by_text("之前沒有別的半年可以比較").wait_for()
    assert chooser(kaohsiung, "員額基準日").input_value() == "99年12月25日"
    assert chooser(kaohsiung, "類別").is_disabled()
    assert "8,462 → 6,805人" in kaohsiung.locator("figure svg:visible").inner_html()


def test_no_other_machine_was_asked_and_nothing_failed(notebook):
    assert notebook.elsewhere == []
    assert notebook.errors() == []
    assert notebook.said == []
