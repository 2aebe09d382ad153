"""Events inside a window, stepping back and coming back, a death, a sealed record."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.persons import Names
from participants.actions.seen import note_seen
from participants.models import LastSeen, Participant
from referrals.actions import events
from referrals.actions.linking import link, seal_if_under_age
from referrals.models import Casework, HeldCharge, IntakeWindow, Reminder, WindowEvent
from tests.casefile.person_making import linked as known_as
from tests.casefile.person_making import manager_of
from tests.casefile.working import AT, case_of, fresh, site_today, taken, window_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


def happened(by, referral, kind, *, on=None, at=AT + DAY, **more):
    with acting_as(by), transaction.atomic():
        on = on or at.astimezone(by.site.tz).date()
        return events.record_event(referral=fresh(referral), kind=kind, happened_on=on, by=by, at=at, **more)


def linked(by, *referrals):
    with acting_as(by), transaction.atomic():
        person = Participant.objects.create(site_id=by.site_id, given_name="Ana", created_at=AT, created_by=by)
        Casework.objects.filter(referral__in=referrals).update(participant=person)
        return person


def unsent(referral):
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        found = Reminder.objects.filter(referral=referral, delivered_at=None, cancelled_at=None)
        return sorted((one.recipient, one.step, one.window_id is not None) for one in found)


def test_custody_and_release_change_nothing_of_the_clock(world, manager):
    referral = taken(world.a)
    before = window_of(manager, referral)
    assert happened(manager, referral, "custody").kind == "custody"
    happened(manager, referral, "released", at=AT + 2 * DAY)
    after = window_of(manager, referral)
    assert (after.state, after.due_on) == (before.state, before.due_on)


@pytest.mark.parametrize(("days", "words"), [(2, "not come yet"), (-1, "before the window")])
def test_an_event_happened_inside_the_window_and_not_tomorrow(world, manager, days, words):
    referral = taken(world.a)
    on = AT.astimezone(manager.site.tz).date() + days * DAY
    with pytest.raises(DomainError, match=words):
        happened(manager, referral, "hospital", on=on)


def test_a_new_arrest_is_linked_flags_two_and_lets_the_first_clock_run(world, manager):
    first, second = taken(world.a), taken(world.a, at=AT + DAY)
    linked(manager, first, second)
    due = window_of(manager, first).due_on
    event = happened(manager, first, "new_arrest", new_referral=second)
    assert event.new_referral_id == second.pk and window_of(manager, first).due_on == due
    told = {recipient for recipient, step, _ in unsent(first) if step.startswith("new_arrest")}
    assert told == {"case_manager", "supervisor"}


def test_a_new_arrest_of_somebody_else_is_refused(world, manager):
    first, second = taken(world.a), taken(world.a)
    linked(manager, first)
    with pytest.raises(DomainError, match="same person"):
        happened(manager, first, "new_arrest", new_referral=second)


def test_a_death_asks_first_then_stops_every_message_of_every_referral(world, manager):
    first, second = taken(world.a), taken(world.a, at=AT + timedelta(hours=1))
    person, now = linked(manager, first, second), timezone.now()
    with acting_as(manager), transaction.atomic():
        note_seen(participant=person, place="At the pier", by=manager, at=now)
    with pytest.raises(DomainError, match="Confirm"):
        happened(manager, first, "death")
    assert unsent(first)
    happened(manager, first, "death", is_confirmed=True)
    assert unsent(first) == unsent(second) == []
    assert {window_of(manager, one).state for one in (first, second)} == {"ended"}
    with acting_as(manager), transaction.atomic():
        assert fresh(person).died_on == (AT + DAY).astimezone(manager.site.tz).date()
        assert not LastSeen.objects.exists(), "nobody is looked for any more"
    with pytest.raises(StaleState):
        happened(manager, first, "death", is_confirmed=True)


def test_stepping_back_stops_caseworks_reminders_and_moves_nothing_of_the_prosecutors(world, manager):
    referral = taken(world.a)
    before = [one for one in unsent(referral) if not one[2]]
    charges = charge_rows(world, referral)
    with acting_as(manager), transaction.atomic():
        assert events.step_back(referral=fresh(referral), by=manager, at=AT + DAY).state == "stepped_back"
        with pytest.raises(StaleState):
            events.step_back(referral=fresh(referral), by=manager, at=AT + DAY)
    assert unsent(referral) == before and charge_rows(world, referral) == charges


def test_they_may_come_back_and_the_reminders_with_them(world, manager):
    referral = taken(world.a)
    before = unsent(referral)
    with acting_as(manager), transaction.atomic():
        events.step_back(referral=fresh(referral), by=manager, at=AT + timedelta(hours=2))
        assert events.come_back(referral=fresh(referral), by=manager, at=AT + timedelta(hours=3)).state == "open"
        with pytest.raises(StaleState):
            events.come_back(referral=fresh(referral), by=manager, at=AT + timedelta(hours=3))
    assert unsent(referral) == before


def charge_rows(world, referral):
    with acting_as(world.a.person(Role.PROSECUTOR)), transaction.atomic():
        return list(HeldCharge.objects.filter(referral_id=referral.pk).values())


def test_a_window_leaves_the_list_only_when_its_day_has_passed_and_the_decision_is_made(world, manager):
    prosecutor, referral = world.a.person(Role.PROSECUTOR), taken(world.a)
    later = AT + 40 * DAY
    with acting_as(manager), transaction.atomic(), pytest.raises(DomainError):
        events.end_window(referral=fresh(referral), by=manager, at=later)
    with acting_as(prosecutor), transaction.atomic():
        HeldCharge.objects.filter(referral_id=referral.pk).update(
            decision="filed", decided_at=later, decided_by=prosecutor
        )
    with acting_as(manager), transaction.atomic():
        assert events.end_window(referral=fresh(referral), by=manager, at=later).state == "ended"


def test_a_record_found_to_be_of_somebody_under_age_is_closed_at_once(world, manager, sign_in):
    supervisor, referral = world.a.person(Role.SUPERVISOR), taken(world.a)
    client, page = sign_in(manager), reverse("casefile:case", args=[referral.pk])
    assert client.get(page).status_code == 200
    client.post(reverse("casefile:seal", args=[referral.pk]), {"confirmed": "1"})
    assert client.get(page).status_code == 404
    assert case_of(supervisor, referral).is_sealed
    theirs = sign_in(supervisor)
    assert "A record was sealed" in theirs.get("/").content.decode()
    assert "This record is sealed" in theirs.get(page).content.decode()


def test_whoever_of_the_team_finds_it_closes_the_record(world, manager, sign_in):
    """Not the person's own case manager alone: it is closed at once, to themselves too."""
    supervisor, colleague, referral = world.a.person(Role.SUPERVISOR), manager_of(world.a, 1), taken(world.a)
    person = known_as(world.a, referral)
    client, seal = sign_in(colleague), reverse("casefile:seal", args=[referral.pk])
    assert client.post(seal, {"confirmed": "1"}).status_code == 302
    assert case_of(supervisor, referral).is_sealed
    assert client.get(reverse("casefile:person", args=[person.pk])).status_code == 404
    with acting_as(supervisor), transaction.atomic():
        assert fresh(person).is_restricted
    with acting_as(colleague), transaction.atomic():
        assert not Participant.objects.filter(pk=person.pk).exists()


