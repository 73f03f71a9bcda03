"""Read gathered cells into rows of a table; what cannot be read is told apart and counted.

Each cell is read by its field. A row of which one cell cannot be read is bad as a whole. Bad
rows are looked at once more, now with all their columns: a blank row, the header again or a
footnote is no row of the table; a row whose columns moved is read where they moved to, if the
mapping says so and there is one way only; any other is rejected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from kao_metrics.importing import gathering
from kao_metrics.importing.counting import cases_of, read_cases
from kao_metrics.importing.gathering import FILE, MOVED, TIMES, cell
from kao_metrics.importing.mapping import ExportMapping, folded
from kao_metrics.importing.records import ROW, Records
from kao_metrics.importing.rejects import Reject
from kao_metrics.importing.rows import Entry, Fault, RowReader
from kao_metrics.importing.vocabulary import is_note

BLANK: Final = "blank"
HEADER: Final = "the header again"
NOTE: Final = "footnotes"
NO_ROWS: Final = (BLANK, HEADER, NOTE)
"""What rows of an export can be that are none of its table."""

_DROPPED: Final = "left out by the mapping"
_FURTHEST: Final = 3
"""Columns by which cells are looked for to the right of their own."""


@dataclass(slots=True)
class Reading:
    """What was read, and what became of all the other rows.

    ``left_out`` counts rows by what they are: dropped by the mapping, blank, a footnote …
    """

    entries: list[Entry] = field(default_factory=list)
    cases: list[pl.DataFrame] = field(default_factory=list)
    totals: list[Entry] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    rejected: int = 0
    realigned: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    rows: int = 0

    def leave_out(self, what: str, times: int) -> None:
        """Count rows that are no rows of the table."""
        if times:
            self.left_out[what] = self.left_out.get(what, 0) + times


def read_rows(frame: pl.DataFrame, records: Sequence[Records], mapping: ExportMapping) -> Reading:
    """Read gathered rows.

    Parameters
    ----------
    frame
        What `kao_metrics.importing.gathering.gathered` returns.
    records
        The exports, to look at bad rows again.
    mapping
        How they are read.
    """
    reading = Reading(rows=int(frame[TIMES].sum() or 0))
    rows = RowReader(mapping)
    for number, part in gathering.blocks(frame):
        bad = _cases(part, rows, reading) if mapping.rows == "cases" else _rows(part, rows, reading)
        if not bad.is_empty():
            _look_again(bad, number, records[number], rows, reading)
    if mapping.rows == "cases" and reading.entries:
        reading.cases.append(cases_of(reading.entries, mapping.table))
    return reading


def _cases(part: pl.DataFrame, rows: RowReader, reading: Reading) -> pl.DataFrame:
    """Read the case rows of an export; return those that cannot be read."""
    cases = read_cases(part, rows)
    reading.cases.append(cases.found)
    reading.leave_out(_DROPPED, cases.left_out)
    return cases.bad


def _rows(part: pl.DataFrame, rows: RowReader, reading: Reading) -> pl.DataFrame:
    """Read the rows of an export; return those that cannot be read."""
    names = rows.mapping.cells()
    columns = [part[cell(name)] for name in names]
    bad = []
    plain = zip(part[FILE], part[ROW], part[MOVED], *columns, strict=True)
    for position, (file, row, is_moved, *cells) in enumerate(plain):
        said = dict(zip(names, cells, strict=True))
        if is_moved or not any(cells):
            bad.append(position)
        elif rows.is_left_out(said):
            reading.leave_out(_DROPPED, 1)
        else:
            found = rows.read(file, row, 1, said)
            if isinstance(found, Fault):
                bad.append(position)
                continue
            reading.leave_out("without a figure", int(not found))
            (reading.totals if rows.totals_of(said) else reading.entries).extend(found)
    return part[bad]


def _look_again(
    bad: pl.DataFrame, file: int, records: Records, rows: RowReader, reading: Reading
) -> None:
    """Look at all columns of bad rows, and tell what they are."""
    whole = gathering.whole_rows(records, rows.mapping, bad)
    header = list(map(folded, records.names))
    at = {name: int(records.position(name)) - 1 for name in rows.mapping.cells()}
    filled = _filled(whole, records, rows.mapping)
    is_note_above = False
    for (number, *cells), read in zip(whole.iter_rows(), filled.iter_rows(), strict=True):
        said = [text for text in cells if text and text.strip()]
        is_alone = len(said) == 1 and bool(cells[0]) and len(records.names) > 1
        if not said:
            reading.leave_out(BLANK, 1)
        elif [folded(text or "") for text in cells[: len(header)]] == header:
            reading.leave_out(HEADER, 1)
        elif is_alone and (is_note_above or is_note(said[0])):
            is_note_above = True  # a note may go on in the rows below
            reading.leave_out(NOTE, 1)
        else:
            own = {name: read[at[name]] for name in at}
            _realign(read, own, at, file, number, records, rows, reading)
    # Beyond what is listed, rows are counted, as the first pass did.
    reading.rejected += max(int(bad[TIMES].sum()) - whole.height, 0)


def _filled(whole: pl.DataFrame, records: Records, mapping: ExportMapping) -> pl.DataFrame:
    """Return the cells without row numbers; blank ones repeat the one above where they do."""
    cells = whole.drop(ROW)
    if not mapping.file.fill_down:
        return cells
    every = records.frame.with_columns(
        pl.col(records.position(name)).forward_fill() for name in mapping.file.fill_down
    )
    rows = every.filter(pl.col(ROW).is_in(whole[ROW].implode())).collect()
    return rows.select(pl.col(name).cast(pl.String) for name in cells.columns)


def _realign(  # noqa: PLR0913, PLR0917 - as _read
    cells: Sequence[str | None],
    own: Mapping[str, str | None],
    at: Mapping[str, int],
    file: int,
    number: int,
    records: Records,
    rows: RowReader,
    reading: Reading,
) -> None:
    """Reject a row, unless its columns moved and the mapping wants them read from there."""
    moved = _moved(cells, own, at, file, number, rows)
    if len(moved) == 1 and rows.mapping.checks.shifted == "realign":
        entries, _, _ = moved[0]
        reading.realigned += 1
        reading.entries.extend(entries)
        return
    reading.rejected += 1
    found = rows.read(file, number, 1, own)
    if moved:
        _, column, by = moved[0]
        what = f"{column} stands {by} to the right of its column: an unquoted separator before it"
        reading.rejects.append(Reject(records.place.file, number, column, own[column] or "", what))
    elif isinstance(found, Fault):
        fault = (found.column, found.found, found.reason)
        reading.rejects.append(Reject(records.place.file, number, *fault))
    else:
        what = "more cells than the header has columns"
        reading.rejects.append(Reject(records.place.file, number, "", "", what))


def _moved(  # noqa: PLR0913, PLR0917 - as _read
    cells: Sequence[str | None],
    own: Mapping[str, str | None],
    at: Mapping[str, int],
    file: int,
    number: int,
    rows: RowReader,
) -> list[tuple[list[Entry], str, int]]:
    """Find every way to read a row whose cells, from one column on, moved to the right."""
    ways: list[tuple[list[Entry], str, int]] = []
    in_order = sorted(own, key=at.__getitem__)
    for by in range(1, _FURTHEST + 1):
        for first in range(len(in_order)):
            moving = in_order[first:]
            if any(at[name] + by >= len(cells) or not cells[at[name] + by] for name in moving):
                continue
            tried = {**own, **{name: cells[at[name] + by] for name in moving}}
            found = rows.read(file, number, 1, tried)
            if isinstance(found, Fault) or not found or any(found == way[0] for way in ways):
                continue
            if not rows.totals_of(tried) and not rows.is_left_out(tried):
                ways.append((found, moving[0], by))
    return ways
