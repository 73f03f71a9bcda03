"""Two releases of the real figures, for tests to compare."""

from __future__ import annotations

import shutil

import polars as pl

RESERVE = "retirement_reserve/2018-S1.csv"
SERVICES = "services/2018-S1.csv"
STAFF = "workforce/2018-S1.csv"
COMPLAINTS = "complaints/2018-S1.csv"
STATED = "stated/2018-S1.csv"


def small(folder, data_dir):
    """Make a folder of the real reserve and counted services alone, which is quickly compared."""
    for name in (RESERVE, SERVICES, "sources.toml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(data_dir / name, folder / name)
    (folder / "periods.csv").write_text(
        "period,covers_from,covers_to\n2018-S1,2018-01-16,2018-06-30\n", encoding="utf-8"
    )
    return folder


def change(path, *changes):
    """Change a file: what is there once, and what stands there instead."""
    text = path.read_text(encoding="utf-8")
    for there, instead in changes:
        assert text.count(there) == 1
        text = text.replace(there, instead)
    path.write_text(text, encoding="utf-8")


def line(path, start):
    """Return the whole line of a file that begins like this, with its end."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return next(each for each in lines if each.startswith(start))


def named(found):
    """Return by indicator and breakdown what became of a figure."""
    return {
        (row["indicator"], row["breakdown"]): row for row in found.figures.iter_rows(named=True)
    }


def causes(found, indicator, breakdown="_T"):
    """Return how it is known what changed a figure, and the keys of the rows that did."""
    rows = found.causes.filter(pl.col("indicator") == indicator, pl.col("breakdown") == breakdown)
    return set(rows["cause"]), rows["key"].to_list()
