"""Offer warm kernels to Jupyter: any kernel specification can name this provisioner.

    "metadata": {"kernel_provisioner": {"provisioner_name": "kao-metrics-warm"}}

Everything but the start is as with Jupyter's own provisioner, whose ordinary kernel also
serves where there is no warm one to be had.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from kao_metrics.kernels.warm import RefusedError, WarmKernel, address

NAME: Final = "kao-metrics-warm"
"""The name of the entry point."""


class WarmProvisioner(LocalProvisioner):
    """Start a kernel by forking it from a process that has done the imports."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel, warm if possible."""
        try:
            kernel = await asyncio.to_thread(self._fork, cmd, kwargs)
        except RefusedError as reason:
            self.log.debug("an ordinary kernel serves: %s", reason)
            return await super().launch_kernel(cmd, **kwargs)
        # No pgid: signals go through the server, which knows whether the kernel still lives.
        self.process = cast("Any", kernel)  # in place of a Popen, whose form it has
        self.pid, self.cwd = kernel.pid, kwargs.get("cwd")
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel's end; Jupyter's own looks ten times a second only."""
        while await self.poll() is None:  # noqa: ASYNC110 - nothing tells when it ends
            await asyncio.sleep(0.01)
        return await super().wait()

    def _fork(self, cmd: list[str], given: dict[str, Any]) -> WarmKernel:
        return WarmKernel(
            address(),
            cmd,
            cwd=given.get("cwd") or ".",
            env=given["env"],
            connection_file=cast("Any", self.parent).connection_file,
        )
