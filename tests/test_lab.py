"""How JupyterLab is started; that it works so is seen in tests/browser/test_jupyterlab.py."""

import json
import os
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from kao_metrics import lab
from kao_metrics.lab import SETTINGS, lab_command, lab_environment
from kao_metrics.readers import find_data_dir


def option(command, name):
    (found,) = (each.partition("=")[2] for each in command if each.startswith(f"--{name}="))
    return found


def test_it_is_the_jupyterlab_of_this_python_on_the_folder_above_the_notebooks(notebooks_dir):
    command = lab_command(notebooks_dir, ["--no-browser"])
    assert command[:4] == [sys.executable, "-m", "jupyterlab", "--no-browser"]
    assert option(command, "ServerApp.root_dir") == str(notebooks_dir.parent)
    assert option(command, "LabApp.default_url") == "/lab/tree/notebooks/01_overview.ipynb"


@pytest.mark.parametrize(
    ("folder", "names", "address"),
    [
        (
            "筆記本 1",
            ["02_b.ipynb", "01_總覽.ipynb"],
            "%E7%AD%86%E8%A8%98%E6%9C%AC%201/01_%E7%B8%BD",
        ),
        ("books", ["explore.ipynb"], "books"),
    ],
)
def test_the_first_notebook_is_opened_or_else_the_folder(tmp_path, folder, names, address):
    (tmp_path / folder).mkdir()
    for name in names:
        (tmp_path / folder / name).touch()
    opened = option(lab_command(tmp_path / folder), "LabApp.default_url")
    assert opened.removeprefix("/lab/tree/").startswith(address)


def test_the_folder_of_the_notebooks_may_be_where_one_is(tmp_path, monkeypatch):
    (tmp_path / "books").mkdir()
    monkeypatch.chdir(tmp_path / "books")
    assert option(lab_command(Path()), "ServerApp.root_dir") == str(tmp_path)


def test_paths_of_the_user_come_after_those_of_the_package():
    made = lab_environment({"JUPYTER_PATH": "mine", "PATH": "/bin"})
    assert made["JUPYTER_PATH"].split(os.pathsep) == [str(SETTINGS), "mine"]
    assert made["JUPYTER_CONFIG_PATH"] == str(SETTINGS)
    assert made["PATH"] == "/bin"


def test_the_kernel_of_the_notebooks_is_found_there(monkeypatch, notebooks_dir):
    node = json.loads((notebooks_dir / "01_overview.ipynb").read_text(encoding="utf-8"))
    name = node["metadata"]["kernelspec"]["name"]
    monkeypatch.setenv("JUPYTER_PATH", lab_environment({})["JUPYTER_PATH"])
    assert Path(KernelSpecManager().find_kernel_specs()[name]) == SETTINGS / "kernels" / name


def test_notebooks_find_the_data_folder_that_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in lab_environment({}, Path("figures")).items():
        monkeypatch.setenv(name, value)
    assert find_data_dir() == tmp_path / "figures"
    assert find_data_dir("other") == Path("other")


def test_the_command_takes_the_place_of_this_process(monkeypatch):
    if sys.platform == "win32":
        pytest.skip("a process there cannot become another")
    started = []
    monkeypatch.setattr(os, "execve", lambda *given: started.append(given) or sys.exit(3))
    with pytest.raises(SystemExit):
        lab.run(["python", "-m", "jupyterlab"], {"A": "1"})
    assert started == [("python", ["python", "-m", "jupyterlab"], {"A": "1"})]


def test_elsewhere_it_is_waited_for_even_when_it_is_interrupted(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    waited = []

    class Process:
        def __init__(self, command, env):
            assert (command, env) == (["jupyter"], {})

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def wait(self):
            waited.append(True)
            if len(waited) == 1:
                raise KeyboardInterrupt
            return 5

    monkeypatch.setattr(lab.subprocess, "Popen", Process)
    assert lab.run(["jupyter"], {}) == 5
