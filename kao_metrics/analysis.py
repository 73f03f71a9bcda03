"""One period's report as data: its tables, results, verdicts and what stands beside them.

`analyse` is the one call that turns a period's name into everything that charts, tables
and sentences are made of; notebooks and the command line both use it.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from kao_metrics import labels
from kao_metrics.failures import DataError, Failure
from kao_metrics.figure import Figure, find
from kao_metrics.handover import hand_over, handed
from kao_metrics.labels import DEFAULT_LANGUAGE, TOTAL, Language, check_language
from kao_metrics.metrics import compute
from kao_metrics.metrics.complaint_season import complaint_season
from kao_metrics.metrics.reference import reference_ratios
from kao_metrics.metrics.stated import Finding, findings, operands
from kao_metrics.own_labels import FILE_NAME as LABELS
from kao_metrics.period import Period, PeriodError
from kao_metrics.printed import plain
from kao_metrics.provenance import Passages, traced, untraced
from kao_metrics.readers import PERIODS, Data, find_data_dir, open_data, read_stated
from kao_metrics.register import Entry, files_of_no_period, read_register
from kao_metrics.schemas import TABLES
from kao_metrics.sources import REMARKS, Source, SourceError, read_remarks
from kao_metrics.statistics.season import Reason, Season
from kao_metrics.steps import FILE_NAME as STEPS
from kao_metrics.steps import Step, read_steps


@dataclass(frozen=True, slots=True, repr=False)
class Analysis:
    """A period's figures, and the language in which to speak of them.

    Parameters
    ----------
    period
        With its covered days.
    lang
        ``zh-TW`` or ``en``.
    tables
        By name, the checked tables.
    results
        The result table.
    findings
        The verdicts on the stated figures.
    reference
        Other governments' ratios; see `kao_metrics.metrics.reference`.
    reference_figures
        The table ``reference``, from which they are computed.
    sources
        By name, the documents that a figure comes from.
    remarks
        By figure, what else is known of it, in the language.
    passages
        By indicator and breakdown, the sections of documents that it is computed from.
    steps
        The known changes of monthly series up to the end of the period.
    season
        Trend and season of first complaints by month, or the reason that there are none. It
        is computed here, as what computes it is slow to load in each notebook.
    restatements
        By earlier release of the period, the published figures that changed since.
    own_labels
        What the data folder's own labels say, by kind and code.
    """

    period: Period
    lang: str
    tables: dict[str, pl.LazyFrame]
    results: pl.DataFrame
    findings: list[Finding]
    reference: pl.DataFrame
    reference_figures: pl.DataFrame
    sources: dict[str, Source]
    remarks: dict[str, str]
    passages: Passages
    steps: tuple[Step, ...] = ()
    season: Season | Reason = "fewer_than_36_months"
    restatements: tuple[Entry, ...] = ()
    own_labels: labels.Tables = field(default_factory=dict)

    def figure(self, indicator: str, breakdown: str = TOTAL) -> Figure:
        """Return one figure by its name, and by the part that it is of.

        Parameters
        ----------
        indicator, breakdown
            As in the columns of `results` of these names.

        Raises
        ------
        UnknownNameError
            If there is none; with the nearest name that there is.

        Examples
        --------
        >>> analyse("107H1", lang="en").figure("downsizing_ratio", "frontline").numerator
        Decimal('1657.000000000000')
        """
        return find(self.results, indicator, breakdown, self.lang)

    def __repr__(self) -> str:
        """Show the period with its days, and how much there is of everything."""
        said = "; ".join(f"{name}: {what}" for name, what in self._summary().items())
        return f"Analysis({said})"

    def _repr_html_(self) -> str:
        """Show the same in a notebook, a line an attribute."""
        lines = "".join(
            f"<tr><th>{name}</th><td>{html.escape(what)}</td></tr>"
            for name, what in self._summary().items()
        )
        return f"<table>{lines}</table>"

    def _summary(self) -> dict[str, str]:
        """Return by attribute what it holds, in short."""
        period = self.period
        is_own = pl.col("time_period") == period.code
        names = list(self.tables)
        counts = pl.collect_all([self.tables[name].select(is_own.sum()) for name in names])
        rows = {name: int(count.item()) for name, count in zip(names, counts, strict=True)}
        agree = sum(each.verdict == "agrees" for each in self.findings)
        return {
            "period": f"{period.code} = {period.roc_code}, {period.covers_from} to "
            f"{period.covers_to}, {period.covered_days} of {period.days} days",
            "lang": self.lang,
            "tables": ", ".join(f"{name} ({count} rows)" for name, count in rows.items() if count),
            "results": f"{self.results.height} figures, "
            f"{self.results['value'].null_count()} of them missing for a stated reason",
            "findings": f"{len(self.findings)} stated figures, {agree} agree",
        }


def analyse(
    period: str | Period,
    data_dir: str | Path = "",
    lang: Language | str = DEFAULT_LANGUAGE,
) -> Analysis:
    """Read a period's tables, compute every figure and judge every stated one.

    Parameters
    ----------
    period
        In any accepted spelling, such as ``107H1`` or ``2018-S1``.
    data_dir
        The data folder; the nearest ``data`` above the working directory if left out.
    lang
        ``zh-TW`` or ``en``.

    Raises
    ------
    PeriodError
        If the period is no half-year.
    DataError
        If the data breaks its contract; with every failure.
    LabelError
        If there are no words in the language.
    """
    check_language(lang)
    folder = find_data_dir(data_dir)
    computed: Analysis | None = handed(_key(folder, period, lang))
    if computed is not None:
        _keep_labels(folder, computed.own_labels)
        return computed
    data = open_data(folder)
    return analyse_data(data, data.period(period), lang)


def for_notebooks(analysis: Analysis, data_dir: Path, folder: Path) -> dict[str, str]:
    """Hand an analysis to the notebooks of its report; return what their environment needs.

    Parameters
    ----------
    analysis
        What `analyse` is to return there.
    data_dir
        The data folder that it was computed from.
    folder
        A private folder.
    """
    return hand_over(folder, _key(data_dir, analysis.period, analysis.lang), analysis)


def _key(data_dir: Path, period: str | Period, lang: str) -> tuple[str, ...]:
    code = period.code if isinstance(period, Period) else Period.parse(period).code
    return str(data_dir.resolve()), code, lang


def analyse_data(data: Data, period: Period, lang: str = DEFAULT_LANGUAGE) -> Analysis:
    """As `analyse`, from a data folder that is already open."""
    _keep_labels(data.folder, data.own)
    with labels.known_beside(data.own):
        return _analysed(data, period, lang)


def _keep_labels(folder: Path, own: labels.Tables) -> None:
    """Keep a folder's own words for what is shown, unless another folder's say otherwise."""
    taken = labels.keep(str(folder.resolve()), own)
    if taken:
        what = "other words than those of a data folder that was analysed before"
        hint = "the same words, another code, or a new Python process (a restarted kernel)"
        path = str(folder / LABELS)
        raise DataError([Failure("labels", path, (), f"[{taken}]", what, hint)])


def _analysed(data: Data, period: Period, lang: str) -> Analysis:
    failures: list[Failure] = []
    tables: dict[str, pl.LazyFrame] = {}
    reference = pl.LazyFrame()
    try:
        tables = data.read_all(period, *data.earlier(period))
    except DataError as error:
        failures += error.failures
    try:
        reference = data.read_reference()
    except DataError as error:
        failures += error.failures
    remarks, found = _remarks(data, period)
    failures += found
    steps, found = _steps(data)
    failures += found
    restatements, found = _restatements(data, period)
    failures += found
    if failures:
        raise DataError(failures)
    said = {name: words[lang] for name, words in remarks.items()}
    results, passages = untraced(compute(traced(tables), period))
    stated = tables["stated"].filter(pl.col("time_period") == period.code).collect()
    used = _named(*tables.values(), reference)
    return Analysis(
        period=period,
        lang=lang,
        tables=tables,
        results=results,
        findings=findings(stated, operands(results), said, lang),
        reference=reference_ratios(reference).collect(),
        reference_figures=reference.collect(),
        sources={name: each for name, each in data.sources.items() if name in used},
        remarks=said,
        passages=passages,
        steps=tuple(each for each in steps if each.month <= period.covers_to),
        season=complaint_season(tables["complaints"]),
        restatements=restatements,
        own_labels=data.own,
    )


def _named(*tables: pl.LazyFrame) -> set[str]:
    """Return the sources that rows of tables name."""
    named = pl.collect_all(table.select(pl.col("source_id").unique()) for table in tables)
    return {name for frame in named for name in frame["source_id"]}


def _remarks(data: Data, period: Period) -> tuple[dict[str, dict[str, str]], list[Failure]]:
    """Read the remarks on a period's figures, or say what is wrong with them."""
    try:
        return read_remarks(data.folder, period.code), []
    except SourceError as error:
        path = str(data.folder / REMARKS)
        what = str(error).removeprefix(path).lstrip(":, ")
        return {}, [Failure("remarks", path, (), "", what, "words in zh-TW and en")]


