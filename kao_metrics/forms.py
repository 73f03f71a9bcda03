"""The forms that charts take: bars under their own labels, and a line.

Both can be read on a phone, on paper and without colour. A form takes rows of words and
numbers and returns an Altair chart that carries its caption as title, an alternative text
computed from its rows, the rows themselves, and in notes its height for each room, a reading
help and the names of the figures that explain it. `kao_metrics.drawing` draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import altair as alt
import polars as pl

from kao_metrics import labels
from kao_metrics.labels import text
from kao_metrics.printed import grouped
from kao_metrics.theme import BASE, INK, INTERVAL, NOTES, NOW, OTHERS, PAPER, theme
from kao_metrics.typesetting import isolated, plain_text, shortened, width, wrapped

HITS: Final = "hits"
"""Name of the layer that answers to a pointer; it is invisible and covers whole rows."""

_BAR: Final = 16
_BAR_GAP: Final = 28
_LINE: Final = 19
_FADED: Final = 0.4
_ROOM: Final = {"wide": 45.0, "narrow": 20.5}
"""Ems of text that fit beside each other on a wide and on a narrow drawing."""
_MOST_LINES: Final = 5
_FEWEST_POINTS: Final = 2
_LONGEST_SAID: Final = 24.0
"""Ems of a name in an alternative text, which is listened to; the table has it whole."""
_MOST_LISTED: Final = 8
"""Bars that an alternative text lists one by one; of more it says the extremes."""


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
        What the printed rounding leaves open; drawn where the two differ.
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

    pointed = _pointed()
    faded = alt.when(pointed).then(alt.value(1)).otherwise(alt.value(_FADED))
    bar = base.mark_bar(orient="horizontal", size=_BAR).encode(opacity=faded)
    words = base.mark_text(align="left", baseline="top", lineHeight=_LINE)
    layers = [
        bar.encode(x=across("back"), y=down("foot"), color=alt.value(BASE)),
        bar.encode(x=across("value"), y=down("foot"), color=alt.Color("colour:N", scale=None)),
        words.encode(x=alt.value(0), y=down("head"), text="words:N"),
    ]
    if low < 0:
        zero = alt.XDatum(0, type="quantitative", scale=scale, axis=None)
        layers.append(base.mark_rule(color=INK, strokeWidth=1).encode(x=zero))
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
    hits = (
        base.mark_rect(fill="transparent")
        .encode(
            x=alt.value(0),
            x2=alt.value("width"),
            y=down("head"),
            y2="end:Q",
            tooltip=_tooltip(frame, lang),
        )
        .properties(name=HITS)
        .add_params(pointed)
    )
    caption = text(f"caption_{name}", lang)
    drawn: alt.LayerChart = (
        alt.layer(*layers, hits)
        .transform_calculate(
            **{
                each: f"narrow ? datum.{each}_narrow : datum.{each}_wide"
                for each in ("words", "head", "foot", "end")
            }
        )
        .add_params(alt.param(name="narrow", value=False))
        .properties(
            title=caption,
            description=_described(rows, caption, direction, lang),
            height=heights["wide"],
            usermeta=_notes(name, lang, heights=heights, explained=list(explained)),
        )
        .configure(**theme())
    )
    return drawn


def line(months: pl.DataFrame, name: str, unit: str, lang: str) -> alt.LayerChart | None:
    """Draw counts by month as a line; None with fewer than two, as one point is no trend.

    Parameters
    ----------
    months
        ``month`` (its first day) and ``value``, in order.
    name
        The chart's name in labels.toml.
    unit
        Code of the unit.
    lang
        Language of what is said of it.
    """
    if months.height < _FEWEST_POINTS:
        return None
    shown = months.with_columns(
        pl.col("value").cast(pl.Float64),
        name=pl.Series(
            [labels.reference_period(f"{each:%Y-%m}", lang) for each in months["month"]]
        ),
        detail=pl.Series([labels.amount(Decimal(each), unit, lang) for each in months["value"]]),
        place=pl.int_range(pl.len()),
    )
    caption = text(f"caption_{name}", lang)
    axis = alt.Axis(format="%Y-%m", tickCount="month", labelOverlap=True, grid=False)
    pointed = _pointed()
    base = alt.Chart(shown).encode(
        alt.X("yearmonth(month):T", title=None, axis=axis),
        alt.Y(
            "value:Q",
            title=labels.label("unit", unit, lang),
            axis=alt.Axis(titleAngle=0, titleAlign="right", tickCount=5),
        ),
    )
    points = base.mark_point(color=NOW, filled=True).encode(
        size=alt.when(pointed, empty=False).then(alt.value(140)).otherwise(alt.value(40))
    )
    hits = (
        base.mark_point(filled=True, fill="transparent", size=900)
        .encode(tooltip=_tooltip(shown, lang))
        .properties(name=HITS)
        .add_params(pointed)
    )
    drawn: alt.LayerChart = (
        alt.layer(base.mark_line(color=NOW, strokeWidth=2), points, hits)
        .properties(
            title=caption,
            description=_described_line(shown, caption, lang),
            height=220,
            usermeta=_notes(name, lang),
        )
        .configure(**theme())
    )
    return drawn


def _notes(name: str, lang: str, **more: Any) -> dict[str, Any]:
    """Write down what a drawing needs to know that no specification says."""
    return {NOTES: {"lang": lang, "help": text(f"help_{name}", lang), **more}}


def _pointed() -> alt.Parameter:
    """Select what a pointer is over, by its place."""
    return alt.selection_point(
        name="pointed", on="pointerover", clear="pointerout", fields=["place"]
    )


def _tooltip(frame: pl.DataFrame, lang: str) -> list[alt.Tooltip]:
    names = ["name", "detail"]
    if "passage" in frame.columns and (frame["passage"] != "").any():
        names.append("passage")
    return [alt.Tooltip(f"{each}:N", title=text(f"tooltip_{each}", lang)) for each in names]


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


def _described(rows: Sequence[Bar], caption: str, direction: str, lang: str) -> str:
    """Say in words what the bars show: how many, which, the extremes, where they went."""

    def said(row: Bar) -> str:
        name, detail = (
            each if width(each) <= _LONGEST_SAID else shortened(each, _LONGEST_SAID)
            for each in map(plain_text, (row.name, row.detail))
        )
        return text("name_and_detail", lang, name=name, detail=detail)

    sentences = [text("alt_bars", lang, caption=caption, count=len(rows))]
    if len(rows) <= _MOST_LISTED:
        listed = text("list_comma", lang).join(map(said, rows))
        sentences.append(text("alt_listed", lang, bars=listed))
    parts = [row for row in rows if not row.is_whole] or list(rows)
    most, least = (pick(parts, key=lambda row: row.value) for pick in (max, min))
    if most.value != least.value:
        sentences.append(text("alt_extremes", lang, most=said(most), least=said(least)))
    if direction:
        sentences.append(direction)
    return text("sentence_space", lang).join(sentences)


def _described_line(months: pl.DataFrame, caption: str, lang: str) -> str:
    """Say in words where a line starts and ends, which way it went, and its extremes."""
    rows = list(months.iter_rows(named=True))
    first, last = rows[0], rows[-1]
    high, low = (pick(rows, key=lambda row: row["value"]) for pick in (max, min))
    change = last["value"] - first["value"]
    way = "rose" if change > 0 else "fell" if change < 0 else "same"
    return text(
        "alt_series",
        lang,
        caption=caption,
        points=grouped(Decimal(months.height)),
        way=text(f"alt_{way}", lang),
        **{
            each: text("name_and_detail", lang, name=row["name"], detail=row["detail"])
            for each, row in {"first": first, "last": last, "high": high, "low": low}.items()
        },
    )


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
        **{
            each: isolated(plain_text(getattr(row, each))) for each in ("name", "detail", "passage")
        },
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
    name, detail = (isolated(plain_text(each)) for each in (row.name, row.detail))
    joined = text("name_and_detail", lang, name=name, detail=detail).strip()
    if width(joined) <= room:
        return [joined]
    return [*wrapped(name, room, _MOST_LINES), *wrapped(detail, room, _MOST_LINES)]
