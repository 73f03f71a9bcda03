"""What makes up the change of complaints, drawn and tabulated; stages are in test_charts."""

import re
from decimal import Decimal

import polars as pl
import pytest
from casework import LAST_YEAR, PREVIOUS, by_category, cases, example, with_complaints

from kao_metrics import charts, display, tables, theme


def drawn(analysis):
    chart = charts.complaint_contributions(analysis)
    return chart.data if isinstance(chart.data, pl.DataFrame) else chart.layer[0].data


def rows_of(table):
    """The rows of a table, the head first, as texts."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", str(table.as_raw_html()), re.DOTALL)
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in found]


def test_ten_categories_are_drawn_the_largest_first_and_the_others_as_one():
    rows = drawn(example())
    assert rows.height == 12
    assert rows["name"].to_list()[:2] == ["Street lights, renamed", "Street trees"]
    assert rows["name"].to_list()[-2:] == ["12 other categories", "All categories together"]
    sizes = rows["value"].abs().to_list()[:10]
    assert sizes == sorted(sizes, reverse=True)
    assert rows["value"][:-1].sum() == pytest.approx(rows["value"][-1])
    assert rows["detail"][0] == "+14.4 a day (17.2 → 31.7)"
    assert rows["colour"].to_list().count(theme.OTHERS) == 1


def test_both_directions_are_drawn_from_zero_and_said():
    spec = charts.complaint_contributions(example()).to_dict()
    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < 0 < high
    assert "3 fell, 8 rose." in spec["description"]
    assert "against the half-year before" in spec["title"]


def test_new_gone_and_uncounted_are_named_as_such(english):
    found = with_complaints(
        english,
        cases("first", 800),
        *by_category({"food": 332, "travel": 166}),
        *by_category({"food": 92, "fitness": 46}, LAST_YEAR),
    )
    rows = drawn(found)
    assert dict(rows.select("name", "detail").iter_rows()) == {
        "Food": "+1.5 a day (0.5 → 2.0)",
        "Travel, new": "+1.0 a day (0.0 → 1.0)",
        "Fitness, gone": "−0.3 a day (0.3 → 0.0)",
        "Other, not broken down": "+1.8 a day (0.0 → 1.8)",
        "All categories together": "+4.1 a day (0.8 → 4.8)",
    }
    assert "same half last year" in charts.complaint_contributions(found).to_dict()["title"]


def test_without_categories_now_and_then_there_is_neither_chart_nor_table(analysis):
    for each in (analysis, with_complaints(analysis, *by_category({"food": 9}))):
        assert charts.complaint_contributions(each) is None
        assert tables.category_ranks(each) is None


def test_the_table_has_rates_change_share_and_rank(english):
    found = with_complaints(
        english,
        *by_category({"food": 332, "travel": 498, "medical": 83}),
        *by_category({"food": 276, "travel": 184, "fitness": 46}, PREVIOUS),
    )
    heads, *rows = [row for row in rows_of(tables.category_ranks(found)) if len(row) > 1]
    assert heads == [
        "Category", "Cases a day now", "Half-year before", "Change", "Share of the change", "Rank",
    ]  # fmt: skip
    assert rows == [
        ["Travel", "3.0", "1.0", "+2.0", "72.7%", "1 (↑1)"],
        ["Food", "2.0", "1.5", "+0.5", "18.2%", "2 (↓1)"],
        ["Medical, new", "0.5", "0.0", "+0.5", "18.2%", "3"],
        ["Fitness, gone", "0.0", "0.3", "−0.3", "−9.1%", "—"],
        ["All categories together", "5.5", "2.8", "+2.8", "100.0%", ""],
    ]


def test_shares_are_left_out_where_categories_make_up_for_one_another(english):
    found = with_complaints(
        english,
        *by_category({"food": 332, "travel": 166}),
        *by_category({"food": 0, "travel": 368}, PREVIOUS),
    )
    heads = next(row for row in rows_of(tables.category_ranks(found)) if len(row) > 1)
    assert "Share of the change" not in heads


def test_a_long_table_opens_with_a_click():
    long = display.computed(
        example(), "complaints_category_change", "complaints_rank_change"
    ).markup
    summary = long.removeprefix("<details><summary>").partition("</summary>")[0]
    assert summary == (
        "What categories contribute to the change of cases a day, Places gained by categories: "
        "every figure (90 rows)"
    )
    assert display.computed(example(), "complaints_share").markup.startswith("<figure")


def test_the_parts_in_the_results_are_those_of_the_chart():
    results = example().results.filter(pl.col("indicator") == "complaints_category_change")
    values = dict(results.select("breakdown", "value").iter_rows())
    assert values["_T.previous"] == sum(
        value for name, value in values.items()
        if name.endswith(".previous") and not name.startswith("_T")
    )  # fmt: skip
    assert drawn(example())["value"][-1] == pytest.approx(float(values["_T.previous"]))
    assert values["_T.previous"].quantize(Decimal("0.1")) == Decimal("33.0")
