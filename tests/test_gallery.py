"""The gallery: every chart and table with the call that makes it, as notebooks of a report."""

import ast
from pathlib import Path

import nbformat
import pytest

from kao_metrics import charts, tables
from kao_metrics.report.notebooks import Notebook, checked_parameters, find_notebooks
from kao_metrics.report.page import fragment

GALLERY = Path(__file__).parent.parent / "notebooks" / "gallery"
NOT_FOR_NOTEBOOKS = {"data_of", "digits", "tabulated"}
"""What others make tables with."""

NOTEBOOKS = find_notebooks(GALLERY)
TAG = "show-code"


def shown_calls():
    """The functions of the library that tagged cells call, such as ``charts.downsizing``."""
    found = []
    for notebook in NOTEBOOKS:
        for cell in notebook.node.cells:
            if TAG in cell.metadata.get("tags", []):
                (call,) = ast.parse(cell.source).body
                inner = call.value.args[0] if ast.unparse(call.value.func) == "km.show" else None
                made = inner if isinstance(inner, ast.Call) else call.value
                found.append(ast.unparse(made.func).removeprefix("km."))
    return found


def cell_with(markup, tags=(TAG,), source="km.show(a, 'x<y')"):
    """A code cell that has run."""
    outputs = [nbformat.v4.new_output("execute_result", {"text/html": markup})]
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)})


def page_of(*cells):
    return fragment(Notebook(Path("01_a.ipynb"), nbformat.v4.new_notebook(cells=list(cells))), "en")


def test_every_chart_and_every_table_is_in_it_once():
    own = {
        f"tables.{name}"
        for name, value in vars(tables).items()
        if getattr(value, "__module__", "") == tables.__name__
        and callable(value)
        and not name.startswith("_")
        and not isinstance(value, type)
    }
    wanted = own - {f"tables.{name}" for name in NOT_FOR_NOTEBOOKS}
    wanted |= {f"charts.{name}" for name in charts.__all__}
    found = [call for call in shown_calls() if "." in call]
    assert wanted == set(found)
    assert [call for call in found if found.count(call) > 1] == ["charts.compared_with_others"] * 2


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda each: each.name)
def test_a_notebook_is_valid_without_outputs_and_shows_the_code_of_its_calls_only(notebook):
    nbformat.validate(notebook.node)
    code = [cell for cell in notebook.node.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    parameters, first, *calls = (cell.metadata.get("tags", []) for cell in code)
    assert (parameters, first) == (["parameters"], [])
    assert all(tags == [TAG] for tags in calls)


def test_the_notebooks_take_the_parameters_of_a_report():
    given = {"period": "107H1", "lang": "en"}
    pairs = checked_parameters(NOTEBOOKS, given, GALLERY.parent.parent / "data")
    assert [values["data_dir"] for _, values in pairs] == ["../../data"] * len(NOTEBOOKS)


@pytest.mark.parametrize("name", sorted(charts.__all__))
def test_a_call_of_the_gallery_is_one_that_the_library_answers(name, analysis):
    """The arguments that notebooks give are taken; where there are no data, nothing is drawn."""
    calls = [
        ast.parse(cell.source).body[0].value.args[0]
        for notebook in NOTEBOOKS
        for cell in notebook.node.cells
        if f"km.charts.{name}(" in cell.source
    ]
    for call in calls:
        more = [ast.literal_eval(each) for each in call.args[1:]]
        chart = getattr(charts, name)(analysis, *more)
        assert chart is None or chart.to_dict()["layer"]


def test_a_page_has_the_code_of_tagged_cells_above_what_they_show():
    made = page_of(cell_with("<p>shown</p>"))
    code = '<pre class="kao-code"><code>km.show(a, &#x27;x&lt;y&#x27;)</code></pre>'
    assert code in made
    assert made.index(code) < made.index("<p>shown</p>")


@pytest.mark.parametrize("cell", [cell_with(""), cell_with("<p>shown</p>", tags=[])])
def test_a_page_has_no_other_code_and_none_without_anything_to_show(cell):
    assert "km.show" not in page_of(cell)


def test_a_tagged_cell_may_print_and_be_of_one_language():
    cell = cell_with("")
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="printed")]
    assert "km.show" in page_of(cell)
    cell.metadata.tags.append("zh-TW")
    assert "km.show" not in page_of(cell)
