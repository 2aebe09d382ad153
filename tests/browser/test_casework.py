"""Casework in a browser: a day with something in every place, a handoff, a try; test_axe reads every page."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from referrals.actions import appointments, attempts, events
from tests.browser.conftest import PHONE
from tests.casefile.working import done, fresh, referred, site_today, taken, window_of
from tests.factories import World

DAY = timedelta(days=1)


def story(world) -> dict:
    """A day with something in every place."""
    now, manager = timezone.now(), world.a.person(Role.CASE_MANAGER)
    waits = referred(world.a, at=now - timedelta(minutes=6), called_at=now - timedelta(minutes=12), name="Devon Marsh")
    near, mid, new = (
        taken(world.a, at=now - days * DAY, name=name)
        for days, name in ((29, "Tasha Greenwood"), (24, "Marisol Vega"), (11, "Jerome Atwater"))
    )
    late = taken(world.a, at=now - 33 * DAY, name="Curtis Hale")
    lina = referred(world.a, door="social", at=now - DAY, called_at=now - DAY, name="", description="“Lina”, red coat")
    referred(world.a, at=now - 2 * DAY, name="Nobody Yet")
    due = window_of(manager, late).due_on
    done(manager, late, "intake", on=due, at=now)
    done(manager, mid, "intake", on=site_today(manager) - 7 * DAY, at=now)
    with acting_as(manager), transaction.atomic():
        for days, kind, outcome in ((9, "call", "no_answer"), (5, "visit", "not_found"), (2, "call", "left_word")):
            attempts.log_attempt(
                referral=fresh(near), kind=kind, outcome=outcome, by=manager, at=now, tried_at=now - days * DAY,
                place="Eddy St", next_try_at=now + timedelta(minutes=40),
            )  # fmt: skip
        attempts.log_attempt(referral=fresh(mid), kind="visit", outcome="reached", by=manager, at=now - 6 * DAY)
        appointments.book(
            referral=fresh(mid), on=now + timedelta(hours=1), place="180 Turk St", by=manager, at=now - 6 * DAY
        )
        events.record_event(referral=fresh(late), kind="hospital", happened_on=due - 5 * DAY, by=manager, at=now)
    return {"waits": waits, "near": near, "mid": mid, "new": new, "late": late, "lina": lina}


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark")], ids=["phone-dark"])
def test_a_case_reads_well_whatever_happened_in_it(live, page_as, axe, shot, size, scheme):
    world = World.build()
    told = story(world)
    page = page_as(world.a.person(Role.CASE_MANAGER), size=size, scheme=scheme)
    paths = {name: reverse("casefile:case", args=[told[name].pk]) for name in ("near", "late", "lina")}
    for name, path in {"today": "/", **paths}.items():
        assert page.goto(path).status == 200, path
        shot(page, f"casework-{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], f"{name} scrolls sideways"
        axe(page)


def test_a_handoff_is_taken_and_a_try_logged_in_two_taps(live, page_as):
    world = World.build()
    told = story(world)
    page = page_as(world.a.person(Role.CASE_MANAGER))
    page.get_by_role("button", name="I’m on my way").click()
    page.get_by_role("button", name="I have arrived").click()
    page.get_by_role("button", name="Take over").click()
    assert page.get_by_text("The officer’s part has ended").is_visible()
    page.goto(reverse("casefile:case", args=[told["new"].pk]))
    page.get_by_text("Phone call", exact=True).first.click()
    page.get_by_role("button", name="No answer").click()
    assert page.get_by_text("The try is logged.").is_visible()
