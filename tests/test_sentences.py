"""Sentences: computed from the figures, in both languages, and silent where they lack one."""

import dataclasses
from decimal import Decimal

import polars as pl
import pytest

from kao_metrics import sentences
from kao_metrics.metrics.formulas import Results

SECTIONS = [
    sentences.workforce,
    sentences.retirement_reserve,
    sentences.complaints,
    sentences.services,
]


def result(analysis, indicator, breakdown, **columns):
    """The analysis with one more row of results in the place of the like."""
    row = {
        "time_period": "2018-S1",
        "indicator": indicator,
        "breakdown": breakdown,
        "unit": "ratio",
        "obs_status": "A",
        "source_ids": "report",
        **columns,
    }
    others = analysis.results.filter(
        ~((pl.col("indicator") == indicator) & (pl.col("breakdown") == breakdown))
    )
    added = pl.DataFrame([row], schema={name: others.schema.get(name) for name in row})
    results = pl.concat([others, added], how="diagonal")
    return dataclasses.replace(analysis, results=Results.validate(results))


def without_figures(analysis):
    empty = {name: table.clear() for name, table in analysis.tables.items()}
    return dataclasses.replace(analysis, results=analysis.results.clear(), tables=empty)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_a_section_without_figures_says_so(section, analysis):
    assert section(without_figures(analysis)) == ["本期未提供此項資料。"]


def test_the_covered_days_are_said_first(analysis):
    first, second = sentences.overview(analysis)
    assert "107年1月16日至107年6月30日，共166日" in first
    assert "181日" in second


def test_a_whole_half_year_needs_no_caution(analysis):
    whole = dataclasses.replace(
        analysis, period=analysis.period.covering(analysis.period.start, analysis.period.end)
    )
    assert len(sentences.overview(whole)) == 1


def test_downsizing_is_said_for_each_category_and_together(english):
    said = sentences.workforce(english)
    assert "Frontline workers, 8,462 to 6,805, a reduction of 1,657 or 19.58%" in said[0]
    assert "Temporary staff, 3,462 to 2,408, a reduction of 1,054 or 30.44%" in said[1]
    assert "11,924 to 9,213, a reduction of 2,711 or 22.74%" in said[2]
    assert said[-1] == "Other temporary staff: 330 people are not broken down in the report."


def test_a_category_that_grew_is_said_to_have_grown(english):
    grown = result(
        english,
        "downsizing_ratio",
        "frontline",
        numerator=Decimal(-100),
        denominator=Decimal(1000),
        value=Decimal("-0.1"),
    )
    said = next(each for each in sentences.workforce(grown) if "Frontline" in each)
    assert "1,000 to 1,100, an increase of 100 or 10.00%" in said


def test_the_two_remainders_of_the_reserve_are_both_said(analysis):
    said = "".join(sentences.retirement_reserve(analysis))
    assert "3.86億元" in said
    assert "6.1億元" in said
    assert "不予修正" in said


def test_gaps_of_accounts_are_said_with_the_largest(english):
    gaps = {"A": Decimal(100), "B": Decimal(50), "C": Decimal(0)}
    with_accounts = result(
        english, "reserve_gap_concentration_share", "_T", value=Decimal(2) / Decimal(3)
    )
    for account, gap in gaps.items():
        with_accounts = result(
            with_accounts, "reserve_account_gap_stock", account, unit="twd", value=gap
        )
    said = "".join(sentences.retirement_reserve(with_accounts))
    assert "2 of 3 have a gap, 150 TWD in all" in said
    assert "the largest is A with 66.7%" in said


def test_one_period_alone_is_said_to_have_no_trend(analysis):
    assert sentences.complaints(analysis)[-1] == "沒有前半年或去年同期的資料可比較，增減無從得知。"
    assert "一個數字看不出趨勢" in sentences.complaint_series(analysis)[0]


@pytest.mark.parametrize(
    ("value", "lower", "upper", "words"),
    [
        ("0.2", "0.05", "0.4", "rose: 20.0% (95 % interval 5.0% to 40.0%)"),
        ("-0.2", "-0.4", "-0.05", "fell: −20.0% (95 % interval −40.0% to −5.0%)"),
        ("0.2", "-0.1", "0.6", "cannot be told apart: 20.0%"),
        ("0.2", "-0.1", None, "cannot be told apart: 20.0% (95 % interval −10.0% to ∞)"),
    ],
)
def test_a_change_is_said_by_its_interval_and_not_by_its_size(english, value, lower, upper, words):
    changed = result(
        english,
        "complaints_rate_change",
        "complaints_first.previous",
        value=Decimal(value),
        lower=Decimal(lower),
        upper=None if upper is None else Decimal(upper),
    )
    said = sentences.complaints(changed)[-1]
    assert "second half of 2017" in said
    assert words in said


def test_stated_figures_are_counted_and_those_that_differ_are_named(english):
    count, *differing = sentences.stated(english)
    assert "16 agree, 2 do not, 0 cannot be told" in count
    assert [each.partition(":")[0] for each in differing] == [
        "What remains outstanding of the reserve",
        "Growth of open datasets",
    ]


def test_what_is_not_comparable_is_said_with_place_period_and_source(analysis):
    said = sentences.not_comparable(analysis, "second_complaint_ratio", "mediation_ratio")
    assert [each.partition("：")[0] for each in said] == [
        "新北市（101年全年）",
        "臺北市（105年全年）",
    ]
    assert all("不可直接比較" in each for each in said)
    assert said[1].endswith("資料：風傳媒，2017。")


def test_a_ratio_is_said_beside_those_of_others_without_a_rank(english):
    (said,) = sentences.compared_with_others(english, "second_complaint_ratio")
    assert said.startswith("Second to first complaints: 26.4% (95 % interval 24.6–28.4%) in this")
    assert "Taipei in 2016 49.5%" in said
    assert "New Taipei in 2012 37.7%" in said
    assert "no ranking" in said
    assert sentences.compared_with_others(english, "award_rate") == []
