"""A process that has done the imports and forks a kernel from itself for whoever asks.

    python -m kao_metrics.kernels.forkserver

It inherits a listening socket as its standard input, and a pipe that closes when its owner
ends as descriptor ``LIFELINE``. Each connection is one kernel: a line of JSON asks for it,
a line answers with its process or with the reason why there is none; later lines say which
signal to send, and how the kernel ended. A connection that closes ends its kernel, so that
none outlives the process that asked for it.

Forking is safe only while no thread holds what the child needs. Idle threads of polars and
of the allocator are harmless; the pool that polars makes for its first query is not, and
from then on every request is refused.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import selectors
import shutil
import signal
import socket
import sys
import threading
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from kao_metrics.kernels.folders import PREFIX, remove_abandoned

PRELOADED: Final = (
    *("kao_metrics.quick", "altair", "great_tables", "polars", "scipy.stats"),
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger"),
    *("ipykernel.connect", "IPython.core.magics", "IPython.core.completer", "psutil"),
    *("kao_metrics.analysis", "kao_metrics.charts", "kao_metrics.display"),
    *("kao_metrics.sentences", "kao_metrics.tables"),
)
"""What a report's notebooks import; what is missing is left to the notebook to tell."""

MORE: Final = "KAO_METRICS_PRELOAD"
"""Environment variable with more modules to import, separated by spaces."""

LIFELINE: Final = "KAO_METRICS_LIFELINE"
"""Environment variable with the number of the pipe that closes when the owner ends."""

LAUNCHER: Final = "ipykernel_launcher"

_WORKERS_END: Final = 20
"""Tenths of a second in which the workers of an owner that was killed end, too."""

_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG of Linux


class _Kernel:
    """A connection, and the kernel that it asked for."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = b""
        self.files = Path()
        self.pid = 0

    def say(self, **message: Any) -> None:
        with contextlib.suppress(OSError):  # who asked may be gone
            self.connection.sendall(json.dumps(message).encode() + b"\n")

    def signal(self, number: int) -> None:
        """Signal the kernel and whatever it has started."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def close(self) -> None:
        """End the kernel with who asked for it, who cleans up only after one that has ended."""
        self.connection.close()
        if self.pid:
            self.signal(signal.SIGKILL)
            _remove(self.files)


