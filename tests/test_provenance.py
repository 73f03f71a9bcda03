"""Provenance: the section travels with a figure through every metric, and out again."""

import polars as pl
import pytest

from kao_metrics.metrics import compute
from kao_metrics.provenance import Passage, traced, untraced


def test_every_result_names_the_sections_of_its_figures(analysis):
    lacking = {
        key
        for key, passages in analysis.passages.items()
        if not passages or not all(each.section for each in passages)
    }
    assert lacking == set()
    assert len(analysis.passages) == analysis.results.height


@pytest.mark.parametrize(
    ("indicator", "breakdown", "sections"),
    [
        ("frontline_total", "_T", ["5.1(4)1"]),
        ("downsizing_ratio", "frontline", ["5.1(4)1", "5.1(4)2"]),
        ("downsizing_ratio", "_T", ["5.1(4)1", "5.1(4)2"]),
        ("reserve_account_coverage_ratio", "_T", ["5.1(6)2"]),
        ("part_share", "family_dormitories_in_use", ["3", "3(2)1"]),
        ("open_datasets_change", "_T", ["4.2(1)"]),
    ],
)
def test_a_result_of_several_figures_names_all_their_sections(
    analysis, indicator, breakdown, sections
):
    found = analysis.passages[indicator, breakdown]
    assert [each.section for each in found] == sections


def test_tracing_changes_no_result(analysis):
    plain = compute(analysis.tables, analysis.period)
    assert analysis.results.equals(plain)


def test_a_row_without_a_section_still_names_its_document():
    table = pl.LazyFrame({"source_id": ["a", "b"], "section": [None, "2"]})
    marked = traced({"t": table})["t"].collect()["source_id"]
    results = pl.DataFrame(
        {"indicator": ["sum"], "breakdown": ["_T"], "source_ids": [";".join(marked)]}
    )
    found, passages = untraced(results)
    assert found["source_ids"].to_list() == ["a;b"]
    assert passages["sum", "_T"] == (Passage("a", ""), Passage("b", "2"))


def test_a_table_without_sources_is_left_as_it_is():
    table = pl.LazyFrame({"value": [1]})
    assert traced({"t": table})["t"] is table


def test_no_results_have_no_passages():
    empty = pl.DataFrame(schema=dict.fromkeys(("indicator", "breakdown", "source_ids"), pl.String))
    assert untraced(empty)[1] == {}


def test_a_result_without_a_source_has_no_passage():
    rows = {"indicator": ["x"], "breakdown": ["_T"], "source_ids": [None]}
    found, passages = untraced(pl.DataFrame(rows, schema_overrides={"source_ids": pl.String}))
    assert found["source_ids"].to_list() == [None]
    assert passages == {("x", "_T"): ()}
