"""A browser for the tests that need one, and pages that say what went wrong in them."""

import os
import shutil
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

WATCH = """
window.kaoSeen = { shifts: [], violations: [] };
new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (!entry.hadRecentInput) kaoSeen.shifts.push(entry.value);
}).observe({ type: 'layout-shift', buffered: true });
addEventListener('securitypolicyviolation', (event) =>
  kaoSeen.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


@pytest.fixture(scope="session")
def browser():
    """Chromium of the system; on a build server it must be there."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: install the package chromium")
        pytest.skip("no Chromium on this machine; install the package chromium to run this test")
    quiet = ["--no-sandbox", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=quiet)
        yield started
        started.close()


@pytest.fixture
def opened(browser):
    """A way to open a page: what it asks for and complains of is kept, and has to be nothing."""

    @contextmanager
    def open_page(path, width=1440, *, scripts=True, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            **options,
        )
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
        if scripts:
            page.add_init_script(WATCH)
        page.goto(path.as_uri())
        yield page
        assert page.asked == [path.as_uri()]
        assert page.said == []
        if scripts:
            assert page.evaluate("kaoSeen.violations") == []
        context.close()

    return open_page


@pytest.fixture
def make_live():
    """A way to bring every chart into view, and to wait until it is live."""

    def scroll(page):
        for drawing in page.locator(".kao-drawing:visible").all():
            drawing.scroll_into_view_if_needed()
            drawing.and_(page.locator(".kao-is-live")).wait_for()

    return scroll
