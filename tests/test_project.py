"""A new project: what is in it, and that it is made whole or not at all."""

from pathlib import Path

import pytest

from kao_metrics import project
from kao_metrics.contracts import Place, read_text
from kao_metrics.datapackage import datapackage
from kao_metrics.project import ProjectError, contents, make_project
from kao_metrics.schemas import TABLES


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def few(monkeypatch):
    """Make a project one of two files."""
    made = {"README.md": b"", "data/a/b.csv": b"c\n"}
    monkeypatch.setattr(project, "contents", lambda: made)
    return made


def test_a_project_has_notebooks_data_templates_and_examples_as_they_are_here(
    data_dir, notebooks_dir
):
    made = contents()
    for path in (
        notebooks_dir / "01_overview.ipynb",
        data_dir / "periods.csv",
        data_dir / "workforce/2018-S1.csv",
        data_dir / "examples/taipei_1999/complaints/2026-S1.csv",
        data_dir / "examples/mappings/taipei_1999.toml",
    ):
        assert made[path.relative_to(data_dir.parent).as_posix()] == path.read_bytes()
    assert {path.partition("/")[0] for path in made} == {"README.md", "data", "notebooks"}


def test_the_wheels_own_copy_is_taken_where_there_is_one(tmp_path, monkeypatch):
    package = tmp_path / "kao_metrics"
    for name in ("new_project/README.md", "_project/data/a.csv", "_project/notebooks/1.ipynb"):
        (package / name).parent.mkdir(parents=True)
        (package / name).write_bytes(b"packed")
    (package / "_project/notebooks/.ipynb_checkpoints").mkdir()
    (package / "_project/notebooks/.ipynb_checkpoints/1.ipynb").write_bytes(b"left behind")
    monkeypatch.setattr(project, "_PACKAGE", package)
    templates = {f"data/templates/{table}.csv" for table in TABLES}
    assert contents().keys() - templates == {"README.md", "data/a.csv", "notebooks/1.ipynb"}


def test_an_installation_without_the_files_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "_PACKAGE", tmp_path / "kao_metrics")
    with pytest.raises(ProjectError, match=r"notebooks: not there; install kao-metrics again"):
        contents()


@pytest.mark.parametrize("table", TABLES)
def test_a_template_has_every_column_and_only_lacks_rows(tmp_path, table):
    path = tmp_path / "template.csv"
    path.write_bytes(contents()[f"data/templates/{table}.csv"])
    _, failures = read_text(path, Place(table, str(path)), TABLES[table])
    assert [failure.found for failure in failures] == ["no rows"]


def test_every_table_and_column_of_the_templates_is_described_in_both_languages():
    text = contents()["data/templates/README.md"].decode()
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    words = {name: said for name, *said in rows}
    columns = {name for schema in TABLES.values() for name in schema.COLUMNS}
    assert words.keys() >= columns | TABLES.keys()
    assert all(len(said) == 2 and all(said) for said in words.values())


def test_templates_and_examples_do_not_change_what_the_data_are(tmp_path, data_dir):
    make_project(tmp_path / "new")
    assert datapackage(tmp_path / "new" / "data") == datapackage(data_dir)


@pytest.mark.parametrize("name", ["new", "above/new", "有空格 的"])
def test_a_folder_that_is_not_there_is_made(tmp_path, few, name):
    make_project(tmp_path / name)
    assert files(tmp_path / name) == few
    assert [each.name for each in (tmp_path / name).parent.iterdir()] == [Path(name).name]


def test_an_empty_folder_stays_the_same_folder(tmp_path, few):
    before = tmp_path.stat().st_ino
    make_project(tmp_path)
    assert tmp_path.stat().st_ino == before
    assert files(tmp_path) == few


@pytest.mark.usefixtures("few")
def test_the_folder_can_be_read_like_any_other(tmp_path):
    (tmp_path / "other").mkdir()
    make_project(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("name", ["README.md", ".git"])
def test_a_folder_with_anything_in_it_stays_as_it_is(tmp_path, name):
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(ProjectError, match=r"the folder is not empty; .* new or empty"):
        make_project(tmp_path)
    assert files(tmp_path) == {name: b"mine"}


@pytest.mark.usefixtures("few")
def test_a_file_in_the_place_stays_as_it_is(tmp_path):
    (tmp_path / "new").write_bytes(b"mine")
    with pytest.raises(ProjectError, match="something that is no folder"):
        make_project(tmp_path / "new")
    with pytest.raises(ProjectError, match="cannot be made"):
        make_project(tmp_path / "new" / "deeper")
    assert files(tmp_path) == {"new": b"mine"}


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize(
    ("is_there", "moment"),
    [*((False, each) for each in range(3)), *((True, each) for each in range(4))],
)
def test_what_stops_half_way_leaves_nothing(tmp_path, monkeypatch, is_there, moment, error):
    """Two files are written; then one folder, or the two that are in it, get their names."""
    folder = tmp_path / "new"
    if is_there:
        folder.mkdir()
    steps = iter(range(100))

    def failing(method):
        def run(*arguments):
            if next(steps) == moment:
                raise error
            return method(*arguments)

        return run

    for name in ("write_bytes", "rename"):
        monkeypatch.setattr(Path, name, failing(getattr(Path, name)))
    with pytest.raises((ProjectError, KeyboardInterrupt)):
        make_project(folder)
    assert [*tmp_path.rglob("*")] == ([folder] if is_there else [])


@pytest.mark.usefixtures("few")
def test_of_two_at_once_the_second_does_not_overwrite_the_first(tmp_path, monkeypatch):
    folder = tmp_path / "new"
    rename = Path.rename

    def late(staged, target):
        folder.mkdir()
        (folder / "README.md").write_bytes(b"first")
        return rename(staged, target)

    monkeypatch.setattr(Path, "rename", late)
    with pytest.raises(ProjectError, match="cannot be made"):
        make_project(folder)
    assert files(tmp_path) == {"new/README.md": b"first"}
