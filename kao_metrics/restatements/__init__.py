"""Two releases of a period: which published figures changed, and because of which rows.

Data are corrected after a report went out. Figures of both releases are compared one by
one, and rows of both data folders by their keys. A row is the cause of a change if the
figure returns when that row alone is put back as it was, while every other row stays as it
is now; where no row does that alone, those that do it together are named together. Of an
older release there may be its report only: it has figures and no rows. What other
governments published is not compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from kao_metrics import labels
from kao_metrics.metrics import compute
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period
from kao_metrics.published import RESULTS, published
from kao_metrics.readers import PERIODS, open_data
from kao_metrics.restatements.causes import CAUSES, because, causes_of, computed_from
from kao_metrics.restatements.figures import COMPARED, FIGURE, restated_figures
from kao_metrics.restatements.rows import (
    COVERED,
    ROW,
    ROWS,
    Release,
    changed_rows,
    counting,
    differing,
    read_release,
)

__all__ = [
    "COMPARED",
    "Restatement",
    "because",
    "changed_rows",
    "is_data_folder",
    "restated",
    "restated_figures",
]


@dataclass(frozen=True, slots=True)
class Restatement:
    """What became of a period's figures between two releases.

    Parameters
    ----------
    period
        The period.
    figures
        See `restated_figures`.
    rows
        See `changed_rows`; None where the older release is a report, which has no rows.
    causes
        See `because`; empty where there are no rows.
    """

    period: Period
    figures: pl.DataFrame = field(repr=False)
    rows: pl.DataFrame | None = field(repr=False)
    causes: pl.DataFrame = field(repr=False)

    @property
    def idle_rows(self) -> pl.DataFrame:
        """The changed rows that changed no figure; none where there are no rows."""
        rows = pl.DataFrame(schema=ROWS) if self.rows is None else self.rows
        untried = set(self.causes.filter(pl.col("key").is_null())["table"])
        untried |= {COVERED} if untried else set()
        return rows.join(self.causes, on=ROW, how="anti", maintain_order="left").filter(
            ~pl.col("table").is_in(list(untried))
        )

    def as_table(self) -> pl.DataFrame:
        """Return the changed figures, each as often as it has causes, with rows beside them."""
        rows = pl.DataFrame(schema=ROWS) if self.rows is None else self.rows
        return self.figures.join(
            self.causes, on=FIGURE, how="left", maintain_order="left_right"
        ).join(rows, on=ROW, how="left", maintain_order="left_right")


def restated(period: str | Period, before: str | Path, after: str | Path) -> Restatement:
    """Compare two releases of a period.

    Parameters
    ----------
    period
        In any accepted spelling.
    before
        The older release: a data folder; or a report's page, its folder, or the
        ``results.json`` or CSV of it.
    after
        The data folder of now.

    Raises
    ------
    PeriodError
        If the period is no half-year.
    DataError
        If a release has no such period, is none, or breaks its contract.

    Notes
    -----
    Both data folders are computed by the code that runs, so that differences are those of
    the data; only tables with rows that differ are computed. The figures of a report were
    computed by the code that made it.

    Examples
    --------
    >>> restated("107H1", "data", "data").figures.height
    0
    """
    new = open_data(after)
    known = new.period(period)
    path = Path(before)
    if is_data_folder(path):
        was, now = read_release(open_data(path), known), read_release(new, known)
        rows = differing(was, now)
        tables = _that_can_differ(was, now, rows)
        figures = restated_figures(*(_results(each, tables) for each in (was, now)))
        return Restatement(known, figures, rows, causes_of(figures, rows, was, now))
    now = read_release(new, known)
    with labels.known_beside(now.own):
        figures = restated_figures(published(path, known), compute(now.tables, known))
    return Restatement(known, figures, None, pl.DataFrame(schema=CAUSES))


def is_data_folder(path: Path) -> bool:
    """Tell a data folder from a report, and from what is neither.

    >>> is_data_folder(Path("data")), is_data_folder(Path("data/periods.csv"))
    (True, False)
    """
    return path.is_dir() and ((path / PERIODS).exists() or not (path / RESULTS).exists())


def _that_can_differ(was: Release, now: Release, rows: pl.DataFrame) -> list[str]:
    """Return the tables with rows that differ; all that there are where covered days do."""
    changed = set(counting(rows)["table"])
    there = {table for table, _ in (*was.rows, *now.rows)}
    return [name for name in computed_from() if name in there and changed & {name, COVERED}]


def _results(release: Release, tables: list[str]) -> pl.DataFrame:
    with labels.known_beside(release.own):
        results = compute(release.tables, release.period, *tables) if tables else None
    return Results.create_empty() if results is None else results
