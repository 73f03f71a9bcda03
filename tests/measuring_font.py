"""Make the font that charts are measured with.

vl-convert lays a chart out by the widths of its texts, and takes them from the fonts of the
machine: without a Chinese font Chinese texts come out about a fifth too narrow, so that the same
figures make another drawing on another machine. The font that this writes is part of the package
and ends that. It has the advances of Noto Sans CJK TC and nothing to look at, and it claims every
code point, so that no text is ever measured with a font of the system.

Glyphs that advance alike are one glyph, and a cmap of format 13 (many code points, one glyph)
keeps the font small. The advance of a code point is

* that of Noto Sans CJK TC Regular, where it has a glyph;
* nothing for marks, controls and other characters without a width;
* one em for all others, which are wide ideographs and emoji most of all.

Run ``python tests/measuring_font.py`` to write kao_metrics/fonts/measure.ttf again, and beside it
widths.csv.
"""

import io
import unicodedata
from pathlib import Path
from typing import Final

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

FAMILY: Final = "Kao Metrics Measure"
WRITTEN: Final = Path(__file__).parent.parent / "kao_metrics" / "fonts" / "measure.ttf"
WIDTHS: Final = WRITTEN.with_name("widths.csv")
"""The same advances as a table, by which the package breaks labels into lines."""
NOTO: Final = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
"""Where Debian's package fonts-noto-cjk puts it."""

_MEASURED: Final = "Noto Sans CJK TC"
_EM: Final = 1000

_SPACES: Final = {
    0x2000: _EM // 2,
    0x2001: _EM,
    0x2004: _EM // 3,
    0x2005: _EM // 4,
    0x2006: _EM // 6,
    0x2009: _EM // 5,
    0x200A: _EM // 10,
    0x202F: _EM // 5,
    0x205F: _EM * 4 // 18,
}
"""Spaces that Noto lacks, by their definitions in Unicode."""

_AS_WIDE_AS: Final = {0x2007: "0", 0x2008: "."}
"""The spaces as wide as a digit and as a full stop, which Noto lacks too."""

_UNICODE: Final = unicodedata.ucd_3_2_0
"""The one version that every Python knows; the font must not depend on who makes it."""

_NO_WIDTH: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Zl", "Zp"})

_NO_WIDTH_SINCE: Final = (
    range(0x0300, 0x0370),
    range(0x061C, 0x061D),
    range(0x1AB0, 0x1B00),
    range(0x1DC0, 0x1E00),
    range(0x2060, 0x2070),
    range(0x20D0, 0x2100),
    range(0xFE20, 0xFE30),
    range(0xE0000, 0xE1000),
)
"""Blocks of marks, bidirectional controls and selectors that came, or grew, after Unicode 3.2."""


def build(noto_path: Path) -> tuple[bytes, str]:
    """Return the font and the table of widths, always the same for the same Noto."""
    with TTCollection(noto_path, lazy=True) as collection:
        noto = next(each for each in collection.fonts if each["name"].getDebugName(1) == _MEASURED)
        scale = _EM / noto["head"].unitsPerEm
        known = {
            code: round(noto["hmtx"][glyph][0] * scale)
            for code, glyph in noto.getBestCmap().items()
        }
        lines, shape = noto["hhea"], noto["OS/2"]
        ascent, descent, gap = (
            round(each * scale) for each in (lines.ascent, lines.descent, lines.lineGap)
        )
        design = {
            name: round(getattr(shape, name) * scale)
            for name in (
                "sTypoAscender",
                "sTypoDescender",
                "sTypoLineGap",
                "usWinAscent",
                "usWinDescent",
                "sxHeight",
                "sCapHeight",
            )
        }
        rights = {
            "copyright": noto["name"].getDebugName(0),
            "licenseDescription": noto["name"].getDebugName(13),
            "licenseInfoURL": noto["name"].getDebugName(14),
        }

    known |= _SPACES | {code: known[ord(like)] for code, like in _AS_WIDE_AS.items()}
    advances = {code: _advance(code, known) for code in range(0x110000)}
    glyphs = {width: f"width{width}" for width in sorted({_EM, *advances.values()})}

    font = FontBuilder(_EM, isTTF=True)
    font.setupHead(unitsPerEm=_EM, created=0, modified=0)
    font.setupGlyphOrder([".notdef", *glyphs.values()])
    font.setupGlyf(dict.fromkeys([".notdef", *glyphs.values()], _speck()))
    font.setupHorizontalMetrics(
        {".notdef": (_EM, 0), **{glyph: (width, 0) for width, glyph in glyphs.items()}}
    )
    font.setupHorizontalHeader(ascent=ascent, descent=descent, lineGap=gap)
    font.setupCharacterMap({})
    font.font["cmap"].tables = [
        _many_to_one({code: glyphs[width] for code, width in advances.items()})
    ]
    font.setupNameTable(
        {
            "familyName": FAMILY,
            "styleName": "Regular",
            "uniqueFontIdentifier": f"{FAMILY} Regular",
            "fullName": FAMILY,
            "version": "Version 1.0",
            "psName": f"{FAMILY.replace(' ', '')}-Regular",
            "description": f"The advances of {_MEASURED} Regular, without its outlines.",
            **rights,
        },
        mac=False,
    )
    font.setupOS2(**design)
    font.setupPost(keepGlyphNames=False)
    written = io.BytesIO()
    font.save(written)
    return written.getvalue(), _runs(advances)


def _runs(advances: dict[int, int]) -> str:
    """Write where each run of code points that advance alike begins, and by how much."""
    lines = ["code_point,advance"]
    before = None
    for code, width in advances.items():
        if width != before:
            lines.append(f"{code:04X},{width}")
        before = width
    return "\n".join(lines) + "\n"


def _advance(code: int, known: dict[int, int]) -> int:
    if code in known:
        return known[code]
    if _UNICODE.category(chr(code)) in _NO_WIDTH or any(code in each for each in _NO_WIDTH_SINCE):
        return 0
    return _EM


def _speck():
    """Draw the smallest thing there is: vl-convert does not measure a text that has no outline."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 1))
    pen.lineTo((1, 0))
    pen.closePath()
    return pen.glyph()


def _many_to_one(glyphs: dict[int, str]) -> CmapSubtable:
    """Map code points to glyphs; of platform Unicode, encoding 6 is the one for format 13."""
    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language = 0, 6, 0
    table.cmap = glyphs
    return table


if __name__ == "__main__":
    WRITTEN.parent.mkdir(exist_ok=True)
    font, widths = build(NOTO)
    WRITTEN.write_bytes(font)
    WIDTHS.write_text(widths, encoding="ascii", newline="")
