"""One cell with a date: both calendars in every spelling, and what must be refused."""

import calendar
import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kao_metrics.importing.dates import CALENDARS, DateError, Dates, parse_date

DAY = Dates(dt.date(2018, 4, 1), dt.date(2018, 4, 1))
APRIL = Dates(dt.date(2018, 4, 1), dt.date(2018, 4, 30))
YEAR = Dates(dt.date(2018, 1, 1), dt.date(2018, 12, 31))
FIRST_HALF = Dates(dt.date(2018, 1, 1), dt.date(2018, 6, 30))
WIDE = str.maketrans("0123456789/.-", "０１２３４５６７８９／．－")

ROC_DAYS = [
    *[
        "107/04/01",
        "107/4/1",
        "107.4.1",
        "107-04-01",
        "107 / 4 / 1",
        "1070401",
        "１０７／０４／０１",
    ],
    *["107年4月1日", "107年04月01日", "107年4月1號", "民國107年4月1日", "中華民國107年4月1日"],
    *["民國 107 年 4 月 1 日", "民國107/4/1", "ROC 107/04/01", "roc107/04/01", "民國1070401"],
    *[
        "民國一百零七年四月一日",
        "一〇七年四月一日",
        "107/04/01(日)",
        "107.4.1（星期日）",
        "107年4月1日週日",
    ],
    *[
        "107/04/01 13:45",
        "107年4月1日13時45分",
        "107年4月1日 下午1時",
        "107年4月1日 星期日 下午1點5分",
    ],
    *["1070401134500", "1070401①", "'1070401", '="107/04/01"', " 107/04/01\n", "107–04–01"],
]
GREGORIAN_DAYS = [
    *[
        "2018/04/01",
        "2018-04-01",
        "2018-4-1",
        "2018.4.1",
        "20180401",
        "2018年4月1日",
        "西元2018年4月1日",
    ],
    *[
        "2018-04-01T13:45:00+08:00",
        "2018-04-01T13:45:00.123Z",
        "2018-04-01 00:00:00",
        "2018/4/1 上午 10:05:00",
    ],
    *["2018/4/1 10:05:00 PM", "2018/4/1下午3:05", "20180401134500", "20180401T134500"],
    *["2018-04-01 13:45:00 -0500", "2018/04/01(日) 13:45", "二〇一八年四月一日"],
]


@pytest.mark.parametrize("text", ROC_DAYS)
def test_a_day_of_the_roc_calendar_is_read(text):
    assert parse_date(text) == parse_date(text, "roc") == DAY
    with pytest.raises(DateError, match="where a Gregorian year is expected"):
        parse_date(text, "gregorian")


@pytest.mark.parametrize("text", GREGORIAN_DAYS)
def test_a_day_of_the_gregorian_calendar_is_read(text):
    assert parse_date(text) == parse_date(text, "gregorian") == DAY
    with pytest.raises(DateError, match="where a ROC year is expected"):
        parse_date(text, "roc")


@pytest.mark.parametrize(
    "text",
    [
        *[
            "107/04",
            "107/4",
            "10704",
            "107年4月",
            "107年4月份",
            "民國107年四月",
            "107.04",
            "107-04",
        ],
        *["2018-04", "2018/4", "201804", "2018年4月", "2018-4"],
    ],
)
def test_a_month_alone_is_all_its_days(text):
    assert parse_date(text) == APRIL


@pytest.mark.parametrize(
    "text",
    ["107", "107年", "民國107年", "107年度", "2018", "2018年", "西元2018年", "一百零七年", "107²"],
)
def test_a_year_alone_is_all_its_days(text):
    assert parse_date(text) == YEAR


@pytest.mark.parametrize(
    "text", ["107H1", "107年上半年", "中華民國107年上半年", "2018-S1", "2018H1", "西元2018年上半年"]
)
def test_a_half_year_is_all_its_days(text):
    assert parse_date(text) == FIRST_HALF


@pytest.mark.parametrize("text", ["107年第2季", "107年第二季", "107Q2", "2018Q2", "2018-Q2"])
def test_a_quarter_is_all_its_days(text):
    assert parse_date(text) == Dates(dt.date(2018, 4, 1), dt.date(2018, 6, 30))


