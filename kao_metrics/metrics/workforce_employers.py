"""Who employs the staff, agencies or schools: shares at a date, and changes where two give it."""

from __future__ import annotations

import polars as pl

from kao_metrics.labels import TOTAL
from kao_metrics.metrics.workforce_changes import (
    BY_EMPLOYER,
    PERSON,
    Row,
    of_rows,
    rest_name,
    row_of,
    without_value,
)
from kao_metrics.metrics.workforce_dates import Figure, Kind, Staff, added, less
from kao_metrics.metrics.workforce_series import Compared, compared_dates
from kao_metrics.period import Period


def employer_share(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return what share of a category each employer has at the report's date.

    Parameters
    ----------
    workforce
        Table ``workforce``, of the period and of earlier ones.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results; a row a category and employer, and one for what is not broken down by
        employer; a fraction. Missing where the category has nobody (``no_denominator``).

    Notes
    -----
    Employer ÷ category, as printed or else its employers added up.

    Examples
    --------
    >>> from kao_metrics.readers import open_data
    >>> period = (data := open_data("data")).period("107H1")
    >>> staff = data.read("workforce", period)
    >>> found = employer_share(staff, period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(4)).rows()
    [('frontline_agencies', 0.8794), ('frontline_schools', 0.1206)]
    """
    dates = compared_dates(workforce, period)
    rows = _shares(dates.now.staff) if dates else []
    return of_rows(rows, period, "employer_share", "ratio")


def _shares(staff: Staff) -> list[Row]:
    rows = []
    for whole, employers in _employers(staff).items():
        total = staff.get(whole) or added(employers.values())
        parts = {kind.name: figure for kind, figure in employers.items()}
        rest = less(total, employers.values())
        if rest.amount.value:
            parts[rest_name(whole, BY_EMPLOYER)] = rest
        rows += [
            row_of(name, "part / whole", {"part": part, "whole": total}, ("part", "whole"))
            for name, part in parts.items()
        ]
    return rows


def employer_change(workforce: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return by how many persons the staff of each employer changed: now − then.

    Parameters as `employer_share`.

    Returns
    -------
    LazyFrame
        Results; a row a category, employer and earlier date that prints it too, the baseline
        or the half-year before (``.previous``); persons, a fall is negative. Where neither
        does, one row that is missing (``no_second_date``). Missing also where the category's
        definition changed in between (``series_break``). ``numerator`` and ``denominator`` are
        the headcounts now and then.

    Examples
    --------
    >>> from kao_metrics.readers import open_data
    >>> period = (data := open_data("data")).period("107H1")
    >>> staff = data.read("workforce", period)
    >>> found = employer_change(staff, period).collect()
    >>> found.select("breakdown", "value", "reason").rows()[:1]
    [('frontline_agencies', None, 'no_second_date')]
    """
    dates = compared_dates(workforce, period)
    rows = _differences(dates) if dates else []
    return of_rows(rows, period, "employer_change", PERSON)


def _differences(dates: Compared) -> list[Row]:
    rows: list[Row] = []
    for whole, employers in _employers(dates.now.staff).items():
        for kind, figure in employers.items():
            found = [
                row_of(
                    kind.name + suffix,
                    "now - then",
                    {"now": figure, "then": then.staff[kind]},
                    ("now", "then"),
                )
                | (without_value("series_break") if whole in dates.broken_since(then.as_of) else {})
                for suffix, then in dates.earlier.items()
                if then is not None and kind in then.staff
            ]
            alone = {"breakdown": kind.name, "source_id": figure.source_id}
            rows += found or [alone | without_value("no_second_date")]
    return rows


def _employers(staff: Staff) -> dict[Kind, dict[Kind, Figure]]:
    """Return the headcounts by employer of each whole that is broken down by it, in order."""
    found: dict[Kind, dict[Kind, Figure]] = {}
    for kind in sorted(staff):
        if kind.employer != TOTAL and (kind.subcategory, kind.funding) == (TOTAL, TOTAL):
            found.setdefault(kind._replace(employer=TOTAL), {})[kind] = staff[kind]
    return found
