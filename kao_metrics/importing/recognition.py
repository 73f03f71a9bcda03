"""What a file really is, whatever its name says.

An agency's "CSV" may be a web page with an error in it, its XLS a page that Excel was told
to open, its XLSX a pointer that a version control system left behind. Each is told from its
first bytes, and a zip file from the names in its directory; nothing is unpacked. What can
be read has a kind; everything else is a failure that says what it is and what to do.
"""

from __future__ import annotations

import hashlib
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, NoReturn

from kao_metrics.failures import DataError, Failure
from kao_metrics.importing.encodings import from_bom, utf_16

READABLE: Final = "a CSV, XLSX, XLS, ODS or Parquet file"
"""What can be read, in words."""

MOST_MEMBERS: Final = 10_000
"""Files in a zip file, up to which it may be a spreadsheet."""

_HEAD: Final = 65_536
_DIRECTORY: Final = 8_192
_MOST_LISTED: Final = 8_000_000
_FEW: Final = 100  # one control character in so many characters is the most that text has
_SPREADSHEET: Final = "open it in a spreadsheet program and save it as XLSX or CSV"
_UNPACK: Final = f"unpack it first; {READABLE}"


class Kind(StrEnum):
    """What a file is, of what can be read; XLSX stands for XLSM and XLSB, too."""

    text = "text"
    xlsx = "xlsx"
    xls = "xls"
    ods = "ods"
    parquet = "parquet"


class _Other(NamedTuple):
    """What a file is that cannot be read, and what to do."""

    what: str
    todo: str = READABLE


def recognised(path: Path, table: str) -> Kind:
    r"""Tell what a file is by what is in it.

    Parameters
    ----------
    path
        The file.
    table
        The table that a failure names.

    Raises
    ------
    DataError
        If there is no such file, or none that can be read; it says what the file is
        instead, and what to do.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "figures.xls")
    ...     _ = path.write_text("year,count\n107,2052\n")
    ...     recognised(path, "import")
    <Kind.text: 'text'>
    """
    try:
        found = _look(path)
    except (OSError, ValueError) as error:
        found = _missing(path, error)
    if isinstance(found, _Other):
        _refuse(path, table, found)
    return found


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse(path: Path, table: str, other: _Other) -> NoReturn:
    raise DataError([Failure(table, str(path), (), "", other.what, other.todo)])


def _missing(path: Path, error: Exception) -> _Other:
    """Say why a file could not be looked at."""
    if isinstance(error, FileNotFoundError):
        try:
            if "annex/objects" in path.readlink().as_posix():
                return _Other("a link to a file that git-annex has not fetched", _ANNEX)
        except OSError:
            return _Other("no such file")
        return _Other("a link to a file that is not there")
    if isinstance(error, PermissionError):
        return _Other("a file that you may not read", "leave to read it")
    return _Other(f"a file that cannot be read ({getattr(error, 'strerror', None) or error})")


def _look(path: Path) -> Kind | _Other:
    # Before it is opened: a pipe would wait for somebody to write into it.
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return _Other("a folder", f"one file in it: {READABLE}")
    if not stat.S_ISREG(mode):
        return _Other("a pipe or a device", "an ordinary file: save it to one first")
    if path.name.startswith(("~$", ".~lock.")):
        todo = "the file itself, whose name has no such beginning"
        return _Other("what a spreadsheet program leaves beside a file that is open", todo)
    with path.open("rb") as file:
        head = file.read(_HEAD)
        for magic, container in _CONTAINERS.items():
            if head.startswith(magic):
                return container(file, head)
    others = (other for pattern, other in _MAGIC if pattern.match(head))
    return next(others, None) or _text(head)


_ANNEX: Final = "the file itself: fetch it with git annex get"

