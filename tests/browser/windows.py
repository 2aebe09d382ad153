"""Browser windows that serve one test after another: to open one takes most of a second of two processes."""

from collections import defaultdict

from django.conf import settings
from playwright.sync_api import Browser, Error, Page

from tests.conftest import session_of

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# What a page leaves for the next one in its window; and it leaves no more while it goes.
FORGET = "() => { sessionStorage.clear(); localStorage.clear(); Storage.prototype.setItem = () => {}; }"


class Windows:
    """All windows of one browser; those given back are free, with nothing of the test that had them."""

    def __init__(self, browser: Browser):
        self.browser, self.free = browser, defaultdict(list)

    def take(self, origin: str, *, size: dict, scheme: str, **options) -> tuple[tuple, Page]:
        key = (origin, size is PHONE, *sorted(options.items()))
        page = self.free[key].pop() if self.free[key] else self._new(origin, size is PHONE, options)
        page.set_viewport_size(size)
        # Nothing glides: a click waits until the page stands still.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        return key, page

    def _new(self, origin: str, has_touch: bool, options: dict) -> Page:
        context = self.browser.new_context(base_url=origin, has_touch=has_touch, locale="en-US", **options)
        context.set_default_timeout(10_000)
        return context.new_page()

    def give_back(self, key: tuple, page: Page) -> None:
        context = page.context
        try:
            for other in context.pages:
                if other is not page:
                    other.close()
            context.set_offline(False)
            page.unroute_all(behavior="ignoreErrors")
            context.clear_cookies()
            if page.url.startswith(key[0]):
                page.evaluate(FORGET)
            page.goto("about:blank")
            context.new_cdp_session(page).send("Page.resetNavigationHistory")
        except Error:  # closed by its test, or in the midst of something
            context.close()
        else:
            self.free[key].append(page)


class PageAs:
    """page_as(membership, size=PHONE, scheme="light") -> a page signed in under that membership, on Today."""

    def __init__(self, windows: Windows, origin: str):
        self.windows, self.origin, self.open = windows, origin, {}

    def __call__(self, membership=None, *, size=PHONE, scheme="light", path="/", **options) -> Page:
        key, page = self.windows.take(self.origin, size=size, scheme=scheme, **options)
        self.open[page] = key
        if membership is not None:
            cookie = {
                "name": settings.SESSION_COOKIE_NAME, "value": session_of(membership), "url": self.origin,
            }  # fmt: skip
            page.context.add_cookies([cookie])
        page.goto(path)
        return page

    def close(self, page: Page) -> None:
        self.windows.give_back(self.open.pop(page), page)

    def close_all(self) -> None:
        for page in list(self.open):
            self.close(page)
