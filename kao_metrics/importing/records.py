"""The rows of an export, whatever kind of file it is: a lazy frame with numbered rows.

A text file of ordinary size is read by Python's own CSV reader, which takes every oddity; a
larger one is scanned by polars, in a UTF-8 copy where it is in another encoding, and is put
in order first where its quotes are not. A spreadsheet is read by a process of its own. The
columns are called ``1``, ``2`` … in the frame, as names may come twice; ``row`` is the row
as a spreadsheet counts.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import polars as pl

from kao_metrics.contracts import Place
from kao_metrics.failures import DataError, Failure
from kao_metrics.importing import encodings
from kao_metrics.importing.layout import HEAD, Cells, column_names, header_with, likely_header
from kao_metrics.importing.mapping import ExportMapping, FileSpec, folded
from kao_metrics.importing.recognition import Kind, recognised
from kao_metrics.importing.workbooks import read_sheets
from kao_metrics.labels import suggestion

T = TypeVar("T")

ROW: Final = "row"

SMALL: Final = 16 << 20
"""Bytes of text up to which it is read at once."""

_SPARE: Final = 4
"""Columns beyond the header in which what was moved to the right is still seen."""

_LOOK: Final = 16 << 20
"""Bytes of a larger one in which its encoding shows."""

_SAMPLE: Final = 256 << 10
_MOST_LINES: Final = 100
"""Line breaks in one cell from which a quote was surely never closed."""

_DELIMITERS: Final = (",", "\t", ";", "|")
_BATCH: Final = 100_000


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of one sheet of an export.

    Parameters
    ----------
    place
        What failures name.
    names
        The names of the columns, as the header has them.
    frame
        ``row`` and the columns ``1``, ``2`` …; text, or what Parquet has.
    spare
        Columns of the frame beyond those of the header.
    titles
        What stands above the header.
    broken, first_broken
        Characters that could not be decoded, and the line of the first.
    in_order
        Of a scanned text, the way to read it where its quotes are not in order, which shows
        only when every row is read.
    """

    place: Place
    names: tuple[str, ...]
    frame: pl.LazyFrame
    spare: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    broken: int = 0
    first_broken: int = 0
    in_order: Callable[[], Records] | None = None

    def position(self, name: str) -> str:
        """Return the column of the frame that has a name."""
        return str(list(map(folded, self.names)).index(folded(name)) + 1)

    def head(self, rows: int) -> pl.DataFrame:
        """Return the first rows, as text."""

        def query(one: Records) -> pl.DataFrame:
            return one.frame.head(rows).select(ROW, pl.exclude(ROW).cast(pl.String)).collect()

        return running(self, query)


def open_records(
    path: Path,
    table: str,
    work: Path,
    mapping: ExportMapping | None = None,
    *,
    at_once: bool = True,
) -> list[Records]:
    """Open an export: a list of its sheets that have a table.

    Parameters
    ----------
    path
        The file.
    table
        The table that it is for; failures name it.
    work
        A folder for copies, which must stay as long as the records are read.
    mapping
        What is known of the file; without one, its layout is guessed.
    at_once
        Whether a small text may be held in memory; not where there are many of them.

    Raises
    ------
    DataError
        If the file is none of the kinds, cannot be read, or lacks a column of the mapping.
    """
    spec = mapping.file if mapping else FileSpec()
    wanted = mapping.columns() if mapping else []
    place = Place(table, str(path))
    kind = recognised(path, table)
    if kind is Kind.parquet:
        return [_parquet(path, place, wanted)]
    if kind is Kind.text:
        most = SMALL if at_once else 0
        return [_text(path, place, work, spec, wanted, most)]
    return _sheets(path, kind, place, spec, wanted)


def running(records: Records, query: Callable[[Records], T]) -> T:
    """Run a query over an export, put in order first if that turns out to be needed.

    Raises
    ------
    DataError
        If the export cannot be read to its end.
    """
    try:
        return query(records)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        if records.in_order is not None:
            return query(records.in_order())
        expected = "a file that can be read to its end; get it or save it again"
        raise DataError([_unreadable(records.place, error, expected)]) from None


def _parquet(path: Path, place: Place, wanted: Sequence[str]) -> Records:
    try:
        frame = pl.scan_parquet(path, row_index_name=ROW, row_index_offset=2, glob=False)
        columns = [name for name in frame.collect_schema() if name != ROW]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise DataError([_unreadable(place, error, "a Parquet file that is whole")]) from None
    names = {name: str(number) for number, name in enumerate(columns, start=1)}
    records = Records(place, tuple(columns), frame.rename(names))
    return _having(records, wanted)


