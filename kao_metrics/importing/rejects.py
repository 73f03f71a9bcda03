"""Rows that could not be read: what is kept of them, and what is not.

A rejected row is named by file, row and column, with the reason. What stands in the cell is
shown only where it cannot be about a person: where the same text stands in several rejected
rows, or the export has no columns but those that are read. Otherwise only its form is shown.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

MOST: Final = 100_000
"""Rejected rows that are listed; all of them are counted."""

_COMMON: Final = 3
_LONGEST: Final = 60


class Reject(NamedTuple):
    """A row that could not be read: the first cell that was wrong, and why."""

    file: str
    row: int
    column: str
    found: str
    reason: str


def form(text: str) -> str:
    """Return the form of a text: digits as 9, Latin letters as a, all others as 文.

    >>> form("107/4/1"), form("中山路5號 Rm.2")
    ('999/9/9', '文文文9文 aa.9')
    """
    return "".join(map(_form, text))


def _form(character: str) -> str:
    if character.isdecimal():
        return "9"
    if character.isascii():
        return "a" if character.isalpha() else character
    return "文" if unicodedata.category(character).startswith("L") else character


def discreet(rejects: Sequence[Reject], *, has_more_columns: bool) -> list[Reject]:
    """Return rejects with the text of a cell only where it cannot be about a person."""
    times = Counter(each.found for each in rejects)

    def cut(text: str) -> str:
        return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"

    return [
        each
        if not has_more_columns or times[each.found] >= _COMMON
        else each._replace(found=form(each.found))
        for each in (reject._replace(found=cut(reject.found)) for reject in rejects)
    ]


def as_csv(rejects: Sequence[Reject]) -> str:
    """Write rejects as CSV, safe to open in a spreadsheet.

    >>> print(as_csv([Reject("a.csv", 7, "日期", "=1+1", "no date")]), end="")
    file,row,column,found,reason
    a.csv,7,日期,'=1+1,no date
    """
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n")
    write.writerow(Reject._fields)
    for each in rejects:
        cells = (str(cell) for cell in each)
        write.writerow("'" + cell if cell[:1] in tuple("=+-@\t\r") else cell for cell in cells)
    return text.getvalue()


def summary(rejects: Sequence[Reject], few: int = 8) -> list[str]:
    """Say the reasons, the most frequent first, each with its first row.

    >>> summary([Reject("a.csv", row, "日期", "x", "no date") for row in (7, 9)])
    ["a.csv, row 7 and 1 more, column 日期: found 'x'; no date"]
    """
    groups: dict[tuple[str, str, str], list[Reject]] = {}
    for each in rejects:
        groups.setdefault((each.file, each.column, each.reason), []).append(each)
    ordered = sorted(groups.values(), key=len, reverse=True)
    lines = [
        f"{first.file}, row {first.row}{f' and {len(group) - 1} more' if len(group) > 1 else ''}, "
        f"column {first.column}: found {first.found!r}; {first.reason}"
        for group in ordered[:few]
        for first in group[:1]
    ]
    more = len(ordered) - few
    return [*lines, f"and {more} more reasons"] if more > 0 else lines
