"""The columns of an export, recognised by their names and by what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from kao_metrics.importing.conversion import known_words, reader
from kao_metrics.importing.layout import is_figure
from kao_metrics.importing.mapping import FieldSpec, folded, kind_of
from kao_metrics.importing.records import ROW, Records
from kao_metrics.importing.vocabulary import field_words, is_note, is_personal, is_total

MOST_WORDS: Final = 300
"""Different words of a column up to which they can be codes."""

MOSTLY: Final = 0.8
"""The share of its words that tells what a column is."""

_LOOK: Final = 20_000
_NUMERIC: Final = 0.5
_KEYS: Final = ("編號", "案號", "流水號", "caseid", "casenumber", "caseno")
_NUMBERS: Final = ("序號", "項次")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export, with what its first rows hold."""

    name: str
    cells: tuple[str | None, ...]

    @property
    def words(self) -> list[str]:
        """Its different cells, as they come."""
        return list(dict.fromkeys(cell.strip() for cell in self.cells if cell and cell.strip()))

    def share(self, table: str, field: str) -> float:
        """Return the share of its words that a field of the table can be read from.

        What is missing in the words of an export is neither read nor a fault.
        """
        words = [word for word in self.words if not is_total(word) and not is_note(word)]
        found = [reader(table, field, FieldSpec(column=self.name))(word) for word in words]
        readable = sum(each.text is not None for each in found)
        return readable / max(sum(bool(each.text or each.reason) for each in found), 1)

    @property
    def is_numeric(self) -> bool:
        """Tell whether most of its words are figures."""
        words = self.words
        return sum(map(is_figure, words)) > len(words) * _NUMERIC if words else False

    @property
    def is_key(self) -> bool:
        """Tell whether its name says that it names each row."""
        own = folded(self.name).replace("_", "")
        return own == "id" or any(word in own for word in _KEYS)

    @property
    def is_number(self) -> bool:
        """Tell whether its name says that it numbers the rows, and counts nothing."""
        return self.is_key or any(word in folded(self.name) for word in _NUMBERS)

    def blanks(self) -> set[int]:
        """Return the rows in which it has nothing."""
        return {row for row, cell in enumerate(self.cells) if not cell or not cell.strip()}


@dataclass(slots=True)
class Columns:
    """The columns of an export, and which of them have a part in the mapping already."""

    every: list[Column]
    used: set[str] = field(default_factory=set)

    @property
    def free(self) -> list[Column]:
        """The columns that have no part yet."""
        return [column for column in self.every if column.name not in self.used]

    def named(self, name: str) -> Column | None:
        """Find the column with one of the names that exports have for a field."""
        for word in field_words(name):
            for column in self.free:
                if folded(column.name) == folded(word):
                    return column
        for word in field_words(name):
            for column in self.free:
                if len(word) > 1 and folded(word) in folded(column.name):
                    return column
        return None

    def best(self, name: str, among: Sequence[Column]) -> Column | None:
        """Of columns that all would do, return the one whose name fits best."""
        order = [folded(word) for word in field_words(name)]

        def fit(column: Column) -> tuple[int, int]:
            own = folded(column.name)
            exact = order.index(own) if own in order else len(order)
            part = next((at for at, word in enumerate(order) if word in own), len(order))
            return exact, part

        free = [column for column in among if column.name not in self.used]
        return min(free, key=fit, default=None)

    def coded(self, table: str, name: str) -> Column | None:
        """Find the column of a code, by its words or else by its name."""
        kind = kind_of(table, name)
        known = known_words(kind)
        free = [
            column
            for column in self.free
            if not is_personal(column.name)
            and not column.is_numeric
            and 0 < len(column.words) <= MOST_WORDS
        ]
        by_words = [
            column
            for column in free
            if sum(folded(word) in known for word in column.words) * 2 >= len(column.words)
        ]
        if by_words:
            return self.best(name, by_words)
        named = self.named(name)
        return named if named in free else None

    def repeated(self) -> list[Column]:
        """Return the used columns whose blank cells repeat the one above.

        A merged cell leaves them: in rows where the first column is blank, too, though the
        rows are not.
        """
        blank = [column.blanks() for column in self.every]
        going_on = {row for row in blank[0] if any(row not in rows for rows in blank)}
        return [
            column
            for column, rows in zip(self.every, blank, strict=True)
            if column.name in self.used and rows & going_on and 0 not in rows
        ]

    def apart(self, totals: set[str]) -> list[str]:
        """Return the columns by which rows differ that would otherwise be the same figure."""
        own = [each for each in self.every if each.name in self.used and not each.is_numeric]
        rows = list(zip(*(each.cells for each in own), strict=True))
        if len(set(rows)) == len(rows):
            return []
        apart = {
            each.name
            for each in self.free
            if not each.is_numeric
            and not is_personal(each.name)
            and 1 < len(each.words) <= MOST_WORDS
        }
        return [each.name for each in self.every if each.name in apart | totals]


def columns_of(records: Records) -> Columns:
    """Look at the first rows of an export."""
    head = _without_notes(records.head(_LOOK))
    return Columns(
        [
            Column(name, tuple(head[str(number)]))
            for number, name in enumerate(records.names, start=1)
            if str(number) in head.columns
        ]
    )


def _without_notes(head: pl.DataFrame) -> pl.DataFrame:
    """Cut off the footnotes below a table: rows of one cell, from the first note on."""
    rows = list(head.drop(ROW).iter_rows())
    end = len(rows)
    for number in range(len(rows) - 1, -1, -1):
        said = [cell for cell in rows[number] if cell and cell.strip()]
        if len(said) > 1 or (said and not rows[number][0]):
            break
        if said and is_note(said[0]):
            end = number
    return head.head(end)
