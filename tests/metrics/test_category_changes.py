"""Which categories of complaints moved between two half-years."""

from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from kao_metrics import analyse, sentences
from kao_metrics.metrics.category_changes import category_changes
from kao_metrics.period import Period

EXAMPLE = Path(__file__).parent.parent.parent / "data" / "examples" / "taipei_1999"
HALF, BEFORE = Period(2019, 1), Period(2018, 2)


@pytest.fixture(scope="module")
def analysis():
    return analyse("2019-S1", EXAMPLE, "en")


def by_hand(code, category):
    rows = pl.read_csv(EXAMPLE / "complaints" / f"{code}.csv")
    return rows.filter(pl.col("category") == category)["count"].sum()


def test_contributions_are_changes_a_day_and_add_up_to_the_whole(analysis):
    found = category_changes(analysis.tables["complaints"], HALF, BEFORE)
    assert found.change == Fraction(80109, 181) - Fraction(78646, 184)
    assert sum(each.change for each in found.parts) == found.change
    rubbish = next(each for each in found.parts if each.category == "bulky_waste")
    now, then = (by_hand(code, "bulky_waste") for code in ("2019-S1", "2018-S2"))
    assert rubbish.change == Fraction(int(now), 181) - Fraction(int(then), 184)
    sizes = [abs(each.change) for each in found.parts]
    assert sizes == sorted(sizes, reverse=True)


def test_the_order_of_rows_makes_no_difference(analysis):
    complaints = analysis.tables["complaints"]
    mixed = complaints.collect().sample(fraction=1, shuffle=True, seed=7).lazy()
    assert category_changes(mixed, HALF, BEFORE) == category_changes(complaints, HALF, BEFORE)


def test_periods_that_change_places_change_the_sign(analysis):
    complaints = analysis.tables["complaints"]
    there = category_changes(complaints, HALF, BEFORE)
    back = category_changes(complaints, BEFORE, HALF)
    assert back.change == -there.change
    changes = {each.category: each.change for each in back.parts}
    assert changes == {each.category: -each.change for each in there.parts}


def test_without_categories_or_an_earlier_period_there_are_none(analysis):
    complaints = analysis.tables["complaints"]
    assert category_changes(complaints, HALF, Period(2010, 1)) is None
    assert category_changes(complaints.clear(), HALF, BEFORE) is None
    report = analyse("107H1")
    assert category_changes(report.tables["complaints"], report.period, BEFORE) is None


def test_the_sentence_names_the_largest_with_sign_and_unit(analysis):
    said = " ".join(sentences.complaints(analysis))
    found = category_changes(analysis.tables["complaints"], HALF, BEFORE)
    first = found.parts[0]
    amount = f"{abs(float(first.change)):.1f}"
    assert "these categories moved most, in cases a day: " in said
    assert amount in said.partition("in cases a day: ")[2].partition(",")[0]


def test_categories_that_come_and_go_are_said_to():
    said = "".join(sentences.complaints(analyse("2022-S1", EXAMPLE)))
    found = category_changes(
        analyse("2022-S1", EXAMPLE).tables["complaints"], Period(2022, 1), Period(2021, 2)
    )
    assert ("才有的類別" in said) == any(each.status == "new" for each in found.parts)
    assert ("本期沒有的類別" in said) == any(each.status == "gone" for each in found.parts)


def test_one_period_alone_says_nothing_of_categories():
    assert "類別" not in "".join(sentences.complaints(analyse("107H1")))
