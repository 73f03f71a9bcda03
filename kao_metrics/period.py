"""A half-year, the unit of the report.

The government writes its half-years in the ROC calendar (民國107年上半年 is the first
half of 2018) and statisticians write them in SDMX's reporting semesters (2018-S1). A
`Period` reads every usual spelling and prints one: the SDMX code, which is made from
two whole numbers and can therefore never be a path.

A report may cover fewer days than its half-year has. `Period.covering` notes the days
that are really covered, so that a count over them is never set against a full half-year
without saying so.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

ROC_OFFSET: Final = 1911
"""Years between the ROC calendar and the Gregorian one: ROC 1 is 1912."""

FIRST_YEAR: Final = ROC_OFFSET + 1
LAST_YEAR: Final = 2199

SPELLINGS: Final = (
    "107H1",
    "107-1",
    "107年上半年",
    "民國107年上半年",
    "2018H1",
    "2018-S1",
)
"""One example of every accepted spelling, for messages and help."""

_HALVES: Final = {"1": 1, "2": 2, "上": 1, "下": 2}
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_PATTERN: Final = re.compile(
    r"""
    (?P<roc>民國|ROC\s*)?\s*
    (?P<year>\d{1,4})\s*
    (?: (?:-?\s*[HS]|-)\s*(?P<number>[12])
      | 年?\s*(?P<word>[上下])\s*半\s*年?
      | 年\s*第?\s*(?P<ordinal>[12])\s*半年 )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_GREGORIAN_DIGITS: Final = 4