def test_the_page_asks_before_a_death_and_writes_nothing_until_it_is_confirmed(world, manager, sign_in):
    referral = taken(world.a, at=timezone.now() - DAY)
    client, page = sign_in(manager), reverse("casefile:event", args=[referral.pk])
    given = {"kind": "death", "happened_on": site_today(manager).isoformat()}
    asked = client.post(page, given)
    assert "stops every message" in asked.content.decode()
    with acting_as(manager), transaction.atomic():
        assert not WindowEvent.objects.exists()
    assert client.post(page, given | {"confirmed": "1"}).status_code == 302
    with acting_as(manager), transaction.atomic():
        assert IntakeWindow.objects.get(referral_id=referral.pk).state == "ended"


@pytest.mark.parametrize("by_birth_date", [False, True])
def test_every_case_of_somebody_under_age_is_closed_with_it(world, manager, sign_in, by_birth_date):
    first, second = taken(world.a), taken(world.a)
    person = known_as(world.a, first)
    with acting_as(manager), transaction.atomic():
        link(referral=fresh(second), participant=fresh(person), said_yes=False, by=manager, at=AT + timedelta(hours=3))
    client, supervisor = sign_in(manager), world.a.person(Role.SUPERVISOR)
    if by_birth_date:
        names = Names(given_name="Devon", birth_date=AT.date() - timedelta(days=16 * 365))
        with acting_as(manager), transaction.atomic():
            assert seal_if_under_age(referrals=[fresh(first), fresh(second)], names=names, by=manager, at=AT)
    else:
        client.post(reverse("casefile:seal", args=[first.pk]), {"confirmed": "1"})
    assert case_of(supervisor, first).is_sealed and case_of(supervisor, second).is_sealed
    for referral in (first, second):
        assert client.get(reverse("casefile:case", args=[referral.pk])).status_code == 404


def test_a_case_is_linked_to_no_record_that_is_closed_to_whoever_links_it(world, manager):
    colleague = world.a.person(Role.CASE_MANAGER, 1)
    closed = known_as(world.a, taken(world.a, by=colleague), by=colleague, restricted=True)
    mine = taken(world.a)
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(manager), transaction.atomic():
        Casework.objects.filter(referral=mine).update(participant_id=closed.pk)
