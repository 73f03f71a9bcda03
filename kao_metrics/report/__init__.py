"""From a period to one HTML page: run the notebooks, join what they show, publish it whole.

`make_report` checks everything that can be checked before the first notebook starts, works
in a folder of its own, and puts the finished report in place at the end: an older report
stays as it was until then, and if anything fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from kao_metrics.kernels.folders import private_folder
from kao_metrics.kernels.warm import start_early
from kao_metrics.labels import DEFAULT_LANGUAGE, check_language
from kao_metrics.limits import TIME_LIMIT
from kao_metrics.period import Period
from kao_metrics.report.errors import NotebookError, ReportError, UsageError
from kao_metrics.report.publishing import Publication, report_name
from kao_metrics.report.running import Settings, run_all

__all__ = [
    "NotebookError",
    "Options",
    "Renewed",
    "ReportError",
    "UsageError",
    "make_report",
    "renew_report",
    "report_name",
    "verify",
]


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is made.

    Parameters
    ----------
    data_dir, notebooks_dir, output_dir
        Where the tables and notebooks are, and where the report goes.
    lang
        ``zh-TW`` or ``en``.
    parameters
        Further notebook parameters; each goes to the notebooks that have it.
    time_limit
        Seconds that a cell may take.
    at_once
        How many notebooks run at the same time; one a processor if left out.
    """

    data_dir: Path = Path("data")
    notebooks_dir: Path = Path("notebooks")
    output_dir: Path = Path("reports")
    lang: str = DEFAULT_LANGUAGE
    parameters: Mapping[str, Any] = field(default_factory=dict)
    time_limit: int = TIME_LIMIT
    at_once: int | None = None


class Renewed(NamedTuple):
    """A report that is up to date.

    Parameters
    ----------
    page
        The HTML file.
    is_new
        Whether it had to be made.
    """

    page: Path
    is_new: bool


def make_report(  # noqa: PLR0913 - the options of the command
    period: str | Period,
    *,
    data_dir: str | Path = "data",
    notebooks_dir: str | Path = "notebooks",
    output_dir: str | Path = "reports",
    lang: str = DEFAULT_LANGUAGE,
    parameters: Mapping[str, Any] | None = None,
    time_limit: int = TIME_LIMIT,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Path:
    """Make the report of a period.

    Parameters
    ----------
    period
        In any accepted spelling, such as ``107H1``.
    data_dir, notebooks_dir, output_dir, lang, parameters, time_limit
        See `Options`.
    progress
        Called with a notebook's name, how many are done and how many there are.

    Returns
    -------
    Path
        The HTML file. Beside it, in a folder of the same name, lie the executed notebooks,
        ``results.csv``, ``results.json`` and ``manifest.json``.

    Raises
    ------
    PeriodError, LabelError
        If the period or the language is none.
    DataError
        If the data breaks its contract.
    UsageError
        If a parameter is unknown or of another type, or there are no notebooks.
    NotebookError
        If a notebook fails; it is kept as far as it came, beside the report's place.
    ReportError
        If the output cannot be written.
    """
    options = Options(
        data_dir=Path(data_dir),
        notebooks_dir=Path(notebooks_dir),
        output_dir=Path(output_dir),
        lang=lang,
        parameters=dict(parameters or {}),
        time_limit=time_limit,
    )
    return renew_report(period, options, progress=progress, force=True).page


def renew_report(
    period: str | Period,
    options: Options,
    *,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    force: bool = False,
) -> Renewed:
    """Make the report of a period unless the published one is what would be made.

    Parameters
    ----------
    period, progress
        As for `make_report`, whose errors these are too.
    options
        How it is made.
    force
        Whether it is made in any case.
    """
    start_early()  # the fork server imports while this process does
    # Slow to import.
    from kao_metrics.report.manifest import is_current, made_from
    from kao_metrics.report.notebooks import checked_parameters, find_notebooks

    check_language(options.lang)
    period = Period.parse(period)
    notebooks = find_notebooks(options.notebooks_dir)
    given = {"period": period.code, "lang": options.lang, **options.parameters}
    checked = checked_parameters(notebooks, given, options.data_dir)
    files = [notebook.path for notebook in notebooks]

    def waiting() -> None:
        progress("waits: another process makes the same report", 0, len(notebooks))

    with Publication(options.output_dir, period, options.lang, waiting) as publication:
        made = made_from(period, options.data_dir, files, options.parameters)
        if not force and is_current(publication.published, made):
            return Renewed(publication.published, is_new=False)
        try:
            _write(publication, period, options, checked, progress, made)
            if made_from(period, options.data_dir, files, options.parameters) != made:
                _changed(period)
            return Renewed(publication.publish(), is_new=True)
        except Exception as error:
            publication.keep_failure(error, options.data_dir, options.notebooks_dir)
            raise


def _write(  # noqa: PLR0913, PLR0917 - all that a report is made with
    publication: Publication,
    period: Period,
    options: Options,
    notebooks: list[tuple[Any, dict[str, Any]]],
    progress: Callable[[str, int, int], None],
    made: Mapping[str, Any],
) -> None:
    """Make everything of a report where it is in the making."""
    # Slow to import.
    from kao_metrics.analysis import analyse_data, for_notebooks
    from kao_metrics.converter import converter_offered
    from kao_metrics.output import write_results
    from kao_metrics.readers import open_data
    from kao_metrics.report.manifest import record
    from kao_metrics.report.page import get_ready, page

    data = open_data(options.data_dir)
    analysis = analyse_data(data, data.period(period), options.lang)
    with (
        private_folder() as folder,
        converter_offered(folder) as converter,
        ThreadPoolExecutor(1) as meanwhile,
    ):
        ready = meanwhile.submit(get_ready)
        env = {**converter, **for_notebooks(analysis, data.folder, folder)}
        settings = Settings(options.time_limit, options.at_once, env)
        executed = run_all(notebooks, publication.folder, progress, settings)
        ready.result()
    write_results(analysis.results, publication.folder)
    publication.page.write_text(page(analysis, executed, record(made)), encoding="utf-8")
    publication.write_manifest(made)


def _changed(period: Period) -> NoReturn:
    raise ReportError(
        f"{period}: its data, notebooks or code changed while the report was made; make it again"
    )


def verify(
    page: str | Path, *, data_dir: str | Path = "data", notebooks_dir: str | Path = "notebooks"
) -> list[str]:
    """Say what has changed since a report was made; an empty list if nothing has.

    Parameters
    ----------
    page
        The HTML file.
    data_dir, notebooks_dir
        The tables and notebooks to hold it against; the code is the one that runs.

    Raises
    ------
    ReportError
        If there is no such report, or no manifest beside it.
    """
    from kao_metrics.report.manifest import differences
    from kao_metrics.report.notebooks import find_notebooks

    notebooks = [each.path for each in find_notebooks(Path(notebooks_dir))]
    return differences(Path(page), Path(data_dir), notebooks)
