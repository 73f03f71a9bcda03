"""Contributions: hand-computed changes, and that they add up exactly whatever comes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.statistics.contributions import contributions

COUNTS = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 10**6))
DAYS = st.integers(1, 184)
PERIODS = st.tuples(COUNTS, DAYS, COUNTS, DAYS)
RENAMED = st.sampled_from([{}, {"a": "b"}, {"a": "b", "b": "k"}, {"c": "d", "e": "d"}])
NOW = {"fees": 60, "food": 30, "phones": 30, "trips": 12}
THEN = {"fees": 20, "food": 40, "phones": 30, "toys": 10}


def by_category(found):
    return {part.category: part for part in found.parts}


def ask(now, days_now, then, days_then, **how):
    """Return contributions where there are some."""
    found = contributions(now, days_now, then, days_then, **how)
    return None if isinstance(found, str) else found


def test_a_contribution_is_the_change_of_a_rate_and_its_share_of_the_whole():
    found = contributions(NOW, 120, THEN, 100)
    # 132 / 120 = 1.1 a day after 100 / 100 = 1 a day
    assert found.change == Fraction(1, 10)
    assert found.reason is None
    assert [(part.category, part.change, part.share) for part in found.parts] == [
        ("fees", Fraction(3, 10), 3),  # 60 / 120 - 20 / 100
        ("food", Fraction(-15, 100), Fraction(-3, 2)),  # 30 / 120 - 40 / 100
        ("toys", Fraction(-1, 10), -1),
        ("trips", Fraction(1, 10), 1),
        ("phones", Fraction(-5, 100), Fraction(-1, 2)),  # 30 / 120 - 30 / 100
    ]


def test_first_and_last_appearances_are_said_to_be_so():
    statuses = {part.category: part.status for part in contributions(NOW, 120, THEN, 100).parts}
    assert statuses == {
        "fees": "kept",
        "food": "kept",
        "phones": "kept",
        "toys": "gone",
        "trips": "new",
    }


def test_ranks_are_shared_by_equals_and_change_in_places():
    parts = by_category(contributions(NOW, 120, THEN, 100))
    ranks = {name: (part.rank_then, part.rank_now) for name, part in parts.items()}
    assert ranks == {
        "fees": (3, 1),
        "food": (1, 2),
        "phones": (2, 2),
        "toys": (4, None),
        "trips": (None, 4),
    }
    assert (parts["fees"].places_up, parts["food"].places_up) == (2, -1)
    assert (parts["toys"].places_up, parts["trips"].places_up) == (None, None)


def test_what_is_beyond_the_most_is_folded_into_one():
    found = contributions(NOW, 120, THEN, 100, most=2)
    assert [part.category for part in found.parts] == ["fees", "food"]
    assert found.other.categories == ("toys", "trips", "phones")
    assert (found.other.now, found.other.then) == (42, 40)
    assert found.other.change == Fraction(42, 120) - Fraction(40, 100)
    assert found.other.share == Fraction(-1, 2)


def test_nothing_is_folded_where_all_are_told_apart():
    assert contributions(NOW, 120, THEN, 100, most=5).other is None
    assert contributions(NOW, 120, THEN, 100).other is None


def test_everything_can_be_folded():
    found = contributions(NOW, 120, THEN, 100, most=0)
    assert found.parts == ()
    assert (found.other.change, found.other.share) == (found.change, 1)


def test_cases_of_no_category_are_part_of_the_whole_without_a_rank():
    found = contributions({"a": 30}, 100, {"a": 10, "b": 5}, 100, most=1, rest=(50, 20))
    assert found.change == Fraction(80 - 35, 100)
    assert (found.rest.now, found.rest.then, found.rest.change) == (50, 20, Fraction(3, 10))
    assert found.rest.share == Fraction(2, 3)
    assert found.parts[0].rank_now == 1
    assert found.parts[0].change + found.other.change + found.rest.change == found.change
    assert contributions({"a": 1}, 100, {}, 100).rest is None
    assert contributions({}, 100, {}, 100, rest=(0, 1)).change == Fraction(-1, 100)
    assert contributions({}, 100, {}, 100, rest=(-1, 1)) == "negative_count"


def test_a_whole_that_did_not_change_has_contributions_and_no_shares():
    found = contributions({"a": 30, "b": 10}, 200, {"a": 5, "b": 15}, 100, most=1)
    assert (found.change, found.reason) == (0, "no_change")
    assert [(part.category, part.change, part.share) for part in found.parts] == [
        ("a", Fraction(1, 10), None)
    ]
    assert (found.other.change, found.other.share) == (Fraction(-1, 10), None)


def test_a_renamed_category_is_neither_new_nor_gone():
    found = contributions({"web": 50}, 100, {"net": 40}, 100, renamed={"net": "web"})
    (part,) = found.parts
    assert (part.category, part.status, part.older_names) == ("web", "renamed", ("net",))
    assert (part.now, part.then, part.share) == (50, 40, 1)


def test_several_names_become_one_and_a_name_changes_twice():
    renamed = {"net": "web", "web": "online", "mail": "online"}
    found = contributions(
        {"online": 9, "web": 1}, 10, {"net": 2, "mail": 3, "online": 1}, 10, renamed=renamed
    )
    (part,) = found.parts
    assert (part.now, part.then) == (10, 6)
    assert (part.status, part.older_names) == ("renamed", ("mail", "net", "web"))


def test_a_category_that_ends_under_an_old_name_is_gone_and_one_that_begins_new():
    renamed = {"net": "web", "post": "mail"}
    parts = by_category(contributions({"post": 3}, 10, {"net": 2}, 10, renamed=renamed))
    assert {name: part.status for name, part in parts.items()} == {"web": "gone", "mail": "new"}
    assert {name: part.older_names for name, part in parts.items()} == {
        "web": ("net",),
        "mail": ("post",),
    }


def test_a_name_that_no_category_had_renames_none():
    found = contributions({"web": 2}, 10, {"web": 1}, 10, renamed={"net": "web"})
    assert found.parts[0].status == "kept"


def test_an_old_name_without_cases_renames_none():
    found = contributions({"web": 2, "net": 0}, 10, {"web": 1}, 10, renamed={"net": "web"})
    assert (found.parts[0].status, found.parts[0].older_names) == ("kept", ())


def test_equal_changes_are_in_the_order_of_their_names():
    found = contributions({"b": 2, "c": 1, "a": 2}, 10, {"b": 1, "c": 2, "a": 1}, 10)
    assert [part.category for part in found.parts] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("periods", "renamed", "reason"),
    [
        (({"a": 1}, 0, {"a": 1}, 10), {}, "no_days"),
        (({"a": 1}, 10, {"a": 1}, -1), {}, "no_days"),
        (({"a": -1}, 10, {"a": 1}, 10), {}, "negative_count"),
        (({"a": 0}, 10, {}, 10), {}, "no_cases"),
        (({}, 10, {}, 10), {}, "no_cases"),
        (({"a": 1}, 10, {"b": 1}, 10), {"a": "b", "b": "a"}, "renames_in_a_circle"),
        (({"c": 1}, 10, {"b": 1}, 10), {"c": "a", "a": "b", "b": "a"}, "renames_in_a_circle"),
    ],
)
def test_what_has_no_contributions_says_why(periods, renamed, reason):
    assert contributions(*periods, renamed=renamed) == reason


def test_a_name_for_itself_is_no_circle():
    found = contributions({"a": 2}, 10, {"a": 1}, 10, renamed={"a": "a"})
    assert found.parts[0].status == "kept"


def test_fewer_than_no_category_are_refused():
    with pytest.raises(ValueError, match="-1 categories"):
        contributions(NOW, 120, THEN, 100, most=-1)


@given(PERIODS, RENAMED, st.none() | st.integers(0, 12))
def test_contributions_add_up_to_the_whole_exactly(periods, renamed, most):
    now, days_now, then, days_then = periods
    found = ask(*periods, renamed=renamed, most=most)
    if found is None:
        assert not any((*now.values(), *then.values()))
        return
    whole = Fraction(sum(now.values()), days_now) - Fraction(sum(then.values()), days_then)
    parts = [*found.parts, *([found.other] if found.other else [])]
    assert found.change == whole == sum(part.change for part in parts)
    assert sum(part.now for part in parts) == sum(now.values())
    assert sum(part.then for part in parts) == sum(then.values())
    if whole:
        assert sum(part.share for part in parts) == 1
    else:
        assert found.reason == "no_change"
        assert {part.share for part in parts} == {None}


@given(PERIODS, RENAMED, st.integers(0, 12))
def test_what_is_folded_is_no_larger_than_what_is_told_apart(periods, renamed, most):
    whole = ask(*periods, renamed=renamed)
    found = ask(*periods, renamed=renamed, most=most)
    if found is not None:
        sizes = [abs(part.change) for part in whole.parts]
        assert sizes == sorted(sizes, reverse=True)
        assert found.parts == whole.parts[:most]


@given(PERIODS, RENAMED, st.randoms())
def test_the_order_of_the_rows_changes_nothing(periods, renamed, random):
    now, days_now, then, days_then = periods
    shuffled = [list(one.items()) for one in (now, then, renamed)]
    for items in shuffled:
        random.shuffle(items)
    other_now, other_then, other_renamed = map(dict, shuffled)
    assert contributions(*periods, renamed=renamed, most=3) == (
        contributions(other_now, days_now, other_then, days_then, renamed=other_renamed, most=3)
    )


@given(PERIODS, st.integers(2, 9))
def test_longer_periods_with_as_many_more_cases_change_no_contribution(periods, scale):
    now, days_now, then, days_then = periods
    found = ask(*periods)
    scaled = ask(
        {name: count * scale for name, count in now.items()}, days_now * scale, then, days_then
    )
    if found is not None:
        assert [(one.category, one.change, one.share) for one in scaled.parts] == [
            (one.category, one.change, one.share) for one in found.parts
        ]


@given(PERIODS)
def test_the_periods_in_the_other_order_turn_every_sign(periods):
    now, days_now, then, days_then = periods
    found = ask(*periods)
    turned = ask(then, days_then, now, days_now)
    if found is not None:
        assert [(one.category, -one.change, one.share) for one in turned.parts] == [
            (one.category, one.change, one.share) for one in found.parts
        ]
        assert [one.rank_now for one in turned.parts] == [one.rank_then for one in found.parts]


@given(PERIODS)
def test_a_category_without_cases_is_as_one_left_out(periods):
    now, days_now, then, days_then = periods
    padded = [dict.fromkeys("abcdefghij", 0) | one for one in (now, then)]
    assert contributions(padded[0], days_now, padded[1], days_then) == contributions(*periods)
