"""How a restated figure is said: what it was, what it is, by how much, because of what.

The command line and the page write the same words. On the page a figure stands as it was
published and as it is now, whatever was recorded of it: what was recorded can be old.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from kao_metrics import labels, wording
from kao_metrics.analysis import Analysis
from kao_metrics.labels import text
from kao_metrics.printed import SCALE, grouped, round_half_up
from kao_metrics.register import Cell, Entry, Figure, Move, Restated, figure_of, moved

MOST_CELLS: Final = 3
"""Cells that are said of one figure on the page, as there may be hundreds."""

_DIGEST: Final = 8
"""Characters of a checksum that are enough to tell releases apart."""


class Words(NamedTuple):
    """A figure as it was and is, and the change; empty where there is nothing to say."""

    before: str
    after: str
    difference: str
    relative: str


class Standing(NamedTuple):
    """A figure of a register, and what it is at present; None if it is not there."""

    entry: Entry
    figure: Restated
    now: Figure | None

    @property
    def is_back(self) -> bool:
        """Whether it is again as it was published."""
        return self.now == self.figure.before

    @property
    def is_again(self) -> bool:
        """Whether it is neither what was recorded nor what was published."""
        return not self.is_back and self.now != self.figure.after

    @property
    def move(self) -> Move:
        """By how much it changed since it was published."""
        return move_of(self.figure.before, self.now)


def standings(analysis: Analysis) -> list[Standing]:
    """Return the figures of a period's register with what they are at present."""
    if not analysis.restatements:
        return []
    results = {
        (row["indicator"], row["breakdown"]): row for row in analysis.results.iter_rows(named=True)
    }
    found = []
    for entry in analysis.restatements:
        for each in entry.figures:
            row = results.get((each.indicator, each.breakdown))
            found.append(Standing(entry, each, None if row is None else figure_of(row)))
    return found


def figure_name(figure: Restated, lang: str) -> str:
    """Return what a figure is called, with what it is broken down by."""
    what = labels.figure_label(figure.indicator, lang)
    if figure.breakdown == labels.TOTAL:
        return what
    row = {"indicator": figure.indicator, "breakdown": figure.breakdown}
    return text("two_names", lang, first=what, second=wording.breakdown(row, lang))


def release_name(entry: Entry, lang: str) -> str:
    """Return what a release is called, and how its checksum begins."""
    digest = entry.since.sha256[:_DIGEST]
    return text("restated_release", lang, name=entry.since.name, digest=digest)


def words(
    indicator: str,
    before: Figure | None,
    after: Figure | None,
    lang: str,
    *,
    is_brief: bool = False,
) -> Words:
    """Say what became of a figure, with as many decimals as it takes to see it.

    What else of it changed stands beside its value: its bounds, its reason, what it is
    computed from; in brief only where the value did not change.

    >>> two, three = (Figure(value=Decimal(n), unit="item", obs_status="A") for n in (2, 3))
    >>> words("complaints_second", two, three, "en")
    Words(before='2 cases', after='3 cases', difference='+1', relative='+50.00%')
    """
    move = move_of(before, after)
    digits = _digits(indicator, before, after, move)
    beside = not (is_brief and move.difference)
    was, now = (
        _said(indicator, *ends, digits, lang, beside=beside)
        for ends in ((before, after), (after, before))
    )
    if after is None or not move.difference:
        return Words(was, now, "", "")
    sign = "" if move.difference < 0 else "+"
    scale = _scale(after)
    difference = sign + grouped(move.difference * scale, digits)
    if after.unit == "ratio":
        difference = text("restated_points", lang, value=difference)
    relative = "" if move.relative is None else f"{sign}{grouped(move.relative * 100, 2)}%"
    return Words(was, now, difference, relative)


def move_of(before: Figure | None, after: Figure | None) -> Move:
    """Return by how much a figure changed; nothing where its unit did."""
    if before is None or after is None or before.unit != after.unit:
        return Move(None, None)
    return moved(before.value, after.value)


def _scale(figure: Figure) -> int:
    return 100 if figure.unit == "ratio" else 1


def _digits(indicator: str, before: Figure | None, after: Figure | None, move: Move) -> int | None:
    """Return the decimals to show: the usual ones, or as many as it takes to see a change."""
    usual = labels.attribute("indicator", indicator, "places")
    if not usual:
        return None
    if before is None or after is None or not move.difference:
        return int(usual)
    shown = [before.value or Decimal(0), after.value or Decimal(0), move.difference]
    for digits in range(int(usual), SCALE):
        was, now, difference = (round_half_up(each * _scale(after), digits) for each in shown)
        if was != now and difference:
            return digits
    return SCALE


def _said(  # noqa: PLR0913 - a figure, and how it is said
    indicator: str,
    figure: Figure | None,
    other: Figure | None,
    digits: int | None,
    lang: str,
    *,
    beside: bool,
) -> str:
    """Write a figure of one release, with what else of it is not the same in the other."""
    if figure is None:
        return ""
    value = wording.MISSING
    if figure.value is not None:
        value = labels.amount(figure.value, figure.unit, lang, digits)
    if other is None or not beside:
        return value
    one = {**dict(figure), "indicator": indicator}
    rest = [
        wording.interval(one, lang) if _differ(figure, other, "lower", "upper") else "",
        wording.reason(one, lang) if _differ(figure, other, "obs_status", "reason") else "",
        wording.fraction(one) if _differ(figure, other, "numerator", "denominator") else "",
    ]
    said = text("list_comma", lang).join(filter(None, rest))
    return text("restated_beside", lang, value=value, words=said) if said else value


def _differ(figure: Figure, other: Figure, *names: str) -> bool:
    return any(getattr(figure, each) != getattr(other, each) for each in names)


def change_words(said: Words, lang: str) -> str:
    """Say by how much a figure changed, and how much that is of what it was."""
    if not (said.difference and said.relative):
        return said.difference
    return text("restated_beside", lang, value=said.difference, words=said.relative)


def standing_words(standing: Standing, lang: str) -> str:
    """Say that a figure is no longer as it was recorded; empty where it is."""
    if standing.is_back:
        return text("restated_remark_back", lang)
    if not standing.is_again:
        return ""
    figure = standing.figure
    recorded = words(figure.indicator, figure.before, figure.after, lang).after
    key = "restated_remark_again" if recorded else "restated_remark_gone"
    return text(key, lang, recorded=recorded)


def cell_words(cell: Cell, lang: str, form: str = "row") -> str:
    """Say where a cell stands, and what was and is written there.

    The form ``row`` says what names the row, too; the form ``cell`` is shorter.
    """
    if cell.row_before is None:
        key = "added"
    elif cell.row_after is None:
        key = "removed"
    else:
        key = "changed" if cell.row_before == cell.row_after else "moved"
    return text(
        f"restated_{form}_{key}",
        lang,
        file=cell.file,
        name=cell.key,
        column=cell.column,
        row_before=cell.row_before,
        row_after=cell.row_after,
        before=cell.before or "",
        after=cell.after or "",
    )


def because_words(figure: Restated, lang: str) -> str:
    """Say because of which cells a figure changed, the first few of them."""
    said = [cell_words(each, lang, "cell") for each in figure.rows[:MOST_CELLS]]
    if len(figure.rows) > MOST_CELLS:
        said.append(text("restated_more_cells", lang, count=len(figure.rows) - MOST_CELLS))
    rows = text("list_comma", lang).join(said)
    if figure.cause in (None, "alone"):
        return rows
    key = f"restated_because_{figure.cause.replace(' ', '_')}"
    return text(key, lang, rows=rows, table=figure.table or "")
