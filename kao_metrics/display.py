"""What a notebook cell shows: charts, tables, sentences and key figures as HTML.

A chart becomes a figure: an SVG for wide screens and one for phones, with a caption, an
alternative text computed from the data, a reading help, and the data as a table one click
away. Beside the HTML it gives its specification, from which the page makes it live; where
nobody does, as in JupyterLab, on paper or in a mail, the drawing stays.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import altair as alt
import great_tables as gt
import polars as pl

from kao_metrics import labels, tables, wording
from kao_metrics.analysis import Analysis
from kao_metrics.drawing import MEDIA_TYPE, Drawing, draw
from kao_metrics.explanations import anchor, explain
from kao_metrics.labels import DEFAULT_LANGUAGE, text
from kao_metrics.markup import (
    escaped,
    explanations_markup,
    filled,
    link,
    source_anchor,
    table_anchor,
    table_markup,
)
from kao_metrics.metrics import KEY_FIGURES
from kao_metrics.printed import grouped
from kao_metrics.theme import NOTES

_HIDDEN: Final = {"wide": "", "narrow": ' hidden=""'}
"""Without the page's style, as in JupyterLab, only the wide drawing shows."""


_MOST_ROWS: Final = 60
"""Rows of a table that a page shows at once."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of HTML that a notebook shows, and the words for where there is no HTML.

    Parameters
    ----------
    markup
        HTML.
    words
        The same in words.
    spec
        Of a chart, its specification in Vega-Lite.
    """

    markup: str
    words: str
    spec: dict[str, Any] = field(default_factory=dict, repr=False)

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, Any]:
        """Give JupyterLab and nbconvert the HTML, terminals the words, the page all."""
        bundle: dict[str, Any] = {"text/html": self.markup, "text/plain": self.words}
        return bundle | ({MEDIA_TYPE: self.spec} if self.spec else {})

    def __repr__(self) -> str:
        """Return the words."""
        return self.words


def show(
    thing: alt.TopLevelMixin | gt.GT | Shown | Sequence[str] | None, lang: str = DEFAULT_LANGUAGE
) -> Shown:
    """Show a chart, a table or sentences in a notebook and in the report.

    Parameters
    ----------
    thing
        What `kao_metrics.charts`, `tables` or `sentences` return; None shows nothing, and what
        is shown already stays as it is.
    lang
        Language of what is said beside it.

    Examples
    --------
    >>> show(["2 < 3."]).markup
    '<p class="kao-words">2 &lt; 3.</p>'
    """
    if thing is None:
        return Shown("", "")
    if isinstance(thing, Shown):
        return thing
    if isinstance(thing, gt.GT):
        return Shown(table_markup(thing), text("table_words", lang))
    if isinstance(thing, alt.TopLevelMixin):
        return _drawn(thing.to_dict(), lang)
    said = [escaped(each) for each in thing]
    return Shown("".join(f'<p class="kao-words">{each}</p>' for each in said), "\n".join(thing))


def notes(said: Sequence[str], lang: str = DEFAULT_LANGUAGE) -> Shown:
    """Show sentences as a list of notes, such as what is not comparable."""
    if not said:
        return Shown("", "")
    items = "".join(f"<li>{escaped(each)}</li>" for each in said)
    title = escaped(text("notes", lang))
    return Shown(f'<div class="kao-notes"><p>{title}</p><ul>{items}</ul></div>', "\n".join(said))


def key_figures(analysis: Analysis) -> Shown:
    """Show the period's key figures as cards, each with its name and what it comes from."""
    cards = [card for card in _cards(analysis) if card]
    markup = "".join(
        f'<div class="kao-card"><dt>{link(card.name, card.target)}</dt>'
        f'<dd><span class="kao-figure-value">{escaped(card.value)}</span> '
        f"<span>{escaped(_unbroken(card.detail))}</span></dd></div>"
        for card in cards
    )
    words = "\n".join(f"{card.name}: {card.value} ({card.detail})" for card in cards)
    return Shown(f'<dl class="kao-cards">{markup}</dl>' if cards else "", words)


def _unbroken(words: str) -> str:
    """Keep a range in one line: after a dash lines may break."""
    return words.replace("–", "\N{WORD JOINER}–\N{WORD JOINER}")


def computed(analysis: Analysis, *indicators: str) -> Shown:
    """Show computed indicators as a table, and one click away how they are computed.

    Each has its definition, its formula with the numbers put in, the sections that the
    numbers come from, and what else is known of it. A long table opens with a click too.
    """
    table = tables.computed(analysis, *indicators)
    if table is None:
        return Shown("", "")
    lang = analysis.lang
    found = [each for name in indicators if (each := explain(analysis, name))]
    names = {labels.label_or_code("indicator", name, lang): name for name in indicators}
    details = explanations_markup(analysis, found, summary=text("how_computed", lang))
    shown = table_markup(table, names)
    rows = analysis.results.filter(pl.col("indicator").is_in(indicators)).height
    if rows > _MOST_ROWS:
        listed = text("list_and", lang).join(names)
        summary = escaped(text("every_figure", lang, names=listed, rows=rows))
        shown = f"<details><summary>{summary}</summary>{shown}</details>"
    return Shown(shown + details, text("table_words", lang))


