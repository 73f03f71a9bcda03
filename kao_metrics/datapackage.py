"""A data folder in the words of the Data Package standard, for the tools of others.

``datapackage.json`` names every table of the folder with its columns, their types and what
they may hold, so that a catalogue, or the frictionless library, reads and checks the tables
without this package. It is version 1 of the standard, which most tools know. Nothing in it
is written by hand: types, keys and codes come from the contracts, documents from
``sources.toml``, descriptions from the README beside a table.

The standard has no words for rules between rows, such as parts that add up to no more than
their total; those are the contracts' alone.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import polars as pl

from kao_metrics import labels
from kao_metrics.contracts import Place, read_text
from kao_metrics.failures import DataError
from kao_metrics.readers import PERIODS, REFERENCE, Data, open_data
from kao_metrics.schemas import TABLES, Periods, Reference, Schema
from kao_metrics.sources import FILE_NAME as SOURCES
from kao_metrics.sources import Source

FILE_NAME: Final = "datapackage.json"
README: Final = "README.md"

TYPES: Final[dict[type, str]] = {
    dy.String: "string",
    dy.Int64: "integer",
    dy.Decimal: "number",
    dy.Date: "date",
}
"""What a contract's type is called in the standard."""

_WIDTH: Final = 100


def datapackage(data_dir: Path) -> dict[str, Any]:
    """Describe a data folder as a Data Package: a resource a table file, a field a column.

    Parameters
    ----------
    data_dir
        The folder; it may be any with the layout of ``data/``.

    Returns
    -------
    dict
        The descriptor. It depends on the contracts, the headers, ``periods.csv``,
        ``sources.toml`` and the READMEs, not on rows: new figures do not change it.

    Raises
    ------
    DataError
        If a file is missing, cannot be read, or its header breaks the contract.

    Notes
    -----
    Data Package and Table Schema 1.0, https://specs.frictionlessdata.io. A licence has no
    name of a list there: it leads to ``sources.toml`` and has its words as title.

    >>> package = datapackage(Path("data"))
    >>> [each["path"] for each in package["resources"]][:2]
    ['periods.csv', 'workforce/2018-S1.csv']
    """
    data = open_data(data_dir)
    first = next(iter(data.sources.values()), None)
    with labels.known_beside(data.own):
        resources = _resources(data)
    readme = _read_readme(data_dir)
    name = data_dir.resolve().name
    title = readme.title or (_both(first.title) if first else name)
    package = {
        "profile": "tabular-data-package",
        "name": _slug(f"kao-metrics-{name}"),
        "title": title,
        "description": readme.text,
        "licenses": _licenses(data.sources),
        "sources": [_source(each) for each in data.sources.values()],
        "resources": resources,
    }
    return {key: value for key, value in package.items() if value}


def as_json(package: Mapping[str, Any]) -> str:
    r"""Write a descriptor as JSON, the same text for the same descriptor.

    What fits in a line, and every list of texts, is one line: a column is, mostly.

    >>> as_json({"name": "data", "resources": []})
    '{"name": "data", "resources": []}\n'
    """
    return _lines(package, "") + "\n"


def _lines(value: Any, indent: str) -> str:
    line = json.dumps(value, ensure_ascii=False)
    is_flat = not isinstance(value, dict | list) or (
        isinstance(value, list) and not any(isinstance(each, dict | list) for each in value)
    )
    if is_flat or len(indent) + len(line) <= _WIDTH:
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        inner = [f"{json.dumps(key)}: {_lines(each, deeper)}" for key, each in value.items()]
        begin, end = "{", "}"
    else:
        inner = [_lines(each, deeper) for each in value]
        begin, end = "[", "]"
    return f"{begin}\n{deeper}" + f",\n{deeper}".join(inner) + f"\n{indent}{end}"


def _resources(data: Data) -> list[dict[str, Any]]:
    """Describe every file; collect what is wrong with any of them before one error."""
    files: list[tuple[str, str, Schema]] = [("periods", PERIODS, Periods)]
    files += [
        (table, data.path(table, period).relative_to(data.folder).as_posix(), TABLES[table])
        for period in data.periods.values()
        for table in data.tables(period)
    ]
    if (data.folder / REFERENCE).exists():
        files.append(("reference", REFERENCE, Reference))
    failures = []
    for table, path, schema in files:
        place = Place(table, str(data.folder / path))
        failures += read_text(data.folder / path, place, schema)[1]
    if failures:
        raise DataError(failures)
    return [_resource(data, path, schema) for _, path, schema in files]


def _resource(data: Data, path: str, schema: Schema) -> dict[str, Any]:
    readme = _read_readme((data.folder / path).parent) if path != PERIODS else _Readme()
    with (data.folder / path).open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    resource = {
        "profile": "tabular-data-resource",
        "name": _slug(path.removesuffix(".csv")),
        "path": path,
        "title": readme.title,
        "description": readme.text or (schema.__doc__ or "").partition("\n")[0],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": _table_schema(schema, header, readme, data.sources),
    }
    return {key: value for key, value in resource.items() if value}


