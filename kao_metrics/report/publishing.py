"""Put a finished report in place, whole or not at all.

A report is made in a hidden folder beside its place, under a lock, so that of two processes
that make the same report one waits. Publishing renames: the old folder aside, the new one
in, then the page over the old page. Whatever fails before that leaves the older report as
it was. What a killed process has left in the hidden folder is removed by the next one.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from filelock import FileLock, Timeout

from kao_metrics.failures import DataError
from kao_metrics.labels import DEFAULT_LANGUAGE
from kao_metrics.period import Period
from kao_metrics.report.errors import NotebookError, Reason, ReportError
from kao_metrics.report.manifest import MANIFEST, sha256

HIDDEN: Final = ".kao-metrics"
"""Folder in the output folder with locks and what is in the making."""

FAILURE: Final = "failure.json"


def report_name(period: Period, lang: str) -> str:
    """Return the name of a report: ``2018-S1``, or ``2018-S1.en``.

    >>> report_name(Period(2018, 1), "en")
    '2018-S1.en'
    """
    return period.code if lang == DEFAULT_LANGUAGE else f"{period.code}.{lang}"


def index_name(lang: str) -> str:
    """Return the file name of the index page of a folder of reports.

    >>> index_name("en")
    'index.en.html'
    """
    return "index.html" if lang == DEFAULT_LANGUAGE else f"index.{lang}.html"


def in_the_making(output_dir: Path, name: str) -> Path:
    """Return where a report is made; executed notebooks appear in its folder ``files``."""
    return output_dir / HIDDEN / name


class Publication:
    """A report in the making; as a context it removes what is left of a failed one.

    Parameters
    ----------
    output_dir
        Where reports are; made if it is not there.
    period, lang
        What the report is of.
    waiting
        Called if another process makes the same report, before waiting for that.
    """

    def __init__(
        self,
        output_dir: Path,
        period: Period,
        lang: str,
        waiting: Callable[[], None] = lambda: None,
    ) -> None:
        self._output = output_dir
        self._lang = lang
        self._name = report_name(period, lang)
        self._work = in_the_making(output_dir, self._name)
        self._waiting = waiting
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Lock the report, make the working folder, and with it sure that this can be written."""
        try:
            self._held.enter_context(locked(self._output, self._name, self._waiting))
            shutil.rmtree(self._work, ignore_errors=True)  # of a process that was killed
            self.folder.mkdir(parents=True)
        except OSError as error:
            self._held.close()
            raise unwritable(self._output, error) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the working folder, and say in words what the system could not do."""
        shutil.rmtree(self._work, ignore_errors=True)
        self._held.close()
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

    @property
    def published(self) -> Path:
        """Where the page is, or will be, for readers."""
        return self._output / f"{self._name}.html"

    def write_manifest(self, made_from: Mapping[str, Any]) -> None:
        """Write what the report was made from, and when; the page itself says no time."""
        made = dict(made_from) | {
            "lang": self._lang,
            "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "page": {self.published.name: sha256(self.page)},
            "files": {path.name: sha256(path) for path in sorted(self.folder.iterdir())},
        }
        text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
        (self.folder / MANIFEST).write_text(text, encoding="utf-8")

    def publish(self) -> Path:
        """Put page and folder in place and return the page."""
        page, folder = self.published, self._output / self._name
        aside = self._work / "old"
        for path in (*self.folder.iterdir(), self.page):
            _flush(path)  # or a machine that stops may keep the names without the content
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
        shutil.rmtree(failed_folder(self._output, self._name), ignore_errors=True)
        return page

    def keep_failure(self, error: Exception, *folders: Path) -> None:
        """Keep why the report was not made, and the notebook that failed, beside its place.

        Of the folders that are given only the names are kept: the index page shows what is
        kept, and where the machine has them is nobody else's business. Where nothing can be
        written, the error alone has to tell.
        """
        import nbformat  # slow to import

        kept = self._work / "failed"
        target = failed_folder(self._output, self._name)
        with suppress(OSError):
            kept.mkdir()
            notebook = ""
            if isinstance(error, NotebookError) and error.node is not None:
                notebook = error.name
                nbformat.write(error.node, kept / notebook)
            is_data = isinstance(error, DataError)
            reason = Reason.DATA if is_data else getattr(error, "reason", Reason.OTHER)
            message = str(error)
            for folder in folders:
                message = message.replace(str(folder), folder.name)
            told = {"reason": reason, "message": message, "notebook": notebook}
            (kept / FAILURE).write_text(
                json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
            )
            if target.exists():
                target.rename(self._work / "old-failure")
            kept.rename(target)


def failed_folder(output_dir: Path, name: str) -> Path:
    """Return where the last failed attempt at a report is kept."""
    return output_dir / f"{name}.failed"


def locked(output_dir: Path, name: str, waiting: Callable[[], None] = lambda: None) -> FileLock:
    """Lock something in an output folder; the lock that is returned is a context to release it.

    Parameters
    ----------
    output_dir
        The folder; made if it is not there.
    name
        Of what is locked.
    waiting
        Called if another process has the lock, before waiting for it.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    folder = output_dir / HIDDEN
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{name}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        waiting()
        lock.acquire()
    return lock


def check_output(output_dir: Path) -> None:
    """Make sure that reports can be written to a folder.

    Raises
    ------
    ReportError
        If they cannot.
    """
    try:
        (output_dir / HIDDEN).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=output_dir / HIDDEN):
            pass
    except OSError as error:
        raise unwritable(output_dir, error) from None


def unwritable(output_dir: Path, error: OSError) -> ReportError:
    """Say that reports cannot be written to a folder, and what to do."""
    return ReportError(
        f"{output_dir}: the report cannot be written here: {error.strerror}; "
        "choose another folder with --output-dir"
    )


def _flush(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
