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
from collections.abc import Mapping
from functools import cache
from importlib import resources
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

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


class ConverterOffered:
    """Draw for other processes, for as long as the context lasts.

    Parameters
    ----------
    folder
        A private folder, in which the socket is made.
    """

    def __init__(self, folder: Path) -> None:
        self._address = str(folder / "converter")
        self._listener: Listener | None = None

    def __enter__(self) -> Self:
        """Listen, where the system has sockets in the file system."""
        with contextlib.suppress(OSError, ValueError):
            self._listener = Listener(self._address, "AF_UNIX", backlog=128)
            threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening; drawings that were asked for are finished."""
        if self._listener is not None:
            self._stopped = True
            # A thread that waits for connections is woken by one only.
            with contextlib.suppress(OSError):
                Client(self._address, "AF_UNIX").close()
            self._listener.close()

    @property
    def env(self) -> dict[str, str]:
        """What a kernel's environment needs."""
        return {ADDRESS: self._address} if self._listener is not None else {}

    _stopped = False

    def _serve(self, listener: Listener) -> None:
        while True:
            try:
                connection = listener.accept()
            except OSError:
                return
            if self._stopped:
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
