"""A real browser on the live server: sign in as anyone, on a phone or a desk, light or dark, with axe at hand."""

import os
import shutil
from pathlib import Path

import axe_playwright_python
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, sync_playwright

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# Rows of a list are alike: the first eight stand for the rest.
PART = "{exclude: ['.rows > li:nth-child(n+9)', 'tbody > tr:nth-child(n+9)']}"
FULL = "{resultTypes: ['violations']}"
CONTRAST = "{runOnly: ['color-contrast'], resultTypes: ['violations']}"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


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


@pytest.fixture
def page_as(live, browser):
    """page_as(membership, size=PHONE, scheme="light") -> a page signed in under that membership, on Today."""
    contexts = []

    def open_page(membership=None, *, size=PHONE, scheme="light", path="/", **options) -> Page:
        context = browser.new_context(
            base_url=live.url, viewport=size, color_scheme=scheme, has_touch=size is PHONE, locale="en-US", **options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if membership is not None:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(membership), "url": live.url}]
            )
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def session_of(membership) -> str:
    client = Client()
    client.force_login(membership.user)
    session = client.session
    session["membership_id"] = str(membership.pk)
    session.save()
    return session.session_key


def violations(page: Page, options: str = FULL) -> list[str]:
    """What axe minds about the page as it stands, a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(f"axe.run({PART}, {options}).then((found) => found.violations)")
    return [f"{one['id']}: {one['help']} {[node['html'][:140] for node in one['nodes']][:3]}" for one in found]


@pytest.fixture
def axe():
    """axe(page): no violation of WCAG on the page as it stands."""

    def check(page: Page) -> None:
        said = violations(page)
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
