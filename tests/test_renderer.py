"""The renderer of charts: any Altair chart is drawn, described and offline, wherever it is shown.

JupyterLab itself is tested in tests/browser/test_jupyterlab.py.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import altair as alt
import nbformat
import papermill
import polars as pl
import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from kao_metrics import charts, display

FRAME = pl.DataFrame({"類別": ["正式", "臨時", "其他"], "人數": [30, 20, 10]})
"""The same as in CELL."""

SVG = "{http://www.w3.org/2000/svg}"

CELL = """\
import altair as alt
import polars as pl

import kao_metrics.display

frame = pl.DataFrame({"類別": ["正式", "臨時", "其他"], "人數": [30, 20, 10]})
alt.Chart(frame).mark_bar().encode(x="人數:Q", y="類別:N")"""


def bars(**more):
    return alt.Chart(FRAME).mark_bar().encode(x="人數:Q", y="類別:N", **more)


def words_on_bars():
    return bars() + bars(text="人數:Q").mark_text(align="left", dx=4)


def repeated():
    across = alt.X(alt.repeat("column"), type="quantitative")
    return alt.Chart(FRAME).mark_bar().encode(x=across).repeat(column=["人數"])


def sequence():
    return alt.Chart(alt.sequence(0, 10, 1, as_="x")).mark_line().encode(x="x:Q", y="x:Q")


def dated():
    days = pl.DataFrame({"日期": [dt.date(2018, 1, 16), dt.date(2018, 6, 30)]})
    return alt.Chart(days).mark_point().encode(x="日期:T")


def shaded():
    stops = [alt.GradientStop(color=each, offset=at) for at, each in enumerate(("white", "red"))]
    return bars().mark_bar(color=alt.Gradient(gradient="linear", stops=stops))


ANY = {
    "bare": bars,
    "titled": lambda: bars().properties(title=["各類人數", "<b>&\"'"]),
    "layered": words_on_bars,
    "beside": lambda: bars() | words_on_bars(),
    "below": lambda: bars() & bars(),
    "wrapped": lambda: alt.concat(bars(), bars(), bars(), columns=2),
    "faceted": lambda: bars().facet("類別:N"),
    "repeated": repeated,
    "without a frame": sequence,
    "without rows": lambda: alt.Chart(FRAME.clear()).mark_bar().encode(x="人數:Q", y="類別:N"),
    "without data": lambda: alt.Chart().mark_bar(),
    "dated": dated,
    "shaded": shaded,
    "interactive": lambda: bars().interactive(),
    "coloured": lambda: bars(color="類別:N"),
    "from elsewhere": lambda: bars().properties(usermeta={"embedOptions": {"theme": "dark"}}),
}


def bundle_of(chart):
    """Return what IPython asks a chart for."""
    bundle = chart._repr_mimebundle_()
    return bundle[0] if isinstance(bundle, tuple) else bundle


def figure_of(chart):
    """Return a chart's markup, which is well-formed."""
    return ET.fromstring(bundle_of(chart)["text/html"])  # noqa: S314 - our own markup


def loaded(markup):
    """Return all that a browser would load for some markup, and every script in it."""
    soup = BeautifulSoup(markup, "html.parser")
    found = [str(each) for each in soup.find_all(["script", "iframe", "object", "embed"])]
    for each in soup.select("*"):
        for name in ("src", "srcset", "href", "xlink:href", "data", "poster", "background"):
            value = each.get(name)
            if value and each.name != "a" and not value.startswith(("#", "data:")):
                found.append(value)
    found += re.findall(r"url\((?!#)[^)]*\)|@import[^;]*", markup)
    return found


def test_a_bare_chart_is_a_figure_with_words_and_specification():
    bundle = bundle_of(bars().properties(title="各類人數"))
    assert list(bundle) == ["text/html", "text/plain", "application/vnd.vegalite.v6+json"]
    assert bundle["text/plain"] == "各類人數"
    assert bundle["application/vnd.vegalite.v6+json"]["mark"] == {"type": "bar"}
    figure = figure_of(bars().properties(title="各類人數"))
    assert figure.find("figcaption").text == "各類人數"
    assert [each.get("aria-label") for each in figure.iter(f"{SVG}svg")] == ["各類人數"] * 2


