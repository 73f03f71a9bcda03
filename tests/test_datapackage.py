"""The descriptors of the data folders are current, and others can check the data with them."""

import json
import shutil
from pathlib import Path

import frictionless
import pytest

from kao_metrics import labels
from kao_metrics.datapackage import FILE_NAME, as_json, datapackage
from kao_metrics.failures import DataError
from kao_metrics.readers import open_data

DATA = Path(__file__).parent.parent / "data"
FOLDERS = (DATA, DATA / "examples" / "taipei_1999")
CONSTRAINT = "constraint-error"


def faults(folder):
    """What frictionless finds wrong with a folder: file, row, column, kind of error."""
    report = frictionless.Package(str(folder / FILE_NAME)).validate()
    assert report.valid == (not report.stats["errors"])
    found = [("", None, None, error.type) for error in report.errors]
    for task in report.tasks:
        for error in task.errors:
            row, column = (getattr(error, name, None) for name in ("row_number", "field_name"))
            found.append((task.place, row, column, error.type))
    return found


@pytest.fixture
def described(broken):
    """A copy of the real figures with its own descriptor."""
    (broken / FILE_NAME).write_text(as_json(datapackage(broken)), encoding="utf-8")
    return broken


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_descriptor_is_what_the_contracts_say_now(folder):
    written = (folder / FILE_NAME).read_bytes().decode("utf-8")
    command = f"kao-metrics datapackage --data-dir {folder.relative_to(DATA.parent)}"
    assert written == as_json(datapackage(folder)), f"make it again: {command}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_frictionless_finds_descriptor_and_data_valid(folder):
    assert faults(folder) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_table_of_every_period_is_a_resource(folder):
    data = open_data(folder)
    files = {
        f"{table}/{period}.csv" for period in data.periods.values() for table in data.tables(period)
    }
    single = ("periods.csv", "reference/peer_cities.csv")
    files |= {path for path in single if (folder / path).exists()}
    assert {each["path"] for each in datapackage(folder)["resources"]} == files


@pytest.mark.parametrize(
    ("table", "old", "new", "found"),
    [
        ("complaints", "first,", "frist,", (2, "stage", CONSTRAINT)),
        ("complaints", "2052", "about 2052", (2, "count", "type-error")),
        ("complaints", "2052", "-2052", (2, "count", CONSTRAINT)),
        ("complaints", ",ksec_2018_s1", ",ksec_2081_s1", (2, "source_id", CONSTRAINT)),
        ("workforce", "2018-04-01,", "1 April,", (2, "as_of", "type-error")),
        ("services", ",28,", ",,", (2, "value", CONSTRAINT)),
        ("services", "delegations_received", "downsizing_ratio", (2, "indicator", CONSTRAINT)),
        ("services", "exact,,1.3", "exact,nothing,1.3", (2, None, "foreign-key")),
        ("services", "exact,,1.3", "exact,,one", (2, "section", CONSTRAINT)),
        ("retirement_reserve", ",contributed", ",initial_shortfall", (3, None, "primary-key")),
        ("periods", "2018-S1", "2018-S3", (2, "period", CONSTRAINT)),
        ("periods", "services", "service", (2, "tables", CONSTRAINT)),
        ("periods", "30,,", "30,0,", (2, "council_term", CONSTRAINT)),
    ],
)
def test_frictionless_finds_a_cell_that_breaks_the_contract(described, table, old, new, found):
    path = "periods.csv" if table == "periods" else f"{table}/2018-S1.csv"
    change(described / path, old, new)
    assert (path, *found) in faults(described)


def test_frictionless_finds_a_column_that_is_not_there(described):
    path = described / "complaints/2018-S1.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    without_stage = [line.partition(",")[2] for line in lines]
    path.write_text("\n".join(without_stage) + "\n", encoding="utf-8")
    assert {each[0] for each in faults(described)} == {"complaints/2018-S1.csv"}


