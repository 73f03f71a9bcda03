"""Two charts in one, linked: what each category contributes to a change, and its months.

A click on a category above shows its months below. Both are one Vega-Lite specification whose
selection links them, so that no program has to answer: it works in a widget and on a page.
As a drawing it shows the category that is selected from the start.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import altair as alt
import polars as pl

from kao_metrics import labels
from kao_metrics.axes import ROOMS
from kao_metrics.both_ways import both_ways
from kao_metrics.breakdowns import fold
from kao_metrics.chart_parts import Told, course, harmless
from kao_metrics.curve_parts import chart_of, drawable
from kao_metrics.forms import Bar, described_bars
from kao_metrics.labels import TOTAL, text
from kao_metrics.metrics.category_changes import REST, CategoryChanges
from kao_metrics.metrics.category_counts import renamed_codes
from kao_metrics.metrics.complaints import covered_months
from kao_metrics.metrics.stated import as_decimal
from kao_metrics.period import ROC_OFFSET, Period
from kao_metrics.printed import grouped
from kao_metrics.statistics.contributions import Contribution, Other
from kao_metrics.theme import BASE, INK, NOTES, NOW, theme
from kao_metrics.wording import category_name, signed

CHOSEN: Final = "pointed"
"""Name of the selection, the ``place`` of a row: here bars fade by a click, not by a pointer."""

_STAGE: Final = "first"
_MOST: Final = 10
_UNIT: Final = "per_day"
_WIDTH: Final = 600
_HEIGHT: Final = 180
_YEAR: Final = 12
_MOST_YEARS: Final = 12
_SHADES: Final = (0.3, 0.65)

Months = Mapping[str, Mapping[dt.date, tuple[Decimal, bool]]]
"""By category, and month (its first day): cases a covered day, and whether all of it is covered."""


@dataclass(frozen=True, slots=True)
class Part:
    """A row of the upper chart: a category, what is folded, what has no category, or all.

    Parameters
    ----------
    code
        The category's, ``_other``, ``_rest`` or ``_T``.
    name, detail
        What is said of it.
    change
        Its contribution, in cases a day.
    categories
        The categories that it holds.
    """

    code: str
    name: str
    detail: str
    change: Decimal
    categories: tuple[str, ...] = ()


OTHERS: Final = "_other"
"""In the place of a category: those that are folded into one row."""


def linked_categories(
    found: CategoryChanges,
    complaints: pl.LazyFrame,
    periods: tuple[Period, Period],
    lang: str,
    chosen: str = "",
) -> alt.VConcatChart:
    """Draw what each category contributes to the change between two periods, and its months.

    Parameters
    ----------
    found
        What `category_changes` says of the two periods.
    complaints
        Table ``complaints``; the months are those of all periods that it has. Where it has
        no months there is the upper chart alone.
    periods
        The earlier and the later one, with their covered days.
    lang
        Language.
    chosen
        Code of the row that is selected first, as `parts_of` has it; the first if left out.

    Returns
    -------
    VConcatChart
        Its selection `CHOSEN` is of the ``place`` of a row, which is that of `parts_of`.
    """
    parts = parts_of(found, lang, chosen)
    start = next((place for place, part in enumerate(parts) if part.code == chosen), 0)
    rows = [Bar(part.name, part.detail, part.change, is_whole=part.code == TOTAL) for part in parts]
    months = _months(complaints, parts)
    views = [_upper(rows, lang)]
    if any(months.values()):
        views.append(_lower(months, parts, periods, lang))
    name = "explore_categories"
    upper = described_bars(rows, text(f"caption_{name}", lang), "", lang)
    drawn: alt.VConcatChart = alt.vconcat(*views, spacing=40).properties(
        title=text(f"caption_{name}", lang),
        description=_described(upper, parts[start], months, lang),
        usermeta={NOTES: {"lang": lang, "help": text(f"help_{name}", lang)}},
    )
    # Views get other names when they are put together.
    hits = str(drawn.vconcat[0].layer[-1].name)
    drawn.params = [_selection(start, hits), alt.VariableParameter(name="narrow", value=False)]
    configured: alt.VConcatChart = drawn.configure(**theme())
    return configured


def part_words(found: CategoryChanges, code: str, lang: str) -> str:
    """Say what a category contributed; empty where neither period has it."""
    for each in found.parts:
        if isinstance(each, Contribution) and each.category == code:
            return text(
                "explore_part",
                lang,
                name=category_name(each, lang),
                then=_rate(each.then, found.days_then),
                now=_rate(each.now, found.days_now),
                change=signed(each.change),
                whole=signed(found.whole.change),
            )
    return ""


def has_months(complaints: pl.LazyFrame) -> bool:
    """Tell whether first complaints are given by month."""
    monthly = complaints.filter(pl.col("stage") == _STAGE, pl.col("month").is_not_null())
    return not monthly.head(1).collect().is_empty()


def _rate(cases: int, days: int) -> str:
    return grouped(Decimal(cases) / days, 1)


def parts_of(found: CategoryChanges, lang: str, chosen: str = "") -> list[Part]:
    """Return the rows from the top: the ten largest changes and the chosen one, then the rest.

    The rest are the other categories as one, the cases of no category, and all together.
    """
    every = found.made_of.parts
    own = [part for place, part in enumerate(every) if place < _MOST or part.category == chosen]
    folded = [part for part in every if part not in own]
    if len(folded) == 1:  # one other would be a row just the same
        own, folded = list(every), []

    def row(code: str, name: str, part: Contribution | Other, *categories: str) -> Part:
        then, now = _rate(part.then, found.days_then), _rate(part.now, found.days_now)
        detail = text("bar_contribution", lang, change=signed(part.change), then=then, now=now)
        return Part(code, name, detail, as_decimal(part.change), categories)

    rows = [row(part.category, category_name(part, lang), part, part.category) for part in own]
    if folded:
        name = text("others_folded", lang, count=len(folded))
        rows.append(row(OTHERS, name, _folded(folded), *(part.category for part in folded)))
    if found.made_of.rest:
        rows.append(row(REST, text("not_broken_down", lang), found.made_of.rest))
    return [*rows, row(TOTAL, text("together", lang), found.whole)]


def _folded(parts: Sequence[Contribution]) -> Other:
    return Other(
        tuple(part.category for part in parts),
        sum(part.now for part in parts),
        sum(part.then for part in parts),
        sum((part.change for part in parts[1:]), parts[0].change),
        None,
    )


def _months(complaints: pl.LazyFrame, parts: Iterable[Part]) -> Months:
    """Return cases a day by month, of each row of the upper chart."""
    first = complaints.filter(pl.col("stage") == _STAGE)
    whole = covered_months(first).collect()
    days: dict[dt.date, int] = defaultdict(int)
    counts: dict[str, dict[dt.date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for month, value, covered in whole.select("month", "value", "days").iter_rows():
        days[month] += covered
        counts[TOTAL][month] += value
    monthly = first.filter(pl.col("month").is_not_null())
    by_category = fold(monthly, ("sector",), ("time_period", "month", "category"))
    renamed = renamed_codes()
    kinds = by_category.filter(pl.col("category") != TOTAL).collect()
    for month, code, value in kinds.select("month", "category", "value").iter_rows():
        counts[renamed.get(code, code)][month] += value
        counts[REST][month] += value

    def rates(part: Part) -> dict[dt.date, tuple[Decimal, bool]]:
        own: dict[dt.date, Decimal] = defaultdict(Decimal)
        for code in part.categories or (part.code,):
            for month, value in counts[code].items():
                own[month] += value
        if part.code == REST:
            own = defaultdict(
                Decimal, {month: counts[TOTAL][month] - value for month, value in own.items()}
            )
        return {
            month: (own[month] / days[month], days[month] == _length(month))
            for month in sorted(days)
            if month in counts[REST] or part.code == TOTAL
        }

    return {part.code: rates(part) for part in parts}


def _length(month: dt.date) -> int:
    after = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return (after - month).days


def _selection(start: int, hits: str) -> alt.TopLevelSelectionParameter:
    """Select a row by a click; there is always one."""
    select = alt.PointSelectionConfig(
        type="point", fields=["place"], on="click", clear=False, toggle=False
    )
    return alt.TopLevelSelectionParameter(
        name=CHOSEN, select=select, value=[{"place": start}], views=[hits]
    )


def _upper(rows: Sequence[Bar], lang: str) -> Any:
    """Draw the bars as a view, without what a whole chart says of itself."""
    view: Any = both_ways(rows, "explore_categories", lang)
    for name in ("title", "description", "usermeta", "config", "params"):
        setattr(view, name, alt.Undefined)
    view.width = ROOMS["wide"]
    view.layer[-1].mark.cursor = "pointer"  # the layer that covers all
    return view


def _lower(months: Months, parts: Sequence[Part], periods: tuple[Period, Period], lang: str) -> Any:
    """Draw the months of the row that is selected, with both periods shaded."""
    rows = [_row(place, months[part.code], lang) for place, part in enumerate(parts)]
    covered = [_at(month) for of_part in months.values() for month in of_part]
    first, last = min(covered), max(covered) + 1
    across = alt.Scale(domain=[first, last], nice=False)
    is_chosen = alt.ParameterPredicate(param=CHOSEN, empty=False)
    base = chart_of(rows).transform_filter(is_chosen).transform_flatten(_FLAT)
    base = base.transform_calculate(to="datum.at + 1")
    axis = alt.Axis(
        title=None, grid=False, ticks=True, labelAlign="left", **_years(first, last, lang)
    )
    x = alt.X("at:Q", scale=across, axis=axis)
    unit = labels.label("unit", _UNIT, lang)
    y = alt.Y("rate:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title=unit, tickCount=5))
    titles = [
        {"place": place, "words": text("explore_months_of", lang, name=harmless(part.name))}
        for place, part in enumerate(parts)
    ]
    title = (
        chart_of(titles)
        .transform_filter(is_chosen)
        .mark_text(align="left", baseline="bottom", fontWeight="bold")
        .encode(x=alt.value(0), y=alt.value(-38), text="words:N")
    )
    said = [alt.Tooltip(f"{each}:N", title=text(f"tooltip_{key}", lang)) for each, key in _TIPS]
    drawn: Any = alt.layer(
        *_shaded(periods, (first, last), across, lang),
        base.mark_line(color=NOW, strokeWidth=1.5).encode(x=x, y=y),
        base.mark_point(filled=True, opacity=1, color=NOW, size=14).encode(x=x, y=y),
        base.mark_rect(fill="transparent").encode(
            x=alt.X("at:Q", scale=across), x2="to:Q", tooltip=said
        ),
        title,
    ).properties(width=_WIDTH, height=_HEIGHT)
    return drawn


_FLAT: Final[list[str | alt.FieldName]] = ["at", "rate", "month", "said"]


def _row(place: int, months: Mapping[dt.date, tuple[Decimal, bool]], lang: str) -> dict[str, Any]:
    """Return a category's months in one row, a list a field: thousands of rows are slow."""
    return {
        "place": place,
        "at": [_at(month) for month in months],
        "rate": [drawable(rate) for rate, _ in months.values()],
        "month": [_name(month, lang) for month in months],
        "said": [_said(rate, lang, is_whole=is_whole) for rate, is_whole in months.values()],
    }


