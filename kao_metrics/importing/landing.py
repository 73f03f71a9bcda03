"""Put imported rows into data/: what changes is known first, and all of it changes or nothing.

An import replaces the rows of its own document, as far as it reaches: of the same month or
date, and of the same kind. Rows of other documents stay; where one has the same key and
another figure, the import is refused. The files are made in a folder of their own, held
against their contracts there, and put in place one after another; if that is interrupted,
those that were there come back.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import tomlkit
from filelock import FileLock, Timeout

from kao_metrics.contracts import Place
from kao_metrics.failures import DataError, Failure
from kao_metrics.importing.counting import Row
from kao_metrics.importing.mapping import SourceSpec
from kao_metrics.importing.tallying import ordered
from kao_metrics.own_labels import FILE_NAME as LABELS
from kao_metrics.period import Period
from kao_metrics.readers import PERIODS, Data, open_data
from kao_metrics.schemas import TABLES, Periods, key_of, measures
from kao_metrics.sources import FILE_NAME as SOURCES

STAGING: Final = ".kao-metrics-import-"
"""How the folder begins in which files are made."""

PATIENCE: Final = 60
"""Seconds to wait for another import into the same data."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is added (``+``), changed (``~``) or removed (``-``)."""

    sign: str
    period: str
    key: tuple[str, ...]
    before: str
    after: str

    def __str__(self) -> str:
        """Say it in one line."""
        figures = {"+": self.after, "-": self.before, "~": f"{self.before} -> {self.after}"}
        key = ", ".join(part for part in self.key if part)
        return f"{self.sign} {self.period}: {key}: {figures[self.sign]}"


@dataclass(slots=True)
class Plan:
    """The files that an import writes, and how their rows change.

    ``notes`` say what else changes.
    """

    files: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def planned(
    data: Data,
    table: str,
    rows: Mapping[str, Sequence[Row]],
    source: SourceSpec,
    imports: Sequence[Mapping[str, Any]],
) -> Plan:
    """Work out what an import changes.

    Parameters
    ----------
    data
        The data folder.
    table
        The table.
    rows
        By period code, the new rows, without their source.
    source
        The document that they come from.
    imports
        What is recorded of the files: ``table``, ``period``, ``file``, ``sha256``, ``rows``,
        ``mapping``, ``mapping_sha256``.

    Raises
    ------
    DataError
        If a row of another document has the same key and another figure, or the document is
        not known and the mapping does not describe it.
    """
    plan = Plan()
    failures: list[Failure] = []
    for code, new in rows.items():
        failures += _of_table(data, table, Period.parse(code), new, source.name, plan)
        _of_periods(data, table, code, plan)
    failures += _of_sources(data, source, imports, plan)
    if failures:
        raise DataError(failures)
    return plan


def _of_table(  # noqa: PLR0913, PLR0917 - a table of a period, and what comes into it
    data: Data, table: str, period: Period, new: Sequence[Row], source: str, plan: Plan
) -> list[Failure]:
    path = data.path(table, period)
    place = Place(table, str(path))
    schema = TABLES[table]
    names = key_of(table)
    scope = next((name for name in ("month", "as_of") if name in schema.COLUMNS), "")
    old = _read_rows(path)
    fresh = {tuple(row.get(name, "") for name in names): row for row in new}
    reach = {row.get(scope, "") for row in new}
    kept: list[Row] = []
    failures: list[Failure] = []
    for number, row in enumerate(old, start=2):
        key = tuple(row.get(name, "") for name in names)
        before = _figures(row, table)
        mine = row.get("source_id") == source
        if key in fresh:
            after = _figures(fresh[key], table)
            if not mine and before != after:
                expected = f"{after}, as this import has it; leave one of the two out"
                what = f"{before} of {row.get('source_id')} for {', '.join(filter(None, key))}"
                column = ", ".join(measures(table))
                failures.append(place.failure(number, column, what, expected))
            if mine:
                changed = {**fresh.pop(key), "source_id": source}
                is_same = all((row.get(name) or "") == text for name, text in changed.items())
                if not is_same:
                    plan.changes.append(Change("~", period.code, key, before, after))
                kept.append(row if is_same else changed)
            else:
                fresh.pop(key)
                kept.append(row)
        elif mine and (not scope or row.get(scope, "") in reach):
            plan.changes.append(Change("-", period.code, key, before, ""))
        else:
            kept.append(row)
    added = ordered([{**row, "source_id": source} for row in fresh.values()], table)
    for row in added:
        key = tuple(row.get(name, "") for name in names)
        plan.changes.append(Change("+", period.code, key, "", _figures(row, table)))
    if any(change.period == period.code for change in plan.changes):
        plan.files[f"{table}/{period.code}.csv"] = _as_csv([*kept, *added], table)
    return failures


def _figures(row: Row, table: str) -> str:
    return ", ".join(row.get(name, "") for name in measures(table))


def _read_rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            {name: text or "" for name, text in row.items() if name}
            for row in csv.DictReader(file)
            if any(row.values())
        ]


def _as_csv(rows: Sequence[Row], table: str) -> str:
    schema = TABLES[table]
    names = [
        name
        for name in schema.COLUMNS
        if name not in schema.OPTIONAL or any(row.get(name) for row in rows)
    ]
    return _written(names, rows)


def _written(names: Sequence[str], rows: Sequence[Row]) -> str:
    text = io.StringIO()
    write = csv.DictWriter(text, names, restval="", extrasaction="ignore", lineterminator="\n")
    write.writeheader()
    write.writerows(rows)
    return text.getvalue()


