"""What ten million case rows cost: to counts by period, stage and category, four ways.

    python tests/benchmarks/cases.py                    10 million rows, CSV and Parquet
    python tests/benchmarks/cases.py --rows 100000000   100 million, Parquet only

The rows are made up and about nobody; dates are in the ROC calendar and words are Chinese, as
exports have them, and each row has columns that are not counted. Ours is what
`kao-metrics import` does between opening the file and knowing the rows of the table, each cell
read by its field; with the search for exact duplicates it does all that an import does. Each
way runs in a process of its own; seconds are without its imports, memory is the most that was
resident.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

CATEGORIES = (
    *("食品", "服飾", "電器與資訊", "車輛", "運輸"),
    *("旅遊", "電信", "線上遊戲", "補習教育", "醫療"),
)
STAGES = ("第一次申訴", "第二次申訴", "消費爭議調解")
CHUNK = 2_000_000
CSV_MOST = 20_000_000

MAPPING = """\
rows = "cases"
[fields.received]
column = "受理日期"
[fields.stage]
column = "階段"
[fields.category]
column = "類別"
[source]
name = "made_up"
"""

PANDAS = """
import pandas as pd
columns = ["受理日期", "階段", "類別"]
begun = time.perf_counter()
if path.endswith(".csv"):
    frame = pd.read_csv(path, usecols=COLUMNS, dtype=str)
else:
    frame = pd.read_parquet(path, columns=columns)
year = frame["受理日期"].str.slice(0, 3).astype(int) + 1911
half = (frame["受理日期"].str.slice(4, 6).astype(int) - 1) // 6 + 1
period = year.astype(str) + "-S" + half.astype(str)
counts = frame.groupby([period, "階段", "類別"]).size()
rows = int(counts.sum())
"""

DUCKDB = """
import duckdb
duckdb.sql("set enable_progress_bar = false")
begun = time.perf_counter()
source = f"read_csv('{path}', all_varchar=true)" if path.endswith(".csv") else f"'{path}'"
counts = duckdb.sql(f'''
    select (cast(substr("受理日期", 1, 3) as int) + 1911) || '-S' ||
           ((cast(substr("受理日期", 5, 2) as int) - 1) // 6 + 1) as period,
           "階段", "類別", count(*)
    from {source} group by all
''').fetchall()
rows = sum(each[3] for each in counts)
"""

OURS = """
import tempfile
from pathlib import Path
from kao_metrics.importing.duplicates import find_duplicates
from kao_metrics.importing.gathering import gathered
from kao_metrics.importing.mapping import read_mapping
from kao_metrics.importing.reading import read_rows
from kao_metrics.importing.records import open_records
from kao_metrics.importing.tallying import tallied
from kao_metrics.period import Period
begun = time.perf_counter()
with tempfile.TemporaryDirectory() as work:
    Path(work, "mapping.toml").write_text(MAPPING, encoding="utf-8")
    mapping = read_mapping(Path(work, "mapping.toml"), "complaints")
    records = open_records(Path(path), "complaints", Path(work), mapping)
    if DUPLICATES:
        find_duplicates(records, mapping, Path(work))
    reading = read_rows(gathered(records, mapping), records, mapping)
    periods = [Period(year, half) for year in (2017, 2018) for half in (1, 2)]
    tally = tallied(reading, records, mapping, periods)
    rows = sum(int(row["count"]) for found in tally.rows.values() for row in found)
"""

PEAK = """
for line in open("/proc/self/status"):
    if line.startswith("VmHWM"):
        print(line.split()[1])
"""

END = """
print(time.perf_counter() - begun, rows)
"""


def main() -> None:
    """Make the rows, count them each way, and print a line for each."""
    given = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given.add_argument("--rows", type=int, default=10_000_000)
    given.add_argument("--folder", type=Path, help="where the files are made, and stay")
    wanted = given.parse_args()
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {wanted.rows:,} rows")
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.folder or Path(temporary)
        for path in made(folder, wanted.rows):
            size = path.stat().st_size / 1e9
            print(f"{path.suffix[1:]} of {size:.2f} GB")
            ways = {
                "pandas, every column": PANDAS.replace("COLUMNS", "None"),
                "pandas, three columns": PANDAS.replace("COLUMNS", "columns"),
                "DuckDB": DUCKDB,
                "ours": OURS.replace("DUPLICATES", "False"),
                "ours, with the search for duplicates": OURS.replace("DUPLICATES", "True"),
            }
            if path.suffix == ".parquet":
                del ways["pandas, every column"]
            if wanted.rows > CSV_MOST:
                ways = {name: way for name, way in ways.items() if "pandas" not in name}
            seconds = {}
            for name, way in ways.items():
                own, peak = measured(way, path, wanted.rows)
                seconds[name] = own
                line = f"  {name:38} {own:7.2f} s  {peak:6.2f} GB"
                if name == "ours":
                    del seconds[name]
                    line += "  " + ", ".join(
                        f"{each}: {took / own:.2f} times as long" for each, took in seconds.items()
                    )
                print(line, flush=True)


def measured(way: str, path: Path, rows: int) -> tuple[float, float]:
    """Run one way in a process of its own; return its seconds and its peak memory in GB."""
    code = f"import time\npath = {str(path)!r}\nMAPPING = {MAPPING!r}\n{way}{END}"
    code += PEAK
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    seconds, counted, peak = done.stdout.split()
    if int(counted) != rows:
        sys.exit(f"{way}\ncounted {counted} of {rows} rows")
    return float(seconds), int(peak) * 1024 / 1e9


def made(folder: Path, rows: int) -> list[Path]:
    """Make the files, some rows at a time; the CSV only of as many as fit a disk well."""
    random = np.random.default_rng(107)
    parts = []
    for first in range(0, rows, CHUNK):
        path = folder / f"part-{first:09}.parquet"
        chunk(random, first, min(CHUNK, rows - first)).write_parquet(path)
        parts.append(path)
    whole = pl.scan_parquet(parts)
    found = [folder / "cases.parquet"]
    whole.sink_parquet(found[0])
    if rows <= CSV_MOST:
        found.insert(0, folder / "cases.csv")
        whole.sink_csv(found[0])
    for path in parts:
        path.unlink()
    return found


def chunk(random: np.random.Generator, first: int, rows: int) -> pl.DataFrame:
    """Make rows of two years."""
    days = np.datetime64("2017-01-01") + random.integers(0, 730, rows)
    frame = pl.DataFrame({"day": days, "number": np.arange(first, first + rows)})
    return frame.select(
        pl.format("A{}", pl.col("number").cast(pl.String).str.zfill(9)).alias("案件編號"),
        pl.format(
            "{}/{}",
            pl.col("day").dt.year() - 1911,
            pl.col("day").dt.strftime("%m/%d"),
        ).alias("受理日期"),
        pl.Series("階段", np.array(STAGES)[random.choice(3, rows, p=[0.77, 0.2, 0.03])]),
        pl.Series("類別", np.array(CATEGORIES)[random.integers(0, len(CATEGORIES), rows)]),
        pl.lit("化名").alias("申訴人姓名"),
        pl.lit("0900-000-000").alias("電話"),
        pl.format("購買商品後發現瑕疵，業者拒絕退款，第{}號", "number").alias("案情"),
        pl.lit("法制局").alias("主辦機關"),
    )


if __name__ == "__main__":
    main()
