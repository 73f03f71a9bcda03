"""A mapping: how an agency's export becomes a table of data/, said in TOML and not in code.

A mapping names the columns that are read, and leaves all others behind. Names of columns
and words in cells are compared after `folded`: full width or half, spaces and case make no
difference.

    table = "complaints"
    rows = "cases"                       # one row a case; or "figures", one row a figure

    [file]                               # all optional, found where left out
    encoding = "cp950"
    delimiter = ","
    sheet = "Sheet1"
    header = [2, 3]                      # rows of the header, as a spreadsheet counts
    fill_down = ["項次"]                  # columns whose blank cells repeat the one above

    [fields.received]
    column = "立案日期"
    [fields.stage]
    value = "first"                      # the same in every row
    [fields.category]
    column = "派工項目"
    codes = { "路樹處理" = "street_trees" }
    other = "other"                      # any other word; without it, such a row is rejected
    missing = "other"                    # an empty cell

    [[figures]]                          # one for each figure of a row, over the fields above
    stage = { value = "first" }
    count = { column = "第一次申訴" }

    [totals]                             # words that make a row a total of the others
    "分處別" = ["總計"]
    [keep]                               # rows to read, by column
    [drop]                               # rows to leave out, by column

    [checks]
    add_up = ["分處別"]                   # figures of one key, in several rows by these columns
    totals = "agree"                     # or "report": totals that differ do not fail
    key = "案件編號"                      # a column that should name each case once
    duplicates = "report"                # or "remove": exact duplicates of a row
    shifted = "report"                   # or "realign": rows whose columns moved
    reject_limit = 0.01                  # the share of rows that may be unreadable
    suppress_below = 0                   # counts from 1 to this less 1 are not published

    [source]                             # for sources.toml, where it has no such name
    name = "taipei_1999"
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kao_metrics import labels
from kao_metrics.contracts import Place
from kao_metrics.failures import DataError, Failure
from kao_metrics.schemas import TABLES

CASE_FIELDS: Final = ("received", "stage", "sector", "category")
"""What a complaint's case row says; only ``received`` is required."""

_SHOWN: Final = 100
"""Characters of a wrong value that an error shows."""


def folded(text: str) -> str:
    """Return a text as it is compared: half width, one case, without any space.

    >>> folded("小　計 "), folded("ＡＢ c")
    ('小計', 'abc')
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _listed(value: object) -> object:
    """Take one number for a list of one."""
    return [value] if isinstance(value, int) else value


class FieldSpec(_Part):
    """Where one column of the table comes from: a column of the export, or one value."""

    column: str = ""
    value: str = ""
    codes: dict[str, str] = {}
    other: str = ""
    missing: str = ""
    calendar: Literal["auto", "roc", "gregorian"] = "auto"

    def code(self, word: str) -> str:
        """Return the code that the mapping gives a word; empty where it gives none.

        >>> FieldSpec(column="項目", codes={"黃　金": "gold"}).code("黃金")
        'gold'
        """
        return {folded(each): code for each, code in self.codes.items()}.get(folded(word), "")


class FileSpec(_Part):
    """How the export is laid out; what is left out is found by looking at it."""

    encoding: str = ""
    delimiter: Annotated[str, Field(max_length=1)] = ""
    sheet: str = ""
    header: Annotated[list[Annotated[int, Field(ge=0, le=1000)]], BeforeValidator(_listed)] = []
    fill_down: list[str] = []


class Checks(_Part):
    """What is held against the rows, and what happens to those that fail."""

    add_up: list[str] = []
    totals: Literal["agree", "report"] = "agree"
    key: str = ""
    duplicates: Literal["report", "remove"] = "report"
    shifted: Literal["report", "realign"] = "report"
    reject_limit: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.01
    suppress_below: Annotated[int, Field(ge=0, le=1000)] = 0


class SourceSpec(_Part):
    """The document for sources.toml; only its name where that has it already."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]
    title: dict[str, str] = {}
    publisher: dict[str, str] = {}
    published: str = ""
    licence: dict[str, str] = {}
    url: str = ""
    note: dict[str, str] = {}


Words = dict[str, list[str]]


class ExportMapping(_Part):
    """A whole mapping, its parts named as in TOML."""

    table: str
    rows: Literal["cases", "figures"] = "figures"
    file: FileSpec = FileSpec()
    fields: dict[str, FieldSpec] = {}
    figures: Annotated[list[dict[str, FieldSpec]], Field(min_length=1)] = [{}]
    totals: Words = {}
    keep: Words = {}
    drop: Words = {}
    checks: Checks = Checks()
    source: SourceSpec

    def each_figure(self) -> list[dict[str, FieldSpec]]:
        """Return the fields of each figure of a row, the shared ones among them."""
        return [{**self.fields, **own} for own in self.figures]

    def cells(self) -> list[str]:
        """Return the columns of the export whose cells are read, each once."""
        named = [spec.column for fields in self.each_figure() for spec in fields.values()]
        named += [*self.totals, *self.keep, *self.drop, *self.checks.add_up]
        return [name for name in dict.fromkeys(named) if name]

    def columns(self) -> list[str]:
        """Return every column that the export must have, each once."""
        named = [*self.cells(), self.checks.key, *self.file.fill_down]
        return [name for name in dict.fromkeys(named) if name]


