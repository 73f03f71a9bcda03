"""Import exports: the whole way from files to data/, or to a proposed mapping.

An export goes one way: a file is recognised by its content and opened as numbered rows; the
cells that a mapping names are gathered and read; rows that cannot be read are set aside and
counted; totals are held against their details; what is left becomes rows of a table, which
are held against the contract and put into data/ whole, or not at all.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from kao_metrics import datapackage, labels
from kao_metrics.contracts import Place
from kao_metrics.failures import DataError, Failure
from kao_metrics.importing import notes
from kao_metrics.importing.counting import Row
from kao_metrics.importing.disclosure import OPEN, disclosed
from kao_metrics.importing.duplicates import find_duplicates, without
from kao_metrics.importing.gathering import gathered
from kao_metrics.importing.landing import Plan, lock_of, planned, staged
from kao_metrics.importing.mapping import ExportMapping, read_mapping
from kao_metrics.importing.proposal import proposed
from kao_metrics.importing.reading import NO_ROWS, read_rows
from kao_metrics.importing.recognition import fingerprint
from kao_metrics.importing.records import SMALL, Records, open_records
from kao_metrics.importing.rejects import Reject, discreet, summary
from kao_metrics.importing.suppression import COMPLEMENTARY, PRIMARY
from kao_metrics.importing.tallying import Tally, tallied
from kao_metrics.importing.totals import held_totals
from kao_metrics.output import write_whole
from kao_metrics.period import Period
from kao_metrics.readers import PERIODS, Data, open_data
from kao_metrics.sources import FILE_NAME as SOURCES
from kao_metrics.sources import SourceError, read_sources

_AT_ONCE: Final = 4 * SMALL
"""Bytes of all exports together up to which the small ones are held in memory."""

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do.

    Parameters
    ----------
    plan
        The files and how their rows change.
    notes
        What a person should know: rows that are left out, duplicates, personal columns …
    rejects
        The rejected rows that are listed.
    rejected, rows
        How many rows were rejected, of how many.
    is_done
        Whether the data are changed.
    """

    plan: Plan = field(default_factory=Plan)
    notes: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    rejected: int = 0
    rows: int = 0
    is_done: bool = False


class TooManyRejectsError(DataError):
    """More rows cannot be read than the limit allows; carries those that are listed."""

    def __init__(self, failures: list[Failure], rejects: list[Reject]) -> None:
        """Keep the rejected rows beside the failures."""
        self.rejects = rejects
        super().__init__(failures)


def propose(file: Path, table: str, period: str | Period) -> str:
    """Propose a mapping for an export, in TOML.

    Raises
    ------
    DataError
        If the file is no table, or lacks what the table needs.
    """
    with tempfile.TemporaryDirectory(prefix="kao-metrics-") as work:
        records = open_records(file, table, Path(work))
        return proposed(records[0], table, Period.parse(period))


def import_exports(  # noqa: PLR0913 - one an option
    files: Sequence[Path],
    table: str,
    periods: Sequence[str | Period],
    mapping_file: Path,
    *,
    data_dir: Path = Path("data"),
    dry_run: bool = False,
    reject_limit: float | None = None,
    progress: Progress = lambda *_: None,
    agreed: Callable[[Outcome], bool] = lambda _: True,
) -> Outcome:
    r"""Import exports into a table of data/.

    Parameters
    ----------
    files
        The exports; together they are what the document has for the months that they are of.
    table
        The table.
    periods
        Half-years; of figures one, of case rows any number.
    mapping_file
        The mapping.
    data_dir
        The data folder.
    dry_run
        Whether to leave the data as it is, and only say what would change.
    reject_limit
        The share of rows that may be unreadable, instead of the mapping's.
    progress
        Told the step, and how much of it is done, of how much.
    agreed
        Asked before anything is written, with all that is known by then.

    Raises
    ------
    DataError
        With every fault of the files, the mapping or the table as it would be.
    TooManyRejectsError
        If more rows cannot be read than the limit allows.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     folder = Path(name)
    ...     _ = (folder / "a.csv").write_text("階段,件數\n第一次申訴,2052件\n")
    ...     _ = (folder / "a.toml").write_text(propose(folder / "a.csv", "complaints", "107H1"))
    ...     done = import_exports(
    ...         [folder / "a.csv"], "complaints", ["107H1"], folder / "a.toml", data_dir=folder
    ...     )
    >>> [str(change) for change in done.plan.changes]
    ['+ 2018-S1: first, _T, _T: 2052']
    """
    data = _data(data_dir)
    with labels.known_beside(data.own):
        mapping = read_mapping(mapping_file, table)
    wanted = []
    for each in periods:
        period = Period.parse(each)
        wanted.append(data.periods.get(period.code, period))
    if mapping.rows == "figures" and len(wanted) != 1:
        place = Place(table, str(mapping_file))
        what = f"figures for {len(wanted)} periods"
        raise DataError([place.failure(None, "rows", what, "one period; case rows can have more")])
    outcome = Outcome()
    with (
        tempfile.TemporaryDirectory(prefix="kao-metrics-") as work,
        lock_of(data_dir),
        labels.known_beside(data.own),
    ):
        records = _opened(files, table, Path(work), mapping, progress)
        tally = _read(records, mapping, wanted, Path(work), outcome, progress, reject_limit)
        rows, more = _published(tally, mapping)
        taken = _taken(files, table, list(rows), mapping_file)
        outcome.plan = planned(data, table, rows, mapping.source, taken)
        outcome.notes += more + outcome.plan.notes
        with staged(outcome.plan, data, table, list(rows), dry_run=dry_run) as put_in_place:
            outcome.is_done = agreed(outcome) and not dry_run
            if outcome.is_done:
                put_in_place()
                _described(data_dir)
    return outcome


