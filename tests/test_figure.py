"""One figure by its name: what it holds, how it is shown, and what a wrong name is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kao_metrics.failures import UnknownNameError
from kao_metrics.figure import Figure
from kao_metrics.period import Period

DOCKS = Figure(
    period=Period(2018, 1),
    indicator="downsizing_ratio",
    breakdown="<docks>",
    value=Decimal("0.25"),
    lower=Decimal("0.245"),
    upper=None,
    unit="ratio",
    numerator=None,
    denominator=None,
    reason="",
    source_ids=(),
    lang="en",
)


def test_a_figure_holds_its_row_of_the_result_table(analysis):
    found = analysis.figure("downsizing_ratio", "frontline")
    assert found.period == analysis.period
    assert (found.numerator, found.denominator) == (1657, 8462)
    assert round(found.value, 4) == Decimal("0.1958")
    assert (found.lower, found.upper, found.reason) == (None, None, "")
    assert (found.unit, found.source_ids) == ("ratio", ("ksec_2018_s1",))


def test_every_row_of_the_result_table_is_found_and_can_be_shown(analysis):
    for row in analysis.results.iter_rows(named=True):
        found = analysis.figure(row["indicator"], row["breakdown"])
        assert found.value == row["value"]
        assert str(found) in repr(found)


def test_a_missing_value_says_why_in_the_language_of_the_analysis(english):
    missing = english.results.filter(english.results["value"].is_null()).row(0, named=True)
    found = english.figure(missing["indicator"], missing["breakdown"])
    assert found.value is None
    assert str(found).startswith("— (")
    assert missing["reason"] not in str(found)


def test_a_bound_that_is_not_known_is_left_open_and_markup_is_only_text():
    assert str(DOCKS) == "25.00% (24.50%–…)"
    assert "&lt;docks&gt;" in DOCKS._repr_html_()
    assert "<docks>" not in DOCKS._repr_html_()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (("downsizing_ration",), "no figure is called .*; did you mean 'downsizing_ratio'"),
        (("downsizing_ratio", "frontlin"), "has no breakdown .*; did you mean 'frontline'"),
        (("award_rate", "frontline"), "award_rate has no breakdown 'frontline'; known: _T"),
    ],
)
def test_a_wrong_name_is_told_the_nearest_one(analysis, name, said):
    with pytest.raises(UnknownNameError, match=said) as error:
        analysis.figure(*name)
    assert isinstance(error.value, KeyError)
