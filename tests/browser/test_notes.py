"""A contact note on a phone: a few taps, kept as it is typed, through a line that breaks and a sign-in that ends; then signed."""

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from participants.actions.persons import Names, make_participant
from participants.models import ContactNote, NoteDetail
from tests.browser.conftest import PHONE
from tests.conftest import session_of

WORDS = "Asks for a lift on Thursday. Carries naloxone."


@pytest.fixture
def person(live, world):
    manager = world.a.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        return make_participant(names=Names(given_name="Ruth", family_name="Calder"), by=manager, at=timezone.now())


def tap(page: Page, text: str) -> None:
    page.locator("label.btn", has_text=text).first.tap()


def notes_of(manager) -> list[tuple]:
    with acting_as(manager), transaction.atomic():
        found = ContactNote.objects.order_by("begun_at").values_list("kind", "is_two_way", "signed_at", "pk")
        texts = dict(NoteDetail.objects.values_list("note_id", "text"))
        return [(kind, two_way, bool(signed_at), texts.get(pk, "")) for kind, two_way, signed_at, pk in found]


def test_four_taps_and_a_few_words(world, person, page_as, axe):
    manager = world.a.person(Role.CASE_MANAGER)
    page = page_as(manager, size=PHONE, path=f"/site/persons/{person.pk}/")
    page.get_by_role("link", name="Write a note").tap()
    tap(page, "Telephone")
    tap(page, "Yes, we talked")
    page.get_by_label("What happened").fill(WORDS)
    expect(page.locator("[data-draft-status]")).to_have_text(re.compile(r"^Saved \d+:\d\d [ap]m$"))
    assert notes_of(manager) == [("phone", True, False, WORDS)]
    axe(page)
    page.get_by_role("button", name="Sign", exact=True).tap()
    expect(page.get_by_text("Signed. Nothing of it changes any more")).to_be_visible()
    assert notes_of(manager) == [("phone", True, True, WORDS)]
    page.get_by_role("link", name="Telephone: talked").tap()
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_label("Add to this note").fill("They called back.")
    page.get_by_role("button", name="Add it").tap()
    expect(page.get_by_text("They called back.")).to_be_visible()


def test_a_line_that_breaks_in_the_middle_loses_nothing(world, person, page_as):
    manager = world.a.person(Role.CASE_MANAGER)
    page = page_as(manager, size=PHONE, path=f"/site/persons/{person.pk}/notes/new/")
    tap(page, "In person")
    page.get_by_label("What happened").fill(WORDS[:20])
    expect(page.locator("[data-draft-status]")).to_have_text(re.compile("^Saved "))
    page.context.set_offline(True)
    page.get_by_label("What happened").fill(WORDS)
    tap(page, "Yes, we talked")
    page.get_by_role("button", name="Sign", exact=True).tap()
    expect(page.locator("[data-draft-status]")).to_contain_text("You are offline. What you typed is kept on this phone")
    assert notes_of(manager) == [("in_person", None, False, WORDS[:20])]
    page.context.set_offline(False)
    expect(page.locator("[data-draft-status]")).to_have_text(re.compile("^Saved "), timeout=20_000)
    page.get_by_role("button", name="Sign", exact=True).tap()
    expect(page.get_by_text("Signed. Nothing of it changes any more")).to_be_visible()
    assert notes_of(manager) == [("in_person", True, True, WORDS)]


def test_a_sign_in_that_ended_and_a_tab_that_was_closed_lose_nothing(world, person, page_as, live):
    """What the server had by then is gone on with; what it had not is offered back by the phone."""
    manager = world.a.person(Role.CASE_MANAGER)
    path = f"/site/persons/{person.pk}/notes/new/"
    page = page_as(manager, size=PHONE, path=path)
    page.get_by_label("What happened").fill(WORDS[:20])
    expect(page.locator("[data-draft-status]")).to_have_text(re.compile("^Saved "))
    Session.objects.all().delete()
    page.get_by_label("What happened").fill(WORDS)
    expect(page.locator("[data-draft-status]")).to_contain_text(
        "You are signed out. What you typed is kept on this phone"
    )
    page.goto("/")  # the sign-in page
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(manager), "url": live.url}])
    page.goto(path)
    assert "/write/" in page.url
    expect(page.get_by_label("What happened")).to_have_value(WORDS[:20])
    page.get_by_role("button", name="Put it back").tap()
    expect(page.get_by_label("What happened")).to_have_value(WORDS)
    page.get_by_role("button", name="Keep it for later").tap()
    expect(page.get_by_text("Kept. Sign it when it is done.")).to_be_visible()
    assert notes_of(manager) == [("", None, False, WORDS)]
    page.goto("/")
    expect(page.get_by_role("heading", name="Notes to sign")).to_be_visible()


def test_two_tabs_do_not_overwrite_each_other_unseen(world, person, page_as):
    manager = world.a.person(Role.CASE_MANAGER)
    one = page_as(manager, size=PHONE, path=f"/site/persons/{person.pk}/notes/new/")
    one.get_by_label("What happened").fill("Begun")
    one.get_by_role("button", name="Keep it for later").tap()
    expect(one.get_by_text("Kept. Sign it when it is done.")).to_be_visible()
    path = f"/site/persons/{person.pk}/notes/new/"
    one.goto(path)
    other = one.context.new_page()
    other.goto(path)
    one.get_by_label("What happened").fill("From the first tab")
    one.get_by_role("button", name="Keep it for later").tap()
    expect(one.get_by_text("Kept. Sign it when it is done.")).to_be_visible()
    other.get_by_label("What happened").fill("From the other tab")
    other.get_by_role("button", name="Keep it for later").tap()
    expect(other.get_by_role("heading", name="Saved from the other page")).to_be_visible()
    expect(other.get_by_role("main")).to_contain_text("From the first tab")
    expect(other.get_by_label("What happened")).to_have_value("From the other tab")
    assert notes_of(manager)[0][3] == "From the first tab"
    other.get_by_role("button", name="Keep it for later").tap()
    expect(other.get_by_text("Kept. Sign it when it is done.")).to_be_visible()
    assert notes_of(manager)[0][3] == "From the other tab"
