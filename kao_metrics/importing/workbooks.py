"""Every sheet of a spreadsheet as rows of text.

    python -m kao_metrics.importing.workbooks FILE KIND FOLDER

The reader is quick but trusts its file: a damaged one can end the process, a small one can
ask for all the memory there is. So it reads in a process of its own, with limits of time
and memory, which leaves the sheets in a folder; and a file that says itself that it is too
large is not opened at all.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from kao_metrics.failures import DataError
from kao_metrics.limits import FEW_ARENAS

if TYPE_CHECKING:  # the process that reads has no time for what only failures need
    from kao_metrics.contracts import Place
    from kao_metrics.importing.recognition import Kind

TIME_LIMIT: Final = 120
"""Seconds that reading a spreadsheet may take."""

MEMORY_LIMIT: Final = 2 << 30
"""Bytes that it may take, in memory and for what it leaves, where the system can limit them."""

MOST_BYTES: Final = 500_000_000
"""Bytes that the files in a spreadsheet may have together, unpacked."""

MOST_CELLS: Final = 12_000_000
"""Cells that a workbook may have, in each sheet from A1 to the last row and column with a value."""

_INDEX: Final = "sheets.json"
_EXACT: Final = 2**53
_DAY_0: Final = "1899-12-31"
_MOMENT: Final = re.compile(
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?$"
)
_PROTECTED: Final = "a password protects it"
_BLOCK: Final = 1 << 20
_AGAIN: Final = "open it in a spreadsheet program and save it again, or save the sheet as CSV"


class Sheet(NamedTuple):
    """One sheet: row 1 of the sheet is the frame's first, column A is ``1``."""

    name: str
    rows: pl.DataFrame
    hidden: bool = False


def read_sheets(path: Path, kind: Kind, place: Place) -> list[Sheet]:
    """Read every sheet, hidden ones and empty ones too.

    Parameters
    ----------
    path
        The file.
    kind
        XLSX (or XLSM, XLSB), XLS or ODS, as `recognised` says.
    place
        What failures name.

    Returns
    -------
    list
        The sheets in their order. Every column is text and is called by its number, empty
        cells are null, and empty rows and columns are left out at the end only.

    Raises
    ------
    DataError
        If the file is damaged or protected, is too large, or takes too long.

    Notes
    -----
    A date is ``2018-04-01``, whatever its format shows, the years of the Republic included;
    a time ``12:00:00``; both together have a space between. A number has the 15 digits that
    spreadsheets count with, so that 0.1 + 0.2 is ``0.3``, a whole number up to 2^53 has all;
    neither has a separator. A percentage is the number that is kept: 45% is ``0.45``. Truth
    is ``TRUE`` or ``FALSE``, an error its sign, as ``#N/A``; in XLS and XLSB, whose reader
    does not tell them, errors are empty. Of merged cells the first has the value.
    """
    _check_size(path, kind, place)
    with tempfile.TemporaryDirectory(prefix="kao-metrics-sheets-") as folder, _lifeline() as line:
        program = [sys.executable, "-P", "-m", "kao_metrics.importing.workbooks"]
        try:
            subprocess.run(  # noqa: S603 - this very module
                [*program, str(path.absolute()), str(kind), folder],
                check=False,
                timeout=TIME_LIMIT,
                stdin=line,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | FEW_ARENAS | {"POLARS_MAX_THREADS": "2"},
            )
        except subprocess.TimeoutExpired:
            raise _unreadable(place, f"it takes over {TIME_LIMIT} seconds") from None
        return _collected(Path(folder), place)


