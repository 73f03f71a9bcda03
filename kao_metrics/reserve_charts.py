"""Charts of the retirement reserve: coverage, paths to full funding, and the gaps of accounts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

import altair as alt

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.curves import Dot, Line, Share, lines, lorenz
from kao_metrics.forms import Bar, bars
from kao_metrics.found import Row, given
from kao_metrics.labels import text
from kao_metrics.metrics import reserve_paths as paths
from kao_metrics.metrics.reserve_pace import remainders
from kao_metrics.printed import grouped
from kao_metrics.wording import sections, with_interval

TOP: Final = 10
"""How many accounts are named, at most."""

_COVERAGE: Final = {"reserve_amount_coverage_ratio": 1, "reserve_account_coverage_ratio": 2}
_OUTSTANDING: Final = ("reserve_remainder_amount_stock", "reserve_outstanding")
_UNIT: Final = "hundred_million_twd"
_DIGITS: Final = 2


def reserve_coverage(analysis: Analysis) -> alt.LayerChart | None:
    """Draw the coverage of amount and accounts against the target of 100 per cent."""
    lang = analysis.lang
    rows = [
        Bar(
            labels.label("indicator", indicator, lang),
            with_interval(row, digits, lang),
            row["value"],
            back=Decimal(1),
            lower=row["lower"],
            upper=row["upper"],
            passage=_section(analysis, row),
        )
        for indicator, digits in _COVERAGE.items()
        for row in given(analysis, indicator)
    ]
    return bars(rows, "reserve_coverage", lang, explained=list(_COVERAGE), largest=Decimal(1))


def reserve_outstanding(analysis: Analysis) -> alt.LayerChart | None:
    """Draw what is outstanding: by subtraction, and as the report states it."""
    lang = analysis.lang
    rows = [
        Bar(
            labels.label("indicator", indicator, lang),
            labels.amount(row["value"], row["unit"], lang),
            row["value"],
            lower=row["lower"],
            upper=row["upper"],
            passage=_section(analysis, row),
        )
        for indicator in _OUTSTANDING
        for row in given(analysis, indicator)
    ]
    return bars(rows, "reserve_outstanding", lang, explained=_OUTSTANDING[:1])


def reserve_paths(analysis: Analysis, yearly_payment: str = "") -> alt.LayerChart | None:
    """Draw what is still outstanding, down to nothing: what was printed, and scenarios.

    Parameters
    ----------
    analysis
        The report.
    yearly_payment
        A payment that the analyst gives, in hundred million TWD a year; none if empty.

    Raises
    ------
    ValueError
        If the payment is no number above zero.
    """
    lang, period = analysis.lang, analysis.period
    reserve = analysis.tables["retirement_reserve"]
    found = [each for each in paths.reserve_paths(reserve, period, yearly_payment) if each.points]
    rows = [
        Line(_path_name(each, lang), _dots(each.points, lang), is_scenario=True) for each in found
    ]
    measured = remainders(reserve, period)
    if len(measured) > 1:
        rows.insert(0, Line(text("path_measured", lang), _dots(measured, lang)))
    explained = ("reserve_years_to_full_funding_duration", "reserve_pace_rate")
    return lines(rows, "reserve_paths", lang, unit=_UNIT, explained=explained) if found else None


def _path_name(path: paths.ReservePath, lang: str) -> str:
    """Say which payments of which amount, and when they end."""
    return text(
        "path_name",
        lang,
        payments=text(f"short_{path.payments}", lang, yearly=grouped(path.yearly)),
        amount=text(f"short_{path.amount}", lang),
        full=_month(path.points[-1].when, lang),
    )


def _dots(points: tuple[paths.Point, ...] | list[tuple[dt.date, Decimal]], lang: str) -> list[Dot]:
    return [
        Dot(when, left, _month(when, lang), labels.amount(left, _UNIT, lang, _DIGITS))
        for when, left in points
    ]


def _month(day: dt.date, lang: str) -> str:
    return labels.reference_period(f"{day:%Y-%m}", lang)


def reserve_gaps(analysis: Analysis) -> alt.LayerChart | None:
    """Draw the largest gaps of accounts, ten at most, and all others together."""
    lang, rows = analysis.lang, _gaps(analysis)
    named, others = rows[:TOP], rows[TOP:]
    total = sum((row["value"] for row in rows), Decimal(0))
    shown = [
        Bar(
            row["breakdown"],
            _gap_words(row["value"], total, lang),
            row["value"],
            passage=_section(analysis, row),
        )
        for row in named
    ]
    if others:
        rest = sum((row["value"] for row in others), Decimal(0))
        name = text("bar_other_accounts", lang, count=len(others))
        shown.append(Bar(name, _gap_words(rest, total, lang), rest, is_other=True))
    return bars(shown, "reserve_gaps", lang, explained=["reserve_account_gap_stock"])


def _gap_words(gap: Decimal, total: Decimal, lang: str) -> str:
    share = labels.amount(gap / total, "ratio", lang, 1)
    return text("bar_gap", lang, gap=labels.amount(gap, "twd", lang), share=share)


def _gaps(analysis: Analysis) -> list[Row]:
    """Return the accounts that have a gap, largest first."""
    return [row for row in given(analysis, "reserve_account_gap_stock") if row["value"] > 0]


def reserve_concentration(analysis: Analysis) -> alt.LayerChart | None:
    """Draw how the gaps are spread over all accounts, as a Lorenz curve."""
    lang = analysis.lang
    rows = [
        Share(row["breakdown"], labels.amount(row["value"], "twd", lang), row["value"])
        for row in given(analysis, "reserve_account_gap_stock")
    ]
    explained = ("reserve_gap_gini_index", "reserve_gap_top_fifth_share")
    return lorenz(rows, "reserve_concentration", lang, explained=explained)


def _section(analysis: Analysis, row: Row) -> str:
    return sections(analysis, row["indicator"], row["breakdown"])
