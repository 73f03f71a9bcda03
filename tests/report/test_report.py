"""The whole report, rendered from the real figures and notebooks."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from kao_metrics.report import ReportError, UsageError, make_report

NAMES = ["overview", "workforce", "retirement_reserve", "complaints", "services", "sources"]


def add_notebook(folder, name, *cells):
    """Put a notebook of the report beside a copy of another one, with its parameters cell."""
    node = nbformat.read(folder / "01_overview.ipynb", as_version=4)
    node.cells = [node.cells[1], *cells]
    nbformat.write(node, folder / f"{name}.ipynb")


def files_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def soup(report):
    return BeautifulSoup(report.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture
def overview(tmp_path, notebooks_dir):
    """A folder with the first notebook of the report only."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(notebooks_dir / "01_overview.ipynb", tmp_path / "notebooks")
    return tmp_path / "notebooks"


@pytest.mark.parametrize(
    "figure",
    [
        "19.58%",  # (8462 - 6805) / 8462
        "30.44%",  # (3462 - 2408) / 3462
        "30.58%",  # (1390 - 965) / 1390
        "22.74%",  # (11924 - 9213) / 11924
        "99.81%",  # 518 / 519
        "88.4%",  # 29.34 / 33.2
        "88.2–88.5%",  # 29.335 / 33.25 to 29.345 / 33.15
        "26.4%",  # 542 / 2052
        "12.5%",  # 68 / 542
        "12.4",  # 2052 / 166
        "84.5%",  # 180 / 213
        "47.6%",  # 50 / 105
        "56.25%",  # (25 - 16) / 16
        "37.7%",  # New Taipei, 2012: 1744 / 4632
        "6.3%",  # New Taipei, 2012: 110 / 1744
        "49.5%",  # Taipei, 2016: 4984 / 10068
        "9.5%",  # Taipei, 2016: 475 / 4984
        "55.6%",  # Taichung, 2016: 10 / 18
        "2,052",
        "166",
    ],
)
def test_the_report_shows_every_key_figure(soup, figure):
    assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d%])", soup.main.text)


def test_the_report_has_a_section_for_each_notebook_in_order(soup):
    assert [section["id"] for section in soup.find_all("section")] == NAMES
    assert [link["href"] for link in soup.nav.find_all("a")] == [f"#{name}" for name in NAMES]


def test_the_report_is_one_file_that_loads_nothing_and_no_id_occurs_twice(soup):
    ids = Counter(tag["id"] for tag in soup.find_all(id=True))
    assert [name for name, times in ids.items() if times > 1] == []
    assert soup.find_all(["link", "iframe", "object", "embed", "img"]) == []
    assert soup.find_all("script", src=True) == []
    for reference in re.findall(r"@import.*|url\(\s*[\"']?(?!#)[^)]*", str(soup)):
        pytest.fail(reference)


def test_the_report_is_small_enough_to_be_sent(report, english_report, soup):
    charts = len(soup.find_all("figure", class_="kao-figure"))
    for page in (report, english_report):
        assert page.stat().st_size <= 500_000 + 15_000 * charts


def test_the_page_lies_beside_a_folder_with_what_it_was_made_from(report):
    folder = report.with_suffix("")
    assert report.name == "2018-S1.html"
    names = [".kao-metrics", "2018-S1", "2018-S1.html"]
    assert sorted(path.name for path in report.parent.iterdir()) == names
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f"0{number}_{name}.ipynb" for number, name in enumerate(NAMES, start=1)),
        "manifest.json",
        "results.csv",
        "results.json",
    ]


