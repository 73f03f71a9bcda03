"""The forms of charts that are curves: lines over time, and how unequal shares are.

As the bars of `kao_metrics.forms` they can be read on a phone, on paper and without colour:
every line is named at its end, lines differ in shape and not in colour alone, and words are
measured and kept apart. `kao_metrics.control_curves` has the control chart.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate
from typing import Any, Final

import altair as alt

from kao_metrics import labels
from kao_metrics.axes import (
    FOOT,
    LINE,
    ROOMS,
    Label,
    Plot,
    Scale,
    dates,
    plot,
    scale_of,
    unit_above,
    word,
    words_beside,
)
from kao_metrics.chart_parts import (
    MOST_LISTED,
    Told,
    course,
    finished,
    harmless,
    said,
    short,
)
from kao_metrics.curve_parts import (
    Axes,
    axes,
    cells,
    chart_of,
    columns,
    drawable,
    marks,
    strokes,
    words_beside_plot,
)
from kao_metrics.labels import text
from kao_metrics.printed import grouped
from kao_metrics.theme import INK

_FEWEST: Final = 2
_MOST_MARKED: Final = 60
"""Dots of a lone line that are all marked; of more only the last is."""
_MARKED_BESIDE: Final = 30
"""The same for lines beside others; of more some are, so that shapes still tell the lines."""
_MARKED_OF_MANY: Final = 9
_MOST_TOLD: Final = 3
"""Lines that an alternative text tells in full; of more it says where they start and end."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of a line.

    Parameters
    ----------
    when
        Its date.
    value
        Its height.
    name, detail
        What is said of it; a dot without a name is drawn, and no more.
    passage
        Where the figure stands; shown when the dot is pointed at.
    """

    when: dt.date
    value: Decimal
    name: str
    detail: str
    passage: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Parameters
    ----------
    name
        What stands at its end; nothing if it is empty.
    dots
        In the order of time.
    is_scenario
        A projection, no measurement: drawn dashed, with hollow dots.
    breaks
        Dates from which the series is defined otherwise: the line is interrupted there.
    is_ground
        What other lines are drawn over: thin, its dots not marked.
    ahead
        Where it goes on from its last dot as a scenario, in its own look.
    """

    name: str
    dots: Sequence[Dot]
    is_scenario: bool = False
    breaks: Sequence[dt.date] = ()
    is_ground: bool = False
    ahead: Sequence[Dot] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """An item of a Lorenz curve: its name, what is said of it, and how much it has."""

    name: str
    detail: str
    amount: Decimal


def lines(  # noqa: PLR0913 - what a chart says of itself
    rows: Sequence[Line],
    name: str,
    lang: str,
    *,
    unit: str,
    explained: Sequence[str] = (),
    direction: str = "",
    target: tuple[Decimal, str] | None = None,
) -> alt.LayerChart | None:
    """Draw lines over time, from zero upward, each named at its end.

    Parameters
    ----------
    rows
        The lines; without one that has two dots there is no chart, as one point is no trend.
    name
        The chart's name in labels.toml, which has its caption and reading help.
    lang
        Language of what is said of it.
    unit
        Code of the unit.
    explained
        Indicators whose explanation tells how the figures are computed.
    direction
        A sentence that says where things went, for the alternative text.
    target
        A value that a line across marks, and what it is called.
    """
    rows = [row for row in rows if row.dots]
    if all(len(row.dots) + len(row.ahead) < _FEWEST for row in rows):
        return None
    dots = [dot for row in rows for dot in (*row.dots, *row.ahead)]
    days = sorted({dot.when for dot in dots})
    first, last = days[0], days[-1]
    values = [dot.value for dot in dots]
    scale = scale_of([*values, target[0]] if target else values, unit)
    ends = [
        Label(
            harmless(row.name),
            (*row.dots, *row.ahead)[-1].value,
            None if row.is_ground or _is_lone(rows) else number,
            row.is_scenario or bool(row.ahead),
        )
        for number, row in enumerate(rows)
        if row.name.strip()
    ]
    ends += [Label(harmless(target[1]), target[0])] if target else []
    plots = [plot(room, scale, ends) for room in ROOMS]
    placed = axes(plots, max((last - first).days, 1), scale)
    drawn = _drawn(rows, days, scale, lang)
    words = [
        words
        for shown in plots
        for part in (
            unit_above(shown, unit, lang),
            words_beside(shown, scale, ends),
            dates(first, last, shown, lang),
        )
        for words in part
    ]
    across = [_across(target[0], placed, (last - first).days)] if target else []
    return finished(
        [
            *placed.ground,
            *_breaks(rows, first, scale, placed),
            *across,
            *strokes(drawn, placed),
            marks(drawn, placed),
            *words_beside_plot(words),
        ],
        cells(drawn, placed, lang),
        name,
        lang,
        heights={shown.room: shown.height for shown in plots},
        described=_described(rows, name, target, direction, lang),
        explained=explained,
    )


