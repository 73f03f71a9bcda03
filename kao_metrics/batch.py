"""Many periods: side by side, each by itself, whatever becomes of the others.

A period's report is a task for an executor of `concurrent.futures`: local processes unless
another is given. Tasks share nothing but folders, so any machine that sees the same data,
notebooks and output can run them. What a task is doing is read from the output folder too.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Final

from kao_metrics.failures import DataError
from kao_metrics.kernels.warm import ADDRESS, start_early
from kao_metrics.limits import FEW_ARENAS
from kao_metrics.period import Period
from kao_metrics.report import Options, renew_report
from kao_metrics.report.errors import ReportError, UsageError, WorkerError
from kao_metrics.report.publishing import (
    Publication,
    check_output,
    in_the_making,
    report_name,
)

_AT_ONCE: Final = 4
"""Notebooks that a worker runs at once: while kernels start or stop, another computes."""

_TICK: Final = 0.2
"""Seconds between looks at what is going on."""

_MOST_DEATHS: Final = 2
"""A period in whose making this many workers died is not tried again."""

_PRELOADED: Final = (
    "kao_metrics.quick",
    "kao_metrics.batch",
    "kao_metrics.report.page",
    "kao_metrics.report.listing",
    "papermill",
)
"""What each worker needs; it is imported once, in the process that workers are forked from."""


class Status(StrEnum):
    """What has become of a period."""

    MADE = "made"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a period's report.

    Parameters
    ----------
    period
        Its code.
    status
        Made, unchanged since it was made, or failed.
    seconds
        How long it took.
    message
        Why it failed; empty if it did not.
    """

    period: str
    status: Status
    seconds: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How far a batch is.

    Parameters
    ----------
    outcomes
        By period, what is done.
    running
        By period, how many notebooks are executed.
    notebooks
        How many each period has.
    waiting
        Periods not yet begun.
    seconds
        Since the batch began.
    """

    outcomes: Mapping[str, Outcome]
    running: Mapping[str, int]
    notebooks: int
    waiting: int
    seconds: float

    @property
    def remaining(self) -> float | None:
        """Seconds that the rest will take, from what was made so far; None if nothing was."""
        made = sum(each.status != Status.UNCHANGED for each in self.outcomes.values())
        left = self.waiting + len(self.running)
        return self.seconds / made * left if made else None


def run_batch(  # noqa: PLR0913 - the options of the command
    periods: Sequence[Period],
    options: Options,
    *,
    force: bool = False,
    executor: Executor | None = None,
    jobs: int | None = None,
    watch: Callable[[State], None] = lambda _: None,
) -> list[Outcome]:
    """Make the reports of periods, and the index page of their folder.

    A report that is published and would come out the same is left as it is.

    Parameters
    ----------
    periods
        The half-years.
    options
        How reports are made.
    force
        Whether also those are made that would come out the same.
    executor
        What runs the periods; local processes if left out. All that run them must see the
        same folders.
    jobs
        Number of local processes; one a processor if left out.
    watch
        Called about five times a second.

    Returns
    -------
    list of Outcome
        In the order of the periods.

    Raises
    ------
    UsageError
        If a notebook parameter is unknown or of another type, or there are no notebooks.
    ReportError
        If the output folder or the index page cannot be written.
    """
    from kao_metrics.report.notebooks import find_notebooks  # slow to import

    codes = list(dict.fromkeys(period.code for period in periods))
    number = min(jobs or os.cpu_count() or 1, max(len(codes), 1))
    options = _for_workers(options)
    notebooks = len(find_notebooks(options.notebooks_dir))
    check_output(options.output_dir)
    batch = _Batch(codes, options, notebooks, force=force, watch=watch)
    if executor is not None:
        batch.run(lambda: nullcontext(executor), can_renew=False)
    else:
        batch.run(lambda: local_processes(number), can_renew=True)
    return [batch.outcomes[code] for code in codes]


def _for_workers(options: Options) -> Options:
    """Name folders as any process finds them, and leave processors to the other periods."""
    return replace(
        options,
        data_dir=options.data_dir.absolute(),
        notebooks_dir=options.notebooks_dir.absolute(),
        output_dir=options.output_dir.absolute(),
        at_once=options.at_once or _AT_ONCE,
    )


def make_one(code: str, options: Options, *, force: bool) -> Outcome:
    """Make a period's report, and return rather than raise what is wrong with it alone.

    Raises
    ------
    UsageError
        If the call is wrong for every period.
    """
    begun = time.monotonic()
    status, message = Status.FAILED, ""
    try:
        is_new = renew_report(code, options, force=force).is_new
        status = Status.MADE if is_new else Status.UNCHANGED
    except UsageError:
        raise
    except (DataError, ReportError) as error:
        message = str(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other periods go on
        message = f"{type(error).__name__}: {error}"
    return Outcome(code, status, time.monotonic() - begun, message)


def make_index(output_dir: Path, lang: str, data_dir: Path) -> None:
    """Write the index page of a folder of reports."""
    from kao_metrics.report.listing import write_index  # slow to import

    write_index(output_dir, lang, data_dir)


def get_workers_ready() -> BaseContext:
    """Begin the imports that workers need, and return how workers are started.

    They are forked from a process that has done the imports where that is known to be safe.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver  # POSIX only

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    added = {name: value for name, value in FEW_ARENAS.items() if name not in os.environ}
    os.environ.update(added)
    try:
        forkserver.ensure_running()
    finally:
        for name in added:
            del os.environ[name]
    return context


