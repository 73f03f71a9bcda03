"""Rows that come twice, and keys that name no row: found in bounded memory, whatever the size.

Each row is hashed as a whole, and its key beside it; the hashes go to disk and are counted a
part at a time. Rows whose hashes meet are read again and compared, unless there are very many,
so that what is reported is the same, cell by cell, and not by chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Final

import polars as pl

from kao_metrics.failures import DataError
from kao_metrics.importing.gathering import (
    FILE,
    MOVED,
    TIMES,
    blocks,
    cell,
    cells_of,
)
from kao_metrics.importing.mapping import ExportMapping
from kao_metrics.importing.records import ROW, Records, running

_PART: Final = 4_000_000
"""Rows whose hashes are counted at once: some 0.2 GB."""

_MOST: Final = 200_000
"""Rows with a duplicate up to which each is compared; of more the hashes tell."""

_FILE_APART: Final = 1 << 40
_WHOLE: Final = "whole"
_KEY: Final = "key"
_AGAIN_TIMES: Final = "again"
_AGAIN: Final = {FILE: pl.Int64, ROW: pl.Int64}


@dataclass(slots=True)
class Duplicates:
    """Rows that come again.

    Parameters
    ----------
    rows
        How many rows are exact duplicates of one before them.
    first
        The place of a row that comes again, for a person to look at.
    again
        ``file``, ``row`` of those rows.
    keyed, keys
        Rows that have a key, and how many different ones there are.
    """

    rows: int = 0
    first: str = ""
    again: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_AGAIN))
    keyed: int = 0
    keys: int = 0


def find_duplicates(
    records: Sequence[Records],
    mapping: ExportMapping,
    work: Path,
    step: Callable[[int], None] = lambda _: None,
) -> Duplicates:
    """Find exact duplicates of rows, and whether the key of the mapping is one.

    Parameters
    ----------
    records
        The exports.
    mapping
        ``[checks] key`` names the column that should name each row once.
    work
        A folder for the hashes.
    step
        Told how many exports are done.

    Raises
    ------
    DataError
        If one export holds nothing but rows of another, which would count them twice.
    """
    folder = work / "hashes"
    folder.mkdir(exist_ok=True)
    total = 0
    for number, each in enumerate(records):
        target = folder / f"{number:04}.parquet"
        running(each, partial(_sink, mapping=mapping, target=target))
        total += pl.scan_parquet(target).select(pl.len()).collect().item()
        step(number + 1)
    hashes = pl.concat(
        pl.scan_parquet(folder / f"{number:04}.parquet").with_columns(
            pl.lit(number, pl.Int64).alias(FILE)
        )
        for number in range(len(records))
    )
    found = Duplicates()
    parts = total // _PART + 1
    shared: Counter[tuple[int, ...]] = Counter()
    distinct: Counter[int] = Counter()
    for part in range(parts):
        some = hashes.filter(pl.col(_WHOLE) % parts == part)
        groups = some.group_by(_WHOLE).len().filter(pl.col("len") > 1).collect(engine="streaming")
        found.rows += int((groups["len"] - 1).sum() or 0)
        rows = some.join(groups.lazy().select(_WHOLE), on=_WHOLE, how="semi")
        if groups.height and not found.first:
            at = rows.select((pl.col(FILE) * _FILE_APART + pl.col(ROW)).min())
            file, row = divmod(at.collect(engine="streaming").item(), _FILE_APART)
            found.first = f"{records[file].place.file}, row {row}"
        if len(records) > 1:
            files = rows.group_by(_WHOLE).agg(pl.col(FILE).unique().sort())
            shared += Counter(map(tuple, files.collect(engine="streaming")[FILE].to_list()))
            each_file = some.group_by(FILE).agg(pl.col(_WHOLE).n_unique())
            distinct += Counter(dict(each_file.collect(engine="streaming").iter_rows()))
        if mapping.checks.key:
            keys = hashes.filter(pl.col(_KEY).is_not_null(), pl.col(_KEY) % parts == part)
            counts = keys.group_by(_KEY).len().select(pl.col("len").sum(), n=pl.len())
            keyed, keys_of_part = counts.collect(engine="streaming").row(0)
            found.keyed += keyed
            found.keys += keys_of_part
    _no_file_twice(shared, distinct, records)
    if found.rows and (found.rows <= _MOST or mapping.checks.duplicates == "remove"):
        _place(found, hashes, records, mapping)
    return found


def _sink(records: Records, mapping: ExportMapping, target: Path) -> None:
    _hashed(records, mapping).sink_parquet(target, compression="lz4")


def _hashed(records: Records, mapping: ExportMapping) -> pl.LazyFrame:
    """Hash each row that is not blank, and its key."""
    frame = _comparable(records, mapping)
    data = [name for name in frame.collect_schema() if name != ROW]
    key = mapping.checks.key
    column = pl.col(records.position(key)) if key else pl.lit(None, pl.String)
    return frame.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in data)).select(
        pl.col(ROW).cast(pl.Int64),
        pl.struct(data).hash(7).alias(_WHOLE),
        pl.when(column.is_not_null()).then(column.hash(7)).alias(_KEY),
    )


def _comparable(records: Records, mapping: ExportMapping) -> pl.LazyFrame:
    """Return rows that can be compared: a blank cell that repeats the one above is filled.

    Rows that go on with a case above look alike, whichever case that is.
    """
    if not mapping.file.fill_down:
        return records.frame
    data = [name for name in records.frame.collect_schema() if name != ROW]
    is_blank = pl.all_horizontal(pl.col(name).is_null() for name in data)
    return records.frame.filter(~is_blank).with_columns(pl.col(data).forward_fill())


def _no_file_twice(
    shared: Counter[tuple[int, ...]], distinct: Counter[int], records: Sequence[Records]
) -> None:
    """Refuse an export all of whose rows stand in another one, too."""
    pairs: Counter[tuple[int, int]] = Counter()
    for files, rows in shared.items():
        for pair in combinations(files, 2):
            pairs[pair] += rows
    failures = []
    for (first, second), rows in sorted(pairs.items()):
        if rows > 1 and rows >= min(distinct[first], distinct[second]):
            is_second = distinct[second] <= distinct[first]
            inner, outer = (second, first) if is_second else (first, second)
            what = f"the same {rows} rows that are in {records[outer].place.file}"
            expected = "each row in one file only; leave one file out"
            failures.append(records[inner].place.failure(None, "", what, expected))
    if failures:
        raise DataError(failures)


def _place(
    found: Duplicates, hashes: pl.LazyFrame, records: Sequence[Records], mapping: ExportMapping
) -> None:
    """Find the duplicates one by one, and hold them cell by cell against the row before them."""
    met = hashes.filter(pl.len().over(_WHOLE) > 1).collect(engine="streaming")
    if met.height <= _MOST:
        frames = [
            running(records[file], partial(_texts, mapping=mapping, rows=part[ROW])).with_columns(
                pl.lit(file, pl.Int64).alias(FILE)
            )
            for file, part in blocks(met)
        ]
        met = pl.concat(frames)
    met = met.sort(FILE, ROW)
    found.again = met.filter(~pl.col(_WHOLE).is_first_distinct()).select(FILE, ROW)
    found.rows = found.again.height


def _texts(records: Records, mapping: ExportMapping, rows: pl.Series) -> pl.DataFrame:
    """Return whole rows, each as one list of texts."""
    data = [name for name in records.frame.collect_schema() if name != ROW]
    texts = [pl.col(name).cast(pl.String).fill_null("\0") for name in data]
    return (
        _comparable(records, mapping)
        .filter(pl.col(ROW).is_in(rows.implode()))
        .select(pl.col(ROW).cast(pl.Int64), pl.concat_list(texts).alias(_WHOLE))
        .collect(engine="streaming")
    )


def without(
    gathered: pl.DataFrame,
    duplicates: Duplicates,
    records: Sequence[Records],
    mapping: ExportMapping,
) -> pl.DataFrame:
    """Return gathered rows without the duplicates.

    Of cases, the duplicates are taken off the times that their cells were counted.
    """
    if duplicates.again.is_empty():
        return gathered
    frames = []
    for file, part in blocks(gathered):
        rows = duplicates.again.filter(pl.col(FILE) == file)[ROW]
        if mapping.rows == "figures":
            frames.append(part.filter(~pl.col(ROW).is_in(rows.implode())))
            continue
        again = running(records[file], partial(_counted, mapping=mapping, rows=rows))
        names = [name for name in again.columns if name != _AGAIN_TIMES]
        joined = part.join(again, on=names, how="left", nulls_equal=True, maintain_order="left")
        times = pl.col(TIMES) - pl.col(_AGAIN_TIMES).fill_null(0)
        frames.append(joined.with_columns(times.alias(TIMES)).drop(_AGAIN_TIMES))
    return pl.concat(frames).filter(pl.col(TIMES) > 0)


def _counted(records: Records, mapping: ExportMapping, rows: pl.Series) -> pl.DataFrame:
    """Count the cells of some rows, as the gathering counts them."""
    names = [cell(name) for name in mapping.cells()]
    return (
        cells_of(records, mapping)
        .filter(pl.col(ROW).is_in(rows.implode()))
        .select(MOVED, *(pl.col(name).cast(pl.String) for name in names))
        .group_by(MOVED, *names)
        .agg(pl.len().cast(pl.Int64).alias(_AGAIN_TIMES))
        .collect(engine="streaming")
    )
