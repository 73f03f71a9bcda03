"""Two releases of a period: which published figures changed, and because of which rows.

Data are corrected after a report went out. Figures of both releases are compared one by
one, and rows of both data folders by their keys. A row is the cause of a change if the
figure returns when that row alone is put back as it was, while every other row stays as it
is now; where no row does that alone, those that do it together are named together. Of an
older release there may be its report only: it has figures and no rows. What other
governments published is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any, Final, NamedTuple

import polars as pl

from kao_metrics.contracts import Place, read_text, typed
from kao_metrics.failures import DataError
from kao_metrics.metrics import METRICS, compute
from kao_metrics.period import Period
from kao_metrics.preparation import prepared
from kao_metrics.printed import SCALE, round_half_up
from kao_metrics.published import RESULTS, published
from kao_metrics.readers import PERIODS, Data, open_data
from kao_metrics.schemas import DECIMAL, TABLES, Periods, Schema, key_of, measures

COMPARED: Final = {
    "value": DECIMAL,
    "lower": DECIMAL,
    "upper": DECIMAL,
    "unit": pl.String(),
    "obs_status": pl.String(),
    "reason": pl.String(),
    "numerator": DECIMAL,
    "denominator": DECIMAL,
}
"""What is compared of a figure. Its documents are not: another source is no other figure."""

MOST_TRIED: Final = 500
"""Changed rows of a table that are put back one by one; a try takes some 0.1 s."""

_FIGURE: Final = ("time_period", "indicator", "breakdown")
_ROW: Final = ("table", "table_period", "key")
_ROWS: Final = {
    **dict.fromkeys((*_ROW, "row_kind", "column", "text_before", "text_after"), pl.String()),
    **dict.fromkeys(("row_before", "row_after"), pl.Int64()),
}
_CAUSES: Final = dict.fromkeys((*_FIGURE, "cause", *_ROW), pl.String())
_PERIODS: Final = "periods"
_PRECISION: Final = 60
_DIGITS: Final = 38 - SCALE

Row = Mapping[str, Any]
"""A row as it is written, with its number."""

RowName = tuple[str, str, str]
"""Table, period and key of a row."""

Figures = dict[tuple[str, str, str], tuple[Any, ...]]
"""By period, indicator and breakdown, what is compared."""


@dataclass(frozen=True, slots=True)
class Restatement:
    """What became of a period's figures between two releases.

    Parameters
    ----------
    period
        The period.
    figures
        See `restated_figures`.
    rows
        See `changed_rows`; None where the older release is a report, which has no rows.
    causes
        See `because`; empty where there are no rows.
    """

    period: Period
    figures: pl.DataFrame = field(repr=False)
    rows: pl.DataFrame | None = field(repr=False)
    causes: pl.DataFrame = field(repr=False)

    @property
    def idle_rows(self) -> pl.DataFrame:
        """The changed rows that changed no figure; none where there are no rows."""
        rows = pl.DataFrame(schema=_ROWS) if self.rows is None else self.rows
        untried = set(self.causes.filter(pl.col("key").is_null())["table"])
        untried |= {_PERIODS} if untried else set()
        return rows.join(self.causes, on=_ROW, how="anti", maintain_order="left").filter(
            ~pl.col("table").is_in(list(untried))
        )

    def as_table(self) -> pl.DataFrame:
        """Return the changed figures, each as often as it has causes, with rows beside them."""
        rows = pl.DataFrame(schema=_ROWS) if self.rows is None else self.rows
        return self.figures.join(
            self.causes, on=_FIGURE, how="left", maintain_order="left_right"
        ).join(rows, on=_ROW, how="left", maintain_order="left_right")


def restated(period: str | Period, before: str | Path, after: str | Path) -> Restatement:
    """Compare two releases of a period.

    Parameters
    ----------
    period
        In any accepted spelling.
    before
        The older release: a data folder; or a report's page, its folder, or the
        ``results.json`` or CSV of it.
    after
        The data folder of now.

    Raises
    ------
    PeriodError
        If the period is no half-year.
    DataError
        If a release has no such period, is none, or breaks its contract.

    Notes
    -----
    Both data folders are computed by the code that runs, so that differences are those of
    the data. The figures of a report were computed by the code that made it.

    Examples
    --------
    >>> restated("107H1", "data", "data").figures.height
    0
    """
    new = open_data(after)
    known = new.period(period)
    path = Path(before)
    if path.is_dir() and ((path / PERIODS).exists() or not (path / RESULTS).exists()):
        was, now = _read(open_data(path), known), _read(new, known)
        figures = restated_figures(was.results, now.results)
        rows = _changed_rows(was, now)
        return Restatement(known, figures, rows, _because(figures, rows, _Trial(was, now, known)))
    figures = restated_figures(published(path, known), _read(new, known).results)
    return Restatement(known, figures, None, pl.DataFrame(schema=_CAUSES))


def restated_figures(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """List the figures in which two result tables differ.

    Parameters
    ----------
    before, after
        Result tables; a figure is one period, indicator and breakdown.

    Returns
    -------
    DataFrame
        One row a figure that is not the same, in the order of `after`, with those that are
        only in `before` at the end. ``kind`` is ``added``, ``removed`` or ``changed``, and
        ``changed`` names what did, of `COMPARED`, with a space between; each of these has a
        column ``…_before`` and one ``…_after``. ``difference`` is after − before, exact for
        values as the tables hold them, and ``relative`` difference ÷ abs(before), rounded half
        up to 12 places. Both are empty
        where a value is missing or the unit changed, ``relative`` where before is zero, and
        either where it has more digits than a decimal of the table holds.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> after = analyse("107H1").results
    >>> before = after.with_columns(pl.col("value") * 2)
    >>> row = restated_figures(before.head(1), after.head(1)).row(0, named=True)
    >>> row["indicator"], row["changed"], int(row["difference"]), str(row["relative"])[:4]
    ('frontline_agencies', 'value', -5984, '-0.5')
    """
    both = _comparable(before, was=True).join(
        _comparable(after, now=True),
        on=_FIGURE,
        how="full",
        coalesce=True,
        suffix="_after",
        maintain_order="right_left",
    )
    found = [
        _restated(row)
        for row in both.iter_rows(named=True)
        if not (row["was"] and row["now"])
        or any(row[name] != row[f"{name}_after"] for name in COMPARED)
    ]
    ends = {f"{name}_{end}": kind for name, kind in COMPARED.items() for end in _ENDS}
    texts = dict.fromkeys(("kind", *_FIGURE, "changed"), pl.String())
    amounts = {
        name: ends.pop(name, DECIMAL)
        for name in ("value_before", "value_after", "difference", "relative")
    }
    return pl.DataFrame(found, schema={**texts, **amounts, **ends})


_ENDS: Final = ("before", "after")


def _comparable(results: pl.DataFrame, **marks: bool) -> pl.DataFrame:
    """Keep what is compared; the half of a fraction that a missing value has is no figure."""
    is_there = pl.col("value").is_not_null()
    halves = (pl.when(is_there).then(name).alias(name) for name in ("numerator", "denominator"))
    marked = {name: pl.lit(value=mark) for name, mark in marks.items()}
    return results.with_columns(*halves, **marked).select(*_FIGURE, *COMPARED, *marks)


def _restated(row: Row) -> dict[str, Any]:
    """Return what became of a figure, from what it was and what it is."""
    kind = "changed" if row["was"] and row["now"] else "removed" if row["was"] else "added"
    changed = [name for name in COMPARED if row[name] != row[f"{name}_after"]]
    was, now = row["value"], row["value_after"]
    difference = relative = None
    if was is not None and now is not None and row["unit"] == row["unit_after"]:
        with localcontext(prec=_PRECISION):
            difference = now - was
            relative = round_half_up(difference / abs(was), SCALE) if was else None
    return {
        "kind": kind,
        **{name: row[name] for name in _FIGURE},
        "changed": " ".join(changed) if kind == "changed" else "",
        "difference": _held(difference),
        "relative": _held(relative),
        **{f"{name}_before": row[name] for name in COMPARED},
        **{f"{name}_after": row[f"{name}_after"] for name in COMPARED},
    }


def _held(value: Decimal | None) -> Decimal | None:
    """Return a value; None where a decimal of the table cannot hold it."""
    return value if value is not None and abs(value) < 10**_DIGITS else None


def changed_rows(before: Data | Path, after: Data | Path, period: str | Period) -> pl.DataFrame:
    """List the rows in which two data folders differ, as far as a period's figures read them.

    Parameters
    ----------
    before, after
        The data folders.
    period
        The period; rows of the periods that it is compared with are among them, and their
        rows of ``periods.csv``.

    Returns
    -------
    DataFrame
        One row a cell that is not written the same, with the numbers of its row in both
        files, as a spreadsheet counts. ``row_kind`` is ``changed``, ``added`` or ``removed``;
        an added or removed row is there once for each figure in it. ``key`` is what names the
        row in its table, so that the order of rows does not count.

    Raises
    ------
    DataError
        If a folder does not have the period or breaks its contract.

    Examples
    --------
    >>> changed_rows(Path("data"), Path("data"), "107H1").columns[:4]
    ['table', 'table_period', 'key', 'row_kind']
    """
    return _changed_rows(_read(before, period), _read(after, period))


def _changed_rows(before: _Release, after: _Release) -> pl.DataFrame:
    found: list[tuple[Any, ...]] = []
    for table, code in dict.fromkeys([*after.rows, *before.rows]):
        was, now = (each.rows.get((table, code), {}) for each in (before, after))
        for key in dict.fromkeys([*now, *was]):
            there = (was.get(key), now.get(key))
            kind = "removed" if there[1] is None else "added" if there[0] is None else "changed"
            names = _columns(table) if kind == "changed" else _measures(table)
            for name in names:
                texts = [None if row is None else row[name] for row in there]
                if kind != "changed" or texts[0] != texts[1]:
                    rows = [None if row is None else row["row"] for row in there]
                    found.append((table, code, key, kind, name, *texts, *rows))
    return pl.DataFrame(found, schema=_ROWS, orient="row")


def because(
    figures: pl.DataFrame,
    rows: pl.DataFrame,
    before: Data | Path,
    after: Data | Path,
    period: str | Period,
) -> pl.DataFrame:
    """Link each changed figure to the changed rows that can have caused it.

    Parameters
    ----------
    figures
        What `restated_figures` found in the results of the two folders.
    rows
        What `changed_rows` found.
    before, after, period
        As for `changed_rows`.

    Returns
    -------
    DataFrame
        One row a figure and row: the columns that name both, and ``cause``. ``alone``: the
        figure returns when this row alone is put back. ``together``: no row does that alone;
        each of these moves the figure, and it returns when all of them are put back.
        ``possible``: those that move it do not bring it back, so any of the changed rows of
        its table can have a part in it. ``not tried``: the table has more than `MOST_TRIED`
        changed rows; ``key`` is empty.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> results, data = analyse("107H1").results, Path("data")
    >>> rows = changed_rows(data, data, "107H1")
    >>> because(restated_figures(results, results), rows, data, data, "107H1").height
    0
    """
    trial = _Trial(_read(before, period), _read(after, period), Period.parse(period))
    return _because(figures, rows, trial)


def _because(figures: pl.DataFrame, rows: pl.DataFrame, trial: _Trial) -> pl.DataFrame:
    wanted = set(figures.select(_FIGURE).iter_rows())
    names: list[RowName] = list(dict.fromkeys(rows.select(_ROW).iter_rows()))
    found: list[tuple[str | None, ...]] = []
    for table in _computed_from():
        changed = [name for name in names if name[0] in (table, _PERIODS)]
        if not changed:
            continue
        was, now = trial.figures(table, changed), trial.figures(table, ())
        mine = [each for each in dict.fromkeys([*now, *was]) if was.get(each) != now.get(each)]
        mine = [each for each in mine if each in wanted]
        for each in mine:
            if len(changed) > MOST_TRIED:
                found.append((*each, "not tried", table, None, None))
                continue
            how, causes = trial.causes(table, changed, each)
            found += [(*each, how, *name) for name in causes]
    return pl.DataFrame(found, schema=_CAUSES, orient="row")


class _Release(NamedTuple):
    """A data folder as far as a period reads it: covered days, rows as written, results."""

    periods: dict[str, Period]
    rows: dict[tuple[str, str], dict[str, Row]]
    results: pl.DataFrame


@dataclass(slots=True)
class _Trial:
    """Figures as they would be if some of the changed rows were put back."""

    before: _Release
    after: _Release
    period: Period
    done: dict[tuple[str, frozenset[RowName]], Figures] = field(default_factory=dict)
    unchanged: dict[tuple[Any, ...], pl.DataFrame] = field(default_factory=dict)

    def causes(
        self, table: str, changed: list[RowName], figure: tuple[str, str, str]
    ) -> tuple[str, list[RowName]]:
        """Return which of the changed rows changed a figure, and how that is known."""
        was = self.figures(table, changed).get(figure)
        now = self.figures(table, ()).get(figure)
        alone = {name: self.figures(table, [name]).get(figure) for name in changed}
        enough = [name for name, then in alone.items() if then == was]
        if enough:
            return "alone", enough
        moving = [name for name, then in alone.items() if then != now]
        if self.figures(table, moving).get(figure) == was:
            return "together", moving
        return "possible", changed

    def figures(self, table: str, put_back: Iterable[RowName]) -> Figures:
        """Return the figures of a table with some rows put back; each case is computed once."""
        case = table, frozenset(put_back)
        if case not in self.done:
            self.done[case] = self._computed(*case)
        return self.done[case]

    def _computed(self, table: str, put_back: frozenset[RowName]) -> Figures:
        # Rows of a period that one release does not know are read with the days of the other.
        periods = {**self.before.periods, **self.after.periods}
        for _, code, _ in (name for name in put_back if name[0] == _PERIODS):
            periods[code] = self.before.periods.get(code, periods[code])
        frames: list[pl.DataFrame] = [TABLES[table].create_empty()]
        for code, covered in periods.items():
            keys = frozenset(name[2] for name in put_back if name[:2] == (table, code))
            case = table, code, covered.covers_from, covered.covers_to
            if not keys and case not in self.unchanged:
                self.unchanged[case] = self._rows(table, covered, keys)
            frames.append(self._rows(table, covered, keys) if keys else self.unchanged[case])
        tables = {table: pl.concat(frames).lazy()}
        results = compute(tables, periods[self.period.code], table)
        return {(row[0], row[1], row[2]): row[3:] for row in _comparable(results).iter_rows()}

    def _rows(self, table: str, period: Period, keys: frozenset[str]) -> pl.DataFrame:
        """Return the rows of a period, those of some keys as they were."""
        schema = TABLES[table]
        rows = dict(self.after.rows.get((table, period.code), {}))
        was = self.before.rows.get((table, period.code), {})
        for key in sorted(keys):
            rows.pop(key, None)
            rows |= {key: was[key]} if key in was else {}
        if not rows:
            return schema.create_empty()
        numbered = [{**row, "row": number} for number, row in enumerate(rows.values(), start=2)]
        kinds = {"row": pl.Int64, **dict.fromkeys(schema.COLUMNS, pl.String)}
        text = pl.DataFrame(numbered, schema=kinds)
        frame, _ = typed(text, Place(table, period.code), schema)
        frame = prepared(frame, table, schema, None, period)
        return frame.select(schema.column_names())


def _computed_from() -> list[str]:
    """Return the tables that figures are computed from."""
    return [name for name in TABLES if any(name == metric.table for metric in METRICS.values())]


def _read(data: Data | Path, period: str | Period) -> _Release:
    """Read what a period's figures are computed from, once it keeps its contract."""
    data = data if isinstance(data, Data) else open_data(data)
    known = data.period(period)
    compared = {each.code: each for each in (known, *data.earlier(known))}
    results = compute(data.read_all(*compared.values()), known)
    rows = {
        (table, code): dict(_rows(data.path(table, each), table))
        for code, each in compared.items()
        for table in data.tables(each)
    }
    covered = dict(_rows(data.folder / PERIODS, _PERIODS))
    rows |= {(_PERIODS, code): {code: covered[code]} for code in compared}
    return _Release(compared, rows, results)


def _rows(path: Path, table: str) -> Iterator[tuple[str, Row]]:
    """Read the rows of a file as they are written, each with its key."""
    frame, failures = read_text(path, Place(table, str(path)), _schema(table))
    if failures:
        raise DataError(failures)
    for row in frame.iter_rows(named=True):
        yield ", ".join(row[name] for name in _key(table) if row[name]), row


def _schema(table: str) -> Schema:
    return Periods if table == _PERIODS else TABLES[table]


def _key(table: str) -> tuple[str, ...]:
    return tuple(Periods.primary_key()) if table == _PERIODS else key_of(table)


def _columns(table: str) -> tuple[str, ...]:
    key = _key(table)
    return tuple(name for name in _schema(table).COLUMNS if name not in key)


def _measures(table: str) -> tuple[str, ...]:
    return ("covers_from", "covers_to") if table == _PERIODS else measures(table)
