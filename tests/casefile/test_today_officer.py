"""Today of an officer at the curb: whose answer or coming is waited for, as it is at this moment."""

import re

import pytest
from django.db import transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from referrals.actions import handoff_officer
from referrals.actions.approvals import answer_approval
from referrals.actions.taking import stamp
from referrals.actions.triage import send_on
from referrals.models import Paging, Referral, Reminder
from tests.referrals.making import make_arrest_referral


@pytest.fixture
def officer(world):
    return world.a.person(Role.OFFICER)


def words(client, address: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(address).content.decode()))


def running(client) -> str:
    return words(client, "/").split("Running now")[1].split("Open it")[0]


def test_whoever_comes_is_said_to_come_whether_the_officer_called_or_not(world, sign_in, officer):
    referral, client = make_arrest_referral(officer), sign_in(officer)
    assert "Nobody is called yet" in running(client)
    manager = world.a.person(Role.CASE_MANAGER)
    for step, says in (("acknowledged", "The case manager is on the way"), ("arrived", "The case manager is with you")):
        with acting_as(manager), transaction.atomic():
            stamp(referral=Referral.objects.get(pk=referral.pk), step=step, by=manager, at=timezone.now())
        assert says in running(client)


def test_what_the_coordinator_was_asked_runs_and_says_what_to_wait_for(sign_in, officer):
    referral, client = make_arrest_referral(officer, is_sure=False), sign_in(officer)
    assert "With the coordinator" in running(client) and "Nobody comes before their answer" in running(client)
    page = words(client, f"/referrals/own/{referral.pk}/")
    assert "Wait for the coordinator’s answer" in page and "Call the case manager" not in page


@pytest.mark.parametrize("needs_approval", [False, True])
def test_a_yes_calls_nobody_to_where_the_person_has_left(world, officer, needs_approval):
    """Held for outreach while the coordinator was asked: the officer and the person are gone when the yes comes."""
    referral, coordinator = make_arrest_referral(officer, is_sure=False), world.a.person(Role.COORDINATOR)
    with acting_as(officer), transaction.atomic():
        handoff_officer.nobody_came(
            referral=referral, why="no_answer", fallback="hold_and_reach_out", by=officer, at=timezone.now()
        )
    with acting_as(Duty.SCHEDULER):
        told = Reminder.objects.filter(referral=referral, step="nobody_came")
        assert {one.recipient for one in told} == {"coordinator"}  # whoever is on call was told of nothing yet
    with acting_as(coordinator), transaction.atomic():
        send_on(referral=referral, needs_approval=needs_approval, by=coordinator, at=timezone.now())
    if needs_approval:
        liaison = world.a.person(Role.LIAISON)
        with acting_as(liaison), transaction.atomic():
            pending = Referral.objects.get(pk=referral.pk)
            answer_approval(referral=pending, answered="yes", by=liaison, at=timezone.now())
    with acting_as(world.a.person(Role.CASE_MANAGER)):
        assert Referral.objects.get(pk=referral.pk).status == "outreach"
    with acting_as(officer):
        assert not Paging.objects.filter(referral=referral, stopped_at=None).exists()
