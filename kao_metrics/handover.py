"""What the process that makes a report has computed already, handed to its notebooks.

A report's notebooks all ask for the same figures. They are computed once, so that every
notebook and the page show the same ones even if a table changes meanwhile, and so that
nothing is computed seven times. A notebook that asks for anything else, or that is run by
itself, computes as ever.
"""

from __future__ import annotations

import os
import pickle
from functools import cache
from pathlib import Path
from typing import Any, Final

HANDED: Final = "KAO_METRICS_HANDED"
"""Environment variable with the file, in a folder that only this user can read."""


def hand_over(folder: Path, key: tuple[str, ...], value: Any) -> dict[str, str]:
    """Keep what was computed in a private folder; return what a kernel's environment needs."""
    path = folder / "handed"
    path.write_bytes(pickle.dumps((key, value)))
    return {HANDED: str(path)}


def handed(key: tuple[str, ...]) -> Any:
    """Return what was handed over under this very key; None if nothing was."""
    path = os.environ.get(HANDED)
    found, value = _read(path) if path else ((), None)
    return value if found == key else None


@cache
def _read(path: str) -> tuple[tuple[str, ...], Any]:
    try:
        written = Path(path).read_bytes()
    except OSError:  # its report is done: a kernel that was kept computes for itself
        return (), None
    found: tuple[tuple[str, ...], Any] = pickle.loads(written)  # noqa: S301 - our own, private
    return found
