"""The fork server's owner: it starts the server when first needed, and asks for kernels.

A process has one server. Worker processes of a batch share that of the process that started
them: they find its address in the environment. Whatever goes wrong is a `RefusedError`, after
which an ordinary kernel serves.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kao_metrics.kernels.folders import private_folder
from kao_metrics.kernels.forkserver import LAUNCHER, LIFELINE
from kao_metrics.limits import FEW_ARENAS, PATIENCE

ADDRESS: Final = "KAO_METRICS_FORKSERVER"
"""Environment variable with the server's address; ``off`` if there is to be none."""

_lock: Final = threading.Lock()


class RefusedError(Exception):
    """There is no warm kernel to be had; the message says why."""


def address() -> str:
    """Return the address of the process's fork server, which is started if there is none.

    Raises
    ------
    RefusedError
        If the system has no fork or no sockets in the file system, or it was turned off.
    """
    with _lock:
        found = os.environ.get(ADDRESS, "")
        if found == "off":
            raise RefusedError(f"{ADDRESS} is off")
        if not found or not Path(found).exists():
            found = _start()
            os.environ[ADDRESS] = found
        return found


def _start() -> str:
    """Start a server that ends with this process."""
    if sys.platform != "linux":
        raise RefusedError("forking is known to be safe on Linux only")
    held = contextlib.ExitStack()
    try:
        path = held.enter_context(private_folder()) / "forkserver"
        with socket.socket(socket.AF_UNIX) as listener:
            # Whoever connects waits in the queue until the imports are done.
            listener.bind(str(path))
            listener.listen(128)
            ours, theirs = os.pipe()[::-1]
            try:
                server = subprocess.Popen(
                    [sys.executable, "-P", "-m", "kao_metrics.kernels.forkserver"],
                    stdin=listener.fileno(),
                    stdout=subprocess.DEVNULL,  # what is printed there is the results'
                    pass_fds=[theirs],
                    env={**os.environ, **FEW_ARENAS, LIFELINE: str(theirs)},
                    start_new_session=True,
                )
            finally:
                os.close(theirs)
    except OSError as error:
        held.close()
        raise RefusedError(f"no fork server can be started: {error}") from None
    held.callback(server.wait)
    held.callback(os.close, ours)
    held.callback(os.write, ours, b"\n")  # first of all, for this ends the server
    owner = os.getpid()
    atexit.register(lambda: held.close() if os.getpid() == owner else None)
    return str(path)


class WarmKernel:
    """A forked kernel, in the form of `subprocess.Popen` that Jupyter expects of a process.

    Parameters
    ----------
    server
        Address of the fork server.
    command
        What would start an ordinary kernel.
    cwd, env, connection_file
        As for an ordinary kernel.

    Raises
    ------
    RefusedError
        If the server cannot serve this.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        server: str,
        command: list[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        connection_file: str,
    ) -> None:
        executable, arguments = _parted(command)
        request = {
            "executable": executable,
            "arguments": arguments,
            "cwd": os.fspath(Path(cwd).absolute()),
            "env": dict(env),
            "connection_file": connection_file,
        }
        self.returncode: int | None = None
        self._received = b""
        self._lock = threading.Lock()
        self._connection = socket.socket(socket.AF_UNIX)
        try:
            self._connection.settimeout(PATIENCE)
            self._connection.connect(server)
            self._connection.sendall(json.dumps(request).encode() + b"\n")
            answer = self._next()
            self.pid = int(answer["pid"])
        except (OSError, KeyError, ValueError) as error:
            self._connection.close()
            known = answer.get("refused") if isinstance(error, KeyError) else None
            raise RefusedError(known or f"the fork server does not answer: {error}") from None
        self._connection.settimeout(0)

    def poll(self) -> int | None:
        """Return how the kernel ended; None while it runs."""
        with self._lock:
            if self.returncode is None:
                try:
                    self.returncode = int(self._next().get("exit", -signal.SIGKILL))
                except BlockingIOError:
                    return None
                except (OSError, ValueError):  # the server is gone, and its kernels with it
                    self.returncode = -signal.SIGKILL
                self._connection.close()
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the kernel's end."""
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while (ended := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired(LAUNCHER, timeout or 0)
            time.sleep(0.01)
        return ended

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and to what it has started."""
        with self._lock, contextlib.suppress(OSError):
            if self.returncode is None:
                self._connection.sendall(json.dumps({"signal": number}).encode() + b"\n")

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def _next(self) -> dict[str, Any]:
        """Read a message of the server."""
        while b"\n" not in self._received:
            heard = self._connection.recv(65536)
            if not heard:
                raise ConnectionResetError("it has ended")
            self._received += heard
        line, _, self._received = self._received.partition(b"\n")
        return dict(json.loads(line))


def _parted(command: list[str]) -> tuple[str, list[str]]:
    """Part a command into Python and the arguments of the kernel.

    >>> _parted(["python", "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "x.json"])
    ('python', ['-f', 'x.json'])
    """
    executable, *rest = command
    while rest[:1] == ["-Xfrozen_modules=off"]:  # is about debugging Python's own modules
        del rest[0]
    if rest[:2] != ["-m", LAUNCHER]:
        raise RefusedError(f"it is not how {LAUNCHER} starts: {' '.join(command)}")
    return executable, rest[2:]


def start_early() -> None:
    """Start the fork server without waiting for it, where there can be one."""
    with contextlib.suppress(RefusedError):
        address()
