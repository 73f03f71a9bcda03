"""The data of the page, to take away from the page itself, without a network or a script.

Each section offers its results as CSV, the first one also all results as CSV and as an
OpenDocument spreadsheet. CSV begins with a byte order mark, without which spreadsheets
garble Chinese, and no text in it can become a formula.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

import polars as pl

from kao_metrics.analysis import Analysis
from kao_metrics.labels import text
from kao_metrics.metrics import indicators
from kao_metrics.output import as_csv, as_ods, findings_frame, guarded
from kao_metrics.schemas import Reference

_TABLES: Final[dict[str, tuple[str, ...]]] = {
    "workforce": ("workforce",),
    "retirement_reserve": ("retirement_reserve", "retirement_accounts"),
    "complaints": ("complaints",),
    "services": ("services",),
}
"""By notebook, the tables whose results it shows."""

_ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f%#\"<>`\\]")
"""What an address cannot hold as it is; other signs, Chinese ones too, need no escape."""


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
                f"data:{_ODS};base64,{base64.b64encode(as_ods(analysis.results)).decode()}",
            ),
        ]
    if notebook == "sources":
        offered = {
            "stated": findings_frame(analysis.findings),
            "reference": analysis.reference_figures.select(Reference.COLUMNS),
        }
        return [_csv(analysis, name, frame) for name, frame in offered.items() if len(frame)]
    if notebook in _TABLES:
        named = indicators(analysis.tables, analysis.period, *_TABLES[notebook])
        results = analysis.results.filter(pl.col("indicator").is_in(named))
        return [] if results.is_empty() else [_csv(analysis, notebook, results)]
    return []


def _csv(analysis: Analysis, name: str, frame: pl.DataFrame) -> Download:
    data = as_csv(guarded(frame))
    key = f"download_{name}" if name in ("results", "stated", "reference") else "download_csv"
    return Download(
        text(key, analysis.lang),
        f"{analysis.period.code}-{name}.csv",
        f"data:text/csv;charset=utf-8,%EF%BB%BF{_escaped(data)}",
    )


def _escaped(data: str) -> str:
    return _UNSAFE.sub(lambda sign: f"%{ord(sign[0]):02X}", data)
