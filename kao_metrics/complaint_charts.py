"""Charts of complaints: the stages that they go through, and what makes up their change."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import altair as alt

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.forms import Bar, bars
from kao_metrics.found import given
from kao_metrics.labels import TOTAL, text
from kao_metrics.metrics.category_changes import REST, latest_changes
from kao_metrics.metrics.stated import as_decimal
from kao_metrics.printed import grouped
from kao_metrics.statistics.contributions import Contribution, Other
from kao_metrics.wording import category_name, sections, signed

_FEWEST_STAGES: Final = 2
_MOST_CATEGORIES: Final = 10
_CHANGE: Final = "complaints_category_change"


def complaint_funnel(analysis: Analysis) -> alt.LayerChart | None:
    """Draw the stages of complaints, each with its share of the one before; one is no funnel."""
    lang = analysis.lang
    ratios = {"complaints_second": "second_complaint_ratio", "mediations": "mediation_ratio"}
    rows = []
    for stage in labels.codes("stage"):
        indicator = labels.attribute("stage", stage, "indicator")
        for row in given(analysis, indicator):
            if row["breakdown"] != TOTAL:
                continue
            detail = labels.amount(row["value"], "item", lang)
            for ratio in given(analysis, ratios.get(indicator, "")):
                share = labels.amount(ratio["value"], "ratio", lang, 1)
                detail = text("bar_of_before", lang, amount=detail, share=share)
            name = labels.label("stage", stage, lang)
            passage = sections(analysis, indicator, TOTAL)
            rows.append(Bar(name, detail, row["value"], passage=passage))
    if len(rows) < _FEWEST_STAGES:
        return None
    return bars(rows, "complaint_funnel", lang, explained=list(ratios.values()))


def complaint_contributions(analysis: Analysis) -> alt.LayerChart | None:
    """Draw what each category contributes to the change of first complaints a day.

    Against the half-year before, or the same half last year where that has no categories:
    the largest change first, at most ten categories and the others as one, then the cases
    of no category, then the whole. None where neither has categories.
    """
    lang = analysis.lang
    latest = latest_changes(analysis.tables["complaints"], analysis.period, _MOST_CATEGORIES)
    if latest is None:
        return None
    against, found = latest
    made_of = found.made_of

    def bar(
        name: str, part: Contribution | Other, code: str = "", *, is_whole: bool = False
    ) -> Bar:
        rates = (Decimal(part.then) / found.days_then, Decimal(part.now) / found.days_now)
        then, now = (grouped(rate, 1) for rate in rates)
        detail = text("bar_contribution", lang, change=signed(part.change), then=then, now=now)
        passage = sections(analysis, _CHANGE, f"{code}.{against}") if code else ""
        is_other = isinstance(part, Other) and not is_whole
        value = as_decimal(part.change)
        return Bar(name, detail, value, passage=passage, is_other=is_other, is_whole=is_whole)

    rows = [bar(category_name(part, lang), part, part.category) for part in made_of.parts]
    if made_of.other:
        count = len(made_of.other.categories)
        rows.append(bar(text("others_folded", lang, count=count), made_of.other))
    if made_of.rest:
        rows.append(bar(text("not_broken_down", lang), made_of.rest, REST))
    rows.append(bar(text("together", lang), found.whole, TOTAL, is_whole=True))
    changes = [row.value for row in rows if not row.is_whole]
    return bars(
        rows,
        f"complaint_contributions_{against}",
        lang,
        explained=[_CHANGE, "complaints_rank_change"],
        direction=text(
            "alt_fell_and_rose",
            lang,
            fell=sum(change < 0 for change in changes),
            rose=sum(change > 0 for change in changes),
        ),
    )
