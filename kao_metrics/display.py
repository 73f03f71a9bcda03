"""What a notebook cell shows: charts, tables, sentences and key figures as HTML.

A chart becomes a figure: an SVG for wide screens and one for phones, drawn by vl-convert
without a browser or a network, with a caption, an alternative text computed from the data,
and the data as a table one click away. Everything that comes from data is escaped.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
import great_tables as gt
import polars as pl

from kao_metrics import charts, labels, tables
from kao_metrics.analysis import Analysis
from kao_metrics.labels import DEFAULT_LANGUAGE, text
from kao_metrics.printed import grouped

WIDTHS: Final = {"wide": 680, "narrow": 320}
"""Widths in pixels that charts are drawn at; the page shows the one that fits."""

_HIDDEN: Final = {"wide": "", "narrow": ' hidden=""'}
"""Without the page's style, as in JupyterLab, only the wide drawing shows."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of HTML that a notebook shows, and the words for where there is no HTML."""

    markup: str
    words: str

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        """Give JupyterLab and nbconvert the HTML, terminals the words."""
        return {"text/html": self.markup, "text/plain": self.words}

    def __repr__(self) -> str:
        """Return the words."""
        return self.words


def show(
    thing: alt.LayerChart | gt.GT | Sequence[str] | None, lang: str = DEFAULT_LANGUAGE
) -> Shown:
    """Show a chart, a table or sentences in a notebook and in the report.

    Parameters
    ----------
    thing
        What `kao_metrics.charts`, `tables` or `sentences` return; None shows nothing.
    lang
        Language of what is said beside it.

    Examples
    --------
    >>> show(["2 < 3."]).markup
    '<p class="kao-words">2 &lt; 3.</p>'
    """
    if thing is None:
        return Shown("", "")
    if isinstance(thing, gt.GT):
        return Shown(table_markup(thing), text("table_words", lang))
    if isinstance(thing, alt.TopLevelMixin):
        return _figure(thing, lang)
    said = [html.escape(each, quote=False) for each in thing]
    return Shown("".join(f'<p class="kao-words">{each}</p>' for each in said), "\n".join(thing))


def notes(said: Sequence[str], lang: str = DEFAULT_LANGUAGE) -> Shown:
    """Show sentences as a list of notes, such as what is not comparable."""
    if not said:
        return Shown("", "")
    items = "".join(f"<li>{html.escape(each, quote=False)}</li>" for each in said)
    title = html.escape(text("notes", lang), quote=False)
    return Shown(f'<div class="kao-notes"><p>{title}</p><ul>{items}</ul></div>', "\n".join(said))


def key_figures(analysis: Analysis) -> Shown:
    """Show the period's key figures as cards, each with its name and what it comes from."""
    cards = [card for card in _cards(analysis) if card]
    markup = "".join(
        '<div class="kao-card">'
        f"<dt>{html.escape(name, quote=False)}</dt>"
        f'<dd><span class="kao-figure-value">{html.escape(value, quote=False)}</span> '
        f"<span>{html.escape(detail, quote=False)}</span></dd></div>"
        for name, value, detail in cards
    )
    words = "\n".join(f"{name}: {value} ({detail})" for name, value, detail in cards)
    return Shown(f'<dl class="kao-cards">{markup}</dl>' if cards else "", words)


def computed(analysis: Analysis, *indicators: str) -> Shown:
    """Show computed indicators as a table, and one click away how they are computed.

    Each has its definition, its formula with the numbers of its first row put in, and the
    documents that the numbers come from.
    """
    table = tables.computed(analysis, *indicators)
    if table is None:
        return Shown("", "")
    lang = analysis.lang
    entries = "".join(
        f"<dt>{html.escape(labels.label('indicator', indicator, lang), quote=False)}</dt>"
        f"<dd>{html.escape(_explained(analysis, indicator), quote=False)}</dd>"
        for indicator in indicators
        if not analysis.results.filter(pl.col("indicator") == indicator).is_empty()
    )
    summary = html.escape(text("how_computed", lang), quote=False)
    details = f"<summary>{summary}</summary><dl>{entries}</dl>"
    return Shown(
        f'{table_markup(table)}<details class="kao-definitions">{details}</details>',
        text("table_words", lang),
    )


def _explained(analysis: Analysis, indicator: str) -> str:
    lang = analysis.lang
    said = [labels.definition(indicator, lang)]
    rows = analysis.results.filter(pl.col("indicator") == indicator, pl.col("value").is_not_null())
    for row in rows.head(1).iter_rows(named=True):
        fraction, value = tables.fraction(row), tables.value(row, lang)
        if fraction and indicator not in _NO_RATIO:
            is_whole = row["breakdown"] == labels.TOTAL and rows.height == 1
            key, name = "for_the_whole" if is_whole else "for_example", tables.breakdown(row, lang)
            said.append(text(key, lang, name=name, fraction=fraction, value=value))
        sources = [name for name in (row["source_ids"] or "").split(";") if name]
        titles = text("list_comma", lang).join(
            analysis.sources[name].title[lang] for name in sources
        )
        said.append(text("from_source", lang, titles=titles))
    return " ".join(said)


_NO_RATIO: Final = ("headcount_compound_rate", "complaints_rate_change", "service_change")
"""Indicators whose value is more than their numerator over their denominator."""


