"""Import jsonschema without a grammar that takes a second to build and that nothing here uses.

Jupyter installs rfc3987_syntax, with which jsonschema checks the format of international
addresses; notebooks and charts are not checked for that. Importing this module first saves
the second, in processes that are the package's own. Who imports rfc3987_syntax gets it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

_GRAMMAR = "rfc3987_syntax"

if "jsonschema" not in sys.modules and _GRAMMAR not in sys.modules:
    modules: dict[str, Any] = sys.modules
    modules[_GRAMMAR] = None  # makes Python say that there is none
    try:
        import_module("jsonschema")
    finally:
        del modules[_GRAMMAR]
