"""Many periods: made once, made again when needed, and never half."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest

from kao_metrics.batch import Status, run_batch
from kao_metrics.kernels.folders import PREFIX
from kao_metrics.kernels.warm import ADDRESS
from kao_metrics.period import Period
from kao_metrics.report import Options
from kao_metrics.report.errors import ReportError, UsageError
from kao_metrics.report.manifest import differences

EXAMPLE = Path(__file__).parent.parent / "data" / "examples" / "taipei_1999"
PERIODS = ("2015-S2", "2016-S1", "2016-S2", "2017-S1")
COMMAND = [sys.executable, "-m", "kao_metrics", "batch"]
KILLS = int(os.environ.get("KAO_METRICS_KILLS", "2"))
"""How often a batch is killed; 30 when everything is to be tried: see README."""


@pytest.fixture(autouse=True)
def own_temp(monkeypatch):
    """A folder for what a batch keeps while it runs, by which its processes are known, too.

    Other tests, and other reports on this machine, may run at the same time. It is no
    tmp_path: the name of a socket must be short.
    """
    with tempfile.TemporaryDirectory(prefix="kao-", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture
def place(tmp_path, notebooks_dir):
    """A folder with four half-years of the example and two of the notebooks."""
    shutil.copytree(EXAMPLE, tmp_path / "data")
    lines = (EXAMPLE / "periods.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    few = [lines[0], *(line for line in lines if line.startswith(PERIODS))]
    (tmp_path / "data/periods.csv").write_text("".join(few), encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    for name in ("01_overview", "04_complaints"):
        shutil.copy(notebooks_dir / f"{name}.ipynb", tmp_path / "notebooks")
    return tmp_path


def options(place, **more):
    folders = {f"{name}_dir": place / name for name in ("data", "notebooks")}
    return Options(**folders, output_dir=place / "reports", **more)


def made(place, *codes, **how):
    """Run a batch and return what has become of each period."""
    given = how.pop("options", None) or options(place)
    outcomes = run_batch([Period.parse(each) for each in codes or PERIODS], given, **how)
    return {each.period: each for each in outcomes}


def statuses(place, *codes, **how):
    return {code: each.status.value for code, each in made(place, *codes, **how).items()}


def command(place, *arguments, **how):
    folders = [f"--{name}-dir={place / name}" for name in ("data", "notebooks")]
    given = [*COMMAND, *folders, f"--output-dir={place / 'reports'}", *arguments]
    return subprocess.Popen(
        given,
        env={**os.environ, ADDRESS: ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **how,
    )


def finished(process):
    out, err = process.communicate(timeout=180)
    return process.returncode, out, err


def assert_whole(reports, codes=PERIODS):
    """Every report that is there is whole: page, folder and manifest belong together."""
    for page in reports.glob("20*.html"):
        folder = page.with_suffix("")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        digests = {folder / name: each for name, each in manifest["files"].items()}
        digests[page] = manifest["page"][page.name]
        for path, digest in digests.items():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, path
    index = reports / "index.html"
    if index.exists():
        said = index.read_text(encoding="utf-8")
        assert said.rstrip().endswith("</html>")
        assert set(re.findall(r'href="(20[^"]+\.html)"', said)) <= {
            f"{each}.html" for each in codes
        }


def add_cell(place, source, only="2016-S2"):
    """Let a notebook do something in one of the periods."""
    path = place / "notebooks" / "01_overview.ipynb"
    node = nbformat.read(path, as_version=4)
    indented = "\n".join(f"    {line}" for line in source.splitlines())
    node.cells.append(nbformat.v4.new_code_cell(f'if period == "{only}":\n{indented}'))
    nbformat.write(node, path)


def left_running(own_temp):
    """Fork servers, workers and kernels of this test that nobody is the parent of any more."""
    return [
        each.info["cmdline"]
        for each in psutil.process_iter(["cmdline", "ppid", "status", "environ"])
        if each.info["ppid"] == 1
        and each.info["status"] != psutil.STATUS_ZOMBIE
        and (each.info["environ"] or {}).get("TMPDIR") == str(own_temp)
    ]


def wait_until(holds, seconds=10):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_reports_are_made_once_and_again_only_when_something_changed(place):
    assert statuses(place) == dict.fromkeys(PERIODS, "made")
    assert_whole(place / "reports")
    first = {path: path.stat().st_mtime_ns for path in (place / "reports").glob("20*.html")}
    assert statuses(place) == dict.fromkeys(PERIODS, "unchanged")
    assert first == {path: path.stat().st_mtime_ns for path in first}
    # A table, and the half-years whose series it is part of: all later ones.
    table = place / "data/complaints/2016-S2.csv"
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    unread = dict.fromkeys(PERIODS[:2], "unchanged")
    reads = {**unread, "2016-S2": "made", "2017-S1": "made"}
    assert statuses(place) == reads
    os.utime(place / "data/complaints/2017-S1.csv")  # a time is no content
    (place / "reports/2017-S1/results.csv").unlink()
    assert statuses(place) == {**dict.fromkeys(PERIODS, "unchanged"), "2017-S1": "made"}
    assert statuses(place, "2017-S1", force=True) == {"2017-S1": "made"}


def test_a_new_half_year_is_made_alone(place):
    known = place / "data/periods.csv"
    lines = known.read_text(encoding="utf-8").splitlines(keepends=True)
    known.write_text("".join(lines[:3]), encoding="utf-8")
    assert statuses(place, *PERIODS[:2]) == dict.fromkeys(PERIODS[:2], "made")
    known.write_text("".join(lines[:4]), encoding="utf-8")
    expected = {**dict.fromkeys(PERIODS[:2], "unchanged"), PERIODS[2]: "made"}
    assert statuses(place, *PERIODS[:3]) == expected


def test_a_batch_makes_the_same_bytes_as_a_report_alone_and_with_ordinary_kernels(
    place, monkeypatch
):
    statuses(place, "2016-S1")
    page = place / "reports/2016-S1.html"
    warm = page.read_bytes()
    monkeypatch.setenv(ADDRESS, "off")
    with ThreadPoolExecutor(1) as threads:
        assert statuses(place, "2016-S1", force=True, executor=threads) == {"2016-S1": "made"}
    assert page.read_bytes() == warm


def test_notebooks_that_fail_in_some_periods_stop_no_other_and_are_kept(place):
    """An error, a cell that never ends, a kernel that is killed."""
    add_cell(place, "1 / 0", only="2015-S2")
    add_cell(place, "import time\nwhile True:\n    time.sleep(0.1)", only="2016-S1")
    add_cell(place, "import os\nos.kill(os.getpid(), 9)", only="2016-S2")
    found = made(place, options=options(place, time_limit=3))
    said = {
        "2015-S2": r"01_overview\.ipynb, cell 6, line 2: ZeroDivisionError: division by zero",
        "2016-S1": r"01_overview\.ipynb, cell 7, line [34]: took more than 3 seconds",
        "2016-S2": r"01_overview\.ipynb, cell 8: its kernel died",
    }
    assert found["2017-S1"].status is Status.MADE
    index = (place / "reports/index.html").read_text(encoding="utf-8")
    for code, words in said.items():
        assert found[code].status is Status.FAILED
        assert re.search(words, found[code].message), found[code].message
        assert re.search(words, index)
        assert str(place) not in index
        assert f'href="{code}.failed/01_overview.ipynb"' in index
        kept = nbformat.read(place / f"reports/{code}.failed/01_overview.ipynb", as_version=4)
        assert kept.metadata.papermill.parameters.period == code
        assert any(cell.get("outputs") for cell in kept.cells)


def test_a_cell_that_takes_no_notice_of_an_interrupt_loses_its_kernel(place):
    add_cell(
        place, "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    )
    found = made(place, "2016-S2", options=options(place, time_limit=2))
    assert "took more than 2 seconds" in found["2016-S2"].message


def test_an_unreadable_table_fails_its_period_and_what_reads_it_and_goes_when_mended(place):
    table = place / "data/complaints/2017-S1.csv"
    whole = table.read_bytes()
    table.write_bytes(b"\xff\xfe not text")
    found = made(place)
    assert found["2017-S1"].status is Status.FAILED
    assert "2017-S1.csv" in found["2017-S1"].message
    assert {found[code].status for code in PERIODS[:3]} == {Status.MADE}
    assert (place / "reports/2017-S1.failed/failure.json").exists()
    table.write_bytes(whole)
    assert made(place)["2017-S1"].status is Status.MADE
    assert not (place / "reports/2017-S1.failed").exists()
    assert "未能製成" not in (place / "reports/index.html").read_text(encoding="utf-8")


def test_a_failed_update_leaves_the_older_report_and_says_so(place):
    statuses(place, "2016-S2")
    before = (place / "reports/2016-S2.html").read_bytes()
    add_cell(place, "1 / 0")
    assert statuses(place, "2016-S2") == {"2016-S2": "failed"}
    assert (place / "reports/2016-S2.html").read_bytes() == before
    assert "仍為先前發布的版本" in (place / "reports/index.html").read_text(encoding="utf-8")


def test_a_worker_that_is_killed_is_replaced_and_its_period_is_tried_again(place):
    add_cell(
        place,
        "import os, pathlib, psutil, signal\n"
        f"mark = pathlib.Path({str(place / 'killed')!r})\n"
        "if not mark.exists():\n"
        "    mark.touch()\n"
        "    batch = psutil.Process(os.getppid()).parent()\n"
        "    for each in batch.children(recursive=True):\n"
        "        is_forked = 'forkserver import main' in ' '.join(each.cmdline())\n"
        "        if is_forked and each.parent() != batch:\n"
        "            each.kill()",
    )
    process = command(place, *PERIODS, "--jobs", "2")
    status, _, said = finished(process)
    assert (place / "killed").exists()
    assert status == 0, said
    assert_whole(place / "reports")
    assert len(list((place / "reports").glob("20*.html"))) == len(PERIODS)


def test_a_wrong_parameter_stops_the_whole_batch_before_it_begins(place):
    with pytest.raises(UsageError, match="no notebook has a parameter 'months'"):
        made(place, options=options(place, parameters={"months": 6}))
    assert not list((place / "reports").glob("20*"))


def test_an_output_folder_that_cannot_be_written_is_one_error(place):
    (place / "reports").write_bytes(b"a file")
    with pytest.raises(ReportError, match="choose another folder with --output-dir"):
        made(place)


@pytest.mark.skipif(sys.platform != "linux", reason="has no such folder")
def test_a_read_only_output_folder_is_one_error(place):
    process = command(place, "--all", "--output-dir=/sys/reports")
    status, out, said = finished(process)
    assert (status, out) == (1, "")
    assert "error: /sys/reports: the report cannot be written here" in said
    assert "Traceback" not in said


def test_a_full_disk_is_a_clear_error_and_leaves_what_was_there(place):
    """Files may grow no further than 200 kB, and a page is larger."""
    assert statuses(place, "2016-S1") == {"2016-S1": "made"}
    before = (place / "reports/2016-S1.html").read_bytes()

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    process = command(place, "2016-S1", "2016-S2", "--force", preexec_fn=limited)
    status, _, said = finished(process)
    assert status == 1
    assert "could not be written: [Errno 27] File too large" in said
    assert "Traceback" not in said
    assert (place / "reports/2016-S1.html").read_bytes() == before
    assert not (place / "reports/2016-S2.html").exists()
    assert_whole(place / "reports")


def test_two_batches_at_once_make_every_report_once(place):
    both = [command(place, "--all") for _ in range(2)]
    ends = [finished(process) for process in both]
    assert [status for status, *_ in ends] == [0, 0]
    told = "".join(said for *_, said in ends)
    counts = re.findall(r"^made: (\d+), unchanged: (\d+), failed: 0$", told, re.MULTILINE)
    assert sum(int(each) for each, _ in counts) == len(PERIODS)
    assert_whole(place / "reports")


def test_an_interrupt_stops_within_two_seconds_and_leaves_nothing_running(place, own_temp):
    add_cell(place, "import time; time.sleep(600)")
    process = command(place, "2016-S2", "2015-S2", start_new_session=True)
    wait_until((place / "reports/2015-S2.html").exists, 60)
    time.sleep(0.3)
    family = psutil.Process(process.pid).children(recursive=True)
    begun = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    status, _, said = finished(process)
    assert time.monotonic() - begun < 2
    assert status == 130
    assert "interrupted; made: 1, unchanged: 0, failed: 0; the same command" in said
    assert "Traceback" not in said
    wait_until(
        lambda: not any(map(psutil.Process.is_running, family)) and not left_running(own_temp)
    )
    assert_whole(place / "reports")


def test_a_batch_that_is_killed_at_any_moment_is_finished_by_the_next(place, own_temp):
    """Whatever the moment, published files are whole, and a second run does the rest."""
    seed = time.time_ns() % 1_000_000
    moments = random.Random(seed)  # noqa: S311 - nothing secret
    for number in range(KILLS):
        shutil.rmtree(place / "reports", ignore_errors=True)
        process = command(place, "--all")
        time.sleep(moments.uniform(0.2, 9))
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        if (place / "reports").exists():
            assert_whole(place / "reports")
        wait_until(lambda: not left_running(own_temp))
        wait_until(lambda: not any(map(alive, family)))  # noqa: B023 - used at once
        wait_until(lambda: not any(own_temp.glob(f"{PREFIX}*")))
        status, _, said = finished(command(place, "--all"))
        assert status == 0, (seed, number, said)
        assert_whole(place / "reports")
        hidden = [path.suffix for path in (place / "reports/.kao-metrics").iterdir()]
        assert set(hidden) == {".lock"}, (seed, number)
    for page in (place / "reports").glob("20*.html"):
        notebooks = sorted((place / "notebooks").glob("*.ipynb"))
        assert differences(page, place / "data", notebooks) == []


def alive(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_is_going_on_is_told_a_line_a_period_and_failures_set_the_exit_status(place):
    add_cell(place, "1 / 0")
    status, out, said = finished(command(place, "104H2..105H2"))
    assert status == 1
    assert out == f"{place / 'reports/index.html'}\n"
    assert len(re.findall(r"^201\d-S\d made in [\d.]+ s \(\d/3", said, re.MULTILINE)) == 2
    assert "error: 2016-S2 failed" in said
    assert "cell 6, line 2: ZeroDivisionError" in said
    assert said.splitlines()[-1] == "made: 2, unchanged: 0, failed: 1"
