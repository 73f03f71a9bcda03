"""How a figure is written for readers: its value, interval, fraction, reason and place.

Charts, tables, sentences and the command line write the same row of the result table in
the same words, which are put together here from labels.toml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.arithmetic import NAME, Interval
from kao_metrics.labels import DEFAULT_LANGUAGE, TOTAL, text
from kao_metrics.metrics import METRICS
from kao_metrics.metrics.category_changes import REST
from kao_metrics.metrics.reserve_paths import EVEN, SO_FAR
from kao_metrics.metrics.stated import Finding, as_decimal
from kao_metrics.printed import grouped, places, round_half_up
from kao_metrics.statistics.contributions import Contribution

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
            first=_base_name(base, lang),
            second=text(f"against_{compared}", lang)
            if compared in _COMPARED
            else _base_name(compared, lang),
        )
    return _code_name(code, lang) if _is_kind(code) else labels.group_label(code, lang)


_SAID: Final = {
    TOTAL: "together",
    EVERY: "every_row",
    "by_subtraction": "by_subtraction",
    "as_stated": "as_stated",
    EVEN: EVEN,
    SO_FAR: SO_FAR,
    REST: "not_broken_down",
}
"""Breakdowns that are none of the data's codes, and what they are called in labels.toml."""

_COMPARED: Final = ("previous", "same_half_last_year")


def _base_name(code: str, lang: str) -> str:
    """Say what a comparison is of: a figure, a kind of complaints, all, or what has no kind."""
    if code in _SAID:
        return text(_SAID[code], lang)
    if _is_kind(code):
        return _code_name(code, lang)
    is_figure = code in labels.codes("indicator") or code.endswith("_baseline")
    return labels.figure_label(code, lang) if is_figure else labels.group_label(code, lang)


def _is_kind(code: str) -> bool:
    return code in (*labels.codes("sector"), *labels.codes("complaint_category"))


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
    is_finer = bool(shown) and not is_confidence(row)
    return ends(row["lower"], row["upper"], shown + is_finer, lang)


def is_confidence(row: dict[str, Any]) -> bool:
    """Tell whether the bounds of a result are a confidence interval and no printed rounding."""
    return labels.attribute("indicator", row["indicator"], "interval") == labels.CONFIDENCE


def way(row: dict[str, Any]) -> str:
    """Tell which way a change went, as far as its confidence interval tells.

    Returns
    -------
    str
        ``rose``, ``fell`` or ``unclear``; empty for what is no change, or has no bounds.

    Examples
    --------
    >>> row = {"indicator": "escalation_change", "breakdown": "mediation_ratio.previous"}
    >>> way({**row, "lower": Decimal("0.2"), "upper": Decimal(3)})
    'rose'
    """
    lower, upper = row["lower"], row["upper"]
    is_change = row["breakdown"].rpartition(".")[2] in _COMPARED and is_confidence(row)
    if not is_change or (lower is None and upper is None):
        return ""
    if lower is not None and lower > 0:
        return "rose"
    return "fell" if upper is not None and upper < 0 else "unclear"


def signed(value: Fraction, digits: int = 1) -> str:
    """Write a change with its sign; what is rounded to nothing has none.

    >>> signed(Fraction(31, 10)), signed(Fraction(-31, 10)), signed(Fraction(-1, 100))
    ('+3.1', '−3.1', '0.0')
    """
    shown = round_half_up(as_decimal(value), digits)
    return ("+" if shown > 0 else "") + grouped(abs(shown) if shown == 0 else shown, digits)


def category_name(part: Contribution, lang: str) -> str:
    """Name a category of complaints, and say so if it is new, gone or renamed."""
    name = labels.label_or_code("complaint_category", part.category, lang)
    if part.status == "kept":
        return name
    return text("two_names", lang, first=name, second=text(f"status_{part.status}", lang))


def change_verdict(row: dict[str, Any], lang: str) -> str:
    """Say which way a change went; empty where there is nothing to tell."""
    found = way(row)
    return text(f"change_verdict_{found}", lang) if found else ""


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


def division(row: dict[str, Any]) -> str:
    """Write what a ratio is computed from; empty where its two figures give something else."""
    value, part, whole = row["value"], row["numerator"], row["denominator"]
    if value is None or part is None or not whole:
        return fraction(row)
    is_ratio = abs(Fraction(value) - Fraction(part) / Fraction(whole)) < _ALIKE
    return fraction(row) if is_ratio else ""


_ALIKE: Final = Fraction(1, 10**9)


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
    """Write a ratio and what its bounds are: printed rounding, or a confidence interval."""
    value = labels.amount(row["value"], "ratio", lang, digits)
    interval = interval_of(row, digits, lang)
    kind = labels.attribute("indicator", row["indicator"], "interval", "interval")
    return text(f"with_{kind}", lang, value=value, interval=interval) if interval else value


def interval_of(row: dict[str, Any], digits: int, lang: str) -> str:
    """Write the interval of a ratio in per cent; empty where the ratio is exact."""
    low, high = row["lower"], row["upper"]
    if low is None or high is None or low == high:
        return ""
    return ends(low * 100, high * 100, digits, lang) + "%"
