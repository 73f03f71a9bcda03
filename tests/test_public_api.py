"""The public API is what public_api.txt lists: a name or a signature changes on purpose only.

After a change on purpose write the listing anew, and say the change in CHANGELOG.md::

    python tests/test_public_api.py
"""

from __future__ import annotations

import difflib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

import kao_metrics as km
from kao_metrics.labels import LANGUAGES, Language
from kao_metrics.schemas import TABLES, TableName

LISTING = Path(__file__).parent / "public_api.txt"


def listed() -> str:
    """List every public name with its signature, a line each."""
    return "".join(f"{line}\n" for name in km.__all__ for line in lines(name, getattr(km, name)))


def lines(name: str, thing: object) -> Iterator[str]:
    """List a function, or a class or module with what is public in it."""
    if isinstance(thing, ModuleType):
        for inside in public(thing):
            yield from lines(f"{name}.{inside}", getattr(thing, inside))
        return
    yield name + signature(thing)
    if isinstance(thing, type):
        for inside in sorted(name for name in vars(thing) if not name.startswith("_")):
            member = inspect.getattr_static(thing, inside)
            function = getattr(member, "__func__", member)
            is_function = inspect.isfunction(function)
            yield f"{name}.{inside}{signature(function) if is_function else ''}"


def public(module: ModuleType) -> list[str]:
    """Name what a module says is public, or the functions that it defines."""
    own = (
        name
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__
    )
    return sorted(getattr(module, "__all__", [name for name in own if not name.startswith("_")]))


def signature(thing: object) -> str:
    """Write a signature, the same on every system and in every version of Python."""
    try:
        text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(thing)))
    except ValueError:  # an exception that takes what every exception takes
        return ""
    text = re.sub(r"<function .*? at 0x[0-9a-f]+>", "...", text)
    return re.sub(r"\b(Posix|Windows)Path\(", "Path(", text)


def test_names_and_signatures_are_those_that_are_listed():
    before, now = LISTING.read_text(encoding="utf-8"), listed()
    changed = "\n".join(
        line
        for line in difflib.unified_diff(before.splitlines(), now.splitlines(), "listed", "now")
        if not line.startswith("  ")
    )
    assert now == before, (
        f"the public API changed:\n{changed}\nIf that is on purpose, run: python {__file__}"
    )


def test_what_is_listed_has_a_docstring():
    things = {name: getattr(km, name) for name in km.__all__}
    things |= {
        f"{name}.{inside}": getattr(module, inside)
        for name, module in things.items()
        if isinstance(module, ModuleType)
        for inside in public(module)
    }
    assert not [name for name, thing in things.items() if not inspect.getdoc(thing)]


def test_the_library_is_there_at_once_and_draws_when_it_is_asked_to():
    code = "import sys, kao_metrics as km; km.read, km.workforce, km.Period; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    slow = {"altair", "great_tables", "nbconvert", "nbformat", "papermill", "scipy", "vl_convert"}
    assert not slow & set(done.stdout.split())


def test_a_name_that_is_not_public_suggests_the_nearest():
    with pytest.raises(AttributeError, match="'analyze'; did you mean 'analyse'"):
        _ = km.analyze
    with pytest.raises(AttributeError, match=r"'_repr_html_'$"):
        _ = km._repr_html_


def test_completion_offers_what_is_public_and_no_libraries():
    assert set(dir(km.charts)) == set(km.charts.__all__)
    assert {name for name in dir(km) if not name.startswith("__")} == set(km.__all__)


def test_editors_complete_the_names_that_there_are():
    assert get_args(TableName) == tuple(TABLES)
    assert get_args(Language) == LANGUAGES


if __name__ == "__main__":
    LISTING.write_text(listed(), encoding="utf-8", newline="\n")
