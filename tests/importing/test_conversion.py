"""A cell of an export, read by what its column holds."""

import pytest

from kao_metrics.importing.conversion import known_words, reader
from kao_metrics.importing.mapping import FieldSpec

SPEC = FieldSpec(column="甲")


def text(table, name, cell, spec=SPEC):
    return reader(table, name, spec)(cell).text


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("107/04/01", "2018-04-01"),
        ("1070401", "2018-04-01"),
        ("民國107年4月1日", "2018-04-01"),
        ("2018-04-01 13:45:00", "2018-04-01"),
        ("107年4月", "2018-04-30"),
    ],
)
def test_the_day_of_a_case_is_read_and_of_a_month_alone_its_last(cell, expected):
    assert text("complaints", "received", cell) == expected


@pytest.mark.parametrize("cell", [None, "", "－", "107", "不詳"])
def test_a_case_without_a_day_says_why(cell):
    read = reader("complaints", "received", SPEC)(cell)
    assert read.text is None
    assert read.reason


def test_a_calendar_that_is_named_is_held_to():
    roc = FieldSpec(column="甲", calendar="roc")
    assert reader("complaints", "received", roc)("2018/04/01").reason


def test_a_month_is_written_as_its_first_day():
    assert text("complaints", "month", "107年4月") == "2018-04-01"
    assert text("complaints", "month", "2018-04-17") == "2018-04-01"
    assert reader("complaints", "month", SPEC)("107年").reason == "more than a month"


def test_a_count_is_a_whole_number_whatever_is_written_around_it():
    assert text("complaints", "count", "2,052件") == "2052"
    assert text("complaints", "count", "一萬六千七百") == "16700"
    assert reader("complaints", "count", SPEC)("1.5").reason == "no whole number"


def test_a_missing_figure_is_no_fault():
    assert reader("complaints", "count", SPEC)("…") == (None, "", "", "")


def test_an_amount_keeps_its_digits_its_unit_and_its_qualifier():
    read = reader("retirement_reserve", "amount", SPEC)("約29.30億元")
    assert (read.text, read.unit, read.qualifier) == ("29.30", "hundred_million_twd", "about")


def test_an_amount_in_a_unit_that_no_table_has_is_multiplied_out():
    read = reader("services", "value", SPEC)("1.2萬公斤")
    assert (read.text, read.unit) == ("12000", "")


def test_a_code_comes_from_the_mapping_then_from_labels_then_from_the_rest():
    spec = FieldSpec(column="甲", codes={"食品": "travel"}, other="other", missing="medical")
    assert text("complaints", "category", "食 品", spec) == "travel"
    assert text("complaints", "category", "旅遊", spec) == "travel"
    assert text("complaints", "category", "Online games", spec) == "online_games"
    assert text("complaints", "category", "飛碟", spec) == "other"
    assert text("complaints", "category", "", spec) == "medical"


def test_an_unknown_word_says_what_is_known():
    read = reader("complaints", "category", SPEC)("線上遊")
    assert read.reason.startswith("no code of complaint_category")
    assert reader("complaints", "stage", SPEC)(None).reason == "an empty cell"


def test_a_text_is_one_line_without_control_characters():
    assert text("retirement_accounts", "agency", " 環保\n局 ") == "環保 局"
    assert reader("retirement_accounts", "agency", SPEC)("a\x07").reason == "control characters"
    reason = reader("retirement_accounts", "agency", SPEC)("a\ufffd").reason
    assert reason == "a character that could not be decoded"


def test_totals_are_no_words_where_a_table_has_none():
    assert "_t" not in known_words("stage")
    assert known_words("sector")["_t"] == "_T"
