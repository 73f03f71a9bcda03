"""Hold a table against its contract, and say every failure with its place.

Three steps, each only as far as the one before allows: the header has the columns; each
cell is of its column's type; the typed rows keep the rules of the schema. Cells that could
not be typed leave their row out of the rules, so that one wrong figure gives one failure.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import polars as pl

from kao_metrics import labels
from kao_metrics.failures import Failure
from kao_metrics.printed import is_plain_number, plain, without_separators
from kao_metrics.schemas import DATE, DECIMAL, EXPECTED, NUMBER, TABLES, WHOLE_NUMBER, Schema
from kao_metrics.typesetting import is_printable

_ISO_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CODED: Final = ("unit", "qualifier")


@dataclass(frozen=True, slots=True)
class Place:
    """The table and the file that failures are about."""

    table: str
    file: str

    def failure(self, rows: int | None, column: str, found: str, expected: str) -> Failure:
        """Make a failure at this place; `rows` is one row, or None for the whole file."""
        at = () if rows is None else (rows,)
        return Failure(self.table, self.file, at, column, found, expected)


def read_text(
    path: Path, place: Place, schema: Schema, *, lenient: bool = False
) -> tuple[pl.DataFrame, list[Failure]]:
    """Read a CSV as text: a column each, ``row`` beside them, empty cells as null.

    Parameters
    ----------
    path
        The file; UTF-8, with or without a byte order mark.
    place
        What failures name.
    schema
        Whose columns are expected.
    lenient
        Whether unknown columns are left out instead of being failures, and only the columns
        in ``NEEDED`` must be there: for files that are not part of ``data/``.
    """
    empty = pl.DataFrame(schema={"row": pl.Int64, **dict.fromkeys(schema.COLUMNS, pl.String)})
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return empty, [place.failure(None, "", "no such file", f"columns {_names(schema)}")]
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        return empty, [place.failure(row, "", "bytes that are not UTF-8", "a CSV saved as UTF-8")]
    except OSError as error:
        return empty, [place.failure(None, "", str(error.strerror), "a file that can be read")]
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        return empty, [place.failure(None, "", f"no CSV ({error})", "comma-separated values")]
    header = records[0] if records else []
    needed = getattr(schema, "NEEDED", ())
    optional = {name for name in schema.COLUMNS if name not in needed} if lenient else set()
    optional |= set(schema.OPTIONAL)
    failures = _header_failures(header, place, schema, optional, lenient=lenient)
    rows: list[dict[str, Any]] = []
    for number, record in enumerate(records[1:], start=2):
        if not any(record):
            continue
        if len(record) != len(header):
            failures.append(
                place.failure(number, "", f"{len(record)} fields", f"{len(header)} as in row 1")
            )
            continue
        cells = {name: cell or None for name, cell in zip(header, record, strict=True)}
        rows.append({"row": number} | {name: cells.get(name) for name in schema.COLUMNS})
    if not rows and not failures:
        failures.append(place.failure(None, "", "no rows", "at least one row"))
    return pl.DataFrame(rows, schema=empty.schema), failures


def _names(schema: Schema) -> str:
    return ", ".join(name for name in schema.COLUMNS if name not in schema.OPTIONAL)


def _header_failures(
    header: list[str], place: Place, schema: Schema, optional: set[str], *, lenient: bool
) -> list[Failure]:
    found = []
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            found.append(place.failure(1, name, "the column twice", "each column once"))
        if name not in schema.COLUMNS and not lenient:
            hint = labels.suggestion(name, schema.COLUMNS)
            found.append(place.failure(1, name, "an unknown column", f"a known one{hint}"))
    missing = [name for name in schema.COLUMNS if name not in header and name not in optional]
    return found + [
        place.failure(1, name, "no such column", f"columns {_names(schema)}") for name in missing
    ]


def typed(
    frame: pl.DataFrame, place: Place, schema: Schema, *, lenient: bool = False
) -> tuple[pl.DataFrame, list[Failure]]:
    """Give every column of the CSV its type; rows with a cell that has none are left out.

    Words for units and qualifiers become their codes, and ``printed`` keeps the figure's
    text. Where reading is lenient, the unit may be any, the figure may have thousands
    separators, and what is not said of it is taken as ordinary.
    """
    failures: list[Failure] = []
    if lenient:
        frame = frame.with_columns(
            pl.col("qualifier").fill_null("exact"), pl.col("statement").fill_null(pl.col("id"))
        )
    columns: dict[str, pl.Series] = {"row": frame["row"]}
    for name in schema.COLUMNS:
        cells = frame[name].to_list()
        if lenient and name == schema.FIGURE:
            cells = [None if cell is None else without_separators(cell) for cell in cells]
        kind = schema.columns()[name]
        if name == schema.FIGURE:
            columns["printed"] = pl.Series(cells, dtype=pl.String)
        failures += [
            place.failure(row, name, repr(cell), "a text without control characters")
            for row, cell in zip(frame["row"], cells, strict=True)
            if cell is not None and not is_printable(cell)
        ]
        if isinstance(kind, dy.String):
            if name in _CODED and not (lenient and name == "unit"):
                cells = [None if cell is None else labels.code_of(name, cell) for cell in cells]
            columns[name] = pl.Series(cells, dtype=pl.String)
            continue
        parse, dtype, expected = _PARSERS[type(kind)]
        values = [None if cell is None else parse(cell) for cell in cells]
        for row, cell, value in zip(frame["row"], cells, values, strict=True):
            if value is None and (cell is not None or not kind.nullable):
                found = "nothing" if cell is None else repr(cell)
                failures.append(place.failure(row, name, found, expected))
        columns[name] = pl.Series(values, dtype=dtype)
    bad = {row for failure in failures for row in failure.rows}
    return pl.DataFrame(columns).filter(~pl.col("row").is_in(list(bad))), failures


def _whole(cell: str) -> int | None:
    if not is_plain_number(cell) or "." in cell:
        return None
    return int(cell)


def _number(cell: str) -> Decimal | None:
    return Decimal(cell) if is_plain_number(cell) else None


def _date(cell: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(cell) if _ISO_DATE.fullmatch(cell) else None
    except ValueError:
        return None


_PARSERS: Final[dict[type, tuple[Any, Any, str]]] = {
    dy.Int64: (_whole, pl.Int64, WHOLE_NUMBER),
    dy.Decimal: (_number, DECIMAL, NUMBER),
    dy.Date: (_date, pl.Date, DATE),
}


def contract_failures(
    frame: pl.DataFrame, place: Place, schema: Schema, unless: AbstractSet[str] = frozenset()
) -> list[Failure]:
    """Check the typed rows against the schema and put each broken rule into words.

    Rules in `unless` are left out, because not every row is there.
    """
    broken = schema.filter(frame.select(schema.column_names())).failure
    details = broken.details().sort("row")
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    has_cause: set[int] = set()
    # Columns that the reader adds follow from others: they fail for themselves only where
    # nothing that the file holds fails in the same row.
    known = ("", *schema.COLUMNS)
    for rule in (name for name in broken.counts() if name not in unless):
        column = rule.partition("|")[0]
        for record in details.filter(pl.col(rule) == "invalid").iter_rows(named=True):
            found[_in_words(rule, record, schema)].append(record["row"])
            if column in schema.COLUMNS:
                has_cause.add(record["row"])
    return [
        Failure(place.table, place.file, tuple(shown), column, got, expected)
        for (column, got, expected), rows in found.items()
        if (shown := [row for row in rows if column in known or row not in has_cause])
    ]


def _in_words(rule: str, record: dict[str, Any], schema: Schema) -> tuple[str, str, str]:
    """Return the column to look at, what is there and what is expected."""
    column, _, kind = rule.partition("|")
    if rule == "primary_key":
        key = ", ".join(str(record[name]) for name in schema.primary_key())
        return "", f"the key {key} more than once", "each key once"
    if not kind:
        column, expected = EXPECTED[rule]
        return column or schema.FIGURE, _found(rule, column or schema.FIGURE, record), expected
    return column, _found(rule, column, record), _expected(kind, column, record, schema)


def _found(rule: str, column: str, record: dict[str, Any]) -> str:
    if rule == "parts_are_within_their_total":
        parts, value = plain(record["parts"]), record["printed"]
        return f"parts that add up to {parts} ({record['parts_of']}), over their total of {value}"
    if rule == "rows_have_their_own_key":
        return "the same key more than once"
    if rule == "amounts_are_not_negative":
        names = ("required", "balance", "contributed")
        return ", ".join(f"{name} {plain(record[name])}" for name in names)
    if rule == "operands_are_a_formula":
        return str(record["formula_error"])
    value = record.get("printed") if column == "value" else record.get(column)
    if isinstance(value, Decimal):
        value = plain(value)
    return "nothing" if value is None else repr(str(value))


def _expected(kind: str, column: str, record: dict[str, Any], schema: Schema) -> str:
    if kind in _IN_WORDS:
        return _IN_WORDS[kind]
    if kind == "regex":
        return f"the form {getattr(schema.columns()[column], 'regex', '')}"
    if column in _LISTS:
        return _LISTS[column]
    codes = (schema.columns()[column].metadata or {}).get("kind", column)
    hint = labels.suggestion(str(record[column]), labels.codes(codes))
    if codes == "indicator":
        return (
            f"a name with a label, [indicator.{record[column]}] in labels.toml of the data "
            f"folder{hint}"
        )
    return f"a known {codes.replace('_', ' ')}{hint}"


_IN_WORDS: Final = {
    "nullability": "a value",
    "min": "a number of 1 or more",
    "min_length": "a text",
}
_LISTS: Final = {
    "source_id": "the name of a document in sources.toml",
    "tables": f"names of tables with a space between, from {', '.join(TABLES)}",
}