_MAGIC: Final[tuple[tuple[re.Pattern[bytes], _Other], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), other)
    for pattern, other in (
        (
            rb"version https://git-lfs",
            _Other("a pointer that Git LFS left", "the file itself: fetch it with git lfs pull"),
        ),
        (rb"\S{0,500}/annex/objects/", _Other("a pointer that git-annex left", _ANNEX)),
        (rb"\s*%PDF-", _Other("a PDF", f"the figures as data, not as a printed page: {READABLE}")),
        (rb"\{\\rtf", _Other("a Word document (RTF)", f"its table saved as {READABLE}")),
        (rb"PK\x05\x06", _Other("an empty zip archive")),
        (rb"\x1f\x8b", _Other("a gzip archive", _UNPACK)),
        (rb"7z\xbc\xaf\x27\x1c", _Other("a 7z archive", _UNPACK)),
        (rb"Rar!\x1a\x07", _Other("a RAR archive", _UNPACK)),
        (rb"BZh[1-9]1AY", _Other("a bzip2 archive", _UNPACK)),
        (rb"\xfd7zXZ\0", _Other("an xz archive", _UNPACK)),
        (rb"\x28\xb5\x2f\xfd", _Other("a zstd archive", _UNPACK)),
        (rb".{257}ustar", _Other("a tar archive", _UNPACK)),
        (rb"SQLite format 3\0", _Other("an SQLite database", f"a table exported as {READABLE}")),
        (
            rb"\x00\x01\x00\x00Standard (Jet|ACE) DB",
            _Other("an Access database", f"a table exported as {READABLE}"),
        ),
        (rb"ARROW1|FEA1|\xff\xff\xff\xff.\x00\x00\x00", _Other("an Arrow or Feather file")),
        (
            rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*|BM.{4}\0\0\0\0",
            _Other("an image", f"the figures as data, not as a picture: {READABLE}"),
        ),
        (
            rb"\x09\x00\x04\x00|\x09\x02\x06\x00|\x09\x04\x06\x00",
            _Other("a spreadsheet of Excel 4 or older", _SPREADSHEET),
        ),
    )
)
"""What a file cannot be read as, by how it begins."""


