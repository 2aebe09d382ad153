"""By raw SQL, too, no police role ends or brings about a handover (docs/practice.md 8)."""

import pytest
from django.db import ProgrammingError, connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from referrals.models import Referral
from tests.casefile.working import referred, taken

pytestmark = pytest.mark.django_db


def _set(referral, status):
    with connection.cursor() as cursor:
        cursor.execute("update referrals_referral set status = %s where id = %s", [status, referral.pk])
        return cursor.rowcount


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LIAISON])
@pytest.mark.parametrize("status", ["handed_over", "done"])
def test_no_police_role_hands_over(world, role, status):
    referral = referred(world.a)
    with acting_as(world.a.person(role)), pytest.raises(ProgrammingError, match="handover"), transaction.atomic():
        _set(referral, status)


@pytest.mark.parametrize("status", ["cancelled", "not_approved", "submitted"])
def test_no_liaison_ends_what_the_person_has_accepted(world, status):
    referral = taken(world.a)
    with acting_as(world.a.person(Role.LIAISON)):
        with pytest.raises(ProgrammingError, match="handover"), transaction.atomic():
            _set(referral, status)
        assert Referral.objects.get(pk=referral.pk).status == "handed_over"


def test_before_the_handover_a_liaison_may(world):
    referral = referred(world.a)
    with acting_as(world.a.person(Role.LIAISON)):
        assert _set(referral, "not_approved") == 1
