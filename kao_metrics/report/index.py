"""The index page of a folder of reports: what there is, key figures, small series, failures.

It has no script. Each key figure is drawn once over all half-years, and stands in a table
of half-years, the latest first, that links to each report.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import polars as pl

from kao_metrics import labels
from kao_metrics.drawing import draw
from kao_metrics.labels import DEFAULT_LANGUAGE, text
from kao_metrics.metrics import KEY_FIGURES
from kao_metrics.metrics.formulas import Results
from kao_metrics.period import Period
from kao_metrics.printed import grouped
from kao_metrics.report.live import TEMPLATES, hash_of
from kao_metrics.report.page import environment
from kao_metrics.theme import NOTES, NOW, theme
from kao_metrics.typesetting import isolated, plain_text

Row = Mapping[str, Any]
"""A row of the result table."""

_FEWEST: Final = 2
"""Points of the shortest series."""

_MOST_MARKED: Final = 40
"""Points of the longest series whose points are all marked."""

_WIDTH: Final = 240
_HEIGHT: Final = 64
"""Pixels of a small chart, which fits a phone, and a desk several times."""

_MOST_LINES: Final = 20
_MOST_SIGNS: Final = 1200
"""What a row has room for of a message: a thousand bad cells are one failure, not a page."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The last attempt at a report, which failed.

    Parameters
    ----------
    message
        What failed, where; one or more lines.
    advice
        What to do, in words.
    notebook
        Relative link to the notebook that was kept; empty if there is none.
    """

    message: str
    advice: str
    notebook: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A half-year, with a report, a failed attempt at one, or both.

    Parameters
    ----------
    period
        With its covered days, where they are known.
    page
        Relative link to the report; empty if there is none.
    results
        The result table; None if there is none.
    failed
        What the last attempt failed with; None if it did not.
    """

    period: Period
    page: str
    results: pl.DataFrame | None = None
    failed: Failed | None = None


def read_results(path: Path) -> pl.DataFrame:
    """Read a published ``results.json`` back into the result table that it was written from.

    Parameters
    ----------
    path
        The file, as `kao_metrics.output.write_results` writes it.

    Raises
    ------
    ValueError
        If it is no JSON, or has a number that is none.
    dataframely.exc.ValidationError
        If it is no result table.

    Examples
    --------
    >>> import tempfile
    >>> from kao_metrics import analyse
    >>> from kao_metrics.output import write_results
    >>> results = analyse("107H1").results
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_results(results, Path(folder))
    ...     read_results(Path(folder) / "results.json").equals(results)
    True
    """
    return Results.validate(pl.DataFrame(_rows(path), schema=Results.create_empty().schema))


def index_page(entries: Sequence[Entry], lang: str) -> str:
    """Return the page; the same entries, in any order, make the same bytes.

    Parameters
    ----------
    entries
        The half-years, each once.
    lang
        ``zh-TW`` or ``en``.

    Examples
    --------
    >>> made = index_page([Entry(Period(2018, 1), "2018-S1.html")], "en")
    >>> '<a href="2018-S1.html">first half of 2018</a>' in made
    True
    """
    ordered = sorted(entries, key=lambda entry: entry.period)
    found = [(entry.period, _figures(entry)) for entry in ordered]
    shown = [name for name in KEY_FIGURES if any(name in figures for _, figures in found)]
    points = {
        name: [(period, each[name]) for period, each in found if name in each] for name in shown
    }
    style = TEMPLATES.joinpath("style.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            lang="zh-Hant-TW" if lang == "zh-TW" else "en",
            words=lambda key, **values: text(key, lang, **values),
            policy=f"default-src 'none'; style-src {hash_of(style)}; base-uri 'none'; "
            "form-action 'none'",
            style=style,
            summary=_summary(ordered, lang),
            series=[_series(each, lang) for each in points.values() if len(each) >= _FEWEST],
            columns=[text(f"card_{name}", lang) for name in shown],
            rows=[_row(entry, shown, lang) for entry in reversed(ordered)],
            version=metadata.version("kao-metrics"),
        )
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    """Read the rows of a ``results.json``, numbers by their own digits."""

    def refused(name: str) -> None:
        raise ValueError(f"{path}: found {name}; expected a number")

    written = path.read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(
        written, parse_float=Decimal, parse_int=Decimal, parse_constant=refused
    )
    return rows


def _key_figures(rows: Iterable[dict[str, Any]]) -> dict[str, Row]:
    """Find what the cards of a report show: by name, the rows that have a value."""
    return {
        row["indicator"]: row
        for row in rows
        if (row["indicator"], row["breakdown"]) in KEY_FIGURES.items() and row["value"] is not None
    }


def _figures(entry: Entry) -> Mapping[str, Row]:
    if entry.results is None:
        return {}
    named = entry.results.filter(pl.col("indicator").is_in(list(KEY_FIGURES)))
    return _key_figures(named.iter_rows(named=True))


def _summary(entries: Sequence[Entry], lang: str) -> str:
    """Say how many reports there are, of when, and how many attempts failed."""
    published = [entry.period for entry in entries if entry.page]
    failed = sum(entry.failed is not None for entry in entries)
    said = [text("index_none", lang)]
    if published:
        key = "index_summary" if len(published) > 1 else "index_summary_one"
        first, last = (labels.period_name(each, lang) for each in (published[0], published[-1]))
        said = [text(key, lang, count=len(published), first=first, last=last)]
    if failed:
        said.append(text("index_failures", lang, count=failed))
    return text("index_and", lang).join(said)


