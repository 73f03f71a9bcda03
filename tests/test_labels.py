"""The words that readers see: all there, in both languages, saying the same."""

import datetime as dt
import re
import string
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from kao_metrics import labels
from kao_metrics.labels import LANGUAGES, LabelError, amount, qualified
from kao_metrics.metrics import METRICS
from kao_metrics.period import Period
from kao_metrics.statistics.contributions import newest_names

PACKAGE = Path(labels.__file__).parent
TABLES = tomllib.loads((PACKAGE / "labels.toml").read_text(encoding="utf-8"))

WORDLESS_ON_PURPOSE = {
    # nobody writes that a figure is exact
    ("qualifier", "exact", "zh-TW"),
    ("qualifier", "exact", "en"),
    # Chinese counting words whose noun is in the English name of the figure
    ("unit", "unit", "en"),
    ("unit", "room", "en"),
    ("unit", "entry", "en"),
    ("unit", "vehicle", "en"),
    # a number from 0 to 1 has no unit
    ("unit", "index", "zh-TW"),
    ("unit", "index", "en"),
    # Chinese sentences follow one another without a space
    ("text", "sentence_space", "zh-TW"),
}

OTHER_PLACEHOLDERS_ON_PURPOSE = {
    # by sentence: those of the Chinese one alone, those of the English one alone
    "period_name": ({"roc_year"}, {"year"}),
    "date_name": ({"roc_year", "month", "day"}, {"iso"}),
    "year_name": ({"roc_year"}, {"iso"}),
    "month_name": ({"roc_year", "month"}, {"iso"}),
}

REASONS_OF_METRICS = (
    "across_break",
    "category_gone",
    "category_new",
    "category_renamed",
    "even_payments",
    "later_stage_exceeds_earlier",
    "no_baseline",
    "no_cases",
    "no_categories",
    "no_current",
    "no_denominator",
    "no_earlier_period",
    "no_figure",
    "no_numerator",
    "one_category",
    "no_pace",
    "no_second_date",
    "no_payment_made",
    "no_plan_years",
    "no_rise",
    "no_shortfall_left",
    "no_time_between",
    "not_in_five_years",
    "same_pace",
    "series_break",
)


def placeholders(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("kind", TABLES)
def test_every_code_has_words_in_both_languages(kind):
    wordless = {
        (kind, code, lang)
        for code, entry in TABLES[kind].items()
        for lang in LANGUAGES
        if not entry.get(lang)
    }
    assert wordless == {each for each in WORDLESS_ON_PURPOSE if each[0] == kind}


@pytest.mark.parametrize("key", TABLES["text"])
def test_a_sentence_takes_the_same_values_in_both_languages(key):
    chinese, english = (placeholders(TABLES["text"][key][lang]) for lang in LANGUAGES)
    only = OTHER_PLACEHOLDERS_ON_PURPOSE.get(key, (set(), set()))
    assert (chinese - english, english - chinese) == only


@pytest.mark.parametrize("kind", [kind for kind in TABLES if kind != "text"])
def test_only_sentences_have_placeholders(kind):
    """The words of a code are shown as they are: braces would reach the reader."""
    words = [entry[lang] for entry in TABLES[kind].values() for lang in LANGUAGES]
    assert not [each for each in words if "{" in each or "}" in each]


@pytest.mark.parametrize("kind", TABLES)
def test_a_printed_word_means_one_code(kind):
    printed = [word for entry in TABLES[kind].values() for word in entry.get("printed", ())]
    assert len(printed) == len(set(printed))


@pytest.mark.parametrize("kind", TABLES)
def test_a_parent_is_a_code_of_the_same_kind_and_no_code_is_above_itself(kind):
    parents = {code: entry["parent"] for code, entry in TABLES[kind].items() if "parent" in entry}
    for code in parents:
        line = [code]
        while line[-1] in parents:
            line.append(parents[line[-1]])
            assert line[-1] in TABLES[kind]
            assert len(line) == len(set(line))


def test_a_category_was_renamed_from_known_codes_or_in_months_and_never_in_a_circle():
    kinds = TABLES["complaint_category"]
    renamed = {old: code for code, each in kinds.items() for old in each.get("renamed_from", ())}
    assert renamed.keys() <= kinds.keys()
    assert newest_names(kinds, renamed) is not None
    months = [month for each in kinds.values() for month in each.get("renamed_in", ())]
    assert all(dt.date.fromisoformat(f"{month}-01") for month in months)


@pytest.mark.parametrize("indicator", METRICS)
def test_a_computed_indicator_has_a_label_a_unit_places_and_a_definition(indicator):
    entry = TABLES["indicator"][indicator]
    assert all(entry[lang] for lang in LANGUAGES)
    assert entry["unit"] in TABLES["unit"]
    assert entry["places"] in range(7)
    assert all(entry["definition"][lang] for lang in LANGUAGES)
    assert set(entry["definition"]) == set(LANGUAGES)


@pytest.mark.parametrize("indicator", TABLES["indicator"])
def test_the_unit_of_an_indicator_is_a_known_unit(indicator):
    assert TABLES["indicator"][indicator]["unit"] in TABLES["unit"]


@pytest.mark.parametrize("stage", TABLES["stage"])
def test_a_stage_of_complaints_is_counted_by_a_known_indicator(stage):
    assert TABLES["stage"][stage]["indicator"] in TABLES["indicator"]


@pytest.mark.parametrize("reason", REASONS_OF_METRICS)
def test_a_reason_that_metrics_give_has_words(reason):
    assert all(labels.label("reason", reason, lang) for lang in LANGUAGES)


def test_metrics_give_no_other_reason_for_a_missing_value():
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("metrics/*.py"))
    assert set(re.findall(r'"(no_[a-z_]+)"', code)) == {
        reason for reason in REASONS_OF_METRICS if reason.startswith("no_")
    }


