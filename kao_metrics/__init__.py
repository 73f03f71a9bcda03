"""Figures, charts and a one-page report from a government's half-yearly business report.

    import kao_metrics as km

    analysis = km.analyse("107H1")
    analysis.results
    km.show(km.charts.downsizing(analysis))

Names are loaded when they are first used, so that importing the package stays fast.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kao_metrics import charts, metrics, sentences, tables
    from kao_metrics.analysis import Analysis, analyse
    from kao_metrics.appendix import cannot_tell, method_notes
    from kao_metrics.changes import changed_since
    from kao_metrics.display import computed, key_figures, notes, show, source_list
    from kao_metrics.explorer import explore
    from kao_metrics.exporting import ExportError, to_csv, to_html, to_ods, to_png, to_svg
    from kao_metrics.failures import DataError, UnknownNameError
    from kao_metrics.figure import Figure
    from kao_metrics.importing.exports import import_exports
    from kao_metrics.metrics import (
        category_changes,
        complaints,
        escalation,
        retirement_accounts,
        retirement_reserve,
        services,
        workforce,
    )
    from kao_metrics.period import Period, PeriodError
    from kao_metrics.readers import open_data, read, read_stated
    from kao_metrics.report import make_report

__version__ = "0.1.0"

_HOMES: Final = {
    "Analysis": "analysis",
    "DataError": "failures",
    "ExportError": "exporting",
    "Figure": "figure",
    "Period": "period",
    "PeriodError": "period",
    "UnknownNameError": "failures",
    "analyse": "analysis",
    "cannot_tell": "appendix",
    "category_changes": "metrics",
    "changed_since": "changes",
    "charts": "",
    "complaints": "metrics",
    "computed": "display",
    "escalation": "metrics",
    "explore": "explorer",
    "import_exports": "importing.exports",
    "key_figures": "display",
    "make_report": "report",
    "method_notes": "appendix",
    "metrics": "",
    "notes": "display",
    "open_data": "readers",
    "read": "readers",
    "read_stated": "readers",
    "retirement_accounts": "metrics",
    "retirement_reserve": "metrics",
    "sentences": "",
    "services": "metrics",
    "show": "display",
    "source_list": "display",
    "tables": "",
    "to_csv": "exporting",
    "to_html": "exporting",
    "to_ods": "exporting",
    "to_png": "exporting",
    "to_svg": "exporting",
    "workforce": "metrics",
}
"""By public name, the module that has it; a module of the package where that is empty."""

__all__ = [
    "Analysis",
    "DataError",
    "ExportError",
    "Figure",
    "Period",
    "PeriodError",
    "UnknownNameError",
    "analyse",
    "cannot_tell",
    "category_changes",
    "changed_since",
    "charts",
    "complaints",
    "computed",
    "escalation",
    "explore",
    "import_exports",
    "key_figures",
    "make_report",
    "method_notes",
    "metrics",
    "notes",
    "open_data",
    "read",
    "read_stated",
    "retirement_accounts",
    "retirement_reserve",
    "sentences",
    "services",
    "show",
    "source_list",
    "tables",
    "to_csv",
    "to_html",
    "to_ods",
    "to_png",
    "to_svg",
    "workforce",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}{_hint(name)}")
    if "altair" in sys.modules and "IPython" in sys.modules:
        # A notebook's own charts are drawn without a network too, once both are imported.
        import_module(f"{__name__}.display")
    if not _HOMES[name]:
        return import_module(f"{__name__}.{name}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def _hint(name: str) -> str:
    """Suggest the nearest public name; tools that ask for a private one need none."""
    if name.startswith("_"):
        return ""
    labels = import_module(f"{__name__}.labels")
    near = labels.nearest(name, __all__)
    return f"; did you mean {near!r}?" if near else ""


def __dir__() -> list[str]:
    """List the public names, for completion, and no module that happens to be loaded."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
