"""One figure of the result table, by its name: a small object instead of a row to filter."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from kao_metrics import labels
from kao_metrics.failures import UnknownNameError
from kao_metrics.labels import DEFAULT_LANGUAGE, TOTAL
from kao_metrics.period import Period
from kao_metrics.printed import grouped


@dataclass(frozen=True, slots=True, repr=False)
class Figure:
    """A figure of a report.

    Parameters
    ----------
    period
        Its half-year, without the covered days.
    indicator, breakdown
        What it is called in the result table, and of what part it is.
    value
        The exact value, a ratio as a fraction; None where it is missing.
    lower, upper
        Its bounds; None where it is exact.
    unit
        Its unit's code.
    numerator, denominator
        What it is the ratio of, where it is one.
    reason
        The code of why it is missing, or of what to know of it; empty if there is nothing.
    source_ids
        The documents that it comes from.
    lang
        The language of what is shown.
    """

    period: Period
    indicator: str
    breakdown: str
    value: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    unit: str
    numerator: Decimal | None
    denominator: Decimal | None
    reason: str
    source_ids: tuple[str, ...]
    lang: str = field(default=DEFAULT_LANGUAGE, compare=False)

    def __str__(self) -> str:
        """Return the value with its bounds and its fraction, or why there is none."""
        why = labels.label("reason", self.reason, self.lang) if self.reason else ""
        if self.value is None:
            return f"— ({why})"
        said = [self._amount(self.value)]
        if self.lower is not None or self.upper is not None:
            ends = (self.lower, self.upper)
            said.append("–".join("…" if end is None else self._amount(end) for end in ends))
        if self.numerator is not None and self.denominator is not None:
            said.append(f"{grouped(self.numerator)} ÷ {grouped(self.denominator)}")
        said += [why] if why else []
        return f"{said[0]} ({', '.join(said[1:])})" if said[1:] else said[0]

    def __repr__(self) -> str:
        """Show what it is, whose, and its value as a reader sees it."""
        return f"Figure({self.indicator}, {self.breakdown}, {self.period}: {self})"

    def _repr_html_(self) -> str:
        """Show the same in a notebook, in words."""
        name = labels.figure_label(self.indicator, self.lang)
        period = labels.period_name(self.period, self.lang)
        codes = f"{self.indicator}, {self.breakdown}"
        shown = [html.escape(each) for each in (name, period, str(self), codes)]
        return "<p><strong>{}</strong>, {}<br>{}<br><code>{}</code></p>".format(*shown)

    def _amount(self, value: Decimal) -> str:
        places = labels.attribute("indicator", self.indicator, "places")
        return labels.amount(value, self.unit, self.lang, int(places) if places else None)


def find(
    results: pl.DataFrame, indicator: str, breakdown: str = TOTAL, lang: str = DEFAULT_LANGUAGE
) -> Figure:
    """Return one figure of a result table of one period.

    Parameters
    ----------
    results
        The result table.
    indicator
        The figure's name.
    breakdown
        The part that it is of.
    lang
        The language of what is shown of it.

    Raises
    ------
    UnknownNameError
        If the table has no such indicator, or no such breakdown of it; with the nearest name.

    Examples
    --------
    >>> from kao_metrics.analysis import analyse
    >>> find(analyse("107H1").results, "downsizing_ratio", "frontline")
    Figure(downsizing_ratio, frontline, 2018-S1: 19.58% (1,657 ÷ 8,462))
    >>> find(analyse("107H1").results, "downsizing_ratio", "frontlin")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    kao_metrics.failures.UnknownNameError: downsizing_ratio has no breakdown 'frontlin'; did you ...
    """
    rows = results.filter(pl.col("indicator") == indicator)
    if rows.is_empty():
        hint = labels.suggestion(indicator, results["indicator"].unique(maintain_order=True))
        raise UnknownNameError(f"no figure is called {indicator!r}{hint}")
    found = rows.filter(pl.col("breakdown") == breakdown)
    if found.is_empty():
        hint = labels.suggestion(breakdown, rows["breakdown"])
        raise UnknownNameError(f"{indicator} has no breakdown {breakdown!r}{hint}")
    row = found.row(0, named=True)
    return Figure(
        period=Period.parse(row["time_period"]),
        indicator=indicator,
        breakdown=breakdown,
        value=row["value"],
        lower=row["lower"],
        upper=row["upper"],
        unit=row["unit"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        reason=row["reason"] or "",
        source_ids=tuple((row["source_ids"] or "").split(";")),
        lang=lang,
    )
