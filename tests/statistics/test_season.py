"""Season and trend: STL itself as the oracle, known series found again, intervals that hold."""

from __future__ import annotations

import calendar
import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.tsa.seasonal import STL

from kao_metrics.statistics.season import MonthCount, Slope, line, season

PATTERN = (0.8, 0.9, 1.0, 1.0, 1.1, 1.2, 1.3, 1.1, 1.0, 0.9, 0.9, 0.8)
FIRST = dt.date(2015, 7, 1)


def month(step):
    """Return the first day of a month, so many months after the first."""
    past = FIRST.month - 1 + step
    return dt.date(FIRST.year + past // 12, past % 12 + 1, 1)


def days(day):
    return calendar.monthrange(day.year, day.month)[1]


def counted(cases):
    return [MonthCount(month(step), count) for step, count in enumerate(cases)]


def chance(size, seed=1, mean=300):
    """Return so many counts by chance alone."""
    return [int(count) for count in np.random.default_rng(seed).poisson(mean, size)]


PLENTY = counted(chance(40))


def made(size, yearly, noise=None):
    """Make counts with the pattern, a growth a year, and noise on the logs."""
    noise = [0.0] * size if noise is None else noise
    return [
        MonthCount(day, round(1e7 * days(day) * PATTERN[day.month - 1] * math.exp(left) * growth))
        for step, left in enumerate(noise)
        for day, growth in [(month(step), (1 + yearly) ** (step / 12))]
    ]


def autoregression(random, size, likeness, scale=0.1):
    """Return noise of which each value is partly the one before."""
    values, last = [], 0.0
    for shock in random.normal(size=size + 50) * scale:
        last = likeness * last + shock
        values.append(last)
    return values[50:]


def test_the_parts_are_those_of_robust_stl_on_the_logs_of_the_rates():
    cases = chance(50)
    found = season(counted(cases))
    rates = [count / days(month(step)) for step, count in enumerate(cases)]
    oracle = STL(np.log(rates), period=12, robust=True).fit()
    assert found.scale == "factor"
    assert found.rates == pytest.approx(rates, rel=1e-9)
    assert found.trend == pytest.approx(np.exp(oracle.trend), rel=1e-9)
    assert found.seasonal == pytest.approx(np.exp(oracle.seasonal), rel=1e-9)
    assert found.remainder == pytest.approx(np.exp(oracle.resid), rel=1e-9)
    for part, strength in (
        (oracle.seasonal, found.strength_of_season),
        (oracle.trend, found.strength_of_trend),
    ):
        expected = max(0, 1 - np.var(oracle.resid) / np.var(part + oracle.resid))
        assert strength == pytest.approx(expected, abs=1e-9)


def test_with_a_month_without_cases_the_parts_are_those_of_the_rates_themselves():
    cases = chance(40)
    cases[7] = 0
    found = season(counted(cases))
    rates = [count / days(month(step)) for step, count in enumerate(cases)]
    oracle = STL(np.array(rates), period=12, robust=True).fit()
    assert found.scale == "difference"
    assert found.trend == pytest.approx(oracle.trend, rel=1e-9)
    assert found.seasonal == pytest.approx(oracle.seasonal, abs=1e-9)
    assert found.remainder == pytest.approx(oracle.resid, abs=1e-9)
    assert sum(found.pattern) == pytest.approx(0, abs=1e-9)
    left = np.array(rates) - [found.pattern[day.month - 1] for day in found.months]
    assert found.deseasonalised == pytest.approx(left, abs=1e-9)
    fitted = stats.linregress(np.arange(40) / 12, left)
    assert found.slope.value == pytest.approx(fitted.slope, abs=1e-9)


@pytest.mark.parametrize("size", [36, 60, 131])
def test_a_known_season_and_growth_are_found_again(size):
    found = season(made(size, 0.05))
    mean = math.exp(np.mean(np.log(PATTERN)))
    assert found.pattern == pytest.approx([factor / mean for factor in PATTERN], rel=1e-4)
    assert found.slope.value == pytest.approx(0.05, abs=1e-4)
    assert found.slope.lower <= found.slope.value <= found.slope.upper
    assert found.verdict == "rising"
    assert found.strength_of_season > 0.999


def test_the_slope_is_judged_as_if_eleven_numbers_had_been_fitted_before():
    found = season(PLENTY)
    by_month = line([math.log(rate) for rate in found.deseasonalised], spent=11)
    assert found.slope.freedom == pytest.approx(by_month.freedom)
    assert found.slope.freedom < line(list(map(math.log, found.deseasonalised))).freedom
    assert found.slope[:3] == pytest.approx([math.expm1(12 * end) for end in by_month[:3]])


def test_a_loss_a_year_is_falling():
    noise = autoregression(np.random.default_rng(5), 60, 0.3, 0.05)
    found = season(made(60, -0.2, noise))
    assert found.verdict == "falling"
    assert found.slope.lower < -0.2 < found.slope.upper < 0


def test_a_season_alone_is_no_trend():
    found = season(made(48, 0))
    assert found.verdict == "cannot_tell"
    assert found.slope.value == pytest.approx(0, abs=1e-6)


def test_a_rate_that_never_changes_has_neither_season_nor_trend():
    found = season([MonthCount(month(step), days(month(step)) * 3) for step in range(40)])
    assert (found.strength_of_season, found.strength_of_trend) == (0, 0)
    assert found.pattern == pytest.approx([1] * 12, abs=1e-9)
    assert found.verdict == "cannot_tell"


def test_one_wild_month_leaves_the_pattern_as_it_is():
    counts = made(60, 0.05)
    counts[30] = counts[30]._replace(cases=counts[30].cases * 20)
    mean = math.exp(np.mean(np.log(PATTERN)))
    assert season(counts).pattern == pytest.approx([f / mean for f in PATTERN], rel=1e-2)


def test_months_are_compared_by_the_days_they_cover_and_partial_ones_named():
    counts = made(48, 0.05)
    whole = counts[20]
    half = whole._replace(cases=round(whole.cases * 16 / days(whole.month)), days=16)
    found = season([*counts[:20], half, *counts[21:]])
    assert found.partly_covered == (half.month,)
    assert found.rates == pytest.approx(season(counts).rates, rel=1e-6)
    assert season(counts).partly_covered == ()


def test_missing_months_at_the_ends_do_no_harm():
    counts = made(40, 0.05)
    missing = [MonthCount(month(40), None), MonthCount(month(42), 0, 0)]
    assert season([*counts, *missing]) == season(counts)


def test_any_day_stands_for_its_month():
    counts = made(40, 0.05)
    assert season([one._replace(month=one.month.replace(day=17)) for one in counts]) == season(
        counts
    )


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([], "fewer_than_36_months"),
        (PLENTY[:35], "fewer_than_36_months"),
        ([*PLENTY[:35], MonthCount(month(35), None)], "fewer_than_36_months"),
        ([*PLENTY[:10], *PLENTY[11:]], "gaps"),
        ([*PLENTY[:10], PLENTY[10]._replace(cases=None), *PLENTY[11:]], "gaps"),
        ([*PLENTY[:10], PLENTY[10]._replace(days=0), *PLENTY[11:]], "gaps"),
        ([*PLENTY, PLENTY[3]], "repeated_months"),
        ([*PLENTY[1:], PLENTY[0]._replace(cases=-1)], "negative_count"),
        ([*PLENTY[1:], PLENTY[0]._replace(days=32)], "more_days_than_month"),
        (counted([0] * 40), "mostly_zero"),
        (counted([0] * 21 + [5] * 19), "mostly_zero"),
    ],
)
def test_a_series_without_a_season_says_why(counts, reason):
    assert season(counts) == reason


