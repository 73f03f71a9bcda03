"""One contract a table: columns, types, keys, known codes and what must hold between rows.

Each contract is a dataframely schema. Its columns are the columns of the CSV plus what the
reader works out before checking (the covered days, what the parts of a total add up to),
so that every rule is one polars expression named as the fact it states. `EXPECTED` says
each rule in words; a rule without words is a bug that a test finds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final, Literal

import dataframely as dy
import polars as pl

from kao_metrics import labels
from kao_metrics.printed import SCALE

DECIMAL: Final = pl.Decimal(38, SCALE)

PERIOD_CODE: Final = r"^(19(1[2-9]|[2-9][0-9])|2[01][0-9][0-9])-S[12]$"
"""SDMX's reporting semester, such as ``2018-S1``, of a year that a Period can have."""

SECTION: Final = r"^[1-9][0-9]*(\.[0-9]+)*(\([0-9]+\)[0-9]*)*$"
"""A section as the report numbers it, such as ``5.1(4)1``."""


def _known(kind: str, *more: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda expr: expr.is_in([*more, *labels.codes(kind)])


def _code(kind: str, *more: str, key: bool = False) -> Any:
    return dy.String(
        primary_key=key,
        nullable=False,
        check={"known": _known(kind, *more)},
        metadata={"kind": kind},
    )


def _decimal(*, nullable: bool = True) -> Any:
    return dy.Decimal(38, SCALE, nullable=nullable)


def _counted() -> list[str]:
    """Return the names that a counted figure can have: those of computed ones are taken."""
    names = labels.codes("indicator")
    return [name for name in names if not labels.attribute("indicator", name, "places")]


def _source() -> Any:
    return dy.String(nullable=False, check={"known": lambda _: pl.col("source_is_known")})


def _tables_are_known(expr: pl.Expr) -> pl.Expr:
    return expr.str.split(" ").list.eval(pl.element().is_in(list(TABLES))).list.all()


class Table(dy.Schema):
    """What a table of figures has beside its own columns.

    ``COLUMNS`` are the columns of the CSV, in order; those in ``OPTIONAL`` may be left
    out. ``FIGURE`` is the one with the printed number. ``KEY`` names a row where one of its
    columns may be empty, which a primary key's may not; see `key_of`.
    """

    COLUMNS: ClassVar[tuple[str, ...]]
    OPTIONAL: ClassVar[tuple[str, ...]] = ("section",)
    FIGURE: ClassVar[str] = ""
    KEY: ClassVar[tuple[str, ...]] = ()

    row = dy.Int64(nullable=False)
    time_period = dy.String(nullable=False)
    covers_from = dy.Date(nullable=False)
    covers_to = dy.Date(nullable=False)
    section = dy.String(nullable=True, regex=SECTION)
    source_id = _source()
    source_is_known = dy.Bool(nullable=False)


class Valued(Table):
    """A table whose figures carry the bounds of what was printed."""

    indicator = _code("indicator")
    printed = dy.String(nullable=False)
    value = _decimal(nullable=False)
    lower = _decimal()
    upper = _decimal()
    parts = _decimal()
    parts_lower = _decimal()
    parts_upper = _decimal()
    parts_of = dy.String(nullable=True)

    @dy.rule()
    def parts_are_within_their_total(cls) -> pl.Expr:
        """Parts may leave a rest, never be more than the whole."""
        unbounded = pl.col("parts_lower").is_null() | pl.col("upper").is_null()
        return unbounded | (pl.col("parts_lower") <= pl.col("upper"))

    @dy.rule()
    def figure_is_not_negative(cls) -> pl.Expr:
        """Counts and amounts of the report are never below zero."""
        return pl.col("value") >= 0


class Workforce(Valued):
    """Staff of one kind on one date, the baseline's date included; persons."""

    COLUMNS: ClassVar = (
        "as_of", "category", "subcategory", "employer", "funding", "measure", "headcount",
        "qualifier", "section", "source_id",
    )  # fmt: skip
    FIGURE: ClassVar = "headcount"

    as_of = dy.Date(primary_key=True)
    category = _code("category", labels.TOTAL, key=True)
    subcategory = _code("subcategory", labels.TOTAL, key=True)
    employer = _code("employer", labels.TOTAL, key=True)
    funding = _code("funding", labels.TOTAL, key=True)
    measure = _code("measure", key=True)
    headcount = dy.Int64(nullable=False)
    qualifier = _code("qualifier")
    latest_as_of = dy.Date(nullable=False)

    @dy.rule()
    def as_of_is_not_after_the_period(cls) -> pl.Expr:
        """A report cannot count staff on a day that it does not cover yet."""
        return pl.col("as_of") <= pl.col("covers_to")

    @dy.rule()
    def latest_as_of_is_inside_the_half_year(cls) -> pl.Expr:
        """The newest date is the report's own; older ones are what it compares with."""
        is_latest = pl.col("as_of") == pl.col("latest_as_of")
        return ~is_latest | (pl.col("as_of") >= pl.col("covers_from").dt.truncate("6mo"))


class RetirementReserve(Valued):
    """An amount or a number of accounts, as printed."""

    COLUMNS: ClassVar = ("as_of", "item", "amount", "unit", "qualifier", "section", "source_id")
    FIGURE: ClassVar = "amount"

    as_of = dy.Date(nullable=True)
    item = _code("reserve_item", key=True)
    amount = _decimal(nullable=False)
    unit = _code("unit")
    qualifier = _code("qualifier")

    @dy.rule()
    def as_of_is_not_after_the_period(cls) -> pl.Expr:
        """A report cannot state an amount of a later day."""
        return pl.col("as_of") <= pl.col("covers_to")


class RetirementAccounts(Table):
    """An account of the retirement reserve; TWD."""

    COLUMNS: ClassVar = (
        "as_of", "account", "agency", "required", "balance", "contributed", "section", "source_id",
    )  # fmt: skip

    as_of = dy.Date(primary_key=True)
    account = dy.String(primary_key=True, min_length=1)
    agency = dy.String(nullable=False, min_length=1)
    required = _decimal(nullable=False)
    balance = _decimal(nullable=False)
    contributed = _decimal(nullable=False)

    @dy.rule()
    def as_of_is_not_after_the_period(cls) -> pl.Expr:
        """A report cannot state a balance of a later day."""
        return pl.col("as_of") <= pl.col("covers_to")

    @dy.rule()
    def amounts_are_not_negative(cls) -> pl.Expr:
        """An account is never overdrawn."""
        return pl.min_horizontal("required", "balance", "contributed") >= 0


class Complaints(Valued):
    """Complaints of one kind over the covered days, or over one month of them; cases."""

    COLUMNS: ClassVar = ("month", "stage", "sector", "category", "count", "section", "source_id")
    OPTIONAL: ClassVar = ("month", "section")
    FIGURE: ClassVar = "count"
    KEY: ClassVar = ("month", "stage", "sector", "category")

    month = dy.Date(nullable=True)
    stage = _code("stage")
    sector = _code("sector", labels.TOTAL)
    category = _code("complaint_category", labels.TOTAL)
    count = dy.Int64(nullable=False)
    key_is_single = dy.Bool(nullable=False)

    @dy.rule()
    def rows_have_their_own_key(cls) -> pl.Expr:
        """Month, stage, sector and category name a row; the month may be empty."""
        return pl.col("key_is_single")

    @dy.rule()
    def month_is_a_first_day(cls) -> pl.Expr:
        """A month is written as its first day."""
        return pl.col("month").dt.day() == 1

    @dy.rule()
    def month_is_inside_the_period(cls) -> pl.Expr:
        """A month has covered days."""
        covered = pl.col("month").dt.month_end() >= pl.col("covers_from")
        return covered & (pl.col("month") <= pl.col("covers_to"))


class Services(Valued):
    """A counted figure of the report."""

    indicator = dy.String(
        nullable=False,
        check={"known": lambda expr: expr.is_in(_counted())},
        metadata={"kind": "indicator"},
    )

    COLUMNS: ClassVar = (
        "as_of", "indicator", "value", "unit", "qualifier", "part_of", "section", "source_id",
    )  # fmt: skip
    OPTIONAL: ClassVar = ("part_of", "section")
    FIGURE: ClassVar = "value"
    KEY: ClassVar = ("indicator", "as_of")

    as_of = dy.Date(nullable=True)
    unit = _code("unit")
    qualifier = _code("qualifier")
    part_of = dy.String(nullable=True)
    key_is_single = dy.Bool(nullable=False)
    whole_is_there = dy.Bool(nullable=False)

    @dy.rule()
    def rows_have_their_own_key(cls) -> pl.Expr:
        """Indicator and date name a row; the date may be empty."""
        return pl.col("key_is_single")

    @dy.rule()
    def part_of_names_a_row(cls) -> pl.Expr:
        """A part is a part of another row of the same file."""
        return pl.col("whole_is_there")

    @dy.rule()
    def as_of_is_near_the_period(cls) -> pl.Expr:
        """A date is in this half-year or the one before, with which the report compares."""
        earliest = pl.col("covers_from").dt.truncate("6mo").dt.offset_by("-6mo")
        return pl.col("as_of").is_between(earliest, pl.col("covers_to"))


class Stated(Table):
    """A relation that the report prints: a sum, a difference, a ratio, a growth.

    A file from elsewhere needs the columns in ``NEEDED`` only.
    """

    NEEDED: ClassVar = ("id", "stated", "operands")

    COLUMNS: ClassVar = (
        "id", "section", "statement", "stated", "unit", "qualifier", "operands", "source_id",
    )  # fmt: skip
    FIGURE: ClassVar = "stated"

    id = dy.String(primary_key=True, min_length=1)
    statement = dy.String(nullable=False, min_length=1)
    printed = dy.String(nullable=False)
    stated = _decimal(nullable=False)
    unit = dy.String(nullable=True)
    qualifier = _code("qualifier")
    operands = dy.String(nullable=False)
    formula_error = dy.String(nullable=True)

    @dy.rule()
    def operands_are_a_formula(cls) -> pl.Expr:
        """Operands are arithmetic over numbers and names."""
        return pl.col("formula_error").is_null()


class Reference(dy.Schema):
    """A figure that another government published."""

    COLUMNS: ClassVar = (
        "place", "period", "indicator", "value", "unit", "qualifier", "scope", "source_id",
    )  # fmt: skip
    OPTIONAL: ClassVar[tuple[str, ...]] = ()
    FIGURE: ClassVar = "value"

    row = dy.Int64(nullable=False)
    place = _code("place", key=True)
    period = dy.String(primary_key=True, regex=r"^[0-9]{4}(-S[12]|-(0[1-9]|1[0-2]))?$")
    indicator = _code("indicator", key=True)
    printed = dy.String(nullable=False)
    value = _decimal(nullable=False)
    lower = _decimal()
    upper = _decimal()
    unit = _code("unit")
    qualifier = _code("qualifier")
    scope = _code("scope")
    source_id = _source()
    source_is_known = dy.Bool(nullable=False)

    @dy.rule()
    def figure_is_not_negative(cls) -> pl.Expr:
        """Counts, amounts and shares of these reports are never below zero."""
        return pl.col("value") >= 0


TABLES: Final[dict[str, type[Table]]] = {
    "workforce": Workforce,
    "retirement_reserve": RetirementReserve,
    "retirement_accounts": RetirementAccounts,
    "complaints": Complaints,
    "services": Services,
    "stated": Stated,
}
"""The tables that a period may have, a folder each; a period may have only some of them."""


TableName = Literal[
    "workforce", "retirement_reserve", "retirement_accounts", "complaints", "services", "stated"
]
"""For editors: what a table can be called; the names of `TABLES`."""


def key_of(table: str) -> tuple[str, ...]:
    """Return the columns that name a row of a table.

    >>> key_of("complaints"), key_of("retirement_reserve")
    (('month', 'stage', 'sector', 'category'), ('item',))
    """
    return TABLES[table].KEY or tuple(TABLES[table].primary_key())


def measures(table: str) -> tuple[str, ...]:
    """Return the columns of a table that hold its figures.

    >>> measures("complaints"), measures("retirement_accounts")
    (('count',), ('required', 'balance', 'contributed'))
    """
    schema = TABLES[table]
    if schema.FIGURE:
        return (schema.FIGURE,)
    columns = schema.columns()
    return tuple(name for name in schema.COLUMNS if isinstance(columns[name], dy.Decimal))


class Periods(dy.Schema):
    """A report: the half-year, the days that it covers, the council session it went to."""

    COLUMNS: ClassVar = (
        "period", "covers_from", "covers_to", "council_term", "council_session", "tables",
    )  # fmt: skip
    OPTIONAL: ClassVar = ("council_term", "council_session", "tables")
    FIGURE: ClassVar = ""

    row = dy.Int64(nullable=False)
    period = dy.String(primary_key=True, regex=PERIOD_CODE)
    covers_from = dy.Date(nullable=False)
    covers_to = dy.Date(nullable=False)
    council_term = dy.Int64(nullable=True, min=1)
    council_session = dy.Int64(nullable=True, min=1)
    tables = dy.String(nullable=True, check={"known": _tables_are_known})

    @dy.rule()
    def covered_days_are_in_order(cls) -> pl.Expr:
        """The first covered day is not after the last."""
        return pl.col("covers_from") <= pl.col("covers_to")

    @dy.rule()
    def first_day_is_inside_the_half_year(cls) -> pl.Expr:
        """A report covers days of its own half-year."""
        return _is_inside_the_half_year("covers_from")

    @dy.rule()
    def last_day_is_inside_the_half_year(cls) -> pl.Expr:
        """A report covers days of its own half-year."""
        return _is_inside_the_half_year("covers_to")


def _is_inside_the_half_year(name: str) -> pl.Expr:
    """Compare a day's half-year with the period's; a period that is none says so itself."""
    start = pl.col(name).dt.truncate("6mo")
    code = pl.format("{}-S{}", start.dt.year(), (start.dt.month() - 1) // 6 + 1)
    return ~pl.col("period").str.contains(PERIOD_CODE) | (code == pl.col("period"))


Schema = type[Table] | type[Reference] | type[Periods]

WHOLE_NUMBER: Final = "a whole number in ASCII digits, without separators or units, such as 2052"
DATE: Final = "a date as YYYY-MM-DD, such as 2018-04-01"
NUMBER: Final = "a number in ASCII digits, without separators or units, such as 29.34"

EXPECTED: Final[dict[str, tuple[str, str]]] = {
    "parts_are_within_their_total": ("", "parts that add up to no more than their total"),
    "figure_is_not_negative": ("", "a number of 0 or more"),
    "as_of_is_not_after_the_period": ("as_of", "a date that is not after the covered days"),
    "latest_as_of_is_inside_the_half_year": ("as_of", "a newest date inside the half-year"),
    "amounts_are_not_negative": ("", "amounts of 0 or more"),
    "rows_have_their_own_key": ("", "a key that occurs once"),
    "month_is_a_first_day": ("month", "the first day of a month, such as 2018-04-01"),
    "month_is_inside_the_period": ("month", "a month with covered days"),
    "part_of_names_a_row": ("part_of", "an indicator of the same file, and not the row itself"),
    "as_of_is_near_the_period": ("as_of", "a date in this half-year or the one before"),
    "operands_are_a_formula": (
        "operands",
        "arithmetic over numbers as printed and names of figures, such as (a - b) / a",
    ),
    "covered_days_are_in_order": ("covers_from", "a first day that is not after the last"),
    "first_day_is_inside_the_half_year": ("covers_from", "a day of the half-year in period"),
    "last_day_is_inside_the_half_year": ("covers_to", "a day of the half-year in period"),
}
"""By rule, the column to look at (the figure's where empty) and what is expected there."""
