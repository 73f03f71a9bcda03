"""A real Dask scheduler and two workers on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from kao_metrics.batch import Status, run_batch
from kao_metrics.cluster import dask_executor
from kao_metrics.kernels.warm import ADDRESS
from kao_metrics.period import Period
from kao_metrics.report import Options
from kao_metrics.report.errors import ReportError, UsageError

EXAMPLE = Path(__file__).parent.parent / "data" / "examples" / "taipei_1999"
PERIODS = ("2015-S2", "2016-S1", "2016-S2", "2017-S1")
DASK = [sys.executable, "-m", "dask"]


class Cluster:
    """A scheduler and workers, each a process."""

    def __init__(self, folder, stack):
        self._folder, self._stack = folder, stack
        self.workers = []
        self._file = folder / "scheduler.json"
        self._start(["scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard"])
        until = time.monotonic() + 30
        while not self._file.exists():
            assert time.monotonic() < until
            time.sleep(0.1)

    def add_worker(self):
        kept = f"--local-directory={self._folder}"
        alone = ["--nthreads=1", "--no-nanny", "--no-dashboard", "--host=127.0.0.1"]
        self.workers.append(self._start(["worker", *alone, kept]))

    @property
    def address(self):
        import json

        return json.loads(self._file.read_text(encoding="utf-8"))["address"]

    def _start(self, arguments):
        process = self._stack.enter_context(
            subprocess.Popen(
                [*DASK, *arguments, f"--scheduler-file={self._file}"],
                env={**os.environ, ADDRESS: ""},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        self._stack.callback(process.kill)
        return process


@pytest.fixture
def cluster(tmp_path):
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


@pytest.fixture
def options(tmp_path, notebooks_dir):
    (tmp_path / "notebooks").mkdir()
    for name in ("01_overview", "04_complaints"):
        shutil.copy(notebooks_dir / f"{name}.ipynb", tmp_path / "notebooks")
    return Options(EXAMPLE, tmp_path / "notebooks", tmp_path / "reports")


def test_a_worker_that_dies_has_its_periods_made_by_another(cluster, options):
    """One of two workers is killed once the first period is done, in the midst of the next."""
    for _ in range(2):
        cluster.add_worker()
    killed = []

    def kill_one(state):
        if state.outcomes and not killed:
            killed.append(cluster.workers[0].pid)
            psutil.Process(killed[0]).kill()

    with dask_executor(cluster.address) as executor:
        executor._client.wait_for_workers(2, timeout=60)
        periods = [Period.parse(each) for each in PERIODS]
        outcomes = run_batch(periods, options, executor=executor, watch=kill_one)
    assert killed
    assert [(each.period, each.status) for each in outcomes] == [
        (code, Status.MADE) for code in PERIODS
    ]
    made = {path.name for path in options.output_dir.glob("*.html")}
    assert made == {"index.html", *(f"{code}.html" for code in PERIODS)}


def test_a_scheduler_without_workers_or_that_is_not_there_is_an_error(cluster, monkeypatch):
    monkeypatch.setattr("kao_metrics.cluster.CLUSTER_PATIENCE", 1)
    with (
        pytest.raises(ReportError, match="no workers; start some with: dask worker tcp://"),
        dask_executor(cluster.address),
    ):
        pass
    with (
        pytest.raises(ReportError, match="no Dask scheduler answers"),
        dask_executor("tcp://127.0.0.1:9"),
    ):
        pass
    with pytest.raises(UsageError, match="expected tcp://host:8786"), dask_executor("nonsense://x"):
        pass
