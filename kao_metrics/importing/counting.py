"""Case rows, read a column at a time and counted: as fast for a million combinations as for ten.

What comes in are combinations of cells with the times that they occur; what comes out are
counts by period, month and the other columns of the table. A case counts in the half-year
and month of its day, if the report of that period covers it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from kao_metrics.importing.gathering import MOVED, TIMES, cell
from kao_metrics.importing.mapping import CASE_DEFAULTS
from kao_metrics.importing.rows import Entry, RowReader
from kao_metrics.period import Period
from kao_metrics.schemas import TABLES, measures

_RECEIVED: Final = "received"
_MONTH: Final = "month"
_FIGURE: Final = "figure"
_PERIOD: Final = "period"
_UNCOVERED: Final = "{}, on days that its report does not cover"

Row = dict[str, str]
"""A row of a table's CSV: by column, the text."""


class Cases(NamedTuple):
    """Case rows, read: those found, those that could not be read, how many are not wanted.

    ``found`` has ``figure`` (which of the mapping's), ``received`` (a date), the columns of
    the table that name a row, and ``times``; ``bad`` are combinations as they were gathered.
    """

    found: pl.DataFrame
    bad: pl.DataFrame
    left_out: int


def read_cases(part: pl.DataFrame, rows: RowReader) -> Cases:
    """Read gathered case rows.

    Parameters
    ----------
    part
        Of one export, what `kao_metrics.importing.gathering.gathered` returns.
    rows
        Reads the cells.
    """
    texts = {name: part[cell(name)] for name in rows.mapping.cells()}
    blank = pl.all_horizontal(pl.col(cell(name)).fill_null("") == "" for name in texts)
    bad = [part[MOVED], part.select(blank).to_series()]
    out = []
    for name in rows.filters:
        drops = {text: rows.drops(name, text) for text in texts[name].unique()}
        out.append(_of_each(texts[name], drops, pl.Boolean))
    frames = []
    for number, fields in enumerate(rows.fields):
        columns: dict[str, Any] = {}
        for name, (source, value) in fields.items():
            if not source:
                columns[name] = rows.cell(number, name, value).text
                continue
            cells = texts[source]
            read = {text: rows.cell(number, name, text) for text in cells.unique()}
            faults = {text: bool(each.reason) for text, each in read.items()}
            bad.append(_of_each(cells, faults, pl.Boolean))
            found = {text: each.text for text, each in read.items()}
            columns[name] = _of_each(cells, found, pl.String)
        frames.append(_framed(rows.mapping.table, number, part[TIMES], columns))
    marks = part.select(
        bad=pl.any_horizontal(pl.lit(each) for each in bad),
        out=pl.any_horizontal(pl.lit(each) for each in out) if out else pl.lit(value=False),
    )
    is_good = ~marks["bad"] & ~marks["out"]
    return Cases(
        pl.concat(frame.filter(is_good) for frame in frames),
        part.filter(marks["bad"] & ~marks["out"]),
        int(part.filter(marks["out"])[TIMES].sum()),
    )


def cases_of(entries: Sequence[Entry], table: str) -> pl.DataFrame:
    """Return case rows that were read one by one as `Cases` has them."""
    seen: Counter[tuple[int, int]] = Counter()
    frames = []
    for each in entries:
        texts = {name: read.text for name, read in each.cells.items()}
        number = seen[each.file, each.row]
        seen[each.file, each.row] += 1
        frames.append(_framed(table, number, pl.Series(TIMES, [each.times]), texts))
    return pl.concat(frames)


def counted(
    cases: pl.DataFrame, table: str, periods: Sequence[Period]
) -> tuple[dict[str, list[Row]], Counter[str]]:
    """Count case rows by period and by what names a row of the table.

    Parameters
    ----------
    cases
        Case rows that were read.
    table
        The table.
    periods
        The wanted periods, with their covered days.

    Returns
    -------
    tuple
        The rows by period; and how many case rows are of other half-years, or of days that
        the report of their period does not cover.
    """
    half = (pl.col(_RECEIVED).dt.month() - 1) // 6 + 1
    cases = cases.with_columns(
        pl.format("{}-S{}", pl.col(_RECEIVED).dt.year(), half).alias(_PERIOD)
    )
    wanted = pl.DataFrame(
        {
            _PERIOD: [period.code for period in periods],
            "from": [period.covers_from for period in periods],
            "to": [period.covers_to for period in periods],
        },
        schema={_PERIOD: pl.String, "from": pl.Date, "to": pl.Date},
    )
    joined = cases.join(wanted, on=_PERIOD, how="left")
    is_covered = pl.col(_RECEIVED).is_between("from", "to").fill_null(value=False)
    others = joined.filter(~is_covered, pl.col(_FIGURE) == 0).select(
        pl.when(pl.col("from").is_null())
        .then(pl.col(_PERIOD))
        .otherwise(pl.format(_UNCOVERED, pl.col(_PERIOD)))
        .alias(_PERIOD),
        TIMES,
    )
    elsewhere = Counter(dict(others.group_by(_PERIOD).agg(pl.col(TIMES).sum()).iter_rows()))
    names = [name for name in _names(table) if name != _MONTH]
    month = pl.col(_RECEIVED).dt.truncate("1mo").cast(pl.String).alias(_MONTH)
    keys = [*names, _MONTH] if _MONTH in TABLES[table].COLUMNS else names
    counts = (
        joined.filter(is_covered)
        .with_columns(month)
        .group_by(_PERIOD, *keys)
        .agg(pl.col(TIMES).sum().cast(pl.String).alias(TABLES[table].FIGURE))
    )
    rows: dict[str, list[Row]] = {period.code: [] for period in periods}
    for row in counts.iter_rows(named=True):
        rows[row.pop(_PERIOD)].append(row)
    return {code: found for code, found in rows.items() if found}, elsewhere


def _of_each(
    texts: pl.Series, known: Mapping[str | None, object], kind: type[pl.DataType]
) -> pl.Series:
    """Look up what is known of each text."""
    return pl.Series([known[text] for text in texts], dtype=kind)


def _names(table: str) -> list[str]:
    own = {*measures(table), "source_id"}
    return [name for name in TABLES[table].COLUMNS if name not in own]


def _framed(table: str, number: int, times: pl.Series, columns: Mapping[str, Any]) -> pl.DataFrame:
    """Put columns beside each other; what a mapping does not say is the ordinary code."""

    def texts(name: str) -> pl.Expr:
        found = columns.get(name)
        if isinstance(found, pl.Series):
            return pl.lit(found)
        return pl.lit(found, pl.String)

    names = [name for name in _names(table) if name != _MONTH]
    return times.to_frame(TIMES).select(
        TIMES,
        pl.lit(number, pl.Int64).alias(_FIGURE),
        texts(_RECEIVED).str.to_date(strict=False).alias(_RECEIVED),
        *(texts(name).fill_null(CASE_DEFAULTS.get(name, "")).alias(name) for name in names),
    )
