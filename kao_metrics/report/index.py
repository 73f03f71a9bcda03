"""The index page of a folder of reports: what there is, key figures, small series, failures.

It has no script. Each key figure is drawn once over all half-years, and stands in a table
of half-years, the latest first, that links to each report.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from kao_metrics import labels, wording
from kao_metrics.converter import MEASURE, to_svg
from kao_metrics.drawing import VEGA_LITE
from kao_metrics.labels import text
from kao_metrics.metrics import KEY_FIGURES
from kao_metrics.period import Period
from kao_metrics.report.live import TEMPLATES, hash_of
from kao_metrics.report.page import environment
from kao_metrics.theme import NOW
from kao_metrics.typesetting import plain_text

Row = Mapping[str, Any]

_FEWEST: Final = 2
"""Points of the shortest series."""

_MOST_MARKED: Final = 40
"""Points of the longest series whose points are marked, and not its ends alone."""

_WIDTH: Final = 240
_HEIGHT: Final = 56


@dataclass(frozen=True, slots=True)
class Failed:
    """The last attempt at a report, which failed.

    Parameters
    ----------
    message
        What failed, where.
    advice
        What to do, in words.
    notebook
        Link to the notebook that was kept; empty if there is none.
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
        Link to the report; empty if there is none.
    figures
        By name, the rows of its key figures.
    failed
        What the last attempt failed with; None if it did not.
    """

    period: Period
    page: str
    figures: Mapping[str, Row]
    failed: Failed | None = None


def read_key_figures(path: Path) -> dict[str, Row]:
    """Read the key figures of a published ``results.json``, numbers as they are written."""
    rows = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    return {
        row["indicator"]: row
        for row in rows
        if row["breakdown"] == KEY_FIGURES.get(row["indicator"]) and row["value"] is not None
    }


def index_page(entries: Sequence[Entry], lang: str) -> str:
    """Return the page.

    Parameters
    ----------
    entries
        In any order.
    lang
        ``zh-TW`` or ``en``.
    """
    ordered = sorted(entries, key=lambda entry: entry.period.code)
    shown = [name for name in KEY_FIGURES if any(name in entry.figures for entry in ordered)]
    style = TEMPLATES.joinpath("style.css").read_text(encoding="utf-8")
    return (
        environment()
        .get_template("list.html.j2")
        .render(
            lang="zh-Hant-TW" if lang == "zh-TW" else "en",
            words=lambda key, **values: text(key, lang, **values),
            policy=f"default-src 'none'; style-src {hash_of(style)}; base-uri 'none'; "
            "form-action 'none'",
            style=style,
            summary=_summary(ordered, lang),
            series=[each for name in shown if (each := _series(ordered, name, lang))],
            columns=[text(f"card_{name}", lang) for name in shown],
            rows=[_row(entry, shown, lang) for entry in reversed(ordered)],
            version=metadata.version("kao-metrics"),
        )
    )


def _summary(entries: Sequence[Entry], lang: str) -> str:
    """Say how many reports there are, of when, and how many attempts failed."""
    published = [entry.period for entry in entries if entry.page]
    failed = sum(entry.failed is not None for entry in entries)
    said = [text("index_none", lang)]
    if published:
        first, last = (labels.period_name(each, lang) for each in (published[0], published[-1]))
        said = [text("index_summary", lang, count=len(published), first=first, last=last)]
    if failed:
        said.append(text("index_failures", lang, count=failed))
    return text("index_and", lang).join(said)


def _row(entry: Entry, shown: Sequence[str], lang: str) -> dict[str, Any]:
    """Return what the table says of a half-year."""
    period = entry.period
    covered = ""
    if period.is_partly_covered:
        first, last = (
            labels.date_name(day, lang) for day in (period.covers_from, period.covers_to)
        )
        covered = text("covered", lang, first=first, last=last, days=period.covered_days)
    status = "published" if entry.failed is None else "failed_before" if entry.page else "failed"
    failed = entry.failed
    return {
        "name": labels.period_name(period, lang),
        "page": entry.page,
        "covered": covered,
        "figures": [
            (text(f"card_{name}", lang), _value(entry.figures.get(name), lang)) for name in shown
        ],
        "status": text(f"index_{status}", lang),
        "lines": [plain_text(each) for each in failed.message.splitlines()] if failed else [],
        "advice": "" if failed is None else failed.advice,
        "notebook": "" if failed is None else failed.notebook,
    }


def _value(row: Row | None, lang: str) -> str:
    return "" if row is None else wording.value(dict(row), lang) or ""


def _series(entries: Sequence[Entry], name: str, lang: str) -> dict[str, str] | None:
    """Draw a key figure over the half-years; None with fewer than two, as one is no series."""
    points = [(entry.period, entry.figures[name]) for entry in entries if name in entry.figures]
    if len(points) < _FEWEST:
        return None
    caption = text(f"card_{name}", lang)
    low = min(points, key=lambda point: point[1]["value"])
    high = max(points, key=lambda point: point[1]["value"])
    said = {
        role: text(
            "index_point",
            lang,
            period=labels.period_name(period, lang),
            value=_value(row, lang),
        )
        for role, (period, row) in {
            "first": points[0],
            "last": points[-1],
            "low": low,
            "high": high,
        }.items()
    }
    described = text("index_series", lang, caption=caption, **said)
    return {
        "caption": caption,
        "value": _value(points[-1][1], lang),
        "svg": _drawn(points, described),
        "first": labels.period_name(points[0][0], lang),
        "last": labels.period_name(points[-1][0], lang),
        "range": text("index_range", lang, low=_value(low[1], lang), high=_value(high[1], lang)),
    }


def _drawn(points: Sequence[tuple[Period, Row]], described: str) -> str:
    """Draw a line from half-year to half-year; a half-year that is missing leaves a gap."""
    first = points[0][0]
    by_place = {_place(period) - _place(first): row for period, row in points}
    longest = max(by_place)
    data = [
        {"x": x, "y": float(by_place[x]["value"]) if x in by_place else None}
        for x in range(longest + 1)
    ]
    marked = "true" if len(points) <= _MOST_MARKED else f"datum.x == 0 || datum.x == {longest}"
    encoding = {
        "x": {"field": "x", "type": "quantitative", "axis": None, "scale": {"nice": False}},
        "y": {
            "field": "y",
            "type": "quantitative",
            "axis": None,
            "scale": {"zero": False, "padding": 6},
        },
    }
    spec = {
        "data": {"values": data},
        "width": _WIDTH,
        "height": _HEIGHT,
        "padding": 6,
        "encoding": encoding,
        "layer": [
            {"mark": {"type": "line", "color": NOW, "strokeWidth": 2, "clip": False}},
            {
                "mark": {"type": "point", "filled": True, "color": NOW, "size": 30, "opacity": 1},
                "transform": [{"filter": f"isValid(datum.y) && ({marked})"}],
            },
        ],
        "config": {
            "aria": False,
            "background": "transparent",
            "font": MEASURE,
            "view": {"stroke": None},
        },
    }
    drawn = to_svg(spec, VEGA_LITE)
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{html.escape(described)}" ', 1)


def _place(period: Period) -> int:
    """Count half-years, so that their distances are those of time."""
    return period.year * 2 + period.half
