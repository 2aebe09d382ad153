"""Two real workers and two real beats; one worker dies, the broker forgets: every page, alert and e-mail comes, and once."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.notify.models import Heartbeat
from referrals.models import Reminder
from tests.notify import test_races as alerts
from tests.notify.test_races import site as site_of_alerts
from tests.referrals import test_paging_races as paging
from tests.referrals.making import make_arrest_referral
from tests.referrals.test_tasks_races import told

pytestmark = pytest.mark.django_db(transaction=True)
site = site_of_alerts
BROKER = 9  # a database of the test broker that nobody else uses
WORKER = ("worker", "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")
CHAINS, SOON = 12, timedelta(seconds=5)


def celery(*arguments) -> subprocess.Popen:
    """A real worker or beat on the test database and a database of its own in the test broker."""
    database = settings.DATABASES["owner"]
    url = f"postgres://lead_worker@/{connection.settings_dict['NAME']}?host={database['HOST']}"
    socket = settings.REDIS_URL.split("?")[0]
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "lead_cms.settings.development",
        "DATABASE_URL": url,
        "DATABASE_WORKER_URL": url,
        "REDIS_URL": f"{socket}?virtual_host={BROKER}",
        "POKE_SECONDS": "1",
        "LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "lead_cms.celery", *arguments],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


@pytest.fixture
def forgets():
    """The broker that forgets."""
    if not settings.REDIS_URL.startswith("unix://"):
        pytest.skip("only on a broker of our own")
    broker = redis.Redis.from_url(f"{settings.REDIS_URL.split('?')[0]}?db={BROKER}")
    broker.flushdb()
    yield broker.flushdb
    broker.flushdb()
    broker.close()


@pytest.fixture
def run(forgets):
    """run(argument, …) -> a process; all of them end with the test."""
    running = []

    def begin(*arguments) -> subprocess.Popen:
        running.append(celery(*arguments))
        return running[-1]

    yield begin
    for one in running:
        with suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.wait()


def until(condition, seconds: float = 90) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def waiting() -> int:
    """Reminders that are due and not told."""
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        return Reminder.objects.filter(delivered_at=None, cancelled_at=None, due_at__lte=datetime.now(UTC)).count()


def has_just_run(name: str) -> bool:
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        return Heartbeat.objects.filter(pk=name, ran_at__gt=datetime.now(UTC) - SOON).exists()


def sent_or_put_off(eager, count: int) -> bool:
    rows = alerts.outbox()
    return sum(one.user_id == eager.user_id and one.sent_at is not None for one in rows) == count and all(
        one.sent_at or one.next_try_at > timezone.now() for one in rows
    )


def paged(chains: set) -> int:
    """How many pages the chains have sent; nobody is paged twice at one step, here or by e-mail."""
    found = [paging.pages(), paging.page_notices(), paging.mails()]
    assert {number for counter in found for number in counter.values()} == {1}
    assert len({len(counter) for counter in found}) == 1
    return sum(referral in chains for referral, _ in found[0])


def test_everything_comes_once_though_a_worker_dies_and_the_broker_forgets(site, forgets, run, tmp_path):
    eager, count = site.person(Role.COORDINATOR, 0), alerts.COUNT
    paging.on_call(site, *paging.managers(site))
    made = [make_arrest_referral(site.person(Role.OFFICER), at=paging.now() + paging.HOUR) for _ in range(CHAINS)]
    chains = {referral.pk for referral in made}
    # A commit of this process pokes at once: the pages fall due after the last.
    alerts.due(site, count)
    paging.further(61)
    assert paging.due() >= CHAINS and waiting() >= count and paged(chains) == 0

    dies = run(*WORKER, "-n", "first@test")
    run(*WORKER, "-n", "second@test")
    for number in (1, 2):
        run("beat", "--schedule", str(tmp_path / f"beat{number}"), "--pidfile=")
    assert until(lambda: not paging.due() and not waiting()), "nothing was delivered"
    assert paged(chains) == CHAINS
    os.killpg(dies.pid, signal.SIGKILL)
    forgets()
    alerts.due(site, 40)
    paging.further(11)
    assert until(lambda: not paging.due()), "the second worker did not go on with the pages"
    assert until(lambda: not waiting() and sent_or_put_off(eager, count + 40)), "nor with the alerts"
    assert until(lambda: has_just_run("drain"))
    assert paged(chains) == 2 * CHAINS
    alerts.check(site, count + 40)
    assert set(told().values()) == {1}
