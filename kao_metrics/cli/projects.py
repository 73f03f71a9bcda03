"""The commands of a project: make a new one, and open its notebooks."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from kao_metrics import progress as shown
from kao_metrics.cli.ending import FAILED, WRONG_USE, errors, stop, stop_if_stale
from kao_metrics.cli.options import NotebooksDir


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The project's folder; new or empty.")
    ],
) -> None:
    """Make a new project: notebooks, real data to start from, empty tables, examples.

    Its data are those of Kaohsiung's report of the first half of 2018, so that every command
    works at once. data/templates has an empty table of each kind, data/examples has 22 more
    half-years and mappings for imports; README.md says how to put in a half-year of your own.
    A folder with anything in it is left as it is.

    \b
    Examples:
      kao-metrics init taichung
      cd taichung
      kao-metrics report 107H1
      kao-metrics lab
    """
    with errors():
        from kao_metrics.project import ProjectError, make_project

        try:
            make_project(folder)
        except ProjectError as error:
            stop(str(error), WRONG_USE)
    typer.echo(folder)
    shown.say("a new project is there; next:")
    if folder.resolve() != Path.cwd():
        shown.say(f"  cd {shlex.quote(str(folder))}")
    shown.say("  kao-metrics report 107H1")
    shown.say("  kao-metrics lab")


def lab(
    more: Annotated[
        list[str] | None,
        typer.Argument(metavar="-- OPTION…", help="Options of JupyterLab, after two hyphens."),
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", help="Folder with the tables; data above the notebooks."),
    ] = None,
    notebooks_dir: NotebooksDir = Path("notebooks"),
    no_browser: Annotated[  # noqa: FBT002 - typer makes an option of it
        bool, typer.Option("--no-browser", help="Only print the address.")
    ] = False,
) -> None:
    """Open the notebooks in JupyterLab, each with this Python as its kernel.

    It is light or dark as the system is, asks no other machine for anything, and answers this
    machine only, to who has its token. An interrupt (Ctrl+C) ends it and its kernels.

    \b
    Examples:
      kao-metrics lab
      kao-metrics lab --notebooks-dir taichung/notebooks
      kao-metrics lab --no-browser -- --ServerApp.port=9000
    """
    options = more or []
    with errors():
        stop_if_stale()
        if options and not options[0].startswith("-"):
            stop(f"{options[0]}: no option; --notebooks-dir names the notebooks", WRONG_USE)
        for path, option in ((notebooks_dir, "--notebooks-dir"), (data_dir, "--data-dir")):
            if path is not None and not path.is_dir():
                stop(
                    f"{path}: no such folder; change to the folder of a project, name it with "
                    f"{option}, or make a project with: kao-metrics init DIR",
                    FAILED,
                )
        from kao_metrics.lab import lab_command, lab_environment, run

        options += ["--no-browser"] if no_browser else []
        environment = lab_environment(os.environ, data_dir)
        raise typer.Exit(run(lab_command(notebooks_dir, options), environment))
