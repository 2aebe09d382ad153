"""Without a mouse, and without scripts: the officer's two screens still work."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from referrals.actions.roster import add_shift
from referrals.models import Referral
from tests.browser.conftest import DESK, PHONE
from tests.factories import World

# What has the focus: its words, and whether its own edge or that of the label that stands for it is drawn.
FOCUS = """() => {
  const at = document.activeElement, label = at.labels && at.labels[0];
  const seen = (one) => {
    if (!one) return false;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const drawn = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
    return drawn && box.width > 1 && box.height > 1;
  };
  const words = (label || at).innerText || at.getAttribute('aria-label') || at.value || at.tagName;
  return [words.trim().split('\\n')[0], seen(at) || seen(label)];
}"""


@pytest.fixture
def officer(live):
    site, now = World.build().a, timezone.now()
    coordinator = site.person(Role.COORDINATOR)
    with acting_as(coordinator), transaction.atomic():
        add_shift(
            person=site.person(Role.CASE_MANAGER), starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=8), position=1, by=coordinator, at=now,
        )  # fmt: skip
    return site.person(Role.OFFICER)


def tab_to(page: Page, words: str, most: int = 40) -> None:
    """Tab until the named control has the focus; every stop on the way shows where it is."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here, is_seen = page.evaluate(FOCUS)
        assert is_seen, f"the focus cannot be seen on “{here}”"
        if here.startswith(words):
            return
    raise AssertionError(f"“{words}” was not reached; the last stop was “{here}”")


def test_the_first_screen_by_tab_alone(page_as, officer):
    page = page_as(officer, size=DESK, path="/referrals/check/")
    tab_to(page, "Skip to the page")
    page.keyboard.press("Enter")
    tab_to(page, "Prebooking referral")
    page.keyboard.press("Space")
    tab_to(page, "Offense")
    page.keyboard.type("11350")
    page.keyboard.press("Enter")
    expect(page.get_by_label("HS 11350(a)")).to_be_checked()
    tab_to(page, "Within")
    page.keyboard.press("Space")
    tab_to(page, "None of these, that I know of")
    page.keyboard.press("Space")
    tab_to(page, "Can I?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Eligible: LEAD can be offered here.")).to_be_in_viewport()
    tab_to(page, "Write the referral")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The referral")).to_be_visible()


def test_both_screens_without_scripts(page_as, officer):
    page = page_as(officer, size=PHONE, path="/referrals/check/", java_script_enabled=False)
    page.get_by_text("Prebooking referral").click()
    page.get_by_label("Offense", exact=True).fill("11550")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_label("HS 11550(a)")).to_be_checked()
    page.get_by_text("None of these, that I know of").click()
    page.get_by_role("button", name="Can I?").click()
    expect(page.get_by_role("heading", name="Eligible: LEAD can be offered here.")).to_be_in_viewport()
    page.get_by_role("link", name="Write the referral").click()
    page.get_by_role("group", name="Their answer").get_by_text("Yes", exact=True).click()
    page.get_by_label("Incident number").fill("260118402")
    page.get_by_label("Name", exact=True).fill("Devon Marsh")
    page.get_by_label("Birth date or age").fill("35")
    page.get_by_text("Where the officer is").click()
    page.get_by_label("Address or landmark").fill("Eddy St at Jones St")
    page.get_by_role("button", name="Send the referral").click()
    expect(page.get_by_role("heading", name="Devon Marsh")).to_be_visible()
    with acting_as(officer), transaction.atomic():
        assert Referral.objects.get().status == "submitted"
