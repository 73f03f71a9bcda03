"""What the retirement reserve says: coverage, when the shortfall ends, which accounts lack what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.found import Row, given, no_data, one
from kao_metrics.labels import text
from kao_metrics.law import RESERVE_TOP_UP, first, rule
from kao_metrics.metrics import reserve_paths as paths
from kao_metrics.metrics.reserve_pace import pace_of
from kao_metrics.metrics.retirement_accounts import account_tests
from kao_metrics.printed import grouped
from kao_metrics.wording import ends, reason, with_interval

_UNIT: Final = "hundred_million_twd"


def retirement_reserve(analysis: Analysis) -> list[str]:
    """Say how far the reserve is made up, what is open, and which two figures differ."""
    lang = analysis.lang
    said = []
    amount = one(analysis, "reserve_amount_coverage_ratio")
    if amount:
        said.append(
            text(
                "reserve_amount",
                lang,
                contributed=labels.amount(amount["numerator"], _UNIT, lang),
                shortfall=labels.amount(amount["denominator"], _UNIT, lang),
                coverage=with_interval(amount, 1, lang),
            )
        )
    accounts = one(analysis, "reserve_account_coverage_ratio")
    if accounts:
        said.append(
            text(
                "reserve_accounts",
                lang,
                funded=labels.amount(accounts["numerator"], "account", lang),
                total=labels.amount(accounts["denominator"], "account", lang),
                coverage=labels.amount(accounts["value"], "ratio", lang, 2),
            )
        )
    said += _gaps(analysis)
    rest, printed = (
        one(analysis, name) for name in ("reserve_remainder_amount_stock", "reserve_outstanding")
    )
    if rest and printed:
        said.append(
            text(
                "reserve_two_remainders",
                lang,
                rest=labels.amount(rest["value"], rest["unit"], lang, 2),
                printed=labels.amount(printed["value"], printed["unit"], lang),
            )
        )
    return said or no_data(analysis, "retirement_reserve", "retirement_accounts")


def _gaps(analysis: Analysis) -> list[str]:
    """Say what the accounts lack, where a period has them."""
    rows = given(analysis, "reserve_account_gap_stock")
    share = one(analysis, "reserve_gap_concentration_share")
    if not rows or share is None:
        return []
    return [
        text(
            "reserve_gaps",
            analysis.lang,
            accounts=len(rows),
            short=sum(row["value"] > 0 for row in rows),
            gap=labels.amount(sum(row["value"] for row in rows), "twd", analysis.lang),
            largest=rows[0]["breakdown"],
            share=labels.amount(share["value"], "ratio", analysis.lang, 1),
        )
    ]


def reserve_paths(analysis: Analysis, yearly_payment: str = "") -> list[str]:
    """Say when the shortfall ends: at even payments, at the pace so far, at a pace given.

    Parameters
    ----------
    analysis
        The report.
    yearly_payment
        A payment that the analyst gives, in hundred million TWD a year; none if empty.

    Raises
    ------
    ValueError
        If the payment is no number above zero.
    """
    reserve = analysis.tables["retirement_reserve"]
    found = paths.reserve_paths(reserve, analysis.period, yearly_payment)
    ways: dict[str, list[paths.ReservePath]] = {}
    for each in found:
        ways.setdefault(each.payments, []).append(each)
    return [
        *_even(analysis, ways.get(paths.EVEN, [])),
        *_so_far(analysis, ways.get(paths.SO_FAR, [])),
        *_as_of(analysis, found),
        *_nothing_left(analysis),
        *(_given(analysis, each) for each in ways.get(paths.GIVEN, [])),
    ]


def _even(analysis: Analysis, found: Sequence[paths.ReservePath]) -> list[str]:
    """Say what the yearly payment must be to end the shortfall within the planned years."""
    if not found:
        return []
    lang = analysis.lang
    payments = [
        text(
            "reserve_payment",
            lang,
            payment=labels.amount(each.yearly, _UNIT, lang, 2),
            amount=text(each.amount, lang),
        )
        for each in found
    ]
    return [
        text(
            "reserve_scenario",
            lang,
            start=labels.date_name(analysis.period.covers_to, lang),
            years=grouped(found[0].years.value),
            payments=text("list_or", lang).join(payments),
            full=_within(found, lang),
        )
    ]


def _so_far(analysis: Analysis, found: Sequence[paths.ReservePath]) -> list[str]:
    """Say what was paid a year so far and when that ends the shortfall, or why nobody can."""
    lang = analysis.lang
    rate = one(analysis, "reserve_pace_rate")
    span = pace_of(analysis.tables["retirement_reserve"], analysis.period)
    if rate is None or span is None or not found:
        return _no_pace(analysis)
    words = {
        "since": labels.date_name(span.since, lang),
        "pace": _with_rounding(rate, lang),
        "full": _within(found, lang),
    }
    if span.is_assumed:
        law = first(RESERVE_TOP_UP).cited(lang)
        said = text("reserve_pace_alone", lang, law=law, **words)
    else:
        said = text(
            "reserve_pace_measured",
            lang,
            until=labels.date_name(span.until, lang),
            before=labels.amount(span.before, _UNIT, lang),
            now=labels.amount(span.now, _UNIT, lang),
            **words,
        )
    return [said, text("reserve_depends", lang)]


def _as_of(analysis: Analysis, found: Sequence[paths.ReservePath]) -> list[str]:
    """Say of which day the outstanding amount is that the report states, if of an earlier one."""
    if not any(each.amount == paths.AS_STATED for each in found):
        return []
    lang, period = analysis.lang, analysis.period
    days = (
        analysis.tables["retirement_reserve"]
        .filter(
            pl.col("time_period") == period.code,
            pl.col("indicator") == "reserve_outstanding",
            pl.col("as_of") < period.covers_to,
        )
        .select("as_of")
        .collect()
    )
    return [
        text("reserve_as_of", lang, as_of=labels.date_name(day, lang)) for (day,) in days.rows()
    ]


def _no_pace(analysis: Analysis) -> list[str]:
    """Say why the pace so far ends nothing; of what is outstanding speaks another sentence."""
    lang = analysis.lang
    lacking = [
        row
        for row in _missing(analysis)
        if row["breakdown"].startswith(paths.SO_FAR)
        and row["reason"] not in ("no_shortfall_left", "no_figure")
    ]
    return [text("reserve_no_pace", lang, reason=reason(row, lang)) for row in lacking[:1]]


def _nothing_left(analysis: Analysis) -> list[str]:
    """Say which of the outstanding amounts is none."""
    lang = analysis.lang
    return [
        text("reserve_nothing_left", lang, amount=text(row["breakdown"].partition(".")[2], lang))
        for row in _missing(analysis)
        if row["breakdown"].startswith(paths.SO_FAR) and row["reason"] == "no_shortfall_left"
    ]


def _missing(analysis: Analysis) -> list[Row]:
    rows = analysis.results.iter_rows(named=True)
    return [
        row
        for row in rows
        if row["indicator"] == "reserve_years_to_full_funding_duration" and row["value"] is None
    ]


def _given(analysis: Analysis, path: paths.ReservePath) -> str:
    """Say when a pace that was given ends the shortfall, and whether within the plan."""
    lang = analysis.lang
    words = {
        "yearly": labels.amount(path.yearly, _UNIT, lang),
        "amount": text(path.amount, lang),
        "plan": _plan(analysis, path, lang),
    }
    if path.full is None:
        return text("reserve_given_never", lang, years=paths.LONGEST, **words)
    return text("reserve_given", lang, full=_within([path], lang), **words)


def _plan(analysis: Analysis, path: paths.ReservePath, lang: str) -> str:
    """Say whether a path ends within the planned years; nothing where none are planned."""
    plan = one(analysis, "reserve_plan_years")
    if plan is None or plan["value"] <= 0:
        return ""
    key = {True: "plan_kept", False: "plan_missed", None: "plan_unclear"}[path.is_within_plan]
    return text(key, lang, years=grouped(plan["value"]))


def _with_rounding(rate: Row, lang: str) -> str:
    """Write a pace, and what the rounding of the printed amounts leaves open."""
    value = labels.amount(rate["value"], _UNIT, lang, 2)
    if rate["lower"] is None or rate["upper"] is None:
        return value
    return text(
        "pace_and_rounding", lang, value=value, interval=ends(rate["lower"], rate["upper"], 3, lang)
    )


def _within(found: Sequence[paths.ReservePath], lang: str) -> str:
    """Say between which months paths end, for every rounding and each of their amounts."""
    early, late = [each.earliest for each in found], [each.latest for each in found]
    low = _month(min(day for day in early if day)) if all(early) else ""
    high = _month(max(day for day in late if day)) if all(late) else ""
    key = {
        (True, True): "month_within" if low == high else "months_within",
        (True, False): "month_or_later",
        (False, True): "month_or_earlier",
        (False, False): "month_unknown",
    }[bool(low), bool(high)]
    words = {
        name: labels.reference_period(each, lang)
        for name, each in (("first", low), ("last", high))
        if each
    }
    return text(key, lang, **words)


def _month(day: dt.date) -> str:
    return f"{day:%Y-%m}"


def reserve_gaps(analysis: Analysis) -> list[str]:
    """Say how many accounts pass the test by law, and by when the others' gaps are due."""
    lang = analysis.lang
    tests = account_tests(analysis.tables["retirement_accounts"], analysis.period)
    law = rule(RESERVE_TOP_UP, tests[0].as_of) if tests else None
    if law is None:
        return []
    passing = sum(each.passes for each in tests)
    words = {
        "law": law.cited(lang),
        "as_of": labels.date_name(tests[0].as_of, lang),
        "passing": labels.amount(Decimal(passing), "account", lang),
    }
    if passing == len(tests):
        return [text("reserve_test_passed", lang, **words)]
    short = labels.amount(Decimal(len(tests) - passing), "account", lang)
    due = labels.date_name(law.due_after(tests[0].as_of), lang)
    return [text("reserve_test", lang, short=short, due=due, **words)]


def reserve_concentration(analysis: Analysis) -> list[str]:
    """Say how much of the gaps few accounts have."""
    lang = analysis.lang
    top, gini = (
        one(analysis, name) for name in ("reserve_gap_top_fifth_share", "reserve_gap_gini_index")
    )
    if top is None or gini is None:
        return []
    return [
        text(
            "reserve_spread",
            lang,
            share=labels.amount(top["value"], "ratio", lang, 1),
            gini=grouped(gini["value"], 3),
        )
    ]
