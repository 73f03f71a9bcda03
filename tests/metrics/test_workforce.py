"""Downsizing, contributions and composition against arithmetic by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.labels import TOTAL
from kao_metrics.metrics import workforce
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL

HALF = Period(2018, 1)
MERGER, NOW = dt.date(2010, 12, 25), dt.date(2018, 4, 1)
COMPARING = [
    workforce.headcount_reduction,
    workforce.downsizing_ratio,
    workforce.headcount_compound_rate,
    workforce.downsizing_contribution_share,
]
AMOUNTS = ("value", "lower", "upper", "parts", "parts_lower", "parts_upper")


def count(as_of, category, headcount, about=0, parts=(None, None, None), **kind):
    """One row: staff of a category on a date; `kind` has what is not ordinary of them."""
    totals = dict.fromkeys(("subcategory", "employer", "funding"), TOTAL)
    key = {"category": category, **totals, "measure": "staff_in_post", **kind}
    amounts = (headcount, headcount - about, headcount + about, *parts)
    said = [code for code in kind.values() if code != "general"] or ["total"]
    indicator = "_".join(["workforce" if category == TOTAL else category, *said])
    return {
        "as_of": as_of,
        **key,
        "indicator": indicator,
        **dict(zip(AMOUNTS, amounts, strict=True)),
    }


def staff(*rows) -> pl.LazyFrame:
    frame = pl.LazyFrame(rows, schema_overrides=dict.fromkeys(AMOUNTS, DECIMAL))
    return frame.with_columns(
        time_period=pl.lit(HALF.code), source_id=pl.lit("report"), latest_as_of=pl.max("as_of")
    )


def by_breakdown(metric, frame, *columns, **more):
    """Return what a metric gives, by breakdown; one column as it is, several as a tuple."""
    found = Results.validate(metric(frame, HALF, **more).collect())
    rows = found.select("breakdown", *columns).rows()
    return {name: rest[0] if len(columns) == 1 else tuple(rest) for name, *rest in rows}


def close(found, expected):
    return abs(Fraction(found) - Fraction(expected)) < Fraction(1, 10**11)


MERGED = staff(
    count(MERGER, "frontline", 8462),
    count(MERGER, "temporary", 3462),
    count(MERGER, "temporary", 1390, subcategory="assistants", funding="general"),
    count(NOW, "frontline", 6805),
    count(NOW, "temporary", 2408),
    count(NOW, "temporary", 965, subcategory="assistants", funding="general"),
    count(NOW, "temporary", 17, subcategory="engineers"),
)


def test_the_reduction_is_the_baseline_less_the_staff_now():
    """8462 - 6805, 3462 - 2408, 1390 - 965, and 1657 + 1054 together."""
    assert by_breakdown(workforce.headcount_reduction, MERGED, "value") == {
        "frontline": 1657,
        "temporary": 1054,
        "temporary_assistants": 425,
        "_T": 2711,
    }


def test_the_downsizing_ratio_is_the_reduction_over_the_baseline():
    columns = ("value", "numerator", "denominator", "lower")
    found = by_breakdown(workforce.downsizing_ratio, MERGED, *columns)
    expected = {
        "frontline": (1657, 8462),
        "temporary": (1054, 3462),
        "temporary_assistants": (425, 1390),
        "_T": (2711, 11924),
    }
    assert {name: row[1:] for name, row in found.items()} == {
        name: (*pair, None) for name, pair in expected.items()
    }
    assert all(close(found[name][0], Fraction(*pair)) for name, pair in expected.items())


def test_a_rise_is_a_negative_downsizing():
    """(100 - 110) / 100."""
    frame = staff(count(MERGER, "frontline", 100), count(NOW, "frontline", 110))
    assert by_breakdown(workforce.downsizing_ratio, frame, "value")["frontline"] == Decimal("-0.1")


def test_the_compound_rate_is_a_year_s_part_of_the_change():
    """1461 days are 4 years of 365.25; the fourth root of 6561 / 10000 is 0.9."""
    start = dt.date(2014, 1, 1)
    frame = staff(
        count(start, "frontline", 10_000),
        count(start + dt.timedelta(days=1461), "frontline", 6561),
    )
    columns = ("value", "numerator", "denominator")
    value, now, then = by_breakdown(workforce.headcount_compound_rate, frame, *columns)["frontline"]
    assert close(value, Fraction(-1, 10))
    assert (now, then) == (6561, 10_000)


def test_a_rate_beyond_all_bounds_is_no_pace():
    """From 1 to 10^15 in a month would be 10^182 a year."""
    frame = staff(count(dt.date(2018, 3, 2), "frontline", 1), count(NOW, "frontline", 10**15 - 1))
    found = by_breakdown(workforce.headcount_compound_rate, frame, "value", "reason")
    assert found["frontline"] == (None, "no_pace")


@pytest.mark.parametrize("metric", COMPARING)
def test_what_is_compared_across_a_break_stands_and_is_flagged(metric):
    """Agencies and schools made the category up at the merger, agencies alone do now."""
    frame = staff(
        count(MERGER, "frontline", 100),
        count(MERGER, "frontline", 60, employer="agencies"),
        count(MERGER, "frontline", 40, employer="schools"),
        count(NOW, "frontline", 80),
        count(NOW, "frontline", 80, employer="agencies"),
        count(MERGER, "temporary", 9),
        count(NOW, "temporary", 8),
    )
    found = by_breakdown(metric, frame, "obs_status", "reason")
    assert found["frontline"] == found.get("_T", ("B", "across_break")) == ("B", "across_break")
    is_of_the_whole = metric is workforce.downsizing_contribution_share
    assert found["temporary"] == (("B", "across_break") if is_of_the_whole else ("A", None))


def test_contributions_are_parts_of_the_whole_reduction():
    """Frontline fell by 40, temporary staff rose by 10, together 30 fewer."""
    frame = staff(
        count(MERGER, "frontline", 100),
        count(NOW, "frontline", 60),
        count(MERGER, "temporary", 50),
        count(NOW, "temporary", 60),
    )
    columns = ("numerator", "denominator", "value")
    found = by_breakdown(workforce.downsizing_contribution_share, frame, *columns)
    assert {name: row[:2] for name, row in found.items()} == {
        "frontline": (40, 30),
        "temporary": (-10, 30),
    }
    assert close(found["frontline"][2], Fraction(4, 3))


headcounts = st.tuples(st.integers(0, 20_000), st.integers(0, 20_000))


@given(st.lists(headcounts, min_size=1, max_size=5))
def test_contributions_add_up_to_the_whole(pairs):
    """Numerators to the denominator exactly, values to 1 within a rounding of each."""
    frame = staff(
        *(count(MERGER, f"kind_{i}", then) for i, (then, _) in enumerate(pairs)),
        *(count(NOW, f"kind_{i}", now) for i, (_, now) in enumerate(pairs)),
    )
    metric = workforce.downsizing_contribution_share
    found = Results.validate(metric(frame, HALF).collect())
    whole = sum(then - now for then, now in pairs)
    assert found["denominator"].to_list() == [whole] * len(pairs)
    assert found["numerator"].sum() == whole
    if whole > 0:
        assert close(found["value"].sum(), 1)
    else:
        assert set(found["reason"]) == {"no_denominator"}


def test_bounds_go_through_the_ratio():
    """About 100 at the merger, 81 now: 1 - 81/99 = 2/11 to 1 - 81/101 = 20/101."""
    frame = staff(count(MERGER, "frontline", 100, about=1), count(NOW, "frontline", 81))
    columns = ("value", "lower", "upper")
    value, lower, upper = by_breakdown(workforce.downsizing_ratio, frame, *columns)["frontline"]
    assert value == Decimal("0.19")
    assert close(lower, Fraction(2, 11))
    assert close(upper, Fraction(20, 101))
    reduction = by_breakdown(workforce.headcount_reduction, frame, *columns)
    assert reduction["frontline"] == (19, 18, 20)


@pytest.mark.parametrize("metric", COMPARING)
def test_a_table_with_only_one_date_has_no_baseline(metric):
    frame = staff(count(NOW, "frontline", 100))
    found = by_breakdown(metric, frame, "value", "obs_status", "reason")
    assert found["frontline"] == (None, "M", "no_baseline")


@pytest.mark.parametrize("metric", COMPARING)
def test_a_category_that_is_gone_has_no_figure_now(metric):
    frame = staff(
        count(MERGER, "frontline", 100),
        count(MERGER, "temporary", 50),
        count(NOW, "frontline", 90),
    )
    found = by_breakdown(metric, frame, "value", "obs_status", "reason")
    assert found["temporary"] == (None, "M", "no_current")


@pytest.mark.parametrize("metric", COMPARING[1:])
def test_a_baseline_of_nobody_is_a_missing_denominator(metric):
    frame = staff(count(MERGER, "frontline", 0), count(NOW, "frontline", 5))
    found = by_breakdown(metric, frame, "value", "obs_status", "reason")
    assert found["frontline"] == (None, "M", "no_denominator")


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [(None, "0.4"), (MERGER, "0.4"), (dt.date(2014, 1, 1), "0.25"), (dt.date(2015, 1, 1), None)],
)
def test_the_baseline_is_the_earliest_date_unless_another_is_named(baseline, expected):
    """From 100 by way of 80 to 60: a fall of 40/100, or of 20/80."""
    frame = staff(
        count(MERGER, "frontline", 100),
        count(dt.date(2014, 1, 1), "frontline", 80),
        count(NOW, "frontline", 60),
    )
    found = by_breakdown(workforce.downsizing_ratio, frame, "value", baseline=baseline)
    assert found["frontline"] == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize("metric", COMPARING)
def test_staff_in_post_and_budgeted_posts_are_never_mixed(metric):
    """100 in post at the merger and 90 budgeted now are no downsizing by 10 %."""
    frame = staff(
        count(MERGER, "frontline", 100), count(NOW, "frontline", 90, measure="budgeted_posts")
    )
    found = by_breakdown(metric, frame, "value")
    assert set(found) >= {"frontline", "frontline_budgeted_posts"}
    assert set(found.values()) == {None}


def test_each_measure_has_its_own_total():
    """In post 100 to 80, budgeted 110 to 99."""
    frame = staff(
        count(MERGER, "frontline", 100),
        count(MERGER, "frontline", 110, measure="budgeted_posts"),
        count(NOW, "frontline", 80),
        count(NOW, "frontline", 99, measure="budgeted_posts"),
    )
    assert by_breakdown(workforce.downsizing_ratio, frame, "value") == {
        "frontline": Decimal("0.2"),
        "frontline_budgeted_posts": Decimal("0.1"),
        "_T": Decimal("0.2"),
        "budgeted_posts": Decimal("0.1"),
    }


def test_shares_are_of_all_staff_at_the_report_s_date():
    """60 + 40 = 100, of whom about 10 assistants."""
    assistants = count(NOW, "temporary", 10, about=1, subcategory="assistants")
    kinds = [count(NOW, "frontline", 60), count(NOW, "temporary", 40), assistants]
    columns = ("value", "numerator", "denominator", "lower", "upper")
    expected = {
        "frontline_total": (Decimal("0.6"), 60, 100, None, None),
        "temporary_total": (Decimal("0.4"), 40, 100, None, None),
        "temporary_assistants": (Decimal("0.1"), 10, 100, Decimal("0.09"), Decimal("0.11")),
    }
    without_total = staff(count(MERGER, "frontline", 500), *kinds)
    assert by_breakdown(workforce.composition_share, without_total, *columns) == expected
    with_total = staff(*kinds, count(NOW, TOTAL, 100))
    assert by_breakdown(workforce.composition_share, with_total, *columns) == expected


def test_a_share_of_nobody_is_missing():
    frame = staff(count(NOW, "frontline", 0))
    found = by_breakdown(workforce.composition_share, frame, "value", "obs_status", "reason")
    assert found == {"frontline_total": (None, "M", "no_denominator")}


def test_what_is_not_broken_down_is_the_total_less_its_parts():
    """1381 - 1051 = 330; four parts, each about one off, are 1047 to 1055."""
    frame = staff(
        count(NOW, "temporary", 1381, parts=(1051, 1047, 1055), subcategory="other"),
        count(NOW, "frontline", 90, parts=(90, 90, 90)),
    )
    columns = ("value", "lower", "upper")
    assert by_breakdown(workforce.not_broken_down_stock, frame, *columns) == {
        "temporary_other": (330, 326, 334)
    }
    coverage = by_breakdown(workforce.breakdown_coverage_share, frame, *columns)
    assert coverage["frontline_total"] == (1, None, None)
    ends = zip(coverage["temporary_other"], (1051, 1047, 1055), strict=True)
    assert all(close(found, Fraction(parts, 1381)) for found, parts in ends)


def test_coverage_of_a_total_of_nobody_is_missing():
    frame = staff(count(NOW, "frontline", 0, parts=(0, 0, 0)))
    found = by_breakdown(workforce.breakdown_coverage_share, frame, "value", "reason")
    assert found == {"frontline_total": (None, "no_denominator")}


def test_figures_are_named_after_their_date():
    found = workforce.figures(MERGED, HALF).collect()
    values = dict(found.select("indicator", "value").rows())
    assert set(found["breakdown"]) == {"_T"}
    assert set(found["unit"]) == {"person"}
    assert values["frontline_total"] == 6805
    assert values["frontline_baseline"] == 8462
    assert values["temporary_assistants_baseline"] == 1390
