"""Which encoding a text file is in, and its text in UTF-8.

Agencies save CSV as UTF-8 with a byte order mark, as CP950 (which they call Big5), or as
UTF-16. A file is taken as the first of these that it is whole in. Files in CP950 may hold
characters that an agency has made for itself, for rare names; no table says what they are.
Each becomes one U+FFFD and is counted, so that the reader can be told. A file that breaks
in more than a few places is in none of these encodings and is refused.

Files may be large: they are read in blocks, once or twice.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from kao_metrics.failures import DataError

if TYPE_CHECKING:  # the process that reads a workbook has no time for contracts
    from kao_metrics.contracts import Place

ENCODINGS: Final = {
    "utf-8": ("utf8", "utf-8-sig"),
    "utf-16": ("utf16", "unicode"),
    "utf-16-le": ("utf-16le",),
    "utf-16-be": ("utf-16be",),
    "cp950": ("950", "ms950", "windows-950"),
    "big5": ("big-5", "big5-tw"),
    "big5hkscs": ("big5-hkscs", "hkscs"),
    "gb18030": ("gbk", "gb2312", "cp936"),
    "cp932": ("shift-jis", "sjis", "ms932"),
    "cp1252": ("latin-1", "latin1", "iso-8859-1", "windows-1252"),
}
"""Encodings that can be asked for, with their other names."""

REPLACEMENT: Final = "\ufffd"
"""What stands for bytes that are no character."""

_BLOCK: Final = 1 << 20
_SHARE: Final = 100  # one in so many lines or characters may be broken
_FEW: Final = 3  # so many may be broken in a short file, of ten times as many characters
_HOPELESS: Final = 1_000
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DOUBLE_BYTE: Final = frozenset({"cp950", "big5", "big5hkscs"})
_PAIR: Final = re.compile(rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]")
_BROKEN: Final = "\udfff"  # half a surrogate pair, which no decoder returns
_HANDLER: Final = "kao-metrics-stand-in"


class Encoded(NamedTuple):
    """The encoding of a text file, and what its bytes are like."""

    encoding: str
    """The codec's name, without the mark."""
    bom: bool = False
    """Whether a byte order mark comes first."""
    broken: int = 0
    """Characters that could not be decoded; each is one U+FFFD in the text."""
    first_broken: int = 0
    """The line of the first of these, 0 if there is none."""
    newline: str = "\n"
    """What ends its lines: LF, CR LF, or CR where the file has no LF at all."""


class _Counts(NamedTuple):
    """What decoding a file has shown."""

    broken: int
    first_broken: int
    lines: int
    wide: int
    newline: str

    @property
    def is_text(self) -> bool:
        """Whether so little is broken that the encoding is likely the right one."""
        if self.broken <= _FEW and self.broken * 10 <= self.wide:
            return True
        return self.broken * _SHARE <= max(self.lines, self.wide)


def detect(path: Path, place: Place, encoding: str = "", most: int | None = None) -> Encoded:
    r"""Tell the encoding of a text file.

    A byte order mark decides. Without one it is UTF-16 if it has that encoding's NUL bytes,
    UTF-8 if it is whole in UTF-8, CP950 if it is whole in CP950, and else the one of these
    two that breaks less.

    Parameters
    ----------
    path
        The file.
    place
        What failures name.
    encoding
        The encoding to take, if it is known; one of ``ENCODINGS``.
    most
        Bytes to look at; the whole file where left out.

    Raises
    ------
    DataError
        If the encoding that is asked for is not known, or the file is text in none.

    Notes
    -----
    Big5-HKSCS is never guessed: it has characters where Taiwanese files have their
    makers' own, so that these would turn into wrong ones without a word.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from kao_metrics.contracts import Place
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "figures.csv")
    ...     _ = path.write_bytes("年度,件數\r\n".encode("cp950"))
    ...     detect(path, Place("import", "figures.csv"))[:3]
    ('cp950', False, 0)
    """
    try:
        with path.open("rb") as file:
            head = file.read(_BLOCK)
        if encoding:
            return _asked_for(path, place, encoding, head, most)
        marked = from_bom(head)
        if marked or utf_16(head):
            found = marked or Encoded(utf_16(head))
            return _judged(path, place, [found], most, "that its first bytes announce")
        return _judged(path, place, [Encoded("utf-8"), Encoded("cp950")], most)
    except OSError as error:
        raise DataError(
            [place.failure(None, "", str(error.strerror), "a file that can be read")]
        ) from error


def from_bom(head: bytes) -> Encoded | None:
    r"""Return the encoding that a byte order mark announces, None without one.

    >>> from_bom(b"\xef\xbb\xbfyear").encoding, from_bom(b"year")
    ('utf-8', None)
    """
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return Encoded(encoding, bom=True)
    return None


