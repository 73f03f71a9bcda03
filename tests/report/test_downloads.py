"""Downloads: the page's data inside the page, whole, safe to open, and the same every time."""

import base64
import dataclasses
import io
from urllib.parse import unquote_to_bytes

import polars as pl
import pytest
from odfdo import Document

from kao_metrics.metrics.stated import Finding
from kao_metrics.report.downloads import downloads


def content(download):
    """The kind of a file inside the page, and its bytes as a browser reads its address."""
    kind, _, data = download.address.partition(",")
    if kind.endswith(";base64"):
        return kind.removesuffix(";base64"), base64.b64decode(data)
    return kind, unquote_to_bytes(data)


def table(download):
    """A CSV as a frame of texts."""
    return pl.read_csv(io.BytesIO(content(download)[1]), infer_schema=False)


def test_all_results_are_offered_as_csv_and_as_ods(analysis):
    offered = downloads(analysis, "overview")
    assert [each.name for each in offered] == ["2018-S1-results.csv", "2018-S1-results.ods"]
    assert table(offered[0]).height == analysis.results.height


def test_a_csv_begins_with_a_byte_order_mark_for_spreadsheets(analysis):
    assert content(downloads(analysis, "workforce")[0])[1].startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("section", "indicator"),
    [
        ("workforce", "downsizing_ratio"),
        ("retirement_reserve", "reserve_amount_coverage_ratio"),
        ("complaints", "second_complaint_ratio"),
        ("services", "award_rate"),
    ],
)
def test_a_section_offers_its_own_results(analysis, section, indicator):
    (offered,) = downloads(analysis, section)
    found = table(offered).filter(pl.col("indicator") == indicator)
    expected = analysis.results.filter(pl.col("indicator") == indicator)
    assert found["value"].cast(pl.Float64).to_list() == expected["value"].cast(pl.Float64).to_list()
    others = {"workforce": "award_rate"}.get(section, "downsizing_ratio")
    assert others not in table(offered)["indicator"].to_list()


def test_stated_figures_are_offered_with_their_verdicts(analysis):
    offered, _ = downloads(analysis, "sources")
    verdicts = table(offered)["verdict"].value_counts().rows()
    assert sorted(verdicts) == [("agrees", 16), ("disagrees", 2)]


def test_what_other_governments_published_is_offered(analysis):
    _, offered = downloads(analysis, "sources")
    assert table(offered).height == analysis.reference_figures.height == 16


@pytest.mark.parametrize("text", ["50%", "a#b", "é，x", 'a "b" <c>', "a\tb", "100％&copy;"])
def test_no_sign_of_a_text_is_lost_in_an_address(analysis, text):
    places = dataclasses.replace(
        analysis,
        reference_figures=analysis.reference_figures.with_columns(scope=pl.lit(text)),
    )
    _, offered = downloads(places, "sources")
    assert set(table(offered)["scope"]) == {text}


def test_numbers_of_the_spreadsheet_are_numbers(analysis):
    kind, data = content(downloads(analysis, "overview")[1])
    sheet = Document(io.BytesIO(data)).body.get_table(0)
    names = sheet.get_row_values(0)
    values = [sheet.get_row_values(row) for row in range(1, sheet.height)]
    assert kind == "data:application/vnd.oasis.opendocument.spreadsheet"
    indicator, value = names.index("indicator"), names.index("value")
    assert {row[indicator]: row[value] for row in values}["complaints_first"] == 2052


def test_no_text_can_become_a_formula(analysis):
    fields = dict.fromkeys(Finding.__dataclass_fields__, None)
    texts = {
        "id": "=1+1",
        "statement": "@SUM(A1)",
        "operands": "-1 + 2",
        "reason": "+cmd|' /C calc'",
    }
    finding = Finding(**{**fields, **texts, "stated": "-5", "verdict": "agrees"})
    offered, _ = downloads(dataclasses.replace(analysis, findings=[finding]), "sources")
    row = table(offered).row(0, named=True)
    assert all(row[name] == f"'{value}" for name, value in texts.items())


def test_the_same_results_are_the_same_bytes(analysis):
    first, second = (downloads(analysis, "overview") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("section", ["extra", "workforce", "sources"])
def test_a_section_without_data_offers_nothing(analysis, section):
    empty = {name: frame.clear() for name, frame in analysis.tables.items()}
    bare = dataclasses.replace(
        analysis,
        tables=empty,
        results=analysis.results.clear(),
        findings=[],
        reference_figures=analysis.reference_figures.clear(),
    )
    assert downloads(bare, section) == []
