"""What is installed is held against what is needed."""

import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from kao_metrics import environment
from kao_metrics.environment import Lack, lacking, remedy, requirements


def test_the_environment_of_the_tests_lacks_nothing():
    assert lacking() == []


def test_a_clone_is_asked_what_it_needs_and_not_when_it_was_installed():
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert requirements() == project["dependencies"]


def test_elsewhere_the_metadata_say_what_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "_TOP", tmp_path)
    assert any(each.startswith("jupyterlab") for each in requirements())


@pytest.mark.parametrize("text", ["[project", "[tool]", '[project]\nname = "other"'])
def test_a_file_that_does_not_say_it_is_passed_over(tmp_path, monkeypatch, text):
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(environment, "_TOP", tmp_path)
    assert any(each.startswith("jupyterlab") for each in requirements())


def test_what_is_missing_and_what_is_too_old_is_found_and_nothing_else():
    needed = [
        "pytest>=1",
        "pytest>=999",
        "no-such-thing",
        "no-such-thing>=2; python_version < '3'",
        "no-such-thing; extra == 'test'",
    ]
    old, missing = lacking(needed)
    assert (old.name, old.needed) == ("pytest", ">=999")
    assert old.found == pytest.__version__
    assert missing == Lack("no-such-thing", "", "")
    assert str(missing) == "no-such-thing: found none; needed any version"


def test_an_environment_without_what_compares_versions_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "packaging.requirements", None)
    assert lacking() == [Lack("packaging", "", ">=25.0")]


def test_the_remedy_is_one_command_for_this_python(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "_TOP", tmp_path)
    command = remedy([Lack("polars", "1.0", ">=2.0,<3"), Lack("lark", "", "")])
    words = [sys.executable, "-m", "pip", "install"]
    assert shlex.split(command) == [*words, "polars>=2.0,<3", "lark"]


def test_the_remedy_takes_the_tested_versions_of_a_clone():
    assert "-c" in shlex.split(remedy([Lack("polars", "1.0", ">=2.0")]))
