"""Explore a data folder in JupyterLab: choosers, charts that follow them, what changed since.

The choosers are Jupyter widgets and the charts Altair's own widget, JupyterChart, with Vega
sent by this Python: a prebuilt front-end that pip installs, no extension of the server, and
nothing from another machine. A click on a category shows its months at once, in the browser;
any other choice is computed here. Where no widget can be shown, in a report, on paper or run
by papermill, the same charts and tables are there as drawings.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import altair as alt

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.changes import Changes
from kao_metrics.display import Shown, show
from kao_metrics.exploration import Choice, Folder
from kao_metrics.failures import DataError
from kao_metrics.labels import DEFAULT_LANGUAGE, LANGUAGES, text
from kao_metrics.linked_charts import CHOSEN
from kao_metrics.markup import escaped
from kao_metrics.theme import DARK, NOTES, PALETTE

_CHOOSERS: Final = ("period", "other", "category", "baseline", "lang")
_CLASS: Final = "kao-explorer"
_LANGUAGE_NAMES: Final = {"zh-TW": "中文", "en": "English"}
_EMBEDDED: Final = {"actions": False, "ast": True, "renderer": "svg", "defaultStyle": False}
"""Without evaluation of texts as code, which a strict server forbids."""


class Explorer:
    """What is chosen, and what there is to see; shown by a notebook as widgets.

    Parameters
    ----------
    folder
        The data folder.
    choice
        What is chosen first.
    """

    def __init__(self, folder: Folder, choice: Choice) -> None:
        """Choose; an error of the data is raised here, where it can be seen."""
        self.folder = folder
        self.choice = folder.fitting(choice)
        self._widgets: _Widgets | None = None
        self._compute(self.choice)

    @property
    def analysis(self) -> Analysis:
        """The chosen half-year, with staff compared with the chosen baseline."""
        return self.folder.chosen(self.choice)

    @property
    def before(self) -> Analysis | None:
        """The half-year that it is compared with."""
        return self.folder.before(self.choice)

    @property
    def chart(self) -> alt.VConcatChart | None:
        """What categories contribute, and the months of the chosen one."""
        return self.folder.linked(self.choice)

    @property
    def staff(self) -> alt.LayerChart | None:
        """Staff at the chosen baseline and now."""
        return self.folder.staff(self.choice)

    @property
    def changes(self) -> Changes:
        """What changed since the half-year that is compared with."""
        return self.folder.changes(self.choice)

    def choose(self, **chosen: str) -> None:
        """Choose, as the choosers do: ``period``, ``other``, ``category``, ``baseline``, ``lang``.

        What does not fit any more is chosen anew, such as a later half-year to compare with; and
        who compared with the half-year before goes on to do so.

        Raises
        ------
        DataError
            If the data of a half-year break their contract; what was chosen stays.
        """
        if "period" in chosen and self.choice.other == self.folder.nearest(self.choice.period):
            chosen = {"other": "", **chosen}
        choice = self.folder.fitting(dataclasses.replace(self.choice, **chosen))
        self._compute(choice)
        self.choice = choice
        if self._widgets is not None:
            self._widgets.fill()

    def _compute(self, choice: Choice) -> None:
        """Compute what data are needed for, so that an error comes before anything is shown."""
        self.folder.chosen(choice)
        self.folder.before(choice)

    def options(self, name: str) -> list[tuple[str, str]]:
        """Return what a chooser offers, in words and as a value."""
        lang, choice, folder = self.choice.lang, self.choice, self.folder
        none = [(text("explore_none", lang), "")]
        if name == "lang":
            return [(_LANGUAGE_NAMES[each], each) for each in LANGUAGES]
        if name == "baseline":
            found = folder.baselines(choice.period)
            return [(labels.date_name(each, lang), each.isoformat()) for each in found] or none
        if name == "category":
            return folder.categories(choice) or none
        offered = folder.periods() if name == "period" else folder.others(choice.period)
        return [(labels.period_name(each, lang), each.code) for each in offered] or none

    def shown(self) -> Shown:
        """Show the same without widgets: notes, charts and tables."""
        lang = self.choice.lang
        return _joined(self.notes(), show(self.chart, lang), self.words(), self.rest())

    def notes(self) -> Shown:
        """Show what is missing."""
        return show(self.folder.notes(self.choice))

    def words(self) -> Shown:
        """Show what the chosen category contributed."""
        said = self.folder.words(self.choice)
        return show([said] if said else None)

    def rest(self) -> Shown:
        """Show staff since the baseline, and what changed."""
        lang = self.choice.lang
        table = show(self.folder.staff_table(self.choice), lang)
        changes = self.changes if self.before else show(None)
        return _joined(show(self.staff, lang), table, changes)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Give JupyterLab the widgets, and everybody else drawings and words."""
        shown = self.shown()
        lang, markup = self.choice.lang, shown.markup
        if not _has_widgets():
            markup = _paragraph(text("explore_no_widgets", lang)) + markup
        bundle: dict[str, Any] = {"text/html": markup, "text/plain": shown.words}
        if _has_widgets() and _is_attended():
            self._widgets = self._widgets or _Widgets(self)
            bundle |= self._widgets.box._repr_mimebundle_(**kwargs)
            bundle["text/plain"] = shown.words
        return bundle

    def __repr__(self) -> str:
        """Return the words."""
        return self.shown().words