@contextlib.contextmanager
def _lifeline() -> Iterator[int]:
    """Offer the end of a pipe that has an end of its own as soon as this process ends."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


def _collected(folder: Path, place: Place) -> list[Sheet]:
    """Return the sheets that the process has left, or say why there are none."""
    try:
        left = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # it was ended before, or while, it wrote this
        raise _unreadable(place, "it is damaged, or asks for too much memory") from None
    if "reason" in left:
        raise _unreadable(place, left["reason"])
    return [
        Sheet(name, pl.read_ipc(folder / f"{number}.arrow"), hidden)
        for number, (name, hidden) in enumerate(left["sheets"])
    ]


def _unreadable(place: Place, reason: str) -> DataError:
    found = f"a spreadsheet that cannot be read ({reason})"
    return DataError([place.failure(None, "", found, _AGAIN)])


def _check_size(path: Path, kind: Kind, place: Place) -> None:
    """Refuse a file that is too large, or that says itself that it will be."""
    try:
        size, protected = path.stat().st_size, False
        if kind != "xls":
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
            size = sum(member.file_size for member in members)
            protected = any(member.flag_bits & 1 for member in members)
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        raise _unreadable(place, "it is cut short or damaged") from error
    if size > MOST_BYTES:
        raise _unreadable(place, f"unpacked it has {size:,} bytes, over {MOST_BYTES:,}")
    if protected:
        raise _unreadable(place, _PROTECTED)


def _main(file: str, kind: str, folder: str) -> None:
    """Read a spreadsheet with limits, and leave its sheets in a folder."""
    threading.Thread(target=_end_with_owner, daemon=True).start()
    _limit()
    left: dict[str, Any]
    try:
        sheets = _sheets(Path(file), kind, Path(folder))
        for number, sheet in enumerate(sheets):
            sheet.rows.write_ipc(Path(folder, f"{number}.arrow"))
        left = {"sheets": [(sheet.name, sheet.hidden) for sheet in sheets]}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the file's
        left = {"reason": _reason(error)}
    Path(folder, _INDEX).write_text(json.dumps(left), encoding="utf-8")


def _end_with_owner() -> None:
    """Wait until the process that asked has ended, however it did."""
    os.read(0, 1)  # not sys.stdin, whose lock would be held when this process ends
    os._exit(1)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {
        resource.RLIMIT_AS: MEMORY_LIMIT,
        resource.RLIMIT_FSIZE: MEMORY_LIMIT,
        resource.RLIMIT_CPU: 2 * TIME_LIMIT,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        with contextlib.suppress(OSError, ValueError):  # a lower limit is there already
            resource.setrlimit(kind, (limit, limit))


def _reason(error: Exception) -> str:
    """Say in a few words why a file could not be read."""
    text = str(error)
    if isinstance(error, MemoryError):
        return "it asks for too much memory"
    if "password" in text.lower():
        return _PROTECTED
    if isinstance(error, (zipfile.BadZipFile, zlib.error, EOFError)):
        return "it is damaged"
    first = (text.splitlines() or [type(error).__name__])[0]
    return first.removeprefix("calamine error: ")[:200]


def _sheets(path: Path, kind: str, folder: Path) -> list[Sheet]:
    """Read the sheets in this process; `folder` is for a copy."""
    import fastexcel

    reader = fastexcel.read_excel(_copy(path, kind, folder))
    sheets, cells = [], 0
    for number, name in enumerate(reader.sheet_names):
        loaded = _load(reader, number, "string")
        cells += loaded.height * loaded.width
        if cells > MOST_CELLS:
            size = f"{loaded.height:,} rows and {loaded.width:,} columns"
            raise ValueError(f"with {size} in {name} it has over {MOST_CELLS:,} cells")
        hidden = loaded.visible != "visible"
        columns = [column.absolute_index + 1 for column in loaded.available_columns()]
        texts = loaded.to_polars()
        del loaded
        sheets.append(Sheet(name, _in_place(_exact(texts, reader, number), columns), hidden))
    return sheets


def _copy(path: Path, kind: str, folder: Path) -> Path:
    """Copy a spreadsheet under the name of its kind, with what the reader skips made text.

    The reader takes errors for empty cells, and of the times in ODS those of a day or more.
    Every part is read to its end, so that one that is damaged shows.
    """
    if kind == "xls":
        return Path(shutil.copyfile(path, folder / "workbook.xls"))
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if any(part.filename.lower() == "xl/workbook.bin" for part in parts):
            kind = "xlsb"
        is_ods = kind == "ods"
        pattern, mended = (_ODS_CELL, _mended_ods) if is_ods else (_XLSX_ERROR, _mended_xlsx)
        marks = (b'-type="error"', b'-type="time"') if is_ods else (b't="e"',)
        target = folder / f"workbook.{kind}"
        marked = {part.filename for part in parts if _has(archive, part, marks)}
        if not marked:
            return Path(shutil.copyfile(path, target))
        with zipfile.ZipFile(target, "w") as written:
            for part in parts:
                with archive.open(part) as source, written.open(part.filename, "w") as sink:
                    for piece in _pieces(source):
                        sink.write(pattern.sub(mended, piece) if part.filename in marked else piece)
    return target


_XLSX_ERROR: Final = re.compile(rb'(<(?:\w+:)?c\s[^>]*?\bt=)"e"')
_ODS_CELL: Final = re.compile(rb'<table:table-cell\b[^>]*:value-type="(?:error|time)"[^>]*>')
_ODS_TIME: Final = re.compile(rb'office:time-value="PT(\d+)H(\d+)M(\d+)[^"]*"')


def _has(archive: zipfile.ZipFile, part: zipfile.ZipInfo, marks: tuple[bytes, ...]) -> bool:
    """Whether one of the marks is somewhere in a part, which is read to its end."""
    with archive.open(part) as source:
        return sum(mark in piece for piece in _pieces(source) for mark in marks) > 0


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    """Return a file in pieces, none of which ends within a tag."""
    rest = b""
    while block := source.read(_BLOCK):
        rest += block
        # What has no tag in a whole block is no markup, and need not be kept together.
        end = rest.rfind(b"<")
        end = end if end > 0 else len(rest)
        yield rest[:end]
        rest = rest[end:]
    yield rest


def _mended_xlsx(cell: re.Match[bytes]) -> bytes:
    return cell[1] + b'"str"'


def _mended_ods(cell: re.Match[bytes]) -> bytes:
    """Make an error the text that is shown, and a time its hours, minutes and seconds."""
    tag = re.sub(rb'office:value-type="\w+"', b'office:value-type="string"', cell[0])
    tag = re.sub(rb'\soffice:(string-)?value="[^"]*"', b"", tag)
    return _ODS_TIME.sub(rb'office:string-value="\1:\2:\3"', tag)


def _load(reader: Any, number: int, dtype: str) -> Any:
    """Load a sheet from row 1 on; each cell as one type, or null."""
    return reader.load_sheet(number, header_row=None, skip_rows=0, dtypes=dtype)


def _exact(texts: pl.DataFrame, reader: Any, number: int) -> pl.DataFrame:
    """Put right what the reader makes of numbers, truth values, dates and empty texts.

    As text, its numbers have nine decimals at most. As numbers they are exact, but text that
    looks like a number is one then, too; only as a truth value such text is none.
    """
    floats = _load(reader, number, "float").to_polars()
    plain = {column.name: _plain(column) for column in floats}
    differ = [name for name in texts.columns if (texts[name] != plain[name]).any()]
    if differ:
        truths = _load(reader, number, "boolean").to_polars()
        texts = texts.with_columns(
            pl.when(truths[name].is_null())
            .then(texts[name])
            .when(texts[name].is_in(["true", "false"]))
            .then(texts[name].str.to_uppercase())
            .otherwise(plain[name])
            .alias(name)
            for name in differ
        )
    return texts.with_columns(_moments(column).replace("", None) for column in texts)


def _plain(numbers: pl.Series) -> pl.Series:
    """Write each number; whole ones, which are most, without a detour."""
    whole = (numbers.round() == numbers) & (numbers.abs() <= _EXACT)
    others = numbers.filter(~whole).unique()
    written = pl.Series([_number(value) for value in others], dtype=pl.String)
    return (
        numbers.to_frame()
        .select(
            pl.when(whole)
            .then(pl.col(numbers.name).cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(pl.col(numbers.name).replace_strict(others, written, default=None))
        )
        .to_series()
    )


def _number(value: float) -> str | None:
    """Write a number as a plain decimal, with the digits that a spreadsheet counts with.

    >>> _number(2052.0), _number(0.1 + 0.2), _number(1e-7), _number(4666715242.0)
    ('2052', '0.3', '0.0000001', '4666715242')
    """
    if not math.isfinite(value):
        return None
    if value == int(value) and abs(value) <= _EXACT:
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")


def _moments(column: pl.Series) -> pl.Series:
    """Write the dates of a column without midnight, and times without a day.

    In a column with nothing but days before 1901, not all of them whole, these are times
    that are longer than a day: hours, minutes and seconds.
    """
    moments = column.filter(column.str.contains(_MOMENT.pattern))
    if moments.is_empty():
        return column
    is_whole = moments.str.ends_with("00:00:00")
    as_hours = (moments < "1901").all() and bool(((moments >= "1900") & ~is_whole).any())
    distinct = moments.unique()
    written = [_moment(text, as_hours=as_hours) for text in distinct]
    return column.replace(distinct, pl.Series(written, dtype=pl.String))


def _moment(text: str, *, as_hours: bool) -> str:
    """Write one date and time.

    >>> _moment("2018-04-01 00:00:00", as_hours=False)
    '2018-04-01'
    >>> _moment("1899-12-31 12:30:00", as_hours=False)
    '12:30:00'
    >>> _moment("1900-01-01 06:00:00", as_hours=True)
    '30:00:00'
    """
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        return text
    date, time, fraction = parts.groups("")
    if date == _DAY_0:
        return time + fraction
    if as_hours:
        with contextlib.suppress(ValueError):
            days = (dt.date.fromisoformat(date) - dt.date.fromisoformat(_DAY_0)).days
            days += date >= "1900-03"  # spreadsheets count a 29 February that never was
            return f"{24 * days + int(time[:2])}{time[2:]}{fraction}"
    return date if time == "00:00:00" and not fraction else f"{date} {time}{fraction}"


def _in_place(texts: pl.DataFrame, columns: list[int]) -> pl.DataFrame:
    """Put the columns where they are in the sheet, and leave out what is empty at the end."""
    used = [at for at, column in enumerate(texts) if column.null_count() < column.len()]
    if not used:
        return pl.DataFrame()
    rows = texts.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()[-1] + 1
    by_number = dict(zip(columns, texts, strict=True))
    empty = pl.Series([None], dtype=pl.String)
    return pl.DataFrame(
        [
            by_number.get(number, empty.new_from_index(0, texts.height))
            .head(rows)
            .alias(f"{number}")
            for number in range(1, columns[used[-1]] + 1)
        ]
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
