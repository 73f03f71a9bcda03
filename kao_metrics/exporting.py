"""Take any result away with one call: as CSV, ODS, a picture for a slide, or a piece of HTML.

What a notebook shows or computes can be given: a table of figures, an analysis, findings, a
chart, a table for readers, sentences. Files are written whole or not at all, and an older one
of the name is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import altair as alt
import great_tables as gt
import polars as pl

from kao_metrics.analysis import Analysis
from kao_metrics.display import Shown, show
from kao_metrics.drawing import draw
from kao_metrics.labels import DEFAULT_LANGUAGE, check_language
from kao_metrics.markup import escaped, without_dead_links
from kao_metrics.metrics.stated import Finding
from kao_metrics.output import as_csv, as_ods, as_text, findings_frame, guarded, write_whole
from kao_metrics.slides import WIDTH, NoFontError, picture, slide
from kao_metrics.theme import NOTES

_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it, spreadsheets garble Chinese."""

_NARROWEST: Final = 320
_WIDEST: Final = 7680
_TABLES: Final = "a DataFrame, an analysis, findings, a chart, or a table of kao_metrics"
_CHARTS: Final = "a chart of kao_metrics.charts or of Altair"


class ExportError(Exception):
    """Something cannot be exported; the message says why and what to do."""


def to_csv(thing: Any, path: str | Path) -> Path:
    """Write figures as CSV (UTF-8, with a byte order mark, as spreadsheets need for Chinese).

    Parameters
    ----------
    thing
        A DataFrame or LazyFrame, an analysis (its results), what `changed_since` returns,
        findings, a chart (what each bar or point says), or a table for readers (its words).
    path
        The file, which ends in ``.csv``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ExportError
        If the thing is no table, or the file cannot be written.

    Notes
    -----
    Decimals are exact. A text that a spreadsheet would take for a formula is guarded by an
    apostrophe.
    """
    return _write(path, ".csv", lambda: _csv(_frame(thing, "CSV")))


def to_ods(thing: Any, path: str | Path) -> Path:
    """Write figures as an OpenDocument spreadsheet (CNS 15251), numbers as numbers.

    Parameters and errors as `to_csv`; the file ends in ``.ods``.
    """
    return _write(path, ".ods", lambda: as_ods(_frame(thing, "ODS")))


def to_svg(chart: Any, path: str | Path, width: int = WIDTH) -> Path:
    """Write a chart as an SVG of the size of a slide, with caption and alternative text.

    Parameters
    ----------
    chart
        A chart, or what `show` returns of one.
    path
        The file, which ends in ``.svg``.
    width
        Pixels from side to side, 320 to 7680; nine sixteenths of it are the height.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ExportError
        If it is no chart or the width no such number, or the file cannot be written.
    """
    return _write(path, ".svg", lambda: _slide(chart, width).encode())


def to_png(chart: Any, path: str | Path, width: int = WIDTH) -> Path:
    """Write a chart as a PNG of the size of a slide.

    Parameters and errors as `to_svg`; the file ends in ``.png``. Also an error where the words
    are Chinese and this machine has no font with Chinese characters.
    """

    def made() -> bytes:
        try:
            return picture(_slide(chart, width))
        except NoFontError as error:
            raise ExportError(f"{path}: {error}") from None

    return _write(path, ".png", made)


def to_html(thing: Any, path: str | Path, lang: str = "") -> Path:
    """Write a piece of HTML to put into a page of one's own: no style, script or dead link.

    Parameters
    ----------
    thing
        A chart, which gets its alternative text, caption and data; a table for readers; what
        `show`, `computed`, `changed_since` or `explore` return; sentences; or figures as for
        `to_csv`.
    path
        The file, which ends in ``.html``; UTF-8.
    lang
        ``zh-TW`` or ``en``; the chart's own, or ``zh-TW``, if left out.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ExportError
        If the thing cannot be shown, or the file cannot be written.
    LabelError
        If there are no words in the language.
    """
    return _write(path, ".html", lambda: _fragment(thing, lang).encode())


def _write(path: str | Path, ending: str, make: Callable[[], bytes]) -> Path:
    """Make a file, once its name is found to be right."""
    file = Path(path)
    if file.suffix.lower() != ending:
        raise ExportError(f"{file}: found a name that ends in {file.suffix!r}; expected {ending!r}")
    if not file.parent.is_dir():
        raise ExportError(f"{file.parent}: no such folder; make it first, or name another one")
    data = make()
    try:
        write_whole(file, data)
    except OSError as error:
        raise ExportError(
            f"{file}: cannot be written ({error.strerror}); name another place, or close the "
            "program that has the file open"
        ) from None
    return file


