"""What the staff figures say: computed, in both languages, and silent where they lack one."""

import dataclasses
import datetime as dt

import polars as pl
import pytest
from staffing import MERGER, NOW, count, reported

from kao_metrics import sentences

BEFORE = dt.date(2017, 10, 1)
NEW = [
    sentences.contributions,
    sentences.temporary_staff,
    sentences.workforce_shift,
    sentences.workforce_path,
    sentences.workforce_series,
    sentences.workforce_employers,
]


@pytest.mark.parametrize("section", NEW, ids=lambda section: section.__name__)
def test_without_figures_nothing_is_said(section, analysis):
    """That there are none is said once, by the first sentences of the section."""
    empty = {name: table.clear() for name, table in analysis.tables.items()}
    bare = dataclasses.replace(analysis, results=analysis.results.clear(), tables=empty)
    assert section(bare) == []


def test_parts_of_the_change_and_kinds_of_staff_are_said_with_their_shares(analysis, english):
    """By hand: 1,657 of 2,711 is 61.12 %, 965 of 2,408 is 40.07 %, 330 of them 13.70 %."""
    assert sentences.contributions(english) == [
        (
            "Of the reduction by 2,711: Frontline workers 1,657 (61.12%); "
            "Temporary staff 1,054 (38.88%)."
        )
    ]
    assert sentences.temporary_staff(english) == [
        "Of 2,408 temporary staff, the largest kind: Administrative assistants 965 (40.07%).",
        "The report does not break down 330 of them (13.70%).",
    ]
    assert sentences.contributions(analysis)[0].startswith("減少的2,711人中：工級人員1,657人（")


def test_a_rise_is_said_as_one(english):
    is_share = pl.col("indicator") == "downsizing_contribution_share"
    turned = [
        pl.when(is_share).then(-pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in ("numerator", "denominator")
    ]
    rose = dataclasses.replace(english, results=english.results.with_columns(turned))
    assert sentences.contributions(rose) == [
        "Of the rise by 2,711: Frontline workers 1,657 (61.12%); Temporary staff 1,054 (38.88%)."
    ]


def test_the_shift_is_said_against_what_would_be_in_step(analysis, english):
    (said,) = sentences.workforce_shift(english)
    assert said == (
        "Had every category changed in step with the whole since 2010-12-25 (−22.74%): "
        "Frontline workers would be 6,538 and are 6,805, 267 more; "
        "Temporary staff would be 2,675 and are 2,408, 267 fewer."
    )
    (said,) = sentences.workforce_shift(analysis)
    assert said == (
        "自99年12月25日以來，若各類都按整體的幅度（−22.74%）變動："
        "工級人員應為6,538人，實為6,805人，多267人；臨時人員應為2,675人，實為2,408人，少267人。"
    )


def test_categories_in_step_are_said_to_be_as_many(english):
    found = reported(
        english,
        count(MERGER, "frontline", 60),
        count(MERGER, "temporary", 40),
        count(NOW, "frontline", 30),
        count(NOW, "temporary", 20),
    )
    assert "Temporary staff would be 20 and are 20, as many." in sentences.workforce_shift(found)[0]


def test_each_earlier_date_has_its_sentence(english):
    found = reported(
        english,
        count(MERGER, "frontline", 80),
        count(MERGER, "temporary", 80),
        count(BEFORE, "frontline", 60, period="2017-S2"),
        count(BEFORE, "temporary", 40, period="2017-S2"),
        count(NOW, "frontline", 57),
        count(NOW, "temporary", 33),
    )
    since_merger, since_before = sentences.workforce_shift(found)
    assert "since 2010-12-25 (−43.75%)" in since_merger
    assert "since 2017-10-01 (−10.00%): Frontline workers would be 54 and are 57, 3 more" in (
        since_before
    )


def test_the_path_is_said_to_be_a_scenario(english):
    (said,) = sentences.workforce_path(english)
    assert said == (
        "A scenario, no forecast: at the pace since 2010-12-25, headcounts on 2023-04-01 would be: "
        "Frontline workers 5,857; Temporary staff 1,876; All categories together 7,715. "
        "Frontline workers would fall below 6,000 in about 2022-06. "
        "Temporary staff would fall below 2,000 in about 2021-12. "
        "All categories together would fall below 9,000 in about 2018-11. "
        "Each goes on at its own pace, so that the categories do not add up to the whole."
    )


def test_a_path_that_is_lacking_says_why_and_once(english):
    """57 × (57 ÷ 80)^(1826 ÷ 2654) = 45.1."""
    found = reported(
        english,
        count(MERGER, "frontline", 80),
        count(NOW, "frontline", 57),
        count(NOW, "temporary", 33),
    )
    drawn, lacking = sentences.workforce_path(found)
    assert drawn.endswith("would be: Frontline workers 45.")
    assert lacking == (
        "No path for Temporary staff, All categories together: no figure at the baseline."
    )


def test_one_report_tells_no_course(analysis):
    assert "沒有前期報告" in sentences.workforce_series(analysis)[0]


@pytest.fixture
def broken(english):
    """Three made-up reports; temporary staff are made up of other parts in the last."""
    rows = []
    for half, day, frontline, temporary, kind in (
        ("2017-S1", dt.date(2017, 4, 1), 7100, 2600, "other"),
        ("2017-S2", BEFORE, 7000, 2500, "other"),
        ("2018-S1", NOW, 6805, 2408, "assistants"),
    ):
        rows += [
            count(day, "frontline", frontline, period=half),
            count(day, "temporary", temporary, period=half),
            count(day, "temporary", temporary, period=half, subcategory=kind),
        ]
    rows.append(count(MERGER, "temporary", 3462))
    return reported(english, *rows)


def test_a_course_is_said_since_the_last_break_and_the_break_with_its_reason(broken):
    said = sentences.workforce_series(broken)
    assert said[0] == "From 2017-04-01 to 2018-04-01, Frontline workers: 7,100 to 6,805 (−295)."
    assert said[1] == (
        "Temporary staff: the series breaks at 2018-04-01 (made up of other parts than before), "
        "and is not joined across it."
    )
    assert not [each for each in said if "to 2,408" in each]


def test_a_new_measure_is_said_to_break_the_series(english):
    found = reported(
        english,
        count(BEFORE, "frontline", 7000, period="2017-S2"),
        count(NOW, "frontline", 6900, measure="budgeted_posts"),
    )
    assert any(
        "counted as budgeted posts from then on" in each
        for each in (sentences.workforce_series(found))
    )


def test_what_is_compared_across_a_break_says_so(broken):
    said = [each for each in sentences.workforce(broken) if "Temporary staff" in each]
    assert len(said) == 1
    assert said[0].endswith(
        "The definition changes between the dates, which may be part of the difference."
    )
    assert not sentences.workforce_shift(broken)


def test_employers_have_their_share_and_one_date_no_change(english):
    assert sentences.workforce_employers(english) == [
        "Frontline workers, agencies: 5,984 people, 87.94% of the category.",
        "Frontline workers, schools: 821 people, 12.06% of the category.",
        "One date only gives this breakdown, so a change cannot be told.",
    ]


def test_employers_at_two_dates_have_their_change(english):
    found = reported(
        english,
        count(BEFORE, "frontline", 60, period="2017-S2", employer="agencies"),
        count(NOW, "frontline", 57, employer="agencies"),
    )
    assert sentences.workforce_employers(found) == [
        "Frontline workers, agencies: 57 people, 100.00% of the category, −3 against 2017-10-01."
    ]
