"""A data folder's own codes and their words: figures, units, kinds of complaints.

``data/labels.toml`` has the form of the package's labels.toml and adds to it, so that a new
counted figure costs a row, an entry and no code. It takes nothing away: a code that the
package has keeps the package's words. A data folder need not have any.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from kao_metrics import labels
from kao_metrics.typesetting import is_printable

FILE_NAME: Final = "labels.toml"

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_SHOWN: Final = 100
"""Characters of a wrong value that an error shows."""

Fault = tuple[str, str, str]
"""The place in the file, what is there, and what should be."""


def _printable(value: str) -> str:
    if not is_printable(value) or {"{", "}"} & set(value):
        raise ValueError("a text without control characters and braces")
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError("words")
    return _printable(value)


_Text = Annotated[str, AfterValidator(_printable)]
_Filled = Annotated[str, AfterValidator(_filled)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    zh: _Filled = Field(alias="zh-TW")


class _Unit(_Entry):
    en: _Text
    one_en: _Filled | None = None
    printed: list[_Filled] = []


class _Words(_Entry):
    en: _Filled


class _Indicator(_Entry):
    """A counted figure; with places and a definition, one that a metric computes."""

    en: _Filled
    unit: _Filled
    kind: Literal["flow", "stock", "rate"] | None = None
    places: Annotated[int, Field(ge=0, le=6)] | None = None
    definition: _Words | None = None
    interval: Literal["confidence"] | None = None

    @model_validator(mode="after")
    def _computed_is_defined(self) -> Self:
        if (self.places is None) != (self.definition is None):
            raise ValueError("places and a definition, or neither: a metric's figure has both")
        return self


_KINDS: Final[dict[str, type[_Entry]]] = {
    "indicator": _Indicator,
    "unit": _Unit,
    "complaint_category": _Words,
}


def read_labels(data_dir: Path) -> tuple[dict[str, dict[str, Any]], list[Fault]]:
    """Read a data folder's own entries by kind and code, and all that is wrong with them.

    Parameters
    ----------
    data_dir
        The data folder.

    Returns
    -------
    tuple
        The entries as they are written; none if there is a fault or no file.
    """
    path = data_dir / FILE_NAME
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, [("", str(error), "TOML in UTF-8, as labels.toml of the package")]
    faults = [fault for kind, entries in tables.items() for fault in _faults(kind, entries)]
    faults = faults or [*_unknown_units(tables), *_shared_words(tables.get("unit", {}))]
    return ({}, faults) if faults else (tables, [])


def _faults(kind: str, entries: Any) -> Iterator[Fault]:
    """Find what is wrong with the entries of a kind, each by itself."""
    if kind not in _KINDS:
        hint = labels.suggestion(kind, _KINDS)
        yield f"[{kind}]", "a kind that no data folder adds to", f"one of {', '.join(_KINDS)}{hint}"
        return
    if not isinstance(entries, dict):
        yield kind, repr(entries)[:_SHOWN], f"a table for each code, such as [{kind}.a_code]"
        return
    for code, entry in entries.items():
        place = f"[{kind}.{code}]"
        if not _CODE.fullmatch(code):
            yield place, repr(code), "a code of small letters, digits and _, a letter first"
        elif code in labels.packaged()[kind]:
            yield place, "a code that kao-metrics has words for already", "another code"
        try:
            _KINDS[kind].model_validate(entry)
        except ValidationError as error:
            yield from (_in_words(place, each) for each in error.errors(include_url=False))


def _in_words(place: str, error: Any) -> Fault:
    where = f"{place}{''.join(f' {each}' for each in error['loc'])}"
    if error["type"] == "missing":
        return where, "nothing", "this field"
    if error["type"] == "extra_forbidden":
        return where, "an unknown field", "a field that the package's labels.toml explains"
    said = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    return where, repr(error["input"])[:_SHOWN], said


def _unknown_units(tables: dict[str, Any]) -> Iterator[Fault]:
    known = [*labels.packaged()["unit"], *tables.get("unit", {})]
    for code, entry in tables.get("indicator", {}).items():
        if entry["unit"] not in known:
            expected = f"a known unit{labels.suggestion(entry['unit'], known)}"
            yield f"[indicator.{code}] unit", repr(entry["unit"]), expected


def _shared_words(units: dict[str, Any]) -> Iterator[Fault]:
    """Find printed words of units that mean another unit too."""
    known = labels.packaged()["unit"].items()
    taken = {word: code for code, entry in known for word in (code, *entry.get("printed", ()))}
    for code, entry in units.items():
        for word in entry.get("printed", ()):
            if taken.setdefault(word, code) != code:
                yield f"[unit.{code}] printed", repr(word), f"words that do not mean {taken[word]}"