def test_thirty_six_months_are_enough():
    assert season(PLENTY[:36]).months == tuple(month(step) for step in range(36))


def test_as_many_zeros_as_others_are_still_split():
    found = season(counted([0, 4] * 20))
    assert found.scale == "difference"
    assert all(map(math.isfinite, (*found.trend, *found.seasonal, *found.slope)))


def test_a_line_computed_by_hand():
    # steps -2.5 to 2.5: slope 11 / 17.5; left over (-15, 33, -24, 24, -33, 15) / 35, of
    # which the autocorrelation is -5/6; so it counts as 0 and four degrees are left
    found = line([1, 3, 2, 4, 3, 5])
    half = stats.t.ppf(0.975, 4) * math.sqrt(3780 / 1225 / 4 / 17.5)
    assert found == pytest.approx((22 / 35, 22 / 35 - half, 22 / 35 + half, 0, 4), abs=1e-9)


def test_a_line_through_values_like_their_predecessors_computed_by_hand():
    # slope 0, no lagged product; corrected (0 + 2) / (12 - 4) = 1/4, worth 12 * 3/5 values
    found = line([1, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 1])
    half = stats.t.ppf(0.975, 5.2) * math.sqrt(4 / 5.2 / 143)
    assert found == pytest.approx((0, -half, half, 1 / 4, 5.2), abs=1e-9)


