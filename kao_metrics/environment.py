"""Whether the packages of this Python are those that the code needs, and how to get them.

An environment goes stale when the code is renewed and its dependencies are not, or when
something else that is installed takes an older version along. What is needed is said by the
package's own metadata; in a clone by ``pyproject.toml``, which is as new as the code.
"""

from __future__ import annotations

import shlex
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

NAME: Final = "kao-metrics"

_TOP: Final = Path(__file__).parent.parent
"""The top of a clone; elsewhere a folder that has none of the files looked for."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A package that is missing or has the wrong version.

    Parameters
    ----------
    name
        As it is installed.
    found
        Its version, empty if it is missing.
    needed
        The versions that will do, such as ``>=2.0``; empty if any will.
    """

    name: str
    found: str
    needed: str

    def __str__(self) -> str:
        """Say what is found and what is needed.

        >>> print(Lack("polars", "1.9.0", ">=2.0"))
        polars: found 1.9.0; needed >=2.0
        """
        return f"{self.name}: found {self.found or 'none'}; needed {self.needed or 'any version'}"


def requirements() -> list[str]:
    """Return what the package needs, as requirements in the words of pip.

    >>> any(each.startswith("polars") for each in requirements())
    True
    """
    try:
        project = tomllib.loads((_TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        if project["name"] == NAME:
            return list(project["dependencies"])
    except (OSError, ValueError, KeyError):
        pass  # no clone, or one that is being edited
    try:
        return metadata.requires(NAME) or []
    except metadata.PackageNotFoundError:
        return []


def lacking(needed: Iterable[str] | None = None) -> list[Lack]:
    """Find the packages that are missing or have the wrong version.

    Parameters
    ----------
    needed
        Requirements in the words of pip; those of this package if left out.

    Notes
    -----
    What only extras need is not looked at.

    >>> lacking(["packaging>=1", "packaging<1; python_version < '3'"])
    []
    """
    try:
        from packaging.requirements import Requirement
    except ImportError:
        wanted = [each for each in requirements() if each.startswith("packaging")]
        return [Lack("packaging", "", each.removeprefix("packaging")) for each in wanted]
    found = []
    for each in map(Requirement, requirements() if needed is None else needed):
        if each.marker is not None and not each.marker.evaluate({"extra": ""}):
            continue
        version = _version(each.name)
        if not version or not each.specifier.contains(version, prereleases=True):
            found.append(Lack(each.name, version, str(each.specifier)))
    return found


def remedy(lacks: Sequence[Lack]) -> str:
    """Return the command that brings the environment up to date.

    >>> remedy([Lack("polars", "1.9.0", ">=2.0")]).endswith("'polars>=2.0'")
    True
    """
    constraints = _TOP / "constraints.txt"
    tested = ["-c", str(constraints)] if constraints.exists() else []
    wanted = [each.name + each.needed for each in lacks]
    return shlex.join([sys.executable, "-m", "pip", "install", *tested, *wanted])


def _version(name: str) -> str:
    """Return the installed version; empty if there is none, or only a rest of one."""
    try:
        return metadata.version(name) or ""
    except (metadata.PackageNotFoundError, KeyError):
        return ""
