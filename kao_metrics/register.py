"""The register of restated figures: what was published once and is another figure now.

``data/restatements/2018-S1.json`` has an entry for each earlier release of the period that
was compared with the data: the figures that are no longer the same, what each was and became,
and the rows that it changed because of. ``kao-metrics restated … --record`` writes it and the
period's report shows it. A data folder need not have any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from kao_metrics import labels
from kao_metrics.failures import DataError, Failure
from kao_metrics.printed import SCALE, plain, round_half_up
from kao_metrics.typesetting import is_printable

FOLDER: Final = "restatements"

_DIGITS: Final = 38 - SCALE
_NUMBER: Final = re.compile(rf"-?\d{{1,{_DIGITS}}}(\.\d{{1,{SCALE}}})?", re.ASCII)
_CHECKSUM: Final = re.compile(r"[0-9a-f]{64}")
_PRECISION: Final = 60
_SHOWN: Final = 100
"""Characters of a wrong value that an error shows."""


def _number(value: object) -> Decimal:
    """Take a number by its own digits; a number of JSON is a float to most that read it."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    raise ValueError(f'a number in quotes with up to {SCALE} decimals, such as "0.2641"')


def _printable(value: str) -> str:
    if not is_printable(value):
        raise ValueError("a text without control characters")
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError("a text")
    return _printable(value)


def _checksum(value: str) -> str:
    if not _CHECKSUM.fullmatch(value):
        raise ValueError("64 hexadecimal digits, in small letters")
    return value


def _known(kind: str) -> AfterValidator:
    def known(code: str) -> str:
        if code not in labels.codes(kind):
            raise ValueError(f"a known {kind}{labels.suggestion(code, labels.codes(kind))}")
        return code

    return AfterValidator(known)


