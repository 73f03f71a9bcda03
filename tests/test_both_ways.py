"""Bars to both sides of a line: names, bars and what stands beside them keep apart."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics import both_ways as form
from kao_metrics.axes import ROOMS, SIZE
from kao_metrics.both_ways import both_ways
from kao_metrics.forms import Bar
from kao_metrics.typesetting import width


def drawn(values, name="月"):
    rows = [Bar(name, f"{value:+}%", Decimal(value)) for value in values]
    return both_ways(rows, "complaint_season", "zh-TW").to_dict()


def rows_of(spec, field):
    return [row for rows in spec["datasets"].values() for row in rows if field in row]


def test_without_bars_there_is_no_chart():
    assert both_ways([], "complaint_season", "zh-TW") is None


@pytest.mark.parametrize(
    ("values", "zero"), [((5, -5), 0.5), ((5, 10), 0), ((-5, -10), 1), ((0, 0), 0)]
)
def test_the_line_stands_where_nothing_is(values, zero):
    assert {row["zero"] for row in rows_of(drawn(values), "zero")} == {zero}


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12), st.text(max_size=60))
def test_words_stay_inside_their_room_and_beside_each_other(values, name):
    rows = [Bar(name, f"{value:+}%", Decimal(value)) for value in values]
    scale = form._scale(rows)
    for room, wide in ROOMS.items():
        words = list(form._words(form._plot(room, rows, scale), rows, scale))
        for named, said in zip(words[::2], words[1::2], strict=True):
            length = width(said["words"][0]) * SIZE
            left = said["px"] - (length if said["align"] == "right" else 0)
            assert left >= width(named["words"][0]) * SIZE
            assert left + length <= wide + 0.1


def test_the_words_name_the_extremes():
    assert "最大：月　+9%；最小：月　-4%。" in drawn((3, 9, -4))["description"]
