"""Results as Altair charts.

Every chart here is bars under their own labels, or a line: forms that can be read on a
phone, on paper and without colour. A chart carries its caption as title, a description
computed from its data, and the data itself; `kao_metrics.display` shows all three. A chart
without data is None, and so is a line with fewer than two points: one point is no trend.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any, Final

import altair as alt
import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.labels import TOTAL
from kao_metrics.metrics.complaints import monthly_counts
from kao_metrics.printed import grouped

NOW: Final = "#0b5f8a"
BASE: Final = "#c3d3df"
OTHERS: Final = "#8a949c"
INTERVAL: Final = "#b34700"
INK: Final = "#1c2329"

FONT: Final = "Noto Sans CJK TC, Noto Sans TC, PingFang TC, Microsoft JhengHei, sans-serif"

_BAR: Final = 16
_BAR_GAP: Final = 28
_LINE: Final = 19
_ROOM: Final = {"wide": 92, "narrow": 42}
"""Units of text that fit beside each other on a wide and on a narrow drawing."""
_FEWEST_POINTS: Final = 2

Row = dict[str, Any]


def theme() -> dict[str, Any]:
    """Return the look that all charts share, as a Vega-Lite config."""
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": 13,
            "titleFontSize": 13,
            "titleFontWeight": "normal",
            "gridColor": "#dfe4e8",
            "domain": False,
            "ticks": False,
        },
        "text": {"fontSize": 14, "color": INK},
        "title": {"fontSize": 0},
    }


def downsizing(analysis: Analysis) -> alt.LayerChart | None:
    """Draw each category's headcount at the baseline and now."""
    lang = analysis.lang
    rows = [
        _bar(
            labels.group_label(row["breakdown"], lang),
            labels.text(
                "bar_downsizing",
                lang,
                baseline=grouped(row["denominator"]),
                now=grouped(row["denominator"] - row["numerator"]),
                change=labels.amount(-row["value"], "ratio", lang, 2),
            ),
            row["denominator"] - row["numerator"],
            back=row["denominator"],
        )
        for row in _rows(analysis, "downsizing_ratio")
    ]
    return _bars(rows, analysis, "downsizing")


def contributions(analysis: Analysis) -> alt.LayerChart | None:
    """Draw what each category contributes to the whole reduction."""
    lang = analysis.lang
    rows = [
        _bar(
            labels.group_label(row["breakdown"], lang),
            labels.text(
                "bar_share",
                lang,
                amount=labels.amount(row["numerator"], "person", lang),
                share=labels.amount(row["value"], "ratio", lang, 2),
            ),
            row["numerator"],
            back=row["denominator"],
        )
        for row in _rows(analysis, "downsizing_contribution_share")
    ]
    return _bars(rows, analysis, "contributions")


def temporary_staff(analysis: Analysis) -> alt.LayerChart | None:
    """Draw who the temporary staff are, largest first, with what is not broken down last."""
    lang = analysis.lang
    now = (
        analysis.tables["workforce"]
        .filter(
            pl.col("time_period") == analysis.period.code,
            pl.col("as_of") == pl.col("latest_as_of"),
            pl.col("category") == "temporary",
            pl.col("parts").is_null(),
            pl.col("indicator") != "temporary_total",
        )
        .sort("value", "row", descending=[True, False])
        .collect()
    )
    rows = [
        _bar(_kind(row, lang), labels.amount(row["value"], "person", lang), row["value"])
        for row in now.iter_rows(named=True)
    ]
    for row in _rows(analysis, "not_broken_down_stock"):
        if row["breakdown"].startswith("temporary_"):
            name = labels.text("not_broken_down", lang)
            amount = labels.amount(row["value"], "person", lang)
            rows.append(_bar(name, amount, row["value"], is_other=True))
    return _bars(rows, analysis, "temporary_staff")


def _kind(row: Row, lang: str) -> str:
    """Name a kind of staff by its subcategory, and by its funding where that is split."""
    name = labels.label("subcategory", row["subcategory"], lang)
    if row["funding"] in (TOTAL, labels.GENERAL):
        return name
    funding = labels.label("funding", row["funding"], lang)
    return labels.text("kind_and_funding", lang, kind=name, funding=funding)


def reserve_coverage(analysis: Analysis) -> alt.LayerChart | None:
    """Draw the coverage of amount and accounts against the target of 100 per cent."""
    rows = [
        _ratio_bar(row, labels.label("indicator", indicator, analysis.lang), analysis.lang, back=1)
        for indicator in ("reserve_amount_coverage_ratio", "reserve_account_coverage_ratio")
        for row in _rows(analysis, indicator)
    ]
    return _bars(rows, analysis, "reserve_coverage", largest=1)


