"""Run a report's notebooks with Papermill, side by side, each in a kernel of its own.

A notebook that fails is kept as far as it came, and what is said of it names the cell and
the line. A cell over its time limit is interrupted first, because then Python tells where
it was; only if that does not help is its kernel killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import nbformat

from kao_metrics.kernels.folders import private_folder
from kao_metrics.limits import GRACE, TIME_LIMIT
from kao_metrics.report.errors import NotebookError, Reason, ReportError
from kao_metrics.report.notebooks import Notebook

_ENGINE: Final = "kao-metrics"
_ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(slots=True)
class _Attempt:
    """A run of a notebook as it goes: what it has so far, and the cell that was too slow."""

    node: nbformat.NotebookNode | None = None
    manager: Any = None
    late: nbformat.NotebookNode | None = None

    def kill(self) -> None:
        """End the kernel, if there is one."""
        with contextlib.suppress(AttributeError):  # has none yet, or no more
            self.manager.provisioner.process.kill()


@dataclass(frozen=True, slots=True)
class Settings:
    """How a report's notebooks are run.

    Parameters
    ----------
    time_limit
        Seconds that a cell may take.
    at_once
        How many run at the same time; one a processor if left out.
    env
        What kernels find in their environment besides what is there.
    """

    time_limit: int = TIME_LIMIT
    at_once: int | None = None
    env: Mapping[str, str] = field(default_factory=dict)


def run_all(
    notebooks: list[tuple[Notebook, dict[str, Any]]],
    folder: Path,
    progress: Callable[[str, int, int], None],
    settings: Settings,
) -> list[Notebook]:
    """Run notebooks side by side, and keep their order.

    Raises
    ------
    NotebookError
        For the first notebook, in their order, that fails; those not begun are left.
    """
    running: dict[Future[Notebook], str] = {}
    attempts: list[_Attempt] = []
    with ThreadPoolExecutor(max_workers=settings.at_once or os.cpu_count()) as pool:
        try:
            for notebook, values in notebooks:
                attempts.append(_Attempt())
                task = pool.submit(run, notebook, values, folder, settings, attempts[-1])
                running[task] = notebook.name
            _follow(running, progress)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            _stop(running, attempts)
            raise
        return [each.result() for each in running]


def _follow(running: Mapping[Future[Notebook], str], progress: Callable[..., None]) -> None:
    """Tell of each notebook that is done, until all are or one fails."""
    left, done = set(running), 0
    while left:
        ready, left = wait(left, return_when="FIRST_COMPLETED")
        for task in (each for each in running if each in ready):
            task.result()
            done += 1
            progress(running[task], done, len(running))


def _stop(running: Mapping[Future[Notebook], str], attempts: list[_Attempt]) -> None:
    """End the kernels of what still runs, and wait for that; a new one may just begin."""
    # Not what wait calls done: to it, a task that was cancelled before it began never is.
    while left := [task for task in running if not task.done()]:
        for attempt in attempts:
            attempt.kill()
        wait(left, timeout=0.1)


def run(
    notebook: Notebook,
    values: Mapping[str, Any],
    folder: Path,
    settings: Settings = Settings(),
    attempt: _Attempt | None = None,
) -> Notebook:
    """Run a notebook and keep the executed one in a folder.

    Raises
    ------
    NotebookError
        If a cell fails, takes too long, or the kernel dies; names notebook, cell and line,
        and has the notebook as far as it came.
    """
    # Slow to import, and not needed until a notebook runs.
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from kao_metrics.kernels.manager import kernel_manager

    attempt = _Attempt() if attempt is None else attempt
    target = str(folder / notebook.path.name)
    _register_engine()
    with private_folder() as sockets:
        try:
            node = papermill.execute_notebook(
                notebook.node,
                target.replace("{", "{{").replace("}", "}}"),  # papermill formats paths
                parameters=dict(values),
                engine_name=_ENGINE,
                attempt=attempt,
                kernel_name="python3",
                kernel_manager_class=kernel_manager(sockets, settings.env),
                # Not cwd: papermill would change the directory of the whole process.
                resources={"metadata": {"path": str(notebook.path.parent.resolve())}},
                execution_timeout=settings.time_limit,
                shutdown_kernel="immediate",
                progress_bar=False,
                request_save_on_cell_execute=False,
            )
        except PapermillExecutionError as error:
            raise _failed(notebook, attempt, settings, bool(values), error) from None
        except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
            raise _failed(notebook, attempt, settings, bool(values), error) from None
        except nbformat.ValidationError as error:
            raise ReportError(f"{notebook.path}: no valid notebook: {error.message}") from None
        finally:
            _close_event_loop()
    if attempt.late is not None:  # it took no notice of the interrupt, and ended all the same
        raise _failed(notebook, attempt, settings, bool(values), None)
    _tidy(node)
    nbformat.write(node, target)
    return replace(notebook, node=node)


def _tidy(node: nbformat.NotebookNode) -> None:
    """Take out what Papermill keeps of where a notebook was run: that is nobody's business."""
    for name in ("input_path", "output_path"):
        node.metadata.get("papermill", {}).pop(name, None)


