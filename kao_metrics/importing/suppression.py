"""Small counts taken out of a table, and as many others as it takes to keep them out.

A count below the threshold can point at a person, so it is not published: that is primary
suppression. Where totals are published, a reader can subtract what is left, so further
cells have to go: complementary suppression. A zero points at nobody and stays.

What a reader is assumed to know: every count that is published here, the totals that are
published elsewhere (`totals_published`), that counts are whole and not negative, that a
combination without a row is zero, and, where rows do not add up to their total, by how
much. What a reader is not assumed to know: that a suppressed count is below the threshold
(so the column ``suppression``, which tells small counts from the rest, is for the office
and not for print), or which of the complaints counted is the reader's own.

A small count is safe if the lowest and the highest count that such a reader finds possible
are at least ``threshold - 1`` apart, as far as the words "below the threshold" leave them.
This is the sliding protection level of Fischetti and Salazar (2000), Models and Algorithms
for Optimizing Cell Suppression in Tabular Data with Linear Constraints, Journal of the
American Statistical Association 95; see also Hundepool et al. (2012), Statistical
Disclosure Control, chapter 4.

The method: for each small cell in turn, a program in whole numbers looks for two tables
that fit all that is published and are far enough apart in this cell, with as few and as
small other cells changed as it can; those cells go. Then each complementary cell comes
back without which all small cells are still safe. The two tables are the proof that a
cell is safe; they are checked in whole numbers, whatever the solver says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import polars as pl

from kao_metrics.labels import TOTAL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    _Counts: TypeAlias = NDArray[np.int64]
    _Mask: TypeAlias = NDArray[np.bool_]
    _Prices: TypeAlias = NDArray[np.float64]

_Cell: TypeAlias = tuple[str, ...]

PRIMARY: Final = "primary"
COMPLEMENTARY: Final = "complementary"

GRAND_TOTAL: Final[tuple[tuple[str, ...], ...]] = ((),)
"""The total of each table, which a report prints whatever else it leaves out."""

# What it costs to change a cell that is not small by one; an ordinary cell costs 1 to 2. A
# zero changes only for want of others, a total only for want of both, and less protection
# than asked for is the last resort.
_ZERO: Final = 30
_WHOLE: Final = 1_000
_UNPROTECTED: Final = 1_000_000

_BRANCHES: Final = 1_000  # not seconds: each machine has to find the same cells


def suppressed(  # noqa: PLR0913 - the columns of a table, as everywhere
    counts: pl.DataFrame,
    threshold: int,
    *,
    dimensions: Sequence[str],
    keys: Sequence[str] = (),
    count: str = "count",
    totals_published: Sequence[Sequence[str]] = GRAND_TOTAL,
) -> pl.DataFrame:
    """Take small counts out, and as many others as it takes to keep them out.

    Parameters
    ----------
    counts
        One row a combination of keys and dimensions, with its count.
    threshold
        The lowest count that is published; 0 and 1 suppress nothing.
    dimensions
        Columns that add up. ``_T`` or null in one is the total over it.
    keys
        Columns that separate tables which are never added up, such as the stage.
    count
        The column of the counts.
    totals_published
        Margins that a reader can see elsewhere, by the dimensions that they keep: ``()``
        is the total of each table, ``("month",)`` the totals by month. Their values are
        those of the rows, or the sums of rows. They cannot be taken back, so rows with
        the same totals are no help. Totals that are rows need not be named. Left out:
        the total of each table.

    Returns
    -------
    DataFrame
        The same rows in the same order, the count null where it is suppressed, with
        ``suppressed`` and ``suppression`` (``primary``, ``complementary`` or empty).

    Raises
    ------
    ValueError
        If the threshold is negative, a count is missing, negative or not whole, a
        combination has two rows, or a published margin names no dimension.

    Notes
    -----
    No method can protect a cell from a total published elsewhere that is itself small, or
    that has no other row. Such a cell is left with the most counts that can be had;
    `recoverable` shows them. Should the search for cells to suppress break off, the whole
    table goes.

    Examples
    --------
    >>> rows = pl.DataFrame({"sector": ["goods", "services", "other", "_T"],
    ...                      "count": [2, 9, 7, 18]})
    >>> suppressed(rows, 5, dimensions=["sector"]).select("count", "suppression").rows()
    [(None, 'primary'), (9, ''), (None, 'complementary'), (18, '')]
    """
    if threshold < 0:
        raise ValueError(f"the threshold is {threshold}: give 0 or more")
    values = _whole_counts(counts, count)
    marks = [""] * counts.height
    for rows, table in _tables(counts, values, dimensions, keys, totals_published):
        small = [number for number, row in enumerate(rows) if 0 < values[row] < threshold]
        chosen = _complements(table, small, threshold - 1) if small else []
        for number in chosen:
            marks[rows[number]] = COMPLEMENTARY
        for number in small:
            marks[rows[number]] = PRIMARY
    marked = counts.with_columns(pl.Series("suppression", marks, dtype=pl.String))
    gone = pl.col("suppression") != ""
    return marked.select(
        pl.exclude("suppressed", "suppression"),
        gone.alias("suppressed"),
        "suppression",
    ).with_columns(pl.when(~pl.col("suppressed")).then(pl.col(count)).alias(count))


def recoverable(  # noqa: PLR0913 - the columns of a table, as everywhere
    counts: pl.DataFrame,
    hidden: pl.Series,
    *,
    dimensions: Sequence[str],
    keys: Sequence[str] = (),
    count: str = "count",
    totals_published: Sequence[Sequence[str]] = GRAND_TOTAL,
) -> pl.DataFrame:
    """Bound what a reader can work out of the counts that are not published.

    Parameters
    ----------
    counts
        The counts before anything was suppressed.
    hidden
        Which rows are suppressed: the column ``suppressed`` of `suppressed`.
    dimensions, keys, count, totals_published
        As for `suppressed`.

    Returns
    -------
    DataFrame
        The hidden rows in their order, with ``lo`` and ``hi``: the lowest and the highest
        count that fit all that is published; ``hi`` is null where nothing bounds it. A
        count with ``lo == hi`` can be computed back. Should a search break off, the bound
        is the count itself.

    Raises
    ------
    ValueError
        As for `suppressed`, or if `hidden` has not one value for each row.

    Examples
    --------
    >>> rows = pl.DataFrame({"sector": ["goods", "services", "other", "_T"],
    ...                      "count": [2, 9, 7, 18]})
    >>> hidden = pl.Series([True, False, True, False])
    >>> recoverable(rows, hidden, dimensions=["sector"]).select("sector", "lo", "hi").rows()
    [('goods', 0, 9), ('other', 0, 9)]
    """
    if len(hidden) != counts.height:
        raise ValueError(f"{len(hidden)} values say what is hidden of {counts.height} rows")
    values = _whole_counts(counts, count)
    found: dict[int, tuple[int, int | None]] = {}
    for rows, table in _tables(counts, values, dimensions, keys, totals_published):
        cells = [number for number, row in enumerate(rows) if hidden[row]]
        found |= zip([rows[cell] for cell in cells], _bounds(table, cells), strict=True)
    bounds = [found[row] for row in sorted(found)]
    return counts.filter(hidden).with_columns(
        pl.Series("lo", [low for low, _ in bounds], dtype=pl.Int64),
        pl.Series("hi", [high for _, high in bounds], dtype=pl.Int64),
    )


@dataclass(frozen=True)
class _Table:
    """One table: its rows and how they add up."""

    values: _Counts
    sums: Any  # sparse: lines times values is known to the reader, whatever is hidden
    elsewhere: _Mask  # published elsewhere, whatever is hidden here
    prices: _Prices

    def seen(self, hidden: Sequence[int]) -> _Mask:
        """Tell which rows a reader sees, here or elsewhere, if these are hidden here."""
        seen = self.elsewhere.copy()
        seen[list({*range(seen.size)} - {*hidden})] = True
        return seen


def _whole_counts(counts: pl.DataFrame, count: str) -> list[int]:
    values = counts[count].to_list()
    for row, value in enumerate(values):  # rows as polars counts them
        if value is None or value < 0 or value % 1 != 0:
            raise ValueError(f"{count} is {value} in row {row}: give a whole number from 0")
    return [int(value) for value in values]


def _tables(
    counts: pl.DataFrame,
    values: Sequence[int],
    dimensions: Sequence[str],
    keys: Sequence[str],
    margins: Sequence[Sequence[str]],
) -> list[tuple[list[int], _Table]]:
    """Split the rows into tables; each comes with the numbers of its rows."""
    for margin in margins:
        if unknown := sorted(set(margin) - set(dimensions)):
            raise ValueError(f"a published margin names {unknown}, not one of {list(dimensions)}")
    kept = {tuple(name in margin for name in dimensions) for margin in margins}
    parts = [counts[name].cast(pl.String).fill_null(TOTAL) for name in dimensions]
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row in range(counts.height):
        groups[tuple(counts[key][row] for key in keys)].append(row)
    return [
        (
            rows,
            _table(
                [tuple(part[r] for part in parts) for r in rows], [values[r] for r in rows], kept
            ),
        )
        for rows in groups.values()
    ]


def _table(cells: Sequence[_Cell], counts: Sequence[int], kept: set[tuple[bool, ...]]) -> _Table:
    """Set up one table, with every total that its cells add up to."""
    import numpy as np
    from scipy import sparse

    number = {cell: row for row, cell in enumerate(cells)}
    if len(number) < len(cells):
        twice = next(cell for cell in cells if cells.count(cell) > 1)
        raise ValueError(f"{twice} has more than one row: add them up first")
    lines: set[tuple[frozenset[int], frozenset[int]]] = set()
    parts: dict[_Cell, dict[int, frozenset[int]]] = defaultdict(dict)
    every = {whole for cell in cells for whole in product(*((part, TOTAL) for part in cell))}
    for cell in sorted(every, key=lambda cell: (cell.count(TOTAL), cell)):  # parts come first
        below = list(parts[cell].values())
        made_of = frozenset([number[cell]]) if cell in number else below[0]
        lines |= {(made_of - rows, rows - made_of) for rows in below}
        if cell not in number and _margin(cell) in kept:
            lines.add((made_of, frozenset()))
        for place in (place for place, part in enumerate(cell) if part != TOTAL):
            whole = (*cell[:place], TOTAL, *cell[place + 1 :])
            parts[whole][place] = parts[whole].get(place, frozenset()) | made_of
    lines.discard((frozenset(), frozenset()))
    sums = sparse.lil_array((len(lines), len(cells)), dtype=np.int64)
    for line, (added, taken) in enumerate(sorted(lines, key=lambda sides: [*map(sorted, sides)])):
        sums[line, list(added)] = 1
        sums[line, list(taken)] = -1
    values = np.array(counts, dtype=np.int64)
    prices = 1 + values / max(1, values.max())
    prices[values == 0] *= _ZERO
    prices[[TOTAL in cell for cell in cells]] *= _WHOLE
    elsewhere = np.array([_margin(cell) in kept for cell in cells])
    return _Table(values, sums.tocsc(), elsewhere, prices)


def _margin(cell: _Cell) -> tuple[bool, ...]:
    return tuple(part != TOTAL for part in cell)


def _complements(table: _Table, small: Sequence[int], width: int) -> list[int]:
    """Choose the rows that have to go so that no small one can be told."""
    import numpy as np

    targets = [cell for cell in small if not table.elsewhere[cell]]
    prices = np.where(table.elsewhere, np.inf, table.prices)
    prices[~table.seen(small)] = 0
    proofs = table.values[np.newaxis]
    for target in targets:
        proofs = _proved(table, [target], np.full_like(table.values, width), proofs, prices > 0)
        if np.ptp(proofs[:, target]) < width:
            pair = _pair(table, target, width, prices, reach=width)
            if pair is None or np.ptp(pair[:, target]) < width:
                pair = _pair(table, target, width, prices, reach=np.inf)
            if pair is None:
                return list(range(table.values.size))
            proofs = np.vstack([proofs, pair])
            prices[(pair != table.values).any(axis=0)] = 0
    wanted = np.minimum(np.ptp(proofs, axis=0), width)
    chosen = sorted({*np.flatnonzero(prices == 0).tolist()} - {*small})
    for cell in sorted(chosen, key=lambda cell: -table.prices[cell]):
        fewer = [other for other in chosen if other != cell]
        rest = _proved(table, targets, wanted, proofs, table.seen([*small, *fewer]))
        if (np.ptp(rest, axis=0) >= wanted)[targets].all():
            chosen, proofs = fewer, rest
    return chosen


def _proved(
    table: _Table, targets: Sequence[int], wanted: _Counts, proofs: _Counts, seen: _Mask
) -> _Counts:
    """Return tables that fit what is seen: those given and, by target, two far enough apart.

    It ends at the first target for which there are none.
    """
    import numpy as np

    proofs = proofs[(proofs == table.values)[:, seen].all(axis=1)]
    for target in targets:
        width = int(wanted[target])
        if np.ptp(proofs[:, target]) < width:
            pair = _pair(table, target, width, np.where(seen, np.inf, 0), reach=width)
            if pair is None or np.ptp(pair[:, target]) < width:
                break
            proofs = np.vstack([proofs, pair])
    return proofs


def _pair(table: _Table, target: int, width: int, prices: _Prices, reach: float) -> _Counts | None:
    """Find the cheapest two tables that fit and are this far apart in the target.

    Cells with the price 0 may change for nothing, with infinity not at all; none changes
    by more than `reach`. If no two tables are so far apart, they are as far apart as can
    be. None if the search broke off.
    """
    import numpy as np
    from scipy import sparse

    free, paid = np.flatnonzero(prices == 0), np.flatnonzero((prices > 0) & np.isfinite(prices))
    cells = np.concatenate([free, paid, paid])  # those that cost: upwards, then downwards
    signs = np.repeat([1.0, 1.0, -1.0], [free.size, paid.size, paid.size])
    falls = np.minimum(table.values[cells], reach)
    floors = np.where(np.arange(cells.size) < free.size, -falls, 0)
    tops = np.where(signs < 0, falls, reach)
    sums = table.sums[:, cells] @ sparse.diags_array(signs)
    here = sparse.coo_array((cells == target)[np.newaxis].astype(float))
    apart = sparse.block_array([[sums, None], [None, sums], [here, -here]])
    lacking = sparse.coo_array(([1.0], ([apart.shape[0] - 1], [0])), shape=(apart.shape[0], 1))
    changes = _solved(
        [*prices[cells], *prices[cells], _UNPROTECTED],
        sparse.hstack([apart, lacking]),
        [0] * (apart.shape[0] - 1) + [width],
        [*floors, *floors, 0],
        [*tops, *tops, width],
    )
    if changes is None:
        return None
    pair = np.tile(table.values, (2, 1))
    for one, change in zip(pair, changes[:-1].reshape(2, -1), strict=True):
        np.add.at(one, cells, signs.astype(int) * change)
    fits = (pair >= 0).all() and not (table.sums @ (pair - table.values).T).any()
    return pair if fits else None


def _bounds(table: _Table, targets: Sequence[int]) -> list[tuple[int, int | None]]:
    """Return the lowest and the highest count that a reader finds possible, by target."""
    import numpy as np
    from scipy import sparse

    cells = np.flatnonzero(~table.seen(targets))
    values, sums = table.values[cells], table.sums[:, cells]
    still, size = [0] * sums.shape[0], cells.size
    # What can rise without a fall elsewhere can rise for ever: one program finds it all.
    rises = _solved(
        [-1] * size + [0] * size,
        sparse.hstack([sums, sums]),
        still,
        [0] * 2 * size,
        [1] * size + [np.inf] * size,
    )
    endless = set() if rises is None else set(cells[rises[:size] > 0].tolist())

    def furthest(target: int, sign: int) -> int:
        here = cells == target
        changes = _solved(-sign * here, sums, still, -values, [np.inf] * size)
        return int(table.values[target] + (0 if changes is None else changes[here].sum()))

    return [(furthest(t, -1), None if t in endless else furthest(t, 1)) for t in targets]


def _solved(prices: Any, equations: Any, right: Any, floors: Any, tops: Any) -> _Counts | None:
    """Return the whole numbers with the lowest price; None if the search broke off."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not len(prices):
        return np.zeros(0, dtype=np.int64)
    found = milp(
        prices,
        integrality=1,
        bounds=Bounds(floors, tops),
        constraints=LinearConstraint(equations, right, right),
        options={"node_limit": _BRANCHES, "mip_rel_gap": 0},
    )
    return np.rint(found.x).astype(np.int64) if found.status == 0 else None
