"""An officer on a phone at night: from Today to a sent referral in at most 15 taps and 7 typed fields."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from referrals.models import Draft, OnCallShift, Referral
from tests.browser.conftest import PHONE
from tests.referrals.making import make_arrest_referral

MOST_TAPS, MOST_TYPED = 15, 7


class Thumb:
    """Counts what a person does: every tap, also into a field, and every field that is typed."""

    def __init__(self, page):
        self.page, self.taps, self.typed = page, 0, 0

    def tap(self, target):
        target.scroll_into_view_if_needed()
        target.tap() if self.page.viewport_size["width"] < 800 else target.click()
        self.taps += 1

    def type(self, target, text, *, enter=False):
        self.tap(target)
        target.press_sequentially(text)
        self.typed += 1
        if enter:
            target.press("Enter")


@pytest.fixture
def officer(live, world):
    now = timezone.now()
    with acting_as(Duty.OPERATOR), transaction.atomic():
        OnCallShift.objects.create(
            site=world.a.site, person=world.a.person(Role.CASE_MANAGER), starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=8), position=1,
        )  # fmt: skip
    return world.a.person(Role.OFFICER)


def rows(membership, model):
    with acting_as(membership), transaction.atomic():
        return list(model.objects.all())


def label(page, text):
    return page.locator("label.btn", has_text=text)


def test_a_referral_in_fifteen_taps_and_seven_fields(page_as, officer):
    page = page_as(officer)
    thumb = Thumb(page)
    thumb.tap(page.get_by_role("link", name="New referral", exact=True).last)
    thumb.tap(label(page, "Prebooking referral"))
    thumb.type(page.get_by_label("Offense", exact=True), "11350", enter=True)
    expect(page.get_by_label("HS 11350(a)")).to_be_checked()
    thumb.tap(label(page, "Within"))
    thumb.tap(label(page, "None of these, that I know of"))
    thumb.tap(page.get_by_role("button", name="Can I?"))
    expect(page.get_by_role("heading", name="Eligible: LEAD can be offered here.")).to_be_visible()
    thumb.tap(page.get_by_role("link", name="Write the referral"))
    thumb.tap(label(page, "Yes"))
    thumb.type(page.get_by_label("Incident number"), "260118402")
    thumb.type(page.get_by_label("Name", exact=True), "Devon Marsh")
    thumb.type(page.get_by_label("Birth date or age"), "about 35")
    thumb.tap(label(page, "Where the officer is"))
    thumb.type(page.get_by_label("Address or landmark"), "Eddy St at Jones St")
    thumb.tap(page.get_by_role("button", name="Send the referral"))
    expect(page.get_by_role("heading", name="Devon Marsh")).to_be_visible()
    expect(page.get_by_role("heading", name="Call the case manager")).to_be_visible()
    assert thumb.taps <= MOST_TAPS and thumb.typed <= MOST_TYPED, (thumb.taps, thumb.typed)
    (made,) = rows(officer, Referral)
    assert made.status == "submitted" and not rows(officer, Draft)


def to_screen_2(page):
    page.goto("/referrals/check/")
    label(page, "Prebooking referral").click()
    page.get_by_label("Offense", exact=True).fill("11550")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_label("HS 11550(a)")).to_be_checked()
    label(page, "None of these, that I know of").click()
    page.get_by_role("button", name="Can I?").click()
    page.get_by_role("link", name="Write the referral").click()


def test_a_lost_line_loses_nothing(page_as, officer):
    page = page_as(officer)
    to_screen_2(page)
    page.get_by_label("Name", exact=True).fill("Lina")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_label("Birth date or age").fill("41")
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.get_by_role("button", name="Send the referral").click()
    expect(page.get_by_label("Birth date or age")).to_have_value("41")
    page.context.set_offline(False)
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.goto("/")
    page.get_by_role("link", name="Go on with it").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Lina")
    expect(page.get_by_label("Birth date or age")).to_have_value("41")


def away_and_back(page):
    page.get_by_role("navigation").get_by_role("link", name="On call").first.click()
    expect(page.get_by_role("heading", name="On call", exact=True)).to_be_visible()
    page.go_back()


def stands(page, *, number, name):
    expect(page.get_by_label("Incident number")).to_have_value(number)
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    expect(page.get_by_label("Yes", exact=True)).to_be_checked()


def test_back_finds_the_first_screen_as_it_was_answered(page_as, officer):
    page = page_as(officer, path="/referrals/check/")
    label(page, "Prebooking referral").click()
    page.get_by_role("button", name="Can I?").click()
    expect(page.locator(".errors")).to_be_visible()
    away_and_back(page)
    expect(page.locator(".errors")).to_be_visible()
    page.get_by_label("Offense", exact=True).fill("11550")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_label("HS 11550(a)")).to_be_checked()
    away_and_back(page)
    expect(page.get_by_label("HS 11550(a)")).to_be_checked()
    expect(page.get_by_label("Prebooking referral")).to_be_checked()


def test_back_finds_the_referral_as_it_was_typed_and_once_it_is_sent_the_one_that_was_made(page_as, officer):
    page = page_as(officer)
    to_screen_2(page)
    label(page, "Yes").click()
    page.get_by_label("Incident number").fill("260118402")
    page.get_by_label("Name", exact=True).fill("Lina")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    away_and_back(page)
    stands(page, number="260118402", name="Lina")
    page.get_by_role("button", name="Send the referral").click()
    expect(page.locator(".errors")).to_be_visible()
    away_and_back(page)
    stands(page, number="260118402", name="Lina")
    page.get_by_role("link", name="Change the first screen").click()
    page.get_by_label("Offense", exact=True).fill("11364")
    page.get_by_role("button", name="Find").click()
    label(page, "HS 11364(a)").click()
    page.get_by_role("button", name="Can I?").click()
    page.get_by_role("link", name="Write the referral").click()
    stands(page, number="260118402", name="Lina")
    expect(page.get_by_label("HS 11364(a)")).to_be_checked()
    page.get_by_label("Birth date or age").fill("41")
    label(page, "Where the officer is").click()
    page.get_by_role("button", name="Send the referral").click()
    expect(page.get_by_role("heading", name="Call the case manager")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("This one is sent.")).to_be_visible()
    expect(page.get_by_role("heading", name="Lina")).to_be_visible()
    assert len(rows(officer, Referral)) == 1 and not rows(officer, Draft)


def test_a_declined_offer_shows_only_what_is_counted(page_as, officer):
    page = page_as(officer)
    to_screen_2(page)
    expect(page.get_by_text("Why, if they say")).to_be_hidden()
    label(page, "No").first.click()
    expect(page.get_by_text("Why, if they say")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_be_hidden()
    label(page, "Not now").click()
    page.get_by_role("button", name="Send the referral").click()
    expect(page.get_by_text("No name is kept.")).to_be_visible()


def test_a_tap_on_the_number_is_stamped(page_as, officer):
    referral = make_arrest_referral(officer)
    page = page_as(officer, path=f"/referrals/own/{referral.pk}/")
    # The test's browser has nothing to dial with; the tap is told all the same.
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    page.get_by_role("link", name="Call (415)").click()
    expect(page.locator(".next .called")).to_contain_text("Called")


def test_one_tap_on_nobody_came_shows_what_the_site_does_then(page_as, officer):
    referral = make_arrest_referral(officer, called_at=timezone.now())
    page = page_as(officer, path=f"/referrals/own/{referral.pk}/")
    expect(page.get_by_text("They have not come in time")).to_be_hidden()
    page.get_by_role("link", name="Nobody came").tap()
    expect(page.get_by_text("They have not come in time")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark")], ids=["phone-dark"])
def test_what_the_two_screens_answer_is_accessible_and_fits(page_as, officer, axe, shot, size, scheme):
    page = page_as(officer, size=size, scheme=scheme)

    def look(name):
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px"
        shot(page, f"officer-{name}")

    page.goto("/referrals/check/")
    label(page, "Prebooking referral").click()
    page.get_by_role("button", name="Can I?").click()
    look("check-errors")
    page.get_by_label("Offense", exact=True).fill("meth")
    page.get_by_role("button", name="Find").click()
    look("found")
    label(page, "HS 11377(a)").click()
    label(page, "Within").click()
    label(page, "None of these").click()
    page.get_by_text("One of them is so, or not known here").click()
    page.locator("fieldset.rule", has_text="does not agree to diversion").get_by_text("Yes").click()
    page.get_by_role("button", name="Can I?").click()
    look("answer-no")
    page.get_by_role("link", name="Count it, without a name").click()
    look("count")
    to_screen_2(page)
    look("new")
    page.get_by_role("button", name="Send the referral").click()
    expect(page.locator(".errors")).to_be_visible()
    look("new-errors")
    page.go_back()
