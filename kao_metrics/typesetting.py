"""How words are set: which way they run, how wide they are, where they break.

Names come from data and can hold anything. Nothing in a name may turn round the figure that
stands beside it, run out of its drawing, or fall apart between two lines.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache
from importlib import resources
from typing import Final

from wcwidth import iter_graphemes

_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Controls, halves of characters, and what Unicode says will never be a character."""

_TURNING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Embeddings, overrides and isolates, which reach beyond the word that they are in."""

_RIGHT_TO_LEFT: Final = ("R", "AL")
_ISOLATE: Final = "\N{FIRST STRONG ISOLATE}%s\N{POP DIRECTIONAL ISOLATE}"
_ELLIPSIS: Final = "…"
_EM: Final = 1000


def plain_text(words: str) -> str:
    r"""Take out of a text what no drawing can hold: controls and what is no character.

    >>> plain_text("a\x00b\tc\ufffe")
    'ab c'
    """
    return _UNPRINTABLE.sub("", re.sub(r"[\t\r\n]", " ", words))


def is_printable(words: str) -> bool:
    """Tell whether a text has nothing that no drawing can hold; it may have several lines."""
    return _UNPRINTABLE.search(words) is None


def isolated(words: str) -> str:
    r"""Keep a text from turning round what stands beside it.

    What is written from right to left is put into an isolate; marks that turn what follows
    are taken out. Any other text stays as it is.

    >>> isolated("工級人員"), isolated("甲\u202e乙")
    ('工級人員', '甲乙')
    >>> isolated("שלום") == "\u2068שלום\u2069"
    True
    """
    words = words.translate(_TURNING)
    if any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in words):
        return _ISOLATE % words
    return words


def width(words: str) -> float:
    """Return how wide a text is, in ems, as the packaged font measures it.

    >>> width("工級人員"), round(width("8,462"), 2)
    (4.0, 2.5)
    """
    return sum(map(_advance, words)) / _EM


@cache
def _advance(sign: str) -> int:
    """Return the width of a sign in thousandths of an em.

    Dashes, dots and the like can be set as wide as Chinese characters are, and are where the
    language of the page is Chinese.
    """
    starts, advances = _advances()
    found = advances[bisect_right(starts, ord(sign)) - 1]
    return max(found, _EM) if found and unicodedata.east_asian_width(sign) == "A" else found


def wrapped(words: str, room: float, most: int) -> list[str]:
    """Break a text into the lines that fit; of one with too many the last ends in dots.

    Latin words stay whole where they fit a line; Chinese breaks anywhere, but never within
    what a reader sees as one sign.

    >>> wrapped("業務助理 (general budget)", 6, 9)
    ['業務助理', '(general', 'budget)']
    >>> wrapped("一二三四五六七八九", 3, 2)
    ['一二三', '四五…']
    """
    lines = [""]
    for piece in _pieces(words, room):
        if lines[-1] and width(lines[-1] + piece.rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    lines = [each.strip() for each in lines if each.strip()]
    return [*lines[: most - 1], shortened(lines[most - 1], room)] if len(lines) > most else lines


def shortened(words: str, room: float) -> str:
    """Cut a text so that it fits a line with dots behind it."""
    kept = ""
    for sign in iter_graphemes(words):
        if width(kept + sign + _ELLIPSIS) > room:
            break
        kept += sign
    return kept + _ELLIPSIS


def _pieces(words: str, room: float) -> list[str]:
    """Cut a text where it may break: after a space, and around every sign that is not Latin."""
    pieces = [""]
    for sign in iter_graphemes(words):
        if not (pieces[-1] and sign.isascii() and pieces[-1][-1].isascii()) or (
            pieces[-1].endswith(" ") and sign != " "
        ):
            pieces.append("")
        pieces[-1] += sign
    return [
        part
        for piece in pieces
        for part in ([piece] if width(piece.rstrip()) <= room else iter_graphemes(piece))
    ]


@cache
def _advances() -> tuple[list[int], list[int]]:
    """Read where runs of code points that are equally wide begin, and how wide they are."""
    table = resources.files("kao_metrics").joinpath("fonts/widths.csv").read_text("ascii")
    rows = [line.split(",") for line in table.splitlines()[1:]]
    return [int(code, 16) for code, _ in rows], [int(advance) for _, advance in rows]
