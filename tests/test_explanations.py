"""Explanations: definition, formula with the numbers in, sections, rounding and remarks."""

import dataclasses
import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from kao_metrics.explanations import anchor, explain
from kao_metrics.metrics import METRICS

REASON = (
    "所述為6.1億元，由報告其他數據重算為3.86億元。"
    "差異可能因基準年度不同（未補足差額為106年度），報告本文未說明。"
)


def row(analysis, indicator, place=0):
    return explain(analysis, indicator).rows[place]


@pytest.mark.parametrize(
    ("indicator", "place", "formula", "value"),
    [
        ("headcount_reduction", 0, "8,462 − 6,805", "1,657人"),
        ("downsizing_ratio", 3, "(11,924 − 9,213) ÷ 11,924", "22.74%"),
        ("headcount_compound_rate", 0, "(6,805 ÷ 8,462)^(365.25 ÷ 2,654) − 1", "−2.95%"),
        ("downsizing_contribution_share", 1, "1,054 ÷ 2,711", "38.88%"),
        ("headcount_change_common", 0, "8,462 ÷ 11,924 × (9,213 − 11,924)", "−1,923.9人"),
        ("headcount_change_shift", 0, "6,805 − 8,462 ÷ 11,924 × 9,213", "266.9人"),
        ("headcount_path_stock", 0, "6,805 × (6,805 ÷ 8,462)^(1,826 ÷ 2,654)", "5,857人"),
        (
            "headcount_thousand_years",
            0,
            "ln(6,000 ÷ 6,805) ÷ ln(6,805 ÷ 8,462) × 2,654 ÷ 365.25",
            "4.2年",
        ),
        ("employer_share", 1, "821 ÷ 6,805", "12.06%"),
        ("not_broken_down_stock", 0, "1,381 − 1,051", "330人"),
        ("reserve_amount_coverage_ratio", 0, "29.34 ÷ 33.2", "88.4%"),
        ("reserve_remainder_amount_stock", 0, "33.2 − 29.34", "3.86億元"),
        ("reserve_accounts_outstanding_stock", 0, "519 − 518", "1戶"),
        ("reserve_yearly_payment_rate", 1, "6.1 ÷ 3", "2.03億元／年"),
        ("reserve_pace_rate", 0, "29.34 ÷ (1,240 ÷ 365.25)", "8.64億元／年"),
        ("reserve_years_to_full_funding_duration", 1, "6.1 ÷ (6.1 ÷ 3)", "3.00年"),
        (
            "reserve_years_to_full_funding_duration",
            2,
            "3.86 ÷ (29.34 ÷ (1,240 ÷ 365.25))",
            "0.45年",
        ),
        ("complaints_daily_rate", 0, "2,052 ÷ 166", "12.4件／日"),
        ("open_datasets_change", 0, "(25 − 16) ÷ 16", "56.25%"),
        ("award_rate", 0, "50 ÷ 105", "47.6%"),
    ],
)
def test_a_formula_has_the_printed_numbers_put_in(analysis, indicator, place, formula, value):
    found = row(analysis, indicator, place)
    assert (found.formula, found.value) == (formula, value)


def test_every_computed_indicator_with_a_value_has_a_formula(analysis, english):
    for found in (analysis, english):
        for indicator in METRICS:
            explanation = explain(found, indicator)
            for each in explanation.rows if explanation else ():
                assert bool(each.formula) == (each.value != "—"), (indicator, each)


def test_the_baseline_of_the_compound_rate_is_as_many_days_away():
    assert (dt.date(2018, 4, 1) - dt.date(2010, 12, 25)).days == 2654


def test_rounding_sections_and_what_is_stated_are_said(analysis, english):
    assert row(analysis, "reserve_remainder_amount_stock").details == (
        "印出位數的捨入範圍：3.805–3.915。",
        "出處：5.1(6)1、5.1(6)2。",
        "報告所述為約6.1億元：≠ 不符。",
        REASON,
    )
    assert "The report states 30.58%: agrees." in row(english, "downsizing_ratio", 2).details


def test_a_remark_on_the_figure_is_said(analysis):
    assert "列名的四項合計約1,051人，其餘約330人報告未細分。" in (
        row(analysis, "not_broken_down_stock").details
    )


def test_what_is_missing_for_one_reason_is_said_once(analysis):
    explanation = explain(analysis, "complaints_rate_change")
    assert [(each.name, each.value, each.formula) for each in explanation.rows] == [
        ("各項", "—", "")
    ]
    assert explanation.rows[0].details == ("沒有可比較的前期資料。",)


def test_an_indicator_that_the_period_does_not_have_is_not_explained(analysis):
    bare = dataclasses.replace(analysis, results=analysis.results.clear())
    assert explain(bare, "downsizing_ratio") is None
    assert explain(analysis, "reserve_account_gap_stock") is None


def test_an_account_is_explained_by_what_it_needs_and_has(analysis):
    gap = {"indicator": "reserve_account_gap_stock", "breakdown": "A", "value": Decimal(700)}
    results = pl.concat(
        [
            analysis.results,
            pl.DataFrame(
                [gap | {"time_period": "2018-S1", "unit": "twd", "obs_status": "A"}],
                schema=analysis.results.schema,
            ),
        ]
    )
    accounts = pl.LazyFrame(
        {
            "time_period": ["2018-S1"] * 2,
            "as_of": [dt.date(2016, 12, 31), dt.date(2017, 12, 31)],
            "account": ["A", "A"],
            "required": [Decimal(900), Decimal(1000)],
            "balance": [Decimal(900), Decimal(300)],
        }
    )
    found = dataclasses.replace(
        analysis, results=results, tables={**analysis.tables, "retirement_accounts": accounts}
    )
    assert row(found, "reserve_account_gap_stock").formula == "1,000 − 300"


def test_a_change_is_explained_by_counts_and_covered_days(analysis):
    period = analysis.period.previous.code
    change = {"indicator": "complaints_rate_change", "breakdown": "complaints_first.previous"}
    numbers = {"numerator": Decimal(2052), "denominator": Decimal(2000), "value": Decimal("0.1")}
    results = pl.DataFrame(
        [change | numbers | {"time_period": "2018-S1", "unit": "ratio", "obs_status": "A"}],
        schema=analysis.results.schema,
    )
    earlier = pl.LazyFrame(
        {
            "time_period": [period],
            "covers_from": [dt.date(2017, 7, 1)],
            "covers_to": [dt.date(2017, 12, 31)],
        }
    )
    found = dataclasses.replace(
        analysis, results=results, tables={**analysis.tables, "complaints": earlier}
    )
    assert row(found, "complaints_rate_change").formula == "(2,052 ÷ 166) ÷ (2,000 ÷ 184) − 1"


def test_links_and_explanations_share_one_name(analysis):
    assert explain(analysis, "award_rate").id == anchor("award_rate") == "explain-award_rate"
