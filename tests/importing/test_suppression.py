"""Tests that small counts go, that they stay gone, and that nothing goes for nothing."""

import datetime as dt
import itertools
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.optimize import linprog

from kao_metrics.importing.suppression import recoverable, suppressed

BOTH = ["month", "category"]


def with_totals(counts):
    """Lay out a table by rows and columns, with every total as a row."""
    rows = [
        (f"m{i}", f"c{j}", count) for i, line in enumerate(counts) for j, count in enumerate(line)
    ]
    rows += [(f"m{i}", "_T", sum(line)) for i, line in enumerate(counts)]
    rows += [("_T", f"c{j}", sum(column)) for j, column in enumerate(zip(*counts, strict=True))]
    rows += [("_T", "_T", sum(map(sum, counts)))]
    return pl.DataFrame(rows, schema=[*BOTH, "count"], orient="row")


def cells(frame, *kinds):
    return set(frame.filter(pl.col("suppression").is_in(kinds)).select(BOTH).rows())


def interval(frame, hidden, row, dimensions=BOTH, margins=()):
    """Bound a hidden row by a program over the cells of the table, not over its rows."""
    codes = [[code for code in frame[name].unique() if code != "_T"] for name in dimensions]
    inner = list(itertools.product(*map(sorted, codes)))

    def covers(whole):
        return [
            int(all(w in ("_T", part) for w, part in zip(whole, cell, strict=True)))
            for cell in inner
        ]

    wholes = frame.select(dimensions).rows()
    shown = [
        not gone or tuple(n for n, c in zip(dimensions, whole, strict=True) if c != "_T") in margins
        for gone, whole in zip(hidden, wholes, strict=True)
    ]
    lines = [covers(whole) for whole, see in zip(wholes, shown, strict=True) if see]
    right = frame["count"].filter(pl.Series(shown)).to_list()
    ends = []
    for sign in (1, -1):
        found = linprog(
            [sign * part for part in covers(wholes[row])],
            A_eq=lines or None,
            b_eq=right or None,
        )
        ends.append(float("inf") if found.status == 3 else sign * found.fun)
    return ends


def width(*args, **kwargs):
    low, high = interval(*args, **kwargs)
    return high - low + 1e-6


small_tables = st.integers(2, 3).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 9), min_size=columns, max_size=columns), min_size=2, max_size=3
    )
)
thresholds = st.integers(2, 6)


def test_a_lone_small_cell_takes_one_of_its_row_one_of_its_column_and_the_crossing_one():
    frame = with_totals([[2, 20, 30], [40, 12, 60], [70, 80, 90]])
    found = suppressed(frame, 5, dimensions=BOTH)
    assert cells(found, "primary") == {("m0", "c0")}
    # Of the four rectangles with this corner, 20 + 40 + 12 is the smallest.
    assert cells(found, "complementary") == {("m0", "c1"), ("m1", "c0"), ("m1", "c1")}
    gone = recoverable(frame, found["suppressed"], dimensions=BOTH)
    # With x in the corner the others are 22 - x, 42 - x and 10 + x, none below zero.
    assert gone.select("count", "lo", "hi").rows() == [
        (2, 0, 22),
        (20, 0, 22),
        (40, 20, 42),
        (12, 10, 32),
    ]


def test_two_small_cells_in_one_row_may_still_be_told_together():
    frame = with_totals([[1, 1, 30], [40, 50, 60]])
    found = suppressed(frame, 5, dimensions=BOTH)
    # Two cells of a row that add up to 2 are bounded by 2: the third has to go with them.
    assert cells(found, "primary") == {("m0", "c0"), ("m0", "c1")}
    assert ("m0", "c2") in cells(found, "complementary")


def test_a_table_without_totals_is_protected_from_its_grand_total():
    frame = pl.DataFrame(
        {"month": ["m0", "m0", "m1", "m1"], "category": ["a", "b"] * 2, "count": [2, 9, 8, 7]}
    )
    found = suppressed(frame, 5, dimensions=BOTH)
    assert found["suppression"].to_list() == ["primary", "", "", "complementary"]
    assert found["count"].to_list() == [None, 9, 8, None]


def test_without_any_published_total_only_small_cells_go():
    frame = pl.DataFrame({"category": ["a", "b"], "count": [2, 9]})
    found = suppressed(frame, 5, dimensions=["category"], totals_published=())
    assert found["suppression"].to_list() == ["primary", ""]
    bounds = recoverable(frame, found["suppressed"], dimensions=["category"], totals_published=())
    assert bounds.select("lo", "hi").rows() == [(0, None)]


def test_totals_published_elsewhere_count_as_much_as_rows():
    frame = with_totals([[2, 9, 30], [40, 8, 60], [7, 80, 90]])
    inner = frame.filter((pl.col("month") != "_T") & (pl.col("category") != "_T"))
    margins = [(), ("month",), ("category",)]
    found = suppressed(inner, 5, dimensions=BOTH, totals_published=margins)
    assert cells(found, "complementary") == {("m0", "c1"), ("m1", "c0"), ("m1", "c1")}
    assert_frame_equal(
        found,
        suppressed(frame, 5, dimensions=BOTH).filter(
            (pl.col("month") != "_T") & (pl.col("category") != "_T")
        ),
    )


