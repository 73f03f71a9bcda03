"""One row of an export, read by a mapping: an entry for each figure, or what is wrong with it.

Each cell is read by its field, and each different cell once. A row of which one cell cannot
be read is bad as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kao_metrics.importing.conversion import EMPTY, Read, reader
from kao_metrics.importing.mapping import DEFAULTS, ExportMapping, allowed, folded
from kao_metrics.schemas import TABLES, measures

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


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: the first cell that could not be read, and why."""

    column: str
    found: str
    reason: str


class RowReader:
    """Reads cells by a mapping; each different cell once.

    Attributes
    ----------
    mapping
        The mapping.
    fields
        For each figure of a row, by field, the column of the export and the value.
    filters
        The columns by which rows are kept or dropped.
    """

    def __init__(self, mapping: ExportMapping) -> None:
        """Make a reader for each field."""
        self.mapping = mapping
        self.fields = [
            {
                name: (spec.column, spec.value)
                for name, spec in fields.items()
                if name in allowed(mapping.table, mapping.rows)
            }
            for fields in mapping.each_figure()
        ]
        self._readers = [
            {name: reader(mapping.table, name, fields[name]) for name in own}
            for fields, own in zip(mapping.each_figure(), self.fields, strict=True)
        ]
        self._known: dict[tuple[int, str, str | None], Read] = {}
        self._of_totals = [*mapping.totals, *mapping.checks.add_up]
        self._totals, self._kept, self._dropped = (
            {name: frozenset(map(folded, words)) for name, words in part.items()}
            for part in (mapping.totals, mapping.keep, mapping.drop)
        )
        self.filters = list({**self._kept, **self._dropped})

    def cell(self, number: int, name: str, text: str | None) -> Read:
        """Read a cell of a field of one of the figures."""
        known = self._known.get((number, name, text))
        if known is None:
            known = self._known[number, name, text] = self._readers[number][name](text)
        return known

    def drops(self, column: str, text: str | None) -> bool:
        """Tell whether rows with this text in a column are not wanted."""
        word = folded(text or "")
        is_kept = column not in self._kept or word in self._kept[column]
        return not is_kept or word in self._dropped.get(column, ())

    def is_left_out(self, cells: Mapping[str, str | None]) -> bool:
        """Tell whether the mapping drops a row, or does not keep it."""
        return any(self.drops(name, cells[name]) for name in self.filters)

    def totals_of(self, cells: Mapping[str, str | None]) -> frozenset[str]:
        """Return the columns in which a row says that it is a total."""
        return frozenset(
            name for name, words in self._totals.items() if folded(cells[name] or "") in words
        )

    def read(
        self, file: int, row: int, times: int, cells: Mapping[str, str | None]
    ) -> list[Entry] | Fault:
        """Read a row: an entry for each figure that is there, or what is wrong with it."""
        totals = self.totals_of(cells)
        words = {name: folded(cells[name] or "") for name in self._of_totals}
        figures = measures(self.mapping.table) if self.mapping.rows == "figures" else ()
        entries = []
        for number, fields in enumerate(self.fields):
            found: dict[str, Read] = {}
            columns: dict[str, str] = {}
            for name, (source, value) in fields.items():
                if totals and name not in figures:  # of a total, only its figures count
                    continue
                text = cells[source] if source else value
                found[name] = self.cell(number, name, text)
                if found[name].reason:
                    return Fault(source or name, text or "", found[name].reason)
                if name in figures:
                    columns[name] = source
            missing = [name for name in figures if found[name].text is None]
            if figures and len(missing) == len(figures):
                continue
            if missing:
                return Fault(columns[missing[0]], "", EMPTY)
            entries.append(Entry(file, row, times, found, columns, words))
        return entries


def keyed(cells: Mapping[str, Read], table: str) -> Key:
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
    return tuple(found)
