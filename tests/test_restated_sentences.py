"""What a period's page says of figures that were restated."""

from dataclasses import replace
from decimal import Decimal

import pytest

import kao_metrics as km
from kao_metrics import sentences, tables
from kao_metrics.register import Cell, Entry, Figure, Restated, Since

ROW = {"file": "workforce/2018-S1.csv", "column": "headcount", "before": "8", "after": "9"}


def people(value):
    return Figure(value=Decimal(value), unit="person", obs_status="A")


def restated(indicator, before, after, row, cause="alone"):
    return Restated(
        kind="changed",
        indicator=indicator,
        breakdown="_T",
        before=people(before),
        after=people(after),
        cause=cause,
        rows=(Cell(key=str(row), row_before=row, row_after=row, **ROW),) if row else (),
    )


FIGURES = (
    restated("frontline_total", 6800, 6805, 4),
    restated("temporary_total", 2400, 2408, 15),
    restated("workforce_total", 9200, 9213, 4, "together"),
)


def entry(*figures, name="August", digest="0", has_rows=True):
    since = Since(name=name, sha256=digest * 64)
    return Entry(since=since, has_rows=has_rows, figures=figures)


@pytest.fixture
def said(english):
    """The sentences of an analysis with some entries."""
    return lambda *entries: sentences.restated(replace(english, restatements=entries))


def test_without_a_register_the_page_says_nothing(analysis, english):
    for each in (analysis, english):
        assert each.restatements == ()
        assert sentences.restated(each) == []
        assert tables.restated(each) is None
        assert km.show(sentences.restated(each), each.lang).markup == ""
        assert len(sentences.overview(each)) == 2


def test_it_is_said_how_many_changed_which_most_and_because_of_how_many_rows(said):
    assert said(entry(*FIGURES)) == [
        (
            "Published figures of this period are no longer those of the earlier release August "
            "(SHA-256 begins 00000000): 3 changed."
        ),
        (
            "The one that changed most, for what it was, is: Temporary staff, published as 2,400 "
            "people, now 2,408 people; difference +8 (+0.33%)."
        ),
        "Rows of the data that this comes from: 2; the table names them for each figure.",
    ]


def test_figures_that_came_and_went_are_counted_by_themselves(said):
    came = Restated(kind="added", indicator="frontline_total", breakdown="_T", after=people(6805))
    went = Restated(kind="removed", indicator="a", breakdown="_T", before=people(1))
    lines = said(entry(came, went, FIGURES[1]))
    assert lines[0].endswith(": 1 changed, 1 removed, 1 added.")
    assert "Figures for which the rows cannot be told for certain: 2." in lines


def test_of_a_report_no_rows_are_known(said):
    figure = FIGURES[0].model_copy(update={"rows": (), "cause": None})
    assert said(entry(figure, has_rows=False))[-1].startswith("Of the earlier release there is a")


def test_what_was_recorded_is_no_longer_said_where_it_is_not_so(said, english):
    again = restated("frontline_total", 6800, 6802, 4)
    back = restated("temporary_total", 2408, 2410, 15)
    lines = said(entry(again, back))
    assert lines[0].endswith(": 1 changed.")
    assert "now 6,805 people" in lines[1]
    assert lines[3] == (
        "Figures that changed again after this was recorded: 1; the table shows what they are now."
    )
    assert lines[4].endswith("are as published again: 1.")
    only = replace(english, restatements=(entry(back),))
    assert len(sentences.restated(only)) == 1
    assert len(sentences.overview(only)) == 2


def test_releases_are_spoken_of_one_by_one_and_a_figure_of_both_is_counted_once(said, english):
    both = (entry(*FIGURES), entry(FIGURES[0], name="September", digest="1"))
    assert sum("no longer those of" in each for each in said(*both)) == 2
    overview = sentences.overview(replace(english, restatements=both))
    assert overview[2] == (
        "Published figures of this period that are different now: 3. "
        "See “Figures that changed since they were published”."
    )


@pytest.mark.parametrize("lang", ["zh-TW", "en"])
def test_the_table_has_each_figure_under_its_release(lang, analysis, english):
    found = {"zh-TW": analysis, "en": english}[lang]
    names = ("<b>甲</b>", "September")
    entries = [
        entry(*FIGURES, name=name, digest=digest) for name, digest in zip(names, "01", strict=True)
    ]
    again = restated("frontline_total", 6800, 6802, 4)
    entries[1] = entry(again, name=names[1], digest="1")
    markup = km.show(tables.restated(replace(found, restatements=tuple(entries))), lang).markup
    assert markup.count("workforce/2018-S1.csv") == 4
    assert markup.count("6,805") == 2
    assert markup.count("6,802") == 1
    assert "<b>" not in markup
    assert "&lt;b&gt;" in markup
