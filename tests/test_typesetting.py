"""Typesetting: no line leaves its room, no sign is lost or cut, no name turns its neighbour."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from kao_metrics.typesetting import is_printable, isolated, plain_text, shortened, width, wrapped

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
MANY = 10_000
NARROW = 3.0


@given(st.text(max_size=300), st.sampled_from([20.5, 45.0]))
def test_no_line_is_wider_than_its_room(words, room):
    signs = [each for each in iter_graphemes(words) if width(each) <= room]
    assert all(width(each) <= room for each in wrapped("".join(signs), room, MANY))


@given(st.text(st.characters(exclude_categories=["Z", "C"]), max_size=300))
def test_no_sign_is_lost(words):
    assert "".join(wrapped(words, 20.5, MANY)) == words


@given(st.text(max_size=100))
def test_lines_break_between_signs(words):
    signs = list(iter_graphemes(words))
    for line in wrapped(words, NARROW, MANY):
        assert set(iter_graphemes(line)) <= {each.strip() for each in signs} | set(signs)


@pytest.mark.parametrize(
    ("words", "room", "lines"),
    [
        ("", 9, []),
        ("   ", 9, []),
        ("工級人員", 2, ["工級", "人員"]),
        ("Department of Health", 6, ["Department", "of Health"]),
        ("Donaudampf", 3, ["Dona", "udam", "pf"]),
        ("a 一 b", 9, ["a 一 b"]),
        (FAMILY * 2, 5, [FAMILY, FAMILY]),
    ],
)
def test_a_text_breaks_where_a_reader_expects_it(words, room, lines):
    assert wrapped(words, room, MANY) == lines


def test_of_a_text_with_too_many_lines_the_last_ends_in_dots():
    assert wrapped("一二三四五六七八九", 3, 2) == ["一二三", "四五…"]
    assert wrapped("一二三四五六", 3, 2) == ["一二三", "四五六"]
    assert shortened("甲乙丙", 0.5) == "…"


@pytest.mark.parametrize("words", ["工級人員", "8,462 → 6,805", "", "Ж—①", "👩"])
def test_what_runs_from_left_to_right_stays_as_it_is(words):
    assert isolated(words) == words


@given(st.text(max_size=50))
def test_a_text_that_is_set_apart_cannot_leave_its_isolate(words):
    found = isolated(words)
    depth = found.count("\u2068") - found.count("\u2069")
    assert depth == 0
    assert not any(
        unicodedata.bidirectional(each) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI")
        for each in found
    )
    assert isolated(isolated(words)) == found


def test_digits_are_narrower_than_chinese_and_marks_have_no_width():
    assert width("一") == 1
    assert 0.4 < width("0") < 0.7
    assert width("e\u0301") == width("e")
    assert width("W") > width("i")


@given(st.text(max_size=50))
def test_what_is_left_of_a_text_can_be_printed_on_one_line(words):
    found = plain_text(words)
    assert is_printable(found)
    assert len(found.splitlines()) <= 1 or not set(found) & set("\n\r\t")


def test_lines_and_tabs_can_be_printed_and_controls_cannot():
    assert is_printable("two\nlines\tand a tab")
    assert not is_printable("a\x1b")
    assert not is_printable("\ufffe")
