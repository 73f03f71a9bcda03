"""Kernels that start warm: real ipykernels, each by itself, and nothing left of them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from kao_metrics.kernels import folders, forkserver, warm
from kao_metrics.kernels.folders import private_folder
from kao_metrics.kernels.manager import kernel_manager
from kao_metrics.kernels.warm import RefusedError, WarmKernel, address

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")


class Kernel:
    """A kernel that is asked one thing after another."""

    def __init__(self, manager, client):
        self.manager, self.client = manager, client

    async def ask(self, code):
        """Run code; return the reply, and what was shown or printed."""
        shown = []

        def keep(message):
            content = message["content"]
            if message["msg_type"] in ("stream", "execute_result"):
                shown.append(content.get("text") or content["data"]["text/plain"])

        reply = await self.client.execute_interactive(code, timeout=20, output_hook=keep)
        return reply["content"], "".join(shown).strip()


async def with_kernel(do, env=None, manager_class=None):
    with private_folder() as folder:
        manager = (manager_class or kernel_manager(folder, env or {}))()
        await manager.start_kernel(cwd=str(folder))
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            return await do(Kernel(manager, client))
        finally:
            await manager.shutdown_kernel(now=True)
            client.stop_channels()


def in_kernel(do, **options):
    """Do something with a kernel, in a thread: another test may have left a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(with_kernel(do, **options))).result()


def test_a_kernel_is_forked_and_has_the_imports_but_none_of_anothers_names():
    async def look(kernel):
        _, before = await kernel.ask("import sys; 'altair' in sys.modules, 'mine' in globals()")
        await kernel.ask("mine = 1")
        return before, type(kernel.manager.provisioner.process)

    for _ in range(2):
        before, kind = in_kernel(look)
        assert before == "(True, False)"
        assert kind is WarmKernel


def test_magics_errors_input_of_a_folder_and_environment_are_those_of_an_ordinary_kernel():
    async def look(kernel):
        return [
            await kernel.ask("%pwd"),
            await kernel.ask("!echo from a shell"),
            await kernel.ask("%%time\n1 + 1"),
            await kernel.ask("import os; os.environ['OF_THE_TEST'], os.getpid() == os.getpgid(0)"),
            await kernel.ask("1 / 0"),
            await kernel.ask("import __main__; __main__.__dict__ is globals(), __name__"),
        ]

    folder, shell, timed, env, error, main = in_kernel(look, env={"OF_THE_TEST": "set"})
    assert folders.PREFIX in folder[1]
    assert shell[1] == "from a shell"
    assert "Wall time" in timed[1]
    assert env[1] == "('set', True)"
    assert error[0]["ename"] == "ZeroDivisionError"
    assert main[1] == "(True, '__main__')"


def test_random_numbers_differ_from_kernel_to_kernel():
    async def draw(kernel):
        code = "import random, numpy; random.random(), float(numpy.random.random())"
        return (await kernel.ask(code))[1]

    assert in_kernel(draw) != in_kernel(draw)


def test_an_interrupt_ends_the_cell_and_not_the_kernel():
    async def interrupted(kernel):
        asked = asyncio.ensure_future(kernel.ask("import time\nwhile True: time.sleep(.1)"))
        await asyncio.sleep(0.5)
        await kernel.manager.interrupt_kernel()
        return (await asked)[0]["ename"], (await kernel.ask("1 + 1"))[1]

    assert in_kernel(interrupted) == ("KeyboardInterrupt", "2")


def test_a_kernel_can_be_restarted_and_asked_to_shut_down():
    async def restarted(kernel):
        await kernel.ask("mine = 1")
        await kernel.manager.restart_kernel(now=True)
        await kernel.client.wait_for_ready(timeout=60)
        known = (await kernel.ask("'mine' in globals()"))[1]
        await kernel.manager.shutdown_kernel()
        return known, await kernel.manager.is_alive()

    assert in_kernel(restarted) == ("False", False)


def test_a_kernel_that_is_killed_is_known_to_be_dead():
    async def killed(kernel):
        os.kill(kernel.manager.provisioner.process.pid, signal.SIGKILL)
        while await kernel.manager.is_alive():  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
        return kernel.manager.provisioner.process.poll()

    assert in_kernel(killed) == -signal.SIGKILL


