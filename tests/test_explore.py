"""Explore: whatever is chosen fits the data, what is shown follows, what is missing is said."""

import csv
import datetime as dt
import os
import re
import shutil
from collections import Counter
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import altair as alt
import nbformat
import polars as pl
import pytest

import kao_metrics as km
from kao_metrics import explorer as module
from kao_metrics import theme
from kao_metrics.exploration import Choice, Folder, since
from kao_metrics.explorer import Explorer
from kao_metrics.failures import DataError
from kao_metrics.found import given
from kao_metrics.labels import LabelError
from kao_metrics.linked_charts import CHOSEN

TOP = Path(__file__).parent.parent
TAIPEI = TOP / "data/examples/taipei_1999"
PERIODS = ("2015-S2", "2016-S1", "2016-S2")
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """The first three half-years of Taipei."""
    folder = tmp_path_factory.mktemp("three")
    for name in ("sources.toml", "remarks.toml"):
        shutil.copy(TAIPEI / name, folder)
    rows = (TAIPEI / "periods.csv").read_text("utf-8").splitlines()
    kept = [row for row in rows if row.startswith(("period", *PERIODS))]
    (folder / "periods.csv").write_text("\n".join(kept) + "\n", "utf-8")
    (folder / "complaints").mkdir()
    for code in PERIODS:
        shutil.copy(TAIPEI / f"complaints/{code}.csv", folder / "complaints")
    return folder


@pytest.fixture(scope="module")
def folder(three):
    """What keeps all that was computed once."""
    return Folder(three)


@pytest.fixture
def explorer(folder):
    return Explorer(folder, Choice(""))


