"""From a cell of an export to a cell of a table, or a reason why not.

A cell is read by what its column of the table holds: a code, a date, a whole number, an
amount, a text. What comes out is the text that the table's CSV has. Each different cell is
read once, however many rows have it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final, NamedTuple

import dataframely as dy

from kao_metrics import labels
from kao_metrics.importing.dates import DateError, Dates, parse_date
from kao_metrics.importing.encodings import REPLACEMENT
from kao_metrics.importing.mapping import FieldSpec, folded, kind_of
from kao_metrics.importing.numbers import MISSING, NumberError, parse_number
from kao_metrics.printed import plain
from kao_metrics.schemas import TABLES
from kao_metrics.typesetting import is_printable

EMPTY: Final = "an empty cell"

_MISSING: Final = frozenset(map(folded, MISSING))


class Read(NamedTuple):
    """What was read in a cell: the text for the table, or why there is none.

    ``unit`` and ``qualifier`` are codes that stood beside a number.
    """

    text: str | None
    reason: str = ""
    unit: str = ""
    qualifier: str = ""


Reader = Callable[[str | None], Read]


def reader(table: str, name: str, spec: FieldSpec) -> Reader:
    """Return what reads the cells of a field.

    Parameters
    ----------
    table, name
        The table, and its column; ``received`` is the day of a case.
    spec
        What the mapping says of it.

    Examples
    --------
    >>> reader("complaints", "received", FieldSpec(column="日期"))("107年4月1日")
    Read(text='2018-04-01', reason='', unit='', qualifier='')
    >>> reader("complaints", "count", FieldSpec(column="件數"))("2,052件").text
    '2052'
    >>> reader("complaints", "stage", FieldSpec(column="階段"))("第三次").reason
    'no code of stage; known: first, second, mediation'
    """
    kind = kind_of(table, name)
    if kind:
        return lambda cell: _code(cell, spec, kind)
    if name == "month":
        return lambda cell: _month(cell, spec)
    column = TABLES[table].columns().get(name)
    is_needed = column is None or not column.nullable
    if name == "received" or isinstance(column, dy.Date):
        return lambda cell: _day(cell, spec, is_needed=is_needed)
    if isinstance(column, dy.Int64 | dy.Decimal) or name == TABLES[table].FIGURE:
        return lambda cell: _number(cell, is_whole=isinstance(column, dy.Int64))
    return lambda cell: _text(cell, is_needed=is_needed)


def _code(cell: str | None, spec: FieldSpec, kind: str) -> Read:
    word = "" if cell is None else folded(cell)
    if word in _MISSING:
        return Read(spec.missing) if spec.missing else Read(None, EMPTY)
    code = spec.code(word) or known_words(kind).get(word) or spec.other
    if code:
        return Read(code)
    return Read(None, f"no code of {kind}{labels.suggestion(word, labels.codes(kind))}")


def known_words(kind: str) -> dict[str, str]:
    """Return the words that labels.toml has for the codes of a kind, folded.

    >>> known_words("stage")["第一次申訴"], known_words("unit")["件"], known_words("sector")["_t"]
    ('first', 'item', '_T')
    """
    return _packaged_words(kind) if labels.is_packaged(kind) else _words(kind)


@cache
def _packaged_words(kind: str) -> dict[str, str]:
    """Put them together once: those of the package do not change."""
    return _words(kind)


def _words(kind: str) -> dict[str, str]:
    has_total = kind not in ("unit", "qualifier", "indicator", "measure", "stage", "reserve_item")
    found = {folded(labels.TOTAL): labels.TOTAL} if has_total else {}
    for code in labels.codes(kind):
        entry = labels.entry(kind, code)
        words = [code, *(entry.get(lang, "") for lang in labels.LANGUAGES)]
        for word in (*words, *entry.get("printed", ())):
            if word:
                found.setdefault(folded(word), code)
    return found


def _dates(cell: str | None, spec: FieldSpec) -> Dates | str | None:
    """Read a cell's dates; a text says why there are none."""
    try:
        return None if cell is None else parse_date(cell, spec.calendar)
    except DateError as error:
        return str(error)


def _month(cell: str | None, spec: FieldSpec) -> Read:
    found = _dates(cell, spec)
    if found is None or isinstance(found, str):
        return Read(None, found or EMPTY)
    if found.first.replace(day=1) != found.last.replace(day=1):
        return Read(None, "more than a month")
    return Read(found.first.replace(day=1).isoformat())


def _day(cell: str | None, spec: FieldSpec, *, is_needed: bool) -> Read:
    """Read a day; of a month alone, its last one, by which all of it was there."""
    found = _dates(cell, spec)
    if found is None:
        return Read(None, EMPTY if is_needed else "")
    if isinstance(found, str):
        return Read(None, found)
    if found.first.replace(day=1) != found.last.replace(day=1):
        return Read(None, "more than a month")
    return Read(found.last.isoformat())


def _number(cell: str | None, *, is_whole: bool) -> Read:
    """Read a number; a missing one is no fault, there is just no figure."""
    try:
        found = None if cell is None else parse_number(cell)
    except NumberError as error:
        return Read(None, str(error))
    if found is None:
        return Read(None)
    unit = labels.code_of("unit", found.unit)
    unit = unit if unit in labels.codes("unit") else ""
    if is_whole:
        if found.value != found.value.to_integral_value():
            return Read(None, "no whole number")
        return Read(str(int(found.value)), "", unit, found.qualifier)
    # A unit that no table has, such as ten thousand of something, is multiplied out.
    text = found.text if unit or not found.unit else plain(found.value)
    return Read(text, "", unit, found.qualifier)


def _text(cell: str | None, *, is_needed: bool) -> Read:
    word = "" if cell is None else " ".join(cell.split())
    if not word:
        return Read(None, EMPTY if is_needed else "")
    if REPLACEMENT in word:
        return Read(None, "a character that could not be decoded")
    return Read(word) if is_printable(word) else Read(None, "control characters")
