"""What the staff figures say: how they fell, what the fall is made of, where it would lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.found import Row, given, no_data, one
from kao_metrics.labels import STAFF_IN_POST, TOTAL, text
from kao_metrics.metrics.workforce_path import headcount_paths
from kao_metrics.metrics.workforce_series import Series, compared_dates, headcount_series
from kao_metrics.printed import grouped, round_half_up
from kao_metrics.workforce_charts import (
    drawn_paths,
    has_earlier_staff,
    kind_name,
    not_broken_down,
    shifts,
    signed_count,
    temporary_kinds,
)


def workforce(analysis: Analysis) -> list[str]:
    """Say by how much the workforce shrank, how fast, and what is not known of it."""
    lang = analysis.lang
    groups = (*labels.codes("category"), TOTAL)
    fell = [
        _downsizing(analysis, row)
        for row in given(analysis, "downsizing_ratio")
        if row["breakdown"] in groups
    ]
    rest = [
        text(
            "workforce_rest",
            lang,
            figure=labels.figure_label(row["breakdown"], lang),
            rest=labels.amount(row["value"], "person", lang),
        )
        for row in given(analysis, "not_broken_down_stock")
    ]
    return [*fell, *rest] or no_data(analysis, "workforce")


def _downsizing(analysis: Analysis, row: Row) -> str:
    lang = analysis.lang
    rate = one(analysis, "headcount_compound_rate", row["breakdown"])
    key = "workforce_fell" if row["value"] >= 0 else "workforce_rose"
    said = text(
        key,
        lang,
        group=labels.group_label(row["breakdown"], lang),
        baseline=grouped(row["denominator"]),
        now=grouped(row["denominator"] - row["numerator"]),
        change=grouped(abs(row["numerator"])),
        ratio=labels.amount(abs(row["value"]), "ratio", lang, 2),
    )
    if rate is not None:
        a_year = labels.amount(rate["value"], "ratio", lang, 2)
        said += text("workforce_a_year", lang, rate=a_year)
    if row["reason"] is None:
        return said
    flag = _sentence(labels.label("reason", row["reason"], lang), lang)
    return text("sentence_space", lang).join([said, flag])


def contributions(analysis: Analysis) -> list[str]:
    """Say what each category makes up of the whole change."""
    lang, rows = analysis.lang, given(analysis, "downsizing_contribution_share")
    if not rows:
        return []
    whole = rows[0]["denominator"]
    way, sign = ("fell", 1) if whole > 0 else ("rose", -1)
    parts = text("list_comma", lang).join(
        text(
            "name_count_share",
            lang,
            name=labels.group_label(row["breakdown"], lang),
            count=grouped(sign * row["numerator"]),
            share=labels.amount(row["value"], "ratio", lang, 2),
        )
        for row in rows
    )
    return [text(f"contributions_{way}", lang, whole=grouped(abs(whole)), parts=parts)]


def temporary_staff(analysis: Analysis) -> list[str]:
    """Say which kind of temporary staff is largest, and how many are not broken down."""
    lang, kinds = analysis.lang, temporary_kinds(analysis)
    whole = one(analysis, "temporary_total")
    if not kinds or whole is None or not whole["value"]:
        return []
    largest, total = kinds[0], whole["value"]
    rest = sum((row["value"] for row in not_broken_down(analysis)), Decimal(0))

    def share(count: Decimal) -> str:
        return labels.amount(count / total, "ratio", lang, 2)

    kind = text(
        "name_count_share",
        lang,
        name=kind_name(largest, lang),
        count=grouped(largest["value"]),
        share=share(largest["value"]),
    )
    said = [text("temporary_largest", lang, whole=grouped(total), kind=kind)]
    if rest:
        said.append(text("temporary_rest", lang, count=grouped(rest), share=share(rest)))
    return said


def workforce_shift(analysis: Analysis) -> list[str]:
    """Say what each category would be in step with the whole, and what it is instead."""
    lang, said = analysis.lang, []
    for since, then in _earlier(analysis).items():
        rows = shifts(analysis, since)
        whole = one(analysis, "headcount_change_common", f"{TOTAL}{since}")
        if len(rows) < _FEWEST or whole is None or not whole["denominator"]:
            continue
        rate = labels.amount(whole["value"] / whole["denominator"], "ratio", lang, 2)
        parts = text("list_comma", lang).join(_in_step(row, lang) for row in rows)
        date = labels.date_name(then, lang)
        said.append(text("workforce_shift", lang, date=date, rate=rate, parts=parts))
    return said


def _earlier(analysis: Analysis) -> dict[str, dt.date]:
    """Return the dates that the report's is compared with, by the end of their breakdowns."""
    dates = compared_dates(analysis.tables["workforce"], analysis.period)
    found = dates.earlier.items() if dates else ()
    return {suffix: then.as_of for suffix, then in found if then is not None}