def reserve_outstanding(analysis: Analysis) -> alt.LayerChart | None:
    """Draw what is outstanding: by subtraction, and as the report states it."""
    rows = [
        _bar(
            labels.label("indicator", indicator, analysis.lang),
            labels.amount(row["value"], row["unit"], analysis.lang),
            row["value"],
            ends=(row["lower"], row["upper"]),
        )
        for indicator in ("reserve_remainder_amount_stock", "reserve_outstanding")
        for row in _rows(analysis, indicator)
    ]
    return _bars(rows, analysis, "reserve_outstanding")


def complaint_funnel(analysis: Analysis) -> alt.LayerChart | None:
    """Draw the three stages of complaints, each with its share of the stage before."""
    lang = analysis.lang
    ratios = {"complaints_second": "second_complaint_ratio", "mediations": "mediation_ratio"}
    rows = []
    for stage in labels.codes("stage"):
        indicator = labels.attribute("stage", stage, "indicator")
        for row in _rows(analysis, indicator):
            if row["breakdown"] != TOTAL:
                continue
            detail = labels.amount(row["value"], "item", lang)
            for ratio in _rows(analysis, ratios.get(indicator, "")):
                share = labels.amount(ratio["value"], "ratio", lang, 1)
                detail = labels.text("bar_of_before", lang, amount=detail, share=share)
            rows.append(_bar(labels.label("stage", stage, lang), detail, row["value"]))
    return _bars(rows, analysis, "complaint_funnel")


def complaint_series(analysis: Analysis) -> alt.LayerChart | None:
    """Draw first complaints by month; None with fewer than two months."""
    months = (
        monthly_counts(analysis.tables["complaints"])
        .with_columns(pl.col("value").cast(pl.Float64))
        .collect()
    )
    if months.height < _FEWEST_POINTS:
        return None
    title = labels.text("caption_complaint_series", analysis.lang)
    axis = alt.Axis(format="%Y-%m", tickCount="month", labelOverlap=True, grid=False)
    unit = labels.label("unit", "item", analysis.lang)
    base = alt.Chart(months).encode(
        alt.X("yearmonth(month):T", title=None, axis=axis),
        alt.Y("value:Q", title=unit, axis=alt.Axis(titleAngle=0, titleAlign="right", tickCount=5)),
    )
    values = months["value"].to_list()
    words = labels.text(
        "alt_series",
        analysis.lang,
        caption=title,
        points=months.height,
        **{
            name: grouped(Decimal(value), 0)
            for name, value in {
                "first": values[0],
                "last": values[-1],
                "low": min(values),
                "high": max(values),
            }.items()
        },
    )
    layers = alt.layer(
        base.mark_line(color=NOW, strokeWidth=2), base.mark_point(color=NOW, filled=True, size=40)
    )
    drawn: alt.LayerChart = layers.properties(title=title, description=words, height=220).configure(
        **theme()
    )
    return drawn


def compared_with_others(analysis: Analysis, indicator: str) -> alt.LayerChart | None:
    """Draw a ratio of this report beside the same ratio of other governments."""
    lang = analysis.lang
    here = labels.label("place", "kaohsiung", lang)
    period = labels.period_name(analysis.period, lang)
    rows = [
        _ratio_bar(row, labels.text("place_and_period", lang, place=here, period=period), lang)
        for row in _rows(analysis, indicator)
    ]
    others = analysis.reference.filter(pl.col("indicator") == indicator)
    for row in others.iter_rows(named=True):
        place = labels.label("place", row["place"], lang)
        when = labels.reference_period(row["period"], lang)
        name = labels.text("place_and_period", lang, place=place, period=when)
        rows.append(_ratio_bar(row, name, lang, is_other=True))
    return _bars(rows, analysis, f"others_{indicator}") if len(rows) > 1 else None


def with_interval(row: Row, digits: int, lang: str) -> str:
    """Write a ratio, and the interval of the printed rounding where there is one."""
    value = labels.amount(row["value"], "ratio", lang, digits)
    interval = interval_of(row, digits)
    return labels.text("with_interval", lang, value=value, interval=interval) if interval else value


def interval_of(row: Row, digits: int) -> str:
    """Write the interval of a ratio in per cent; empty where the ratio is exact."""
    low, high = row["lower"], row["upper"]
    if low is None or high is None or low == high:
        return ""
    return f"{grouped(low * 100, digits)}–{grouped(high * 100, digits)}%"


def _rows(analysis: Analysis, indicator: str) -> list[Row]:
    found = analysis.results.filter(pl.col("indicator") == indicator, pl.col("value").is_not_null())
    return list(found.iter_rows(named=True))


