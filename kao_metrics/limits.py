"""How long things may take, in seconds, and how much."""

from __future__ import annotations

from typing import Final

TIME_LIMIT: Final = 600
"""A cell of a notebook, unless another limit is given."""

GRACE: Final = 5
"""A cell that was interrupted at its limit, until its kernel is killed."""

PATIENCE: Final = 60
"""A fork server, to import and to answer."""

CLUSTER_PATIENCE: Final = 10
"""A scheduler, to answer and to have a worker."""

FEW_ARENAS: Final = {"MALLOC_ARENA_MAX": "2"}
"""Environment of processes that are forked from: threads that come and go would each take a
heap of their own, which every kernel copies page by page."""
