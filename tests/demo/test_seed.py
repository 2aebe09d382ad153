"""The demo's seeding: repeatable, whole, under the walls."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.demo.people import SITES
from referrals.models import (
    Casework,
    HeldCharge,
    IncidentRecord,
    IntakeWindow,
    OutreachEntry,
    Referral,
    WindowResult,
)
from services.enums import AskStatus
from services.models import ServiceReferral


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, seeded once for all that is asked of it, in one transaction that is taken back."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setenv("LEAD_DATA", str(folder))
        call_command("seed_demo", referrals=60, verbosity=0)
        yield json.loads((folder / "demo.json").read_text())
        transaction.set_rollback(True)


@pytest.fixture
def seeded(demo):
    """What a test does to it is gone after the test."""
    with transaction.atomic():
        yield demo
        transaction.set_rollback(True)


def test_every_role_of_every_site_can_sign_in(seeded, client):
    assert {(entry["site"], entry["role"]) for entry in seeded["sign_ins"]} == {
        (slug, role.value) for slug, *_ in SITES for role in Role
    }
    for entry in seeded["sign_ins"]:
        assert client.login(username=entry["username"], password=entry["password"])
        client.logout()


def test_each_site_sees_its_own_half(seeded):
    coordinators = Membership.objects.filter(role=Role.COORDINATOR).select_related("site")
    assert coordinators.count() == len(SITES)
    for coordinator in coordinators:
        with acting_as(coordinator):
            assert 25 <= Referral.objects.count() <= 30  # restricted records are not the coordinator's
            assert {charge.site_id for charge in HeldCharge.objects.all()} == {coordinator.site_id}


def test_a_result_stands_only_where_a_window_was_met(seeded):
    for supervisor in Membership.objects.filter(role=Role.SUPERVISOR):
        with acting_as(supervisor):
            met = set(IntakeWindow.objects.filter(state="met").values_list("pk", flat=True))
            assert set(WindowResult.objects.values_list("window_id", flat=True)) == met


def test_nothing_is_seeded_that_the_product_refuses(seeded):
    """A next try comes after the last one, and no try lies ahead."""
    for supervisor in Membership.objects.filter(role=Role.SUPERVISOR):
        with acting_as(supervisor):
            assert Casework.objects.filter(next_try_at__isnull=False).exists()
            assert not Casework.objects.filter(next_try_at__lte=F("last_attempt_at")).exists()
            assert not OutreachEntry.objects.filter(first_tried_at__gt=timezone.now()).exists()


def test_real_incidents_serve_counts_and_no_story(seeded):
    officer = Membership.objects.filter(role=Role.OFFICER, site__slug="san-francisco").first()
    with acting_as(officer):
        numbers = set(IncidentRecord.objects.values_list("incident_number", flat=True))
    with acting_as(Duty.OPERATOR):
        invented = set(Referral.objects.exclude(incident_number="").values_list("incident_number", flat=True))
    assert numbers and invented and not numbers & invented


def test_a_second_seeding_adds_nothing(seeded):
    with acting_as(Duty.OPERATOR):
        before = Referral.objects.count()
        call_command("seed_demo", if_empty=True, verbosity=0)
        with pytest.raises(CommandError, match="already there"):
            call_command("seed_demo", verbosity=0)
        assert Referral.objects.count() == before


def test_every_provider_has_something_in_every_state_to_open(seeded, sign_in):
    for staff in Membership.objects.filter(role=Role.PROVIDER).select_related("user", "site", "organisation"):
        with acting_as(staff):
            asked = list(ServiceReferral.objects.order_by("asked_at"))
            assert {one.status for one in asked} == set(AskStatus.values)
        named = next(one for one in asked if one.names_person and one.status == AskStatus.SENT)
        page = sign_in(staff).get(reverse("services:request", args=[named.pk])).content.decode()
        assert "A place near the clinic" in page and "42 CFR part 2" in page
