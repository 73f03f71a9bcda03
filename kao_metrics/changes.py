"""What changed between two reports: every figure that both have, before, after, and how surely.

The two can be any half-years, of one data folder or of two. How sure a change is can be told
where a comparison has an interval: rates of complaints and how many go on to the next stage
by chance, rounded figures by what their rounding leaves open. Others are exact or have no
such interval; then the difference stands alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import great_tables as gt
import polars as pl

from kao_metrics import labels, wording
from kao_metrics.analysis import Analysis
from kao_metrics.display import Shown
from kao_metrics.labels import TOTAL, text
from kao_metrics.markup import escaped, table_markup
from kao_metrics.metrics.category_changes import EARLIER
from kao_metrics.metrics.complaints import complaints_rate_change
from kao_metrics.metrics.escalation import RATIOS, escalation_change
from kao_metrics.metrics.formulas import of_period
from kao_metrics.register import figure_of
from kao_metrics.restated_words import move_of, words
from kao_metrics.schemas import DECIMAL
from kao_metrics.tables import tabulated

Row = dict[str, Any]
Key = tuple[str, str]

_PREVIOUS: Final = ".previous"
_COLUMNS: Final[dict[str, Any]] = {
    **dict.fromkeys(("indicator", "breakdown", "unit"), pl.String()),
    **dict.fromkeys(("before", "after", "difference", "relative"), DECIMAL),
    "bounds_of": pl.String(),
    **dict.fromkeys(("lower", "upper"), DECIMAL),
    "verdict": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Changes(Shown):
    """What changed, as a table for readers and as data.

    Parameters
    ----------
    frame
        The data: ``indicator``, ``breakdown``, ``unit``, ``before``, ``after``,
        ``difference``, ``relative`` (difference ÷ before), ``lower`` and ``upper`` with what
        they bound (``bounds_of``: the relative change or the difference), ``verdict``
        (``rose``, ``fell``, ``unclear``; null where there is no interval).
    table
        The same in words; None without a figure in common.
    """

    frame: pl.DataFrame = field(default_factory=pl.DataFrame, repr=False)
    table: gt.GT | None = field(default=None, repr=False)


def changed_since(analysis: Analysis, other: Analysis) -> Changes:
    """Set every figure of a report beside the same one of another report.

    Parameters
    ----------
    analysis
        The report.
    other
        The one that it is compared with, such as ``analyse("106H2")``.

    Returns
    -------
    Changes
        A row for each indicator and breakdown that has a value in both. What is itself a
        comparison with an earlier half-year is left out.

    Notes
    -----
    For rates of complaints the bounds are those of `complaints_rate_change`, for the ratios of
    two stages those of `escalation_change`, as if the other report were the half-year before.
    Of figures that are rounded, ``lower`` is the lowest after less the highest before. A
    change is told where the bounds leave out zero. Counts of periods that cover different
    days differ for that alone: compare the rates a day.

    Examples
    --------
    >>> from kao_metrics.analysis import analyse
    >>> report = analyse("107H1")
    >>> found = changed_since(report, report).frame
    >>> found.select(pl.col("difference").abs().max().cast(int)).item()
    0
    """
    lang = analysis.lang
    after, before = _figures(analysis), _figures(other)
    common = [key for key in after if key in before]
    bounds = _bounds(analysis, other)
    rows = [_change(key, before[key], after[key], bounds.get(key)) for key in common]
    frame = pl.DataFrame(rows, schema=_COLUMNS)
    if not rows:
        return nothing_changed(text("changed_nothing", lang))
    shown = [
        _shown(row, before[key], after[key], lang) for key, row in zip(common, rows, strict=True)
    ]
    alone = [len(found.keys() - set(common)) for found in (before, after)]
    note = escaped(_note(analysis, other, alone))
    table = tabulated(_grouped(shown, lang), lang, "changed", name="name", group="group", note=note)
    if table is not None:
        table = table.tab_header(title=_title(analysis, other))
    markup = "" if table is None else table_markup(table)
    return Changes(markup, _title(analysis, other), frame=frame, table=table)


def nothing_changed(said: str) -> Changes:
    """Return no changes, and a sentence that says why."""
    frame = pl.DataFrame(schema=_COLUMNS)
    return Changes(f'<p class="kao-words">{escaped(said)}</p>', said, frame=frame)


def _title(analysis: Analysis, other: Analysis) -> str:
    """Name the two half-years, with the days that they cover where these differ."""
    lang, both = analysis.lang, (other.period, analysis.period)
    before, after = (labels.period_name(each, lang) for each in both)
    if both[0].covered_days != both[1].covered_days:
        before, after = (
            text("changed_covering", lang, period=name, days=each.covered_days)
            for name, each in zip((before, after), both, strict=True)
        )
    return text("title_changed_between", lang, before=before, after=after)


def _note(analysis: Analysis, other: Analysis, alone: list[int]) -> str:
    """Say that covered days differ, and how many figures only one of the two has."""
    lang = analysis.lang
    days = [each.period.covered_days for each in (other, analysis)]
    said = []
    if days[0] != days[1]:
        said.append(text("changed_days", lang, before=days[0], after=days[1]))
    if any(alone):
        said.append(text("changed_only_one", lang, before=alone[0], after=alone[1]))
    return text("sentence_space", lang).join(said)


def _grouped(rows: list[dict[str, str]], lang: str) -> list[dict[str, str]]:
    """Put what has one value under one heading first, then what there is a verdict on."""
    overall = text("overall", lang)
    sizes = Counter(row["group"] for row in rows)
    lone = [row for row in rows if row["name"] == overall and sizes[row["group"]] == 1]
    told = {row["group"] for row in rows if row["verdict"]}
    rest = [row for row in rows if row not in lone]
    rest.sort(key=lambda row: row["group"] not in told)
    return [*({**row, "group": overall, "name": row["group"]} for row in lone), *rest]


def _figures(analysis: Analysis) -> dict[Key, Row]:
    """Return the figures of a report that have a value and are no comparisons, by their name."""
    found = analysis.results.filter(
        pl.col("value").is_not_null(),
        ~pl.col("breakdown").str.contains(rf"\.({'|'.join(EARLIER)})$"),
    )
    return {(row["indicator"], row["breakdown"]): row for row in found.iter_rows(named=True)}


def _change(key: Key, before: Row, after: Row, bounds: Row | None) -> Row:
    move = move_of(figure_of(before), figure_of(after))
    row: Row = {"indicator": key[0], "breakdown": key[1], "unit": after["unit"]}
    row |= {"before": before["value"], "after": after["value"]}
    row |= {"difference": move.difference, "relative": move.relative}
    return row | (bounds or _rounding(before, after))


def _rounding(before: Row, after: Row) -> Row:
    """Bound the difference of two figures of which one at least is rounded."""
    is_exact = all(each[end] is None for each in (before, after) for end in ("lower", "upper"))
    if is_exact or wording.is_confidence(after) or before["unit"] != after["unit"]:
        return {}
    (low, high), (low_then, high_then) = _ends(after), _ends(before)
    return _bounded("difference", _less(low, high_then), _less(high, low_then))


def _ends(row: Row) -> tuple[Decimal | None, Decimal | None]:
    """Return the bounds of a figure; both are the value where it is exact."""
    if row["lower"] is None and row["upper"] is None:
        return row["value"], row["value"]
    return row["lower"], row["upper"]


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def _bounded(what: str, lower: Decimal | None, upper: Decimal | None) -> Row:
    if lower is None and upper is None:
        return {}
    rose, fell = lower is not None and lower > 0, upper is not None and upper < 0
    verdict = "rose" if rose else "fell" if fell else "unclear"
    return {"bounds_of": what, "lower": lower, "upper": upper, "verdict": verdict}


def _bounds(analysis: Analysis, other: Analysis) -> dict[Key, Row]:
    """Bound the changes of complaints, with the other report as the half-year before."""
    before = analysis.period.previous
    both = pl.concat(
        [
            of_period(analysis.tables["complaints"], analysis.period),
            of_period(other.tables["complaints"], other.period).with_columns(
                time_period=pl.lit(before.code)
            ),
        ]
    )
    found: dict[Key, Row] = {}
    for row in _compared(both, analysis, complaints_rate_change):
        key = ("complaints_daily_rate", row["breakdown"].removesuffix(_PREVIOUS))
        found[key] = _bounded("relative", row["lower"], row["upper"])
    for row in _compared(both, analysis, escalation_change):
        ratio = row["breakdown"].removesuffix(_PREVIOUS)
        lower, upper = (None if end is None else end / 100 for end in (row["lower"], row["upper"]))
        if ratio in RATIOS:
            found[ratio, TOTAL] = _bounded("difference", lower, upper)
    return found


def _compared(
    complaints: pl.LazyFrame, analysis: Analysis, metric: Callable[..., pl.LazyFrame]
) -> Iterator[Row]:
    found = metric(complaints, analysis.period).filter(
        pl.col("breakdown").str.ends_with(_PREVIOUS), pl.col("value").is_not_null()
    )
    return iter(found.collect().iter_rows(named=True))


def _shown(row: Row, before: Row, after: Row, lang: str) -> dict[str, str]:
    """Say a change in words."""
    said = words(row["indicator"], figure_of(before), figure_of(after), lang, is_brief=True)
    is_whole = row["breakdown"] == TOTAL
    return {
        "group": labels.figure_label(row["indicator"], lang),
        "name": text("overall", lang) if is_whole else wording.breakdown(after, lang),
        "before": said.before,
        "after": said.after,
        "difference": said.difference,
        "relative": "" if row["unit"] == "ratio" else said.relative,
        "verdict": _verdict(row, lang),
    }


def _verdict(row: Row, lang: str) -> str:
    """Say which way a figure changed, with the bounds of what is known of it."""
    verdict = row.get("verdict")
    if verdict is None:
        return ""
    said = text(f"change_verdict_{verdict}", lang)
    is_share = row["bounds_of"] == "relative" or row["unit"] == "ratio"
    lower, upper = (
        None if end is None else end * (100 if is_share else 1)
        for end in (row["lower"], row["upper"])
    )
    interval = wording.ends(lower, upper, _digits(lower, upper), lang)
    if row["bounds_of"] == "relative":
        interval += "%"
    elif is_share:
        interval = text("restated_points", lang, value=interval)
    return text("changed_bounds", lang, verdict=said, interval=interval)


def _digits(*bounds: Decimal | None) -> int:
    """Return the decimals that it takes to tell bounds from zero: one, or as many as needed."""
    least = min((abs(each) for each in bounds if each), default=Decimal(1))
    return max(1, -least.adjusted())
