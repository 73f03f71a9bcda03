"""The font that charts are measured with, and that a drawing does not depend on the machine."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import vl_convert

GENERATOR = runpy.run_path(str(Path(__file__).with_name("measuring_font.py")))
FAMILY, FONT, NOTO = GENERATOR["FAMILY"], GENERATOR["WRITTEN"], GENERATOR["NOTO"]
EM = 1000

CHART = {
    "data": {
        "values": [
            {"機關": "高雄市政府工務局養護工程處", "來源": "市預算（含補助）", "人數": 1381},
            {"機關": "Office 𠮷 😀 ﻉ", "來源": "中央−補助→其他", "人數": 276},
        ]
    },
    "title": "臨時人員、約聘僱人員與替代役",
    "mark": "bar",
    "width": 480,
    "autosize": {"type": "fit-x", "contains": "padding"},
    "encoding": {
        "y": {"field": "機關", "type": "nominal"},
        "x": {"field": "人數", "type": "quantitative", "title": "人數（人）"},
        "color": {"field": "來源", "type": "nominal"},
    },
    "config": {"font": FAMILY},
}

DRAW = """
import json, sys, vl_convert
chart, folder = json.load(sys.stdin), sys.argv[1]
if folder:
    vl_convert.register_font_directory(folder)
sys.stdout.reconfigure(encoding="utf-8")
sys.stdout.write(vl_convert.vegalite_to_svg(chart, vl_version="6.4"))
"""


@pytest.fixture(scope="module")
def measured():
    """The width that vl-convert finds for a text in thousandths of its size."""
    vl_convert.register_font_directory(str(FONT.parent))

    def width(text, **style):
        style = {"font": FAMILY, "fontSize": EM, "text": text, "x": 0, "y": 0} | style
        enter = {name: {"value": value} for name, value in style.items()}
        # The drawing grows by its only mark, from no width at all.
        spec = {"marks": [{"type": "text", "encode": {"enter": enter}}], "width": 0, "height": 0}
        return vl_convert.vega_to_scenegraph(spec)["width"]

    return width


def drawn(*, system_fonts=None, registered=FONT.parent):
    """Draw the chart in a new process, with a folder in the place of the fonts of the system."""
    environment = dict(os.environ)
    if system_fonts is not None:
        system_fonts.mkdir(exist_ok=True)
        settings = system_fonts.with_suffix(".conf")
        settings.write_text(
            f'<?xml version="1.0"?><fontconfig><dir>{system_fonts}</dir></fontconfig>'
        )
        environment["FONTCONFIG_FILE"] = str(settings)
    return subprocess.run(
        [sys.executable, "-c", DRAW, str(registered or "")],
        input=json.dumps(CHART).encode(),
        env=environment,
        capture_output=True,
        check=True,
    ).stdout


def test_the_font_is_the_one_that_its_generator_makes_from_noto():
    if not NOTO.exists():
        if os.environ.get("CI"):
            pytest.fail("no Noto Sans CJK: install the package fonts-noto-cjk")
        pytest.skip(f"no {NOTO}; install the package fonts-noto-cjk to run this test")
    font, widths = GENERATOR["build"](NOTO)
    assert font == FONT.read_bytes(), "run python tests/measuring_font.py"
    assert widths == GENERATOR["WIDTHS"].read_text("ascii"), "run python tests/measuring_font.py"


def test_the_font_is_small():
    assert FONT.stat().st_size < 20_000


@pytest.mark.parametrize(
    ("character", "advance"),
    [("0", 555), ("7", 555), ("A", 608), ("%", 921), ("−", 555), ("–", 536), ("é", 554)],
)
def test_latin_is_as_wide_as_in_noto(character, advance, measured):
    assert measured(character) == advance


@pytest.mark.parametrize("character", list("→×高臨，（）。カー①㍿𠮷😀ع\U00050000"))
def test_chinese_and_all_that_noto_lacks_is_one_em_wide(character, measured):
    assert measured(character) == EM


@pytest.mark.parametrize("character", ["\u0301", "\u200b", "\u2060", "\u2067", "\ufeff"])
def test_marks_and_invisible_characters_add_no_width(character, measured):
    assert measured(f"高{character}雄") == measured("高雄") == 2 * EM


def test_a_text_is_as_wide_as_its_characters(measured):
    assert measured("2018年：19.58%") == sum(measured(each) for each in "2018年：19.58%")


@pytest.mark.parametrize(
    "style", [{"fontWeight": "bold"}, {"fontWeight": 600}, {"fontStyle": "italic"}]
)
def test_bold_and_italic_texts_are_measured_with_the_font_too(style, measured):
    assert measured("高雄 19.58%", **style) == measured("高雄 19.58%")


def test_of_several_families_the_first_measures(measured):
    assert measured("高雄 19.58%", font=f"{FAMILY}, sans-serif") == measured("高雄 19.58%")


def test_a_drawing_is_the_same_with_and_without_the_fonts_of_the_system(tmp_path):
    assert drawn() == drawn(system_fonts=tmp_path / "none")


@pytest.mark.skipif(sys.platform != "linux", reason="only there vl-convert heeds fontconfig")
def test_the_fonts_of_the_system_can_be_hidden_from_a_drawing(tmp_path):
    """Otherwise the test before would compare a drawing with itself."""
    as_system = tmp_path / "measure"
    as_system.mkdir()
    (as_system / FONT.name).write_bytes(FONT.read_bytes())
    assert drawn(system_fonts=as_system, registered=None) == drawn()
    assert drawn(system_fonts=tmp_path / "none", registered=None) != drawn()
