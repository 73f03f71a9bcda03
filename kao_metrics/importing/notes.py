"""What a person should know of an import: what was left out, what looks wrong, what was sure."""

from __future__ import annotations

from collections.abc import Sequence

from kao_metrics.importing.duplicates import Duplicates
from kao_metrics.importing.mapping import ExportMapping, folded
from kao_metrics.importing.reading import Reading
from kao_metrics.importing.records import Records
from kao_metrics.importing.tallying import Tally
from kao_metrics.importing.totals import Held
from kao_metrics.importing.vocabulary import is_personal
from kao_metrics.period import Period


def on_files(records: Sequence[Records]) -> list[str]:
    """Say where characters could not be decoded."""
    return [
        f"warning: {each.place.file}: characters that could not be decoded: {each.broken}, the "
        f"first in line {each.first_broken}"
        for each in records
        if each.broken
    ]


def on_persons(records: Sequence[Records], mapping: ExportMapping) -> list[str]:
    """Say which columns look as if they were about persons, and what becomes of them."""
    read = set(map(folded, mapping.columns()))
    names = dict.fromkeys(name for each in records for name in each.names if is_personal(name))
    left = [name for name in names if folded(name) not in read]
    taken = [name for name in names if folded(name) in read]
    notes = [f"left behind, as it looks personal: {', '.join(left)}"] if left else []
    return notes + (
        [f"warning: the mapping reads what looks personal: {', '.join(taken)}"] if taken else []
    )


def on_duplicates(found: Duplicates, mapping: ExportMapping) -> list[str]:
    """Say how many rows come again, and whether the key is none."""
    notes = []
    if found.rows:
        what = "removed" if mapping.checks.duplicates == "remove" else "counted all the same"
        notes.append(f"exact duplicates of other rows: {found.rows} (first {found.first}), {what}")
    if found.keyed > found.keys:
        notes.append(
            f"warning: {mapping.checks.key} is no key: {found.keyed} rows have {found.keys} "
            "different ones; it is not used to remove rows"
        )
    return notes


def on_rows(reading: Reading, held: Held, mapping: ExportMapping) -> list[str]:
    """Say which rows are no rows of the table, and how the totals held."""
    notes = [f"{what}: {times} rows" for what, times in reading.left_out.items()]
    if reading.realigned:
        notes.append(f"rows read where their columns moved to: {reading.realigned}")
    if held.agreeing:
        notes.append(f"totals that agree with their details: {held.agreeing}")
    if held.failures and mapping.checks.totals == "report":
        notes += [f"warning: {failure}" for failure in held.failures]
    return notes


def on_periods(tally: Tally, wanted: Sequence[Period]) -> list[str]:
    """Say how many case rows are of other periods, and of which."""
    elsewhere = sum(tally.elsewhere.values())
    if not elsewhere:
        return []
    codes = ", ".join(period.code for period in wanted)
    counts = ", ".join(f"{code}: {count}" for code, count in sorted(tally.elsewhere.items()))
    return [f"case rows that are not of {codes}: {elsewhere} ({counts})"]
