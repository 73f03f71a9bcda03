"""What a report is made from: checksums of data, notebooks and code, and the versions used.

The manifest lies beside the page and says all. The page carries a record of its own, so
that one that was sent without its manifest can be held against data, notebooks and code
too, and a seal at its end, by which a changed page is noticed. Neither says a time: the
same report is the same bytes. `differences` holds a report against what is there now.
"""

from __future__ import annotations

import csv
import hashlib
import json
import platform
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

from kao_metrics.own_labels import FILE_NAME as LABELS
from kao_metrics.period import Period
from kao_metrics.readers import OWN, PERIODS
from kao_metrics.register import register_path
from kao_metrics.report.errors import ReportError
from kao_metrics.steps import FILE_NAME as STEPS

MANIFEST: Final = "manifest.json"

_PACKAGES: Final = (
    *("altair", "dataframely", "great-tables", "ipykernel", "jinja2", "kao-metrics", "lark"),
    *("nbconvert", "odfdo", "papermill", "polars", "scipy", "vl-convert-python", "wcwidth"),
)
_COMPARED: Final = ("data", "notebooks", "code", "packages", "parameters")


def made_from(
    period: Period,
    data_dir: Path,
    notebooks: list[Path],
    parameters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what a period's report is made from, as it is now.

    Parameters
    ----------
    period
        The period.
    data_dir
        The data folder.
    notebooks
        The notebooks of the report.
    parameters
        What notebooks are given besides period, language and data folder.
    """
    return {
        "period": period.code,
        "parameters": dict(parameters or {}),
        "data": checksums(data_dir, period),
        "notebooks": {path.name: sha256(path) for path in notebooks},
        "code": _code(),  # once a process: later changes are not what runs
        "packages": _packages(),
    }


def checksums(data_dir: Path, period: Period) -> dict[str, str]:
    """Return the SHA-256 of the data that a period's report reads.

    The files of earlier periods are among them, for comparisons and series. Of the files
    that all periods share only what is the period's counts: a new half-year, or a document
    that no figure of the period comes from, changes nothing for those that are there.
    """
    listed = _rows(data_dir / PERIODS)
    # Codes are in the order of time.
    read = {row["period"] for row in listed if row.get("period", period.code) < period.code}
    own = [data_dir / table / f"{period.code}.csv" for table in OWN]
    tables = [path for path in own if path.exists()]
    tables += [
        path
        for code in sorted(read | {period.code})
        for path in sorted(data_dir.glob(f"*/{code}.csv"))
        if path.parent.name not in OWN
    ]
    reference = sorted((data_dir / "reference").glob("*.csv"))
    rows = [row for path in (*tables, *reference) for row in _rows(path)]
    named = {row.get("source_id", "") for row in rows}
    registers = [path for path in [register_path(data_dir, period.code)] if path.exists()]
    periods = [row for row in listed if row.get("period") in read | {period.code}]
    sources = _entries(data_dir / "sources.toml")
    remarks = _entries(data_dir / "remarks.toml")
    parts = {
        LABELS: _labels_of(data_dir, rows),
        PERIODS: periods,
        STEPS: _steps_until(data_dir, f"{period.covers_to:%Y-%m}"),
        "remarks.toml": remarks.get(period.code, {}),
        "sources.toml": {
            name: _of_period(sources[name], period) for name in sorted(named & set(sources))
        },
    }
    return {
        **{f"{name}#{period.code}": _digest(part) for name, part in parts.items() if part},
        **{
            path.relative_to(data_dir).as_posix(): sha256(path)
            for path in (*tables, *reference, *registers)
        },
    }


def _labels_of(data_dir: Path, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return the folder's own entries for what rows name, what metrics compute, and units."""
    own = _entries(data_dir / LABELS)
    cells = {cell for row in rows for cell in row.values()} if own else set()
    named = {
        f"{kind}.{code}": entry
        for kind, entries in own.items()
        for code, entry in (entries if isinstance(entries, dict) else {}).items()
        if code in cells or kind == "unit" or "places" in entry
    }
    return dict(sorted(named.items()))


def _steps_until(data_dir: Path, month: str) -> list[Any]:
    """Return the marked steps up to a month; later ones are none of the period's."""
    return [
        (series, step)
        for series, steps in _entries(data_dir / STEPS).items()
        for step in (steps if isinstance(steps, list) else [])
        if isinstance(step, dict) and str(step.get("month", "")) <= month
    ]


def _of_period(source: Any, period: Period) -> Any:
    """Return what is said of a document without the files that other periods came from."""
    if not isinstance(source, dict) or not isinstance(source.get("imports"), list):
        return source
    own = [each for each in source["imports"] if dict(each).get("period") == period.code]
    rest = {name: said for name, said in source.items() if name != "imports"}
    return {**rest, "imports": own} if own else rest


def _rows(path: Path) -> list[dict[str, str]]:
    """Read a table's rows as they are written; none where it is no table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, restkey="", restval=""))
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def _entries(path: Path) -> dict[str, Any]:
    """Read a TOML file; nothing where it is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _digest(part: Any) -> str:
    written = json.dumps(part, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def record(made: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page says of a manifest: the code as one checksum, and no Python.

    Another Python makes the same page; a page that named it would not be the same.
    """
    packages = {name: version for name, version in made["packages"].items() if name != "python"}
    return {**made, "code": {"kao_metrics": _digest(made["code"])}, "packages": packages}


def is_current(page: Path, made: Mapping[str, Any]) -> bool:
    """Tell whether a published report is whole and is what would be made now.

    Parameters
    ----------
    page
        The report's page; its manifest and files lie in the folder of the same name.
    made
        What it would be made from: see `made_from`.
    """
    folder = page.with_suffix("")
    try:
        kept = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        digests = {folder / name: digest for name, digest in kept["files"].items()}
        digests[page] = kept["page"][page.name]
        is_whole = all(sha256(path) == digest for path, digest in digests.items())
        return is_whole and all(kept[name] == made[name] for name in _COMPARED)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def sealed(page: str) -> str:
    """Close a page with the checksum of all that stands before it.

    >>> sealed("<p>")[:30]
    '<p><!-- sha256 of all before: '
    """
    return f"{page}{_SEAL}{hashlib.sha256(page.encode()).hexdigest()} -->\n"


_SEAL: Final = "<!-- sha256 of all before: "
_RECORD: Final = re.compile(r'<script type="application/json" id="kao-made-from">(.*?)</script>')


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
        If there is no page, or neither it nor a manifest beside it says what it was made from.
    """
    try:
        whole = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(
            f"{page}: {getattr(error, 'strerror', None) or 'no text'}; a report is made by "
            "kao-metrics report"
        ) from None
    beside = page.with_suffix("") / MANIFEST
    kept = _RECORD.search(whole)
    has_manifest = beside.exists()
    if not has_manifest and not kept:
        raise ReportError(
            f"{page}: no report that says what it was made from, and no {beside} beside it; a "
            "report is made by kao-metrics report"
        )
    path = beside if has_manifest else page
    try:
        said = kept[1] if kept and not has_manifest else beside.read_text(encoding="utf-8")
        made = {"parameters": {}, **json.loads(said)}
        now = made_from(Period.parse(made["period"]), data_dir, notebooks, made["parameters"])
        now = now if has_manifest else record(now)
        parts = {name: dict(made[name]) for name in _COMPARED}
        digests = made.get("page", {})
        is_as_made = digests.get(page.name) == sha256(page) if digests else True
    except OSError as error:
        raise ReportError(f"{error.filename}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(f"{path}: no manifest of a report ({error})") from None
    changed = []
    if not is_as_made or sealed(whole.rpartition(_SEAL)[0]) != whole:
        changed.append(f"page: {page.name} was changed after it was made")
    for name, then in parts.items():
        changed += _changes(name, then, now[name])
    return changed


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


@cache
def _packages() -> dict[str, str]:
    """Return the versions of Python and of what a report is made with."""
    return {
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _PACKAGES},
    }


@cache
def _code() -> dict[str, str]:
    """Return one checksum for each file of the package that a report depends on."""
    top = Path(str(resources.files("kao_metrics")))
    kinds = (".py", ".toml", ".j2", ".css", ".js", ".json", ".ttf")
    # What the wheel carries for new projects, data and notebooks, is no code.
    parts = (path.relative_to(top) for path in top.rglob("*") if path.suffix in kinds)
    paths = sorted(top / part for part in parts if part.parts[0] != "_project")
    return {path.relative_to(top).as_posix(): sha256(path) for path in paths}
