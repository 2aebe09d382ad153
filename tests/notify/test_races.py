"""Two workers, one killed, a broker that forgets: every alert once a person and way, and no e-mail lost to quiet hours."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.notify.actions import choose
from lead_cms.notify.models import OutboxEmail
from lead_cms.notify.outbox import email
from lead_cms.notify.tasks import drain, send_one
from referrals.tasks import plan
from tests.factories import World
from tests.referrals.charging import held_charge
from tests.referrals.test_tasks import many
from tests.referrals.test_tasks_races import in_threads, told

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = datetime(2026, 1, 5, 20, tzinfo=UTC)
COUNT = 60


@pytest.fixture
def site():
    """Coordinator 0 wants every e-mail at once, coordinator 1 has quiet hours around this very moment."""
    site = World.build().a
    now = timezone.now().astimezone(site.site.tz)
    hours = {"quiet_from": (now - timedelta(hours=2)).time(), "quiet_until": (now + timedelta(hours=2)).time()}
    chosen(site.person(Role.COORDINATOR, 0), {"quiet_from": None, "quiet_until": None})
    chosen(site.person(Role.COORDINATOR, 1), hours)
    return site


def chosen(person, hours) -> None:
    with acting_as(person), transaction.atomic():
        choose(kind="window", in_app=True, email="always", by=person, at=LONG_AGO, **hours)


def outbox() -> list[OutboxEmail]:
    """Those of the reminders of `due`."""
    with acting_as(Duty.NOTIFIER), transaction.atomic():
        return list(OutboxEmail.objects.filter(key__contains=":x"))


def due(site, count=COUNT) -> None:
    referral, _ = held_charge(site, at=LONG_AGO)
    many(site, referral, count, due_at=LONG_AGO)


def check(site, count: int) -> None:
    """Each person once a cause here, once by e-mail; sent to the one, kept for the other."""
    eager, quiet = (site.person(Role.COORDINATOR, number) for number in (0, 1))
    assert set(told().values()) <= {1}
    rows = outbox()
    assert set(Counter((one.key, one.user_id) for one in rows).values()) == {1}
    assert sum(one.user_id == eager.user_id and one.sent_at is not None for one in rows) == count
    kept = [one for one in rows if one.user_id == quiet.user_id]
    assert len(kept) == count and all(one.sent_at is None and one.gave_up_at is None for one in kept)
    assert all(one.next_try_at > timezone.now() for one in kept)


def test_four_plans_and_four_drains_at_once(site):
    due(site)
    assert in_threads(plan, plan, drain, drain, plan, drain) == [None] * 6
    drain()
    check(site, COUNT)
    assert Counter(one.extra_headers["Message-ID"] for one in mail.outbox).most_common(1)[0][1] == 1


PUTTING_OFF = """
import os, sys, time
import django
from django.db import connections
os.environ["DJANGO_SETTINGS_MODULE"] = "lead_cms.settings.test"
django.setup()
connections["default"].settings_dict["NAME"] = sys.argv[1]
from django.db import transaction
from lead_cms.notify.tasks import send_one
with transaction.atomic():
    for _ in range(5):
        send_one()
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_worker_killed_while_it_puts_mail_off_leaves_it_to_the_next(site):
    for number in range(10):
        for person in (site.person(Role.COORDINATOR, 0), site.person(Role.COORDINATOR, 1)):
            with acting_as(Duty.INTAKE, site=site.site), transaction.atomic():
                email([person.user_id], key=f"k:x{number}", kind="attention", membership_id=person.pk, about="window",
                      at=timezone.now())  # fmt: skip
    worker = subprocess.Popen(
        [sys.executable, "-c", PUTTING_OFF, connection.settings_dict["NAME"]], stdout=subprocess.PIPE, text=True
    )
    try:
        assert worker.stdout.readline().strip() == "held"
        assert sum(1 for _ in iter(send_one, False)) == 15  # the others are handled meanwhile
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
    end = time.monotonic() + 10
    while not all(one.sent_at or one.next_try_at > timezone.now() for one in outbox()) and time.monotonic() < end:
        drain()
    check(site, 10)
