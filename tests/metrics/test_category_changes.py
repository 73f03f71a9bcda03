"""Which categories of complaints moved between two half-years, by cases a day and by rank."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from casework import HALF, LAST_YEAR, PREVIOUS, by_category, cases, example, rows_of, table
from hypothesis import given, settings
from hypothesis import strategies as st

from kao_metrics import labels
from kao_metrics.metrics.category_changes import (
    CategoryChanges,
    category_changes,
    complaints_category_change,
    complaints_rank_change,
    exactly_rounded,
    latest_changes,
)
from kao_metrics.period import Period

EXAMPLE = Path(__file__).parent.parent.parent / "data" / "examples" / "taipei_1999"
WHOLE = ("_T.previous", "_T.same_half_last_year")


def between(now, then, **where):
    """What changed from cases in 184 days to cases in 166."""
    rows = (*by_category(now), *by_category(then, PREVIOUS))
    return category_changes(table(*rows), HALF, PREVIOUS, **where)


def changes(frame, metric=complaints_category_change, *columns):
    """By breakdown, the results of a metric."""
    found = rows_of(metric, frame, "breakdown", *(columns or ("value",)))
    return {name: row[0] if len(row) == 1 else tuple(row) for name, *row in found}


def by_hand(code, category):
    rows = pl.read_csv(EXAMPLE / "complaints" / f"{code}.csv")
    return int(rows.filter(pl.col("category") == category)["count"].sum())


def test_contributions_are_changes_a_day_and_add_up_to_the_whole():
    """80,109 cases in 181 days after 78,646 in 184."""
    found = category_changes(example().tables["complaints"], Period(2019, 1), Period(2018, 2))
    made_of = found.made_of
    assert made_of.change == Fraction(80109, 181) - Fraction(78646, 184)
    assert sum(each.change for each in made_of.parts) == made_of.change
    rubbish = next(each for each in made_of.parts if each.category == "bulky_waste")
    now, then = (by_hand(code, "bulky_waste") for code in ("2019-S1", "2018-S2"))
    assert rubbish.change == Fraction(now, 181) - Fraction(then, 184)
    sizes = [abs(each.change) for each in made_of.parts]
    assert sizes == sorted(sizes, reverse=True)


def test_the_order_of_rows_makes_no_difference():
    complaints = example().tables["complaints"]
    mixed = complaints.collect().sample(fraction=1, shuffle=True, seed=7).lazy()
    period = Period(2019, 1)
    for metric in (complaints_category_change, complaints_rank_change):
        assert metric(mixed, period).collect().equals(metric(complaints, period).collect())


def test_periods_that_change_places_change_the_sign():
    now, then = {"food": 83, "travel": 166, "fitness": 332}, {"food": 92, "travel": 46}
    there = between(now, then)
    rows = (*by_category(then), *by_category(now, PREVIOUS))
    back = category_changes(
        table(*rows).with_columns(
            covers_from=pl.when(pl.col("time_period") == HALF.code)
            .then(PREVIOUS.covers_from)
            .otherwise(HALF.covers_from),
            covers_to=pl.when(pl.col("time_period") == HALF.code)
            .then(PREVIOUS.covers_to)
            .otherwise(HALF.covers_to),
        ),
        HALF,
        PREVIOUS,
    )
    assert back.made_of.change == -there.made_of.change
    changed = {each.category: each.change for each in back.made_of.parts}
    assert changed == {each.category: -each.change for each in there.made_of.parts}
    statuses = {each.category: each.status for each in back.made_of.parts}
    assert statuses == {"food": "kept", "travel": "kept", "fitness": "gone"}


def test_results_have_the_whole_then_each_category_and_both_comparisons():
    """In 166 days 332 and 83, in 184 days 184 and 92, in 181 days 181 of food alone."""
    frame = table(
        *by_category({"food": 332, "travel": 83}),
        *by_category({"food": 184, "travel": 92}, PREVIOUS),
        *by_category({"food": 181}, LAST_YEAR),
    )
    columns = ("value", "numerator", "denominator", "reason")
    assert changes(frame, complaints_category_change, *columns) == {
        "_T.previous": (1, 415, 276, None),
        "food.previous": (1, 332, 184, None),
        "travel.previous": (0, 83, 92, None),
        "_T.same_half_last_year": (Decimal("1.5"), 415, 181, None),
        "food.same_half_last_year": (1, 332, 181, None),
        "travel.same_half_last_year": (Decimal("0.5"), 83, 0, "category_new"),
    }
    assert changes(frame, complaints_rank_change, *columns) == {
        "food.previous": (0, 1, 1, None),
        "travel.previous": (0, 2, 2, None),
        "food.same_half_last_year": (0, 1, 1, None),
        "travel.same_half_last_year": (None, 2, None, "category_new"),
    }


def test_places_gained_are_counted_up():
    frame = table(
        *by_category({"food": 10, "travel": 30, "fitness": 20}),
        *by_category({"food": 30, "travel": 20, "fitness": 20}, PREVIOUS),
    )
    found = changes(frame, complaints_rank_change, "value", "numerator", "denominator")
    assert {name: found[f"{name}.previous"] for name in ("food", "travel", "fitness")} == {
        "food": (-2, 3, 1), "travel": (1, 1, 2), "fitness": (0, 2, 2),
    }  # fmt: skip


counts = st.dictionaries(
    st.sampled_from(labels.codes("complaint_category")[:9]), st.integers(0, 10**6), min_size=1
)


@settings(max_examples=12)
@given(counts, counts, st.integers(0, 1000))
def test_what_is_rounded_still_adds_up_to_the_whole(now, then, rest):
    """Also with cases of no category: the total is given, and larger than its parts."""
    total = cases("first", sum(now.values()) + rest)
    found = changes(table(total, *by_category(now), *by_category(then, PREVIOUS)))
    whole = found.pop("_T.previous")
    found.pop("_T.same_half_last_year")
    if any(now.values()) or any(then.values()) or rest:
        assert sum(found.values()) == whole
        exact = Fraction(sum(now.values()) + rest, 166) - Fraction(sum(then.values()), 184)
        assert abs(Fraction(whole) - exact) <= Fraction(1, 10**12)
    assert ("_rest.previous" in found) == bool(rest)


@settings(max_examples=25)
@given(st.lists(st.fractions(-1000, 1000, max_denominator=10**5)))
def test_fractions_are_rounded_to_within_a_unit_and_add_up(changed):
    found = exactly_rounded(changed)
    unit = Fraction(1, 10**12)
    assert all(abs(Fraction(a) - b) <= unit for a, b in zip(found, changed, strict=True))
    assert abs(sum(map(Fraction, found)) - sum(changed)) <= unit / 2


def test_twice_the_days_with_twice_the_cases_keep_every_change():
    there = {"food": 30, "travel": 7}, {"food": 11, "travel": 12}
    frame = table(*by_category(there[0]), *by_category(there[1], PREVIOUS))
    twice = frame.with_columns(
        pl.col("value", "lower", "upper") * 2,
        covers_to=pl.col("covers_to") + (pl.col("covers_to") - pl.col("covers_from"))
        + pl.duration(days=1),
    )  # fmt: skip
    assert changes(twice) == changes(frame)


def test_cases_of_no_category_are_part_of_the_whole_and_have_no_rank():
    found = category_changes(
        table(
            cases("first", 100),
            cases("first", 60, category="food"),
            cases("first", 46, period=PREVIOUS, category="food"),
        ),
        HALF,
        PREVIOUS,
    )
    assert (found.made_of.rest.now, found.made_of.rest.then) == (40, 0)
    assert found.made_of.change == Fraction(100, 166) - Fraction(46, 184)
    (food,) = found.made_of.parts
    assert (food.rank_now, food.share) == (1, food.change / found.made_of.change)
    assert (found.whole.now, found.whole.then) == (100, 46)


def test_where_nothing_stays_all_are_new_or_gone():
    found = between({"food": 5}, {"travel": 5, "fitness": 0})
    assert {each.category: each.status for each in found.made_of.parts} == {
        "food": "new", "travel": "gone",
    }  # fmt: skip


def test_one_category_makes_up_the_whole():
    (part,) = between({"food": 166}, {"food": 46}).made_of.parts
    assert (part.change, part.share, part.places_up) == (Fraction(3, 4), 1, 0)


@pytest.mark.parametrize(
    ("now", "then", "makes_up"),
    [
        ({"food": 332}, {"food": 184}, True),
        # +2 and −1 a day: the whole is a third of what moved
        ({"food": 332, "travel": 166}, {"food": 0, "travel": 368}, False),
        # +3 and −1: just half
        ({"food": 498, "travel": 166}, {"food": 0, "travel": 368}, True),
        ({"food": 166, "travel": 0}, {"food": 0, "travel": 184}, False),
    ],
)
def test_shares_say_little_where_categories_make_up_for_one_another(now, then, makes_up):
    assert between(now, then).makes_up == makes_up


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        ([cases("first", 9)], ["no_categories", "no_categories"]),
        (by_category({"food": 9}), ["no_earlier_period", "no_earlier_period"]),
        (
            [*by_category({"food": 9}), cases("first", 9, period=PREVIOUS)],
            ["no_categories", "no_earlier_period"],
        ),
        (
            [*by_category({"food": 0}), *by_category({"food": 0}, LAST_YEAR)],
            ["no_earlier_period", "no_cases"],
        ),
        ([cases("second", 9, category="food")], []),
    ],
)
def test_what_is_lacking_is_one_row_with_its_reason(rows, reasons):
    for metric in (complaints_category_change, complaints_rank_change):
        found = changes(table(*rows), metric, "value", "obs_status", "reason")
        assert found == {
            name: (None, "M", reason) for name, reason in zip(WHOLE, reasons, strict=False)
        }


def test_the_same_half_last_year_stands_in_for_a_half_year_without_categories():
    now, then = by_category({"food": 9}), by_category({"food": 8}, LAST_YEAR)
    against, found = latest_changes(table(*now, *then), HALF)
    assert against == "same_half_last_year"
    assert found.days_then == 181
    both = table(*now, *then, *by_category({"food": 7}, PREVIOUS))
    assert latest_changes(both, HALF)[0] == "previous"
    assert latest_changes(table(*now), HALF) is None


def test_months_and_sectors_are_added_up_for_each_category():
    rows = [
        cases("first", 5, 2, sector="goods", category="food"),
        cases("first", 3, 3, sector="services", category="food"),
        cases("first", 2, 2, sector="goods", category="travel"),
        cases("first", 46, period=PREVIOUS, category="food"),
    ]
    found = category_changes(table(*rows), HALF, PREVIOUS)
    assert {each.category: each.now for each in found.made_of.parts} == {"food": 8, "travel": 2}


@pytest.fixture
def renamed(monkeypatch):
    """Labels by which food was once travel, and fitness has another name since 2018-03."""
    tables = {kind: dict(table) for kind, table in labels._tables().items()}
    kinds = tables["complaint_category"]
    kinds["food"] = {**kinds["food"], "renamed_from": ["travel"]}
    kinds["fitness"] = {**kinds["fitness"], "renamed_in": ["2018-03"]}
    monkeypatch.setattr(labels, "_tables", lambda: tables)


@pytest.mark.usefixtures("renamed")
def test_a_category_that_was_renamed_is_counted_together_and_said_to_be():
    found = between({"food": 166, "fitness": 8}, {"travel": 92, "fitness": 7})
    parts = {each.category: each for each in found.made_of.parts}
    assert {name: each.status for name, each in parts.items()} == {
        "food": "renamed", "fitness": "renamed",
    }  # fmt: skip
    assert (parts["food"].change, parts["food"].older_names) == (Fraction(1, 2), ("travel",))
    assert found.renamed_in == {"fitness": ("2018-03",)}
    frame = table(*by_category({"food": 1}), *by_category({"travel": 1}, PREVIOUS))
    assert changes(frame, complaints_category_change, "reason")["food.previous"] == (
        "category_renamed"
    )


@pytest.mark.usefixtures("renamed")
@pytest.mark.parametrize(
    ("period", "is_renamed"),
    [
        (Period(2017, 2), False),
        (Period(2018, 1), True),
        (Period(2018, 2), True),
        (Period(2019, 1), False),
    ],
)
def test_a_change_of_name_counts_from_its_month_on(period, is_renamed):
    """The half-year after compares with one that was in part of the old name."""
    earlier = period.previous
    frame = table(
        cases("first", 3, period=period, category="fitness"),
        cases("first", 3, period=earlier, category="fitness"),
    )
    found = category_changes(frame, period, earlier)
    assert isinstance(found, CategoryChanges)
    assert [each.status for each in found.made_of.parts] == ["renamed" if is_renamed else "kept"]


def test_the_example_says_which_of_its_names_changed():
    found = category_changes(example().tables["complaints"], Period(2024, 2), Period(2024, 1))
    named = [each.category for each in found.made_of.parts if each.status == "renamed"]
    assert named == ["street_lights"]
