"""A file is what is in it, whatever its name says."""

import hashlib
import io
import os
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.failures import DataError
from kao_metrics.importing.recognition import MOST_MEMBERS, Kind, fingerprint, recognised


def zipped(members):
    """A zip file with some members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def compound(*names):
    """The beginning of a file of the older Office, with the names of its streams."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    struct.pack_into("<H", header, 30, 9)
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0")
        + struct.pack("<H", 2 * len(name) + 2).ljust(64, b"\0")
        for name in ("Root Entry", *names)
    )
    return bytes(header) + entries.ljust(4096, b"\0")


ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.xls", "年度,件數\n107,2052\n".encode(), Kind.text),
        ("a", "年度,件數\n107,2052\n".encode("cp950"), Kind.text),
        ("a.pdf", "年度,件數\n107,2052\n".encode("utf-16"), Kind.text),
        ("a.csv", "年度,件數\n107,2052\n".encode("utf-16-be"), Kind.text),
        ("a.csv", b"\xef\xbb\xbfyear,count\r\n", Kind.text),
        ("a.csv", b"x", Kind.text),
        ("a.csv", b"year\n107\n\x1a", Kind.text),
        ("a.csv", "<5歲,5-9歲\n1,2\n".encode(), Kind.text),
        ("a.csv", b"<A>,[B],{C}\n1,2,3\n", Kind.text),
        ("a.csv", "[備註],{說明}\n1,2\n".encode(), Kind.text),
        ("a.csv", b"BM,MM,II\n1,2,3\n", Kind.text),
        ("a.csv", zipped({"xl/workbook.xml": ""}), Kind.xlsx),
        ("a.ods", zipped({"xl/workbook.bin": ""}), Kind.xlsx),
        ("a.zip", zipped({"mimetype": ODS}), Kind.ods),
        ("a.xlsx", compound("Workbook"), Kind.xls),
        ("a.xls", compound("a", "b", "c", "d", "Book"), Kind.xls),
        ("a.csv", b"PAR1" + b"\0" * 20 + b"PAR1", Kind.parquet),
    ],
)
def test_the_content_decides_and_not_the_name(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    assert recognised(path, "t") is kind


PAGE = "<!DOCTYPE html>\n<html><body><p>404</p></body></html>"
TABLE = "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>1</table>"
XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
)
ENCRYPTED = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>"


