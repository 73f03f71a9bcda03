"""How a restated figure is said."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kao_metrics.register import Cell, Entry, Figure, Restated, Since
from kao_metrics.restated_words import (
    because_words,
    cell_words,
    change_words,
    figure_name,
    standing_words,
    standings,
    words,
)

CELL = Cell(file="a/2018-S1.csv", column="count", key="first", row_before=3, row_after=3,
            before="542", after="540")  # fmt: skip


def ratio(value, **more):
    return Figure(value=Decimal(value), unit="ratio", obs_status="A", **more)


def people(value, **more):
    return Figure(value=Decimal(value), unit="person", obs_status="A", **more)


def test_a_change_below_the_decimals_that_are_usual_is_seen():
    said = words("composition_share", ratio("0.0018452"), ratio("0.0018450"), "en")
    assert said == ("0.18452%", "0.18450%", "−0.00002 percentage points", "−0.01%")


def test_what_else_changed_stands_beside_a_value_in_brief_only_where_it_is_the_same():
    was = ratio("0.25", numerator=Decimal(1), denominator=Decimal(4))
    moved = ratio("0.5", numerator=Decimal(2), denominator=Decimal(4))
    same = ratio("0.25", numerator=Decimal(2), denominator=Decimal(8))
    assert words("award_rate", was, moved, "en").after == "50.0% (2 ÷ 4)"
    assert words("award_rate", was, moved, "en", is_brief=True).after == "50.0%"
    assert words("award_rate", was, same, "en", is_brief=True)[:2] == (
        "25.0% (1 ÷ 4)",
        "25.0% (2 ÷ 8)",
    )


def test_an_interval_alone_is_said_without_a_difference():
    was = people(276, lower=Decimal(275), upper=Decimal(277))
    said = words("temporary_other_health", was, people(276), "en")
    assert said == ("276 people (275–277)", "276 people", "", "")


def test_a_missing_value_says_its_reason_and_a_figure_that_is_not_there_nothing():
    missing = Figure(unit="ratio", obs_status="M", reason="no_numerator")
    assert words("award_rate", ratio("0.5"), missing, "zh-TW").after == "—（分子缺漏）"
    assert words("award_rate", ratio("0.5"), None, "en") == ("50.0%", "", "", "")
    assert change_words(words("award_rate", None, ratio("0.5"), "en"), "en") == ""


def test_a_change_from_zero_or_of_unit_has_no_ratio():
    assert change_words(words("frontline_total", people(0), people(3), "en"), "en") == "+3"
    assert words("frontline_total", people(3), ratio("3"), "en")[2:] == ("", "")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((3, 3), "a/2018-S1.csv, row 3, count: 542 → 540"),
        ((3, 4), "a/2018-S1.csv, row 4 (was row 3), count: 542 → 540"),
        ((None, 4), "a/2018-S1.csv, row 4, added, count: 540"),
        ((3, None), "a/2018-S1.csv, was row 3, removed, count: 542"),
    ],
)
def test_a_cell_is_said_with_its_place(rows, said):
    cell = CELL.model_copy(update=dict(zip(("row_before", "row_after"), rows, strict=True)))
    assert cell_words(cell, "en", "cell") == said
    assert ", first: " in cell_words(cell, "en")


@pytest.mark.parametrize(
    ("cause", "count", "said"),
    [
        ("alone", 1, "a/2018-S1.csv, row 3, count: 542 → 540"),
        ("together", 2, "together: a/2018-S1.csv, row 3, count: 542 → 540; a/2018"),
        ("possible", 9, "; 6 more cells"),
        ("not tried", 0, "too many rows of complaints changed"),
        (None, 0, ""),
    ],
)
def test_rows_are_said_by_how_they_are_known(cause, count, said):
    figure = Restated(
        kind="added",
        indicator="a",
        breakdown="_T",
        after=ratio("1"),
        cause=cause,
        table="complaints" if cause == "not tried" else None,
        rows=(CELL,) * count,
    )
    assert said in because_words(figure, "en")
    assert bool(because_words(figure, "zh-TW")) == bool(said)


@pytest.mark.parametrize(
    ("before", "after", "said", "is_gone"),
    [
        (6800, 6805, "", False),
        (6800, 6801, "changed again since it was recorded as 6,801 people", False),
        (6805, 6801, "as published again", False),
        (6800, None, "changed again since it was recorded as not there", False),
        (6800, None, "", True),
        (None, 6805, "", False),
    ],
)
def test_what_was_recorded_is_held_against_what_is_there_now(
    analysis, before, after, said, is_gone
):
    """There are 6,805 frontline workers now."""
    indicator = "frontline_gone" if is_gone else "frontline_total"
    figure = Restated(
        kind="changed",
        indicator=indicator,
        breakdown="_T",
        before=None if before is None else people(before),
        after=None if after is None else people(after),
    )
    since = Since(name="x", sha256="0" * 64)
    entry = Entry(since=since, has_rows=False, figures=(figure,))
    (standing,) = standings(replace(analysis, restatements=(entry,)))
    assert standing_words(standing, "en") == said
    assert standing.is_again == ("again since" in said)
    assert (standing.now is None) == is_gone
    assert figure_name(figure, "en") == ("frontline_gone" if is_gone else "Frontline workers")
