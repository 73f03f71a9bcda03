"""Complaints by category: how many of each a period has, and which names changed between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final, NamedTuple

import polars as pl

from kao_metrics import labels
from kao_metrics.breakdowns import fold
from kao_metrics.labels import TOTAL
from kao_metrics.metrics.complaints import stage_counts
from kao_metrics.period import Period

_KIND: Final = "complaint_category"


class Counted(NamedTuple):
    """A period's cases of a stage by category: those of none, its days, its documents."""

    cases: dict[str, int]
    rest: int
    covers_from: dt.date
    covers_to: dt.date
    source_id: str

    @property
    def days(self) -> int:
        """Covered days, both ends included."""
        return (self.covers_to - self.covers_from).days + 1


def categories(
    complaints: pl.LazyFrame, periods: Iterable[Period], stage: str = "first"
) -> dict[str, Counted]:
    """Count the cases of a stage by category, for each period that has some.

    Parameters
    ----------
    complaints
        Table ``complaints``.
    periods
        The periods, of which only the codes count.
    stage
        A stage.

    Returns
    -------
    dict
        By the period's code. Cases are by category as the data have it; without any where
        cases are not given by category.
    """
    wanted = pl.col("time_period").is_in([period.code for period in periods])
    frame = complaints.filter(pl.col("stage") == stage, wanted)
    by_month = frame.with_columns(month=pl.col("month").cast(pl.String).fill_null(TOTAL))
    parts = fold(by_month, ("sector", "month"), ("time_period", "category"))
    counts, wholes = pl.collect_all([parts, stage_counts(frame)])
    found = {}
    for whole in wholes.iter_rows(named=True):
        rows = counts.filter(
            pl.col("time_period") == whole["time_period"], pl.col("category") != TOTAL
        ).sort("category")
        cases = {code: int(count) for code, count in rows.select("category", "value").iter_rows()}
        found[whole["time_period"]] = Counted(
            cases=cases,
            rest=int(whole["value"]) - sum(cases.values()) if cases else 0,
            **{name: whole[name] for name in ("covers_from", "covers_to", "source_id")},
        )
    return found


def renamed_codes() -> dict[str, str]:
    """Return new codes of categories by old ones, as labels.toml has them."""
    return {
        str(old): code
        for code in labels.codes(_KIND)
        for old in labels.entry(_KIND, code).get("renamed_from", ())
    }


def renamed_between(after: dt.date, until: dt.date) -> dict[str, tuple[str, ...]]:
    """Return the months between two days in which sources gave categories another name."""
    found = {}
    for code in labels.codes(_KIND):
        months = labels.entry(_KIND, code).get("renamed_in", ())
        within = [each for each in months if after < dt.date.fromisoformat(f"{each}-01") <= until]
        if within:
            found[code] = tuple(within)
    return found
