"""The form of a control chart: months, what is usual for them, and what stands out.

A month beyond its limits is a large diamond in a colour of its own, one of a pattern a dark
square, one that is covered in part is hollow: all can be told apart in grey. Limits that rest
on few months are dashed. A rule with words marks where the series is known to have changed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

import altair as alt

from kao_metrics import labels
from kao_metrics.axes import (
    LINE,
    ROOMS,
    SIZE,
    Label,
    Plot,
    Scale,
    dates,
    plot,
    rule,
    scale_of,
    unit_above,
    word,
    words_beside,
)
from kao_metrics.chart_parts import MOST_LISTED, Told, course, finished, harmless, short
from kao_metrics.curve_parts import (
    LOOKS,
    Axes,
    Look,
    axes,
    cells,
    chart_of,
    columns,
    drawable,
    exact,
    marks,
    strokes,
    words_beside_plot,
)
from kao_metrics.labels import text
from kao_metrics.printed import grouped
from kao_metrics.statistics.control_charts import Chart
from kao_metrics.statistics.signals import Point
from kao_metrics.theme import BASE, INK, INTERVAL, OTHERS
from kao_metrics.typesetting import width, wrapped

_OUTSIDE: Final = 1
_PATTERN: Final = 2
_LOOKS: Final = (LOOKS[0], Look(INTERVAL, "diamond", 130), Look(INK, "square", 50))
_FEWEST: Final = 2
_HEIGHT: Final = 220
_MOST_LINES: Final = 3
_DASHES: Final = [5, 4]
_FAINT: Final = 0.45
_BESIDE: Final = 5


def control(  # noqa: PLR0913 - what a chart says of itself
    months: Sequence[dt.date],
    chart: Chart,
    name: str,
    lang: str,
    *,
    unit: str,
    steps: Mapping[dt.date, str] | None = None,
    explained: Sequence[str] = (),
) -> alt.LayerChart | None:
    """Draw a control chart.

    Parameters
    ----------
    months
        First days of the months, one after the other.
    chart
        Its points, one a month; those of a chart without limits are a plain line.
    name
        The chart's name in labels.toml, which has its caption and reading help.
    lang
        Language of what is said of it.
    unit
        Code of the unit.
    steps
        By first day of the month, what changed then. The first month is no step.
    explained
        Indicators whose explanation tells how the figures are computed.

    Returns
    -------
    LayerChart or None
        None if fewer than two months have a value.
    """
    points = dict(zip(months, chart.points, strict=False))
    known = {month: point for month, point in points.items() if point.value is not None}
    if len(known) < _FEWEST:
        return None
    begun = {month: words for month, words in (steps or {}).items() if month in months[1:]}
    values = [
        exact(end)
        for point in points.values()
        for end in (point.value, point.lower, point.upper)
        if end is not None
    ]
    scale = scale_of(values, unit)
    ends = list(_ends(chart, lang))
    heads = {room: list(_step_lines(begun, room)) for room in ROOMS}
    plots = [
        plot(room, scale, ends, head=1 + sum(map(len, heads[room])), least=_HEIGHT)
        for room in ROOMS
    ]
    days = [(month - months[0]).days for month in months]
    placed = axes(plots, max(days[-1], 1), scale)
    drawn = list(_drawn(months, chart, scale, unit, lang))
    words = [
        words
        for shown in plots
        for part in (
            unit_above(shown, unit, lang),
            words_beside(shown, scale, ends),
            dates(months[0], months[-1], shown, lang),
            _step_words(shown, begun, heads[shown.room], months),
        )
        for words in part
    ]
    return finished(
        [
            *placed.ground,
            *_limits(list(_stretches(months, chart)), placed),
            *strokes(drawn, placed),
            marks(drawn, placed, _LOOKS),
            *words_beside_plot(words),
        ],
        cells(drawn, placed, lang),
        name,
        lang,
        heights={shown.room: shown.height for shown in plots},
        described=_described(months, chart, name, begun, unit, lang),
        explained=explained,
    )


def _tenth(value: float) -> str:
    return grouped(exact(value), 1 if value else 0)


def _drawn(
    months: Sequence[dt.date], chart: Chart, scale: Scale, unit: str, lang: str
) -> Iterator[dict[str, Any]]:
    """Yield the months that have a value; a gap or a step interrupts what joins them."""
    told: dict[int, list[str]] = defaultdict(list)
    looks: dict[int, int] = {}
    for signal in chart.signals:
        for index in range(signal.first, signal.last + 1):
            told[index].append(text(f"signal_{signal.rule}_{signal.side}", lang))
            is_outside = signal.rule == "outside_limits" or looks.get(index) == _OUTSIDE
            looks[index] = _OUTSIDE if is_outside else _PATTERN
    days = [(month - months[0]).days for month in months]
    begun = {segment.first for segment in chart.segments}
    low, high = drawable(scale.low), drawable(scale.high)
    piece = 0
    for index, (point, (left, right)) in enumerate(zip(chart.points, columns(days), strict=True)):
        piece += point.value is None or index in begun
        if point.value is None:
            continue
        value = exact(point.value)
        notes = [*told[index], *[text("covered_in_part", lang)] * point.partial]
        detail = labels.amount(value, unit, lang, 1)
        if notes:
            listed = text("list_comma", lang).join(dict.fromkeys(notes))
            detail = text("with_notes", lang, detail=detail, notes=listed)
        yield {
            "at": days[index],
            "value": drawable(value),
            "piece": piece,
            "place": index,
            "name": labels.reference_period(f"{months[index]:%Y-%m}", lang),
            "detail": detail,
            "left": left,
            "right": right,
            "low": low,
            "high": high,
            **({"look": looks[index]} if index in looks else {}),
            **({"hollow": True} if point.partial else {}),
        }


def _stretches(months: Sequence[dt.date], chart: Chart) -> Iterator[dict[str, Any]]:
    """Yield the corners of centre and limits: two for each stretch of months that share them."""
    sides = columns([(month - months[0]).days for month in months])
    for number, segment in enumerate(chart.segments):
        fixed: dict[str, Any] = {"run": number}
        if segment.provisional:
            fixed["provisional"] = True
        within = range(segment.first, segment.last + 1)
        for levels, stretch in groupby(within, key=lambda index: _levels(chart.points[index])):
            if levels:
                alike = list(stretch)
                yield {"at": sides[alike[0]][0], **levels, **fixed}
                yield {"at": sides[alike[-1]][1], **levels, **fixed}


def _levels(point: Point) -> dict[str, float]:
    """Return centre and limits of a month, as far as it has them."""
    levels = {"centre": point.centre, "lower": point.lower, "upper": point.upper}
    return {name: drawable(value) for name, value in levels.items() if value is not None}


def _limits(corners: Sequence[dict[str, Any]], placed: Axes) -> list[alt.Chart]:
    """Draw the band between the limits, its edges, and the centre."""
    if not corners:
        return []
    base = chart_of(corners).encode(x=placed.x("at"), detail="run:N")
    limited = base.transform_filter("isValid(datum.upper)")
    band = limited.mark_area(fill=BASE, opacity=_FAINT).encode(y=placed.y("lower"), y2="upper:Q")
    layers = [band]
    for is_provisional in {bool(each.get("provisional")) for each in corners}:
        style: dict[str, Any] = {"strokeDash": _DASHES} if is_provisional else {}
        edges = limited.transform_filter(f"{'' if is_provisional else '!'}datum.provisional")
        edges = edges.mark_line(stroke=OTHERS, strokeWidth=1.5, **style)
        layers += [edges.encode(y=placed.y(end)) for end in ("lower", "upper")]
    return [*layers, base.mark_line(stroke=INK, strokeWidth=1).encode(y=placed.y("centre"))]


def _ends(chart: Chart, lang: str) -> Iterator[Label]:
    """Yield what stands beside the centre and the limits of the latest stretch, if it has any."""
    latest = chart.segments[-1]
    within = chart.points[latest.first : latest.last + 1]
    limited = [point for point in within if point.upper is not None] or list(within)
    point = limited[-1]
    for level in ("upper", "centre", "lower"):
        value = getattr(point, level)
        if value is not None:
            key = f"limit_{level}_provisional" if latest.provisional else f"limit_{level}"
            yield Label(text(key, lang, value=_tenth(value)), exact(value))


def _step_lines(begun: Mapping[dt.date, str], room: str) -> Iterator[list[str]]:
    """Break what is said of each step into lines that fit one side of its rule."""
    for words in begun.values():
        yield wrapped(harmless(words), (ROOMS[room] / 2 - _BESIDE) / SIZE, _MOST_LINES)


def _step_words(
    shown: Plot,
    begun: Mapping[dt.date, str],
    heads: Sequence[list[str]],
    months: Sequence[dt.date],
) -> Iterator[dict[str, Any]]:
    """Yield what is said of each step, above the plot, with a rule between two months."""
    days = [(month - months[0]).days for month in months]
    starts = {month: left for month, (left, _) in zip(months, columns(days), strict=True)}
    down = LINE * 1.5
    for month, lines in zip(begun, heads, strict=True):
        share = starts[month] / max(days[-1], 1)
        across = shown.left + share * (shown.right - shown.left)
        is_right = across + _BESIDE + max(map(width, lines)) * SIZE <= ROOMS[shown.room]
        side, align = (_BESIDE, "left") if is_right else (-_BESIDE, "right")
        yield word(shown, across + side, down, lines, align) | rule(
            across, down - LINE / 2, shown.bottom
        )
        down += LINE * len(lines)


def _described(  # noqa: PLR0913, PLR0917 - all that a chart says
    months: Sequence[dt.date],
    chart: Chart,
    name: str,
    begun: Mapping[dt.date, str],
    unit: str,
    lang: str,
) -> str:
    """Say in words where the months start and end, what is usual, and which stand out."""
    names = [labels.reference_period(f"{month:%Y-%m}", lang) for month in months]
    points = [
        Told(exact(point.value), name, labels.amount(exact(point.value), unit, lang, 1))
        for name, point in zip(names, chart.points, strict=True)
        if point.value is not None
    ]
    caption = text(f"caption_{name}", lang)
    limited = [point for point in chart.points if point.upper is not None]
    key = "alt_control" if limited else "alt_series"
    sentences = [text(key, lang, caption=caption, **course(points, lang))]
    if limited:
        levels = {"low": limited[-1].lower, "mean": limited[-1].centre, "high": limited[-1].upper}
        shown = {each: _tenth(value or 0.0) for each, value in levels.items()}
        sentences.append(text("alt_limits", lang, **shown))
        outside = [names[each.first] for each in chart.signals if each.rule == "outside_limits"]
        if outside:
            listed = text("list_comma", lang).join(outside[:MOST_LISTED])
            count = grouped(Decimal(len(outside)))
            sentences.append(text("alt_outside", lang, count=count, months=listed))
        else:
            sentences.append(text("months_all_usual", lang))
    for month, words in list(begun.items())[:MOST_LISTED]:
        when = labels.reference_period(f"{month:%Y-%m}", lang)
        sentences.append(text("alt_step", lang, month=when, words=short(words)))
    return text("sentence_space", lang).join(sentences)
