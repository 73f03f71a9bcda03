"""``kao-metrics init`` and ``kao-metrics lab``: what a person types, sees and gets."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kao_metrics import environment, lab, readers
from kao_metrics.cli import app
from kao_metrics.report.errors import ReportError

STALE = "polars>=999"


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def started(monkeypatch):
    """What would be started, instead of JupyterLab."""
    given = []
    monkeypatch.setattr(lab, "run", lambda *each: given.append(each) or 7)
    return given


@pytest.fixture
def stale(monkeypatch):
    """An environment in which a package is too old."""
    monkeypatch.setattr(environment, "requirements", lambda: [STALE])


@pytest.mark.parametrize("command", ["init", "lab"])
def test_help_shows_examples(command):
    lines = [line.strip() for line in run(command, "--help").stdout.splitlines()]
    assert lines[lines.index("Examples:") + 1].startswith(f"kao-metrics {command}")


def test_a_new_project_says_what_is_next_and_passes_its_check(here):
    done = run("init", "a b")
    assert done.exit_code == 0
    assert done.stdout == "a b\n"
    said = ["  cd 'a b'", "  kao-metrics report 107H1", "  kao-metrics lab"]
    assert done.stderr.splitlines()[1:] == said
    assert run("check", "--data-dir", here / "a b" / "data").exit_code == 0


def test_where_one_is_there_is_no_folder_to_change_to(here):
    done = run("init", ".")
    assert done.exit_code == 0
    assert "  cd" not in done.stderr
    assert (here / "notebooks").is_dir()


def test_a_folder_that_is_not_empty_is_named_and_left_alone(here):
    (here / "mine").mkdir()
    (here / "mine" / "README.md").write_text("mine", encoding="utf-8")
    done = run("init", "mine")
    assert done.exit_code == 2
    assert done.stderr == (
        "error: mine: the folder is not empty; nothing was changed; "
        "name a folder that is new or empty\n"
    )
    assert [each.read_text("utf-8") for each in (here / "mine").iterdir()] == ["mine"]


def test_lab_opens_the_notebooks_and_ends_as_jupyterlab_ends(here, started):
    (here / "notebooks").mkdir()
    (here / "figures").mkdir()
    done = run("lab", "--data-dir", "figures", "--no-browser", "--", "--port", "9000")
    assert done.exit_code == 7
    ((command, made),) = started
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert {"--port", "9000", "--no-browser", f"--ServerApp.root_dir={here}"} <= set(command)
    assert Path(made[readers.DATA_DIR]) == here / "figures"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ([], 1, "error: notebooks: no such folder; change to the folder of a project"),
        (["--notebooks-dir", "x"], 1, "make a project with: kao-metrics init DIR"),
        (["--notebooks-dir", ".", "--data-dir", "x"], 1, "error: x: no such folder"),
        (["project"], 2, "error: project: no option; --notebooks-dir names the notebooks"),
        (["--notebook-dir", "x"], 2, "No such option"),
    ],
)
@pytest.mark.usefixtures("here")
def test_lab_without_its_folders_says_what_to_do(started, arguments, status, said):
    done = run("lab", *arguments)
    assert done.exit_code == status
    assert said in done.stderr
    assert started == []


@pytest.mark.usefixtures("stale")
def test_lab_in_a_stale_environment_says_how_to_renew_it(here, started):
    (here / "notebooks").mkdir()
    done = run("lab")
    assert done.exit_code == 1
    found, remedy = done.stderr.splitlines()
    assert found.startswith("error: polars: found ")
    assert found.endswith("; needed >=999")
    assert f"{sys.executable} -m pip install" in remedy
    assert STALE in remedy
    assert started == []


@pytest.mark.parametrize(
    "error", [ImportError("no read_csv"), AttributeError("no lit"), ReportError("cell 2 failed")]
)
@pytest.mark.usefixtures("stale")
def test_what_fails_in_a_stale_environment_says_how_to_renew_it(monkeypatch, error):
    def fail(_):
        raise error

    monkeypatch.setattr(readers, "open_data", fail)
    done = run("check")
    assert done.exit_code == 1
    first, second, last = done.stderr.splitlines()
    assert str(error) in first
    assert second.startswith("error: polars: found ")
    assert STALE in last


def test_an_error_in_a_good_environment_is_not_laid_at_its_door(monkeypatch):
    def fail(_):
        raise AttributeError("no lit")

    monkeypatch.setattr(readers, "open_data", fail)
    assert isinstance(run("check").exception, AttributeError)