_TIPS: Final = (("month", "name"), ("said", "detail"))


def _at(month: dt.date) -> int:
    """Return where a month begins, in months: a calendar in which nobody's time zone counts."""
    return month.year * _YEAR + month.month - 1


def _name(month: dt.date, lang: str) -> str:
    return labels.reference_period(f"{month:%Y-%m}", lang)


def _said(rate: Decimal, lang: str, *, is_whole: bool) -> str:
    detail = labels.amount(rate, _UNIT, lang, 1)
    if is_whole:
        return detail
    return text("with_notes", lang, detail=detail, notes=text("covered_in_part", lang))


def _years(first: int, last: int, lang: str) -> dict[str, Any]:
    """Place and name as many Januaries as there is room for."""
    years = range(-(-first // _YEAR), (last - 1) // _YEAR + 1)
    step = -(-len(years) // _MOST_YEARS) or 1
    names = {
        str(year * _YEAR): text("axis_year", lang, roc_year=year - ROC_OFFSET, year=year)
        for year in years[::step]
    }
    written = json.dumps(names, ensure_ascii=False)
    return {"values": [int(each) for each in names], "labelExpr": f"{written}[datum.value]"}


def _shaded(
    periods: tuple[Period, Period], ends: tuple[int, int], across: alt.Scale, lang: str
) -> list[alt.Chart]:
    """Shade two periods, their names above at different heights, so that they keep apart."""
    rows = []
    for line, period in enumerate(periods):
        at, to = _at(period.covers_from), _at(period.covers_to) + 1
        is_left = (at + to) / 2 < sum(ends) / 2
        rows.append(
            {
                "at": at,
                "to": to,
                "edge": at if is_left else to,
                "align": "left" if is_left else "right",
                "down": -4 - 15 * (1 - line),
                "shade": _SHADES[line],
                "words": labels.period_name(period, lang),
            }
        )
    base = chart_of(rows)
    bands = base.mark_rect(color=BASE, opacity=alt.ExprRef("datum.shade")).encode(
        x=alt.X("at:Q", scale=across), x2="to:Q", y=alt.value(0), y2=alt.value(_HEIGHT)
    )
    names = base.mark_text(
        baseline="bottom",
        fontSize=12,
        color=INK,
        align=alt.ExprRef("datum.align"),
        y=alt.ExprRef("datum.down"),
    ).encode(x=alt.X("edge:Q", scale=across), text="words:N")
    return [bands, names]


def _described(upper: str, part: Part, months: Months, lang: str) -> str:
    """Say in words what both charts show."""
    told = [
        Told(rate, _name(month, lang), _said(rate, lang, is_whole=True))
        for month, (rate, _) in months[part.code].items()
    ]
    if not told:
        return upper
    caption = text("caption_explore_months", lang)
    name = text("name_and_detail", lang, name=part.name, detail=part.detail)
    said = text("alt_series", lang, caption=caption, **course(told, lang))
    return text("explore_alt", lang, bars=upper, name=name, months=said)
