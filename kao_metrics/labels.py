"""Every word that a reader sees, in Traditional Chinese (Taiwan) and in English.

The words stand in labels.toml, a table for each kind of code (indicator, unit, category
and so on) and one for sentences. The tables are also the code lists of the data: a code
that has no label is unknown, and a new code costs one entry there and no Python.

A data folder may have codes of its own; see `kao_metrics.own_labels`. While a folder is read
and computed, only its own are known beside the package's: what one folder may say, another
may not. What is shown afterwards has the words of every folder that was analysed.
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, Literal

from kao_metrics.period import ROC_OFFSET, Period
from kao_metrics.printed import grouped
from kao_metrics.typesetting import isolated

Language = Literal["zh-TW", "en"]
"""For editors: what a language can be."""

LANGUAGES: Final = ("zh-TW", "en")
DEFAULT_LANGUAGE: Final = LANGUAGES[0]

TOTAL: Final = "_T"
"""SDMX's code for a total: not broken down by this dimension."""


GENERAL: Final = "general"
"""The general budget: the ordinary source of pay, which names of figures do not say."""

STAFF_IN_POST: Final = "staff_in_post"
"""The ordinary measure of staff: persons who are there, not posts that are budgeted."""


CONFIDENCE: Final = "confidence"
"""What the bounds of a figure are where they come from chance and no printed rounding."""


NOT_BROKEN_DOWN: Final = "not_broken_down"
"""How the name of what a breakdown of staff leaves of its total ends."""

EMPLOYERS: Final = "employers"
"""What stands before that where the breakdown is by employer."""


class LabelError(KeyError):
    """A code without a label, or a language that is not there."""

    def __str__(self) -> str:
        """Return the message as it is; KeyError would quote it."""
        return str(self.args[0])


Tables = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By kind and code, what is said of it."""

_reading: ContextVar[Tables | None] = ContextVar("_reading", default=None)
"""All that is known while a data folder is read; nothing where none is."""

_shown: Final[dict[str, Tables]] = {}
"""By data folder, its own entries, for what is shown of it."""


@cache
def packaged() -> Tables:
    """Return the entries of the package, which every data folder may use."""
    text = resources.files("kao_metrics").joinpath("labels.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def _tables() -> Tables:
    reading = _reading.get()
    if reading is not None:
        return reading
    return _beside_shown() if _shown else packaged()


@cache
def _beside_shown() -> Tables:
    """Put them together once until another folder is kept: words are looked up often."""
    return _merged(*_shown.values())


def _merged(*own: Tables) -> Tables:
    """Put the entries of data folders beside the package's."""
    tables = dict(packaged())
    for each in own:
        tables |= {kind: {**tables[kind], **entries} for kind, entries in each.items()}
    return tables


@contextmanager
def known_beside(*own: Tables) -> Iterator[None]:
    """Know data folders' own entries beside the package's, and no others, for a while.

    >>> with known_beside({"unit": {"bushel": {"zh-TW": "斗", "en": "bushels"}}}):
    ...     label("unit", "bushel", "en")
    'bushels'
    >>> label_or_code("unit", "bushel")
    'bushel'
    """
    token = _reading.set(_merged(*own))
    try:
        yield
    finally:
        _reading.reset(token)


def keep(folder: str, own: Tables) -> str:
    """Keep a data folder's own entries, in place of its earlier ones, for what is shown of it.

    Returns
    -------
    str
        The first ``kind.code`` that another folder has with other words, in which case nothing
        is kept: nobody could tell which words are meant. Empty if there is none.
    """
    others = [tables for name, tables in _shown.items() if name != folder]
    for kind, entries in own.items():
        for code, said in entries.items():
            if any(other.get(kind, {}).get(code, said) != said for other in others):
                return f"{kind}.{code}"
    _shown.pop(folder, None)
    _beside_shown.cache_clear()
    if own:
        _shown[folder] = own
    return ""


def codes(kind: str) -> tuple[str, ...]:
    """Return the known codes of a kind, in the order of labels.toml.

    >>> codes("stage")
    ('first', 'second', 'mediation')
    """
    return tuple(_tables()[kind])


