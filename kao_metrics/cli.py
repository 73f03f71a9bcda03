"""The command line: it parses and prints, nothing else.

Results go to standard output, progress and messages to standard error. Exit status: 0 done,
1 something failed, 2 wrong use. Heavy imports wait until a command needs them, so that
help answers at once.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from kao_metrics import progress as shown
from kao_metrics.limits import TIME_LIMIT

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from kao_metrics.batch import Outcome, State
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
NotebooksDir = Annotated[Path, typer.Option("--notebooks-dir", help="Folder with the notebooks.")]
OutputDir = Annotated[Path, typer.Option("--output-dir", help="Folder for reports.")]
ParameterOption = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A notebook parameter."),
]
TimeLimit = Annotated[
    int, typer.Option("--time-limit", metavar="SECONDS", min=1, help="Time that a cell may take.")
]
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
      kao-metrics batch --all                      reports/index.html and every report
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
    notebooks_dir: NotebooksDir = Path("notebooks"),
    output_dir: OutputDir = Path("reports"),
    lang: LangOption = Lang.zh_tw,
    parameter: ParameterOption = None,
    time_limit: TimeLimit = TIME_LIMIT,
) -> None:
    """Make the report of a period: one HTML page, with its data beside it.

    Runs every notebook whose name begins with a number and joins what they show.

    \b
    Examples:
      kao-metrics report 107H1
      kao-metrics report 民國107年上半年 --lang en --output-dir /srv/reports
    """
    with _errors():
        _start()
        from kao_metrics.report import make_report

        with shown.notebooks(period) as progress:
            page = make_report(
                period,
                data_dir=data_dir,
                notebooks_dir=notebooks_dir,
                output_dir=output_dir,
                lang=lang.value,
                parameters=_parameters(parameter or []),
                time_limit=time_limit,
                progress=progress,
            )
    typer.echo(page)


@app.command()
def batch(  # noqa: PLR0913, PLR0917 - one parameter an option
    periods: Annotated[
        list[str] | None,
        typer.Argument(metavar="PERIOD…", help="Half-years, and ranges such as 104H2..115H1."),
    ] = None,
    every: Annotated[  # noqa: FBT002 - typer makes an option of it
        bool, typer.Option("--all", help="Every half-year that the data has.")
    ] = False,
    data_dir: DataDir = Path("data"),
    notebooks_dir: NotebooksDir = Path("notebooks"),
    output_dir: OutputDir = Path("reports"),
    lang: LangOption = Lang.zh_tw,
    parameter: ParameterOption = None,
    time_limit: TimeLimit = TIME_LIMIT,
    force: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--force", help="Make also reports that would come out the same.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Local processes; one a processor if left out."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="A Dask scheduler that has workers."),
    ] = None,
) -> None:
    """Make the reports of many periods, and an index page of them.

    A report that would come out the same is left as it is, so that a batch that was stopped
    goes on where it was. A period that fails does not stop the others; the index page says
    why, and the exit status is 1.

    \b
    Examples:
      kao-metrics batch --all
      kao-metrics batch 107H1 107H2 --lang en
      kao-metrics batch 104H2..115H1 --data-dir data/examples/taipei_1999
      kao-metrics batch --all --scheduler tcp://host:8786
    """
    if not periods and not every:
        _stop("give half-years such as 107H1 or 104H2..115H1, or --all", WRONG_USE)
    if scheduler and jobs:
        _stop("--jobs is of local processes, and --scheduler has workers of its own", WRONG_USE)
    outcomes: dict[str, Outcome] = {}
    with _errors(lambda: _how_far(outcomes.values())):
        if scheduler is None:
            _start()
        from kao_metrics.batch import get_workers_ready, run_batch

        if scheduler is None:
            get_workers_ready()
        from kao_metrics.report import Options
        from kao_metrics.report.publishing import index_name
        from kao_metrics.selection import selected

        options = Options(
            data_dir,
            notebooks_dir,
            output_dir,
            lang.value,
            _parameters(parameter or []),
            time_limit,
        )
        wanted = selected(periods or [], data_dir, every=every)
        with shown.periods(len(wanted)) as show, _cluster(scheduler) as executor:

            def watch(state: State) -> None:
                outcomes.update(state.outcomes)
                show(state)

            done = run_batch(
                wanted, options, force=force, executor=executor, jobs=jobs, watch=watch
            )
        failed = [each for each in done if each.message]
        for each in failed:
            shown.say(f"error: {shown.line(each)}")
        shown.say(_how_far(done))
        typer.echo(output_dir / index_name(lang.value))
        if failed:
            raise typer.Exit(FAILED)


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
        shown.say(
            f"failures: {len(outcome.failures)}; tables: {tables}, periods: {len(data.periods)}"
        )
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
        shown.say(_counts(found))


@app.command()
def verify(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="The HTML file of a report.")],
    data_dir: DataDir = Path("data"),
    notebooks_dir: NotebooksDir = Path("notebooks"),
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
            shown.say(f"{report} is not what would be made now: {changes}")
            raise typer.Exit(FAILED)
        shown.say(f"{report} was made from these data, notebooks and code")


def _counts(found: list[Finding]) -> str:
    verdicts = [each.verdict for each in found]
    return (
        f"{len(found)} stated figures: {verdicts.count('agrees')} agree, "
        f"{verdicts.count('disagrees')} disagree, {verdicts.count('cannot tell')} cannot be told"
    )


@contextmanager
def _cluster(address: str | None) -> Iterator[Executor | None]:
    """Provide what runs periods on a Dask cluster; None without an address."""
    if address is None:
        yield None
        return
    from kao_metrics.cluster import dask_executor

    with dask_executor(address) as executor:
        yield executor


def _start() -> None:
    """Begin what takes longest, the imports of the fork server and of Jupyter."""
    from kao_metrics.kernels.warm import start_early

    start_early()
    import_module("kao_metrics.quick")


def _how_far(outcomes: Iterable[Outcome]) -> str:
    """Say how many periods have which outcome."""
    counts = Counter(str(each.status) for each in outcomes)
    return ", ".join(f"{name}: {counts[name]}" for name in ("made", "unchanged", "failed"))


@contextmanager
def _errors(so_far: Callable[[], str] = lambda: "") -> Iterator[None]:
    """Turn the errors that a user can mend into messages and exit statuses."""
    from kao_metrics.labels import LabelError
    from kao_metrics.period import PeriodError

    try:
        yield
    except (PeriodError, LabelError) as error:
        _stop(str(error), WRONG_USE)
    except KeyboardInterrupt:
        done = so_far()
        rest = "the same command does the rest" if done else "what was there before is unchanged"
        _stop("; ".join(filter(None, ("interrupted", done, rest))), INTERRUPTED)
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
                shown.say(f"error: {failure}")
            _stop(f"the data breaks its contract in {len(error.failures)} places", FAILED)
        if isinstance(error, ReportError | OSError):
            _stop(str(error), FAILED)
        raise


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
    shown.say(f"wrote {output}")


def _stop(message: str, status: int) -> NoReturn:
    shown.say(f"error: {message}")
    raise typer.Exit(status)
