"""The demo's seeding: repeatable, whole, under the walls."""

import json
import random
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, Site
from lead_cms.demo.people import CAST, PASSWORD, SITES, DemoSite, hire
from lead_cms.demo.story import Story
from lead_cms.programs.current import rules_for
from referrals.models import HeldCharge, IncidentRecord, IntakeWindow, Referral, WindowResult
from services.enums import AskStatus
from services.models import ServiceReferral


@pytest.fixture
def seeded(db, tmp_path, monkeypatch):
    monkeypatch.setenv("LEAD_DATA", str(tmp_path))
    call_command("seed_demo", referrals=60, verbosity=0)
    return json.loads((tmp_path / "demo.json").read_text())


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


def test_the_same_seed_tells_the_same_story(world):
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    with acting_as(Duty.OPERATOR):
        Site.objects.filter(pk=world.a.site.pk).update(slug="san-francisco")
        where = DemoSite(site=world.a.site, short="x", ruleset=world.a.rules, rules=rules_for(world.a.rules))
        hire(where, now=now)
    told = []
    for _ in range(2):
        story = Story(where, random.Random("7"), now=now, days=150)
        for _ in range(30):
            story.tell()
        told.append([(model.__name__, [str(row.pk) for row in rows]) for model, rows in story.rows.items()])
    assert told[0] == told[1]
    assert len(PASSWORD) >= 15 and len(CAST) == len(Role)


def test_every_provider_has_something_in_every_state_to_open(seeded, sign_in):
    for staff in Membership.objects.filter(role=Role.PROVIDER).select_related("user", "site", "organisation"):
        with acting_as(staff):
            asked = list(ServiceReferral.objects.order_by("asked_at"))
            assert {one.status for one in asked} == set(AskStatus.values)
        named = next(one for one in asked if one.names_person and one.status == AskStatus.SENT)
        page = sign_in(staff).get(reverse("services:request", args=[named.pk])).content.decode()
        assert "A place near the clinic" in page and "42 CFR part 2" in page


@pytest.mark.parametrize("hour", [0, 7, 8, 23])
def test_it_seeds_whatever_day_it_is_elsewhere(db, tmp_path, monkeypatch, hour):
    """At the sites it is the evening before, when a day begins in UTC."""
    monkeypatch.setenv("LEAD_DATA", str(tmp_path))
    with time_machine.travel(datetime(2026, 11, 26, hour, 30, tzinfo=UTC), tick=True):
        call_command("seed_demo", referrals=30, verbosity=0)
