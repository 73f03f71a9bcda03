"""Charts of staff: how many there were and are, what their change is made of, where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import altair as alt
import polars as pl

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.curves import Dot, Line, lines
from kao_metrics.forms import Bar, bars
from kao_metrics.found import Row, given
from kao_metrics.labels import NOT_BROKEN_DOWN, STAFF_IN_POST, TOTAL
from kao_metrics.metrics.workforce_dates import Point
from kao_metrics.metrics.workforce_path import Path, headcount_paths
from kao_metrics.metrics.workforce_series import PREVIOUS, headcount_series
from kao_metrics.printed import grouped, round_half_up
from kao_metrics.wording import sections


def downsizing(analysis: Analysis) -> alt.LayerChart | None:
    """Draw each category's headcount at the baseline and now."""
    lang, found = analysis.lang, given(analysis, "downsizing_ratio")
    rows = [
        Bar(
            labels.group_label(row["breakdown"], lang),
            labels.text(
                "bar_downsizing",
                lang,
                baseline=grouped(row["denominator"]),
                now=grouped(row["denominator"] - row["numerator"]),
                change=labels.amount(-row["value"], "ratio", lang, 2),
            ),
            row["denominator"] - row["numerator"],
            back=row["denominator"],
            passage=sections(analysis, row["indicator"], row["breakdown"]),
            is_whole=row["breakdown"] == TOTAL,
        )
        for row in found
    ]
    return bars(
        rows,
        "downsizing",
        lang,
        explained=["downsizing_ratio"],
        direction=labels.text(
            "alt_fell_and_rose",
            lang,
            fell=sum(row["value"] > 0 for row in found),
            rose=sum(row["value"] < 0 for row in found),
        ),
    )


def contributions(analysis: Analysis) -> alt.LayerChart | None:
    """Draw what each category contributes to the whole reduction."""
    lang = analysis.lang
    rows = [
        _part(analysis, row, "bar_share")
        for row in given(analysis, "downsizing_contribution_share")
    ]
    return bars(rows, "contributions", lang, explained=["downsizing_contribution_share"])


def temporary_staff(analysis: Analysis) -> alt.LayerChart | None:
    """Draw who the temporary staff are, largest first, with what is not broken down last."""
    lang = analysis.lang
    rows = [
        Bar(
            kind_name(row, lang),
            labels.amount(row["value"], "person", lang),
            row["value"],
            passage=sections(analysis, row["indicator"]),
        )
        for row in temporary_kinds(analysis)
    ]
    rows += [
        Bar(
            labels.text("not_broken_down", lang),
            labels.amount(row["value"], "person", lang),
            row["value"],
            passage=sections(analysis, row["indicator"], row["breakdown"]),
            is_other=True,
        )
        for row in not_broken_down(analysis)
    ]
    return bars(rows, "temporary_staff", lang, explained=["not_broken_down_stock"])


def temporary_kinds(analysis: Analysis) -> list[Row]:
    """Return the kinds of temporary staff that are not broken down further, largest first."""
    now = analysis.tables["workforce"].filter(
        pl.col("time_period") == analysis.period.code,
        pl.col("as_of") == pl.col("latest_as_of"),
        pl.col("category") == "temporary",
        pl.col("parts").is_null(),
        pl.col("indicator") != "temporary_total",
    )
    found = now.sort("value", "row", descending=[True, False]).collect()
    return list(found.iter_rows(named=True))


def not_broken_down(analysis: Analysis) -> list[Row]:
    """Return how many temporary staff the report does not break down."""
    found = given(analysis, "not_broken_down_stock")
    return [row for row in found if row["breakdown"].startswith("temporary_")]


def kind_name(row: Row, lang: str) -> str:
    """Name a kind of staff by its subcategory, and by its funding where that is split."""
    name = labels.label("subcategory", row["subcategory"], lang)
    if row["funding"] in (TOTAL, labels.GENERAL):
        return name
    funding = labels.label("funding", row["funding"], lang)
    return labels.text("kind_and_funding", lang, kind=name, funding=funding)


def workforce_shift(analysis: Analysis) -> alt.LayerChart | None:
    """Draw what each category would be in step with the whole, and what it is."""
    lang = analysis.lang
    found = shifts(analysis) or shifts(analysis, PREVIOUS)
    rows = [
        Bar(
            _named(row, lang),
            labels.text(
                "bar_workforce_shift",
                lang,
                expected=grouped(row["numerator"] - row["value"], 0),
                now=grouped(row["numerator"]),
                change=signed_count(row["value"]),
            ),
            row["numerator"],
            back=row["numerator"] - row["value"],
            passage=sections(analysis, row["indicator"], row["breakdown"]),
            is_other=row["breakdown"].startswith(NOT_BROKEN_DOWN),
        )
        for row in found
    ]
    explained = ["headcount_change_shift", "headcount_change_common"]
    return bars(rows, "workforce_shift", lang, explained=explained) if found[1:] else None


