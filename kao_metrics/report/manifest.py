"""What a report is made from: checksums of data, notebooks and code, and the versions used.

The manifest lies beside the page. `differences` holds a report against what is there now.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

from kao_metrics.period import Period
from kao_metrics.report.errors import ReportError

MANIFEST: Final = "manifest.json"

_PACKAGES: Final = (
    "altair",
    "great-tables",
    "kao-metrics",
    "nbconvert",
    "papermill",
    "polars",
    "vl-convert-python",
)
_COMPARED: Final = ("data", "notebooks", "code", "packages")


def manifest(period: Period, data_dir: Path, notebooks: list[Path]) -> dict[str, Any]:
    """Return what a period's report is made from, as it is now.

    Parameters
    ----------
    period
        The period.
    data_dir
        The data folder.
    notebooks
        The notebooks of the report.
    """
    return {
        "period": period.code,
        "data": checksums(data_dir, period),
        "notebooks": {path.name: sha256(path) for path in notebooks},
        "code": _code(),
        "packages": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in _PACKAGES},
        },
    }


def checksums(data_dir: Path, period: Period) -> dict[str, str]:
    """Return the SHA-256 of each data file that a period's report reads.

    The files of the periods that it is compared with are among them.
    """
    compared = {period.code, period.previous.code, period.same_half_last_year.code}
    tables = [path for code in sorted(compared) for path in sorted(data_dir.glob(f"*/{code}.csv"))]
    shared = [data_dir / name for name in ("periods.csv", "sources.toml", "remarks.toml")]
    reference = sorted((data_dir / "reference").glob("*.csv"))
    return {
        path.relative_to(data_dir).as_posix(): sha256(path)
        for path in [*shared, *tables, *reference]
        if path.exists()
    }


def differences(page: Path, data_dir: Path, notebooks: list[Path]) -> list[str]:
    """Say what has changed since a report was made; nothing where it would come out the same.

    Parameters
    ----------
    page
        The report's page; its manifest lies in the folder of the same name.
    data_dir, notebooks
        What it is held against.

    Raises
    ------
    ReportError
        If the page or its manifest is not there or cannot be read.
    """
    path = page.with_suffix("") / MANIFEST
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        is_as_made = made["page"].get(page.name) == sha256(page)
        now = manifest(Period.parse(made["period"]), data_dir, notebooks)
        parts = {name: dict(made[name]) for name in _COMPARED}
    except OSError as error:
        raise ReportError(
            f"{error.filename}: {error.strerror}; a report is made by "
            "kao-metrics report, with its manifest beside it"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(f"{path}: no manifest of a report ({error})") from None
    found = [] if is_as_made else [f"page: {page.name} was changed after it was made"]
    for name, then in parts.items():
        found += _changes(name, then, now[name])
    return found


def sha256(path: Path) -> str:
    """Return the checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _changes(name: str, then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    found = []
    for key in sorted({*then, *now}):
        if key not in now:
            found.append(f"{name}: {key} is no longer there")
        elif key not in then:
            found.append(f"{name}: {key} is new")
        elif then[key] != now[key]:
            versions = f" from {then[key]} to {now[key]}" if name == "packages" else ""
            found.append(f"{name}: {key} changed{versions}")
    return found


def _code() -> dict[str, str]:
    """Return one checksum for each file of the package that a report depends on."""
    top = Path(str(resources.files("kao_metrics")))
    kinds = (".py", ".toml", ".j2", ".css", ".json")
    paths = sorted(path for path in top.rglob("*") if path.suffix in kinds)
    return {path.relative_to(top).as_posix(): sha256(path) for path in paths}