def source_list(analysis: Analysis) -> Shown:
    """Show the documents that the figures come from, as a list with links."""
    lang = analysis.lang
    items, words = [], []
    for source in analysis.sources.values():
        title = escaped(source.title[lang])
        if source.url.startswith(("https://", "http://")):
            title = f'<a href="{html.escape(source.url)}" rel="noreferrer">{title}</a>'
        detail = text(
            "source_detail",
            lang,
            publisher=source.publisher[lang],
            published=source.published,
            licence=source.licence[lang],
            note=source.note[lang],
        )
        anchor = source_anchor(source.id)
        items.append(f'<li id="{anchor}" tabindex="-1">{title}<br>{escaped(detail)}</li>')
        words.append(f"{source.title[lang]}: {detail}")
    head = escaped(text("title_sources", lang))
    markup = f'<h3>{head}</h3><ul class="kao-sources">{"".join(items)}</ul>'
    return Shown(markup, "\n".join(words))


def render(spec: dict[str, Any], **_metadata: Any) -> dict[str, Any]:
    """Show any Altair chart without a network: altair's renderer in this package's notebooks.

    Altair's own loads Vega from the web, or puts a megabyte into every chart.
    """
    shown = _drawn(spec, spec.get("usermeta", {}).get(NOTES, {}).get("lang", DEFAULT_LANGUAGE))
    return shown._repr_mimebundle_()


alt.renderers.register("kao_metrics", render)
alt.renderers.enable("kao_metrics")


def _drawn(spec: dict[str, Any], lang: str) -> Shown:
    drawn = draw(spec)
    return Shown(_figure(drawn, lang), drawn.words, spec)


def _figure(drawn: Drawing, lang: str) -> str:
    drawings = "".join(
        f'<div class="kao-drawing kao-{room}" id="{drawn.id}-{room}"{_HIDDEN[room]}>{svg}</div>'
        for room, svg in drawn.svg.items()
    )
    parts = [
        f"<figcaption>{escaped(drawn.caption)}</figcaption>",
        f'<p class="kao-help">{escaped(drawn.help)}</p>' if drawn.help else "",
        drawings,
    ]
    if drawn.explained:
        names = {each: labels.label_or_code("indicator", each, lang) for each in drawn.explained}
        links = " ".join(link(name, anchor(each)) for each, name in names.items())
        parts.append(f'<p class="kao-hows">{filled("how_this", lang, links=links)}</p>')
    table = tables.data_of(drawn.rows, lang, f"{drawn.id}-data")
    if table:
        summary = escaped(text("data_table", lang))
        parts.append(f"<details><summary>{summary}</summary>{table_markup(table)}</details>")
    return f'<figure class="kao-figure" id="{drawn.id}">{"".join(parts)}</figure>'


@dataclass(frozen=True, slots=True)
class _Card:
    target: str
    name: str
    value: str
    detail: str


def _cards(analysis: Analysis) -> list[_Card | None]:
    figures = [_card(analysis, name, breakdown) for name, breakdown in KEY_FIGURES.items()]
    return [*figures, _stated_card(analysis)]


def _stated_card(analysis: Analysis) -> _Card | None:
    lang, found = analysis.lang, analysis.findings
    agree = sum(each.verdict == "agrees" for each in found)
    return (
        _Card(
            table_anchor(tables.STATED),
            text("card_stated", lang),
            text("card_stated_value", lang, agree=agree, all=len(found)),
            text("card_stated_detail", lang, rest=len(found) - agree),
        )
        if found
        else None
    )


def _card(analysis: Analysis, indicator: str, breakdown: str) -> _Card | None:
    found = analysis.results.filter(
        pl.col("indicator") == indicator,
        pl.col("breakdown") == breakdown,
        pl.col("value").is_not_null(),
    )
    if found.is_empty():
        return None
    row, lang = found.row(0, named=True), analysis.lang
    digits = int(labels.attribute("indicator", indicator, "places"))
    detail = text(
        "card_detail", lang, part=grouped(row["numerator"]), whole=grouped(row["denominator"])
    )
    interval = wording.interval_of(row, digits, lang)
    if interval:
        kind = labels.attribute("indicator", indicator, "interval", "interval")
        detail = text(f"card_{kind}", lang, interval=interval, detail=detail)
    is_ratio = row["unit"] == "ratio"
    shown = labels.amount(row["value"], "ratio", lang, digits) if is_ratio else None
    return _Card(
        anchor(indicator),
        text(f"card_{indicator}", lang),
        shown or grouped(row["value"], digits),
        detail,
    )
