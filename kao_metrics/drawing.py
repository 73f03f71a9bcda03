"""A chart as pieces of a page: an SVG for each room, and a specification to make it live.

vl-convert draws without a browser or a network. Text is measured with a font that comes
with the package (kao_metrics/fonts), so that a chart is laid out alike on every machine,
whatever fonts it has; a reader's browser then writes the words in a font of its own.
"""

from __future__ import annotations

import copy
import hashlib
import html
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from kao_metrics.converter import MEASURE, to_svg
from kao_metrics.labels import DEFAULT_LANGUAGE, text
from kao_metrics.theme import FONT, NOTES

WIDTHS: Final = {"wide": 680, "narrow": 320}
"""Widths in pixels that charts are drawn at; the page shows the one that fits."""

VEGA_LITE: Final = "6.4"
"""The version of Vega-Lite that altair writes, as a test sees to; altair is slow to import."""

MEDIA_TYPE: Final = f"application/vnd.vegalite.v{VEGA_LITE.partition('.')[0]}+json"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, drawn.

    Parameters
    ----------
    id
        A name for it, from all that it is.
    caption, words, help
        Its title, its alternative text and its reading help.
    lang
        Language of its words.
    explained
        Indicators whose explanation tells how its figures are computed.
    rows
        What it shows.
    svg
        By room, the drawing.
    """

    id: str
    caption: str
    words: str
    help: str
    lang: str
    explained: tuple[str, ...]
    rows: list[dict[str, Any]]
    svg: dict[str, str]


def draw(spec: dict[str, Any]) -> Drawing:
    """Draw a chart for every room.

    Parameters
    ----------
    spec
        A specification in Vega-Lite, of `kao_metrics.forms` or any other.
    """
    notes = spec.get("usermeta", {}).get(NOTES, {})
    lang = notes.get("lang", DEFAULT_LANGUAGE)
    title = _title(spec)
    words = str(spec.get("description", "")) or title or _fields(spec, lang)
    name = identity(spec)
    return Drawing(
        id=name,
        caption=title or words,
        words=words,
        help=notes.get("help", ""),
        lang=lang,
        explained=tuple(notes.get("explained", ())),
        rows=[row for rows in spec.get("datasets", {}).values() for row in rows],
        svg={room: _svg(spec, room, words, f"{name}-{room}") for room in WIDTHS},
    )


def identity(spec: dict[str, Any]) -> str:
    """Return a chart's name on a page, the same wherever its specification is read."""
    written = json.dumps(spec, ensure_ascii=False, sort_keys=True)
    return "kao-" + hashlib.sha256(written.encode()).hexdigest()[:8]


def in_room(spec: dict[str, Any], room: str) -> dict[str, Any]:
    """Return a specification for a room: its width, its height, its share of the words.

    The page says title and description itself, in its own words and style.
    """
    fitted = copy.deepcopy(spec)
    notes = fitted.pop("usermeta", {}).get(NOTES, {})
    for name in ("title", "description"):
        fitted.pop(name, None)
    if _is_one_view(fitted):  # what is made of several keeps its size
        given = fitted.get("width")
        is_narrower = isinstance(given, int | float) and given < WIDTHS[room]
        fitted["width"] = given if is_narrower else WIDTHS[room]
        fitted["autosize"] = {"type": "fit-x", "contains": "padding"}
    if room in notes.get("heights", {}):
        fitted["height"] = notes["heights"][room]
    for param in fitted.get("params", []):
        if param["name"] == "narrow":
            param["value"] = room == "narrow"
    return fitted


def _svg(spec: dict[str, Any], room: str, described: str, identity: str) -> str:
    """Draw a chart for a room; ids are made unique, so that two drawings share a page."""
    fitted = in_room(spec, room)
    config = fitted.setdefault("config", {})
    shown = config.get("font", FONT)
    config["font"] = MEASURE
    drawn = to_svg(fitted, VEGA_LITE)
    drawn = drawn.replace(f' font-family="{MEASURE}"', "")

    def tag(match: re.Match[str]) -> str:
        own = re.sub(r'( id="|url\(#)', rf"\g<1>{identity}-", match[0])
        return _lean(own)

    drawn = re.sub(r"<[^>]+>", tag, drawn)  # tags only: words can hold quotes
    if "xlink:href" not in drawn:
        drawn = drawn.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "", 1)
    label = html.escape(described)
    family = html.escape(shown)
    head = f'<svg role="img" aria-label="{label}" font-family="{family}" '
    return drawn.replace("<svg ", head, 1)


def _lean(tag: str) -> str:
    """Take out of a tag what changes nothing that is seen: a third of a drawing's size.

    >>> _lean('<g class="mark-rule role-mark layer_0_marks" pointer-events="none">')
    '<g class="mark-rule">'
    >>> _lean('<path class="background" d="M0,0h67Z"/>'), _lean('<path d="M0.12345,7"/>')
    ('', '<path d="M0.12,7"/>')
    """
    # The drawing is one image with one description; Vega's, of each mark, are in English.
    tag = re.sub(r' (aria-[a-z]+|role)="[^"]*"', "", tag)
    if _UNSEEN.fullmatch(tag):
        return ""
    tag = re.sub(r'(?<= class="mark-)([a-z]+) [^"]*', r"\1", tag)
    tag = re.sub(
        r' (class="mark-(group|text)"|class="(root|marks)"|stroke-miterlimit="10"'
        r'|pointer-events="none"|(stroke-width|opacity)="1"|transform="translate\(0,0\)"|text-anchor="start"'
        r'|version="1.1")',
        "",
        tag,
    )
    return re.sub(
        r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), tag
    )


_UNSEEN: Final = re.compile(
    r'<path class="foreground" d="" display="none"/>'
    r'|<path class="background" d="[^"]*"( stroke="none")?/>'
)
"""What Vega draws of a view without a frame or a ground of its own."""


def _is_one_view(spec: dict[str, Any]) -> bool:
    facets = {"row", "column", "facet"} & set(spec.get("encoding", {}))
    return ("layer" in spec or "mark" in spec) and not facets


def _fields(spec: dict[str, Any], lang: str) -> str:
    """Say of a chart without any words which fields it shows."""
    found: dict[str, None] = {}
    todo: list[Any] = [spec]
    while todo:
        each = todo.pop(0)
        if isinstance(each, dict):
            for channel in each.get("encoding", {}).values():
                if isinstance(channel, dict) and isinstance(channel.get("field"), str):
                    found[str(channel.get("title") or channel["field"])] = None
            todo += [
                each[name]
                for name in ("layer", "hconcat", "vconcat", "concat", "spec")
                if name in each
            ]
        elif isinstance(each, list):
            todo += each
    if not found:
        return text("alt_nameless", lang)
    return text("alt_plain", lang, fields=text("list_and", lang).join(found))


def _title(spec: dict[str, Any]) -> str:
    """Return the words of a title; of one that is computed nothing is known."""
    title = spec.get("title", "")
    words = title.get("text", "") if isinstance(title, dict) else title
    lines = words if isinstance(words, list) else [words]
    return " ".join(each for each in lines if isinstance(each, str))
