"""The built wheel is enough: a new project from it makes the report, without this clone."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from kao_metrics.report import verify

TOP = Path(__file__).parent.parent
MOST = 1_500_000
"""Bytes of a wheel that is still easily passed on."""


def run(*command, cwd):
    """Run a command that knows nothing of this clone."""
    ours = ("PYTHON", "VIRTUAL_ENV", "KAO_METRICS", "PYTEST", "PIP_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    environment["JUPYTER_PATH"] = str(Path(sys.prefix, "share", "jupyter"))
    done = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this clone."""
    if find_spec("hatchling") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no hatchling in this Python")
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=TOP)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A Python with the wheel; what the wheel needs is shared with this one, but not the clone.

    A .pth file in a folder that is shared by a .pth file is not read, so that an editable
    installation stays behind.
    """
    folder = tmp_path_factory.mktemp("clean")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    names = {"base": str(folder), "platbase": str(folder)}
    programs, packages = (
        Path(sysconfig.get_path(name, "venv", names)) for name in ("scripts", "purelib")
    )
    python = programs / Path(sys.executable).name
    install = ("--python", python, "install", "--no-deps", "--no-index", "--no-compile", wheel)
    run(sys.executable, "-m", "pip", "-q", *install, cwd=folder)
    shared = [each for each in sys.path if Path(each).name in ("site-packages", "dist-packages")]
    (packages / "shared.pth").write_text("\n".join(shared), encoding="utf-8")
    return programs


def test_the_wheel_is_small_and_has_each_file_once(wheel):
    assert wheel.stat().st_size < MOST
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert len(set(names)) == len(names)
    assert sum(name.endswith("/01_overview.ipynb") for name in names) == 1
    assert not [name for name in names if "checkpoint" in name or name.endswith(".pyc")]


def test_a_new_project_from_the_wheel_makes_the_report(installed, tmp_path):
    kao_metrics = installed / "kao-metrics"
    where = "import kao_metrics, sys; print(kao_metrics.__file__, *sys.path, sep='\\n')"
    seen = run(installed / "python", "-c", where, cwd=tmp_path).splitlines()
    assert not {str(TOP), str(TOP / "kao_metrics" / "__init__.py")} & set(seen)

    run(kao_metrics, "init", "p", cwd=tmp_path)
    project = tmp_path / "p"
    run(kao_metrics, "check", cwd=project)
    assert run(kao_metrics, "report", "107H1", cwd=project) == "reports/2018-S1.html\n"
    page = project / "reports" / "2018-S1.html"
    text = page.read_text(encoding="utf-8")
    assert "88.4%" in text
    assert str(TOP) not in text

    folders = {"data_dir": project / "data", "notebooks_dir": project / "notebooks"}
    assert verify(page, **folders) == [], "the wheel does not have the code of this clone"