def test_a_small_total_that_is_published_elsewhere_is_shown_to_be_beyond_help():
    frame = pl.DataFrame({"category": ["a", "b"], "count": [1, 2]})
    found = suppressed(frame, 5, dimensions=["category"])
    assert found["suppressed"].to_list() == [True, True]
    bounds = recoverable(frame, found["suppressed"], dimensions=["category"])
    assert bounds.select("lo", "hi").rows() == [(0, 3), (0, 3)]


def test_when_every_cell_is_small_every_small_cell_and_total_goes():
    frame = with_totals([[1, 1], [1, 1]])
    found = suppressed(frame, 5, dimensions=BOTH, totals_published=())
    assert found["count"].null_count() == frame.height
    assert set(found["suppression"]) == {"primary"}


def test_a_zero_goes_for_want_of_others():
    frame = pl.DataFrame({"category": ["a", "b"], "count": [3, 0]})
    found = suppressed(frame, 4, dimensions=["category"])
    assert found["suppression"].to_list() == ["primary", "complementary"]


def test_a_total_goes_for_want_of_parts():
    # Four of the seven have no row: without them the zero could hide no more than three.
    frame = pl.DataFrame({"category": ["a", "b", "_T"], "count": [3, 0, 7]})
    found = suppressed(frame, 5, dimensions=["category"], totals_published=())
    assert found["suppression"].to_list() == ["primary", "", "complementary"]


def test_zeros_stay_where_others_can_go():
    frame = pl.DataFrame({"category": ["a", "b", "c", "_T"], "count": [3, 0, 900, 903]})
    found = suppressed(frame, 5, dimensions=["category"])
    assert found["suppression"].to_list() == ["primary", "", "complementary", ""]


def test_the_smallest_cell_that_will_do_goes():
    frame = pl.DataFrame({"category": ["a", "b", "c", "_T"], "count": [3, 50, 7, 60]})
    found = suppressed(frame, 5, dimensions=["category"])
    assert found["suppression"].to_list() == ["primary", "", "complementary", ""]


def test_keys_do_not_mix():
    frame = pl.DataFrame(
        {
            "stage": ["first", "second", "first", "second", "first", "second"],
            "category": ["a", "a", "b", "b", "_T", "_T"],
            "count": [2, 20, 30, 40, 32, 60],
        }
    )
    found = suppressed(frame, 5, dimensions=["category"], keys=["stage"])
    assert found["suppression"].to_list() == ["primary", "", "complementary", "", "", ""]
    assert recoverable(frame, found["suppressed"], dimensions=["category"], keys=["stage"]).select(
        "stage", "lo", "hi"
    ).rows() == [("first", 0, 32), ("first", 0, 32)]


def test_an_empty_frame_stays_empty():
    frame = pl.DataFrame(schema={"category": pl.String, "count": pl.Int64})
    found = suppressed(frame, 5, dimensions=["category"])
    assert found.schema == {**frame.schema, "suppressed": pl.Boolean, "suppression": pl.String}
    assert found.is_empty()
    assert recoverable(frame, found["suppressed"], dimensions=["category"]).is_empty()


@pytest.mark.parametrize("threshold", [0, 1])
def test_a_threshold_of_one_or_none_suppresses_nothing(threshold):
    frame = with_totals([[1, 0], [0, 1]])
    found = suppressed(frame, threshold, dimensions=BOTH)
    assert_frame_equal(found.drop("suppressed", "suppression"), frame)
    assert not found["suppressed"].any()


def test_null_is_a_total_and_dates_and_decimals_keep_their_types():
    frame = pl.DataFrame(
        {
            "month": [dt.date(2024, 1, 1), dt.date(2024, 2, 1), dt.date(2024, 3, 1), None],
            "count": [Decimal(2), Decimal(9), Decimal(7), Decimal(18)],
        }
    )
    found = suppressed(frame, 5, dimensions=["month"])
    assert found.schema["count"] == frame.schema["count"]
    assert found["count"].to_list() == [None, 9, None, 18]
    assert found["month"].equals(frame["month"])


def test_rows_keep_their_order_and_other_columns():
    frame = (
        with_totals([[2, 20], [30, 40]])
        .with_columns(note=pl.lit("x"))
        .sample(fraction=1, shuffle=True, seed=3)
    )
    found = suppressed(frame, 5, dimensions=BOTH)
    assert_frame_equal(found.select(*BOTH, "note"), frame.select(*BOTH, "note"))
    assert found.columns == [*frame.columns, "suppressed", "suppression"]


