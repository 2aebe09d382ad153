"""The frame of every page, with and without a membership, and the pages for when something cannot be shown."""

from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import include, path

from lead_cms.accounts.frame import Place, places


def _nothing(request):
    return HttpResponse()


urlpatterns = [
    path("out/", _nothing, name="account_logout"),
    path("password/", _nothing, name="account_change_password"),
    path("second/", _nothing, name="mfa_index"),
    path("theme/", _nothing, name="theme"),
    path("stay/", _nothing, name="stay"),
    path(
        "notices/", include(([path("", _nothing, name="list"), path("choices/", _nothing, name="choices")], "notify"))
    ),
]


def render(source, **context):
    return engines["django"].from_string(source).render(context)


@pytest.mark.urls(__name__)
def test_the_frame_reads_nothing_of_a_membership_that_is_not_there(rf: RequestFactory):
    request = rf.get("/")
    request.user = SimpleNamespace(is_authenticated=True)
    request.membership = None
    html = engines["django"].get_template("base.html").render({}, None)
    assert "Sign out" not in html
    html = render('{% extends "base.html" %}', request=request, csrf_token="t" * 32)
    assert "Your account" in html and "data-sign-out" in html and "data-bs-theme" not in html and "notices" not in html


@pytest.mark.urls(__name__)
def test_the_frame_says_as_whom_one_acts_and_keeps_the_theme(rf: RequestFactory):
    request = rf.get("/")
    request.COOKIES["theme"] = "dark"
    request.user = SimpleNamespace(is_authenticated=True)
    request.membership = SimpleNamespace(
        get_role_display="Case manager",
        organisation=SimpleNamespace(name="Harbor Outreach"),
        site=SimpleNamespace(name="San Francisco"),
    )
    nav = [Place("Today", "/", True), Place("Find", "/f", False)]
    html = render(
        '{% extends "base.html" %}', request=request, csrf_token="t" * 32, nav=nav, places=places(nav),
        notices_unread=2, idle_seconds=1800,
    )  # fmt: skip
    assert "Acting as: </span><b>Case manager</b><small>Harbor Outreach, San Francisco</small>" in html
    assert '<a href="/" aria-current="page">Today</a><a href="/f">Find</a>' in html
    assert 'data-bs-theme="dark"' in html and 'data-idle-seconds="1800" data-idle-url="/stay/"' in html
    assert "<b>2</b> new" in html and "<title>LEAD · San Francisco</title>" in html


@pytest.mark.parametrize(
    ("count", "shown"), [(1, (1, 0, 0)), (4, (4, 0, 0)), (5, (3, 2, 0)), (7, (3, 4, 0)), (8, (3, 3, 2)), (12, (3, 3, 6))]
)  # fmt: skip
def test_places_that_do_not_fit_stand_behind_more_and_none_is_lost(count, shown):
    """One too many never leaves "More" with a single place that would have fitted without it."""
    nav = [Place(f"Place {number}", f"/{number}/", False) for number in range(count)]
    told = places(nav)
    assert (len(told.first), len(told.wide), len(told.rest)) == shown
    assert [*told.first, *told.wide, *told.rest] == nav
    html = render('{% include "components/_places.html" %}', places=told)
    assert ("<summary>More" in html) == (count > 4)
    assert html.count("is-narrow") == len(told.wide) + (count > 4 and not told.rest)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("page", ["400.html", "403.html", "404.html", "500.html", "csrf_failure.html"])
def test_error_pages_say_what_to_do_without_a_request(page):
    assert '<a class="btn btn-primary" href="/">Go to Today</a>' in render_to_string(page)
    if page == "500.html":
        assert "abc123" in render_to_string(page, {"request_id": "abc123"})
