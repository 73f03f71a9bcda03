"""The only reader of data/: text in, checked figures out, or one `DataError`.

A table is read eagerly and as text, so that a figure is seen as it was printed; it is
typed, given the columns that its rules need, and held against its contract. Every failure
of every table that was asked for is collected before one error is raised. What comes out
is a LazyFrame for the metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from kao_metrics import labels
from kao_metrics.breakdowns import parts_of_totals
from kao_metrics.contracts import Place, contract_failures, read_text, typed
from kao_metrics.period import Period
from kao_metrics.printed import bounds
from kao_metrics.schemas import (
    DECIMAL,
    TABLES,
    DataError,
    Failure,
    Periods,
    Reference,
    Schema,
    Stated,
    Table,
    Valued,
)
from kao_metrics.sources import FILE_NAME as SOURCES
from kao_metrics.sources import Source, SourceError, read_sources

PERIODS: Final = "periods.csv"
REFERENCE: Final = "reference/peer_cities.csv"

DIMENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "workforce": ("funding", "employer", "subcategory", "category"),
    "complaints": ("category", "sector", "month"),
}
"""By table, the columns that break its figures down, finest first."""


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
    """

    folder: Path
    periods: dict[str, Period]
    expected: dict[str, tuple[str, ...]]
    sources: dict[str, Source]

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
            message = f"a row for every report; it has {known or 'none'}"
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
        """Read every table of a period, and of earlier ones to compare it with.

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
                frames[table] = self.read(table, period, *earlier)
            except DataError as error:
                failures += error.failures
        if failures:
            raise DataError(failures)
        return frames

    def earlier(self, period: Period) -> tuple[Period, ...]:
        """Return the known periods that a period is compared with, the nearest first."""
        codes = dict.fromkeys((period.previous.code, period.same_half_last_year.code))
        return tuple(self.periods[code] for code in codes if code in self.periods)

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
        frame, failures = _checked(path, Place("reference", str(path)), Reference, self.sources)
        if failures:
            raise DataError(failures)
        return frame.lazy()

    def _read(self, table: str, period: Period) -> tuple[pl.DataFrame, list[Failure]]:
        path, schema = self.path(table, period), TABLES[table]
        return _checked(path, Place(table, str(path)), schema, self.sources, period)


def open_data(folder: str | Path) -> Data:
    """Open a data folder: read its periods and sources, and no table yet.

    Raises
    ------
    DataError
        If ``periods.csv`` or ``sources.toml`` is missing or breaks its contract.
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
    return Data(folder, periods, expected, sources)


def find_data_dir(folder: str | Path = "") -> Path:
    """Return the data folder: the one that is named, or the nearest ``data`` above here.

    A notebook that is opened in ``notebooks/`` and one that is run from the top level find
    the same folder.
    """
    if folder:
        return Path(folder)
    here = Path.cwd()
    found = (top / "data" for top in (here, *here.parents) if (top / "data" / PERIODS).exists())
    return next(found, here / "data")


def read_stated(path: Path) -> pl.DataFrame:
    """Read a file of stated figures from anywhere: sources and other columns are not needed.

    Raises
    ------
    DataError
        If the rows break the contract of the table ``stated``.
    """
    place = Place("stated", str(path))
    frame, failures = _checked(path, place, Stated, {}, lenient=True)
    if failures:
        raise DataError(failures)
    return frame


def _checked(  # noqa: PLR0913 - what a file is, and what it is checked against
    path: Path,
    place: Place,
    schema: Schema,
    sources: Mapping[str, Source],
    period: Period | None = None,
    *,
    lenient: bool = False,
) -> tuple[pl.DataFrame, list[Failure]]:
    """Read, type, prepare and check one file; on failures the frame is what could be read."""
    text, failures = read_text(path, place, schema, lenient=lenient)
    if not failures or all(failure.rows not in ((), (1,)) for failure in failures):
        frame, found = typed(text, place, schema, lenient=lenient)
        failures += found
        frame = _prepared(frame, place.table, schema, sources, period)
        # A whole whose own row could not be read is there all the same.
        unread = {"part_of_names_a_row"} if found else set()
        failures += contract_failures(frame, place, schema, unless=unread)
        failures.sort(key=lambda failure: failure.rows)
        return frame.select(schema.column_names()), failures
    return schema.create_empty(), failures


def _prepared(
    frame: pl.DataFrame,
    table: str,
    schema: Schema,
    sources: Mapping[str, Source],
    period: Period | None,
) -> pl.DataFrame:
    """Add the columns that a contract's rules need and the metrics use."""
    columns = schema.column_names()
    if "source_is_known" in columns:
        known = pl.col("source_id").is_in(list(sources)) if sources else pl.lit(value=True)
        frame = frame.with_columns(
            pl.col("source_id").fill_null("") if not sources else pl.col("source_id"),
            source_is_known=known,
        )
    if issubclass(schema, Table):
        when = period or Period(1912, 1)
        frame = frame.with_columns(
            time_period=pl.lit(period.code if period else ""),
            covers_from=pl.lit(when.covers_from),
            covers_to=pl.lit(when.covers_to),
        )
    if "lower" in columns:
        frame = _with_bounds(frame, schema.FIGURE)
    if issubclass(schema, Valued):
        frame = _PREPARE[table](frame)
    return frame


