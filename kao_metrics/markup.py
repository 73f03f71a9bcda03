"""Pieces of a page as HTML: tables, lists of explanations, links to them.

Everything that comes from data or labels is escaped here. The pieces have classes and no
style of their own, since a page forbids any but its one style sheet.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Mapping, Sequence

import great_tables as gt

from kao_metrics.analysis import Analysis
from kao_metrics.explanations import Explanation, anchor
from kao_metrics.labels import label, text
from kao_metrics.typesetting import isolated


def escaped(words: str) -> str:
    """Write words as the text of an element; nothing in it looks like an attribute either."""
    return html.escape(words)


def filled(key: str, lang: str, **markup: str) -> str:
    """Return a sentence as HTML, with pieces of HTML put in."""
    return escaped(label("text", key, lang)).format(**markup)


def link(words: str, target: str) -> str:
    """Link words to what explains them; the page takes away links to what it does not have."""
    return f'<a class="kao-how" href="#{target}">{escaped(words)}</a>'


def table_markup(table: gt.GT, explained: Mapping[str, str] | None = None) -> str:
    """Return a table's HTML in the page's own style, its title as a caption above it.

    Parameters
    ----------
    table
        As `kao_metrics.tables` makes them.
    explained
        By name of a row or of a group of rows, the indicator that it is linked to.

    Notes
    -----
    Each cell names its column, so that a phone can show a row as lines. Rows, columns and
    groups are tied to their heads by ``scope``; the ids that great_tables gives every cell
    for the same purpose would be two thirds of the page.
    """
    inner = _only(r"<table.*</table>", str(table.as_raw_html()))
    heading = _only(r'<tr class="gt_heading">.*?</tr>', inner)
    caption = html.unescape(re.sub(r"<[^>]+>", "", heading)).strip()
    prefix = _only(r'(?<=aria-labelledby=")[^"]*(?=-title")', inner)
    identity = table_anchor(prefix)
    columns = dict(re.findall(r'<th [^>]*scope="col" id="([^"]+)">(.*?)</th>', inner))

    def cell(match: re.Match[str]) -> str:
        head = match[1].split()[-1]
        key, side = head.removeprefix(f"{prefix}-"), " gt_right" if match[2] == "right" else ""
        named = html.escape(html.unescape(columns.get(head, "")))
        return f'<td class="kao-{key}{side}" data-label="{named}">'

    for pattern, written in (
        (re.escape(heading), ""),
        (r'<td headers="([^"]+)" class="gt_row gt_(\w+)">', cell),
        (r'<td [^>]*data-label="[^"]*"></td>', "<td></td>"),  # a phone shows no empty cell
        (r'<table class="gt_table"[^>]*>', f'<table aria-labelledby="{identity}-title">'),
        (r' class="gt_col_heading [^"]*gt_right"', ' class="gt_right"'),
        (r' class="gt_(col_heading |col_headings|table_body|row gt_left gt_stub)[^"]*"', ""),
        (r' id="[^"]*"| (row|col)span="1"', ""),
        (r">\s+<", "><"),
    ):
        inner = re.sub(pattern, written, inner)
    for name, indicator in (explained or {}).items():
        linked = link(name, anchor(indicator))
        inner = inner.replace(f">{escaped(name)}</th>", f">{linked}</th>")
    title = f"{identity}-title"
    return (
        f'<figure class="kao-table" id="{identity}">'
        f'<figcaption id="{title}">{escaped(caption)}</figcaption>'
        f'<div tabindex="0" role="group" aria-labelledby="{title}">{inner}</div></figure>'
    )


def table_anchor(identity: str) -> str:
    """Return the name that links to a table use, however long its own name is."""
    return f"table-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"


def explanations_markup(
    analysis: Analysis, explanations: Sequence[Explanation], *, summary: str
) -> str:
    """Return explanations as a list that opens with one click, or by a link to one of them."""
    if not explanations:
        return ""
    entries = "".join(_entry(analysis, each) for each in explanations)
    return (
        f'<details class="kao-definitions"><summary>{escaped(summary)}</summary>'
        f"<dl>{entries}</dl></details>"
    )


def _entry(analysis: Analysis, explanation: Explanation) -> str:
    lang = analysis.lang

    def named(name: str) -> str:
        return escaped(isolated(name))

    rows = "".join(
        f"<li>{filled('explained_name', lang, name=named(row.name)) if row.name else ''}"
        f"<b>{escaped(' ＝ '.join(each for each in (row.formula, row.value) if each))}</b>"
        f"{''.join(f' <span>{escaped(each)}</span>' for each in row.details)}</li>"
        for row in explanation.rows
    )
    source = documents(analysis, explanation.sources)
    return (
        f'<dt id="{explanation.id}" tabindex="-1">{escaped(explanation.name)}</dt>'
        f"<dd><p>{escaped(explanation.definition)}</p><ul>{rows}</ul><p>{source}</p>"
        f"{_methods(explanation.methods, lang)}</dd>"
    )


def _methods(codes: Iterable[str], lang: str) -> str:
    """Link to the methods that figures are computed by; the page drops it without them."""
    links = [link(label("method", code, lang), method_anchor(code)) for code in codes]
    if not links:
        return ""
    joined = escaped(text("list_comma", lang)).join(links)
    return f' <p class="kao-hows">{filled("explained_methods", lang, links=joined)}</p>'


def method_anchor(code: str) -> str:
    """Return the name that links to what is said of a method use."""
    return f"method-{code}"


def documents(analysis: Analysis, source_ids: Iterable[str]) -> str:
    """Say which documents figures come from, with links to what is known of each."""
    links = [
        link(isolated(analysis.sources[each].title[analysis.lang]), source_anchor(each))
        for each in source_ids
    ]
    joined = escaped(text("list_comma", analysis.lang)).join(links)
    return filled("from_source", analysis.lang, titles=joined) if links else ""


def source_anchor(source_id: str) -> str:
    """Return the name that links to a document use."""
    return f"source-{re.sub(r'[^A-Za-z0-9_-]', '-', source_id)}"


def without_dead_links(made: str) -> str:
    """Take away links to explanations that are not in the same markup."""
    ids = set(re.findall(r' id="([^"]+)"', made))

    link = r'<a class="kao-how" href="#([^"]+)">(.*?)</a>'

    def words(match: re.Match[str]) -> str:
        return match[0] if match[1] in ids else match[2]

    def hows(match: re.Match[str]) -> str:
        """Of what leads to explanations and to nothing else, words alone are no use."""
        left = re.sub(link, lambda each: each[0] if each[1] in ids else "", match[0])
        return left if "<a " in left else ""

    made = re.sub(r'<p class="kao-hows">.*?</p>', hows, made)
    return re.sub(link, words, made)


def _only(pattern: str, markup: str) -> str:
    found = re.search(pattern, markup, re.DOTALL)
    return found[0] if found else ""
