"""The command line: it parses and prints, nothing else.

Results go to standard output, progress and messages to standard error. Exit status: 0 done,
1 something failed, 2 wrong use. Heavy imports wait until a command needs them, so that
help answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from kao_metrics.metrics.stated import Finding

app = typer.Typer(
    name="kao-metrics",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


class Lang(StrEnum):
    """Languages of the report."""

    zh_tw = "zh-TW"
    en = "en"


class ResultFormat(StrEnum):
    """Forms of the result table."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    ods = "ods"


class AuditFormat(StrEnum):
    """Forms of the audit."""

    table = "table"
    csv = "csv"
    json = "json"


PeriodArgument = Annotated[
    str,
    typer.Argument(
        metavar="PERIOD", help="A half-year: 107H1, 107-1, 107年上半年, 2018H1, 2018-S1 …"
    ),
]
DataDir = Annotated[Path, typer.Option("--data-dir", help="Folder with the tables.")]
LangOption = Annotated[Lang, typer.Option("--lang", help="Language of words.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="File to write instead of standard output.")
]


@app.callback(invoke_without_command=True)
def main(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Figures, charts and a one-page report from a half-yearly business report.

    \b
    Examples:
      kao-metrics report 107H1                     reports/2018-S1.html
      kao-metrics report 107H1 --lang en           reports/2018-S1.en.html
      kao-metrics check                            every table against its contract
      kao-metrics metrics 107H1 --format csv       every figure as data
      kao-metrics audit 107H1                      stated figures, computed again
      kao-metrics verify reports/2018-S1.html      what changed since it was made
    """
    if version:
        from kao_metrics import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.command()
def report(  # noqa: PLR0913, PLR0917 - one parameter an option
    period: PeriodArgument,
    data_dir: DataDir = Path("data"),
    notebooks_dir: Annotated[
        Path, typer.Option("--notebooks-dir", help="Folder with the notebooks.")
    ] = Path("notebooks"),
    output_dir: Annotated[Path, typer.Option("--output-dir", help="Folder for the report.")] = Path(
        "reports"
    ),
    lang: LangOption = Lang.zh_tw,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A notebook parameter."),
    ] = None,
) -> None:
    """Make the report of a period: one HTML page, with its data beside it.

    Runs every notebook whose name begins with a number and joins what they show.

    \b
    Examples:
      kao-metrics report 107H1
      kao-metrics report 民國107年上半年 --lang en --output-dir /srv/reports
    """
    with _errors():
        from kao_metrics.report import make_report

        with _progress(f"{period}") as progress:
            page = make_report(
                period,
                data_dir=data_dir,
                notebooks_dir=notebooks_dir,
                output_dir=output_dir,
                lang=lang.value,
                parameters=_parameters(parameter or []),
                progress=progress,
            )
    typer.echo(page)


@app.command()
def check(data_dir: DataDir = Path("data")) -> None:
    """Hold every table of every period against its contract and list every failure.

    Exit status 1 if there is any. What a report does not break down is no failure; it is
    listed as a remark.

    \b
    Examples:
      kao-metrics check
      kao-metrics check --data-dir /srv/data
    """
    with _errors():
        from kao_metrics.analysis import check as check_data
        from kao_metrics.readers import open_data

        data = open_data(data_dir)
        outcome = check_data(data)
        for failure in outcome.failures:
            typer.echo(failure)
        for remainder in outcome.remainders:
            typer.echo(remainder)
        tables = sum(len(data.tables(period)) for period in data.periods.values())
        _say(f"failures: {len(outcome.failures)}; tables: {tables}, periods: {len(data.periods)}")
        if outcome.failures:
            raise typer.Exit(FAILED)


@app.command()
def metrics(
    period: PeriodArgument,
    data_dir: DataDir = Path("data"),
    form: Annotated[
        ResultFormat, typer.Option("--format", help="Form of the result.")
    ] = ResultFormat.table,
    output: OutputOption = None,
    lang: LangOption = Lang.zh_tw,
) -> None:
    """Compute every figure of a period: what was printed, and what follows from it.

    Ratios are fractions in csv, json, parquet and ods, and per cent in the table. The
    columns are time_period, indicator, breakdown, numerator, denominator, value, lower,
    upper, unit, obs_status, reason and source_ids.

    \b
    Examples:
      kao-metrics metrics 107H1
      kao-metrics metrics 107H1 --format csv > 2018-S1.csv
      kao-metrics metrics 107H1 --format ods --output 2018-S1.ods
    """
    with _errors():
        from kao_metrics import output as out
        from kao_metrics.analysis import analyse

        analysis = analyse(period, data_dir, lang.value)
        if form is ResultFormat.table:
            _write(out.results_table(analysis), output)
        elif form is ResultFormat.csv:
            _write(out.as_csv(analysis.results), output)
        elif form is ResultFormat.json:
            _write(out.as_json(analysis.results) + "\n", output)
        else:
            write = out.as_parquet if form is ResultFormat.parquet else out.as_ods
            _write(write(analysis.results), output)


@app.command()
def audit(  # noqa: PLR0913, PLR0917 - one parameter an option
    period: Annotated[
        str | None,
        typer.Argument(metavar="PERIOD", help="A half-year, such as 107H1 or 2018-S1."),
    ] = None,
    stated: Annotated[
        Path | None, typer.Option("--stated", help="A file of stated figures to check instead.")
    ] = None,
    data_dir: DataDir = Path("data"),
    form: Annotated[
        AuditFormat, typer.Option("--format", help="Form of the result.")
    ] = AuditFormat.table,
    output: OutputOption = None,
    lang: LangOption = Lang.zh_tw,
) -> None:
    """Compute every stated figure again, with the interval of its rounding, and judge it.

    With --stated, any file with the columns id, stated and operands (and unit, qualifier,
    section, statement, where it has them) is checked; its operands may name figures of
    PERIOD, or of the period that the file is named after. A figure that disagrees is a
    finding, not a failure: the exit status is 0.

    \b
    Examples:
      kao-metrics audit 107H1
      kao-metrics audit 107H1 --format json
      kao-metrics audit --stated my-figures.csv
    """
    if period is None and stated is None:
        _stop("give a PERIOD, or a file with --stated", WRONG_USE)
    with _errors():
        from kao_metrics import output as out
        from kao_metrics.analysis import analyse, audit_file

        if stated is not None:
            found = audit_file(stated, period, data_dir, lang.value)
        else:
            found = analyse(period or "", data_dir, lang.value).findings
        if form is AuditFormat.json:
            _write(out.findings_json(found) + "\n", output)
        elif form is AuditFormat.csv:
            _write(out.as_csv(out.findings_frame(found)), output)
        else:
            _write(out.findings_table(found, lang.value), output)
        _say(_counts(found))


@app.command()
def verify(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="The HTML file of a report.")],
    data_dir: DataDir = Path("data"),
    notebooks_dir: Annotated[
        Path, typer.Option("--notebooks-dir", help="Folder with the notebooks.")
    ] = Path("notebooks"),
) -> None:
    """Tell whether a report was made from these data, notebooks and code.

    Reads the manifest beside the page, or what a page that was sent alone says of itself,
    and lists what changed since. Exit status 1 if anything did.

    \b
    Examples:
      kao-metrics verify reports/2018-S1.html
      kao-metrics verify ~/Downloads/2018-S1.html
    """
    with _errors():
        from kao_metrics.report import verify as differences

        found = differences(report, data_dir=data_dir, notebooks_dir=notebooks_dir)
        for each in found:
            typer.echo(each)
        if found:
            changes = "1 change" if len(found) == 1 else f"{len(found)} changes"
            _say(f"{report} is not what would be made now: {changes}")
            raise typer.Exit(FAILED)
        _say(f"{report} was made from these data, notebooks and code")


def _counts(found: list[Finding]) -> str:
    verdicts = [each.verdict for each in found]
    return (
        f"{len(found)} stated figures: {verdicts.count('agrees')} agree, "
        f"{verdicts.count('disagrees')} disagree, {verdicts.count('cannot tell')} cannot be told"
    )


@contextmanager
def _errors() -> Iterator[None]:
    """Turn the errors that a user can mend into messages and exit statuses."""
    from kao_metrics.labels import LabelError
    from kao_metrics.period import PeriodError

    try:
        yield
    except (PeriodError, LabelError) as error:
        _stop(str(error), WRONG_USE)
    except KeyboardInterrupt:
        _stop("interrupted; what was there before is unchanged", INTERRUPTED)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        raise typer.Exit from None
    except Exception as error:
        from kao_metrics.failures import DataError
        from kao_metrics.report.errors import ReportError, UsageError

        if isinstance(error, UsageError):
            _stop(str(error), WRONG_USE)
        if isinstance(error, DataError):
            for failure in error.failures:
                _say(f"error: {failure}")
            _stop(f"the data breaks its contract in {len(error.failures)} places", FAILED)
        if isinstance(error, ReportError | OSError):
            _stop(str(error), FAILED)
        raise


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show notebooks as they run: a bar on a terminal, a line each elsewhere."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name, done, total: _say(f"{title} {done}/{total} {name}")
        return
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def progress(name: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title} {name}", completed=done, total=total)

        yield progress


def _parameters(given: list[str]) -> dict[str, Any]:
    """Read NAME=VALUE; a value that is a number or a truth value is one."""
    found: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name:
            _stop(f"-p {each}: expected NAME=VALUE", WRONG_USE)
        if name in ("period", "lang", "data_dir"):
            _stop(f"-p {name}: the command line has its own option for it", WRONG_USE)
        found[name] = _literal(value)
    return found


def _literal(value: str) -> Any:
    words = {"true": True, "false": False}
    if value.lower() in words:
        return words[value.lower()]
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def _write(content: str | bytes, output: Path | None) -> None:
    """Write to a file, whole or not at all, or to standard output."""
    data = content.encode() if isinstance(content, str) else content
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from kao_metrics.output import write_whole

    write_whole(output, data)
    _say(f"wrote {output}")


def _say(message: str) -> None:
    typer.echo(message, err=True)


def _stop(message: str, status: int) -> NoReturn:
    _say(f"error: {message}")
    raise typer.Exit(status)
