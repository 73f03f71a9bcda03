"""Totals of an export against their details."""

import pytest
from exporting import AGENCY, imported, table, write_csv

from kao_metrics.failures import DataError

MAPPING = f"""
[fields.stage]
value = "first"
[fields.category]
column = "類別"
[fields.count]
column = "件數"
[totals]
"類別" = ["小計", "總計"]
{AGENCY}"""


def agreeing(folder, rows, mapping=MAPPING):
    path = write_csv(folder / "a.csv", rows)
    notes = imported(folder, path, mapping).notes
    return next((int(note.split()[-1]) for note in notes if note.startswith("totals")), 0)


def test_subtotals_below_each_other_are_of_the_rows_since_the_one_before(tmp_path):
    rows = [("類別", "件數"), ("食品", "1"), ("旅遊", "2"), ("小計", "3")]
    rows += [("醫療", "4"), ("小計", "4"), ("總計", "7")]
    assert agreeing(tmp_path, rows) == 3
    assert len(table(tmp_path)) == 3


def test_totals_over_two_columns_are_of_the_rows_that_share_the_rest(tmp_path):
    rows = [
        ("區", "類別", "件數"),
        ("總計", "小計", "10"),
        ("總計", "食品", "4"),
        ("總計", "旅遊", "6"),
    ]
    rows += [("東", "小計", "3"), ("東", "食品", "1"), ("東", "旅遊", "2")]
    rows += [("西", "小計", "7"), ("西", "食品", "3"), ("西", "旅遊", "4")]
    mapping = MAPPING.replace("[totals]", '[checks]\nadd_up = ["區"]\n[totals]\n"區" = ["總計"]')
    assert agreeing(tmp_path, rows, mapping) == 5
    assert {row["category"]: row["count"] for row in table(tmp_path)} == {
        "food": "4",
        "travel": "6",
    }


def test_every_total_that_differs_is_told_at_once(tmp_path):
    rows = [("類別", "件數"), ("食品", "1"), ("小計", "2"), ("旅遊", "2"), ("總計", "4")]
    with pytest.raises(DataError) as caught:
        agreeing(tmp_path, rows)
    assert [(each.rows, each.found) for each in caught.value.failures] == [
        ((3,), "a total of 2"),
        ((5,), "a total of 4"),
    ]


def test_a_missing_detail_counts_as_none(tmp_path):
    rows = [("類別", "件數"), ("食品", "1"), ("旅遊", "－"), ("總計", "1")]
    assert agreeing(tmp_path, rows) == 1
