"""What a period's register says: how many published figures changed, and which most."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from kao_metrics.analysis import Analysis
from kao_metrics.labels import text
from kao_metrics.restated_words import Standing, figure_name, release_name, standings, words

_CERTAIN = ("alone", "together")


def restated(analysis: Analysis) -> list[str]:
    """Say how many published figures changed since each release, which most, and why.

    A period without a register has none of these sentences.
    """
    said = []
    for _, found in groupby(standings(analysis), lambda each: each.entry.since.sha256):
        said += _since(list(found), analysis.lang)
    return said


def restated_count(analysis: Analysis) -> list[str]:
    """Say that figures of the period were restated, and how many; nothing if none were."""
    lang = analysis.lang
    found = {
        (each.figure.indicator, each.figure.breakdown)
        for each in standings(analysis)
        if not each.is_back
    }
    table = text("title_restated", lang)
    return [text("overview_restated", lang, count=len(found), table=table)] if found else []


def _since(found: list[Standing], lang: str) -> list[str]:
    """Say what became of the figures of one release."""
    since = release_name(found[0].entry, lang)
    changed = [each for each in found if not each.is_back]
    back, again = len(found) - len(changed), sum(each.is_again for each in changed)
    said = []
    if changed:
        counts = text("list_and", lang).join(_counts(changed, lang))
        said.append(text("restated_since", lang, since=since, counts=counts))
        said += _largest(changed, lang)
        said += _rows(changed, lang)
    if again:
        said.append(text("restated_again", lang, count=again))
    if back:
        said.append(text("restated_back", lang, since=since, count=back))
    return said


def _counts(found: list[Standing], lang: str) -> list[str]:
    """Count the figures that changed, went and came since they were published."""
    kinds = [
        "added" if each.figure.before is None else "removed" if each.now is None else "changed"
        for each in found
    ]
    return [
        text(f"restated_count_{kind}", lang, count=kinds.count(kind))
        for kind in ("changed", "removed", "added")
        if kind in kinds
    ]


def _largest(found: list[Standing], lang: str) -> list[str]:
    """Name the figure that changed most, for what it was; the first of several."""
    moves = [abs(each.move.relative or Decimal(0)) for each in found]
    if not any(moves):
        return []
    most = found[moves.index(max(moves))]
    said = words(most.figure.indicator, most.figure.before, most.now, lang, is_brief=True)
    return [text("restated_largest", lang, name=figure_name(most.figure, lang), **said._asdict())]


def _rows(found: list[Standing], lang: str) -> list[str]:
    """Say because of how many rows they changed, and of how many that cannot be told."""
    if not found[0].entry.has_rows:
        return [text("restated_rows_unknown", lang)]
    rows = {
        (cell.file, cell.key)
        for each in found
        if each.figure.cause in _CERTAIN
        for cell in each.figure.rows
    }
    unclear = sum(each.figure.cause not in _CERTAIN for each in found)
    said = [text("restated_rows", lang, count=len(rows))] if rows else []
    return said + ([text("restated_unclear", lang, count=unclear)] if unclear else [])
