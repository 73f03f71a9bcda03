"""One direction, no way back: a module imports only from those above it."""

import ast
import subprocess
import sys
from importlib.util import resolve_name
from pathlib import Path

import pytest

import kao_metrics

FOLDER = Path(kao_metrics.__file__).parent
TOP = FOLDER.name
VERSION = f"{TOP}.__version__"

LAYERS = (
    ("typesetting",),
    (
        "period",
        "quick",
        "limits",
        "environment",
        "handover",
        "converter",
        "kernels",
        "kernels.folders",
        "progress",
    ),
    ("kernels.forkserver",),
    ("kernels.warm",),
    ("kernels.provisioner",),
    ("kernels.manager",),
    ("printed",),
    ("labels",),
    ("law",),
    ("sources", "own_labels"),
    ("steps",),
    ("breakdowns",),
    ("arithmetic",),
    ("failures",),
    ("schemas",),
    ("contracts",),
    ("register",),
    ("preparation",),
    ("readers", "figure"),
    ("datapackage",),
    ("project", "lab"),
    ("statistics", "statistics.rates", "statistics.signals"),
    ("statistics.concentration", "statistics.contributions", "statistics.shift_share"),
    ("statistics.proportions", "statistics.control_charts", "statistics.season"),
    ("metrics.formulas",),
    ("metrics.workforce_dates",),
    ("metrics.workforce_series",),
    ("metrics.workforce_changes",),
    ("metrics.workforce_employers", "metrics.workforce_path"),
    (
        "metrics.workforce",
        "metrics.retirement_reserve",
        "metrics.retirement_accounts",
        "metrics.complaints",
        "metrics.services",
    ),
    ("metrics.reserve_concentration", "metrics.reserve_pace"),
    ("metrics.reserve_paths",),
    ("metrics.escalation", "metrics.category_counts"),
    ("metrics.category_changes",),
    ("metrics.category_concentration",),
    ("metrics",),
    ("dictionary",),
    ("metrics.reference", "metrics.monthly_signals", "metrics.complaint_season"),
    ("metrics.stated",),
    ("provenance",),
    ("analysis",),
    ("found",),
    ("methods",),
    ("wording",),
    ("restated_words",),
    ("explanations",),
    ("markup",),
    ("theme", "axes"),
    ("chart_parts",),
    ("curve_parts",),
    ("forms", "curves", "control_curves"),
    ("both_ways",),
    ("linked_charts",),
    ("reserve_charts",),
    ("series_charts",),
    ("complaint_charts",),
    ("workforce_charts",),
    ("charts",),
    ("complaint_sentences", "category_sentences", "series_sentences"),
    ("restated_sentences", "reserve_sentences"),
    ("workforce_sentences",),
    ("sentences",),
    ("tables",),
    ("drawing",),
    ("display", "slides"),
    ("appendix", "changes"),
    ("exploration",),
    ("explorer",),
    ("output",),
    ("exporting",),
    ("report.errors",),
    ("report.live",),
    ("report.downloads",),
    ("report.manifest",),
    ("report.notebooks",),
    ("report.running",),
    ("report.publishing",),
    ("report.page",),
    ("report.index",),
    ("report.listing",),
    ("report",),
    ("selection", "batch"),
    ("importing", "importing.numerals", "importing.encodings"),
    ("importing.numbers", "importing.recognition"),
    ("importing.workbooks",),
    ("importing.dates",),
    ("importing.mapping",),
    ("importing.layout", "importing.conversion", "importing.vocabulary", "importing.rejects"),
    ("importing.records", "importing.rows"),
    ("importing.gathering", "importing.columns"),
    ("importing.proposed_text",),
    ("importing.duplicates", "importing.counting"),
    ("importing.reading",),
    ("importing.totals", "importing.tallying", "importing.suppression"),
    ("importing.disclosure", "importing.landing", "importing.proposal"),
    ("importing.notes",),
    ("importing.exports",),
    ("published",),
    ("restatements.figures", "restatements.rows"),
    ("restatements.causes",),
    ("restatements",),
    ("restatements.recording",),
    ("cluster",),
    ("cli.options", "cli.ending"),
    ("cli.reports", "cli.figures", "cli.exports", "cli.projects", "cli.restatements"),
    ("cli.dictionary",),
    ("cli",),
    ("__main__",),
    # the public names reach everything, so nothing inside may take a name from here
    ("",),
)
"""The modules, top first; those on one line do not import one another."""

