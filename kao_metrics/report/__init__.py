"""From a period to one HTML page: run the notebooks, join what they show, publish it whole.

`make_report` checks everything that can be checked before the first notebook starts, works
in a folder of its own, and puts the finished report in place at the end: an older report
stays as it was until then, and if anything fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kao_metrics.analysis import analyse_data
from kao_metrics.labels import DEFAULT_LANGUAGE, check_language
from kao_metrics.output import write_results
from kao_metrics.period import Period
from kao_metrics.readers import open_data
from kao_metrics.report.errors import ReportError, UsageError
from kao_metrics.report.manifest import differences, made_from, record
from kao_metrics.report.notebooks import checked_parameters, find_notebooks, run_all
from kao_metrics.report.page import page
from kao_metrics.report.publishing import Publication, report_name

__all__ = ["ReportError", "UsageError", "make_report", "report_name", "verify"]


def make_report(  # noqa: PLR0913 - the options of the command
    period: str | Period,
    *,
    data_dir: str | Path = "data",
    notebooks_dir: str | Path = "notebooks",
    output_dir: str | Path = "reports",
    lang: str = DEFAULT_LANGUAGE,
    parameters: Mapping[str, Any] | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Path:
    """Make the report of a period.

    Parameters
    ----------
    period
        In any accepted spelling, such as ``107H1``.
    data_dir, notebooks_dir, output_dir
        Where the tables and notebooks are, and where the report goes.
    lang
        ``zh-TW`` or ``en``.
    parameters
        Further notebook parameters; each goes to the notebooks that have it.
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
    ReportError
        If a notebook fails or the output cannot be written.
    """
    check_language(lang)
    data = open_data(Path(data_dir))
    covered = data.period(period)
    notebooks = find_notebooks(Path(notebooks_dir))
    given = {"period": covered.code, "lang": lang, **(parameters or {})}
    checked = checked_parameters(notebooks, given, Path(data_dir))
    analysis = analyse_data(data, covered, lang)
    with Publication(Path(output_dir), covered, lang) as publication:
        executed = run_all(checked, publication.folder, progress)
        write_results(analysis.results, publication.folder)
        made = made_from(covered, data.folder, [each.path for each in executed])
        publication.page.write_text(page(analysis, executed, record(made)), encoding="utf-8")
        publication.write_manifest(made)
        return publication.publish()


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
    notebooks = [each.path for each in find_notebooks(Path(notebooks_dir))]
    return differences(Path(page), Path(data_dir), notebooks)
