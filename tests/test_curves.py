"""Curves: lines that can be told apart and pointed at, and how unequal shares are."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from hostile import NAMES
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics import curves
from kao_metrics.axes import scale_of
from kao_metrics.curves import Dot, Line, Share, lines, lorenz

NAME = "complaint_series"


def dots(*values, start=0):
    """A dot a month from January 2018."""
    return [
        Dot(dt.date(2018, start + place, 1), Decimal(value), f"{place}月", f"{value}件")
        for place, value in enumerate(values, start=1)
    ]


def drawn(*rows, lang="zh-TW", unit="item", **options):
    chart = lines(list(rows), NAME, lang, unit=unit, **options)
    spec = chart.to_dict()
    json.dumps(spec, allow_nan=False)
    return spec


def rows_of(spec, field="name"):
    return [row for rows in spec["datasets"].values() for row in rows if field in row]


def strokes(spec):
    return [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] == "line"]


@pytest.mark.parametrize("rows", [[], [Line("甲", [])], [Line("甲", dots(5)), Line("乙", dots(3))]])
def test_no_line_has_fewer_than_two_dots(rows):
    assert lines(rows, NAME, "zh-TW", unit="item") is None


@pytest.mark.parametrize(
    ("values", "way"), [((5, 9), "is higher"), ((9, 5), "is lower"), ((5, 7, 5), "is the same")]
)
def test_a_line_says_which_way_it_went(values, way):
    said = drawn(Line("", dots(*values)), lang="en")["description"]
    assert f"to the latest, {len(values)}月: {values[-1]}件, which {way}; highest " in said


def test_several_lines_are_told_apart_by_their_looks_and_named_at_their_ends():
    spec = drawn(Line("甲", dots(5, 9)), Line("乙", dots(3, 1)))
    ends = [(row["words"], row["look"]) for row in rows_of(spec, "look") if row["narrow"]]
    assert ends == [(["甲"], 0), (["乙"], 1)]
    names = [row["name"] for row in rows_of(spec)]
    assert names == ["甲：1月", "甲：2月", "乙：1月", "乙：2月"]
    assert "共2條線。甲共2點" in spec["description"]


def test_a_scenario_is_dashed_and_hollow():
    spec = drawn(Line("實際", dots(5, 9)), Line("推估", dots(9, 12, start=1), is_scenario=True))
    assert [stroke.get("strokeDash") for stroke in strokes(spec)] == [None, [7, 4]]
    assert [row["at"] for row in rows_of(spec, "hollow") if "name" in row] == [31, 59]


def test_a_line_is_interrupted_where_its_definition_changes():
    spec = drawn(Line("", dots(5, 9, 7), breaks=[dt.date(2018, 3, 1)]))
    assert [row["piece"] for row in rows_of(spec)] == [0, 0, 1]
    assert "線在107年3月1日中斷" in spec["description"]


def test_a_target_is_drawn_and_held_by_the_scale():
    spec = drawn(Line("", dots(5, 9)), target=(Decimal(40), "目標40件"))
    assert any(row["words"] == ["目標40件"] for row in rows_of(spec, "words"))
    assert spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0.0, 40.0]
    assert "橫線為目標40件。" in spec["description"]


def test_a_dot_without_a_name_is_drawn_and_no_more():
    ground = Line("", dots(5, 9, 4), is_ground=True)
    trend = Line("趨勢", [Dot(dot.when, Decimal(6), "", "") for dot in ground.dots])
    spec = drawn(ground, trend)
    assert [row["name"] for row in rows_of(spec)] == ["1月", "2月", "3月"]
    assert len(rows_of(spec, "value")) == 6
    assert not rows_of(spec, "look")


def test_of_many_dots_only_some_are_marked():
    many = [
        Dot(dt.date(2013 + at // 12, at % 12 + 1, 1), Decimal(at), f"{at}", "") for at in range(99)
    ]
    lone = [row for row in rows_of(drawn(Line("", many))) if "quiet" not in row]
    beside = [row for row in rows_of(drawn(Line("甲", many), Line("乙", dots(1, 2))))
              if "quiet" not in row and row["name"].startswith("甲")]  # fmt: skip
    assert [row["name"] for row in lone] == ["98"]
    assert 5 <= len(beside) <= 12


@given(
    st.lists(
        st.lists(st.integers(-(10**12), 10**12), min_size=2, max_size=12), min_size=1, max_size=4
    )
)
def test_every_dot_is_pointed_at_in_a_cell_of_its_own(values):
    rows = [Line(f"{place}", dots(*each)) for place, each in enumerate(values)]
    days = sorted({dot.when for row in rows for dot in row.dots})
    scale = scale_of([Decimal(value) for each in values for value in each], "item")
    found = curves._drawn(rows, days, scale, "zh-TW")
    assert len({row["place"] for row in found}) == len(found) == sum(map(len, values))
    for row in found:
        assert row["left"] <= row["at"] <= row["right"]
        assert row["left"] < row["right"]
        assert row["low"] <= row["value"] + 1e-5 * abs(row["value"])
        assert row["value"] <= row["high"] + 1e-5 * abs(row["high"])


def test_hostile_names_are_made_harmless():
    rows = [Line(name, [*dots(1, 2), Dot(dt.date(2018, 3, 1), Decimal(3), name, name, name)])
            for name in NAMES]  # fmt: skip
    spec = drawn(*rows, target=(Decimal(1), NAMES[0]))
    assert len(spec["description"]) < 1000
    assert not {"\u202e", "\u2067"} & set(json.dumps(spec, ensure_ascii=False))


def shares(*amounts):
    return [Share(f"{amount}", f"{amount}元", Decimal(amount)) for amount in amounts]


@pytest.mark.parametrize("amounts", [[], [5], [0, 0], [5, -1]])
def test_there_is_no_curve_of_what_cannot_be_shared(amounts):
    assert lorenz(shares(*amounts), NAME, "zh-TW") is None


def test_a_lorenz_curve_adds_shares_up_from_the_smallest():
    spec = lorenz(shares(60, 10, 30), NAME, "zh-TW").to_dict()
    assert [(row["name"], row["value"]) for row in rows_of(spec)] == [
        ("10", 0.1), ("30", 0.4), ("60", 1),
    ]  # fmt: skip
    assert rows_of(spec)[1]["detail"] == "30元；由小到大累計40.0%"
    assert spec["description"].endswith("較小的1項合計占10.0%，最大的60　60元占60.0%。")


@given(st.lists(st.integers(0, 10**14), min_size=2, max_size=80).filter(any))
def test_a_lorenz_curve_never_rises_above_equal_shares(amounts):
    rows = shares(*sorted(amounts))
    for row in curves._shares(rows, Decimal(sum(amounts)), "zh-TW"):
        assert row["value"] <= row["at"] / len(amounts) + 1e-5
