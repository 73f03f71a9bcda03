"""Where a figure comes from: documents, and what may be done with them.

``data/sources.toml`` has a table a document; rows of data name it in ``source_id`` and
add the section. A date of publication is as exact as it is known (a year, a month or a
day), and an unknown licence is said to be unknown. ``data/remarks.toml`` holds what else is
known of single figures, such as a footnote of the document.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from kao_metrics.typesetting import is_printable

FILE_NAME = "sources.toml"
REMARKS = "remarks.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """A published document.

    Parameters
    ----------
    id
        The name that rows of data use.
    title, publisher, licence
        By language, ``zh-TW`` and ``en``.
    published
        ISO date, as exact as it is known.
    url
        Address, empty if the document is not on the web.
    note
        What a reader should know of it, by language.
    imports
        The files that rows were imported from: table, period, file, checksums. Only an
        import writes them.
    """

    id: str
    title: dict[str, str]
    publisher: dict[str, str]
    published: str
    licence: dict[str, str]
    url: str
    note: dict[str, str]
    imports: tuple[dict[str, str], ...] = ()


class SourceError(ValueError):
    """A sources.toml that cannot be read; the message says where."""


def read_sources(data_dir: Path) -> dict[str, Source]:
    """Read the documents that the data comes from.

    Raises
    ------
    SourceError
        If the file is missing, is no TOML, or an entry lacks or adds a field.
    """
    path = data_dir / FILE_NAME
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file; every row of data names a source in it") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"{path}: {error}") from None
    return {name: _source(path, name, table) for name, table in tables.items()}


def _source(path: Path, name: str, table: Any) -> Source:
    expected = {
        field.name: field.type for field in fields(Source) if field.name not in ("id", "imports")
    }
    imports = table.get("imports", []) if isinstance(table, dict) else []
    found = set(table) - {"imports"} if isinstance(table, dict) else set()
    if found != set(expected):
        raise SourceError(
            f"{path}, [{name}]: found {sorted(found)}, expected exactly {sorted(expected)}"
        )
    for key, kind in expected.items():
        is_right = is_words if kind == "dict[str, str]" else _is_text
        if not is_right(table[key]):
            raise SourceError(
                f"{path}, [{name}], {key}: found {table[key]!r}, expected "
                + ("words in zh-TW and en" if kind == "dict[str, str]" else "a text")
            )
    if not isinstance(imports, list) or not all(map(_is_record, imports)):
        raise SourceError(f"{path}, [[{name}.imports]]: expected texts only, as an import writes")
    return Source(id=name, **{**table, "imports": tuple(imports)})


def _is_record(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and is_printable(value)


def is_words(value: object) -> bool:
    """Tell whether a value has a text in each language, and nothing else."""
    return (
        isinstance(value, dict)
        and set(value) == {"zh-TW", "en"}
        and all(map(_is_text, value.values()))
    )


def read_remarks(data_dir: Path, period_code: str) -> dict[str, dict[str, str]]:
    """Read what else is known of a period's figures, by figure name and language.

    A data folder need not have remarks.

    Raises
    ------
    SourceError
        If ``remarks.toml`` is no TOML, or a remark lacks one of the languages.
    """
    path = data_dir / REMARKS
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourceError(f"{path}: {error}") from None
    remarks = tables.get(period_code, {})
    if not isinstance(remarks, dict):
        raise SourceError(f"{path}, [{period_code}]: found {remarks!r}, expected a table a figure")
    for name, words in remarks.items():
        if not is_words(words):
            raise SourceError(
                f"{path}, [{period_code}.{name}]: found {words!r}, expected words in zh-TW and en"
            )
    return dict(remarks)
