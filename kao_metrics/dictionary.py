"""A dictionary of the data and the methods, as Markdown: what each name stands for.

Nothing in it is written by hand. Tables, columns, keys and codes come from the contracts,
names, units, definitions and methods from ``labels.toml``, and what the columns that a person
fills in hold from the README of the empty tables. So it is current when it is made again, and
a test says when that is due.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from kao_metrics import labels
from kao_metrics.datapackage import TYPES, allowed_codes
from kao_metrics.labels import label, text
from kao_metrics.metrics import METRICS
from kao_metrics.metrics.formulas import Results
from kao_metrics.readers import PERIODS, REFERENCE
from kao_metrics.schemas import EXPECTED, TABLES, Periods, Reference, Schema, key_of

FILE_NAMES: Final = {"zh-TW": "DICTIONARY.zh-TW.md", "en": "DICTIONARY.md"}
"""By language, what the file is called in the data folder."""

_FEW: Final = 6
"""So many codes are named where a column is; more are linked to."""

_COLUMNS_FOLLOW: Final = "| 欄 column |"
_ROW: Final = re.compile(r"^\| (\w+) \| (.+) \| (.+) \|$", re.MULTILINE)

_NOTES: Final = ("formula", "assumption", "not_for", "source")
_INDICATOR: Final = "indicator"


def dictionary(lang: str = labels.DEFAULT_LANGUAGE) -> str:
    """Write the dictionary: tables, results, indicators, methods and codes.

    Parameters
    ----------
    lang
        The language of its words, ``zh-TW`` or ``en``. Codes are the same in both.

    Returns
    -------
    str
        Markdown. It depends on contracts and labels alone, not on any data.

    Raises
    ------
    LabelError
        If there are no words in the language.

    >>> dictionary("en").splitlines()[0]
    '# Dictionary of data and methods'
    """
    labels.check_language(lang)
    with labels.known_beside():  # no codes of a data folder that was analysed before
        return "\n\n".join(_blocks(lang)) + "\n"


def _blocks(lang: str) -> Iterator[str]:
    """Write headings, paragraphs, lists and tables, in order."""
    parts: dict[str, Iterable[str]] = {
        "tables": _tables(lang),
        "results": _results(lang),
        "computed": _computed(lang),
        "counted": _counted(lang),
        "methods": _methods(lang),
        "codes": _codes(lang),
    }
    titles = {part: text(f"dictionary_{part}", lang) for part in parts}
    yield f"# {text('dictionary', lang)}"
    yield _to_the_other(lang)
    yield text("dictionary_made", lang)
    yield "\n".join(f"- {_link(title, title)}" for title in titles.values())
    for part, title in titles.items():
        yield f"## {title}"
        yield from parts[part]


def heading_anchor(heading: str) -> str:
    """Return the anchor that a Markdown page gives a heading, as GitHub does.

    >>> heading_anchor("The result table"), heading_anchor("`data/periods.csv`")
    ('the-result-table', 'dataperiodscsv')
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _to_the_other(lang: str) -> str:
    other = next(each for each in labels.LANGUAGES if each != lang)
    return f"[{text('dictionary', other)}]({FILE_NAMES[other]})"


def _tables(lang: str) -> Iterator[str]:
    yield from _table_of("periods", f"data/{PERIODS}", Periods, lang)
    for table, schema in TABLES.items():
        yield from _table_of(table, f"data/{table}/", schema, lang)
    yield from _table_of("reference", f"data/{REFERENCE}", Reference, lang)


def _table_of(table: str, path: str, schema: Schema, lang: str) -> Iterator[str]:
    """Describe one table: what a row is, its key, its columns, its rules."""
    key = key_of(table) if table in TABLES else schema.primary_key()
    columns = text("list_and", lang).join(f"`{name}`" for name in key)
    yield f"### `{path}`"
    yield text("sentence_space", lang).join(
        [
            text("dictionary_one_row", lang, row=_said("table", table, lang)),
            text("dictionary_key", lang, columns=columns),
        ]
    )
    yield _markdown_table(
        ("column", "type", "needed", "allowed", "meaning"),
        (_column(schema, name, lang) for name in schema.COLUMNS),
        lang,
    )
    if rules := [_rule(schema, rule, lang) for rule in EXPECTED if hasattr(schema, rule)]:
        yield text("dictionary_rules", lang)
        yield "\n".join(f"- {rule}" for rule in rules)


def _rule(schema: Schema, rule: str, lang: str) -> str:
    """Say a rule, with the column to look at where it is about one."""
    words, column = _escaped(label("rule", rule, lang)), EXPECTED[rule][0] or schema.FIGURE
    return text("dictionary_note", lang, title=f"`{column}`", words=words) if column else words


def _column(schema: Schema, name: str, lang: str) -> tuple[str, ...]:
    column = schema.columns()[name]
    needed = "out" if name in schema.OPTIONAL else "empty" if column.nullable else "yes"
    return (
        f"`{name}`",
        label("column_type", TYPES[type(column)], lang),
        text(f"dictionary_needed_{needed}", lang),
        _allowed(column, name, lang) if column.metadata else "",
        _said("column", name, lang),
    )


def _allowed(column: Any, name: str, lang: str) -> str:
    """Name the codes that a column takes; where they are many, lead to their list."""
    kind, codes = column.metadata["kind"], allowed_codes(column, name)
    if kind == _INDICATOR:
        counted, computed = (text(f"dictionary_{part}", lang) for part in ("counted", "computed"))
        parts = [counted, computed] if set(codes) & set(METRICS) else [counted]
        return text("list_and", lang).join(_link(part, part) for part in parts)
    named = [f"`{code}`" for code in codes if len(codes) <= _FEW or code == labels.TOTAL]
    listed = _link(label("code_list", kind, lang), kind)
    return text("list_and", lang).join([*named, listed])


