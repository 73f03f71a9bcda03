"""Methods and questions: told from data and results alone, with words in both languages."""

import dataclasses
import datetime as dt
import re
import tomllib
from pathlib import Path

import polars as pl
import pytest

from kao_metrics import labels
from kao_metrics.analysis import analyse
from kao_metrics.methods import Question, cannot_tell, indicators, methods, serving
from kao_metrics.metrics import METRICS
from kao_metrics.metrics.complaint_season import complaint_season

TABLES = tomllib.loads(Path(labels.__file__).with_name("labels.toml").read_text(encoding="utf-8"))
EXAMPLE = Path(__file__).parent.parent / "data" / "examples" / "taipei_1999"
NOTES = ("formula", "assumption", "not_for")


@pytest.fixture(scope="module")
def later():
    """A half-year with thirteen before it, and with complaints only."""
    return analyse("2022-S1", EXAMPLE)


def takes(analysis):
    """Say by question what it takes to answer it; nothing where it is answered."""
    return {each.code: each.takes for each in cannot_tell(analysis)}


def asked(analysis, code):
    return next(each for each in cannot_tell(analysis) if each.code == code)


def month_of(number):
    """Return the first day of a month, January 2018 being the first."""
    return dt.date(2018 + (number - 1) // 12, (number - 1) % 12 + 1, 1)


def with_months(analysis, *months):
    """Give a report first complaints by month, in the place of the total."""
    half = {"time_period": "2018-S1", "stage": "first", "sector": "_T", "category": "_T"}
    covered = {"covers_from": dt.date(2018, 1, 1), "covers_to": dt.date(2022, 6, 30)}
    rows = [
        half | covered | {"row": row, "month": month_of(month), "value": cases}
        for row, (month, cases) in enumerate(months, start=2)
    ]
    table = pl.LazyFrame(rows).with_columns(lower="value", upper="value")
    return dataclasses.replace(analysis, tables={**analysis.tables, "complaints": table})


# Words


@pytest.mark.parametrize("code", TABLES["method"])
def test_a_method_says_all_that_there_is_to_say_in_both_languages(code):
    entry = TABLES["method"][code]
    said = [entry[note][lang] for note in NOTES for lang in labels.LANGUAGES]
    source = entry["source"]
    said += [source] if isinstance(source, str) else [source[lang] for lang in labels.LANGUAGES]
    assert all(said)
    assert not [words for words in said if "\N{EM DASH}" in words or "{" in words]
    assert set(entry) == {*NOTES, *labels.LANGUAGES, "indicators", "source"}


def test_a_source_names_its_year_or_the_law():
    sources = [str(entry["source"]) for entry in TABLES["method"].values()]
    assert all(re.search(r"\b(19|20)\d\d\b|\bart\. \d", source) for source in sources)


@pytest.mark.parametrize("kind", ["method", "question"])
def test_methods_and_questions_have_to_do_with_indicators_that_are_computed(kind):
    named = {each for code in labels.codes(kind) for each in indicators(kind, code)}
    assert named
    assert named <= METRICS.keys() & TABLES["indicator"].keys()


def test_a_question_is_of_known_tables_methods_and_reasons(analysis):
    for code, entry in TABLES["question"].items():
        assert set(entry["tables"]) <= analysis.tables.keys()
        assert entry.get("method", "contributions") in TABLES["method"]
        assert set(entry.get("assumed", ())) <= TABLES["reason"].keys()
        assert all(TABLES["text"][f"takes_{code}"][lang] for lang in labels.LANGUAGES)


# Which indicators have a method


@pytest.mark.parametrize(
    "indicator", [each for each in METRICS if labels.attribute("indicator", each, "interval")]
)
def test_every_confidence_interval_has_a_method_that_is_not_rounding(indicator):
    served = {code for code in labels.codes("method") if indicator in indicators("method", code)}
    assert served - {"rounding_intervals"}


def test_every_figure_that_is_estimated_or_has_bounds_has_a_method(analysis, later):
    estimated = pl.col("obs_status") == "E"
    has_bounds = pl.any_horizontal(pl.col("lower", "upper").is_not_null())
    for found in (analysis, later):
        rows = found.results.filter(pl.col("indicator").is_in(list(METRICS)))
        for condition in (estimated, has_bounds):
            named = set(rows.filter(condition)["indicator"])
            assert [each for each in sorted(named) if not serving(found, each)] == []


def test_rounding_is_the_method_only_of_what_it_leaves_open(analysis):
    assert "rounding_intervals" in serving(analysis, "reserve_remainder_amount_stock")
    exact = analysis.results.with_columns(lower=None, upper=None).cast(analysis.results.schema)
    found = dataclasses.replace(analysis, results=exact)
    assert "rounding_intervals" not in serving(found, "reserve_remainder_amount_stock")
    assert "rounding_intervals" in methods(found).unused


def test_an_indicator_without_a_method_is_its_own_formula(analysis):
    assert serving(analysis, "award_rate") == ()


# Which methods are used


def test_a_method_is_used_or_unused_and_in_the_order_of_the_labels(analysis, later):
    for found in (analysis, later):
        used, unused = methods(found)
        assert not {*used} & {*unused}
        assert sorted((*used, *unused), key=labels.codes("method").index) == [
            *labels.codes("method")
        ]
        assert list(used) == [code for code in labels.codes("method") if code in used]


def test_one_half_year_uses_no_method_of_comparison(analysis):
    used, unused = methods(analysis)
    assert {"compound_rate", "rounding_intervals", "reserve_paths"} <= {*used}
    comparing = {"poisson_rate_ratio", "overdispersion", "newcombe_difference"}
    assert comparing | {"control_charts", "season_and_trend", "restatements"} <= {*unused}


def test_half_years_with_months_use_what_compares_them(later):
    used, unused = methods(later)
    assert {"poisson_rate_ratio", "control_charts", "season_and_trend", "contributions"} <= {*used}
    assert {"compound_rate", "reserve_paths", "newcombe_difference"} <= {*unused}


def test_a_report_without_results_uses_none(analysis):
    bare = dataclasses.replace(analysis, results=analysis.results.clear())
    assert methods(bare).used == ()


# What cannot be told


def test_one_half_year_tells_nothing_that_takes_more_than_one(analysis):
    assert takes(analysis) == {code: code for code in TABLES["question"]}
    assert all(each.is_asked for each in cannot_tell(analysis))
    assert asked(analysis, "months")[2:4] == (5, 0)
    assert asked(analysis, "season")[2:4] == (36, 0)
    assert asked(analysis, "staff_dates")[2:4] == (3, 2)


def test_a_series_of_half_years_tells_what_its_table_has(later):
    assert takes(later) == {
        **dict.fromkeys(("complaints_change", "months", "season", "categories"), ""),
        **{code: code for code in ("escalation", "reserve_pace", "accounts", "staff_dates")},
    }
    matters = {each.code for each in cannot_tell(later) if each.is_asked}
    assert matters == {"complaints_change", "months", "season", "categories", "escalation"}


def test_the_first_half_year_of_a_series_tells_its_months_and_no_change():
    report = analyse("2015-S2", EXAMPLE)
    found = takes(report)
    assert found["months"] == ""
    assert found["complaints_change"] == "complaints_change"
    assert found["categories"] == "categories"
    assert asked(report, "season")[2:4] == (36, 6)


def test_months_have_limits_from_five_on(analysis):
    five = [(1, 300), (2, 280), (3, 310), (4, 305), (5, 290)]
    assert asked(with_months(analysis, *five), "months").takes == ""
    assert asked(with_months(analysis, *five[:4]), "months") == Question("months", "months", 5, 4)


def test_months_without_cases_have_no_limits_however_many(analysis):
    rare = [(month, int(month == 2)) for month in range(1, 7)]
    assert asked(with_months(analysis, *rare), "months") == Question("months", "limits")


def test_a_gap_begins_the_run_of_months_anew(analysis):
    months = [(month, 300) for month in (1, 2, 4, 5, 6)]
    assert asked(with_months(analysis, *months), "season") == Question("season", "season", 36, 3)


@pytest.mark.parametrize(
    ("missing", "cases", "taken"),
    [(12, 300, "season"), (2, 300, "gaps"), (None, 0, "limits")],
)
def test_no_season_is_promised_where_the_method_finds_none(analysis, missing, cases, taken):
    months = [(month, cases) for month in range(1, 41) if month != missing]
    found = with_months(analysis, *months)
    assert asked(found, "season").takes == taken
    assert isinstance(complaint_season(found.tables["complaints"]), str)


def test_a_pace_counts_only_where_it_was_measured_between_reports(analysis):
    measured = analysis.results.with_columns(
        reason=pl.when(pl.col("indicator") == "reserve_pace_rate")
        .then(pl.lit("pace_between_reports"))
        .otherwise("reason")
    )
    assert takes(dataclasses.replace(analysis, results=measured))["reserve_pace"] == ""


def test_a_third_date_tells_how_staff_moved_between(analysis):
    staff = analysis.tables["workforce"]
    between = staff.head(1).with_columns(as_of=pl.date(2014, 12, 25))
    more = {**analysis.tables, "workforce": pl.concat([staff, between])}
    assert takes(dataclasses.replace(analysis, tables=more))["staff_dates"] == ""


def test_a_report_without_a_matter_is_not_asked_about_it(analysis):
    empty = {name: table.clear() for name, table in analysis.tables.items()}
    bare = dataclasses.replace(analysis, tables=empty, results=analysis.results.clear())
    assert not [each for each in cannot_tell(bare) if each.is_asked]