def _in_step(row: Row, lang: str) -> str:
    now = row["numerator"]
    expected = round_half_up(now - row["value"], 0)
    way = "more" if now > expected else "fewer" if now < expected else "same"
    return text(
        f"workforce_shift_{way}",
        lang,
        group=labels.group_label(row["breakdown"].partition(".")[0], lang),
        expected=grouped(expected),
        now=grouped(now),
        **{} if way == "same" else {"difference": grouped(abs(now - expected))},
    )


def workforce_path(analysis: Analysis) -> list[str]:
    """Say where the pace since the baseline leads in five years, and why a path is lacking."""
    lang, drawn = analysis.lang, drawn_paths(analysis)
    if not drawn:
        return _no_paths(analysis)
    names = {path.kind: labels.group_label(path.kind.name, lang) for path in drawn}
    parts = [
        text(
            "workforce_path_part",
            lang,
            group=names[path.kind],
            count=grouped(path.ahead[-1].value, 0),
        )
        for path in drawn
    ]
    said = text(
        "workforce_path",
        lang,
        date=labels.date_name(drawn[0].measured[0].when, lang),
        end=labels.date_name(drawn[0].ahead[-1].when, lang),
        parts=text("list_comma", lang).join(parts),
    )
    thousands = [
        text(
            "workforce_path_thousand",
            lang,
            group=names[path.kind],
            thousand=grouped(Decimal(path.thousand)),
            month=labels.reference_period(f"{path.passed:%Y-%m}", lang),
        )
        for path in drawn
        if path.passed
    ]
    sums = [text("workforce_path_sums", lang)] if drawn[1:] else []
    return [text("sentence_space", lang).join([said, *thousands, *sums]), *_no_paths(analysis)]


def _no_paths(analysis: Analysis) -> list[str]:
    """Say of which staff in post no path is drawn, and why."""
    lang = analysis.lang
    names: dict[str, list[str]] = {}
    for path in headcount_paths(analysis.tables["workforce"], analysis.period):
        if path.reason and path.kind.measure == STAFF_IN_POST:
            name = labels.group_label(path.kind.name, lang)
            names.setdefault(path.reason, []).append(name)
    return [
        text(
            "workforce_path_none",
            lang,
            group=text("list_and", lang).join(groups),
            reason=labels.label("reason", reason, lang),
        )
        for reason, groups in names.items()
    ]


def workforce_series(analysis: Analysis) -> list[str]:
    """Say how each category moved since its last break, and where series break."""
    lang = analysis.lang
    if not has_earlier_staff(analysis):
        return [] if no_data(analysis, "workforce") else [text("workforce_one_period", lang)]
    found = headcount_series(analysis.tables["workforce"])
    return [each for series in found for each in _course(series, lang)]


def _course(series: Series, lang: str) -> list[str]:
    """Say where a series breaks and why, and from where to where it went since."""
    group = labels.group_label(series.kind.name, lang)
    measure = labels.label("measure", series.kind.measure, lang)
    said = [
        text(
            "workforce_series_break",
            lang,
            group=group,
            date=labels.date_name(each.when, lang),
            why=text("workforce_break_measure", lang, measure=measure)
            if each.why == "measure"
            else text("workforce_break_parts", lang),
        )
        for each in series.breaks
    ]
    since = max((each.when for each in series.breaks), default=dt.date.min)
    first, *later = (point for point in series.points if point.when >= since)
    if later:
        course = text(
            "workforce_series",
            lang,
            group=group,
            first=labels.date_name(first.when, lang),
            last=labels.date_name(later[-1].when, lang),
            then=grouped(first.value),
            now=grouped(later[-1].value),
            change=signed_count(later[-1].value - first.value),
        )
        said.append(course)
    return said


def workforce_employers(analysis: Analysis) -> list[str]:
    """Say what share of a category agencies and schools have, and how it moved or why not."""
    lang, dates = analysis.lang, _earlier(analysis)
    said = [_employer(analysis, row, dates) for row in given(analysis, "employer_share")]
    missing = analysis.results.filter(
        pl.col("indicator") == "employer_change", pl.col("value").is_null()
    )
    reasons = missing["reason"].unique(maintain_order=True)
    words = [labels.label("reason", reason, lang) for reason in reasons]
    return said + [_sentence(each, lang) for each in words]


def _employer(analysis: Analysis, row: Row, dates: Mapping[str, dt.date]) -> str:
    lang = analysis.lang
    said = {
        "group": labels.group_label(row["breakdown"], lang),
        "share": labels.amount(row["value"], "ratio", lang, 2),
        "count": labels.amount(row["numerator"], "person", lang),
    }
    for since, date in dates.items():
        found = one(analysis, "employer_change", f"{row['breakdown']}{since}")
        if found:
            said["change"] = signed_count(found["value"])
            said["date"] = labels.date_name(date, lang)
            return text("workforce_employers_change", lang, **said)
    return text("workforce_employers", lang, **said)


def _sentence(words: str, lang: str) -> str:
    return text("sentence", lang, words=words[:1].upper() + words[1:])


_FEWEST: Final = 2
"""Categories between which there can be a shift."""
