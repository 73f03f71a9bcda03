"""Proportions, their differences and the intervals of both."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from kao_metrics.statistics.proportions import proportion, proportion_difference

PAIRS = 2_000

parts = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.5, 0.8, 0.95, 0.99])


# One proportion


@pytest.mark.parametrize(
    ("count", "total", "lower", "upper"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_examples_of_newcombe_are_met(count, total, lower, upper):
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
    found = proportion(count, total)
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
@pytest.mark.parametrize(("count", "total"), [(0, 7), (7, 7), (1, 29), (542, 2052), (1, 10**7)])
def test_the_interval_is_that_of_two_other_implementations(count, total, level):
    found = proportion(count, total, level)
    scipy = stats.binomtest(count, total).proportion_ci(level, method="wilson")
    assert (found.lower, found.upper) == pytest.approx((scipy.low, scipy.high), rel=1e-9, abs=1e-15)
    models = proportion_confint(count, total, 1 - level, method="wilson")
    assert (found.lower, found.upper) == pytest.approx(models, rel=1e-9, abs=1e-15)


def test_one_of_two_is_what_a_hand_computes():
    # z² = 3.841459: ends ½ ± z √(½ × ½ ÷ 2 + z² ÷ 16) ÷ (1 + z² ÷ 2) = ½ ± ½ √(z² ÷ (2 + z²))
    found = proportion(1, 2)
    half = math.sqrt(3.841459 / (2 + 3.841459)) / 2
    assert (found.lower, found.upper) == pytest.approx((0.5 - half, 0.5 + half), abs=1e-7)


@pytest.mark.parametrize(
    ("count", "total", "value", "reason"),
    [
        (0, 0, None, "no_denominator"),
        (3, 0, None, "no_denominator"),
        (12, 10, 1.2, "numerator_exceeds_denominator"),
        (-1, 10, None, "negative_count"),
        (1, -10, None, "negative_count"),
    ],
)
def test_what_is_no_proportion_has_a_reason(count, total, value, reason):
    assert proportion(count, total) == (value, None, None, reason)


@given(parts, levels)
def test_the_interval_is_around_its_value_and_inside_0_to_1(part, level):
    found = proportion(*part, level)
    assert 0 <= found.lower <= found.value <= found.upper <= 1
    assert found.reason is None


@given(parts)
def test_those_not_counted_have_the_mirrored_interval(part):
    count, total = part
    found, rest = proportion(count, total), proportion(total - count, total)
    assert (1 - rest.upper, 1 - rest.lower) == pytest.approx((found.lower, found.upper), abs=1e-15)


@given(parts, st.integers(2, 20))
def test_as_many_times_of_as_many_times_is_surer(part, times):
    found = proportion(*part)
    more = proportion(part[0] * times, part[1] * times)
    assert more.value == found.value
    assert more.upper - more.lower < found.upper - found.lower


# The difference of two


@pytest.mark.parametrize(
    ("counts", "lower", "upper"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((84, 101, 89, 105), -0.1177, 0.0851),
    ],
)
def test_the_published_examples_of_method_10_are_met(counts, lower, upper):
    # The first three: Newcombe (1998), Statistics in Medicine 17, 873-890, table II; the last as
    # R's DescTools tests it, after a paper at the Western Users of SAS conference (2016, no. 127).
    found = proportion_difference(*counts)
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(
    "counts",
    [(56, 70, 48, 80), (5, 56, 0, 29), (0, 10, 0, 20), (10, 10, 0, 10), (542, 2052, 498, 1988)],
)
def test_the_difference_is_that_of_another_implementation(counts):
    found = proportion_difference(*counts)
    expected = confint_proportions_2indep(*counts, method="newcomb", compare="diff", alpha=0.05)
    assert (found.lower, found.upper) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_difference_is_exact_before_it_is_a_float():
    assert proportion_difference(56, 70, 48, 80).difference == 0.2


@pytest.mark.parametrize(
    ("counts", "difference", "reason"),
    [
        ((0, 0, 3, 10), None, "no_denominator"),
        ((3, 10, 0, 0), None, "no_denominator"),
        ((12, 10, 0, 0), None, "no_denominator"),
        ((3, 10, 4, -2), None, "negative_count"),
        ((12, 10, 1, 5), 1.0, "numerator_exceeds_denominator"),
        ((1, 5, 12, 10), -1.0, "numerator_exceeds_denominator"),
    ],
)
def test_what_are_no_two_proportions_have_a_reason_and_no_verdict(counts, difference, reason):
    found = proportion_difference(*counts)
    assert found == (difference, None, None, "cannot_tell", reason)


@given(parts, parts)
def test_swapping_the_two_turns_the_difference_round(first, second):
    found = proportion_difference(*first, *second)
    swapped = proportion_difference(*second, *first)
    assert swapped.difference == -found.difference
    assert (-swapped.upper, -swapped.lower) == pytest.approx((found.lower, found.upper), abs=1e-15)
    opposite = {"rose": "fell", "fell": "rose", "cannot_tell": "cannot_tell"}
    assert swapped.verdict == opposite[found.verdict]


@given(parts, parts, levels)
def test_a_verdict_never_contradicts_its_interval(first, second, level):
    found = proportion_difference(*first, *second, level)
    assert -1 <= found.lower <= found.difference <= found.upper <= 1
    assert (found.verdict == "rose") == (found.lower > 0)
    assert (found.verdict == "fell") == (found.upper < 0)


@given(parts)
def test_a_proportion_does_not_differ_from_itself(part):
    found = proportion_difference(*part, *part)
    assert (found.difference, found.verdict) == (0, "cannot_tell")


@pytest.mark.parametrize("level", [0, 1, 95, math.nan])
def test_a_level_that_is_no_probability_is_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        proportion(1, 2, level)
    with pytest.raises(ValueError, match="between 0 and 1"):
        proportion_difference(1, 2, 1, 2, level)


# How often the intervals cover the truth


@pytest.mark.parametrize(("total", "chance"), [(20, 0.25), (2_000, 0.26), (2_000, 0.01)])
def test_intervals_of_a_proportion_cover_it_as_often_as_they_say(total, chance):
    draws = np.random.default_rng(1927).binomial(total, chance, PAIRS)
    found = [proportion(int(count), total) for count in draws]
    assert 0.93 <= np.mean([each.lower <= chance <= each.upper for each in found]) <= 0.97


@pytest.mark.parametrize("total", [20, 2_000])
def test_intervals_of_a_difference_cover_it_as_often_as_they_say(total):
    source = np.random.default_rng(1998)
    pairs = zip(
        source.binomial(total, 0.3, PAIRS), source.binomial(2 * total, 0.2, PAIRS), strict=True
    )
    found = [proportion_difference(int(a), total, int(b), 2 * total) for a, b in pairs]
    assert 0.93 <= np.mean([each.lower <= 0.1 <= each.upper for each in found]) <= 0.97
