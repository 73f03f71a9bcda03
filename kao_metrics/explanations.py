"""How each computed figure came about: its definition, and its formula with the numbers in.

A reader gets here from a figure, so an explanation is complete in itself: what is meant,
how it is computed from which printed numbers, in which sections of which document these
stand, what their rounding leaves open, and what else is to be known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Any, Final

import polars as pl

from kao_metrics import labels, wording
from kao_metrics.analysis import Analysis
from kao_metrics.arithmetic import Interval
from kao_metrics.labels import TOTAL, text
from kao_metrics.methods import serving
from kao_metrics.metrics.complaints import stage_counts
from kao_metrics.metrics.escalation import RATIOS as ESCALATION
from kao_metrics.metrics.reserve_pace import YEAR, pace_of
from kao_metrics.metrics.reserve_paths import EVEN
from kao_metrics.metrics.stated import Finding
from kao_metrics.metrics.workforce_changes import FORMULAS, Half
from kao_metrics.metrics.workforce_path import Path, headcount_paths
from kao_metrics.printed import grouped

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """One value of an indicator.

    Parameters
    ----------
    name
        What it is of; empty where the indicator has one value only.
    formula
        The numbers put in; empty where a value is missing.
    value
        As readers see it; a dash where it is missing.
    details
        Sentences: what the rounding leaves open, where it stands, what else is known.
    """

    name: str
    formula: str
    value: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An indicator: what it means, where its figures come from, and its values.

    Parameters
    ----------
    id
        What links to it name.
    name, definition
        In the report's language.
    sources
        Ids of the documents.
    rows
        Its values.
    methods
        Codes of the methods that it is computed by, where they are more than its formula.
    """

    id: str
    name: str
    definition: str
    sources: tuple[str, ...]
    rows: tuple[Explained, ...]
    methods: tuple[str, ...] = ()


def anchor(indicator: str) -> str:
    """Return the name that links to an indicator's explanation use."""
    return f"explain-{indicator}"


def explain(analysis: Analysis, indicator: str) -> Explanation | None:
    """Explain an indicator; None where the period has no row of it.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> found = explain(analyse("107H1"), "downsizing_ratio")
    >>> found.rows[0].name, found.rows[0].formula, found.rows[0].value
    ('工級人員', '(8,462 − 6,805) ÷ 8,462', '19.58%')
    """
    rows = list(_rows(analysis, indicator))
    if not rows:
        return None
    named = [name for row in rows for name in (row["source_ids"] or "").split(";") if name]
    is_single = [row["breakdown"] for row in rows] == [TOTAL]
    return Explanation(
        id=anchor(indicator),
        name=labels.label_or_code("indicator", indicator, analysis.lang),
        definition=labels.definition(indicator, analysis.lang),
        sources=tuple(dict.fromkeys(named)),
        rows=tuple(_explained(analysis, row, is_single=is_single) for row in _once(rows)),
        methods=serving(analysis, indicator),
    )


def _once(rows: list[Row]) -> list[Row]:
    """Say it once where every row of an indicator is missing for the same reason."""
    if {(row["value"], row["reason"]) for row in rows} == {(None, rows[0]["reason"])}:
        return [{**rows[0], "breakdown": wording.EVERY}]
    return rows


def _explained(analysis: Analysis, row: Row, *, is_single: bool) -> Explained:
    lang = analysis.lang
    details = []
    interval = wording.interval(row, lang)
    if interval:
        kind = labels.attribute("indicator", row["indicator"], "interval", "interval")
        details.append(text(f"explained_{kind}", lang, interval=interval))
    verdict_of_change = wording.change_verdict(row, lang)
    if verdict_of_change:
        details.append(_sentence(verdict_of_change, lang))
    sections = wording.sections(analysis, row["indicator"], row["breakdown"])
    if sections:
        details.append(text("explained_sections", lang, sections=sections))
    said = (wording.reason(row, lang), analysis.remarks.get(row["breakdown"], ""))
    details += [_sentence(words, lang) for words in said if words]
    for finding in _stated(analysis, row):
        stated, verdict = wording.stated_value(finding, lang), wording.verdict(finding, lang)
        details.append(text("explained_stated", lang, stated=stated, verdict=verdict))
        details += [_sentence(finding.reason, lang)] if finding.reason else []
    value = wording.value(row, lang)
    return Explained(
        name="" if is_single else wording.breakdown(row, lang),
        formula=formula(analysis, row),
        value=value or wording.MISSING,
        details=tuple(details),
    )


