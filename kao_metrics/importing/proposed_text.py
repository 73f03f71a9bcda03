"""A proposed mapping, written in TOML for a person to read and check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import tomlkit

from kao_metrics.importing.columns import Columns
from kao_metrics.importing.records import Records
from kao_metrics.period import Period


class Proposed(Protocol):
    """What is proposed: the parts of a mapping, the words of codes with a remark on each."""

    table: str
    is_cases: bool
    columns: Columns
    fields: dict[str, Any]
    figures: list[dict[str, Any]]
    fill_down: list[str]
    totals: dict[str, list[str]]


def as_toml(found: Proposed, records: Records, period: Period) -> str:
    """Write a proposal; what was guessed says so beside it."""
    document = tomlkit.document()
    name = Path(records.place.file).name
    document.add(tomlkit.comment(f"Proposed for {name}; check each line, then import with it."))
    document.add(tomlkit.comment("Columns that are not named here are left behind."))
    document["table"] = found.table
    document["rows"] = "cases" if found.is_cases else "figures"
    if found.fill_down:
        document["file"] = {"fill_down": found.fill_down}
    document["fields"] = _fields(found.fields)
    if found.figures:
        document["figures"] = tomlkit.aot()
        for each in found.figures:
            document["figures"].append(tomlkit.item(each))
    if found.totals:
        document["totals"] = found.totals
    _checks(document, found)
    document["source"] = _source(records, found.table, period)
    return tomlkit.dumps(document)


def _fields(fields: Mapping[str, Any]) -> Any:
    table = tomlkit.table(is_super_table=True)
    for name, spec in fields.items():
        item = tomlkit.table()
        for part, value in spec.items():
            if part != "codes":
                item[part] = value
                continue
            codes: Any = tomlkit.table()
            for word, (code, remark) in value.items():
                codes[word] = code
                if remark:
                    codes.item(word).comment(remark)
            codes.add(tomlkit.nl())
            item["codes"] = codes
        table[name] = item
    return table


def _checks(document: tomlkit.TOMLDocument, found: Proposed) -> None:
    key = next((each.name for each in found.columns.every if each.is_key), "")
    checks: dict[str, Any] = {"key": key} if key and found.is_cases else {}
    apart = [] if found.is_cases else found.columns.apart(set(found.totals))
    if apart:
        checks["add_up"] = apart
    if checks:
        document["checks"] = checks
    left = [each.name for each in found.columns.free if each.name != key]
    if left:
        document.add(tomlkit.comment(f"Left behind: {', '.join(left)}"))


def _source(records: Records, table: str, period: Period) -> Any:
    stem = Path(records.place.file).stem
    slug = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
    name = slug if re.match(r"[a-z]", slug) else f"{table}_{slug}".rstrip("_")
    title = records.titles[0] if records.titles else stem
    unknown = {"zh-TW": "未載明", "en": "not stated"}
    source = tomlkit.table()
    source.add(tomlkit.comment("The document, for sources.toml: put in what is not stated."))
    source["name"] = name[:80]
    words = {"title": {"zh-TW": title[:200], "en": title[:200]}, "publisher": unknown}
    for part, said in (*words.items(), ("licence", unknown)):
        inline = tomlkit.inline_table()
        inline.update(said)
        source[part] = inline
    source["published"] = str(period.year)
    source["url"] = ""
    return source
