"""Counted services: every other figure of the report's eight sections.

A new counted service needs no code here: its row in the data and its label make it a
result. What is computed from several of them is one function each.
"""

from __future__ import annotations

import polars as pl

from kao_metrics.labels import TOTAL, attribute, codes
from kao_metrics.metrics.formulas import ONE, Bounded, of_period, results, row_of
from kao_metrics.metrics.formulas import figures as printed_figures
from kao_metrics.period import Period
from kao_metrics.schemas import DECIMAL


def figures(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the counted services as printed.

    Parameters
    ----------
    services
        Table ``services``; one row an indicator and date, in the unit of the row.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results; breakdown ``_T`` is the newest date of an indicator, an earlier date of
        the same indicator is named by the date.
    """
    frame = of_period(services, period)
    is_newest = pl.col("as_of").is_null() | (
        pl.col("as_of") == pl.col("as_of").max().over("indicator")
    )
    date = pl.when(is_newest).then(pl.lit(TOTAL)).otherwise(pl.col("as_of").cast(pl.String))
    return printed_figures(frame, period, breakdown=date)


def selected_archives_share(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of reviewed political archives that were selected for transfer.

    Parameters as `figures`; one row, a fraction: transferred ÷ reviewed.
    """
    return _share(
        services,
        period,
        "selected_archives_share",
        "political_archives_transferred",
        "political_archives_reviewed",
    )


def award_rate(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of nominees for the frontline staff award who received it.

    Parameters as `figures`; one row, a fraction: awarded ÷ nominated.
    """
    return _share(services, period, "award_rate", "awards_selected", "awards_nominated")


def open_datasets_change(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the growth of open datasets: (total − year before) ÷ year before.

    Parameters as `figures`; one row, a fraction.

    Examples
    --------
    >>> from decimal import Decimal
    >>> rows = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 3, "source_id": ["report"] * 3,
    ...     "indicator": ["open_datasets_previous", "open_datasets_added", "open_datasets_total"],
    ...     "value": [Decimal(16), Decimal(9), Decimal(25)],
    ... }).with_columns(lower="value", upper="value")
    >>> open_datasets_change(rows, Period(2018, 1)).collect()["value"].cast(float).to_list()
    [0.5625]
    """
    frame = row_of(
        of_period(services, period),
        {"now": "open_datasets_total", "then": "open_datasets_previous"},
    )
    now, then = Bounded.column("now"), Bounded.column("then")
    return results(
        frame,
        period,
        "open_datasets_change",
        now / then - ONE,
        unit="ratio",
        numerator=now.value - then.value,
        denominator=then.value,
        missing=_missing("now"),
    )


def part_share(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of each part in the figure that it is a part of.

    Parameters as `figures`; one row a part, breakdown is the part's indicator.
    """
    frame = of_period(services, period)
    newest = frame.sort("as_of", nulls_last=True).unique("indicator", keep="last")
    whole = newest.select(
        pl.col("indicator").alias("part_of"),
        *(pl.col(name).alias(f"whole{end}") for name, end in _ENDS),
    )
    parts = newest.filter(pl.col("part_of").is_not_null()).sort("row")
    value = Bounded(pl.col("value"), pl.col("lower"), pl.col("upper"))
    return results(
        parts.join(whole, on="part_of", maintain_order="left"),
        period,
        "part_share",
        value / Bounded.column("whole"),
        unit="ratio",
        breakdown=pl.col("indicator"),
        numerator=pl.col("value"),
        denominator=pl.col("whole"),
    )


def service_change(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return how each service changed against earlier periods: now ÷ then − 1.

    Flows are compared a covered day, stocks and rates as they are; labels.toml says which
    a figure is.

    Parameters
    ----------
    services
        Table ``services``, with the rows of earlier periods beside those of this one.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results; breakdown is the indicator and ``previous`` or ``same_half_last_year``,
        with a point between. Rows only for figures that both periods have.
    """
    flows = [code for code in codes("indicator") if attribute("indicator", code, "kind") == "flow"]
    days = ((pl.col("covers_to") - pl.col("covers_from")).dt.total_days() + 1).cast(DECIMAL)
    newest = (
        services.sort("as_of", nulls_last=True)
        .unique(["time_period", "indicator"], keep="last", maintain_order=True)
        .with_columns(
            exposure=pl.when(pl.col("indicator").is_in(flows))
            .then(days)
            .otherwise(pl.lit(1, dtype=DECIMAL))
        )
        .sort("row")
    )
    now = newest.filter(pl.col("time_period") == period.code)
    compared = {
        "previous": period.previous.code,
        "same_half_last_year": period.same_half_last_year.code,
    }
    rate = Bounded(pl.col("value"), pl.col("lower"), pl.col("upper")) / Bounded.exact(
        pl.col("exposure")
    )
    rate_then = Bounded.column("then") / Bounded.exact(pl.col("exposure_then"))
    return pl.concat(
        results(
            now.join(
                newest.filter(pl.col("time_period") == code).select(
                    "indicator",
                    *(pl.col(name).alias(f"then{end}") for name, end in _ENDS),
                    exposure_then="exposure",
                ),
                on="indicator",
                maintain_order="left",
            ),
            period,
            "service_change",
            rate / rate_then - ONE,
            unit="ratio",
            breakdown=pl.format(f"{{}}.{name}", "indicator"),
            numerator=pl.col("value"),
            denominator=pl.col("then"),
        )
        for name, code in compared.items()
    )


_ENDS = (("value", ""), ("lower", "_lower"), ("upper", "_upper"))


def _share(
    services: pl.LazyFrame, period: Period, indicator: str, part: str, whole: str
) -> pl.LazyFrame:
    frame = row_of(of_period(services, period), {"part": part, "whole": whole})
    return results(
        frame,
        period,
        indicator,
        Bounded.column("part") / Bounded.column("whole"),
        unit="ratio",
        numerator=pl.col("part"),
        denominator=pl.col("whole"),
        missing=_missing("part"),
    )


def _missing(numerator: str) -> pl.Expr:
    is_missing = pl.col(numerator).is_null()
    return pl.when(is_missing).then(pl.lit("no_numerator")).otherwise(pl.lit("no_denominator"))
