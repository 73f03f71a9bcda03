"""Axes: round values, dates that have room, and words that keep apart."""

import datetime as dt
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics import axes
from kao_metrics.axes import ROOMS, SIZE, Label
from kao_metrics.drawing import WIDTHS
from kao_metrics.typesetting import width

PADDING = 10
"""Pixels that Vega leaves at both sides together."""

amounts = st.decimals(-(10**12), 10**12, places=3)


def shown(room, *ends):
    scale = axes.scale_of([Decimal(0), *(each.value for each in ends)], "item")
    return axes.plot(room, scale, ends), scale


def dates(first, last, room="wide", lang="zh-TW"):
    found = axes.dates(dt.date.fromisoformat(first), dt.date.fromisoformat(last),
                       shown(room)[0], lang)  # fmt: skip
    return [each["words"][0] for each in found]


def test_a_room_is_what_the_padding_leaves_of_a_drawing():
    assert {room: wide - PADDING for room, wide in WIDTHS.items()} == ROOMS


@given(st.lists(amounts, min_size=1, max_size=5))
def test_few_round_values_hold_all_that_is_drawn(values):
    scale = axes.scale_of(values, "per_day")
    assert scale.low <= min(0, *values)
    assert scale.high >= max(0, *values)
    assert 2 <= len(scale.ticks) <= 7
    assert Decimal(0) in scale.ticks
    (step,) = {after - before for before, after in pairwise(scale.ticks)}
    assert step.normalize().as_tuple().digits in {(1,), (2,), (5,)}


def test_there_is_no_half_a_case():
    assert axes.scale_of([Decimal(1), Decimal(2)], "item").words == ("0", "1", "2")
    assert axes.scale_of([Decimal(0)], "item").words == ("0", "1")


@given(st.lists(st.tuples(st.floats(0, 200), st.floats(1, 60)), max_size=6))
def test_blocks_are_moved_apart_and_stay_inside_where_there_is_room(blocks):
    bottom = 400
    middles = axes.apart(blocks, 0, bottom)
    spans = sorted(
        (middle - height / 2, middle + height / 2)
        for middle, (_, height) in zip(middles, blocks, strict=True)
    )
    assert all(before[1] <= after[0] + 1e-6 for before, after in pairwise(spans))
    assert all(head >= -1e-6 and foot <= bottom + 1e-6 for head, foot in spans)


@pytest.mark.parametrize("room", ROOMS)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 20000))
def test_dates_keep_apart_and_inside_their_room(room, first, days):
    found = list(axes.dates(first, first + dt.timedelta(days=days), shown(room)[0], "zh-TW"))
    ends = []
    for each in found:
        wide = width(each["words"][0]) * SIZE
        left = each["px"] - (wide / 2 if each["align"] == "center" else 0)
        ends.append((left, left + wide))
    assert all(before[1] < after[0] for before, after in pairwise(ends))
    assert all(left >= -0.1 and right <= ROOMS[room] + 0.1 for left, right in ends)


@pytest.mark.parametrize(
    ("span", "lang", "words"),
    [
        (("2018-01-01", "2018-06-01"), "zh-TW", ["107年1月", "107年2月", "107年3月", "107年4月",
                                                "107年5月", "107年6月"]),
        (("2016-07-01", "2018-06-01"), "en", ["2016-07", "2016-10", "2017-01", "2017-04",
                                              "2017-07", "2017-10", "2018-01", "2018-04"]),
        (("2015-07-01", "2018-06-01"), "zh-TW", ["104年7月", "105年1月", "105年7月", "106年1月",
                                                "106年7月", "107年1月"]),
        (("2010-12-25", "2018-06-30"), "zh-TW", ["100年", "101年", "102年", "103年", "104年",
                                                "105年", "106年", "107年"]),
        (("2018-06-30", "2018-06-30"), "en", ["2018"]),
    ],
)  # fmt: skip
def test_months_are_named_where_they_have_room_and_years_where_not(span, lang, words):
    assert dates(*span, lang=lang) == words


def test_long_words_at_the_ends_are_broken_and_make_the_plot_higher():
    few, _ = shown("narrow", Label("甲", Decimal(1)))
    many, scale = shown("narrow", *(Label("很長的名稱" * 9, Decimal(1)) for _ in range(9)))
    assert many.height > few.height
    assert {len(each) for each in many.ends} == {3}
    assert len(list(axes.words_beside(many, scale, [Label("", Decimal(1))] * 9))) == 9 + 2
