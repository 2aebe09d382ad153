"""The prosecutor in a real browser: a result that is shared, a decision; test_axe reads every page."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from referrals.actions.charges import decide, extend
from tests.factories import World
from tests.referrals.charging import held_charge, shared

NAMES = ("Curtis Hale", "Priya Lund", "Tasha Greenwood", "Devon Marsh")


def story(site) -> dict:
    """A charge in every state: due with "met" shared, due without, extended, decided, fresh."""
    now, prosecutor = timezone.now(), site.person(Role.PROSECUTOR)
    _, met = shared(site, at=now - timedelta(days=38))
    _, due = held_charge(site, at=now - timedelta(days=37), name=NAMES[0])
    _, extended = held_charge(site, at=now - timedelta(days=30), name=NAMES[1])
    _, over = held_charge(site, at=now - timedelta(days=45), name=NAMES[2])
    _, fresh = held_charge(site, at=now - timedelta(hours=1), name=NAMES[3])
    with acting_as(prosecutor), transaction.atomic():
        extend(charge=extended, until_on=extended.due_on + timedelta(days=20), by=prosecutor, at=now)
        decide(charge=over, decision="not_filed_discretion", by=prosecutor, at=now)
    return {"met": met, "due": due, "extended": extended, "decided": over, "fresh": fresh}


def test_a_shared_result_is_read_and_a_decision_recorded_with_two_taps(page_as, axe):
    site = World.build().a
    charges = story(site)
    page = page_as(site.person(Role.PROSECUTOR), path=f"/referrals/charges/{charges['met'].pk}/", scheme="dark")
    page.get_by_text("42 CFR part 2").first.wait_for()
    axe(page)
    page.goto(f"/referrals/charges/{charges['due'].pk}/")
    page.get_by_role("button", name="Record the decision").click()
    assert page.locator(".errors").is_visible()
    axe(page)
    page.get_by_text("Not filed, completed").click()
    page.get_by_role("button", name="Record the decision").click()
    page.get_by_text("Recorded: Not filed, completed.").wait_for()
    assert not page.get_by_role("button", name="Record the decision").is_visible()
