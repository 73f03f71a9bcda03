"""Charts of the reserve: what is drawn follows from the tables, and nothing else is."""

from __future__ import annotations

import datetime as dt

import pytest
from reserve_tables import NOW, accounts, printed, two_periods, with_tables

from kao_metrics import charts

TWELVE = {f"account {number:02d}": number * 10 for number in range(1, 13)}


def dots(chart):
    """What a chart says of its dots or bars: name and detail."""
    spec = chart.to_dict(validate=False)
    sets = [*spec.get("datasets", {}).values()]
    sets += [layer.get("data", {}).get("values", []) for layer in spec["layer"]]
    rows = {(each["name"], each["detail"]) for rows in sets for each in rows if "name" in each}
    return sorted(rows)


def test_the_paths_of_a_report_alone_are_four_scenarios(english):
    said = charts.reserve_paths(english).to_dict(validate=False)["description"]
    assert "Line chart of 4 lines." in said
    for each in (
        "2021-06: even payments, remainder",
        "2021-06: even payments, as stated",
        "2018-12: pace so far, remainder",
        "2019-03: pace so far, as stated",
    ):
        assert each in said
    assert "hundred million TWD to 2021-06: 0.00 hundred million TWD" in said


def test_a_pace_that_is_given_is_two_more(english):
    said = charts.reserve_paths(english, "1.50").to_dict(validate=False)["description"]
    assert "Line chart of 6 lines." in said
    assert "2021-01: 1.5 a year, remainder" in said
    assert "2022-07: 1.5 a year, as stated" in said


def test_two_reports_have_a_line_of_what_was_printed(english):
    said = charts.reserve_paths(with_tables(english, two_periods())).to_dict(validate=False)[
        "description"
    ]
    assert "Line chart of 5 lines." in said
    assert (
        "printed, remainder: from 2016-12: 11.90 hundred million TWD "
        "to 2018-06: 3.86 hundred million TWD"
    ) in said.replace("2 points, ", "")


def test_scenarios_are_dashed_and_what_was_printed_is_not(english):
    spec = charts.reserve_paths(with_tables(english, two_periods())).to_dict(validate=False)
    strokes = [layer["mark"] for layer in spec["layer"] if layer["mark"].get("type") == "line"]
    assert [bool(each.get("strokeDash")) for each in strokes].count(True) == 1
    assert [bool(each.get("strokeDash")) for each in strokes].count(False) == 1


@pytest.mark.parametrize(
    "frame", [printed(**NOW).clear(), printed(initial_shortfall="5", contributed="5.1")]
)
def test_without_anything_outstanding_there_are_no_paths(english, frame):
    assert charts.reserve_paths(with_tables(english, frame)) is None


def test_a_wrong_payment_is_an_error_and_no_chart(english):
    with pytest.raises(ValueError, match="yearly_payment: found 'soon'"):
        charts.reserve_paths(english, "soon")


def test_ten_accounts_are_named_and_the_others_stand_together(english):
    """10 + 20 + ... + 120 = 780; the two smallest have 30."""
    found = dots(charts.reserve_gaps(with_tables(english, of_accounts=accounts(**TWELVE))))
    assert len(found) == 11
    assert ("2 other accounts", "30 TWD, 3.8% of all") in found
    assert ("account 12", "120 TWD, 15.4% of all") in found
    assert not [name for name, _ in found if name in ("account 01", "account 02")]


def test_accounts_without_a_gap_are_no_bars(english):
    found = charts.reserve_gaps(with_tables(english, of_accounts=accounts(A=5, B=0, C=-9)))
    assert dots(found) == [("A", "5 TWD, 100.0% of all")]


def test_the_curve_has_every_account(english):
    found = charts.reserve_concentration(
        with_tables(english, of_accounts=accounts(A=300, B=0, C=100))
    )
    assert [name for name, _ in dots(found)] == ["A", "B", "C"]
    assert "75.0%" in found.to_dict(validate=False)["description"]


@pytest.mark.parametrize(
    ("chart", "gaps"),
    [
        (charts.reserve_gaps, {}),
        (charts.reserve_gaps, {"A": 0, "B": -5}),
        (charts.reserve_concentration, {}),
        (charts.reserve_concentration, {"A": 0, "B": 0}),
        (charts.reserve_concentration, {"A": 5}),
    ],
)
def test_without_gaps_there_is_no_chart_of_them(english, chart, gaps):
    assert chart(with_tables(english, of_accounts=accounts(**gaps))) is None


def test_the_order_of_the_accounts_changes_no_chart(english):
    one, other = (
        with_tables(english, of_accounts=accounts(**gaps))
        for gaps in (TWELVE, dict(reversed(TWELVE.items())))
    )
    for chart in (charts.reserve_gaps, charts.reserve_concentration):
        assert chart(one).to_dict(validate=False) == chart(other).to_dict(validate=False)


def test_a_report_with_its_own_dates_draws_from_its_last_day(english):
    frame = printed(as_of={"contributed": dt.date(2018, 3, 31)}, **NOW)
    said = charts.reserve_paths(with_tables(english, frame)).to_dict(validate=False)["description"]
    assert "from 2018-06: 3.86 hundred million TWD" in said
