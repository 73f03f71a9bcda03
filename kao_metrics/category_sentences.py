"""What categories of complaints say: which made the change, which moved in rank, how few count."""

from __future__ import annotations

from typing import Final

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.found import one
from kao_metrics.labels import text
from kao_metrics.metrics.category_changes import CategoryChanges, latest_changes
from kao_metrics.metrics.category_concentration import TOP, category_concentration
from kao_metrics.metrics.stated import as_decimal
from kao_metrics.printed import grouped
from kao_metrics.statistics.concentration import Concentration
from kao_metrics.statistics.contributions import Contribution
from kao_metrics.wording import signed, way

_MOVED: Final = 3
"""How many of the categories that changed most are named."""


def complaint_contributions(analysis: Analysis) -> list[str]:
    """Say which categories make up the change, how they moved in rank, and how few count.

    What cannot be told is said with its reason; nothing is where there are no first complaints.
    """
    if one(analysis, "complaints_first") is None:
        return []
    complaints, period = analysis.tables["complaints"], analysis.period
    spread = category_concentration(complaints, period)
    if spread == "no_categories":
        return [text("categories_none", analysis.lang)]
    latest = latest_changes(complaints, period)
    said = []
    if latest is None:
        said.append(text("categories_no_earlier", analysis.lang))
    else:
        against, found = latest
        earlier = labels.period_name(getattr(period, against), analysis.lang)
        said += [*_change(analysis, found, earlier), *_surely(analysis, against)]
        said += [*_ranks(found, analysis.lang), *_statuses(found, earlier, analysis.lang)]
    return [*said, *_concentration(spread, analysis.lang)]


def _change(analysis: Analysis, found: CategoryChanges, earlier: str) -> list[str]:
    """Say what makes up most of the change, and whether shares of it say something."""
    lang = analysis.lang
    moved = [part for part in found.made_of.parts[:_MOVED] if part.change]
    parts = [
        text("category_part", lang, category=_name(part, lang), change=signed(part.change))
        for part in moved
    ]
    if not parts:
        return [text("categories_alike", lang, period=earlier)]
    key = "categories_make_up" if found.made_of.change else "categories_unchanged"
    values = {"period": earlier, "parts": text("list_comma", lang).join(parts)}
    if found.made_of.change:
        values["whole"] = signed(found.made_of.change)
    said = [text(key, lang, **values)]
    is_offset = bool(found.made_of.change) and not found.makes_up
    return [*said, text("categories_offset", lang)] if is_offset else said


def _surely(analysis: Analysis, against: str) -> list[str]:
    """Say so where the whole change is not beyond chance: then no part of it need mean much."""
    row = one(analysis, "complaints_rate_change", f"complaints_first.{against}")
    is_unclear = row is not None and way(row) == "unclear"
    return [text("categories_unclear", analysis.lang)] if is_unclear else []


def _ranks(found: CategoryChanges, lang: str) -> list[str]:
    """Name the category that gained most places; say so where none moved."""
    ranked = [part for part in found.made_of.parts if part.places_up is not None]
    if not ranked:
        return []
    if not any(part.places_up for part in ranked):
        return [text("categories_same_ranks", lang)]
    best = max(ranked, key=lambda part: part.places_up or 0)
    if not best.places_up or best.places_up < 0:
        return []
    return [
        text(
            "categories_ranked",
            lang,
            category=_name(best, lang),
            then=best.rank_then,
            now=best.rank_now,
        )
    ]


def _statuses(found: CategoryChanges, earlier: str, lang: str) -> list[str]:
    """Name the categories that are new, gone, or counted across a change of name."""
    comma, said = text("list_comma", lang), []
    for status in ("new", "gone"):
        named = [_name(part, lang) for part in found.made_of.parts if part.status == status]
        if named:
            said.append(text(f"categories_{status}", lang, period=earlier, names=comma.join(named)))
    renamed = [
        _renamed(part, found, lang) for part in found.made_of.parts if part.status == "renamed"
    ]
    return [*said, text("categories_renamed", lang, names=comma.join(renamed))] if renamed else said


def _renamed(part: Contribution, found: CategoryChanges, lang: str) -> str:
    """Name a category with its older names, or with the months in which it was renamed."""
    listed = text("list_and", lang)
    if part.older_names:
        kind = "complaint_category"
        older = [labels.label_or_code(kind, code, lang) for code in part.older_names]
        return text("category_formerly", lang, category=_name(part, lang), older=listed.join(older))
    months = [labels.reference_period(month, lang) for month in found.renamed_in[part.category]]
    return text("category_since", lang, category=_name(part, lang), months=listed.join(months))


def _concentration(spread: Concentration | str, lang: str) -> list[str]:
    """Say how much the largest categories have, and as how many alike that would be."""
    if isinstance(spread, str):
        return []
    largest = spread.top[0]
    values: dict[str, object] = {
        "count": spread.units,
        "largest": labels.label_or_code("complaint_category", largest.unit, lang),
        "most": labels.amount(as_decimal(largest.share), "ratio", lang, 1),
        "effective": grouped(as_decimal(1 / spread.herfindahl), 1),
    }
    if spread.units <= TOP:
        return [text("categories_concentrated_few", lang, **values)]
    share = labels.amount(as_decimal(spread.top_share), "ratio", lang, 1)
    return [text("categories_concentrated", lang, share=share, **values)]


def _name(part: Contribution, lang: str) -> str:
    return labels.label_or_code("complaint_category", part.category, lang)
