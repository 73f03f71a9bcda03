"""The report's notebooks: find them and check their parameters.

A notebook is part of the report when its name begins with a number, which is also its
place. Parameters are held against the notebook's own cell before any notebook starts:
Papermill only warns of an unknown one.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nbformat

from kao_metrics.labels import suggestion
from kao_metrics.report.errors import ReportError, UsageError

_UNREADABLE: Final = (
    *(OSError, ValueError, TypeError, AttributeError, KeyError),
    nbformat.ValidationError,
)
"""What nbformat raises for files that are no notebooks."""

_KERNEL: Final = {"name": "python3", "display_name": "Python 3", "language": "python"}
_TAG: Final = "parameters"
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
}
_FROM_TEXT: Final[dict[str, Callable[[str], Any]]] = {
    "int": int,
    "float": float,
    "bool": lambda text: {"true": True, "false": False}[text.lower()],
}


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook of the report.

    Parameters
    ----------
    path
        Its file.
    node
        Its content; once it has run, with outputs.
    """

    path: Path
    node: nbformat.NotebookNode

    @property
    def name(self) -> str:
        """The file's name without its ending, such as ``02_workforce``."""
        return self.path.stem

    @property
    def key(self) -> str:
        """The name without its number: ``workforce``."""
        return self.name.partition("_")[2]


def find_notebooks(folder: Path) -> list[Notebook]:
    """Find the report's notebooks, in the order of their numbers.

    Raises
    ------
    UsageError
        If there is none.
    ReportError
        If one is no notebook.
    """
    found = sorted(
        (path for path in folder.glob("*.ipynb") if re.match(r"\d+_", path.name)),
        key=lambda path: (int(path.name.partition("_")[0]), path.name),
    )
    if not found:
        raise UsageError(
            f"{folder}: no notebooks of the report; their names begin with a number, "
            "such as 01_overview.ipynb"
        )
    return [_read(path) for path in found]


def checked_parameters(
    notebooks: list[Notebook], given: Mapping[str, Any], data_dir: Path
) -> list[tuple[Notebook, dict[str, Any]]]:
    """Set beside each notebook the parameters that it gets.

    Every notebook gets ``period``, ``lang`` and ``data_dir``; any other parameter goes to
    the notebooks that have it. A text is read as the number or truth value that a notebook
    expects, if it is one: so a command line gives an amount its exact digits.

    Raises
    ------
    UsageError
        If a notebook has no parameters cell or several, lacks one of the three, nobody has a
        parameter, or a value is of another type than the notebook says.
    """
    pairs = []
    taken: set[str] = set()
    offered: dict[str, Any] = {}
    for notebook in notebooks:
        _check_tag(notebook)
        declared = _declared(notebook)
        offered |= declared
        folder = _relative(data_dir, notebook.path.parent)
        values = {
            name: _read_as(declared[name], value)
            for name, value in {**given, "data_dir": folder}.items()
            if name in declared
        }
        missing = [name for name in ("period", "data_dir", "lang") if name not in declared]
        if missing:
            raise UsageError(
                f"{notebook.path}: its parameters cell has no {', '.join(missing)}; expected a "
                "cell tagged 'parameters' with period: str, data_dir: str and lang: str"
            )
        for name, value in values.items():
            _check_type(notebook, name, value, declared[name])
        taken |= set(values)
        pairs.append((notebook, values))
    unknown = [name for name in given if name not in taken]
    if unknown:
        raise UsageError(
            f"no notebook has a parameter {unknown[0]!r}{suggestion(unknown[0], offered)}"
        )
    return pairs


def _read(path: Path) -> Notebook:
    try:
        node = nbformat.read(path, as_version=4)
        nbformat.validate(node)
    except _UNREADABLE as error:
        what = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise ReportError(f"{path}: no notebook that can be read: {what}") from None
    kernel = node.metadata.setdefault("kernelspec", dict(_KERNEL))
    info = node.metadata.get("language_info", {})
    language = kernel.setdefault("language", info.get("name", _KERNEL["language"]))
    if language != _KERNEL["language"]:
        name = kernel.get("display_name", kernel.get("name", ""))
        raise ReportError(
            f"{path}: its kernel {name!r} is for {language}; a report runs Python only: choose "
            "Python 3 in JupyterLab (Kernel, Change Kernel) and save the notebook"
        )
    return Notebook(path, node)


def _check_tag(notebook: Notebook) -> None:
    """Hold against a notebook that nobody could tell which cell has its parameters."""
    cells = notebook.node.cells
    tagged = [cell for cell in cells if _TAG in cell.metadata.get("tags", ())]
    if len(tagged) != 1:
        found = f"{len(tagged)} cells are" if tagged else "no cell is"
        raise UsageError(
            f"{notebook.path}: {found} tagged {_TAG!r}; expected one, with period: str, "
            "data_dir: str and lang: str; in JupyterLab a cell's tags are in the property "
            "inspector (View, Right Sidebar)"
        )


def _declared(notebook: Notebook) -> dict[str, str]:
    """Return the parameters of a notebook and the types that they have."""
    import papermill  # slow to import

    found = {}
    for name, parameter in papermill.inspect_notebook(notebook.node).items():
        kind = parameter["inferred_type_name"]
        if kind in ("None", "", None):
            try:
                kind = type(ast.literal_eval(parameter["default"])).__name__
            except (ValueError, SyntaxError):
                kind = ""
        found[name] = kind
    return found


def _read_as(kind: str, value: Any) -> Any:
    """Read a text as what a notebook expects; leave what is no such thing as it is."""
    if not isinstance(value, str) or kind not in _FROM_TEXT:
        return value
    try:
        return _FROM_TEXT[kind](value)
    except (ValueError, KeyError):
        return value


def _check_type(notebook: Notebook, name: str, value: Any, kind: str) -> None:
    expected = _TYPES.get(kind)
    is_bool_for_number = isinstance(value, bool) and kind != "bool"
    if expected and (not isinstance(value, expected) or is_bool_for_number):
        raise UsageError(
            f"{notebook.path}, parameter {name}: found {value!r} ({type(value).__name__}); "
            f"expected {kind}"
        )


def _relative(folder: Path, start: Path) -> str:
    """Write a folder as seen from the notebook, so that no path of the machine is kept."""
    try:
        return Path(os.path.relpath(folder.resolve(), start.resolve())).as_posix()
    except ValueError:  # another drive on Windows
        return folder.resolve().as_posix()