def source_list(analysis: Analysis) -> Shown:
    """Show the documents that the figures come from, as a list with links."""
    lang = analysis.lang
    items, words = [], []
    for source in analysis.sources.values():
        title = html.escape(source.title[lang], quote=False)
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
        items.append(f"<li>{title}<br>{html.escape(detail, quote=False)}</li>")
        words.append(f"{source.title[lang]}: {detail}")
    head = html.escape(text("title_sources", lang), quote=False)
    markup = f'<h3>{head}</h3><ul class="kao-sources">{"".join(items)}</ul>'
    return Shown(markup, "\n".join(words))


def table_markup(table: gt.GT) -> str:
    """Return a table's HTML in the page's own style, its title as a caption above it.

    Each cell names its column, so that a phone can show a row as lines.
    """
    markup = str(table.as_raw_html())
    inner = _only(r"<table.*</table>", markup)
    title = _only(r'<tr class="gt_heading">.*?</tr>', inner)
    inner = inner.replace(title, "", 1)
    caption = html.unescape(re.sub(r"<[^>]+>", "", title)).strip()
    named = re.search(r'aria-labelledby="([^"]+)"', inner)
    identity = f' id="{named[1]}-caption"' if named else ""
    if named:
        inner = inner.replace(named[0], f'aria-labelledby="{named[1]}-caption"', 1)
    columns = dict(re.findall(r'<th [^>]*scope="col" id="([^"]+)">(.*?)</th>', inner))

    def labelled(match: re.Match[str]) -> str:
        head = html.unescape(columns.get(match[1].split()[-1], ""))
        return f'<td data-label="{html.escape(head)}" headers="{match[1]}"'

    inner = re.sub(r'<td headers="([^"]+)"', labelled, inner)
    return (
        f'<figure class="kao-table"><figcaption{identity}>{html.escape(caption, quote=False)}'
        f'</figcaption><div tabindex="0" role="group" aria-label="{html.escape(caption)}">'
        f"{inner}</div></figure>"
    )


def _only(pattern: str, markup: str) -> str:
    found = re.search(pattern, markup, re.DOTALL)
    return found[0] if found else ""


def _figure(chart: alt.LayerChart, lang: str) -> Shown:
    caption, described = str(chart.title), str(chart.description)
    identity = "kao-" + hashlib.sha256(caption.encode()).hexdigest()[:8]
    drawn = {room: _svg(chart, room, described, f"{identity}-{room}") for room in WIDTHS}
    drawings = "".join(
        f'<div class="kao-{room}"{_HIDDEN[room]}>{svg}</div>' for room, svg in drawn.items()
    )
    table = tables.data_of(_data(chart), lang, f"{identity}-data")
    details = "" if table is None else table_markup(table)
    summary = html.escape(text("data_table", lang), quote=False)
    return Shown(
        '<figure class="kao-figure">'
        f"<figcaption>{html.escape(caption, quote=False)}</figcaption>{drawings}"
        f"<details><summary>{summary}</summary>{details}</details></figure>",
        described,
    )


def _data(chart: alt.LayerChart) -> pl.DataFrame:
    """Return the data of a chart, which layers share."""
    found = chart.data if isinstance(chart.data, pl.DataFrame) else chart.layer[0].data
    if not isinstance(found, pl.DataFrame):
        raise TypeError("a chart to show needs a polars DataFrame as its data")
    return found


def _svg(chart: alt.LayerChart, room: str, described: str, identity: str) -> str:
    """Draw a chart for a room; ids are made unique, so that two drawings share a page."""
    import vl_convert  # only where a chart is drawn

    spec = chart.properties(
        width=WIDTHS[room], autosize=alt.AutoSizeParams(type="fit-x", contains="padding")
    ).to_dict()
    spec.pop("title", None)
    heights = spec.pop("usermeta", {}).get("heights", {})
    spec["height"] = heights.get(room, spec["height"])
    for param in spec.get("params", []):
        if param["name"] == "narrow":
            param["value"] = room == "narrow"
    drawn = str(vl_convert.vegalite_to_svg(spec, vl_version=_vega_lite_version()))
    drawn = re.sub(r'(id="|url\(#)', rf"\g<1>{identity}-", drawn)
    # The drawing is one image with one description; Vega's own, of each mark, are in English.
    drawn = re.sub(r' (aria-label|aria-roledescription|role)="[^"]*"', "", drawn)
    label = html.escape(described)
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def _vega_lite_version() -> str:
    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def _cards(analysis: Analysis) -> list[tuple[str, str, str] | None]:
    lang = analysis.lang
    agree = sum(each.verdict == "agrees" for each in analysis.findings)
    return [
        _card(analysis, "downsizing_ratio"),
        _card(analysis, "reserve_amount_coverage_ratio"),
        _card(analysis, "reserve_account_coverage_ratio"),
        _card(analysis, "complaints_daily_rate", "complaints_first"),
        _card(analysis, "second_complaint_ratio"),
        _card(analysis, "mediation_ratio"),
        _card(analysis, "open_datasets_change"),
        (
            text("card_stated", lang),
            text("card_stated_value", lang, agree=agree, all=len(analysis.findings)),
            text("card_stated_detail", lang, rest=len(analysis.findings) - agree),
        )
        if analysis.findings
        else None,
    ]


def _card(
    analysis: Analysis, indicator: str, breakdown: str = labels.TOTAL
) -> tuple[str, str, str] | None:
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
    interval = charts.interval_of(row, digits)
    if interval:
        detail = text("card_interval", lang, interval=interval, detail=detail)
    is_ratio = row["unit"] == "ratio"
    shown = labels.amount(row["value"], "ratio", lang, digits) if is_ratio else None
    return text(f"card_{indicator}", lang), shown or grouped(row["value"], digits), detail
