"""The page: what the notebooks show, joined under one heading each, with contents and colophon."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from typing import Any, Final

import jinja2

from kao_metrics import labels, sentences
from kao_metrics.analysis import Analysis
from kao_metrics.drawing import MEDIA_TYPE
from kao_metrics.markup import without_dead_links
from kao_metrics.report.downloads import downloads
from kao_metrics.report.live import TEMPLATES, Live, get_live_ready, hash_of, live
from kao_metrics.report.manifest import sealed
from kao_metrics.report.notebooks import Notebook

_SHORT: Final = 12
_SHOW_CODE: Final = "show-code"  # the page's template knows it too


def page(
    analysis: Analysis, notebooks: list[Notebook], made_from: Mapping[str, Mapping[str, str]]
) -> str:
    """Return the report's HTML.

    Parameters
    ----------
    analysis
        The period's figures and language.
    notebooks
        The executed notebooks, in order.
    made_from
        What `kao_metrics.report.manifest.record` returns; the page keeps it.
    """
    lang = analysis.lang
    style = TEMPLATES.joinpath("style.css").read_text(encoding="utf-8")
    scripts = live(spec for notebook in notebooks for spec in _specs(notebook))
    made = (
        environment()
        .get_template("page.html.j2")
        .render(
            lang="zh-Hant-TW" if lang == "zh-TW" else "en",
            words=lambda key, **values: labels.text(key, lang, **values),
            period=labels.period_name(analysis.period, lang),
            code=analysis.period.code,
            publisher=_publisher(analysis),
            covered=sentences.covered(analysis),
            sections=[_section(notebook, analysis) for notebook in notebooks],
            style=style,
            live=scripts,
            policy=_policy(style, scripts),
            version=metadata.version("kao-metrics"),
            digests={name: digest[:_SHORT] for name, digest in made_from["data"].items()},
            made_from=json.dumps(made_from, ensure_ascii=False, sort_keys=True).replace(
                "<", r"\u003c"
            ),
        )
    )
    return sealed(without_dead_links(made))


@cache
def environment() -> jinja2.Environment:
    """Return what reads the package's templates, and keeps them from page to page."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(TEMPLATES)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def get_ready() -> None:
    """Do what every page needs and takes long the first time, while notebooks run."""
    get_live_ready()
    environment().get_template("page.html.j2")
    with _converting:
        _exporter()


def _specs(notebook: Notebook) -> Iterator[dict[str, Any]]:
    """Find the charts that a notebook shows."""
    for cell in notebook.node.cells:
        for output in cell.get("outputs", []):
            if MEDIA_TYPE in output.get("data", {}):
                yield output["data"][MEDIA_TYPE]


def _publisher(analysis: Analysis) -> str:
    """Return who published the document that most figures come from."""
    named = analysis.results["source_ids"].drop_nulls().to_list()
    if not named:
        return ""
    first, _, _ = Counter(named).most_common(1)[0][0].partition(";")
    return analysis.sources[first].publisher[analysis.lang] if first else ""


def _policy(style: str, scripts: Live) -> str:
    """Allow the page its own style, scripts and images, and nothing else."""
    return (
        f"default-src 'none'; style-src {hash_of(style)}; "
        f"script-src {' '.join(scripts.hashes)}; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _section(notebook: Notebook, analysis: Analysis) -> dict[str, Any]:
    lang = analysis.lang
    return {
        "id": re.sub(r"\W+", "-", notebook.key).strip("-") or "section",
        "title": _title(notebook, lang),
        "body": fragment(notebook, lang),
        "downloads": downloads(analysis, notebook.key),
    }


def _title(notebook: Notebook, lang: str) -> str:
    """Take the title from labels.toml, or from the notebook's first heading."""
    if notebook.key in labels.codes("notebook"):
        return labels.label("notebook", notebook.key, lang)
    found = (
        re.match(r"#\s+(.+)", cell.source)
        for cell in notebook.node.cells
        if cell.cell_type == "markdown"
    )
    return next((match[1].strip() for match in found if match), notebook.key)


def fragment(notebook: Notebook, lang: str) -> str:
    """Convert an executed notebook to HTML without style or script of its own.

    The first heading is left to the page. A text cell that is tagged with a language is
    shown in that language only. Code is left out, but that of cells tagged ``show-code``
    stands above what they show, where they show anything.
    """
    node = notebook.node.copy()
    shown = (_without_title(cell) for cell in notebook.node.cells if _is_shown(cell, lang))
    node.cells = [cell for cell in shown if cell.source.strip()]
    from nbconvert.exporters.templateexporter import TemplateExporter  # slow to import

    # HTMLExporter would pass the page through BeautifulSoup, which breaks SVG's viewBox.
    with _converting:
        body, _ = TemplateExporter.from_notebook_node(_exporter(), node)
    return str(body)


_converting: Final = threading.Lock()
"""An exporter that is kept serves one thread at a time."""


@cache
def _exporter() -> Any:
    """Return what converts notebooks; it is kept, with the templates that it has read."""
    # Slow to import, and not needed until a page is made.
    from nbconvert.exporters import HTMLExporter
    from nbconvert.filters import Highlight2HTML

    exporter = HTMLExporter(
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="kao_metrics",
        exclude_input=True,
        exclude_anchor_links=True,
    )
    exporter.register_filter("highlight_code", Highlight2HTML(parent=exporter))
    return exporter


def _without_title(cell: Any) -> Any:
    """Return a text cell without the heading that the page has already."""
    if cell.cell_type != "markdown":
        return cell
    kept = cell.copy()
    kept["source"] = re.sub(r"\A\s*# .*\n?", "", cell.source)
    return kept


def _is_shown(cell: Any, lang: str) -> bool:
    tags = cell.metadata.get("tags", [])
    languages = [tag for tag in tags if tag in labels.LANGUAGES]
    is_of_language = not languages or lang in languages
    return is_of_language and (_SHOW_CODE not in tags or _shows(cell))


def _shows(cell: Any) -> bool:
    """Tell whether a cell shows anything; a chart without data is an empty output."""
    return any(output.get("data", output).get("text/html", "-") for output in cell.outputs)