class _Server:
    """Answer requests until the owner ends, or until this process is a kernel itself."""

    def __init__(self, listener: socket.socket, lifeline: int) -> None:
        self._listener = listener
        self._lifeline = lifeline
        self._kernels: dict[int, _Kernel] = {}
        self._selector = selectors.DefaultSelector()
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # wakes the selector
        for source in (listener, lifeline, self._woken):
            self._selector.register(source, selectors.EVENT_READ)

    def serve(self) -> dict[str, Any] | None:
        """Return what a kernel was asked for, in the kernel; None when the owner has ended."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj == self._lifeline:
                    self._end(was_killed=not os.read(self._lifeline, 1))
                    return None
                elif key.fileobj == self._woken:
                    os.read(self._woken, 4096)
                    self._reap()
                else:
                    request = self._hear(key.data)
                    if request is not None:
                        return request

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        kernel = _Kernel(connection)
        self._selector.register(connection, selectors.EVENT_READ, kernel)

    def _hear(self, kernel: _Kernel) -> dict[str, Any] | None:
        """Do what a connection says; in a new kernel, return its request."""
        try:
            heard = kernel.connection.recv(65536)
        except OSError:
            heard = b""
        if not heard:
            self._selector.unregister(kernel.connection)
            kernel.close()
            return None
        *lines, kernel.received = (kernel.received + heard).split(b"\n")
        for line in lines:
            message = json.loads(line)  # none but our own process can connect
            if "signal" in message:
                kernel.signal(message["signal"])
            elif self._fork(kernel, message):
                return dict(message)
        return None

    def _fork(self, kernel: _Kernel, request: dict[str, Any]) -> bool:
        """Make a kernel; true in the kernel."""
        reason = unsafe() or _other_start(request)
        if reason:
            kernel.say(refused=reason)
            return False
        with warnings.catch_warnings():
            # Python 3.12 warns of every thread; which ones there are was looked at just now.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            self._let_go()
            return True
        with contextlib.suppress(OSError):  # the kernel does the same: whoever is first
            os.setpgid(pid, pid)
        kernel.pid, kernel.files = pid, Path(request["connection_file"])
        self._kernels[pid] = kernel
        kernel.say(pid=pid)
        return False

    def _let_go(self) -> None:
        """Close in a kernel what belongs to the server."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, int):
                os.close(key.fileobj)
            else:
                key.fileobj.close()  # type: ignore[attr-defined]  # a socket
        os.close(self._wake)
        self._selector.close()

    def _reap(self) -> None:
        """Tell of the kernels that have ended."""
        for pid, kernel in list(self._kernels.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                kernel.signal(signal.SIGKILL)  # what the kernel started
                kernel.pid = 0
                del self._kernels[pid]
                kernel.say(exit=os.waitstatus_to_exitcode(status))

    def _end(self, *, was_killed: bool) -> None:
        """End with the owner; of one that was killed, and of its workers, remove what is left."""
        for kernel in self._kernels.values():
            kernel.close()
        for _ in range(_WORKERS_END if was_killed else 0):
            remove_abandoned()
            time.sleep(0.1)


def unsafe() -> str:
    """Say why forking is not safe here; empty if it is.

    Where a system does not tell which threads there are, it is not.
    """
    if threading.active_count() > 1:
        return "the process has threads of Python"
    try:
        names = [
            path.read_text(encoding="utf-8").strip()
            for path in Path("/proc/self/task").glob("*/comm")
        ]
    except OSError:
        names = []
    if not names:
        return "the system does not tell which threads a process has"
    if any(re.fullmatch(r"polars-\d+", name) for name in names):
        return "polars has run a query"
    return ""


def _other_start(request: dict[str, Any]) -> str:
    """Say what of a request can only be had by starting Python anew; empty if nothing."""
    if request["executable"] != sys.executable:
        return f"it runs {sys.executable}"
    settings = {name for name in {*request["env"], *os.environ} if name.startswith("PYTHON")}
    for name in sorted(settings):
        if request["env"].get(name) != os.environ.get(name):
            return f"{name} is another"
    return ""


def _remove(connection_file: Path) -> None:
    """Remove what a kernel leaves whose owner can no longer do it."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        told = json.loads(connection_file.read_text(encoding="utf-8"))
        connection_file.unlink()
        if told["transport"] == "ipc":
            for name in ("shell", "iopub", "stdin", "control", "hb"):
                Path(f"{told['ip']}-{told[f'{name}_port']}").unlink(missing_ok=True)
    folder = connection_file.parent
    if folder.name.startswith(PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def become_kernel(request: dict[str, Any]) -> None:
    """Run a kernel in this process, as if it had been started for it."""
    server = os.getppid()
    os.setpgid(0, 0)
    _die_with(server)
    os.environ.clear()
    os.environ.update(request["env"], JPY_PARENT_PID=str(server))
    time.tzset()
    os.chdir(request["cwd"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if "numpy.random" in sys.modules:  # Python's own random numbers begin anew by themselves
        sys.modules["numpy.random"].seed()
    sys.argv = [LAUNCHER, *request["arguments"]]
    import_module("ipykernel.kernelapp").launch_new_instance()


def _die_with(server: int) -> None:
    """Let the system end this process with the server, however that ends."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)


def main() -> None:
    """Import, then serve; returns in a kernel when that has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the owner's to hear
    listener = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    lifeline = int(os.environ.pop(LIFELINE))
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # the debugger would warn when imported
    for module in (*PRELOADED, *os.environ.get(MORE, "").split()):
        with contextlib.suppress(ImportError):
            import_module(module)
    gc.collect()
    gc.freeze()  # pages that the collector does not touch stay shared with the kernels
    request = _Server(listener, lifeline).serve()
    if request is None:
        os._exit(0)  # there is nothing to put in order, and a server is slow to take down
    become_kernel(request)


if __name__ == "__main__":
    main()