def test_what_a_kernel_has_started_ends_with_it():
    async def started(kernel):
        code = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"
        return int((await kernel.ask(code))[1])

    pid = in_kernel(started)
    assert_gone(pid)


def test_all_channels_of_a_kernel_are_sockets_in_a_private_folder():
    """One inner pipe of ipykernel's own, for what forked children print, is on the loopback."""

    async def look(kernel):
        folder = Path(kernel.manager.ip).parent
        return sum(each.is_socket() for each in folder.iterdir()), folder.stat().st_mode & 0o77

    assert in_kernel(look) == (5, 0)


def test_any_kernel_specification_can_name_the_provisioner():
    class Manager(AsyncKernelManager):
        @property
        def kernel_spec(self):
            return KernelSpec(
                argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                language="python",
                metadata={"kernel_provisioner": {"provisioner_name": "kao-metrics-warm"}},
            )

    async def look(kernel):
        return (await kernel.ask("1 + 1"))[1], type(kernel.manager.provisioner.process)

    assert in_kernel(look, manager_class=Manager) == ("2", WarmKernel)


@pytest.mark.parametrize(
    ("name", "value"), [(warm.ADDRESS, "off"), ("PYTHONWARNINGS", "ignore::UserWarning")]
)
def test_an_ordinary_kernel_serves_where_there_is_no_warm_one(monkeypatch, name, value):
    """None was wanted, or Python would have to start anew for it."""
    address()
    monkeypatch.setenv(name, value)

    async def look(kernel):
        return (await kernel.ask("1 + 1"))[1], type(kernel.manager.provisioner.process)

    assert in_kernel(look) == ("2", subprocess.Popen)


def test_elsewhere_than_on_linux_none_is_started(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv(warm.ADDRESS, "")
    with pytest.raises(RefusedError, match="on Linux only"):
        address()


def test_a_server_in_which_a_query_has_run_forks_no_more(tmp_path):
    """A module to preload runs one; a request is refused, and says why."""
    (tmp_path / "asks.py").write_text(
        "import polars as pl; pl.LazyFrame({'a': [1]}).select(pl.col('a').sum()).collect()"
    )
    code = """
from kao_metrics.kernels.warm import RefusedError, WarmKernel, address
import os, sys
try:
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "x"]
    WarmKernel(address(), command, cwd=".", env=os.environ, connection_file="x")
except RefusedError as reason:
    print(reason)
"""
    env = {**os.environ, warm.ADDRESS: "", forkserver.MORE: "asks", "PYTHONPATH": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "polars has run a query"


def test_a_command_that_starts_something_else_is_refused():
    with pytest.raises(RefusedError, match="not how ipykernel_launcher starts"):
        WarmKernel(address(), ["bash"], cwd=".", env={}, connection_file="x")


OWNER = """
import asyncio, sys, time
from pathlib import Path
from kao_metrics.kernels.folders import private_folder
from kao_metrics.kernels.manager import kernel_manager

async def main():
    with private_folder() as folder:
        manager = kernel_manager(folder, {})()
        await manager.start_kernel()
        client = manager.client(); client.start_channels()
        await client.wait_for_ready(timeout=60)
        server = manager.provisioner.process.pid
        import psutil
        print(folder, server, psutil.Process(server).ppid(), flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_of_an_owner_however_it_ends(number):
    """No kernel, no fork server, no socket; also after kill -9."""
    env = {**os.environ, warm.ADDRESS: ""}
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as owner:
        folder, kernel, server = owner.stdout.readline().split()
        assert Path(folder).exists()
        owner.send_signal(number)
    assert_gone(int(kernel))
    assert_gone(int(server))
    wait_until(lambda: not Path(folder).exists())


def test_a_folder_whose_owner_was_killed_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(folders.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(folders.tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"{folders.PREFIX}left"
    left.mkdir()
    (left / "kernel.json").touch()
    somebodys = tmp_path / f"{folders.PREFIX}kept"
    somebodys.mkdir()
    (somebodys / "notes.txt").touch()
    with private_folder() as first, private_folder() as second:
        assert first.exists()
        assert second.exists()
        assert not left.exists()
        assert somebodys.exists()


def wait_until(holds, seconds=10):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def assert_gone(pid):
    def is_gone():
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    wait_until(is_gone)