def is_packaged(kind: str) -> bool:
    """Tell whether only the package's codes of a kind are known at the moment.

    >>> is_packaged("stage")
    True
    """
    return _tables()[kind] is packaged()[kind]


def entry(kind: str, code: str) -> Mapping[str, Any]:
    """Return all that labels.toml says of a code: words, unit, definition, parent.

    Raises
    ------
    LabelError
        If the code is unknown; the message suggests the nearest known one.
    """
    known = _tables()[kind]
    if code not in known:
        raise LabelError(f"no {kind} is called {code!r}{suggestion(code, known)}")
    return known[code]


def label(kind: str, code: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return what a code is called.

    >>> label("stage", "first"), label("stage", "first", "en")
    ('第一次申訴', 'First complaints')
    """
    return str(entry(kind, code)[check_language(lang)])


def label_or_code(kind: str, code: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return what a code is called, or the code where labels.toml does not know it."""
    return label(kind, code, lang) if code in _tables()[kind] else code


def attribute(kind: str, code: str, name: str, default: str = "") -> str:
    """Return one attribute of a code that is the same in both languages.

    >>> attribute("subcategory", "other_health", "parent", TOTAL)
    'other'
    """
    return str(_tables()[kind].get(code, {}).get(name, default))


def definition(indicator: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return the definition of an indicator; its label where that says it all."""
    words = _tables()["indicator"].get(indicator, {})
    return str(words.get("definition", {}).get(check_language(lang), words.get(lang, indicator)))


def text(key: str, lang: str = DEFAULT_LANGUAGE, **values: object) -> str:
    """Return a sentence with its values put in.

    >>> text("covered", "en", first="2018-01-16", last="2018-06-30", days=166)
    'covers 2018-01-16 to 2018-06-30 (166 days)'
    """
    set_apart = {
        name: isolated(value) if isinstance(value, str) else value for name, value in values.items()
    }
    return label("text", key, lang).format(**set_apart)


def code_of(kind: str, printed: str) -> str:
    """Return the code for a word as printed, or the word itself if it is none.

    >>> code_of("unit", "件"), code_of("qualifier", "約"), code_of("unit", "person")
    ('item', 'about', 'person')
    """
    for code, words in _tables()[kind].items():
        if printed == code or printed in words.get("printed", ()):
            return code
    return printed


def nearest(code: str, known: Iterable[str]) -> str:
    """Return the known code that is most like a word; empty if none is.

    >>> nearest("frist", codes("stage"))
    'first'
    """
    return next(iter(difflib.get_close_matches(code, list(known), n=1)), "")


def suggestion(code: str, known: Iterable[str]) -> str:
    """Say which known code is nearest, or list them where none is.

    >>> suggestion("frist", codes("stage"))
    "; did you mean 'first'?"
    """
    known = list(known)
    if not known:
        return ""
    near = nearest(code, known)
    if near:
        return f"; did you mean {near!r}?"
    few = 12
    return f"; known: {', '.join(known[:few])}{' …' if len(known) > few else ''}"


def check_language(lang: str) -> str:
    """Return the language, or raise if there are no words in it."""
    if lang not in LANGUAGES:
        raise LabelError(f"no words in {lang!r}; write {' or '.join(LANGUAGES)}")
    return lang


def period_name(period: Period, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return a period's name for readers.

    >>> period_name(Period(2018, 1)), period_name(Period(2018, 1), "en")
    ('民國107年上半年', 'first half of 2018')
    """
    half = label("half", str(period.half), lang)
    return text("period_name", lang, roc_year=period.roc_year, year=period.year, half=half)


def reference_period(code: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return the name of a year, a half-year or a month for readers.

    >>> reference_period("2012"), reference_period("2016-06"), reference_period("2016-06", "en")
    ('101年全年', '105年6月', '2016-06')
    """
    year, _, rest = code.partition("-")
    if rest.startswith("S"):
        return period_name(Period(int(year), int(rest[1])), lang)
    key = "month_name" if rest else "year_name"
    return text(key, lang, roc_year=int(year) - ROC_OFFSET, month=int(rest or 0), iso=code)


def date_name(date: dt.date, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return a date for readers, in the ROC calendar where the words are Chinese.

    >>> date_name(dt.date(2018, 4, 1)), date_name(dt.date(2018, 4, 1), "en")
    ('107年4月1日', '2018-04-01')
    """
    roc_year = date.year - ROC_OFFSET
    return text("date_name", lang, roc_year=roc_year, month=date.month, day=date.day, iso=date)


def amount(
    value: Decimal, unit: str, lang: str = DEFAULT_LANGUAGE, digits: int | None = None
) -> str:
    """Write a value with its unit: fractions as percentages, others as they are.

    >>> amount(Decimal("0.195816"), "ratio", digits=2), amount(Decimal(8462), "person")
    ('19.58%', '8,462人')
    >>> amount(Decimal("0.195816"), "ratio", "en", 2), amount(Decimal(8462), "person", "en")
    ('19.58%', '8,462 people')
    """
    if unit == "ratio":
        return grouped(value * 100, digits) + "%"
    if value == 1 and attribute("unit", unit, f"one_{lang}"):
        return text("amount", lang, value=1, unit=attribute("unit", unit, f"one_{lang}"))
    if attribute("unit", unit, "scale"):
        return grouped(value, digits) + label("unit", unit, lang)
    return text(
        "amount", lang, value=grouped(value, digits), unit=label("unit", unit, lang)
    ).strip()


def figure_label(indicator: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return what a figure is called, the baseline's figure after the one of now.

    >>> figure_label("frontline_baseline"), figure_label("temporary_engineers_baseline", "en")
    ('縣市合併時工級人員', 'Hired engineers, general budget, at the baseline')
    """
    if indicator in codes("indicator") or not indicator.endswith("_baseline"):
        return label_or_code("indicator", indicator, lang)
    base = indicator.removesuffix("_baseline")
    known = base if base in codes("indicator") else f"{base}_total"
    return text("at_baseline", lang, figure=label_or_code("indicator", known, lang))


def group_label(breakdown: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return what a breakdown of staff is called: a category, a kind, or all together.

    >>> group_label("frontline"), group_label("temporary_assistants", "en"), group_label("_T")
    ('工級人員', 'Administrative assistants, general budget', '合計')
    >>> group_label("budgeted_posts"), group_label("frontline_employers_not_broken_down")
    ('合計（預算員額）', '工級人員，未按機關與學校細分')
    """
    if breakdown == TOTAL:
        return text("together", lang)
    if breakdown in codes("category"):
        return label("category", breakdown, lang)
    if breakdown in codes("measure"):
        measure = label("measure", breakdown, lang)
        return text("kind_and_funding", lang, kind=text("together", lang), funding=measure)
    if breakdown.endswith(NOT_BROKEN_DOWN):
        return _rest_label(breakdown.removesuffix(NOT_BROKEN_DOWN).rstrip("_"), lang)
    return label_or_code("indicator", breakdown, lang)


def _rest_label(whole: str, lang: str) -> str:
    """Name what a breakdown of staff leaves of a whole."""
    group = whole.removesuffix(EMPLOYERS).rstrip("_")
    if whole != group:
        return text("workforce_rest_by_employer", lang, group=group_label(group or TOTAL, lang))
    if not group:
        return text("not_broken_down", lang)
    return text("workforce_rest_of", lang, group=group_label(group, lang))


def unit_label(unit: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return what a unit is called, given as a code or as printed; any other as it is.

    >>> unit_label("%", "en"), unit_label("account"), unit_label("bushel")
    ('%', '戶', 'bushel')
    """
    return label_or_code("unit", code_of("unit", unit), lang)


def stated_label(name: str, statement: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return what a stated figure is called; its own statement where labels.toml has none."""
    return label("stated", name, lang) if name in codes("stated") else statement


def qualified(figure: str, qualifier: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Put the word for a qualifier before a figure.

    >>> qualified("200", "more_than"), qualified("200", "more_than", "en"), qualified("9", "exact")
    ('逾200', 'more than 200', '9')
    """
    word = label("qualifier", qualifier, lang)
    return text("qualified", lang, word=word, figure=figure) if word else figure
