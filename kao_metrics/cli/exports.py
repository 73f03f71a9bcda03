"""The command that takes agencies' exports in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kao_metrics import progress as shown
from kao_metrics.cli.ending import FAILED, WRONG_USE, errors, stop, write
from kao_metrics.cli.options import DataDir

if TYPE_CHECKING:
    from kao_metrics.importing.exports import Outcome
    from kao_metrics.importing.rejects import Reject
    from kao_metrics.period import Period

_SHOWN = 20


def import_(  # noqa: PLR0913, PLR0917 - one parameter an option
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="CSV, TSV, XLSX, XLS, ODS or Parquet; 'cases/*.csv'."),
    ],
    table: Annotated[
        str, typer.Option("--table", help="The table: complaints, services, workforce …")
    ],
    period: Annotated[
        list[str],
        typer.Option(
            "--period",
            metavar="PERIOD",
            help="A half-year: 107H1, 2018-S1 …; of case rows several, or 104H2..107H1.",
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="What the columns are; proposed and written if left out."),
    ] = None,
    data_dir: DataDir = Path("data"),
    dry_run: Annotated[  # noqa: FBT002 - typer makes an option of it
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    every: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--all-changes", help="List every row that changes, not the first few.")
    ] = False,
    yes: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--yes", "-y", help="Do not ask; only a terminal is asked.")
    ] = False,
    reject_limit: Annotated[
        float | None,
        typer.Option("--reject-limit", min=0, max=1, help="Share of rows that may be unreadable."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects", help="File for rows that cannot be read; TABLE.rejects.csv here."
        ),
    ] = None,
) -> None:
    """Import agencies' exports, as they are, into a table of the data.

    Without --mapping, one is proposed from what the first file looks like and written beside
    where you are, for you to check; nothing is imported then. With it, the rows that are
    added (+), changed (~) and removed (-) are shown, then put into the data all together or
    not at all; a terminal is asked first. Rows that cannot be read go to a file, with the
    reason. The same import again changes nothing.

    \b
    Examples:
      kao-metrics import cases.csv --table complaints --period 107H1
      kao-metrics import cases.csv --table complaints --period 107H1 --mapping cases.mapping.toml
      kao-metrics import 'cases/*.csv' --table complaints --period 104H2..107H1 --mapping cases.toml
      kao-metrics import staff.xlsx --table workforce --period 107H1 --mapping staff.toml --dry-run
    """
    with errors():
        from kao_metrics.failures import DataError
        from kao_metrics.importing.exports import TooManyRejectsError, import_exports, propose
        from kao_metrics.period import spelled
        from kao_metrics.schemas import TABLES

        if table not in TABLES:
            stop(f"--table {table}: expected one of {', '.join(TABLES)}", WRONG_USE)
        paths, periods = _paths(files), spelled(period)
        target = rejects or Path(f"{table}.rejects.csv")
        try:
            if mapping is None:
                _propose(propose, paths[0], table, periods[0])
                return
            with ExitStack() as until_asked:

                def agreed(known: Outcome) -> bool:
                    until_asked.close()  # a bar and a question do not go together
                    return _agreed(known, target, every=every, asks=not (yes or dry_run))

                outcome = import_exports(
                    paths,
                    table,
                    periods,
                    mapping,
                    data_dir=data_dir,
                    dry_run=dry_run,
                    reject_limit=reject_limit,
                    progress=until_asked.enter_context(shown.steps("import")),
                    agreed=agreed,
                )
        except DataError as error:
            if isinstance(error, TooManyRejectsError):
                _keep(error.rejects, target)
            for failure in error.failures:
                shown.say(f"error: {failure}")
            stop("nothing is imported; the data are as they were", FAILED)
        if not outcome.is_done and not dry_run:
            stop("nothing is imported; the data are as they were", FAILED)


def _propose(
    propose: Callable[[Path, str, Period], str], path: Path, table: str, period: Period
) -> None:
    """Write a mapping for a person to check, unless one is there."""
    target = Path(f"{path.stem}.mapping.toml")
    if target.exists():
        stop(f"{target} is there already; import with --mapping {target}", WRONG_USE)
    write(propose(path, table, period), target)
    typer.echo(target)
    shown.say(f"check it, then run the command again with --mapping {target}")


def _paths(files: list[str]) -> list[Path]:
    """Return the files, patterns that the shell left alone among them."""
    from glob import glob, has_magic

    found: list[Path] = []
    for each in files:
        path = Path(each)
        if path.exists() or not has_magic(each):
            found.append(path)
            continue
        matches = sorted(glob(each, recursive=True))  # noqa: PTH207 - it may be absolute
        if not matches:
            stop(f"{each}: no file has such a name", FAILED)
        found += map(Path, matches)
    return list(dict.fromkeys(found))


def _keep(rejects: list[Reject], target: Path) -> None:
    if rejects:
        from kao_metrics.importing.rejects import as_csv
        from kao_metrics.output import write_whole

        write_whole(target, as_csv(rejects).encode())
        shown.say(f"rows that cannot be read: {len(rejects)}, listed in {target}")


def _agreed(outcome: Outcome, target: Path, *, every: bool, asks: bool) -> bool:
    """Show what changes, what was left out and how much that is; ask on a terminal."""
    from kao_metrics.importing.rejects import summary

    changes = outcome.plan.changes
    listed = changes if every else changes[:_SHOWN]
    for change in listed:
        typer.echo(change)
    if len(changes) > len(listed):
        typer.echo(f"… and {len(changes) - len(listed)} more; --all-changes lists them")
    _keep(outcome.rejects, target)
    for note in (*outcome.notes, *summary(outcome.rejects)):
        shown.say(note)
    signs = [change.sign for change in changes]
    counts = f"{signs.count('+')} added, {signs.count('~')} changed, {signs.count('-')} removed"
    shown.say(f"rows read: {outcome.rows}, rejected: {outcome.rejected}")
    shown.say(f"rows of the data: {counts}")
    is_asked = asks and outcome.plan.files and _is_terminal()
    return not is_asked or typer.confirm("Write this?", err=True)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
