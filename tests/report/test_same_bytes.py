"""The same data, notebooks and code give the same page: elsewhere, later, on another machine."""

import os
import shutil
import subprocess
import sys

import pytest

CONFIG = '<?xml version="1.0"?><fontconfig><dir>{}</dir><cachedir>{}</cachedir></fontconfig>'


@pytest.fixture
def elsewhere(tmp_path, data_dir, notebooks_dir):
    """Another folder with the same data and notebooks, and an environment without fonts."""
    project = tmp_path / "another place, 另一處"
    shutil.copytree(data_dir, project / "data")
    shutil.copytree(notebooks_dir, project / "notebooks")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts.conf").write_text(CONFIG.format(tmp_path / "fonts", tmp_path / "cache"))
    environment = os.environ | {
        "FONTCONFIG_FILE": str(tmp_path / "fonts.conf"),
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "7",
        "TZ": "America/New_York",
    }
    return project, environment


def test_a_page_made_elsewhere_by_another_process_is_the_same_bytes(report, elsewhere):
    project, environment = elsewhere
    code = "from kao_metrics.cli import app; app()"
    command = [sys.executable, "-c", code, "report", "2018-S1", "--output-dir", "out"]
    subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True)
    assert (project / "out" / report.name).read_bytes() == report.read_bytes()
    results = (project / "out" / report.stem / "results.csv").read_bytes()
    assert results == (report.with_suffix("") / "results.csv").read_bytes()
