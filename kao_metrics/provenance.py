"""Which passages of which documents a figure comes from.

A row of data names its document and the section that prints it. Metrics know documents
only: they carry the column ``source_id`` along and join it where several figures make one.
So the section travels inside that column while results are computed, and is taken out of
it afterwards; every metric, also one that is added, is traced without a word of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import polars as pl

_BESIDE: Final = "\x1f"
"""Separates document and section: no name of either can contain a control character."""


class Passage(NamedTuple):
    """A section of a document; the section is empty where the data give none."""

    source_id: str
    section: str


Passages = dict[tuple[str, str], tuple[Passage, ...]]
"""By indicator and breakdown, the passages that a result is computed from."""


def traced(tables: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """Return tables whose ``source_id`` names the section too."""
    section = pl.col("section").fill_null("")
    both = pl.concat_str("source_id", section, separator=_BESIDE)
    return {
        name: table.with_columns(source_id=both)
        if {"source_id", "section"} <= set(table.collect_schema())
        else table
        for name, table in tables.items()
    }


def untraced(results: pl.DataFrame) -> tuple[pl.DataFrame, Passages]:
    r"""Return results that name documents only, and the passages that they named.

    >>> rows = {"indicator": ["sum"], "breakdown": ["_T"], "source_ids": ["a\x1f1.2;a\x1f1.3"]}
    >>> results, passages = untraced(pl.DataFrame(rows))
    >>> results["source_ids"].to_list(), [each.section for each in passages["sum", "_T"]]
    (['a'], ['1.2', '1.3'])
    """
    found: Passages = {}
    documents: list[str | None] = []
    columns = results.select("indicator", "breakdown", "source_ids")
    for indicator, breakdown, joined in columns.iter_rows():
        named = dict.fromkeys((joined or "").split(";"))
        passages = tuple(Passage(*each.split(_BESIDE)) for each in named if _BESIDE in each)
        found[indicator, breakdown] = passages
        sources = dict.fromkeys(each.source_id for each in passages)
        documents.append(";".join(sources) or None)
    return results.with_columns(source_ids=pl.Series(documents, dtype=pl.String)), found
