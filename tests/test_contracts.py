"""Every kind of bad input is a failure that says where it is, what is there, what belongs there.

The tables here are small and right; each test breaks one thing in them. Row numbers are
those of a spreadsheet: the header is row 1.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest

from kao_metrics import schemas
from kao_metrics.failures import DataError, Failure
from kao_metrics.period import Period
from kao_metrics.readers import Data
from kao_metrics.schemas import NUMBER, WHOLE_NUMBER
from kao_metrics.sources import Source

HALF = Period(2018, 1).covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30))
REPORT = Source("report", {}, {}, "2018", {}, "", {})
TABLES = {
    "workforce": """\
as_of,category,subcategory,employer,funding,measure,headcount,qualifier,section,source_id
2018-04-01,frontline,_T,agencies,_T,staff_in_post,60,exact,5.1,report
2018-04-01,frontline,_T,schools,_T,staff_in_post,30,exact,5.1,report
2018-04-01,frontline,_T,_T,_T,staff_in_post,90,exact,5.1,report
2018-04-01,temporary,other_health,_T,_T,staff_in_post,4,exact,5.1,report
2018-04-01,temporary,other_dengue,_T,_T,staff_in_post,3,exact,5.1,report
2018-04-01,temporary,other,_T,_T,staff_in_post,8,exact,5.1,report
2018-04-01,temporary,_T,_T,_T,staff_in_post,10,exact,5.1,report
2018-04-01,_T,_T,_T,_T,staff_in_post,100,exact,5.1,report
2010-12-25,frontline,_T,_T,_T,staff_in_post,120,exact,5.1,report
2010-12-25,temporary,assistants,_T,general,staff_in_post,7,exact,5.1,report
""",
    "retirement_reserve": """\
as_of,item,amount,unit,qualifier,section,source_id
,initial_shortfall,33.2,hundred_million_twd,exact,5.1,report
2018-06-30,contributed,29.34,hundred_million_twd,about,5.1,report
""",
    "retirement_accounts": """\
as_of,account,agency,required,balance,contributed,section,source_id
2018-03-31,A1,Bureau,500,400,100,5.1,report
""",
    "complaints": """\
month,stage,sector,category,count,section,source_id
,first,_T,_T,90,6.2,report
,first,goods,_T,50,6.2,report
,first,services,_T,40,6.2,report
2018-03-01,first,_T,_T,80,6.2,report
2018-04-01,first,_T,_T,10,6.2,report
,second,_T,food,5,6.2,report
""",
    "services": """\
as_of,indicator,value,unit,qualifier,part_of,section,source_id
,awards_nominated,105,person,exact,,5.1,report
2018-05-29,awards_selected,50,person,exact,awards_nominated,5.1,report
,venue_openings,238,session,exact,,2.3,report
""",
    "stated": """\
