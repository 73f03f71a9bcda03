"""Which methods a report's results use, and which questions its data cannot answer.

The words of methods and questions stand in labels.toml, beside the indicators that they have
to do with. What is said here follows from results and tables alone: with the figures of more
half-years the same questions are answered, and more of the methods used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.metrics.complaints import monthly_counts
from kao_metrics.metrics.monthly_signals import monthly_signals
from kao_metrics.statistics.control_charts import FEWEST_POINTS
from kao_metrics.statistics.season import FEWEST as FEWEST_MONTHS


class MethodsUsed(NamedTuple):
    """Codes of methods, in the order of labels.toml: those that results use, and the others."""

    used: tuple[str, ...]
    unused: tuple[str, ...]


class Question(NamedTuple):
    """A question that readers have, and what it would take to answer it.

    ``takes`` names the sentence of labels.toml that says what it takes, and is empty where
    the question can be answered. ``needed`` and ``found`` say how much of it, where that can
    be counted. ``is_asked`` is false where the report has no figures of the matter at all.
    """

    code: str
    takes: str = ""
    needed: int = 0
    found: int = 0
    is_asked: bool = True


_RESTATED: Final = "restatements"
_ROUNDING: Final = "rounding_intervals"


def serving(analysis: Analysis, indicator: str) -> tuple[str, ...]:
    """Return the methods by which an indicator of a report is computed.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> serving(analyse("107H1"), "reserve_amount_coverage_ratio")
    ('rounding_intervals',)
    """
    rows = analysis.results.filter(pl.col("indicator") == indicator)
    is_rounded = indicator in _rounded(rows)
    return tuple(
        code
        for code in labels.codes("method")
        if indicator in indicators("method", code) or (is_rounded and code == _ROUNDING)
    )


def methods(analysis: Analysis) -> MethodsUsed:
    """Tell the methods that a report's results use from those that they do not.

    Parameters
    ----------
    analysis
        The report.

    Returns
    -------
    MethodsUsed
        Used is a method of which an indicator has a value, by which a question of
        `cannot_tell` is answered or a restated figure explained, or that bounds a value by
        its rounding.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> found = methods(analyse("107H1"))
    >>> "compound_rate" in found.used, "control_charts" in found.unused
    (True, True)
    """
    rows = analysis.results.filter(pl.col("value").is_not_null())
    given = set(rows["indicator"])
    shown = {
        labels.attribute("question", each.code, "method")
        for each in cannot_tell(analysis)
        if not each.takes
    }
    shown |= {_RESTATED} if analysis.restatements else set()
    shown |= {_ROUNDING} if _rounded(rows) else set()
    known = labels.codes("method")
    used = [
        code for code in known if code in shown or not given.isdisjoint(indicators("method", code))
    ]
    return MethodsUsed(tuple(used), tuple(code for code in known if code not in used))


def cannot_tell(analysis: Analysis) -> tuple[Question, ...]:
    """Ask a report the questions of labels.toml: what it would take to answer each.

    Parameters
    ----------
    analysis
        The report.

    Returns
    -------
    tuple of Question
        In the order of labels.toml; without ``takes`` where the report has an answer.

    Notes
    -----
    An answer may still be that chance and change cannot be told apart: the interval beside
    it says so. What is missing here are the figures to ask with.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> [each.takes for each in cannot_tell(analyse("107H1"))][:2]
    ['complaints_change', 'months']
    """
    return tuple(
        _ASKED.get(code, _by_results)(analysis, code)._replace(
            is_asked=_has_rows(analysis, *labels.entry("question", code)["tables"])
        )
        for code in labels.codes("question")
    )


def indicators(kind: str, code: str) -> tuple[str, ...]:
    """Return the indicators that a method serves, or that answer a question.

    >>> indicators("method", "compound_rate")
    ('headcount_compound_rate',)
    """
    return tuple(labels.entry(kind, code).get("indicators", ()))


def _rounded(rows: pl.DataFrame) -> set[str]:
    """Find the indicators whose bounds are those of rounding, and not of chance."""
    bounded = rows.filter(pl.any_horizontal(pl.col("lower", "upper").is_not_null()))
    return {
        name
        for name in bounded["indicator"].unique()
        if labels.attribute("indicator", name, "interval") != labels.CONFIDENCE
    }


def _by_results(analysis: Analysis, code: str) -> Question:
    """Ask whether an indicator of the question has a value."""
    is_answer = pl.col("indicator").is_in(indicators("question", code))
    rows = analysis.results.filter(is_answer, pl.col("value").is_not_null())
    # A pace that is assumed for want of an earlier report answers nothing.
    assumed = labels.entry("question", code).get("assumed", [])
    measured = rows.filter(~pl.col("reason").fill_null("").is_in(assumed))
    return Question(code, "" if len(measured) else code)


def _months(analysis: Analysis, code: str) -> Question:
    """Ask whether months of the period have limits to stand out from."""
    complaints = analysis.tables["complaints"]
    of_period = complaints.filter(pl.col("time_period") == analysis.period.code)
    found = len(monthly_counts(of_period).collect())
    charted = monthly_signals(complaints, steps=[step.month for step in analysis.steps])
    if charted is None or not found:
        return Question(code, code, FEWEST_POINTS, found)
    points = charted.chart.points
    known = sum(point.value is not None for point in points)
    if known < FEWEST_POINTS:
        return Question(code, code, FEWEST_POINTS, known)
    return Question(code, "" if any(point.upper is not None for point in points) else "limits")


def _season(analysis: Analysis, code: str) -> Question:
    """Ask whether there are enough months in a row, and cases in them.

    These are the checks of `kao_metrics.statistics.season.season`, without what is slow in it.
    """
    counts = monthly_counts(analysis.tables["complaints"]).collect()
    gaps = counts.filter(pl.col("month") != pl.col("month").shift(1).dt.offset_by("1mo"))
    run = counts if gaps.is_empty() else counts.filter(pl.col("month") >= gaps["month"].max())
    if len(run) < FEWEST_MONTHS:
        return Question(code, code, FEWEST_MONTHS, len(run))
    if not gaps.is_empty():
        return Question(code, "gaps")
    is_mostly_zero = (counts["value"] == 0).sum() * 2 > len(counts)
    return Question(code, "limits" if is_mostly_zero else "")


def _dates(analysis: Analysis, code: str) -> Question:
    """Ask whether staff is known at more dates than the first and the last."""
    dates = analysis.tables["workforce"].select(pl.col("as_of").n_unique()).collect().item()
    return Question(code, "" if dates > _FIRST_AND_LAST else code, _FIRST_AND_LAST + 1, dates)


def _has_rows(analysis: Analysis, *tables: str) -> bool:
    return any(
        not analysis.tables[table]
        .filter(pl.col("time_period") == analysis.period.code)
        .head(1)
        .collect()
        .is_empty()
        for table in tables
        if table in analysis.tables
    )


_FIRST_AND_LAST: Final = 2

_ASKED: Final[dict[str, Callable[[Analysis, str], Question]]] = {
    "months": _months,
    "season": _season,
    "staff_dates": _dates,
}
"""By question, what asks the tables; every other one asks the results."""
