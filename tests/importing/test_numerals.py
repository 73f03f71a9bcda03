"""Chinese numerals: what people write, and what could be two different numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.importing.numerals import CHARACTERS, NumeralError, read_numeral


def four(number, digits, units):
    """Write a number below 10000 as people do, 零 for any gap between its digits."""
    written, gap = "", False
    for digit, unit in zip(f"{number:04d}", units, strict=True):
        if digit == "0":
            gap = written != ""
            continue
        written += (digits[0] if gap else "") + digits[int(digit)] + unit
        gap = False
    return written


def chinese(number, digits="零一二三四五六七八九", units=("千", "百", "十", ""), bigs="兆億萬"):
    """Write a whole number in Chinese, as a second opinion on how it is read."""
    if number == 0:
        return digits[0]
    written, gap = "", False
    for position, big in enumerate((*bigs, "")):
        part = number // 10000 ** (3 - position) % 10000
        if part == 0:
            gap = True
            continue
        gap = written != "" and (gap or part < 1000)
        written += (digits[0] if gap else "") + four(part, digits, units) + big
        gap = False
    return written


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "零"),
        (10, "一十"),
        (105, "一百零五"),
        (1050, "一千零五十"),
        (10_500, "一萬零五百"),
        (16_700, "一萬六千七百"),
        (100_000_005, "一億零五"),
        (4_666_715_242, "四十六億六千六百七十一萬五千二百四十二"),
    ],
)
def test_the_second_opinion_writes_as_people_do(number, written):
    assert chinese(number) == written


@given(st.integers(0, 10**15 - 1))
def test_any_whole_number_in_words_is_read_back(number):
    assert read_numeral(chinese(number)).value == number


@given(st.integers(0, 10**15 - 1))
def test_formal_and_simplified_words_are_read_too(number):
    formal = chinese(number, "零壹貳參肆伍陸柒捌玖", ("仟", "佰", "拾", ""), "兆億萬")
    simplified = chinese(number, "零壹贰叁肆伍陆柒捌玖", ("仟", "佰", "拾", ""), "兆亿万")
    assert read_numeral(formal).value == read_numeral(simplified).value == number


@given(st.integers(10, 19))
def test_the_one_before_ten_may_be_left_out(number):
    assert read_numeral(chinese(number)[1:]).value == number


@given(st.lists(st.integers(0, 9), min_size=3, max_size=15).filter(any))
def test_digits_in_a_row_are_one_number(digits):
    text = "".join("〇一二三四五六七八九"[digit] for digit in digits)
    assert read_numeral(text).value == int("".join(map(str, digits)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("兩千", "2000"),
        ("兩", "2"),
        ("廿", "20"),
        ("廿五", "25"),
        ("卅", "30"),
        ("卌二", "42"),
        ("一百十二", "112"),
        ("一○七", "107"),
        ("十萬零五千", "105000"),
        ("三萬五千億", "3500000000000"),
        ("3萬6千", "36000"),
        ("6千5百20", "6520"),
        ("46億6671.5萬", "4666715000"),
        ("0671萬", "6710000"),
        ("三點五", "3.5"),
        ("十二點五億", "1250000000"),
        ("三點二五百萬", "3250000"),
    ],
)
def test_other_spellings_are_read(text, value):
    assert read_numeral(text).value == Decimal(value)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("29.34億", ("29.34", 8, "億")),
        ("5千萬", ("5", 7, "千萬")),
        ("1.2萬億", ("1.2", 12, "萬億")),
        ("五千萬", ("5000", 4, "萬")),
        ("五千", ("5000", 0, "")),
        ("四億六千萬", ("460000000", 0, "")),
    ],
)
def test_a_single_multiplier_is_set_apart_from_its_coefficient(text, parts):
    assert read_numeral(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        *["", "點五", "三點", "三點五點五", "三點五十", "件", "1,000", "1.2.3", "-5"],
        *["百", "百二十", "億", "千萬", "零十"],
        *["一二百萬千", "萬萬萬", "一萬二萬", "十十", "5十百", "二廿", "1千1千", "5億5億"],
        *["3億12345萬", "3.5千5百", "1.5億3萬", "千五百萬"],
        *["5三", "三5", "十兩", "兩三", "一千零零五", "零零五百", "零1"],
        *["1.0000000000000001萬", "1234567890123456"],
    ],
)
def test_nonsense_is_refused(text):
    with pytest.raises(NumeralError):
        read_numeral(text)


@pytest.mark.parametrize("text", ["三百五", "三萬五", "3萬5", "五六", "二三", "○", "○○", "零零"])
def test_what_could_be_two_numbers_is_refused(text):
    with pytest.raises(NumeralError, match=r"may be|may stand"):
        read_numeral(text)


@given(st.text(CHARACTERS + "0123456789.", max_size=100))
def test_anything_is_a_number_or_refused(text):
    try:
        value = read_numeral(text).value
    except NumeralError:
        return
    assert value >= 0
