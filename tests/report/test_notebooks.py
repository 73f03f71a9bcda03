"""Finding notebooks, checking their parameters, and running them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import nbformat
import pytest

from kao_metrics.report.errors import ReportError, UsageError
from kao_metrics.report.notebooks import checked_parameters, find_notebooks
from kao_metrics.report.running import Settings, _stop, run, run_all

PARAMETERS = 'period: str = "107H1"  # p\ndata_dir: str = ""  # d\nlang: str = "zh-TW"  # l\n'
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
GIVEN = {"period": "2018-S1", "lang": "en"}


def write(path, *sources, parameters=PARAMETERS, kernel=KERNEL):
    """Write a notebook: a title, a parameters cell if there is any, and code cells."""
    cells = [nbformat.v4.new_markdown_cell("# Title")]
    if parameters:
        tags = {"tags": ["parameters"]}
        cells.append(nbformat.v4.new_code_cell(parameters, metadata=tags))
    cells += map(nbformat.v4.new_code_cell, sources)
    metadata = {"kernelspec": kernel} if kernel else {}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


def checked(folder, **more):
    """Find a folder's notebooks and check the parameters that they are given."""
    return checked_parameters(find_notebooks(folder), {**GIVEN, **more}, folder / "data")


def failure_of(folder, *sources):
    """Run a notebook of some cells that must fail, and return what is said of it."""
    folder.joinpath("out").mkdir()
    write(folder / "01_tiny.ipynb", *sources)
    with pytest.raises(ReportError) as error:
        run(*checked(folder)[0], folder / "out")
    return str(error.value)


def text_of(notebook):
    return "".join(
        output.text for cell in notebook.node.cells for output in cell.get("outputs", [])
    )


def test_notebooks_come_in_the_order_of_their_numbers(tmp_path):
    names = ["10_last", "2_second", "01_first", "explore", "draft_03"]
    for name in names:
        write(tmp_path / f"{name}.ipynb")
    (tmp_path / "03_notes.txt").write_text("no notebook", encoding="utf-8")
    found = find_notebooks(tmp_path)
    assert [each.name for each in found] == ["01_first", "2_second", "10_last"]
    assert [each.key for each in found] == ["first", "second", "last"]


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_a_folder_without_numbered_notebooks_is_wrong_use(tmp_path, folder):
    write(tmp_path / "explore.ipynb")
    with pytest.raises(UsageError, match=r"no notebooks of the report.*01_overview"):
        find_notebooks(tmp_path / folder)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"cells": 1, "nbformat": 4}',
        '{"cells": [{}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    ],
)
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    write(tmp_path / "01_good.ipynb")
    (tmp_path / "02_bad.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=r"02_bad\.ipynb: no notebook that can be read"):
        find_notebooks(tmp_path)


@pytest.mark.parametrize(
    ("parameters", "missing"),
    [
        ("months: int = 6", "period, data_dir, lang"),
        ('period: str = "107H1"\nlang: str = "en"', "data_dir"),
        (PARAMETERS.replace("lang", "language"), "lang"),
    ],
)
def test_a_notebook_must_have_the_three_parameters(tmp_path, parameters, missing):
    write(tmp_path / "01_good.ipynb")
    write(tmp_path / "02_bare.ipynb", parameters=parameters)
    with pytest.raises(UsageError, match=f"02_bare.ipynb: its parameters cell has no {missing};"):
        checked(tmp_path)


def test_a_notebook_without_a_parameters_cell_says_where_to_make_one(tmp_path):
    write(tmp_path / "01_bare.ipynb", parameters="")
    with pytest.raises(UsageError, match=r"no cell is tagged 'parameters'; .*property inspector"):
        checked(tmp_path)


def test_a_second_parameters_cell_is_refused_as_it_would_undo_what_is_given(tmp_path):
    path = write(tmp_path / "01_two.ipynb", 'period = "106H2"')
    node = nbformat.read(path, as_version=4)
    node.cells[-1].metadata["tags"] = ["parameters"]
    nbformat.write(node, path)
    with pytest.raises(UsageError, match="2 cells are tagged 'parameters'; expected one"):
        checked(tmp_path)


def test_a_kernel_of_another_language_is_refused_and_another_name_is_not(tmp_path):
    mine = {"name": "my-env", "display_name": "Mine"}
    write(tmp_path / "01_mine.ipynb", kernel=mine)
    assert checked(tmp_path)[0][1]["period"] == "2018-S1"
    write(tmp_path / "02_r.ipynb", kernel={"name": "ir", "display_name": "R", "language": "R"})
    with pytest.raises(ReportError, match=r"02_r.ipynb: its kernel 'R' is for R; .*Python 3"):
        find_notebooks(tmp_path)


def test_an_unknown_parameter_suggests_the_nearest_known_one(tmp_path):
    write(tmp_path / "01_tiny.ipynb", parameters=PARAMETERS + "months: int = 6  # m")
    with pytest.raises(UsageError, match="'month'; did you mean 'months'"):
        checked(tmp_path, month=12)


@pytest.mark.parametrize(
    ("declared", "value", "found"),
    [
        ("months: int = 6", "six", r"'six' \(str\); expected int"),
        ("months: int = 6", 6.5, r"6.5 \(float\); expected int"),
        ("months: int = 6", True, r"True \(bool\); expected int"),
        ("months: str = ''", 6, r"6 \(int\); expected str"),
        ("months: bool = True", 1, r"1 \(int\); expected bool"),
        ("months: float = 0.5", "x", r"'x' \(str\); expected float"),
        ("months = 6", "six", r"'six' \(str\); expected int"),
    ],
)
def test_a_value_of_another_type_names_notebook_and_parameter(tmp_path, declared, value, found):
    write(tmp_path / "01_tiny.ipynb", parameters=PARAMETERS + declared)
    with pytest.raises(UsageError, match=f"01_tiny.ipynb, parameter months: found {found}"):
        checked(tmp_path, months=value)


@pytest.mark.parametrize(("declared", "value"), [("float = 0.5", 2), ("bool = True", False)])
def test_a_value_of_the_declared_type_is_passed_on(tmp_path, declared, value):
    write(tmp_path / "01_tiny.ipynb", parameters=f"{PARAMETERS}x: {declared}")
    assert checked(tmp_path, x=value)[0][1]["x"] == value


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        ("int = 6", "12", 12),
        ("float = 0.5", "2.5", 2.5),
        ("bool = True", "False", False),
        ("str = ''", "1.50", "1.50"),
        ("str = ''", "true", "true"),
    ],
)
def test_a_text_is_read_as_what_the_notebook_declares(tmp_path, declared, text, value):
    """So that an amount of the command line keeps its digits."""
    write(tmp_path / "01_tiny.ipynb", parameters=f"{PARAMETERS}x: {declared}")
    found = checked(tmp_path, x=text)[0][1]["x"]
    assert (found, type(found)) == (value, type(value))


