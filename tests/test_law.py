"""The law as data: dated, cited, and asked for by the day."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from kao_metrics import labels, law
from kao_metrics.labels import LANGUAGES

RULES = tomllib.loads((Path(law.__file__).parent / "law.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", RULES)
def test_every_wording_is_cited_dated_and_leads_to_the_law(name):
    for entry in RULES[name]:
        assert all(entry[lang].strip() for lang in LANGUAGES)
        assert entry["url"].startswith("https://law.moj.gov.tw/")
        assert entry["promulgated"] <= entry["in_force"]
        dt.date.fromisoformat(f"2017-{entry['due']}")


@pytest.mark.parametrize("name", RULES)
def test_wordings_stand_in_the_order_of_time(name):
    days = [entry["in_force"] for entry in RULES[name]]
    assert days == sorted(set(days))


def test_the_duty_to_top_up_is_in_force_on_the_third_day_that_of_its_promulgation_included():
    """Promulgated on 4 February 2015: the 4th is the first day, the 6th the third."""
    duty = law.first(law.RESERVE_TOP_UP)
    assert duty.promulgated == dt.date(2015, 2, 4)
    assert duty.in_force == dt.date(2015, 2, 6)
    assert "N0030001" in duty.url
    assert "56" in duty.cited()


@pytest.mark.parametrize(
    ("day", "holds"), [("2015-02-05", False), ("2015-02-06", True), ("2018-06-30", True)]
)
def test_a_rule_holds_from_its_day_on(day, holds):
    found = law.rule(law.RESERVE_TOP_UP, dt.date.fromisoformat(day))
    assert (found is not None) == holds


def test_what_is_lacking_for_a_year_is_due_by_the_end_of_march_of_the_next():
    duty = law.first(law.RESERVE_TOP_UP)
    assert duty.due_after(dt.date(2017, 12, 31)) == dt.date(2018, 3, 31)
    assert duty.due_after(dt.date(2017, 1, 1)) == dt.date(2018, 3, 31)


@pytest.mark.parametrize("ask", [law.first, lambda name: law.rule(name, dt.date(2018, 1, 1))])
def test_a_rule_that_is_not_there_suggests_the_nearest(ask):
    with pytest.raises(law.LawError) as error:
        ask("reserve_topup")
    assert (
        str(error.value) == "law.toml has no rule 'reserve_topup'; did you mean 'reserve_top_up'?"
    )


def test_no_words_for_readers_have_the_dates_of_the_law_in_them():
    """A change of the law is an entry in law.toml, and no search through labels.toml."""
    words = (Path(labels.__file__).parent / "labels.toml").read_text(encoding="utf-8")
    assert not [each for each in ("3月31日", "3月底", "31 March", "2015-02-0") if each in words]
