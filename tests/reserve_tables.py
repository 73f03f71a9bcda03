"""Small made-up tables of the retirement reserve, and reports that have them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import polars as pl

from kao_metrics.metrics import compute
from kao_metrics.period import Period
from kao_metrics.printed import bounds
from kao_metrics.schemas import DECIMAL

HALF = Period(2018, 1, dt.date(2018, 1, 16), dt.date(2018, 6, 30))
NOW = {"initial_shortfall": "33.2", "contributed": "29.34", "outstanding": "6.1", "plan_years": "3"}
EARLIER = {"initial_shortfall": "33.2", "contributed": "21.3"}
"""A made-up report of 2016-S2: 21.3 by 2016-12-31, 546 days before 2018-06-30."""

TABLES = ("retirement_reserve", "retirement_accounts")


def printed(period=HALF, as_of=None, **figures):
    """Figures of a period as printed, by item; a qualifier stands behind: ``"29 nearly"``."""
    rows = []
    for item, text in figures.items():
        number, _, qualifier = text.partition(" ")
        day = (as_of or {}).get(item)
        rows.append((f"reserve_{item}", day, Decimal(number), *bounds(number, qualifier)))
    schema = {
        "indicator": pl.String,
        "as_of": pl.Date,
        "value": DECIMAL,
        "lower": DECIMAL,
        "upper": DECIMAL,
    }
    return pl.LazyFrame(rows, schema=schema, orient="row").with_columns(
        time_period=pl.lit(period.code),
        covers_to=pl.lit(period.covers_to),
        source_id=pl.lit(period.code),
        unit=pl.lit("hundred_million_twd"),
    )


def two_periods(now=NOW, earlier=EARLIER, before=Period(2016, 2)):  # noqa: B008 - it is frozen
    return pl.concat([printed(**now), printed(before, **earlier)])


def accounts(**gaps):
    """Accounts of 2017-12-31 by name, each with what it lacks; below zero, what it has more."""
    names = list(gaps)
    return pl.LazyFrame(
        {
            "time_period": [HALF.code] * len(names),
            "as_of": [dt.date(2017, 12, 31)] * len(names),
            "account": names,
            "source_id": ["report"] * len(names),
            "required": [1000] * len(names),
            "balance": [1000 - gap for gap in gaps.values()],
            "contributed": [0] * len(names),
        },
        schema_overrides={
            "time_period": pl.String,
            "as_of": pl.Date,
            "account": pl.String,
            "source_id": pl.String,
            **dict.fromkeys(("required", "balance", "contributed"), DECIMAL),
        },
    )


def with_tables(analysis, reserve=None, of_accounts=None):
    """The analysis with these tables of the reserve in the place of its own."""
    tables = {
        **analysis.tables,
        "retirement_reserve": printed() if reserve is None else reserve,
        "retirement_accounts": accounts() if of_accounts is None else of_accounts,
    }
    results = compute(tables, HALF, *TABLES)
    return dataclasses.replace(analysis, tables=tables, results=results)