def test_the_first_roc_year_has_a_name():
    assert (
        parse_date("民國元年")
        == parse_date("1年")
        == Dates(dt.date(1912, 1, 1), dt.date(1912, 12, 31))
    )


@pytest.mark.parametrize(
    "text",
    [
        *["107/1/1-107/6/30", "107/01/01～107/06/30", "107/1/1~6/30", "107.1.1-107.6.30"],
        *["107年1至6月", "107年1-6月", "107年1月至6月", "107年1月1日至6月30日", "107年一月到六月"],
        *["自107年1月1日起至107年6月30日止", "1070101-1070630", "107/1~107/6", "107-01~107-06"],
        *["2018-01-01~2018-06-30", "2018-01-01 - 2018-06-30", "201801-201806", "107年第1至2季"],
        *["107年1月1日(一)~107年6月30日(六)"],
    ],
)
def test_a_range_is_its_first_and_last_day(text):
    assert parse_date(text) == FIRST_HALF


def test_six_digits_are_what_only_they_can_be():
    assert parse_date("990401") == parse_date("0990401") == parse_date("99/04/01")
    with pytest.raises(DateError, match="may be a ROC day or a Gregorian month"):
        parse_date("201112")
    assert parse_date("201112", "roc") == parse_date("20/11/12")
    assert parse_date("201112", "gregorian") == parse_date("2011-12")


def test_the_calendar_says_whether_short_parts_are_a_year_and_a_month():
    assert parse_date("4/1", "roc") == parse_date("民國4年1月")


@pytest.mark.parametrize("text", ["", "-", "－", "…", "N/A", "無資料", "null", "—"])
def test_a_missing_date_is_no_date_and_no_error(text):
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("類別", "no date"),
        ("三民區", "no date"),
        ("萬華區", "no date"),
        ("107年5日", "no date"),
        ("107/04/01①2", "no date"),
        ("107/04 13:45", "no date"),
        ("107/04(日)", "no date"),
        ("107/04/01(日)(日)", "no date"),
        ("2018-04-01-05", "a month and a day"),
        ("1.1e5", "no date"),
        ("4月1日", "no year"),
        ("四月", "no year"),
        ("01/04/2018", "write the year first"),
        ("4/1/2018", "write the year first"),
        ("13/04/2018", "write the year first"),
        ("13-04-2018 10:00", "write the year first"),
        ("04/2018", "write the year first"),
        ("4/1", "a month and a day without a year"),
        ("43191", "serial number"),
        ("43101", "serial number"),
        ("43191.5", "serial number"),
        ("00004", "serial number"),
        ("107/02/29", "no day 29: 2018-02 has 28 days"),
        ("107/13/01", "no month 13"),
        ("107/00/01", "no month 0"),
        ("107/04/00", "no day 0"),
        ("107/04/31", "no day 31"),
        ("1071301", "no month 13"),
        ("20180431", "no day 31"),
        ("999999", "six digits"),
        ("民國前5年", "before the first ROC year"),
        ("0", "outside 1 to 200"),
        ("0/1/1", "outside 1 to 200"),
        ("201/1/1", "outside 1 to 200"),
        ("0107/1/1", "outside 1912 to 2199"),
        ("1911/12/31", "outside 1912 to 2199"),
        ("2200/1/1", "outside 1912 to 2199"),
        ("民國2018年", "ROC year is expected"),
        ("西元107年", "Gregorian year is expected"),
        ("85年度", "fiscal year before 2001"),
        ("107-1", "a half-year or a month"),
        ("2018-2", "a half-year or a month"),
        ("107.1", "a zero may be lost"),
        ("107/04/01(一)", "星期日, not 星期一"),
        ("107/04/01 24:00", "no time of day: 24:00"),
        ("1070401250000", "no time of day: 250000"),
        ("107/6/30~107/1/1", "ends before it begins"),
        ("107/2/29~107/6/30", "no day 29"),
        ("107/1/1~107/6", "no date"),
        ("٢٠١٨", "no number has"),
        ("2018-04-01\x00", "not seen"),
        ("1" * 1_000_000, "longer than 100 characters"),
    ],
)
def test_what_is_not_one_date_is_refused_with_the_reason(text, reason):
    with pytest.raises(DateError, match=reason):
        parse_date(text)


