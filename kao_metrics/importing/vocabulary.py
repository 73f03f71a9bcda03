"""Words by which exports are recognised: of totals, of footnotes, of columns, of persons.

They stand in vocabulary.toml. A proposal is made with them and is there to be checked; none
of them decides what an import does, but for footnotes and the warning of personal columns.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from kao_metrics.importing.mapping import folded


@cache
def _tables() -> dict[str, Any]:
    path = resources.files("kao_metrics.importing").joinpath("vocabulary.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def words(kind: str) -> tuple[str, ...]:
    """Return the words of a kind.

    >>> "總計" in words("total"), "電話" in words("personal")
    (True, True)
    """
    return tuple(_tables()[kind]["words"])


def field_words(name: str) -> tuple[str, ...]:
    """Return the names that exports have for a field, the most telling first.

    >>> field_words("received")[0]
    'received'
    """
    return (name, *_tables()["field"].get(name, ()))


def is_personal(column: str) -> bool:
    """Tell whether the name of a column looks as if it held what is about a person.

    >>> is_personal("案件地址"), is_personal("申訴人姓名"), is_personal("派工項目")
    (True, True, False)
    """
    name = folded(column)
    return any(folded(word) in name for word in words("personal"))


def is_total(text: str) -> bool:
    """Tell whether a cell is a word for a total.

    >>> is_total("小　計"), is_total("食品")
    (True, False)
    """
    return folded(text) in set(map(folded, words("total")))


def is_note(text: str) -> bool:
    """Tell whether a cell begins like a footnote.

    >>> is_note("註：不含電話諮詢"), is_note("食品")
    (True, False)
    """
    return folded(text).startswith(tuple(map(folded, words("footnote"))))