HEAVY = {"altair", "dataframely", "great_tables", "nbconvert", "papermill", "polars", "scipy"}

DEPTH = {f"{TOP}.{name}".rstrip("."): depth for depth, line in enumerate(LAYERS) for name in line}


def module_name(path):
    names = path.relative_to(FOLDER.parent).with_suffix("").parts
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


MODULES = {module_name(path): path for path in sorted(FOLDER.rglob("*.py"))}


def imports(source, package):
    """The modules of kao_metrics that a source imports when it runs, in functions too."""
    found, todo = set(), [ast.parse(source)]
    while todo:
        node = todo.pop()
        if (
            isinstance(node, ast.If)
            and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING"
        ):
            todo.extend(node.orelse)
            continue
        todo.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = resolve_name("." * node.level + (node.module or ""), package)
            names = (f"{home}.{alias.name}" for alias in node.names)
            found.update(name if name in MODULES else home for name in names if name != VERSION)
    return {name for name in found if name.partition(".")[0] == TOP}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import polars, kao_metrics.charts as c", {"kao_metrics.charts"}),
        ("from kao_metrics import charts, labels", {"kao_metrics.charts", "kao_metrics.labels"}),
        ("from kao_metrics.metrics import services", {"kao_metrics.metrics.services"}),
        ("from kao_metrics.metrics import compute", {"kao_metrics.metrics"}),
        ("from kao_metrics import analyse", {"kao_metrics"}),
        ("from kao_metrics import __version__", set()),
        ("from . import errors", {"kao_metrics.report.errors"}),
        ("from ..charts import downsizing", {"kao_metrics.charts"}),
        ("def f():\n    from kao_metrics.cli import app", {"kao_metrics.cli"}),
        ("if TYPE_CHECKING:\n    import kao_metrics.cli", set()),
        ("if t.TYPE_CHECKING:\n    pass\nelse:\n    import kao_metrics.cli", {"kao_metrics.cli"}),
        ("if not TYPE_CHECKING:\n    import kao_metrics.cli", {"kao_metrics.cli"}),
        ("import kao_metrics_extra, polars", set()),
    ],
)
def test_every_way_to_import_is_seen(source, found):
    assert imports(source, "kao_metrics.report") == found


def test_every_module_has_a_place_and_every_place_a_module():
    homeless, empty = MODULES.keys() - DEPTH.keys(), DEPTH.keys() - MODULES.keys()
    assert not homeless, f"give these modules a place in LAYERS: {sorted(homeless)}"
    assert not empty, f"take these places out of LAYERS, no module has them: {sorted(empty)}"


@pytest.mark.parametrize("module", sorted(MODULES.keys() & DEPTH.keys()))
def test_a_module_imports_only_from_those_above_it(module):
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    imported = imports(path.read_text(encoding="utf-8"), package)
    below = {name for name in imported & DEPTH.keys() if DEPTH[name] >= DEPTH[module]}
    assert not below, f"{module} imports {sorted(below)}, not above it in LAYERS"


@pytest.mark.parametrize(
    "statement",
    [
        "import kao_metrics",
        "import kao_metrics.cli",
        "from kao_metrics.cli import app; app(['--help'], standalone_mode=False)",
        "from kao_metrics.cli import app; app(['report', '--help'], standalone_mode=False)",
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(statement):
    """So that the package is there, and help answers, at once."""
    code = f"{statement}; import sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "kao_metrics" in loaded
    assert not loaded & HEAVY


def test_public_names_are_there_when_first_asked_for():
    assert all(getattr(kao_metrics, name) is not None for name in kao_metrics.__all__)
    assert set(kao_metrics.__all__) <= set(dir(kao_metrics))


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'kao_metrics' has no attribute 'analyze'"):
        _ = kao_metrics.analyze