def test_three_dimensions_are_protected_from_every_margin():
    names = ["month", "sector", "category"]
    counts = dict(
        zip(
            itertools.product(["1", "2"], ["g", "s"], ["a", "b", "c"]),
            [3, 9, 0, 12, 7, 25, 8, 0, 31, 6, 14, 5],
            strict=True,
        )
    )
    sums = {}
    for cell, count in counts.items():
        for whole in itertools.product(*((part, "_T") for part in cell)):
            sums[whole] = sums.get(whole, 0) + count
    rows = [(*whole, count) for whole, count in sums.items()]
    frame = pl.DataFrame(rows, schema=[*names, "count"], orient="row")
    found = suppressed(frame, 5, dimensions=names)
    hidden = found["suppressed"]
    small = found["suppression"].to_list().index("primary")
    assert found["suppression"].to_list().count("primary") == 1
    assert width(frame, hidden, small, names, [()]) >= 4
    # Whatever keeps every margin changes the eight corners of a box at least, or totals.
    for row, mark in enumerate(found["suppression"]):
        if mark == "complementary":
            back = [gone and other != row for other, gone in enumerate(hidden)]
            assert width(frame, back, small, names, [()]) < 4


@settings(max_examples=40, deadline=None)
@given(small_tables, thresholds, st.sampled_from([(), ((),)]))
def test_no_small_cell_can_be_told_and_no_cell_goes_for_nothing(counts, threshold, margins):
    frame = with_totals(counts)
    found = suppressed(frame, threshold, dimensions=BOTH, totals_published=margins)
    marks, hidden = found["suppression"].to_list(), found["suppressed"].to_list()
    assert [mark == "primary" for mark in marks] == [
        0 < count < threshold for count in frame["count"]
    ]
    assert [count is None for count in found["count"]] == [mark != "" for mark in marks] == hidden
    everything = [True] * frame.height
    small = [row for row, mark in enumerate(marks) if mark == "primary"]
    wanted = {
        row: min(threshold - 1, width(frame, everything, row, margins=margins)) for row in small
    }
    if not margins:
        assert set(wanted.values()) <= {threshold - 1}

    def safe(gone):
        return all(width(frame, gone, row, margins=margins) + 1e-5 >= wanted[row] for row in small)

    assert safe(hidden)
    for row in (row for row, mark in enumerate(marks) if mark == "complementary"):
        assert not safe([gone and other != row for other, gone in enumerate(hidden)])


@settings(max_examples=40, deadline=None)
@given(small_tables, thresholds)
def test_nothing_goes_from_a_table_without_small_cells(counts, threshold):
    frame = with_totals([[count if count >= threshold else 0 for count in line] for line in counts])
    found = suppressed(frame, threshold, dimensions=BOTH)
    assert_frame_equal(found.drop("suppressed", "suppression"), frame)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=3, max_size=3),
    st.sets(st.integers(0, 8), min_size=1, max_size=5),
)
def test_the_bounds_are_those_of_all_tables_there_are(counts, gone):
    frame = with_totals(counts)
    hidden = pl.Series([row in gone for row in range(frame.height)])
    found = recoverable(frame, hidden, dimensions=BOTH)
    sums = [[sum(line) for line in counts], [sum(column) for column in zip(*counts, strict=True)]]
    places = sorted(gone)
    fitting = []
    for tried in itertools.product(*(range(sums[0][place // 3] + 1) for place in places)):
        table = [list(line) for line in counts]
        for place, count in zip(places, tried, strict=True):
            table[place // 3][place % 3] = count
        if sums == [
            [sum(line) for line in table],
            [sum(column) for column in zip(*table, strict=True)],
        ]:
            fitting.append(tried)
    assert found.select("lo", "hi").rows() == [
        (min(tried), max(tried)) for tried in zip(*fitting, strict=True)
    ]


@pytest.mark.parametrize(
    ("counts", "threshold", "margins", "said"),
    [
        ({"category": ["a"], "count": [3]}, -1, [()], "threshold is -1"),
        ({"category": ["a"], "count": [-3]}, 5, [()], "count is -3 in row 0"),
        ({"category": ["a", "b"], "count": [3, None]}, 5, [()], "count is None in row 1"),
        ({"category": ["a"], "count": [2.5]}, 5, [()], "count is 2.5 in row 0"),
        ({"category": ["a", "a"], "count": [3, 4]}, 5, [()], "more than one row"),
        ({"category": ["_T", None], "count": [3, 4]}, 5, [()], "more than one row"),
        ({"category": ["a"], "count": [3]}, 5, [("month",)], "month"),
    ],
)
def test_mistakes_of_the_caller_are_named(counts, threshold, margins, said):
    frame = pl.DataFrame(counts)
    with pytest.raises(ValueError, match=said):
        suppressed(frame, threshold, dimensions=["category"], totals_published=margins)


def test_the_audit_wants_to_know_of_every_row_whether_it_is_hidden():
    frame = pl.DataFrame({"category": ["a", "b"], "count": [2, 9]})
    with pytest.raises(ValueError, match=r"1 values .* 2 rows"):
        recoverable(frame, pl.Series([True]), dimensions=["category"])