def _of_periods(data: Data, table: str, code: str, plan: Plan) -> None:
    """Give the period a row in periods.csv, and the table a place in it."""
    path = data.folder / PERIODS
    rows = _read_rows(path)
    known = plan.files.get(PERIODS)
    if known is not None:
        rows = list(csv.DictReader(io.StringIO(known)))
    row = next((each for each in rows if each.get("period") == code), None)
    period = Period.parse(code)
    if row is None:
        days = {"covers_from": str(period.covers_from), "covers_to": str(period.covers_to)}
        rows.append({"period": code, **days, "tables": table})
        plan.notes.append(
            f"{path}: a row for {code}, which covers {period.covers_from} to {period.covers_to}; "
            "mend it if the report covers other days"
        )
    elif row.get("tables") and table not in (row["tables"] or "").split():
        row["tables"] = f"{row['tables']} {table}"
        plan.notes.append(f"{path}: {table} among the tables of {code}")
    else:
        return
    columns = [*dict.fromkeys([*Periods.COLUMNS, *(name for each in rows for name in each)])]
    has = [
        name for name in columns if name not in Periods.OPTIONAL or any(r.get(name) for r in rows)
    ]
    plan.files[PERIODS] = _written(has, rows)


def _of_sources(
    data: Data, source: SourceSpec, imports: Sequence[Mapping[str, Any]], plan: Plan
) -> list[Failure]:
    """Describe the document in sources.toml, and record the files."""
    path = data.folder / SOURCES
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    document = tomlkit.parse(before)
    if source.name not in document:
        wanted = {"zh-TW", "en"}
        words = {"title": source.title, "publisher": source.publisher, "licence": source.licence}
        lacking = [name for name, said in words.items() if set(said) != wanted]
        if lacking:
            expected = f"in the mapping's [source], in zh-TW and en: {', '.join(lacking)}"
            place = Place("sources", str(path))
            return [place.failure(None, source.name, "no such document", expected)]
        table = tomlkit.table()
        for name in ("title", "publisher", "published", "licence", "url", "note"):
            said = getattr(source, name)
            if name == "note" and not said:
                said = {"zh-TW": "", "en": ""}
            table[name] = _inline(said) if isinstance(said, dict) else said
        document[source.name] = table
        plan.notes.append(f"{path}: the document {source.name}")
    entry: Any = document[source.name]
    known = [dict(each) for each in entry.get("imports", [])]
    parts = ("table", "period", "file")
    new = {tuple(each[part] for part in parts): dict(each) for each in imports}
    merged = [new.pop(tuple(each.get(part) for part in parts), each) for each in known]
    merged += new.values()
    if merged != known:
        listed = tomlkit.aot()
        for each in merged:
            listed.append(tomlkit.item(each))
        entry["imports"] = listed
    after = tomlkit.dumps(document)
    if after != before:
        plan.files[SOURCES] = after
    return []


def _inline(words: Mapping[str, str]) -> Any:
    table = tomlkit.inline_table()
    table.update(words)
    return table


@contextmanager
def staged(
    plan: Plan, data: Data, table: str, codes: Sequence[str], *, dry_run: bool = False
) -> Iterator[Callable[[], None]]:
    """Hold the files of a plan against their contracts; provide what puts them in place.

    Parameters
    ----------
    plan
        What `planned` returned.
    data
        The data folder.
    table, codes
        The table, and the periods that it is of.
    dry_run
        Whether nothing is to be put in place, so that the data folder need not be written.

    Raises
    ------
    DataError
        If a table as it would be breaks its contract.
    """
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=None if dry_run else data.folder))
    try:
        _check(plan, data, table, codes, staging)
        yield lambda: _put_in_place(plan, data.folder, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def lock_of(folder: Path) -> Iterator[None]:
    """Let one import after another into a data folder, and clear away what a killed one left.

    Raises
    ------
    DataError
        If another import takes too long.
    """
    name = sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    lock = FileLock(Path(tempfile.gettempdir()) / f"kao-metrics-import-{name}.lock")
    try:
        with lock.acquire(timeout=PATIENCE):
            for left in folder.glob(f"{STAGING}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield
    except Timeout:
        what = f"another import that has gone on for {PATIENCE} seconds"
        place = Place("", str(folder))
        raise DataError([place.failure(None, "", what, "one import at a time")]) from None


def _check(plan: Plan, data: Data, table: str, codes: Sequence[str], staging: Path) -> None:
    """Read the data folder as it would be."""
    for name in (PERIODS, SOURCES, LABELS):
        if (data.folder / name).exists():
            shutil.copyfile(data.folder / name, staging / name)
    for name, text in plan.files.items():
        target = staging / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    try:
        there = open_data(staging)
        for code in codes:
            if (staging / table / f"{code}.csv").exists():
                there.read(table, there.period(code))
    except DataError as error:
        raise DataError(
            [
                Failure(
                    each.table,
                    each.file.replace(str(staging), str(data.folder)) + " as it would be",
                    each.rows,
                    each.column,
                    each.found,
                    each.expected,
                )
                for each in error.failures
            ]
        ) from None


def _put_in_place(plan: Plan, folder: Path, staging: Path) -> None:
    """Rename the files into place, tables last; on an interruption undo it."""
    names = sorted(plan.files, key=lambda name: ("/" in name, name))
    before = {name: (folder / name).read_bytes() for name in names if (folder / name).exists()}
    for name in names:
        with (staging / name).open("rb") as file:
            os.fsync(file.fileno())
    made = [folder / name for name in names if not (folder / name).parent.exists()]
    try:
        for name in names:
            (folder / name).parent.mkdir(exist_ok=True)
            (staging / name).replace(folder / name)
    except BaseException:
        for name in names:
            if name in before:
                (folder / name).write_bytes(before[name])
            else:
                (folder / name).unlink(missing_ok=True)
        for each in made:
            shutil.rmtree(each.parent, ignore_errors=True)
        raise
