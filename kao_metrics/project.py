"""What a new project holds, and where it is found: notebooks, data, templates, examples.

A project is a folder with ``notebooks/`` and ``data/``. A new one has the notebooks of this
version and real figures, so that every command works at once, and beside them a template for
each table. The wheel carries the files in a folder of its own; from a clone they are taken
where they are, so that there is no second copy to keep up.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import Final

from kao_metrics.schemas import TABLES

PARTS: Final = ("notebooks", "data")
"""The folders of a project."""

PACKED: Final = "_project"
"""Where the wheel has them, inside the package; see ``pyproject.toml``."""

TEMPLATES: Final = "data/templates"
"""Where no command looks for tables, because a table without rows is an error."""

_PACKAGE: Final = Path(__file__).parent
_WANTED: Final = "nothing was changed; name a folder that is new or empty"
_BYTE_ORDER_MARK: Final = "\ufeff"  # without it, spreadsheets do not save Chinese as UTF-8


class ProjectError(Exception):
    """The project cannot be made there; the message says what to do."""


def contents() -> dict[str, bytes]:
    """Return the files of a new project by their paths in it.

    Raises
    ------
    ProjectError
        If the installation lacks them.

    >>> sorted({path.partition("/")[0] for path in contents()})
    ['README.md', 'data', 'notebooks']
    """
    packed = _PACKAGE / PACKED
    origin = packed if packed.is_dir() else _PACKAGE.parent
    files = _files(_PACKAGE / "new_project")
    for part in PARTS:
        found = _files(origin / part)
        if not found:
            raise ProjectError(f"{origin / part}: not there; install kao-metrics again")
        files |= {f"{part}/{path}": content for path, content in found.items()}
    return files | {f"{TEMPLATES}/{table}.csv": template(table) for table in TABLES}


def template(table: str) -> bytes:
    r"""Return a table without rows, for a person to fill in with a spreadsheet.

    >>> template("retirement_reserve").decode("utf-8-sig")
    'as_of,item,amount,unit,qualifier,section,source_id\n'
    """
    return f"{_BYTE_ORDER_MARK}{','.join(TABLES[table].COLUMNS)}\n".encode()


def make_project(folder: Path) -> None:
    """Make a new project, whole or not at all.

    Parameters
    ----------
    folder
        Not there yet, or empty; folders above it are made where they are missing.

    Raises
    ------
    ProjectError
        If something is there already, or nothing can be written there. Nothing that was
        there is changed.
    """
    files = contents()
    try:
        is_there = folder.is_dir()
        if is_there and any(folder.iterdir()):
            raise ProjectError(f"{folder}: the folder is not empty; {_WANTED}")
        if not is_there and (folder.exists() or folder.is_symlink()):
            raise ProjectError(f"{folder}: there is something that is no folder; {_WANTED}")
        if not is_there:
            folder.parent.mkdir(parents=True, exist_ok=True)
        # An empty folder is kept, because a shell may be in it; a new one gets its name last.
        home = folder if is_there else folder.parent
        staged = home / f".kao-metrics-init-{secrets.token_hex(4)}"
        try:
            _write(files, staged)
            if is_there:
                _move_up(staged, folder)
            else:
                staged.rename(folder)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or error
        raise ProjectError(f"{folder}: cannot be made ({reason}); choose another place") from None


def _files(folder: Path) -> dict[str, bytes]:
    """Read the files of a folder by their paths in it; what tools leave behind is left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        is_left_behind = any(part.startswith((".", "__")) for part in inside.parts)
        if path.is_file() and not is_left_behind:
            found[inside.as_posix()] = path.read_bytes()
    return found


def _write(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _move_up(staged: Path, folder: Path) -> None:
    """Move what is staged inside a folder into it, and all of it back if that is interrupted."""
    names = sorted(each.name for each in staged.iterdir())
    try:
        for name in names:
            (staged / name).rename(folder / name)
    except BaseException:
        for name in names:
            if not (staged / name).exists():
                (folder / name).rename(staged / name)
        raise
