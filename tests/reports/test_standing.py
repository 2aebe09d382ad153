"""Casework notes that somebody gets along without LEAD: by those who may see the person, once, and until they are back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.audit.models import AuditEvent
from lead_cms.reports.models import GettingAlong
from tests.reports import making


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def person(where):
    referral = making.refer(where)
    return making.take_part(where, referral)


def held(by):
    with acting_as(by), transaction.atomic():
        return list(GettingAlong.objects.order_by("since_on"))


def test_noted_once_and_ended(where, person, sign_in):
    manager = where.person(Role.CASE_MANAGER)
    client, address = sign_in(manager), reverse("reports:gets-along", args=[person.pk])
    for _ in range(2):
        assert client.post(address, {"since_on": "2026-01-10"}).status_code == 302
    assert [one.since_on for one in held(manager)] == [date(2026, 1, 10)]
    assert "They are back" in client.get(address).content.decode()
    for _ in range(2):
        assert client.post(address, {"back": "1"}).status_code == 302
    assert held(manager)[0].ended_on is not None
    with acting_as(where.person(Role.AUDITOR)), transaction.atomic():
        assert AuditEvent.objects.filter(action="person.gets_along_noted").count() == 2


@pytest.mark.parametrize("day", ["", "x", f"{datetime.now(UTC).date() + timedelta(days=3)}"])
def test_a_day_that_is_none_gets_words(where, person, sign_in, day):
    manager = where.person(Role.CASE_MANAGER)
    page = sign_in(manager).post(reverse("reports:gets-along", args=[person.pk]), {"since_on": day})
    assert page.status_code == 200 and "id_since_on" in page.content.decode() and held(manager) == []


@pytest.mark.parametrize(("role", "status"), [(Role.SUPERVISOR, 200), (Role.COORDINATOR, 403), (Role.OFFICER, 403)])
def test_whose_page_it_is(where, person, sign_in, role, status):
    assert sign_in(where.person(role)).get(reverse("reports:gets-along", args=[person.pk])).status_code == status
