"""The rows in which two data folders differ, as far as a period's figures read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import polars as pl

from kao_metrics.contracts import Place, read_text
from kao_metrics.failures import DataError
from kao_metrics.labels import Tables
from kao_metrics.period import Period
from kao_metrics.readers import PERIODS, Data, open_data
from kao_metrics.schemas import TABLES, Periods, Schema, key_of, measures

COVERED: Final = "periods"
"""The name of ``periods.csv`` among the tables: its rows say which days are covered."""

ROW: Final = ("table", "table_period", "key")
"""What names a row."""

ROWS: Final = {
    **dict.fromkeys((*ROW, "row_kind", "column", "text_before", "text_after"), pl.String()),
    **dict.fromkeys(("row_before", "row_after"), pl.Int64()),
}
"""The columns of `changed_rows`."""

RowName = tuple[str, str, str]
"""Table, period and key of a row."""


class Release(NamedTuple):
    """A data folder as far as a period reads it.

    Parameters
    ----------
    period
        The period.
    periods
        It and the earlier ones, by code, with the days that they cover.
    rows
        By table and period, the rows as they are written, by their keys.
    tables
        By name, the checked tables.
    own
        What the folder's own labels say.
    """

    period: Period
    periods: dict[str, Period]
    rows: dict[tuple[str, str], dict[str, Mapping[str, Any]]]
    tables: dict[str, pl.LazyFrame]
    own: Tables


def read_release(data: Data | Path, period: str | Period) -> Release:
    """Read what a period's figures are computed from, once it keeps its contract.

    Raises
    ------
    DataError
        If the folder does not have the period or breaks its contract.
    """
    data = data if isinstance(data, Data) else open_data(data)
    known = data.period(period)
    periods = {each.code: each for each in (known, *data.earlier(known))}
    tables = data.read_all(*periods.values())
    rows = {
        (table, code): dict(_rows(data.path(table, each), table))
        for code, each in periods.items()
        for table in data.tables(each)
    }
    covered = dict(_rows(data.folder / PERIODS, COVERED))
    rows |= {(COVERED, code): {code: covered[code]} for code in periods}
    return Release(known, periods, rows, tables, data.own)


def _rows(path: Path, table: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Read the rows of a file as they are written, each with its key."""
    frame, failures = read_text(path, Place(table, str(path)), _schema(table))
    if failures:
        raise DataError(failures)
    key = _key(table)
    for row in frame.iter_rows(named=True):
        yield ", ".join(row[name] for name in key if row[name]), row


def changed_rows(before: Data | Path, after: Data | Path, period: str | Period) -> pl.DataFrame:
    """List the rows in which two data folders differ, as far as a period's figures read them.

    Parameters
    ----------
    before, after
        The data folders.
    period
        The period; rows of all earlier periods are among them, and their rows of
        ``periods.csv``.

    Returns
    -------
    DataFrame
        One row a cell that is not written the same, with the numbers of its row in both
        files, as a spreadsheet counts. ``row_kind`` is ``changed``, ``added`` or ``removed``;
        an added or removed row is there once for each figure in it. ``key`` is what names the
        row in its table, so that the order of rows does not count.

    Raises
    ------
    DataError
        If a folder does not have the period or breaks its contract.

    Examples
    --------
    >>> changed_rows(Path("data"), Path("data"), "107H1").columns[:4]
    ['table', 'table_period', 'key', 'row_kind']
    """
    return differing(read_release(before, period), read_release(after, period))


def differing(before: Release, after: Release) -> pl.DataFrame:
    """As `changed_rows`, of releases that were read already."""
    found: list[tuple[Any, ...]] = []
    for table, code in dict.fromkeys([*after.rows, *before.rows]):
        was, now = (each.rows.get((table, code), {}) for each in (before, after))
        for key in dict.fromkeys([*now, *was]):
            there = (was.get(key), now.get(key))
            kind = "removed" if there[1] is None else "added" if there[0] is None else "changed"
            names = _columns(table) if kind == "changed" else _measures(table)
            for name in names:
                texts = [None if row is None else row[name] for row in there]
                if kind != "changed" or texts[0] != texts[1]:
                    rows = [None if row is None else row["row"] for row in there]
                    found.append((table, code, key, kind, name, *texts, *rows))
    return pl.DataFrame(found, schema=ROWS, orient="row")


def counting(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep the changed rows that figures can be computed from: of ``periods.csv`` the days.

    >>> counting(pl.DataFrame(schema=ROWS)).height
    0
    """
    is_day = pl.col("column").is_in(_measures(COVERED))
    return rows.filter((pl.col("table") != COVERED) | is_day)


def _schema(table: str) -> Schema:
    return Periods if table == COVERED else TABLES[table]


def _key(table: str) -> tuple[str, ...]:
    return tuple(Periods.primary_key()) if table == COVERED else key_of(table)


def _columns(table: str) -> tuple[str, ...]:
    key = _key(table)
    return tuple(name for name in _schema(table).COLUMNS if name not in key)


def _measures(table: str) -> tuple[str, ...]:
    return ("covers_from", "covers_to") if table == COVERED else measures(table)
