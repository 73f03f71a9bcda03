"""Commands that make reports, and tell whether one is what would be made now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kao_metrics import progress as shown
from kao_metrics.cli.ending import FAILED, WRONG_USE, errors, stop
from kao_metrics.cli.options import DataDir, Lang, LangOption, PeriodArgument
from kao_metrics.limits import TIME_LIMIT

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from kao_metrics.batch import Outcome, State

NotebooksDir = Annotated[Path, typer.Option("--notebooks-dir", help="Folder with the notebooks.")]
OutputDir = Annotated[Path, typer.Option("--output-dir", help="Folder for reports.")]
ParameterOption = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A notebook parameter."),
]
TimeLimit = Annotated[
    int, typer.Option("--time-limit", metavar="SECONDS", min=1, help="Time that a cell may take.")
]


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
    with errors():
        _start()
        from kao_metrics.report import make_report

        with shown.steps(period) as progress:
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
        stop("give half-years such as 107H1 or 104H2..115H1, or --all", WRONG_USE)
    if scheduler and jobs:
        stop("--jobs is of local processes, and --scheduler has workers of its own", WRONG_USE)
    outcomes: dict[str, Outcome] = {}
    with errors(lambda: _how_far(outcomes.values())):
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
    with errors():
        from kao_metrics.report import verify as differences

        found = differences(report, data_dir=data_dir, notebooks_dir=notebooks_dir)
        for each in found:
            typer.echo(each)
        if found:
            changes = "1 change" if len(found) == 1 else f"{len(found)} changes"
            shown.say(f"{report} is not what would be made now: {changes}")
            raise typer.Exit(FAILED)
        shown.say(f"{report} was made from these data, notebooks and code")


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


def _parameters(given: list[str]) -> dict[str, Any]:
    """Read NAME=VALUE; a value stays a text until a notebook says what it is."""
    found: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name:
            stop(f"-p {each}: expected NAME=VALUE", WRONG_USE)
        if name in ("period", "lang", "data_dir"):
            stop(f"-p {name}: the command line has its own option for it", WRONG_USE)
        found[name] = value
    return found
