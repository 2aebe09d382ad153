"""A window knows the case manager of its referral, whoever changes that and whichever comes first."""

import os
import threading
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connections, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.casefile.lists import first_windows
from referrals.actions import taking
from referrals.actions.assigning import assign
from referrals.models import Casework, IntakeWindow, Referral
from tests.factories import World
from tests.referrals.making import make_arrest_referral

SEEN = datetime(2026, 10, 1, 19, tzinfo=UTC)


def taken(site) -> Referral:
    made, manager = make_arrest_referral(site.person(Role.OFFICER)), site.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        return taking.take_over(referral=Referral.objects.get(pk=made.pk), by=manager, at=made.submitted_at)


def listed(by, **who) -> list:
    with acting_as(by), transaction.atomic():
        return [window.key for window in first_windows(by.site_id, 9, **who)]


@pytest.mark.django_db
def test_taken_over_and_handed_on_the_list_follows(world):
    referral = taken(world.a)
    first, second, supervisor = (
        world.a.person(Role.CASE_MANAGER),
        world.a.person(Role.CASE_MANAGER, 1),
        world.a.person(Role.SUPERVISOR),
    )
    assert listed(first, who="mine", me=first.pk) == [referral.pk] and listed(supervisor, who="none") == []
    with acting_as(supervisor), transaction.atomic():
        assign(referral=Referral.objects.get(pk=referral.pk), to=second, by=supervisor, at=SEEN, why="share")
    assert listed(first, who="mine", me=first.pk) == [] and listed(second, who="mine", me=second.pk) == [referral.pk]


@pytest.mark.django_db
def test_nobody_looks_after_it_until_somebody_takes_it(world):
    made, supervisor = make_arrest_referral(world.a.person(Role.OFFICER)), world.a.person(Role.SUPERVISOR)
    assert listed(supervisor, who="none") == [made.pk]


@pytest.mark.django_db(transaction=True)
def test_a_window_that_opens_while_the_case_is_given_away_belongs_to_the_new_one():
    """The window's insert holds the case; the other transaction waits, and finds the window once it stands."""
    site = World.build().a
    referral, other = taken(site), site.person(Role.CASE_MANAGER, 1)
    name = connections["owner"].settings_dict["NAME"]
    with superuser(name) as one, superuser(name) as two:
        key = one.execute("select id from referrals_intakewindow where referral_id = %s", [referral.pk]).fetchone()[0]
        one.execute("create temp table kept as select * from referrals_intakewindow where id = %s", [key])
        one.execute("delete from referrals_reminder where window_id = %s", [key])
        one.execute("delete from referrals_intakewindow where id = %s", [key])
        gave = threading.Thread(target=_give, args=(two, referral.pk, other.pk))
        with one.transaction():
            one.execute("insert into referrals_intakewindow select * from kept")
            gave.start()
            gave.join(0.5)
            assert gave.is_alive(), "the case was given away although a window of it is being opened"
        gave.join(10)
    with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
        assert Casework.objects.get(referral_id=referral.pk).case_manager_id == other.pk
        assert IntakeWindow.objects.get(referral_id=referral.pk).case_manager_id == other.pk


def superuser(name: str) -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_ADMIN_URL"], dbname=name, autocommit=True)


def _give(connection, referral, to) -> None:
    connection.execute("update referrals_casework set case_manager_id = %s where referral_id = %s", [to, referral])
