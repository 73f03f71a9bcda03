"""Read the date of one cell: both calendars, a day, a month, a quarter, a half-year, a year.

Agencies write dates of the ROC calendar (107/04/01, 1070401, 民國一百零七年四月一日) and of
the Gregorian one (2018-04-01T13:45:00). Up to three digits are a ROC year, four a Gregorian
one, and the year comes first. What could be two different dates is refused with the reason:
01/04/2018 (day or month first), 43191 (a spreadsheet's serial number), 107-1 (a half-year or
a month), 201112 (a month, or a day of ROC year 20).

A time of day is checked and left out; the date is the one that is printed, in whatever time
zone. A weekday must be the date's own.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator
from typing import Final, NamedTuple

from kao_metrics.importing import numerals
from kao_metrics.importing.numbers import MARK, NumberError, half_width, is_missing
from kao_metrics.period import FIRST_YEAR, LAST_YEAR, ROC_OFFSET, Period, PeriodError

CALENDARS: Final = ("auto", "roc", "gregorian")
"""Which calendar the years are of; "auto" tells them apart by their digits."""

LAST_ROC_YEAR: Final = 200

_GREGORIAN_DIGITS: Final = 4
_FISCAL_YEARS: Final = 2001  # the first 年度 that is a calendar year; they began in July before
_MONTHS: Final = 12
_MOST_DAYS: Final = 31

_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-") | {ord("〜"): "~"}
_SPACE: Final = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])|(?<=[/.])\s+|\s+(?=[/.])")
_CHINESE: Final = numerals.CHARACTERS.replace("點", "").replace("点", "")  # 點 is o'clock here
_NUMERAL: Final = re.compile(rf"[0-9{_CHINESE}]+")
_WEEKDAYS: Final = "一二三四五六日"
_WEEKDAY: Final = re.compile(
    r"\s*(?:\((?:星期|禮拜|週|周)?([一二三四五六日天])\)|(?:星期|禮拜|週|周)([一二三四五六日天]))"
)

_ERA: Final = r"(?P<era>(?:中華)?民國|ROC|西元|公元|AD)?\s*"
_YEAR: Final = rf"{_ERA}(?P<year>[0-9]{{1,4}})"
_DAY: Final = re.compile(
    rf"{_YEAR}(?:(?P<sep>[-/.])(?P<month>[0-9]{{1,2}})(?P=sep)(?P<day>[0-9]{{1,2}})"
    r"|年(?P<month_2>[0-9]{1,2})月(?P<day_2>[0-9]{1,2})[日號]?)",
    re.IGNORECASE,
)
_MONTH: Final = re.compile(
    rf"{_YEAR}(?:(?P<sep>[-/.])(?P<month>[0-9]{{1,2}})|年(?P<month_2>[0-9]{{1,2}})月份?)",
    re.IGNORECASE,
)
_QUARTER: Final = re.compile(
    rf"{_YEAR}(?:年?第(?P<quarter>[1-4])季|年?[- ]?Q(?P<quarter_2>[1-4]))", re.IGNORECASE
)
_WHOLE_YEAR: Final = re.compile(rf"{_YEAR}(?P<word>年度?)?", re.IGNORECASE)
_COMPACT: Final = re.compile(rf"{_ERA}(?P<digits>[0-9]{{5,8}})", re.IGNORECASE)
_TIMES: Final = (
    re.compile(r"(?P<date>[0-9]{7,8})T?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})"),
    re.compile(
        r"(?P<date>.*?[0-9日號])(?:T|\s+|(?<=[日號])|(?=[上下]午))(?:[上下]午|AM|PM)?\s*"
        r"(?P<hour>[0-9]{1,2})"
        r"(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
        r"|[時點点](?:(?P<minute_2>[0-9]{1,2})分(?:(?P<second_2>[0-9]{1,2})秒)?)?)"
        r"\s*(?:AM|PM)?\s*(?:Z|[+-][01][0-9]:?[0-5][0-9])?",
        re.IGNORECASE,
    ),
)
_YEAR_LAST: Final = re.compile(r"[0-9]{1,2}([-/.])(?:[0-9]{1,2}\1)?[0-9]{4}(?![0-9])")
_NO_YEAR: Final = re.compile(r"[0-9]{1,2}月(?:[0-9]{1,2}[日號]?)?")
_SERIAL: Final = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_LOOKS_LIKE_A_SERIAL: Final = "looks like a spreadsheet's serial number; export dates as text"
_TO: Final = re.compile(r"\s*[-~至到]\s*")
_PARTS: Final = re.compile(r"[年月第/.-]")
_UNITS: Final = ("月", "月份", "季")


class DateError(ValueError):
    """A text that is no date, or more than one; the message says in words what is wrong."""


class Dates(NamedTuple):
    """The first and the last day that a cell names; a day alone is both."""

    first: dt.date
    last: dt.date


class _Span(NamedTuple):
    """Dates, and how fine they were given."""

    first: dt.date
    last: dt.date
    grain: str


def parse_date(text: str, calendar: str = "auto") -> Dates | None:
    """Read the date of one cell.

    Parameters
    ----------
    text
        The cell: a day, a month, a quarter, a half-year, a year, or a range of one of them.
    calendar
        One of `CALENDARS`: "roc" and "gregorian" refuse the years of the other.

    Returns
    -------
    Dates or None
        None where the cell says that there is no value, as
        `kao_metrics.importing.numbers.MISSING` has them.

    Raises
    ------
    DateError
        If there is no date, one that no calendar has, or one that can be read in two ways.

    Examples
    --------
    >>> parse_date("民國107年4月1日") == parse_date("1070401") == parse_date("2018-04-01T13:45")
    True
    >>> [day.isoformat() for day in parse_date("107年上半年")]
    ['2018-01-01', '2018-06-30']
    >>> parse_date("01/04/2018")
    Traceback (most recent call last):
    ...
    kao_metrics.importing.dates.DateError: day or month first is ambiguous; write the year first
    """
    if calendar not in CALENDARS:
        raise DateError(f"no calendar is called {calendar!r}; write one of {', '.join(CALENDARS)}")
    try:
        cell = half_width(text)
    except NumberError as error:
        raise DateError(str(error)) from None
    if is_missing(cell):
        return None
    cell = cell.rstrip(f"{MARK}。、; ").translate(_DASHES)
    if re.search("民國?前", cell):
        raise DateError("before the first ROC year")
    if _YEAR_LAST.match(cell):
        raise DateError("day or month first is ambiguous; write the year first")
    found = _span(cell, calendar) or _range(cell, calendar)
    if found is None:
        raise DateError(_why_no_date(cell))
    return Dates(found.first, found.last)


def _why_no_date(cell: str) -> str:
    if _SERIAL.fullmatch(cell):
        return _LOOKS_LIKE_A_SERIAL
    return "no year" if _NO_YEAR.fullmatch(_in_digits(cell)) else "no date"


def _span(text: str, calendar: str) -> _Span | None:
    """Read a text without a range; None if it has no form of a date."""
    weekdays = _WEEKDAY.findall(text)
    plain = _in_digits(_WEEKDAY.sub(" ", text).strip())
    plain, has_time = _without_time(plain)
    readers = (_day, _compact, _month, _quarter, _year_alone, _half_year)
    found = next((span for read in readers if (span := read(plain, calendar))), None)
    if found is None or ((weekdays or has_time) and found.grain != "day") or len(weekdays) > 1:
        return None
    for said in ("".join(groups).replace("天", "日") for groups in weekdays):
        if _WEEKDAYS.index(said) != found.first.weekday():
            own = _WEEKDAYS[found.first.weekday()]
            raise DateError(f"{found.first} is 星期{own}, not 星期{said}")
    return found


def _in_digits(text: str) -> str:
    """Write Chinese numerals as digits and leave out spaces; what is no numeral stays."""

    def digits(match: re.Match[str]) -> str:
        if match[0].isascii():
            return match[0]
        try:
            return f"{numerals.read_numeral(match[0]).value:f}"
        except numerals.NumeralError:
            return match[0]

    return _NUMERAL.sub(digits, _SPACE.sub("", text).replace("元年", "1年"))


def _without_time(text: str) -> tuple[str, bool]:
    """Check a time of day and leave it out."""
    match = next((match for time in _TIMES if (match := time.fullmatch(text))), None)
    if match is None:
        return text, False
    try:
        dt.time(int(match["hour"]), int(_either(match, "minute")), int(_either(match, "second")))
    except ValueError:
        raise DateError(f"no time of day: {text[match.end('date') :].strip()}") from None
    return match["date"], True


def _either(match: re.Match[str], name: str) -> str:
    """Return a part of a date that a pattern has in two places; 0 if it is in neither."""
    groups = match.groupdict()
    return groups[name] or groups.get(f"{name}_2") or "0"


def _day(text: str, calendar: str) -> _Span | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year = _year(match["year"], match["era"], calendar)
    return _whole_day(year, int(_either(match, "month")), int(_either(match, "day")))


def _month(text: str, calendar: str) -> _Span | None:
    match = _MONTH.fullmatch(text)
    if match is None:
        return None
    year, month = match["year"], _either(match, "month")
    if match["sep"] == "-" and month in ("1", "2"):
        raise DateError(f"may be a half-year or a month; write {year}H{month} or {year}/0{month}")
    if match["sep"] == "." and len(month) == 1:
        raise DateError(f"a zero may be lost from the month; write {year}/0{month}")
    is_short = len(year) <= len(str(_MOST_DAYS)) and int(year) <= _MOST_DAYS
    if match["sep"] and is_short and not match["era"] and calendar != "roc":
        raise DateError("may be a month and a day without a year")
    return _months(_year(year, match["era"], calendar), int(month), 1, "month")


def _compact(text: str, calendar: str) -> _Span | None:
    """Read digits alone: 1070401, 20180401, 990401, 10704, 201804."""
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    digits, era = match["digits"], match["era"]
    if len(digits) == len("10704"):
        if not (1 <= int(digits[3:]) <= _MONTHS and 1 <= int(digits[:3]) <= LAST_ROC_YEAR):
            raise DateError(_LOOKS_LIKE_A_SERIAL)
        return _months(_year(digits[:3], era, calendar), int(digits[3:]), 1, "month")
    if len(digits) == len("990401"):
        return _six_digits(digits, era, calendar)
    year = _year(digits[:-4], era, calendar)
    return _whole_day(year, int(digits[-4:-2]), int(digits[-2:]))


def _six_digits(digits: str, era: str | None, calendar: str) -> _Span:
    """Read 990401 as a day of ROC year 99, and 201804 as a month."""
    found: list[_Span] = []
    for at in (2, 4):
        try:
            year, rest = _year(digits[:at], era, calendar), digits[at:]
            if at == _GREGORIAN_DIGITS:
                found.append(_months(year, int(rest), 1, "month"))
            else:
                found.append(_whole_day(year, int(rest[:2]), int(rest[2:])))
        except DateError:
            continue
    if len(found) > 1:
        raise DateError("six digits that may be a ROC day or a Gregorian month")
    if not found:
        raise DateError("six digits that are neither a ROC day (990401) nor a month (201804)")
    return found[0]


def _quarter(text: str, calendar: str) -> _Span | None:
    match = _QUARTER.fullmatch(text)
    if match is None:
        return None
    year = _year(match["year"], match["era"], calendar)
    return _months(year, 3 * int(_either(match, "quarter")) - 2, 3, "quarter")


def _half_year(text: str, calendar: str) -> _Span | None:
    match = re.match(_YEAR, text, re.IGNORECASE)
    if match is None:
        return None
    try:
        half = Period.parse(text[match.start("year") :])
    except PeriodError:
        return None
    _year(match["year"], match["era"], calendar)
    return _Span(half.start, half.end, "half-year")


def _year_alone(text: str, calendar: str) -> _Span | None:
    match = _WHOLE_YEAR.fullmatch(text)
    if match is None:
        return None
    year = _year(match["year"], match["era"], calendar)
    if match["word"] == "年度" and year < _FISCAL_YEARS:
        raise DateError(f"a fiscal year before {_FISCAL_YEARS} is no calendar year")
    return _months(year, 1, _MONTHS, "year")


def _year(digits: str, era: str | None, calendar: str) -> int:
    """Return the Gregorian year of one as printed."""
    is_roc = len(digits) < _GREGORIAN_DIGITS
    said = "" if not era else "roc" if era.upper().endswith(("民國", "ROC")) else "gregorian"
    for expected in (said, calendar):
        if expected in CALENDARS[1:] and is_roc != (expected == "roc"):
            name = "ROC" if expected == "roc" else "Gregorian"
            raise DateError(f"year {digits}, where a {name} year is expected")
    year = int(digits)
    if is_roc and not 1 <= year <= LAST_ROC_YEAR:
        raise DateError(f"ROC year {year} is outside 1 to {LAST_ROC_YEAR}")
    year += ROC_OFFSET if is_roc else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DateError(f"year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return year


def _months(year: int, month: int, count: int, grain: str) -> _Span:
    if not 1 <= month <= _MONTHS:
        raise DateError(f"no month {month}")
    last = month + count - 1
    return _Span(dt.date(year, month, 1), dt.date(year, last, monthrange(year, last)[1]), grain)


def _whole_day(year: int, month: int, day: int) -> _Span:
    days = _months(year, month, 1, "month").last.day
    if not 1 <= day <= days:
        raise DateError(f"no day {day}: {year}-{month:02d} has {days} days")
    date = dt.date(year, month, day)
    return _Span(date, date, "day")


def _range(text: str, calendar: str) -> _Span | None:
    """Read two dates of the same grain with a dash, ~, 至 or 到 between; None if there are none.

    The second may leave out what it shares with the first (107年1月1日至6月30日), and the
    first its unit (107年1至6月).
    """
    text = re.sub("^[自從]|(?<=[年月日號季])[起止]", "", text)
    found: set[_Span] = set()
    reason: DateError | None = None
    for to in _TO.finditer(text):
        left, right = text[: to.start()], text[to.end() :]
        for first, last in _pairs(left, right, shares=not ("-" in to[0] and "-" in left)):
            try:
                start, end = _span(first, calendar), _span(last, calendar)
            except DateError as error:
                reason = reason or error
                continue
            if start and end and start.grain == end.grain:
                found.add(_Span(start.first, end.last, start.grain))
    if len(found) > 1:
        raise DateError("a range that can be read in two ways")
    if not found:
        if reason:
            raise reason
        return None
    span = found.pop()
    if span.first > span.last:
        raise DateError("a range that ends before it begins")
    return span


def _pairs(left: str, right: str, *, shares: bool) -> Iterator[tuple[str, str]]:
    """List what the two sides of a range may be when they are written out."""
    unit = next((unit for unit in reversed(_UNITS) if right.endswith(unit)), "")
    firsts = [left, left + unit] if shares and unit and not left.endswith(unit) else [left]
    shared = [left[: part.end()] for part in _PARTS.finditer(left)] if shares else []
    for first in firsts:
        for last in [right, *(part + right for part in shared)]:
            yield first, last
