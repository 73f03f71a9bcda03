"""Which half-years are meant: by name, by range, or all that the data has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kao_metrics.period import Period
from kao_metrics.readers import open_data
from kao_metrics.report.errors import UsageError


def selected(spellings: Sequence[str], data_dir: Path, *, every: bool = False) -> list[Period]:
    """Return the half-years that are meant, each once.

    Parameters
    ----------
    spellings
        Names such as ``107H1``, and ranges such as ``104H2..115H1``, both ends included; of a
        range those half-years are meant that the data has.
    data_dir
        The data folder.
    every
        Whether all that the data has are meant, too.

    Raises
    ------
    PeriodError
        If a spelling is none.
    UsageError
        If a range is turned round, or the data has nothing of it.
    DataError
        If the data folder cannot be opened, and a range or all were asked for.
    """
    known: list[Period] = []
    if every or any(".." in each for each in spellings):
        known = list(open_data(data_dir).periods.values())
    found = list(known) if every else []
    for spelling in spellings:
        first, dots, last = spelling.partition("..")
        found += _range(spelling, first, last, known) if dots else [Period.parse(spelling)]
    return list({period.code: period for period in found}.values())


def _range(spelling: str, first: str, last: str, known: Sequence[Period]) -> list[Period]:
    low, high = Period.parse(first).code, Period.parse(last).code
    if low > high:
        raise UsageError(f"{spelling}: the range ends before it begins; try {last}..{first}")
    found = [period for period in known if low <= period.code <= high]
    if not found:
        has = f"{known[0]}..{known[-1]}" if known else "no half-year"
        raise UsageError(f"{spelling}: the data has nothing of it; it has {has}")
    return found