def rows_of(folder):
    """Month, category and count, as the files have them."""
    for code in PERIODS:
        with (folder / f"complaints/{code}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                yield dt.date.fromisoformat(row["month"]), row["category"], int(row["count"])


def lower(chart):
    """The rows of the months, by place."""
    spec = chart.to_dict()
    every = (row for rows in spec["datasets"].values() for row in rows)
    return {row["place"]: row for row in every if "rate" in row}


def test_it_starts_with_the_newest_half_year_and_the_one_before(explorer):
    assert (explorer.choice.period, explorer.choice.other) == ("2016-S2", "2016-S1")
    assert explorer.analysis.period.code == "2016-S2"
    assert explorer.before.period.code == "2016-S1"


def test_any_spelling_of_a_period_can_be_chosen(explorer):
    explorer.choose(period="105H1")
    assert (explorer.choice.period, explorer.choice.other) == ("2016-S1", "2015-S2")


def test_what_does_not_fit_is_chosen_anew(explorer):
    explorer.choose(other="2015-S2")
    assert explorer.choice.other == "2015-S2"
    explorer.choose(other="2030-S1", category="no_such", baseline="1900-01-01")
    assert explorer.choice.other == "2016-S1"
    assert explorer.choice.category == explorer.options("category")[0][1]
    assert not explorer.choice.baseline


def test_a_category_stays_chosen_while_periods_change(explorer):
    explorer.choose(category="street_trees")
    explorer.choose(period="2016-S1")
    assert explorer.choice.category == "street_trees"


def test_who_compares_with_the_half_year_before_goes_on_to_do_so(explorer):
    explorer.choose(period="2016-S1")
    explorer.choose(period="2016-S2")
    assert explorer.choice.other == "2016-S1"
    explorer.choose(other="2015-S2")
    explorer.choose(period="2016-S1")
    explorer.choose(period="2016-S2", other="2015-S2")
    assert explorer.choice.other == "2015-S2"


def test_only_earlier_half_years_are_offered_to_compare_with(explorer):
    assert [code for _, code in explorer.options("period")] == list(reversed(PERIODS))
    assert [code for _, code in explorer.options("other")] == ["2016-S1", "2015-S2"]


def test_a_period_that_is_not_there_is_an_error_with_those_that_are(three):
    with pytest.raises(DataError, match="it has 2015-S2, 2016-S1, 2016-S2"):
        km.explore(three, period="107H1")


def test_a_language_without_words_is_an_error(three):
    with pytest.raises(LabelError, match="no words in 'fr'"):
        km.explore(three, "fr")


def test_the_months_of_a_category_are_its_counts_a_day_in_all_half_years(explorer, three):
    explorer.choose(category="potholes", period="2016-S1")
    places = explorer.folder.places(explorer.choice)
    row = lower(explorer.chart)[places.index("potholes")]
    counts = {month: count for month, code, count in rows_of(three) if code == "potholes"}
    months = sorted({month for month, _, _ in rows_of(three)})
    assert len(months) == 18
    days = [
        ((each.replace(day=28) + dt.timedelta(4)).replace(day=1) - each).days for each in months
    ]
    expected = [counts.get(month, 0) / length for month, length in zip(months, days, strict=True)]
    assert row["rate"] == pytest.approx(expected, rel=1e-5)
    assert row["month"][0] == "104年7月"


def test_in_every_month_the_rows_add_up_to_all(explorer):
    months = lower(explorer.chart)
    *parts, whole = (months[place]["rate"] for place in sorted(months))
    added = [sum(rates) for rates in zip(*parts, strict=True)]
    assert added == pytest.approx(whole, rel=1e-4)


def test_categories_are_offered_by_how_much_they_changed_and_all_can_be_chosen(explorer, three):
    offered = [code for _, code in explorer.options("category")]
    now, then = (
        Counter(
            {code: 0 for _, code, _ in rows_of(three)}
            | Counter(
                code
                for month, code, count in rows_of(three)
                if (month.year, month.month > 6) == half
                for _ in range(count)
            )
        )
        for half in ((2016, True), (2016, False))
    )
    changes = [abs(Decimal(now[code]) / 184 - Decimal(then[code]) / 182) for code in offered[:-2]]
    assert changes == sorted(changes, reverse=True)
    assert offered[-2:] == ["_other", "_T"]
    smallest = offered[-3]
    explorer.choose(category=smallest)
    assert smallest in explorer.folder.places(explorer.choice)


def test_a_click_above_selects_what_is_shown_below(explorer):
    """Both views hang on one selection, which starts at the chosen category."""
    explorer.choose(category="street_trees")
    spec = explorer.chart.to_dict()
    (chosen,) = [each for each in spec["params"] if each["name"] == CHOSEN]
    place = explorer.folder.places(explorer.choice).index("street_trees")
    assert chosen["value"] == [{"place": place}]
    upper, below = spec["vconcat"]
    assert (chosen["select"]["on"], chosen["views"]) == ("click", [upper["layer"][-1]["name"]])
    filters = [layer["transform"][0] for layer in below["layer"] if "transform" in layer]
    assert filters == [{"filter": {"param": CHOSEN, "empty": False}}] * 4


def test_the_chosen_category_is_told_in_a_sentence_and_in_the_alternative_text(explorer):
    explorer.choose(category="street_trees", period="2016-S1")
    assert explorer.words().words.startswith("路樹：每日")
    assert "下圖是路樹" in explorer.chart.to_dict()["description"]


def test_a_single_half_year_shows_staff_and_says_what_is_missing(data_dir):
    explorer = km.explore(data_dir, period="107H1")
    assert explorer.chart is None
    assert explorer.before is None
    assert explorer.changes.frame.is_empty()
    words = explorer.shown().words
    assert "民國107年上半年之前沒有別的半年可以比較" in words
    assert "工級人員　8,462 → 6,805人（−19.58%）" in words
    assert explorer.options("other") == [("（無）", "")]
    assert explorer.options("baseline") == [("99年12月25日", "2010-12-25")]


@pytest.fixture(scope="module")
def bare(three, tmp_path_factory):
    """Half-years that are not given by month, the last one not by category either."""
    folder = shutil.copytree(three, tmp_path_factory.mktemp("bare") / "data")
    for code, category in zip(PERIODS, ("noise", "noise", "_T"), strict=True):
        rows = ["stage,sector,category,count,source_id", f"first,_T,{category},9,taipei_1999"]
        (folder / f"complaints/{code}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return Folder(folder)


def test_complaints_without_categories_are_said_to_be_so(bare):
    explorer = Explorer(bare, Choice("2016-S2"))
    assert explorer.chart is None
    assert "看不到各類別的貢獻：沒有分類件數。" in explorer.notes().words
    assert explorer.changes.frame.height


def test_without_months_there_are_the_contributions_alone(bare):
    explorer = Explorer(bare, Choice("2016-S1"))
    assert len(explorer.chart.vconcat) == 1
    assert "資料沒有按月的件數" in explorer.notes().words


@pytest.fixture(scope="module")
def damaged(three, tmp_path_factory):
    """The first half-year covered from the 11th, and an error in the last one."""
    folder = shutil.copytree(three, tmp_path_factory.mktemp("damaged") / "data")
    rows = (folder / "periods.csv").read_text("utf-8").replace("2015-07-01", "2015-07-11")
    (folder / "periods.csv").write_text(rows, "utf-8")
    with (folder / "complaints/2016-S2.csv").open("a", encoding="utf-8") as file:
        file.write("2016-12-01,first,_T,noise,<b>,taipei_1999\n")
    return Folder(folder)


def test_a_broken_later_half_year_leaves_the_earlier_ones_to_explore(damaged):
    explorer = Explorer(damaged, Choice("2016-S1"))
    assert len(lower(explorer.chart)[0]["rate"]) == 12
    with pytest.raises(DataError, match="<b>"):
        explorer.choose(period="2016-S2")
    assert explorer.choice.period == "2016-S1"


def test_months_that_are_covered_in_part_say_so(damaged):
    row = lower(Explorer(damaged, Choice("2016-S1")).chart)[0]
    assert row["said"][0].endswith("（未涵蓋整月）")
    assert not row["said"][1].endswith("）")


@pytest.fixture
def two_baselines(broken):
    """The real staff with another date between, on which there were more of each kind."""
    with (broken / "workforce/2018-S1.csv").open("a", encoding="utf-8") as file:
        for category, count in (("frontline", 7000), ("temporary", 3000)):
            row = ("2014-12-25", category, *["_T"] * 3, "staff_in_post", count, "exact", "5.1(4)2")
            file.write(",".join(map(str, (*row, "ksec_2018_s1"))) + "\n")
    return broken


def test_staff_is_compared_with_the_chosen_baseline(two_baselines):
    explorer = km.explore(two_baselines)
    dates = [date for _, date in explorer.options("baseline")]
    assert dates == ["2010-12-25", "2014-12-25"]
    explorer.choose(baseline="2014-12-25")
    reductions = {
        row["breakdown"]: row["value"] for row in given(explorer.analysis, "headcount_reduction")
    }
    assert reductions == {"frontline": 195, "temporary": 592, "_T": 787}
    assert "工級人員　7,000 → 6,805人（−2.79%）" in explorer.shown().words
    assert "195人" in explorer.rest().markup


def test_against_the_earliest_baseline_all_is_as_in_the_report(analysis):
    again = since(analysis, dt.date(2010, 12, 25))
    key = ["indicator", "breakdown"]
    assert again.results.sort(key).equals(analysis.results.sort(key))


def test_where_nobody_can_choose_there_are_drawings_and_words(explorer):
    bundle = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "<svg " in bundle["text/html"]
    assert "<script" not in bundle["text/html"]
    assert "長條圖" in bundle["text/plain"]


def test_without_the_widgets_it_says_what_to_install(explorer, monkeypatch):
    monkeypatch.setattr(module, "_has_widgets", lambda: False)
    assert "請在這個 Python 環境安裝 anywidget" in explorer._repr_mimebundle_()["text/html"]


def test_the_dark_colours_are_those_of_the_page():
    style = (TOP / "kao_metrics/report/templates/style.css").read_text("utf-8")
    dark = style.partition("(prefers-color-scheme: dark)")[2].partition("* {")[0]
    assert set(theme.DARK) == set(theme.PALETTE)
    for name, colour in theme.DARK.items():
        assert f"--{name}: {colour};" in dark


def widgets_of(explorer):
    """The widgets, as somebody in JupyterLab has them; tests/browser has Vega with them."""
    if find_spec("anywidget") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no anywidget in this Python")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_is_attended", lambda: True)
        patch.setattr(alt.JupyterChart, "enable_offline", lambda: None)
        assert WIDGET in explorer._repr_mimebundle_()
    return explorer._widgets


@pytest.fixture
def widgets(explorer):
    return widgets_of(explorer)


def test_a_chooser_that_is_moved_changes_all_that_is_shown(explorer, widgets):
    widgets.choosers["period"].value = "2016-S1"
    assert explorer.choice.period == "2016-S1"
    assert widgets.choosers["other"].value == "2015-S2"
    assert widgets.chart.spec["datasets"] == explorer.chart.to_dict()["datasets"]
    assert "民國104年下半年（涵蓋184日）到民國105年上半年" in widgets.rest.value
    widgets.choosers["lang"].value = "en"
    assert widgets.choosers["category"].description == "Category"
    assert "What changed from the second half of 2015" in widgets.rest.value
    shown = str([widgets.box.children, widgets.chart.spec, explorer.shown().markup])
    assert not [sign for sign in shown.replace("中文", "") if "\u4e00" <= sign <= "\u9fff"]


def test_a_click_in_the_chart_moves_the_chooser_and_draws_nothing_anew(explorer, widgets):
    drawn = widgets.chart.spec
    places = explorer.folder.places(explorer.choice)
    stored = [{"fields": [{"type": "E", "field": "place"}], "values": [4]}]
    signal = {"place": [4], "vlPoint": {"or": [{"place": 4}]}}
    widgets.chart._vl_selections = {CHOSEN: {"value": signal, "store": stored}}
    assert explorer.choice.category == widgets.choosers["category"].value == places[4]
    assert explorer.folder.words(explorer.choice) in widgets.words.value
    assert widgets.chart.spec is drawn


def test_data_with_errors_are_said_beside_the_choosers(damaged):
    explorer = Explorer(damaged, Choice("2016-S1"))
    widgets = widgets_of(explorer)
    widgets.choosers["period"].value = "2016-S2"
    assert widgets.choosers["period"].value == explorer.choice.period == "2016-S1"
    assert "資料有誤" in widgets.notes.value
    assert "&lt;b&gt;" in widgets.notes.value


def test_what_was_computed_once_is_kept(explorer):
    frame = explorer.changes.frame
    explorer.choose(category="street_trees")
    assert explorer.changes.frame is frame
    assert isinstance(frame, pl.DataFrame)


def test_the_examples_in_the_notebook_work(explorer, notebooks_dir, tmp_path, monkeypatch):
    """What a reader copies from notebooks/explore.ipynb into a cell."""
    node = nbformat.read(notebooks_dir / "explore.ipynb", as_version=4)
    (code,) = [
        match[1]
        for cell in node.cells
        for match in re.finditer(r"```python\n(.*?)```", cell.source, re.DOTALL)
    ]
    monkeypatch.chdir(tmp_path)
    exec(code, {"km": km, "explorer": explorer})  # noqa: S102 - the repository's own words
    assert {each.name for each in tmp_path.iterdir()} == set(re.findall(r'"([\w.]+)"', code))
