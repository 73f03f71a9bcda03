"""Two releases that are small, so that comparing them takes no time."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest
from restating import small

from kao_metrics.analysis import analyse


@pytest.fixture(scope="session")
def old(tmp_path_factory, data_dir: Path) -> Path:
    """The real figures of the retirement reserve and of the counted services."""
    return small(tmp_path_factory.mktemp("releases") / "old", data_dir)


@pytest.fixture(scope="session")
def results(old: Path) -> pl.DataFrame:
    """What was published of them."""
    return analyse("107H1", old).results


@pytest.fixture
def new(old: Path, tmp_path: Path) -> Path:
    """A copy of them, for a test to change."""
    return Path(shutil.copytree(old, tmp_path / "new"))
