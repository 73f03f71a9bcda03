"""From a Vega-Lite specification to SVG: here, or in the process that makes the report.

The converter needs half a second and 60 MB before its first drawing. The process that
makes a report therefore offers its own to the kernels of its notebooks, over a socket in a
private folder. Without one, or when it is gone, a process draws for itself: the same SVG.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, Final

MEASURE: Final = "Kao Metrics Measure"
"""Family of the packaged font; it has widths only and is never shown."""

ADDRESS: Final = "KAO_METRICS_CONVERTER"
"""Environment variable with the address of the converter that is offered."""


def to_svg(spec: Mapping[str, Any], version: str) -> str:
    """Draw a specification.

    Parameters
    ----------
    spec
        In Vega-Lite.
    version
        Of Vega-Lite, such as ``6.4``.

    Raises
    ------
    ValueError
        If it cannot be drawn.
    """
    address = os.environ.get(ADDRESS, "")
    if address:
        with contextlib.suppress(OSError, EOFError):
            return _ask(address, {"spec": spec, "version": version})
    return _draw(spec, version)


@contextlib.contextmanager
def converter_offered(folder: Path) -> Iterator[dict[str, str]]:
    """Draw for other processes, for as long as the context lasts.

    Parameters
    ----------
    folder
        A private folder, in which the socket is made.

    Yields
    ------
    dict
        What a kernel's environment needs; empty where the system has no such sockets.
    """
    address = str(folder / "converter")
    try:
        listener = Listener(address, "AF_UNIX", backlog=128)
    except (OSError, ValueError):
        yield {}
        return
    over = threading.Event()
    threading.Thread(target=_serve, args=(listener, over), daemon=True).start()
    try:
        yield {ADDRESS: address}
    finally:
        over.set()
        with contextlib.suppress(OSError):  # who waits for a connection is woken by one only
            Client(address, "AF_UNIX").close()
        listener.close()


def _serve(listener: Listener, over: threading.Event) -> None:
    """Give each kernel that connects a thread of its own."""
    with contextlib.suppress(OSError):
        while True:
            connection = listener.accept()
            if over.is_set():
                connection.close()
                return
            threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: Connection) -> None:
    """Draw what a kernel asks for, until it ends."""
    with connection, contextlib.suppress(OSError, EOFError):
        while True:
            asked = json.loads(connection.recv_bytes())
            try:
                answer = {"svg": _draw(asked["spec"], asked["version"])}
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the kernel's
                answer = {"error": str(error)}
            connection.send_bytes(json.dumps(answer).encode())


def _ask(address: str, question: Mapping[str, Any]) -> str:
    with _asking:
        connection = _connected(address)
        try:
            connection.send_bytes(json.dumps(question).encode())
            answer = json.loads(connection.recv_bytes())
        except (OSError, EOFError):
            _connected.cache_clear()
            raise
    if "error" in answer:
        raise ValueError(answer["error"])
    return str(answer["svg"])


_asking: Final = threading.Lock()
"""One question at a time on a process's one connection."""


@cache
def _connected(address: str) -> Connection:
    return Client(address, "AF_UNIX")


def _draw(spec: Mapping[str, Any], version: str) -> str:
    return str(_converter().vegalite_to_svg(spec, vl_version=version))


@cache
def _converter() -> Any:
    import vl_convert  # only where a chart is drawn

    fonts = Path(str(resources.files("kao_metrics").joinpath("fonts")))
    if not (fonts / "measure.ttf").is_file():
        raise FileNotFoundError(
            f"{fonts / 'measure.ttf'}: no such file; charts are laid out with this font of the "
            "package: install kao-metrics again"
        )
    vl_convert.register_font_directory(str(fonts))
    return vl_convert
