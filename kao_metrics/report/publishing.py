"""Put a finished report in place, whole or not at all.

The report is made in a hidden folder beside its place. Publishing renames: the old folder
aside, the new one in, then the page over the old page. Whatever fails before that leaves
the older report as it was, and the hidden folder is removed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
import shutil
import tempfile
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kao_metrics.labels import DEFAULT_LANGUAGE
from kao_metrics.period import Period
from kao_metrics.report.errors import ReportError

_PACKAGES: Final = ("kao-metrics", "polars", "altair", "papermill", "nbconvert", "great-tables")


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

    def write_manifest(self, data_dir: Path, notebooks_dir: Path, notebooks: list[str]) -> None:
        """Write what the report was made from, and when; the page itself says no time."""
        manifest = {
            "period": self._period.code,
            "lang": self._lang,
            "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "python": platform.python_version(),
            "packages": {name: metadata.version(name) for name in _PACKAGES},
            "data": {
                path.relative_to(data_dir).as_posix(): digest
                for path, digest in checksums(data_dir, self._period).items()
            },
            "notebooks": {
                f"{name}.ipynb": _sha256(notebooks_dir / f"{name}.ipynb") for name in notebooks
            },
            "page": {f"{self._name}.html": _sha256(self.page)},
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        (self.folder / "manifest.json").write_text(text, encoding="utf-8")

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


def checksums(data_dir: Path, period: Period) -> dict[Path, str]:
    """Return the SHA-256 of each data file that a period's report reads."""
    tables = sorted(data_dir.glob(f"*/{period.code}.csv"))
    shared = [data_dir / name for name in ("periods.csv", "sources.toml", "remarks.toml")]
    reference = sorted((data_dir / "reference").glob("*.csv"))
    return {path: _sha256(path) for path in [*shared, *tables, *reference] if path.exists()}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
