"""The figures in which two result tables differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from kao_metrics.register import moved
from kao_metrics.schemas import DECIMAL

COMPARED: Final = {
    "value": DECIMAL,
    "lower": DECIMAL,
    "upper": DECIMAL,
    "unit": pl.String(),
    "obs_status": pl.String(),
    "reason": pl.String(),
    "numerator": DECIMAL,
    "denominator": DECIMAL,
}
"""What is compared of a figure. Its documents are not: another source is no other figure."""

FIGURE: Final = ("time_period", "indicator", "breakdown")
"""What names a figure."""

_ENDS: Final = ("before", "after")


def restated_figures(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """List the figures in which two result tables differ.

    Parameters
    ----------
    before, after
        Result tables; a figure is one period, indicator and breakdown.

    Returns
    -------
    DataFrame
        One row a figure that is not the same, in the order of `after`, with those that are
        only in `before` at the end. ``kind`` is ``added``, ``removed`` or ``changed``, and
        ``changed`` names what did, of `COMPARED`, with a space between; each of these has a
        column ``…_before`` and one ``…_after``. ``difference`` is after − before, exact for
        values as the tables hold them, and ``relative`` difference ÷ abs(before), rounded half
        up to 12 places. Both are empty
        where a value is missing or the unit changed, ``relative`` where before is zero, and
        either where it has more digits than a decimal of the table holds.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> after = analyse("107H1").results
    >>> before = after.with_columns(pl.col("value") * 2)
    >>> row = restated_figures(before.head(1), after.head(1)).row(0, named=True)
    >>> row["indicator"], row["changed"], int(row["difference"]), str(row["relative"])[:4]
    ('frontline_agencies', 'value', -5984, '-0.5')
    """
    both = comparable(before, was=True).join(
        comparable(after, now=True),
        on=FIGURE,
        how="full",
        coalesce=True,
        suffix="_after",
        maintain_order="right_left",
    )
    found = [
        _restated(row)
        for row in both.iter_rows(named=True)
        if not (row["was"] and row["now"])
        or any(row[name] != row[f"{name}_after"] for name in COMPARED)
    ]
    ends = {f"{name}_{end}": kind for name, kind in COMPARED.items() for end in _ENDS}
    texts = dict.fromkeys(("kind", *FIGURE, "changed"), pl.String())
    amounts = {
        name: ends.pop(name, DECIMAL)
        for name in ("value_before", "value_after", "difference", "relative")
    }
    return pl.DataFrame(found, schema={**texts, **amounts, **ends})


def comparable(results: pl.DataFrame, **marks: bool) -> pl.DataFrame:
    """Keep what is compared of a result table.

    The half of a fraction that a missing value has is no figure, and is left out.

    >>> from kao_metrics import analyse
    >>> comparable(analyse("107H1").results).columns[2:5]
    ['breakdown', 'value', 'lower']
    """
    is_there = pl.col("value").is_not_null()
    halves = (pl.when(is_there).then(name).alias(name) for name in ("numerator", "denominator"))
    marked = {name: pl.lit(value=mark) for name, mark in marks.items()}
    return results.with_columns(*halves, **marked).select(*FIGURE, *COMPARED, *marks)


def _restated(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what became of a figure, from what it was and what it is."""
    kind = "changed" if row["was"] and row["now"] else "removed" if row["was"] else "added"
    changed = [name for name in COMPARED if row[name] != row[f"{name}_after"]]
    is_one_unit = row["unit"] == row["unit_after"]
    move = moved(row["value"], row["value_after"] if is_one_unit else None)
    return {
        "kind": kind,
        **{name: row[name] for name in FIGURE},
        "changed": " ".join(changed) if kind == "changed" else "",
        "difference": move.difference,
        "relative": move.relative,
        **{f"{name}_before": row[name] for name in COMPARED},
        **{f"{name}_after": row[f"{name}_after"] for name in COMPARED},
    }
