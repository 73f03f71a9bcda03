"""Commands that check the data and compute its figures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kao_metrics import progress as shown
from kao_metrics.cli.ending import FAILED, WRONG_USE, errors, stop, write
from kao_metrics.cli.options import DataDir, Lang, LangOption, OutputOption, PeriodArgument

if TYPE_CHECKING:
    from kao_metrics.metrics.stated import Finding


class ResultFormat(StrEnum):
    """Forms of the result table."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
    ods = "ods"


class AuditFormat(StrEnum):
    """Forms of the audit."""

    table = "table"
    csv = "csv"
    json = "json"


def check(data_dir: DataDir = Path("data")) -> None:
    """Hold every table of every period against its contract and list every failure.

    Exit status 1 if there is any. What a report does not break down is no failure; it is
    listed as a remark.

    \b
    Examples:
      kao-metrics check
      kao-metrics check --data-dir /srv/data
    """
    with errors():
        from kao_metrics.analysis import check as check_data
        from kao_metrics.readers import open_data

        data = open_data(data_dir)
        outcome = check_data(data)
        for failure in outcome.failures:
            typer.echo(failure)
        for remainder in outcome.remainders:
            typer.echo(remainder)
        tables = sum(len(data.tables(period)) for period in data.periods.values())
        shown.say(
            f"failures: {len(outcome.failures)}; tables: {tables}, periods: {len(data.periods)}"
        )
        if outcome.failures:
            raise typer.Exit(FAILED)


def metrics(
    period: PeriodArgument,
    data_dir: DataDir = Path("data"),
    form: Annotated[
        ResultFormat, typer.Option("--format", help="Form of the result.")
    ] = ResultFormat.table,
    output: OutputOption = None,
    lang: LangOption = Lang.zh_tw,
) -> None:
    """Compute every figure of a period: what was printed, and what follows from it.

    Ratios are fractions in csv, json, parquet and ods, and per cent in the table. The
    columns are time_period, indicator, breakdown, numerator, denominator, value, lower,
    upper, unit, obs_status, reason and source_ids.

    \b
    Examples:
      kao-metrics metrics 107H1
      kao-metrics metrics 107H1 --format csv > 2018-S1.csv
      kao-metrics metrics 107H1 --format ods --output 2018-S1.ods
    """
    with errors():
        from kao_metrics import output as out
        from kao_metrics.analysis import analyse

        analysis = analyse(period, data_dir, lang.value)
        if form is ResultFormat.table:
            write(out.results_table(analysis), output)
        elif form is ResultFormat.csv:
            write(out.as_csv(analysis.results), output)
        elif form is ResultFormat.json:
            write(out.as_json(analysis.results) + "\n", output)
        else:
            made = out.as_parquet if form is ResultFormat.parquet else out.as_ods
            write(made(analysis.results), output)


def audit(  # noqa: PLR0913, PLR0917 - one parameter an option
    period: Annotated[
        str | None,
        typer.Argument(metavar="PERIOD", help="A half-year, such as 107H1 or 2018-S1."),
    ] = None,
    stated: Annotated[
        Path | None, typer.Option("--stated", help="A file of stated figures to check instead.")
    ] = None,
    data_dir: DataDir = Path("data"),
    form: Annotated[
        AuditFormat, typer.Option("--format", help="Form of the result.")
    ] = AuditFormat.table,
    output: OutputOption = None,
    lang: LangOption = Lang.zh_tw,
) -> None:
    """Compute every stated figure again, with the interval of its rounding, and judge it.

    With --stated, any file with the columns id, stated and operands (and unit, qualifier,
    section, statement, where it has them) is checked; its operands may name figures of
    PERIOD, or of the period that the file is named after. A figure that disagrees is a
    finding, not a failure: the exit status is 0.

    \b
    Examples:
      kao-metrics audit 107H1
      kao-metrics audit 107H1 --format json
      kao-metrics audit --stated my-figures.csv
    """
    if period is None and stated is None:
        stop("give a PERIOD, or a file with --stated", WRONG_USE)
    with errors():
        from kao_metrics import output as out
        from kao_metrics.analysis import analyse, audit_file

        if stated is not None:
            found = audit_file(stated, period, data_dir, lang.value)
        else:
            found = analyse(period or "", data_dir, lang.value).findings
        if form is AuditFormat.json:
            write(out.findings_json(found) + "\n", output)
        elif form is AuditFormat.csv:
            write(out.as_csv(out.findings_frame(found)), output)
        else:
            write(out.findings_table(found, lang.value), output)
        shown.say(_counts(found))


def datapackage(data_dir: DataDir = Path("data")) -> None:
    """Write datapackage.json: what each table of the data holds, for other programs.

    A Frictionless Data Package: types, units, codes and keys of every column, made from the
    contracts that the data are held against.

    \b
    Examples:
      kao-metrics datapackage
      kao-metrics datapackage --data-dir data/examples/taipei_1999
    """
    with errors():
        from kao_metrics.datapackage import FILE_NAME, as_json
        from kao_metrics.datapackage import datapackage as made

        write(as_json(made(data_dir)), data_dir / FILE_NAME)


def _counts(found: list[Finding]) -> str:
    verdicts = [each.verdict for each in found]
    return (
        f"{len(found)} stated figures: {verdicts.count('agrees')} agree, "
        f"{verdicts.count('disagrees')} disagree, {verdicts.count('cannot tell')} cannot be told"
    )
