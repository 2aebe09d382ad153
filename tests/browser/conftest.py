"""A real browser on the live server: sign in as anyone, on a phone or a desk, light or dark, with axe at hand."""

import os
import shutil
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser.windows import DESK, PHONE, PageAs, Windows

__all__ = ["DESK", "PHONE"]
# Of two such lists Chromium takes the last, so what Playwright says is said again. With RenderDocument each page would get a
# frame, a view and a surface of its own, which costs a fifth of what it costs to open one.
WITHOUT = (
    "RenderDocument", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints",
    "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run",
    "--disable-component-update", "--disable-sync", "--disable-site-isolation-trials",
    f"--disable-features={','.join(WITHOUT)}",
)  # fmt: skip
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# Rows of a list are alike: the first eight stand for the rest.
PART = "{exclude: ['.rows > li:nth-child(n+9)', 'tbody > tr:nth-child(n+9)']}"
FULL = "{resultTypes: ['violations'], selectors: false}"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser():
    """BROWSER_EXECUTABLE, else Chromium on the path, else Playwright's own; BROWSER=none leaves these tests out."""
    if os.environ.get("BROWSER") == "none":
        pytest.skip("BROWSER=none")
    path = os.environ.get("BROWSER_EXECUTABLE") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def live(transactional_db, live_server):
    """The live server with a database that it and the test both see."""
    return live_server


@pytest.fixture(scope="session")
def windows(browser):
    return Windows(browser)


@pytest.fixture
def page_as(live, windows):
    """page_as(membership, size=PHONE, scheme="light") -> a page signed in under that membership, on Today."""
    opened = PageAs(windows, live.url)
    yield opened
    opened.close_all()


# What a page shows, after its scripts, with what was typed; and a page that takes it over, styled by the same files.
TAKEN = """async () => {
  while (!document.body) await new Promise((done) => setTimeout(done, 10));
  for (const one of document.querySelectorAll('input, option')) {
    one.toggleAttribute('checked', one.checked === true); one.toggleAttribute('selected', one.selected === true);
  }
  return {html: document.documentElement.outerHTML, dark: matchMedia('(prefers-color-scheme: dark)').matches};
}"""
SHOWN = """async (html) => {
  const found = new DOMParser().parseFromString(html, 'text/html'), root = document.documentElement;
  for (const name of root.getAttributeNames()) root.removeAttribute(name);
  for (const name of found.documentElement.getAttributeNames()) root.setAttribute(name, found.documentElement.getAttribute(name));
  const sheets = (of) => [...of.querySelectorAll('link[rel=stylesheet]')];
  const wanted = sheets(found).map((one) => one.href), there = sheets(document).map((one) => one.href);
  for (const one of sheets(document)) if (!wanted.includes(one.href)) one.remove();
  await Promise.all(sheets(found).filter((one) => !there.includes(one.href)).map((one) => new Promise((done, failed) => {
    const link = document.head.appendChild(document.importNode(one));
    link.onload = done; link.onerror = failed;
  })));
  document.title = found.title;
  document.body.replaceWith(document.adoptNode(found.body));
  for (const one of document.querySelectorAll('main details')) one.open = true;
  window.scrollTo(0, 0);
}"""


READ = """axe.run(%s, %s).then((found) => ({
  minds: found.violations, wide: document.documentElement.scrollWidth, heads: document.querySelectorAll('h1').length,
}))"""


def look_of(size: dict, scheme: str) -> tuple:
    return size["width"], size["height"], scheme


class Twin:
    """A page that stays open and shows what another page shows, so that axe is read and warmed once for all of them."""

    def __init__(self, browser, origin: str):
        self.context = browser.new_context(base_url=origin, viewport=PHONE, locale="en-US")
        self.page = self.context.new_page()
        self.page.goto("/accounts/login/")
        self.page.emulate_media(reduced_motion="reduce")
        self.page.evaluate(AXE)
        # No text here stands on what a style puts before or after an element; to look for that costs a quarter of the rule.
        self.page.evaluate("axe.configure({checks: [{id: 'color-contrast', options: {ignorePseudo: true}}]})")
        self.look = None

    def show(self, page: Page, *, as_there: bool = True) -> None:
        """What the page shows, as it shows it; or as this one looks already."""
        page.wait_for_load_state()
        taken = page.evaluate(TAKEN)
        self.page.evaluate(SHOWN, taken["html"])
        if as_there or self.look is None:
            self.as_on(page.viewport_size, "dark" if taken["dark"] else "light")

    def as_on(self, size: dict, scheme: str) -> None:
        if self.look != look_of(size, scheme):
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.look = look_of(size, scheme)

    def violations(self, options: str = FULL) -> list[str]:
        """What axe minds, a line each; and one line where the page has not one heading or scrolls sideways."""
        found = self.page.evaluate(READ % (PART, options))
        said = [
            f"{one['id']}: {one['help']} {[node['html'][:140] for node in one['nodes']][:3]}" for one in found["minds"]
        ]
        said += [f"scrolls sideways, {found['wide']}"] if found["wide"] > self.look[0] else []
        return said + ([f"{found['heads']} h1"] if found["heads"] != 1 else [])


@pytest.fixture(scope="session")
def twin_of(browser):
    """twin_of(page) -> a Twin that shows what the page shows now; one for each server. `how`: see Twin.show."""
    twins: dict[str, Twin] = {}

    def shown(page: Page, **how) -> Twin:
        origin = "/".join(page.url.split("/")[:3])
        if origin not in twins:
            twins[origin] = Twin(browser, origin)
        twins[origin].show(page, **how)
        return twins[origin]

    return shown


@pytest.fixture
def axe(twin_of):
    """axe(page): no violation of WCAG on the page as it stands."""

    def check(page: Page) -> None:
        said = twin_of(page).violations()
        assert not said, "\n".join([page.url, *said])

    return check


@pytest.fixture
def shot(request):
    """shot(page, "name"): a picture of the whole page in the folder SHOTS, when it is named; else nothing."""
    folder = os.environ.get("SHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            kind = request.node.callspec.id if hasattr(request.node, "callspec") else ""
            page.screenshot(path=f"{folder}/{name}-{kind}.png", full_page=True)

    return take