def lorenz(
    rows: Sequence[Share], name: str, lang: str, *, explained: Sequence[str] = ()
) -> alt.LayerChart | None:
    """Draw a Lorenz curve: what part of the whole the smallest items have together.

    Parameters
    ----------
    rows
        The items, in any order.
    name
        The chart's name in labels.toml.
    lang
        Language of what is said of it.
    explained
        Indicators whose explanation tells how the figures are computed.

    Returns
    -------
    LayerChart or None
        None with fewer than two items, with a negative one, or if all are zero.

    Notes
    -----
    Items are sorted from small to large. Were all equal, the curve would be the straight line
    that is drawn above it; the further it hangs below, the more the largest have.
    """
    rows = sorted(rows, key=lambda row: row.amount)
    amounts = [row.amount for row in rows]
    total = sum(amounts, Decimal(0))
    if len(rows) < _FEWEST or amounts[0] < 0 or not total:
        return None
    count, drawn = len(rows), list(_shares(rows, total, lang))
    scale = Scale(
        tuple(Decimal(quarter) / 4 for quarter in range(5)),
        tuple(f"{25 * quarter}%" for quarter in range(5)),
    )
    plots = [plot(room, scale, (), least=280) for room in ROOMS]
    placed = axes(plots, count, scale)
    ends = [{"at": 0, "value": 0}, {"at": count, "value": 1}]
    even = chart_of(ends).mark_line(color=INK, strokeWidth=1.5, strokeDash=[2, 3])
    half = count // 2
    return finished(
        [
            *placed.ground,
            even.encode(x=placed.x("at"), y=placed.y("value")),
            *strokes(drawn, placed),
            marks(drawn, placed),
            *words_beside_plot(
                words for shown in plots for words in _lorenz_words(shown, scale, lang)
            ),
        ],
        cells(drawn, placed, lang),
        name,
        lang,
        heights={shown.room: shown.height for shown in plots},
        described=text(
            "alt_lorenz",
            lang,
            caption=text(f"caption_{name}", lang),
            count=grouped(Decimal(count)),
            half=grouped(Decimal(half)),
            share=labels.amount(sum(amounts[:half], Decimal(0)) / total, "ratio", lang, 1),
            largest=said(rows[-1].name, rows[-1].detail, lang),
            most=labels.amount(rows[-1].amount / total, "ratio", lang, 1),
        ),
        explained=explained,
    )


def _shares(rows: Sequence[Share], total: Decimal, lang: str) -> Iterator[dict[str, Any]]:
    """Yield what each item has together with all that are smaller."""
    yield {"at": 0, "value": 0, "quiet": True}
    count, sums = len(rows), accumulate(row.amount for row in rows)
    quiet = {"quiet": True} if count > _MOST_MARKED else {}
    cuts = columns(range(1, count + 1))
    for place, (row, amount, (left, right)) in enumerate(
        zip(rows, sums, cuts, strict=True), start=1
    ):
        share = labels.amount(amount / total, "ratio", lang, 1)
        yield {
            "at": place,
            "value": drawable(amount / total),
            "place": place,
            "name": harmless(row.name),
            "detail": text("lorenz_detail", lang, detail=harmless(row.detail), share=share),
            "left": left,
            "right": right,
            "low": 0,
            "high": 1,
            **quiet,
        }


def _lorenz_words(shown: Plot, scale: Scale, lang: str) -> Iterator[dict[str, Any]]:
    """Yield the words of both axes, and what the straight line is called."""
    yield from words_beside(shown, scale, ())
    middle = (shown.left + shown.right) / 2
    yield word(shown, 0, LINE / 2, [text("lorenz_amount", lang)], "left")
    foot = shown.bottom + FOOT
    yield word(shown, shown.left, foot, ["0%"], "center")
    yield word(shown, middle, foot, [text("lorenz_items", lang)], "center")
    yield word(shown, shown.right, foot, ["100%"], "right")
    across = shown.left + 0.5 * (shown.right - shown.left)
    even = shown.down(Decimal("0.5"), scale)
    yield word(shown, across - 14, even - 12, [text("lorenz_even", lang)], "right")


def _is_lone(rows: Sequence[Line]) -> bool:
    """Tell whether no line has to be told from another, grounds apart."""
    return sum(not row.is_ground for row in rows) <= 1


def _drawn(
    rows: Sequence[Line], days: Sequence[dt.date], scale: Scale, lang: str
) -> list[dict[str, Any]]:
    """Turn the dots of lines into rows, each with the cell in which it is pointed at."""
    cuts = columns([(day - days[0]).days for day in days])
    column = dict(zip(days, cuts, strict=True))
    beside: dict[dt.date, set[Decimal]] = defaultdict(set)
    for dot in (dot for row in rows for dot in (*row.dots, *row.ahead) if dot.name):
        beside[dot.when].add(dot.value)
    is_lone = _is_lone(rows)
    drawn: list[dict[str, Any]] = []
    parts = [(number, part) for number, row in enumerate(rows) for part in _parts(row)]
    for number, row in parts:
        for dot, looks in zip(row.dots, _looks(row, is_lone=is_lone), strict=True):
            at, value = (dot.when - days[0]).days, drawable(dot.value)
            line = {"line": number} if number else {}
            drawn.append({"at": at, "value": value, **line, **looks})
            if dot.name:
                left, right = column[dot.when]
                low, high = _between(sorted(beside[dot.when]), dot.value, scale)
                cell = {"left": left, "right": right, "low": low, "high": high}
                drawn[-1] |= {
                    "place": len(drawn),
                    **_words(row, dot, lang, is_lone=is_lone),
                    **cell,
                }
    return drawn


