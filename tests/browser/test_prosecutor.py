"""The prosecutor in a real browser: Today, the list, one charge in each state; nothing scrolls sideways, axe is content."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from referrals.actions.charges import decide, extend
from tests.browser.conftest import PHONE
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


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark")], ids=["phone-dark"])
def test_every_page_of_the_prosecutor(page_as, axe, size, scheme):
    site = World.build().a
    charges = story(site)
    page = page_as(site.person(Role.PROSECUTOR), size=size, scheme=scheme)
    urls = {"today": "/", "list": "/referrals/charges/"}
    urls |= {
        name: f"/referrals/charges/{one.pk}/" for name, one in charges.items() if name in ("met", "extended", "decided")
    }
    for url in urls.values():
        page.goto(url)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url


def test_a_decision_is_recorded_with_two_taps(page_as):
    site = World.build().a
    charges = story(site)
    page = page_as(site.person(Role.PROSECUTOR), path=f"/referrals/charges/{charges['due'].pk}/")
    page.get_by_role("button", name="Record the decision").click()
    assert page.locator(".errors").is_visible()
    page.get_by_text("Not filed, completed").click()
    page.get_by_role("button", name="Record the decision").click()
    page.get_by_text("Recorded: Not filed, completed.").wait_for()
    assert not page.get_by_role("button", name="Record the decision").is_visible()
