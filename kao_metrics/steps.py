"""Months in which a series is known to have changed, as the analyst marks them.

``data/steps.toml`` has an entry a step: from its month on, the limits of a control chart
start anew, because what was counted, or how, is no longer the same. Marking a month only
because it looks odd would hide the signal, so every step says its reason, and the page shows
it. A data folder need not have any.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any, Final, NamedTuple

from kao_metrics import labels
from kao_metrics.sources import SourceError, is_words

FILE_NAME: Final = "steps.toml"

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_FIELDS: Final = {"month", *labels.LANGUAGES}


class Step(NamedTuple):
    """A known change of a series: its first month, and the reason by language."""

    series: str
    month: dt.date
    words: dict[str, str]


def read_steps(data_dir: Path) -> tuple[Step, ...]:
    """Read the steps of a data folder, in the order of time.

    Raises
    ------
    SourceError
        If ``steps.toml`` is no TOML, names no series of the report, or a step has no month
        such as ``2018-03``, lacks its reason in a language, or is there twice.
    """
    path = data_dir / FILE_NAME
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"{path}: {error}") from None
    steps: dict[tuple[str, dt.date], Step] = {}
    for series, entries in tables.items():
        for number, entry in enumerate(_entries(path, series, entries), start=1):
            step = _step(f"{path}, [[{series}]] {number}", series, entry)
            if (series, step.month) in steps:
                raise SourceError(
                    f"{path}, [[{series}]] {number}: {entry['month']} is there twice, "
                    "expected each month once"
                )
            steps[series, step.month] = step
    return tuple(sorted(steps.values(), key=lambda each: each.month))


def _entries(path: Path, series: str, entries: Any) -> list[Any]:
    known = [labels.attribute("stage", stage, "indicator") for stage in labels.codes("stage")]
    if series not in known:
        expected = ", ".join(known)
        raise SourceError(f"{path}, [[{series}]]: no series of months, expected one of {expected}")
    if not isinstance(entries, list):
        raise SourceError(f"{path}, [{series}]: one table, expected [[{series}]] for each step")
    return entries


def _step(place: str, series: str, entry: Any) -> Step:
    found = set(entry) if isinstance(entry, dict) else set()
    if found != _FIELDS:
        raise SourceError(f"{place}: found {sorted(found)}, expected exactly {sorted(_FIELDS)}")
    month, words = entry["month"], {lang: entry[lang] for lang in labels.LANGUAGES}
    if not isinstance(month, str) or not _MONTH.fullmatch(month) or month < "1912":
        raise SourceError(f"{place}, month: found {month!r}, expected a month such as 2018-03")
    if not is_words(words) or not all(each.strip() for each in words.values()):
        raise SourceError(f"{place}: found {words!r}, expected the reason in zh-TW and en")
    return Step(series, dt.date.fromisoformat(f"{month}-01"), words)
