"""Damaged exports: each ends in figures or in an error that names its place, and nothing else.

``KAO_METRICS_FUZZ=10000 pytest tests/importing/test_fuzz.py`` tries that many of each kind.
"""

import os
import random
import resource

import polars as pl
import pytest
from exporting import (
    CASES,
    COUNTS,
    HEADER,
    ROWS,
    counts,
    csv_text,
    data_folder,
    imported,
    old_workbook,
    open_document,
    state,
    workbook,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kao_metrics.failures import DataError
from kao_metrics.importing import records as records_module
from kao_metrics.importing.exports import propose

TRIES = int(os.environ.get("KAO_METRICS_FUZZ", "0"))
MANY = [(f"B{number}", *ROWS[number % 4][1:]) for number in range(40)]
TABLE = [("107年申訴案件", None, None, None, None), HEADER, *ROWS, *MANY]
MOST_MEMORY = 2_000_000  # kB


def text(encoding):
    rows = [[cell or "" for cell in row] for row in TABLE]
    return csv_text(rows).encode(encoding)


def parquet(path):
    pl.DataFrame([*ROWS, *MANY], schema=list(HEADER), orient="row").write_parquet(path)
    return path.read_bytes()


KINDS = {
    "utf-8": lambda _: text("utf-8"),
    "utf-8-sig": lambda _: text("utf-8-sig"),
    "cp950": lambda _: text("cp950"),
    "utf-16": lambda _: text("utf-16"),
    "parquet": parquet,
    "xlsx": lambda path: workbook(path, TABLE).read_bytes(),
    "xls": lambda path: old_workbook(path, TABLE).read_bytes(),
    "ods": lambda path: open_document(path, TABLE).read_bytes(),
}
FEW = {"xlsx": 2, "xls": 2, "ods": 2}
"""Tries where each starts a process of its own, unless more are asked for."""


def damaged(content, chance):
    """Cut, flip, repeat, take out or overwrite some of the bytes."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 5])):
        at = chance.randrange(len(data) + 1)
        way = chance.choice(["cut", "flip", "flip", "flip", "take", "repeat", "write", "zero"])
        size = chance.choice([1, 2, 8, 64])
        if way == "cut":
            del data[at:]
        elif way == "flip" and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif way == "take":
            del data[at : at + size]
        elif way == "repeat":
            data[at:at] = data[at : at + size] * chance.choice([1, 2, 50])
        elif way == "zero":
            data[at : at + size] = bytes(size)
        else:
            word = chance.choice(
                [b'"', b",", b"\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"9e9"]
            )
            data[at:at] = word
        if not data:
            break
    return bytes(data)


def ends_well(folder, content, name="a.dat"):
    """Import and propose: figures come out, or an error that names its place."""
    path = folder / name
    path.write_bytes(content)
    data = data_folder(folder / "data")
    before = state(data)
    faults, mapping = [], ""
    try:
        imported(folder, path, CASES, reject_limit=1.0, dry_run=True)
    except DataError as error:
        faults = error.failures
    try:
        mapping = propose(path, "complaints", "107H1")
    except DataError as error:
        assert_placed(error.failures, path)
    assert_placed(faults, path)
    assert not mapping or 'table = "complaints"' in mapping
    assert state(data) == before


def assert_placed(faults, path):
    """Every fault names the file, or the table as it would be."""
    assert all(each.file.startswith((str(path), str(path.parent))) for each in faults)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_ends_in_figures_or_in_an_error_with_its_place(tmp_path, kind, monkeypatch):
    content = KINDS[kind](tmp_path / "whole")
    (tmp_path / "b.dat").write_bytes(content)
    imported(tmp_path, tmp_path / "b.dat", CASES)
    assert set(counts(tmp_path)) == set(COUNTS)
    for seed in range(TRIES or FEW.get(kind, 15)):
        chance = random.Random(f"{kind} {seed}")  # noqa: S311 - not for secrets
        with monkeypatch.context() as patch:
            patch.setattr(records_module, "SMALL", chance.choice([0, records_module.SMALL]))
            ends_well(tmp_path, damaged(content, chance))
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        assert resource.getrusage(who).ru_maxrss < MOST_MEMORY


@pytest.mark.parametrize("wrong", ["big5", "utf-16-be", "gb18030", "shift_jis", "utf-7"])
def test_a_file_in_another_encoding_ends_in_figures_or_in_an_error(tmp_path, wrong):
    ends_well(tmp_path, text("utf-8").decode().encode(wrong, "replace"))


words = st.one_of(
    st.sampled_from(
        ["107/04/01", "第一次申訴", "食品", "2,052件", "－", "合計", "註：", "", "1月"]
    ),
    st.text(max_size=6),
)


@settings(
    max_examples=TRIES or 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(words, max_size=6), max_size=8), st.sampled_from(["utf-8", "utf-16"]))
def test_any_table_ends_in_figures_or_in_an_error(tmp_path, cells, encoding):
    content = csv_text(cells).encode(encoding, "replace")
    ends_well(tmp_path, content)


@settings(
    max_examples=TRIES or 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_figures_or_in_an_error(tmp_path, content):
    ends_well(tmp_path, content)
