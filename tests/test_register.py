"""The register of restated figures: what it holds, and what is wrong with one."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.analysis import analyse, check
from kao_metrics.failures import DataError
from kao_metrics.period import Period
from kao_metrics.readers import open_data
from kao_metrics.register import (
    Cell,
    Entry,
    Figure,
    Restated,
    Since,
    as_json,
    moved,
    read_register,
    register_path,
)
from kao_metrics.report.manifest import checksums

CODE = "2018-S1"
NUMBERS = st.decimals(-(10**20), 10**20, places=12)


def figure(value, **more):
    return Figure(value=Decimal(value), unit="ratio", obs_status="A", **more)


def entry(name="2018-08", digest="0", indicator="reserve_accounts_funded"):
    """What one release had, of one figure."""
    cell = Cell(
        file="retirement_reserve/2018-S1.csv",
        column="amount",
        key="accounts_funded",
        row_before=5,
        row_after=5,
        before="518",
        after="516",
    )
    restated = Restated(
        kind="changed",
        indicator=indicator,
        breakdown="_T",
        before=figure("0.26"),
        after=figure("0.25", lower=Decimal("0.245")),
        cause="alone",
        rows=(cell,),
    )
    since = Since(name=name, sha256=digest * 64)
    return Entry(since=since, has_rows=True, figures=(restated,))


def write(folder, text):
    path = register_path(folder, CODE)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_register_is_read_as_it_was_written(tmp_path):
    assert read_register(tmp_path, CODE) == ()
    both = (entry(), entry("2018-09", "1"))
    write(tmp_path, as_json(CODE, both))
    assert read_register(tmp_path, CODE) == both
    assert as_json(CODE, read_register(tmp_path, CODE)) == as_json(CODE, both)


@given(NUMBERS, NUMBERS)
def test_numbers_are_kept_by_their_own_digits(was, now):
    kept = json.loads(as_json(CODE, (entry(),)))["releases"][0]
    kept["figures"][0]["before"]["value"] = f"{was:f}"
    kept["figures"][0]["after"]["value"] = f"{now:f}"
    read = Entry.model_validate_json(json.dumps(kept)).figures[0]
    assert (read.before.value, read.after.value) == (was, now)
    assert Restated.model_validate_json(read.model_dump_json()) == read


@given(NUMBERS, NUMBERS)
def test_a_move_is_after_less_before(was, now):
    move = moved(was, now)
    assert Fraction(move.difference) == Fraction(now) - Fraction(was)
    if move.relative is not None:
        exact = Fraction(move.difference) / abs(Fraction(was))
        assert abs(Fraction(move.relative) - exact) <= Fraction(1, 2 * 10**12)


GOOD = as_json(CODE, (entry(),))


@pytest.mark.parametrize(
    ("text", "place", "found", "expected"),
    [
        ("", "", "no JSON (Invalid JSON: EOF while parsing a value at line 1", "a register as"),
        ("{", "", "no JSON", "a register as kao-metrics restated writes"),
        ("[" * 100_000, "", "no JSON", "a register"),
        (b"\xff\xfe", "", "bytes that are not UTF-8", "JSON in UTF-8"),
        ("[]", "", "[]", "an object"),
        ('{"period": "2018-S1"}', "releases", "nothing", "this part"),
        (as_json(CODE, ()), "releases", "none", "at least one"),
        (as_json("2018-S2", (entry(),)), "period", "'2018-S2'", "'2018-S1', as the file is"),
        (as_json(CODE, (entry(), entry())), "releases[1].since.sha256", "the same", "once"),
        (GOOD.replace('"0.26"', "0.26"), "releases[0].figures[0].before.value", "0.26", "quotes"),
        (GOOD.replace('"0.26"', '"1e999"'), "releases[0].figures[0].before.value", "'1e999'", ""),
        (GOOD.replace('"0.25"', '"0.26"').replace('"lower": "0.245",', ""),
         "releases[0].figures[0]", "the same before and after", "a figure that changed"),
        (GOOD.replace('"changed"', '"added"'), "releases[0].figures[0]", "kind 'added'", "before"),
        (GOOD.replace('"alone"', '"solo"'), "releases[0].figures[0].cause", "'solo'", "'alone'"),
        (GOOD.replace("true", "false"), "releases[0].figures[0].rows", "rows", "none where"),
        (GOOD.replace('"2018-08"', '" "'), "releases[0].since.name", "' '", "a text"),
        (GOOD.replace("2018-08", "\\u0007"), "releases[0].since.name", r"'\x07'", "control"),
        (GOOD.replace("000", "00x"), "releases[0].since.sha256", "'00x", "64 hexadecimal digits"),
        (GOOD.replace('"row_after": 5', '"row_after": 1'),
         "releases[0].figures[0].rows[0].row_after", "1", "greater than or equal to 2"),
        (GOOD.replace('"since"', '"sinc"'), "releases[0].sinc", "an unknown part", "a part that"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(tmp_path, text, place, found, expected):
    path = write(tmp_path, text)
    with pytest.raises(DataError) as caught:
        read_register(tmp_path, CODE)
    failures = {each.column: each for each in caught.value.failures}
    assert failures[place].file == str(path)
    assert found in failures[place].found
    assert expected in failures[place].expected


def test_an_unknown_unit_suggests_the_nearest(tmp_path):
    write(tmp_path, GOOD.replace('"ratio"', '"rtio"'))
    with pytest.raises(DataError, match=r"found 'rtio'; expected a known unit; did you mean 'rat"):
        read_register(tmp_path, CODE)


def test_check_finds_a_broken_register_and_one_of_no_period(broken):
    write(broken, "{")
    (broken / "restatements" / "2018-S3.json").write_text("{", encoding="utf-8")
    found = check(open_data(broken)).failures
    assert [(each.table, each.file[-12:], each.found[:6]) for each in found] == [
        ("restatements", "2018-S3.json", "a regi"),
        ("restatements", "2018-S1.json", "no JSO"),
    ]
    with pytest.raises(DataError, match="no JSON"):
        analyse(CODE, broken)


def test_a_report_is_made_from_its_own_register_and_no_other(broken):
    period = Period(2018, 1)
    before = checksums(broken, period)
    path = write(broken, GOOD)
    path.with_stem("2017-S2").write_text("{", encoding="utf-8")
    now = checksums(broken, period)
    assert set(now) - set(before) == {"restatements/2018-S1.json"}
    write(broken, GOOD.replace("2018-08", "2018-09"))
    assert checksums(broken, period) != now
    assert analyse(CODE, broken).restatements == (entry("2018-09"),)
