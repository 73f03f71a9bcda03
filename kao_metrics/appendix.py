"""What a report cannot tell, and the methods that it uses: the small print as HTML.

Both follow from `kao_metrics.methods`; the words stand in labels.toml.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kao_metrics import labels
from kao_metrics.analysis import Analysis
from kao_metrics.display import Shown
from kao_metrics.labels import text
from kao_metrics.markup import escaped, method_anchor
from kao_metrics.methods import cannot_tell as questions
from kao_metrics.methods import methods

_NOTES: Final = ("formula", "assumption", "not_for", "source")


def cannot_tell(analysis: Analysis) -> Shown:
    """Show the questions that a report cannot answer, each with what it would take.

    Nothing is shown where it can answer all, nor of matters that it has no figures of.

    Examples
    --------
    >>> from kao_metrics import analyse
    >>> print(str(cannot_tell(analyse("107H1", lang="en"))).splitlines()[1])
    Did complaints rise or fall? It takes the half-year before, or the same half last year.
    """
    lang = analysis.lang
    asked = [each for each in questions(analysis) if each.takes and each.is_asked]
    if not asked:
        return Shown("", "")
    said = [
        (
            labels.label("question", each.code, lang),
            text(f"takes_{each.takes}", lang, needed=each.needed, found=each.found),
        )
        for each in asked
    ]
    title, space = text("cannot_tell", lang), text("sentence_space", lang)
    items = "".join(f"<li><b>{escaped(each)}</b> {escaped(takes)}</li>" for each, takes in said)
    return Shown(
        f'<h3>{escaped(title)}</h3><ul class="kao-untold">{items}</ul>',
        "\n".join([title, *(f"{each}{space}{takes}" for each, takes in said)]),
    )


def method_notes(analysis: Analysis) -> Shown:
    """Show how the methods of a report work, the ones first that its results use.

    Each opens with a click, or by a link from a figure: its formula, what it assumes, what it
    is not for, and where it was published. On paper, those that are used are open.
    """
    found, lang = methods(analysis), analysis.lang
    used, unused = (
        _listed(text(title, lang), codes, lang)
        for title, codes in (("methods", found.used), ("methods_unused", found.unused))
    )
    rest = f'<div class="kao-unused">{unused.markup}</div>' if unused.markup else ""
    return Shown(used.markup + rest, "\n".join(filter(None, (used.words, unused.words))))


def _listed(title: str, codes: Sequence[str], lang: str) -> Shown:
    """Show methods under a heading; nothing without any."""
    if not codes:
        return Shown("", "")
    notes = "".join(_note(code, lang) for code in codes)
    names = [labels.label("method", code, lang) for code in codes]
    return Shown(f"<h3>{escaped(title)}</h3>{notes}", "\n".join([title, *names]))


def _note(code: str, lang: str) -> str:
    entry = labels.entry("method", code)
    name = escaped(labels.label("method", code, lang))
    rows = "".join(
        f"<dt>{escaped(text(f'method_{each}', lang))}</dt>{_words(entry[each], lang)}"
        for each in _NOTES
    )
    return (
        f'<details class="kao-definitions kao-method"><summary id="{method_anchor(code)}">{name}'
        f"</summary><dl>{rows}</dl></details>"
    )


def _words(words: str | dict[str, str], lang: str) -> str:
    """Write words in a language; what stands once is English, such as titles of papers."""
    if isinstance(words, dict):
        return f"<dd>{escaped(words[lang])}</dd>"
    spoken = "" if lang == "en" else ' lang="en"'
    return f"<dd{spoken}>{escaped(words)}</dd>"
