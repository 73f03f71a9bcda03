"""Months of complaints as a table, for tests of what is made of them."""

import datetime as dt

import polars as pl


def rows(counts, covers_from=None):
    """Months from January 2017, a period each half-year; None is a month without a row."""
    made = []
    for number, count in enumerate(counts):
        year, at = divmod(number, 12)
        month = dt.date(2017 + year, at + 1, 1)
        half = (month.month - 1) // 6
        start = dt.date(month.year, half * 6 + 1, 1)
        end = dt.date(month.year, 6, 30) if half == 0 else dt.date(month.year, 12, 31)
        if count is not None:
            made.append(
                {
                    "row": number + 2,
                    "time_period": f"{month.year}-S{half + 1}",
                    "covers_from": max(start, covers_from or start),
                    "covers_to": end,
                    "month": month,
                    "stage": "first",
                    "sector": "_T",
                    "category": "_T",
                    "value": count,
                }
            )
    schema = {"month": pl.Date, "covers_from": pl.Date, "covers_to": pl.Date}
    return pl.LazyFrame(made, schema_overrides=schema).with_columns(lower="value", upper="value")
