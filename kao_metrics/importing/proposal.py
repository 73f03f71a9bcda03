"""A mapping proposed from what an export looks like, for a person to check.

Columns are recognised by their names and by what is in them, words by labels.toml. What was
guessed says so in a comment beside it; a word without a code is given to ``other`` where
there is one, visibly, and is left open where there is none.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import tomlkit

from kao_metrics import labels
from kao_metrics.failures import DataError
from kao_metrics.importing.conversion import known_words, reader
from kao_metrics.importing.layout import is_figure
from kao_metrics.importing.mapping import FieldSpec, allowed, folded, kind_of, measures
from kao_metrics.importing.records import ROW, Records
from kao_metrics.importing.vocabulary import field_words, is_note, is_personal, is_total
from kao_metrics.period import Period
from kao_metrics.schemas import TABLES

_LOOK: Final = 20_000
_MOST_WORDS: Final = 300
_MOSTLY: Final = 0.8
_KEYS: Final = ("編號", "案號", "流水號", "caseid", "casenumber", "caseno")
_NUMBERS: Final = (*_KEYS, "序號", "項次")
_MONTH: Final = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月(份)?(件數|案件數|受理件數)?")
_OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of an export, with what its first rows hold."""

    name: str
    cells: tuple[str | None, ...]

    @property
    def words(self) -> list[str]:
        """Its different cells, as they come."""
        return list(dict.fromkeys(cell.strip() for cell in self.cells if cell and cell.strip()))

    def share(self, table: str, field: str) -> float:
        """Return the share of its words that a field of the table can be read from.

        What is missing in the words of an export is neither read nor a fault.
        """
        words = [word for word in self.words if not is_total(word) and not is_note(word)]
        found = [reader(table, field, FieldSpec(column=self.name))(word) for word in words]
        readable = sum(each.text is not None for each in found)
        return readable / max(sum(bool(each.text or each.reason) for each in found), 1)

    @property
    def is_numeric(self) -> bool:
        """Tell whether most of its words are figures."""
        words = self.words
        return sum(map(is_figure, words)) > len(words) * _MOSTLY / 1.6 if words else False


def proposed(records: Records, table: str, period: Period) -> str:
    """Propose a mapping.

    Parameters
    ----------
    records
        The export.
    table
        The table that it is to become.
    period
        The period; months without a year are of it.

    Returns
    -------
    str
        The mapping in TOML.

    Raises
    ------
    DataError
        If no column holds what the table cannot do without.
    """
    head = _without_notes(records.head(_LOOK))
    columns = [
        _Column(name, tuple(head[str(number)]))
        for number, name in enumerate(records.names, start=1)
        if str(number) in head.columns
    ]
    found = _Proposal(records, table, period, columns)
    return tomlkit.dumps(found.document())


def _without_notes(head: pl.DataFrame) -> pl.DataFrame:
    """Cut off the footnotes below a table: rows of one cell, from the first note on."""
    rows = list(head.drop(ROW).iter_rows())
    end = len(rows)
    for number in range(len(rows) - 1, -1, -1):
        said = [cell for cell in rows[number] if cell and cell.strip()]
        if len(said) > 1 or (said and not rows[number][0]):
            break
        if said and is_note(said[0]):
            end = number
    return head.head(end)


