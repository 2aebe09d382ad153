"""Every role tries to skip, forge, change and delete the audit, and cannot."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, Principal, acting_as
from lead_cms.audit.events import AuditAction
from lead_cms.audit.models import AuditEvent
from lead_cms.audit.record import record
from lead_cms.core.middleware import request_id_var
from referrals.models import OnCallShift

pytestmark = pytest.mark.django_db
ACTORS = [*Role, *Duty]
TAMPERING = [
    "update {table} set request_id = 'x'",
    "delete from {table}",
    "truncate {table}",
    "alter table {table} disable trigger all",
    "drop trigger audit_append_only on {table}",
]


def _as(world, actor):
    return acting_as(world.a.person(actor)) if isinstance(actor, Role) else acting_as(actor, site=world.a.site)


@pytest.mark.parametrize("actor", ACTORS)
def test_nobody_changes_or_deletes_the_audit(world, actor):
    with _as(world, actor):
        record(AuditAction.ACCESS_DENIED)
        for table in ("audit_auditevent", "audit_rowchange"):
            for attempt in TAMPERING:
                with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(attempt.format(table=table))


@pytest.mark.parametrize("actor", ACTORS)
def test_nobody_writes_a_row_change_by_hand(world, actor):
    with _as(world, actor), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """insert into audit_rowchange (recorded_at, table_name, row_id, verb, db_role, login, request_id, columns)
               values (now(), 't', '1', 'insert', 'r', 'l', '-', '[]')"""
        )


@pytest.mark.parametrize("forged", ["user_id", "membership_id", "site_id", "request_id"])
@pytest.mark.parametrize("actor", ACTORS)
def test_nobody_signs_a_deed_for_another(world, actor, forged):
    other = world.b.person(Role.OFFICER)
    values = {"user_id": other.user_id, "membership_id": other.pk, "site_id": other.site_id, "request_id": "forged"}
    with _as(world, actor) as principal:
        fields = {
            "user_id": principal.user_id, "membership_id": principal.membership_id, "site_id": principal.site_id,
            "request_id": principal.request_id,
        }  # fmt: skip
        event = AuditEvent(id="00000000-0000-4000-8000-00000000000a", action="x", actor_label="x", **fields)
        setattr(event, forged, values[forged])
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            event.save(force_insert=True)


def test_the_time_of_a_deed_is_the_databases(world):
    auditor = world.a.person(Role.AUDITOR)
    with acting_as(auditor):
        before = timezone.now()
        AuditEvent(
            id="00000000-0000-4000-8000-00000000000b", action="x", actor_label="x", user_id=auditor.user_id,
            membership_id=auditor.pk, site_id=auditor.site_id, request_id="-", recorded_at="2001-01-01T00:00Z",
        ).save(force_insert=True)  # fmt: skip
        assert AuditEvent.objects.get().recorded_at >= before.replace(microsecond=0)


@pytest.mark.django_db(databases=["default", "owner"])
def test_no_writer_can_skip_the_record_of_a_row(world):
    """By the ORM, in bulk, by `update()` and by raw SQL; a client's own settings do not silence it."""
    coordinator = world.a.person(Role.COORDINATOR)
    person = world.a.person(Role.CASE_MANAGER)
    now = timezone.now()
    with acting_as(coordinator):
        first, second = (
            OnCallShift(site=world.a.site, person=person, starts_at=now, ends_at=now.replace(year=now.year + years))
            for years in (1, 2)
        )
        first.save(force_insert=True)
        OnCallShift.objects.bulk_create([second])
        OnCallShift.objects.filter(pk=first.pk).update(position=2)
        with connection.cursor() as cursor:
            cursor.execute("set local app.audit = 'off'")
            cursor.execute("set local pgtrigger.ignore = 'all'")
            cursor.execute("update referrals_oncallshift set position = 3 where id = %s", [second.pk])
        removed = second.pk
        second.delete()
    found = _row_changes("referrals_oncallshift")
    assert [(verb, row) for verb, row, *_ in found] == [
        ("insert", str(first.pk)), ("insert", str(removed)), ("update", str(first.pk)), ("update", str(removed)),
        ("delete", str(removed)),
    ]  # fmt: skip
    assert {(role, membership) for _, _, role, membership, *_ in found} == {("lead_coordinator", coordinator.pk)}
    assert found[2][4:] == (["position"], {"position": 1}, {"position": 2})


def _row_changes(table):
    """Nobody may read the table: the suite looks through the owner of this very transaction's connection."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        former = cursor.fetchone()[0]
        cursor.execute("set local role lead_owner")
        cursor.execute("alter table audit_rowchange no force row level security")
        cursor.execute(
            """select verb, row_id, db_role, membership_id, columns, before, after from audit_rowchange
               where table_name = %s order by id""",
            [table],
        )
        rows = [(*row[:4], *(value and json.loads(value) for value in row[4:])) for row in cursor.fetchall()]
        cursor.execute("alter table audit_rowchange force row level security")
        cursor.execute(f"set local role {former}")
    return rows


def test_restricted_values_never_stand_in_the_audit(world):
    with acting_as(Duty.OPERATOR):
        person = world.a.person(Role.OFFICER)
        person.name = "Canary Name"
        person.save(update_fields=["name"])
    changes = _row_changes("accounts_membership")
    assert changes[-1][4] == ["name"]
    assert "Canary" not in str(changes)


@pytest.mark.django_db(transaction=True)
def test_a_deed_outside_a_transaction_is_an_error():
    with acting_as(Principal(db_role="lead_app", label="x")), pytest.raises(transaction.TransactionManagementError):
        record(AuditAction.ACCESS_DENIED)


def test_deed_and_row_carry_the_requests_name(world):
    token = request_id_var.set("a-request")
    try:
        with acting_as(world.a.person(Role.AUDITOR)):
            record(AuditAction.AUDIT_READ)
            assert AuditEvent.objects.get().request_id == "a-request"
    finally:
        request_id_var.reset(token)
