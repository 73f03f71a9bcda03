"""The look that all charts share: colours by what they mean, fonts, axes.

The page's style sheet replaces these very colours on dark screens and on paper; a test
holds the two together, and to contrasts that colour-blind readers and grey print need.
"""

from __future__ import annotations

from typing import Any, Final

NOW: Final = "#0b5f8a"
BASE: Final = "#c3d3df"
OTHERS: Final = "#8a949c"
INTERVAL: Final = "#b34700"
INK: Final = "currentColor"
"""Words take the colour of the page that they stand in: JupyterLab's too, light or dark."""
PAPER: Final = "#ffffff"
GRID: Final = "#dfe4e8"
PALETTE: Final = {
    "now": NOW,
    "base": BASE,
    "others": OTHERS,
    "interval": INTERVAL,
    "paper": PAPER,
    "grid": GRID,
}
"""The colours by what they mean; the page's style gives each another one on dark screens."""

DARK: Final = {
    "now": "#5aaede",
    "base": "#33485a",
    "others": "#6b767f",
    "interval": "#ffb37a",
    "paper": "#14191d",
    "grid": "#2a333b",
}
"""Those others, for where the page's style does not reach; a test holds them to it."""

NOTES: Final = "kao_metrics"
"""Where a specification's ``usermeta`` keeps what only this package reads."""

FONT: Final = "Noto Sans CJK TC, Noto Sans TC, PingFang TC, Microsoft JhengHei, sans-serif"


def theme() -> dict[str, Any]:
    """Return the look that all charts share, as a Vega-Lite config."""
    return {
        "aria": False,
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": 13,
            "titleFontSize": 13,
            "titleFontWeight": "normal",
            "gridColor": GRID,
            "domain": False,
            "ticks": False,
        },
        "text": {"fontSize": 14, "color": INK},
        "title": {"fontSize": 0},
    }