def _table_schema(
    schema: Schema, header: list[str], readme: _Readme, sources: Mapping[str, Source]
) -> dict[str, Any]:
    fields = []
    for name in header:
        words = readme.columns.get(name)
        constraints = _constraints(schema, name, sources)
        fields.append(
            {"name": name, "type": TYPES[type(schema.columns()[name])]}
            | ({"description": words} if words else {})
            | ({"constraints": constraints} if constraints else {})
        )
    described: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if schema.primary_key():
        described["primaryKey"] = schema.primary_key()
    if "part_of" in header:
        whole = {"resource": "", "fields": ["indicator"]}  # of the file itself
        described["foreignKeys"] = [{"fields": ["part_of"], "reference": whole}]
    return described


def _constraints(schema: Schema, name: str, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Return what a column's cells must be, as far as the standard can say it."""
    column = schema.columns()[name]
    found: dict[str, Any] = {}
    if not column.nullable:
        found["required"] = True
    if name == "tables":
        found["pattern"] = "^({0})( ({0}))*$".format("|".join(TABLES))
    elif name == "source_id":
        found["enum"] = list(sources)
    elif column.metadata:
        found["enum"] = _codes(column, name)
    for key, attribute in (("pattern", "regex"), ("minLength", "min_length"), ("minimum", "min")):
        value = getattr(column, attribute, None)
        if value is not None:
            found[key] = value
    if _is_not_negative(schema, name):
        found["minimum"] = 0
    return found


def allowed_codes(column: Any, name: str) -> list[str]:
    """Ask the contract which codes a column takes; what else it may hold is not among them.

    Parameters
    ----------
    column
        A column of a contract that has codes, as its schema gives it.
    name
        Its name.

    >>> allowed_codes(TABLES["complaints"].columns()["sector"], "sector")
    ['_T', 'goods', 'services']
    """
    known = pl.Series(name, [labels.TOTAL, *labels.codes(column.metadata["kind"])])
    return known.to_frame().filter(column.check["known"](pl.col(name)))[name].to_list()


def _codes(column: Any, name: str) -> list[str]:
    """Return what a cell may be: a code; for a unit or qualifier also the printed word."""
    taken = allowed_codes(column, name)
    if name in ("unit", "qualifier"):
        printed = [labels.entry(name, code).get("printed", ()) for code in taken]
        taken += [word for words in printed for word in words]
    return list(dict.fromkeys(taken))


def _is_not_negative(schema: Schema, name: str) -> bool:
    if hasattr(schema, "amounts_are_not_negative"):
        return isinstance(schema.columns()[name], dy.Decimal)
    return hasattr(schema, "figure_is_not_negative") and name == schema.FIGURE


@dataclass(frozen=True, slots=True)
class _Readme:
    """What a README says: its heading, its first paragraph, its table of columns."""

    title: str = ""
    text: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def _read_readme(folder: Path) -> _Readme:
    """Read a folder's README; one that is not there says nothing."""
    try:
        text = (folder / README).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return _Readme()
    blocks = [" ".join(block.split("\n")) for block in re.split(r"\n\s*\n", text.strip())]
    title = blocks[0].removeprefix("# ") if blocks[0].startswith("# ") else ""
    paragraphs = [block for block in blocks if not block.startswith(("#", "|"))]
    columns = {
        name.strip(): row[2].strip()
        for row in re.finditer(r"^\|([\w, ]+)\|(.*)\|\s*$", text, re.MULTILINE)
        for name in row[1].split(",")
    }
    return _Readme(title, paragraphs[0] if paragraphs else "", columns)


def _source(source: Source) -> dict[str, str]:
    described = {
        "name": source.id,
        "title": _both(source.title),
        "publisher": _both(source.publisher),
        "published": source.published,
        "licence": _both(source.licence),
        "path": source.url,
    }
    return {key: value for key, value in described.items() if value}


def _licenses(sources: Mapping[str, Source]) -> list[dict[str, str]]:
    """Return each licence once, in its own words."""
    words = dict.fromkeys(_both(source.licence) for source in sources.values())
    return [{"path": SOURCES, "title": title} for title in words]


def _both(words: Mapping[str, str]) -> str:
    """Write words in both languages, once where they are the same."""
    return " / ".join(dict.fromkeys(words[lang] for lang in labels.LANGUAGES))


def _slug(text: str) -> str:
    """Make a name of the letters that the standard allows.

    >>> _slug("complaints/2018-S1"), _slug("kao-metrics-資料")
    ('complaints-2018-s1', 'kao-metrics')
    """
    return re.sub(r"[^a-z0-9._]+", "-", text.lower()).strip("-")
