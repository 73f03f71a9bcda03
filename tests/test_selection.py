"""Which half-years a batch is of."""

from pathlib import Path

import pytest

from kao_metrics.period import PeriodError
from kao_metrics.report.errors import UsageError
from kao_metrics.selection import selected

EXAMPLE = Path(__file__).parent.parent / "data" / "examples" / "taipei_1999"


def codes(*spellings, **how):
    return [period.code for period in selected(spellings, EXAMPLE, **how)]


def test_names_are_taken_as_they_come_each_once_and_need_not_be_in_the_data():
    assert codes("107H2", "107-1", "2018-S2", "199H1") == ["2018-S2", "2018-S1", "2110-S1"]


def test_a_range_has_both_its_ends_and_what_the_data_has_between():
    assert codes("107H1..108H1") == ["2018-S1", "2018-S2", "2019-S1"]
    assert codes("100H1..104H2") == ["2015-S2"]
    assert codes("2019-S1..2019-S1", "107H1") == ["2019-S1", "2018-S1"]


def test_all_are_those_of_the_data():
    assert len(codes(every=True)) == 22
    assert codes("107H1", every=True)[0] == "2015-S2"


@pytest.mark.parametrize(
    ("spelling", "said"),
    [
        ("108H1..107H1", r"ends before it begins; try 107H1\.\.108H1"),
        ("90H1..91H2", r"the data has nothing of it; it has 2015-S2\.\.2026-S1"),
    ],
)
def test_a_range_of_nothing_is_wrong_use(spelling, said):
    with pytest.raises(UsageError, match=said):
        codes(spelling)


@pytest.mark.parametrize("spelling", ["107H1..", "..", "107H1..x", "107H3"])
def test_what_is_no_half_year_is_an_error(spelling):
    with pytest.raises(PeriodError):
        codes(spelling)
