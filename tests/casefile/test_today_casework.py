"""Today of case manager and supervisor: by urgency, bounded, and at a fixed cost."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import Membership
from referrals.actions import appointments, attempts, taking
from referrals.models import Casework, OnCallShift
from tests.casefile.working import done, fresh, referred, taken, window_of
from tests.services.making import make_person

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
DAY = timedelta(days=1)


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


def cost(client) -> int:
    client.get("/")
    with CaptureQueriesContext(connection) as counted:
        assert client.get("/").status_code == 200
    return sum(1 for one in counted.captured_queries if "SAVEPOINT" not in one["sql"])


def test_an_empty_day_says_so(world, manager, sign_in):
    page = sign_in(manager).get("/").content.decode()
    assert "Nothing needs you now" in page and "Nobody is on call now" in page


def test_a_waiting_handoff_stands_first_with_its_minutes_and_one_button(world, manager, sign_in):
    now = timezone.now()
    referred(world.a, at=now - timedelta(minutes=7), called_at=now - timedelta(minutes=12))
    client = sign_in(manager)
    page = client.get("/").content.decode()
    assert "12 minutes of 30" in page and "I’m on my way" in page
    assert page.index("Handoff waiting") < page.index("On call now")


def test_of_many_handoffs_those_paged_for_and_waiting_longest_are_not_cut_off(world, manager, sign_in):
    """Whoever waits longest stands there however many came since, and the count does not pretend to be whole."""
    now = timezone.now()
    referred(world.a, at=now - timedelta(minutes=49), name="Waits longest")
    for number in range(12):
        referred(world.a, at=now - timedelta(minutes=number), name=f"Came {number}")
    page = sign_in(manager).get("/").content.decode()
    assert "Waits longest" in page and "more than 5 handoffs waiting" in page
    assert "More are waiting." in page and "Came 11" in page and "Came 0" not in page


def test_a_handoff_is_named_as_the_person_is_known_and_says_who_is_on_the_way(world, manager, sign_in):
    now = timezone.now()
    referral, client = referred(world.a, at=now - timedelta(minutes=7), name="As the officer wrote"), sign_in(manager)
    person = make_person(world.a, given_name="", family_name="", street_names=["Bear"])
    with acting_as(manager), transaction.atomic():
        Casework.objects.filter(referral=referral).update(participant=person)
    assert "Bear" in (page := client.get("/").content.decode()) and "As the officer wrote" not in page
    stamp = reverse("casefile:stamp", args=[referral.pk])
    assert f'action="{stamp}"' in page and f'href="{reverse("casefile:handoff", args=[referral.pk])}"' in page
    client.post(stamp, {"step": "acknowledged"})
    page = client.get("/").content.decode()
    assert f"{manager.name} is on the way" in page and f'action="{stamp}"' not in page


def test_only_whoever_has_their_role_is_on_call(world, manager, sign_in):
    now, colleague = timezone.now(), world.a.person(Role.CASE_MANAGER, 1)
    shift = {"site": world.a.site, "starts_at": now - DAY, "ends_at": now + DAY}
    with acting_as(world.a.person(Role.COORDINATOR)), transaction.atomic():
        for number, person in enumerate((manager, colleague), start=1):
            OnCallShift.objects.create(person=person, position=number, **shift)
    page = sign_in(manager).get("/").content.decode()
    assert page.index("On call now") < page.index(f"{manager.name}<br>") < page.index(f"{colleague.name}<br>")
    with acting_as(world.a.person(Role.ADMINISTRATOR)), transaction.atomic():
        Membership.objects.filter(pk=colleague.pk).update(ends_at=now - timedelta(minutes=1))
    page = sign_in(manager).get("/").content.decode()
    assert f"{colleague.name}<br>" not in page and f"{manager.name}<br>" in page


def test_a_try_whose_window_is_shown_is_not_said_twice_and_takes_no_others_place(world, manager, sign_in):
    now = timezone.now()
    for number in range(5):
        shown = taken(world.a, at=now - timedelta(days=20, minutes=number), name=f"Window {number}")
        with acting_as(manager), transaction.atomic():
            Casework.objects.filter(referral=shown).update(next_try_at=now - timedelta(hours=9))
    social = referred(world.a, door="social", at=now - DAY, called_at=now - DAY, name="Social try")
    with acting_as(manager), transaction.atomic():
        taking.take_over(referral=fresh(social), by=manager, at=now)
        Casework.objects.filter(referral=social).update(next_try_at=now - timedelta(hours=1))
    page = sign_in(manager).get("/").content.decode()
    tries = page[page.index("Tries due") :]
    assert "Social try" in tries and "Window " not in tries and "More are due" not in tries


def test_windows_tries_appointments_and_outreach_each_have_their_place(world, manager, sign_in):
    now = timezone.now()
    late, soon = taken(world.a, at=now - 29 * DAY, name="Ends soon"), taken(world.a, at=now - DAY, name="Ends later")
    social = referred(world.a, door="social", at=now - DAY, called_at=now - DAY, name="Social try")
    referred(world.a, door="social", at=now - 3 * DAY, called_at=now - 3 * DAY, name="Untried")
    with acting_as(manager), transaction.atomic():
        taking.take_over(referral=fresh(social), by=manager, at=now)
        attempts.log_attempt(
            referral=fresh(social), kind="call", outcome="no_answer", by=manager, at=now - timedelta(hours=2)
        )
        Casework.objects.filter(referral=social).update(next_try_at=now - timedelta(hours=1))
        appointments.book(referral=fresh(soon), on=now + timedelta(hours=1), place="180 Turk St", by=manager, at=now)
    del late
    page = sign_in(manager).get("/").content.decode()
    order = ["Ends soon", "Ends later", "Tries due", "Social try", "Nobody has tried yet", "Untried", "Appointments"]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)


def test_todays_cost_is_the_same_for_one_and_for_twelve(world, manager, sign_in):
    now, client = timezone.now(), sign_in(manager)

    def more(number):
        at = now - timedelta(days=3, minutes=number)
        taken(world.a, at=at)
        referred(world.a, at=now - timedelta(minutes=number + 1))
        social = referred(world.a, door="social", at=at)
        with acting_as(manager), transaction.atomic():
            taking.take_over(referral=fresh(social), by=manager, at=now)
            Casework.objects.filter(referral=social).update(next_try_at=now)
        with acting_as(manager), transaction.atomic():
            appointments.book(referral=fresh(social), on=now + timedelta(hours=1), place="x", by=manager, at=now)

    more(0)
    one = {role: cost(sign_in(world.a.person(role))) for role in (Role.CASE_MANAGER, Role.SUPERVISOR)}
    for number in range(1, 12):
        more(number)
    assert cost(client) == one[Role.CASE_MANAGER] <= MOST_QUERIES
    assert cost(sign_in(world.a.person(Role.SUPERVISOR))) == one[Role.SUPERVISOR] <= MOST_QUERIES


def test_the_supervisor_sees_what_waits_for_their_word_and_who_has_nobody(world, manager, sign_in):
    now = timezone.now()
    late = taken(world.a, at=now - 32 * DAY, name="Typed late")
    window = window_of(manager, late)
    made = done(manager, late, "intake", on=window.due_on, at=now)
    assert made[0].needs_confirmation
    referred(world.a, at=now - DAY, name="Nobody yet")
    client = sign_in(world.a.person(Role.SUPERVISOR))
    page = client.get("/").content.decode()
    assert page.index("Waits for your word") < page.index("Typed late") < page.index("Without case manager")
    assert "Nobody yet" in page
    confirm = reverse("casefile:confirm", args=[late.pk, made[0].pk])
    assert "Confirmed" in client.post(confirm, follow=True).content.decode()
    assert sign_in(manager).post(confirm).status_code == 403


@pytest.mark.parametrize("days", [0, 5])
def test_of_the_teams_windows_those_that_end_now_stand_open(world, sign_in, days):
    """On a phone the supervisor's Today is as long as what needs them; the rest is one tap away, also without scripts."""
    taken(world.a, at=timezone.now() - (30 - days) * DAY, name="Ends")
    page = sign_in(world.a.person(Role.SUPERVISOR)).get("/").content.decode()
    fold = page[: page.index("Windows ending within a week</h2>")].rpartition("<details")[2].partition(">")[0]
    assert ("open" in fold) is (days == 0) and ("1 by tomorrow" in page) is (days == 0)
    assert page.index("Windows ending within a week</h2>") < page.index("Ends")


