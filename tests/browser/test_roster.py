"""The roster, a page that waits, and what an officer sees of it: on a phone and at a desk, light and dark."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from playwright.sync_api import expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from referrals.actions.roster import add_shift
from referrals.actions.shifts import offer_shift
from referrals.models import Page, PageKind, Paging
from tests.browser.conftest import DESK, PHONE
from tests.factories import World
from tests.referrals.making import make_arrest_referral

LOOKS = [(PHONE, "dark")]
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def people(live):
    """Two on call, one gap ahead, one double, one shift offered, one page of five minutes ago, one escalated."""
    site, now = World.build().a, datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    first, second = site.person(Role.CASE_MANAGER, 0), site.person(Role.CASE_MANAGER, 1)
    coordinator = site.person(Role.COORDINATOR)
    with acting_as(coordinator), transaction.atomic():
        for person, start, end, position in [
            (first, -2, 12, 1), (second, -2, 12, 2), (second, 12, 24, 1), (first, 12, 24, 2), (first, 36, 48, 1),
            (first, 40, 52, 1), (second, 60, 72, 1),
        ]:  # fmt: skip
            shift = add_shift(
                person=person, starts_at=now + start * HOUR, ends_at=now + end * HOUR, position=position,
                by=coordinator, at=now,
            )  # fmt: skip
    with acting_as(second), transaction.atomic():
        offer_shift(shift=shift, to=first, by=second, at=now)
    site.referrals = [make_arrest_referral(site.person(Role.OFFICER), meeting_place="Precinct lobby") for _ in range(2)]
    now = datetime.now(UTC)
    part = {"site_id": site.site.pk, "officer": site.person(Role.OFFICER)}
    part["agency_id"] = part["officer"].organisation_id
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        # The test's own commit has paged already; what is shown is set to minutes ago.
        waits, over = (Paging.objects.get(referral=one) for one in site.referrals)
        Paging.objects.filter(pk=waits.pk).update(next_step=2, next_at=now + 8 * MINUTE)
        Paging.objects.filter(pk=over.pk).update(next_step=3, next_at=None)
        Page.objects.bulk_create(
            [Page(referral=site.referrals[1], step=2, kind=PageKind.LAST, person=coordinator, paged_at=now, **part)]
        )
    return site


PAGES = [
    (Role.COORDINATOR, ["/", "/referrals/on-call/"]),
    (Role.CASE_MANAGER, ["/"]),
    (Role.OFFICER, ["OWN"]),
]


@pytest.mark.parametrize(("size", "scheme"), LOOKS, ids=["phone-dark"])
def test_gaps_doubles_and_pages_read_well(page_as, people, axe, shot, size, scheme):
    for role, paths in PAGES:
        page = page_as(people.person(role), size=size, scheme=scheme)
        for number, path in enumerate(paths):
            if path == "OWN":
                page.goto(f"/referrals/own/{people.referrals[0].pk}/")
            else:
                page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
            shot(page, f"roster-{role}-{number}")
            axe(page)


def test_the_coordinator_plans_weeks_by_keyboard(page_as, people):
    page = page_as(people.person(Role.COORDINATOR), path="/referrals/on-call/plan/", size=DESK)
    page.get_by_label("For how many weeks").fill("2")
    for day in ("Sat", "Sun"):
        page.get_by_label(day, exact=True).focus()
        page.keyboard.press("Space")
    page.get_by_label("From", exact=True).fill("19:00")
    page.get_by_label("Until", exact=True).fill("07:00")
    page.get_by_label("Case manager 0").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Put them on the list").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("4 shifts on the list"))).to_be_visible()


def test_a_colleague_takes_the_shift_in_one_tap(page_as, people):
    page = page_as(people.person(Role.CASE_MANAGER), path="/referrals/on-call/")
    page.get_by_role("button", name="I take it").click()
    expect(page.get_by_text("The shift is yours.")).to_be_visible()


def test_the_paged_person_sees_it_on_top_with_the_number_one_tap_away(page_as, people):
    page = page_as(people.person(Role.CASE_MANAGER))
    expect(page.get_by_text("You are paged")).to_be_visible()
    assert page.locator(".next a[href^='tel:']").count() == 1
    page.get_by_role("button", name="I’m on my way").click()
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert Paging.objects.exclude(stopped_at=None).count() == 1
