"""Because of which rows a figure changed: rows are put back, and the figure computed again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from kao_metrics import labels
from kao_metrics.contracts import Place, typed
from kao_metrics.metrics import FIGURES, METRICS, Function
from kao_metrics.period import Period
from kao_metrics.preparation import prepared
from kao_metrics.readers import Data
from kao_metrics.restatements.figures import FIGURE, comparable
from kao_metrics.restatements.rows import COVERED, ROW, Release, RowName, counting, read_release
from kao_metrics.schemas import TABLES

CAUSES: Final = dict.fromkeys((*FIGURE, "cause", *ROW), pl.String())
"""The columns of `because`."""

MOST_TRIED: Final = 500
"""Changed rows of a table that are put back one by one; a try takes some 0.1 s."""

FigureName = tuple[str, str, str]
"""Period, indicator and breakdown of a figure."""

Figures = dict[FigureName, tuple[Any, ...]]
"""What is compared of each figure."""


def because(
    figures: pl.DataFrame,
    rows: pl.DataFrame,
    before: Data | Path,
    after: Data | Path,
    period: str | Period,
) -> pl.DataFrame:
    """Link each changed figure to the changed rows that can have caused it.

    Parameters
    ----------
    figures
        What `restated_figures` found in the results of the two folders.
    rows
        What `changed_rows` found.
    before, after, period
        As for `changed_rows`.

    Returns
    -------
    DataFrame
        One row a figure and row: the columns that name both, and ``cause``. ``alone``: the
        figure returns when this row alone is put back. ``together``: no row does that alone;
        each of these moves the figure, and it returns when all of them are put back.
        ``possible``: those that move it do not bring it back, so any of the changed rows of
        its table can have a part in it. ``not tried``: the table has more than `MOST_TRIED`
        changed rows; ``key`` is empty.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> from kao_metrics.restatements import changed_rows, restated_figures
    >>> results, data = analyse("107H1").results, Path("data")
    >>> rows = changed_rows(data, data, "107H1")
    >>> because(restated_figures(results, results), rows, data, data, "107H1").height
    0
    """
    return causes_of(figures, rows, read_release(before, period), read_release(after, period))


def causes_of(
    figures: pl.DataFrame, rows: pl.DataFrame, before: Release, after: Release
) -> pl.DataFrame:
    """As `because`, of releases that were read already."""
    wanted = list(figures.select(FIGURE).iter_rows())
    trial = Trial(before, after, frozenset(indicator for _, indicator, _ in wanted))
    names: list[RowName] = list(dict.fromkeys(counting(rows).select(ROW).iter_rows()))
    found: list[tuple[str | None, ...]] = []
    for table in computed_from():
        changed = [name for name in names if name[0] in (table, COVERED)]
        if not changed:
            continue
        was, now = trial.figures(table, changed), trial.figures(table, ())
        for each in (each for each in wanted if was.get(each) != now.get(each)):
            if len(changed) > MOST_TRIED:
                found.append((*each, "not tried", table, None, None))
                continue
            how, put_back = trial.causes(table, changed, each)
            found += [(*each, how, *name) for name in put_back]
    return pl.DataFrame(found, schema=CAUSES, orient="row")


def computed_from() -> list[str]:
    """Return the tables that figures are computed from.

    >>> computed_from()[:2]
    ['workforce', 'retirement_reserve']
    """
    return [name for name in TABLES if any(name == metric.table for metric in METRICS.values())]


@dataclass(slots=True)
class Trial:
    """Figures as they would be if some of the changed rows were put back.

    Parameters
    ----------
    before, after
        The releases.
    indicators
        The indicators of the figures to look at; no others are computed.
    done
        What was computed already, by table and rows.
    unchanged
        The rows of now of a table and period, with no row put back.
    """

    before: Release
    after: Release
    indicators: frozenset[str]
    done: dict[tuple[str, frozenset[RowName]], Figures] = field(default_factory=dict)
    unchanged: dict[tuple[Any, ...], pl.DataFrame] = field(default_factory=dict)

    def causes(
        self, table: str, changed: list[RowName], figure: FigureName
    ) -> tuple[str, list[RowName]]:
        """Return which of the changed rows changed a figure, and how that is known."""
        was = self.figures(table, changed).get(figure)
        now = self.figures(table, ()).get(figure)
        alone = {name: self.figures(table, [name]).get(figure) for name in changed}
        enough = [name for name, then in alone.items() if then == was]
        if enough:
            return "alone", enough
        moving = [name for name, then in alone.items() if then != now]
        if self.figures(table, moving).get(figure) == was:
            return "together", moving
        return "possible", changed

    def figures(self, table: str, put_back: Iterable[RowName]) -> Figures:
        """Return the figures of a table with some rows put back; each case is computed once."""
        case = table, frozenset(put_back)
        if case not in self.done:
            with labels.known_beside(self.before.own, self.after.own):
                self.done[case] = self._computed(*case)
        return self.done[case]

    def _computed(self, table: str, put_back: frozenset[RowName]) -> Figures:
        functions = self._functions(table)
        if not functions:
            return {}
        # Rows of a period that one release does not know are read with the days of the other.
        periods = {**self.before.periods, **self.after.periods}
        for _, code, _ in (name for name in put_back if name[0] == COVERED):
            periods[code] = self.before.periods.get(code, periods[code])
        frames: list[pl.DataFrame] = [TABLES[table].create_empty()]
        for code, covered in periods.items():
            keys = frozenset(name[2] for name in put_back if name[:2] == (table, code))
            case = table, code, covered.covers_from, covered.covers_to
            if not keys and case not in self.unchanged:
                self.unchanged[case] = self._rows(table, covered, keys)
            frames.append(self._rows(table, covered, keys) if keys else self.unchanged[case])
        rows, period = pl.concat(frames).lazy(), periods[self.after.period.code]
        results = pl.concat(pl.collect_all([each(rows, period) for each in functions]))
        return {(row[0], row[1], row[2]): row[3:] for row in comparable(results).iter_rows()}

    def _functions(self, table: str) -> list[Function]:
        """Return what computes the figures of a table; a metric gives what it is named after."""
        computed = [
            metric.function
            for name, metric in METRICS.items()
            if metric.table == table and name in self.indicators
        ]
        is_printed = table in FIGURES and not self.indicators <= METRICS.keys()
        return [FIGURES[table], *computed] if is_printed else computed

    def _rows(self, table: str, period: Period, keys: frozenset[str]) -> pl.DataFrame:
        """Return the rows of a period, those of some keys as they were."""
        schema = TABLES[table]
        rows = dict(self.after.rows.get((table, period.code), {}))
        was = self.before.rows.get((table, period.code), {})
        for key in sorted(keys):
            rows.pop(key, None)
            rows |= {key: was[key]} if key in was else {}
        if not rows:
            return schema.create_empty()
        numbered = [{**row, "row": number} for number, row in enumerate(rows.values(), start=2)]
        kinds = {"row": pl.Int64, **dict.fromkeys(schema.COLUMNS, pl.String)}
        text = pl.DataFrame(numbered, schema=kinds)
        frame, _ = typed(text, Place(table, period.code), schema)
        frame = prepared(frame, table, schema, None, period)
        return frame.select(schema.column_names())
