"""The form of most charts: bars, each under its own label.

It can be read on a phone, on paper and without colour. A form takes rows of words and
numbers and returns an Altair chart that carries its caption as title, an alternative text
computed from its rows, the rows themselves, and in notes its height for each room, a reading
help and the names of the figures that explain it. `kao_metrics.drawing` draws it;
`kao_metrics.curves` has the forms for what changes over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import altair as alt
import polars as pl

from kao_metrics.chart_parts import MOST_LISTED, finished, harmless, pointed, said, tooltip
from kao_metrics.labels import text
from kao_metrics.theme import BASE, INK, INTERVAL, NOW, OTHERS, PAPER
from kao_metrics.typesetting import width, wrapped

_BAR: Final = 16
_BAR_GAP: Final = 28
_LINE: Final = 19
_FADED: Final = 0.4
_ROOM: Final = {"wide": 45.0, "narrow": 20.5}
"""Ems of text that fit beside each other on a wide and on a narrow drawing."""
_MOST_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a name, what stands beside it, and how long it is.

    Parameters
    ----------
    name, detail
        What is said of it.
    value
        Its length.
    back
        Length of a lighter bar behind it, such as the baseline or the whole.
    lower, upper
        What the printed rounding leaves open, or a confidence interval; the reading help
        says which. Drawn where the two differ.
    passage
        Where the figure stands; shown when the bar is pointed at.
    is_other
        Of another government, or not broken down: drawn grey.
    is_whole
        A sum of the others, which is no extreme among them.
    """

    name: str
    detail: str
    value: Decimal
    back: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    passage: str = ""
    is_other: bool = False
    is_whole: bool = False


def bars(  # noqa: PLR0913 - what a chart says of itself
    rows: Sequence[Bar],
    name: str,
    lang: str,
    *,
    explained: Sequence[str] = (),
    direction: str = "",
    largest: Decimal | None = None,
) -> alt.LayerChart | None:
    """Draw bars from zero, each under its label, with intervals and a lighter base.

    Parameters
    ----------
    rows
        The bars, in order; without any there is no chart.
    name
        The chart's name in labels.toml, which has its caption and reading help.
    lang
        Language of what is said of it.
    explained
        Indicators whose explanation tells how the figures are computed.
    direction
        A sentence that says where things went, for the alternative text.
    largest
        The value at the right edge; the largest of the bars if left out.

    Notes
    -----
    The labels are drawn inside the chart, in one line where there is room and in several
    on a narrow screen; the parameter ``narrow`` says which.
    """
    if not rows:
        return None
    placed, heights = _placed(rows, lang)
    frame = pl.DataFrame(placed, schema_overrides={"lower": pl.Float64, "upper": pl.Float64})
    low, high = _domain(rows, largest)
    scale = alt.Scale(domain=[low, high], nice=False)
    base = alt.Chart(frame)

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=None)

    def down(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=None, axis=None)

    faded = alt.when(pointed()).then(alt.value(1)).otherwise(alt.value(_FADED))
    bar = base.mark_bar(orient="horizontal", size=_BAR).encode(opacity=faded)
    words = base.mark_text(align="left", baseline="top", lineHeight=_LINE)
    layers = [
        bar.encode(x=across("back"), y=down("foot"), color=alt.value(BASE)),
        bar.encode(x=across("value"), y=down("foot"), color=alt.Color("colour:N", scale=None)),
        words.encode(x=alt.value(0), y=down("head"), text="words:N"),
    ]
    if low < 0:
        zero = alt.XDatum(0, type="quantitative", scale=scale, axis=None)
        rule = base.transform_calculate(
            above=f"datum.foot - {_BAR / 2 + 3}", below=f"datum.foot + {_BAR / 2 + 3}"
        ).mark_rule(color=INK, strokeWidth=1)
        layers.append(rule.encode(x=zero, y=down("above"), y2="below:Q"))
    if frame["edge"].is_not_null().any():
        edge = base.mark_tick(color=BASE, opacity=1, orient="vertical", size=_BAR, thickness=3)
        layers.append(edge.encode(x=across("edge"), y=down("foot")))
    if frame["lower"].is_not_null().any():
        # Light below, so that the ends show on a dark bar in grey print too.
        for colour, more in ((PAPER, 2), (INTERVAL, 0)):
            rule = base.mark_rule(color=colour, strokeWidth=2 + more)
            layers.append(rule.encode(x=across("lower"), x2="upper:Q", y=down("foot")))
            tick = base.mark_tick(
                color=colour,
                opacity=1,
                orient="vertical",
                size=_BAR + 6 + more,
                thickness=2 + more,
            )
            layers += [tick.encode(x=across(end), y=down("foot")) for end in ("lower", "upper")]
    hits = base.mark_rect(fill="transparent").encode(
        x=alt.value(0),
        x2=alt.value("width"),
        y=down("head"),
        y2="end:Q",
        tooltip=tooltip(lang, has_passages=any(row.passage for row in rows)),
    )
    drawn = finished(
        layers,
        hits,
        name,
        lang,
        heights=heights,
        described=described_bars(rows, text(f"caption_{name}", lang), direction, lang),
        explained=explained,
    )
    chosen: alt.LayerChart = drawn.transform_calculate(
        **{
            each: f"narrow ? datum.{each}_narrow : datum.{each}_wide"
            for each in ("words", "head", "foot", "end")
        }
    )
    return chosen


