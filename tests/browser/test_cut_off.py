"""The line is cut, or only seems to stand: what was typed in the street is there afterwards, and nothing else is written over."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from participants.actions.notes import sign_note
from participants.actions.persons import Names, make_participant
from participants.models import ContactNote, NoteAddendum
from tests.browser.conftest import PHONE
from tests.browser.test_notes import notes_of, tap
from tests.casefile.person_making import linked
from tests.casefile.working import taken

SAVED = re.compile(r"^Saved \d+:\d\d [ap]m$")
CUT = re.compile("^You are offline. What you typed is kept on this phone")


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


@pytest.fixture
def person(live, manager):
    with acting_as(manager), transaction.atomic():
        return make_participant(names=Names(given_name="Ruth", family_name="Calder"), by=manager, at=timezone.now())


@pytest.fixture
def own(live, world):
    """Somebody whose case manager it is."""
    return linked(world.a, taken(world.a))


def status(page: Page):
    return page.locator("[data-draft-status]")


def dead(page: Page) -> None:
    """The phone shows bars, and nothing answers."""
    page.context.route("**/*", lambda route: route.abort("internetdisconnected"))


def alive(page: Page) -> None:
    page.context.unroute("**/*")


def write(page: Page, words: str) -> None:
    page.get_by_label("What happened").fill(words)


def test_a_line_that_only_seems_to_stand_keeps_the_page_and_the_words(live, manager, person, page_as):
    page = page_as(manager, size=PHONE, path=f"/site/persons/{person.pk}/notes/new/")
    tap(page, "In person")
    tap(page, "Yes, we talked")
    expect(status(page)).to_have_text(SAVED)
    dead(page)
    write(page, "Said in a dead spot.")
    page.get_by_role("button", name="Sign", exact=True).tap()
    expect(status(page)).to_have_text(CUT)
    expect(page.get_by_label("What happened")).to_have_value("Said in a dead spot.")
    assert status(page).evaluate("e => getComputedStyle(e).color") != page.evaluate(
        "() => getComputedStyle(document.body.appendChild(Object.assign(document.createElement('p'), {className: 'saved'}))).color"
    )
    alive(page)
    page.get_by_role("button", name="Sign", exact=True).tap()
    expect(page.get_by_text("Signed. Nothing of it changes any more")).to_be_visible()
    assert notes_of(manager) == [("in_person", True, True, "Said in a dead spot.")]
    page.goto("/")
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.get_by_text("was not sent")).to_have_count(0)


def test_what_was_not_sent_is_named_on_today_and_written_over_no_other_note(live, manager, person, page_as):
    """Two notes of one person wait: the one that the server has, and the one that only the phone has."""
    path = f"/site/persons/{person.pk}/notes/new/"
    page = page_as(manager, size=PHONE, path=path)
    write(page, "The morning")
    page.get_by_role("button", name="Keep it for later").tap()
    expect(page.get_by_text("Kept. Sign it when it is done.")).to_be_visible()
    page.goto(f"{path}?another=1")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('cut')); }")
    write(page, "The afternoon")
    expect(status(page)).to_have_text(CUT, timeout=10_000)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("/site/find/")
    expect(page.get_by_text(re.compile("^What you typed at .* was not sent"))).to_be_visible()
    expect(page.get_by_role("button", name="Go on with it")).to_be_visible()
    page.goto(path)  # the note of the morning is gone on with
    expect(page.get_by_label("What happened")).to_have_value("The morning")
    page.get_by_role("button", name="Put it back").tap()
    expect(page.get_by_label("What happened")).to_have_value("The afternoon")
    expect(status(page)).to_have_text(SAVED)
    assert sorted(text for *_, text in notes_of(manager)) == ["The afternoon", "The morning"]


def test_what_is_added_to_a_note_outlives_a_cut_line_and_is_added_once(live, manager, person, page_as):
    page = page_as(manager, size=PHONE, path=f"/site/persons/{person.pk}/notes/new/")
    tap(page, "Telephone")
    tap(page, "Yes, we talked")
    expect(status(page)).to_have_text(SAVED)
    with acting_as(manager), transaction.atomic():
        note = ContactNote.objects.get()
        sign_note(note=note, by=manager, at=timezone.now())
    page.goto(f"/site/notes/{note.pk}/")
    dead(page)
    page.get_by_label("Add to this note").fill("They called back.")
    page.get_by_role("button", name="Add it").tap()
    expect(page.get_by_text(CUT)).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    alive(page)
    page.reload()
    page.get_by_role("button", name="Put it back").tap()
    page.get_by_role("button", name="Add it").tap()
    expect(page.get_by_text("Added.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    with acting_as(manager), transaction.atomic():
        assert [one.text for one in NoteAddendum.objects.all()] == ["They called back."]


def test_signing_out_asks_before_it_forgets(live, manager, person, page_as):
    page = page_as(manager, size=PHONE, path=f"/site/persons/{person.pk}/notes/new/")
    dead(page)
    write(page, "Not sent yet")
    expect(status(page)).to_have_text(CUT, timeout=10_000)
    page.locator("details.who summary").tap()
    page.get_by_role("button", name="Sign out").tap()
    expect(page.get_by_text("Signing out takes it off this phone")).to_be_visible()
    alive(page)
    page.get_by_role("button", name="Stay signed in").tap()
    page.locator("details.who summary").tap()
    page.get_by_role("button", name="Sign out").tap()
    expect(page.get_by_label("Password")).to_be_visible()
    assert notes_of(manager) == [("", None, False, "Not sent yet")]
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_a_sign_in_that_ended_while_one_typed_takes_nothing(live, manager, own, page_as):
    """What stood in a form that is sent once is kept, too, and what the next page reads is named there."""
    page = page_as(manager, size=PHONE, path=f"/site/persons/{own.pk}/plan/new/")
    page.get_by_label("What do you want?").fill("A door that I can lock")
    page.wait_for_timeout(500)
    Session.objects.all().delete()
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).length") == 1


def test_a_tap_without_a_line_stays_on_its_page_and_says_so(live, manager, person, page_as, axe):
    page = page_as(manager, size=PHONE, path=f"/site/persons/{person.pk}/notes/new/")
    page.get_by_label("What happened").fill("Begun for the wrong person")
    page.get_by_role("button", name="Keep it for later").tap()
    expect(page.get_by_text("Kept. Sign it when it is done.")).to_be_visible()
    page.goto(f"/site/persons/{person.pk}/notes/new/")
    page.context.set_offline(True)
    page.get_by_role("button", name="Throw this note away").tap()
    expect(page.get_by_text("You are offline. Nothing was sent")).to_be_visible()
    axe(page)
    page.context.set_offline(False)
    page.get_by_role("button", name="OK").tap()
    page.get_by_role("button", name="Throw this note away").tap()
    expect(page.get_by_text("The note is gone.")).to_be_visible()
    assert notes_of(manager) == []


def test_back_on_the_line_a_form_that_is_sent_by_hand_says_so(live, manager, own, page_as):
    page = page_as(manager, size=PHONE, path=f"/site/persons/{own.pk}/plan/new/")
    page.get_by_label("What do you want?").fill("A door that I can lock")
    page.get_by_label("Look at it again on").fill("2020-01-01")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_text(CUT)).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("You are back: send it now.")).to_be_visible()
    page.get_by_role("button", name="Save").tap()
    # That day is over, so it is refused; what stands in the form again is not offered besides.
    expect(page.get_by_label("Look at it again on")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("What do you want?")).to_have_value("A door that I can lock")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


@pytest.mark.parametrize("label", ["What happened", "What next"])
def test_the_bar_at_the_foot_hides_no_field_that_is_written_in(live, manager, person, page_as, label):
    page = page_as(manager, size=PHONE, path=f"/site/persons/{person.pk}/notes/new/")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("said => document.activeElement.labels?.[0]?.innerText.startsWith(said)", label):
            break
    bottom, bar = page.evaluate(
        "[document.activeElement.getBoundingClientRect().bottom, document.querySelector('.actions').getBoundingClientRect().top]"
    )
    assert bottom <= bar
