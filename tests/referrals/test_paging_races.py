"""Two workers, two beats, one killed, a broker that forgets, a stop in the middle: no page is lost, none comes twice.

Real connections, threads and processes, as in test_tasks_races.py.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from referrals.actions import paging, taking
from referrals.models import OnCallShift, Page, Paging, Referral
from referrals.paging import page_batch
from referrals.tasks import plan
from tests.conftest import connection_to
from tests.factories import World
from tests.referrals.making import make_arrest_referral
from tests.referrals.test_tasks_races import in_threads, told

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


@pytest.fixture
def site():
    return World.build().a


def now() -> datetime:
    return datetime.now(UTC)


def on_call(site, *people) -> None:
    with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
        for position, person in enumerate(people, 1):
            OnCallShift.objects.create(
                site=site.site, person=person, starts_at=now() - HOUR, ends_at=now() + 11 * HOUR, position=position
            )


def managers(site):
    return site.person(Role.CASE_MANAGER, 0), site.person(Role.CASE_MANAGER, 1)


def submitted(site, count=1) -> list[Referral]:
    """Chains that are due now. Here a commit pokes at once: until it is over their moment lies ahead."""
    officer = site.person(Role.OFFICER)
    made = [make_arrest_referral(officer, at=now() + HOUR) for _ in range(count)]
    assert not pages()
    further(61)
    assert due() == count
    return made


def due() -> int:
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        return Paging.objects.filter(stopped_at=None, next_at__lte=now()).count()


def pages() -> Counter:
    """How often each person was paged in each chain."""
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        return Counter(Page.objects.values_list("referral_id", "person_id"))


def page_notices() -> Counter:
    return Counter({key: number for key, number in told().items() if key[0].startswith("page:")})


def mails() -> Counter:
    with connection_to("lead_owner") as owner:
        owner.execute("alter table notify_outboxemail no force row level security")
        rows = owner.execute("select key, user_id from notify_outboxemail where key like 'page:%'").fetchall()
        owner.rollback()
    return Counter(rows)


def all_once(count: int) -> None:
    for found in (pages(), page_notices(), mails()):
        assert len(found) == count and set(found.values()) == {1}


def further(minutes: int) -> None:
    """Let the time of every chain pass, as the tables' owner."""
    with connection_to("lead_owner", autocommit=True) as owner:
        owner.execute("alter table referrals_paging no force row level security")
        owner.execute(
            f"update referrals_paging set next_at = next_at - interval '{minutes} minutes' where stopped_at is null"
        )
        owner.execute("alter table referrals_paging force row level security")


def test_four_plans_at_once_page_everybody_once(site):
    on_call(site, *managers(site))
    submitted(site, 30)
    assert in_threads(plan, plan, plan, plan) == [None] * 4
    assert due() == 0
    all_once(30)
    further(11)
    assert in_threads(plan, plan, plan, plan) == [None] * 4
    all_once(60)
    further(11)
    assert in_threads(plan, plan, plan) == [None] * 3
    all_once(60 + 30 * 4)  # two supervisors, two coordinators


HALF_A_BATCH = """
import os, sys, time
import django
from django.db import connections
os.environ["DJANGO_SETTINGS_MODULE"] = "lead_cms.settings.test"
django.setup()
connections["default"].settings_dict["NAME"] = sys.argv[1]
from django.db import transaction
from referrals.paging import page_batch
with transaction.atomic():
    print(page_batch(), flush=True)
    time.sleep(60)
"""


def test_a_worker_killed_in_mid_batch_leaves_every_page_to_the_next(site):
    on_call(site, *managers(site))
    submitted(site, 5)
    worker = subprocess.Popen(
        [sys.executable, "-c", HALF_A_BATCH, connection.settings_dict["NAME"]], stdout=subprocess.PIPE, text=True
    )
    try:
        assert int(worker.stdout.readline()) == 5
        assert page_batch() == 0  # the other has them in hand, and nobody waits for it
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
    assert not pages()
    end = time.monotonic() + 10
    while due() and time.monotonic() < end:  # the server notices the death of its client in its own time
        plan()
    all_once(5)


@pytest.mark.parametrize("again", range(3))
def test_an_answer_that_comes_while_the_next_is_being_paged_stops_all_that_follows(site, again):
    """The stop waits for the page that is being written; what that page would have led to does not come."""
    first, second = managers(site)
    on_call(site, first, second)
    [referral] = submitted(site)
    claimed = threading.Event()

    def page():
        with transaction.atomic():
            page_batch()
            claimed.set()
            time.sleep(0.3)

    def answer():
        claimed.wait(10)
        with acting_as(first), transaction.atomic():
            taking.stamp(referral=Referral.objects.get(pk=referral.pk), step="acknowledged", by=first, at=now())

    assert in_threads(page, answer) == [None, None]
    further(11)
    plan()
    assert list(pages()) == [(referral.pk, first.pk)]
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert Paging.objects.get().stopped_why == "acknowledged"


def test_a_page_that_is_claimed_first_by_the_stop_does_not_come(site):
    first, _ = managers(site)
    on_call(site, first)
    [referral] = submitted(site)
    stopped = threading.Event()

    def stop():
        with acting_as(first), transaction.atomic():
            paging.stop(referral.pk, why="acknowledged", at=now())
            stopped.set()
            time.sleep(0.3)

    def page():
        stopped.wait(10)
        return page_batch()

    assert in_threads(stop, page) == [None, 0]
    plan()
    assert not pages()


def test_a_referral_that_is_undone_leaves_no_page(site):
    on_call(site, managers(site)[0])
    with suppress(RuntimeError), acting_as(site.person(Role.OFFICER)), transaction.atomic():
        make_arrest_referral(site.person(Role.OFFICER), at=now())
        raise RuntimeError
    plan()
    assert due() == 0 and not pages()
