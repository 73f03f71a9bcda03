"""What a folder of reports has: the published ones, and why others could not be made.

Everything is read from the folder itself, so that whoever writes the index page last, of
several processes or after a kill, writes the same page.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from kao_metrics import labels
from kao_metrics.failures import DataError
from kao_metrics.labels import DEFAULT_LANGUAGE
from kao_metrics.output import write_whole
from kao_metrics.period import Period, PeriodError
from kao_metrics.readers import open_data
from kao_metrics.report.errors import Reason, ReportError
from kao_metrics.report.index import Entry, Failed, index_page, read_results
from kao_metrics.report.manifest import MANIFEST
from kao_metrics.report.publishing import FAILURE, failed_folder, index_name, locked, report_name

_RESULTS: Final = "results.json"


def write_index(output_dir: Path, lang: str, data_dir: Path) -> Path:
    """Write the index page of a folder of reports, whole or not at all, and return it.

    Parameters
    ----------
    output_dir
        The folder.
    lang
        ``zh-TW`` or ``en``; reports in the other language have an index of their own.
    data_dir
        The data folder, which knows the days that a period covers.

    Raises
    ------
    ReportError
        If it cannot be written.
    """
    page = output_dir / index_name(lang)
    try:
        with locked(output_dir, "index"):
            write_whole(page, index_page(entries(output_dir, lang, data_dir), lang).encode())
    except OSError as error:
        raise ReportError(f"{page}: the index could not be written: {error}") from None
    return page


def entries(output_dir: Path, lang: str, data_dir: Path) -> list[Entry]:
    """Read what a folder has, a period after the other."""
    try:
        known = open_data(data_dir).periods
    except DataError:  # what is published is there all the same
        known = {}
    found = []
    for period in sorted(_periods(output_dir, lang), key=lambda each: each.code):
        name = report_name(period, lang)
        is_published = _is_published(output_dir, name)
        results = output_dir / name / _RESULTS
        entry = Entry(
            period=known.get(period.code, period),
            page=f"{name}.html" if is_published else "",
            results=read_results(results) if is_published else None,
            failed=_failed(output_dir, name, lang),
        )
        if entry.page or entry.failed:
            found.append(entry)
    return found


def _periods(output_dir: Path, lang: str) -> set[Period]:
    """Return the half-years that a folder has anything of in a language."""
    ending = "" if lang == DEFAULT_LANGUAGE else f".{lang}"
    found = set()
    for path in output_dir.iterdir():
        name = path.name.removesuffix(".failed")
        if path.is_dir() and name.endswith(ending):
            try:
                period = Period.parse(name.removesuffix(ending))
            except PeriodError:
                continue
            if report_name(period, lang) == name:
                found.add(period)
    return found


def _is_published(output_dir: Path, name: str) -> bool:
    folder = output_dir / name
    needed = (output_dir / f"{name}.html", folder / MANIFEST, folder / _RESULTS)
    return all(path.is_file() for path in needed)


def _failed(output_dir: Path, name: str, lang: str) -> Failed | None:
    """Read why the last attempt at a report failed, if it did."""
    folder = failed_folder(output_dir, name)
    try:
        told: dict[str, Any] = json.loads((folder / FAILURE).read_text(encoding="utf-8"))
        notebook = f"{folder.name}/{told['notebook']}" if told["notebook"] else ""
        advice = labels.text(f"advice_{Reason(told['reason'])}", lang)
        return Failed(str(told["message"]), advice, notebook)
    except (OSError, ValueError, KeyError, TypeError):
        return None
