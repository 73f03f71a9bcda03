"""Results that are written are read back by other programs: same values, right types.

Where LibreOffice is installed, it opens the files and saves them again, too.
"""

import datetime as dt
import io
import json
import shutil
import subprocess
from decimal import Context, Decimal
from itertools import cycle, islice

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odfdo import Document
from polars.testing import assert_frame_equal

from kao_metrics.output import as_csv, as_json, as_ods, as_parquet
from kao_metrics.typesetting import is_printable

MISTAKABLE = (
    "=1+2", "'=1+2", "+1", "-1", "@SUM(A1)", "2018-S1", "2018-04-01", "007", "1e5", "12%", "1/2",
    "TRUE", "#N/A", "'quoted'", 'say "hi"', "a,b", "a  b", " before", "after ", "一、二\n三",
    "中文，「」", "&lt;b&gt;", "<b>",
)  # fmt: skip
"""Texts that a program may take for something else."""

NUMBERS = ("0.195816591822", "-1657", "12.36", "9213", "1234567.123456789012", "0.000000000001")

KEPT = 15
"""Digits that a spreadsheet keeps of a number."""


def beside_numbers(texts):
    """A table as results are one: a column of texts, one of decimals with gaps."""
    values = [Decimal(each) for each in NUMBERS]
    return pl.DataFrame(
        {"text": texts, "value": list(islice(cycle([*values, None]), len(texts)))},
        schema={"text": pl.String, "value": pl.Decimal(38, 12)},
    )


@pytest.fixture(scope="module", params=["real", "mistakable"])
def results(request, analysis):
    return analysis.results if request.param == "real" else beside_numbers(MISTAKABLE)


def held(frame):
    """The rows that a spreadsheet holds: a heading, texts, and numbers of 15 digits."""
    digits = Context(prec=KEPT)
    rows = [
        [digits.plus(value) if isinstance(value, Decimal) else value for value in row]
        for row in frame.iter_rows()
    ]
    return [frame.columns, *rows]


def cells(ods):
    """The rows of a spreadsheet; a number is a Decimal or an int, a text is a str."""
    return Document(ods).body.tables[0].get_values()


def test_csv_reads_back_into_the_very_same_table(results):
    assert_frame_equal(pl.read_csv(io.StringIO(as_csv(results)), schema=results.schema), results)


def test_csv_has_numbers_where_a_reader_guesses_types(analysis):
    guessed = pl.read_csv(io.StringIO(as_csv(analysis.results)), infer_schema_length=None)
    exact = analysis.results.schema
    assert {name for name, kind in guessed.schema.items() if kind.is_numeric()} == {
        name for name, kind in exact.items() if kind.is_decimal()
    }


def test_json_reads_back_with_every_digit(results):
    read = json.loads(as_json(results), parse_float=Decimal)
    assert read == list(results.iter_rows(named=True))


def test_parquet_reads_back_with_decimals_as_decimals(results):
    assert_frame_equal(pl.read_parquet(io.BytesIO(as_parquet(results))), results)


def test_ods_reads_back_with_numbers_as_numbers_and_texts_as_texts(results):
    rows = cells(io.BytesIO(as_ods(results)))
    assert rows == [results.columns, *map(list, results.iter_rows())]
    is_number = [[isinstance(value, int | Decimal) for value in row] for row in rows[1:]]
    assert is_number == [[isinstance(value, Decimal) for value in row] for row in results.rows()]


def test_ods_shows_no_padding_zeros(analysis):
    row = Document(io.BytesIO(as_ods(analysis.results))).body.tables[0].get_row(1)
    shown = row.get_cell(analysis.results.columns.index("value")).text_recursive
    assert shown.strip() == "5984"


def test_ods_has_dates_as_dates():
    dates = pl.DataFrame({"as_of": [dt.date(2018, 4, 1), dt.date(2010, 12, 25)]})
    assert_frame_equal(pl.read_ods(io.BytesIO(as_ods(dates))), dates)


def test_polars_reads_ods_as_numbers_and_texts(results):
    read = pl.read_ods(io.BytesIO(as_ods(results)), infer_schema_length=None)
    decimals = [name for name, kind in results.schema.items() if kind.is_decimal()]
    assert all(read.schema[name].is_numeric() for name in decimals)
    read = read.with_columns(pl.col(decimals).cast(pl.Float64))
    floats = [pl.Series(name, list(map(as_float, results[name])), pl.Float64) for name in decimals]
    assert_frame_equal(read, results.with_columns(floats), check_exact=True)


def as_float(value):
    return None if value is None else float(value)


printable = st.text(min_size=1, max_size=20).filter(is_printable)


@settings(max_examples=30)
@given(st.lists(printable, min_size=1, max_size=8))
def test_any_text_comes_back_from_every_form(texts):
    results = beside_numbers(texts)
    assert_frame_equal(pl.read_csv(io.StringIO(as_csv(results)), schema=results.schema), results)
    assert json.loads(as_json(results), parse_float=Decimal) == results.to_dicts()
    assert_frame_equal(pl.read_parquet(io.BytesIO(as_parquet(results))), results)
    assert [row[0] for row in cells(io.BytesIO(as_ods(results)))[1:]] == texts


needs_libreoffice = pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice here")


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """LibreOffice, as it opens a file and saves it as a spreadsheet, with a profile of its own."""
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def opened(path, *options):
        target = path.parent / "saved"
        subprocess.run(
            [
                "soffice", f"-env:UserInstallation={profile}", "--headless", *options,
                "--convert-to", "ods", "--outdir", str(target), str(path),
            ],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        return cells(target / f"{path.stem}.ods")

    return opened


@needs_libreoffice
def test_libreoffice_holds_what_the_ods_has(results, office, tmp_path):
    path = tmp_path / "results.ods"
    path.write_bytes(as_ods(results))
    assert office(path) == held(results)


@needs_libreoffice
def test_libreoffice_reads_the_csv_with_the_same_types(analysis, office, tmp_path):
    path = tmp_path / "results.csv"
    path.write_text(as_csv(analysis.results), encoding="utf-8", newline="")
    assert office(path, "--infilter=CSV:44,34,UTF8,1") == held(analysis.results)