def test_numbers_spent_before_leave_fewer_to_judge_by():
    values = [1, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 1]
    found = line(values, spent=2)
    assert found.freedom == pytest.approx(10 * 3 / 5 - 2)
    assert found.upper > line(values).upper


def test_values_that_wander_leave_two_degrees_and_a_wide_interval():
    found = line([0, 1, 2, 3, 2, 1, 0, -1, -2, -3, -2, -1, 0, 1, 2, 3])
    assert (found.autocorrelation, found.freedom) == (1, 2)
    assert found.verdict == "cannot_tell"


def test_a_slope_that_is_only_rounding_is_none():
    found = line([0.3] * 20)
    assert found.upper - found.value == pytest.approx(0.3e-9)
    assert found.verdict == "cannot_tell"


def test_a_line_takes_five_values():
    with pytest.raises(ValueError, match="4 values"):
        line([1, 2, 3, 4])


@given(st.lists(st.integers(-(10**6), 10**6), min_size=5, max_size=60))
def test_where_nothing_is_like_its_predecessor_the_interval_is_the_usual_one(values):
    assume(len(set(values)) > 1)
    found = line(values)
    fitted = stats.linregress(range(len(values)), values)
    scale = max(map(abs, values)) + 1
    assert found.value == pytest.approx(fitted.slope, abs=1e-9 * scale)
    half = stats.t.ppf(0.975, len(values) - 2) * fitted.stderr
    if found.autocorrelation == 0:
        assert found.upper - found.value == pytest.approx(half, abs=2e-9 * scale)
    assert found.upper - found.value >= half - 2e-9 * scale


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 10**5), min_size=36, max_size=60), st.randoms())
def test_the_order_of_the_rows_changes_nothing(cases, random):
    counts = counted(cases)
    shuffled = random.sample(counts, len(counts))
    assert season(shuffled) == season(counts)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 10**5), min_size=36, max_size=60))
def test_the_parts_make_the_whole_again_and_the_pattern_is_balanced(cases):
    found = season(counted(cases))
    whole = [
        t * s * r for t, s, r in zip(found.trend, found.seasonal, found.remainder, strict=True)
    ]
    assert whole == pytest.approx(found.rates, rel=1e-9)
    assert math.prod(found.pattern) == pytest.approx(1, rel=1e-9)
    assert 0 <= found.strength_of_season <= 1
    assert 0 <= found.strength_of_trend <= 1
    assert found.slope.lower < found.slope.value < found.slope.upper


@pytest.mark.parametrize("scale", [2, 7, 1000])
def test_as_many_more_cases_change_neither_season_nor_slope(scale):
    found, scaled = (season(counted([c * times for c in chance(48)])) for times in (1, scale))
    assert scaled.pattern == pytest.approx(found.pattern, rel=1e-9)
    assert scaled.slope == pytest.approx(found.slope, abs=1e-8)
    assert scaled.strength_of_season == pytest.approx(found.strength_of_season, abs=1e-9)


@pytest.mark.parametrize("size", [36, 60])
def test_nine_of_ten_intervals_hold_the_slope_though_months_are_alike(size):
    random = np.random.default_rng(20250101)
    held = [season(made(size, 0.05, autoregression(random, size, 0.3))).slope for _ in range(150)]
    share = np.mean([slope.lower <= 0.05 <= slope.upper for slope in held])
    assert 0.90 <= share <= 0.99


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        (0.1, 0.3, "rising"),
        (-0.3, -0.1, "falling"),
        (-0.1, 0.3, "cannot_tell"),
        (0, 1, "cannot_tell"),
    ],
)
def test_a_verdict_takes_the_whole_interval(lower, upper, verdict):
    assert Slope((lower + upper) / 2, lower, upper, 0, 10).verdict == verdict
