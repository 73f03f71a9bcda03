"""Record what changed since a release, so that the period's report shows it.

A release is known by a checksum: of a report that of its file, of a data folder that of the
list of checksums of its tables, as a report's manifest has them. So the same comparison is
the same entry, wherever the release lies and whatever it is called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kao_metrics.failures import DataError, Failure
from kao_metrics.output import write_whole
from kao_metrics.period import Period
from kao_metrics.published import RESULTS
from kao_metrics.readers import PERIODS
from kao_metrics.register import (
    Cell,
    Entry,
    Figure,
    Restated,
    Since,
    as_json,
    figure_of,
    read_register,
    register_path,
)
from kao_metrics.report.manifest import checksums, sha256
from kao_metrics.restatements import COMPARED, Restatement, is_data_folder
from kao_metrics.restatements.rows import COVERED
from kao_metrics.schemas import TABLES
from kao_metrics.typesetting import plain_text


def record(found: Restatement, data_dir: Path, before: Path, name: str = "") -> Path | None:
    """Put what changed since a release into the data folder's register of the period.

    The entry takes the place of an earlier one of the same release; entries of other
    releases stay. Where nothing changed since the release there is no entry, and where no
    entry is left there is no file.

    Parameters
    ----------
    found
        What `kao_metrics.restatements.restated` found.
    data_dir
        The data folder of now.
    before
        The older release.
    name
        What the report is to call it; the name of its folder or file if left out.

    Returns
    -------
    Path or None
        The register; None where nothing is recorded.

    Raises
    ------
    DataError
        If the register that is there is broken, or a figure has no form that one can hold.
    OSError
        If it cannot be written.
    """
    code = found.period.code
    kept = read_register(data_dir, code)
    since = since_of(before, found.period, name)
    entries = {each.since.sha256: each for each in kept}
    if found.figures.is_empty():
        entries.pop(since.sha256, None)
    else:
        has_rows = found.rows is not None
        entries[since.sha256] = Entry(since=since, has_rows=has_rows, figures=figures_of(found))
    path, releases = register_path(data_dir, code), tuple(entries.values())
    if not releases:
        path.unlink(missing_ok=True)
        return None
    if releases != kept:
        path.parent.mkdir(exist_ok=True)
        write_whole(path, as_json(code, releases).encode())
    return path


def since_of(before: Path, period: Period, name: str = "") -> Since:
    """Return what a release is called, and its checksum.

    >>> since_of(Path("data"), Period(2018, 1)).name
    'data'
    """
    if is_data_folder(before):
        lines = (
            f"{digest}  {part}\n"
            for part, digest in sorted(checksums(before, period).items())
            if part.startswith(PERIODS) or part.partition("/")[0] in TABLES
        )
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    else:
        digest = sha256(before / RESULTS if before.is_dir() else before)
    called = plain_text(name or before.resolve().name).strip()
    return Since(name=called or "release", sha256=digest)


def figures_of(found: Restatement) -> tuple[Restated, ...]:
    """Return what became of a period's figures, as a register has it.

    Raises
    ------
    DataError
        If a figure of the older release has a unit or a reason that is not known any more.
    """
    figures = []
    table = found.as_table().rows(named=True)
    for _, lines in groupby(table, lambda row: (row["indicator"], row["breakdown"])):
        try:
            figures.append(_restated(list(lines)))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            what, said = repr(first["input"]), str(first["msg"]).removeprefix("Value error, ")
            place = str(first["loc"][0])
            raise DataError([Failure("results", "the release", (), place, what, said)]) from None
    return tuple(figures)


def cells(rows: Sequence[Mapping[str, Any]]) -> tuple[Cell, ...]:
    """Return rows of `kao_metrics.restatements.changed_rows` as cells of a register."""
    return tuple(
        Cell(
            file=_file(row["table"], row["table_period"]),
            column=row["column"],
            key=row["key"],
            row_before=row["row_before"],
            row_after=row["row_after"],
            before=row["text_before"],
            after=row["text_after"],
        )
        for row in rows
        if row["key"] is not None
    )


def _file(table: str, period: str) -> str:
    return PERIODS if table == COVERED else f"{table}/{period}.csv"


def _restated(lines: list[Mapping[str, Any]]) -> Restated:
    """Return a figure from the lines that a table has of it, one a cell."""
    first = lines[0]
    return Restated(
        kind=first["kind"],
        indicator=first["indicator"],
        breakdown=first["breakdown"],
        before=_figure(first, "before"),
        after=_figure(first, "after"),
        cause=first["cause"],
        table=first["table"] if first["key"] is None else None,
        rows=cells(lines),
    )


def _figure(row: Mapping[str, Any], end: str) -> Figure | None:
    if row[f"unit_{end}"] is None:  # the figure is not there
        return None
    return figure_of({name: row[f"{name}_{end}"] for name in COMPARED})