class PeriodError(ValueError):
    """A text that is no half-year; the message shows the spellings that are."""


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A half-year, with the days of it that a report covers.

    Two periods are equal when they are the same half-year, whatever they cover.

    Parameters
    ----------
    year
        Gregorian year.
    half
        1 for January to June, 2 for July to December.
    covers_from, covers_to
        First and last covered day; the whole half-year if left out.

    Raises
    ------
    PeriodError
        If the year or the half is outside the calendar, or the covered days are not
        inside the half-year.

    Examples
    --------
    >>> period = Period.parse("民國107年上半年")
    >>> period.code, period.roc_year, str(period.previous)
    ('2018-S1', 107, '2017-S2')
    >>> period.covering(dt.date(2018, 1, 16), dt.date(2018, 6, 30)).covered_days
    166
    """

    year: int
    half: int
    covers_from: dt.date = field(default=dt.date.min, compare=False)
    covers_to: dt.date = field(default=dt.date.max, compare=False)

    def __post_init__(self) -> None:
        """Check the calendar and fill in the whole half-year where no days are given."""
        if not FIRST_YEAR <= self.year <= LAST_YEAR or self.half not in (1, 2):
            raise PeriodError(
                f"year {self.year}, half {self.half}: expected a year from {FIRST_YEAR} "
                f"to {LAST_YEAR} and a half of 1 or 2"
            )
        if self.covers_from == dt.date.min:
            object.__setattr__(self, "covers_from", self.start)
        if self.covers_to == dt.date.max:
            object.__setattr__(self, "covers_to", self.end)
        if not self.start <= self.covers_from <= self.covers_to <= self.end:
            raise PeriodError(
                f"{self.code} covers {self.covers_from} to {self.covers_to}: expected days "
                f"from {self.start} to {self.end}, the first not after the last"
            )

    @classmethod
    def parse(cls, text: str | Period) -> Period:
        """Read a half-year from any accepted spelling.

        Up to three digits are a ROC year, four digits a Gregorian one.

        Raises
        ------
        PeriodError
            If the text is no half-year.

        Examples
        --------
        >>> [Period.parse(text).code for text in ("１０７Ｈ１", "107-2", "2018H1")]
        ['2018-S1', '2018-S2', '2018-S1']
        >>> Period.parse("107Q1")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        kao_metrics.period.PeriodError: '107Q1' is not a half-year; write it as one of 107H1, ...
        """
        if isinstance(text, Period):
            return text
        folded = unicodedata.normalize("NFKC", str(text)).translate(_DASHES).strip()
        match = _PATTERN.fullmatch(folded)
        if match is None:
            raise PeriodError(_no_period(text))
        year, half = int(match["year"]), match["number"] or match["word"] or match["ordinal"]
        is_roc = len(match["year"]) < _GREGORIAN_DIGITS
        if match["roc"] and not is_roc:
            raise PeriodError(_no_period(text))
        try:
            return cls(year + ROC_OFFSET if is_roc else year, _HALVES[half])
        except PeriodError:
            raise PeriodError(_no_period(text)) from None

    def covering(self, covers_from: dt.date, covers_to: dt.date) -> Period:
        """Return the same half-year with the days that its report covers."""
        return replace(self, covers_from=covers_from, covers_to=covers_to)

    @property
    def code(self) -> str:
        """SDMX reporting semester, such as ``2018-S1``."""
        return f"{self.year:04d}-S{self.half}"

    @property
    def roc_code(self) -> str:
        """Short ROC spelling, such as ``107H1``."""
        return f"{self.roc_year}H{self.half}"

    @property
    def roc_year(self) -> int:
        """Year of the ROC calendar: 107 is 2018."""
        return self.year - ROC_OFFSET

    @property
    def start(self) -> dt.date:
        """First day of the half-year."""
        return dt.date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def end(self) -> dt.date:
        """Last day of the half-year."""
        return dt.date(self.year, 6, 30) if self.half == 1 else dt.date(self.year, 12, 31)

    @property
    def days(self) -> int:
        """Days that the half-year has: 181, 182 or 184."""
        return (self.end - self.start).days + 1

    @property
    def covered_days(self) -> int:
        """Days that the report covers, both ends included."""
        return (self.covers_to - self.covers_from).days + 1

    @property
    def is_partly_covered(self) -> bool:
        """Whether the report covers fewer days than the half-year has."""
        return self.covered_days < self.days

    @property
    def previous(self) -> Period:
        """The half-year before, as a whole."""
        return Period(self.year - 1, 2) if self.half == 1 else Period(self.year, 1)

    @property
    def following(self) -> Period:
        """The half-year after, as a whole."""
        return Period(self.year, 2) if self.half == 1 else Period(self.year + 1, 1)

    @property
    def same_half_last_year(self) -> Period:
        """The same half of the year before, as a whole."""
        return Period(self.year - 1, self.half)

    def __str__(self) -> str:
        """Return the code, so that a period prints the same everywhere."""
        return self.code

    def _repr_html_(self) -> str:
        """Show the same in a notebook."""
        return f"<code>{self!r}</code>"

    def __repr__(self) -> str:
        """Show both calendars and, where they differ, the covered days."""
        days = f", covers {self.covers_from} to {self.covers_to}" if self.is_partly_covered else ""
        return f"Period({self.code} = {self.roc_code}{days})"


def _no_period(text: object) -> str:
    return f"{text!r} is not a half-year; write it as one of {', '.join(SPELLINGS)}"


def spelled(spellings: Sequence[str]) -> list[Period]:
    """Return the half-years that are named, all of a range, each once.

    Raises
    ------
    PeriodError
        If a spelling is none, or a range ends before it begins.

    Examples
    --------
    >>> [str(period) for period in spelled(["107H1..108H1", "107H2"])]
    ['2018-S1', '2018-S2', '2019-S1']
    """
    found: list[Period] = []
    for spelling in spellings:
        first, dots, last = spelling.partition("..")
        period, end = Period.parse(first), Period.parse(last if dots else first)
        if period > end:
            raise PeriodError(f"{spelling}: the range ends before it begins; try {last}..{first}")
        found.append(period)
        while period < end:
            period = period.following
            found.append(period)
    return list(dict.fromkeys(found))
