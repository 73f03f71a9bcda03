"""Add your own: a counted service, a metric, a notebook, each as README says it is done."""

from __future__ import annotations

from decimal import Decimal

import nbformat
import polars as pl
import pytest

import kao_metrics as km
from kao_metrics import labels
from kao_metrics.display import computed
from kao_metrics.metrics import METRICS, Metric
from kao_metrics.metrics.formulas import share_of
from kao_metrics.period import Period
from kao_metrics.report import make_report
from kao_metrics.report.notebooks import find_notebooks

SERVICE = """
[indicator.shared_bike_docks]
zh-TW = "公共自行車車位"
en = "Bicycle docks"
unit = "item"
kind = "stock"

[indicator.shared_bike_docks_downtown]
zh-TW = "市中心公共自行車車位"
en = "Bicycle docks downtown"
unit = "item"
kind = "stock"
"""
ROWS = """,shared_bike_docks,1200,item,exact,,1.3,ksec_2018_s1
,shared_bike_docks_downtown,300,item,exact,,1.3,ksec_2018_s1
"""
METRIC = """
[indicator.downtown_docks_share]
zh-TW = "市中心車位占比"
en = "Docks downtown"
unit = "ratio"
places = 1
definition = { zh-TW = "市中心車位÷全部車位。", en = "Docks downtown ÷ all docks." }
"""
PARAMETERS = """period: str = "107H1"  # the half-year
data_dir: str = ""  # the data folder
lang: str = "zh-TW"  # the language"""
CELL = """import kao_metrics as km

analysis = km.analyse(period, data_dir, lang)
km.show(km.tables.services(analysis), lang)"""


def downtown_docks_share(services: pl.LazyFrame, period: Period) -> pl.LazyFrame:
    """Compute docks downtown ÷ all docks."""
    of_period = services.filter(pl.col("time_period") == period.code)
    part, whole = "shared_bike_docks_downtown", "shared_bike_docks"
    return share_of(of_period, period, "downtown_docks_share", part, whole)


@pytest.fixture
def project(broken, monkeypatch):
    """A project with a counted service of its own: two rows and their words, no code."""
    monkeypatch.setattr(labels, "_shown", {})
    labels._beside_shown.cache_clear()
    (broken / "labels.toml").write_text(SERVICE, encoding="utf-8")
    with (broken / "services" / "2018-S1.csv").open("a", encoding="utf-8") as file:
        file.write(ROWS)
    yield broken.parent
    labels._beside_shown.cache_clear()


def test_a_counted_service_is_a_row_and_its_words(project):
    analysis = km.analyse("107H1", project / "data", "en")
    assert analysis.figure("shared_bike_docks").value == 1200
    assert "Bicycle docks" in km.show(km.tables.services(analysis), "en").markup


def test_a_metric_is_a_function_an_entry_and_its_words(project, monkeypatch):
    metric = Metric("services", downtown_docks_share)
    monkeypatch.setitem(METRICS, "downtown_docks_share", metric)
    with (project / "data" / "labels.toml").open("a", encoding="utf-8") as file:
        file.write(METRIC)
    analysis = km.analyse("107H1", project / "data", "en")
    found = analysis.figure("downtown_docks_share")
    assert (found.value, found.numerator, found.denominator) == (Decimal("0.25"), 300, 1200)
    assert str(found) == "25.0% (300 ÷ 1,200)"
    shown = computed(analysis, "downtown_docks_share").markup
    assert "Docks downtown ÷ all docks." in shown
    assert "25.0%" in shown


def test_a_notebook_that_is_dropped_into_notebooks_joins_the_report(project, notebooks_dir):
    folder = project / "notebooks"
    folder.mkdir()
    cells = [
        nbformat.v4.new_markdown_cell("# Docks"),
        nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(CELL, outputs=[nbformat.v4.new_output("stream", text="stale")]),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "04_docks.ipynb")
    page = make_report(
        "107H1",
        data_dir=project / "data",
        notebooks_dir=folder,
        output_dir=project / "reports",
        lang="en",
    ).read_text(encoding="utf-8")
    assert '<section id="docks"' in page or 'id="docks"' in page
    assert "Bicycle docks downtown" in page
    assert "stale" not in page
    for path in notebooks_dir.glob("*.ipynb"):
        (folder / path.name).write_bytes(path.read_bytes())
    keys = [each.key for each in find_notebooks(folder)]
    assert keys[keys.index("complaints") :][:3] == ["complaints", "docks", "services"]