class _Proposal:
    """Goes through the columns, and gives each a part in the mapping."""

    def __init__(
        self, records: Records, table: str, period: Period, columns: Sequence[_Column]
    ) -> None:
        self.records, self.table, self.period = records, table, period
        self.columns = list(columns)
        self.used: set[str] = set()
        self.fields: dict[str, Any] = {}
        self.figures: list[dict[str, Any]] = []

    def document(self) -> tomlkit.TOMLDocument:
        is_cases = self._look_for_cases()
        if not is_cases:
            self._look_for_figures()
        document = tomlkit.document()
        name = Path(self.records.place.file).name
        document.add(tomlkit.comment(f"Proposed for {name}; check each line, then import with it."))
        document.add(tomlkit.comment("Columns that are not named here are left behind."))
        document["table"] = self.table
        document["rows"] = "cases" if is_cases else "figures"
        fill_down = self._fill_down()
        if fill_down:
            document["file"] = {"fill_down": fill_down}
        document["fields"] = self._tables(self.fields)
        if self.figures:
            document["figures"] = tomlkit.aot()
            for each in self.figures:
                document["figures"].append(tomlkit.item(each))
        totals = self._totals()
        if totals:
            document["totals"] = totals
        self._checks(document, totals, is_cases=is_cases)
        document["source"] = self._source()
        return document

    def _tables(self, fields: dict[str, Any]) -> Any:
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

    def _look_for_cases(self) -> bool:
        """Find the columns of case rows: a day in each row, and nothing that counts."""
        if self.table != "complaints" or self._named("count") or self._wide():
            return False
        days = [
            column
            for column in self.columns
            if column.words and column.share("complaints", "received") >= _MOSTLY
        ]
        day = self._best("received", days)
        if day is None:
            return False
        self._use("received", day)
        for name in ("stage", "sector", "category"):
            column = self._coded(name)
            if column is not None:
                self._use(name, column)
        if "stage" not in self.fields:
            self.fields["stage"] = {"value": "first"}
        return True

    def _named(self, name: str) -> _Column | None:
        """Find the column with one of the names that exports have for a field."""
        free = [column for column in self.columns if column.name not in self.used]
        for word in field_words(name):
            for column in free:
                if folded(column.name) == folded(word):
                    return column
        for word in field_words(name):
            for column in free:
                if len(word) > 1 and folded(word) in folded(column.name):
                    return column
        return None

    def _best(self, name: str, among: Sequence[_Column]) -> _Column | None:
        """Of columns that all would do, return the one whose name fits best."""
        order = [folded(word) for word in field_words(name)]

        def fit(column: _Column) -> tuple[int, int]:
            own = folded(column.name)
            exact = order.index(own) if own in order else len(order)
            part = next((at for at, word in enumerate(order) if word in own), len(order))
            return exact, part

        free = [column for column in among if column.name not in self.used]
        return min(free, key=fit, default=None)

    def _coded(self, name: str) -> _Column | None:
        """Find the column of a code, by its words or else by its name."""
        kind = kind_of(self.table, name)
        known = known_words(kind)
        free = [
            column
            for column in self.columns
            if column.name not in self.used
            and not is_personal(column.name)
            and not column.is_numeric
            and 0 < len(column.words) <= _MOST_WORDS
        ]
        by_words = [
            column
            for column in free
            if sum(folded(word) in known for word in column.words) * 2 >= len(column.words)
        ]
        if by_words:
            return self._best(name, by_words)
        named = self._named(name)
        return named if named in free else None

    def _use(self, name: str, column: _Column) -> None:
        """Give a field its column, and the codes of the words that labels.toml lacks."""
        self.used.add(column.name)
        spec: dict[str, Any] = {"column": column.name}
        kind = kind_of(self.table, name)
        if kind:
            codes = {}
            for word in column.words[:_MOST_WORDS]:
                if folded(word) not in known_words(kind) and not (is_total(word) or is_note(word)):
                    codes[word] = self._guess(word, kind)
            if codes:
                spec["codes"] = codes
            if any(not cell or not cell.strip() for cell in column.cells) and name == "category":
                spec["missing"] = _OTHER
        self.fields[name] = spec

    def _guess(self, word: str, kind: str) -> tuple[str, str]:
        """Guess the code of a word, and say that it is a guess."""
        known = known_words(kind)
        own = folded(word)
        inside = [
            each
            for each in known
            if len(each) > 1 and (each in own or (own in each and len(own) * 2 >= len(each)))
        ]
        near = difflib.get_close_matches(own, known, n=1, cutoff=0.7)
        for each in (*sorted(inside, key=len, reverse=True), *near):
            return known[each], "a guess"
        if _OTHER in labels.codes(kind):
            return _OTHER, "no code found"
        return "", f"no code found; one of {', '.join(labels.codes(kind)[:12])}"

    def _wide(self) -> list[tuple[_Column, dict[str, Any]]]:
        """Find columns of figures whose name says a stage, a sector, a category or a month."""
        found = []
        for column in self.columns:
            if column.name in self.used or not column.is_numeric:
                continue
            # Shares and rates stand beside counts, and are none.
            is_figure_of_table = column.share(self.table, measures(self.table)[0]) >= _MOSTLY
            said = self._said_by(column.name) if is_figure_of_table else {}
            if said:
                found.append((column, said))
        return found

    def _said_by(self, name: str) -> dict[str, Any]:
        """Read what the name of a column says of its figures."""
        schema = TABLES[self.table]
        said: dict[str, Any] = {}
        month = _MONTH.fullmatch(folded(name).removeprefix(f"{self.period.roc_year}年"))
        if month and "month" in schema.COLUMNS:
            read = reader(self.table, "month", FieldSpec(value="m"))
            first = read(f"{self.period.roc_year}年{month[1]}月").text
            return {"month": {"value": first}} if first else {}
        for field in schema.COLUMNS:
            kind = kind_of(self.table, field)
            if not kind or kind in ("unit", "qualifier", "measure"):
                continue
            words = known_words(kind)
            code = words.get(folded(name)) or next(
                (
                    words[w]
                    for w in sorted(words, key=len, reverse=True)
                    if len(w) > 1 and w in folded(name)
                ),
                "",
            )
            if code and code != labels.TOTAL:
                said[field] = {"value": code}
        return said

    def _look_for_figures(self) -> None:
        """Find the figure of a row, or a figure in each of several columns."""
        figure = TABLES[self.table].FIGURE
        wide = self._wide()
        for column, fields in wide:
            self.used.add(column.name)
            self.figures.append({**fields, figure: {"column": column.name}})
        said = {field for _, fields in wide for field in fields} | {figure}
        for name in allowed(self.table, "figures"):
            found = None if name in said else self._column_of(name)
            if found is not None:
                self._use(name, found)
        if not wide and figure:
            self.fields[figure] = {"column": self._figure(figure)}
        said |= set(self.fields)
        for name in () if figure else measures(self.table):
            if name not in said:
                self.fields[name] = {"column": self._figure(name)}
        if self.table == "complaints" and not {"stage"} & (said | set(self.fields)):
            self.fields["stage"] = {"value": "first"}

    def _column_of(self, name: str) -> _Column | None:
        """Find the column of a field that is no figure."""
        if kind_of(self.table, name):
            return self._coded(name)
        column = self._named(name)
        if column is not None and column.share(self.table, name) >= _MOSTLY:
            return column
        return None

    def _figure(self, figure: str) -> str:
        """Find the column of the only figure.

        Raises
        ------
        DataError
            If no column has figures.
        """
        free = [
            column
            for column in self.columns
            if column.is_numeric
            and column.name not in self.used
            and not _is_key(column.name, _NUMBERS)
        ]
        named = self._named(figure)
        found = named if named in free else self._best(figure, free)
        if found is None:
            expected = f"a column with the {figure}; write a mapping that names it"
            place = self.records.place
            raise DataError([place.failure(None, "", "no column of figures", expected)])
        self.used.add(found.name)
        return found.name

    def _totals(self) -> dict[str, list[str]]:
        """Find the words by which rows are totals."""
        found = {}
        for column in self.columns:
            if not column.is_numeric:
                words = [word for word in column.words if is_total(word)]
                if words:
                    found[column.name] = words
        return found

    def _fill_down(self) -> list[str]:
        """Find columns whose blank cells repeat the one above, as merged cells leave them."""
        filled = [any(cells) for cells in zip(*(c.cells for c in self.columns), strict=True)]
        first = next((column for column in self.columns if column.name in self.used), None)
        if first is None or not any(filled):
            return []
        found = []
        for column in self.columns:
            blanks = [not cell for cell, is_row in zip(column.cells, filled, strict=True) if is_row]
            leads = bool(blanks) and not blanks[0]
            if column.name in self.used and leads and sum(blanks) > 0:
                name = next(k for k in (*self.fields, "figure") if self._is_of(k, column.name))
                if name != "figure" and name != TABLES[self.table].FIGURE:
                    self.fields[name].pop("missing", None)
                    found.append(column.name)
        return found

    def _is_of(self, field: str, column: str) -> bool:
        return field == "figure" or self.fields[field].get("column") == column

    def _apart(self, totals: set[str]) -> list[str]:
        """Find columns by which rows differ that would otherwise be the same figure."""
        used = [c for c in self.columns if c.name in self.used and not c.is_numeric]
        rows = list(zip(*(c.cells for c in used), strict=True))
        if len(set(rows)) == len(rows):
            return []
        return [
            column.name
            for column in self.columns
            if column.name in totals
            or (
                column.name not in self.used
                and not column.is_numeric
                and not is_personal(column.name)
                and 1 < len(column.words) <= _MOST_WORDS
            )
        ]

    def _checks(
        self, document: tomlkit.TOMLDocument, totals: dict[str, list[str]], *, is_cases: bool
    ) -> None:
        key = next((c.name for c in self.columns if _is_key(c.name)), "")
        checks: dict[str, Any] = {"key": key} if key and is_cases else {}
        apart = [] if is_cases else self._apart(set(totals))
        if apart:
            checks["add_up"] = apart
        if checks:
            document["checks"] = checks
        left = [c.name for c in self.columns if c.name not in self.used and c.name != key]
        if left:
            document.add(tomlkit.comment(f"Left behind: {', '.join(left)}"))

    def _source(self) -> Any:
        stem = Path(self.records.place.file).stem
        slug = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_")
        name = slug if re.match(r"[a-z]", slug) else f"{self.table}_{slug}".rstrip("_")
        title = self.records.titles[0] if self.records.titles else stem
        unknown = {"zh-TW": "未載明", "en": "not stated"}
        source = tomlkit.table()
        source.add(tomlkit.comment("The document, for sources.toml: put in what is not stated."))
        source["name"] = name[:80]
        words = {"title": {"zh-TW": title[:200], "en": title[:200]}, "publisher": unknown}
        for part, said in (*words.items(), ("licence", unknown)):
            inline = tomlkit.inline_table()
            inline.update(said)
            source[part] = inline
        source["published"] = str(self.period.year)
        source["url"] = ""
        return source


def _is_key(name: str, among: tuple[str, ...] = _KEYS) -> bool:
    return any(word in folded(name) for word in among)
