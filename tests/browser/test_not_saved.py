"""A step that is typed while the case goes to somebody else is not gone: the page that says so has it, to copy."""

import pytest
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from participants.actions.plan import Wanted, begin_goal
from referrals.actions.assigning import assign
from tests.browser.conftest import DESK, PHONE
from tests.casefile.person_making import act, linked, manager_of
from tests.casefile.working import fresh, taken
from tests.factories import World


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone-light", "desk-dark"])
def test_what_was_typed_can_be_copied(live, page_as, axe, shot, size, scheme):
    where, now = World.build().a, timezone.now()
    by, supervisor, to = manager_of(where), where.person(Role.SUPERVISOR), manager_of(where, 1)
    referral = taken(where, at=now)
    person = linked(where, referral, at=now)
    goal = act(by, lambda: begin_goal(participant=person, given=Wanted(words="A door"), by=by, at=now))
    page = page_as(by, size=size, scheme=scheme, path=reverse("casefile:goal", args=[goal.pk]))
    page.get_by_label("A small step").fill(
        "Look at the room on Jones Street with Devon, and ask for the key on the way back."
    )
    page.get_by_text("They", exact=True).click()
    act(supervisor, lambda: assign(referral=fresh(referral), to=to, by=supervisor, at=now, why="share"))
    page.get_by_role("button", name="Add the step").click()
    page.get_by_role("heading", name="Not saved").wait_for()
    assert page.get_by_text("ask for the key on the way back").is_visible()
    shot(page, "not-saved")
    axe(page)
