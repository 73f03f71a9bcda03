"""Exporting: any result with one call, whole, exact and described; anything else says why not."""

import csv
import datetime as dt
import io
import re
import struct
from decimal import Decimal
from xml.etree import ElementTree as ET

import altair as alt
import fastexcel
import polars as pl
import pytest
from bs4 import BeautifulSoup

import kao_metrics as km
from kao_metrics import exporting, slides
from kao_metrics.labels import LabelError

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chart(analysis):
    return km.charts.complaint_funnel(analysis)


@pytest.fixture(scope="module")
def bare():
    return alt.Chart(pl.DataFrame({"x": [1, 2]}), title="<b>").mark_bar().encode(x="x:Q")


def read_csv(path):
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_figures_come_back_from_csv_as_they_were(analysis, tmp_path):
    path = km.to_csv(analysis, tmp_path / "results.csv")
    assert path == tmp_path / "results.csv"
    rows = read_csv(path)
    assert [Decimal(row["value"] or 0) for row in rows] == [
        value or 0 for value in analysis.results["value"]
    ]
    assert list(rows[0]) == analysis.results.columns


def test_figures_come_back_from_ods_as_numbers(tmp_path):
    frame = pl.DataFrame(
        {"類別": ["食品", "=1+2"], "件數": [2, 3], "日": [dt.date(2018, 1, 2), None]},
    ).with_columns(率=pl.Series([Decimal("0.125"), None]))
    path = km.to_ods(frame, tmp_path / "a.ods")
    sheet = fastexcel.read_excel(path).load_sheet(0).to_polars()
    assert sheet["類別"].to_list() == ["食品", "=1+2"]
    assert sheet["件數"].to_list() == [2, 3]
    assert sheet["率"].to_list() == [0.125, None]


@pytest.mark.parametrize(
    ("thing", "first"),
    [
        (lambda analysis: analysis.results.lazy(), "time_period"),
        (lambda analysis: analysis.findings, "id"),
        (lambda analysis: km.changed_since(analysis, analysis), "indicator"),
        (km.tables.services, "group"),
        (lambda analysis: km.show(km.charts.complaint_funnel(analysis)), "name"),
    ],
)
def test_whatever_has_rows_can_be_written_as_csv(analysis, thing, first, tmp_path):
    rows = read_csv(km.to_csv(thing(analysis), tmp_path / "a.csv"))
    assert rows
    assert next(iter(rows[0])) == first


def test_a_chart_is_written_as_what_its_bars_say(chart, tmp_path):
    rows = read_csv(km.to_csv(chart, tmp_path / "a.csv"))
    assert rows[0] == {"name": "第一次申訴", "detail": "2,052件"}


def test_no_text_becomes_a_formula(tmp_path):
    frame = pl.DataFrame({"name": ["=HYPERLINK()", "plain"]})
    assert read_csv(km.to_csv(frame, tmp_path / "a.csv"))[0]["name"] == "'=HYPERLINK()"


def test_lists_in_cells_are_said_to_be_too_much(tmp_path):
    frame = pl.DataFrame({"one": [1], "many": [[1, 2]]})
    with pytest.raises(km.ExportError, match="column many: found lists"):
        km.to_csv(frame, tmp_path / "a.csv")