def _said(kind: str, name: str, lang: str) -> str:
    """Return what a table or column holds, in the words of the empty tables where they do."""
    words = _templates()[kind].get(name)
    return words[lang] if words else label(kind, name, lang)


@cache
def _templates() -> dict[str, dict[str, dict[str, str]]]:
    """Read the README of the empty tables: its words by table and by column, and language."""
    readme = resources.files("kao_metrics").joinpath("new_project/data/templates/README.md")
    text_of_both = readme.read_text(encoding="utf-8").partition(_COLUMNS_FOLLOW)
    return {
        kind: {name: {"zh-TW": chinese, "en": english} for name, chinese, english in rows}
        for kind, rows in (
            ("table", _ROW.findall(text_of_both[0])),
            ("column", _ROW.findall(text_of_both[2])),
        )
    }


def _results(lang: str) -> Iterator[str]:
    yield text("dictionary_results_made", lang)
    key = text("list_and", lang).join(f"`{name}`" for name in Results.primary_key())
    yield text("dictionary_key", lang, columns=key)
    yield _markdown_table(
        ("column", "type", "meaning"),
        (
            (
                f"`{name}`",
                label("column_type", TYPES[type(column)], lang),
                label("result_column", name, lang),
            )
            for name, column in Results.columns().items()
        ),
        lang,
    )


def _computed(lang: str) -> Iterator[str]:
    yield _markdown_table(
        ("code", "name", "unit", "places", "bounds", "definition", "method"),
        (
            (
                f"`{code}`",
                _escaped(label(_INDICATOR, code, lang)),
                _unit(code, lang),
                labels.attribute(_INDICATOR, code, "places"),
                text(f"dictionary_{_bounds(code)}", lang),
                _escaped(labels.definition(code, lang)),
                text("list_and", lang).join(_method_links(code, lang)),
            )
            for code in METRICS
        ),
        lang,
    )


def _bounds(indicator: str) -> str:
    is_confidence = labels.attribute(_INDICATOR, indicator, "interval") == labels.CONFIDENCE
    return labels.CONFIDENCE if is_confidence else "rounding"


def _method_links(indicator: str, lang: str) -> list[str]:
    return [
        _link(label("method", code, lang), code)
        for code in labels.codes("method")
        if indicator in labels.entry("method", code)["indicators"]
    ]


def _counted(lang: str) -> Iterator[str]:
    yield text("dictionary_counted_made", lang)
    kinds = {code: labels.attribute(_INDICATOR, code, "kind") for code in labels.codes(_INDICATOR)}
    yield _markdown_table(
        ("code", "name", "unit", "kind"),
        (
            (
                f"`{code}`",
                _escaped(label(_INDICATOR, code, lang)),
                _unit(code, lang),
                text(f"dictionary_kind_{kind}", lang) if kind else "",
            )
            for code, kind in kinds.items()
            if code not in METRICS
        ),
        lang,
    )


def _unit(indicator: str, lang: str) -> str:
    """Name an indicator's unit; where English has no word for it, give its code."""
    unit = labels.attribute(_INDICATOR, indicator, "unit")
    return _escaped(label("unit", unit, lang).strip()) or f"`{unit}`"


def _methods(lang: str) -> Iterator[str]:
    for code in labels.codes("method"):
        entry = labels.entry("method", code)
        yield f"### `{code}`"
        yield f"**{_escaped(label('method', code, lang))}**"
        said = {text(f"method_{note}", lang): _escaped(_in(entry[note], lang)) for note in _NOTES}
        if entry["indicators"]:
            serves = text("list_and", lang).join(f"`{each}`" for each in entry["indicators"])
            said[text("dictionary_serves", lang)] = serves
        yield "\n".join(
            f"- {text('dictionary_note', lang, title=title, words=words)}"
            for title, words in said.items()
        )


def _in(words: str | dict[str, str], lang: str) -> str:
    """Return words in a language; what stands once is the same in both."""
    return words if isinstance(words, str) else words[lang]


def _codes(lang: str) -> Iterator[str]:
    for kind in labels.codes("code_list"):
        entries = {code: labels.entry(kind, code) for code in labels.codes(kind)}
        more = [name for name in _MORE if any(name in entry for entry in entries.values())]
        yield f"### `{kind}`"
        yield f"**{label('code_list', kind, lang)}**"
        yield _markdown_table(
            ("code", "name", *more),
            (
                (
                    f"`{code}`",
                    _escaped(entry[lang].strip()),
                    *(_MORE[name](entry.get(name, ""), lang) for name in more),
                )
                for code, entry in entries.items()
            ),
            lang,
        )


def _printed(words: Sequence[str], lang: str) -> str:
    return _escaped(text("list_and", lang).join(filter(None, words)))


def _as_code(code: str, _: str) -> str:
    return code and f"`{code}`"


_MORE: Final[dict[str, Callable[[Any, str], str]]] = {
    "parent": _as_code,
    "printed": _printed,
    "figure": _as_code,
    "renamed_in": _printed,
}
"""By attribute of a code that is shown, what writes it."""


def _markdown_table(head: Iterable[str], rows: Iterable[Iterable[str]], lang: str) -> str:
    """Write a table; its heads are those sentences of labels.toml."""
    titles = [text(f"dictionary_{each}", lang) for each in head]
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in lines)


def _escaped(words: str) -> str:
    r"""Write words so that Markdown takes nothing in them for its own.

    >>> print(_escaped("a|b*c <d>"))
    a\|b\*c &lt;d>
    """
    return re.sub(r"([|*\\])", r"\\\1", words).replace("<", "&lt;")


def _link(words: str, heading: str) -> str:
    return f"[{words}](#{heading_anchor(heading)})"
