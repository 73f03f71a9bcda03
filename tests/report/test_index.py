"""The index page: every half-year of a folder with its figures, its series and its failures."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from decimal import Decimal

import polars as pl
import pytest
from bs4 import BeautifulSoup
from hostile import NAMES
from watching import NO_VALUE

import kao_metrics as km
from kao_metrics import labels
from kao_metrics.analysis import analyse
from kao_metrics.metrics import KEY_FIGURES
from kao_metrics.metrics.formulas import Results
from kao_metrics.output import write_results
from kao_metrics.period import Period
from kao_metrics.report.index import (
    Entry,
    Failed,
    index_page,
    read_results,
)
from kao_metrics.report.live import hash_of

FAILED = Failed("04.ipynb, cell 3: bad\n    line 2", "Mend the data.", "2019-S1.failed/04.ipynb")
RATE = "complaints_daily_rate"
LONGEST_PAGE = 500_000
LANGUAGES = pytest.mark.parametrize("lang", labels.LANGUAGES)


def figure(name, value):
    """A row of a key figure, as the result table has it."""
    unit = labels.attribute("indicator", name, "unit")
    found = {"indicator": name, "breakdown": KEY_FIGURES[name]}
    return {**found, "value": Decimal(value), "unit": unit}


def entry(code, page=True, failed=None, **values):  # noqa: FBT002 - a report is the usual case
    rows = [figure(name, value) for name, value in values.items()]
    results = pl.DataFrame(rows, schema=Results.create_empty().schema) if rows else None
    return Entry(Period.parse(code), f"{code}.html" if page else "", results, failed)


def series(values, first="2000-S1", name=RATE):
    """Entries with one key figure each; None leaves one without."""
    start, made = Period.parse(first), []
    for place, value in enumerate(values):
        halves = start.year * 2 + start.half - 1 + place
        code = Period(halves // 2, halves % 2 + 1).code
        made.append(entry(code, **({} if value is None else {name: value})))
    return made


def soup(entries, lang="en"):
    return BeautifulSoup(index_page(entries, lang), "html.parser")


def rows(made):
    """The rows of half-years, without the lines that tell of failures."""
    return made.select("tbody tr:not(.kao-more)")


def cells(row):
    return [each.get_text(" ", strip=True) for each in row.select("td")]


def path_of_line(made):
    return made.select_one(".mark-line path")["d"]


# --- reading ----------------------------------------------------------------------------


def test_published_results_are_read_back_as_they_were(tmp_path, analysis):
    write_results(analysis.results, tmp_path)
    found = read_results(tmp_path / "results.json")
    assert found.schema == analysis.results.schema
    assert found.equals(analysis.results)


def test_no_digit_of_a_figure_goes_through_a_float(tmp_path, analysis):
    exact = Decimal("90071992547409931234.000000000001")
    results = analysis.results.head(2).with_columns(value=pl.lit(exact, pl.Decimal(38, 12)))
    write_results(results, tmp_path)
    assert read_results(tmp_path / "results.json")["value"].to_list() == [exact, exact]


def test_an_empty_result_table_is_read_back_empty(tmp_path, analysis):
    write_results(analysis.results.clear(), tmp_path)
    found = read_results(tmp_path / "results.json")
    assert found.is_empty()
    assert found.schema == analysis.results.schema


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(tmp_path, number):
    path = tmp_path / "results.json"
    path.write_text(f'[{{"value": {number}}}]')
    with pytest.raises(ValueError, match=f"found {number}; expected a number"):
        read_results(path)


# --- the page ---------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "code"), [("zh-TW", "zh-Hant-TW"), ("en", "en")])
def test_a_page_names_its_language_and_has_one_main_heading(lang, code):
    made = soup([entry("2018-S1")], lang)
    assert made.html["lang"] == code
    assert len(made.find_all("h1")) == 1
    assert made.h1.text == made.title.text != ""


def test_nothing_but_the_pages_own_style_is_allowed_and_there_is_no_script():
    made = soup(series([1, 2]))
    policy = made.select_one("meta[http-equiv=Content-Security-Policy]")["content"]
    assert policy.startswith(f"default-src 'none'; style-src {hash_of(made.style.string)};")
    assert "script" not in policy
    assert made.find_all("script") == made.select("[style]") == []


def test_no_id_occurs_twice():
    made = soup([entry(f"{year}-S1", **dict.fromkeys(KEY_FIGURES, year)) for year in (2018, 2019)])
    ids = [each["id"] for each in made.select("[id]")]
    assert len(made.select("svg")) == len(KEY_FIGURES)
    assert len(ids) == len(set(ids))


@LANGUAGES
def test_the_same_entries_make_the_same_bytes_in_any_order(lang):
    entries = [*series([1, 3, None, 2]), entry("2018-S1", page=False, failed=FAILED)]
    assert index_page(entries, lang) == index_page(entries[::-1], lang)


@LANGUAGES
def test_the_latest_half_year_comes_first_and_leads_to_its_report(lang):
    heads = soup([entry(code) for code in ("2018-S2", "2019-S1", "2018-S1")], lang).select(
        "tbody th"
    )
    assert [each.a["href"] for each in heads] == ["2019-S1.html", "2018-S2.html", "2018-S1.html"]
    assert heads[0].a.text == labels.period_name(Period(2019, 1), lang)
    assert {each["scope"] for each in heads} == {"row"}


def test_the_table_has_a_caption_and_every_column_a_head():
    made = soup([entry("2018-S1", **{RATE: 1}), entry("2018-S2", page=False, failed=FAILED)])
    assert made.table.caption.text == "Each half-year's report and key figures, the latest first"
    heads = made.select("thead th")
    assert {each["scope"] for each in heads} == {"col"}
    assert [each.text for each in heads] == ["Half-year", "Status", "First complaints a day"]
    assert made.select_one(".kao-more td")["colspan"] == "2"
    assert all(len(row.find_all(["th", "td"])) == len(heads) for row in rows(made))


def test_days_are_said_where_a_report_covers_only_some():
    part = Period(2018, 1).covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))
    made = soup([Entry(part, "a.html"), entry("2018-S2")])
    assert [each.text for each in made.select(".kao-covered")] == [
        "covers 2018-01-16 to 2018-06-30 (166 days)"
    ]


@LANGUAGES
def test_key_figures_stand_in_the_table_as_on_the_cards_of_their_report(lang, data_dir):
    found = analyse("107H1", data_dir, lang)
    cards = BeautifulSoup(km.key_figures(found).markup, "html.parser").select(".kao-card")
    said = [(each.dt.text, each.select_one(".kao-figure-value").text) for each in cards]
    made = soup([Entry(found.period, "a.html", found.results, None)], lang)
    shown = [(each["data-label"], each.text) for each in made.select("td.gt_right")]
    assert len(shown) == len(KEY_FIGURES)
    assert shown == said[: len(shown)], "the last card counts statements, which results do not have"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("downsizing_ratio", "0.000050", "0.01%"),
        ("downsizing_ratio", "-0.195816", "−19.58%"),
        ("second_complaint_ratio", "0.0005", "0.1%"),
        (RATE, "12345.65", "12,345.7"),
    ],
)
def test_halves_are_rounded_up_and_numbers_grouped(name, value, shown):
    assert cells(rows(soup([entry("2018-S1", **{name: value})]))[0])[1] == shown


def test_a_column_is_there_where_any_report_has_it_and_a_gap_is_said_in_words():
    made = soup(
        [entry("2018-S1", **{RATE: 1}), entry("2018-S2", mediation_ratio="0.5"), entry("2019-S1")]
    )
    columns = [each.text for each in made.select("thead th")[2:]]
    assert columns == ["First complaints a day", "Mediations ÷ second complaints"]
    assert [cells(row)[1:] for row in rows(made)] == [
        ["– no data", "– no data"],
        ["– no data", "50.0%"],
        ["1.0", "– no data"],
    ]
    dash = made.select_one(".kao-absent [aria-hidden=true]")
    assert dash.text == "–"


@pytest.mark.parametrize(
    ("entries", "lang", "said"),
    [
        ([], "zh-TW", "目前沒有報告"),
        ([], "en", "There is no report yet"),
        ([entry("2018-S1")], "zh-TW", "共1份報告，民國107年上半年"),
        ([entry("2018-S1")], "en", "Reports: 1, for the first half of 2018"),
        (series([1, 2, 3]), "zh-TW", "共3份報告，民國89年上半年至民國90年上半年"),
        (
            [entry("2018-S1"), entry("2018-S2", failed=FAILED), entry("2019-S1", failed=FAILED)],
            "en",
            "Reports: 3, from first half of 2018 to first half of 2019; attempts that failed: 2",
        ),
        (
            [entry("2018-S1", page=False, failed=FAILED)],
            "zh-TW",
            "目前沒有報告；1期未能製成",
        ),
    ],
)
def test_one_sentence_says_how_many_reports_of_when_and_how_many_failed(entries, lang, said):
    assert soup(entries, lang).select_one("header p").text == said


@LANGUAGES
def test_without_entries_there_is_neither_table_nor_series(lang):
    made = soup([], lang)
    assert made.select("table, svg, h2") == []
    assert made.select_one("main") is not None


# --- failures ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "failed", "status", "is_strong"),
    [
        (True, None, "Published", False),
        (False, FAILED, "Failed", True),
        (True, FAILED, "Update failed; the earlier report is still there", True),
        (False, Failed("", "", ""), "Failed", True),
        (False, None, "No report yet", False),
    ],
)
def test_the_status_is_said_in_words(page, failed, status, is_strong):
    cell = soup([entry("2018-S1", page=page, failed=failed)]).select_one("tbody td")
    assert cell.get_text(strip=True) == status
    assert (cell.strong is not None) is is_strong


def test_a_failure_is_told_in_its_own_row_with_lines_advice_and_the_kept_notebook():
    made = soup([entry("2018-S2"), entry("2019-S1", page=False, failed=FAILED)])
    more = made.select_one(".kao-more")
    head = more.find_previous("th")
    assert head["rowspan"] == "2"
    assert head.get_text(strip=True) == "first half of 2019"
    assert made.select("tbody a[href='2018-S2.html']")
    message, advice = more.select("p")
    assert [*message.stripped_strings] == ["04.ipynb, cell 3: bad", "line 2"]
    assert len(message.select("br")) == 1
    assert advice.get_text(strip=True).startswith("Mend the data.")
    assert advice.a["href"] == "2019-S1.failed/04.ipynb"


@pytest.mark.parametrize("failed", [Failed("", "", ""), Failed(" \n\n ", "", "")])
def test_a_failure_of_which_nothing_is_known_has_no_line_of_its_own(failed):
    made = soup([entry("2018-S1", page=False, failed=failed)])
    assert made.select(".kao-more") == []
    assert not made.select_one("tbody th").has_attr("rowspan")


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_no_message_becomes_markup_or_turns_the_page_round(name):
    told = Failed(f"{name} 12\x00\x07\x1b\ud800\n3", name, f"{name}.ipynb")
    made = index_page([entry("2018-S1", page=False, failed=told)], "zh-TW")
    made.encode()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]", made)
    found = BeautifulSoup(made, "html.parser")
    assert found.select("script, img, b, svg, #pwned") == []
    assert not any(key.startswith("on") for each in found.select("*") for key in each.attrs)
    assert made.count("\u2068") == made.count("\u2069")


@pytest.mark.parametrize(
    ("notebook", "link"),
    [
        ("2018-S1.failed/a b#1?.ipynb", "2018-S1.failed/a%20b%231%3F.ipynb"),
        ("2018-S1.failed/%E6%A6%82.ipynb", "2018-S1.failed/%E6%A6%82.ipynb"),
        ("2018-S1.failed/概況.ipynb", "2018-S1.failed/%E6%A6%82%E6%B3%81.ipynb"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("\ud800.ipynb", "%3F.ipynb"),
    ],
)
def test_a_link_stays_relative_whatever_a_notebook_is_called(notebook, link):
    told = Failed("", "", notebook)
    assert (
        soup([entry("2018-S1", page=False, failed=told)]).select_one(".kao-more a")["href"] == link
    )


@pytest.mark.parametrize("message", ["字" * 5000, "\n".join(map(str, range(1000)))])
def test_a_long_message_is_cut_and_the_page_says_so(message):
    made = soup([entry("2018-S1", page=False, failed=Failed(message, "", ""))])
    shown = made.select_one(".kao-failure")
    assert len(shown.text) <= 1200
    assert len(shown.select("br")) < 20
    assert (
        made.select_one(".kao-failure + p").text == "(The rest of this long message is left out.)"
    )


def test_a_message_that_fits_is_not_called_cut():
    assert "left out" not in index_page([entry("2018-S1", failed=FAILED)], "en")


# --- series -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "zh-TW",
            (
                "第一次申訴每日件數。最早：民國89年上半年5.0；最近：民國90年下半年4.0；"
                "最低：民國89年下半年2.0；最高：民國90年上半年9.0。"
            ),
        ),
        (
            "en",
            (
                "First complaints a day. First: first half of 2000 5.0; "
                "latest: second half of 2001 4.0; lowest: second half of 2000 2.0; "
                "highest: first half of 2001 9.0."
            ),
        ),
    ],
)
def test_a_series_says_where_it_starts_ends_and_was_lowest_and_highest(lang, said):
    svg = soup(series([5, 2, 9, 4]), lang).svg
    assert svg["role"] == "img"
    assert svg["aria-label"] == said


def test_a_series_has_a_caption_its_latest_value_and_its_ends():
    made = soup(series([5, 2, 9, 4])).select_one(".kao-small")
    assert made.figcaption.get_text(" ", strip=True) == "First complaints a day 4.0"
    assert [each.text for each in made.select(".kao-ends span")] == [
        "first half 2000",
        "second half 2001",
    ]
    assert made.select("p")[1].text == "Lowest 2.0, highest 9.0"


def test_one_value_is_no_series_and_two_are():
    assert soup(series([5, None])).select("svg") == []
    assert len(soup(series([5, 6])).select("svg")) == 1


def test_the_oldest_is_left_and_a_missing_half_year_leaves_a_gap():
    made = soup(series([1, 2, None, 4, 5]))
    path = path_of_line(made)
    assert path.count("M") == 2
    across = [float(each) for each in re.findall(r"[ML]([\d.]+),", path)]
    assert across == sorted(across)
    steps = [after - before for before, after in itertools.pairwise(across)]
    assert steps[1] == pytest.approx(2 * steps[0], rel=0.01)


def test_of_a_long_series_only_the_ends_and_lonely_points_are_marked():
    values = [*range(1, 61), None, 61, None, 62, 63]
    made = soup(series(values))
    assert len(made.select(".mark-symbol path")) == 3
    assert len(soup(series(range(1, 31))).select(".mark-symbol path")) == 30


@pytest.mark.parametrize("values", [[5, 5, 5], [-1, 0, 1], [0, 0], ["0.000000000001", "1e15"]])
def test_a_series_stays_in_its_drawing_whatever_its_values(values):
    made = soup(series(values))
    width, height = (float(made.svg[each]) for each in ("width", "height"))
    assert width <= 300
    assert not re.search(r"NaN|Infinity|undefined", str(made.svg))
    for x, y in re.findall(r"[ML]([\d.e-]+),([\d.e-]+)", path_of_line(made)):
        assert 0 <= float(x) <= width
        assert 0 <= float(y) <= height


@LANGUAGES
def test_a_hundred_half_years_fit_a_page_even_if_all_failed_at_length(lang):
    told = Failed("字\n" * 2000 + "字" * 9000, "請改正資料。", "a.failed/04.ipynb")
    longest = Failed("字" * 9000, told.advice, told.notebook)
    values = dict.fromkeys(KEY_FIGURES, "0.123456")
    entries = [
        entry(f"{year}-S{half}", failed=longest if half == 1 else told, **values)
        for year in range(1970, 2020)
        for half in (1, 2)
    ]
    made = index_page(entries, lang)
    assert len(made.encode()) < LONGEST_PAGE
    found = BeautifulSoup(made, "html.parser")
    assert len(rows(found)) == 100
    assert found.select("svg text") == [], "no label, so none lies over another"


@LANGUAGES
def test_a_real_series_of_another_city_has_its_only_key_figure(lang, data_dir):
    folder = data_dir / "examples" / "taipei_1999"
    codes = ["2018-S2", "2019-S1", "2019-S2"]
    found = [analyse(code, folder, lang) for code in codes]
    made = soup(
        [Entry(each.period, f"{each.period}.html", each.results, None) for each in found], lang
    )
    assert [each.text for each in made.select("thead th")][2:] == [
        labels.text(f"card_{RATE}", lang)
    ]
    assert len(made.select("svg")) == 1
    assert not NO_VALUE.search(made.body.get_text(" "))
