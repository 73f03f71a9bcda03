"""Bring the rows of exports together: every row once, or each combination of cells counted.

Case rows are many and their cells few: a complaint's day, stage and category take some ten
thousand different combinations, however many complaints there are. So the cells are counted
as they stand, in one streaming pass, and only then read, each different one once. Columns
that no mapping names are never brought here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import polars as pl

from kao_metrics.importing.mapping import ExportMapping
from kao_metrics.importing.records import ROW, Records, running
from kao_metrics.importing.rejects import MOST

FILE: Final = "file"
TIMES: Final = "times"
MOVED: Final = "moved"
"""Whether cells stand beyond the last column of the header."""

_BLANK: Final = "blank"
_TIME: Final = r"[\sT]+(上午|下午|AM|PM|am|pm)?\s*\d{1,2}:\d{2}"
_DAY_FIRST: Final = r"^\s*([^\sT]+(?:\s?年\s?\d+\s?月\s?\d+\s?日)?)"
_LOOK: Final = 2_000


def cell(name: str) -> str:
    """Return the name of the column of a frame that has an export's cells."""
    return f"={name}"


def gathered(
    records: Sequence[Records], mapping: ExportMapping, step: Callable[[int], None] = lambda _: None
) -> pl.DataFrame:
    """Gather the cells that a mapping names.

    Parameters
    ----------
    records
        The exports.
    mapping
        Which columns are read.
    step
        Told how many exports are done.

    Returns
    -------
    DataFrame
        ``file`` (position in `records`), ``row`` (the first, where several are alike),
        ``times`` (rows), ``moved`` and a column `cell` of text for each column of the mapping.
        Of cases, a row for each combination; else each row of the exports.
    """
    frames = []
    for number, each in enumerate(records):
        found = running(each, lambda one: _of_one(one, mapping))
        frames.append(found.with_columns(pl.lit(number, pl.Int64).alias(FILE)))
        step(number + 1)
    return pl.concat(frames)


def _of_one(records: Records, mapping: ExportMapping) -> pl.DataFrame:
    lazy = cells_of(records, mapping)
    names = [name for name in lazy.collect_schema() if name != ROW]
    if mapping.rows == "cases":
        lazy = lazy.group_by(names).agg(
            pl.len().cast(pl.Int64).alias(TIMES), pl.col(ROW).min().cast(pl.Int64)
        )
    else:
        lazy = lazy.with_columns(pl.lit(1, pl.Int64).alias(TIMES), pl.col(ROW).cast(pl.Int64))
    found = lazy.collect(engine="streaming").sort(ROW)
    texts = [pl.col(cell(name)).cast(pl.String) for name in mapping.cells()]
    return found.select(ROW, TIMES, MOVED, *texts)


def cells_of(records: Records, mapping: ExportMapping) -> pl.LazyFrame:
    """Return the cells that a mapping names, of every row that is not blank where that counts.

    Times of day are cut off days, so that equal days are equal cells.
    """
    frame = records.frame
    fill = mapping.file.fill_down
    if fill:
        # A blank row repeats nothing: it must not become a row by being filled.
        data = [name for name in frame.collect_schema() if name != ROW]
        is_blank = pl.all_horizontal(pl.col(name).is_null() for name in data)
        filled = [pl.col(records.position(name)).forward_fill() for name in fill]
        frame = frame.filter(~is_blank).with_columns(filled)
    moved = [pl.col(name).is_not_null() for name in records.spare]
    days = {fields["received"].column for fields in mapping.each_figure() if "received" in fields}
    schema = frame.collect_schema()
    cells = []
    for name in mapping.cells():
        position = records.position(name)
        column = pl.col(position)
        if name in days:
            column = _day(column, schema[position], records, position)
        cells.append(column.alias(cell(name)))
    return frame.select(
        ROW,
        pl.any_horizontal(moved).alias(MOVED) if moved else pl.lit(value=False).alias(MOVED),
        *cells,
    )


def _day(column: pl.Expr, kind: pl.DataType, records: Records, position: str) -> pl.Expr:
    """Cut the time of day off, where there is one; looking at all rows would cost too much."""
    if isinstance(kind, pl.Datetime):
        return column.dt.date()
    if kind != pl.String:
        return column
    sample = records.frame.head(_LOOK).select(pl.col(position)).collect().to_series()
    has_times = sample.str.contains(_TIME).any()
    return column.str.extract(_DAY_FIRST).fill_null(column) if has_times else column


def whole_rows(records: Records, mapping: ExportMapping, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the whole rows of an export whose cells are wanted: at most `MOST`.

    Parameters
    ----------
    records
        The export.
    mapping
        Which columns are read.
    wanted
        Of `gathered`, the combinations that could not be read.

    Returns
    -------
    DataFrame
        ``row`` and the columns of the export, as text.
    """
    names = [MOVED, *(cell(name) for name in mapping.cells())]

    def query(one: Records) -> pl.DataFrame:
        cells = cells_of(one, mapping).with_columns(
            pl.col(name).cast(pl.String) for name in names if name != MOVED
        )
        rows = cells.join(wanted.lazy().select(names), on=names, how="semi", nulls_equal=True)
        numbers = rows.select(pl.col(ROW)).head(MOST).collect(engine="streaming").to_series()
        found = one.frame.filter(pl.col(ROW).is_in(numbers.implode()))
        return found.select(pl.col(ROW).cast(pl.Int64), pl.exclude(ROW).cast(pl.String)).collect(
            engine="streaming"
        )

    return running(records, query).sort(ROW)


def blocks(frame: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """Split gathered rows by their export."""
    for (number,), part in frame.group_by(FILE, maintain_order=True):
        yield int(str(number)), part