id,section,statement,stated,unit,qualifier,operands,source_id
reduction,5.1,workers fell by,30,person,exact,frontline_baseline - frontline_total,report
""",
}


def failures_of(folder, **tables) -> list[Failure]:
    """Write some tables into a folder, read them, and return what is wrong with them."""
    for table, content in tables.items():
        (folder / table).mkdir()
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / table / "2018-S1.csv").write_bytes(raw)
    try:
        Data(folder, {HALF.code: HALF}, {}, {REPORT.id: REPORT}).read_all(HALF)
    except DataError as error:
        return error.failures
    return []


def failures_after(folder, table, old, new) -> list[Failure]:
    """Change one thing in one table, and return what is wrong then."""
    assert old in TABLES[table], "the test breaks what is there"
    return failures_of(folder, **{table: TABLES[table].replace(old, new, 1)})


def places(failures):
    return [(failure.rows, failure.column) for failure in failures]


def test_the_tables_of_these_tests_are_right(tmp_path):
    assert failures_of(tmp_path, **TABLES) == []


def test_every_rule_of_every_schema_is_put_into_words():
    every = [*schemas.TABLES.values(), schemas.Reference, schemas.Periods]
    listed = "".join(repr(schema).partition("Rules:")[2] for schema in every)
    assert set(re.findall(r'^    - "(\w+)"', listed, re.MULTILINE)) == set(schemas.EXPECTED)


HEADERS = [
    ("stage,sector", "sector", (1,), "stage", "no such column", "columns stage, sector"),
    ("month,stage", "month,stages", (1,), "stages", "an unknown column", "did you mean 'stage'?"),
    ("month,stage", "stage,stage", (1,), "stage", "the column twice", "each column once"),
    (",first,goods,_T,50", ",first,goods,50", (3,), "", "6 fields", "7 as in row 1"),
    (",first,goods,_T,50", ",first,goods,_T,5,0", (3,), "", "8 fields", "7 as in row 1"),
    (",first,goods", ',"first"x,goods', (), "", "no CSV", "comma-separated values"),
]


@pytest.mark.parametrize("case", HEADERS, ids=lambda case: f"{case[4]}: {case[3]}")
def test_a_file_of_another_form_is_a_failure(tmp_path, case):
    old, new, rows, column, found, expected = case
    failures = failures_after(tmp_path, "complaints", old, new)
    (failure,) = [each for each in failures if (each.rows, each.column) == (rows, column)]
    assert failure.file == str(tmp_path / "complaints" / "2018-S1.csv")
    assert failure.table == "complaints"
    assert found in failure.found
    assert expected in failure.expected


@pytest.mark.parametrize(
    ("content", "rows", "found"),
    [
        (TABLES["complaints"].replace("goods", "商品").encode("big5"), (3,), "not UTF-8"),
        ("月,stage".encode("big5"), (1,), "not UTF-8"),
        (TABLES["complaints"].splitlines()[0], (), "no rows"),
    ],
)
def test_a_file_without_readable_rows_is_one_failure(tmp_path, content, rows, found):
    (failure,) = failures_of(tmp_path, complaints=content)
    assert (failure.table, failure.rows) == ("complaints", rows)
    assert found in failure.found


def test_an_empty_file_lacks_every_column_that_is_needed(tmp_path):
    needed = ["stage", "sector", "category", "count", "source_id"]
    assert places(failures_of(tmp_path, complaints="")) == [((1,), name) for name in needed]


FIGURES = [
    ("workforce", "60", 2, "headcount", WHOLE_NUMBER),
    ("retirement_reserve", "29.34", 3, "amount", NUMBER),
    ("retirement_accounts", "400", 2, "balance", NUMBER),
    ("complaints", "40", 4, "count", WHOLE_NUMBER),
    ("services", "238", 4, "value", NUMBER),
    ("stated", "30", 2, "stated", NUMBER),
]


@pytest.mark.parametrize("cell", ["2,052件", "２０５２", " 2052", "1e3", "+5", "0x10", ""])
@pytest.mark.parametrize("case", FIGURES, ids=lambda case: case[3])
def test_a_figure_that_is_no_plain_number_is_a_failure(tmp_path, case, cell):
    table, old, row, column, expected = case
    (failure,) = failures_after(tmp_path, table, f",{old},", f',"{cell}",')
    assert (failure.rows, failure.column) == ((row,), column)
    assert failure.found == (repr(cell) if cell else "nothing")
    assert failure.expected == expected


def test_a_count_is_a_whole_number(tmp_path):
    (failure,) = failures_after(tmp_path, "complaints", ",40,", ",40.0,")
    assert (failure.rows, failure.column, failure.found) == ((4,), "count", "'40.0'")


@pytest.mark.parametrize("cell", ["107/04/01", "2018-4-1", "2018-02-30", "２０１８-04-01"])
def test_a_date_in_another_form_is_a_failure(tmp_path, cell):
    (failure,) = failures_after(tmp_path, "complaints", "2018-03-01", cell)
    assert (failure.rows, failure.column, failure.found) == ((5,), "month", repr(cell))
    assert failure.expected == schemas.DATE


@pytest.mark.parametrize("case", [FIGURES[0], FIGURES[1], *FIGURES[3:5]], ids=lambda case: case[3])
def test_a_negative_figure_is_a_failure_that_names_its_row(tmp_path, case):
    table, old, row, column, _ = case
    (failure,) = failures_after(tmp_path, table, f",{old},", f",-{old},")
    assert (failure.rows, failure.column, failure.found) == ((row,), column, f"'-{old}'")
    assert failure.expected == "a number of 0 or more"


def test_a_negative_amount_of_an_account_is_a_failure(tmp_path):
    (failure,) = failures_after(tmp_path, "retirement_accounts", ",400,", ",-400,")
    assert (failure.rows, failure.expected) == ((2,), "amounts of 0 or more")
    assert "-400" in failure.found


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_there_twice_is_a_failure_that_names_both_rows(tmp_path, table):
    header, first, *others = TABLES[table].splitlines()
    failures = failures_of(tmp_path, **{table: "\n".join([header, first, *others, first])})
    twice = [each for each in failures if each.rows == (2, 3 + len(others))]
    assert ["more than once" in each.found for each in twice] == [True]


OVER_THEIR_TOTAL = [
    ("workforce", "schools,_T,staff_in_post,30", "schools,_T,staff_in_post,31", 4, "employer", 91),
    ("workforce", "staff_in_post,4", "staff_in_post,6", 7, "subcategory", 9),
    ("workforce", "staff_in_post,8", "staff_in_post,11", 8, "subcategory", 11),
    ("workforce", "staff_in_post,100", "staff_in_post,99", 9, "category", 100),
    ("complaints", "services,_T,40", "services,_T,41", 2, "sector", 91),
    ("complaints", "first,_T,_T,10", "first,_T,_T,11", 2, "month", 91),
    ("services", "awards_selected,50", "awards_selected,106", 2, "part_of", 106),
]


@pytest.mark.parametrize("case", OVER_THEIR_TOTAL, ids=lambda case: f"{case[4]} {case[5]}")
def test_parts_over_their_total_are_a_failure_at_the_total(tmp_path, case):
    table, old, new, row, dimension, parts = case
    failures = failures_after(tmp_path, table, old, new)
    assert [each.rows for each in failures] == [(row,)]
    assert f"parts that add up to {parts} ({dimension}), over their total" in failures[0].found


def test_parts_under_their_total_are_no_failure(tmp_path):
    assert failures_after(tmp_path, "workforce", "staff_in_post,60", "staff_in_post,50") == []


def test_parts_that_are_over_their_total_by_their_rounding_alone_are_no_failure(tmp_path):
    """About 4 and about 5 can be 3 and 4, which are no more than 8."""
    rounded = TABLES["workforce"].replace("4,exact", "4,about").replace("3,exact", "5,about")
    assert failures_of(tmp_path, workforce=rounded) == []


CODES = [
    ("workforce", ",temporary,assistants", ",temporery,assistants", 11, "category", "temporary"),
    ("workforce", "assistants", "assistant", 11, "subcategory", "assistants"),
    ("workforce", "agencies", "agency", 2, "employer", "agencies"),
    ("workforce", "general", "generel", 11, "funding", "general"),
    ("workforce", "staff_in_post,7", "staf_in_post,7", 11, "measure", "staff_in_post"),
    ("retirement_reserve", "contributed", "contribute", 3, "item", "contributed"),
    ("complaints", "second", "secnd", 7, "stage", "second"),
    ("complaints", "goods", "good", 3, "sector", "goods"),
    ("complaints", "food", "foods", 7, "category", "food"),
    ("services", "venue_openings", "venue_opening", 4, "indicator", "venue_openings"),
    ("services", "session", "sessions", 4, "unit", "session"),
    ("services", "238,session,exact", "238,session,exactly", 4, "qualifier", "exact"),
]


@pytest.mark.parametrize("case", CODES, ids=lambda case: case[4])
def test_an_unknown_code_is_one_failure_with_a_suggestion(tmp_path, case):
    table, old, new, row, column, nearest = case
    failures = failures_after(tmp_path, table, old, new)
    assert places(failures) == [((row,), column)]
    assert f"did you mean {nearest!r}?" in failures[0].expected


PLACES = [
    ("workforce", "2018-04-01", "2018-07-01", 2, "as_of", "not after the covered days"),
    ("retirement_reserve", "2018-06-30", "2018-07-01", 3, "as_of", "not after the covered days"),
    ("retirement_accounts", "2018-03-31", "2018-07-01", 2, "as_of", "not after the covered days"),
    ("services", "2018-05-29", "2018-07-01", 3, "as_of", "in this half-year or the one before"),
    ("services", "2018-05-29", "2017-06-30", 3, "as_of", "in this half-year or the one before"),
    ("complaints", "2018-04-01", "2017-12-01", 6, "month", "a month with covered days"),
    ("complaints", "2018-04-01", "2018-07-01", 6, "month", "a month with covered days"),
    ("complaints", "2018-04-01", "2018-04-02", 6, "month", "the first day of a month"),
    ("complaints", "food,5,6.2", "food,5,six", 7, "section", "the form"),
    ("services", "awards_nominated,5.1", "awards_nominate,5.1", 3, "part_of", "of the same file"),
    ("services", "awards_nominated,5.1", "awards_selected,5.1", 3, "part_of", "not the row itself"),
    ("complaints", "food,5,6.2,report", "food,5,6.2,rapport", 7, "source_id", "sources.toml"),
    ("complaints", "food,5,6.2,report", "food,5,6.2,", 7, "source_id", "a value"),
    ("complaints", "second", "", 7, "stage", "a value"),
    ("stated", "frontline_baseline - frontline_total", "", 2, "operands", "a value"),
]


@pytest.mark.parametrize("case", PLACES, ids=lambda case: f"{case[4]}: {case[5]} ({case[2]})")
def test_a_cell_that_does_not_fit_its_table_is_one_failure(tmp_path, case):
    table, old, new, row, column, expected = case
    failures = failures_after(tmp_path, table, old, new)
    assert places(failures) == [((row,), column)]
    assert expected in failures[0].expected


def test_a_whole_that_cannot_be_read_is_there_all_the_same(tmp_path):
    assert places(failures_after(tmp_path, "services", ",105,", ",many,")) == [((2,), "value")]


def test_a_newest_staff_count_from_before_the_half_year_is_a_failure(tmp_path):
    stale = TABLES["workforce"].replace("2018-04-01", "2017-12-31")
    (failure,) = failures_of(tmp_path, workforce=stale)
    assert (failure.rows, failure.column) == ((2, 3, 4, 5, 6, 7, 8, 9), "as_of")
    assert failure.expected == "a newest date inside the half-year"


def test_all_failures_of_all_tables_come_at_once(tmp_path):
    failures = failures_of(
        tmp_path,
        workforce=TABLES["workforce"].replace(",60,", ",many,"),
        retirement_reserve=TABLES["retirement_reserve"].replace("29.34", "-1"),
        complaints=TABLES["complaints"].replace("50", "5o").replace("food", "foot"),
        stated=TABLES["stated"].replace("5.1,workers", "one,workers"),
    )
    assert [(each.table, each.rows, each.column) for each in failures] == [
        ("workforce", (2,), "headcount"),
        ("retirement_reserve", (3,), "amount"),
        ("complaints", (3,), "count"),
        ("complaints", (7,), "category"),
        ("stated", (2,), "section"),
    ]
