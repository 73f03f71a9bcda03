"""How a figure is written for readers: its value, interval, fraction, reason and place.

Charts, tables, sentences and the command line write the same row of the result table in
the same words, which are put together here from labels.toml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.arithmetic import NAME, Interval
from kao_metrics.labels import DEFAULT_LANGUAGE, TOTAL, text
from kao_metrics.metrics import METRICS
from kao_metrics.metrics.stated import Finding, as_decimal
from kao_metrics.printed import grouped, places

MISSING: Final = "—"
"""In the place of a value that is not there."""

EVERY: Final = "_every"
"""In the place of a breakdown: every row of the indicator alike."""


def printed_value(row: dict[str, Any], lang: str) -> str:
    """Write a figure as the report prints it, with its qualifier in words."""
    return labels.qualified(
        grouped(row["value"], places(row["printed"])), row.get("qualifier", "exact"), lang
    )


def printed_interval(row: dict[str, Any], lang: str) -> str:
    """Write what the rounding of a printed figure leaves open; empty where it is exact.

    A bound on one side only is said by the qualifier already.
    """
    low, high = row["lower"], row["upper"]
    if low is None or high is None or low == high:
        return ""
    digits = places(row["printed"])
    return ends(low, high, digits + 1 if digits else 0, lang)


def breakdown(row: dict[str, Any], lang: str) -> str:
    """Say in words what a row of the result table is of."""
    code = str(row["breakdown"])
    metric = METRICS.get(row["indicator"])
    if metric and metric.table == "retirement_accounts" and code not in (TOTAL, EVERY):
        return code  # the account's own name, whatever it looks like
    if code in _SAID:
        return text(_SAID[code], lang)
    base, _, compared = code.partition(".")
    if compared:
        return text(
            "two_names",
            lang,
            first=labels.figure_label(base, lang),
            second=text(f"against_{compared}", lang)
            if compared in _COMPARED
            else _code_name(compared, lang),
        )
    if code in (*labels.codes("sector"), *labels.codes("complaint_category")):
        return _code_name(code, lang)
    return labels.group_label(code, lang)


_SAID: Final = {
    TOTAL: "together",
    EVERY: "every_row",
    "by_subtraction": "by_subtraction",
    "as_stated": "as_stated",
}
"""Breakdowns that are none of the data's codes, and what they are called in labels.toml."""

_COMPARED: Final = ("previous", "same_half_last_year")


def _code_name(code: str, lang: str) -> str:
    kind = "sector" if code in labels.codes("sector") else "complaint_category"
    return labels.label_or_code(kind, code, lang)


def value(row: dict[str, Any], lang: str) -> str | None:
    """Write the value of a row of the result table; None where it is missing."""
    if row["value"] is None:
        return None
    digits = labels.attribute("indicator", row["indicator"], "places")
    return labels.amount(row["value"], row["unit"], lang, int(digits) if digits else None)


def interval(row: dict[str, Any], lang: str = DEFAULT_LANGUAGE) -> str:
    """Write the bounds of a row of the result table; empty where the value is exact."""
    if row["lower"] == row["upper"]:
        return ""
    shown = int(labels.attribute("indicator", row["indicator"], "places", "0"))
    if row["unit"] == "ratio":
        low, high = (None if row[end] is None else row[end] * 100 for end in ("lower", "upper"))
        return ends(low, high, shown, lang) + "%"
    return ends(row["lower"], row["upper"], shown + 1 if shown else 0, lang)


def ends(lower: Any, upper: Any, digits: int, lang: str = DEFAULT_LANGUAGE) -> str:
    """Write two bounds as a range; empty where they are the same.

    >>> from decimal import Decimal
    >>> ends(Decimal(-3), Decimal(5), 1), ends(Decimal(3), Decimal(5), 0), ends(None, Decimal(2), 0)
    ('−3.0至5.0', '3–5', '–2')
    """
    if lower == upper:
        return ""
    low = "" if lower is None else grouped(lower, digits)
    high = "" if upper is None else grouped(upper, digits)
    if lower is not None and lower < 0:  # a dash beside a minus sign misleads
        return text("range", lang, low=low, high=high)
    return f"{low}–{high}"


def fraction(row: dict[str, Any]) -> str:
    """Write what a ratio is computed from; empty where a value is no ratio."""
    if row["numerator"] is None or row["denominator"] is None:
        return ""
    return f"{grouped(row['numerator'])} ÷ {grouped(row['denominator'])}"


def reason(row: dict[str, Any], lang: str) -> str:
    """Say why a value is missing or what it assumes; empty where there is nothing to say."""
    return "" if row["reason"] is None else labels.label("reason", row["reason"], lang)


def numbers_put_in(formula: str, values: Mapping[str, Interval]) -> str:
    """Write a formula of the table ``stated`` with the figures that it names put in.

    A name without a figure stays, so that a reader sees what is missing.

    >>> from fractions import Fraction
    >>> staff = {"staff_baseline": Interval(*[Fraction(8462)] * 3)}
    >>> numbers_put_in("(staff_baseline - staff) / staff_baseline", staff)
    '(8,462 − staff) ÷ 8,462'
    """

    def figure(match: re.Match[str]) -> str:
        known = values.get(match[0])
        return match[0] if known is None else grouped(as_decimal(known.value))

    return re.sub(NAME, figure, formula).translate(_SIGNS)


_SIGNS: Final = str.maketrans({"-": "−", "*": "×", "/": "÷"})


def verdict(finding: Finding, lang: str) -> str:
    """Write whether what is stated follows."""
    return labels.label("verdict", finding.verdict.replace(" ", "_"), lang)


def stated_value(finding: Finding, lang: str) -> str:
    """Write what a report states, with its qualifier and unit."""
    amount = grouped(Decimal(finding.stated), places(finding.stated))
    unit = labels.unit_label(finding.unit, lang)
    return labels.qualified(
        text("amount" if len(unit) > 1 else "amount_close", lang, value=amount, unit=unit),
        finding.qualifier,
        lang,
    )


def sections(analysis: Analysis, indicator: str, breakdown: str = TOTAL) -> str:
    """Say in which sections of the report the figures of a result stand.

    >>> from kao_metrics import analyse
    >>> sections(analyse("107H1"), "downsizing_ratio", "frontline")
    '5.1(4)1、5.1(4)2'
    """
    found = analysis.passages.get((indicator, breakdown), ())
    named = dict.fromkeys(each.section for each in found if each.section)
    return text("list_and", analysis.lang).join(named)


def with_interval(row: dict[str, Any], digits: int, lang: str) -> str:
    """Write a ratio, and the interval of the printed rounding where there is one."""
    value = labels.amount(row["value"], "ratio", lang, digits)
    interval = interval_of(row, digits, lang)
    return text("with_interval", lang, value=value, interval=interval) if interval else value


def interval_of(row: dict[str, Any], digits: int, lang: str) -> str:
    """Write the interval of a ratio in per cent; empty where the ratio is exact."""
    low, high = row["lower"], row["upper"]
    if low is None or high is None or low == high:
        return ""
    return ends(low * 100, high * 100, digits, lang) + "%"