def test_a_parameter_goes_only_to_the_notebooks_that_have_it(tmp_path):
    write(tmp_path / "01_plain.ipynb")
    write(tmp_path / "02_long.ipynb", parameters=PARAMETERS + "months: int = 6")
    plain, long = (values for _, values in checked(tmp_path, months=12))
    common = {**GIVEN, "data_dir": "data"}
    assert plain == common
    assert long == {**common, "months": 12}


def test_the_data_folder_is_given_as_seen_from_the_notebook(tmp_path):
    (tmp_path / "notebooks").mkdir()
    write(tmp_path / "notebooks" / "01_tiny.ipynb")
    found = find_notebooks(tmp_path / "notebooks")
    assert checked_parameters(found, GIVEN, tmp_path / "data")[0][1]["data_dir"] == "../data"


def test_a_notebook_that_names_no_kernel_needs_none(tmp_path):
    """The report runs in its own Python, whatever kernel a notebook names."""
    write(tmp_path / "01_tiny.ipynb", kernel=None)
    assert checked(tmp_path)[0][1]["period"] == "2018-S1"


def test_a_notebook_runs_with_its_parameters_in_its_own_folder_and_is_kept(tmp_path):
    folder, out = tmp_path / "{notebooks}", tmp_path / "{out}"
    folder.mkdir()
    out.mkdir()
    path = write(folder / "01_tiny.ipynb", "import os", "print(period, lang, os.getcwd())")
    before = path.read_bytes()
    executed = run(*checked(folder)[0], out)
    assert text_of(executed) == f"2018-S1 en {folder}\n"
    assert nbformat.read(out / "01_tiny.ipynb", as_version=4).cells[-1].outputs
    assert path.read_bytes() == before


def test_notebooks_that_run_side_by_side_keep_their_order_and_tell_of_each(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    write(tmp_path / "01_slow.ipynb", "import time; time.sleep(1)", "print('slow')")
    write(tmp_path / "02_quick.ipynb", "print('quick')")
    told = []
    executed = run_all(checked(tmp_path), out, lambda *each: told.append(each), Settings())
    assert [text_of(each) for each in executed] == ["slow\n", "quick\n"]
    assert sorted(name for name, _, _ in told) == ["01_slow", "02_quick"]
    assert [(done, total) for _, done, total in told] == [(1, 2), (2, 2)]


def test_notebooks_that_never_began_are_not_waited_for():
    """One runs, one waits for its turn; both are stopped, and the second never ends by itself."""
    pool, go = ThreadPoolExecutor(1), Event()
    tasks = [pool.submit(go.wait, 5), pool.submit(int)]
    pool.shutdown(wait=False, cancel_futures=True)
    stopping = Thread(target=_stop, args=(dict.fromkeys(tasks, ""), []), daemon=True)
    stopping.start()
    go.set()
    stopping.join(5)
    assert not stopping.is_alive()


def test_an_error_names_notebook_cell_and_line_as_jupyterlab_counts_them(tmp_path):
    """Code cells are counted as Run All counts them: the parameters cell is the first."""
    said = failure_of(tmp_path, "x = 1", "y = 2\ny / 0", "z = 3")
    assert said.startswith(f"{tmp_path / '01_tiny.ipynb'}, cell 3, line 2: ZeroDivisionError")
    assert said.endswith("\n    y / 0")


def test_an_error_inside_a_call_names_the_line_of_the_cell_that_called(tmp_path):
    said = failure_of(tmp_path, "import json\n\njson.loads('{')")
    assert "line 3: JSONDecodeError" in said
    assert said.endswith("\n    json.loads('{')")


def test_a_cell_that_kills_its_kernel_is_an_error_of_the_report(tmp_path):
    said = failure_of(tmp_path, "import os; os._exit(1)")
    assert said.startswith(f"{tmp_path / '01_tiny.ipynb'}, cell 2: its kernel died")


def test_another_kernel_of_the_same_name_in_the_users_folders_is_not_used(tmp_path, monkeypatch):
    """Another kernel called python3 in the user's folders is not the one that runs."""
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    text = '{"argv": ["/bin/false"], "display_name": "Other", "language": "python"}'
    (spec / "kernel.json").write_text(text, encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    (tmp_path / "out").mkdir()
    write(tmp_path / "01_tiny.ipynb", "print('here')")
    assert text_of(run(*checked(tmp_path)[0], tmp_path / "out")) == "here\n"
