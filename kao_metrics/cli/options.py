"""Options and arguments that several commands have."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Lang(StrEnum):
    """Languages of the report."""

    zh_tw = "zh-TW"
    en = "en"


PeriodArgument = Annotated[
    str,
    typer.Argument(
        metavar="PERIOD", help="A half-year: 107H1, 107-1, 107年上半年, 2018H1, 2018-S1 …"
    ),
]
DataDir = Annotated[Path, typer.Option("--data-dir", help="Folder with the tables.")]
NotebooksDir = Annotated[Path, typer.Option("--notebooks-dir", help="Folder with the notebooks.")]
OutputDir = Annotated[Path, typer.Option("--output-dir", help="Folder for reports.")]
LangOption = Annotated[Lang, typer.Option("--lang", help="Language of words.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="File to write instead of standard output.")
]