def test_a_restricted_record_is_a_number_only(world, manager, sign_in):
    referral = taken(world.a, name="Closed Case")
    with acting_as(manager), transaction.atomic():
        Casework.objects.filter(referral=referral).update(is_restricted=True)
    other = sign_in(world.a.person(Role.CASE_MANAGER, 1)).get("/").content.decode()
    assert "Closed Case" not in other
    assert "closed to the team" in sign_in(world.a.person(Role.SUPERVISOR)).get("/").content.decode()


@pytest.mark.parametrize("how", ["is_sealed", "is_restricted"])
def test_an_officer_who_waits_with_somebody_whose_record_is_closed_is_not_forgotten_and_nobody_is_named(
    world, manager, sign_in, how
):
    """Somebody must come; who it is stands on the handoff's own page, for whoever may open it (docs/practice.md 13, 19)."""
    now, supervisor = timezone.now(), world.a.person(Role.SUPERVISOR)
    person = make_person(world.a, number=1, given_name="Known", family_name="Already")
    referral = referred(world.a, at=now - timedelta(minutes=20), name="Under Age")
    with acting_as(supervisor), transaction.atomic():
        Casework.objects.filter(referral=referral).update(participant=person, **{how: True})
    page, handoff = sign_in(supervisor).get("/").content.decode(), reverse("casefile:handoff", args=[referral.pk])
    assert "Under Age" not in page and "Known" not in page
    assert "Somebody whose record is closed" in page and handoff in page and "I’m on my way" in page
    assert handoff not in sign_in(manager).get("/").content.decode()
    if how == "is_restricted":
        with acting_as(supervisor), transaction.atomic():
            Casework.objects.filter(referral=referral).update(case_manager=manager)
        own = sign_in(manager).get("/").content.decode()
        assert "Known Already" in own and "Somebody whose record" not in own
