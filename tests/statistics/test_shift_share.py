"""Shift-share: what it adds up to, by hand and for any numbers."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kao_metrics.statistics.shift_share import Split, rounded_together, shift_share

PARTS = st.dictionaries(st.sampled_from("abcde"), st.integers(0, 20_000), min_size=1)


def both(draw_from=PARTS):
    """Draw two dates with the same parts."""
    return draw_from.flatmap(
        lambda then: st.tuples(
            st.just(then),
            st.fixed_dictionaries({part: st.integers(0, 20_000) for part in then}),
        )
    )


def test_a_part_in_step_with_the_whole_is_not_shifted():
    """100 to 80 is a fifth less: 60 in step is 48, so 50 are 2 more, and 30 are 2 fewer than 32."""
    assert shift_share({"a": 60, "b": 40}, {"a": 50, "b": 30}) == {
        "a": Split(Fraction(-12), Fraction(2)),
        "b": Split(Fraction(-8), Fraction(-2)),
    }


def test_a_part_that_was_not_there_is_all_shift():
    found = shift_share({"a": 10, "b": 0}, {"a": 10, "b": 10})
    assert found == {"a": Split(10, -10), "b": Split(0, 10)}


@settings(max_examples=50)
@given(both())
def test_the_halves_add_up_to_each_change_and_to_the_whole(dates):
    then, now = dates
    found = shift_share(then, now)
    if not sum(then.values()):
        assert found == "nothing_then"
        return
    assert all(each.common + each.shift == now[part] - then[part] for part, each in found.items())
    assert sum(each.common for each in found.values()) == sum(now.values()) - sum(then.values())
    assert sum(each.shift for each in found.values()) == 0


@settings(max_examples=50)
@given(both())
def test_with_the_dates_exchanged_both_signs_turn_round(dates):
    then, now = dates
    there, back = shift_share(then, now), shift_share(now, then)
    if "nothing_then" in (there, back):
        return
    for part in then:
        assert there[part].common * back[part].common <= 0
        assert there[part].shift * back[part].shift <= 0
        assert bool(there[part].shift) == bool(back[part].shift) or not then[part] or not now[part]


def test_parts_at_one_date_only_are_refused():
    with pytest.raises(ValueError, match="parts at one date only: b; expected the same at both"):
        shift_share({"a": 1}, {"a": 1, "b": 1})


@settings(max_examples=50)
@given(st.lists(st.fractions(), max_size=6), st.integers(0, 12))
def test_rounded_parts_add_up_and_none_is_a_unit_off(parts, places):
    total = Fraction(sum(map(round, parts)))
    parts.append(total - sum(parts))  # so that the whole needs no rounding
    found = rounded_together(parts, places)
    assert sum(map(Fraction, found)) == total
    unit = Fraction(1, 10**places)
    assert all(abs(Fraction(one) - part) < unit for one, part in zip(found, parts, strict=True))


def test_what_is_exact_is_not_rounded():
    assert rounded_together([Fraction(-5, 4), Fraction(1, 4)], 2) == (
        Decimal("-1.25"),
        Decimal("0.25"),
    )
    assert rounded_together([], 2) == ()