def utf_16(head: bytes) -> str:
    r"""Return which UTF-16 some bytes are in by the place of their NULs, empty if in none.

    Half the bytes of an ASCII character are NUL, and a table has commas, digits and
    line ends; other text has no NUL at all.

    >>> utf_16("年度,107\n".encode("utf-16-le")), utf_16(b"107,2052")
    ('utf-16-le', '')
    """
    if b"\0" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    codec, found = ("utf-16-le", odd) if odd > even else ("utf-16-be", even)
    if found * 20 < len(head) or min(even, odd) * 10 > found:
        return ""
    whole = head[: len(head) // 2 * 2]
    try:
        text = codecs.getincrementaldecoder(codec)().decode(whole)
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text else codec


def is_plain(encoded: Encoded) -> bool:
    """Whether a file is UTF-8 already as `as_utf8` would write it.

    >>> is_plain(Encoded("utf-8")), is_plain(Encoded("utf-8", bom=True))
    (True, False)
    """
    is_utf8 = encoded.encoding == "utf-8" and not encoded.bom
    return is_utf8 and not encoded.broken and encoded.newline != "\r"


def as_utf8(path: Path, encoded: Encoded, target: Path) -> None:
    """Write a file again in UTF-8 without a mark, a block at a time.

    Bytes that are no character become U+FFFD. Lines that end in CR, in a file without any
    LF, end in LF; other line ends stay.

    Raises
    ------
    OSError
        If the file cannot be read or the other not be written.
    """
    with target.open("wb") as written:
        for text in _texts(path, encoded):
            written.write(_lines(text, encoded).encode())


def text_of(path: Path, encoded: Encoded) -> str:
    """Return the text of a file, the same as `as_utf8` writes.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    return "".join(_lines(text, encoded) for text in _texts(path, encoded))


def _lines(text: str, encoded: Encoded) -> str:
    text = text.replace(_BROKEN, REPLACEMENT)
    return text.replace("\r", "\n") if encoded.newline == "\r" else text


def _asked_for(path: Path, place: Place, encoding: str, head: bytes, most: int | None) -> Encoded:
    asked = encoding.strip().lower().replace("_", "-").replace(" ", "-")
    known = [name for name, others in ENCODINGS.items() if asked in (name, *others)]
    if not known:
        names = ", ".join(ENCODINGS)
        raise DataError([place.failure(None, "", f"the encoding {encoding!r}", f"one of {names}")])
    marked = from_bom(head)
    if marked and marked.encoding.startswith(known[0]):
        found = marked
    elif known[0] == "utf-16":
        found = Encoded(utf_16(head) or "utf-16-le")
    else:
        found = Encoded(known[0])
    return _judged(path, place, [found], most, f"that is asked for, {encoding}")


def _judged(
    path: Path, place: Place, candidates: list[Encoded], most: int | None, which: str = ""
) -> Encoded:
    """Take the first candidate that nothing is broken in, or the one with the least."""
    results: list[tuple[Encoded, _Counts]] = []
    for candidate in candidates:
        counts = _counted(path, candidate, most)
        results.append((candidate, counts))
        if not counts.broken:
            break
    found, counts = min(results, key=lambda result: result[1].broken)
    if not counts.is_text:
        what = f"bytes that are no text in the encoding {which}" if which else _NO_TEXT
        expected = "text in UTF-8 or CP950: save the file again as UTF-8, or name its encoding"
        raise DataError([place.failure(counts.first_broken, "", what, expected)])
    return found._replace(
        broken=counts.broken, first_broken=counts.first_broken, newline=counts.newline
    )


_NO_TEXT: Final = "no text in UTF-8, UTF-16 or CP950"


def _counted(path: Path, encoded: Encoded, most: int | None) -> _Counts:
    """Decode a file and count, until its end, the limit or until there is no hope."""
    lines = returns = pairs = wide = broken = first_broken = 0
    last = ""
    for text in _texts(path, encoded, most):
        here = text.count(_BROKEN)
        if here and not broken:
            before = text[: text.index(_BROKEN)]
            first_broken = 1 + (lines + before.count("\n") or returns + before.count("\r"))
        broken += here
        lines += text.count("\n")
        returns += text.count("\r")
        pairs += text.count("\r\n") + (last == "\r" and text.startswith("\n"))
        wide += 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))
        last = text[-1:] or last
        if broken > _HOPELESS and broken * 10 > wide:
            break
    newline = "\r\n" if pairs and pairs == lines else "\n" if lines or not returns else "\r"
    return _Counts(broken, first_broken, lines or returns, wide, newline)


def _texts(path: Path, encoded: Encoded, most: int | None = None) -> Iterator[str]:
    """Decode a file in blocks; what is no character is `_BROKEN`, once for each."""
    decoder = codecs.getincrementaldecoder(encoded.encoding)(_HANDLER)
    with path.open("rb") as file:
        if encoded.bom:
            file.read(len(next(bom for bom, name in _BOMS if name == encoded.encoding)))
        while block := file.read(_BLOCK):
            yield decoder.decode(block)
            if most is not None and file.tell() >= most:
                return  # half a character at the limit is no fault
    yield decoder.decode(b"", final=True)


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    """Put `_BROKEN` for what cannot be decoded, and say where to go on.

    A character of an agency's own has two bytes, of which Python's codecs skip only one:
    the other would become a letter, or the first half of the next character.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + 2]
    if error.encoding in _DOUBLE_BYTE and _PAIR.fullmatch(pair):
        return _BROKEN, error.start + 2
    return _BROKEN, error.end


codecs.register_error(_HANDLER, _stand_in)
