"""Stated figures: each qualifier at, inside and outside its edge, units, and the real report."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest

from kao_metrics.arithmetic import Interval, Kind
from kao_metrics.metrics.stated import as_frame, findings, operands
from kao_metrics.output import findings_json
from kao_metrics.printed import claim


def finding(stated, formula, qualifier="exact", *, unit="person", values=None, **words):
    """Judge one stated figure; `words` are remarks and lang."""
    row = {
        "id": "figure", "section": "1", "statement": "a figure", "stated": Decimal(stated),
        "printed": stated, "unit": unit, "qualifier": qualifier, "operands": formula,
        "source_id": "report",
    }  # fmt: skip
    return findings(pl.DataFrame([row]), values or {}, **words)[0]


def exactly(value):
    return Interval(*[Fraction(value)] * 3)


GUESTS = Interval(Fraction(200), Fraction(200), None)  # "more than 200"
STUDENTS = Interval(Fraction(20), None, Fraction(20))  # "nearly 20"


@pytest.mark.parametrize(
    ("stated", "qualifier", "computed", "verdict"),
    [
        # Printed with decimals: half a unit of the last place, 19.575 to 19.585.
        ("19.58", "exact", "19.584", "agrees"),
        ("19.58", "exact", "19.585", "agrees"),
        ("19.58", "exact", "19.575", "agrees"),
        ("19.58", "exact", "19.586", "disagrees"),
        ("19.58", "exact", "19.574", "disagrees"),
        ("-1.5", "exact", "-1.55", "agrees"),
        ("-1.5", "exact", "-1.56", "disagrees"),
        # A whole number is exact.
        ("50", "exact", "50", "agrees"),
        ("50", "exact", "50.4", "disagrees"),
        ("50", "exact", "49.999", "disagrees"),
        # About: one unit of the last printed place, 6.0 to 6.2 and 275 to 277.
        ("6.1", "about", "6.0", "agrees"),
        ("6.1", "about", "6.2", "agrees"),
        ("6.1", "about", "6.201", "disagrees"),
        ("6.1", "about", "5.999", "disagrees"),
        ("276", "about", "277", "agrees"),
        ("276", "about", "277.1", "disagrees"),
        # More than: the figure itself is not more than itself.
        ("200", "more_than", "200", "disagrees"),
        ("200", "more_than", "200.001", "agrees"),
        ("200", "more_than", "5000", "agrees"),
        ("200", "more_than", "199", "disagrees"),
        # Nearly: below, by a tenth at most.
        ("200", "nearly", "200", "disagrees"),
        ("200", "nearly", "199.999", "agrees"),
        ("200", "nearly", "180", "agrees"),
        ("200", "nearly", "179.999", "disagrees"),
        ("200", "nearly", "201", "disagrees"),
        # Nearly 3: a tenth of it would be 0.3, one unit of the last place is more.
        ("3", "nearly", "2", "agrees"),
        ("3", "nearly", "1.999", "disagrees"),
        ("200", "at_least", "200", "agrees"),
        ("200", "at_least", "5000", "agrees"),
        ("200", "at_least", "199.999", "disagrees"),
    ],
)
def test_a_stated_figure_agrees_as_far_as_its_qualifier_reaches(
    stated, qualifier, computed, verdict
):
    found = finding(stated, "x", qualifier, values={"x": exactly(computed)})
    assert found.verdict == verdict
    assert (found.reason == "") == (verdict == "agrees")


@pytest.mark.parametrize(
    ("stated", "qualifier", "verdict"),
    [
        # 33.2 - 29.34 is 3.805 to 3.915.
        ("3.9", "exact", "agrees"),  # 3.85 to 3.95
        ("3.8", "exact", "agrees"),  # 3.75 to 3.85
        ("3.92", "exact", "agrees"),  # 3.915 to 3.925: one point in common
        ("3.93", "exact", "disagrees"),  # 3.925 to 3.935
        ("4", "exact", "disagrees"),
        ("3.915", "more_than", "disagrees"),  # nothing computed is above it
        ("3.914", "more_than", "agrees"),
        ("3.805", "nearly", "disagrees"),  # nothing computed is below it
        ("3.806", "nearly", "agrees"),
        ("3.915", "at_least", "agrees"),
        ("3.916", "at_least", "disagrees"),
    ],
)
def test_intervals_agree_where_they_meet(stated, qualifier, verdict):
    found = finding(stated, "33.2 - 29.34", qualifier, unit="hundred_million_twd")
    assert (found.recomputed, found.lower, found.upper) == (
        Decimal("3.86"), Decimal("3.805"), Decimal("3.915"),
    )  # fmt: skip
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("qualifier", "text", "lower", "upper"),
    [
        ("exact", "19.58", "19.575", "19.585"),
        ("exact", "50", "50", "50"),
        ("about", "6.1", "6.0", "6.2"),
        ("about", "0.05", "0.04", "0.06"),
        ("nearly", "200", "180", "200"),
        ("nearly", "6.1", "5.49", "6.1"),
        ("nearly", "0.3", "0.2", "0.3"),
        ("nearly", "-20", "-22", "-20"),
    ],
)
def test_a_claim_is_bounded_by_its_words(qualifier, text, lower, upper):
    assert claim(text, qualifier) == (Decimal(lower), Decimal(upper))


@pytest.mark.parametrize("qualifier", ["more_than", "at_least"])
def test_a_claim_of_more_has_no_top(qualifier):
    assert claim("200", qualifier) == (Decimal(200), None)


@pytest.mark.parametrize(
    ("computed", "is_said"), [("50.4", True), ("49.5", True), ("50.5", False), ("56.25", False)]
)
def test_a_whole_number_that_is_off_by_its_rounding_says_so(computed, is_said):
    found = finding("50", "x", values={"x": exactly(computed)}, lang="en")
    assert found.verdict == "disagrees"
    assert ("agrees if rounded to the stated place" in found.reason) == is_said


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_a_disagreement_says_both_figures(lang):
    found = finding("50", "(25 - 16) / 16", unit="percent", lang=lang)
    assert re.search(r"50 ?%.*56\.25 ?%", found.reason)


@pytest.mark.parametrize(
    ("stated", "unit", "formula"),
    [
        # 9 / 16 = 0.5625
        ("56.25", "percent", "(25 - 16) / 16"),
        ("56.25", "%", "25 / 16 - 1"),
        ("56.25", "％", "(25 - 16) / 16 * 100"),
        ("56.25", "percent", "100 * ((25 - 16) / 16)"),
        ("56.25", "percent", "100 * (25 - 16) / 16"),
        ("56.25", "percent", "(25 - 16) * 100 / 16"),
        ("56.25", "percent", "share"),
        ("56.25", "percent", "share * 100"),
        ("43.75", "percent", "100 - (25 - 16) / 16 * 100"),
        # 26.4 % + 12.5 % = 38.9 %
        ("38.9", "percent", "26.4 + 12.5"),
        ("38.9", "percent", "26.4% + 12.5%"),
        ("562.5", "‰", "9 / 16"),
        ("5.6", "成", "9 / 16"),
        ("0.5625", "person", "9 / 16"),
        ("0.5625", "ratio", "9 / 16"),
    ],
)
def test_a_share_is_shown_in_the_unit_once_however_the_formula_is_written(stated, unit, formula):
    share = Interval(*[Fraction(9, 16)] * 3, Kind.FRACTION)
    found = finding(stated, formula, unit=unit, values={"share": share})
    assert found.verdict == "agrees", found.recomputed


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("frontline_totl - 1", "did you mean 'frontline_total'?"),
        ("1 / (frontline_total - 6805)", "the divisor is zero"),
        ("frontline_total +* 2", "no formula at character 18"),
    ],
)
def test_what_cannot_be_computed_cannot_be_told_and_says_why(formula, why):
    found = finding("1", formula, values={"frontline_total": exactly(6805)}, lang="en")
    assert found.verdict == "cannot tell"
    assert (found.recomputed, found.lower, found.upper) == (None, None, None)
    assert why in found.reason


@pytest.mark.parametrize(
    ("stated", "qualifier", "formula", "verdict"),
    [
        ("310", "exact", "guests + 10", "cannot tell"),  # 210 or more: it may be
        ("209", "exact", "guests + 10", "disagrees"),  # it cannot be
        ("200", "more_than", "guests + 10", "agrees"),
        ("210", "at_least", "guests + 10", "agrees"),
        ("300", "more_than", "guests + 10", "cannot tell"),
        ("40", "at_least", "students * 2 + 1", "cannot tell"),  # 41 or less
        ("42", "at_least", "students * 2 + 1", "disagrees"),
    ],
)
def test_an_operand_without_an_end_tells_only_what_it_can(stated, qualifier, formula, verdict):
    values = {"guests": GUESTS, "students": STUDENTS}
    found = finding(stated, formula, qualifier, values=values, lang="en")
    assert found.verdict == verdict
    assert None in (found.lower, found.upper)
    if verdict == "cannot tell":
        assert "only bounded on one side" in found.reason


@pytest.mark.parametrize("formula", ["9" * 50, "1000000000000000 * 1000000000000000"])
def test_a_result_too_large_for_the_table_is_a_verdict_and_not_a_crash(formula):
    found = finding("1", formula)
    assert found.verdict in {"disagrees", "cannot tell"}
    assert json.loads(findings_json([found]))[0]["verdict"] == found.verdict


def test_a_remark_is_added_only_where_the_figure_does_not_agree():
    remarks = {"figure": "Another base year."}
    assert finding("3", "1 + 2", remarks=remarks).reason == ""
    assert finding("4", "1 + 2", remarks=remarks).reason.endswith("Another base year.")


def test_figures_are_named_in_total_by_indicator_and_in_parts_by_both_names():
    results = pl.DataFrame(
        {
            "indicator": ["complaints_first", "complaints_first", "reserve", "ratio", "nothing"],
            "breakdown": ["_T", "goods", "_T", "_T", "_T"],
            "value": [Decimal(2052), Decimal(900), Decimal("29.34"), Decimal("0.5"), None],
            "lower": [None, None, Decimal("29.335"), None, None],
            "upper": [None, None, Decimal("29.345"), None, None],
            "unit": ["item", "item", "hundred_million_twd", "ratio", "item"],
        }
    )
    assert operands(results) == {
        "complaints_first": exactly(2052),
        "complaints_first_goods": exactly(900),
        "reserve": Interval(Fraction("29.34"), Fraction("29.335"), Fraction("29.345")),
        "ratio": Interval(*[Fraction(1, 2)] * 3, Kind.FRACTION),
    }


def test_a_table_of_findings_has_a_row_for_each_in_order(analysis):
    frame = as_frame(analysis.findings)
    assert frame["id"].to_list() == [each.id for each in analysis.findings]
    assert frame["recomputed"].dtype.is_decimal()


def test_two_of_the_reports_eighteen_stated_figures_do_not_follow(analysis):
    """6.1 against 33.2 - 29.34, and 50 % against (25 - 16) / 16 = 56.25 %."""
    disagree = {each.id: each for each in analysis.findings if each.verdict == "disagrees"}
    assert len(analysis.findings) == 18
    assert sum(each.verdict == "agrees" for each in analysis.findings) == 16
    assert set(disagree) == {"open_data_growth", "reserve_remaining"}
    growth, rest = disagree["open_data_growth"], disagree["reserve_remaining"]
    assert (growth.stated, growth.recomputed) == ("50", Decimal("56.25"))
    assert (rest.stated, rest.recomputed) == ("6.1", Decimal("3.86"))
    assert (rest.lower, rest.upper) == (Decimal("3.805"), Decimal("3.915"))


def test_the_remainder_that_does_not_follow_names_the_base_year(analysis, english):
    reasons = [
        next(each.reason for each in found.findings if each.id == "reserve_remaining")
        for found in (analysis, english)
    ]
    assert "基準年度" in reasons[0]
    assert "another base year" in reasons[1]
