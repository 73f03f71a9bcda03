"""What curves are put together from: strokes, marks, the ground behind, words beside, cells.

Rows of a curve have ``at`` and ``value``, its place across and down. A row with a ``name`` and
a ``detail`` can be pointed at, in its cell from ``left`` to ``right`` and ``low`` to ``high``.
What is usual is left out, since a page holds every word of it:

- ``line``, if it is not 0, and ``piece`` say which rows are joined;
- ``kind`` says how: as a ``scenario`` or a ``ground``;
- ``look`` is the place of its mark among the `LOOKS`, if that is not the line's;
- ``hollow`` leaves the mark empty, and ``quiet`` leaves it out until it is pointed at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, NamedTuple

import altair as alt

from kao_metrics.axes import LINE, SIZE, Plot, Scale
from kao_metrics.chart_parts import tooltip
from kao_metrics.theme import GRID, INK, INTERVAL, NOW, OTHERS, PAPER

Rows = Sequence[Mapping[str, Any]]


class Look(NamedTuple):
    """The colour of a line, with the shape and the size of its marks."""

    colour: str
    shape: str
    size: int


LOOKS: Final = (
    Look(NOW, "circle", 40),
    Look(INTERVAL, "square", 40),
    Look(OTHERS, "triangle-up", 50),
    Look(INK, "diamond", 50),
    Look(NOW, "triangle-down", 50),
    Look(INTERVAL, "circle", 40),
    Look(OTHERS, "square", 40),
    Look(INK, "triangle-up", 50),
)
"""How lines look that stand beside each other: in grey they still differ by their shapes."""

_STROKES: Final[dict[str, dict[str, Any]]] = {
    "ground": {"strokeWidth": 1},
    "": {"strokeWidth": 2.5},
    "scenario": {"strokeWidth": 2, "strokeDash": [7, 4]},
}
_POINTED: Final = 140


class Axes(NamedTuple):
    """What places fields across and down, and what is drawn behind a curve."""

    x: Callable[[str], alt.X]
    y: Callable[[str], alt.Y]
    ground: list[alt.Chart]


def axes(plots: Sequence[Plot], span: float, scale: Scale) -> Axes:
    """Place values from 0 to ``span`` across, and those of a scale down."""
    rooms = {shown.room: shown for shown in plots}

    def between(*ends: str) -> list[alt.ExprRef]:
        wide, narrow = rooms["wide"], rooms["narrow"]
        return [
            alt.ExprRef(f"narrow ? {getattr(narrow, end):.1f} : {getattr(wide, end):.1f}")
            for end in ends
        ]

    across = alt.Scale(domain=[0, span], range=between("left", "right"), nice=False)
    down = alt.Scale(
        domain=[float(scale.low), float(scale.high)],
        range=between("bottom", "top"),
        nice=False,
        zero=False,
    )

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=across, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=down, axis=None)

    ticks = [{"y": drawable(each), "from": 0, "to": span} for each in scale.ticks]
    rules = chart_of(ticks).encode(x=x("from"), x2="to:Q", y=y("y"))
    zero = rules.transform_filter("datum.y == 0").mark_rule(color=INK, strokeWidth=1)
    return Axes(x, y, [rules.mark_rule(color=GRID, strokeWidth=1), zero])


def chart_of(rows: Iterable[Mapping[str, Any]]) -> alt.Chart:
    """Make a chart of rows; those that are the same are written into a page once."""
    return alt.Chart(alt.InlineData(values=tuple(rows)))


def strokes(rows: Rows, placed: Axes) -> list[alt.Chart]:
    """Draw lines through rows: thin ones of grounds, plain ones, dashed ones of scenarios."""
    colour = alt.Color("colour:N", scale=None)
    base = chart_of(rows).encode(
        x=placed.x("at"), y=placed.y("value"), detail=["line:N", "piece:N"], color=colour
    )
    found = {row.get("kind", "") for row in rows}
    return [
        base.transform_filter(f"(datum.kind || '') == '{kind}'")
        .transform_calculate(colour=_in_turn([each.colour for each in LOOKS], "datum.line || 0"))
        .mark_line(**style)
        for kind, style in _STROKES.items()
        if kind in found
    ]


def marks(rows: Rows, placed: Axes, looks: Sequence[Look] = LOOKS) -> alt.Chart:
    """Mark rows by colour and shape; one that is pointed at grows."""
    is_pointed = alt.ParameterPredicate(param="pointed", empty=False)
    is_shown = "!datum.quiet || indexof(pointed.place || [], datum.place) >= 0"
    shown = chart_of(rows).transform_filter(is_shown)
    own = alt.Size("size:Q", scale=None)
    size = alt.when(is_pointed).then(alt.value(_POINTED)).otherwise(own)
    return _marked(shown, looks).encode(x=placed.x("at"), y=placed.y("value"), size=size)


def _marked(rows: alt.Chart, looks: Sequence[Look]) -> alt.Chart:
    which = "datum.look || datum.line || 0"
    marked: alt.Chart = (
        rows.transform_calculate(
            **{
                field: _in_turn([getattr(each, field) for each in looks], which)
                for field in Look._fields
            }
        )
        .transform_calculate(inside=f"datum.hollow ? '{PAPER}' : datum.colour")
        .mark_point(strokeWidth=1.5, opacity=1)
        .encode(
            shape=alt.Shape("shape:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None),
            fill=alt.Fill("inside:N", scale=None),
        )
    )
    return marked


def words_beside_plot(
    words: Iterable[Mapping[str, Any]], looks: Sequence[Look] = LOOKS
) -> list[alt.Chart]:
    """Write words where `kao_metrics.axes` found room for them, some with a mark or a rule."""
    rows = list(words)
    base = chart_of(rows).transform_filter("datum.narrow == narrow")

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=None, axis=None)

    def down(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=None, axis=None)

    written = base.mark_text(
        fontSize=SIZE, lineHeight=LINE, baseline="middle", align=alt.ExprRef("datum.align")
    )
    layers = [written.encode(x=across("px"), y=down("py"), text="words:N")]
    if any("rule" in row for row in rows):
        rules = base.transform_filter("isValid(datum.rule)").mark_rule(color=INK, strokeWidth=1)
        layers.append(rules.encode(x=across("rule"), y=down("head"), y2="foot:Q"))
    if any("look" in row for row in rows):
        marked = _marked(base.transform_filter("isValid(datum.look)"), looks)
        layers.append(
            marked.encode(x=across("mark"), y=down("py"), size=alt.Size("size:Q", scale=None))
        )
    return layers


def cells(rows: Rows, placed: Axes, lang: str) -> alt.Chart:
    """Make rows with a name answer to a pointer."""
    has_passages = any(row.get("passage") for row in rows)
    found: alt.Chart = (
        chart_of(rows)
        .transform_filter("isValid(datum.place)")
        .mark_rect(fill="transparent")
        .encode(
            x=placed.x("left"),
            x2="right:Q",
            y=placed.y("low"),
            y2="high:Q",
            tooltip=tooltip(lang, has_passages=has_passages),
        )
    )
    return found


def columns(places: Sequence[float]) -> list[tuple[float, float]]:
    """Cut a width into columns around places, each reaching half-way to the next.

    >>> columns([0, 10, 30])
    [(0, 5.0), (5.0, 20.0), (20.0, 30)]
    """
    edges = [(one + other) / 2 for one, other in pairwise(places)]
    return list(pairwise([places[0], *edges, max(places[-1], 1)]))


def exact(value: float) -> Decimal:
    """Return a measured number as the decimal that it is written as.

    >>> exact(0.1), exact(12)
    (Decimal('0.1'), Decimal('12.0'))
    """
    return Decimal(repr(float(value)))


def drawable(value: Decimal | float) -> float:
    """Return a number to as many places as a drawing can show, since a page holds them all.

    >>> drawable(Decimal("12.345678901")), drawable(Decimal(310))
    (12.3457, 310)
    """
    found = float(f"{float(value):.6g}")
    return int(found) if found.is_integer() else found


def _in_turn(choices: Sequence[object], which: str) -> str:
    """Choose one of several; of more lines than there are looks, they come again."""
    return f"{json.dumps(choices)}[({which}) % {len(choices)}]"