@pytest.mark.parametrize("make", ANY.values(), ids=ANY)
def test_any_chart_is_drawn_for_every_room_and_loads_nothing(make):
    chart = make()
    figure = figure_of(chart)
    drawings = list(figure.iter(f"{SVG}svg"))
    assert len(drawings) == 2
    assert all(float(size) > 0 for each in drawings for size in each.get("viewBox").split()[2:])
    ids = [each.get("id") for each in figure.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert loaded(bundle_of(chart)["text/html"]) == []


@pytest.mark.parametrize("channel", ["row", "column", "facet"])
def test_a_chart_with_a_channel_of_facets_is_drawn(channel):
    for drawing in figure_of(bars(**{channel: "類別:N"})).iter(f"{SVG}svg"):
        assert float(drawing.get("width")) > 0


@pytest.mark.parametrize("make", [bars, words_on_bars, lambda: bars() | bars()])
def test_the_same_chart_is_the_same_bytes(make):
    chart = make()
    assert bundle_of(chart) == bundle_of(chart) == bundle_of(make())


def test_chinese_words_of_a_layered_chart_are_drawn():
    chart = words_on_bars().properties(title="各類人數", description="正式三十人，臨時二十人。")
    figure = figure_of(chart)
    wide, narrow = figure.iter(f"{SVG}svg")
    for drawing in (wide, narrow):
        words = [each.text for each in drawing.iter(f"{SVG}text")]
        assert {"正式", "臨時", "其他", "類別", "人數", "30", "20", "10"} <= set(words)
        assert drawing.get("aria-label") == "正式三十人，臨時二十人。"
    assert bundle_of(chart)["text/plain"] == "正式三十人，臨時二十人。"


def test_a_chart_without_title_and_description_has_an_alternative_text():
    figure = figure_of(bars())
    assert bundle_of(bars())["text/plain"]
    assert all(each.get("aria-label") for each in figure.iter(f"{SVG}svg"))
    caption = figure.find("figcaption")
    assert caption is None or caption.text


@pytest.fixture(scope="module")
def executed(tmp_path_factory, data_dir):
    """A notebook with a bare chart and a chart of the library, as plain Papermill leaves it."""
    folder = tmp_path_factory.mktemp("papermill")
    cell = nbformat.v4.new_code_cell
    cells = [
        cell('data_dir: str = ""', metadata={"tags": ["parameters"]}),
        cell('import kao_metrics as km\n\nanalysis = km.analyse("107H1", data_dir)'),
        cell(CELL),
        cell("km.show(km.charts.downsizing(analysis))"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    written = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(written, folder / "in.ipynb")
    papermill.execute_notebook(
        str(folder / "in.ipynb"),
        str(folder / "out.ipynb"),
        {"data_dir": str(data_dir.resolve())},
        progress_bar=False,
        cwd=str(folder),
    )
    return folder / "out.ipynb"


def test_plain_papermill_keeps_both_charts_in_a_valid_notebook(executed, analysis):
    """What a kernel of its own shows is what this process shows, byte for byte."""
    node = nbformat.read(executed, as_version=4)
    nbformat.validate(node)
    bare, ours = (cell.outputs for cell in node.cells[-2:])
    assert [each.output_type for each in (*bare, *ours)] == ["execute_result"] * 2
    assert bare[0].data == bundle_of(bars())
    shown = display.show(charts.downsizing(analysis))
    assert ours[0].data == shown._repr_mimebundle_()
    assert all("<svg" in each.data["text/html"] for each in (*bare, *ours))


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
def test_nbconvert_shows_both_charts_and_they_load_nothing(executed, template):
    """Lab and classic load a few scripts of their own; nothing of the charts does."""
    page, _ = HTMLExporter(template_name=template).from_filename(str(executed))
    figures = BeautifulSoup(page, "html.parser").find_all("figure", class_="kao-figure")
    assert len(figures) == 2
    for figure in figures:
        wide, narrow = figure.find_all(class_="kao-drawing")
        assert not wide.has_attr("hidden")
        assert narrow.has_attr("hidden")
        assert wide.svg.find("path")
        assert loaded(str(figure)) == []
    assert "正式" in figures[0].get_text()
    assert "工級人員" in figures[1].get_text()
    if template == "basic":
        assert loaded(page) == []


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        (alt.Chart(pl.DataFrame({"x": [1]})).mark_bar(), "圖"),
        (bars().properties(title=alt.Title(alt.expr("'a' + 'b'"))), "圖：人數、類別"),
        (repeated(), "圖"),
    ],
)
def test_what_is_not_known_of_a_chart_is_not_said(chart, words):
    assert bundle_of(chart)["text/plain"] == words


@pytest.mark.parametrize("notes", [{"help": 3}, {"explained": 5}, {"lang": ["x"]}])
def test_notes_that_somebody_else_keeps_in_a_chart_are_left_alone(notes):
    assert bundle_of(bars().properties(usermeta=notes))["text/html"].count("<svg") == 2


def test_a_chart_that_is_narrower_keeps_its_width():
    widths = [
        float(each.get("width"))
        for each in figure_of(bars().properties(width=100)).iter(f"{SVG}svg")
    ]
    assert max(widths) < 250


def test_both_imports_are_enough_for_the_renderer():
    code = (
        "import IPython, altair as alt, kao_metrics as km\nkm.Period\nprint(alt.renderers.active)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == "kao_metrics"
