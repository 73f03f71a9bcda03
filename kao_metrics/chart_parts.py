"""What all forms of charts share: how they are finished, pointed at and described.

A chart carries its caption as title, an alternative text, and in notes its height for each
room, a reading help and the names of the figures that explain it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

import altair as alt

from kao_metrics.labels import text
from kao_metrics.printed import grouped
from kao_metrics.theme import NOTES, theme
from kao_metrics.typesetting import isolated, plain_text, shortened, width

HITS: Final = "hits"
"""Name of the layer that answers to a pointer; it is invisible and covers the whole chart."""

MOST_LISTED: Final = 8
"""Bars or lines that an alternative text lists one by one; of more it says the extremes."""

_LONGEST_SAID: Final = 24.0
"""Ems of a name in an alternative text, which is listened to; the table has it whole."""


def finished(  # noqa: PLR0913 - what a chart says of itself
    layers: Sequence[alt.Chart],
    hits: alt.Chart,
    name: str,
    lang: str,
    *,
    heights: Mapping[str, int],
    described: str,
    explained: Sequence[str],
) -> alt.LayerChart:
    """Put the layers of a chart together, with all that it says of itself."""
    drawn: alt.LayerChart = (
        alt.layer(*layers, hits.properties(name=HITS).add_params(pointed()))
        .add_params(alt.param(name="narrow", value=False))
        .properties(
            title=text(f"caption_{name}", lang),
            description=described,
            height=heights["wide"],
            usermeta={
                NOTES: {
                    "lang": lang,
                    "help": text(f"help_{name}", lang),
                    "heights": dict(heights),
                    "explained": list(explained),
                }
            },
        )
        .configure(**theme())
    )
    return drawn


def pointed() -> alt.Parameter:
    """Select what a pointer is over, by its place."""
    return alt.selection_point(
        name="pointed", on="pointerover", clear="pointerout", fields=["place"]
    )


def tooltip(lang: str, *, has_passages: bool) -> list[alt.Tooltip]:
    """Say what a pointer is over: its name, how much, and where that stands if it is known."""
    names = ["name", "detail", *["passage"] * has_passages]
    return [alt.Tooltip(f"{each}:N", title=text(f"tooltip_{each}", lang)) for each in names]


def harmless(words: str) -> str:
    """Take out of a text what no drawing can hold, and what would turn round its neighbours."""
    return isolated(plain_text(words))


def said(name: str, detail: str, lang: str) -> str:
    """Say a name and how much, as short as can be listened to."""
    return text("name_and_detail", lang, name=short(name), detail=short(detail))


def short(words: str) -> str:
    """Cut a text to what can be listened to."""
    words = plain_text(words)
    return words if width(words) <= _LONGEST_SAID else shortened(words, _LONGEST_SAID)


class Told(NamedTuple):
    """A point of a line as it is told: its value, its name, and how much."""

    value: Decimal
    name: str
    detail: str


def course(points: Sequence[Told], lang: str) -> dict[str, str]:
    """Say how many points a line has, where it starts and ends, which way, and its extremes."""
    first, last = points[0], points[-1]
    low, high = (pick(points, key=lambda point: point.value) for pick in (min, max))
    change = last.value - first.value
    way = "rose" if change > 0 else "fell" if change < 0 else "same"
    ends = {"first": first, "last": last, "high": high, "low": low}
    return {
        "points": grouped(Decimal(len(points))),
        "way": text(f"alt_{way}", lang),
        **{each: said(point.name, point.detail, lang) for each, point in ends.items()},
    }
