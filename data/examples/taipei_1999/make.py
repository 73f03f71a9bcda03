"""Make the tables of this example from monthly_counts.csv and items.csv.

Run ``python data/examples/taipei_1999/make.py`` after either has changed; a test holds the
tables to what it writes. Items are as the exports print them, so that one occurs under
several names: items.csv gives each name its category, after Unicode's NFC, which undoes the
compatibility ideographs of some months. Counts of names with one category are added up.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import polars as pl

HERE = Path(__file__).parent
SOURCE = "taipei_1999"

SOURCES = """\
# Made by make.py.

[taipei_1999]
title = { zh-TW = "臺北市1999派工案件（依月份與項目統計）", en = "Service requests to Taipei's hotline 1999, by month and item" }
publisher = { zh-TW = "臺北市政府", en = "Taipei City Government" }
published = "2026-06"
licence = { zh-TW = "政府資料開放授權條款", en = "Open Government Data License, Taiwan" }
url = "https://data.taipei/"
note = { zh-TW = "由123個月的匯出檔彙總而成，已去除完全重複的列與欄位錯位的列；2015-07至2026-05，共131個月。經 LEO0331/taipei-1999-map（MIT）取得。", en = "Added up from 123 monthly exports without exact duplicate rows and rows with shifted columns; 2015-07 to 2026-05, 131 months. By way of LEO0331/taipei-1999-map (MIT)." }
"""

REMARK = {
    "zh-TW": "示例：這是臺北市1999專線的派工案件，不是消費申訴；借「第一次申訴」一欄呈現。",
    "en": "Example: these are service requests to Taipei's hotline 1999 and no consumer complaints; "
    "they are shown in the place of first complaints.",
}


def half_year(month: dt.date) -> str:
    """Return the half-year of a month, such as ``2018-S1``."""
    return f"{month.year}-S{(month.month + 5) // 6}"


def counts() -> pl.DataFrame:
    """Return cases by half-year, month and category.

    Raises
    ------
    ValueError
        If items.csv does not know an item.
    """
    items = dict(pl.read_csv(HERE / "items.csv").iter_rows())
    found = pl.read_csv(HERE / "monthly_counts.csv").with_columns(
        month=pl.col("month").str.to_date("%Y-%m"),
        item=pl.col("item").map_elements(
            lambda item: unicodedata.normalize("NFC", item), return_dtype=pl.String
        ),
    )
    unknown = sorted(set(found["item"]) - set(items))
    if unknown:
        raise ValueError(f"{HERE / 'items.csv'}: no category for {', '.join(unknown)}")
    return (
        found.with_columns(category=pl.col("item").replace_strict(items))
        .group_by("month", "category")
        .agg(pl.col("count").sum())
        .with_columns(
            period=pl.col("month").map_elements(half_year, return_dtype=pl.String),
        )
        .sort("month", "category")
    )


def files() -> dict[str, str]:
    """Return the texts of the example's files by their names."""
    found = counts()
    made = {"sources.toml": SOURCES}
    periods = ["period,covers_from,covers_to,council_term,council_session,tables"]
    remarks = ["# Made by make.py."]
    for (period,), rows in found.group_by("period", maintain_order=True):
        table = rows.select(
            "month",
            stage=pl.lit("first"),
            sector=pl.lit("_T"),
            category="category",
            count="count",
            source_id=pl.lit(SOURCE),
        )
        made[f"complaints/{period}.csv"] = table.write_csv()
        first, last = rows["month"].min(), pl.select(pl.lit(rows["month"].max()).dt.month_end())
        periods.append(f"{period},{first},{last.item()},,,complaints")
        words = "\n".join(f'{lang} = "{remark}"' for lang, remark in REMARK.items())
        remarks.append(f"[{period}.complaints_first]\n{words}")
    made["periods.csv"] = "\n".join(periods) + "\n"
    made["remarks.toml"] = "\n\n".join(remarks) + "\n"
    return made


if __name__ == "__main__":
    (HERE / "complaints").mkdir(exist_ok=True)
    for name, text in files().items():
        (HERE / name).write_text(text, encoding="utf-8", newline="")