@pytest.mark.parametrize("width", [1920, 960])
def test_a_png_is_as_large_as_a_slide(chart, tmp_path, width):
    data = km.to_png(chart, tmp_path / "a.png", width).read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (width, width * 9 // 16)


def test_chinese_words_are_in_the_picture(chart, tmp_path):
    """The picture is another one with other words of the same width."""
    if not slides.has_chinese_font():
        pytest.skip("no Chinese font on this machine")
    one = km.to_png(chart, tmp_path / "a.png").read_bytes()
    other = km.to_png(chart.properties(title="消費申訴的四個階段"), tmp_path / "b.png").read_bytes()
    assert one != other


def test_a_machine_without_a_chinese_font_says_so_and_writes_nothing(chart, tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "has_chinese_font", lambda: False)
    with pytest.raises(km.ExportError, match=r"no font with Chinese characters.*to_svg"):
        km.to_png(chart, tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_english_needs_no_chinese_font(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "has_chinese_font", lambda: False)
    assert km.to_png(bare, tmp_path / "a.png").exists()


def test_an_svg_is_a_slide_with_title_help_and_alternative_text(chart, tmp_path):
    root = ET.parse(km.to_svg(chart, tmp_path / "a.svg")).getroot()  # noqa: S314 - our own
    assert (root.get("width"), root.get("height")) == ("1920", "1080")
    assert root.get("aria-label") == root.find(f"{SVG}desc").text
    assert "第二次申訴　542件" in root.get("aria-label")
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert words[0] == root.find(f"{SVG}title").text == "消費申訴的三個階段"
    assert words[-1].startswith("由上而下是一件申訴可能走的三個階段")
    (drawn,) = root.findall(f"{SVG}svg")
    sides = [float(drawn.get(each)) for each in ("x", "y", "width", "height")]
    assert sides[0] >= 0
    assert sides[0] + sides[2] <= 1920
    assert sides[1] + sides[3] <= 1080


def test_any_altair_chart_becomes_a_slide(bare, tmp_path):
    text = km.to_svg(bare, tmp_path / "a.svg").read_text("utf-8")
    assert "&lt;b&gt;" in text
    assert "<b>" not in text


@pytest.mark.parametrize("width", [0, 319, 7681, "1920", True, 12.5])
def test_a_width_that_is_no_slide_is_an_error(chart, tmp_path, width):
    with pytest.raises(km.ExportError, match="expected 320 to 7680 pixels"):
        km.to_svg(chart, tmp_path / "a.svg", width)


def test_a_chart_as_html_has_its_description_and_its_data_and_nothing_to_run(chart, tmp_path):
    text = km.to_html(chart, tmp_path / "a.html").read_text("utf-8")
    page = BeautifulSoup(text, "html.parser")
    assert page.div["lang"] == "zh-Hant-TW"
    (drawing,) = page.find_all("svg", role="img")
    assert drawing["aria-label"].startswith("消費申訴的三個階段。長條圖，共3條。")
    assert page.find("figcaption").text == "消費申訴的三個階段"
    assert len(page.select("details tbody tr")) == 3
    assert not page.find_all(["script", "style", "link", "img"])


def test_a_piece_of_html_has_no_link_that_leads_nowhere(analysis, tmp_path):
    for shown in (
        km.charts.complaint_funnel(analysis),
        km.computed(analysis, "downsizing_ratio"),
        km.tables.services(analysis),
        km.key_figures(analysis),
    ):
        page = km.to_html(shown, tmp_path / "a.html").read_text("utf-8")
        ids = set(re.findall(r' id="([^"]+)"', page))
        assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


def test_sentences_and_figures_become_html_and_are_escaped(tmp_path):
    assert km.to_html(["2 < 3"], tmp_path / "a.html").read_text("utf-8") == (
        '<div lang="zh-Hant-TW"><p class="kao-words">2 &lt; 3</p></div>\n'
    )
    frame = pl.DataFrame({"<i>": [Decimal("1.50"), None]})
    assert '<tr><th scope="col">&lt;i&gt;</th></tr>' in km.to_html(
        frame, tmp_path / "b.html", lang="en"
    ).read_text("utf-8")


def test_a_language_without_words_is_an_error(chart, tmp_path):
    with pytest.raises(LabelError):
        km.to_html(chart, tmp_path / "a.html", lang="fr")


@pytest.mark.parametrize(
    ("export", "name"),
    [(km.to_csv, "a.csv"), (km.to_ods, "a.ods"), (km.to_html, "a.html"), (km.to_svg, "a.svg")],
)
@pytest.mark.parametrize(
    ("thing", "said"),
    [(None, "there is nothing to write"), (3, "found int, which cannot be written")],
)
def test_what_cannot_be_exported_says_why(export, name, thing, said, tmp_path):
    with pytest.raises(km.ExportError, match=said):
        export(thing, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_another_kind_is_an_error(chart, tmp_path):
    with pytest.raises(km.ExportError, match=r"ends in '\.svg'; expected '\.png'"):
        km.to_png(chart, tmp_path / "a.svg")


def test_a_folder_that_is_not_there_is_an_error(analysis, tmp_path):
    with pytest.raises(km.ExportError, match="no such folder; make it first"):
        km.to_csv(analysis, tmp_path / "none" / "a.csv")


def test_a_folder_in_the_place_of_the_file_is_an_error(analysis, tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(km.ExportError, match=r"a\.csv: cannot be written \(Is a directory\)"):
        km.to_csv(analysis, tmp_path / "a.csv")
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_what_fails_leaves_the_older_file(analysis, tmp_path, monkeypatch):
    path = km.to_csv(analysis, tmp_path / "a.csv")
    before = path.read_bytes()
    with pytest.raises(km.ExportError):
        km.to_csv(3, path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "write_whole", full)
    with pytest.raises(km.ExportError, match="No space left on device"):
        km.to_csv(analysis, path)
    assert path.read_bytes() == before
