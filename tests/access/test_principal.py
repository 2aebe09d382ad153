"""The principal, in one connection and inside the test's own transaction."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.models import AuditEvent
from lead_cms.audit.record import record
from referrals.models import Referral


def test_without_a_principal_a_domain_table_answers_permission_denied(world):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Referral.objects.count()


def test_a_person_sees_the_colleagues_of_their_site_only(world):
    with acting_as(world.a.person(Role.OFFICER)):
        sites = set(Membership.objects.values_list("site_id", flat=True))
    assert sites == {world.a.site.pk}


def test_leaving_restores_the_former_principal(world):
    with acting_as(world.a.person(Role.OFFICER)):
        with acting_as(Duty.OPERATOR):
            pass
        with connection.cursor() as cursor:
            cursor.execute("select current_user, app.membership_id()")
            assert cursor.fetchone() == ("lead_officer", world.a.person(Role.OFFICER).pk)
    with connection.cursor() as cursor:
        cursor.execute("select current_user, app.membership_id()")
        assert cursor.fetchone() == ("lead_app", None)


def test_an_error_inside_is_not_hidden_by_the_restoring(world):
    officer = world.a.person(Role.OFFICER)
    with pytest.raises(DatabaseError, match="division"), transaction.atomic(), acting_as(officer):
        connection.cursor().execute("select 1/0")


def test_nobody_records_a_deed_in_anothers_name(world):
    officer = world.a.person(Role.OFFICER)
    with acting_as(officer):
        record(AuditAction.REFERRAL_VIEWED)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            AuditEvent(
                id="00000000-0000-4000-8000-000000000001", action="x", user_id=world.b.person(Role.OFFICER).user_id,
                membership_id=officer.pk, site_id=officer.site_id, actor_label="x", request_id="-",
            ).save(force_insert=True)  # fmt: skip
