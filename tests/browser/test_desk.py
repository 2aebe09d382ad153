"""Choosing alerts with the keyboard, and a tab of the role that one acted under before; test_axe reads every page."""

import pytest
from django.db import transaction
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, OrganisationKind
from tests.factories import World


@pytest.fixture
def site(live):
    return World.build().a


def test_choosing_an_alert_with_the_keyboard_alone(site, page_as):
    page = page_as(site.person(Role.CASE_MANAGER), path=reverse("notify:choices"))
    page.get_by_role("link", name="People to be found").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Show it here").focus()
    page.keyboard.press("Space")
    page.get_by_label("No e-mail from").fill("22:00")
    page.get_by_label("until").fill("07:00")
    page.get_by_label("Always").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Not here; e-mail always, but not from 10:00 pm to 7:00 am.").wait_for()


def test_a_tab_of_the_former_role_is_answered_plainly_and_does_nothing(site, page_as, axe, shot):
    manager = site.person(Role.CASE_MANAGER)
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.create(
            user=manager.user, site=site.site, role=Role.SUPERVISOR, name=manager.name, starts_at=manager.starts_at,
            organisation=site.organisations[OrganisationKind.CASE_MANAGEMENT, 0],
        )  # fmt: skip
    url = reverse("notify:choice", args=["window"])
    old = page_as(manager, path=url)
    new = old.context.new_page()
    new.goto("/")
    new.locator(".who summary").click()
    new.get_by_role("button", name="Supervisor").click()
    new.get_by_text("You now act as Supervisor").wait_for()
    assert "Supervisor" in new.locator(".who summary").inner_text()
    shot(new, "switch-header")
    old.locator("label", has_text="Never").click()
    old.get_by_role("button", name="Save").click()
    old.get_by_role("heading", name="You act under another role now").wait_for()
    shot(old, "switch-refused")
    axe(old)
    old.get_by_role("link", name="Switch back and look at it").click()
    old.get_by_role("button", name="Send it again").click()
    old.get_by_text("Saved. It holds from the next alert on.").wait_for()
    assert "Case manager" in old.locator(".who summary").inner_text()
