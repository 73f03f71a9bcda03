"""Totals of an export: they check its details, and are not counted themselves.

A total says in one column or several, by a word such as 總計, that it is over them. It must
be the sum of the details that have its words in all other columns of ``[totals]``; or, as in
tables with subtotals one below the other, of those since the total before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from kao_metrics.failures import Failure
from kao_metrics.importing.mapping import ExportMapping, folded
from kao_metrics.importing.reading import Reading
from kao_metrics.importing.records import Records
from kao_metrics.importing.rows import Entry
from kao_metrics.printed import plain


class Held(NamedTuple):
    """How totals held: how many agree, and a failure for each that does not."""

    agreeing: int
    failures: list[Failure]


def held_totals(reading: Reading, records: Sequence[Records], mapping: ExportMapping) -> Held:
    """Hold every total against its details.

    Parameters
    ----------
    reading
        Details and totals, as they were read.
    records
        The exports, for the places of failures.
    mapping
        Its ``[totals]`` name the columns and words.
    """
    words = {name: set(map(folded, said)) for name, said in mapping.totals.items()}
    details, totals = _by_column(reading.entries), _by_column(reading.totals)
    agreeing, failures = 0, []
    for (file, figure, column), found in totals.items():
        rows = details.get((file, figure, column), [])
        before = 0
        for total in found:
            over = {name for name in words if total.words[name] in words[name]}
            parts = [
                each
                for each in rows
                if all(each.words[name] == total.words[name] for name in words.keys() - over)
            ]
            block = [each for each in parts if before < each.row < total.row]
            before = total.row
            printed = Decimal(total.cells[figure].text or 0)
            sums = [_sum(parts, figure), _sum(block, figure)]
            if parts and printed in sums:
                agreeing += 1
                continue
            expected = (
                f"{plain(sums[0])}, the sum of {len(parts)} rows"
                if parts
                else "rows that it is the total of; they are missing or cannot be read"
            )
            what = f"a total of {plain(printed)}"
            failures.append(records[file].place.failure(total.row, column, what, expected))
    return Held(agreeing, failures)


def _by_column(entries: Sequence[Entry]) -> dict[tuple[int, str, str], list[Entry]]:
    """Group entries by file, figure and column; a cell that makes several figures comes once."""
    found: dict[tuple[int, str, str], dict[int, Entry]] = defaultdict(dict)
    for each in entries:
        for figure, column in each.columns.items():
            found[each.file, figure, column].setdefault(each.row, each)
    return {key: list(rows.values()) for key, rows in found.items()}


def _sum(entries: Sequence[Entry], figure: str) -> Decimal:
    return sum((Decimal(each.cells[figure].text or 0) for each in entries), Decimal(0))
