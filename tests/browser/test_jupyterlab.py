"""A notebook in the JupyterLab of `kao-metrics lab`: charts are drawn, once each, and offline."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import psutil
import pytest

from kao_metrics import charts, display

HERE = "127.0.0.1"
TOP = Path(__file__).parents[2]
PATIENCE = 30
"""Seconds that a slow machine may take for one thing; most take a few."""

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

BARE = """\
import sys
from pathlib import Path

import altair as alt
import polars as pl

import kao_metrics.display

print(sys.executable, Path.cwd())
frame = pl.DataFrame({"類別": ["正式", "臨時", "其他"], "人數": [30, 20, 10]})
alt.Chart(frame, title="各類人數").mark_bar().encode(x="人數:Q", y="類別:N")"""

MARKS = """(svg) => [...svg.querySelectorAll('.mark-rect path, .mark-symbol path')]
  .map((bar) => bar.getBoundingClientRect())
  .filter((box) => box.width > 1 && box.height > 1).length"""

LIGHT = """async (picture) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + picture;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const drawn = canvas.getContext('2d');
  drawn.drawImage(image, 0, 0);
  const { data } = drawn.getImageData(0, 0, image.width, image.height);
  const part = (byte) => byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4;
  const light = [];
  for (let i = 0; i < data.length; i += 4)
    light.push(0.2126 * part(data[i]) + 0.7152 * part(data[i + 1]) + 0.0722 * part(data[i + 2]));
  light.sort((one, other) => one - other);
  return [light[0], light.at(-1)];
}"""
"""The luminance of the darkest and of the lightest point of a picture."""


class Lab:
    """A JupyterLab of its own; its user has news switched on, and a kernel that is none."""

    def __init__(self, folder: Path):
        self.token = secrets.token_hex(16)
        self.root = folder / "root"
        self.log = folder / "server.log"
        for name in ("notebooks", "data"):
            shutil.copytree(TOP / name, self.root / name)
        cell = nbformat.v4.new_code_cell(BARE)
        bare = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": KERNEL})
        nbformat.write(bare, self.root / "bare.ipynb")
        self._runtime = folder / "runtime"
        self._start(folder)

    def _start(self, folder: Path) -> None:
        kernel = folder / "data" / "kernels" / "python3" / "kernel.json"
        kernel.parent.mkdir(parents=True)
        kernel.write_text(json.dumps({**KERNEL, "argv": ["false"]}), encoding="utf-8")
        settings = folder / "config" / "jupyter_lab_config.json"
        settings.parent.mkdir()
        news = {"news_url": "https://news.invalid/feed.xml"}
        settings.write_text(
            json.dumps({"LabApp": news, "ServerApp": {"ip": "0.0.0.0"}}),  # noqa: S104
            encoding="utf-8",
        )
        own = {
            "HOME": "home",
            "IPYTHONDIR": "ipython",
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        }
        ours = ("JUPYTER", "KAO_METRICS_DATA_DIR")
        others = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        folders = {name: str(folder / each) for name, each in own.items()}
        command = [
            *(sys.executable, "-m", "kao_metrics", "lab", "--no-browser"),
            *("--notebooks-dir", str(self.root / "notebooks")),
            *("--", "--allow-root", f"--IdentityProvider.token={self.token}"),
        ]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**others, **folders},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self.url = self._when_it_listens()
        except BaseException:
            self.stop()
            raise

    def _when_it_listens(self) -> str:
        """Wait for the file in which a server writes the port that it has found free."""
        written = self._runtime / f"jpserver-{self.pid}.json"
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            if written.exists() and written.stat().st_size:
                return f"http://{HERE}:{json.loads(written.read_bytes())['port']}"
            time.sleep(0.1)
        pytest.fail(f"JupyterLab does not start: {self.log.read_text('utf-8')[-2000:]}")

    @property
    def pid(self) -> int:
        """The process that the command is, and that has become the server."""
        return self._process.pid

    def get(self, path: str, method: str = "GET"):
        """Ask the server for something, or to do something."""
        request = urllib.request.Request(  # noqa: S310 - the server that was just started
            f"{self.url}/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        return urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310 - as above

    def ask(self, path: str, method: str = "GET"):
        """Ask the server's programming interface."""
        with self.get(f"api/{path}", method) as answer:
            return json.loads(answer.read() or b"null")

    def stop(self) -> None:
        """Stop the kernels, which are no children of the server's group, then the server."""
        try:
            if self._process.poll() is None and hasattr(self, "url"):
                for kernel in self.ask("kernels"):
                    self.ask(f"kernels/{kernel['id']}", "DELETE")
        finally:
            self._signal(signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self._process.wait(10)

    def interrupt(self) -> tuple[int, list]:
        """Interrupt the command with a kernel; return its status, and the processes that stay."""
        self.ask("kernels", "POST")
        started = psutil.Process(self.pid).children(recursive=True)
        assert started
        self._process.send_signal(signal.SIGINT)
        status = self._process.wait(PATIENCE)
        return status, psutil.wait_procs(started, timeout=5)[1]

    def _signal(self, number: int) -> None:
        if self._process.poll() is None:
            os.killpg(self.pid, number)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab with the repository's notebooks, on this machine only."""
    if find_spec("jupyterlab") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no JupyterLab in this Python")
    started = Lab(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()


class Window:
    """A window of the browser with JupyterLab in it; what it asks other machines is refused."""

    def __init__(self, lab, context):
        self.lab = lab
        self.elsewhere = []
        self.page = context.new_page()
        self.page.route("**/*", self._answer)
        self.page.on("websocket", lambda socket: self._note(socket.url))

    def _note(self, url: str) -> bool:
        parts = urlsplit(url)
        is_elsewhere = parts.scheme not in ("data", "blob") and parts.hostname != HERE
        if is_elsewhere:
            self.elsewhere.append(url)
        return is_elsewhere

    def _answer(self, route) -> None:
        if self._note(route.request.url):
            route.abort()
        else:
            route.continue_()

    def open(self, notebook: str) -> None:
        """Open a notebook, and wait until its kernel is there: Run All before that asks for one."""
        self.page.goto(f"{self.lab.url}/lab/tree/{notebook}?token={self.lab.token}&reset")
        self.page.get_by_text("Python 3 | Idle").wait_for()

    def run_all(self) -> None:
        """Run All, as the menu has it, and wait for the number of the last cell."""
        for name in ("Run", "Run All Cells"):
            self.page.get_by_role("menuitem", name=name, exact=True).click()
        prompts = self.page.locator(".jp-CodeCell .jp-InputPrompt")
        last = re.compile(rf"\[{prompts.count()}\]:")
        prompts.last.filter(has_text=last).wait_for()
        self.page.get_by_text("Python 3 | Idle").wait_for()

    def turn_dark(self) -> None:
        """Make the system dark, which JupyterLab is to follow."""
        self.page.emulate_media(color_scheme="dark")
        self.page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")

    def figures(self) -> list:
        """Return the figures of charts."""
        return self.page.locator(".jp-OutputArea figure.kao-figure").all()

    def errors(self) -> list[str]:
        """Return what cells write to the stream of errors, exceptions among it."""
        said = self.page.locator("[data-mime-type$='stderr'], [data-mime-type$='error']")
        return said.all_inner_texts()


@pytest.fixture(scope="session")
def windows(lab, browser):
    """A way to open windows, 1280 pixels wide."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, service_workers="block", color_scheme="light"
    )
    context.set_default_timeout(1000 * PATIENCE)
    yield lambda: Window(lab, context)
    context.close()


@pytest.fixture
def window(windows):
    """A window of a test's own."""
    opened = windows()
    yield opened
    opened.page.close()


@pytest.fixture(scope="session")
def workforce(windows):
    """The notebook on the workforce, after Run All."""
    opened = windows()
    opened.open("notebooks/02_workforce.ipynb")
    opened.run_all()
    return opened


def drawing_of(figure):
    """Return the one drawing of a figure that shows."""
    figure.scroll_into_view_if_needed()
    shown = [each for each in figure.locator("svg[role=img]").all() if each.is_visible()]
    assert len(shown) == 1
    return shown[0]


def contrast_of(window, words):
    """Return the contrast of words with what is behind them, as a picture of them has it."""
    words.scroll_into_view_if_needed()
    picture = base64.b64encode(words.screenshot()).decode()
    dark, light = window.page.evaluate(LIGHT, picture)
    return (light + 0.05) / (dark + 0.05)


def test_run_all_ends_without_an_error_and_asks_no_other_machine(workforce):
    assert workforce.errors() == []
    assert workforce.elsewhere == []


def test_each_figure_shows_one_drawing_with_a_mark_for_each_row_of_its_data(workforce):
    figures = workforce.figures()
    assert len(figures) == 6
    for figure in figures:
        drawing = drawing_of(figure)
        assert drawing.evaluate(MARKS) >= figure.locator("details tbody tr").count() >= 2
        assert drawing.bounding_box()["width"] == pytest.approx(680, abs=20)


def test_charts_speak_chinese(workforce):
    figure = workforce.figures()[0]
    words = drawing_of(figure).locator("text").all_text_contents()
    assert words[0] == "工級人員　8,462 → 6,805人（−19.58%）"
    assert figure.locator("figcaption").first.inner_text() == "縣市合併時與現在的人數"
    assert "前面的藍色是現在的人數" in figure.inner_text()


def test_words_of_a_chart_can_be_read(workforce):
    words = drawing_of(workforce.figures()[0]).locator("text").first
    assert contrast_of(workforce, words) > 4.5


def test_words_of_a_chart_can_be_read_in_the_dark_theme(workforce):
    workforce.turn_dark()
    words = drawing_of(workforce.figures()[0]).locator("text").first
    assert contrast_of(workforce, words) > 4.5


def test_a_bare_altair_chart_is_drawn_offline_by_this_python(window):
    window.open("bare.ipynb")
    window.run_all()
    assert window.errors() == []
    (figure,) = window.figures()
    drawing = drawing_of(figure)
    assert drawing.evaluate(MARKS) == 3
    assert {"正式", "臨時", "其他", "人數"} <= set(drawing.locator("text").all_text_contents())
    assert figure.locator("figcaption").inner_text() == "各類人數"
    said = window.page.locator(".jp-OutputArea").inner_text()
    assert f"{sys.executable} {window.lab.root}" in said
    assert window.elsewhere == []


def test_a_notebook_that_ran_elsewhere_shows_its_charts_once_it_is_trusted(window, analysis):
    """JupyterLab takes every drawing out of what it does not trust, and keeps the words."""
    shown = display.show(charts.downsizing(analysis))
    output = nbformat.v4.new_output("execute_result", shown._repr_mimebundle_(), execution_count=1)
    cell = nbformat.v4.new_code_cell("shown", outputs=[output], execution_count=1)
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, window.lab.root / "elsewhere.ipynb")
    window.open("elsewhere.ipynb")
    (figure,) = window.figures()
    assert "工級人員　8,462 → 6,805人（−19.58%）" in figure.inner_text()
    assert figure.locator("svg").count() == 0
    window.page.keyboard.press("Control+Shift+C")
    window.page.locator(".lm-CommandPalette-input").fill("Trust Notebook")
    window.page.locator(".lm-CommandPalette-item", has_text="Trust Notebook").click()
    window.page.locator(".jp-Dialog-button", has_text="Trust").click()
    window.page.locator("figure.kao-figure svg[role=img]").first.wait_for()
    drawing_of(window.figures()[0])
    assert window.elsewhere == []


def test_lab_opens_the_first_notebook_on_this_machine_only(lab):
    with lab.get("") as answer:
        assert answer.url == f"{lab.url}/lab/tree/notebooks/01_overview.ipynb"
    listening = psutil.Process(lab.pid).net_connections("tcp")
    assert {each.laddr.ip for each in listening if each.status == "LISTEN"} == {HERE}


def test_an_interrupt_ends_lab_and_its_kernels(lab):
    """The last test: no other has a server after it."""
    assert lab.interrupt() == (0, [])
