"""The command that says what changed since a report was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kao_metrics import progress as shown
from kao_metrics.cli.ending import errors, write
from kao_metrics.cli.options import DataDir, Lang, LangOption, OutputOption, PeriodArgument

if TYPE_CHECKING:
    import polars as pl

    from kao_metrics.restatements import Restatement

_MOST_ROWS = 10
"""Rows that are shown of one figure, as there may be hundreds; csv and json have all."""


class RestatedFormat(StrEnum):
    """Forms of what changed."""

    table = "table"
    csv = "csv"
    json = "json"


def restated(  # noqa: PLR0913, PLR0917 - one parameter an option
    period: PeriodArgument,
    since: Annotated[
        Path,
        typer.Option(
            "--since",
            metavar="DATA_DIR|REPORT",
            help="The older release: its data folder; or its page, folder, results.json or CSV.",
        ),
    ],
    data_dir: DataDir = Path("data"),
    form: Annotated[
        RestatedFormat, typer.Option("--format", help="Form of the result.")
    ] = RestatedFormat.table,
    output: OutputOption = None,
    lang: LangOption = Lang.zh_tw,
) -> None:
    """List which figures of a period changed since a release, by how much, and why.

    Against an older data folder, each figure is listed with the rows that changed it: alone,
    where it returns when that row alone is put back; together, where it takes all that are
    listed; possible, where that cannot be told. Against a report only figures can be
    compared. A figure that changed is a finding, not a failure: the exit status is 0.

    In csv and json a figure has a line for each cell of each row that changed it; amounts
    are exact, and relative is difference / abs(before).

    \b
    Examples:
      kao-metrics restated 107H1 --since ../released/data
      kao-metrics restated 107H1 --since reports/2018-S1.html
      kao-metrics restated 107H1 --since ../released/data --format csv -o changes.csv
    """
    with errors():
        from kao_metrics import output as out
        from kao_metrics import restatements

        found = restatements.restated(period, since, data_dir)
        if form is RestatedFormat.json:
            write(out.as_json(found.as_table()) + "\n", output)
        elif form is RestatedFormat.csv:
            write(out.as_csv(found.as_table()), output)
        else:
            write("".join(f"{line}\n" for line in in_words(found, lang.value)), output)
        shown.say(f"{found.period}: figures: {_counts(found.figures['kind'])}")
        if found.rows is None:
            shown.say(
                f"{since} has figures and no rows, so the rows that changed cannot be told; "
                "give the data folder that it was made from"
            )
            return
        rows = found.rows.unique(["table", "table_period", "key"])
        idle = found.idle_rows.unique(["table", "table_period", "key"])
        shown.say(f"rows: {_counts(rows['row_kind'])}; {len(idle)} of them changed no figure")


def _counts(kinds: pl.Series) -> str:
    found = kinds.to_list()
    return ", ".join(f"{found.count(kind)} {kind}" for kind in ("changed", "added", "removed"))


def in_words(found: Restatement, lang: str) -> Iterator[str]:
    """Say what changed, a line a figure, with the rows that changed it below.

    Parameters
    ----------
    found
        What changed.
    lang
        ``zh-TW`` or ``en``.
    """
    from kao_metrics.labels import text

    table = found.as_table().rows(named=True)
    for _, lines in groupby(table, lambda row: (row["indicator"], row["breakdown"])):
        rows = list(lines)
        yield _figure(rows[0], lang)
        for row in (row for row in rows[:_MOST_ROWS] if row["cause"]):
            key = f"restated_{row['cause'].replace(' ', '_')}"
            yield "  " + text(key, lang, row=_row(row, lang), table=row["table"])
        if len(rows) > _MOST_ROWS:
            yield "  " + text("restated_more", lang, count=len(rows) - _MOST_ROWS)
    for row in found.idle_rows.iter_rows(named=True):
        yield text("restated_idle", lang, row=_row(row, lang))


def _figure(row: Mapping[str, Any], lang: str) -> str:
    """Say what became of a figure: what it was, what it is, and how much that is."""
    from kao_metrics import labels, wording
    from kao_metrics.printed import grouped

    what = labels.figure_label(row["indicator"], lang)
    if row["breakdown"] != labels.TOTAL:
        group = wording.breakdown(dict(row), lang)
        what = labels.text("two_names", lang, first=what, second=group)
    digits = _digits(row)
    said = {end: _said(row, end, digits, lang) for end in ("before", "after")}
    line = labels.text(f"restated_{row['kind']}", lang, what=what, **said)
    if not row["difference"]:
        return line
    sign = "" if row["difference"] < 0 else "+"
    is_ratio = row["unit_after"] == "ratio"
    difference = sign + grouped(row["difference"] * (100 if is_ratio else 1), digits)
    if is_ratio:
        difference = labels.text("restated_points", lang, value=difference)
    if row["relative"] is None:
        return line + labels.text("restated_by", lang, difference=difference)
    relative = f"{sign}{grouped(row['relative'] * 100, 2)}%"
    return line + labels.text("restated_by_both", lang, difference=difference, relative=relative)


def _digits(row: Mapping[str, Any]) -> int | None:
    """Return the decimals to show: the usual ones, or as many as it takes to see a change."""
    from kao_metrics import labels
    from kao_metrics.printed import SCALE, round_half_up

    usual = labels.attribute("indicator", row["indicator"], "places")
    if not usual:
        return None
    scale = 100 if row["unit_after"] == "ratio" else 1
    shown = [row[name] for name in ("value_before", "value_after", "difference")]
    if not row["difference"]:
        return int(usual)
    for digits in range(int(usual), SCALE):
        before, after, difference = (round_half_up(each * scale, digits) for each in shown)
        if before != after and difference:
            return digits
    return SCALE


def _said(row: Mapping[str, Any], end: str, digits: int | None, lang: str) -> str:
    """Write a figure of one release, with what else of it changed beside it."""
    from kao_metrics import labels, wording
    from kao_metrics.restatements import COMPARED

    one = {name: row[f"{name}_{end}"] for name in COMPARED} | {"indicator": row["indicator"]}
    if one["unit"] is None:  # the figure is not there
        return ""
    value = wording.MISSING
    if one["value"] is not None:
        value = labels.amount(one["value"], one["unit"], lang, digits)
    changed = set(row["changed"].split())
    beside = [
        wording.interval(one, lang) if changed & {"lower", "upper"} else "",
        wording.reason(one, lang) if changed & {"obs_status", "reason"} else "",
        wording.fraction(one) if changed & {"numerator", "denominator"} else "",
    ]
    words = labels.text("list_comma", lang).join(filter(None, beside))
    return labels.text("restated_beside", lang, value=value, words=words) if words else value


def _row(row: Mapping[str, Any], lang: str) -> str:
    from kao_metrics.labels import text

    if row["key"] is None:
        return ""
    table, period = row["table"], row["table_period"]
    is_moved = row["row_kind"] == "changed" and row["row_before"] != row["row_after"]
    return text(
        f"restated_row_{'moved' if is_moved else row['row_kind']}",
        lang,
        file="periods.csv" if table == "periods" else f"{table}/{period}.csv",
        name=row["key"],
        column=row["column"],
        **{name: row[name] for name in ("row_before", "row_after")},
        before=row["text_before"] or "",
        after=row["text_after"] or "",
    )