class _Widgets:
    """The widgets of an explorer, which they tell what is chosen."""

    def __init__(self, explorer: Explorer) -> None:
        widgets = import_module("ipywidgets")
        alt.JupyterChart.enable_offline()
        self._explorer = explorer
        self._drawn: list[str] = []
        self._is_filling = False
        self.choosers: dict[str, Any] = {name: widgets.Dropdown() for name in _CHOOSERS}
        for name, chooser in self.choosers.items():
            chooser.style.description_width = "initial"
            chooser.observe(self._moved(name), names="value")
        self.notes, self.head, self.words, self.rest = (widgets.HTML() for _ in range(4))
        for each in (self.notes, self.head, self.words, self.rest):
            each.add_class("jp-RenderedHTMLCommon")
        made: Any = alt.JupyterChart
        self.chart = made(None, embed_options=dict(_EMBEDDED))
        row = widgets.HBox(
            list(self.choosers.values()), layout=widgets.Layout(flex_flow="row wrap")
        )
        style = widgets.HTML(f"<style>{_style()}</style>")
        keys = type("Keys", (import_module("anywidget").AnyWidget,), {"_esm": _KEYS})()
        parts = [style, keys, row, self.notes, self.head, self.chart, self.words, self.rest]
        self.box: Any = widgets.VBox(parts)
        self.box.add_class(_CLASS)
        self.fill()

    def fill(self) -> None:
        """Show what is chosen, and what there is to see."""
        explorer = self._explorer
        self._fill_choosers()
        self.notes.value = explorer.notes().markup
        drawn = explorer.chart
        self.head.value = _head(drawn)
        self._drawn = explorer.folder.places(explorer.choice)
        with self.chart.hold_sync():
            self.chart.chart = drawn
            self.chart.layout.display = "none" if drawn is None else None
        if drawn is not None:
            self.chart.selections.observe(self._clicked, names=CHOSEN)
        self.words.value = explorer.words().markup
        self.rest.value = explorer.rest().markup

    def _fill_choosers(self) -> None:
        explorer, lang = self._explorer, self._explorer.choice.lang
        self._is_filling = True
        for name, chooser in self.choosers.items():
            options = explorer.options(name)
            with chooser.hold_sync():
                chooser.options = options
                chooser.value = getattr(explorer.choice, name)
                chooser.description = text(f"explore_{name}", lang)
                chooser.disabled = len(options) == 1 and not options[0][1]
        self._is_filling = False

    def _moved(self, name: str) -> Callable[[dict[str, Any]], None]:
        """Return what is done when a chooser is moved."""

        def moved(change: dict[str, Any]) -> None:
            if self._is_filling:
                return
            try:
                self._explorer.choose(**{name: change["new"]})
            except DataError as error:
                said = text("explore_broken", self._explorer.choice.lang)
                self._fill_choosers()
                self.notes.value = f"{_paragraph(said)}<pre>{escaped(str(error))}</pre>"

        return moved

    def _clicked(self, change: dict[str, Any]) -> None:
        """Follow a click in the chart, which shows the months already."""
        explorer = self._explorer
        for each in change["new"].value:
            code = self._drawn[each["place"]]
            explorer.choice = explorer.folder.fitting(
                dataclasses.replace(explorer.choice, category=code)
            )
        self._fill_choosers()
        self.words.value = explorer.words().markup


