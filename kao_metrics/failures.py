"""What is wrong in the data, and where: every failure, in one error.

A person mends data in a spreadsheet or an editor, so a failure names the file, the row as
a spreadsheet counts, the column, what is there and what should be.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong in the data, and where.

    Parameters
    ----------
    file
        The file, as the reader was given it.
    rows
        Row numbers as a spreadsheet shows them: the header is row 1. Empty if the whole
        file is meant.
    column
        The column, empty if the whole row or file is meant.
    found, expected
        What is there, and what should be.
    """

    table: str
    file: str
    rows: tuple[int, ...]
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        """Say it in one line, the place first."""
        few = 10
        place = self.file
        if self.rows:
            rows = ", ".join(map(str, self.rows[:few])) + (" …" if len(self.rows) > few else "")
            place += f", row{'s' if len(self.rows) > 1 else ''} {rows}"
        if self.column:
            place += f", column {self.column}"
        return f"{place}: found {self.found}; expected {self.expected}"


class UnknownNameError(KeyError):
    """A name that is none of those there are; the message suggests the nearest one."""

    def __str__(self) -> str:
        """Return the message as it is; KeyError would quote it."""
        return str(self.args[0])


class DataError(Exception):
    """The data breaks its contract; carries every failure, not only the first.

    Attributes
    ----------
    failures
        What is wrong, in the order of files and rows.
    """

    def __init__(self, failures: list[Failure]) -> None:
        """Keep the failures and put them into the message, a line each."""
        self.failures = failures
        super().__init__("\n".join(map(str, failures)))
