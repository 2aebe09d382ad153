"""Two workers, two beats, a worker killed, a broker that forgets: nothing is lost and nothing is told twice.

Real connections, threads and processes; every other test of this app runs inside one transaction.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.core.errors import StaleState
from referrals.actions.charges import decide
from referrals.actions.reminders import cancel_all_of
from referrals.models import HeldCharge, Reminder
from referrals.tasks import deliver_batch, plan
from tests.conftest import connection_to
from tests.factories import World
from tests.referrals.charging import held_charge
from tests.referrals.test_tasks import many

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = datetime(2026, 1, 5, 20, tzinfo=UTC)
COORDINATORS = 2


@pytest.fixture
def site():
    return World.build().a


def in_threads(*works) -> list:
    """What each gave or raised, all begun at one moment, each on a connection of its own."""
    barrier = threading.Barrier(len(works))

    def run(work):
        try:
            barrier.wait(10)
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def told() -> Counter:
    """How often each person was told of each cause; read as the tables' owner."""
    with connection_to("lead_owner") as owner:
        owner.execute("alter table notify_notice no force row level security")
        rows = owner.execute("select key, recipient_id from notify_notice").fetchall()
        owner.rollback()
    return Counter(rows)


def waiting() -> int:
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        return Reminder.objects.filter(delivered_at=None, cancelled_at=None).count()


def test_four_plans_at_once_tell_everybody_once(site):
    referral, _ = held_charge(site, at=LONG_AGO)
    many(site, referral, 500, due_at=LONG_AGO)
    results = in_threads(plan, plan, plan, plan)
    assert results == [None] * 4 and waiting() == 0
    found = told()
    assert set(found.values()) == {1}
    assert len([key for key, _ in found]) >= 500 * COORDINATORS


HALF_A_BATCH = """
import os, sys, time
import django
from django.db import connections
os.environ["DJANGO_SETTINGS_MODULE"] = "lead_cms.settings.test"
django.setup()
connections["default"].settings_dict["NAME"] = sys.argv[1]
from django.db import transaction
from referrals.tasks import deliver_batch
with transaction.atomic():
    print(deliver_batch(), flush=True)
    time.sleep(60)
"""


def test_a_worker_killed_in_mid_batch_leaves_everything_to_the_next(site):
    referral, _ = held_charge(site, at=LONG_AGO)
    many(site, referral, 50, due_at=LONG_AGO)
    before, told_before = waiting(), told()
    worker = subprocess.Popen(
        [sys.executable, "-c", HALF_A_BATCH, connection.settings_dict["NAME"]], stdout=subprocess.PIPE, text=True
    )
    try:
        handled = int(worker.stdout.readline())
        assert handled == before
        assert deliver_batch() == 0  # the other has them in hand, and nobody waits for it
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
    assert told() == told_before
    until = time.monotonic() + 10
    while waiting() and time.monotonic() < until:  # the server notices the death of its client in its own time
        plan()
    assert waiting() == 0 and set(told().values()) == {1}


def test_a_reminder_that_is_being_delivered_is_not_cancelled_as_well(site):
    referral, _ = held_charge(site, at=LONG_AGO)
    claimed = threading.Event()

    def deliver():
        with transaction.atomic():
            deliver_batch()
            claimed.set()
            time.sleep(0.3)

    def cancel():
        claimed.wait(10)
        with acting_as(site.person(Role.SUPERVISOR)), transaction.atomic():
            cancel_all_of(referral.pk, at=datetime.now(UTC))

    assert in_threads(deliver, cancel) == [None, None]
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert not Reminder.objects.exclude(delivered_at=None).exclude(cancelled_at=None).exists()
        assert Reminder.objects.exclude(delivered_at=None).exists()


@pytest.mark.parametrize("again", range(3))
def test_of_two_who_decide_at_once_one_decides_and_the_other_reads_it(site, again):
    _, charge = held_charge(site, at=LONG_AGO)

    def deciding(number, decision):
        def work():
            person = site.person(Role.PROSECUTOR, number)
            with acting_as(person), transaction.atomic():
                return decide(charge=charge, decision=decision, by=person, at=datetime.now(UTC)).decision

        return work

    results = in_threads(deciding(0, "filed"), deciding(1, "not_filed_discretion"))
    refused = [one for one in results if isinstance(one, StaleState)]
    assert len(refused) == 1, results
    assert "recorded “" in str(refused[0])
    with acting_as(site.person(Role.PROSECUTOR)), transaction.atomic():
        assert HeldCharge.objects.get(pk=charge.pk).decision in results