def test_every_sentence_that_the_code_asks_for_by_name_is_there():
    code = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    asked = set(re.findall(r'\btext\(\s*"(\w+)"', code))
    assert "amount" in asked
    assert asked <= set(TABLES["text"])


def test_an_unknown_code_suggests_the_nearest():
    with pytest.raises(LabelError) as error:
        labels.label("stage", "mediatoin")
    assert str(error.value) == "no stage is called 'mediatoin'; did you mean 'mediation'?"


def test_a_code_that_is_near_none_lists_the_known_ones():
    with pytest.raises(LabelError, match=r"; known: first, second, mediation$"):
        labels.label("stage", "xyz")


def test_a_long_list_of_known_codes_is_cut_after_twelve():
    assert labels.suggestion("?", map(str, range(12))).endswith(", 10, 11")
    assert labels.suggestion("?", map(str, range(13))).endswith(", 10, 11 …")


@pytest.mark.parametrize(
    "ask",
    [
        labels.check_language,
        lambda lang: labels.label("stage", "first", lang),
        lambda lang: labels.definition("award_rate", lang),
        lambda lang: labels.text("skip", lang),
        lambda lang: labels.period_name(Period(2018, 1), lang),
        lambda lang: amount(Decimal(1), "person", lang),
        lambda lang: qualified("9", "about", lang),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "zh-tw", "EN", "", "definition", "unit"])
def test_an_unknown_language_is_an_error_that_names_the_known_ones(ask, lang):
    with pytest.raises(LabelError, match=r"; write zh-TW or en$"):
        ask(lang)


@pytest.mark.parametrize(
    ("kind", "printed", "code"),
    [
        ("unit", "件", "item"),
        ("unit", "場", "session"),
        ("unit", "％", "percent"),
        ("unit", "person", "person"),
        ("unit", "公斤", "公斤"),
        ("qualifier", "", "exact"),
        ("qualifier", "超過", "more_than"),
        ("qualifier", "將近", "nearly"),
    ],
)
def test_a_printed_word_becomes_its_code_and_a_strange_one_stays(kind, printed, code):
    assert labels.code_of(kind, printed) == code


