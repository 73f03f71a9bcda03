"""The data of the page, to take away from the page itself, without a network or a script.

Each section offers its results as CSV, the first one also all results as CSV and as an
OpenDocument spreadsheet. CSV begins with a byte order mark, without which spreadsheets
garble Chinese, and no text in it can become a formula.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

import polars as pl

from kao_metrics.analysis import Analysis
from kao_metrics.labels import text
from kao_metrics.metrics import compute
from kao_metrics.output import as_csv, as_ods, findings_frame, guarded

_TABLES: Final[dict[str, tuple[str, ...]]] = {
    "workforce": ("workforce",),
    "retirement_reserve": ("retirement_reserve", "retirement_accounts"),
    "complaints": ("complaints",),
    "services": ("services",),
}
"""By notebook, the tables whose results it shows."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file inside the page.

    Parameters
    ----------
    words
        What the link says.
    name
        What the file is called.
    address
        The file itself, as a data address.
    """

    words: str
    name: str
    address: str


def downloads(analysis: Analysis, notebook: str) -> list[Download]:
    """Return what a section offers: nothing for a notebook that is not one of ours."""
    if notebook == "overview":
        return [
            _csv(analysis, "results", analysis.results),
            Download(
                text("download_ods", analysis.lang),
                f"{analysis.period.code}-results.ods",
                _address(
                    "application/vnd.oasis.opendocument.spreadsheet", as_ods(analysis.results)
                ),
            ),
        ]
    if notebook == "sources" and analysis.findings:
        return [_csv(analysis, "stated", findings_frame(analysis.findings))]
    if notebook in _TABLES:
        results = compute(analysis.tables, analysis.period, *_TABLES[notebook])
        return [] if results.is_empty() else [_csv(analysis, notebook, results)]
    return []


def _csv(analysis: Analysis, name: str, frame: pl.DataFrame) -> Download:
    data = as_csv(guarded(frame)).encode("utf-8-sig")
    key = "download_all" if name == "results" else "download_csv"
    return Download(
        text(key, analysis.lang),
        f"{analysis.period.code}-{name}.csv",
        _address("text/csv;charset=utf-8", data),
    )


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