def _sentence(words: str, lang: str) -> str:
    return text("sentence", lang, words=words[:1].upper() + words[1:].rstrip("。."))


def _stated(analysis: Analysis, row: Row) -> list[Finding]:
    """Find what the report itself states of a computed figure, whether or not it follows."""
    name = f"{row['indicator']}.{row['breakdown']}".removesuffix(f".{TOTAL}")
    return [
        each for each in analysis.findings if labels.attribute("stated", each.id, "figure") == name
    ]


def formula(analysis: Analysis, row: Row) -> str:
    """Write how a row of the result table was computed; empty where its value is missing."""
    if row["value"] is None:
        return ""
    return _FORMULAS.get(row["indicator"], _ratio)(analysis, row)


def _ratio(_analysis: Analysis, row: Row) -> str:
    return wording.fraction(row)


def _downsizing(_analysis: Analysis, row: Row) -> str:
    baseline, change = row["denominator"], row["numerator"]
    return f"({grouped(baseline)} − {grouped(baseline - change)}) ÷ {grouped(baseline)}"


def _growth(_analysis: Analysis, row: Row) -> str:
    then, change = row["denominator"], row["numerator"]
    return f"({grouped(then + change)} − {grouped(then)}) ÷ {grouped(then)}"


def _reduction(analysis: Analysis, row: Row) -> str:
    """Take the two headcounts from the ratio of the same staff, which carries them."""
    for ratio in _rows(analysis, "downsizing_ratio", row["breakdown"]):
        if ratio["denominator"] is not None and ratio["numerator"] is not None:
            baseline = ratio["denominator"]
            return f"{grouped(baseline)} − {grouped(baseline - ratio['numerator'])}"
    return ""


def _compound_rate(analysis: Analysis, row: Row) -> str:
    staff = analysis.tables["workforce"].filter(pl.col("time_period") == analysis.period.code)
    days = (pl.col("as_of").max() - pl.col("as_of").min()).dt.total_days()
    between = grouped(Decimal(staff.select(days).collect().item()))
    return f"({wording.fraction(row)})^(365.25 ÷ {between}) − 1"


def _half_of_change(analysis: Analysis, row: Row) -> str:
    """Put in the headcounts of the part and of the whole at both dates."""
    halves: tuple[tuple[Half, str], ...] = (("common", "then"), ("shift", "now"))
    values = {}
    for half, when in halves:
        for found in _rows(analysis, f"headcount_change_{half}", row["breakdown"]):
            for name, part in ((when, "numerator"), (f"whole_{when}", "denominator")):
                values[name] = Interval(Fraction(found[part]), None, None)
    half = row["indicator"].removeprefix("headcount_change_")
    return wording.numbers_put_in(FORMULAS[half], values)


def _path(analysis: Analysis, row: Row) -> str:
    now, then = grouped(row["numerator"]), grouped(row["denominator"])
    path = _path_of(analysis, row)
    ahead = grouped(Decimal((path.ahead[-1].when - path.as_of).days))
    return f"{now} × ({now} ÷ {then})^({ahead} ÷ {grouped(Decimal(path.days))})"


def _years_to_thousand(analysis: Analysis, row: Row) -> str:
    path = _path_of(analysis, row)
    thousand, now = grouped(row["numerator"]), grouped(row["denominator"])
    then, days = grouped(path.measured[0].value), grouped(Decimal(path.days))
    return f"ln({thousand} ÷ {now}) ÷ ln({now} ÷ {then}) × {days} ÷ 365.25"


def _path_of(analysis: Analysis, row: Row) -> Path:
    paths = headcount_paths(analysis.tables["workforce"], analysis.period)
    return next(path for path in paths if path.kind.name == row["breakdown"])


def _subtraction(_analysis: Analysis, row: Row) -> str:
    return f"{grouped(row['numerator'])} − {grouped(row['denominator'])}"


def _not_broken_down(analysis: Analysis, row: Row) -> str:
    for share in _rows(analysis, "breakdown_coverage_share", row["breakdown"]):
        return f"{grouped(share['denominator'])} − {grouped(share['numerator'])}"
    return ""


def _difference(of: str, minus: str) -> Callable[[Analysis, Row], str]:
    """Subtract one printed figure from another."""

    def put_in(analysis: Analysis, _row: Row) -> str:
        found = [row["value"] for name in (of, minus) for row in _rows(analysis, name)]
        return " − ".join(map(grouped, found))

    return put_in


