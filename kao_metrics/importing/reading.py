"""Read gathered cells into rows of a table; what cannot be read is told apart and counted.

Each cell is read by its field. A row of which one cell cannot be read is bad as a whole. Bad
rows are looked at once more, now with all their columns: a blank row, the header again or a
footnote is no row of the table; a row whose columns moved is read where they moved to, if the
mapping says so and there is one way only; any other is rejected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from kao_metrics.importing import gathering
from kao_metrics.importing.conversion import EMPTY, Read, Reader, reader
from kao_metrics.importing.gathering import MOVED, TIMES, cell
from kao_metrics.importing.mapping import DEFAULTS, ExportMapping, allowed, folded, measures
from kao_metrics.importing.records import ROW, Records
from kao_metrics.importing.rejects import Reject
from kao_metrics.importing.vocabulary import is_note
from kao_metrics.schemas import TABLES

_FURTHEST: Final = 3
"""Columns by which cells are looked for to the right of their own."""

Key = tuple[tuple[str, str], ...]
"""The cells of a row of the table but for its figures: pairs of column and text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure of one row, or of `times` case rows that are alike.

    Parameters
    ----------
    file, row
        Where it stands.
    times
        Rows that are alike.
    cells
        By field, what was read; the figure among them.
    columns
        By figure, the column of the export that has it; empty of cases.
    words
        By column of ``[totals]`` and ``add_up``, the folded word of the export.
    """

    file: int
    row: int
    times: int
    cells: Mapping[str, Read]
    columns: Mapping[str, str]
    words: Mapping[str, str]


@dataclass(slots=True)
class Reading:
    """What was read, and what became of all the other rows.

    ``left_out`` counts rows by what they are: dropped by the mapping, blank, a footnote …
    """

    entries: list[Entry] = field(default_factory=list)
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


@dataclass(frozen=True, slots=True)
class _Fault:
    column: str
    found: str
    reason: str


class RowReader:
    """Reads the cells of one row by a mapping; each different cell once."""

    def __init__(self, mapping: ExportMapping) -> None:
        """Make a reader for each field."""
        self.mapping = mapping
        self._known: dict[tuple[int, str, str | None], Read] = {}
        self._figures = [self._readers(fields) for fields in mapping.each_figure()]
        self._of_totals = [*mapping.totals, *mapping.checks.add_up]
        self._total_words = {
            name: frozenset(map(folded, words)) for name, words in mapping.totals.items()
        }
        self._kept = {name: frozenset(map(folded, words)) for name, words in mapping.keep.items()}
        self._dropped = {
            name: frozenset(map(folded, words)) for name, words in mapping.drop.items()
        }

    def _readers(self, fields: Mapping[str, Any]) -> list[tuple[str, str, Reader, str]]:
        table = self.mapping.table
        return [
            (name, spec.column, reader(table, name, spec), spec.value)
            for name, spec in fields.items()
            if name in allowed(table, self.mapping.rows)
        ]

    def is_left_out(self, cells: Mapping[str, str | None]) -> bool:
        """Tell whether the mapping drops a row, or does not keep it."""
        return any(
            folded(cells[name] or "") in words for name, words in self._dropped.items()
        ) or any(folded(cells[name] or "") not in words for name, words in self._kept.items())

    def totals_of(self, cells: Mapping[str, str | None]) -> frozenset[str]:
        """Return the columns in which a row says that it is a total."""
        return frozenset(
            name for name, words in self._total_words.items() if folded(cells[name] or "") in words
        )

    def read(
        self, file: int, row: int, times: int, cells: Mapping[str, str | None]
    ) -> list[Entry] | _Fault:
        """Read a row: an entry for each figure that is there, or what is wrong with it."""
        totals = self.totals_of(cells)
        words = {name: folded(cells[name] or "") for name in self._of_totals}
        figures = measures(self.mapping.table) if self.mapping.rows == "figures" else ()
        entries = []
        for number, readers in enumerate(self._figures):
            found: dict[str, Read] = {}
            columns: dict[str, str] = {}
            for name, source, read, value in readers:
                if totals and name not in figures:  # of a total, only its figures count
                    continue
                text = cells[source] if source else value
                known = self._known.get((number, name, text))
                if known is None:
                    known = self._known[number, name, text] = read(text)
                if known.reason:
                    return _Fault(source or name, text or "", known.reason)
                found[name] = known
                if name in figures:
                    columns[name] = source
            missing = [name for name in figures if found[name].text is None]
            if figures and len(missing) == len(figures):
                continue
            if missing:
                return _Fault(columns[missing[0]], "", EMPTY)
            entries.append(Entry(file, row, times, found, columns, words))
        return entries


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
    names = mapping.cells()
    for number, part in gathering.blocks(frame):
        bad: list[int] = []
        columns = [part[cell(name)] for name in names]
        plain = zip(part[ROW], part[TIMES], part[MOVED], *columns, strict=True)
        for position, (row, times, is_moved, *cells) in enumerate(plain):
            said = dict(zip(names, cells, strict=True))
            found = (
                _Fault("", "", "") if is_moved else _read(rows, reading, number, row, times, said)
            )
            if isinstance(found, _Fault):
                bad.append(position)
        if bad:
            _look_again(part[bad], number, records[number], rows, reading)
    return reading


def _read(  # noqa: PLR0913, PLR0917 - a row, and where what it says goes
    rows: RowReader,
    reading: Reading,
    file: int,
    row: int,
    times: int,
    cells: Mapping[str, str | None],
) -> _Fault | None:
    if not any(cells.values()):
        return _Fault("", "", "a blank row")
    if rows.is_left_out(cells):
        reading.leave_out("left out by the mapping", times)
        return None
    found = rows.read(file, row, times, cells)
    if isinstance(found, _Fault):
        return found
    if not found:
        reading.leave_out("without a figure", times)
    (reading.totals if rows.totals_of(cells) else reading.entries).extend(found)
    return None


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
            reading.leave_out("blank", 1)
        elif [folded(text or "") for text in cells[: len(header)]] == header:
            reading.leave_out("the header again", 1)
        elif is_alone and (is_note_above or is_note(said[0])):
            is_note_above = True  # a note may go on in the rows below
            reading.leave_out("footnotes", 1)
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
    elif isinstance(found, _Fault):
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
            if isinstance(found, _Fault) or not found or any(found == way[0] for way in ways):
                continue
            if not rows.totals_of(tried) and not rows.is_left_out(tried):
                ways.append((found, moving[0], by))
    return ways


def keyed(cells: Mapping[str, Read], table: str, more: Iterable[str] = ()) -> Key:
    """Return what names a row of the table: its columns but for the figures.

    What the mapping does not say is the ordinary code; a unit and a qualifier that stand
    beside the number are the row's.
    """
    schema = TABLES[table]
    figures = measures(table)
    figure = cells.get(schema.FIGURE, Read(None))
    beside = {"unit": figure.unit, "qualifier": figure.qualifier}
    found = []
    for name in schema.COLUMNS:
        if name in figures or name == "source_id":
            continue
        read = cells.get(name)
        text = (read.text if read else beside.get(name) or DEFAULTS.get(name, "")) or ""
        found.append((name, text))
    return (*found, *((name, cells[name].text or "") for name in more))