def explore(data_dir: str | Path = "", lang: str = DEFAULT_LANGUAGE, period: str = "") -> Explorer:
    """Explore a data folder: show its half-years, categories, baselines and what changed.

    Parameters
    ----------
    data_dir
        The data folder; the nearest ``data`` above the working directory if left out.
    lang
        ``zh-TW`` or ``en``, to start with.
    period
        The half-year to start with; the newest if left out.

    Returns
    -------
    Explorer
        In JupyterLab, choosers and charts; `Explorer.chart`, `staff`, `changes` and
        `analysis` are what is shown at the time, for other cells to export.

    Raises
    ------
    DataError
        If the data break their contract, or the folder does not have the half-year.
    PeriodError
        If it is no half-year.
    LabelError
        If there are no words in the language.

    Examples
    --------
    >>> explore().choice.period
    '2018-S1'
    """
    return Explorer(Folder(data_dir), Choice(period, lang=lang))


def _has_widgets() -> bool:
    """Tell whether this Python can make Altair's widget."""
    return find_spec("anywidget") is not None


def _is_attended() -> bool:
    """Tell whether somebody is there to choose: who runs a notebook through cannot be asked."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))


def _head(chart: alt.VConcatChart | None) -> str:
    """Return what stands above a chart, which a widget does not show: caption and reading help."""
    if chart is None:
        return ""
    spec = chart.to_dict(validate=False)
    notes, alternative = spec["usermeta"][NOTES], escaped(spec["description"])
    told = escaped(notes["help"] + text("sentence_space", notes["lang"]))
    told += escaped(text("explore_click", notes["lang"]))
    return (
        f'<p class="kao-words"><b>{escaped(spec["title"])}</b></p><p class="kao-help">{told}</p>'
        f'<p class="kao-unseen">{alternative}</p>'
    )


_KEYS: Final = f"""
export default {{
  render({{ el }}) {{
    const own = (event) =>
      event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.stopPropagation();
    const listen = () => {{
      const box = el.closest(".{_CLASS}");
      if (box) box.addEventListener("keydown", own);
      else requestAnimationFrame(listen);
    }};
    listen();
  }},
}};
"""
"""Leaves plain keys to what has the focus: JupyterLab would go to another cell, or delete one."""


def _style() -> str:
    """Return what JupyterLab's own style lacks: dark colours, tables that read from the left."""
    where = f'[data-jp-theme-light="false"] .{_CLASS} svg'
    dark = "".join(
        f'{where} [{kind}="{light}"] {{ {kind}: {DARK[name]}; }}'
        for name, light in PALETTE.items()
        for kind in ("fill", "stroke")
    )
    return dark + _LAYOUT


_LAYOUT: Final = f"""
.{_CLASS} .kao-table :is(th, td) {{ text-align: left; }}
.{_CLASS} .kao-table .gt_right {{ text-align: right; }}
.{_CLASS} .kao-table > div {{ max-height: 32rem; overflow: auto; }}
.{_CLASS} figure {{ margin: 1rem 0; }}
.{_CLASS} p {{ max-width: 44rem; line-height: 1.6; }}
.{_CLASS} .kao-unseen {{
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}}
"""


def _joined(*parts: Shown) -> Shown:
    return Shown(
        "".join(each.markup for each in parts),
        "\n".join(each.words for each in parts if each.words),
    )


def _paragraph(said: str) -> str:
    return f'<p class="kao-words">{escaped(said)}</p>'
