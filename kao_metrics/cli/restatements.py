"""The command that says what changed since a report was made."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kao_metrics import progress as shown
from kao_metrics.cli.ending import WRONG_USE, errors, stop, write
from kao_metrics.cli.options import DataDir, Lang, LangOption, OutputOption, PeriodArgument

if TYPE_CHECKING:
    import polars as pl

    from kao_metrics.register import Restated
    from kao_metrics.restatements import Restatement

_MOST_CELLS = 10
"""Cells that are shown of one figure, as there may be hundreds; csv and json have all."""


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
    record: Annotated[  # noqa: FBT002 - typer makes an option of it
        bool, typer.Option("--record", help="Record it, so that the period's report shows it.")
    ] = False,
    name: Annotated[
        str,
        typer.Option(
            "--name", help="With --record: what the report calls the release; else its file name."
        ),
    ] = "",
) -> None:
    """List which figures of a period changed since a release, by how much, and why.

    Against an older data folder, each figure is listed with the rows that changed it: alone,
    where it returns when that row alone is put back; together, where it takes all that are
    listed; possible, where that cannot be told. Against a report only figures can be
    compared. A figure that changed is a finding, not a failure: the exit status is 0.

    In csv and json a figure has a line for each cell of each row that changed it; amounts
    are exact, and relative is difference / abs(before).

    With --record, what changed is kept in restatements/PERIOD.json of the data folder, an entry
    for each release, and reports that are made from then on show it.

    \b
    Examples:
      kao-metrics restated 107H1 --since ../released/data
      kao-metrics restated 107H1 --since reports/2018-S1.html
      kao-metrics restated 107H1 --since ../released/data --format csv -o changes.csv
      kao-metrics restated 107H1 --since ../released/data --record --name 107年8月版
    """
    if name and not record:
        stop("--name is for --record, which is not there", WRONG_USE)
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
        if record:
            from kao_metrics.restatements.recording import record as recorded

            path = recorded(found, data_dir, since, name)
            shown.say(f"recorded in {path}" if path else "nothing changed, and nothing is recorded")
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
    from kao_metrics.restated_words import cell_words
    from kao_metrics.restatements.recording import cells, figures_of

    for figure in figures_of(found):
        yield _figure(figure, lang)
        key = f"restated_{figure.cause}".replace(" ", "_")
        if figure.table:
            yield "  " + text(key, lang, table=figure.table)
        for cell in figure.rows[:_MOST_CELLS]:
            yield "  " + text(key, lang, row=cell_words(cell, lang))
        if len(figure.rows) > _MOST_CELLS:
            yield "  " + text("restated_more", lang, count=len(figure.rows) - _MOST_CELLS)
    for cell in cells(found.idle_rows.rows(named=True)):
        yield text("restated_idle", lang, row=cell_words(cell, lang))


def _figure(figure: Restated, lang: str) -> str:
    """Say what became of a figure: what it was, what it is, and how much that is."""
    from kao_metrics.labels import text
    from kao_metrics.restated_words import figure_name, words

    what = figure_name(figure, lang)
    said = words(figure.indicator, figure.before, figure.after, lang)
    line = text(f"restated_{figure.kind}", lang, what=what, before=said.before, after=said.after)
    if not said.difference:
        return line
    key = "restated_by_both" if said.relative else "restated_by"
    return line + text(key, lang, difference=said.difference, relative=said.relative)