@pytest.mark.parametrize(
    ("content", "what", "todo"),
    [
        (b"", "an empty file", "a CSV"),
        (b" \r\n\t", "nothing but white space", "a CSV"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS", "git lfs pull"),
        (b"/annex/objects/MD5E-s3--0.csv\n", "git-annex", "git annex get"),
        (b"../.git/annex/objects/9/MD5E-s3--0.csv\n", "git-annex", "git annex get"),
        (PAGE.encode(), "a web page", "fetch it again"),
        (b"\xef\xbb\xbf \n<!-- x --><HTML>", "a web page", "fetch it again"),
        (PAGE.encode("utf-16"), "a web page", "fetch it again"),
        (TABLE.encode("cp950"), "a web page (HTML) with a table", "save it as XLSX or CSV"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "a web page", "spreadsheet"),
        (XML_2003.encode(), "XML Spreadsheet 2003", "save it as XLSX or CSV"),
        (b'<?xml version="1.0"?><office:document/>', "a flat OpenDocument", "save it as XLSX"),
        (b'<?xml version="1.0"?><kml/>', "found XML", "saved as"),
        (b'{"result": [1]}', "JSON", "saved as"),
        (b'[{"year": 107}]', "JSON", "saved as"),
        (b"[]", "JSON", "saved as"),
        (b"%PDF-1.7\n", "a PDF", "as data"),
        (b"{\\rtf1\\ansi", "a Word document", "its table"),
        (zipped({"word/document.xml": ""}), "a Word document", "its table"),
        (compound("WordDocument"), "a Word document", "its table"),
        (zipped({"ppt/presentation.xml": ""}), "a PowerPoint presentation", "its table"),
        (compound("PowerPoint Document"), "a PowerPoint presentation", "its table"),
        (zipped({"mimetype": ODT}), "OpenDocument text", "table"),
        (zipped({"Index/Document.iwa": ""}), "Apple's Numbers", "exported as XLSX"),
        (compound("EncryptionInfo", "EncryptedPackage"), "a password", "without a password"),
        (zipped({"mimetype": ODS, "META-INF/manifest.xml": ENCRYPTED}), "a password", "without"),
        (compound("__nameid_version1.0"), "an Office file without a spreadsheet", "a CSV"),
        (compound()[:100], "cut short", "the whole file"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "Excel 4", "save it as XLSX"),
        (zipped({"a.csv": "1,2"}), "a zip archive", "unpack it"),
        (zipped({}), "an empty zip archive", "a CSV"),
        (zipped({"xl/workbook.xml": ""})[:9], "cut short or damaged", "the whole file"),
        (b"PK\x03\x04 and no zip", "cut short or damaged", "the whole file"),
        (b"\x1f\x8b\x08\x00", "a gzip archive", "unpack it"),
        (b"7z\xbc\xaf\x27\x1c\0", "a 7z archive", "unpack it"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive", "unpack it"),
        (b"\xfd7zXZ\0", "an xz archive", "unpack it"),
        (b"a.csv".ljust(257, b"\0") + b"ustar\0", "a tar archive", "unpack it"),
        (b"\x89PNG\r\n\x1a\n", "an image", "not as a picture"),
        (b"\xff\xd8\xff\xe0", "an image", "not as a picture"),
        (b"SQLite format 3\0", "an SQLite database", "exported"),
        (b"\0\1\0\0Standard ACE DB\0", "an Access database", "exported"),
        (b"ARROW1\0\0", "an Arrow", "a CSV"),
        (b"PAR1 and no end", "a Parquet file that is cut short", "the whole file"),
        (bytes(range(256)) * 4, "binary data", "a CSV"),
        (b"year,count\n107," + b"\0" * 60 + b"1" * 10, "binary data", "a CSV"),
        (b"year\n1\x0007\n" + b"108\n" * 99, "NUL bytes in it, the first in line 2", "whole"),
    ],
)
def test_what_cannot_be_read_is_called_by_its_name(tmp_path, content, what, todo):
    path = tmp_path / "figures.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as raised:
        recognised(path, "complaints")
    (failure,) = raised.value.failures
    assert (failure.table, failure.file) == ("complaints", str(path))
    assert what in str(failure)
    assert todo in failure.expected


def refused(path):
    """What a file is said to be."""
    with pytest.raises(DataError) as raised:
        recognised(path, "t")
    (failure,) = raised.value.failures
    return failure.found


def test_what_is_no_file_is_said_without_a_wait(tmp_path):
    assert refused(tmp_path) == "a folder"
    assert refused(tmp_path / "none.csv") == "no such file"
    assert "embedded null" in refused(tmp_path / "a\0b.csv")
    assert "too long" in refused(tmp_path / ("x" * 300))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv") == "a pipe or a device"


def test_a_link_to_what_was_not_fetched_says_so(tmp_path):
    for target, said in (
        ("../.git/annex/objects/x/y", "git-annex has not fetched"),
        ("elsewhere.csv", "not there"),
    ):
        link = tmp_path / "link.csv"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        assert said in refused(link)


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    path = tmp_path / "secret.csv"
    path.write_text("1,2\n")

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    assert refused(path) == "a file that you may not read"


@pytest.mark.parametrize("name", ["~$figures.xlsx", ".~lock.figures.ods#"])
def test_what_an_open_spreadsheet_leaves_is_not_read(tmp_path, name):
    (tmp_path / name).write_bytes(b"somebody")
    assert "leaves beside a file that is open" in refused(tmp_path / name)


def test_a_directory_that_is_too_long_is_not_read(tmp_path):
    path = tmp_path / "many.xlsx"
    members = {f"{number}": "" for number in range(MOST_MEMBERS + 1)}
    path.write_bytes(zipped({"xl/workbook.xml": "", **members}))
    assert refused(path) == "a zip archive"


@given(
    head=st.binary(max_size=2000), start=st.sampled_from([b"", b"PK\x03\x04", compound(), b"PAR1"])
)
def test_any_bytes_are_a_kind_or_a_failure(tmp_path_factory, head, start):
    path = tmp_path_factory.getbasetemp() / "any.bin"
    path.write_bytes(start + head)
    try:
        assert recognised(path, "t") in Kind
    except DataError as error:
        assert len(error.failures) == 1  # noqa: PT017 - either is right


def test_a_damaged_directory_is_a_failure(tmp_path):
    whole = zipped({"mimetype": ODS, "META-INF/manifest.xml": "", "content.xml": "<a/>" * 50})
    path = tmp_path / "a.ods"
    for at in range(len(whole)):
        flipped = bytearray(whole)
        flipped[at] ^= 0xFF
        path.write_bytes(flipped)
        try:
            assert recognised(path, "t") is Kind.ods
        except DataError as error:
            assert len(error.failures) == 1  # noqa: PT017 - either is right


def test_the_fingerprint_is_that_of_all_bytes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"107,2052\n" * 100_000)
    assert fingerprint(path) == hashlib.sha256(b"107,2052\n" * 100_000).hexdigest()


def test_a_zip_file_whose_deflated_bytes_are_damaged_is_told(tmp_path):
    """One that zlib itself cannot read, which is no zip error."""
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest>" + "x" * 500 + "</manifest>")
    content = bytearray(path.read_bytes())
    at = content.index(b"META-INF/manifest.xml") + len(b"META-INF/manifest.xml")
    content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)
    with pytest.raises(DataError, match="cut short or damaged"):
        recognised(path, "complaints")