def shifts(analysis: Analysis, since: str = "") -> list[Row]:
    """Return the shifts between the categories of staff in post, and their rest, since a date."""
    known = (*labels.codes("category"), NOT_BROKEN_DOWN)
    return [
        row
        for row in given(analysis, "headcount_change_shift")
        if row["breakdown"] in {f"{code}{since}" for code in known}
    ]


def signed_count(value: Decimal) -> str:
    """Write a difference of headcounts with its sign, in whole persons.

    >>> signed_count(Decimal("266.89")), signed_count(Decimal("-0.2"))
    ('+267', '0')
    """
    shown = round_half_up(value, 0)
    return ("+" if shown > 0 else "") + grouped(shown, 0)


def _named(row: Row, lang: str) -> str:
    return labels.group_label(row["breakdown"].partition(".")[0], lang)


def workforce_path(analysis: Analysis) -> alt.LayerChart | None:
    """Draw each category from the baseline to now, and ahead at its pace as a scenario."""
    lang, paths = analysis.lang, drawn_paths(analysis)
    if not paths:
        return None
    drawn = [
        Line(
            labels.group_label(path.kind.name, lang),
            _dots(path.measured, analysis, path),
            ahead=_dots(path.ahead[1:], analysis, path),
        )
        for path in paths
    ]
    return lines(
        drawn,
        "workforce_path",
        lang,
        unit="person",
        explained=["headcount_path_stock", "headcount_thousand_years"],
    )


def drawn_paths(analysis: Analysis) -> list[Path]:
    """Return the paths that go ahead, of staff in post: of categories, and of all together."""
    found = [
        path
        for path in headcount_paths(analysis.tables["workforce"], analysis.period)
        if path.ahead and path.kind.measure == STAFF_IN_POST
    ]
    categories = [path for path in found if path.kind.category != TOTAL]
    return found if len(categories) > 1 else categories


def _dots(points: Sequence[Point], analysis: Analysis, path: Path) -> list[Dot]:
    """Name points by their dates."""
    lang = analysis.lang
    return [
        Dot(
            point.when,
            point.value,
            labels.date_name(point.when, lang),
            labels.amount(point.value, "person", lang, 0),
            sections(analysis, "headcount_path_stock", path.kind.name),
        )
        for point in points
    ]


def workforce_series(analysis: Analysis) -> alt.LayerChart | None:
    """Draw each category over the dates of all reports; None with one report."""
    lang = analysis.lang
    if not has_earlier_staff(analysis):
        return None
    rows = [
        Line(
            labels.group_label(series.kind.name, lang),
            [
                Dot(
                    when,
                    value,
                    labels.date_name(when, lang),
                    labels.amount(value, "person", lang, 0),
                )
                for when, value in series.points
            ],
            breaks=[each.when for each in series.breaks],
        )
        for series in headcount_series(analysis.tables["workforce"])
    ]
    return lines(rows, "workforce_series", lang, unit="person")


def has_earlier_staff(analysis: Analysis) -> bool:
    """Tell whether earlier reports give staff figures beside those of the period."""
    codes = analysis.tables["workforce"].select(pl.col("time_period").unique()).collect()
    return {analysis.period.code} < set(codes["time_period"])


def workforce_employers(analysis: Analysis) -> alt.LayerChart | None:
    """Draw the staff of agencies and of schools, each within its category."""
    lang = analysis.lang
    rows = [
        _part(analysis, row, "bar_share_of_category") for row in given(analysis, "employer_share")
    ]
    return bars(rows, "workforce_employers", lang, explained=["employer_share", "employer_change"])


def _part(analysis: Analysis, row: Row, words: str) -> Bar:
    """Draw staff as a part of a whole, that which is not broken down in grey."""
    lang = analysis.lang
    return Bar(
        labels.group_label(row["breakdown"], lang),
        labels.text(
            words,
            lang,
            amount=labels.amount(row["numerator"], "person", lang),
            share=labels.amount(row["value"], "ratio", lang, 2),
        ),
        row["numerator"],
        back=row["denominator"],
        passage=sections(analysis, row["indicator"], row["breakdown"]),
        is_other=row["breakdown"].endswith(NOT_BROKEN_DOWN),
    )
