"""A kernel of this very Python, whatever kernels the machine has installed.

Jupyter looks for a kernel called ``python3`` in the user's folders first, and may find that
of another environment, which lacks this package. The report's notebooks always run in the
environment that the report was asked for in. Where the system has them, kernels listen on
sockets in the file system, which nobody else can reach, and not on TCP ports.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

_LONGEST_SOCKET: Final = 90
"""Systems take a little over a hundred bytes; Jupyter adds a dash and a number."""


def kernel_manager(sockets: Path) -> type[AsyncKernelManager]:
    """Make the class of kernel managers for one notebook.

    Parameters
    ----------
    sockets
        An empty folder for the kernel's sockets, which the caller removes.
    """
    has_sockets = os.name == "posix" and len(os.fsencode(sockets)) < _LONGEST_SOCKET

    class OwnKernelManager(AsyncKernelManager):
        """Start ipykernel in the running interpreter."""

        @default("transport")
        def _transport_of_the_system(self) -> str:
            return "ipc" if has_sockets else "tcp"

        @default("ip")
        def _own_sockets(self) -> str:
            return str(sockets / "kernel") if has_sockets else "127.0.0.1"

        @property
        def kernel_spec(self) -> KernelSpec:
            """The kernel specification of the running interpreter."""
            return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())

    return OwnKernelManager
