"""The dictionary of data and methods: current, complete, and the same in both languages."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kao_metrics import labels, schemas
from kao_metrics.cli import app
from kao_metrics.dictionary import FILE_NAMES, dictionary, heading_anchor
from kao_metrics.labels import LANGUAGES, LabelError
from kao_metrics.metrics import METRICS
from kao_metrics.metrics.formulas import Results

DATA = Path(__file__).parent.parent / "data"
NOT_LISTED = {
    # words of pages and of this dictionary
    *("text", "notebook", "month", "half", "column", "result_column", "column_type"),
    *("code_list", "rule", "table"),
    # in sections of their own
    *("indicator", "method"),
}

of_each = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.fixture(scope="module")
def made():
    """The dictionary in each language."""
    return {lang: dictionary(lang) for lang in LANGUAGES}


def section(made, title):
    """What stands under a heading."""
    _, found, rest = made.partition(f"\n## {title}\n")
    assert found, title
    return rest.partition("\n## ")[0]


def codes_in(part):
    """The codes that begin the rows of tables."""
    return re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)


@of_each
def test_the_dictionary_is_what_contracts_and_labels_say_now(made, lang):
    path = DATA / FILE_NAMES[lang]
    command = f"kao-metrics dictionary --lang {lang} --output data/{path.name}"
    assert path.read_bytes().decode("utf-8") == made[lang], f"make it again: {command}"


@of_each
def test_every_indicator_stands_in_it_once_computed_or_counted(made, lang):
    computed, counted = (
        codes_in(section(made[lang], labels.text(f"dictionary_{part}", lang)))
        for part in ("computed", "counted")
    )
    assert computed == list(METRICS)
    assert sorted(computed + counted) == sorted(labels.packaged()["indicator"])


@of_each
def test_every_method_has_its_formula_assumption_limits_and_source(made, lang):
    part = section(made[lang], labels.text("dictionary_methods", lang))
    for code, entry in labels.packaged()["method"].items():
        said = part.partition(f"\n### `{code}`\n")[2].partition("\n### ")[0]
        for note in ("formula", "assumption", "not_for", "source"):
            words = entry[note] if isinstance(entry[note], str) else entry[note][lang]
            assert words.replace("<", "&lt;").replace("*", r"\*") in said


@of_each
def test_every_table_has_its_columns_in_order_and_its_rules_in_words(made, lang):
    tables = section(made[lang], labels.text("dictionary_tables", lang)).split("\n### ")[1:]
    every = [schemas.Periods, *schemas.TABLES.values(), schemas.Reference]
    for said, schema in zip(tables, every, strict=True):
        assert codes_in(said) == list(schema.COLUMNS)
        rules = [rule for rule in schemas.EXPECTED if hasattr(schema, rule)]
        assert len(re.findall(r"^- ", said, re.MULTILINE)) == len(rules)
        assert all(labels.label("rule", rule, lang) in said for rule in rules)
    results = section(made[lang], labels.text("dictionary_results", lang))
    assert codes_in(results) == list(Results.columns())


def test_a_rule_has_the_words_in_english_that_errors_have():
    words = {rule: expected for rule, (_, expected) in schemas.EXPECTED.items()}
    assert {rule: labels.label("rule", rule, "en") for rule in labels.codes("rule")} == words


@of_each
def test_every_kind_of_code_is_listed_whole(made, lang):
    assert {*labels.codes("code_list")} == {*labels.packaged()} - NOT_LISTED
    part = section(made[lang], labels.text("dictionary_codes", lang))
    for kind in labels.codes("code_list"):
        listed = part.partition(f"\n### `{kind}`\n")[2].partition("\n### ")[0]
        assert codes_in(listed) == list(labels.packaged()[kind])


@of_each
def test_links_lead_to_headings_and_files_and_a_heading_occurs_once(made, lang):
    found = re.findall(r"^#+ (.+)$", made[lang], re.MULTILINE)
    anchors = [heading_anchor(heading) for heading in found]
    assert len(set(anchors)) == len(anchors)
    links = re.findall(r"\]\(([^)]+)\)", made[lang])
    assert {link[1:] for link in links if link.startswith("#")} <= set(anchors)
    assert [link for link in links if not link.startswith("#")] == [
        FILE_NAMES[other] for other in LANGUAGES if other != lang
    ]


@of_each
def test_every_row_of_a_table_has_as_many_cells_as_its_head(made, lang):
    for block in made[lang].split("\n\n"):
        if block.startswith("|"):
            counts = {len(re.split(r"(?<!\\)\|", row)) for row in block.splitlines()}
            assert len(counts) == 1, block.splitlines()[0]


def test_both_languages_say_the_same_of_the_same_codes(made):
    chinese, english = (
        [re.findall(r"`[^`]+`", block) for block in re.findall(r"^\| `\w+`", text, re.MULTILINE)]
        for text in made.values()
    )
    assert chinese == english


def test_codes_of_a_data_folder_are_not_in_it(made):
    own = {"unit": {"bushel": {"zh-TW": "斗", "en": "bushels"}}}
    with labels.known_beside(own):
        assert dictionary("en") == made["en"]


def test_a_language_without_words_is_an_error():
    with pytest.raises(LabelError, match="no words in 'fr'"):
        dictionary("fr")


def test_the_command_prints_it_or_writes_it(made, tmp_path):
    printed = CliRunner().invoke(app, ["dictionary", "--lang", "en"])
    assert (printed.exit_code, printed.stdout) == (0, made["en"])
    path = tmp_path / "d.md"
    written = CliRunner().invoke(app, ["dictionary", "--output", str(path)])
    assert (written.exit_code, written.stdout) == (0, "")
    assert path.read_text(encoding="utf-8") == made["zh-TW"]
