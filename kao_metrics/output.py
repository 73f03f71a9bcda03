"""Results and findings as data: CSV, JSON, Parquet, ODS, and tables for a terminal.

Numbers are exact: a decimal is written by its own digits, never through a float, and
without padding zeros. Files are written whole or not at all.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import polars as pl

from kao_metrics import labels, tables, wording
from kao_metrics.analysis import Analysis
from kao_metrics.metrics.stated import Finding, as_frame
from kao_metrics.printed import grouped, places, plain


def as_csv(results: pl.DataFrame) -> str:
    r"""Write a table as CSV with every decimal in full.

    >>> as_csv(pl.DataFrame({"value": [Decimal("0.1958"), Decimal(6805)]}))
    'value\n0.1958\n6805\n'
    """
    return as_text(results).write_csv()


def as_json(results: pl.DataFrame) -> str:
    """Write a table as a JSON list of objects, decimals as numbers.

    >>> print(as_json(pl.DataFrame({"value": [Decimal("0.1958"), None]})))
    [
    {"value": 0.1958},
    {"value": null}
    ]
    """
    lines = [_as_object(row) for row in results.iter_rows(named=True)]
    return "[\n" + ",\n".join(lines) + "\n]"


def as_parquet(results: pl.DataFrame) -> bytes:
    """Write a table as Parquet; decimals stay decimals."""
    buffer = io.BytesIO()
    results.write_parquet(buffer)
    return buffer.getvalue()


def as_ods(results: pl.DataFrame) -> bytes:
    """Write a table as an OpenDocument spreadsheet (CNS 15251), numbers as numbers."""
    from odfdo import Cell, Document, Row, Table  # only where ODS is wanted

    table = Table("results")
    header = Row()
    for name in results.columns:
        header.append_cell(Cell(name))
    table.append_row(header)
    for values in results.iter_rows():
        row = Row()
        for value in values:
            row.append_cell(Cell(Decimal(plain(value)) if isinstance(value, Decimal) else value))
        table.append_row(row)
    document = Document("spreadsheet")
    document.meta.language = "zh-TW"
    document.body.clear()
    document.body.append(table)
    buffer = io.BytesIO()
    document.save(buffer)
    return _without_times(buffer)


def _without_times(archive: io.BytesIO) -> bytes:
    """Pack an archive again with one date for every part, so that its bytes are the same."""
    packed = io.BytesIO()
    with ZipFile(archive) as source, ZipFile(packed, "w") as target:
        for part in source.infolist():
            target.writestr(
                ZipInfo(part.filename), source.read(part), compress_type=part.compress_type
            )
    return packed.getvalue()


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would take for a formula.

    A negative number is none.

    >>> guarded(pl.DataFrame({"account": ["=1+2", "A-1"], "value": [-1, 2]})).rows()
    [("'=1+2", -1), ('A-1', 2)]
    """
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(
        pl.when(
            pl.col(name).str.contains(r"^[=+@\t\r-]")
            & ~pl.col(name).str.contains(r"^-[0-9]+(\.[0-9]+)?$")
        )
        .then(pl.format("'{}", pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    )


def results_table(analysis: Analysis) -> str:
    """Write the result table for a terminal: names in words, ratios in per cent."""
    rows = [
        (
            labels.figure_label(row["indicator"], analysis.lang),
            "" if row["breakdown"] == labels.TOTAL else wording.breakdown(row, analysis.lang),
            wording.value(row, analysis.lang) or "—",
            wording.interval(row, analysis.lang),
            wording.division(row),
            wording.reason(row, analysis.lang),
        )
        for row in analysis.results.iter_rows(named=True)
    ]
    heads = ("name", "group_of", "value", "interval", "computed_from", "remark")
    return _terminal(heads, rows, analysis.lang, right=("value", "interval", "computed_from"))


def findings_table(found: list[Finding], lang: str) -> str:
    """Write the audit for a terminal."""
    rows = [
        (
            each.id,
            labels.qualified(each.stated, each.qualifier, lang),
            "—" if each.recomputed is None else _rounded(each.recomputed, each.stated),
            "" if each.lower == each.upper else _ends(each),
            labels.unit_label(each.unit, lang),
            wording.verdict(each, lang),
            each.reason,
        )
        for each in found
    ]
    heads = ("id", "stated", "recomputed", "interval", "unit", "verdict", "remark")
    return _terminal(heads, rows, lang, right=("stated", "recomputed", "interval"))


def findings_frame(found: list[Finding]) -> pl.DataFrame:
    """Return findings as a table, a row each."""
    return as_frame(found)


def findings_json(found: list[Finding]) -> str:
    """Write findings as a JSON list of objects; what is stated is a number, as printed."""
    rows = [
        {**row, "stated": Decimal(row["stated"])} for row in as_frame(found).iter_rows(named=True)
    ]
    return "[\n" + ",\n".join(map(_as_object, rows)) + "\n]"


def write_results(results: pl.DataFrame, folder: Path) -> None:
    """Write ``results.csv`` and ``results.json`` into a folder."""
    (folder / "results.csv").write_text(as_csv(results), encoding="utf-8", newline="")
    (folder / "results.json").write_text(as_json(results) + "\n", encoding="utf-8", newline="")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it, so that no half of it is ever seen."""
    if not path.parent.is_dir():
        raise NotADirectoryError(f"{path.parent}: no such folder")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _terminal(
    heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], lang: str, *, right: tuple[str, ...]
) -> str:
    from rich import box  # only where a terminal reads
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE, pad_edge=False)
    for head in heads:
        table.add_column(
            labels.text(f"column_{head}", lang),
            justify="right" if head in right else "left",
            overflow="fold",
        )
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(file=io.StringIO(), width=_width(), record=True)
    console.print(table)
    return console.export_text()


def _width() -> int:
    """Return the terminal's width; wide enough for every column where there is none."""
    try:
        return os.get_terminal_size().columns
    except OSError:
        return 160


def _rounded(value: Decimal, stated: str) -> str:
    return grouped(value, tables.digits(stated, value))


def _ends(found: Finding) -> str:
    ends = (
        "" if end is None else grouped(end, max(places(found.stated), 2))
        for end in (found.lower, found.upper)
    )
    return "–".join(ends)


def as_text(results: pl.DataFrame) -> pl.DataFrame:
    """Write the decimals of a table as texts, in full and without padding zeros."""
    decimals = [name for name, kind in results.schema.items() if isinstance(kind, pl.Decimal)]
    return results.with_columns(
        pl.Series(
            name, [None if each is None else plain(each) for each in results[name]], pl.String
        )
        for name in decimals
    )


def _as_object(row: dict[str, Any]) -> str:
    """Write a row; a decimal is written by its own digits, never through a float."""
    parts = [
        f"{json.dumps(name)}: "
        + (plain(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False))
        for name, value in row.items()
    ]
    return "{" + ", ".join(parts) + "}"
