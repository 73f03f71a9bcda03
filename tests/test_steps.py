"""Known changes of a series, as the analyst marks them."""

import datetime as dt

import pytest

from kao_metrics.analysis import analyse, check
from kao_metrics.metrics.monthly_signals import monthly_signals
from kao_metrics.period import Period
from kao_metrics.readers import open_data
from kao_metrics.report.manifest import checksums
from kao_metrics.sources import SourceError
from kao_metrics.steps import read_steps

GOOD = '[[complaints_first]]\nmonth = "{}"\nzh-TW = "改版"\nen = "New system"\n'


def write(folder, text):
    (folder / "steps.toml").write_text(text, encoding="utf-8")


def test_steps_are_read_in_the_order_of_time(tmp_path):
    assert read_steps(tmp_path) == ()
    write(tmp_path, GOOD.format("2020-02") + GOOD.format("2018-03"))
    assert [(each.month, each.words["en"]) for each in read_steps(tmp_path)] == [
        (dt.date(2018, 3, 1), "New system"),
        (dt.date(2020, 2, 1), "New system"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[", "steps.toml: "),
        (GOOD.format("2018-03").replace("first", "frist"), "no series of months, expected one of"),
        (GOOD.format("2018-03").replace("[[", "[").replace("]]", "]"), "expected [[complaints_"),
        (GOOD.format("2018-13"), "month: found '2018-13', expected a month such as 2018-03"),
        (GOOD.format("2018-03").replace('"2018-03"', "2018-03-01"), "expected a month such as"),
        (GOOD.format("2018-03").replace('en = "New system"\n', ""), "['month', 'zh-TW'], expected"),
        (GOOD.format("2018-03").replace("New system", " "), "expected the reason in zh-TW and en"),
        (GOOD.format("2018-03") * 2, "[[complaints_first]] 2: 2018-03 is there twice"),
        ("complaints_first = [1]", "found [], expected exactly ['en', 'month', 'zh-TW']"),
    ],
)
def test_what_is_wrong_with_a_step_is_said_with_its_place(broken, text, said):
    write(broken, text)
    with pytest.raises(SourceError) as caught:
        read_steps(broken)
    assert said in str(caught.value)
    (failure,) = check(open_data(broken)).failures
    assert failure.table == "steps"
    assert failure.file.endswith("steps.toml")


def test_limits_start_anew_at_a_step():
    """The level of the real series fell in 2022."""
    report = analyse("2022-S2", "data/examples/taipei_1999")
    whole = monthly_signals(report.tables["complaints"])
    april = dt.date(2022, 4, 1)
    parts = monthly_signals(report.tables["complaints"], steps=[april, dt.date(2010, 1, 1)])
    assert [len(each.chart.segments) for each in (whole, parts)] == [1, 2]
    assert parts.months[parts.chart.segments[1].first] == april
    before, after = parts.chart.segments
    assert before.centre > whole.chart.segments[0].centre > after.centre


def test_a_report_reads_the_steps_up_to_its_end_and_no_later_ones(broken):
    write(broken, GOOD.format("2018-06") + GOOD.format("2018-07"))
    assert [each.month.month for each in analyse("2018-S1", broken).steps] == [6]
    now = checksums(broken, Period(2018, 1))
    write(broken, GOOD.format("2018-06"))
    assert checksums(broken, Period(2018, 1)) == now
    write(broken, GOOD.format("2018-05"))
    assert checksums(broken, Period(2018, 1)) != now
    write(broken, "complaints_first = [1]")
    assert "steps.toml#2018-S1" not in checksums(broken, Period(2018, 1))