@cache
def _register_engine() -> None:
    """Teach Papermill to keep a notebook as it runs, and to interrupt a cell that is late."""
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines

    class Client(PapermillNotebookClient):  # type: ignore[misc]  # papermill is not typed
        """Interrupt a cell over its limit, and kill its kernel if that does not help."""

        attempt: _Attempt

        async def _async_handle_timeout(self, _seconds: int, cell: Any = None) -> None:
            self.attempt.late = cell
            await self.km.interrupt_kernel()
            asyncio.get_running_loop().call_later(GRACE, self.attempt.kill)

        async def async_start_new_kernel(self, **given: Any) -> None:
            self.attempt.manager = self.km
            await super().async_start_new_kernel(**given)

    class Engine(NBClientEngine):  # type: ignore[misc]  # as above
        """Papermill's own engine, with the client above."""

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, *, attempt: _Attempt, **given: Any
        ) -> Any:
            attempt.node = nb_man.nb
            given["timeout"] = given.pop("execution_timeout")
            given["startup_timeout"] = given.pop("start_timeout")
            for name in ("input_path", "log_output", "stdout_file", "stderr_file"):
                given.pop(name, None)
            client = Client(nb_man, kernel_name=kernel_name, **given)
            client.attempt = attempt
            return client.execute()

    papermill_engines.register(_ENGINE, Engine)


def _close_event_loop() -> None:
    """Close the loop that nbclient opened in this thread and leaves open."""
    from jupyter_core.utils import ensure_event_loop  # slow to import

    loop = ensure_event_loop()
    if not loop.is_running():
        loop.close()


def _failed(
    notebook: Notebook,
    attempt: _Attempt,
    settings: Settings,
    is_injected: bool,  # noqa: FBT001 - whether Papermill has added a cell
    error: Any,
) -> NotebookError:
    """Say which cell and line of a notebook is at fault, and what is the matter."""
    cell, number = _at_fault(attempt)
    source = (cell.get("source") or "") if cell is not None else ""
    number -= is_injected  # as Run All counts, without Papermill's own cell
    trace = _ANSI.sub("", "\n".join(getattr(error, "traceback", None) or ()))
    found = re.search(r"Cell In\[\d+\], line (\d+)|^-+> (\d+) ", trace, re.MULTILINE)
    line = int(found[1] or found[2]) if found else 0
    place = str(notebook.path)
    place += f", cell {number}" if number > 0 else ""
    place += f", line {line}" if line else ""
    if attempt.late is not None:
        reason, what = Reason.TIME, f"took more than {settings.time_limit} seconds"
    elif hasattr(error, "ename"):
        reason, what = Reason.CELL, f"{error.ename}: {error.evalue}"
    else:
        reason, what = Reason.KERNEL, f"its kernel died ({error})"
    lines = source.splitlines()
    # Lines are counted from the cell's first; what is shown is the one at fault.
    shown = f"\n    {lines[line - 1].strip()}" if 0 < line <= len(lines) else ""
    if attempt.node is not None:
        _tidy(attempt.node)
    return NotebookError(f"{place}: {what}{shown}", reason, notebook.path.name, attempt.node)


def _at_fault(attempt: _Attempt) -> tuple[Any, int]:
    """Return the cell that was late or was begun last, and its number among the code cells."""
    found, number = None, 0
    cells = attempt.node.cells if attempt.node is not None else ()
    for place, cell in enumerate((each for each in cells if each.cell_type == "code"), start=1):
        if cell.metadata.get("papermill", {}).get("start_time"):
            found, number = cell, place
        if cell is attempt.late:
            break
    return found, number
