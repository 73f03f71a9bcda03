"""Drawings by another process are those of this one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from kao_metrics import converter
from kao_metrics.converter import converter_offered, to_svg
from kao_metrics.drawing import VEGA_LITE

SPEC = {
    "data": {"values": [{"a": "甲", "b": 1}, {"a": "乙", "b": 3}]},
    "mark": "bar",
    "encoding": {"x": {"field": "b", "type": "quantitative"}, "y": {"field": "a"}},
    "config": {"font": converter.MEASURE},
}


@pytest.fixture
def offered(tmp_path, monkeypatch):
    """A converter that draws for whoever asks, and the number of drawings that it made."""
    drawn = []
    draw = converter._draw

    def counted(spec, version):
        drawn.append(spec)
        return draw(spec, version)

    monkeypatch.setattr(converter, "_draw", counted)
    with converter_offered(tmp_path) as env:
        monkeypatch.setenv(converter.ADDRESS, env[converter.ADDRESS])
        yield drawn
    converter._connected.cache_clear()


def test_a_drawing_that_was_asked_for_is_the_same(offered):
    asked = to_svg(SPEC, VEGA_LITE)
    assert len(offered) == 1
    assert asked == converter._draw(SPEC, VEGA_LITE)


@pytest.mark.usefixtures("offered")
def test_several_threads_get_their_own_drawings():
    specs = [{**SPEC, "title": f"第{number}張"} for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda spec: to_svg(spec, VEGA_LITE), specs))
    assert all(f"第{number}張" in svg for number, svg in enumerate(drawn))


@pytest.mark.usefixtures("offered")
def test_what_cannot_be_drawn_is_an_error_where_it_was_asked_for():
    with pytest.raises(ValueError, match=r".+"):
        to_svg({"mark": "no such mark", "data": 1}, VEGA_LITE)
    assert to_svg(SPEC, VEGA_LITE).startswith("<svg")


@pytest.mark.parametrize("name", ["nowhere", "x" * 200])
def test_without_a_converter_that_answers_a_process_draws_for_itself(tmp_path, monkeypatch, name):
    monkeypatch.setenv(converter.ADDRESS, str(tmp_path / name))
    assert to_svg(SPEC, VEGA_LITE) == converter._draw(SPEC, VEGA_LITE)


def test_a_folder_that_is_too_deep_for_sockets_offers_nothing(tmp_path):
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    with converter_offered(deep) as env:
        assert env == {}
