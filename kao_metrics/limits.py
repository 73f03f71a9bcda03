"""How long things may take, in seconds."""

from __future__ import annotations

from typing import Final

TIME_LIMIT: Final = 600
"""A cell of a notebook, unless another limit is given."""

GRACE: Final = 5
"""A cell that was interrupted at its limit, until its kernel is killed."""

PATIENCE: Final = 60
"""A fork server, to import and to answer."""
