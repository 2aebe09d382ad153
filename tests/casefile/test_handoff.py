"""Acknowledged, arrived, taken over: true times in their order, once, and the end of the officer's part."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import DomainError, StaleState
from referrals.actions import handoff_officer, taking
from referrals.actions.assigning import assign
from referrals.models import Handoff, OutreachEntry, ReferredPerson, Reminder
from tests.casefile.working import AT, case_of, fresh, referred, taken
from tests.referrals.making import make_arrest_referral

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=30)


def stamp(by, referral, step, **more):
    with acting_as(by), transaction.atomic():
        return taking.stamp(referral=fresh(referral), step=step, by=by, **({"at": LATER} | more))


def test_on_the_way_and_arrived_are_stamped_once_each(world):
    manager, referral = world.a.person(Role.CASE_MANAGER), referred(world.a)
    assert stamp(manager, referral, "acknowledged", at=AT).acknowledged_by == manager
    handoff = stamp(manager, referral, "arrived", true_at=AT + timedelta(minutes=17))
    assert handoff.minutes == 22 and handoff.typed_later == ["arrived"]
    with pytest.raises(StaleState):
        stamp(manager, referral, "arrived")


@pytest.mark.parametrize(("minutes", "words"), [(31, "future"), (-6, "before the call")])
def test_a_true_time_is_past_and_in_order(world, minutes, words):
    manager, referral = world.a.person(Role.CASE_MANAGER), referred(world.a)
    with pytest.raises(DomainError, match=words) as refused:
        stamp(manager, referral, "arrived", true_at=AT + timedelta(minutes=minutes))
    assert refused.value.field == "true_at"


def test_a_time_typed_to_the_minute_is_not_before_a_tap_within_that_minute(world):
    manager, referral = world.a.person(Role.CASE_MANAGER), referred(world.a)
    tapped = AT + timedelta(minutes=17, seconds=40)
    stamp(manager, referral, "acknowledged", at=tapped)
    with pytest.raises(DomainError, match="before “On the way”"):
        stamp(manager, referral, "arrived", true_at=AT + timedelta(minutes=16))
    assert stamp(manager, referral, "arrived", true_at=AT + timedelta(minutes=17)).arrived_at == tapped
    with pytest.raises(StaleState, match="“On the way” is entered already"):
        stamp(manager, referral, "acknowledged")


def test_taking_over_ends_the_officers_part_and_starts_their_days(world):
    manager, referral = world.a.person(Role.CASE_MANAGER), taken(world.a)
    assert referral.status == "handed_over"
    with acting_as(manager), transaction.atomic():
        handoff = Handoff.objects.get(referral=referral)
        assert (handoff.handed_over_at, handoff.taken_by) == (LATER, manager)
        person = ReferredPerson.objects.get(referral=referral)
        assert person.police_until_at == LATER + timedelta(days=30)
    assert case_of(manager, referral).case_manager == manager


def test_two_who_take_over_at_once_are_one_and_a_message(world):
    other, referral = world.a.person(Role.CASE_MANAGER, 1), taken(world.a)
    with acting_as(other), transaction.atomic(), pytest.raises(StaleState, match="already"):
        taking.take_over(referral=fresh(referral), by=other, at=LATER)


def test_an_arrival_may_be_typed_after_the_handover_but_not_as_later_than_it(world):
    manager, referral = world.a.person(Role.CASE_MANAGER), taken(world.a)
    with pytest.raises(DomainError, match="after the handover"):
        stamp(manager, referral, "arrived", at=LATER + timedelta(hours=1), true_at=LATER + timedelta(minutes=1))
    handoff = stamp(manager, referral, "arrived", at=LATER + timedelta(hours=1), true_at=LATER - timedelta(minutes=5))
    assert handoff.minutes == 30


def test_a_person_who_left_is_listed_to_be_found_and_the_charge_stays_held(world):
    manager, referral = world.a.person(Role.CASE_MANAGER), referred(world.a)
    with acting_as(manager), transaction.atomic():
        entry = taking.person_left(referral=fresh(referral), by=manager, at=LATER)
        assert entry.state == "to_find" and entry.first_try_target_at == LATER + timedelta(hours=48)
        assert fresh(referral).status == "outreach" and OutreachEntry.objects.count() == 1
        assert fresh(referral).charges.get().decided_at is None
        with pytest.raises(StaleState):
            taking.person_left(referral=fresh(referral), by=manager, at=LATER)


def test_a_supervisor_assigns_and_a_case_manager_only_takes_what_nobody_has(world):
    manager, other = world.a.person(Role.CASE_MANAGER), world.a.person(Role.CASE_MANAGER, 1)
    supervisor, referral = world.a.person(Role.SUPERVISOR), taken(world.a)
    with acting_as(supervisor), transaction.atomic():
        assert assign(referral=referral, to=other, by=supervisor, at=LATER, why="share").case_manager == other
        with pytest.raises(DomainError, match="team"):
            assign(referral=referral, to=world.b.person(Role.CASE_MANAGER), by=supervisor, at=LATER)
    with acting_as(manager), transaction.atomic(), pytest.raises(StaleState):
        assign(referral=fresh(referral), to=manager, by=manager, at=LATER)


def test_the_pages_stamp_take_and_refuse_beside_the_field(world, sign_in):
    referral = referred(world.a)
    client, page = sign_in(world.a.person(Role.CASE_MANAGER)), reverse("casefile:handoff", args=[referral.pk])
    assert "Nobody has answered yet" in client.get(page).content.decode()
    stamps = reverse("casefile:stamp", args=[referral.pk])
    assert client.post(stamps, {"step": "acknowledged"}).status_code == 302
    answer = client.post(stamps, {"step": "arrived", "true_at_0": "2039-01-01", "true_at_1": "10:00"})
    assert answer.status_code == 200 and "This is in the future" in answer.content.decode()
    assert client.post(reverse("casefile:take", args=[referral.pk])).status_code == 302
    client.get(page)
    again = client.post(reverse("casefile:take", args=[referral.pk]), follow=True)
    assert "already" in again.content.decode()
    assert client.get(reverse("casefile:handoff", args=[taken(world.b).pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LIAISON, Role.PROSECUTOR, Role.REFERRER, Role.COORDINATOR])
def test_no_other_role_opens_casework(world, sign_in, role):
    referral = taken(world.a)
    client = sign_in(world.a.person(role))
    for name in ("case", "handoff", "attempt", "event"):
        assert client.get(reverse(f"casefile:{name}", args=[referral.pk])).status_code == 403
    assert client.post(reverse("casefile:take", args=[referral.pk])).status_code == 403
    for name in ("windows", "outreach"):
        assert client.get(reverse(f"casefile:{name}")).status_code == 403


@pytest.mark.parametrize(
    ("fallback", "says", "is_gone"),
    [
        ("drop_off", "the person was brought to a drop-off place: Turk Street Center", True),
        ("hold_and_reach_out", "the person has left and is to be found", True),
        ("next_on_list", "the next on the list was called", False),
    ],
)
def test_whoever_comes_after_all_reads_where_the_person_is_by_now(world, sign_in, fallback, says, is_gone):
    officer, manager = world.a.person(Role.OFFICER), world.a.person(Role.CASE_MANAGER)
    referral, place = make_arrest_referral(officer), "Turk Street Center" if fallback == "drop_off" else ""
    with acting_as(officer), transaction.atomic():
        handoff_officer.nobody_came(
            referral=referral, why="too_long", fallback=fallback, place=place, by=officer, at=timezone.now()
        )
    client = sign_in(manager)
    pages = [client.get(reverse(name, args=[referral.pk])) for name in ("casefile:handoff", "casefile:case")]
    if fallback != "hold_and_reach_out":
        pages.append(client.get("/"))
    for page in pages:
        assert says in page.content.decode()
        assert ("To meet: " in page.content.decode()) == (not is_gone and page is not pages[1])
    with acting_as(Duty.SCHEDULER):
        told = Reminder.objects.filter(referral=referral, step="nobody_came", recipient="case_manager")
        assert [one.path for one in told] == [reverse("casefile:case", args=[referral.pk])]