def _row(entry: Entry, shown: Sequence[str], lang: str) -> dict[str, Any]:
    """Return what the table says of a half-year."""
    figures = _figures(entry)
    return {
        "name": labels.period_name(entry.period, lang),
        "page": _address(entry.page),
        "covered": _covered(entry.period, lang),
        "figures": [
            (text(f"card_{name}", lang), _value(figures[name], lang) if name in figures else "")
            for name in shown
        ],
        "status": text(f"index_{_status(entry)}", lang),
        "failed": entry.failed is not None,
        "told": _told(entry.failed, lang) if entry.failed else {},
    }


def _status(entry: Entry) -> str:
    if entry.failed is not None:
        return "failed_before" if entry.page else "failed"
    return "published" if entry.page else "unmade"


def _covered(period: Period, lang: str) -> str:
    """Say which days are covered; nothing where it is the whole half-year."""
    if not period.is_partly_covered:
        return ""
    first, last = (labels.date_name(day, lang) for day in (period.covers_from, period.covers_to))
    return text("covered", lang, first=first, last=last, days=period.covered_days)


def _told(failed: Failed, lang: str) -> dict[str, Any]:
    """Say what failed in lines that cannot turn the page round or fill it, if that is known."""
    message = failed.message.strip()
    if not (message or failed.advice or failed.notebook):
        return {}
    kept = message[:_MOST_SIGNS].splitlines()[:_MOST_LINES]
    return {
        "lines": [_harmless(each) for each in kept],
        "cut": "" if kept == message.splitlines() else text("index_cut", lang),
        "advice": _harmless(failed.advice),
        "notebook": _address(failed.notebook),
    }


def _harmless(words: str) -> str:
    return isolated(plain_text(words))


def _address(link: str) -> str:
    """Write a relative link so that it stays one, whatever a notebook is called.

    A link that is escaped already stays as it is.
    """
    return quote(link, safe="/%", errors="replace")


def _value(row: Row, lang: str) -> str:
    """Write a figure as the card of its report does: its name says its unit."""
    digits = int(labels.attribute("indicator", row["indicator"], "places"))
    if row["unit"] == "ratio":
        return labels.amount(row["value"], "ratio", lang, digits)
    return grouped(row["value"], digits)


def _series(points: Sequence[tuple[Period, Row]], lang: str) -> dict[str, str]:
    """Draw a key figure over the half-years, and say where it starts, ends, and was furthest."""
    ends = {
        "first": points[0],
        "last": points[-1],
        "low": min(points, key=lambda point: point[1]["value"]),
        "high": max(points, key=lambda point: point[1]["value"]),
    }
    values = {role: _value(row, lang) for role, (_, row) in ends.items()}
    said = {
        role: text("index_point", lang, period=labels.period_name(period, lang), value=values[role])
        for role, (period, _) in ends.items()
    }
    caption = text(f"card_{points[0][1]['indicator']}", lang)
    described = text("index_series", lang, caption=caption, **said)
    return {
        "caption": caption,
        "value": values["last"],
        "svg": draw(_spec(points, caption, described, lang)).svg["narrow"],
        "first": _short_name(points[0][0], lang),
        "last": _short_name(points[-1][0], lang),
        "range": text("index_range", lang, low=values["low"], high=values["high"]),
    }


def _short_name(period: Period, lang: str) -> str:
    """Name a half-year so briefly that two fit beside each other under a small chart."""
    year = period.roc_year if lang == DEFAULT_LANGUAGE else period.year
    return text("index_end", lang, year=year, half=labels.label("half", str(period.half), lang))


def _spec(
    points: Sequence[tuple[Period, Row]], caption: str, described: str, lang: str
) -> dict[str, Any]:
    """Specify a line from half-year to half-year."""
    scale = {"zero": False, "nice": False, "padding": 6}
    axes = {
        channel: {"field": channel, "type": "quantitative", "axis": None, "scale": scale}
        for channel in ("x", "y")
    }
    return {
        "title": caption,
        "description": described,
        "usermeta": {NOTES: {"lang": lang}},
        "data": {"values": _placed(points)},
        "width": _WIDTH,
        "height": _HEIGHT,
        "encoding": axes,
        "layer": [
            {"mark": {"type": "line", "color": NOW, "strokeWidth": 2}},
            {
                "transform": [{"filter": "datum.marked"}],
                "mark": {"type": "point", "filled": True, "color": NOW, "size": 30, "opacity": 1},
            },
        ],
        "config": theme(),
    }


def _placed(points: Sequence[tuple[Period, Row]]) -> list[dict[str, Any]]:
    """Give each half-year its place; one that is missing leaves a gap.

    Of many points only the ends are marked, and those without a neighbour: there is no line
    to them.
    """
    values = {_place(period): float(row["value"]) for period, row in points}
    first, last = min(values), max(values)
    are_few = len(values) <= _MOST_MARKED
    return [
        {
            "x": place - first,
            "y": values.get(place),
            "marked": place in values
            and (are_few or place in (first, last) or not {place - 1, place + 1} & values.keys()),
        }
        for place in range(first, last + 1)
    ]


def _place(period: Period) -> int:
    """Count half-years, so that their distances are those of time."""
    return period.year * 2 + period.half
