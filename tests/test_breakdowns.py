"""What adds up to what: parts beside their totals, and dimensions folded away."""

from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kao_metrics.breakdowns import fold, parts_of_totals
from kao_metrics.schemas import DECIMAL

MEASURES = ("value", "lower", "upper")

TREE = {
    "assistants": "budgeted",
    "contract": "budgeted",
    "health": "other",
}


def table(names, *rows):
    """A frame from rows of codes and a value, or of codes and (value, lower, upper)."""
    names = names.split()
    given = []
    for number, (*codes, value) in enumerate(rows, start=2):
        ends = value if isinstance(value, tuple) else (value, value, value)
        given.append([number, *codes, *(None if end is None else Decimal(end) for end in ends)])
    text, decimal = dict.fromkeys(names, pl.String), dict.fromkeys(MEASURES, DECIMAL)
    return pl.LazyFrame(given, schema={"row": pl.Int64, **text, **decimal}, orient="row")


def found(frame, dimensions, keys="", parents=None):
    """By row and dimension of a total: the sum of its parts, and what they leave."""
    parts = parts_of_totals(frame, dimensions.split(), keys.split(), parents).collect()
    columns = parts.select("row", "dimension", "parts", "remainder").rows()
    return {(row, dimension): (parts, rest) for row, dimension, parts, rest in columns}


def folded(frame, dimensions, keys):
    """By keys: the row of the total that stands, and the value."""
    keys = keys.split()
    rows = fold(frame, dimensions.split(), keys).collect().to_dicts()
    return {tuple(row[key] for key in keys): (row["row"], row["value"]) for row in rows}


def test_the_parts_of_a_total_leave_a_rest():
    """9 of which 4 and 3: 9 - 7 = 2 are in no part."""
    frame = table("sector", ("_T", 9), ("goods", 4), ("services", 3))
    assert found(frame, "sector") == {(2, "sector"): (7, 2)}


def test_parts_over_their_total_leave_less_than_nothing():
    frame = table("sector", ("_T", 6), ("goods", 4), ("services", 3))
    assert found(frame, "sector") == {(2, "sector"): (7, -1)}


def test_a_total_without_parts_and_parts_without_a_total_are_not_compared():
    frame = table("stage sector", ("first", "_T", 9), ("second", "goods", 4))
    assert found(frame, "sector", "stage") == {}


def test_rows_of_other_keys_are_no_parts():
    """The funnel's stages have nothing to do with each other; an empty key is a key too."""
    frame = table(
        "stage month sector",
        ("first", None, "_T", 9),
        ("first", None, "goods", 4),
        ("first", "2018-02-01", "goods", 2),
        ("second", "2018-02-01", "_T", 5),
        ("second", "2018-02-01", "goods", 5),
    )
    assert found(frame, "sector", "stage month") == {(2, "sector"): (4, 5), (5, "sector"): (5, 0)}


def test_two_dimensions_are_checked_one_after_the_other():
    """Categories first: 60 - (30 + 20) = 10, 35 - 35 = 0. Then sectors: 100 - (60 + 35) = 5."""
    frame = table(
        "sector category",
        ("_T", "_T", 100),
        ("goods", "_T", 60),
        ("goods", "food", 30),
        ("goods", "vehicles", 20),
        ("services", "_T", 35),
        ("services", "travel", 35),
    )
    assert found(frame, "category sector") == {
        (3, "category"): (50, 10),
        (6, "category"): (35, 0),
        (2, "sector"): (95, 5),
    }


def test_a_part_without_a_row_of_its_own_counts_as_the_sum_of_its_parts():
    """Goods have no total: 30 + 20 = 50 stand for them, and 100 - (50 + 35) = 15."""
    frame = table(
        "sector category",
        ("_T", "_T", 100),
        ("goods", "food", 30),
        ("goods", "vehicles", 20),
        ("services", "_T", 35),
    )
    assert found(frame, "category sector") == {(2, "sector"): (85, 15)}


def test_a_total_is_shown_with_its_keys_and_codes():
    frame = table(
        "stage sector category",
        ("first", "goods", "_T", 60),
        ("first", "goods", "food", 30),
        ("first", "_T", "_T", 70),
    )
    parts = parts_of_totals(frame, ["category", "sector"], ["stage"]).collect()
    codes = parts.select("row", "dimension", "stage", "category", "sector", "value").rows()
    assert codes == [
        (2, "category", "first", "_T", "goods", 60),
        (4, "sector", "first", "_T", "_T", 70),
    ]


def test_in_a_tree_each_part_is_compared_with_its_own_parts():
    """100 - (60 + 30) = 10, 60 - (35 + 20) = 5, 30 - 10 = 20: no part counts twice."""
    frame = table(
        "kind",
        ("_T", 100),
        ("budgeted", 60),
        ("assistants", 35),
        ("contract", 20),
        ("other", 30),
        ("health", 10),
    )
    assert found(frame, "kind", parents={"kind": TREE}) == {
        (2, "kind"): (90, 10),
        (3, "kind"): (55, 5),
        (6, "kind"): (10, 20),
    }


def test_in_a_tree_a_missing_part_is_the_sum_of_its_parts():
    """Nothing says budgeted: 35 + 20 = 55 stand for it, and 100 - (55 + 30) = 15."""
    frame = table(
        "kind", ("_T", 100), ("assistants", 35), ("contract", 20), ("other", 30), ("health", 10)
    )
    assert found(frame, "kind", parents={"kind": TREE}) == {
        (2, "kind"): (85, 15),
        (5, "kind"): (10, 20),
    }


