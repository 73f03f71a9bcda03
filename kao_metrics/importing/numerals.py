"""Chinese numerals, alone or mixed with Arabic digits: 一萬六千七百, 46億6671萬5242, 一〇七.

A number is split at its highest multiplier: what stands before says how many of it there
are, what stands behind must be less than one of it, and both are read the same way. So
multipliers can only fall, as in 四十六億六千六百七十一萬, or rise into one, as in 五千萬.
What people would take for two different numbers is refused rather than guessed at: 三百五
(350 or 305), 五六 (five or six, or 56).

The library cn2an is not used: it reads decimals through binary floating point (smart mode
makes 10000 of 1.0000000000000001萬, without a word) and does not know 卅.
"""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from typing import Final, NamedTuple

_ZERO: Final = "零"
_TWO: Final = "兩"  # says how many, and is never a digit among digits
_POINT: Final = "點"
_CIRCLE: Final = "○"  # a zero among digits; alone it is a tick, in a row what is left out
_DIGITS: Final = dict(zip("零一二三四五六七八九兩", "01234567892", strict=True))
_TEN: Final = 10
_TEN_THOUSAND: Final = 10**4  # from here on a multiplier may have multipliers before it
_MULTIPLIERS: Final = {
    "十": _TEN, "百": 100, "千": 1000, "萬": _TEN_THOUSAND, "億": 10**8, "兆": 10**12
}  # fmt: skip
_SPELLINGS: Final = {
    "零": "〇○", "一": "壹", "二": "貳贰", "三": "參叁叄", "四": "肆", "五": "伍", "六": "陸陆",
    "七": "柒", "八": "捌", "九": "玖", "兩": "两", "十": "拾", "百": "佰", "千": "仟", "萬": "万",
    "億": "亿", "點": "点", "二十": "廿", "三十": "卅", "四十": "卌",
}  # fmt: skip
_ONE_SPELLING: Final = {ord(char): plain for plain, chars in _SPELLINGS.items() for char in chars}
CHARACTERS: Final = "".join([*_DIGITS, *_MULTIPLIERS, _POINT, *map(chr, _ONE_SPELLING)])
"""Every character of a Chinese numeral, 點 for its decimals included."""

_ARABIC: Final = r"[0-9]{1,15}(?:\.[0-9]{1,9})?"
_TOKEN: Final = re.compile(rf"{_ARABIC}|[{''.join([*_DIGITS, *_MULTIPLIERS])}]")
_DIGIT_STRING: Final = re.compile(r"[零一二三四五六七八九]{2,15}")
_NEIGHBOURS: Final = frozenset(["一二", "二三", "三四", "四五", "五六", "六七", "七八", "八九"])
_WITH_DECIMALS: Final = re.compile(
    rf"([^{_POINT}]+){_POINT}([零一二三四五六七八九]{{1,9}})([十百千]?[萬億兆]+)?"
)
_PRECISION: Final = 80  # no sum of what the tokens allow has as many digits


class NumeralError(ValueError):
    """A text that is no numeral; the message says in words what is wrong."""


class Numeral(NamedTuple):
    """A number, and the multiplier that it was printed in where there is a single one.

    The value is ``coefficient`` times ten to the ``power``; ``multiplier`` is the word for
    that power, which may stay with the unit (29.34 of 億元).
    """

    coefficient: str
    power: int = 0
    multiplier: str = ""

    @property
    def value(self) -> Decimal:
        """The number, multiplied out."""
        return Decimal(f"{Decimal(f'{self.coefficient}E{self.power}'):f}")


def read_numeral(text: str) -> Numeral:
    """Read a numeral of Chinese characters and Arabic digits (no sign, no separators).

    Parameters
    ----------
    text
        The numeral and nothing else; formal (壹佰) and simplified (亿) characters too.

    Raises
    ------
    NumeralError
        If it is none, or if it can be read in two ways.

    Examples
    --------
    >>> read_numeral("29.34億")
    Numeral(coefficient='29.34', power=8, multiplier='億')
    >>> read_numeral("46億6671萬5242").value, read_numeral("一〇七").value
    (Decimal('4666715242'), Decimal('107'))
    """
    if text == _CIRCLE:
        raise NumeralError("a circle, which may be a zero or a tick")
    text = text.translate(_ONE_SPELLING)
    with localcontext(prec=_PRECISION):
        if _POINT in text:
            return _with_decimals(text)
        if _DIGIT_STRING.fullmatch(text):
            return _digit_string(text)
        return _multiplied(_tokens(text))