Number = Annotated[
    Decimal, BeforeValidator(_number), PlainSerializer(plain, return_type=str, when_used="json")
]
Text = Annotated[str, AfterValidator(_printable)]
Filled = Annotated[str, AfterValidator(_filled)]
RowNumber = Annotated[int, Field(ge=2)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Figure(_Part):
    """A figure as one release has it; what the result table says of it, but its documents."""

    value: Number | None = None
    lower: Number | None = None
    upper: Number | None = None
    unit: Annotated[str, _known("unit")]
    obs_status: Filled
    reason: Annotated[str, _known("reason")] | None = None
    numerator: Number | None = None
    denominator: Number | None = None


class Cell(_Part):
    """A cell that is not written the same in both data folders, and where it stands.

    Row numbers are those of a spreadsheet; one is missing where the row was added or removed.
    """

    file: Filled
    column: Filled
    key: Text
    row_before: RowNumber | None = None
    row_after: RowNumber | None = None
    before: Text | None = None
    after: Text | None = None


class Restated(_Part):
    """A figure that changed, and the cells that it changed because of.

    ``cause`` says how that is known: see `kao_metrics.restatements.because`. ``table`` has too
    many changed rows to know.
    """

    kind: Literal["changed", "added", "removed"]
    indicator: Filled
    breakdown: Filled
    before: Figure | None = None
    after: Figure | None = None
    cause: Literal["alone", "together", "possible", "not tried"] | None = None
    table: Filled | None = None
    rows: tuple[Cell, ...] = ()


class Since(_Part):
    """The older release: what it is called, and the checksum that tells it from any other."""

    name: Filled
    sha256: Annotated[str, AfterValidator(_checksum)]


class Entry(_Part):
    """What became of the figures since a release.

    ``has_rows`` says whether it was a data folder; of a report no rows are known.
    """

    since: Since
    has_rows: bool
    figures: tuple[Restated, ...]


class Register(_Part):
    """A period's register."""

    period: str
    releases: tuple[Entry, ...]


def figure_of(row: Mapping[str, Any]) -> Figure:
    """Return what a row of the result table says.

    The half of a fraction that a missing value has is no figure, and is left out.

    >>> row = dict.fromkeys(Figure.model_fields) | {"unit": "item", "obs_status": "M"}
    >>> figure_of(row | {"numerator": Decimal(2)}).numerator is None
    True
    """
    halves = {} if row["value"] is not None else {"numerator": None, "denominator": None}
    return Figure(**{name: row[name] for name in Figure.model_fields} | halves)


class Move(NamedTuple):
    """By how much a value changed, and how much that is of what it was."""

    difference: Decimal | None
    relative: Decimal | None


def moved(before: Decimal | None, after: Decimal | None) -> Move:
    """Return after − before, and that ÷ abs(before), rounded half up to 12 places.

    Either is None where it cannot be told, or a decimal of the tables cannot hold it.

    >>> moved(Decimal(8), Decimal(6))
    Move(difference=Decimal('-2'), relative=Decimal('-0.250000000000'))
    >>> moved(Decimal(0), Decimal(6)).relative is None
    True
    """
    if before is None or after is None:
        return Move(None, None)
    with localcontext(prec=_PRECISION):
        difference = after - before
        relative = round_half_up(difference / abs(before), SCALE) if before else None
    return Move(_held(difference), _held(relative))


def _held(value: Decimal | None) -> Decimal | None:
    """Return a value; None where a decimal of the table cannot hold it."""
    return value if value is not None and abs(value) < 10**_DIGITS else None


def register_path(data_dir: Path, code: str) -> Path:
    """Return the register's file of a period."""
    return data_dir / FOLDER / f"{code}.json"


def read_register(data_dir: Path, code: str) -> tuple[Entry, ...]:
    """Read what was recorded of a period's restated figures; nothing if there is no file.

    Raises
    ------
    DataError
        With every part of the file that is unknown, missing or wrong.
    """
    path = register_path(data_dir, code)
    failures: list[Failure] = []
    try:
        written = path.read_bytes().decode("utf-8-sig")
        register = Register.model_validate_json(written)
    except FileNotFoundError:
        return ()
    except OSError as error:
        failures.append(_failure(path, "", str(error.strerror), "a file that can be read"))
    except UnicodeDecodeError:
        failures.append(_failure(path, "", "bytes that are not UTF-8", "JSON in UTF-8"))
    except ValidationError as error:
        failures += [_in_words(each, path) for each in error.errors(include_url=False)]
    else:
        failures += [_failure(path, *each) for each in _faults(register, code)]
    if failures:
        raise DataError(failures)
    return register.releases


def as_json(code: str, releases: tuple[Entry, ...]) -> str:
    """Write a register, the same bytes for the same releases.

    >>> print(as_json("2018-S1", ())[:24])
    {
      "period": "2018-S1",
    """
    register = Register.model_construct(period=code, releases=releases)
    content = register.model_dump(mode="json", exclude_none=True)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def files_of_no_period(data_dir: Path, codes: set[str]) -> list[Failure]:
    """Find registers that no report would read, so that none is lost by a slip in its name."""
    expected = "the name of a period that periods.csv has, such as 2018-S1.json"
    return [
        _failure(path, "", "a register of no period", expected)
        for path in sorted((data_dir / FOLDER).glob("*.json"))
        if path.stem not in codes
    ]


def _failure(path: Path, where: str, found: str, expected: str) -> Failure:
    return Failure(FOLDER, str(path), (), where, found, expected)


def _in_words(error: Any, path: Path) -> Failure:
    """Put what is wrong with a part into words, with its place in the file."""
    where = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in error["loc"])
    where, said = where.lstrip("."), str(error["msg"])
    if error["type"] == "json_invalid":
        return _failure(path, "", f"no JSON ({said})", "a register as kao-metrics restated writes")
    if error["type"] == "extra_forbidden":
        return _failure(path, where, "an unknown part", "a part that registers have")
    if error["type"] == "missing":
        return _failure(path, where, "nothing", "this part")
    found = repr(error["input"])[:_SHOWN]
    said = said.removeprefix("Value error, ").removeprefix("Input should be ")
    return _failure(path, where, found, said)


def _faults(register: Register, code: str) -> Iterator[tuple[str, str, str]]:
    """Find what parts that are right by themselves say against one another."""
    if register.period != code:
        yield "period", repr(register.period), f"{code!r}, as the file is called"
    if not register.releases:
        yield "releases", "none", "at least one; a register of none is no file"
    seen: set[str] = set()
    for number, entry in enumerate(register.releases):
        place = f"releases[{number}]"
        if entry.since.sha256 in seen:
            yield f"{place}.since.sha256", "the same release twice", "each release once"
        seen.add(entry.since.sha256)
        yield from _faults_of(entry, place)


def _faults_of(entry: Entry, place: str) -> Iterator[tuple[str, str, str]]:
    if not entry.figures:
        yield f"{place}.figures", "none", "at least one figure that changed"
    seen: set[tuple[str, str]] = set()
    for number, each in enumerate(entry.figures):
        where, name = f"{place}.figures[{number}]", (each.indicator, each.breakdown)
        if name in seen:
            yield where, f"{', '.join(name)} twice", "each figure once a release"
        seen.add(name)
        if (each.before is not None, each.after is not None) != _ENDS[each.kind]:
            yield where, f"kind {each.kind!r}", _EXPECTED[each.kind]
        elif each.before == each.after:
            yield where, "the same before and after", "a figure that changed"
        if each.rows and not entry.has_rows:
            yield f"{where}.rows", "rows", "none where has_rows is false"


_ENDS: Final = {"changed": (True, True), "added": (False, True), "removed": (True, False)}
_EXPECTED: Final = {
    "changed": "before and after, as the figure is in both releases",
    "added": "after and no before, as the older release lacks the figure",
    "removed": "before and no after, as the newer release lacks the figure",
}
