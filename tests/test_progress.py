"""What is told of a batch as it goes."""

import io

from rich.console import Console

from kao_metrics import progress
from kao_metrics.batch import Outcome, State, Status

MADE = Outcome("2018-S1", Status.MADE, 2.04)
FAILED = Outcome("2018-S2", Status.FAILED, 1, "notebooks/01.ipynb, cell 2: its kernel died\nmore")


def state(**more):
    given = {"outcomes": {"2018-S1": MADE, "2018-S2": FAILED}, "running": {"2019-S1": 4}}
    return State(**{**given, "notebooks": 6, "waiting": 3, "seconds": 10.0, **more})


def test_a_line_says_what_has_become_of_a_period():
    assert progress.line(MADE) == "2018-S1 made in 2.0 s"
    assert progress.line(FAILED).startswith("2018-S2 failed in 1.0 s: notebooks/01.ipynb, cell 2")
    assert progress.line(Outcome("2018-S1", Status.UNCHANGED, 0)) == "2018-S1 unchanged"


def test_the_rest_takes_as_long_a_period_as_what_was_made():
    assert state().remaining == 20.0  # 10 s for 2 of 6
    unchanged = {"2018-S1": Outcome("2018-S1", Status.UNCHANGED, 0)}
    assert state(outcomes=unchanged).remaining is None


def test_without_a_terminal_each_period_is_a_line_once(capsys):
    with progress.periods(6) as tell:
        tell(state())
        tell(state())
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "2018-S1 made in 2.0 s (1/6, 0:00:20 left)"
    assert said[1].startswith("2018-S2 failed in 1.0 s: ")
    assert said[-1] == "more (2/6, 0:00:20 left)"


def test_a_terminal_shows_failures_first_what_runs_and_how_much_is_left():
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    console.print(progress._table(state(), 6))
    said = console.file.getvalue()
    assert "2/6 periods, 1 failed, 0:00:20 left" in said
    assert said.index("its kernel died") < said.index("2018-S1")
    assert "running 4/6" in said
    assert "3 more" in said
