"""What can go wrong with a report, apart from its data."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a report was not made; labels.toml says what to do about each."""

    DATA = "data"
    CELL = "cell"
    TIME = "time"
    KERNEL = "kernel"
    WORKER = "worker"
    OTHER = "other"


class UsageError(ValueError):
    """The call cannot work as it was written: exit status 2."""


class ReportError(Exception):
    """The report could not be made or written: exit status 1."""

    reason = Reason.OTHER


class WorkerError(ReportError):
    """The process that made the report is gone."""

    reason = Reason.WORKER


class NotebookError(ReportError):
    """A notebook failed.

    Parameters
    ----------
    message
        Which notebook, cell and line, and what is the matter.
    reason
        Whether a cell failed, took too long, or the kernel died.
    name
        The notebook's file name.
    node
        The notebook as far as it came; None if it did not begin.
    """

    def __init__(self, message: str, reason: Reason, name: str, node: Any) -> None:
        super().__init__(message)
        self.reason = reason
        self.name = name
        self.node = node
