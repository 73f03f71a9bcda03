"""A mapping proposed from what an export looks like, for a person to check.

Columns are recognised by their names and by what is in them, words by labels.toml. What was
guessed says so in a comment beside it; a word without a code is given to ``other`` where
there is one, visibly, and is left open where there is none.
"""

from __future__ import annotations

import difflib
import re
from typing import Any, Final

from kao_metrics import labels
from kao_metrics.failures import DataError
from kao_metrics.importing.columns import MOST_WORDS, MOSTLY, Column, columns_of
from kao_metrics.importing.conversion import known_words, reader
from kao_metrics.importing.mapping import FieldSpec, allowed, folded, kind_of
from kao_metrics.importing.proposed_text import as_toml
from kao_metrics.importing.records import Records
from kao_metrics.importing.vocabulary import is_note, is_total
from kao_metrics.period import Period
from kao_metrics.schemas import TABLES, measures

_MONTH: Final = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月(份)?(件數|案件數|受理件數)?")
_OTHER: Final = "other"
_FEW: Final = 12


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
    return as_toml(_Proposal(records, table, period), records, period)


class _Proposal:
    """Goes through the columns, and gives each a part in the mapping."""

    def __init__(self, records: Records, table: str, period: Period) -> None:
        self.records, self.table, self.period = records, table, period
        self.columns = columns_of(records)
        self.fields: dict[str, Any] = {}
        self.figures: list[dict[str, Any]] = []
        self.is_cases = self._look_for_cases()
        if not self.is_cases:
            self._look_for_figures()
        self.fill_down = self._fill_down()
        self.totals = self._totals()

    def _look_for_cases(self) -> bool:
        """Find the columns of case rows: a day in each row, and nothing that counts."""
        if self.table != "complaints" or self.columns.named("count") or self._wide():
            return False
        days = [
            column
            for column in self.columns.free
            if column.words and column.share("complaints", "received") >= MOSTLY
        ]
        day = self.columns.best("received", days)
        if day is None:
            return False
        self._use("received", day)
        for name in ("stage", "sector", "category"):
            column = self.columns.coded(self.table, name)
            if column is not None:
                self._use(name, column)
        if "stage" not in self.fields:
            self.fields["stage"] = {"value": "first"}
        return True

    def _use(self, name: str, column: Column) -> None:
        """Give a field its column, and the codes of the words that labels.toml lacks."""
        self.columns.used.add(column.name)
        spec: dict[str, Any] = {"column": column.name}
        kind = kind_of(self.table, name)
        if kind:
            codes = {}
            for word in column.words[:MOST_WORDS]:
                if folded(word) not in known_words(kind) and not (is_total(word) or is_note(word)):
                    codes[word] = self._guess(word, kind)
            if codes:
                spec["codes"] = codes
            if column.blanks() and name == "category":
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
        return "", f"no code found; one of {', '.join(labels.codes(kind)[:_FEW])}"

    def _wide(self) -> list[tuple[Column, dict[str, Any]]]:
        """Find columns of figures whose name says a stage, a sector, a category or a month."""
        found = []
        for column in self.columns.every:
            if column.name in self.columns.used or not column.is_numeric:
                continue
            # Shares and rates stand beside counts, and are none.
            is_figure_of_table = column.share(self.table, measures(self.table)[0]) >= MOSTLY
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
            self.columns.used.add(column.name)
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

    def _column_of(self, name: str) -> Column | None:
        """Find the column of a field that is no figure."""
        if kind_of(self.table, name):
            return self.columns.coded(self.table, name)
        column = self.columns.named(name)
        if column is not None and column.share(self.table, name) >= MOSTLY:
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
            column for column in self.columns.free if column.is_numeric and not column.is_number
        ]
        named = self.columns.named(figure)
        found = named if named in free else self.columns.best(figure, free)
        if found is None:
            expected = f"a column with the {figure}; write a mapping that names it"
            place = self.records.place
            raise DataError([place.failure(None, "", "no column of figures", expected)])
        self.columns.used.add(found.name)
        return found.name

    def _totals(self) -> dict[str, list[str]]:
        """Find the words by which rows are totals."""
        found = {}
        for column in self.columns.every:
            if not column.is_numeric:
                words = [word for word in column.words if is_total(word)]
                if words:
                    found[column.name] = words
        return found

    def _fill_down(self) -> list[str]:
        """Find columns whose blank cells repeat the one above; such are not missing."""
        found = [column.name for column in self.columns.repeated()]
        for spec in self.fields.values():
            if spec.get("column") in found:
                spec.pop("missing", None)
        return found
