"""Two people who must not meet, and what providers are asked for them: no time together, and no word to who may not know."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.core.errors import DomainError
from lead_cms.notify.models import Notice
from participants.actions import closing
from referrals.actions import appointments, linking
from services.actions.asking import answer, set_appointment
from services.models import ServiceReferral
from tests.casefile.working import fresh, taken
from tests.services.making import make_asked, make_linked, make_person, make_service

pytestmark = pytest.mark.django_db
SOON = timedelta(days=2)
ASK = "^Ask your supervisor"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def supervisor(where):
    return where.person(Role.SUPERVISOR)


@pytest.fixture
def manager(where):
    return where.person(Role.CASE_MANAGER)


@pytest.fixture
def staff(where):
    return where.person(Role.PROVIDER)


def act(by, action):
    with acting_as(by), transaction.atomic():
        return action()


@pytest.fixture
def pair(where, supervisor):
    """Ann and Bob, who must not meet."""
    one, other = make_person(where, given_name="Ann"), make_person(where, given_name="Bob")
    act(supervisor, lambda: closing.keep_apart(one=one, other=other, reason="violence", by=supervisor, at=now()))
    return one, other


def accepted(by, asked, when, **more):
    given = {"to": "accepted", "appointment_at": when, "by": by, "at": now()} | more
    return act(by, lambda: answer(asked=ServiceReferral.objects.get(pk=asked.pk), **given))


def told(manager) -> list[str]:
    return act(manager, lambda: list(Notice.objects.filter(key__startswith="apart:").values_list("text", flat=True)))


def both_asked(where, pair, *, service=None, other_service=None, **more):
    service = service or make_linked(where)
    return make_asked(where, service, pair[0], **more), make_asked(where, other_service or service, pair[1], **more)


@pytest.mark.parametrize(("apart", "is_told"), [(timedelta(minutes=119), True), (timedelta(minutes=121), False)])
def test_the_provider_learns_nothing_and_whoever_asked_is_told_to_ask(
    where, pair, manager, supervisor, staff, sign_in, apart, is_told
):
    first, second = both_asked(where, pair)
    at = now() + SOON
    accepted(staff, first, at)
    accepted(staff, second, at + apart)
    assert told(manager) == (["Ask your supervisor about an appointment"] if is_told else [])
    page = sign_in(staff).get(reverse("services:request", args=[second.pk])).content.decode()
    assert "supervisor" not in page and "must not meet" not in page
    assert act(staff, lambda: list(Notice.objects.filter(key__startswith="apart:"))) == []
    said = sign_in(manager).get(reverse("services:asked", args=[second.pk])).content.decode()
    assert ("Ask your supervisor" in said) is is_told and "must not meet" not in said
    read = sign_in(supervisor).get(reverse("services:asked", args=[second.pk])).content.decode()
    assert ("Two people must not meet" in read) is is_told and not re.search(r"\bAnn\b", read)


def test_a_moved_appointment_is_looked_at_again(where, pair, manager, staff):
    first, second = both_asked(where, pair)
    accepted(staff, first, now() + SOON)
    accepted(staff, second, now() + 2 * SOON)
    assert told(manager) == []
    row = act(staff, lambda: ServiceReferral.objects.get(pk=second.pk))
    act(staff, lambda: set_appointment(asked=row, appointment_at=now() + SOON, by=staff, at=now()))
    assert len(told(manager)) == 1


def test_casework_enters_no_such_appointment_until_a_supervisor_confirms(where, pair, manager, supervisor, sign_in):
    service = make_service(where)
    first, second = both_asked(where, pair, service=service, method="telephone")
    at = now() + SOON
    accepted(manager, first, at)
    with pytest.raises(DomainError, match=ASK) as refusal:
        accepted(manager, second, at, is_confirmed=True)
    assert refusal.value.field is None
    url, client = reverse("services:asked-answer", args=[second.pk]), sign_in(supervisor)
    local = at.astimezone(where.site.tz)
    sent = {"to": "accepted", "appointment_at_0": f"{local:%Y-%m-%d}", "appointment_at_1": f"{local:%H:%M}"}
    page = client.post(url, sent)
    assert page.context["form"].errors["apart"] and 'name="apart"' in page.content.decode()
    assert f"{local:%H:%M}" in page.content.decode()
    assert client.post(url, sent | {"apart": "on"}).status_code == 302


def test_a_stay_that_has_begun_counts_until_it_ends(where, pair, manager, staff):
    first, second = both_asked(where, pair)
    for to in ("accepted", "attended"):
        act(staff, lambda to=to: answer(asked=fresh(first), to=to, by=staff, at=now()))
    accepted(staff, second, now() + 9 * SOON)
    assert len(told(manager)) == 1
    act(staff, lambda: answer(asked=fresh(first), to="completed", by=staff, at=now()))
    row = act(staff, lambda: fresh(second))
    act(staff, lambda: set_appointment(asked=row, appointment_at=now() + 10 * SOON, by=staff, at=now()))
    assert len(told(manager)) == 1


def test_another_provider_and_another_person_are_no_matter(where, pair, manager, staff):
    service = make_linked(where)
    first = make_asked(where, service, pair[0])
    stranger = make_asked(where, service, make_person(where, given_name="Cy"))
    elsewhere = make_asked(where, make_linked(where, 1), pair[1])
    at = now() + SOON
    accepted(staff, first, at)
    accepted(staff, stranger, at)
    accepted(where.person(Role.PROVIDER, 1), elsewhere, at)
    assert told(manager) == []


def test_a_meeting_of_ones_own_at_the_providers_address_and_the_other_way_round(where, pair, manager, staff):
    service = make_linked(where, place={"name": "Harbor House", "address": "12 Pier St"})
    asked = make_asked(where, service, pair[0])
    at = now() + SOON
    accepted(staff, asked, at)
    referral = taken(where)
    act(
        manager,
        lambda: linking.link(referral=fresh(referral), participant=pair[1], said_yes=True, by=manager, at=now()),
    )
    given = {"by": manager, "at": now(), "on": at}
    for place in ("12 pier st ", "Harbor House"):
        with pytest.raises(DomainError, match=ASK):
            act(manager, lambda place=place: appointments.book(referral=fresh(referral), place=place, **given))
    later = given | {"on": at + timedelta(hours=3)}
    act(manager, lambda: appointments.book(referral=fresh(referral), place="12 Pier St", **later))
    row = act(staff, lambda: fresh(asked))
    act(staff, lambda: set_appointment(asked=row, appointment_at=at + timedelta(hours=3), by=staff, at=now()))
    assert len(told(manager)) == 1
