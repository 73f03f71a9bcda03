"""How concentrated complaints are on few categories, against arithmetic by hand."""

from decimal import Decimal

import pytest
from casework import HALF, PREVIOUS, by_category, cases, rows_of, table

from kao_metrics import labels
from kao_metrics.metrics.category_concentration import (
    category_concentration,
    complaints_concentration,
    complaints_top_five_share,
)

COLUMNS = ("breakdown", "value", "numerator", "denominator", "reason")
SIX = {"food": 40, "travel": 20, "fitness": 15, "medical": 12, "insurance": 8, "vehicles": 5}


def row(metric, *rows):
    ((breakdown, *found),) = rows_of(metric, table(*rows), *COLUMNS)
    assert breakdown == "_T"
    return tuple(found)


def test_the_index_is_the_sum_of_squared_shares_times_ten_thousand():
    """50, 30 and 20 of 100: 0.25 + 0.09 + 0.04 = 0.38."""
    counts = by_category({"food": 50, "travel": 30, "fitness": 20})
    assert row(complaints_concentration, *counts) == (3800, 3800, 10_000, None)


def test_the_five_largest_are_taken_together():
    """95 of 100."""
    assert row(complaints_top_five_share, *by_category(SIX)) == (Decimal("0.95"), 95, 100, None)
    few = by_category({"food": 50, "travel": 30})
    assert row(complaints_top_five_share, *few) == (1, 80, 80, None)


def test_other_and_cases_of_no_category_are_left_out():
    counts = {"food": 50, "travel": 50, "other": 900}
    rows = [cases("first", 2000), *by_category(counts)]
    assert row(complaints_concentration, *rows) == (5000, 5000, 10_000, None)
    found = category_concentration(table(*rows), HALF)
    assert (found.units, found.total) == (2, 100)


def test_neither_order_nor_scale_nor_other_periods_change_it():
    rows = by_category(SIX)
    mixed = [*reversed(rows), *by_category({"food": 999}, PREVIOUS)]
    twice = by_category({name: 2 * count for name, count in SIX.items()})
    assert row(complaints_concentration, *mixed) == row(complaints_concentration, *rows)
    assert row(complaints_concentration, *twice)[0] == row(complaints_concentration, *rows)[0]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([cases("first", 9)], "no_categories"),
        (by_category({"other": 9}), "no_categories"),
        (by_category({"food": 9}), "one_category"),
        (by_category({"food": 0, "travel": 0}), "no_cases"),
    ],
)
def test_what_cannot_be_told_has_a_reason_with_words(rows, reason):
    for metric in (complaints_concentration, complaints_top_five_share):
        assert row(metric, *rows) == (None, None, None, reason)
    assert category_concentration(table(*rows), HALF) == reason
    assert labels.label("reason", reason)


def test_without_first_complaints_there_is_no_row():
    frame = table(*by_category({"food": 9}, stage="second"))
    assert rows_of(complaints_concentration, frame, "value") == []
    assert category_concentration(frame, HALF) == "no_categories"


def test_a_category_counts_once_under_its_newest_name(monkeypatch):
    tables = {kind: dict(table) for kind, table in labels._tables().items()}
    kinds = tables["complaint_category"]
    kinds["food"] = {**kinds["food"], "renamed_from": ["travel"]}
    monkeypatch.setattr(labels, "_tables", lambda: tables)
    counts = by_category({"food": 30, "travel": 20, "fitness": 50})
    assert row(complaints_concentration, *counts) == (5000, 5000, 10_000, None)
