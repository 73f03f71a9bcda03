"""What the tests share: the real data, copies of it to break, and small frames."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from kao_metrics.analysis import Analysis, analyse
from kao_metrics.period import Period
from kao_metrics.report import make_report

TOP = Path(__file__).parent.parent

# A shared machine is slow at times; the number of examples bounds the work.
settings.register_profile("default", deadline=None)
settings.load_profile("default")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The real figures."""
    return TOP / "data"


@pytest.fixture(scope="session")
def notebooks_dir() -> Path:
    """The real notebooks."""
    return TOP / "notebooks"


@pytest.fixture
def broken(tmp_path: Path, data_dir: Path) -> Path:
    """A copy of the real figures, for a test to break."""
    return Path(shutil.copytree(data_dir, tmp_path / "data"))


@pytest.fixture(scope="session")
def period() -> Period:
    """The first half of 2018 with its covered days."""
    return analyse("107H1", TOP / "data").period


@pytest.fixture(scope="session")
def analysis() -> Analysis:
    """The real report, in Chinese."""
    return analyse("107H1", TOP / "data")


@pytest.fixture(scope="session")
def english() -> Analysis:
    """The real report, in English."""
    return analyse("107H1", TOP / "data", "en")


@pytest.fixture(scope="session")
def report(tmp_path_factory, data_dir: Path, notebooks_dir: Path) -> Path:
    """The page of the real report, made once."""
    folder = tmp_path_factory.mktemp("reports")
    return make_report("107H1", data_dir=data_dir, notebooks_dir=notebooks_dir, output_dir=folder)


@pytest.fixture(scope="session")
def english_report(tmp_path_factory, data_dir: Path, notebooks_dir: Path) -> Path:
    """The page of the real report in English, made once."""
    return make_report(
        "107H1",
        data_dir=data_dir,
        notebooks_dir=notebooks_dir,
        output_dir=tmp_path_factory.mktemp("reports"),
        lang="en",
    )