def _ratio_bar(
    row: Row, name: str, lang: str, *, back: int | None = None, is_other: bool = False
) -> Row:
    digits = int(labels.attribute("indicator", row["indicator"], "places"))
    whole = None if back is None else Decimal(back)
    ends = (row["lower"], row["upper"])
    words = with_interval(row, digits, lang)
    return _bar(name, words, row["value"], back=whole, ends=ends, is_other=is_other)


def _bar(  # noqa: PLR0913 - what a bar can have
    name: str,
    detail: str,
    value: Decimal,
    *,
    back: Decimal | None = None,
    ends: tuple[Decimal | None, Decimal | None] = (None, None),
    is_other: bool = False,
) -> Row:
    lower, upper = ends
    has_ends = lower is not None and upper is not None and lower != upper
    return {
        "name": name,
        "detail": detail,
        "value": float(value),
        "back": float(value if back is None else back),
        "lower": float(lower) if has_ends and lower is not None else None,
        "upper": float(upper) if has_ends and upper is not None else None,
        "colour": OTHERS if is_other else NOW,
    }


def _bars(
    rows: list[Row], analysis: Analysis, name: str, *, largest: float | None = None
) -> alt.LayerChart | None:
    """Draw bars from zero, each under its label, with intervals and a lighter base.

    The labels are drawn inside the chart, in one line where there is room and in several
    on a narrow screen; the parameter ``narrow`` says which.
    """
    if not rows:
        return None
    lang = analysis.lang
    placed, heights = _placed(rows, lang)
    frame = pl.DataFrame(placed, schema_overrides={"lower": pl.Float64, "upper": pl.Float64})
    end = largest if largest is not None else max(max(row["back"], row["value"]) for row in rows)
    scale = alt.Scale(domain=[min(0.0, *(row["value"] for row in rows)), end or 1], nice=False)
    base = (
        alt.Chart(frame)
        .transform_calculate(words="narrow ? datum.words_narrow : datum.words_wide")
        .transform_calculate(head="narrow ? datum.head_narrow : datum.head_wide")
        .transform_calculate(foot="narrow ? datum.foot_narrow : datum.foot_wide")
    )

    def across(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=None)

    def down(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=None, axis=None)

    bars = base.mark_bar(orient="horizontal", size=_BAR)
    words = base.mark_text(align="left", baseline="top", lineHeight=_LINE)
    layers = [
        bars.encode(x=across("back"), y=down("foot"), color=alt.value(BASE)),
        bars.encode(x=across("value"), y=down("foot"), color=alt.Color("colour:N", scale=None)),
        words.encode(x=alt.value(0), y=down("head"), text="words:N"),
    ]
    if frame["lower"].is_not_null().any():
        rule = base.mark_rule(color=INTERVAL, strokeWidth=2)
        tick = base.mark_tick(color=INTERVAL, orient="vertical", size=_BAR + 6, thickness=2)
        layers.append(rule.encode(x=across("lower"), x2="upper:Q", y=down("foot")))
        layers += [tick.encode(x=across(end), y=down("foot")) for end in ("lower", "upper")]
    caption = labels.text(f"caption_{name}", lang)
    said = labels.text("list_comma", lang).join(
        labels.text("name_and_detail", lang, name=row["name"], detail=row["detail"]) for row in rows
    )
    drawn: alt.LayerChart = (
        alt.layer(*layers)
        .add_params(alt.param(name="narrow", value=False))
        .properties(
            title=caption,
            description=labels.text("alt_bars", lang, caption=caption, bars=said),
            height=heights["wide"],
            usermeta={"heights": heights},
        )
        .configure(**theme())
    )
    return drawn


def _placed(rows: list[Row], lang: str) -> tuple[list[Row], dict[str, int]]:
    """Give each row its lines and its place from the top in pixels, for each room."""
    heights = dict.fromkeys(_ROOM, 0)
    placed = []
    for row in rows:
        placed.append({**row})
        for room, units in _ROOM.items():
            lines = _lines(row, units, lang)
            foot = heights[room] + _LINE * len(lines) + _BAR // 2 + 2
            placed[-1] |= {
                f"words_{room}": lines,
                f"head_{room}": heights[room],
                f"foot_{room}": foot,
            }
            heights[room] = foot + _BAR_GAP
    return placed, heights


def _lines(row: Row, units: int, lang: str) -> list[str]:
    """Break a bar's label into the lines that fit; a Chinese character takes two units."""
    joined = labels.text("name_and_detail", lang, name=row["name"], detail=row["detail"])
    if _units(joined) <= units:
        return [joined]
    return [*_wrapped(row["name"], units), *_wrapped(row["detail"], units)]


def _wrapped(words: str, units: int) -> list[str]:
    lines = [""]
    for piece in re.findall(r"[\x21-\x7e]+ ?|.", words):
        if lines[-1] and _units(lines[-1] + piece.rstrip()) > units:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines if line.strip()]


def _units(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in words)
