"""A prosecutor gives more time or decides: casework is told that there is something to read, once, and nobody else is."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from referrals.actions.charges import decide, extend
from referrals.actions.events import record_event, seal
from referrals.models import Casework, OutreachEntry, Referral
from referrals.recipients import cause_of
from tests.referrals.charging import charge_of, hand_over, held_charge, leave, meet, reminders_of
from tests.referrals.test_tasks import mails, notices_of, on_call, people, planned

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 1, 19, tzinfo=UTC)  # the decision falls due on November 7
LATER, ON_THE_DAY = NOON + timedelta(days=5), datetime(2026, 11, 7, 18, tzinfo=UTC)
UNTIL = date(2026, 12, 1)
TIME, DECIDED = "A prosecutor gave more time: see the case page", "A prosecutor recorded a decision: see the case page"


@pytest.fixture
def site(world):
    return world.a


def more_time(site, charge, *, at=LATER, until=UNTIL):
    _as_prosecutor(site, extend, charge=charge, until_on=until, at=at)


def decided(site, charge, *, at=ON_THE_DAY, decision="filed"):
    _as_prosecutor(site, decide, charge=charge, decision=decision, at=at)


def _as_prosecutor(site, action, *, at, **given):
    prosecutor = site.person(Role.PROSECUTOR)
    with time_machine.travel(at, tick=False), acting_as(prosecutor), transaction.atomic():
        action(by=prosecutor, at=at, **given)


def heard(site, text) -> list:
    """Who has a notice with this text, as often as they have it."""
    return [person.pk for person in people(site, *Role) for one in notices_of(person) if one.text == text]


def mailed(referral) -> set:
    causes = {cause_of(one) for one in asked(referral)}
    return {mail.user_id for mail in mails() if mail.key in causes}


def asked(referral) -> list:
    return [one for one in referral if one.channel == "email" and one.step.startswith(("extended_", "decided_"))]


def test_the_persons_case_manager_is_told_in_the_application_and_by_a_mail_without_a_fact(site):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    more_time(site, charge)
    planned(LATER)
    manager = site.person(Role.CASE_MANAGER)
    assert heard(site, TIME) == [manager.pk]
    decided(site, charge_of(site, referral), at=datetime(2026, 12, 1, 20, tzinfo=UTC))
    planned(datetime(2026, 12, 1, 21, tzinfo=UTC))
    assert heard(site, DECIDED) == [manager.pk]
    (notice,) = [one for one in notices_of(manager) if one.text == DECIDED]
    assert notice.path == f"/site/cases/{referral.pk}/"
    rows = reminders_of(site, referral)
    assert mailed(rows) == {manager.user_id}
    causes = {cause_of(one) for one in asked(rows)}
    assert {mail.kind for mail in mails() if mail.key in causes} == {"attention"}


def test_with_nobody_on_the_case_the_supervisors_are_told_and_not_whoever_is_on_call(site):
    _, charge = held_charge(site, at=NOON)
    on_call(site, site.person(Role.CASE_MANAGER, 1), at=LATER)
    more_time(site, charge)
    planned(LATER)
    assert sorted(heard(site, TIME)) == sorted(one.pk for one in people(site, Role.SUPERVISOR))


def test_nobody_is_told_twice_however_often_the_poke_comes(site):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    more_time(site, charge)
    for hours in (0, 1, 2):
        planned(LATER + timedelta(hours=hours))
    assert heard(site, TIME) == [site.person(Role.CASE_MANAGER).pk]
    assert (
        len([one for one in reminders_of(site, referral) if one.step == "extended_1"]) == 2
    )  # in the application, by mail
    # A second extension is a second thing to read.
    more_time(site, charge_of(site, referral), at=LATER + timedelta(days=1), until=date(2026, 12, 20))
    planned(LATER + timedelta(days=1))
    assert heard(site, TIME) == [site.person(Role.CASE_MANAGER).pk] * 2


@pytest.mark.parametrize("story", ["nothing", "met", "left", "died"])
def test_no_prosecutor_hears_anything_and_their_reminders_are_the_same_whatever_became_of_the_window(site, story):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    if story == "met":
        meet(site, referral, on=NOON.date(), at=NOON + timedelta(hours=2))
    elif story == "left":
        leave(site, referral, at=NOON + timedelta(days=1))
    elif story == "died":
        _died(site, referral)
    more_time(site, charge)
    planned(LATER)
    for person in people(site, Role.PROSECUTOR, Role.OFFICER, Role.LIAISON, Role.COORDINATOR, Role.REFERRER):
        assert [one for one in notices_of(person) if one.text in (TIME, DECIDED)] == []
    theirs = [one for one in reminders_of(site, referral) if one.recipient == "prosecutor" and one.cancelled_at is None]
    assert [(one.step, one.channel) for one in theirs if one.due_at > LATER]
    assert heard(site, TIME) == ([] if story == "died" else [site.person(Role.CASE_MANAGER).pk])


def _died(site, referral, at=NOON + timedelta(days=2)):
    manager = site.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        own = Referral.objects.get(pk=referral.pk)
        record_event(
            referral=own, kind="death", happened_on=at.date(), is_confirmed=True, by=manager, at=at
        )  # fmt: skip


def test_after_a_death_a_decision_tells_nobody(site):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    _died(site, referral)
    decided(site, charge)
    planned(ON_THE_DAY)
    assert heard(site, DECIDED) == [] and asked(reminders_of(site, referral)) == []


def test_a_death_between_the_deed_and_the_poke_silences_it(site):
    referral, charge = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    more_time(site, charge)
    _died(site, referral, at=LATER + timedelta(minutes=1))
    planned(LATER + timedelta(minutes=2))
    assert heard(site, TIME) == []


def test_of_a_sealed_record_nobody_is_told_and_of_a_restricted_one_its_own_case_manager(site):
    sealed, charge = held_charge(site, at=NOON)
    hand_over(site, sealed, at=NOON)
    manager = site.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        seal(referral=Referral.objects.get(pk=sealed.pk), by=manager, at=NOON + timedelta(hours=1))
    more_time(site, charge)
    planned(LATER)
    assert heard(site, TIME) == []
    restricted, charge = held_charge(site, at=NOON)
    hand_over(site, restricted, at=NOON, number=1)
    with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
        Casework.objects.filter(referral_id=restricted.pk).update(is_restricted=True)
    more_time(site, charge)
    planned(LATER)
    assert heard(site, TIME) == [site.person(Role.CASE_MANAGER, 1).pk]


@pytest.mark.parametrize("state", ["waiting", "to_find", "tried", "reached", "yes", "not_now", "not_found"])
def test_an_entry_of_the_outreach_list_ends_with_a_death_from_wherever_it_stands(site, state):
    manager = site.person(Role.CASE_MANAGER)
    referral, _ = held_charge(site, at=NOON)
    hand_over(site, referral, at=NOON)
    with acting_as(manager), transaction.atomic():
        OutreachEntry.objects.bulk_create(
            [OutreachEntry(site=site.site, referral_id=referral.pk, state=state, listed_at=NOON, state_changed_at=NOON)]
        )
    _died(site, referral)
    with acting_as(manager), transaction.atomic():
        assert OutreachEntry.objects.get(referral_id=referral.pk).state == "died"