def _csv(frame: pl.DataFrame) -> bytes:
    return (_BYTE_ORDER_MARK + as_csv(guarded(frame))).encode()


def _frame(thing: Any, form: str) -> pl.DataFrame:
    """Return the figures of a thing."""
    found = _figures(thing)
    if found is None:
        raise _unfit(thing, form, _TABLES)
    nested = [name for name, kind in found.schema.items() if kind.is_nested()]
    if nested:
        raise ExportError(
            f"column {nested[0]}: found lists or structures, which {form} cannot hold; "
            "unnest, explode or drop it first"
        )
    return found


def _figures(thing: Any) -> pl.DataFrame | None:
    """Return the figures of a thing; None where it has none."""
    if isinstance(thing, pl.LazyFrame):
        return thing.collect()
    if isinstance(thing, Analysis):
        return thing.results
    if isinstance(thing, gt.GT):
        return pl.DataFrame(thing._tbl_data)  # noqa: SLF001 - what it was made of
    spec = _spec(thing)
    if spec:
        rows = [row for row in draw(spec).rows if "name" in row and "detail" in row]
        schema = {"name": pl.String, "detail": pl.String}
        return pl.DataFrame([{key: row[key] for key in schema} for row in rows], schema)
    if isinstance(thing, list) and thing and all(isinstance(each, Finding) for each in thing):
        return findings_frame(thing)
    found = thing if isinstance(thing, pl.DataFrame) else getattr(thing, "frame", None)
    return found if isinstance(found, pl.DataFrame) else None


def _spec(thing: Any) -> dict[str, Any]:
    """Return the specification of a chart; empty for what is none."""
    if isinstance(thing, alt.TopLevelMixin):
        return dict(thing.to_dict())
    return thing.spec if isinstance(thing, Shown) else {}


def _slide(chart: Any, width: int) -> str:
    spec = _spec(chart)
    if not spec:
        raise _unfit(chart, "a picture", _CHARTS)
    if isinstance(width, bool) or not isinstance(width, int) or not _NARROWEST <= width <= _WIDEST:
        raise ExportError(f"width: found {width!r}; expected {_NARROWEST} to {_WIDEST} pixels")
    return slide(spec, width)


def _fragment(thing: Any, lang: str) -> str:
    spec = _spec(thing)
    own = spec.get("usermeta", {}).get(NOTES, {}).get("lang", DEFAULT_LANGUAGE)
    lang = check_language(lang or own)
    markup = _markup(thing, lang)
    markup = re.sub(
        r'<div class="kao-drawing kao-narrow".*?</svg></div>', "", markup, flags=re.DOTALL
    )
    fitting = 'style="max-width: 100%; height: auto" '
    markup = re.sub(r'<svg role="img" ', rf"\g<0>{fitting}", markup)
    named = "zh-Hant-TW" if lang == DEFAULT_LANGUAGE else lang
    return f'<div lang="{named}">{without_dead_links(markup)}</div>\n'


_SECOND: Final = re.compile(r'<div class="kao-drawing kao-narrow".*?</svg></div>', re.DOTALL)
"""The drawing for narrow screens, which only the report's style can show."""


def _markup(thing: Any, lang: str) -> str:
    shown = getattr(thing, "shown", None)
    if callable(shown):  # an explorer
        thing = shown()
    if isinstance(thing, alt.TopLevelMixin | gt.GT | Shown) or _is_told(thing):
        return show(thing, lang).markup
    found = _figures(thing)
    if found is None:
        raise _unfit(thing, "HTML", f"{_TABLES}, what km.show returns, or a list of sentences")
    return _table(found)


def _is_told(thing: Any) -> bool:
    """Tell whether something is a list of sentences."""
    is_listed = isinstance(thing, Sequence) and not isinstance(thing, str)
    return is_listed and bool(thing) and all(isinstance(each, str) for each in thing)


def _table(frame: pl.DataFrame) -> str:
    """Return figures as an HTML table, every decimal in full."""
    heads = "".join(f'<th scope="col">{escaped(name)}</th>' for name in frame.columns)
    rows = "".join(f"<tr>{_cells(row)}</tr>" for row in as_text(frame).iter_rows())
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(row: tuple[Any, ...]) -> str:
    return "".join(f"<td>{'' if each is None else escaped(str(each))}</td>" for each in row)


def _unfit(thing: Any, form: str, expected: str) -> ExportError:
    if thing is None:
        return ExportError(
            f"there is nothing to write as {form}: a chart or table is None where the data for it "
            "are missing"
        )
    return ExportError(
        f"found {type(thing).__name__}, which cannot be written as {form}; expected {expected}"
    )
