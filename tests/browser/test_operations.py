"""Coordinator, administrator, referrer and auditor in a browser, with axe on what they come to; test_axe reads every page."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from referrals.actions.roster import add_shift
from tests.factories import World
from tests.referrals.making import make_arrest_referral


@pytest.fixture
def people(live):
    site = World.build().a
    coordinator, now = site.person(Role.COORDINATOR), timezone.now()
    with acting_as(coordinator), transaction.atomic():
        for person, start, end, position in [
            (Role.CASE_MANAGER, -2, 6, 1), (Role.SUPERVISOR, -2, 20, 2), (Role.CASE_MANAGER, 30, 44, 1)
        ]:  # fmt: skip
            add_shift(
                person=site.person(person), starts_at=now + timedelta(hours=start), ends_at=now + timedelta(hours=end),
                position=position, by=coordinator, at=now,
            )  # fmt: skip
    with transaction.atomic():
        make_arrest_referral(site.person(Role.OFFICER), is_sure=False)
        make_arrest_referral(site.person(Role.OFFICER))
    return site


def test_the_coordinator_answers_what_an_officer_was_not_sure_of(page_as, people, axe):
    page = page_as(people.person(Role.COORDINATOR))
    page.get_by_role("link", name="Answer it").click()
    axe(page)
    page.get_by_role("button", name="LEAD can be offered").click()
    expect(page.get_by_text("Whoever is on call is told")).to_be_visible()


def test_the_administrator_invites_and_ends(page_as, people, axe):
    page = page_as(people.person(Role.ADMINISTRATOR), path="/people/invite/")
    page.get_by_label("Sign-in name").fill("nia")
    page.get_by_label("E-mail").fill("nia@example.org")
    page.get_by_label("Name, as colleagues see it").fill("Nia Okafor")
    page.get_by_label("Role").select_option("officer")
    page.get_by_label("Organization").select_option(label="Police 1 san-francisco")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("Nia Okafor is invited")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="End the role").click()
    expect(page.get_by_text("The end of this role is set")).to_be_visible()
    axe(page)


def test_a_partner_refers_without_police(page_as, people, axe):
    page = page_as(people.person(Role.REFERRER))
    page.get_by_role("link", name="Refer a person").first.click()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a name")
    axe(page)
    page.get_by_label("Name, also a street name").fill("Ola")
    page.get_by_label("Where outreach can meet").fill("Fifth and Pine")
    page.get_by_label("Nowhere safe to stay").check()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text(re.compile("The code to quote is"))).to_be_visible()
    axe(page)
