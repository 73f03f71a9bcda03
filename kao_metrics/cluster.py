"""A Dask cluster as an executor: the scheduler and workers are started elsewhere.

    dask scheduler
    dask worker tcp://host:8786

Every worker needs this package and must see the same folders. A period whose worker dies is
given to another by the scheduler.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from kao_metrics.report.errors import ReportError, UsageError


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """Provide an executor that runs tasks on a cluster.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://host:8786``.

    Raises
    ------
    UsageError
        If Dask is not installed, or the address is none.
    ReportError
        If no scheduler answers, or it has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--scheduler needs Dask, which is not installed: pip install 'kao-metrics[cluster]'"
        ) from None
    try:
        client: Any = Client(address, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise UsageError(f"--scheduler {address}: {error}; expected tcp://host:8786") from None
    except OSError as error:
        raise ReportError(
            f"{address}: no Dask scheduler answers: {error}; start one with: dask scheduler"
        ) from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise ReportError(
                f"{address}: the scheduler has no workers; start some with: dask worker {address}"
            )
        # Not pure: the same period may be made again, from other data.
        yield client.get_executor(pure=False)
