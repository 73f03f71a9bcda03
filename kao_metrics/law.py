"""What the law says where a figure depends on it: dates, and where they stand.

The values stand in law.toml with the day from which they hold, so that a figure of an older
year is held against the law of that year, and a change of the law needs no Python.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from kao_metrics.labels import DEFAULT_LANGUAGE, LANGUAGES, check_language, suggestion

RESERVE_TOP_UP: Final = "reserve_top_up"
"""The duty to pay what an account of the retirement reserve lacks."""


class LawError(KeyError):
    """A rule that law.toml does not have."""

    def __str__(self) -> str:
        """Return the message as it is; KeyError would quote it."""
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Rule:
    """One wording of a rule.

    Parameters
    ----------
    words
        By language, how it is cited.
    url
        Where it can be read.
    promulgated
        The day of its promulgation.
    in_force
        The first day on which it holds.
    due
        Month and day of the next year by which it is to be done.
    """

    words: Mapping[str, str]
    url: str
    promulgated: dt.date
    in_force: dt.date
    due: tuple[int, int]

    def cited(self, lang: str = DEFAULT_LANGUAGE) -> str:
        """Return how it is cited in a language."""
        return self.words[check_language(lang)]

    def due_after(self, day: dt.date) -> dt.date:
        """Return by when what is found for the year of a day is to be done.

        >>> print(first(RESERVE_TOP_UP).due_after(dt.date(2017, 12, 31)))
        2018-03-31
        """
        return dt.date(day.year + 1, *self.due)


def first(name: str) -> Rule:
    """Return the oldest wording of a rule.

    Raises
    ------
    LawError
        If there is no such rule; the message suggests the nearest.

    Examples
    --------
    >>> print(first(RESERVE_TOP_UP).in_force)
    2015-02-06
    """
    return _wordings(name)[0]


def rule(name: str, on: dt.date) -> Rule | None:
    """Return the wording of a rule that holds on a day; None before the first.

    Raises
    ------
    LawError
        If there is no such rule; the message suggests the nearest.

    Examples
    --------
    >>> rule(RESERVE_TOP_UP, dt.date(2017, 12, 31)).cited("en")
    'Labor Standards Act, art. 56 para. 2'
    >>> rule(RESERVE_TOP_UP, dt.date(2014, 12, 31)) is None
    True
    """
    held = [each for each in _wordings(name) if each.in_force <= on]
    return held[-1] if held else None


def _wordings(name: str) -> tuple[Rule, ...]:
    known = _rules()
    if name not in known:
        raise LawError(f"law.toml has no rule {name!r}{suggestion(name, known)}")
    return known[name]


@cache
def _rules() -> Mapping[str, tuple[Rule, ...]]:
    text = resources.files("kao_metrics").joinpath("law.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            name: tuple(
                Rule(
                    words=MappingProxyType({lang: entry[lang] for lang in LANGUAGES}),
                    url=entry["url"],
                    promulgated=entry["promulgated"],
                    in_force=entry["in_force"],
                    due=_month_and_day(entry["due"]),
                )
                for entry in entries
            )
            for name, entries in tomllib.loads(text).items()
        }
    )


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