def _zip(file: BinaryIO, _head: bytes) -> Kind | _Other:
    """Tell a zip file by its directory, unless that is too long to be a spreadsheet's."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _HEAD))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    cut_short = _Other("a zip file (XLSX, ODS) that is cut short or damaged", "the whole file")
    if end < 0 or len(tail) - end < 22:  # noqa: PLR2004 - the length of that record
        return cut_short
    members, listed = struct.unpack_from("<HI", tail, end + 10)
    if members > MOST_MEMBERS or listed > _MOST_LISTED:
        return _Other("a zip archive", _UNPACK)
    try:
        with zipfile.ZipFile(file) as archive:
            return _member(archive, {name.lower() for name in archive.namelist()})
    except _DAMAGED:
        return cut_short


_DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(OSError, ValueError, RuntimeError, NotImplementedError),
)
"""What reading a damaged zip file raises."""


def _member(archive: zipfile.ZipFile, names: set[str]) -> Kind | _Other:
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return Kind.xlsx
    if "mimetype" in names:
        with archive.open("mimetype") as member:
            mimetype = member.read(200).decode("ascii", "replace")
        if "opendocument.spreadsheet" in mimetype:
            return _PROTECTED if _is_encrypted(archive) else Kind.ods
        for word, what in (("text", "text"), ("presentation", "presentation")):
            if f"opendocument.{word}" in mimetype:
                return _Other(f"an OpenDocument {what}", f"its table saved as {READABLE}")
    for start, what in (
        ("word/", "a Word document"),
        ("ppt/", "a PowerPoint presentation"),
    ):
        if any(name.startswith(start) for name in names):
            return _Other(what, f"its table saved as {READABLE}")
    if "index/document.iwa" in names:
        return _Other("a document of Apple's Numbers or Pages", "its table exported as XLSX or CSV")
    return _Other("a zip archive", _UNPACK)


_PROTECTED: Final = _Other(
    "a file that a password protects", "a file without one: open it and save it without a password"
)


def _is_encrypted(archive: zipfile.ZipFile) -> bool:
    if "META-INF/manifest.xml" not in archive.namelist():
        return False
    with archive.open("META-INF/manifest.xml") as member:
        return b"encryption-data" in member.read(_HEAD)


def _compound(file: BinaryIO, head: bytes) -> Kind | _Other:
    """Tell a file of the older Office by the names in its directory."""
    if len(head) < 512:  # noqa: PLR2004 - the length of its header
        return _Other("an Office file that is cut short", "the whole file")
    shift = struct.unpack_from("<H", head, 30)[0]
    sector = struct.unpack_from("<I", head, 48)[0]
    file.seek((sector + 1) << min(shift, 12))
    directory = file.read(_DIRECTORY)
    entries = (directory[at : at + 66] for at in range(0, len(directory) - 65, 128))
    names = {entry[: max(0, entry[64] - 2)].decode("utf-16-le", "replace") for entry in entries}
    if "EncryptedPackage" in names:
        return _PROTECTED
    if names & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        return Kind.xls
    if "WordDocument" in names:
        return _Other("a Word document", f"its table saved as {READABLE}")
    if "PowerPoint Document" in names:
        return _Other("a PowerPoint presentation", f"its table saved as {READABLE}")
    return _Other("an Office file without a spreadsheet in it, or damaged")


def _parquet(file: BinaryIO, _head: bytes) -> Kind | _Other:
    size = file.seek(0, 2)
    file.seek(max(0, size - 4))
    if size < 12 or file.read() != b"PAR1":  # noqa: PLR2004 - twice the mark and a length
        return _Other("a Parquet file that is cut short or damaged", "the whole file")
    return Kind.parquet


_CONTAINERS: Final[dict[bytes, Callable[[BinaryIO, bytes], Kind | _Other]]] = {
    b"PK\x03\x04": _zip,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _compound,
    b"PAR1": _parquet,
}


def _text(head: bytes) -> Kind | _Other:
    """Tell text from what only looks like it: pages, XML, JSON and binary rubbish."""
    bom = from_bom(head)
    codec = bom.encoding if bom else utf_16(head)
    # What is looked for is ASCII, which every other encoding here has as it is.
    text = head.decode(codec or "latin-1", "replace").lstrip("\ufeff\xef\xbb\xbf")
    if not text.strip():
        return _Other("a file with nothing but white space in it" if head else "an empty file")
    if len(_CONTROLS.findall(text)) * _FEW > len(text):
        return _Other("binary data, not text")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        return _Other(f"text with NUL bytes in it, the first in line {line}", f"{READABLE}, whole")
    if _JSON.match(text):
        return _Other("JSON", f"the table in it saved as {READABLE}")
    return _markup(text.lower()) if _MARKUP.match(text) else Kind.text


_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_JSON: Final = re.compile(r'\s*(\{\s*("[^"\n]*"\s*:|\}\s*$)|\[\s*([\[{"]|\]\s*$))')
_MARKUP: Final = re.compile(r"\s*(<[?!a-zA-Z]|mime-version:)", re.IGNORECASE)


def _markup(text: str) -> Kind | _Other:
    """Tell markup; what only begins with a sign that markup has is text."""
    if "urn:schemas-microsoft-com:office:spreadsheet" in text or "excel.sheet" in text:
        return _Other("XML Spreadsheet 2003", _SPREADSHEET)
    if "<office:document" in text:
        return _Other("a flat OpenDocument file", _SPREADSHEET)
    is_page = re.search(r"<!doctype html|<(html|head|body|table|meta|script)\b", text)
    if is_page and "<table" in text:
        return _Other("a web page (HTML) with a table, whatever its name says", _SPREADSHEET)
    if is_page or text.lstrip().startswith("mime-version:"):
        todo = f"{READABLE}; fetch it again and look at the page, or {_SPREADSHEET}"
        return _Other("a web page (HTML), whatever its name says", todo)
    if text.lstrip().startswith("<?xml") or "xmlns" in text:
        return _Other("XML", f"the table in it saved as {READABLE}")
    return Kind.text
