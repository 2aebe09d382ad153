"""A caseload's month on a phone: one person lives otherwise now, the rest is as before; a minute, by thumb."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from participants.actions.months import Picture, first_of, in_columns, month_after
from participants.actions.persons import Names, make_participant
from participants.models import Participation, PersonMonth
from referrals.models import Casework
from tests.browser.conftest import PHONE
from tests.casefile.working import taken

BEFORE = Picture(
    living="116", employment="looking", income="1", income_sources=("GA",), benefits="1", benefit_sources=("SNAP",)
)
NAMES = ("Ada Stone", "Ben Okafor", "Cleo Ruiz", "Dee Marsh")


@pytest.fixture
def manager(live, world):
    """A case manager with four people, of whom last month is known."""
    manager, now = world.a.person(Role.CASE_MANAGER), timezone.now()
    last = month_after(first_of(now.astimezone(manager.site.tz).date()), -1)
    for name in NAMES:
        given, family = name.split()
        referral = taken(world.a)
        with acting_as(manager), transaction.atomic():
            person = make_participant(names=Names(given_name=given, family_name=family), by=manager, at=now)
            Participation.objects.create(
                site=manager.site, participant=person, began_on=last - timedelta(days=40), recorded_by=manager
            )
            Casework.objects.filter(referral=referral).update(participant=person)
            if name != NAMES[-1]:
                PersonMonth.objects.create(
                    site=manager.site, participant=person, month=last, confirmed_at=now, confirmed_by=manager,
                    **in_columns(BEFORE),
                )  # fmt: skip
    return manager


def test_one_is_changed_and_the_rest_confirmed_together(manager, page_as, axe):
    page = page_as(manager, size=PHONE, path="/site/months/")
    expect(page.get_by_text("0 of 4 confirmed.")).to_be_visible()
    axe(page)
    page.get_by_role("link", name=re.compile("Change.*Ben Okafor")).tap()
    page.get_by_label("Where did they stay, most of all?").select_option(label="Rents, with a housing subsidy")
    axe(page)
    page.get_by_role("button", name="Save ").tap()
    expect(page.get_by_text("1 of 4 confirmed.")).to_be_visible()
    page.get_by_role("button", name=re.compile("As before.*Cleo Ruiz")).tap()
    expect(page.get_by_text("2 of 4 confirmed.")).to_be_visible()
    page.get_by_role("button", name="Confirm all that is unchanged").tap()
    # Of whom nothing is known, nothing is confirmed.
    expect(page.get_by_text("3 of 4 confirmed.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Enter.*Dee Marsh"))).to_be_visible()
    this = first_of(timezone.now().astimezone(manager.site.tz).date())
    with acting_as(manager), transaction.atomic():
        kept = PersonMonth.objects.filter(month=this).values_list("living", "income_sources")
        assert sorted(living for living, _ in kept) == ["116", "116", "435"]
        assert all(sources == ["GA"] for _, sources in kept)
