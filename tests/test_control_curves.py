"""Control charts: what stands out is marked, and what is not known is not drawn."""

import datetime as dt
import json
from itertools import pairwise

import pytest
from hostile import CHINESE, MARKUP, NAMES

from kao_metrics.control_curves import control
from kao_metrics.statistics.control_charts import chart
from kao_metrics.theme import BASE

CALM = [30, 33, 28, 31, 34, 29, 32, 30, 33, 29, 31, 34]
OUTSIDE, PATTERN = 1, 2


def month(place):
    return dt.date(2018 + place // 12, place % 12 + 1, 1)


def drawn(counts, steps=None, days=30, **options):
    months = [month(place) for place in range(len(counts))]
    begun = [months.index(each) for each in steps or {} if each in months[1:]]
    found = chart(counts, [days] * len(counts), begun, **options)
    picture = control(months, found, "complaint_series", "zh-TW", unit="per_day", steps=steps)
    if picture is None:
        return None
    spec = picture.to_dict()
    json.dumps(spec, allow_nan=False)
    return spec


def rows_of(spec, field="name"):
    return [row for rows in spec["datasets"].values() for row in rows if field in row]


def words(spec):
    return ["".join(row["words"]) for row in rows_of(spec, "words") if row["narrow"]]


def has_band(spec):
    return any(layer["mark"].get("fill") == BASE for layer in spec["layer"])


def test_a_month_outside_its_limits_is_marked_and_said():
    spec = drawn([*CALM, 90, *CALM])
    (marked,) = [row for row in rows_of(spec) if row.get("look") == OUTSIDE]
    assert (marked["name"], marked["detail"]) == ("108年1月", "3.0件／日（高於平常範圍）")
    assert "超出範圍的有1個月：108年1月。" in spec["description"]


def test_a_shift_is_marked_otherwise():
    spec = drawn([*CALM, *(count + 8 for count in CALM)])
    found = [row for row in rows_of(spec) if row.get("look") == PATTERN]
    assert len(found) >= 7
    assert all("連續多月" in row["detail"] for row in found[-7:])
    assert "沒有月份超出範圍" in spec["description"]


def test_limits_start_anew_at_a_step_which_is_named():
    spec = drawn([*CALM, *(count + 40 for count in CALM)], {month(12): "改用新系統"})
    assert not rows_of(spec, "look")
    assert len({row["run"] for row in rows_of(spec, "run")}) == 2
    assert len({row["piece"] for row in rows_of(spec)}) == 2
    assert words(spec).count("改用新系統") == 1
    assert "108年1月起：改用新系統。" in spec["description"]


def test_a_step_outside_the_months_is_not_drawn():
    spec = drawn(CALM, {month(0): "第一個月", month(99): "以後"})
    assert not {"第一個月", "以後"} & set(words(spec))


def test_a_gap_interrupts_the_line_and_has_no_point():
    spec = drawn([*CALM[:4], None, *CALM[5:]])
    assert len(rows_of(spec)) == 11
    assert [row["piece"] for row in rows_of(spec)][3:5] == [1, 2]


def test_provisional_limits_are_dashed_and_named_so():
    spec = drawn(CALM[:8])
    assert any(layer["mark"].get("strokeDash") for layer in spec["layer"])
    assert any(each.startswith("暫定上限") for each in words(spec))
    assert not any(layer["mark"].get("strokeDash") for layer in drawn(CALM)["layer"])


def test_a_month_that_is_covered_in_part_is_hollow():
    spec = drawn(CALM, partial=[True] + [False] * 11)
    (marked,) = rows_of(spec, "hollow")
    assert marked["detail"] == "1.0件／日（未涵蓋整月）"


def test_limits_follow_the_days_of_each_month():
    found = chart([30, 33, 28, 31, 34, 14, 32, 30, 33, 29, 31, 34], [30] * 5 + [15] + [30] * 6)
    months = [month(place) for place in range(12)]
    spec = control(months, found, "complaint_series", "zh-TW", unit="per_day").to_dict()
    uppers = {row["upper"] for row in rows_of(spec, "upper")}
    assert len(uppers) == 2


def test_equal_months_have_a_centre_and_no_limits():
    spec = drawn([30] * 12, kind="xmr")
    assert rows_of(spec, "centre")
    assert not rows_of(spec, "upper")
    assert "平均1.0" in words(spec)
    assert "管制圖" not in spec["description"]


@pytest.mark.parametrize("counts", [[3, 2], [3, None, 2, 4], [0] * 24])
def test_months_without_limits_are_a_plain_line(counts):
    spec = drawn(counts)
    assert not has_band(spec)
    assert "折線圖" in spec["description"]


@pytest.mark.parametrize("counts", [[], [5], [5, None, None]])
def test_one_point_is_no_chart(counts):
    assert drawn(counts) is None


def test_what_cannot_be_charted_is_not_drawn():
    assert drawn([5, -1, 6, 7]) is None


def test_hostile_steps_stay_inside_the_drawing():
    steps = {month(3 * place): name for place, name in enumerate([*NAMES[:6], MARKUP, CHINESE])}
    spec = drawn(CALM * 2, steps)
    heights = spec["usermeta"]["kao_metrics"]["heights"]
    labels = [row for row in rows_of(spec, "rule") if row["foot"] - row["head"] > 10]
    assert len(labels) == 2 * 7
    for each in labels:
        assert 0 < each["head"] < each["foot"] < heights["narrow" if each["narrow"] else "wide"]
    for room in (True, False):
        heads = sorted(row["head"] for row in labels if row["narrow"] == room)
        assert all(after - before >= 17 for before, after in pairwise(heads))
