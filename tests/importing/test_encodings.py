"""A text file is read in its encoding, and what is no character is counted."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kao_metrics.contracts import Place
from kao_metrics.failures import DataError
from kao_metrics.importing import encodings
from kao_metrics.importing.encodings import (
    ENCODINGS,
    Encoded,
    as_utf8,
    detect,
    is_plain,
    text_of,
    utf_16,
)

PLACE = Place("complaints", "figures.csv")
TABLE = "年度,機關,件數\r\n107,高雄市政府,2052\r\n"


@pytest.fixture
def saved(tmp_path):
    """Save bytes as a file."""

    def save(content):
        path = tmp_path / "figures.csv"
        path.write_bytes(content)
        return path

    return save


@pytest.mark.parametrize(
    ("content", "encoding", "bom"),
    [
        (TABLE.encode(), "utf-8", False),
        (codecs.BOM_UTF8 + TABLE.encode(), "utf-8", True),
        (TABLE.encode("cp950"), "cp950", False),
        (TABLE.encode("utf-16"), "utf-16-le", True),
        (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "utf-16-be", True),
        (TABLE.encode("utf-16-le"), "utf-16-le", False),
        (TABLE.encode("utf-16-be"), "utf-16-be", False),
    ],
)
def test_each_encoding_gives_the_same_text(saved, tmp_path, content, encoding, bom):
    path, target = saved(content), tmp_path / "plain.csv"
    encoded = detect(path, PLACE)
    assert encoded == Encoded(encoding, bom, 0, 0, "\r\n")
    assert text_of(path, encoded) == TABLE
    as_utf8(path, encoded, target)
    assert target.read_bytes() == TABLE.encode()
    assert is_plain(encoded) == (path.read_bytes() == target.read_bytes())


@pytest.mark.parametrize("content", [b"", codecs.BOM_UTF8, b"year\n", b"\n"])
def test_what_is_ascii_or_empty_is_utf_8(saved, content):
    assert detect(saved(content), PLACE).encoding == "utf-8"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xa3\xe1", "€"),
        (b"\xf9\xd6", "碁"),
        (b"\xf9\xd7", "銹"),
        (b"\xf9\xfe", "▓"),
        (b"\xa1\x45", "‧"),
        (b"\xa5\x5c\xb3\x5c", "功許"),
    ],
)
def test_big5_is_read_as_windows_reads_it(saved, content, text):
    path = saved("機關,".encode("cp950") + content + b"\n")
    encoded = detect(path, PLACE)
    assert (encoded.encoding, encoded.broken) == ("cp950", 0)
    assert text_of(path, encoded) == f"機關,{text}\n"


@pytest.mark.parametrize("own", [b"\xfa\x40", b"\xfa\x7c", b"\xfe\xfe", b"\x8e\xa4", b"\x81\x40"])
def test_an_agencys_own_character_is_one_and_leaves_the_rest_alone(saved, own):
    rows = "107,高雄市政府,2052\r\n".encode("cp950") * 3
    path = saved(rows + "108,陳".encode("cp950") + own + "明,3\r\n".encode("cp950") + rows)
    encoded = detect(path, PLACE)
    assert encoded == Encoded("cp950", bom=False, broken=1, first_broken=4, newline="\r\n")
    assert text_of(path, encoded).splitlines()[3] == "108,陳\ufffd明,3"
    assert not is_plain(encoded)


def test_a_byte_that_is_no_half_of_a_character_takes_nothing_with_it(saved):
    rows = "107,高雄市政府衛生局\n".encode("cp950")
    path = saved(rows + b"108,\xa4,\xff\n" + rows * 2)
    encoded = detect(path, PLACE)
    assert (encoded.encoding, encoded.broken, encoded.first_broken) == ("cp950", 2, 2)
    assert text_of(path, encoded).splitlines()[1] == "108,\ufffd,\ufffd"


def test_utf_8_with_a_broken_place_is_still_utf_8(saved, tmp_path):
    rows = "107,高雄市政府,2052\n".encode() * 200
    path = saved(rows + b"108,\xe9\xab,1\n" + rows)
    encoded = detect(path, PLACE)
    assert encoded == Encoded("utf-8", bom=False, broken=1, first_broken=201, newline="\n")
    as_utf8(path, encoded, tmp_path / "plain.csv")
    assert (tmp_path / "plain.csv").read_bytes() == path.read_bytes().replace(
        b"\xe9\xab,", "\ufffd,".encode()
    )
    assert not is_plain(encoded)


def test_what_was_lost_before_is_not_counted_again(saved):
    encoded = detect(saved("107,陳\ufffd明\n".encode()), PLACE)
    assert encoded.broken == 0
    assert is_plain(encoded)


@pytest.mark.parametrize(
    "content",
    [
        "1998,é\n".encode("cp1252") * 20,
        "機關,人,認,熱,讓\n".encode("gb18030") * 20,
        "年度,件数,かな\n".encode("cp932") * 20,
        bytes(range(128, 256)) * 100,
    ],
)
def test_text_in_none_of_the_encodings_is_refused_with_its_line(saved, content):
    with pytest.raises(DataError) as raised:
        detect(saved(b"year\n" + content), PLACE)
    (failure,) = raised.value.failures
    assert (failure.table, failure.file, failure.rows) == ("complaints", "figures.csv", (2,))
    assert failure.found == "no text in UTF-8, UTF-16 or CP950"


def test_a_refusal_names_the_first_bad_line_however_lines_end(saved):
    for newline in (b"\n", b"\r\n", b"\r"):
        content = newline.join([b"year", b"107", b"\xe9"]) + newline
        with pytest.raises(DataError, match="row 3"):
            detect(saved(content), PLACE)


@pytest.mark.parametrize(
    "name", [name for names in ENCODINGS.items() for name in (names[0], *names[1])]
)
def test_an_encoding_can_be_asked_for_by_each_of_its_names(saved, name):
    text = "year,count\n107,2052\n"
    codec = next(known for known, others in ENCODINGS.items() if name in (known, *others))
    path = saved(text.encode(codec))
    encoded = detect(path, PLACE, name.upper())
    assert text_of(path, encoded) == text
    assert not encoded.broken


def test_what_is_asked_for_is_taken_although_another_would_do(saved):
    path = saved("année\n".encode("cp1252"))
    assert text_of(path, detect(path, PLACE, "latin-1")) == "année\n"
    path = saved(codecs.BOM_UTF8 + "年\n".encode())
    assert text_of(path, detect(path, PLACE, "utf-8")) == "年\n"
    path = saved("機關,\u8a8d\u8b93\n".encode("gb18030"))
    assert text_of(path, detect(path, PLACE, "GBK")) == "機關,認讓\n"


def test_what_is_asked_for_must_be_known_and_fit(saved):
    path = saved(TABLE.encode("cp950"))
    with pytest.raises(DataError, match="found the encoding 'rot13'; expected one of utf-8, "):
        detect(path, PLACE, "rot13")
    with pytest.raises(DataError, match=r"row 1: found bytes that are no text in .* utf-8"):
        detect(path, PLACE, "utf-8")


def test_bytes_that_no_encoding_of_their_mark_has_are_refused(saved):
    with pytest.raises(DataError, match="that its first bytes announce"):
        detect(saved(codecs.BOM_UTF8 + TABLE.encode("cp950")), PLACE)


def test_a_file_that_cannot_be_read_is_a_failure(tmp_path):
    with pytest.raises(DataError, match=r"figures.csv: found .+; expected a file that can be read"):
        detect(tmp_path, PLACE)


@pytest.mark.parametrize(
    ("content", "newline", "text"),
    [
        (b"a\nb\n", "\n", "a\nb\n"),
        (b"a\r\nb\r\n", "\r\n", "a\r\nb\r\n"),
        (b"a\rb\r", "\r", "a\nb\n"),
        (b"a\r\nb\n", "\n", "a\r\nb\n"),
        (b'a,"b\rc"\n', "\n", 'a,"b\rc"\n'),
        (b"a", "\n", "a"),
    ],
)
def test_only_lines_that_all_end_in_cr_end_in_lf(saved, tmp_path, content, newline, text):
    path = saved(content)
    encoded = detect(path, PLACE)
    assert encoded.newline == newline
    assert text_of(path, encoded) == text
    as_utf8(path, encoded, tmp_path / "plain.csv")
    assert (tmp_path / "plain.csv").read_bytes().decode() == text


SOME = st.text(st.sampled_from('年度高雄市政府,107\r\n"€碁許功 a'), min_size=20)


@given(text=SOME, codec=st.sampled_from(["utf-8", "cp950", "utf-16-le"]), block=st.integers(1, 9))
def test_blocks_do_not_show(tmp_path_factory, text, codec, block):
    path = tmp_path_factory.getbasetemp() / "blocks.csv"
    # Enough of each encoding that there is no doubt which it is.
    text = TABLE + text
    path.write_bytes(text.encode(codec))
    whole = detect(path, PLACE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encodings, "_BLOCK", block)
        counted = detect(path, PLACE, codec)
        read = text_of(path, counted)
    assert counted == whole
    assert (read, whole.encoding, whole.broken) == (text, codec, 0)


@given(content=st.binary(max_size=400))
def test_any_bytes_are_text_or_a_failure(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        encoded = detect(path, PLACE)
    except DataError as error:
        assert len(error.failures) == 1  # noqa: PT017 - either is right
    else:
        text = text_of(path, encoded)
        as_utf8(path, encoded, path.with_suffix(".plain"))
        assert path.with_suffix(".plain").read_bytes() == text.encode()
        assert text.count("\ufffd") >= encoded.broken


@pytest.mark.parametrize("content", [b"", b"107,2052\n", b"107\0\n" + b"1" * 99, b"\0" * 40])
def test_a_stray_nul_does_not_make_utf_16(content):
    assert utf_16(content) == ""


def test_a_large_file_takes_one_block_at_a_time(saved, tmp_path, monkeypatch):
    path = saved(TABLE.encode("cp950") * 500)
    monkeypatch.setattr(encodings, "_BLOCK", 1000)
    sizes = [len(text) for text in encodings._texts(path, Encoded("cp950"))]
    assert max(sizes) <= 1000
    as_utf8(path, detect(path, PLACE), tmp_path / "plain.csv")
    assert (tmp_path / "plain.csv").read_bytes() == TABLE.encode() * 500