def _with_bounds(frame: pl.DataFrame, figure: str) -> pl.DataFrame:
    qualifiers = frame["qualifier"] if "qualifier" in frame.columns else ["exact"] * len(frame)
    found = [
        bounds(text, word or "") for text, word in zip(frame["printed"], qualifiers, strict=True)
    ]
    return frame.with_columns(
        pl.col(figure).cast(DECIMAL).alias("value"),
        pl.Series("lower", [each.lower for each in found], dtype=DECIMAL),
        pl.Series("upper", [each.upper for each in found], dtype=DECIMAL),
    )


def _prepare_workforce(frame: pl.DataFrame) -> pl.DataFrame:
    """Name each figure, and set what its parts add up to beside it."""
    names = [
        workforce_name(*row)
        for row in frame.select(
            "category", "subcategory", "employer", "funding", "measure"
        ).iter_rows()
    ]
    parents = {
        code: labels.attribute("subcategory", code, "parent", labels.TOTAL)
        for code in labels.codes("subcategory")
    }
    frame = frame.with_columns(
        pl.Series("indicator", names, dtype=pl.String), latest_as_of=pl.col("as_of").max()
    )
    return _with_parts(frame, "workforce", ["as_of", "measure"], {"subcategory": parents})


def workforce_name(
    category: str | None,
    subcategory: str | None,
    employer: str | None,
    funding: str | None,
    measure: str | None = labels.STAFF_IN_POST,
) -> str:
    """Return the name of a staff figure: its codes joined, the ordinary ones unsaid.

    Ordinary are the total, the general budget, and staff in post.

    >>> workforce_name("frontline", "_T", "_T", "_T")
    'frontline_total'
    >>> workforce_name("temporary", "contract", "_T", "central")
    'temporary_contract_central'
    """
    group = "workforce" if category == labels.TOTAL else category
    unsaid = (None, labels.TOTAL, labels.GENERAL, labels.STAFF_IN_POST)
    said = [part for part in (subcategory, employer, funding, measure) if part not in unsaid]
    return "_".join([group or "", *(part or "" for part in said or ["total"])])


def _prepare_reserve(frame: pl.DataFrame) -> pl.DataFrame:
    return _without_parts(frame.with_columns(indicator=pl.format("reserve_{}", "item")))


def _prepare_complaints(frame: pl.DataFrame) -> pl.DataFrame:
    """Name each figure after its stage; a missing month counts as "not by month"."""
    names = {code: labels.entry("stage", code)["indicator"] for code in labels.codes("stage")}
    key = ["month", "stage", "sector", "category"]
    frame = frame.with_columns(
        indicator=pl.col("stage").replace_strict(names, default=pl.col("stage")),
        key_is_single=pl.struct(key).is_unique(),
    )
    by_month = frame.with_columns(month=pl.col("month").cast(pl.String).fill_null(labels.TOTAL))
    return _with_parts(by_month, "complaints", ["stage"]).with_columns(month=frame["month"])


def _prepare_services(frame: pl.DataFrame) -> pl.DataFrame:
    """Set what the parts add up to beside each whole, at the newest date of each."""
    newest = frame.sort("as_of", nulls_last=True).unique("indicator", keep="last")
    parts = (
        newest.filter(pl.col("part_of").is_not_null())
        .group_by(pl.col("part_of").alias("indicator"))
        .agg(
            pl.col("value").sum().alias("parts"),
            pl.col("lower").sum().alias("parts_lower"),
            pl.col("upper").sum().alias("parts_upper"),
        )
        .join(newest.select("indicator", "row"), on="indicator")
    )
    is_whole = pl.col("part_of").is_in(frame["indicator"].to_list())
    return frame.with_columns(
        key_is_single=pl.struct("indicator", "as_of").is_unique(),
        whole_is_there=pl.col("part_of").is_null()
        | (is_whole & (pl.col("part_of") != pl.col("indicator"))),
        parts_of=pl.lit("part_of"),
    ).join(parts.drop("indicator"), on="row", how="left", maintain_order="left")


def _with_parts(
    frame: pl.DataFrame,
    table: str,
    keys: list[str],
    parents: Mapping[str, Mapping[str, str]] | None = None,
) -> pl.DataFrame:
    """Add the parts of each total, of the dimension where they add up to most."""
    known = [pl.col(name).is_in([labels.TOTAL, *tree]) for name, tree in (parents or {}).items()]
    parts = (
        parts_of_totals(frame.lazy().filter(*known), DIMENSIONS[table], keys, parents)
        .sort("parts_lower", descending=True, nulls_last=True)
        .unique("row", keep="first", maintain_order=True)
        .select("row", *_PARTS, pl.col("dimension").alias("parts_of"))
        .collect()
    )
    return frame.join(parts, on="row", how="left", maintain_order="left")


def _without_parts(frame: pl.DataFrame) -> pl.DataFrame:
    none = pl.lit(None, dtype=DECIMAL)
    return frame.with_columns(
        *(none.alias(name) for name in _PARTS), parts_of=pl.lit(None, pl.String)
    )


_PARTS: Final = ("parts", "parts_lower", "parts_upper")

_PREPARE: Final = {
    "workforce": _prepare_workforce,
    "retirement_reserve": _prepare_reserve,
    "complaints": _prepare_complaints,
    "services": _prepare_services,
}
