"""A chart as a picture for a slide: its caption on top, its reading help below, 16 to 9.

On a page the words around a chart are the page's own; a picture takes them along. It is an
SVG, in which a reader's fonts are used, or a PNG, for which this machine's are.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any, Final

from kao_metrics.drawing import Drawing, draw
from kao_metrics.theme import FONT, PAPER
from kao_metrics.typesetting import wrapped

WIDTH: Final = 1920
"""Pixels of a slide from side to side."""

_HEIGHT: Final = 1080
_MARGIN: Final = 90
_TITLE: Final = 50
_HELP: Final = 28
_LEADING: Final = 1.4
_MOST_LINES: Final = 2
_INK: Final = "#1c2329"
_SOFT: Final = "#55606a"
_CHINESE: Final = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


class NoFontError(Exception):
    """There is no font here for the words of a picture; the message says what to do."""


def slide(spec: dict[str, Any], width: int = WIDTH) -> str:
    """Return a chart as an SVG of the size of a slide.

    Parameters
    ----------
    spec
        A specification in Vega-Lite.
    width
        Pixels from side to side; nine sixteenths of it are the height.

    Notes
    -----
    The chart is as large as fits. Its title and its alternative text are the picture's.
    """
    drawn = draw(spec)
    title = _lines(drawn.caption, _TITLE)
    told = _lines(drawn.help, _HELP)
    top = _MARGIN + len(title) * _TITLE * _LEADING
    bottom = _HEIGHT - _MARGIN / 2 - len(told) * _HELP * _LEADING
    height = width * _HEIGHT // WIDTH
    label = html.escape(drawn.words)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {_HEIGHT}" role="img" aria-label="{label}" lang="{drawn.lang}" '
        f'font-family="{html.escape(FONT)}" color="{_INK}">'
        f"<title>{html.escape(drawn.caption)}</title><desc>{label}</desc>"
        f'<rect width="{WIDTH}" height="{_HEIGHT}" fill="{PAPER}"/>'
        f'<g font-weight="bold">{_text(title, _MARGIN, _TITLE, _INK)}</g>'
        f"{_placed(drawn, top, bottom)}"
        f"{_text(told, bottom + _HELP / 2, _HELP, _SOFT)}</svg>\n"
    )


def picture(svg: str) -> bytes:
    """Return an SVG that `slide` has made as a PNG of the same size.

    Raises
    ------
    NoFontError
        If it has Chinese words, and this machine has no font for them.
    """
    if _CHINESE.search(svg) and not has_chinese_font():
        raise NoFontError(
            "this machine has no font with Chinese characters, so that a picture would lack its "
            "words; install one, such as Noto Sans CJK TC (package fonts-noto-cjk), or write an "
            "SVG with to_svg, which takes the fonts of who looks at it"
        )
    return _png(svg)


@cache
def has_chinese_font() -> bool:
    """Tell whether two Chinese characters look different here: without a font they do not."""

    def drawn(sign: str) -> bytes:
        text = f'<text y="30" font-size="30" font-family="{html.escape(FONT)}">{sign}</text>'
        return _png(f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{text}</svg>')

    return drawn("測") != drawn("試")


def _png(svg: str) -> bytes:
    import vl_convert  # only where a picture is made

    made: bytes = vl_convert.svg_to_png(svg)
    return made


def _lines(words: str, size: int) -> list[str]:
    return wrapped(words, (WIDTH - 2 * _MARGIN) / size, _MOST_LINES)


def _text(lines: list[str], top: float, size: int, colour: str) -> str:
    return "".join(
        f'<text x="{_MARGIN}" y="{top + size * (0.9 + _LEADING * line):.0f}" '
        f'font-size="{size}" fill="{colour}">{html.escape(words)}</text>'
        for line, words in enumerate(lines)
    )


def _placed(drawn: Drawing, top: float, bottom: float) -> str:
    """Put a drawing into the room between title and help, as large as fits."""
    head, _, rest = drawn.svg["wide"].partition(">")
    own = dict(re.findall(r' ([\w:-]+)="([^"]*)"', head))
    wide, high = float(own["width"]), float(own["height"])
    room = bottom - top - _MARGIN
    scale = min((WIDTH - 2 * _MARGIN) / wide, room / high)
    left = (WIDTH - wide * scale) / 2
    top += (_MARGIN + room - high * scale) / 2
    return (
        f'<svg x="{left:.1f}" y="{top:.1f}" width="{wide * scale:.1f}" '
        f'height="{high * scale:.1f}" viewBox="{own["viewBox"]}">{rest}'
    )
