"""What makes the charts of a page live: Vega once, and each chart's specification, packed.

The page has to work under a policy that allows no script but those whose hash it names, no
evaluation of texts as code, and no network. So Vega comes with the page, unpacked by the
browser when the first chart comes into view, and interprets the charts' expressions.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from kao_metrics.drawing import VEGA_LITE, WIDTHS, identity, in_room

TEMPLATES: Final = resources.files("kao_metrics.report").joinpath("templates")


@dataclass(frozen=True, slots=True)
class Live:
    """The scripts of a page.

    Parameters
    ----------
    script
        What the page runs at once.
    code, specs
        Vega and the specifications by place, packed; empty without charts.
    hashes
        Of the scripts that run, as the page's policy names them.
    """

    script: str
    code: str
    specs: str
    hashes: tuple[str, ...]


def live(charts: Iterable[dict[str, Any]]) -> Live:
    """Pack what the charts of a page need; without charts, Vega is left out.

    Parameters
    ----------
    charts
        Specifications in Vega-Lite, as the notebooks' outputs have them.
    """
    script = TEMPLATES.joinpath("page.js").read_text(encoding="utf-8")
    specs = {f"{identity(spec)}-{room}": in_room(spec, room) for spec in charts for room in WIDTHS}
    if not specs:
        return Live(script, "", "", (hash_of(script),))
    written = json.dumps(specs, ensure_ascii=False, separators=(",", ":"))
    code = _code()
    return Live(script, _packed_code(), _packed(written), (hash_of(script), hash_of(code)))


def hash_of(script: str) -> str:
    """Return the hash by which a policy names a script or a style.

    >>> hash_of("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def get_live_ready() -> None:
    """Bundle and pack Vega, which takes a second the first time."""
    _packed_code()


@cache
def _packed_code() -> str:
    """Pack the code, which is the same on every page."""
    return _packed(_code())


@cache
def _code() -> str:
    """Bundle Vega with what makes a drawing live, in a function: its names are its own."""
    import vl_convert  # only where a page is made

    charts = TEMPLATES.joinpath("charts.js").read_text(encoding="utf-8")
    bundle = vl_convert.javascript_bundle(charts, vl_version=VEGA_LITE)
    return f"(()=>{{{bundle}}})();"


def _packed(words: str) -> str:
    """Pack a text: its length in bytes, a space, and the deflated bytes in base 85.

    Base 64 would be 25 kB more a page. There is no head as of a gzip file, into which one
    Python writes the system and another does not. No sign of the alphabet means anything to
    HTML once ``<`` and ``&`` are written otherwise.
    """
    packed = zlib.compress(words.encode(), level=9, wbits=-zlib.MAX_WBITS)
    return f"{len(packed)} {base64.b85encode(packed, pad=True).decode().translate(_FOR_HTML)}"


_FOR_HTML: Final = str.maketrans("<&", ",.")
