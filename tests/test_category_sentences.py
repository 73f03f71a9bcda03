"""What is said of categories: what made the change, ranks, names, concentration."""

import pytest
from casework import LAST_YEAR, PREVIOUS, by_category, cases, example, with_complaints

from kao_metrics import sentences


@pytest.fixture(scope="module")
def taipei():
    return sentences.complaint_contributions(example())


def said(analysis, *rows):
    found = with_complaints(analysis, *rows, metrics=["complaints_rate_change"])
    return sentences.complaint_contributions(found)


def between(analysis, now, then, earlier=PREVIOUS):
    return said(analysis, *by_category(now), *by_category(then, earlier))


def test_the_largest_parts_of_the_change_are_named_with_sign_and_period(taipei):
    assert taipei[0] == (
        "Against the first half of 2024, first complaints a day changed by +33.0. The largest "
        "parts of it: Street lights +14.4; Street trees +9.6; Bulky waste −6.7."
    )


def test_a_change_that_chance_can_make_is_said_to_be_one(taipei, english):
    caution = "cannot be told from chance"
    assert caution in taipei[1]
    assert not any(caution in each for each in between(english, {"food": 830}, {"food": 46}))


def test_renamed_categories_are_named_with_the_month(taipei):
    (found,) = (each for each in taipei if "change of name" in each)
    assert "Street lights (2024-09)" in found


def test_the_category_that_gained_most_places_is_named(taipei, english):
    assert "Most places gained: Street trees, from 13 to 8." in taipei
    same = between(english, {"food": 9, "travel": 5}, {"food": 8, "travel": 6})
    assert "No category changed its rank." in same


def test_concentration_is_said_in_plain_words(taipei, english):
    assert taipei[-1] == (
        "Of 22 categories, the five largest have 79.2% of the cases, the largest, Bulky waste, "
        "46.7%; that is as concentrated as 3.9 categories of equal size."
    )
    few = between(english, {"food": 50, "travel": 30, "fitness": 20}, {"food": 1})
    assert few[-1] == (
        "Of 3 categories, the largest, Food, has 50.0%; that is as concentrated as 2.6 "
        "categories of equal size."
    )


def test_categories_that_come_and_go_are_said_to(english):
    found = " ".join(between(english, {"food": 9}, {"travel": 9}, LAST_YEAR))
    assert "Without cases in the first half of 2017, if not under another name: Food." in found
    assert "Without cases now, but with some in the first half of 2017, if not" in found


def test_moves_that_make_up_for_one_another_are_said_to(english):
    found = " ".join(between(english, {"food": 332, "travel": 166}, {"food": 0, "travel": 368}))
    assert "Categories moved in both directions" in found
    assert "Categories moved" not in " ".join(between(english, {"food": 332}, {"food": 184}))


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ({"food": 276, "travel": 92}, "as many as in the second half of 2017, but categories mov"),
        ({"food": 184, "travel": 184}, "In every category first complaints a day are as many as"),
    ],
)
def test_a_whole_that_stays_is_said_to(english, then, words):
    assert words in between(english, {"food": 166, "travel": 166}, then)[0]


def test_what_is_lacking_is_said_and_nothing_without_complaints(english):
    (lacking,) = said(english, cases("first", 9))
    assert "not given by category" in lacking
    alone = said(english, *by_category({"food": 9, "travel": 1}))
    assert "Neither the half-year before nor the same half last year" in alone[0]
    assert "as concentrated as" in alone[1]
    assert said(english, cases("second", 9)) == []


def test_one_category_has_no_concentration(english):
    assert not any("concentrated" in each for each in between(english, {"food": 9}, {"food": 8}))
