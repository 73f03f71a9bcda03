"""The command line: it parses and prints, nothing else.

Heavy imports wait until a command needs them, so that help answers at once.
"""

from __future__ import annotations

from typing import Annotated

import typer

from kao_metrics.cli import dictionary, exports, figures, projects, reports, restatements

app = typer.Typer(
    name="kao-metrics",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def main(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Figures, charts and a one-page report from a half-yearly business report.

    \b
    Examples:
      kao-metrics init DIR                         a new project, with real data to start from
      kao-metrics lab                              its notebooks in JupyterLab
      kao-metrics report 107H1                     reports/2018-S1.html
      kao-metrics report 107H1 --lang en           reports/2018-S1.en.html
      kao-metrics batch --all                      reports/index.html and every report
      kao-metrics check                            every table against its contract
      kao-metrics metrics 107H1 --format csv       every figure as data
      kao-metrics audit 107H1                      stated figures, computed again
      kao-metrics import FILE --table complaints --period 107H1
                                                   an agency's export, as it is
      kao-metrics verify reports/2018-S1.html      what changed since it was made
      kao-metrics restated 107H1 --since old/data  which figures changed, and because of which rows
    """
    if version:
        from kao_metrics import __version__

        typer.echo(__version__)
        raise typer.Exit


for command in (
    projects.init,
    projects.lab,
    reports.report,
    reports.batch,
    figures.check,
    figures.metrics,
    figures.audit,
    figures.datapackage,
    dictionary.dictionary,
    reports.verify,
    restatements.restated,
):
    app.command()(command)
app.command("import")(exports.import_)
