"""Counts that may be published, with the totals that readers are shown."""

from itertools import product

from kao_metrics.importing.disclosure import OPEN, disclosed


def rows(counts):
    return [
        {"month": month, "stage": "first", "sector": "_T", "category": kind, "count": str(count)}
        for (month, kind), count in counts.items()
    ]


MONTHS, KINDS = ("2018-04-01", "2018-05-01"), ("food", "travel", "medical")
FULL = dict.fromkeys(product(MONTHS, KINDS), 20)


def told(found):
    return {(row["month"], row["category"]): int(row["count"]) for row in found}


def test_totals_of_stage_month_and_category_become_rows():
    found, why = disclosed(rows(FULL), 5)
    assert told(found) == {
        ("", "_T"): 120,
        **{(month, "_T"): 60 for month in MONTHS},
        **{("", kind): 40 for kind in KINDS},
        **FULL,
    }
    assert sum(why.values()) == 0


def test_a_small_count_takes_a_rectangle_with_it_and_leaves_the_totals():
    found, why = disclosed(rows({**FULL, (MONTHS[0], "food"): 2}), 5)
    assert (why["primary"], why["complementary"], why[OPEN]) == (1, 3, 0)
    shown = told(found)
    assert (MONTHS[0], "food") not in shown
    assert len([key for key in FULL if key not in shown]) == 4
    assert shown["", "_T"] == 102
    assert shown["", "food"] == 22


def test_a_total_that_is_itself_small_is_warned_of():
    _, why = disclosed(rows({(MONTHS[0], "food"): 2}), 5)
    assert why[OPEN] > 0