@contextmanager
def local_processes(number: int) -> Iterator[ProcessPoolExecutor]:
    """Provide an executor of local processes, which end with this one however it ends."""
    start_early()
    pool = ProcessPoolExecutor(
        number,
        get_workers_ready(),
        initializer=_begin_worker,
        initargs=(os.environ.get(ADDRESS, ""),),
    )
    try:
        yield pool
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()


def _begin_worker(address: str) -> None:
    """Share the fork server, leave Ctrl-C to the parent, and end when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ[ADDRESS] = address
    parent = multiprocessing.parent_process()
    if parent is not None:

        def end_with(sentinel: int) -> None:
            wait_for([sentinel])
            os._exit(1)

        threading.Thread(target=end_with, args=(parent.sentinel,), daemon=True).start()


class _Batch:
    """The periods of a batch, done and left."""

    def __init__(
        self,
        codes: list[str],
        options: Options,
        notebooks: int,
        *,
        force: bool,
        watch: Callable[[State], None],
    ) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._left = codes
        self._options = options
        self._notebooks = notebooks
        self._force = force
        self._watch = watch
        self._deaths: Counter[str] = Counter()
        self._begun = time.monotonic()

    def run(
        self, provided: Callable[[], AbstractContextManager[Executor]], *, can_renew: bool
    ) -> None:
        """Run until every period has an outcome, then write the index."""
        while True:
            with provided() as executor:
                self._run_with(executor)
                if not self._left:
                    self._index(executor)
                    return
            if can_renew:
                self._count_deaths()
            else:
                self._give_up(self._left, "what was to make it broke")

    def _run_with(self, executor: Executor) -> None:
        """Run what is left; if the executor breaks on the way, something stays left."""
        options, force = self._options, self._force
        tasks = {executor.submit(make_one, code, options, force=force): code for code in self._left}
        pending: set[Future[Outcome]] = set(tasks)
        try:
            while pending:
                ready, pending = wait(pending, timeout=_TICK, return_when="FIRST_COMPLETED")
                for task in ready:
                    self._take(tasks[task], task)
                self._watch(self._state())
        except BaseException:
            for task in tasks:
                task.cancel()
            raise

    def _take(self, code: str, task: Future[Outcome]) -> None:
        try:
            outcome = task.result()
        except BrokenExecutor:
            return
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001 - such as a cluster that lost its workers
            outcome = Outcome(code, Status.FAILED, 0, f"{type(error).__name__}: {error}")
            self._keep(code, outcome.message)
        self.outcomes[code] = outcome
        self._left = [each for each in self._left if each != code]

    def _state(self) -> State:
        """Look at what is in the making: each executed notebook is a file there."""
        running = {}
        for code in self._left:
            folder = in_the_making(self._options.output_dir, self._name(code)) / "files"
            if folder.exists():
                running[code] = sum(1 for _ in folder.glob("*.ipynb"))
        waiting = len(self._left) - len(running)
        seconds = time.monotonic() - self._begun
        return State(dict(self.outcomes), running, self._notebooks, waiting, seconds)

    def _count_deaths(self) -> None:
        """Find whose making ended with its worker, and give those up that did twice."""
        dead = [
            code
            for code in self._left
            if in_the_making(self._options.output_dir, self._name(code)).exists()
        ]
        self._deaths.update(dead or self._left)
        self._give_up(
            [code for code in self._left if self._deaths[code] >= _MOST_DEATHS],
            f"the process that made it died, {_MOST_DEATHS} times",
        )

    def _give_up(self, codes: Sequence[str], reason: str) -> None:
        for code in codes:
            self.outcomes[code] = Outcome(code, Status.FAILED, 0, f"{code}: {reason}")
            self._keep(code, f"{code}: {reason}")
        self._left = [code for code in self._left if code not in self.outcomes]

    def _keep(self, code: str, message: str) -> None:
        """Keep beside a report's place why it could not be made, for the index."""
        error = WorkerError(message)
        with Publication(self._options.output_dir, Period.parse(code), self._options.lang) as it:
            it.keep_failure(error)

    def _index(self, executor: Executor) -> None:
        """Write the index where the imports for it are done already, if there still is such."""
        where = (self._options.output_dir, self._options.lang, self._options.data_dir)
        try:
            executor.submit(make_index, *where).result()
        except BrokenExecutor:
            make_index(*where)

    def _name(self, code: str) -> str:
        return report_name(Period.parse(code), self._options.lang)
