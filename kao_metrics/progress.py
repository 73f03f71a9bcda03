"""What a terminal shows of long work; where there is no terminal, plain lines.

All of it goes to standard error: results have standard output for themselves.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.table import Table

    from kao_metrics.batch import Outcome, State

_LATEST: Final = 8
"""Periods that are done and still shown while others run."""


def say(message: str) -> None:
    """Write a line to standard error."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201 - that is what it is for


@contextmanager
def steps(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show the steps of one piece of work: a bar on a terminal, a line each elsewhere."""
    from rich.console import Console  # slow to import

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name, done, total: say(f"{title} {done}/{total} {name}")
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def progress(name: str, done: int, total: int) -> None:
            bar.update(task, description=f"{title} {name}", completed=done, total=total)

        yield progress


@contextmanager
def periods(total: int) -> Iterator[Callable[[State], None]]:
    """Show a batch as it goes: a table on a terminal, a line for each period elsewhere."""
    from rich.console import Console  # slow to import

    console = Console(stderr=True)
    if not console.is_terminal:
        told: set[str] = set()

        def tell(state: State) -> None:
            for code, outcome in state.outcomes.items():
                if code not in told:
                    told.add(code)
                    say(f"{line(outcome)} ({len(told)}/{total}{_left(state)})")

        yield tell
        return
    from rich.live import Live

    with Live(console=console, transient=True, refresh_per_second=5) as live:
        yield lambda state: live.update(_table(state, total))


def line(outcome: Outcome) -> str:
    """Say what has become of a period; of a failure what is at fault comes last."""
    said = f"{outcome.period} {outcome.status}"
    if outcome.seconds:
        said += f" in {outcome.seconds:.1f} s"
    return f"{said}: {outcome.message}" if outcome.message else said


def _left(state: State) -> str:
    if state.remaining is None or not state.remaining:
        return ""
    return f", {dt.timedelta(seconds=round(state.remaining))} left"


def _table(state: State, total: int) -> Table:
    """Draw what runs, the failures and what was done last."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    done = len(state.outcomes)
    failed = [each for each in state.outcomes.values() if each.message]
    latest = [each for each in list(state.outcomes.values())[-_LATEST:] if not each.message]
    title = f"{done}/{total} periods"
    title += f", {len(failed)} failed" if failed else ""
    shown = Table(title=title + _left(state), title_justify="left", box=None, pad_edge=False)
    for name in ("period", "status", "notebooks", "seconds"):
        shown.add_column(name, justify="right" if name == "seconds" else "left")
    for each in (*failed[-_LATEST:], *latest):
        style = "bold red" if each.message else ""
        last = each.message.splitlines()[0] if each.message else ""
        status = Text(each.status, style=style)
        shown.add_row(each.period, status, Text(last, overflow="ellipsis"), f"{each.seconds:.1f}")
    for code, count in state.running.items():
        bar = ProgressBar(total=state.notebooks, completed=count, width=20)
        shown.add_row(code, f"running {count}/{state.notebooks}", bar, "")
    if state.waiting:
        shown.add_row(f"{state.waiting} more", "waiting", "", "")
    return shown
