"""One cell with a number: every spelling that agencies print, and what must be refused."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kao_metrics.importing.numbers import (
    MISSING,
    Number,
    NumberError,
    half_width,
    is_missing,
    parse_number,
)
from kao_metrics.printed import QUALIFIERS, grouped, is_plain_number

WIDE = str.maketrans("0123456789,.-%", "０１２３４５６７８９，．－％")
EXACT = "exact"
figures = st.decimals(-(10**12), 10**12, places=2)
wholes = st.integers(0, 10**12)


def read(text):
    number = parse_number(text)
    assert number is not None
    return number


@pytest.mark.parametrize(
    "text",
    [
        *[
            "2,052",
            "2052",
            "２，０５２",
            "2 052",
            "2\u2009052",
            "2\u202f052",
            "2\u00a0052",
            "2'052",
        ],
        *["2’052", " 2,052 ", "2,052\n", "+2,052", "'2052", '="2052"', '"2,052"', "2\u200b052"],
        *[
            "\ufeff2052",
            "002052",
            "二千零五十二",
            "兩千零五十二",
            "2千052",
            "貳仟零伍拾貳",
            "二〇五二",
        ],
        *["2,052*", "2,052註1", "2,052(註)", "2,052（註1：含補助）", "2,052①", "2,052²", "2,052 ※"],
        *["2,052備註", "2,052†", "2,052⑴", "2,052❶", "2,052(r)", "2,052ⓡ", "2,052。"],
    ],
)
def test_every_spelling_of_a_count_is_one_number(text):
    assert read(text) == Number(Decimal(2052), "2052", "", EXACT)


@pytest.mark.parametrize(
    "text", ["-5", "－5", "−5", "–5", "(5)", "（5）", "▲5", "△5", "- 5", "負5"]
)
def test_every_spelling_of_a_negative_number_is_read(text):
    assert read(text) == Number(Decimal(-5), "-5", "", EXACT)


@pytest.mark.parametrize(
    ("text", "value", "printed", "unit"),
    [
        ("2,052件", "2052", "2052", "件"),
        ("2,052 件", "2052", "2052", "件"),
        ("33.20%", "33.20", "33.20", "%"),
        ("５％", "5", "5", "%"),
        ("5‰", "5", "5", "‰"),
        (".5", "0.5", "0.5", ""),
        ("-0.0", "0.0", "0.0", ""),
        ("1成", "1", "1", "成"),
        ("2成5", "2.5", "2.5", "成"),
        ("一成五", "1.5", "1.5", "成"),
        ("5成員", "5", "5", "成員"),
        ("百分之十二點五", "12.5", "12.5", "%"),
        ("千分之三", "3", "3", "‰"),
        ("3.2百分點", "3.2", "3.2", "百分點"),
        ("12.5人/十萬人", "12.5", "12.5", "人/十萬人"),
        ("5m²", "5", "5", "m2"),
        ("5㎡", "5", "5", "m2"),
        ("107年", "107", "107", "年"),
        ("(5)萬元", "-50000", "-5", "萬元"),
        ("(5%)", "-5", "-5", "%"),
        ("5件(註:含3件)", "5", "5", "件"),
    ],
)
def test_what_stands_behind_is_the_unit(text, value, printed, unit):
    assert read(text) == Number(Decimal(value), printed, unit, EXACT)
    assert str(read(text).value) == value


@pytest.mark.parametrize(
    ("text", "value", "printed", "unit"),
    [
        ("29.34億元", "2934000000", "29.34", "億元"),
        ("12億", "1200000000", "12", "億"),
        ("12億人", "1200000000", "12", "億人"),
        ("1.50兆元", "1500000000000", "1.50", "兆元"),
        ("5千元", "5000", "5", "千元"),
        ("3.2百萬元", "3200000", "3.2", "百萬元"),
        ("5,000萬元", "50000000", "5000", "萬元"),
        ("5萬美元", "50000", "5", "萬美元"),
        ("二十億元", "2000000000", "20", "億元"),
        ("五千元", "5000", "5000", "元"),
        ("5萬", "50000", "50000", ""),
        ("1.2萬件", "12000", "12000", "件"),
        ("3萬6千件", "36000", "36000", "件"),
        ("46億6671萬5,242", "4666715242", "4666715242", ""),
        ("46億6671萬5,242元", "4666715242", "4666715242", "元"),
        ("46億 6671萬元", "4666710000", "4666710000", "元"),
    ],
)
def test_one_multiplier_stays_with_money_and_others_are_multiplied_out(text, value, printed, unit):
    assert read(text) == Number(Decimal(value), printed, unit, EXACT)
    assert str(read(text).value) == value


@pytest.mark.parametrize(
    "text",
    ["NT$1,234", "$1,234", "NT$ 1,234", "NTD1,234", "TWD 1234", "新臺幣1,234元", "新台幣 1,234 元"],
)
def test_a_mark_of_the_currency_means_dollars_of_taiwan(text):
    assert read(text) == Number(Decimal(1234), "1234", "元", EXACT)


def test_the_currency_and_the_sign_may_stand_in_any_order():
    assert {read(text).text for text in ("-$5", "$-5", "$(5)", "(NT$5)")} == {"-5"}
    assert read("NT$5萬") == Number(Decimal(50000), "5", "萬元", EXACT)


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        *[
            ("約200件", "about"),
            ("大約 200 件", "about"),
            ("200件左右", "about"),
            ("共約200件", "about"),
        ],
        *[("逾200件", "more_than"), ("超過200件", "more_than"), ("200多件", "more_than")],
        *[("200餘件", "more_than"), ("兩百多件", "more_than"), ("＞200件", "more_than")],
        *[("近200件", "nearly"), ("將近200件", "nearly"), ("接近200件", "nearly")],
        *[("至少200件", "at_least"), ("200件以上", "at_least"), ("至少200件以上", "at_least")],
        *[("≧200件", "at_least"), ("200件以上(註)", "at_least")],
        *[("共計200件", EXACT), ("共200件", EXACT), ("計200件", EXACT), ("200件", EXACT)],
    ],
)
def test_words_around_the_number_qualify_it(text, qualifier):
    assert read(text) == Number(Decimal(200), "200", "件", qualifier)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("20多萬元", Number(Decimal(200000), "20", "萬元", "more_than")),
        ("二十餘萬人", Number(Decimal(200000), "200000", "人", "more_than")),
        ("2億多元", Number(Decimal(200000000), "2", "億元", "more_than")),
        ("十餘件", Number(Decimal(10), "10", "件", "more_than")),
    ],
)
def test_a_multiplier_behind_a_qualifier_still_multiplies(text, number):
    assert read(text) == number


@pytest.mark.parametrize(
    "text", [*sorted(MISSING), "－", "…", " - ", "N/A", "NULL", "Na", "——", "-①", "- *"]
)
def test_a_missing_value_is_no_number_and_no_error(text):
    assert parse_number(text) is None
    assert is_missing(half_width(text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("類別", "no number"),
        ("*", "no number"),
        ("註1", "no number"),
        ("數百件", "no number"),
        ("一般案件", "word that begins"),
        ("三民區", "word that begins"),
        ("元", "no number"),
        ("合計", "no number"),
        ("3-5", "two numbers"),
        ("3~5件", "two numbers"),
        ("三到五件", "two numbers"),
        ("3至", "two numbers"),
        ("三、五件", "two numbers"),
        ("5\n6", "two numbers"),
        ("5 6", "two numbers"),
        ("5件3人", "two numbers"),
        ("5②6", "two numbers"),
        ("107年4月1日", "two numbers"),
        ("1/3", "a fraction"),
        ("三分之一", "a fraction"),
        ("5½", "a fraction"),
        ("3年半", "a fraction"),
        ("1,2345", "separators in the wrong places"),
        ("1.234,56", "separators in the wrong places"),
        ("12,34", "separators in the wrong places"),
        ("0,123", "separators in the wrong places"),
        ("1.2.3", "separators in the wrong places"),
        ("1,234 567", "two numbers"),
        ("5,", "separators in the wrong places"),
        ("5.", "separators in the wrong places"),
        ("2.02505E+12", "digits are lost"),
        ("1.5E+3", "digits are lost"),
        ("1e5", "digits are lost"),
        ("1234567890123456", "15 digits before"),
        ("0.1234567890", "9 behind"),
        ("9999999999999萬件", "15 digits before"),
        ("三百五", "may be ones or a tenth"),
        ("五六件", "may be two digits"),
        ("不到5件", "upper limit"),
        ("5件以下", "upper limit"),
        ("<5", "upper limit"),
        ("約200多件", "do not agree"),
        ("(-5)", "two signs"),
        ("--5", "two signs"),
        ("5-", "no unit"),
        ("①5", "words before"),
        ("第5", "words before"),
        ("(1) 234", "words before"),
        ("US$5", "foreign currency"),
        ("€5", "foreign currency"),
        ("=1+2", "formula"),
        ("#DIV/0!", "error of a spreadsheet"),
        ("#N/A", "error of a spreadsheet"),
        ("5①萬元", "multiplier apart"),
        ("1.5成5", "tenths"),
        ("百分之五件", "percentage in words"),
        ("٣", "no number has"),
        ("5㏠", "no number has"),
        ("5\u0301", "no number has"),
        ("5\ufe0f\u20e3", "no number has"),
        ("5\x00", "not seen"),
        ("\u202e123", "not seen"),
        ("\ud800", "not seen"),
        ("1" * 101, "longer than 100 characters"),
        ("1" + "\ufdfa" * 9, "longer than 100 characters"),
        ("9" * 1_000_000, "longer than 100 characters"),
    ],
)
def test_what_is_not_one_number_is_refused_with_the_reason(text, reason):
    with pytest.raises(NumberError, match=reason):
        parse_number(text)


@given(wholes, st.sampled_from(["{:,}", "{:_}", "{:d}", " {:,} ", "+{:,}", "'{:d}", '="{:d}"']))
def test_a_whole_number_in_any_dress_is_read_back(number, dress):
    text = dress.format(number)
    assert read(text).value == read(text.translate(WIDE)).value == number


@given(wholes)
def test_a_whole_number_with_multipliers_is_read_back(number):
    hundred_millions, rest = divmod(number, 10**8)
    ten_thousands, ones = divmod(rest, 10**4)
    assert read(f"{hundred_millions:,}億{ten_thousands:04d}萬{ones:04d}元").value == number


@given(figures)
def test_a_decimal_is_read_back_as_printed(figure):
    number = read(grouped(figure, 2))
    assert number.text == (f"{abs(figure):.2f}" if not figure else f"{figure:.2f}")
    assert number.value == figure


@given(figures.filter(bool))
def test_a_bracket_around_a_number_is_a_minus_before_it(figure):
    assert read(f"({abs(figure):,.2f})") == read(f"-{abs(figure):,.2f}")


def is_sound(number):
    """Tell whether what is read can be written to the tables, and means what it says."""
    return (
        number.value.is_finite()
        and is_plain_number(number.text)
        and number.qualifier in QUALIFIERS
        and unicodedata.is_normalized("NFKC", number.unit)
        and abs(number.value) >= abs(Decimal(number.text))
    )


pieces = st.sampled_from(
    [
        *"0123456789,.-()%'\"=*~/ \n",
        *"一兩十百萬億兆零點成分元件約多餘近半年註①²½－５",
        "以上",
        "NT$",
        "E+",
    ]
)


@given(st.one_of(st.text(), st.lists(pieces, max_size=9).map("".join)))
@example("%s" * 60)
@example("(" * 100)
@example("5" + " " * 98)
@example("1,111" * 20)
@example("億萬" * 50)
@example("\ufdfa" * 100)  # becomes 18 characters each
@example("註" * 100)
def test_anything_at_all_is_a_number_or_missing_or_refused(text):
    try:
        number = parse_number(text)
    except NumberError:
        return
    assert number is None or is_sound(number)