@pytest.mark.parametrize(
    ("value", "unit", "lang", "digits", "words"),
    [
        # a fraction is shown per hundred: 0.195816 × 100 = 19.5816
        ("0.195816", "ratio", "zh-TW", 2, "19.58%"),
        ("0.195816", "ratio", "en", None, "19.5816%"),
        # 0.00125 × 100 = 0.125, a tie
        ("0.00125", "ratio", "zh-TW", 2, "0.13%"),
        ("-0.0005", "ratio", "en", 1, "−0.1%"),
        ("12.345", "ratio", "en", 1, "1,234.5%"),
        ("1", "ratio", "zh-TW", 0, "100%"),
        ("8462", "person", "zh-TW", None, "8,462人"),
        ("8462", "person", "en", None, "8,462 people"),
        ("29.34", "hundred_million_twd", "zh-TW", 1, "29.3億元"),
        ("-1657", "person", "zh-TW", None, "−1,657人"),
        # an English unit without a word leaves no space behind
        ("34", "room", "zh-TW", None, "34間"),
        ("34", "room", "en", None, "34"),
        # a figure that was printed per hundred stays as it is
        ("99.81", "percent", "zh-TW", 2, "99.81%"),
    ],
)
def test_an_amount_is_a_number_with_its_unit(value, unit, lang, digits, words):
    assert amount(Decimal(value), unit, lang, digits) == words


@pytest.mark.parametrize(
    ("qualifier", "chinese", "english"),
    [
        ("exact", "276", "276"),
        ("about", "約276", "about 276"),
        ("more_than", "逾276", "more than 276"),
        ("nearly", "近276", "nearly 276"),
        ("at_least", "至少276", "at least 276"),
    ],
)
def test_a_qualified_figure_has_its_word_before_it(qualifier, chinese, english):
    assert qualified("276", qualifier) == chinese
    assert qualified("276", qualifier, "en") == english


def test_an_unknown_qualifier_or_unit_is_an_error():
    with pytest.raises(LabelError, match="did you mean 'about'"):
        qualified("276", "abuot")
    with pytest.raises(LabelError, match="did you mean 'person'"):
        amount(Decimal(1), "persons")


@pytest.mark.parametrize(
    ("indicator", "lang", "words"),
    [
        ("mediations", "zh-TW", "消費爭議調解"),
        ("mediations", "en", "Mediations"),
        ("award_rate", "en", "Awarded ÷ nominated."),
        ("a_new_service", "en", "a_new_service"),
    ],
)
def test_a_figure_without_a_definition_is_defined_by_its_name(indicator, lang, words):
    assert labels.definition(indicator, lang) == words


@pytest.mark.parametrize(
    ("indicator", "words"),
    [
        ("frontline_total", "Frontline workers"),
        ("frontline_baseline", "Frontline workers at the merger"),
        # without an entry of its own: the total's name, or the figure's, and when
        ("workforce_baseline", "Frontline workers and temporary staff, at the baseline"),
        ("temporary_other_baseline", "Other temporary staff, at the baseline"),
        ("a_new_service", "a_new_service"),
    ],
)
def test_a_figure_at_the_baseline_is_named_after_the_one_of_now(indicator, words):
    assert labels.figure_label(indicator, "en") == words


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        # 2018 - 1911 = 107
        ("2018-S2", "民國107年下半年", "second half of 2018"),
        ("2018", "107年全年", "2018"),
        ("2018-06", "107年6月", "2018-06"),
    ],
)
def test_a_year_a_half_year_and_a_month_are_named_in_the_calendar_of_the_language(
    code, chinese, english
):
    assert labels.reference_period(code) == chinese
    assert labels.reference_period(code, "en") == english


def test_a_date_is_named_in_the_calendar_of_the_language():
    merger = dt.date(2010, 12, 25)
    assert labels.date_name(merger) == "99年12月25日"
    assert labels.date_name(merger, "en") == "2010-12-25"


def test_one_of_a_thing_is_not_said_in_the_plural():
    assert labels.amount(Decimal(1), "account", "en") == "1 account"
    assert labels.amount(Decimal(2), "account", "en") == "2 accounts"
    assert labels.amount(Decimal(1), "account") == "1戶"
