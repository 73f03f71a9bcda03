"""What a period costs: the same notebooks three ways, in one run, on one machine.

    python tests/benchmarks/batch.py               a, b and c; about three minutes
    python tests/benchmarks/batch.py --flat        also 5 and 100 periods; three minutes more

(a) is one papermill and one nbconvert command a notebook; (b) is one Python process that
calls both, with ordinary kernels; (c) is this package's own command. (a) and (b) run the
notebooks and export each; only (c) also makes one page of them, with data and checksums.
Memory is what all processes of a run take together, shared pages counted once. The periods
are those of data/examples/taipei_1999; for 100 of them its tables are copied under codes
that do not exist, and are no figures of anybody.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

TOP = Path(__file__).parent.parent.parent
EXAMPLE = TOP / "data" / "examples" / "taipei_1999"
NOTEBOOKS = sorted((TOP / "notebooks").glob("0*.ipynb"))
BIN = Path(sys.executable).parent
ONE = "2019-S1"

WARM = """
import sys
from pathlib import Path
import papermill
from nbconvert.exporters import HTMLExporter

notebooks, data, folder, *periods = sys.argv[1:]
for period in periods:
    for path in sorted(Path(notebooks).glob("0*.ipynb")):
        target = Path(folder, f"{period}-{path.name}")
        papermill.execute_notebook(
            path, target, parameters={"period": period, "data_dir": data}, progress_bar=False
        )
        body, _ = HTMLExporter(exclude_input=True).from_filename(str(target))
        target.with_suffix(".html").write_text(body, encoding="utf-8")
"""


def main() -> None:
    """Measure, and print a line for each way."""
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("--flat", action="store_true", help="also 5 and 100 periods")
    wanted = given.parse_args()
    print(
        f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {len(NOTEBOOKS)} notebooks"
    )
    every = [path.stem for path in sorted((EXAMPLE / "complaints").glob("*.csv"))]
    base, _ = measured("(a) commands, 1 period", [commands], 1)
    measured("(b) one process, 1 period", [lambda folder: warm(folder, [ONE])], 1, base)
    measured("(b) one process, 3 periods", [lambda folder: warm(folder, every[:3])], 3, base)
    measured("(c) report, 1 period", [lambda folder: own("report", ONE, folder=folder)], 1, base)
    one = [lambda folder: own("report", "107H1", folder=folder, data=TOP / "data")]
    measured("(c) report 107H1, more figures", one, 1, None)
    alone = [lambda folder: own("batch", ONE, folder=folder)]
    measured("(c) batch, 1 period", alone, 1, base)
    batch = [lambda folder: own("batch", "--all", folder=folder)]
    measured(f"(c) batch, {len(every)} periods", batch, len(every), base)
    if wanted.flat:
        for number in (5, 100):
            with tempfile.TemporaryDirectory() as data:
                copies(Path(data), every, number)
                many = [lambda folder: own("batch", "--all", folder=folder, data=data)]
                measured(f"(c) batch, {number} periods", many, number, base)


def measured(name, runs, periods, base=None):
    """Run, and print seconds a period, how many times as fast as (a), and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        peak = max(run(Path(folder)) for run in runs)
        seconds = (time.perf_counter() - begun) / periods
    times = f"{base / seconds:6.1f} times as fast as (a)" if base else ""
    print(f"{name:34} {seconds:7.2f} s a period  {peak / 1e6:6.0f} MB  {times}", flush=True)
    return seconds, peak


def commands(folder):
    """(a) as a shell script does it."""
    script = []
    for path in NOTEBOOKS:
        target = folder / path.name
        script.append(
            f"{BIN}/papermill --log-level ERROR --no-progress-bar -p period {ONE} "
            f"-p data_dir {EXAMPLE} {path} {target} && "
            f"{BIN}/jupyter nbconvert --log-level ERROR --to html --no-input {target}"
        )
    return watched(["sh", "-ec", "\n".join(script)])


def warm(folder, periods):
    """(b) as a program does it that knows both libraries."""
    folders = [str(each) for each in (TOP / "notebooks", EXAMPLE, folder)]
    return watched([sys.executable, "-c", WARM, *folders, *periods])


def own(*arguments, folder, data=EXAMPLE):
    """(c) as README says."""
    options = [f"--data-dir={data}", f"--output-dir={folder}", f"--notebooks-dir={TOP}/notebooks"]
    return watched([BIN / "kao-metrics", *arguments, *options])


def watched(command):
    """Run a command and return the most memory that it and its processes took."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=TOP, text=True
    )
    peak = [0]

    def watch():
        while process.poll() is None:
            peak[0] = max(peak[0], memory(process.pid))
            time.sleep(2)  # looking takes time of its own

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, said = process.communicate()
    watcher.join()
    if process.returncode:
        sys.exit(said)
    return peak[0]


def memory(pid):
    """Sum what processes take, shared pages by their share."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for each in family:
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def copies(data, codes, number):
    """Write a folder of that many half-years, with the example's tables under other codes."""
    (data / "complaints").mkdir(parents=True)
    for name in ("sources.toml", "remarks.toml"):
        shutil.copy(EXAMPLE / name, data)
    lines = ["period,covers_from,covers_to,council_term,council_session,tables"]
    for place in range(number):
        year, half = 1970 + place // 2, place % 2 + 1
        old = codes[1 + half - 1 + 2 * (place // 2 % 9)]  # whole half-years of the same half
        text = (EXAMPLE / f"complaints/{old}.csv").read_text(encoding="utf-8")
        made = text.replace(f"{old[:4]}-", f"{year}-")
        (data / f"complaints/{year}-S{half}.csv").write_text(made, encoding="utf-8")
        first, last = ("01-01", "06-30") if half == 1 else ("07-01", "12-31")
        lines.append(f"{year}-S{half},{year}-{first},{year}-{last},,,complaints")
    (data / "periods.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
