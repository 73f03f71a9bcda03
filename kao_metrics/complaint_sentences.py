"""What complaints say: how many, how they changed, and how many went on."""

from __future__ import annotations

from decimal import Decimal

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.found import Row, given, no_data, one
from kao_metrics.labels import text
from kao_metrics.metrics.escalation import RATIOS as ESCALATION
from kao_metrics.printed import grouped
from kao_metrics.wording import interval, way, with_interval


def complaints(analysis: Analysis) -> list[str]:
    """Say how many complaints there were, how many went on, and what cannot be compared."""
    lang = analysis.lang
    said = []
    rates = {row["breakdown"]: row for row in given(analysis, "complaints_daily_rate")}
    first = rates.get("complaints_first")
    if first:
        said.append(
            text(
                "complaints_first_rate",
                lang,
                count=labels.amount(first["numerator"], "item", lang),
                days=analysis.period.covered_days,
                rate=labels.amount(first["value"], "per_day", lang, 1),
            )
        )
    stages = [labels.attribute("stage", stage, "indicator") for stage in labels.codes("stage")]
    said += [analysis.remarks[each] for each in stages if each in analysis.remarks]
    said += _escalation(analysis)
    if said:
        said += _changes(analysis)
    return said or no_data(analysis, "complaints")


def _escalation(analysis: Analysis) -> list[str]:
    """Say how many cases went on, how that changed, and that two stages are no one group."""
    lang = analysis.lang
    ratios = {name: row for name in ESCALATION if (row := one(analysis, name))}
    said = [
        text(f"escalation_{name}", lang, ratio=with_interval(row, 1, lang))
        for name, row in ratios.items()
    ]
    if ratios:
        said.append(text("escalation_of_flows", lang))
    for name, row in ratios.items():
        more = row["numerator"] - row["denominator"]
        if more > 0:
            later, earlier = (labels.label("indicator", stage, lang) for stage in ESCALATION[name])
            cases = labels.amount(more, "item", lang)
            said.append(text("escalation_exceeds", lang, later=later, earlier=earlier, more=cases))
    return [*said, *(_escalated(analysis, row) for row in given(analysis, "escalation_change"))]


def _escalated(analysis: Analysis, row: Row) -> str:
    """Say by how much an escalation ratio changed, and whether that can be told from chance."""
    lang = analysis.lang
    ratio, _, against = row["breakdown"].partition(".")
    found = way(row)
    change = row["value"] if found in ("", "unclear") else abs(row["value"])
    values = {
        "name": labels.label("indicator", ratio, lang),
        "period": labels.period_name(getattr(analysis.period, against), lang),
        "change": labels.amount(change, row["unit"], lang, 1),
    }
    if not found:
        return text("escalation_no_interval", lang, **values)
    return text(f"escalation_{found}", lang, interval=interval(row, lang), **values)


def _changes(analysis: Analysis) -> list[str]:
    changes = [
        row
        for row in given(analysis, "complaints_rate_change")
        if row["breakdown"].startswith("complaints_first.")
    ]
    if not changes:
        return [text("complaints_no_earlier", analysis.lang)]
    return [_change(analysis, row) for row in changes]


def _change(analysis: Analysis, row: Row) -> str:
    lang = analysis.lang
    against = row["breakdown"].partition(".")[2]
    period = getattr(analysis.period, against)
    return text(
        f"change_{way(row) or 'unclear'}",
        lang,
        period=labels.period_name(period, lang),
        change=labels.amount(row["value"], "ratio", lang, 1),
        lower=_percent(row["lower"]),
        upper=_percent(row["upper"]),
    )


def _percent(value: Decimal | None) -> str:
    return "∞" if value is None else grouped(value * 100, 1) + "%"
