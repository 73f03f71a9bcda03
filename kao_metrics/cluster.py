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

from kao_metrics.limits import CLUSTER_PATIENCE
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
        connect: Any = Client
        client = connect(address, timeout=CLUSTER_PATIENCE, set_as_default=False)
    except ValueError as error:
        raise UsageError(f"--scheduler {address}: {error}; expected tcp://host:8786") from None
    except OSError as error:
        raise ReportError(
            f"{address}: no Dask scheduler answers: {error}; start one with: dask scheduler"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=CLUSTER_PATIENCE)
        except TimeoutError:
            raise ReportError(
                f"{address}: the scheduler has no workers; start some with: dask worker {address}"
            ) from None
        # Not pure: the same period may be made again, from other data.
        yield client.get_executor(pure=False)
