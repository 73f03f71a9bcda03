"""A mapping: what it can say, and how a wrong one is told."""

import pytest

from kao_metrics.failures import DataError
from kao_metrics.importing.mapping import FieldSpec, allowed, folded, read_mapping

SOURCE = '[source]\nname = "agency"\n'
CASES = 'rows = "cases"\n[fields.received]\ncolumn = "日期"\n' + SOURCE


def written(folder, text):
    path = folder / "a.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder, text, table="complaints"):
    with pytest.raises(DataError) as caught:
        read_mapping(written(folder, text), table)
    return [str(each).removeprefix(f"{folder}/a.toml, ") for each in caught.value.failures]


def test_words_are_compared_by_what_they_say():
    assert folded("小　計") == folded(" 小計") == "小計"
    assert folded("ＡＢＣ") == folded("abc")


def test_a_case_needs_the_day_only(tmp_path):
    mapping = read_mapping(written(tmp_path, CASES), "complaints")
    assert mapping.columns() == ["日期"]
    assert mapping.checks.reject_limit == 0.01
    assert mapping.checks.duplicates == "report"


def test_figures_of_a_row_share_the_fields_and_may_say_more(tmp_path):
    text = SOURCE + (
        '[fields.category]\ncolumn = "類別"\n'
        '[[figures]]\nstage = { value = "first" }\ncount = { column = "第一次" }\n'
        '[[figures]]\nstage = { value = "second" }\ncount = { column = "第二次" }\n'
    )
    mapping = read_mapping(written(tmp_path, text), "complaints")
    assert [sorted(fields) for fields in mapping.each_figure()] == [
        ["category", "count", "stage"],
        ["category", "count", "stage"],
    ]
    assert mapping.columns() == ["類別", "第一次", "第二次"]


def test_codes_are_found_by_folded_words():
    assert FieldSpec(column="項目", codes={"黃　金": "gold"}).code("黃金") == "gold"
    assert not FieldSpec(column="項目").code("黃金")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("rows = 'cases'\n" + SOURCE, "found nothing; expected the field received"),
        ("table = 'services'\n" + CASES, "found 'services'; expected 'complaints', as --table"),
        (CASES + "[more]\n", "column more: found an unknown part; expected a part that"),
        (CASES + "[fields.phone]\ncolumn = '電話'\n", "fields.phone: found an unknown field"),
        (
            CASES + "[fields.stage]\nvalue = 'frist'\n",
            "fields.stage.value: found 'frist'; expected a code of stage; did you mean 'first'?",
        ),
        (
            CASES + "[fields.category]\ncolumn = '類'\ncodes = { '食品' = '' }\n",
            "column fields.category.codes.食品: found ''; expected a code of complaint_category",
        ),
        (CASES + "[fields.stage]\n", "found both or none; expected either a column or a value"),
        (CASES + "[checks]\nreject_limit = 2\n", "column checks.reject_limit: found 2"),
        (CASES + "[checks]\nduplicates = 'drop'\n", "column checks.duplicates: found 'drop'"),
        (CASES + "[file]\nheader = -1\n", "column file.header.0: found -1"),
        (CASES.replace("agency", "../../etc"), "column source.name: found '../../etc'"),
        (CASES.replace("agency", "a b"), "column source.name: found 'a b'"),
        ("rows = [", "found no TOML"),
        ("", "column source: found nothing"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, text, fault):
    assert any(fault in each for each in faults(tmp_path, text)), faults(tmp_path, text)


def test_every_fault_is_told_at_once(tmp_path):
    text = CASES + "[fields.stage]\nvalue = 'x'\n[fields.sector]\nvalue = 'y'\n"
    assert len(faults(tmp_path, text)) == 2


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(DataError, match="no such file; expected a mapping"):
        read_mapping(tmp_path / "none.toml", "complaints")


def test_no_mapping_can_name_the_source_of_a_row_or_the_figure_of_a_case():
    assert "source_id" not in allowed("complaints", "figures")
    assert "value" not in allowed("services", "cases")
    assert "received" in allowed("services", "cases")