def test_a_tree_is_folded_from_its_top_parts_only():
    """Temporary staff have no total: 60 + 30 = 90 without the 35 again, and 100 - 90 = 10."""
    frame = table(
        "category kind",
        ("_T", "_T", 100),
        ("temporary", "budgeted", 60),
        ("temporary", "assistants", 35),
        ("temporary", "other", 30),
    )
    assert found(frame, "kind category", parents={"kind": TREE}) == {
        (3, "kind"): (35, 25),
        (2, "category"): (90, 10),
    }


def test_bounds_of_parts_are_added_and_an_open_end_stays_open():
    """3.5 to 4.5 and 3 or more: 6.5 at least, 7 as printed, no highest value."""
    frame = table(
        "sector", ("_T", 9), ("goods", ("4", "3.5", "4.5")), ("services", ("3", "3", None))
    )
    parts = parts_of_totals(frame, ["sector"], []).collect()
    ends = parts.select("parts", "parts_lower", "parts_upper").rows()
    assert ends == [(Decimal(7), Decimal("6.5"), None)]


def test_a_tree_keeps_the_open_end_of_a_part_of_a_missing_part():
    frame = table(
        "kind", ("_T", 100), ("assistants", ("35", None, "35")), ("contract", 20), ("other", 30)
    )
    parts = parts_of_totals(frame, ["kind"], [], {"kind": TREE}).collect()
    assert parts.select("parts", "parts_lower", "parts_upper").rows() == [(85, None, 85)]


def test_a_given_total_stands_where_its_parts_add_up_to_something_else():
    """The first stage has a total of 9 and parts of 7, the second has parts of 5 only."""
    frame = table(
        "stage sector",
        ("first", "goods", 4),
        ("first", "services", 3),
        ("first", "_T", 9),
        ("second", "goods", 2),
        ("second", "services", 3),
    )
    assert folded(frame, "sector", "stage") == {("first",): (4, 9), ("second",): (None, 5)}


def test_a_given_total_stands_with_its_own_bounds():
    frame = table(
        "stage sector",
        ("first", "_T", ("9", "9", None)),
        ("first", "goods", 9),
        ("second", "_T", ("5", "4.5", "5.5")),
        ("second", "goods", ("5", "5", None)),
    )
    rows = fold(frame, ["sector"], ["stage"]).select(*MEASURES).collect().rows()
    assert rows == [(9, 9, None), (5, Decimal("4.5"), Decimal("5.5"))]


def test_folding_adds_up_bounds_and_leaves_an_open_end_open():
    frame = table(
        "stage sector",
        ("first", "goods", ("4", "3.5", "4.5")),
        ("first", "services", ("3", None, "3")),
    )
    rows = fold(frame, ["sector"], ["stage"]).select(*MEASURES).collect().rows()
    assert rows == [(7, None, Decimal("7.5"))]


def test_a_kept_dimension_is_a_key():
    frame = table(
        "stage sector category",
        ("first", "goods", "food", 30),
        ("first", "goods", "vehicles", 20),
        ("first", "services", "_T", 35),
    )
    assert folded(frame, "category", "stage sector") == {
        ("first", "goods"): (None, 50),
        ("first", "services"): (4, 35),
    }


def test_without_keys_everything_is_folded_into_one_row():
    frame = table("sector", ("goods", 4), ("services", 3))
    assert folded(frame, "sector", "") == {(): (None, 7)}


amounts = st.integers(0, 10**8).map(lambda cents: Decimal(cents).scaleb(-2))
sectors = st.dictionaries(
    st.sampled_from(["goods", "services"]),
    st.tuples(
        st.booleans(),
        st.dictionaries(st.sampled_from(["food", "travel", "medical"]), amounts, min_size=1),
    ),
    min_size=1,
)
stages = st.dictionaries(
    st.sampled_from(["first", "second"]), st.tuples(st.booleans(), sectors), min_size=1
)


def made(drawn):
    """A table of drawn categories, with the totals that were drawn to be shown, and the sums."""
    rows, grand, totals = [], {}, 0
    for stage, (has_total, parts) in drawn.items():
        grand[stage] = sum(sum(kinds.values()) for _, kinds in parts.values())
        totals += has_total + sum(is_shown for is_shown, _ in parts.values())
        rows += [(stage, "_T", "_T", grand[stage])] * has_total
        for sector, (is_shown, kinds) in parts.items():
            rows += [(stage, sector, "_T", sum(kinds.values()))] * is_shown
            rows += [(stage, sector, kind, value) for kind, value in kinds.items()]
    return table("stage sector category", *rows), grand, totals


@given(stages)
@settings(deadline=None, max_examples=50)
def test_totals_that_are_the_sums_of_their_parts_leave_no_rest(drawn):
    frame, _, totals = made(drawn)
    rests = found(frame, "category sector", "stage")
    assert len(rests) == totals
    assert all(rest == 0 for _, rest in rests.values())


@given(stages)
@settings(deadline=None, max_examples=50)
def test_folding_gives_the_grand_total_whichever_totals_are_there(drawn):
    frame, grand, _ = made(drawn)
    rows = folded(frame, "category sector", "stage")
    assert {stage: value for (stage,), (_, value) in rows.items()} == grand