def _with_decimals(text: str) -> Numeral:
    match = _WITH_DECIMALS.fullmatch(text)
    if match is None:
        raise NumeralError("the decimals are not digits behind one 點")
    whole = read_numeral(match[1]).value
    decimals = "".join(_DIGITS[char] for char in match[2])
    return _multiplied([f"{whole:f}.{decimals}", *(match[3] or "")])


def _digit_string(text: str) -> Numeral:
    if not text.strip(_ZERO):
        raise NumeralError("zeros alone, which may stand for what is left out")
    if text in _NEIGHBOURS:
        raise NumeralError(f"{text} may be two digits of one number or two numbers")
    return Numeral("".join(_DIGITS[char] for char in text))


def _tokens(text: str) -> list[str]:
    tokens = _TOKEN.findall(text)
    if not text or "".join(tokens) != text:
        raise NumeralError("no number in Chinese numerals")
    return tokens


def _multiplied(tokens: list[str]) -> Numeral:
    """Read the tokens, and set the last multiplier apart where it applies to all of them."""
    value = _value(tokens, 0)
    run = [token for token in tokens if token in _MULTIPLIERS]
    if run and len(run) == len(tokens) - 1 and tokens[0][0].isdigit():
        power = sum(_power(_MULTIPLIERS[token]) for token in run)
        return Numeral(tokens[0], power, "".join(run))
    last = _MULTIPLIERS.get(tokens[-1], 0)
    if last >= _TEN_THOUSAND and last == max(_MULTIPLIERS[token] for token in run):
        return Numeral(f"{_value(tokens[:-1], 0):f}", _power(last), tokens[-1])
    return Numeral(f"{value:f}")


def _value(tokens: list[str], after: int) -> Decimal:
    """Read tokens that stand behind a multiplier (0: behind none) as one number."""
    multipliers = [_MULTIPLIERS[token] for token in tokens if token in _MULTIPLIERS]
    if not multipliers:
        return _ones(tokens, after)
    highest = max(multipliers)
    if multipliers.count(highest) > 1:
        raise NumeralError("the multipliers do not fall from left to right")
    place = next(at for at, token in enumerate(tokens) if _MULTIPLIERS.get(token) == highest)
    count = _count(tokens[:place], highest, after)
    behind = tokens[place + 1 :]
    rest = _value(behind, highest) if behind else Decimal(0)
    if rest >= highest or (rest and count % 1):
        raise NumeralError("the multipliers do not fall from left to right")
    return count.scaleb(_power(highest)) + rest  # keeps the places that were printed


def _count(tokens: list[str], multiplier: int, after: int) -> Decimal:
    """Read how many of a multiplier there are: 十 alone is one ten, 百 alone nothing."""
    if tokens == [] and multiplier == _TEN:
        return Decimal(1)
    if after and tokens[:1] == [_ZERO]:  # 一萬零五百: the thousands are left out
        tokens = tokens[1:]
    if len(tokens) == 1 and tokens[0] not in _MULTIPLIERS and tokens[0] != _ZERO:
        return _number(tokens[0])
    if tokens and multiplier >= _TEN_THOUSAND:
        return _value(tokens, 0)
    raise NumeralError("a multiplier that does not say how many")


def _ones(tokens: list[str], after: int) -> Decimal:
    """Read what stands behind the last multiplier, or a number that has none."""
    if not after and len(tokens) == 1:
        return _number(tokens[0])
    ones = tokens[1:] if after and tokens[0] == _ZERO else tokens
    if len(ones) != 1 or ones[0] == _ZERO or ones[0] == _TWO:
        raise NumeralError("two numbers")
    if len(ones[0]) == 1 and ones == tokens and after > _TEN:
        raise NumeralError(
            "a single digit behind a multiplier may be ones or a tenth of it; write 零 or its place"
        )
    return _number(ones[0])


def _number(token: str) -> Decimal:
    return Decimal(_DIGITS.get(token, token))


def _power(multiplier: int) -> int:
    return len(str(multiplier)) - 1
