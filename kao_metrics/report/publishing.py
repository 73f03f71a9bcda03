"""Put a finished report in place, whole or not at all.

The report is made in a hidden folder beside its place. Publishing renames: the old folder
aside, the new one in, then the page over the old page. Whatever fails before that leaves
the older report as it was, and the hidden folder is removed.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kao_metrics.labels import DEFAULT_LANGUAGE
from kao_metrics.period import Period
from kao_metrics.report.errors import ReportError
from kao_metrics.report.manifest import MANIFEST, sha256


def report_name(period: Period, lang: str) -> str:
    """Return the name of a report: ``2018-S1``, or ``2018-S1.en``.

    >>> report_name(Period(2018, 1), "en")
    '2018-S1.en'
    """
    return period.code if lang == DEFAULT_LANGUAGE else f"{period.code}.{lang}"


class Publication:
    """A report in the making; as a context it removes what is left of a failed one.

    Parameters
    ----------
    output_dir
        Where reports are; made if it is not there.
    period, lang
        What the report is of.
    """

    def __init__(self, output_dir: Path, period: Period, lang: str) -> None:
        self._output = output_dir
        self._period = period
        self._lang = lang
        self._name = report_name(period, lang)
        self._work = Path()

    def __enter__(self) -> Self:
        """Make the working folder, and with it sure that the output can be written."""
        try:
            self._output.mkdir(parents=True, exist_ok=True)
            self._work = Path(tempfile.mkdtemp(prefix=f".{self._name}-", dir=self._output))
            self.folder.mkdir()
        except OSError as error:
            raise ReportError(
                f"{self._output}: the report cannot be written here: {error.strerror}; "
                "choose another folder with --output-dir"
            ) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the working folder, and say in words what the system could not do."""
        shutil.rmtree(self._work, ignore_errors=True)
        if isinstance(error, OSError):
            raise ReportError(
                f"{self._output}: the report could not be written: {error}"
            ) from error

    @property
    def folder(self) -> Path:
        """Where the executed notebooks, results and manifest are written."""
        return self._work / "files"

    @property
    def page(self) -> Path:
        """Where the page is written."""
        return self._work / "page.html"

    def write_manifest(self, made_from: Mapping[str, Any]) -> None:
        """Write what the report was made from, and when; the page itself says no time."""
        made = dict(made_from) | {
            "lang": self._lang,
            "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "page": {f"{self._name}.html": sha256(self.page)},
        }
        text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
        (self.folder / MANIFEST).write_text(text, encoding="utf-8")

    def publish(self) -> Path:
        """Put page and folder in place and return the page."""
        page, folder = self._output / f"{self._name}.html", self._output / self._name
        aside = self._work / "old"
        if folder.exists():
            folder.rename(aside)
        try:
            self.folder.rename(folder)
            self.page.replace(page)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            if aside.exists():
                aside.rename(folder)
            raise
        return page
