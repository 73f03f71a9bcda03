"""A kernel of this very Python, whatever kernels the machine has installed.

Jupyter looks for a kernel called ``python3`` in the user's folders first, and may find that
of another environment, which lacks this package. The report's notebooks always run in the
environment that the report was asked for in. Where the system has them, kernels listen on
sockets in the file system, which nobody else can reach, and not on TCP ports.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

from kao_metrics.kernels.provisioner import NAME

_LONGEST_SOCKET: Final = 90
"""Systems take a little over a hundred bytes; Jupyter adds a dash and a number."""


def kernel_manager(folder: Path, env: Mapping[str, str]) -> type[AsyncKernelManager]:
    """Make the class of kernel managers for one notebook.

    Parameters
    ----------
    folder
        An empty private folder for the kernel's sockets, which the caller removes.
    env
        What the kernel finds in its environment besides what is there.
    """
    has_sockets = os.name == "posix" and len(os.fsencode(folder)) < _LONGEST_SOCKET

    class OwnKernelManager(AsyncKernelManager):
        """Start ipykernel in the running interpreter."""

        @default("transport")
        def _transport_of_the_system(self) -> str:
            return "ipc" if has_sockets else "tcp"

        @default("ip")
        def _own_sockets(self) -> str:
            return str(folder / "kernel") if has_sockets else "127.0.0.1"

        @default("connection_file")
        def _own_connection_file(self) -> str:
            return str(folder / "kernel.json")

        @property
        def kernel_spec(self) -> KernelSpec:
            """The kernel specification of the running interpreter."""
            given = get_kernel_dict()
            given["metadata"] = {
                **given.get("metadata", {}),
                "kernel_provisioner": {"provisioner_name": NAME},
            }
            return KernelSpec(resource_dir=RESOURCES, env=dict(env), **given)

    return OwnKernelManager
