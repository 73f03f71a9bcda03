"""Where a table stands in a sheet: title rows above, a header of one row or several, a body.

Only the first rows are looked at. A header is a row of different words without figures in
it, above rows that have figures or dates, or as many words. Where a mapping names columns,
the header is simply where those names are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from kao_metrics.importing.dates import DateError, parse_date
from kao_metrics.importing.mapping import folded
from kao_metrics.importing.numbers import NumberError, parse_number

Cells = Sequence[str | None]

HEAD: Final = 60
"""Rows in which a header is looked for."""

_MOST_HEADER_ROWS: Final = 3
_CALENDAR_UNITS: Final = ("月", "年", "季", "月份", "年度", "週")


def letter(position: int) -> str:
    """Return what a spreadsheet calls a column, the first being 1.

    >>> letter(1), letter(28)
    ('A', 'AB')
    """
    name = ""
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def column_names(header: Sequence[Cells], width: int) -> tuple[str, ...]:
    """Return a name for each column, from the rows of a header.

    An upper row names what stands under it up to the next name, as merged cells do. A
    column without a name is called by its letter; a name that comes again is numbered.

    >>> column_names([["類別", "申訴", None, None], [None, "第一次", "第二次", None]], 4)
    ('類別', '申訴 第一次', '申訴 第二次', 'D')
    """
    parts: list[list[str]] = [[] for _ in range(width)]
    for number, row in enumerate(header, start=1):
        last = ""
        for position in range(width):
            cell = " ".join((row[position] or "").split()) if position < len(row) else ""
            below = any(position < len(lower) and lower[position] for lower in header[number:])
            last = cell or (last if below else "")
            if last and last not in parts[position]:
                parts[position].append(last)
    names: list[str] = []
    for position, said in enumerate(parts, start=1):
        name = " ".join(said) or letter(position)
        again = sum(each == name or each.startswith(f"{name} (") for each in names)
        names.append(f"{name} ({again + 1})" if again else name)
    return tuple(names)


def header_with(rows: Sequence[Cells], wanted: Iterable[str]) -> tuple[int, ...]:
    """Find the header that has the wanted names; empty where there is none.

    Returns
    -------
    tuple of int
        The rows of the header, the first row of the sheet being 1.
    """
    names = set(map(folded, wanted))
    for height in range(1, _MOST_HEADER_ROWS + 1):
        for first in range(min(len(rows), HEAD) - height + 1):
            header = rows[first : first + height]
            width = max(map(len, header))
            if names <= set(map(folded, column_names(header, width))):
                return tuple(range(first + 1, first + height + 1))
    return ()


def likely_header(rows: Sequence[Cells]) -> tuple[int, ...]:
    """Find the header of a table whose columns are not known; empty where there is none.

    >>> likely_header([["107年上半年申訴", None], ["類別", "件數"], ["食品", "12"]])
    (2,)
    """
    rows = rows[:HEAD]
    widest = max((_filled(row) for row in rows), default=0)
    if widest < 1:
        return ()
    enough = max(2, (widest + 1) // 2) if widest > 1 else 1
    for first, row in enumerate(rows):
        if _filled(row) < enough or not _is_words(row):
            continue
        last = first
        while (
            last + 1 < len(rows)
            and last - first + 1 < _MOST_HEADER_ROWS
            and _continues(rows[last], rows[last + 1], rows[last + 2 : last + 5])
        ):
            last += 1
        return tuple(range(first + 1, last + 2))
    return ()


def _continues(upper: Cells, lower: Cells, below: Sequence[Cells]) -> bool:
    """Tell whether a row of words is one more row of the header above it.

    It names what the row above left open or merged, and figures stand below it.
    """
    if not _is_words(lower) or not any(_has_figures(row) for row in below):
        return False
    opened = [
        position
        for position, cell in enumerate(lower)
        if cell and (position >= len(upper) or not upper[position] or position)
    ]
    gaps = sum(not cell for cell in upper[: len(lower)])
    return bool(gaps) and len(opened) >= 1 and not _has_figures(lower)


def _filled(row: Cells) -> int:
    return sum(bool(cell and cell.strip()) for cell in row)


def _is_words(row: Cells) -> bool:
    """Tell whether a row has different words only, no figure and no date."""
    said = [folded(cell) for cell in row if cell and cell.strip()]
    return bool(said) and not _has_figures(row)


def _has_figures(row: Cells) -> bool:
    return any(is_figure(cell) for cell in row if cell)


def is_figure(text: str) -> bool:
    """Tell whether a cell is a number or a day, and no name of a month or a year.

    >>> is_figure("2,052件"), is_figure("107/04/01"), is_figure("1月"), is_figure("類別")
    (True, True, False, False)
    """
    try:
        number = parse_number(text)
    except NumberError:
        number = None
    if number is not None:
        return number.unit not in _CALENDAR_UNITS
    try:
        found = parse_date(text)
    except DateError:
        return False
    return found is not None and found.first == found.last
