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
    from kao_metrics import charts, sentences, tables
    from kao_metrics.analysis import Analysis, analyse
    from kao_metrics.display import computed, key_figures, notes, show, source_list
    from kao_metrics.failures import DataError
    from kao_metrics.importing.exports import import_exports
    from kao_metrics.metrics import (
        complaints,
        retirement_accounts,
        retirement_reserve,
        services,
        workforce,
    )
    from kao_metrics.period import Period, PeriodError
    from kao_metrics.readers import open_data, read_stated
    from kao_metrics.report import make_report

__version__ = "0.1.0"

_HOMES: Final = {
    "Analysis": "analysis",
    "DataError": "failures",
    "Period": "period",
    "PeriodError": "period",
    "analyse": "analysis",
    "charts": "",
    "complaints": "metrics",
    "computed": "display",
    "import_exports": "importing.exports",
    "key_figures": "display",
    "make_report": "report",
    "notes": "display",
    "open_data": "readers",
    "read_stated": "readers",
    "retirement_accounts": "metrics",
    "retirement_reserve": "metrics",
    "sentences": "",
    "services": "metrics",
    "show": "display",
    "source_list": "display",
    "tables": "",
    "workforce": "metrics",
}
"""By public name, the module that has it; a module of the package where that is empty."""

__all__ = [
    "Analysis",
    "DataError",
    "Period",
    "PeriodError",
    "analyse",
    "charts",
    "complaints",
    "computed",
    "import_exports",
    "key_figures",
    "make_report",
    "notes",
    "open_data",
    "read_stated",
    "retirement_accounts",
    "retirement_reserve",
    "sentences",
    "services",
    "show",
    "source_list",
    "tables",
    "workforce",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if "altair" in sys.modules and "IPython" in sys.modules:
        # A notebook's own charts are drawn without a network too, once both are imported.
        import_module(f"{__name__}.display")
    if not _HOMES[name]:
        return import_module(f"{__name__}.{name}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return sorted([*globals(), *__all__])
