"""What a data folder lets a reader choose, and what there is to see for each choice.

A choice is a half-year, an earlier one that it is compared with, a category of complaints, a
date that staff is compared with, and a language. Whatever is chosen, something useful comes
of it: where data are missing, a note says which. `kao_metrics.explorer` puts choosers to it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import altair as alt
import great_tables as gt
import polars as pl

from kao_metrics import labels, tables
from kao_metrics.analysis import Analysis, analyse_data
from kao_metrics.changes import Changes, changed_since, nothing_changed
from kao_metrics.failures import DataError
from kao_metrics.forms import Bar, bars
from kao_metrics.found import given
from kao_metrics.labels import DEFAULT_LANGUAGE, TOTAL, check_language, text
from kao_metrics.linked_charts import has_months, linked_categories, part_words, parts_of
from kao_metrics.metrics.category_changes import CategoryChanges, category_changes
from kao_metrics.metrics.workforce import (
    downsizing_contribution_share,
    downsizing_ratio,
    headcount_compound_rate,
    headcount_reduction,
)
from kao_metrics.period import Period
from kao_metrics.printed import grouped
from kao_metrics.readers import find_data_dir, open_data
from kao_metrics.wording import category_name, sections

T = TypeVar("T")

_SINCE: Final = {
    "headcount_reduction": headcount_reduction,
    "downsizing_ratio": downsizing_ratio,
    "headcount_compound_rate": headcount_compound_rate,
    "downsizing_contribution_share": downsizing_contribution_share,
}
"""What is computed against a baseline, by indicator."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose.

    Parameters
    ----------
    period, other
        Codes of a half-year and of the earlier one that it is compared with; the latter is
        empty where there is none.
    category
        A category of complaints, ``_other`` (those that share a row), ``_rest`` (of none) or
        ``_T``; empty where cases are not given by category.
    baseline
        The date that staff is compared with, such as ``2010-12-25``; empty where there is none.
    lang
        ``zh-TW`` or ``en``.
    """

    period: str
    other: str = ""
    category: str = ""
    baseline: str = ""
    lang: str = DEFAULT_LANGUAGE


class Folder:
    """A data folder to look around in; what was computed once is kept.

    Parameters
    ----------
    data_dir
        The folder; the nearest ``data`` above the working directory if left out.

    Raises
    ------
    DataError
        If it is no data folder.
    """

    def __init__(self, data_dir: str | Path = "") -> None:
        """Open the folder."""
        self._data = open_data(find_data_dir(data_dir))
        self._made: dict[tuple[Any, ...], Any] = {}

    def periods(self) -> list[Period]:
        """Return the half-years that have a table, the newest first."""
        known = (each for each in self._data.periods.values() if self._data.tables(each))
        return sorted(known, key=lambda each: each.start, reverse=True)

    def others(self, code: str) -> list[Period]:
        """Return the half-years before one, the newest first."""
        start = self._data.periods[code].start
        return [each for each in self.periods() if each.start < start]

    def nearest(self, code: str) -> str:
        """Return the half-year before one, or the same half last year, or the latest; or none."""
        period = self._data.periods[code]
        others = [each.code for each in self.others(code)]
        wanted = (period.previous.code, period.same_half_last_year.code, *others)
        return next((each for each in wanted if each in others), "")

    def baselines(self, code: str) -> list[dt.date]:
        """Return the dates before its own of which a report gives staff, the earliest first."""
        staff = self._data.read("workforce", self._data.periods[code])
        return list(staff.select(pl.col("as_of").unique().sort()).collect()["as_of"])[:-1]

    def categories(self, choice: Choice) -> list[tuple[str, str]]:
        """Return names and codes of what can be selected, the largest change first."""
        found, lang = self._found(choice), choice.lang
        if isinstance(found, str):
            return []
        named = [(category_name(each, lang), each.category) for each in found.made_of.parts]
        own = {code for _, code in named}
        return named + [
            (part.name, part.code)
            for part in parts_of(found, lang, choice.category)
            if part.code not in own
        ]

    def fitting(self, choice: Choice) -> Choice:
        """Return the nearest choice that the folder has: what is not there is chosen anew.

        Raises
        ------
        DataError
            If the folder does not have the half-year, or its data break their contract.
        PeriodError
            If it is no half-year.
        LabelError
            If there are no words in the language.
        """
        check_language(choice.lang)
        newest = next((each.code for each in self.periods()), "")
        period = self._data.period(choice.period or newest).code
        self.analysis(period, choice.lang)  # the folder's own words are known from here on
        others = [each.code for each in self.others(period)]
        other = choice.other if choice.other in others else self.nearest(period)
        dates = [each.isoformat() for each in self.baselines(period)]
        baseline = choice.baseline if choice.baseline in dates else next(iter(dates), "")
        fitted = dataclasses.replace(choice, period=period, other=other, baseline=baseline)
        codes = [code for _, code in self.categories(fitted)]
        category = choice.category if choice.category in codes else next(iter(codes), "")
        return dataclasses.replace(fitted, category=category)

    def analysis(self, code: str, lang: str = DEFAULT_LANGUAGE) -> Analysis:
        """Return the analysis of a half-year."""
        period = self._data.period(code)
        return self._once((code, lang), lambda: analyse_data(self._data, period, lang))

    def chosen(self, choice: Choice) -> Analysis:
        """Return the analysis of the chosen half-year, with staff against the chosen baseline."""
        analysis, baseline = self.analysis(choice.period, choice.lang), choice.baseline
        if not baseline:
            return analysis
        key = (choice.period, choice.lang, baseline)
        return self._once(key, lambda: since(analysis, dt.date.fromisoformat(baseline)))

    def before(self, choice: Choice) -> Analysis | None:
        """Return the analysis of the half-year that is compared with."""
        return self.analysis(choice.other, choice.lang) if choice.other else None

    def changes(self, choice: Choice) -> Changes:
        """Return what changed; without a half-year to compare with, that there is none."""
        before = self.before(choice)
        if before is None:
            return nothing_changed(self._no_other(choice))
        key = ("changes", choice.period, choice.other, choice.baseline, choice.lang)
        return self._once(key, lambda: changed_since(self.chosen(choice), before))

    def linked(self, choice: Choice) -> alt.VConcatChart | None:
        """Draw what categories contribute and their months; None where a note says why."""
        found, before = self._found(choice), self.before(choice)
        if isinstance(found, str) or before is None:
            return None
        periods = (before.period, self._data.period(choice.period))
        complaints = self._complaints(choice.period)
        return self._once(
            ("linked", dataclasses.replace(choice, baseline="")),
            lambda: linked_categories(found, complaints, periods, choice.lang, choice.category),
        )

    def places(self, choice: Choice) -> list[str]:
        """Return the codes of the rows of `linked`, from the top."""
        found = self._found(choice)
        if isinstance(found, str):
            return []
        return [part.code for part in parts_of(found, choice.lang, choice.category)]

    def words(self, choice: Choice) -> str:
        """Say what the chosen category contributed; empty where there is nothing to say."""
        found = self._found(choice)
        return "" if isinstance(found, str) else part_words(found, choice.category, choice.lang)

    def staff(self, choice: Choice) -> alt.LayerChart | None:
        """Draw staff at the chosen baseline and now; None where there is no baseline."""
        return _staff(self.chosen(choice)) if choice.baseline else None

    def staff_table(self, choice: Choice) -> gt.GT | None:
        """Tabulate what changed since the chosen baseline; None where there is none."""
        return tables.computed(self.chosen(choice), *_SINCE) if choice.baseline else None

    def notes(self, choice: Choice) -> list[str]:
        """Say what is missing, and where it would have to be."""
        lang, found, said = choice.lang, self._found(choice), []
        name = labels.period_name(self._data.periods[choice.period], lang)
        if not choice.other:
            said.append(self._no_other(choice))
        elif isinstance(found, str):
            reason = labels.label("reason", found, lang)
            said.append(text("explore_no_categories", lang, reason=reason))
        elif not has_months(self._complaints(choice.period)):
            said.append(text("explore_no_months", lang))
        if not choice.baseline:
            said.append(text("explore_no_staff", lang, period=name))
        return said

    def _no_other(self, choice: Choice) -> str:
        name = labels.period_name(self._data.periods[choice.period], choice.lang)
        return text("explore_one_period", choice.lang, period=name)

    def _complaints(self, code: str) -> pl.LazyFrame:
        """Return complaints of all half-years, or up to one if a later one cannot be read."""
        try:
            return self._data.read("complaints", *self._data.periods.values())
        except DataError:
            return self._data.read("complaints", self._data.periods[code], *self.others(code))

    def _found(self, choice: Choice) -> CategoryChanges | str:
        """Return what makes up the change, or the code of the reason."""
        if not choice.other:
            return "no_earlier_period"
        now, then = (self._data.periods[code] for code in (choice.period, choice.other))
        complaints = self.analysis(choice.period, choice.lang).tables["complaints"]
        return self._once((now, then), lambda: category_changes(complaints, now, then))

    def _once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """Make something, or return what was made before."""
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found


def since(analysis: Analysis, baseline: dt.date) -> Analysis:
    """Return an analysis with what is computed against a baseline computed against another.

    Parameters
    ----------
    analysis
        A report.
    baseline
        A date of which the report gives staff.

    Examples
    --------
    >>> from kao_metrics.analysis import analyse
    >>> report = since(analyse("107H1"), dt.date(2010, 12, 25))
    >>> given(report, "headcount_reduction")[0]["breakdown"]
    'frontline'
    """
    staff, period = analysis.tables["workforce"], analysis.period
    made = pl.collect_all([metric(staff, period, baseline) for metric in _SINCE.values()])
    rest = analysis.results.filter(~pl.col("indicator").is_in(list(_SINCE)))
    return dataclasses.replace(analysis, results=pl.concat([rest, *made]))


def _staff(analysis: Analysis) -> alt.LayerChart | None:
    """Draw each category's headcount at the baseline and now."""
    lang, found = analysis.lang, given(analysis, "downsizing_ratio")
    rows = [
        Bar(
            labels.group_label(row["breakdown"], lang),
            text(
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
    fell, rose = (sum(row["value"] * sign > 0 for row in found) for sign in (1, -1))
    said = text("alt_fell_and_rose", lang, fell=fell, rose=rose)
    return bars(rows, "explore_baseline", lang, direction=said)