def _gap(analysis: Analysis, row: Row) -> str:
    account = (
        analysis.tables["retirement_accounts"]
        .filter(
            pl.col("time_period") == analysis.period.code, pl.col("account") == row["breakdown"]
        )
        .sort("as_of")
        .select("required", "balance")
        .last()
        .collect()
    )
    return " − ".join(grouped(each) for each in account.row(0))


def _rate_change(analysis: Analysis, row: Row) -> str:
    """Put in the counts and the days that each period covers."""
    now, then = _rates(analysis, row)
    return f"({now}) ÷ ({then}) − 1"


def _rates(analysis: Analysis, row: Row) -> tuple[str, str]:
    """Write the counts of two periods over the days that each covers."""
    period = getattr(analysis.period, row["breakdown"].partition(".")[2])
    covered = (
        analysis.tables["complaints"]
        .filter(pl.col("time_period") == period.code)
        .select((pl.col("covers_to") - pl.col("covers_from")).dt.total_days() + 1)
        .first()
        .collect()
        .item()
    )
    now = f"{grouped(row['numerator'])} ÷ {grouped(Decimal(analysis.period.covered_days))}"
    return now, f"{grouped(row['denominator'])} ÷ {grouped(Decimal(covered))}"


def _rate_difference(analysis: Analysis, row: Row) -> str:
    return " − ".join(_rates(analysis, row))


def _ranks(_analysis: Analysis, row: Row) -> str:
    return f"{grouped(row['denominator'])} − {grouped(row['numerator'])}"


def _escalation_change(analysis: Analysis, row: Row) -> str:
    """Put in the counts of the two stages in both periods."""
    ratio, _, against = row["breakdown"].partition(".")
    periods = (analysis.period.code, getattr(analysis.period, against).code)
    found = stage_counts(analysis.tables["complaints"]).collect()
    counts = {
        (code, stage): grouped(count)
        for code, stage, count in found.select("time_period", "indicator", "value").iter_rows()
    }
    return " − ".join(
        " ÷ ".join(counts[code, stage] for stage in ESCALATION[ratio]) for code in periods
    )


def _herfindahl(_analysis: Analysis, row: Row) -> str:
    cases = Decimal(isqrt(int(row["denominator"])))
    return f"{grouped(row['numerator'])} ÷ {grouped(cases)}² × 10,000"


def _reserve_pace(analysis: Analysis, _row: Row) -> str:
    """Put in what was contributed, and the days in which it was."""
    span = pace_of(analysis.tables["retirement_reserve"], analysis.period)
    if span is None:
        return ""
    paid = grouped(span.now)
    if not span.is_assumed:
        paid = f"({paid} − {grouped(span.before)})"
    return f"{paid} ÷ ({grouped(Decimal(span.days))} ÷ {YEAR})"


def _reserve_years(analysis: Analysis, row: Row) -> str:
    """Put in what is outstanding, and how the payment a year came about."""
    outstanding = grouped(row["numerator"])
    if row["breakdown"].startswith(EVEN):
        return f"{outstanding} ÷ ({outstanding} ÷ {grouped(row['value'])})"
    return f"{outstanding} ÷ ({_reserve_pace(analysis, row)})"


_FORMULAS: Final[dict[str, Callable[[Analysis, Row], str]]] = {
    "headcount_reduction": _reduction,
    "downsizing_ratio": _downsizing,
    "headcount_compound_rate": _compound_rate,
    "headcount_change_common": _half_of_change,
    "headcount_change_shift": _half_of_change,
    "headcount_path_stock": _path,
    "headcount_thousand_years": _years_to_thousand,
    "employer_change": _subtraction,
    "not_broken_down_stock": _not_broken_down,
    "reserve_remainder_amount_stock": _difference(
        "reserve_initial_shortfall", "reserve_contributed"
    ),
    "reserve_accounts_outstanding_stock": _difference(
        "reserve_accounts_total", "reserve_accounts_funded"
    ),
    "reserve_pace_rate": _reserve_pace,
    "reserve_years_to_full_funding_duration": _reserve_years,
    "reserve_account_gap_stock": _gap,
    "open_datasets_change": _growth,
    "complaints_rate_change": _rate_change,
    "escalation_change": _escalation_change,
    "complaints_category_change": _rate_difference,
    "complaints_rank_change": _ranks,
    "complaints_concentration": _herfindahl,
}
"""By indicator, how the numbers are put in; every other one is a part over a whole."""


def _rows(analysis: Analysis, indicator: str, breakdown: str | None = None) -> list[Row]:
    found = analysis.results.filter(pl.col("indicator") == indicator)
    if breakdown is not None:
        found = found.filter(pl.col("breakdown") == breakdown)
    return list(found.iter_rows(named=True))
