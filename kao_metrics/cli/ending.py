"""How a command ends: messages, exit statuses, and what is written where.

Results go to standard output, progress and messages to standard error. Exit status: 0 done,
1 something failed, 2 wrong use.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from kao_metrics import progress as shown

FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


@contextmanager
def errors(so_far: Callable[[], str] = lambda: "") -> Iterator[None]:
    """Turn the errors that a user can mend into messages and exit statuses."""
    from kao_metrics.labels import LabelError
    from kao_metrics.period import PeriodError

    try:
        yield
    except (PeriodError, LabelError) as error:
        stop(str(error), WRONG_USE)
    except KeyboardInterrupt:
        done = so_far()
        rest = "the same command does the rest" if done else "what was there before is unchanged"
        stop("; ".join(filter(None, ("interrupted", done, rest))), INTERRUPTED)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        raise typer.Exit from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        _stop_if_it_can_be_mended(error)
        raise


def write(content: str | bytes, output: Path | None) -> None:
    """Write to a file, whole or not at all, or to standard output."""
    data = content.encode() if isinstance(content, str) else content
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    from kao_metrics.output import write_whole

    write_whole(output, data)
    shown.say(f"wrote {output}")


def stop_if_stale(*messages: str) -> None:
    """Say which packages are missing or of a wrong version, and how to get them, and end.

    Nothing is said if there are none. The messages, of what else went wrong, come first.
    """
    from kao_metrics.environment import lacking, remedy

    if lacks := lacking():
        for each in (*messages, *lacks):
            shown.say(f"error: {each}")
        stop(f"this Python lacks what kao-metrics needs; get it with: {remedy(lacks)}", FAILED)


def _stop_if_it_can_be_mended(error: Exception) -> None:
    """Say what is wrong with the use, the data, a report or the environment, and end."""
    is_known = isinstance(error, OSError) or type(error).__module__.startswith("kao_metrics.")
    if not is_known:
        # First, because what is imported next may fail for the same reason.
        stop_if_stale(f"{type(error).__name__}: {error}")
    from kao_metrics.failures import DataError
    from kao_metrics.report.errors import ReportError, UsageError

    if isinstance(error, UsageError):
        stop(str(error), WRONG_USE)
    if isinstance(error, DataError):
        for failure in error.failures:
            shown.say(f"error: {failure}")
        stop(f"the data breaks its contract in {len(error.failures)} places", FAILED)
    if isinstance(error, ReportError):
        stop_if_stale(str(error))
    if isinstance(error, ReportError | OSError):
        stop(str(error), FAILED)


def stop(message: str, status: int) -> NoReturn:
    """Say what is wrong, and end with a status."""
    shown.say(f"error: {message}")
    raise typer.Exit(status)
