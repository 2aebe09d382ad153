"""A real browser on the live server: sign in as anyone, on a phone or a desk, light or dark, with axe at hand."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, sync_playwright

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic", "--no-first-run",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
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


@pytest.fixture
def axe():
    """axe(page): no violation of WCAG on the page as it stands."""

    def check(page: Page) -> None:
        found = Axe().run(page)
        said = [
            f"{v['id']}: {v['help']} {[n['html'][:120] for n in v['nodes']][:3]}" for v in found.response["violations"]
        ]
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