def test_a_calendar_that_is_not_there_is_refused():
    with pytest.raises(DateError, match="no calendar is called 'lunar'"):
        parse_date("107/04/01", "lunar")


def in_words(number):
    """Write a number below 200 in Chinese, as a second opinion on how it is read."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = "一百" * hundreds
    if tens:
        words += (digits[tens] if tens > 1 or hundreds else "") + "十"
    elif hundreds and ones:
        words += "零"
    return words + (digits[ones] if ones else "")


def spellings(date):
    """Write a day in each form that agencies use."""
    roc, year, month, day = date.year - 1911, date.year, date.month, date.day
    weekday = "一二三四五六日"[date.weekday()]
    for sep in "/.-":
        yield f"{roc}{sep}{month}{sep}{day}"
        yield f"{roc:03d}{sep}{month:02d}{sep}{day:02d}"
        yield f"{year}{sep}{month}{sep}{day}"
        yield f"{year}{sep}{month:02d}{sep}{day:02d}".translate(WIDE)
    yield from (f"{roc:03d}{month:02d}{day:02d}", f"{year}{month:02d}{day:02d}")
    yield from (
        f"{roc}年{month}月{day}日",
        f"民國 {roc} 年 {month} 月 {day} 日",
        f"{year}年{month}月{day}日",
    )
    yield f"中華民國{in_words(roc)}年{in_words(month)}月{in_words(day)}日"
    yield f"{roc}/{month}/{day}({weekday})"
    yield f"{year}/{month}/{day} 星期{weekday} 下午 11:59"
    yield f"{date.isoformat()}T23:59:59+08:00"
    yield f"{roc:03d}{month:02d}{day:02d}235959"
    yield f"{roc}年{month}月{day}日至{roc}年{month}月{day}日"


@given(st.dates(dt.date(1912, 1, 1), dt.date(2110, 12, 31)))
@example(dt.date(1912, 1, 1))
@example(dt.date(2010, 12, 31))  # the last day of a two-digit ROC year
@example(dt.date(2011, 1, 1))
@example(dt.date(2020, 2, 29))
@example(dt.date(2110, 12, 31))
def test_any_day_in_any_form_is_read_back(date):
    assert {text: parse_date(text) for text in spellings(date)} == dict.fromkeys(
        spellings(date), Dates(date, date)
    )


@given(st.dates(dt.date(1921, 1, 1), dt.date(2010, 12, 31)))
def test_six_digits_of_the_roc_calendar_are_read_back(date):
    text = f"{date.year - 1911:02d}{date.month:02d}{date.day:02d}"
    assert parse_date(text, "roc") == Dates(date, date)


@given(st.integers(1912, 2110), st.integers(1, 12))
def test_any_month_in_any_form_is_read_back(year, month):
    days = Dates(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))
    roc = year - 1911
    forms = [
        f"{roc}年{month}月",
        f"{roc:03d}{month:02d}",
        f"{roc:03d}/{month:02d}",
        f"{year}-{month:02d}",
    ]
    assert [parse_date(text) for text in forms] == [days] * len(forms)
    assert parse_date(f"{year}{month:02d}", "gregorian") == days


pieces = st.sampled_from(
    [
        *"0123456789/.-~: T()",
        *"年月日至起元一十廿季第週日時分",
        "民國",
        "西元",
        "107",
        "2018",
        "上半年",
        "Q",
        "H",
        "①",
    ]
)


@given(st.one_of(st.text(), st.lists(pieces, max_size=12).map("".join)), st.sampled_from(CALENDARS))
@example("1-" * 50, "auto")
@example("1/1~" * 25, "auto")
@example("年月" * 50, "auto")
@example("1" + " " * 98 + "1", "auto")
@example("107年1月1日" * 10, "auto")
def test_anything_at_all_is_dates_or_missing_or_refused(text, calendar_name):
    try:
        found = parse_date(text, calendar_name)
    except DateError:
        return
    assert found is None or dt.date(1912, 1, 1) <= found.first <= found.last < dt.date(2200, 1, 1)
