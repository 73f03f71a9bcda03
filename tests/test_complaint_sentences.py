"""What is said of escalation: intervals, changes, and that two stages are no one group."""

import pytest
from casework import PREVIOUS, cases, with_complaints

from kao_metrics import display, sentences
from kao_metrics.explanations import explain

FLOWS = "a second complaint of this period can belong to a first one of an earlier period"
METRICS = ("second_complaint_ratio", "mediation_ratio", "escalation_change")


def stages(first, second, mediation=None, **where):
    counts = {"first": first, "second": second, "mediation": mediation}
    return [cases(stage, count, **where) for stage, count in counts.items() if count is not None]


def said(analysis, *rows):
    return sentences.complaints(with_complaints(analysis, *rows, metrics=METRICS))


def test_a_ratio_is_said_with_its_confidence_interval(english):
    found = sentences.complaints(english)
    assert "Second complaints are 26.4% (95 % interval 24.6–28.4%) of first ones." in found
    assert "Mediations are 12.5% (95 % interval 10.0–15.6%) of second complaints." in found


@pytest.mark.parametrize("rows", [(100, 30, 5), (100, 30), (None, 30, 5), (20, 30)])
def test_wherever_escalation_is_said_so_is_that_it_is_of_flows(english, rows):
    assert sum(FLOWS in each for each in said(english, *stages(*rows))) == 1


def test_without_escalation_nothing_is_said_of_it(english):
    assert not any(FLOWS in each for each in said(english, *stages(100, None)))


def test_more_cases_than_before_are_said_to_have_begun_earlier(english):
    """30 second complaints over 20 first ones, and 31 mediations over those."""
    found = said(english, *stages(20, 30, 31))
    assert "Second complaints are 150.0% of first ones." in found
    ten, one = (each for each in found if "If no complaint goes on more than once" in each)
    assert "Second complaints are 10 cases more than First complaints" in ten
    assert "at least 10 cases began in an earlier period" in ten
    assert "Mediations are 1 case more than Second complaints" in one
    assert not any("If no complaint" in each for each in said(english, *stages(30, 30)))


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ((1500, 300), "up by 6.4 percentage points against the second half of 2017 (95 % in"),
        ((1500, 300), "(95 % interval 3.6–9.2)."),
        ((1500, 500), "down by 6.9 percentage points"),
        ((1500, 400), "it cannot be told apart, −0.3 percentage points (95 % interval −3.2 to"),
        ((20, 30), "−123.6 percentage points against the second half of 2017; as the later"),
    ],
)
def test_a_change_is_said_by_its_interval_and_not_by_its_size(english, then, words):
    rows = [*stages(2052, 542), *stages(*then, period=PREVIOUS)]
    (found,) = (each for each in said(english, *rows) if "percentage points" in each)
    assert found.startswith("Second to first complaints: ")
    assert words in found


def test_a_change_is_explained_with_both_ratios_and_its_verdict(english):
    found = with_complaints(
        english,
        *stages(2052, 542, 68),
        *stages(1500, 300, 10, period=PREVIOUS),
        metrics=METRICS,
    )
    rows = {each.name: each for each in explain(found, "escalation_change").rows}
    second = rows["Second to first complaints, against the half-year before"]
    assert second.formula == "542 ÷ 2,052 − 300 ÷ 1,500"
    assert second.value == "6.4 percentage points"
    assert second.details[:2] == ("95 % confidence interval: 3.6–9.2.", "Rose.")
    mediation = rows["Mediations to second complaints, against the half-year before"]
    assert mediation.formula == "68 ÷ 542 − 10 ÷ 300"


@pytest.mark.parametrize(
    ("lang", "head"), [("analysis", "95％信賴區間"), ("english", "95 % interval")]
)
def test_a_table_names_confidence_intervals_as_what_they_are(request, lang, head):
    markup = display.computed(request.getfixturevalue(lang), "second_complaint_ratio").markup
    assert f'data-label="{head}">24.6–28.4%' in markup
    assert (
        "24.6–28.4%"
        not in display.computed(
            request.getfixturevalue(lang), "reserve_amount_coverage_ratio"
        ).markup
    )
