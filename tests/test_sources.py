"""The documents that figures come from, and remarks on figures, read from real files."""

import re

import pytest

from kao_metrics.labels import LANGUAGES
from kao_metrics.sources import SourceError, read_remarks, read_sources

FIELDS = {
    "title": '{ zh-TW = "業務報告", en = "Business report" }',
    "publisher": '{ zh-TW = "秘書處", en = "Secretariat" }',
    "published": '"2018-07"',
    "licence": '{ zh-TW = "未載明", en = "none stated" }',
    "url": '""',
    "note": '{ zh-TW = "半年報", en = "half-yearly" }',
}

both_files = pytest.mark.parametrize(
    ("name", "read"),
    [
        ("sources.toml", read_sources),
        ("remarks.toml", lambda folder: read_remarks(folder, "2018-S1")),
    ],
)


def entry(name="report", **changed):
    """A document in TOML; a field that is changed to None is left out."""
    fields = {**FIELDS, **changed}
    lines = [f"{key} = {value}" for key, value in fields.items() if value is not None]
    return "\n".join([f"[{name}]", *lines, ""])


def write(folder, name, text, encoding="utf-8"):
    (folder / name).write_text(text, encoding=encoding)
    return folder


def test_the_real_documents_are_read_whole_and_named(data_dir):
    sources = read_sources(data_dir)
    assert sources["ksec_2018_s1"].published == "2018"
    assert sources["cna_2013"].publisher["en"] == "Central News Agency by way of Epoch Times"
    assert all(name == source.id for name, source in sources.items())
    assert all(source.title[lang] for source in sources.values() for lang in LANGUAGES)


def test_documents_keep_the_order_of_the_file(tmp_path):
    write(tmp_path, "sources.toml", entry("later") + entry("early"))
    assert list(read_sources(tmp_path)) == ["later", "early"]


@pytest.mark.parametrize("published", ["2018", "2018-07", "2018-07-01", ""])
def test_a_date_of_publication_stays_as_exact_as_it_is_known(tmp_path, published):
    write(tmp_path, "sources.toml", entry(published=f'"{published}"'))
    assert read_sources(tmp_path)["report"].published == published


def test_a_byte_order_mark_does_no_harm(tmp_path):
    write(tmp_path, "sources.toml", entry(), encoding="utf-8-sig")
    write(tmp_path, "remarks.toml", '[2018-S1.x]\nzh-TW = "註"\nen = "note"\n', "utf-8-sig")
    assert read_sources(tmp_path)["report"].title["zh-TW"] == "業務報告"
    assert read_remarks(tmp_path, "2018-S1") == {"x": {"zh-TW": "註", "en": "note"}}


def test_a_file_without_documents_gives_none(tmp_path):
    assert read_sources(write(tmp_path, "sources.toml", "")) == {}


def test_a_missing_file_is_an_error_that_says_which(tmp_path):
    with pytest.raises(SourceError, match=r"sources\.toml: no such file"):
        read_sources(tmp_path)


@both_files
def test_a_file_that_is_no_toml_is_an_error_that_says_where(tmp_path, name, read):
    write(tmp_path, name, "[report]\ntitle = \n")
    with pytest.raises(SourceError, match=rf"{re.escape(name)}: .*line 2"):
        read(tmp_path)


@both_files
def test_a_file_in_another_encoding_is_an_error(tmp_path, name, read):
    write(tmp_path, name, "# 業務報告", encoding="big5")
    with pytest.raises(SourceError, match=re.escape(name)):
        read(tmp_path)


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path):
    (tmp_path / "sources.toml").mkdir()
    with pytest.raises(SourceError, match=r"sources\.toml"):
        read_sources(tmp_path)


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_an_error_that_names_the_document(tmp_path, field):
    write(tmp_path, "sources.toml", entry("whole") + entry("broken", **{field: None}))
    with pytest.raises(SourceError, match=rf"\[broken\].*expected exactly.*'{field}'"):
        read_sources(tmp_path)


def test_a_field_that_is_not_known_is_an_error_that_names_it(tmp_path):
    write(tmp_path, "sources.toml", entry(licenses='"MIT"'))
    with pytest.raises(SourceError, match=r"\[report\]: found .*'licenses'"):
        read_sources(tmp_path)


def test_a_document_that_is_no_table_is_an_error_that_names_it(tmp_path):
    write(tmp_path, "sources.toml", 'report = "Business report"\n')
    with pytest.raises(SourceError, match=r"\[report\]"):
        read_sources(tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("published", "2018", "a text"),
        ("published", "2018-07-01", "a text"),
        ("url", '["https://example.org"]', "a text"),
        ("title", '"業務報告"', "words in zh-TW and en"),
        ("title", '{ zh-TW = "業務報告" }', "words in zh-TW and en"),
        ("note", '{ zh-TW = "註", en = "note", ja = "注" }', "words in zh-TW and en"),
        ("licence", "{ zh-TW = 1, en = 2 }", "words in zh-TW and en"),
    ],
)
def test_a_field_of_the_wrong_type_is_an_error_that_says_what_it_should_be(
    tmp_path, field, value, expected
):
    write(tmp_path, "sources.toml", entry(**{field: value}))
    with pytest.raises(SourceError, match=rf"\[report\], {field}: found .*expected {expected}$"):
        read_sources(tmp_path)


def test_the_real_remarks_are_read_by_figure_and_language(data_dir):
    remarks = read_remarks(data_dir, "2018-S1")
    assert remarks["winter_camp_students"] == {"zh-TW": "共4校。", "en": "From 4 schools."}


def test_a_folder_without_remarks_has_none(broken):
    (broken / "remarks.toml").unlink()
    assert read_remarks(broken, "2018-S1") == {}


def test_a_period_without_remarks_has_none(data_dir):
    assert read_remarks(data_dir, "2017-S2") == {}


@pytest.mark.parametrize(
    "words",
    [
        '[2018-S1.awards_nominated]\nzh-TW = "註"\n',
        '[2018-S1.awards_nominated]\nen = "note"\n',
        '[2018-S1.awards_nominated]\nzh-TW = "註"\nen = "note"\nja = "注"\n',
        "[2018-S1.awards_nominated]\nzh-TW = 1\nen = 2\n",
        '[2018-S1]\nawards_nominated = "註"\n',
    ],
)
def test_a_remark_without_words_in_both_languages_is_an_error_that_names_it(tmp_path, words):
    write(tmp_path, "remarks.toml", words)
    with pytest.raises(SourceError, match=r"\[2018-S1\.awards_nominated\].*words in zh-TW and en"):
        read_remarks(tmp_path, "2018-S1")


def test_a_period_whose_remarks_are_no_table_is_an_error(tmp_path):
    write(tmp_path, "remarks.toml", '2018-S1 = "註"\n')
    with pytest.raises(SourceError, match="2018-S1"):
        read_remarks(tmp_path, "2018-S1")
