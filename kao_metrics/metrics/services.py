"""Counted services: every other figure of the report's eight sections.

A new counted service needs no code here: its row in the data and its label make it a
result. What is computed from several of them is one function each.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from kao_metrics.labels import TOTAL, attribute, codes
from kao_metrics.metrics.formulas import (
    ONE,
    Bounded,
    lacking,
    of_period,
    results,
    row_of,
    share_of,
    sources_of_both,
)
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
        Results, one row an indicator and date, in the unit of the row; no value is missing.
        Breakdown ``_T`` is the newest figure of an indicator (one without a date is the
        report's own and the newest), an earlier one is named by its date.

    Notes
    -----
    Source: the business report, sections 1 to 8.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = figures(report.tables["services"], report.period).collect()
    >>> found.select("indicator", pl.col("value").cast(int), "unit").rows()[:2]
    [('delegations_received', 28, 'case'), ('visitors_received', 234, 'person')]
    """
    frame = of_period(services, period)
    when = pl.col("as_of").fill_null(dt.date.max)
    is_newest = when == when.max().over("indicator")
    date = pl.when(is_newest).then(pl.lit(TOTAL)).otherwise(pl.col("as_of").cast(pl.String))
    return printed_figures(frame, period, breakdown=date)


def selected_archives_share(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of reviewed political archives that were selected for transfer.

    Parameters as `figures`.

    Returns
    -------
    LazyFrame
        Results, one row; a fraction. Missing where the part is not given (``no_numerator``),
        or the whole is not given or zero (``no_denominator``); no row where neither is given.

    Notes
    -----
    Cases selected for transfer ÷ cases reviewed, both newest: the business report, section
    4.3(3).

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = selected_archives_share(report.tables["services"], report.period).collect()
    >>> found.select(pl.col("value").cast(float).round(4)).rows()
    [(0.8451,)]
    """
    return share_of(
        _newest(of_period(services, period)),
        period,
        "selected_archives_share",
        "political_archives_transferred",
        "political_archives_reviewed",
    )


def award_rate(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of nominees for the frontline staff award who received it.

    Parameters, columns and reasons as `selected_archives_share`.

    Notes
    -----
    Awarded ÷ nominated: the business report, section 5.1(2).

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = award_rate(report.tables["services"], report.period).collect()
    >>> found.select(pl.col("value").cast(float).round(4)).rows()
    [(0.4762,)]
    """
    return share_of(
        _newest(of_period(services, period)),
        period,
        "award_rate",
        "awards_selected",
        "awards_nominated",
    )


def open_datasets_change(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the growth of open datasets: (total − year before) ÷ year before.

    Parameters, columns and reasons as `selected_archives_share`; a fall is negative.

    Notes
    -----
    Source: the business report, section 4.2(1).

    Examples
    --------
    >>> from decimal import Decimal
    >>> rows = pl.LazyFrame({
    ...     "time_period": ["2018-S1"] * 3, "source_id": ["report"] * 3,
    ...     "indicator": ["open_datasets_previous", "open_datasets_added", "open_datasets_total"],
    ...     "row": [2, 3, 4], "as_of": [None] * 3,
    ...     "value": [Decimal(16), Decimal(9), Decimal(25)],
    ... }, schema_overrides={"as_of": pl.Date}).with_columns(lower="value", upper="value")
    >>> open_datasets_change(rows, Period(2018, 1)).collect()["value"].cast(float).to_list()
    [0.5625]
    """
    frame = row_of(
        _newest(of_period(services, period)),
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
        missing=lacking(now),
    )


def part_share(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Return the share of each part in the figure that it is a part of.

    Parameters as `figures`.

    Returns
    -------
    LazyFrame
        Results, one row a part; a fraction: part ÷ whole, both newest. Breakdown is the part's
        indicator. Missing where the whole is zero (``no_denominator``).

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> report = analyse("107H1")
    >>> found = part_share(report.tables["services"], report.period).collect()
    >>> found.select("breakdown", pl.col("value").cast(float).round(4)).rows()[:2]
    [('winter_camp_disadvantaged', 0.5), ('dormitories_chief', 0.0492)]
    """
    newest = _newest(of_period(services, period))
    whole = newest.select(
        pl.col("indicator").alias("part_of"),
        *(pl.col(name).alias(f"whole{end}") for name, end in _ENDS),
        source_id_whole="source_id",
    )
    parts = newest.filter(pl.col("part_of").is_not_null())
    value = Bounded.printed()
    return results(
        parts.join(whole, on="part_of", maintain_order="left").with_columns(
            source_id=sources_of_both(then="source_id_whole")
        ),
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

    Parameters
    ----------
    services
        Table ``services``, with the rows of earlier periods beside those of this one.
    period
        The period of the report.

    Returns
    -------
    LazyFrame
        Results, one row a figure and comparison, for figures that both periods have; a
        fraction. Breakdown is the indicator and ``previous`` (the half-year before) or
        ``same_half_last_year``, with a point between. Missing where the earlier figure is zero
        (``no_denominator``).

    Notes
    -----
    Flows are compared a covered day, stocks and rates as they are; labels.toml says which a
    figure is.

    Examples
    --------
    >>> import datetime as dt
    >>> rows = pl.LazyFrame({
    ...     "row": [2, 2], "time_period": ["2018-S1", "2017-S2"], "as_of": [None, None],
    ...     "covers_from": [dt.date(2018, 1, 16), dt.date(2017, 7, 1)],
    ...     "covers_to": [dt.date(2018, 6, 30), dt.date(2017, 12, 31)],
    ...     "indicator": ["vehicle_trips"] * 2, "value": [83, 46], "source_id": ["report"] * 2,
    ... }, schema_overrides={"value": DECIMAL}).with_columns(lower="value", upper="value")
    >>> service_change(rows, Period(2018, 1)).collect()["value"].cast(float).to_list()
    [1.0]
    """
    flows = [code for code in codes("indicator") if attribute("indicator", code, "kind") == "flow"]
    days = ((pl.col("covers_to") - pl.col("covers_from")).dt.total_days() + 1).cast(DECIMAL)
    exposure = pl.when(pl.col("indicator").is_in(flows)).then(days)
    newest = _newest(services).with_columns(exposure=exposure.otherwise(pl.lit(1, dtype=DECIMAL)))
    now = newest.filter(pl.col("time_period") == period.code)
    compared = {
        "previous": period.previous.code,
        "same_half_last_year": period.same_half_last_year.code,
    }
    rate = Bounded.printed() / Bounded.exact(pl.col("exposure"))
    rate_then = Bounded.column("then") / Bounded.exact(pl.col("exposure_then"))
    return pl.concat(
        results(
            now.join(
                newest.filter(pl.col("time_period") == code).select(
                    "indicator",
                    *(pl.col(name).alias(f"then{end}") for name, end in _ENDS),
                    exposure_then="exposure",
                    source_id_then="source_id",
                ),
                on="indicator",
                maintain_order="left",
            ).with_columns(source_id=sources_of_both()),
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


def _newest(services: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the newest figure of each indicator and period, in the order of the table."""
    return (
        services.sort("as_of", nulls_last=True)
        .unique(["time_period", "indicator"], keep="last", maintain_order=True)
        .sort("row")
    )


_ENDS = (("value", ""), ("lower", "_lower"), ("upper", "_upper"))
