"""Give a typed table the columns that its contract's rules need and the metrics use.

Names of figures, the bounds of what was printed, what the parts of a total add up to, and
whether a key stands alone: each is worked out once, here, so that a rule and a metric that
speak of the same thing read the same column.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import polars as pl

from kao_metrics import labels
from kao_metrics.arithmetic import formula_error
from kao_metrics.breakdowns import parts_of_totals
from kao_metrics.period import Period
from kao_metrics.printed import bounds
from kao_metrics.schemas import DECIMAL, Complaints, Schema, Services, Stated, Table, Valued

DIMENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "workforce": ("funding", "employer", "subcategory", "category"),
    "complaints": ("category", "sector", "month"),
}
"""By table, the columns that break its figures down, finest first."""


def prepared(
    frame: pl.DataFrame,
    table: str,
    schema: Schema,
    sources: Collection[str] | None,
    period: Period | None,
) -> pl.DataFrame:
    """Add what follows from the columns of the file.

    Parameters
    ----------
    frame
        A typed table, as `kao_metrics.contracts.typed` returns it.
    table, schema
        Which table it is, and its contract.
    sources
        Names of the known documents; None for a file from elsewhere, whose sources are not checked.
    period
        The period that it is of, if it is of one.
    """
    columns = schema.column_names()
    if "source_is_known" in columns:
        source = pl.col("source_id")
        frame = frame.with_columns(
            source.fill_null("") if sources is None else source,
            source_is_known=pl.lit(value=True) if sources is None else source.is_in(list(sources)),
        )
    if issubclass(schema, Table):
        when = period or Period(1912, 1)
        frame = frame.with_columns(
            time_period=pl.lit(period.code if period else ""),
            covers_from=pl.lit(when.covers_from),
            covers_to=pl.lit(when.covers_to),
        )
    if "lower" in columns:
        frame = _with_bounds(frame, schema.FIGURE)
    if issubclass(schema, Stated):
        errors = [formula_error(each) for each in frame["operands"]]
        frame = frame.with_columns(formula_error=pl.Series(errors, dtype=pl.String))
    if issubclass(schema, Valued):
        frame = _PREPARE[table](frame)
    return frame


def _with_bounds(frame: pl.DataFrame, figure: str) -> pl.DataFrame:
    qualifiers = frame["qualifier"] if "qualifier" in frame.columns else ["exact"] * len(frame)
    found = [
        bounds(text, word or "") for text, word in zip(frame["printed"], qualifiers, strict=True)
    ]
    return frame.with_columns(
        pl.col(figure).cast(DECIMAL).alias("value"),
        pl.Series("lower", [each.lower for each in found], dtype=DECIMAL),
        pl.Series("upper", [each.upper for each in found], dtype=DECIMAL),
    )


def _prepare_workforce(frame: pl.DataFrame) -> pl.DataFrame:
    """Name each figure, and set what its parts add up to beside it."""
    names = [
        workforce_name(*row)
        for row in frame.select(
            "category", "subcategory", "employer", "funding", "measure"
        ).iter_rows()
    ]
    parents = {
        code: labels.attribute("subcategory", code, "parent", labels.TOTAL)
        for code in labels.codes("subcategory")
    }
    frame = frame.with_columns(
        pl.Series("indicator", names, dtype=pl.String), latest_as_of=pl.col("as_of").max()
    )
    return _with_parts(frame, "workforce", ["as_of", "measure"], {"subcategory": parents})


def workforce_name(
    category: str | None,
    subcategory: str | None,
    employer: str | None,
    funding: str | None,
    measure: str | None = labels.STAFF_IN_POST,
) -> str:
    """Return the name of a staff figure: its codes joined, the ordinary ones unsaid.

    Ordinary are the total, the general budget, and staff in post.

    >>> workforce_name("frontline", "_T", "_T", "_T")
    'frontline_total'
    >>> workforce_name("temporary", "contract", "_T", "central")
    'temporary_contract_central'
    """
    group = "workforce" if category == labels.TOTAL else category
    unsaid = (None, labels.TOTAL, labels.GENERAL, labels.STAFF_IN_POST)
    said = [part for part in (subcategory, employer, funding, measure) if part not in unsaid]
    return "_".join([group or "", *(part or "" for part in said or ["total"])])


def _prepare_reserve(frame: pl.DataFrame) -> pl.DataFrame:
    return _without_parts(frame.with_columns(indicator=pl.format("reserve_{}", "item")))


def _prepare_complaints(frame: pl.DataFrame) -> pl.DataFrame:
    """Name each figure after its stage; a missing month counts as "not by month"."""
    names = {code: labels.entry("stage", code)["indicator"] for code in labels.codes("stage")}
    frame = frame.with_columns(
        indicator=pl.col("stage").replace_strict(names, default=pl.col("stage")),
        key_is_single=pl.struct(Complaints.KEY).is_unique(),
    )
    by_month = frame.with_columns(month=pl.col("month").cast(pl.String).fill_null(labels.TOTAL))
    return _with_parts(by_month, "complaints", ["stage"]).with_columns(month=frame["month"])


def _prepare_services(frame: pl.DataFrame) -> pl.DataFrame:
    """Set what the parts add up to beside each whole, at the newest date of each."""
    newest = frame.sort("as_of", nulls_last=True).unique("indicator", keep="last")
    parts = (
        newest.filter(pl.col("part_of").is_not_null())
        .group_by(pl.col("part_of").alias("indicator"))
        .agg(
            pl.col("value").sum().alias("parts"),
            pl.col("lower").sum().alias("parts_lower"),
            pl.when(pl.col("upper").is_not_null().all())
            .then(pl.col("upper").sum())
            .alias("parts_upper"),
        )
        .join(newest.select("indicator", "row"), on="indicator")
    )
    is_whole = pl.col("part_of").is_in(frame["indicator"].to_list())
    return frame.with_columns(
        key_is_single=pl.struct(Services.KEY).is_unique(),
        whole_is_there=pl.col("part_of").is_null()
        | (is_whole & (pl.col("part_of") != pl.col("indicator"))),
        parts_of=pl.lit("part_of"),
    ).join(parts.drop("indicator"), on="row", how="left", maintain_order="left")


def _with_parts(
    frame: pl.DataFrame,
    table: str,
    keys: list[str],
    parents: Mapping[str, Mapping[str, str]] | None = None,
) -> pl.DataFrame:
    """Add the parts of each total, of the dimension where they add up to most."""
    known = [pl.col(name).is_in([labels.TOTAL, *tree]) for name, tree in (parents or {}).items()]
    parts = (
        parts_of_totals(frame.lazy().filter(*known), DIMENSIONS[table], keys, parents)
        .sort("parts_lower", descending=True, nulls_last=True)
        .unique("row", keep="first", maintain_order=True)
        .select("row", *_PARTS, pl.col("dimension").alias("parts_of"))
        .collect()
    )
    return frame.join(parts, on="row", how="left", maintain_order="left")


def _without_parts(frame: pl.DataFrame) -> pl.DataFrame:
    none = pl.lit(None, dtype=DECIMAL)
    return frame.with_columns(
        *(none.alias(name) for name in _PARTS), parts_of=pl.lit(None, pl.String)
    )


_PARTS: Final = ("parts", "parts_lower", "parts_upper")

_PREPARE: Final = {
    "workforce": _prepare_workforce,
    "retirement_reserve": _prepare_reserve,
    "complaints": _prepare_complaints,
    "services": _prepare_services,
}
