"""Bars stay inside their drawing, whatever the figures and their names."""

from decimal import Decimal

import pytest

from kao_metrics.forms import Bar, bars


def drawn(rows, lang="zh-TW", **options):
    return bars(rows, "downsizing", lang, **options)


def domain(chart):
    return chart.to_dict()["layer"][0]["encoding"]["x"]["scale"]["domain"]


def bar(value, name="甲", **options):
    return Bar(name, f"{value}", Decimal(value), **options)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([bar(3), bar(5, back=Decimal(8))], [0.0, 8.0]),
        ([bar(-3), bar(5)], [-3.0, 5.0]),
        ([bar(-3), bar(-5)], [-5.0, 0.0]),
        ([bar(0)], [0.0, 1.0]),
        ([bar(10**12)], [0.0, 1e12]),
        ([bar(3, lower=Decimal(2), upper=Decimal(9))], [0.0, 9.0]),
    ],
)
def test_the_scale_holds_zero_and_all_that_is_drawn(rows, expected):
    assert domain(drawn(rows)) == expected


@pytest.mark.parametrize(("values", "rules"), [((3, 5), 0), ((-3, 5), 1), ((-3, -5), 1)])
def test_bars_on_both_sides_start_at_a_line(values, rules):
    layers = drawn([bar(value) for value in values]).to_dict()["layer"]
    assert sum(each["mark"]["type"] == "rule" for each in layers) == rules


def test_without_bars_there_is_no_chart():
    assert drawn([]) is None


def test_a_bar_that_outgrew_its_base_shows_where_the_base_ends():
    frame = drawn([bar(9, back=Decimal(5)), bar(3, back=Decimal(5))]).data
    assert frame["edge"].to_list() == [5.0, None]


def test_the_words_say_how_many_bars_which_are_extreme_and_where_they_went():
    rows = [bar(5), bar(9, "乙"), bar(2, "丙"), bar(16, "合計", is_whole=True)]
    assert drawn(rows, direction="都減少。").to_dict()["description"] == (
        "縣市合併時與現在的人數。長條圖，共4條。依序為：甲　5；乙　9；丙　2；合計　16。"
        "最大：乙　9；最小：丙　2。都減少。"
    )


def test_of_many_bars_the_words_say_the_extremes_only():
    words = drawn([bar(value, f"第{value}項") for value in range(60)]).to_dict()["description"]
    assert words == ("縣市合併時與現在的人數。長條圖，共60條。最大：第59項　59；最小：第0項　0。")


def test_equal_bars_have_no_extremes():
    assert "最大" not in drawn([bar(5), bar(5, "乙")]).to_dict()["description"]


def test_a_single_sum_is_described_too():
    assert "共1條" in drawn([bar(5, is_whole=True)]).to_dict()["description"]
