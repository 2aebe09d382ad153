"""/readyz says what is so: database, broker, both pokes, and how long the oldest due thing has waited."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.notify.health import LATE_SECONDS, SILENT_SECONDS
from lead_cms.notify.models import EmailKind, Heartbeat
from lead_cms.notify.outbox import email
from lead_cms.notify.tasks import drain
from referrals.tasks import plan
from tests.referrals.charging import held_charge

pytestmark = pytest.mark.django_db
# A web process as in production, before it has ever reached its database.
ALONE = """
import django, json
from django.conf import settings
settings.DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 0.2
django.setup()
from django.test import Client
print(json.dumps([[r.status_code, r.json()] for r in map(Client(raise_request_exception=False).get, ["/healthz", "/readyz"])]))
"""
NOWHERE = {
    "DJANGO_SETTINGS_MODULE": "lead_cms.settings.base", "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "testserver",
    "FIELD_KEYS": f"k1:{'A' * 43}=", "DATABASE_URL": "postgres://lead_app@127.0.0.1:1/lead",
}  # fmt: skip


def ready(client) -> tuple[int, dict]:
    response = client.get("/readyz")
    return response.status_code, response.json()


@pytest.mark.parametrize("role", Role)
def test_whoever_is_signed_in_gets_the_same_answer(client, sign_in, world, role):
    user = sign_in(world.a.people[role, 0])
    assert user.get("/readyz").json().keys() == client.get("/readyz").json().keys()
    assert user.get("/healthz").status_code == 200


def test_alive_needs_nothing(client):
    assert client.get("/healthz").status_code == 200


def test_not_ready_while_no_poke_has_run(client):
    status, said = ready(client)
    assert status == 503 and not said["ready"]
    assert not said["plan"]["ok"] and not said["drain"]["ok"] and said["database"]["ok"] and said["broker"]["ok"]


def test_ready_once_worker_and_beat_are_heard(client):
    plan()
    drain()
    status, said = ready(client)
    assert status == 200 and said["ready"], said
    assert "site" not in str(said) and "name" not in str(said)


@pytest.mark.parametrize("poke", ["plan", "drain"])
def test_a_silent_poke_is_told(client, poke):
    plan()
    drain()
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        Heartbeat.objects.filter(pk=poke).update(ran_at=timezone.now() - timedelta(seconds=SILENT_SECONDS + 1))
    status, said = ready(client)
    assert status == 503 and not said[poke]["ok"]


def test_a_broker_that_is_away_is_told(client, settings):
    plan()
    drain()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, said = ready(client)
    assert status == 503 and not said["broker"]["ok"] and said["database"]["ok"]


def test_a_database_that_is_away_is_told_and_the_process_lives():
    env = os.environ | NOWHERE | {"REDIS_URL": settings.REDIS_URL}
    ran = subprocess.run([sys.executable, "-c", ALONE], env=env, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    alive, (status, said) = json.loads(ran.stdout)
    assert alive == [200, {"alive": True}]
    assert status == 503 and said == {"ready": False, "database": {"ok": False}, "broker": {"ok": True}}


@pytest.mark.parametrize(("late_by", "status"), [(-30, 200), (30, 503)])
def test_the_oldest_due_reminder_counts(client, world, late_by, status):
    plan()
    drain()
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        now = cursor.fetchone()[0]
    held_charge(world.a, at=now - timedelta(seconds=LATE_SECONDS + late_by))
    answered, said = ready(client)
    assert answered == status, said
    assert said["oldest_due"]["ok"] == (status == 200)
    plan()
    drain()
    assert ready(client)[0] == 200


def test_an_unsent_mail_counts_as_well(client, world):
    plan()
    drain()
    person = world.a.person(Role.SUPERVISOR)
    with acting_as(Duty.INTAKE, site=person.site), transaction.atomic():
        late = timezone.now() - timedelta(seconds=LATE_SECONDS + 30)
        email([person.user_id], key="late", kind=EmailKind.ATTENTION, at=late)
    assert ready(client)[0] == 503
