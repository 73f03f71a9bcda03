"""Private folders for sockets, removed with their owner, or by the next one after a kill.

An owner holds a lock on its folder for as long as it lives. The system gives the lock back
however a process ends, so a folder that can be locked has lost its owner.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PREFIX: Final = "kao-metrics-sockets-"

_OURS: Final = ("kernel.json", "handed")
"""What is in such a folder besides sockets; one with anything else is somebody's own."""


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder that nobody else can read, and remove it at the end.

    Folders that killed processes have left behind are removed on the way.
    """
    remove_abandoned()
    unnamed = Path(tempfile.mkdtemp(prefix=f"new-{PREFIX}"))
    held = _lock(unnamed)
    # Only now it gets its name: no folder of that name is ever without a lock by mistake.
    folder = unnamed.rename(unnamed.with_name(unnamed.name.removeprefix("new-")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


def remove_abandoned() -> None:
    """Remove the folders whose owners are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            held = _lock(folder)
            if held is not None:
                if all(each.is_socket() or each.name in _OURS for each in folder.iterdir()):
                    shutil.rmtree(folder, ignore_errors=True)
                os.close(held)


def _lock(folder: Path) -> int | None:
    """Lock a folder; None if another process has it, or the system has no such locks."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened
