"""Counts, rates, shares and change of complaints, against arithmetic by hand."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest
from casework import LAST_YEAR, PREVIOUS, cases, rows_of, table
from scipy.stats import beta

from kao_metrics.labels import TOTAL
from kao_metrics.metrics import complaints


def close(found, expected, within="1e-11"):
    return abs(Decimal(found) - Decimal(expected)) < Decimal(within)


REPORT = table(cases("first", 2052), cases("second", 542), cases("mediation", 68))


def test_cases_a_day_are_cases_over_covered_days():
    """The report covers 166 days: 2052 / 166, 542 / 166 and 68 / 166."""
    columns = ("breakdown", "numerator", "denominator", "value")
    found = rows_of(complaints.complaints_daily_rate, REPORT, *columns)
    assert [row[:3] for row in found] == [
        ("complaints_first", 2052, 166),
        ("complaints_second", 542, 166),
        ("mediations", 68, 166),
    ]
    assert all(close(value, Decimal(cases) / days) for _, cases, days, value in found)


def totals(frame):
    """Return the cases of each stage in total."""
    found = rows_of(complaints.figures, frame, "indicator", "breakdown", "value")
    return {name: value for name, breakdown, value in found if breakdown == TOTAL}


def test_details_without_a_total_add_up_to_it():
    """60 + 40 by sector, 30 + 12 by category, 7 + 8 by month."""
    frame = table(
        cases("first", 60, sector="goods"),
        cases("first", 40, sector="services"),
        cases("second", 30, category="food"),
        cases("second", 12, category="travel"),
        cases("mediation", 7, month=2),
        cases("mediation", 8, month=3),
    )
    assert totals(frame) == {"complaints_first": 100, "complaints_second": 42, "mediations": 15}


def test_details_in_every_direction_add_up_once():
    """Goods 5 + 3 and services 2 in February, goods 4 in March: 14."""
    frame = table(
        cases("first", 5, 2, sector="goods", category="food"),
        cases("first", 3, 2, sector="goods", category="clothing"),
        cases("first", 2, 2, sector="services", category="travel"),
        cases("first", 4, 3, sector="goods", category="food"),
    )
    found = rows_of(complaints.figures, frame, "breakdown", "value")
    assert dict(found) == {
        "_T": 14,
        "goods": 12,
        "services": 2,
        "food": 9,
        "clothing": 3,
        "travel": 2,
    }


def test_a_given_total_stands_whatever_its_details_add_up_to():
    """Only 90 of 100 cases have a sector, and only 30 a category."""
    frame = table(
        cases("first", 100),
        cases("first", 60, sector="goods"),
        cases("first", 30, sector="services"),
        cases("first", 30, category="food"),
    )
    columns = ("breakdown", "numerator", "denominator", "value")
    assert totals(frame) == {"complaints_first": 100}
    assert rows_of(complaints.complaints_share, frame, *columns) == [
        ("complaints_first.goods", 60, 100, Decimal("0.6")),
        ("complaints_first.services", 30, 100, Decimal("0.3")),
        ("complaints_first.food", 30, 100, Decimal("0.3")),
    ]


IN_FULL = {
    "sector": ({"sector": "goods"}, {"sector": "services"}),
    "category": ({"category": "food"}, {"category": "travel"}),
    "month": ({"month": 2}, {"month": 3}),
}


@pytest.mark.parametrize(("full", "partial"), list(permutations(IN_FULL, 2)))
def test_a_breakdown_of_only_some_cases_does_not_become_the_total(full, partial):
    """60 + 40 = 100 one way; another way only 30 of them are broken down."""
    one, other = IN_FULL[full]
    some = cases("first", 30, **IN_FULL[partial][0])
    frame = table(cases("first", 60, **one), cases("first", 40, **other), some)
    assert totals(frame) == {"complaints_first": 100}


def test_a_share_of_no_cases_is_missing():
    frame = table(cases("first", 0), cases("first", 0, sector="goods"))
    found = rows_of(complaints.complaints_share, frame, "value", "obs_status", "reason")
    assert found == [(None, "M", "no_denominator")]


def test_nothing_is_shared_where_nothing_is_broken_down():
    assert rows_of(complaints.complaints_share, REPORT, "value") == []


def clopper_pearson(now, then, level=0.95):
    """Bound now / (now + then) by quantiles of the beta distribution, from their definition."""
    tail = (1 - level) / 2
    low = 0.0 if now == 0 else beta.ppf(tail, now, then + 1)
    high = 1.0 if then == 0 else beta.ppf(1 - tail, now + 1, then)
    return low, high


def test_the_change_is_of_rates_a_covered_day():
    """83 cases in 166 days against 46 in 184 and 181 in 181: 0.5 a day, then 0.25 and 1."""
    frame = table(
        cases("first", 46, period=PREVIOUS),
        cases("first", 83),
        cases("first", 181, period=LAST_YEAR),
    )
    columns = ("breakdown", "numerator", "denominator", "value", "lower", "upper")
    previous, last_year = rows_of(complaints.complaints_rate_change, frame, *columns)
    assert previous[:3] == ("complaints_first.previous", 83, 46)
    assert close(previous[3], "1", within="1e-9")
    assert last_year[:3] == ("complaints_first.same_half_last_year", 83, 181)
    assert close(last_year[3], "-0.5", within="1e-9")
    low, high = clopper_pearson(83, 46)
    assert float(previous[4]) == pytest.approx(low / (1 - low) * 184 / 166 - 1)
    assert float(previous[5]) == pytest.approx(high / (1 - high) * 184 / 166 - 1)


def test_a_fall_to_no_cases_is_a_fall_by_all_of_them():
    frame = table(cases("first", 0), cases("first", 10, period=PREVIOUS))
    value, lower, upper = rows_of(
        complaints.complaints_rate_change, frame, "value", "lower", "upper"
    )[0]
    assert (value, lower) == (-1, -1)
    assert -1 < upper < 0


def test_without_earlier_cases_there_is_no_change():
    """None were counted in the half-year before; of the year before nothing is known."""
    frame = table(cases("first", 83), cases("first", 0, period=PREVIOUS))
    columns = ("breakdown", "value", "lower", "upper", "obs_status", "reason")
    assert rows_of(complaints.complaints_rate_change, frame, *columns) == [
        ("complaints_first.previous", None, None, None, "M", "no_denominator"),
        ("complaints_first.same_half_last_year", None, None, None, "M", "no_earlier_period"),
    ]


def test_months_that_vary_more_than_chance_widen_the_interval():
    """The same 150 and 90 cases: even months, and months in waves."""

    def width(now, then):
        rows = [cases("first", count, month=month) for month, count in enumerate(now, start=2)]
        rows += [
            cases("first", count, month=month, period=PREVIOUS)
            for month, count in enumerate(then, start=7)
        ]
        low, high = rows_of(complaints.complaints_rate_change, table(*rows), "lower", "upper")[0]
        return high - low

    even, waves = width((50, 50, 50), (30, 30, 30)), width((90, 10, 50), (60, 4, 26))
    low, high = clopper_pearson(150, 90)
    exact = (high / (1 - high) - low / (1 - low)) * 184 / 166
    assert float(even) == pytest.approx(exact)
    assert waves > even * 2


def test_monthly_rows_of_both_periods_are_compared_as_totals():
    """40 + 43 in 166 days, 46 in 184."""
    frame = table(
        cases("first", 40, month=2),
        cases("first", 43, month=3),
        cases("first", 46, period=PREVIOUS),
    )
    found = rows_of(complaints.complaints_rate_change, frame, "numerator", "value")[0]
    assert found[0] == 83
    assert close(found[1], "1", within="1e-9")
