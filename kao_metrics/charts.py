"""Results as Altair charts: which figures each chart shows, and what it says of them.

A chart without data is None, and so is a line with fewer than two points. Bars are made here,
what changes over time in `kao_metrics.series_charts`; the forms that they take are in
`kao_metrics.forms` and `kao_metrics.curves`. `kao_metrics.display` shows a chart with its
caption, its alternative text and its data.
"""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.complaint_charts import complaint_contributions, complaint_funnel
from kao_metrics.forms import Bar, bars
from kao_metrics.reserve_charts import (
    reserve_concentration,
    reserve_coverage,
    reserve_gaps,
    reserve_outstanding,
    reserve_paths,
)
from kao_metrics.series_charts import complaint_season, complaint_series, complaint_trend
from kao_metrics.wording import sections, with_interval
from kao_metrics.workforce_charts import (
    contributions,
    downsizing,
    temporary_staff,
    workforce_employers,
    workforce_path,
    workforce_series,
    workforce_shift,
)

__all__ = [
    "compared_with_others",
    "complaint_contributions",
    "complaint_funnel",
    "complaint_season",
    "complaint_series",
    "complaint_trend",
    "contributions",
    "downsizing",
    "reserve_concentration",
    "reserve_coverage",
    "reserve_gaps",
    "reserve_outstanding",
    "reserve_paths",
    "temporary_staff",
    "workforce_employers",
    "workforce_path",
    "workforce_series",
    "workforce_shift",
]


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return __all__


Row = dict[str, Any]


def compared_with_others(analysis: Analysis, indicator: str) -> alt.LayerChart | None:
    """Draw a ratio of this report beside the same ratio of other governments."""
    lang = analysis.lang
    here = labels.label("place", "kaohsiung", lang)
    period = labels.period_name(analysis.period, lang)
    name = labels.text("place_and_period", lang, place=here, period=period)
    rows = [_ratio_bar(analysis, row, name) for row in _rows(analysis, indicator)]
    if not rows:
        return None
    others = analysis.reference.filter(pl.col("indicator") == indicator)
    for row in others.iter_rows(named=True):
        place = labels.label("place", row["place"], lang)
        when = labels.reference_period(row["period"], lang)
        name = labels.text("place_and_period", lang, place=place, period=when)
        rows.append(_ratio_bar(analysis, row, name))
    if len(rows) < _FEWEST_COMPARED:
        return None
    return bars(rows, f"others_{indicator}", lang, explained=[indicator])


_FEWEST_COMPARED: Final = 2


def _rows(analysis: Analysis, indicator: str) -> list[Row]:
    found = analysis.results.filter(pl.col("indicator") == indicator, pl.col("value").is_not_null())
    return list(found.iter_rows(named=True))


def _section(analysis: Analysis, row: Row) -> str:
    return sections(analysis, row["indicator"], row["breakdown"])


def _ratio_bar(analysis: Analysis, row: Row, name: str) -> Bar:
    """Make a bar of a ratio: of this report, or of another government's, drawn grey."""
    is_other = "place" in row
    publisher = analysis.sources[row["source_id"]].publisher[analysis.lang] if is_other else ""
    digits = int(labels.attribute("indicator", row["indicator"], "places"))
    return Bar(
        name,
        with_interval(row, digits, analysis.lang),
        row["value"],
        lower=row["lower"],
        upper=row["upper"],
        passage=publisher if is_other else _section(analysis, row),
        is_other=is_other,
    )