def _domain(rows: Sequence[Bar], largest: Decimal | None) -> tuple[float, float]:
    """Span what is drawn; zero is always in it, since bars start there."""
    ends = [
        each
        for row in rows
        for each in (row.value, row.back, row.lower, row.upper, largest)
        if each is not None
    ]
    low, high = min(Decimal(0), *ends), max(Decimal(0), *ends)
    return float(low), float(high) if high > low else float(low) + 1


def described_bars(rows: Sequence[Bar], caption: str, direction: str, lang: str) -> str:
    """Say in words what the bars show: how many, which, the extremes, where they went."""

    def told(row: Bar) -> str:
        return said(row.name, row.detail, lang)

    sentences = [text("alt_bars", lang, caption=caption, count=len(rows))]
    if len(rows) <= MOST_LISTED:
        listed = text("list_comma", lang).join(map(told, rows))
        sentences.append(text("alt_listed", lang, bars=listed))
    parts = [row for row in rows if not row.is_whole] or list(rows)
    most, least = (pick(parts, key=lambda row: row.value) for pick in (max, min))
    if most.value != least.value:
        sentences.append(text("alt_extremes", lang, most=told(most), least=told(least)))
    if direction:
        sentences.append(direction)
    return text("sentence_space", lang).join(sentences)


def _placed(rows: Sequence[Bar], lang: str) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Give each bar its lines and its place from the top in pixels, for each room."""
    heights = dict.fromkeys(_ROOM, 0)
    placed = []
    for place, row in enumerate(rows):
        placed.append(_drawn(row) | {"place": place})
        for room, ems in _ROOM.items():
            lines = _lines(row, ems, lang)
            foot = heights[room] + _LINE * len(lines) + _BAR // 2 + 2
            placed[-1] |= {
                f"words_{room}": lines,
                f"head_{room}": heights[room],
                f"foot_{room}": foot,
                f"end_{room}": foot + _BAR_GAP,
            }
            heights[room] = foot + _BAR_GAP
    return placed, heights


def _drawn(row: Bar) -> dict[str, Any]:
    back = row.value if row.back is None else row.back
    has_ends = row.lower is not None and row.upper is not None and row.lower != row.upper
    return {
        **{each: harmless(getattr(row, each)) for each in ("name", "detail", "passage")},
        "value": float(row.value),
        "back": float(back),
        # A bar that is longer than its base hides it: then a line says where the base ends.
        "edge": float(back) if back < row.value else None,
        "lower": float(row.lower) if has_ends and row.lower is not None else None,
        "upper": float(row.upper) if has_ends and row.upper is not None else None,
        "colour": OTHERS if row.is_other else NOW,
    }


def _lines(row: Bar, room: float, lang: str) -> list[str]:
    """Break a bar's label into lines: name and detail beside each other where both fit."""
    name, detail = map(harmless, (row.name, row.detail))
    joined = text("name_and_detail", lang, name=name, detail=detail).strip()
    if width(joined) <= room:
        return [joined]
    return [*wrapped(name, room, _MOST_LINES), *wrapped(detail, room, _MOST_LINES)]