def test_a_column_that_a_file_does_not_have_is_not_in_its_schema():
    columns = {
        folder: {
            resource["path"]: [field["name"] for field in resource["schema"]["fields"]]
            for resource in datapackage(folder)["resources"]
        }
        for folder in FOLDERS
    }
    real, example = (columns[folder] for folder in FOLDERS)
    assert "month" not in real["complaints/2018-S1.csv"]
    assert "month" in example["complaints/2018-S1.csv"]
    assert "section" not in example["complaints/2018-S1.csv"]


def test_columns_are_described_in_the_order_of_the_file_and_in_the_words_of_its_readme(broken):
    path = broken / "retirement_reserve/2018-S1.csv"
    change(path, "as_of,item,amount", "item,as_of,amount")
    rows = path.read_text(encoding="utf-8").splitlines()[1:]
    assert rows[0].startswith(",initial_shortfall")
    change(broken / "retirement_reserve/README.md", "date, empty", "day, empty")
    resource = next(
        each for each in datapackage(broken)["resources"] if each["path"].startswith("retirement")
    )
    item, as_of, amount = resource["schema"]["fields"][:3]
    assert [item["name"], as_of["name"]] == ["item", "as_of"]
    assert as_of["description"] == "day, empty where the report names none"
    assert amount["type"] == "number"


def test_without_readmes_a_table_has_the_words_of_its_contract(broken):
    for readme in broken.rglob("README.md"):
        readme.unlink()
    complaints = next(
        each for each in datapackage(broken)["resources"] if each["path"].startswith("complaints")
    )
    assert "Complaints of one kind" in complaints["description"]
    assert not any("description" in field for field in complaints["schema"]["fields"])


def test_printed_words_are_valid_where_the_contract_takes_them(described):
    change(described / "services/2018-S1.csv", ",case,exact,", ",案,約,")
    open_data(described).read_all(open_data(described).period("107H1"))
    assert faults(described) == []


def test_a_total_is_offered_only_where_the_contract_takes_one():
    complaints = next(
        each for each in datapackage(DATA)["resources"] if each["path"].startswith("complaints")
    )
    codes = {
        field["name"]: field.get("constraints", {}).get("enum", [])
        for field in complaints["schema"]["fields"]
    }
    assert codes["stage"] == list(labels.codes("stage"))
    assert codes["sector"] == [labels.TOTAL, *labels.codes("sector")]


def test_a_byte_order_mark_and_other_line_ends_are_no_fault(described):
    path = described / "complaints/2018-S1.csv"
    rows = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + rows)
    assert as_json(datapackage(described)) == (described / FILE_NAME).read_text(encoding="utf-8")
    assert faults(described) == []


def test_new_figures_do_not_change_the_descriptor(described):
    change(described / "complaints/2018-S1.csv", "2052", "2053")
    assert as_json(datapackage(described)) == (described / FILE_NAME).read_text(encoding="utf-8")


def test_a_new_period_changes_the_descriptor(described):
    with (described / "periods.csv").open("a", encoding="utf-8") as file:
        file.write("2018-S2,2018-07-01,2018-12-31,,,complaints\n")
    shutil.copy(described / "complaints/2018-S1.csv", described / "complaints/2018-S2.csv")
    paths = [each["path"] for each in datapackage(described)["resources"]]
    assert paths[-2:] == ["complaints/2018-S2.csv", "reference/peer_cities.csv"]


def test_files_that_cannot_be_described_are_said_all_at_once(broken):
    (broken / "workforce/2018-S1.csv").unlink()
    change(broken / "complaints/2018-S1.csv", "stage", "stagee")
    with pytest.raises(DataError) as caught:
        datapackage(broken)
    assert {failure.table for failure in caught.value.failures} == {"workforce", "complaints"}


def test_any_folder_has_a_name_that_the_standard_allows(broken):
    folder = broken.rename(broken.with_name("秘書處 資料"))
    (folder / FILE_NAME).write_text(as_json(datapackage(folder)), encoding="utf-8")
    assert datapackage(folder)["name"] == "kao-metrics"
    assert faults(folder) == []


def test_the_same_descriptor_reads_back_from_its_text():
    package = datapackage(DATA)
    assert json.loads(as_json(package)) == package
    assert as_json(package).endswith("}\n")