def _parts(row: Line) -> Iterator[Line]:
    """Yield what is measured of a line, and what goes on from there as a scenario."""
    yield row
    if row.ahead:
        start = replace(row.dots[-1], name="")
        yield Line(row.name, [start, *row.ahead], is_scenario=True)


def _looks(row: Line, *, is_lone: bool) -> Iterator[dict[str, Any]]:
    """Yield what sets each dot of a line apart: its piece, its kind, whether it is not marked."""
    last, most = len(row.dots) - 1, _MOST_MARKED if is_lone else _MARKED_BESIDE
    every = 1 if last < most else last + 1 if is_lone else -(-last // _MARKED_OF_MANY)
    kind = "scenario" if row.is_scenario else "ground" if row.is_ground else ""
    breaks = sorted(row.breaks)
    for place, dot in enumerate(row.dots):
        looks: dict[str, Any] = {"piece": bisect_right(breaks, dot.when)} if breaks else {}
        looks |= {"kind": kind} if kind else {}
        looks |= {"hollow": True} if row.is_scenario else {}
        is_quiet = row.is_ground or not dot.name or (last - place) % every
        yield looks | ({"quiet": True} if is_quiet else {})


def _words(row: Line, dot: Dot, lang: str, *, is_lone: bool) -> dict[str, str]:
    """Say what a dot is, by its line too where there are several."""
    name, detail, passage = map(harmless, (dot.name, dot.detail, dot.passage))
    if not is_lone and row.name.strip():
        name = text("line_and_dot", lang, line=harmless(row.name), dot=name)
    return {"name": name, "detail": detail} | ({"passage": passage} if passage else {})


def _between(values: Sequence[Decimal], value: Decimal, scale: Scale) -> tuple[float, float]:
    """Reach from a value half-way to those below and above it in the same column."""
    place = bisect_left(values, value)
    low = (values[place - 1] + value) / 2 if place else scale.low
    high = (values[place + 1] + value) / 2 if place + 1 < len(values) else scale.high
    return drawable(low), drawable(high)


def _breaks(rows: Sequence[Line], first: dt.date, scale: Scale, placed: Axes) -> list[alt.Chart]:
    """Draw rules down where a line is interrupted."""
    found = sorted({each for row in rows for each in row.breaks})
    if not found:
        return []
    values = [
        {"at": (each - first).days, "low": float(scale.low), "high": float(scale.high)}
        for each in found
    ]
    rule = chart_of(values).mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 4])
    return [rule.encode(x=placed.x("at"), y=placed.y("low"), y2="high:Q")]


def _across(value: Decimal, placed: Axes, span: int) -> alt.Chart:
    """Draw a line across at a value."""
    values = [{"from": 0, "to": max(span, 1), "value": float(value)}]
    rule = chart_of(values).mark_rule(color=INK, strokeWidth=1.5, strokeDash=[2, 3])
    across: alt.Chart = rule.encode(x=placed.x("from"), x2="to:Q", y=placed.y("value"))
    return across


def _described(
    rows: Sequence[Line],
    name: str,
    target: tuple[Decimal, str] | None,
    direction: str,
    lang: str,
) -> str:
    """Say in words where each line starts and ends, which way it went, and its extremes."""
    caption = text(f"caption_{name}", lang)
    named = (
        (part, [Told(dot.value, dot.name, dot.detail) for dot in part.dots if dot.name])
        for row in rows
        for part in _parts(row)
    )
    told = [(row, points) for row, points in named if points]
    if len(told) == 1:
        sentences = [text("alt_series", lang, caption=caption, **course(told[0][1], lang))]
    else:
        sentences = [text("alt_lines", lang, caption=caption, count=grouped(Decimal(len(told))))]
        key = "alt_line" if len(told) <= _MOST_TOLD else "alt_line_short"
        for row, points in told[:MOST_LISTED]:
            line = text("line_ahead", lang, line=row.name) if row.is_scenario else row.name
            sentences.append(text(key, lang, line=short(line), **course(points, lang)))
    breaks = sorted({each for row, _ in told for each in row.breaks})
    if breaks:
        listed = text("list_comma", lang).join(labels.date_name(each, lang) for each in breaks)
        sentences.append(text("alt_breaks", lang, dates=listed))
    if target:
        sentences.append(text("alt_target", lang, target=short(target[1])))
    return text("sentence_space", lang).join([*sentences, *[direction] * bool(direction)])
