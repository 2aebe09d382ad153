"""The caseload board: people apart by what they need, a load against the site's most, a case handed on from either way."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.casefile.board import FEW, board
from participants.models import ContactNote
from referrals.actions.attempts import log_attempt
from referrals.models import Casework, HandoverNote
from tests.casefile.test_caseload import DAY, caseload_rules, decide, loads, managers, spell
from tests.casefile.working import case_of, fresh, taken

pytestmark = pytest.mark.django_db
URL = "/site/caseloads/"


@pytest.fixture
def supervisor(world):
    return world.a.person(Role.SUPERVISOR)


def columns(world, supervisor) -> dict:
    with acting_as(supervisor), transaction.atomic(), timezone.override(world.a.site.tz):
        found = board(world.a.site.pk, caseload_rules(world), timezone.now(), timezone.localdate())
    return {one.load.person.name: {part.title: part for part in one.parts} for one in found}


def columns_of(world, supervisor) -> dict:
    """The loads that stand over the columns."""
    with acting_as(supervisor), transaction.atomic(), timezone.override(world.a.site.tz):
        found = board(world.a.site.pk, caseload_rules(world), timezone.now(), timezone.localdate())
    return {one.load.person.name: one.load for one in found}


def draft(manager, person) -> None:
    with acting_as(manager), transaction.atomic():
        now = timezone.now()
        ContactNote.objects.create(site_id=manager.site_id, participant=person, author=manager, happened_at=now,
                                   begun_at=now, saved_at=now, written_from=person.pk)  # fmt: skip


def test_people_stand_apart_by_window_activity_and_touch(world, supervisor):
    one, _ = managers(world)
    now = timezone.now()
    soon = taken(world.a, at=now - 28 * DAY, name="Soon")
    person = spell(world, soon, "active", one)
    draft(one, person)
    with acting_as(one), transaction.atomic():
        log_attempt(referral=fresh(soon), kind="call", outcome="reached", by=one, at=now - 3 * DAY)
    taken(world.a, at=now - DAY, name="Later")
    taken(world.a, at=now - 25 * DAY, name="Long ago")
    spell(world, taken(world.a, at=now - DAY), "inactive", one)
    spell(world, taken(world.a, at=now - DAY), "door_open", one)
    closed = taken(world.a, at=now - DAY, name="Closed Case")
    with acting_as(one), transaction.atomic():
        Casework.objects.filter(referral=closed).update(is_restricted=True)
    found = columns(world, supervisor)
    mine = found[one.name]
    assert [card.name for card in mine["Window open"].cards] == ["Pat", "Later"]
    assert mine["Window open"].cards[0].says == ("Met 3 days ago", "1 note not signed")
    assert {card.name for card in mine["Out of touch"].cards} == {"Long ago", "Pat"}
    assert found["Case manager 1"] == {}
    assert columns_of(world, supervisor) == loads(world, supervisor)
    assert columns_of(world, supervisor)[one.name].inactive == 1


def test_a_column_shows_the_first_few_and_says_how_many_there_are_in_a_fixed_number_of_queries(
    world, supervisor, sign_in
):
    one, _ = managers(world)
    now, client = timezone.now(), sign_in(supervisor)

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(URL).status_code == 200
        return sum(1 for one in counted.captured_queries if "SAVEPOINT" not in one["sql"])

    taken(world.a, at=now - DAY)
    cost()
    before = cost()
    for number in range(FEW + 3):
        taken(world.a, at=now - timedelta(days=number + 1), name=f"Somebody {number}")
    assert cost() == before <= 12
    part = columns(world, supervisor)[one.name]["Window open"]
    assert (part.many, len(part.cards)) == (FEW + 4, FEW)


def test_whoever_drops_a_card_or_moves_it_comes_to_the_same_page_and_back(world, supervisor, sign_in):
    former, new = managers(world)
    referral = taken(world.a, name="Ola Brandt")
    client = sign_in(supervisor)
    page = client.get(URL).content.decode()
    move = f"{reverse('casefile:assign', args=[referral.pk])}?back=board"
    assert page.count(move) == 2 and f'data-column="{new.pk}"' in page
    form = client.get(f"{move}&to={new.pk}").context["form"]
    assert str(form["to"].value()) == str(new.pk) and form["seen"].value() == str(former.pk)
    assert client.get(f"{move}&to=nonsense").status_code == 200
    sent = {"to": new.pk, "why": "share", "note": "Meets at the library.", "seen": former.pk}
    after = client.post(f"{move}&to={new.pk}", sent, follow=True)
    assert after.redirect_chain == [(URL, 302)]
    assert "looks after this now: Ola Brandt" in after.content.decode()


def test_the_persons_other_cases_go_along_when_the_supervisor_leaves_it_ticked(world, supervisor, sign_in):
    former, new = managers(world)
    first, second, third = (taken(world.a, at=timezone.now() - number * DAY) for number in (1, 2, 3))
    person = spell(world, first, "active", former)
    with acting_as(former), transaction.atomic():
        Casework.objects.filter(referral__in=[second, third]).update(participant=person)
    client, url = sign_in(supervisor), reverse("casefile:assign", args=[first.pk])
    assert "Also their 2 other open cases" in client.get(url).content.decode()
    sent = {"to": new.pk, "why": "share", "note": "n"}
    client.post(url, sent | {"others": "on"})
    assert {case_of(supervisor, one).case_manager for one in (first, second, third)} == {new}
    with acting_as(new), transaction.atomic():
        assert HandoverNote.objects.count() == 3
    client.post(url, {"to": former.pk, "why": "share", "note": "n"})
    assert [case_of(supervisor, one).case_manager for one in (first, second)] == [former, new]


@pytest.mark.parametrize("by", [Role.SUPERVISOR, Role.CASE_MANAGER])
def test_a_load_above_the_sites_most_is_shown_and_asked_about(world, sign_in, by):
    one, new = managers(world)
    decide(world, {"full": 1, "high": 1, "most": 1})
    supervisor = world.a.person(Role.SUPERVISOR)
    taken(world.a, at=timezone.now() - DAY, by=new)
    referral = taken(world.a, at=timezone.now() - DAY)
    me, sent = supervisor, {"to": new.pk, "why": "share", "note": "n"}
    if by == Role.CASE_MANAGER:
        with acting_as(supervisor), transaction.atomic():
            Casework.objects.filter(referral=referral).update(case_manager=None)
        me, sent = new, {"to": new.pk}
    client, url = sign_in(me), reverse("casefile:assign", args=[referral.pk])
    assert f"{new.name}, case manager (1 active, 0 out of touch)" in client.get(url).content.decode()
    page = client.post(url, sent)
    asked = f"{new.name} would look after 2 active people, above the site’s 1. Do it all the same?"
    assert asked in page.content.decode() and 'name="load"' in page.content.decode()
    assert case_of(supervisor, referral).case_manager != new
    assert client.post(url, sent | {"load": "on"}).status_code == 302
    assert case_of(supervisor, referral).case_manager == new
