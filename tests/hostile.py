"""Input that is as hard to show as it can be.

Names that hold markup, run from right to left or never end, data that keeps its contracts with
them, and charts of them: tests/browser/test_bad_input.py shows them.
"""

from __future__ import annotations

import ast
import csv
import datetime as dt
import json
import tomllib
from decimal import Decimal

import nbformat
import pytest

from kao_metrics import labels
from kao_metrics.both_ways import both_ways
from kao_metrics.control_curves import control
from kao_metrics.curves import Dot, Line, Share, lines, lorenz
from kao_metrics.forms import Bar
from kao_metrics.report.page import page
from kao_metrics.statistics.control_charts import chart

PHONE, DESK = 360, 1440
WIDTHS = [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")]
HUGE = 10**12

ATTACK = "window.pwned=true"
MARKUP = (
    f"</p></td></title></script><script>{ATTACK}</script><img src=x onerror={ATTACK}>"
    f"\"'><svg onload={ATTACK}><a onmouseover=\"{ATTACK}\" href='javascript:{ATTACK}'>"
    '<b id="pwned" class=\'gt_table\'> rowspan="2" <!-- ]]> &lt;b&gt; &amp;'
)
PATTERN = r"{name} {{x}} %s $& \g<x> **b** _c_ `d` [e](javascript:window.pwned=true) datum.value"
CHINESE = "高雄市政府環境保護局附設勞工退休準備金監督委員會" * 6
WORD = "Donaudampfschifffahrtsgesellschaft" * 8
CAPITALS = "WOMEN MUMBAI " * 12
OVERRIDE = "甲\u202e覆寫"
UNCLOSED = "乙\u2067\u202b\u2067未關"
HEBREW = "שלום עולם"
CLOSING = f"丙\u2069\u202c\u202e{HEBREW}"
"""Closes an isolate that somebody may have put around it, and then turns everything round."""
FAMILY, FLAG = "👨\u200d👩\u200d👧\u200d👦", "🇹🇼"
EMOJI = (FAMILY + FLAG) * 12
STACKED = "Z\u0300\u0301\u0302\u0303\u0304\u0305" * 3
POINT = "A.B. Co.previous"
CODE = "goods"
NAMES = (
    CLOSING, MARKUP, CHINESE, WORD, CAPITALS, OVERRIDE, UNCLOSED, HEBREW, EMOJI, STACKED, PATTERN,
    POINT, CODE,
)  # fmt: skip
"""Without digits, so that a figure on the page is none of them."""


def words(*each):
    """Take the hostile names in turn, as many as are asked for."""
    return [NAMES[place % len(NAMES)] for place in each]


def quoted(text):
    """Write a text as TOML."""
    return json.dumps(text, ensure_ascii=False)


def in_both(text):
    return f"{{ zh-TW = {quoted(text)}, en = {quoted(text)} }}"


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def spoil_sources(data):
    written = []
    for place, name in enumerate(tomllib.loads((data / "sources.toml").read_text("utf-8"))):
        title, publisher, licence, note = words(*range(place + 1, place + 5))
        url = f"javascript:{ATTACK}" if place % 2 else f'https://example.org/"{MARKUP}{CHINESE}'
        written += [
            f"[{name}]",
            f"title = {in_both(title)}\npublisher = {in_both(publisher)}",
            f"licence = {in_both(licence)}\nnote = {in_both(note)}",
            f"published = {quoted(OVERRIDE)}\nurl = {quoted(url)}",
        ]
    (data / "sources.toml").write_text("\n".join(written), encoding="utf-8")


def spoil_remarks(data, *more):
    known = tomllib.loads((data / "remarks.toml").read_text("utf-8"))["2018-S1"]
    written = []
    for place, name in enumerate([*known, *more]):
        (remark,) = words(place)
        written.append(f"[2018-S1.{quoted(name)}]\nzh-TW = {quoted(remark)}\nen = {quoted(remark)}")
    (data / "remarks.toml").write_text("\n".join(written), encoding="utf-8")


def spoil_stated(data):
    path = data / "stated" / "2018-S1.csv"
    rows = read(path)
    more = [
        dict(rows[0], id=name, statement=name, unit=name, stated=HUGE, operands="0 - 50000")
        for name in NAMES
    ]
    for place, row in enumerate(rows):
        row["unit"] = words(place)[0]
    more.append(dict(rows[0], id="x", stated=0, unit="", operands="1 / 0"))
    write(path, rows + more)


def account(place):
    """Make one of many accounts: some lack nothing, some everything, the first lacks most."""
    name = NAMES[place] if place < len(NAMES) else f"{place}{words(place)[0]}"
    return {
        "as_of": "2018-06-30",
        "account": name,
        "agency": words(place)[0],
        "required": [10 * HUGE, HUGE, 0, 7][place % 4] if place else 100 * HUGE,
        "balance": [HUGE, 0, HUGE, 3][place % 4],
        "contributed": 0,
        "section": "5.1(6)2",
        "source_id": "ksec_2018_s1",
    }


def spoil_complaints(data):
    path = data / "complaints" / "2018-S1.csv"
    plain = {"month": "", **read(path)[0]}
    months = [0, HUGE, 0, 7, 10**9, 1]
    categories = labels.codes("complaint_category")
    rows = [
        dict(plain, count=sum(months)),
        dict(plain, stage="second", count=0),
        dict(plain, stage="mediation", count=5),
        *(
            dict(plain, month=f"2018-{month:02}-01", count=count)
            for month, count in enumerate(months, start=1)
        ),
        *(
            dict(plain, category=code, count=[0, HUGE // 100, 3][place % 3])
            for place, code in enumerate(categories)
        ),
    ]
    write(path, rows)


def spoil_workforce(data):
    """Let one category grow, and one begin with nobody."""
    path = data / "workforce" / "2018-S1.csv"
    rows = read(path)
    for row in rows:
        if row["as_of"] == "2010-12-25" and row["category"] == "frontline":
            row["headcount"] = 1000
        if row["as_of"] == "2010-12-25" and row["subcategory"] == "assistants":
            row["headcount"] = 0
    write(path, rows)


def spoil_services(data):
    path = data / "services" / "2018-S1.csv"
    rows = read(path)
    rows[0]["value"], rows[1]["value"] = 0, HUGE
    write(path, rows)


def executed(node, **given):
    """Run the cells of a notebook; each output is what its last line gives."""
    names, cells = {}, []
    for cell in node.cells:
        if cell.cell_type != "code":
            cells.append(cell)
            continue
        *lines, last = ast.parse(cell.source).body
        is_shown = isinstance(last, ast.Expr)
        first = ast.Module(lines if is_shown else [*lines, last], [])
        exec(compile(first, "cell", "exec"), names)  # noqa: S102 - our own notebooks
        names |= given if "parameters" in cell.metadata.get("tags", []) else {}
        if is_shown:
            cells.append(shows(eval(compile(ast.Expression(last.value), "cell", "eval"), names)))  # noqa: S307
    return nbformat.v4.new_notebook(cells=cells)


def shows(thing):
    """Make the cell of a notebook that has shown something."""
    output = nbformat.v4.new_output("display_data", thing._repr_mimebundle_())
    return nbformat.v4.new_code_cell("x", outputs=[output], execution_count=1)


def written(tmp_path_factory, analysis, notebooks):
    """Write a page, and return its address."""
    made_from = {"data": {}, "notebooks": {}, "code": {}, "packages": {}}
    path = tmp_path_factory.mktemp("pages") / "page.html"
    path.write_text(page(analysis, notebooks, made_from), encoding="utf-8")
    return path.as_uri()


def bar(name, value, detail="", **more):
    return Bar(name, detail or labels.amount(Decimal(value), "person"), Decimal(value), **more)


CASES = {
    "one bar": [bar("一", 5)],
    "sixty bars": [bar(f"第{place}類", place * 7 % 60) for place in range(60)],
    "sixty bars, named at length": [bar(f"{place}{CHINESE}", place) for place in range(60)],
    "zeros": [bar("甲", 0), bar("乙", 0)],
    "all negative": [bar("甲", -5), bar("乙", -50, back=Decimal(-20))],
    "mixed signs": [bar("甲", -5), bar("乙", 50), bar("丙", 0), bar("丁", -1, lower=Decimal(-3),
                    upper=Decimal(2))],
    "huge": [bar("甲", HUGE, back=Decimal(2 * HUGE)), bar("乙", 1), bar("丙", -HUGE)],
    "huge and tiny": [bar("甲", Decimal(1).scaleb(-12)), bar("乙", HUGE)],
    "long Chinese": [bar(CHINESE, 5), bar("乙", 3, CHINESE)],
    "long English": [bar("Environmental Protection Bureau and " * 6, 5)],
    "long word": [bar(WORD, 5), bar("乙", 3, WORD)],
    "wide capitals": [bar(CAPITALS, 5), bar("W" * 200, 3)],
    "signs between wide and narrow": [bar("—" * 80, 5), bar("①" * 60, 4), bar("Ж" * 80, 3)],
    "emoji": [bar(FAMILY * 20, 5), bar(FLAG * 60, 4), bar("☺️" * 60, 3)],
    "stacked accents": [bar("e\u0301" * 120, 5), bar("乙", 3)],
    "right to left": [bar(name, 4321) for name in (OVERRIDE, UNCLOSED, CLOSING, HEBREW)],
    "markup": [bar(MARKUP, 5, MARKUP, passage=MARKUP), bar("a & b < c \"d\" 'e'", 3)],
    "eight of everything": [bar(name, 5 + place) for place, name in enumerate(NAMES[:8])],
    "empty names": [bar("", 5), bar(" ", 4), bar("丙", 3, " ")],
    "what could be code": [bar(PATTERN, 5), bar("signal + 1", 4), bar("\\u202e \t two\nlines", 3)],
}  # fmt: skip
MONTHS = {
    "two months without any": [0, 0],
    "months from zero to huge": [0, HUGE, 0, 7, 1],
    "sixty months": [place * place for place in range(60)],
}


def dots(counts):
    """A dot for each month from 2013 on."""
    months = [dt.date(2013 + place // 12, place % 12 + 1, 1) for place in range(len(counts))]
    return [
        Dot(month, Decimal(count), f"{month:%Y-%m}", labels.amount(Decimal(count), "item"))
        for month, count in zip(months, counts, strict=True)
    ]


def named_lines():
    """Lines with hostile names, each with a dot that has one too."""
    return [
        Line(name, [*dots([place, 9]), Dot(dt.date(2013, 3, 1), Decimal(5), name, name, name)])
        for place, name in enumerate(NAMES)
    ]


def marked_steps():
    """Months of a control chart with steps that say hostile words; and what they are."""
    months = [each.when for each in dots(range(24))]
    begun = dict(zip(months[5::6], (MARKUP, CHINESE, HEBREW), strict=False))
    counts = [30 + place % 5 for place in range(24)]
    steps = [months.index(month) for month in begun]
    return months, chart([*counts[:-1], HUGE], [30] * 24, steps), begun


CURVES = {
    **{
        name: lines([Line("", dots(each))], "complaint_series", "zh-TW", unit="item")
        for name, each in MONTHS.items()
    },
    "lines named at length": lines(
        named_lines(), "complaint_series", "zh-TW", unit="item", target=(Decimal(3), MARKUP)
    ),
    "steps named at length": control(
        *marked_steps()[:2], "complaint_series", "zh-TW", unit="per_day", steps=marked_steps()[2]
    ),
    "shares named at length": lorenz(
        [Share(name, name, Decimal(place)) for place, name in enumerate(NAMES)],
        "complaint_series",
        "zh-TW",
    ),
    "both ways": both_ways(
        [bar(name, place - 3) for place, name in enumerate(NAMES)], "complaint_series", "zh-TW"
    ),
}


ALL_CASES = [*CASES, *CURVES]