def test_the_results_lie_beside_the_page_as_data(report):
    folder = report.with_suffix("")
    text = (folder / "results.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    objects = json.loads((folder / "results.json").read_text(encoding="utf-8"), parse_float=Decimal)
    ratio = {"indicator": "second_complaint_ratio", "numerator": "542", "denominator": "2052"}
    found = [row for row in rows if row.items() >= ratio.items()]
    assert [row["value"] for row in found] == ["0.264132553606"]  # 542 / 2052
    assert len(objects) == len(rows)
    assert [str(each["indicator"]) for each in objects] == [row["indicator"] for row in rows]


def test_the_manifest_names_the_checksums_of_all_that_went_in_and_of_the_page(
    report, data_dir, notebooks_dir
):
    text = (report.with_suffix("") / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert set(manifest["notebooks"]) == {path.name for path in notebooks_dir.glob("0*.ipynb")}
    assert "workforce/2018-S1.csv" in manifest["data"]
    for folder, digests in (
        (report.parent, manifest["page"]),
        (data_dir, manifest["data"]),
        (notebooks_dir, manifest["notebooks"]),
    ):
        whole = {name: digest for name, digest in digests.items() if "#" not in name}
        assert whole == {name: sha256(folder / name) for name in whole}
    page = report.read_text(encoding="utf-8")
    assert all(digest[:12] in page for digest in manifest["data"].values())


def test_the_executed_notebooks_are_given_relative_paths(report):
    for path in report.with_suffix("").glob("*.ipynb"):
        node = nbformat.read(path, as_version=4)
        injected = next(
            cell.source
            for cell in node.cells
            if "injected-parameters" in cell.metadata.get("tags", [])
        )
        assert 'period = "2018-S1"' in injected
        assert re.search(r'data_dir = "(?!/)[^":\\]*"', injected)


def test_what_is_published_names_no_folder_of_the_machine(report, data_dir):
    machine = (str(report.parent), str(data_dir.parent), str(Path.home()))
    for path, content in files_in(report.parent).items():
        named = [folder for folder in machine if f"{folder}/".encode() in content]
        assert named == [], path.name


def test_a_broken_notebook_fails_the_report_and_leaves_the_older_one(
    report, overview, tmp_path, data_dir
):
    older = Path(shutil.copytree(report.parent, tmp_path / "reports"))
    before = files_in(older)
    add_notebook(overview, "07_broken", nbformat.v4.new_code_cell("1 / 0"))
    with pytest.raises(ReportError, match=r"07_broken\.ipynb, .*ZeroDivisionError"):
        make_report("107H1", data_dir=data_dir, notebooks_dir=overview, output_dir=older)
    after = files_in(older)
    assert after.items() >= before.items()
    kept = {path.relative_to(older).as_posix() for path in set(after) - set(before)}
    assert kept == {"2018-S1.failed/07_broken.ipynb", "2018-S1.failed/failure.json"}
    failed = nbformat.read(older / "2018-S1.failed" / "07_broken.ipynb", as_version=4)
    errors = [out for cell in failed.cells for out in cell.get("outputs", [])]
    assert [out.ename for out in errors if out.output_type == "error"] == ["ZeroDivisionError"]


def test_an_added_notebook_joins_the_page_in_its_place(overview, tmp_path, data_dir):
    cell = nbformat.v4.new_markdown_cell("# Weather & wind\n\nIt **rained**.")
    add_notebook(overview, "07_extra", cell)
    add_notebook(overview, "10_last")
    told = []
    page = make_report(
        "2018-S1",
        data_dir=data_dir,
        notebooks_dir=overview,
        output_dir=tmp_path / "reports",
        lang="en",
        progress=lambda *each: told.append(each),
    )
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    sections = soup.find_all("section")
    assert page.name == "2018-S1.en.html"
    assert [each["id"] for each in sections] == ["overview", "extra", "last"]
    assert [each.h2.text for each in sections][1:] == ["Weather & wind", "last"]
    assert sections[1].strong.text == "rained"
    assert [total for _, _, total in told] == [3, 3, 3]


def test_wrong_use_is_found_before_anything_is_written(overview, tmp_path, data_dir):
    with pytest.raises(UsageError, match="'periode'"):
        make_report(
            "107H1",
            data_dir=data_dir,
            notebooks_dir=overview,
            output_dir=tmp_path / "reports",
            parameters={"periode": "107H2"},
        )
    assert not (tmp_path / "reports").exists()
