"""The figures of a published report: from its page, its folder, or its result file."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import unquote

import polars as pl
from dataframely.exc import ValidationError

from kao_metrics.contracts import Place
from kao_metrics.failures import DataError
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period

RESULTS: Final = "results.json"
_DOWNLOAD: Final = re.compile(
    r'href="data:text/csv;charset=utf-8,([^"]*)" download="[^"]*-results\.csv"'
)
"""The results that a page carries; see `kao_metrics.report.downloads`."""

_GUARDED: Final = re.compile(r"^'(?=[=+@\t\r-])")
"""Begins a text that a spreadsheet would take for a formula; see `kao_metrics.output.guarded`."""

_UNREADABLE: Final = (
    *(ValueError, TypeError, KeyError, AttributeError, RecursionError),
    *(csv.Error, ValidationError, pl.exceptions.PolarsError),
)
"""What reading a file that is none of ours can raise."""


def published(path: Path, period: Period) -> pl.DataFrame:
    """Read the result table of a published report.

    Parameters
    ----------
    path
        The page, which carries its results, or else has them beside it; the report's folder;
        or its ``results.json`` or CSV.
    period
        The period that the figures must be of.

    Raises
    ------
    DataError
        If there is no such file, or it has no results, or those of another period.
    """
    place = Place("results", str(path))

    def refused(found: str, expected: str) -> NoReturn:
        raise DataError([place.failure(None, "", found, expected)])

    try:
        results = _published(path / RESULTS if path.is_dir() else path)
    except OSError as error:
        kinds = "a data folder, or the page, folder, results.json or CSV of a report"
        refused((error.strerror or str(error)).lower(), kinds)
    except _UNREADABLE as error:
        first = str(error).partition("\n")[0]
        refused(f"no results of a report ({first})", "a file as kao-metrics report wrote it")
    codes = results["time_period"].unique().sort().to_list()
    if codes != [period.code]:
        refused(f"figures of {', '.join(codes) or 'no period'}", f"figures of {period.code}")
    return results


def _published(path: Path) -> pl.DataFrame:
    from kao_metrics.report.index import read_results  # slow to import

    if path.suffix == ".json":
        return read_results(path)
    text = path.read_bytes().decode("utf-8-sig")
    if path.suffix == ".csv":
        return _from_csv(text)
    carried = _DOWNLOAD.search(text)
    if carried:
        return _from_csv(unquote(html.unescape(carried[1])).removeprefix("\ufeff"))
    beside = path.with_suffix("") / RESULTS
    if not beside.exists():
        raise ValueError(f"none in the page, and no {beside} beside it")
    return read_results(beside)


def _from_csv(text: str) -> pl.DataFrame:
    """Read a result table that was written as CSV, numbers by their own digits."""
    kinds = Results.create_empty().schema
    header, *records = csv.reader(io.StringIO(text, newline=""), strict=True)
    if header != list(kinds):
        raise ValueError(f"columns {', '.join(header)}")
    rows = [[_GUARDED.sub("", cell) or None for cell in record] for record in records]
    written = pl.DataFrame(rows, schema=dict.fromkeys(kinds, pl.String), orient="row")
    return Results.validate(written.select(pl.col(name).cast(kinds[name]) for name in kinds))