def _read(  # noqa: PLR0913, PLR0917 - the whole way from opened files to rows of a table
    records: Sequence[Records],
    mapping: ExportMapping,
    wanted: Sequence[Period],
    work: Path,
    outcome: Outcome,
    progress: Progress,
    reject_limit: float | None,
) -> Tally:
    """Read exports into rows of the table, and note what became of the others."""
    again = find_duplicates(
        records, mapping, work, lambda done: progress("comparing", done, len(records))
    )
    cells = gathered(records, mapping, lambda done: progress("reading", done, len(records)))
    if mapping.checks.duplicates == "remove":
        cells = without(cells, again, records, mapping)
    reading = read_rows(cells, records, mapping)
    outcome.rows = reading.rows - sum(reading.left_out.get(each, 0) for each in NO_ROWS)
    outcome.rejected = reading.rejected
    has_more = any(len(each.names) > len(mapping.columns()) for each in records)
    outcome.rejects = discreet(reading.rejects, has_more_columns=has_more)
    _within_limit(outcome, mapping, reject_limit, records[0].place)
    held = held_totals(reading, records, mapping)
    tally = tallied(reading, records, mapping, wanted)
    faults = tally.failures + (held.failures if mapping.checks.totals == "agree" else [])
    outcome.notes += notes.on_files(records) + notes.on_persons(records, mapping)
    outcome.notes += notes.on_duplicates(again, mapping) + notes.on_rows(reading, held, mapping)
    elsewhere = notes.on_periods(tally, wanted)
    outcome.notes += elsewhere
    if not tally.rows and not faults:
        codes = ", ".join(period.code for period in wanted)
        what = "; ".join([f"no row of {codes}", *elsewhere])
        faults.append(records[0].place.failure(None, "", what, "rows of the period"))
    if faults:
        raise DataError(faults)
    return tally


def _described(data_dir: Path) -> None:
    """Keep the description of the data current, where there is one."""
    described = data_dir / datapackage.FILE_NAME
    if described.exists():
        text = datapackage.as_json(datapackage.datapackage(data_dir))
        if described.read_text(encoding="utf-8") != text:
            write_whole(described, text.encode())


def _data(folder: Path) -> Data:
    """Open the data folder; one that has nothing yet is there to be filled."""
    periods, sources = folder / PERIODS, folder / SOURCES
    lines = (
        periods.read_text(encoding="utf-8-sig", errors="replace").split()
        if periods.is_file()
        else []
    )
    is_empty = folder.is_dir() and len(lines) <= 1
    if not is_empty:
        return open_data(folder)
    try:
        return Data(folder, {}, {}, read_sources(folder) if sources.is_file() else {})
    except SourceError as error:
        place = Place("sources", str(sources))
        what = str(error).removeprefix(place.file).lstrip(":, ")
        failure = place.failure(None, "", what, "a table for every document")
        raise DataError([failure]) from None


def _opened(
    files: Sequence[Path], table: str, work: Path, mapping: ExportMapping, progress: Progress
) -> list[Records]:
    found: list[Records] = []
    failures: list[Failure] = []
    at_once = sum(file.stat().st_size for file in files if file.is_file()) <= _AT_ONCE
    for number, file in enumerate(files, start=1):
        try:
            found += open_records(file, table, work, mapping, at_once=at_once)
        except DataError as error:
            failures += error.failures
        progress("opening", number, len(files))
    if failures:
        raise DataError(failures)
    return found


def _within_limit(
    outcome: Outcome, mapping: ExportMapping, limit: float | None, place: Place
) -> None:
    allowed = mapping.checks.reject_limit if limit is None else limit
    if outcome.rows and outcome.rejected > allowed * outcome.rows:
        share = f"{outcome.rejected} of {outcome.rows} rows that cannot be read"
        reasons = "; ".join(summary(outcome.rejects, 3))
        expected = f"at most {allowed:.2%}; {reasons}"
        raise TooManyRejectsError([place.failure(None, "", share, expected)], outcome.rejects)


def _published(tally: Tally, mapping: ExportMapping) -> tuple[dict[str, list[Row]], list[str]]:
    """Return the rows that may be published, and say how many may not."""
    below = mapping.checks.suppress_below
    if not below:
        return tally.rows, []
    rows: dict[str, list[Row]] = {}
    said = []
    for code, found in tally.rows.items():
        rows[code], why = disclosed(found, below)
        said.append(
            f"{code}: counts below {below} that are left out: {why[PRIMARY]}, and "
            f"{why[COMPLEMENTARY]} others from which they could be told"
        )
        if why[OPEN]:
            said.append(
                f"warning: {code}: {why[OPEN]} of them can be told more closely all the same: a "
                "total of few cases cannot be hidden from itself"
            )
    return rows, said


def _taken(
    files: Sequence[Path], table: str, codes: Sequence[str], mapping_file: Path
) -> list[dict[str, str]]:
    """Record the files: their names and checksums, no folder of the machine."""
    checksum = sha256(mapping_file.read_bytes()).hexdigest()
    prints = {file: fingerprint(file) for file in files}
    return [
        {
            "table": table,
            "period": code,
            "file": file.name,
            "sha256": prints[file],
            "mapping": mapping_file.name,
            "mapping_sha256": checksum,
        }
        for code in codes
        for file in files
    ]
