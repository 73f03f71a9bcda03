"""Both READMEs say the same, in two languages, and what they say is so."""

import re
import shlex
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import typer

from kao_metrics.cli import app
from kao_metrics.labels import amount
from kao_metrics.methods import cannot_tell
from kao_metrics.metrics import METRICS

TOP = Path(__file__).parent.parent
ENGLISH, CHINESE = "README.md", "README.zh-TW.md"

NOT_THERE_YET = {
    # a project has them once somebody writes one
    "data/labels.toml",
    "data/steps.toml",
    "data/restatements/2018-S1.json",
}
SAID_IN_WORDS = {"一千萬": "10", "一億": "100"}
"""Round numbers that Chinese writes in words, and English with digits before a word."""

ROWS_OF_2018_S1 = (
    ("downsizing_ratio", "frontline", 2),
    ("downsizing_ratio", "temporary", 2),
    ("downsizing_ratio", "_T", 2),
    ("reserve_amount_coverage_ratio", "_T", 1),
    ("reserve_account_coverage_ratio", "_T", 2),
    ("second_complaint_ratio", "_T", 1),
    ("complaints_daily_rate", "complaints_first", 1),
)
"""The rows of the first table: indicator, breakdown, decimals."""

of_each = pytest.mark.parametrize("name", [ENGLISH, CHINESE])


def text_of(name):
    return (TOP / name).read_text(encoding="utf-8")


def blocks(text):
    """The code blocks with their language and the comment before them, without comments."""
    found = re.findall(r"(<!-- \w+ -->\n)?```(\w+)\n(.*?)```", text, re.DOTALL)
    return [
        (mark, language, [re.sub(r"\s+# .*", "", line) for line in code.splitlines()])
        for mark, language, code in found
    ]


def prose(text):
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def sections(text):
    """What stands under each heading, without code blocks."""
    return re.split(r"^#+ .*$", prose(text), flags=re.MULTILINE)[1:]


def tables(text):
    """The tables, each a list of rows, each a list of cells."""
    found = re.findall(r"(?:^\|.*\n)+", prose(text), re.MULTILINE)
    return [
        [[cell.strip() for cell in row.strip("| ").split("|")] for row in table.splitlines()]
        for table in found
    ]


def numbers(text):
    """How often each number stands in a text, code not counted."""
    for words, digits in SAID_IN_WORDS.items():
        text = text.replace(words, digits)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)", "", text)
    return Counter(re.findall(r"\d+(?:[.,]\d+)*", text))


def links(text):
    return [target.replace(".zh-TW", "") for target in re.findall(r"\]\(([^)]+)\)", text)]


def code_in(text):
    return Counter(re.findall(r"`([^`\n]+)`", text.replace(".zh-TW", "")))


def commands():
    """Every `kao-metrics` that a README types, as words."""
    for name in (ENGLISH, CHINESE):
        text = text_of(name)
        lines = [line for _, language, code in blocks(text) if language == "sh" for line in code]
        for line in (*lines, *code_in(prose(text))):
            for each in re.findall(r"(?:^|/)kao-metrics (.+)", line):
                yield shlex.split(each)


def both(what):
    return what(text_of(ENGLISH)), what(text_of(CHINESE))


def test_each_leads_to_the_other_at_its_top():
    top = {name: text_of(name).splitlines()[:3] for name in (ENGLISH, CHINESE)}
    assert top[ENGLISH][2] == f"[繁體中文]({CHINESE})"
    assert top[CHINESE][2] == f"[English]({ENGLISH})"


def test_both_have_the_same_code():
    english, chinese = both(blocks)
    assert english
    assert english == chinese


def test_both_have_the_same_sections_lists_and_paragraphs():
    """A paragraph, a list item, a table, a code block of one is one of the other."""

    def shape(text):
        text = re.sub(r"```.*?```", "code", text, flags=re.DOTALL)
        for block in re.split(r"\n\s*\n", text.strip()):
            yield (*(re.match(r"#*", block)[0],), len(re.findall(r"^- ", block, re.MULTILINE)))

    english, chinese = both(lambda text: list(shape(text)))
    assert english == chinese


def test_both_have_the_same_numbers_in_each_row_of_a_table():
    english, chinese = both(
        lambda text: [[numbers(" ".join(row)) for row in table] for table in tables(text)]
    )
    assert english == chinese


@pytest.mark.parametrize("what", [numbers, links, code_in])
def test_both_have_the_same_numbers_links_and_code_in_each_section(what):
    for english, chinese in zip(*both(sections), strict=True):
        assert what(english) == what(chinese)


def test_every_command_and_option_exists():
    known = typer.main.get_command(app).commands
    seen = set()
    for name, *rest in commands():
        if name == "COMMAND":
            continue
        assert name in known
        seen.add(name)
        options = {each for parameter in known[name].params for each in parameter.opts}
        own = rest[: rest.index("--")] if "--" in rest else rest  # Jupyter's follow
        used = {word.partition("=")[0] for word in own if re.match(r"--?[a-z]", word)}
        assert used - {"--help"} <= options, f"{name} has no {used - options}"
    assert seen == set(known)


@of_each
def test_every_path_exists(name):
    folders = {each.name for each in TOP.iterdir() if each.is_dir()} - {"reports"}
    named = {
        word
        for code in code_in(prose(text_of(name)))
        for word in code.split()
        if word.split("/")[0] in folders and "*" not in word
    }
    named |= {link for link in re.findall(r"\]\(([^)#]+)\)", text_of(name)) if ":" not in link}
    assert named
    missing = {path for path in named if not (TOP / path).exists()}
    assert missing <= NOT_THERE_YET


@of_each
def test_its_figures_of_the_first_half_of_2018_are_those_that_are_computed(name, analysis):
    _, _, *rows = tables(text_of(name))[0]
    for row, (indicator, breakdown, places) in zip(rows, ROWS_OF_2018_S1, strict=True):
        result = analysis.results.row(
            by_predicate=(pl.col("indicator") == indicator) & (pl.col("breakdown") == breakdown),
            named=True,
        )
        is_rounded = indicator == "reserve_amount_coverage_ratio"
        shown = ["value", *(["lower", "upper"] if is_rounded else [])]
        expected = [amount(result[each], result["unit"], "en", places) for each in shown]
        assert [*numbers(row[1])] == [*numbers(" ".join(expected))]
        parts = (result["numerator"], result["denominator"])
        assert numbers(row[2]) == numbers(" ".join(amount(each, "unit", "en") for each in parts))


def test_what_it_counts_of_the_first_half_of_2018_is_so(analysis):
    english, chinese = both(prose)
    printed = analysis.results.filter(~pl.col("indicator").is_in([*METRICS]))
    agree = [finding.verdict for finding in analysis.findings].count("agrees")
    stated, disagree = len(analysis.findings), len(analysis.findings) - agree
    asked = sum(bool(each.takes) and each.is_asked for each in cannot_tell(analysis))
    assert f"{len(printed)} figures" in english
    assert f"印出的{len(printed)}個數字" in chinese
    assert f"the {stated} sums" in english
    assert f"{agree} agree, {disagree} do not" in english
    assert f"{stated}個和" in chinese
    assert f"{agree}個相符，{disagree}個不符" in chinese
    assert asked == 8
    assert "eight questions" in english
    assert "有八個" in chinese
