"""Read the number of one cell: digits of any width, Chinese numerals, words and units around.

Agencies export figures as they print them: ``2,052件``, ``約29.34億元``, ``四十六億六千萬``,
``(5)``. A figure is read exactly, as decimal digits, or it is refused with the reason; what
people could take for two different numbers is never guessed at. The multiplier of an amount
of money stays with its unit (29.34 of 億元), so that the figure keeps its printed precision.

Cells are not trusted: they may be very long, or hold characters that are not seen.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from kao_metrics import labels
from kao_metrics.importing import numerals
from kao_metrics.printed import QUALIFIERS

LONGEST: Final = 100
"""Characters that a cell with a number or a date may have."""

MARK: Final = "※"
"""What `half_width` writes for a footnote mark, whatever it was."""

MISSING: Final = frozenset(
    [
        *["", "-", "--", "---", "–", "––", "—", "——", "―", "−", "─", "──", "..", "...", "......"],
        *["⋯", "⋯⋯", "‧‧‧", "···", "・・・", "n/a", "na", "n.a.", "n.a", "null", "none", "nan"],
        *["無資料", "尚無資料", "不適用", "未提供", "不詳"],
    ]
)
"""Spellings of a missing value, as `half_width` and in small letters.

Official statistics write "-" for none or for missing and "…" for not available; both are
taken as missing.
"""

_WHOLE_DIGITS: Final = 15
_DECIMALS: Final = 9
_KEPT_POWER: Final = 8  # 億 stays with the unit whatever is counted, 萬 only with money
_EXACT: Final = QUALIFIERS[0]

# Where a qualifier of labels.toml may stand, if not before the number.
_BEHIND: Final = frozenset(["多", "餘", "許", "以上", "左右", "上下"])
_RIGHT_BEHIND: Final = ("多", "餘", "許")  # between the number and its unit
_AT_MOST: Final = re.compile(
    r"^(?:不到|未達|未滿|不超過|不足|至多|最多|低於|小於|少於|<|≤|≦)|(?:以下|以內|未滿|不到|不足)$"
)

_UNSEEN: Final = re.compile("[\u200b-\u200f\u2060\ufeff\ufe0e\ufe0f]")
_FOOTNOTE: Final = re.compile(r"[(\[]?[備附]?註(?!冊).*|[*†‡®]+|\([rpf]\)", re.DOTALL)
_SHEET_TEXT: Final = re.compile(r"=?\"([^\"]*)\"|'(.*)", re.DOTALL)
_DASHES: Final = "-‐‒–—―−"
_NEGATIVE: Final = f"{_DASHES}▲△負负"
_CURRENCY: Final = re.compile(r"(?:NTD|NT\$?|TWD|新?[臺台]幣)\s*\$?|\$", re.IGNORECASE)
_FOREIGN: Final = re.compile(
    r"[A-Z]{1,3}\s*\$|[¥£€₩]|USD|JPY|EUR|CNY|RMB|[美日歐港]|人民幣", re.IGNORECASE
)
_MONEY: Final = re.compile(r"(?:新?[臺台]幣|[美日歐港]|人民幣)?[元圓]")

_SHARES: Final = {"百分之": "%", "千分之": "‰"}
_BRACKET: Final = re.compile(r"\(([^()]*[0-9][^()]*)\)\s*([^\s0-9.,'’_].*)?", re.DOTALL)

_NUMERAL: Final = f"[{numerals.CHARACTERS}]"
_ARABIC: Final = re.compile(r"[0-9.][0-9.,'’_ ]*")
_PLAIN: Final = re.compile(r"[0-9]*(?:\.[0-9]+)?")
_GROUPED: Final = re.compile(r"([1-9][0-9]{0,2})([,'’_ ])[0-9]{3}(?:\2[0-9]{3})*(?:\.[0-9]+)?")
# 百分點 is a unit, and 點 belongs to a number only between numerals.
_NUMBER: Final = re.compile(
    rf"(?:[0-9.,'’_ ]|(?![百千萬]分|[點点]){_NUMERAL}|(?<={_NUMERAL})[點点](?={_NUMERAL}))+"
)
_EXPONENT: Final = re.compile(r"[0-9.]+E[+-]?[0-9]+", re.IGNORECASE)
_TENTHS: Final = re.compile(r"成([0-9一二三四五六七八九])")
_ANOTHER: Final = re.compile(rf"[~〜至到]|[\-–—、,.:和或及與](?:[0-9]|{_NUMERAL})")
_HALF: Final = re.compile(r"(?<![/每])半")
_UNIT: Final = re.compile(r"[^\W\d_]|[%‰‱°/([\"]")
_UNIT_WITH_DIGIT: Final = re.compile(r"[kcdm]?m[23]|CO2e?", re.IGNORECASE)
# Behind Chinese numerals alone, so that 一般案件 and 三民區 are no numbers.
_COUNTABLE: Final = re.compile(
    rf"{_MONEY.pattern}|[個件人名位戶家次項條份張筆案處所場座棟輛台臺班隊團校年月週周日天時分秒元圓歲公平坪噸倍度%‰]|成$"
)


class NumberError(ValueError):
    """A text that is no number, or not one alone; the message says in words what is wrong."""


class Number(NamedTuple):
    """A number as a cell gives it.

    ``value`` is multiplied out. ``text`` has the digits as printed in ``unit``: 29.34 where
    the unit is 億元. ``qualifier`` is one of `kao_metrics.printed.QUALIFIERS`.
    """

    value: Decimal
    text: str
    unit: str = ""
    qualifier: str = _EXACT


def parse_number(text: str) -> Number | None:
    """Read the number of one cell.

    Parameters
    ----------
    text
        The cell: one number, with a qualifier, a currency or a unit around it if need be.

    Returns
    -------
    Number or None
        None where the cell says that there is no value (`MISSING`).

    Raises
    ------
    NumberError
        If there is no number, more than one, or one that can be read in two ways; also
        where a spreadsheet has lost digits.

    Examples
    --------
    >>> parse_number("約29.34億元")
    Number(value=Decimal('2934000000'), text='29.34', unit='億元', qualifier='about')
    >>> parse_number("２,０５２件").value, parse_number("46億6671萬5,242").value, parse_number("…")
    (Decimal('2052'), Decimal('4666715242'), None)
    >>> parse_number("3-5件")
    Traceback (most recent call last):
    ...
    kao_metrics.importing.numbers.NumberError: two numbers
    """
    cell = half_width(text)
    if is_missing(cell):
        return None
    if limit := _AT_MOST.search(cell.replace(MARK, "")):
        raise NumberError(f"only an upper limit ({limit[0]}), not a number")
    qualifiers, cell = _words_behind(cell.rstrip(f"{MARK}。、; "))
    head = _head(cell)
    number = _NUMBER.match(head.rest)
    if number is None or not number[0].strip(" .,'’_"):
        raise NumberError(_why_no_number(head.rest))
    if _EXPONENT.match(head.rest):
        raise NumberError("a spreadsheet shortened it to powers of ten (E+), so digits are lost")
    printed, unit = number[0].strip(" "), head.rest[number.end() :]
    if word := next((word for word in _RIGHT_BEHIND if unit.startswith(word)), ""):
        qualifiers.append(_words()[word])
        multiplier, unit = _multiplier(unit.removeprefix(word))  # 20多萬元
        printed += multiplier
    qualifier = _one_qualifier([*head.qualifiers, *qualifiers])
    digits, power, unit = _in_its_unit(printed, unit, head)
    whole, point, decimals = digits.partition(".")
    whole = whole.lstrip("0") or "0"
    _check_length(whole, decimals)
    digits = f"{whole}{point}{decimals}"
    signed = f"-{digits}" if head.is_negative and digits.strip("0.") else digits
    value = Decimal(f"{Decimal(f'{signed}E{power}'):f}")
    return Number(value, signed, unit, qualifier)


def half_width(text: str) -> str:
    """Return a cell in half-width characters (NFKC), with `MARK` for its footnote marks.

    Footnote marks are told apart first, for NFKC makes digits of ① and ². Characters that
    are not seen are left out where they change nothing, and refused otherwise.

    Raises
    ------
    NumberError
        If the cell is too long or has a character that no number or date has.

    Examples
    --------
    >>> half_width("２，０５２① "), half_width("5㎡")
    ('2,052※', '5m2')
    """
    text = _UNSEEN.sub("", text.strip()).strip()
    if len(text) > LONGEST:
        raise NumberError(f"longer than {LONGEST} characters")
    seen = "".join(_seen(char, text[at - 1 : at]) for at, char in enumerate(text))
    cell = unicodedata.normalize("NFKC", seen)
    if len(cell) > LONGEST:  # NFKC makes up to 18 characters of one
        raise NumberError(f"longer than {LONGEST} characters")
    for char in cell:
        is_digit = unicodedata.category(char) in ("Nd", "Nl") and char != "〇"
        if unicodedata.category(char)[0] == "M" or (is_digit and not char.isascii()):
            raise NumberError(f"a character that no number has (U+{ord(char):04X})")
    if quoted := _SHEET_TEXT.fullmatch(cell):  # a spreadsheet's way to say text
        cell = quoted[1] or quoted[2] or ""
    return _FOOTNOTE.sub(MARK, cell).strip()


def is_missing(cell: str) -> bool:
    """Tell whether a `half_width` cell says that there is no value; a footnote may follow.

    >>> is_missing("N/A"), is_missing("-※"), is_missing("0")
    (True, True, False)
    """
    return cell.casefold() in MISSING or cell.rstrip(f"{MARK} ").casefold() in MISSING - {""}


def _seen(char: str, before: str) -> str:
    """Return a character as it counts: white space as one space or line, marks as `MARK`."""
    category = unicodedata.category(char)
    if char.isspace():
        return " " if category == "Zs" else "\n"
    if category[0] == "C":
        raise NumberError(f"a character that is not seen (U+{ord(char):04X})")
    tag = unicodedata.decomposition(char).partition(" ")[0]
    plain = unicodedata.normalize("NFKC", char)
    if tag in ("<super>", "<sub>"):  # the one of m² belongs to the unit
        return plain if before.isascii() and before.isalpha() else MARK
    if tag == "<circle>" or "CIRCLED" in unicodedata.name(char, "") or plain.startswith("("):
        return MARK if category in ("No", "So") else char
    if "\N{FRACTION SLASH}" in plain:
        raise NumberError("a fraction")
    if category == "No" or (plain[:1].isdigit() and not char.isdecimal()):
        raise NumberError(f"a character that no number has (U+{ord(char):04X})")
    return char


@cache
def _words() -> dict[str, str]:
    """Return the qualifier of each word, long words first."""
    words = {
        word: code
        for code in QUALIFIERS
        for word in labels.entry("qualifier", code)["printed"]
        if word
    }
    return dict(sorted(words.items(), key=lambda item: -len(item[0])))


def _words_behind(cell: str) -> tuple[list[str], str]:
    """Take a qualifier off the end of a cell: 件以上."""
    for word in _BEHIND:
        if cell.endswith(word):
            return [_words()[word]], cell.removesuffix(word).rstrip(f"{MARK} ")
    return [], cell


class _Head(NamedTuple):
    """What stands before the digits, and the rest."""

    qualifiers: list[str]
    is_negative: bool
    is_money: bool
    share: str
    rest: str


def _head(cell: str) -> _Head:
    """Read what stands before the digits: qualifiers, a sign, a currency, a bracket."""
    qualifiers: list[str] = []
    signs = ""
    is_money, share = False, ""
    while True:
        cell = cell.lstrip()
        word = next((word for word in _words() if cell.startswith(word)), "")
        if word and word not in _BEHIND:
            qualifiers.append(_words()[word])
            cell = cell[len(word) :]
        elif cell[:1] and cell[0] in f"+{_NEGATIVE}":
            signs += cell[0]
            cell = cell[1:]
        elif (mark := _CURRENCY.match(cell)) and not is_money:
            is_money = True
            cell = cell[mark.end() :]
        elif not share and cell.startswith(tuple(_SHARES)):
            share = _SHARES[cell[:3]]
            cell = cell[3:]
        elif bracket := _BRACKET.fullmatch(cell):
            signs += "-"  # accounting writes (5) for what is below zero
            cell = bracket[1] + (bracket[2] or "")
        else:
            break
    if len(signs) > 1:
        raise NumberError("two signs")
    return _Head(qualifiers, signs != "" and signs in _NEGATIVE, is_money, share, cell)


def _why_no_number(rest: str) -> str:
    if _FOREIGN.match(rest):
        return "a foreign currency"
    if rest[:1] == "=":
        return "a formula of a spreadsheet"
    if re.match("#[A-Za-z]", rest):
        return "an error of a spreadsheet"
    if re.search("[0-9]", rest):
        return f"words before the number that say something else: {rest[:10]!r}"
    return "no number"


def _one_qualifier(qualifiers: list[str]) -> str:
    said = sorted({code for code in qualifiers if code != _EXACT})
    if len(said) > 1:
        raise NumberError(f"two qualifiers that do not agree ({', '.join(said)})")
    return said[0] if said else _EXACT


def _in_its_unit(printed: str, unit: str, head: _Head) -> tuple[str, int, str]:
    """Return the digits as printed in a unit, its power of ten, and the unit."""
    numeral = _numeral(printed)
    unit = _unit(unit)
    if tenths := _TENTHS.fullmatch(unit):
        if not numeral.coefficient.isdigit() or numeral.power:
            raise NumberError("tenths (成) behind what is no whole number")
        return f"{numeral.coefficient}.{numerals.read_numeral(tenths[1]).coefficient}", 0, "成"
    if found := _why_no_unit(unit):
        raise NumberError(found)
    if not re.search("[0-9]", printed) and unit and not _COUNTABLE.match(unit):
        raise NumberError("no number, only a word that begins with a numeral")
    if head.share and unit:
        raise NumberError("a unit behind a percentage in words")
    unit = head.share or unit or ("元" if head.is_money else "")
    if numeral.power >= _KEPT_POWER or _MONEY.match(unit):
        return numeral.coefficient, numeral.power, numeral.multiplier + unit
    return f"{numeral.value:f}", 0, unit


def _numeral(printed: str) -> numerals.Numeral:
    try:
        return numerals.read_numeral(_ARABIC.sub(_without_separators, printed).replace(" ", ""))
    except numerals.NumeralError as error:
        raise NumberError(str(error)) from None


def _without_separators(run: re.Match[str]) -> str:
    """Return Arabic digits without the separators of thousands, or refuse them."""
    printed = run[0].strip(" ")
    if not _PLAIN.fullmatch(printed) and not _GROUPED.fullmatch(printed):
        raise NumberError(
            "two numbers" if " " in printed else "separators in the wrong places: write 1,234.5"
        )
    whole, point, decimals = re.sub("[,'’_ ]", "", printed).partition(".")
    _check_length(whole, decimals)
    return f"{whole or '0'}{point}{decimals}"


def _check_length(whole: str, decimals: str) -> None:
    if len(whole) > _WHOLE_DIGITS or len(decimals) > _DECIMALS:
        raise NumberError(
            f"too long: {_WHOLE_DIGITS} digits before the decimal point and {_DECIMALS} behind "
            "are kept"
        )


def _multiplier(text: str) -> tuple[str, str]:
    """Split a text into the multipliers that it begins with, and the rest."""
    number = _NUMBER.match(text)
    return (number[0], text[number.end() :]) if number else ("", text)


def _unit(printed: str) -> str:
    return " ".join(printed.replace(MARK, "").split())


def _why_no_unit(unit: str) -> str:
    """Say why what stands behind a number is no unit; nothing if it is one."""
    if re.match(r"[/⁄] ?[0-9]", unit) or "分之" in unit or _HALF.search(unit):
        return "a fraction"
    if re.search("[0-9]", _UNIT_WITH_DIGIT.sub("", unit)) or _ANOTHER.match(unit):
        return "two numbers"
    if _NUMBER.match(unit):
        return "a multiplier apart from its number"
    if unit and not _UNIT.match(unit):
        return f"no unit behind the number: {unit[:10]!r}"
    return ""
