"""A referral given by telephone: the same seven things, the same clock, and who may take it."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import OrganisationKind
from referrals.models import IntakeWindow, Referral
from tests.referrals.making import rules_of

pytestmark = pytest.mark.django_db


def given(world, **more):
    by = world.a.person(Role.CASE_MANAGER)
    with acting_as(by), transaction.atomic():
        rules = rules_of(by)
    offence = next(one for one in rules.offences if one.amount_limit)
    now = timezone.localtime(timezone.now() - timedelta(minutes=20), by.site.tz)
    return {
        "submission_key": str(uuid.uuid4()), "agency": str(world.a.organisations[OrganisationKind.POLICE, 0].pk),
        "given_by_badge": world.a.person(Role.OFFICER).badge, "given_by_name": "T. Nguyen", "door": "arrest",
        "incident_number": "260 098 114", "occurred_at_0": now.date().isoformat(), "occurred_at_1": f"{now:%H:%M}",
        "offence": offence.code, "amount": "within", "name": "Devon Marsh", "age": "35", "none": "on",
        "person_answer": "yes", "meeting": rules.meeting_places[0].code,
    } | more  # fmt: skip


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.SUPERVISOR, Role.COORDINATOR])
def test_whoever_is_on_call_takes_it_once(world, sign_in, role):
    client, url, form = sign_in(world.a.person(role)), reverse("casefile:telephone-new"), given(world)
    for _ in range(2):
        answer = client.post(url, form)
        assert answer.status_code == 302
    manager = world.a.person(Role.CASE_MANAGER)
    with acting_as(manager), transaction.atomic():
        referral = Referral.objects.get()
        assert referral.by_telephone and referral.officer == world.a.person(Role.OFFICER)
        assert referral.confirmed_at is None and IntakeWindow.objects.filter(referral=referral).exists()


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(world, sign_in):
    client, url = sign_in(world.a.person(Role.CASE_MANAGER)), reverse("casefile:telephone-new")
    page = client.post(url, given(world, offence="", none="", meeting="")).content.decode()
    assert "Choose the offense" in page and "answer them one by one" in page and "Devon Marsh" in page
    page = client.post(url, given(world, meeting="")).content.decode()
    assert "Choose where the case manager meets you" in page
    page = client.post(url, given(world, given_by_badge="", given_by_name="")).content.decode()
    assert "name or badge" in page


def test_everything_that_is_missing_is_said_at_once_and_nothing_needed_is_called_optional(world, sign_in):
    """An officer is on the line: no second and third round of questions, and the time is now."""
    client, url = sign_in(world.a.person(Role.CASE_MANAGER)), reverse("casefile:telephone-new")
    page = client.get(url)
    assert page.context["form"]["occurred_at"].value() is not None
    for label in ("Incident number", "Offense", "Name of the person", "Birth date or age", "Where do you meet?"):
        assert label in page.content.decode() and f'{label} <span class="optional">' not in page.content.decode()
    page = client.post(url, {"door": "arrest", "submission_key": str(uuid.uuid4()), "none": "on"})
    assert set(page.context["form"].errors) == {
        "agency", "given_by_name", "incident_number", "occurred_at", "offence", "name", "age", "person_answer", "meeting",
    }  # fmt: skip
    assert all(len(said) == 1 for said in page.context["form"].errors.values())


@pytest.mark.parametrize("door", ["", "gone from the rules"])
def test_without_a_door_it_is_asked_for_and_nothing_typed_is_lost(world, sign_in, door):
    """What else is needed depends on it."""
    client, url = sign_in(world.a.person(Role.CASE_MANAGER)), reverse("casefile:telephone-new")
    page = client.post(url, given(world, door=door))
    assert set(page.context["form"].errors) == {"door"} and "Devon Marsh" in page.content.decode()
    assert client.post(url).status_code == 200


@pytest.mark.parametrize("field", ["offence", "amount"])
def test_what_was_given_and_refused_is_not_said_to_be_missing_besides(world, sign_in, field):
    client, url = sign_in(world.a.person(Role.CASE_MANAGER)), reverse("casefile:telephone-new")
    page = client.post(url, given(world, **{field: "gone from the rules"}))
    assert page.context["form"].errors[field] == ["Choose one of the answers shown here."]


def test_somebody_under_age_is_counted_and_not_saved(world, sign_in):
    client = sign_in(world.a.person(Role.CASE_MANAGER))
    page = client.post(reverse("casefile:telephone-new"), given(world, age="17")).content.decode()
    assert "Nothing about the person was saved" in page and "555-0136" in page
    with acting_as(world.a.person(Role.CASE_MANAGER)), transaction.atomic():
        assert not Referral.objects.exists()


@pytest.mark.parametrize("role", [Role.OFFICER, Role.PROSECUTOR, Role.REFERRER])
def test_no_other_role_takes_one(world, sign_in, role):
    assert sign_in(world.a.person(role)).get(reverse("casefile:telephone-new")).status_code == 403
