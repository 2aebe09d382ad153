"""The list without a clock: its states, its order, and that a community referral ends without telling anything."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import StaleState
from referrals.actions.outreach import change_outreach
from referrals.actions.taking import person_left
from referrals.enums import OUTREACH_TRANSITIONS, OutreachState
from referrals.models import Casework, Handoff, OutreachEntry, Referral, ReferredPerson
from tests.casefile.working import AT, fresh, referred

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


def changed(by, referral, to):
    with acting_as(by), transaction.atomic():
        return change_outreach(referral=fresh(referral), to=to, by=by, at=AT + timedelta(days=1))


def test_states_follow_the_table_and_every_ending_can_be_left(world, manager):
    referral = referred(world.a, door="social")
    assert changed(manager, referral, "waiting").state == "waiting"
    with pytest.raises(StaleState, match="Waiting"):
        changed(manager, referral, "yes")
    for to in ("reached", "not_now", "to_find", "not_found", "reached", "yes"):
        assert changed(manager, referral, to).state == to
    with acting_as(manager), transaction.atomic():
        assert fresh(referral).status == "submitted"  # the officer of a social contact learns nothing


@pytest.mark.parametrize("to", ["yes", "not_now"])
def test_a_community_referral_is_done_whatever_the_answer(world, manager, to):
    referral = community(world)
    changed(manager, referral, "reached")
    changed(manager, referral, to)
    with acting_as(manager), transaction.atomic():
        assert fresh(referral).status == "done"


def community(world):
    """As the community door writes it; that door has tests of its own."""
    by = world.a.person(Role.REFERRER)
    referral = referred(world.a, door="social")
    with acting_as(Duty.OPERATOR), transaction.atomic():
        made = Referral.objects.get(pk=referral.pk)
        made.pk, made.reference, made.door, made.entered_by = uuid.uuid4(), "COMM-0001", "community", by
        made.officer = made.agency = None
        made.save(force_insert=True)
    with acting_as(world.a.person(Role.CASE_MANAGER)), transaction.atomic():
        part = {"site_id": made.site_id, "referral_id": made.pk}
        with acting_as(Duty.INTAKE):
            ReferredPerson.objects.bulk_create([ReferredPerson(**part, name="Lina")])
            Casework.objects.bulk_create([Casework(**part)])
            Handoff.objects.bulk_create([Handoff(**part)])
            OutreachEntry.objects.bulk_create(
                [OutreachEntry(**part, state="to_find", listed_at=AT, state_changed_at=AT)]
            )
    return made


def test_the_list_shows_a_target_and_no_clock(world, manager, sign_in):
    referred(world.a, door="social", at=timezone.now(), called_at=timezone.now(), name="Lina")
    page = sign_in(manager).get(reverse("casefile:outreach")).content.decode()
    assert "Lina" in page and "target: first try by" in page and "days left" not in page


def test_waiting_puts_held_charges_first_where_the_rules_say_so(world, sign_in):
    manager = world.b.person(Role.CASE_MANAGER)
    older = referred(world.b, door="social", name="Older social", approval_said="yes", approval_whom="Sgt. Ruiz")
    newer = referred(world.b, at=AT + timedelta(hours=2), name="Newer arrest")
    with acting_as(manager), transaction.atomic():
        person_left(referral=fresh(newer), by=manager, at=AT + timedelta(hours=3))
    for referral in (older, newer):
        changed(manager, referral, "waiting")
    page = sign_in(manager).get(reverse("casefile:outreach") + "?state=waiting").content.decode()
    assert page.index("Newer arrest") < page.index("Older social")


def test_the_page_moves_an_entry_and_refuses_a_stale_one(world, manager, sign_in):
    referral = referred(world.a, door="social")
    client, url = sign_in(manager), reverse("casefile:outreach-change", args=[referral.pk])
    assert "waiting for capacity" in client.post(url, {"to": "waiting"}, follow=True).content.decode().lower()
    assert "moved on" in client.post(url, {"to": "yes"}, follow=True).content.decode()
    assert sign_in(world.b.person(Role.CASE_MANAGER)).post(url, {"to": "reached"}).status_code == 404


def test_taking_it_into_work_reads_handed_over_to_the_officer(world, manager, sign_in):
    referral = referred(world.a, door="social")
    assert sign_in(manager).post(reverse("casefile:take", args=[referral.pk])).status_code == 302
    with acting_as(world.a.person(Role.OFFICER)), transaction.atomic():
        assert fresh(referral).status == "handed_over"


@pytest.mark.parametrize(
    "state", ["to_find", "waiting", "tried", "reached", "yes", "not_now", "not_found", "died", "nonsense"]
)
def test_every_list_has_its_empty_state(world, manager, sign_in, state):
    answer = sign_in(manager).get(reverse("casefile:outreach") + f"?state={state}")
    assert answer.status_code == 200 and "Nobody here now" in answer.content.decode()


@pytest.mark.parametrize("closed", ["is_restricted", "is_sealed"])
def test_of_what_is_closed_the_supervisor_reads_how_much_there_is_and_never_whose(world, manager, sign_in, closed):
    supervisor = world.a.person(Role.SUPERVISOR)
    referrals = [referred(world.a, door="social", name=name) for name in ("Open One", "Closed One")]
    with acting_as(supervisor), transaction.atomic():
        Casework.objects.filter(referral=referrals[1]).update(**{closed: True, "case_manager": manager})
    url = reverse("casefile:outreach")
    for page in (url, reverse("casefile:look"), "/"):
        says = sign_in(supervisor).get(page).content.decode()
        assert "Open One" in says and "Closed One" not in says and "Restricted and sealed" in says
    mine = sign_in(manager).get(url).content.decode()
    assert ("Closed One" in mine) is (closed == "is_restricted") and "Restricted and sealed" not in mine


@pytest.mark.parametrize("state", list(OutreachState))
def test_a_death_is_recorded_and_not_chosen_from_the_list(world, manager, state):
    """Nothing that a person may choose leads there, and nothing leads away: not a try, not a stale tab."""
    assert OutreachState.DIED not in OUTREACH_TRANSITIONS[state]
    assert OUTREACH_TRANSITIONS[OutreachState.DIED] == frozenset()
