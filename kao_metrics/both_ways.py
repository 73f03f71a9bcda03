"""The form of a chart whose bars go both ways from a line: a line of words each, and close.

Names stand at the left, what is above and below beside the bars, so that twelve months fit a
phone at a glance. Longer names, and bars with a base or an interval, need `kao_metrics.forms`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import altair as alt

from kao_metrics.axes import ROOMS, SIZE, Plot, Scale, word
from kao_metrics.chart_parts import finished, harmless, pointed, tooltip
from kao_metrics.curve_parts import axes, chart_of, drawable, words_beside_plot
from kao_metrics.forms import Bar, described_bars
from kao_metrics.labels import text
from kao_metrics.theme import INK, NOW
from kao_metrics.typesetting import shortened, width

_ROW: Final = 24
_BAR: Final = 14
_GAP: Final = 5
_NAMES: Final = 0.4
"""The part of a room that names may take."""
_FADED: Final = 0.4


def both_ways(
    rows: Sequence[Bar], name: str, lang: str, *, explained: Sequence[str] = ()
) -> alt.LayerChart | None:
    """Draw bars to the right of a line for what is above nothing, to the left for what is below.

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
    """
    if not rows:
        return None
    scale = _scale(rows)
    plots = [_plot(room, rows, scale) for room in ROOMS]
    placed = axes(plots, 1, scale)
    drawn = chart_of(
        {
            "place": place,
            "name": harmless(row.name),
            "detail": harmless(row.detail),
            "value": drawable((row.value - scale.low) / (scale.high - scale.low)),
            "zero": drawable(-scale.low / (scale.high - scale.low)),
            "head": _ROW * place,
        }
        for place, row in enumerate(rows)
    ).transform_calculate(middle=f"datum.head + {_ROW / 2}", foot=f"datum.head + {_ROW}")

    def down(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=None, axis=None)

    faded = alt.when(pointed()).then(alt.value(1)).otherwise(alt.value(_FADED))
    bar = drawn.mark_bar(orient="horizontal", size=_BAR, color=NOW).encode(
        x=placed.x("value"), x2="zero:Q", y=down("middle"), opacity=faded
    )
    zero = drawn.mark_rule(color=INK, strokeWidth=1).encode(
        x=placed.x("zero"), y=down("head"), y2="foot:Q"
    )
    hits = drawn.mark_rect(fill="transparent").encode(
        x=alt.value(0),
        x2=alt.value("width"),
        y=down("head"),
        y2="foot:Q",
        tooltip=tooltip(lang, has_passages=False),
    )
    words = [each for shown in plots for each in _words(shown, rows, scale)]
    return finished(
        [bar, zero, *words_beside_plot(words)],
        hits,
        name,
        lang,
        heights=dict.fromkeys(ROOMS, _ROW * len(rows)),
        described=described_bars(rows, text(f"caption_{name}", lang), "", lang),
        explained=explained,
    )


def _scale(rows: Sequence[Bar]) -> Scale:
    """Span the bars and nothing, from which they start."""
    values = [Decimal(0), *(row.value for row in rows)]
    low, high = min(values), max(values)
    return Scale((low, high if high > low else low + 1), ("", ""))


def _plot(room: str, rows: Sequence[Bar], scale: Scale) -> Plot:
    """Find room for the bars, between the names and what stands beside the bars."""
    names = max(width(each) for each in _names(rows, room)) * SIZE + 2 * _GAP
    beside = max(width(harmless(row.detail)) for row in rows) * SIZE + _GAP
    left = names + (beside if scale.low < 0 else 0)
    return Plot(room, left, ROOMS[room] - beside, 0, _ROW * len(rows))


def _names(rows: Sequence[Bar], room: str) -> list[str]:
    most = _NAMES * ROOMS[room] / SIZE
    names = [harmless(row.name) for row in rows]
    return [each if width(each) <= most else shortened(each, most) for each in names]


def _words(shown: Plot, rows: Sequence[Bar], scale: Scale) -> Iterator[dict[str, Any]]:
    """Yield the names, and what stands beside each bar at the end of it."""
    for place, (row, name) in enumerate(zip(rows, _names(rows, shown.room), strict=True)):
        middle = _ROW * (place + 0.5)
        share = float((row.value - scale.low) / (scale.high - scale.low))
        end = shown.left + share * (shown.right - shown.left)
        is_left = row.value < 0
        side = end - _GAP if is_left else end + _GAP
        yield word(shown, 0, middle, [name], "left")
        yield word(shown, side, middle, [harmless(row.detail)], "right" if is_left else "left")
