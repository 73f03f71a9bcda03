"""Ratios of rates, their intervals and the test of over-dispersion."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from kao_metrics.statistics.rates import (
    Dispersion,
    compared,
    overdispersion,
    quasi_poisson_interval,
    rate_ratio_interval,
    verdict_of,
)

DAYS_NOW = (16, 28, 31, 30, 31, 30)  # 166 days
DAYS_THEN = (31, 31, 30, 31, 30, 31)  # 184 days
WAVES = (
    *zip([1] * 6, (12, 90, 30, 75, 8, 60), DAYS_NOW, strict=True),
    *zip([0] * 6, (40, 3, 55, 9, 70, 23), DAYS_THEN, strict=True),
)
PAIRS = 2_000

counts = st.integers(0, 100_000)
positive = st.integers(1, 100_000)
days = st.integers(1, 184)
month = st.tuples(st.integers(0, 1), st.integers(0, 500), st.integers(1, 31))
month_lists = st.lists(month, max_size=14)
rates = st.tuples(counts, days, counts, days)


# The exact interval


def test_the_worked_example_of_fay_is_met():
    # M. P. Fay, "Testing the ratio of two Poisson rates", vignette of R's rateratio.test, sec. 1.
    found = compared(2, 17_877, 9, 16_660)
    assert found.ratio == pytest.approx(0.2070941557, abs=5e-11)
    assert found.lower == pytest.approx(0.02177406, abs=5e-9)
    assert found.upper == pytest.approx(1.00054910, abs=5e-9)
    assert found.verdict == "cannot_tell"


@pytest.mark.parametrize(
    ("now", "days_now", "then", "days_then", "level"),
    [
        (20, 181, 10, 181, 0.95),
        (2052, 166, 1988, 184, 0.95),
        (1, 166, 9, 184, 0.99),
        (0, 166, 4, 184, 0.95),
        (7, 166, 0, 184, 0.8),
        (11, 800, 21, 3011, 0.95),
    ],
)
def test_the_exact_interval_is_that_of_the_binomial_share(now, days_now, then, days_then, level):
    share = stats.binomtest(now, now + then).proportion_ci(level, method="exact")
    expected = [
        p / (1 - p) * days_then / days_now if p < 1 else math.inf for p in (share.low, share.high)
    ]
    found = rate_ratio_interval(now, days_now, then, days_then, level)
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("now", "then"), [(20, 10), (3, 15), (1, 400)])
def test_at_the_ends_of_the_exact_interval_each_tail_has_half_the_error(now, then):
    low, high = rate_ratio_interval(now, 166, then, 184)
    share_low, share_high = (end * 166 / (end * 166 + 184) for end in (low, high))
    assert stats.binom.sf(now - 1, now + then, share_low) == pytest.approx(0.025, rel=1e-9)
    assert stats.binom.cdf(now, now + then, share_high) == pytest.approx(0.025, rel=1e-9)


def test_the_exact_interval_keeps_its_digits_where_nearly_all_cases_are_new():
    low, high = rate_ratio_interval(10_000_000, 1, 1, 1)
    low_swapped, high_swapped = rate_ratio_interval(1, 1, 10_000_000, 1)
    assert (1 / high_swapped, 1 / low_swapped) == pytest.approx((low, high), rel=1e-12)


def test_without_any_cases_there_is_no_exact_interval():
    assert all(math.isnan(end) for end in rate_ratio_interval(0, 166, 0, 184))


# The test of over-dispersion


def test_the_dispersion_of_a_textbook_example_is_met():
    # Agresti, Categorical Data Analysis (2002), table 13.6: homicide victims known, by race.
    # R's glm with family quasipoisson: Pearson 2279.87, dispersion 1.745694, log ratio 1.7331,
    # standard error 0.1466 as Poisson and 0.1937 with the dispersion.
    black, white = (119, 16, 12, 7, 3, 2, 0), (1070, 60, 14, 4, 0, 0, 1)
    people = [
        (period, victims, 1)
        for period, group in ((1, black), (0, white))
        for victims, times in enumerate(group)
        for _ in range(times)
    ]
    spread = overdispersion(people)
    assert spread.degrees_of_freedom == 1306
    assert spread.dispersion * 1306 == pytest.approx(2279.87, abs=0.005)
    assert spread.dispersion == pytest.approx(1.745694, abs=5e-6)
    low, high = quasi_poisson_interval(83, 159, 106, 1149, spread)
    assert math.log(low * high) / 2 == pytest.approx(1.7331, abs=5e-5)
    error = math.log(high / low) / 2 / stats.t.ppf(0.975, 1306)
    assert error == pytest.approx(0.1937, abs=5e-5)


def test_the_dispersion_of_wafers_is_what_a_hand_computes():
    # Agresti, An Introduction to Categorical Data Analysis (2007), problem 3.11: imperfections
    # after two treatments, means 5 and 9; (38/5 + 76/9) over 18.
    first, second = (8, 7, 6, 6, 3, 4, 7, 2, 3, 4), (9, 9, 8, 14, 8, 13, 11, 5, 7, 6)
    spread = overdispersion([(0, n, 1) for n in first] + [(1, n, 1) for n in second])
    assert spread.dispersion == pytest.approx((38 / 5 + 76 / 9) / 18, rel=1e-12)
    assert spread.degrees_of_freedom == 18
    assert spread.p == pytest.approx(stats.chi2.sf(38 / 5 + 76 / 9, 18), rel=1e-9)


def test_a_month_is_expected_to_have_its_part_by_its_days():
    spread = overdispersion([(1, 10, 10), (1, 20, 20), (1, 30, 30), (1, 5, 5)])
    assert (spread.dispersion, spread.p) == pytest.approx((0, 1))


def test_dispersion_and_interval_are_those_of_a_generalised_linear_model():
    period, cases, covered = (np.array(column) for column in zip(*WAVES, strict=True))
    design = np.column_stack([np.ones(len(cases)), period])
    model = GLM(cases, design, family=Poisson(), offset=np.log(covered))
    fitted = model.fit(scale="X2", use_t=True, tol=1e-14)
    now, then = int(cases[period == 1].sum()), int(cases[period == 0].sum())
    found = compared(now, sum(DAYS_NOW), then, sum(DAYS_THEN), WAVES)
    assert found.method == "quasi_poisson"
    assert found.dispersion == pytest.approx(fitted.scale, rel=1e-9)
    assert found.ratio == pytest.approx(math.exp(fitted.params[1]), rel=1e-9)
    assert (found.lower, found.upper) == pytest.approx(
        tuple(np.exp(fitted.conf_int()[1])), rel=1e-9
    )


def test_equal_exposures_give_the_variance_test_of_scipy():
    cases = (12, 30, 9, 25, 14, 40)
    spread = overdispersion([(0, n, 30) for n in cases])
    expected = stats.chisquare(cases)
    assert spread.dispersion * 5 == pytest.approx(expected.statistic, rel=1e-9)
    assert spread.p == pytest.approx(expected.pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ([], (0, "too_few_months")),
        ([(0, 5, 30), (0, 6, 31), (1, 7, 30), (1, 8, 31)], (2, "too_few_months")),
        ([(0, 0, 30)] * 6 + [(1, 4, 30)] * 3, (2, "too_few_months")),
        ([(0, 5, 30)] * 5 + [(1, -1, 30)], (0, "negative_count")),
        ([(0, 5, 30)] * 5 + [(1, 1, 0)], (0, "no_days")),
    ],
)
def test_months_that_tell_nothing_have_a_reason(months, expected):
    assert overdispersion(months) == Dispersion(None, expected[0], None, expected[1])


def test_three_months_beyond_the_means_are_enough():
    months = [(0, 5, 30), (0, 6, 31), (1, 7, 30), (1, 8, 31), (1, 9, 30)]
    assert overdispersion(months).degrees_of_freedom == 3
    assert overdispersion(months).reason is None


# The quasi-Poisson interval


def test_the_quasi_poisson_interval_is_what_a_hand_computes():
    # log 2 ± 2.228139 × √(4 × (1/100 + 1/50)) = 0.693147 ± 0.771850
    low, high = quasi_poisson_interval(100, 181, 50, 181, Dispersion(4.0, 10, 0.0))
    assert math.log(low) == pytest.approx(0.693147 - 0.771850, abs=2e-6)
    assert math.log(high) == pytest.approx(0.693147 + 0.771850, abs=2e-6)


def test_less_dispersion_than_poisson_narrows_nothing():
    at_one = quasi_poisson_interval(50, 181, 40, 181, Dispersion(1.0, 10, 0.5))
    assert quasi_poisson_interval(50, 181, 40, 181, Dispersion(0.2, 10, 0.99)) == at_one


def test_an_interval_beyond_every_number_is_open():
    months = [(0, 0, 30)] * 4 + [(0, 10**7, 30)] + [(1, 1, 30)]
    found = compared(1, 30, 1, 150, months)
    assert (found.lower, found.upper, found.verdict) == (0, None, "cannot_tell")


# The comparison


def test_months_that_vary_no_more_than_poisson_leave_the_exact_interval():
    months = [(1, 20, 30), (1, 24, 31), (1, 22, 30), (0, 10, 30), (0, 12, 31), (0, 14, 30)]
    found = compared(66, 91, 36, 91, months)
    assert found.method == "exact_poisson"
    assert (found.lower, found.upper) == rate_ratio_interval(66, 91, 36, 91)
    # 22 a month of 30.33 days, and 12: (0.2471 + 0.6827) over 6 - 2
    assert found.dispersion == pytest.approx(0.2324, abs=5e-5)
    assert found.verdict == "rose"


def test_over_dispersion_is_what_five_per_cent_call_significant():
    spreads = [[(0, 100 + step, 30), (0, 100 - step, 30)] for step in range(40)]
    months = [[*pair, *[(0, 100, 30)] * 2] for pair in spreads]
    for each in months:
        is_significant = overdispersion(each).p < 0.2
        expected = "quasi_poisson" if is_significant else "exact_poisson"
        assert compared(500, 120, 400, 120, each).method == expected
    assert {overdispersion(each).p < 0.2 for each in months} == {True, False}


@pytest.mark.parametrize(
    ("rates", "months", "reason"),
    [
        ((0, 166, 0, 184), (), "no_cases"),
        ((5, 0, 4, 184), (), "no_days"),
        ((5, 166, 4, -1), (), "no_days"),
        ((-5, 166, 4, 184), (), "negative_count"),
        ((5, 166, 4, 184), [(0, -4, 30)], "negative_count"),
        ((5, 166, 4, 184), [(0, 4, 0)], "no_days"),
    ],
)
def test_where_nothing_can_be_said_the_reason_is_given(rates, months, reason):
    found = compared(*rates, months)
    assert found == (None, None, None, None, None, "cannot_tell", reason)


def test_without_earlier_cases_the_interval_is_open_at_the_top():
    found = compared(20, 181, 0, 181)
    assert (found.ratio, found.upper, found.reason) == (None, None, "no_earlier_cases")
    assert found.lower == pytest.approx(0.025 ** (1 / 20) / (1 - 0.025 ** (1 / 20)))
    assert found.verdict == "rose"


def test_without_newer_cases_the_ratio_is_zero_and_bounded():
    found = compared(0, 181, 20, 181)
    assert (found.ratio, found.lower, found.reason) == (0, 0, None)
    assert found.upper == pytest.approx((1 - 0.025 ** (1 / 20)) / 0.025 ** (1 / 20))
    assert found.verdict == "fell"


@pytest.mark.parametrize(
    ("now", "then", "reason"), [(0, 60, "no_newer_cases"), (60, 0, "no_earlier_cases")]
)
def test_waves_against_no_cases_have_no_interval(now, then, reason):
    months = [(int(now > 0), n, 30) for n in (50, 0, 0, 10)]
    found = compared(now, 120, then, 120, months)
    assert (found.lower, found.upper, found.method) == (None, None, None)
    assert (found.verdict, found.reason) == ("cannot_tell", reason)


@pytest.mark.parametrize("level", [0, 1, 95, math.nan])
def test_a_level_that_is_no_probability_is_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        compared(0, 0, 0, 0, (), level)
    with pytest.raises(ValueError, match="between 0 and 1"):
        rate_ratio_interval(1, 1, 1, 1, level)


def test_an_end_at_the_unchanged_value_is_no_change():
    assert verdict_of(1, 2, 1) == verdict_of(0.5, 1, 1) == "cannot_tell"
    assert verdict_of(None, None, 1) == "cannot_tell"


# Properties


@given(positive, days, positive, days, month_lists)
def test_swapping_the_periods_inverts_the_ratio_and_its_ends(now, days_now, then, days_then, each):
    found = compared(now, days_now, then, days_then, each)
    swapped = compared(then, days_then, now, days_now, [(1 - p, n, d) for p, n, d in each])
    assert swapped.ratio * found.ratio == pytest.approx(1)
    if found.upper is not None and swapped.upper is not None:  # an open end has no inverse
        assert swapped.lower * found.upper == pytest.approx(1)
        assert swapped.upper * found.lower == pytest.approx(1)
    opposite = {"rose": "fell", "fell": "rose", "cannot_tell": "cannot_tell"}
    assert (swapped.verdict, swapped.method) == (opposite[found.verdict], found.method)


@given(counts, days, positive, days, st.integers(2, 10))
def test_as_many_times_the_cases_in_as_many_times_the_days_keep_the_ratio(
    now, days_now, then, days_then, times
):
    found = compared(now, days_now, then, days_then)
    longer = compared(now * times, days_now * times, then * times, days_then * times)
    assert longer.ratio == found.ratio
    assert longer.upper < found.upper  # and more cases are surer


@given(rates, month_lists, st.integers(2, 10))
def test_the_unit_of_exposure_does_not_matter(pair, each, times):
    now, days_now, then, days_then = pair
    found = compared(now, days_now, then, days_then, each)
    hours = [(p, n, d * times) for p, n, d in each]
    again = compared(now, days_now * times, then, days_then * times, hours)
    assert again[:3] == pytest.approx(found[:3])
    assert again[3:] == pytest.approx(found[3:])


@given(rates, month_lists.flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
def test_the_order_of_months_does_not_matter(pair, orders):
    first, second = (compared(*pair, each) for each in orders)
    assert first == second


@given(rates, month_lists, st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_a_verdict_never_contradicts_its_interval(pair, each, level):
    found = compared(*pair, each, level)
    lower = 0 if found.lower is None else found.lower
    upper = math.inf if found.upper is None else found.upper
    assert (found.verdict == "rose") == (lower > 1)
    assert (found.verdict == "fell") == (upper < 1)
    assert lower <= (math.inf if found.ratio is None else found.ratio) <= upper
    assert not any(isinstance(value, float) and not math.isfinite(value) for value in found)


@given(counts, days, counts, days)
def test_a_higher_level_is_a_wider_interval(now, days_now, then, days_then):
    narrow = compared(now, days_now, then, days_then, level=0.8)
    wide = compared(now, days_now, then, days_then, level=0.95)
    if narrow.lower is not None:
        assert wide.lower <= narrow.lower
    if narrow.upper is not None:
        assert wide.upper >= narrow.upper


# How often the intervals cover the true ratio


def _months(source, mean, dispersion, ratio):
    """Draw the months of two periods; the variance is so many times the mean."""
    found = []
    for period, rate, covered in ((1, ratio * mean / 184, DAYS_NOW), (0, mean / 184, DAYS_THEN)):
        expected = rate * np.array(covered)
        if dispersion > 1:
            draw = source.negative_binomial(expected / (dispersion - 1), 1 / dispersion)
        else:
            draw = source.poisson(expected)
        found += [(period, int(n), d) for n, d in zip(draw, covered, strict=True)]
    return found


def _sums(months):
    now, then = (sum(n for p, n, _ in months if p == period) for period in (1, 0))
    return now, sum(DAYS_NOW), then, sum(DAYS_THEN)


def _covers(lower, upper, ratio):
    return (lower is None or lower <= ratio) and (upper is None or ratio <= upper)


@pytest.mark.parametrize(("mean", "most"), [(5, 1.0), (2_000, 0.97)])
def test_exact_intervals_cover_poisson_counts_as_often_as_they_say(mean, most):
    source = np.random.default_rng(166)
    found = [compared(*_sums(_months(source, mean, 1, 1.3))) for _ in range(PAIRS)]
    covered = np.mean([_covers(each.lower, each.upper, 1.3) for each in found])
    assert 0.93 <= covered <= most


@pytest.mark.parametrize(
    ("mean", "dispersion", "most"), [(5, 2, 1.0), (200, 3, 0.97), (2_000, 6, 0.97)]
)
def test_quasi_poisson_intervals_cover_over_dispersed_counts(mean, dispersion, most):
    source = np.random.default_rng(184)
    covered = []
    for _ in range(PAIRS):
        months = _months(source, mean, dispersion, 1.3)
        bounds = quasi_poisson_interval(*_sums(months), overdispersion(months))
        covered.append(_covers(*(bounds or (None, None)), 1.3))
    assert 0.93 <= np.mean(covered) <= most


@pytest.mark.parametrize("dispersion", [1, 2, 10])
def test_chosen_intervals_cover_as_often_as_they_say_and_exact_ones_do_not(dispersion):
    source = np.random.default_rng(2018)
    draws = [_months(source, 2_000, dispersion, 1.3) for _ in range(PAIRS)]
    chosen = [compared(*_sums(months), months) for months in draws]
    exact = [compared(*_sums(months)) for months in draws]
    covered, covered_exact = (
        np.mean([_covers(each.lower, each.upper, 1.3) for each in found])
        for found in (chosen, exact)
    )
    assert 0.93 <= covered <= (0.975 if dispersion == 1 else 0.97)
    assert covered_exact < 0.9 or dispersion == 1


def test_the_test_of_over_dispersion_is_wrong_about_five_times_in_a_hundred():
    source = np.random.default_rng(5)
    found = [overdispersion(_months(source, 2_000, 1, 1.3)).p for _ in range(PAIRS)]
    assert 0.035 <= np.mean([p < 0.05 for p in found]) <= 0.065
