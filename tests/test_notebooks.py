"""The notebooks of the repository: tidy, without code that belongs into the library."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import papermill
import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
PARAMETER = re.compile(r"(\w+): (str|int|float|bool) = (.+?)  # (.+)")

of_each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells_of(path, kind):
    node = nbformat.read(path, as_version=4)
    return [cell for cell in node.cells if cell.cell_type == kind]


def parameters_of(path):
    """Return the lines of the cell that is tagged as the parameters."""
    tagged = [
        cell for cell in cells_of(path, "code") if "parameters" in cell.metadata.get("tags", [])
    ]
    assert len(tagged) == 1
    return tagged[0].source.splitlines()


def test_there_is_a_notebook_for_each_section_of_the_report():
    assert [path.stem for path in NOTEBOOKS if path.stem[0].isdigit()] == [
        "01_overview",
        "02_workforce",
        "03_retirement_reserve",
        "04_complaints",
        "05_services",
        "06_sources",
    ]


@of_each
def test_a_notebook_is_valid_and_committed_without_outputs(path):
    nbformat.validate(nbformat.read(path, as_version=4))
    clear = f"clear its outputs: jupyter nbconvert --clear-output --inplace {path}"
    for cell in cells_of(path, "code"):
        assert cell.outputs == [], clear
        assert cell.execution_count is None, clear


@of_each
def test_a_notebook_begins_with_its_one_title(path):
    first, *rest = nbformat.read(path, as_version=4).cells
    assert first.cell_type == "markdown"
    assert re.match(r"# \S", first.source)
    later = [
        line for cell in rest if cell.cell_type == "markdown" for line in cell.source.split("\n")
    ]
    assert not [line for line in [*first.source.split("\n")[1:], *later] if line.startswith("# ")]


@of_each
def test_every_parameter_has_a_type_a_default_of_it_and_a_comment(path):
    found = [PARAMETER.fullmatch(line) for line in parameters_of(path)]
    assert all(found)
    assert {"period", "data_dir", "lang"} <= {match[1] for match in found}
    for match in found:
        assert type(ast.literal_eval(match[3])).__name__ == match[2]


@of_each
def test_code_cells_only_call_the_library(path):
    """No function, no loop and no polars: a cell that needs one lacks a call of the library."""
    unwanted = (
        ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.For, ast.While,
        ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    )  # fmt: skip
    for cell in cells_of(path, "code"):
        nodes = list(ast.walk(ast.parse(cell.source)))
        assert not [node for node in nodes if isinstance(node, unwanted)]
        assert not re.search(r"\bpl\.|\bpolars\b", cell.source)


@of_each
def test_papermill_lists_the_parameters_with_type_and_help(path):
    listed = papermill.inspect_notebook(str(path))
    for line in parameters_of(path):
        name, kind, default, words = PARAMETER.fullmatch(line).groups()
        assert listed[name] == {
            "name": name,
            "inferred_type_name": kind,
            "default": default,
            "help": words,
        }