def _steps(data: Data) -> tuple[tuple[Step, ...], list[Failure]]:
    """Read the marked steps, or say what is wrong with them."""
    try:
        return read_steps(data.folder), []
    except SourceError as error:
        path = str(data.folder / STEPS)
        what = str(error).removeprefix(path).lstrip(":, ")
        return (), [Failure("steps", path, (), "", what, "a month and a reason for each step")]


def _restatements(data: Data, period: Period) -> tuple[tuple[Entry, ...], list[Failure]]:
    """Read the register of a period's restated figures, or say what is wrong with it."""
    try:
        return read_register(data.folder, period.code), []
    except DataError as error:
        return (), error.failures


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a data folder found.

    Parameters
    ----------
    failures
        What breaks a contract.
    remainders
        In words, how much of a total its parts leave; no failure.
    """

    failures: list[Failure]
    remainders: list[str]


def check(data: Data) -> Checked:
    """Check every table of every period of a data folder; find every failure."""
    with labels.known_beside(data.own):
        return _checked(data)


def _checked(data: Data) -> Checked:
    failures = _files_of_no_period(data)
    failures += files_of_no_period(data.folder, set(data.periods))
    remainders: list[str] = []
    for period in data.periods.values():
        try:
            tables = data.read_all(period)
        except DataError as error:
            failures += error.failures
            continue
        for table in ("workforce", "complaints", "services"):
            remainders += _remainders(tables[table], data.path(table, period))
    try:
        data.read_reference()
    except DataError as error:
        failures += error.failures
    for period in data.periods.values():
        failures += _remarks(data, period)[1]
        failures += _restatements(data, period)[1]
    failures += _steps(data)[1]
    return Checked(list(dict.fromkeys(failures)), remainders)


def _files_of_no_period(data: Data) -> list[Failure]:
    """Find tables that no report would read, so that none is lost by a slip in its name."""
    found = "a table of no period"
    expected = f"the name of a period that {PERIODS} has, such as 2018-S1.csv"
    return [
        Failure(table, str(path), (), "", found, expected)
        for table in TABLES
        for path in sorted((data.folder / table).glob("*.csv"))
        if path.stem not in data.periods
    ]


def _remainders(table: pl.LazyFrame, path: Path) -> list[str]:
    found = table.filter(pl.col("parts") < pl.col("value")).sort("row").collect()
    return [
        f"{path}, row {row['row']}: {row['indicator']} is {plain(row['value'])}, its parts add up "
        f"to {plain(row['parts'])}; {plain(row['value'] - row['parts'])} are not broken down"
        for row in found.iter_rows(named=True)
    ]


def audit_file(
    path: Path, period: str | None, data_dir: str | Path, lang: str = DEFAULT_LANGUAGE
) -> list[Finding]:
    """Judge the stated figures of any file.

    Parameters
    ----------
    path
        A CSV with the columns of the table ``stated``; sources are not needed.
    period
        The period whose figures the operands may name; that of the file's name if left
        out, where it is one that the data folder has.
    data_dir
        The data folder of that period.
    lang
        Language of the reasons.
    """
    values, remarks = {}, {}
    period = period or _period_in_name(path, data_dir)
    if period is not None:
        analysis = analyse(period, data_dir, lang)
        values, remarks = operands(analysis.results), analysis.remarks
    return findings(read_stated(path), values, remarks, lang)


def _period_in_name(path: Path, data_dir: str | Path) -> str | None:
    """Return the period of a file called like ``2018-S1.csv``, if there are data of it."""
    try:
        code = Period.parse(path.name.partition(".")[0]).code
        return code if code in open_data(find_data_dir(data_dir)).periods else None
    except (PeriodError, DataError):
        return None
