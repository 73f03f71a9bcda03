"""From what was read to the rows of a table: case rows are counted, figures added up.

A figure is added to another only where the mapping says that the rows differ in a column
that is added up; two figures of one name are otherwise a fault of the export or the mapping.
Case rows count in the half-year and month of their day, if the period's report covers it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from kao_metrics import labels
from kao_metrics.failures import Failure
from kao_metrics.importing.counting import Row, counted
from kao_metrics.importing.mapping import ExportMapping, kind_of
from kao_metrics.importing.reading import Reading
from kao_metrics.importing.records import Records
from kao_metrics.importing.rows import Entry, Key, keyed
from kao_metrics.labels import TOTAL
from kao_metrics.period import Period
from kao_metrics.printed import places, round_half_up
from kao_metrics.schemas import TABLES, measures


@dataclass(slots=True)
class Tally:
    """The rows of a table by period, and what is not among them.

    ``elsewhere`` counts case rows of other half-years, by code, and those of days that the
    period's report does not cover.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    elsewhere: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)


def tallied(
    reading: Reading,
    records: Sequence[Records],
    mapping: ExportMapping,
    periods: Sequence[Period],
) -> Tally:
    """Make the rows of each period.

    Parameters
    ----------
    reading
        What was read.
    records
        The exports, for the places of failures.
    mapping
        Its table, its kind of rows, and what is added up.
    periods
        The wanted periods, with their covered days; of figures there is one.
    """
    if mapping.rows == "cases":
        return _counted(reading, mapping.table, periods)
    return _added_up(reading.entries, records, mapping, periods[0])


def _counted(reading: Reading, table: str, periods: Sequence[Period]) -> Tally:
    if not reading.cases:
        return Tally()
    rows, elsewhere = counted(pl.concat(reading.cases), table, periods)
    return Tally({code: ordered(found, table) for code, found in rows.items()}, elsewhere)


def _added_up(
    entries: Sequence[Entry],
    records: Sequence[Records],
    mapping: ExportMapping,
    period: Period,
) -> Tally:
    tally = Tally()
    groups: dict[Key, list[Entry]] = defaultdict(list)
    seen: dict[tuple[object, ...], Entry] = {}
    for each in entries:
        key = keyed(each.cells, mapping.table)
        apart = (key, *each.columns.values(), *(each.words[name] for name in mapping.checks.add_up))
        if apart in seen:
            first = seen[apart]
            where = f"{records[first.file].place.file}, row {first.row}"
            name = ", ".join(text for _, text in key if text and text != TOTAL)
            tally.failures.append(
                records[each.file].place.failure(
                    each.row,
                    next(iter(each.columns.values())),
                    f"the figure {name} again (first in {where})",
                    "each figure once; name the columns to add up in [checks] add_up, "
                    "or the rows to leave out in [drop] or [totals]",
                )
            )
        seen.setdefault(apart, each)
        groups[key].append(each)
    figures = measures(mapping.table)
    rows = [
        {**dict(key), **{figure: _sum_of(found, figure) for figure in figures}}
        for key, found in groups.items()
    ]
    if rows:
        tally.rows[period.code] = ordered(rows, mapping.table)
    return tally


def _sum_of(entries: Sequence[Entry], figure: str) -> str:
    """Return a figure as printed; of several, their sum to the places of the finest."""
    texts = [each.cells[figure].text or "0" for each in entries]
    if len(texts) == 1:
        return texts[0]
    return f"{round_half_up(sum(map(Decimal, texts), Decimal(0)), max(map(places, texts))):f}"


def ordered(rows: Sequence[Row], table: str) -> list[Row]:
    """Sort rows by their columns, in the order of the table's codes where it has codes."""
    order: dict[str, dict[str, int]] = {}
    for name in TABLES[table].COLUMNS:
        kind = kind_of(table, name)
        if kind:
            order[name] = {code: at for at, code in enumerate((labels.TOTAL, *labels.codes(kind)))}
    names = [name for name in TABLES[table].COLUMNS if name in rows[0]] if rows else []

    def place(row: Row) -> tuple[tuple[int, str], ...]:
        return tuple(
            (order[name].get(row[name], 0) if name in order else 0, row[name]) for name in names
        )

    return sorted(rows, key=place)