def read_mapping(path: Path, table: str) -> ExportMapping:
    """Read a mapping from a TOML file.

    Raises
    ------
    DataError
        With every part that is unknown or wrong, by its place in the file.
    """
    place = Place(table, str(path))
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        expected = "a mapping; without --mapping one is proposed"
        raise DataError([place.failure(None, "", "no such file", expected)]) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError([place.failure(None, "", f"no TOML ({error})", "a mapping")]) from None
    return mapping_of({"table": table, **found}, place)


def mapping_of(found: Mapping[str, Any], place: Place) -> ExportMapping:
    """Check what a mapping says, and return it.

    Raises
    ------
    DataError
        With every part that is unknown or wrong.
    """
    try:
        mapping = ExportMapping.model_validate(found)
    except ValidationError as error:
        raise DataError([_in_words(each, place) for each in error.errors()]) from None
    failures = [
        place.failure(None, where, what, expected)
        for where, what, expected in _faults(mapping, place)
    ]
    if failures:
        raise DataError(failures)
    return mapping


def _in_words(error: Any, place: Place) -> Failure:
    where = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        return place.failure(None, where, "an unknown part", "a part that mappings have")
    found = "nothing" if error["type"] == "missing" else repr(error["input"])[:_SHOWN]
    return place.failure(None, where, found, error["msg"])


def _faults(mapping: ExportMapping, place: Place) -> Iterator[tuple[str, str, str]]:
    """Find what the parts of a mapping say that its table does not know."""
    if mapping.table != place.table or mapping.table not in TABLES:
        yield "table", repr(mapping.table), f"{place.table!r}, as --table says"
        return
    if mapping.checks.suppress_below and (mapping.rows, mapping.table) != ("cases", "complaints"):
        expected = "counts of case rows of complaints to suppress, or 0"
        yield "checks.suppress_below", repr(mapping.checks.suppress_below), expected
    known, needed = allowed(mapping.table, mapping.rows), _needed(mapping.table, mapping.rows)
    for number, own in enumerate([mapping.fields, *mapping.figures]):
        where = f"figures.{number}" if number else "fields"
        for name, spec in own.items():
            if name not in known:
                yield f"{where}.{name}", "an unknown field", f"one of {', '.join(known)}"
            elif bool(spec.column) == bool(spec.value):
                yield f"{where}.{name}", "both or none", "either a column or a value"
            else:
                yield from _unknown_codes(f"{where}.{name}", spec, kind_of(mapping.table, name))
    for number, fields in enumerate(mapping.each_figure(), start=1):
        for name in needed:
            if name not in fields:
                yield f"figures.{number}", "nothing", f"the field {name}"


def _unknown_codes(where: str, spec: FieldSpec, kind: str) -> Iterator[tuple[str, str, str]]:
    if not kind:
        return
    known = (labels.TOTAL, *labels.codes(kind))
    said = {f"codes.{word}": code for word, code in spec.codes.items()}
    said |= {"value": spec.value, "other": spec.other, "missing": spec.missing}
    for at, code in said.items():
        if code not in known and (code or at.startswith("codes.")):
            yield f"{where}.{at}", repr(code), f"a code of {kind}{labels.suggestion(code, known)}"


def kind_of(table: str, name: str) -> str:
    """Return the kind of code that a column of a table holds; empty where it holds none.

    >>> kind_of("complaints", "category"), kind_of("complaints", "count")
    ('complaint_category', '')
    """
    column = TABLES[table].columns().get(name)
    return str((column.metadata or {}).get("kind", "")) if column is not None else ""


def allowed(table: str, rows: str) -> tuple[str, ...]:
    """Return the fields that a mapping of a table can have.

    >>> allowed("complaints", "cases")
    ('received', 'stage', 'sector', 'category', 'section')
    """
    if rows == "cases" and table == "complaints":
        return (*CASE_FIELDS, "section")
    schema = TABLES[table]
    own = tuple(name for name in schema.COLUMNS if name != "source_id")
    return (
        own if rows == "figures" else ("received", *(name for name in own if name != schema.FIGURE))
    )


def _needed(table: str, rows: str) -> tuple[str, ...]:
    """Return the fields without which a row of a table cannot be made."""
    if rows == "cases":
        needed = {"services": ("received", "indicator", "unit")}
        return needed.get(table, ("received",))
    schema = TABLES[table]
    columns = schema.columns()
    return tuple(
        name
        for name in schema.COLUMNS
        if name not in {*schema.OPTIONAL, *DEFAULTS, "unit", "source_id"}
        and not columns[name].nullable
    )


DEFAULTS: Final = {
    "sector": labels.TOTAL,
    "category": labels.TOTAL,
    "subcategory": labels.TOTAL,
    "employer": labels.TOTAL,
    "funding": labels.TOTAL,
    "measure": labels.STAFF_IN_POST,
    "qualifier": "exact",
}
"""By field, the code where a mapping does not say one."""

CASE_DEFAULTS: Final = {**DEFAULTS, "stage": "first"}
"""The same of case rows: a case that is received is a first complaint."""