def _unreadable(place: Place, error: BaseException, expected: str) -> Failure:
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return place.failure(None, "", f"a file that cannot be read ({line[:200]})", expected)


def _sheets(
    path: Path, kind: Kind, place: Place, spec: FileSpec, wanted: Sequence[str]
) -> list[Records]:
    sheets = [sheet for sheet in read_sheets(path, kind, place) if not sheet.rows.is_empty()]
    names = [sheet.name for sheet in sheets]
    if spec.sheet:
        sheets = [sheet for sheet in sheets if folded(sheet.name) == folded(spec.sheet)]
        if not sheets:
            expected = f"a sheet that it has: {', '.join(names)}"
            raise DataError([place.failure(None, "", f"no sheet {spec.sheet!r}", expected)])
    if not sheets:
        raise DataError([place.failure(None, "", "no rows", "a sheet with a table")])
    found, failures = [], []
    for sheet in sheets:
        at = place if len(names) == 1 else Place(place.table, f"{place.file}, sheet {sheet.name}")
        frame = sheet.rows.with_row_index(ROW, offset=1)
        rows = [row[1:] for row in frame.head(HEAD).iter_rows()]
        try:
            found.append(_laid_out(frame.lazy(), rows, sheet.rows.width, at, spec, wanted))
        except DataError as error:
            failures += error.failures
    # Of several sheets, only those with the columns that are wanted are meant.
    if not found:
        raise DataError(failures)
    return found


def _text(  # noqa: PLR0913, PLR0917 - what a file is, and what is wanted of it
    path: Path, place: Place, work: Path, spec: FileSpec, wanted: Sequence[str], most: int
) -> Records:
    is_small = path.stat().st_size <= most
    encoded = encodings.detect(path, place, spec.encoding, None if is_small else _LOOK)
    if is_small:
        text = encodings.text_of(path, encoded)
        delimiter = spec.delimiter or likely_delimiter(text[:_SAMPLE], wanted)
        cells = list(_checked(_reader(io.StringIO(text, newline="\n"), delimiter), place))
        width = max(map(len, cells), default=0)
        rows = _padded(cells, width)
        read = pl.DataFrame(rows, schema=_schema(width), orient="row")
        numbered = read.with_row_index(ROW, offset=1).lazy()
        found = _laid_out(numbered, rows[:HEAD], width, place, spec, wanted)
        return replace(found, broken=encoded.broken, first_broken=encoded.first_broken)
    return _large(path, encoded, place, work, spec, wanted)


def _schema(width: int) -> dict[str, type[pl.DataType]]:
    return {str(number): pl.String for number in range(1, width + 1)}


def _padded(cells: Iterable[Sequence[str]], width: int) -> list[list[str | None]]:
    """Make rows equally long, with nothing in empty cells."""
    return [[cell or None for cell in row[:width]] + [None] * (width - len(row)) for row in cells]


def _large(  # noqa: PLR0913, PLR0917 - what a file is, and what is wanted of it
    path: Path,
    encoded: encodings.Encoded,
    place: Place,
    work: Path,
    spec: FileSpec,
    wanted: Sequence[str],
) -> Records:
    """Scan a text of any size."""
    plain = path
    # Polars passes over a byte order mark, and a copy of gigabytes would take its time.
    if not encodings.is_plain(encoded._replace(bom=False)):
        plain = work / f"{len(list(work.iterdir()))}.csv"
        encodings.as_utf8(path, encoded, plain)
    with plain.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        sample = file.read(_SAMPLE)
    delimiter = spec.delimiter or likely_delimiter(sample, wanted)
    cells = list(islice(_reader(io.StringIO(sample, newline="\n"), delimiter), HEAD))
    width = max(map(len, cells)) + _SPARE
    rows = _padded(cells, width)

    def in_order() -> Records:
        frame = _put_in_order(plain, delimiter, width, place, work)
        return _laid_out(frame, rows, width, place, spec, wanted)

    records = _laid_out(_scan(plain, delimiter, width), rows, width, place, spec, wanted)
    return replace(
        records, in_order=in_order, broken=encoded.broken, first_broken=encoded.first_broken
    )


def _scan(path: Path, delimiter: str, width: int) -> pl.LazyFrame:
    return pl.scan_csv(
        path,
        separator=delimiter,
        has_header=False,
        schema=_schema(width),
        missing_columns="insert",
        extra_columns="ignore",
        row_index_name=ROW,
        row_index_offset=1,
        glob=False,
    )


