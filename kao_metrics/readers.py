"""The only reader of data/: text in, checked figures out, or one `DataError`.

A table is read eagerly and as text, so that a figure is seen as it was printed; it is
typed, given the columns that its rules need, and held against its contract. Every failure
of every table that was asked for is collected before one error is raised. What comes out
is a LazyFrame for the metrics.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import polars as pl

from kao_metrics import labels
from kao_metrics.contracts import Place, contract_failures, read_text, typed
from kao_metrics.failures import DataError, Failure, UnknownNameError
from kao_metrics.own_labels import FILE_NAME as LABELS
from kao_metrics.own_labels import read_labels
from kao_metrics.period import Period
from kao_metrics.preparation import prepared
from kao_metrics.schemas import TABLES, Periods, Reference, Schema, Stated, TableName, Valued
from kao_metrics.sources import FILE_NAME as SOURCES
from kao_metrics.sources import Source, SourceError, read_sources

PERIODS: Final = "periods.csv"
REFERENCE: Final = "reference/peer_cities.csv"
OWN: Final = ("stated",)
"""Tables that only the report of their own period reads."""

DATA_DIR: Final = "KAO_METRICS_DATA_DIR"
"""Environment variable with the data folder of notebooks that name none."""


@dataclass(frozen=True, slots=True)
class Data:
    """A data folder: its periods and sources, and the way to its tables.

    Parameters
    ----------
    folder
        The folder.
    periods
        By code, the half-years with the days that their reports cover.
    expected
        By code, the tables that the report is said to have; a missing one is an error.
    sources
        By name, the documents.
    own
        By kind and code, what the folder's own labels say.
    """

    folder: Path
    periods: dict[str, Period]
    expected: dict[str, tuple[str, ...]]
    sources: dict[str, Source]
    own: labels.Tables = field(default_factory=dict, repr=False)

    def period(self, spelling: str | Period) -> Period:
        """Return a period with its covered days.

        Raises
        ------
        PeriodError
            If the spelling is no half-year.
        DataError
            If ``periods.csv`` does not have the period.
        """
        period = Period.parse(spelling)
        if period.code not in self.periods:
            known = ", ".join(self.periods)
            place = Place("periods", str(self.folder / PERIODS))
            near = labels.nearest(period.code, self.periods)
            hint = f"; did you mean {near}?" if near else ""
            message = f"a row for every report; it has {known or 'none'}{hint}"
            raise DataError([place.failure(None, "period", f"no row for {period}", message)])
        return self.periods[period.code]

    def path(self, table: str, period: Period) -> Path:
        """Return the file of a table and period."""
        return self.folder / table / f"{period.code}.csv"

    def tables(self, period: Period) -> tuple[str, ...]:
        """Return the tables that a period has, or should have."""
        expected = self.expected.get(period.code, ())
        return tuple(
            table for table in TABLES if table in expected or self.path(table, period).exists()
        )

    def read(self, table: str, *periods: Period) -> pl.LazyFrame:
        """Read one table of one or more periods; a period without it adds no rows.

        Raises
        ------
        DataError
            If the rows break the contract.
        """
        frames, failures = [], []
        for period in periods:
            if table in self.tables(period):
                frame, found = self._read(table, period)
                frames.append(frame)
                failures += found
        if failures:
            raise DataError(failures)
        schema = TABLES[table]
        return pl.concat([schema.create_empty(), *frames], how="vertical").lazy()

    def read_all(self, period: Period, *earlier: Period) -> dict[str, pl.LazyFrame]:
        """Read every table of a period, and of earlier ones for comparison and series.

        Of earlier periods what they state is not read: it is judged in their own reports.

        Raises
        ------
        DataError
            With every failure of every table, or if the period has no table at all.
        """
        frames: dict[str, pl.LazyFrame] = {}
        failures: list[Failure] = []
        if not self.tables(period):
            files = ", ".join(f"{table}/{period}.csv" for table in TABLES)
            place = Place("", str(self.folder))
            failures.append(place.failure(None, "", f"no table of {period}", f"one of {files}"))
        for table in TABLES:
            try:
                frames[table] = self.read(table, period, *(() if table in OWN else earlier))
            except DataError as error:
                failures += error.failures
        failures = failures or self._shared_names(period, frames)
        if failures:
            raise DataError(failures)
        return frames

    def _shared_names(self, period: Period, frames: dict[str, pl.LazyFrame]) -> list[Failure]:
        """Find counted services that have the name of a figure of another table."""
        taken = pl.concat(
            frames[table].select("indicator")
            for table in frames
            if issubclass(TABLES[table], Valued) and table != "services"
        ).unique()
        shared = (
            frames["services"]
            .filter(pl.col("time_period") == period.code)
            .join(taken, on="indicator", how="semi")
            .sort("row")
            .collect()
        )
        place = Place("services", str(self.path("services", period)))
        expected = "a name that no figure of another table has"
        return [
            place.failure(row["row"], "indicator", repr(row["indicator"]), expected)
            for row in shared.iter_rows(named=True)
        ]

    def earlier(self, period: Period) -> tuple[Period, ...]:
        """Return the known periods before a period, the nearest first."""
        before = [each for each in self.periods.values() if each.start < period.start]
        return tuple(sorted(before, key=lambda each: each.start, reverse=True))

    def read_reference(self) -> pl.LazyFrame:
        """Read what other governments published; empty if the folder has no such file.

        Raises
        ------
        DataError
            If the rows break the contract.
        """
        path = self.folder / REFERENCE
        if not path.exists():
            return Reference.create_empty().lazy()
        with labels.known_beside(self.own):
            frame, failures = _checked(path, Place("reference", str(path)), Reference, self.sources)
        if failures:
            raise DataError(failures)
        return frame.lazy()

    def _read(self, table: str, period: Period) -> tuple[pl.DataFrame, list[Failure]]:
        path = self.path(table, period)
        try:
            digest = sha256(path.read_bytes()).hexdigest()
        except OSError:
            digest = ""
        with labels.known_beside(self.own):
            known = frozenset(self.sources)
            return _checked_once(path, f"{digest} {self.own}", table, known, period)


def open_data(folder: str | Path) -> Data:
    """Open a data folder: read its periods and sources, and no table yet.

    Raises
    ------
    DataError
        If ``periods.csv`` or ``sources.toml`` is missing, or they or the folder's own
        ``labels.toml`` break their contract.
    """
    folder = Path(folder)
    failures: list[Failure] = []
    if not folder.is_dir():
        place = Place("", str(folder))
        hint = f"a folder with {PERIODS}, {SOURCES} and the tables; name it with --data-dir"
        raise DataError([place.failure(None, "", "no such folder", hint)])
    sources: dict[str, Source] = {}
    try:
        sources = read_sources(folder)
    except SourceError as error:
        place = Place("sources", str(folder / SOURCES))
        what = str(error).removeprefix(place.file).lstrip(":, ")
        failures.append(place.failure(None, "", what, "a table for every document"))
    own, faults = read_labels(folder)
    failures += [Failure("labels", str(folder / LABELS), (), *fault) for fault in faults]
    path = folder / PERIODS
    frame, found = _checked(path, Place("periods", str(path)), Periods, sources)
    failures += found
    if failures:
        raise DataError(failures)
    rows = frame.sort("period").iter_rows(named=True)
    periods, expected = {}, {}
    for row in rows:
        period = Period.parse(row["period"]).covering(row["covers_from"], row["covers_to"])
        periods[period.code] = period
        expected[period.code] = tuple((row["tables"] or "").split())
    return Data(folder, periods, expected, sources, own)


def read(table: TableName | str, period: str | Period, data_dir: str | Path = "") -> pl.LazyFrame:
    """Read one table of one period, checked.

    Parameters
    ----------
    table
        Such as ``workforce`` or ``complaints``: a folder of the data folder.
    period
        In any accepted spelling, such as ``107H1`` or ``2018-S1``.
    data_dir
        The data folder; the nearest ``data`` above the working directory if left out.

    Returns
    -------
    LazyFrame
        The table as its metrics take it; without rows if the period does not have it.

    Raises
    ------
    UnknownNameError
        If no table is called so; with the nearest name that one has.
    PeriodError
        If the period is no half-year.
    DataError
        If the data folder does not have the period, or the rows break the contract.

    Examples
    --------
    >>> read("workforce", "107H1").select("category", "headcount").collect().row(0)
    ('frontline', 5984)
    >>> read("complaint", "107H1")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    kao_metrics.failures.UnknownNameError: no table is called 'complaint'; did you mean ...
    """
    if table not in TABLES:
        hint = labels.suggestion(table, TABLES)
        raise UnknownNameError(f"no table is called {table!r}{hint}")
    data = open_data(find_data_dir(data_dir))
    return data.read(table, data.period(period))


def find_data_dir(folder: str | Path = "") -> Path:
    """Return the data folder: the one that is named, or the nearest ``data`` above here.

    A notebook that is opened in ``notebooks/`` and one that is run from the top level find
    the same folder; from anywhere else it is the one beside the package, in a clone. The
    environment may name another, as ``kao-metrics lab --data-dir`` does.
    """
    if named := folder or os.environ.get(DATA_DIR):
        return Path(named)
    here = Path.cwd()
    tops = (here, *here.parents, Path(__file__).parent.parent)
    found = (top / "data" for top in tops if (top / "data" / PERIODS).exists())
    return next(found, here / "data")


def read_stated(path: Path) -> pl.DataFrame:
    """Read a file of stated figures from anywhere: id, stated and operands are all it needs.

    Raises
    ------
    DataError
        If the rows break the contract of the table ``stated``.
    """
    place = Place("stated", str(path))
    frame, failures = _checked(path, place, Stated, None, lenient=True)
    if failures:
        raise DataError(failures)
    return frame


@lru_cache(maxsize=2048)
def _checked_once(
    path: Path, _digest: str, table: str, sources: frozenset[str], period: Period
) -> tuple[pl.DataFrame, list[Failure]]:
    """Check a file once for all periods of a batch whose series it is part of."""
    return _checked(path, Place(table, str(path)), TABLES[table], sources, period)


def _checked(  # noqa: PLR0913 - what a file is, and what it is checked against
    path: Path,
    place: Place,
    schema: Schema,
    sources: Collection[str] | None,
    period: Period | None = None,
    *,
    lenient: bool = False,
) -> tuple[pl.DataFrame, list[Failure]]:
    """Read, type, prepare and check one file; on failures the frame is what could be read."""
    text, failures = read_text(path, place, schema, lenient=lenient)
    if not failures or all(failure.rows not in ((), (1,)) for failure in failures):
        frame, found = typed(text, place, schema, lenient=lenient)
        failures += found
        frame = prepared(frame, place.table, schema, sources, period)
        # A whole whose own row could not be read is there all the same.
        unread = {"part_of_names_a_row"} if found else set()
        unread |= {"section|regex"} if lenient else set()
        failures += contract_failures(frame, place, schema, unless=unread)
        failures.sort(key=lambda failure: failure.rows)
        return frame.select(schema.column_names()), failures
    return schema.create_empty(), failures
