"""Drawing: an SVG for each room, described once, named alike wherever it is read."""

import json
from xml.etree import ElementTree as ET

import altair as alt
import polars as pl
import pytest

from kao_metrics import charts, converter
from kao_metrics.drawing import VEGA_LITE, WIDTHS, draw, identity, in_room

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def spec(analysis):
    return charts.reserve_coverage(analysis).to_dict()


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own markup


@pytest.mark.parametrize("room", WIDTHS)
def test_a_drawing_has_the_width_of_its_room_and_one_description(spec, room):
    found = parsed(draw(spec).svg[room])
    assert float(found.get("width")) == WIDTHS[room]
    assert (found.get("role"), found.get("aria-label")) == ("img", spec["description"])
    below = [each for each in found.iter() if each is not found]
    names = {name for each in below for name in each.attrib}
    assert not {name for name in names if name.startswith("aria-") or name == "role"}


def test_words_are_measured_with_the_font_of_the_package_and_shown_with_the_readers(spec):
    svg = draw(spec).svg["wide"]
    assert converter.MEASURE not in svg
    assert parsed(svg).get("font-family").startswith("Noto Sans CJK TC")


def test_a_missing_font_is_an_error_and_no_other_layout(monkeypatch, spec, tmp_path):
    monkeypatch.setattr(converter.resources, "files", lambda _package: tmp_path)
    converter._converter.cache_clear()
    try:
        with pytest.raises(FileNotFoundError, match="install kao-metrics again"):
            draw(spec)
    finally:
        monkeypatch.undo()
        converter._converter.cache_clear()


def test_a_name_is_the_same_after_a_notebook_has_kept_the_specification(spec):
    kept = json.loads(json.dumps(spec, ensure_ascii=True))
    assert identity(kept) == identity(spec)


def test_charts_of_other_figures_have_other_names(analysis):
    found = [charts.downsizing(analysis), charts.contributions(analysis)]
    assert len({identity(each.to_dict()) for each in found}) == 2


def test_a_room_leaves_the_specification_as_it_was(spec):
    before = json.dumps(spec)
    fitted = in_room(spec, "narrow")
    assert json.dumps(spec) == before
    assert fitted["width"] == 320
    assert {"title", "description", "usermeta"}.isdisjoint(fitted)
    assert {each["name"]: each.get("value") for each in fitted["params"]}["narrow"] is True


def test_views_side_by_side_keep_their_own_size():
    one = alt.Chart(pl.DataFrame({"x": [1, 2]})).mark_bar().encode(x="x:Q").properties(width=90)
    assert "width" not in in_room((one | one).to_dict(), "wide")


def test_a_chart_without_words_is_named_by_its_title_or_its_fields():
    chart = alt.Chart(pl.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q")
    plain, titled = draw(chart.to_dict()), draw(chart.properties(title=["甲", "乙"]).to_dict())
    assert (plain.caption, plain.words) == ("圖：x", "圖：x")
    assert (titled.caption, titled.words) == ("甲 乙", "甲 乙")
    assert plain.rows == [{"x": 1}]


def test_the_version_of_vega_lite_is_the_one_that_altair_writes():
    assert alt.SCHEMA_VERSION.startswith(f"v{VEGA_LITE}.")
