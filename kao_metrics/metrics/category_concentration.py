"""How concentrated complaints are: whether a few categories have most of the cases."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final

import polars as pl

from kao_metrics.metrics.category_changes import Row, exactly_rounded
from kao_metrics.metrics.category_counts import Counted, categories, renamed_codes
from kao_metrics.metrics.formulas import Bounded, results
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL
from kao_metrics.statistics.concentration import Concentration, concentration
from kao_metrics.statistics.contributions import newest_names

OTHER: Final = "other"
"""The category of what fits no other one: it is many kinds and not one, so it is left out."""

TOP: Final = 5
"""How many of the largest categories are taken together."""

_POINTS: Final = 10_000
_REASONS: Final = {"all_zero": "no_cases", "one_unit": "one_category"}


def complaints_concentration(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the concentration of first complaints on categories: their Herfindahl index.

    Parameters
    ----------
    complaints
        Table ``complaints``; cases, one row a stage, sector, category and month.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, one row; points from 10,000 ÷ categories (all alike) to 10,000 (one has all).
        Numerator and denominator are the sum of the squared cases of each category and the
        square of all cases. Missing where cases are not given by category
        (``no_categories``), there are none (``no_cases``) or all are of one category
        (``one_category``); no row where there are no first complaints.

    Notes
    -----
    Sum of squared shares × 10,000; see `kao_metrics.statistics.concentration`. 10,000 ÷ index
    is the number of categories that, alike in size, would be as concentrated. Left out are
    ``other``, which is many kinds, and cases of no category.
    """
    return _results(complaints, period, "complaints_concentration", "point", _herfindahl)


def complaints_top_five_share(complaints: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of the five largest categories in first complaints.

    Parameters and reasons as `complaints_concentration`, what is left out too.

    Returns
    -------
    LazyFrame
        Results, one row; a fraction: cases of the five largest ÷ cases of all categories. It
        is 1 where there are no more than five.
    """
    return _results(complaints, period, "complaints_top_five_share", "ratio", _top_share)


def category_concentration(complaints: pl.LazyFrame, period: Period) -> Concentration | str:
    """Return how a period's first complaints are spread over categories, or why it is not known.

    Parameters, reasons and what is left out as `complaints_concentration`; the reason is
    ``no_categories`` too where there are no first complaints. Categories without cases count.
    """
    for counted in categories(complaints, [period]).values():
        return _spread(counted)
    return "no_categories"


def _herfindahl(found: Concentration) -> Row:
    whole = found.total**2
    return {
        "value": exactly_rounded([found.herfindahl * _POINTS])[0],
        "numerator": int(found.herfindahl * whole),
        "denominator": int(whole),
    }


def _top_share(found: Concentration) -> Row:
    return {
        "value": exactly_rounded([found.top_share])[0],
        "numerator": int(sum((each.value for each in found.top), Fraction(0))),
        "denominator": int(found.total),
    }


def _spread(counted: Counted) -> Concentration | str:
    newest = newest_names(counted.cases, renamed_codes()) or {}
    cases: dict[str, int] = {}
    for code, count in counted.cases.items():
        cases[newest[code]] = cases.get(newest[code], 0) + count
    cases.pop(OTHER, None)
    if not cases:
        return "no_categories"
    found = concentration(cases, TOP)
    return _REASONS[found] if isinstance(found, str) else found


def _results(
    complaints: pl.LazyFrame,
    period: Period,
    indicator: str,
    unit: str,
    row_of: Callable[[Concentration], Row],
) -> pl.LazyFrame:
    """Make the result, or say why there is none."""
    rows: list[Row] = []
    for counted in categories(complaints, [period]).values():
        found = _spread(counted)
        row = {"reason": found} if isinstance(found, str) else row_of(found)
        rows.append({**row, "source_id": counted.source_id})
    return results(
        pl.LazyFrame(rows, schema=_COLUMNS),
        period,
        indicator,
        Bounded.exact(pl.col("value")),
        unit=unit,
        numerator=pl.col("numerator"),
        denominator=pl.col("denominator"),
        missing=pl.col("reason"),
    )


_COLUMNS: Final = {
    **dict.fromkeys(("reason", "source_id"), pl.String()),
    **dict.fromkeys(("value", "numerator", "denominator"), DECIMAL),
}