def _put_in_order(path: Path, delimiter: str, width: int, place: Place, work: Path) -> pl.LazyFrame:
    """Read a text whose quotes are not in order, row by row, into a file that is."""
    parts = work / f"{len(list(work.iterdir()))}.parts"
    parts.mkdir()
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        records = _checked(_reader(file, delimiter), place)
        for number in range(1_000_000):
            batch = _padded(islice(records, _BATCH), width)
            if not batch:
                break
            frame = pl.DataFrame(batch, schema=_schema(width), orient="row")
            frame.write_parquet(parts / f"{number:06}.parquet")
    return pl.scan_parquet(parts / "*.parquet", row_index_name=ROW, row_index_offset=1)


def _reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Read rows; a carriage return inside a line ends none, as polars has it."""
    plain = (line.replace("\r\n", "\n").replace("\r", " ") for line in lines)
    return csv.reader(plain, delimiter=delimiter)


def _checked(records: Iterator[list[str]], place: Place) -> Iterator[list[str]]:
    """Pass records on, unless a quote that was never closed has swallowed rows."""
    number = 1
    swallowed = "line breaks without end in one cell"
    while True:
        try:
            record = next(records, None)
        except csv.Error as error:
            record, swallowed = ["\n" * (_MOST_LINES + 1)], str(error)
        if record is None:
            return
        if any(cell.count("\n") > _MOST_LINES for cell in record):
            found = f"a quote that is never closed ({swallowed})"
            expected = "quotes that are closed in their own row"
            raise DataError([place.failure(number, "", found, expected)])
        yield record
        number += 1


def likely_delimiter(text: str, wanted: Sequence[str] = ()) -> str:
    r"""Return the character between the cells: the one that makes most rows equally wide.

    One that parts the wanted columns goes before.

    >>> likely_delimiter("a\tb,c\nd\te\n"), likely_delimiter("one column\n")
    ('\t', ',')
    >>> likely_delimiter("a,b\n1;2\n3;4\n"), likely_delimiter("a,b\n1;2\n3;4\n", ["a", "b"])
    (';', ',')
    """
    names = set(map(folded, wanted))

    def fit(delimiter: str) -> tuple[bool, int, int]:
        rows = islice(_reader(io.StringIO(text, newline="\n"), delimiter), HEAD)
        widths: Counter[int] = Counter()
        has_names = False
        with suppress(csv.Error):
            for row in rows:
                has_names |= bool(names) and names <= set(map(folded, row))
                widths.update([len(row)] * (len(row) > 1))
        return has_names, *max(((rows, width) for width, rows in widths.items()), default=(0, 0))

    return max(_DELIMITERS, key=fit)


def _laid_out(  # noqa: PLR0913, PLR0917 - what a sheet is, and what is wanted of it
    frame: pl.LazyFrame,
    rows: Sequence[Cells],
    width: int,
    place: Place,
    spec: FileSpec,
    wanted: Sequence[str],
) -> Records:
    """Find the header, name the columns and keep what stands below."""
    header = tuple(row for row in spec.header if row)
    if not spec.header:
        header = (wanted and header_with(rows, wanted)) or likely_header(rows)
    if header and header[-1] > len(rows):
        expected = f"a row up to {len(rows)}"
        raise DataError([place.failure(header[-1], "", "no such row for a header", expected)])
    if not header and not spec.header:
        expected = "a header: a row of names above the figures; say which in [file] header"
        raise DataError([place.failure(None, "", "no header", expected)])
    above = [rows[number - 1] for number in header]
    named = max((_last(row) for row in above), default=width) or width
    names = column_names(above, named)
    last = header[-1] if header else 0
    titles = tuple(
        " ".join(cell for cell in row if cell)
        for row in rows[: header[0] - 1 if header else 0]
        if any(row)
    )
    spare = tuple(str(number) for number in range(named + 1, width + 1))
    records = Records(place, names, frame.filter(pl.col(ROW) > last), spare, titles)
    return _having(records, wanted)


def _last(row: Cells) -> int:
    return max((number for number, cell in enumerate(row, start=1) if cell), default=0)


def _having(records: Records, wanted: Sequence[str]) -> Records:
    """Return the records if they have the wanted columns."""
    known = list(map(folded, records.names))
    failures = [
        records.place.failure(
            None, name, "no such column", f"a column of the file{suggestion(name, records.names)}"
        )
        for name in wanted
        if folded(name) not in known
    ]
    if failures:
        raise DataError(failures)
    return records
