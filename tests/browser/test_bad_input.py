"""Bad input: the page stays whole and readable, and nothing that data says runs as a script.

Two pages are opened on a phone and on a desk: a report of data that keeps its contracts and is
as hard to show as it can be, and a page of small charts. A third is a report of one figure.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from hostile import (
    ALL_CASES,
    CASES,
    CLOSING,
    CURVES,
    FAMILY,
    FLAG,
    HEBREW,
    MARKUP,
    NAMES,
    OVERRIDE,
    PHONE,
    UNCLOSED,
    WIDTHS,
    account,
    dots,
    executed,
    read,
    shows,
    spoil_complaints,
    spoil_remarks,
    spoil_services,
    spoil_sources,
    spoil_stated,
    spoil_workforce,
    write,
    written,
)
from watching import (
    IS_LIVE,
    MISPLACED,
    NO_VALUE,
    OUT_OF_REACH,
    OVERTAKEN,
    TURNED,
    as_wide_as_its_window,
    opened,
    unharmed,
)

from kao_metrics import labels, tables
from kao_metrics.analysis import analyse
from kao_metrics.curves import Line, lines
from kao_metrics.display import show
from kao_metrics.failures import DataError
from kao_metrics.forms import bars
from kao_metrics.report import make_report
from kao_metrics.report.notebooks import Notebook, find_notebooks


@pytest.fixture(scope="module")
def hostile_data(tmp_path_factory, data_dir):
    """Data that keeps its contracts, with two periods: one hostile, one with one figure."""
    data = Path(shutil.copytree(data_dir, tmp_path_factory.mktemp("hostile") / "data"))
    spoil_sources(data)
    spoil_remarks(data, *NAMES)
    spoil_stated(data)
    spoil_complaints(data)
    spoil_workforce(data)
    spoil_services(data)
    write(data / "retirement_accounts" / "2018-S1.csv", [account(place) for place in range(60)])
    reserve = read(data / "retirement_reserve" / "2018-S1.csv")[1]
    only = dict(reserve, amount=0, qualifier="exact")
    write(data / "retirement_reserve" / "2016-S1.csv", [only])
    periods = read(data / "periods.csv")
    periods[0]["tables"] += " retirement_accounts"
    bare = {"period": "2016-S1", "covers_from": "2016-01-01", "covers_to": "2016-06-30"}
    write(data / "periods.csv", [*periods, dict.fromkeys(periods[0], "") | bare])
    return data


@pytest.fixture(scope="module")
def hostile_report(tmp_path_factory, hostile_data, notebooks_dir):
    return make_report(
        "107H1",
        data_dir=hostile_data,
        notebooks_dir=notebooks_dir,
        output_dir=tmp_path_factory.mktemp("reports"),
    ).as_uri()


@pytest.fixture(scope="module", params=WIDTHS)
def hostile(request, browser, hostile_report):
    """The report of hostile data, open at a width."""
    yield from opened(browser, hostile_report, request.param)


@pytest.fixture(scope="module")
def bare_report(tmp_path_factory, hostile_data, notebooks_dir):
    """The report of the one figure; its notebooks run here, which saves starting kernels."""
    notebooks = [
        Notebook(each.path, executed(each.node, period="2016-S1", data_dir=hostile_data, lang="en"))
        for each in find_notebooks(notebooks_dir)
    ]
    return written(tmp_path_factory, analyse("2016-S1", hostile_data, "en"), notebooks)


@pytest.fixture(scope="module", params=WIDTHS)
def bare(request, browser, bare_report):
    """The report of one figure, which is zero, open at a width."""
    yield from opened(browser, bare_report, request.param)


@pytest.fixture(scope="module")
def charts():
    """By case, a chart."""
    drawn = {name: bars(rows, "downsizing", "zh-TW") for name, rows in CASES.items()}
    return {name: show(chart) for name, chart in (drawn | CURVES).items()}


@pytest.fixture(scope="module")
def chart_page(tmp_path_factory, analysis, charts):
    """A page of all the charts, in the order of the cases."""
    node = nbformat.v4.new_notebook(cells=[shows(each) for each in charts.values()])
    return written(tmp_path_factory, analysis, [Notebook(Path("09_charts.ipynb"), node)])


@pytest.fixture(scope="module", params=WIDTHS)
def drawn(request, browser, chart_page):
    """The page of charts, open at a width."""
    yield from opened(browser, chart_page, request.param)


@pytest.fixture(scope="module")
def misplaced(drawn):
    """By case, what is wrong with the places of its bars and words."""
    found = drawn.page.evaluate(MISPLACED)
    return dict(zip(ALL_CASES, found, strict=True))


def test_no_script_in_data_runs(hostile):
    unharmed(hostile)


def test_only_addresses_of_the_web_become_links(hostile):
    addresses = hostile.page.evaluate(
        "[...document.querySelectorAll('a')].map(each => each.getAttribute('href'))"
    )
    starts = {address.partition(":")[0] for address in addresses if not address.startswith("#")}
    assert starts == {"https", "data"}


def test_hostile_words_do_not_break_the_page_apart(hostile):
    sections = hostile.page.locator("main > section > h2").all_inner_texts()
    assert len(sections) == 6
    assert hostile.page.locator("body > footer").count() == 1
    assert hostile.page.evaluate("document.title") == hostile.page.locator("h1").inner_text()
    in_place = "main .kao-figure, main .kao-table, main .kao-definitions"
    assert hostile.page.evaluate(
        f"[...document.querySelectorAll('{in_place}')].every(e => e.closest('section'))"
    )


def test_every_account_is_called_what_the_data_calls_it(hostile):
    heads = hostile.page.evaluate(
        """[...document.querySelectorAll('#retirement_reserve th[scope=row]')]
          .map(each => each.textContent)"""
    )
    names = [account(place)["account"] for place in range(60)]
    assert [name[:40] for name in names if name not in heads] == []


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_hostile_name_is_shown_as_it_is(hostile, name):
    shown = hostile.page.evaluate(
        """[...document.querySelectorAll('#sources th[scope=row], #sources .kao-unit')]
          .map(each => each.textContent)"""
    )
    assert shown.count(name) >= 2


def test_a_report_of_hostile_data_never_scrolls_sideways(hostile):
    assert as_wide_as_its_window(hostile)


def test_every_word_of_hostile_data_can_be_brought_into_view(hostile):
    assert hostile.page.evaluate(OUT_OF_REACH) == []


def test_a_long_name_pushes_no_value_out_of_view(hostile):
    """Figures of a table show beside its names, without scrolling the table."""
    pushed = hostile.page.evaluate(
        """() => [...document.querySelectorAll('.kao-table > div')]
          .filter(each => each.checkVisibility())
          .filter(each => [...each.querySelectorAll('.kao-value, .kao-stated')].some(cell =>
            cell.getBoundingClientRect().right > each.getBoundingClientRect().right + 1))
          .map(each => each.parentElement.innerText.slice(0, 20))"""
    )
    assert pushed == []


def test_every_chart_of_hostile_data_becomes_live(hostile):
    assert hostile.page.evaluate(IS_LIVE)
    assert hostile.page.locator(".kao-is-live").count() >= 7


def test_charts_of_hostile_data_keep_their_marks_and_words_inside(hostile):
    assert [found for found in hostile.page.evaluate(MISPLACED) if found] == []


def test_no_figure_is_turned_round_by_a_name(hostile):
    assert hostile.page.evaluate(TURNED) == []


def test_a_figure_stands_behind_the_name_that_it_follows(hostile):
    assert hostile.page.evaluate(OVERTAKEN, [CLOSING, OVERRIDE, UNCLOSED, HEBREW]) == []


def test_a_category_that_grew_is_said_to_have_grown(hostile):
    said = hostile.page.locator("#workforce").inner_text()
    assert "工級人員由1,000人增為6,805人，增加5,805人，增幅580.50%" in said


def test_huge_and_zero_values_are_written_out(hostile):
    said = hostile.page.locator("#services").inner_text()
    assert "1,000,000,000,000" in said
    assert NO_VALUE.findall(hostile.page.locator("main").inner_text()) == []


def test_a_report_of_one_figure_is_whole(bare):
    unharmed(bare)
    assert as_wide_as_its_window(bare)
    assert bare.page.evaluate(OUT_OF_REACH) == []
    assert bare.page.locator("main > section > h2").count() == 6
    figures = bare.page.locator("#retirement_reserve .kao-value").all_inner_texts()
    # what is computed, where a pace of nothing is all that there is, and then what is printed
    *computed, printed = (each.strip() for each in figures)
    assert [each for each in computed if each != "—"] == ["0.00 hundred million TWD a year"]
    assert printed == "0"
    assert NO_VALUE.findall(bare.page.locator("main").inner_text()) == []


def test_a_section_with_a_figure_does_not_say_that_it_has_none(bare):
    said = bare.page.locator("#retirement_reserve").inner_text()
    assert labels.text("no_data", "en") not in said


def test_a_section_without_figures_says_so_and_has_no_empty_table_or_chart(bare):
    for name in ("workforce", "complaints", "services"):
        section = bare.page.locator(f"#{name}")
        assert labels.text("no_data", "en") in section.inner_text()
        assert section.locator("table, svg, details, dl, .kao-notes").count() == 0


def test_a_note_under_a_table_names_its_document_as_it_is(analysis):
    """Even where the title holds what looks like an attribute of a tag."""
    title = dict.fromkeys(labels.LANGUAGES, 'a id="x" rowspan="1" b')
    sources = {name: replace(each, title=title) for name, each in analysis.sources.items()}
    markup = show(tables.staff(replace(analysis, sources=sources)), "zh-TW").markup
    assert title["en"] in html.unescape(markup)


def test_without_bars_or_months_nothing_is_shown():
    assert show(bars([], "downsizing", "en")).markup == ""
    assert show(lines([Line("", dots([5]))], "complaint_series", "en", unit="item")).markup == ""


def test_no_script_in_a_chart_runs(drawn):
    unharmed(drawn)
    assert as_wide_as_its_window(drawn)


def test_every_chart_becomes_live_whatever_it_shows(drawn):
    visible = [each for each in drawn.page.locator(".kao-drawing").all() if each.is_visible()]
    assert len(visible) == len(ALL_CASES)
    assert drawn.page.evaluate(IS_LIVE)
    assert all(each.locator("svg").count() == 2 for each in visible)


@pytest.mark.parametrize("case", ALL_CASES)
def test_bars_and_words_stay_inside_their_drawing_and_apart(misplaced, case):
    assert misplaced[case] == []


@pytest.mark.parametrize("case", CASES)
def test_a_drawing_says_each_name_as_it_is(drawn, charts, case):
    """Both the drawing and what becomes live over it; spaces in a row count as one."""
    room = "narrow" if drawn.width == PHONE else "wide"
    (rows,) = charts[case].spec["datasets"].values()
    given = {" ".join(line.split()) for row in rows for line in row[f"words_{room}"]}
    figure = drawn.page.locator(".kao-figure").nth(ALL_CASES.index(case))
    shown = figure.locator(f".kao-{room} text").evaluate_all(
        """all => all.flatMap(text => text.children.length
          ? [...text.children].map(line => line.textContent) : [text.textContent])"""
    )
    assert {" ".join(line.split()) for line in shown} - {""} == given - {""}


def test_no_figure_of_a_chart_is_turned_round_by_a_name(drawn):
    assert drawn.page.evaluate(TURNED) == []


def test_a_figure_of_a_chart_stands_behind_the_name_that_it_follows(drawn):
    assert drawn.page.evaluate(OVERTAKEN, [CLOSING, OVERRIDE, UNCLOSED, HEBREW]) == []


def test_markup_shows_as_text_where_a_bar_is_pointed_at(drawn):
    figure = drawn.page.locator(".kao-figure").nth(ALL_CASES.index("markup"))
    figure.locator(".kao-live .hits_marks path").locator("visible=true").first.hover()
    tip = drawn.page.locator(".kao-tip")
    assert tip.inner_text().count(MARKUP) == 3
    assert tip.locator("img, svg, script, a, b").count() == 0
    box = tip.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= drawn.width
    unharmed(drawn)


def test_arrow_keys_go_from_month_to_month_and_say_each(drawn):
    figure = drawn.page.locator(".kao-figure").nth(ALL_CASES.index("months from zero to huge"))
    figure.locator(".kao-drawing:visible").focus()
    tip = drawn.page.locator(".kao-tip")
    for key, said in (("End", "2013-05"), ("ArrowLeft", "2013-04"), ("Home", "2013-01")):
        drawn.page.keyboard.press(key)
        assert said in tip.inner_text()
    drawn.page.keyboard.press("Escape")


@pytest.mark.parametrize("case", ALL_CASES)
def test_an_alternative_text_is_short_and_whole(drawn, charts, case):
    figure = drawn.page.locator(".kao-figure").nth(ALL_CASES.index(case))
    said = [each.get_attribute("aria-label") for each in figure.locator("svg[role=img]").all()]
    assert said == [charts[case].words] * 2
    assert 20 < len(charts[case].words) < 1000
    assert not any(mark in charts[case].words for mark in ("<span", "<div", "kao-", "&lt;script"))


def test_no_emoji_is_cut_in_two(charts):
    """Lines break between signs that a reader sees as one."""
    (rows,) = charts["emoji"].spec["datasets"].values()
    for row, sign in zip(rows, (FAMILY, FLAG, "☺️"), strict=True):
        for room in ("wide", "narrow"):
            lines = row[f"words_{room}"][:-1]
            assert [each for each in lines if each.replace(sign, "").strip("…")] == []


def test_no_accent_is_parted_from_its_letter(charts):
    (rows,) = charts["stacked accents"].spec["datasets"].values()
    lines = [*rows[0]["words_wide"], *rows[0]["words_narrow"]]
    assert [each for each in lines if each.startswith("\u0301")] == []


def test_a_control_character_in_a_name_does_not_end_the_process():
    script = (
        "from decimal import Decimal\n"
        "from kao_metrics.display import show\n"
        "from kao_metrics.forms import Bar, bars\n"
        r"rows = [Bar('a\x00b\x1b\ufffe', 'c\x07', Decimal(5))]" + "\n"
        "print(show(bars(rows, 'downsizing', 'en')).markup.count('<svg'))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, b"2")


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1b", "\ufffe"], ids=ascii)
def test_a_control_character_in_a_table_breaks_its_contract(tmp_path, data_dir, sign):
    """No spreadsheet and no drawing can hold it, so it is found before a report is made."""
    data = Path(shutil.copytree(data_dir, tmp_path / "data"))
    row = account(2) | {"account": f"a{sign}b"}
    write(data / "retirement_accounts" / "2018-S1.csv", [row])
    with pytest.raises(DataError, match=r"2018-S1\.csv, row 2, column account"):
        analyse("107H1", data)
