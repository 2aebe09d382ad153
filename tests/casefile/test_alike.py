"""Two records that may be one person: found in the background, shown to whoever may read both, said to be two."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.audit.events import AuditAction
from lead_cms.audit.models import AuditEvent
from participants.actions.alike import likely_people
from participants.actions.persons import Names, correct_person, make_participant
from participants.likeness.stored import entry_of
from participants.models import LikelyPair, Participant
from participants.tasks import look_alike
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import taken

NOW = datetime(2026, 10, 31, 17, tzinfo=UTC)
BORN = date(1985, 3, 4)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


def somebody(where, *, restricted=False, **more) -> Participant:
    by, names = manager_of(where), {"given_name": "Devon", "family_name": "Quiroga", "birth_date": BORN} | more
    return act(by, lambda: make_participant(names=Names(**names), by=by, at=NOW, is_restricted=restricted))


def pairs() -> list[LikelyPair]:
    with acting_as(Duty.MATCHER), transaction.atomic():
        return list(LikelyPair.objects.order_by("-score"))


def test_the_background_finds_the_same_person_and_not_their_twin(where):
    first = somebody(where, aliases=("Bear",))
    again = somebody(where, given_name="Deven", family_name="Quirogga", birth_date=BORN.replace(month=4, day=3))
    twin = somebody(where, given_name="Maria")
    look_alike()
    (pair,) = pairs()
    assert {pair.first_id, pair.second_id} == {first.pk, again.pk} and twin.pk not in {pair.first_id, pair.second_id}
    assert pair.score > 0.4 and pair.state == "open" and "born_turned" in pair.reasons
    look_alike()
    assert [one.pk for one in pairs()] == [pair.pk]


def test_what_they_say_of_themselves_later_is_looked_at_again(where, manager):
    somebody(where)
    other = somebody(where, given_name="Kim", family_name="Oyelaran", birth_date=None)
    look_alike()
    assert pairs() == []
    names = Names(given_name="Devon", family_name="Quiroga", birth_date=BORN)
    act(manager, lambda: correct_person(participant=other, names=names, by=manager, at=NOW))
    look_alike()
    assert len(pairs()) == 1


def test_the_page_shows_both_with_reasons_and_keeps_them_as_two(where, manager, sign_in):
    somebody(where, aliases=("Bear",))
    somebody(where, given_name="Devin", aliases=("Bear",))
    client, page = sign_in(manager), reverse("casefile:alike")
    assert "No two records look like one person" in words_of(client.get(page))
    look_alike()
    said = words_of(client.get(page))
    assert "Devon Quiroga" in said and "Devin Quiroga" in said and "Same date of birth" in said and "alias Bear" in said
    (pair,) = pairs()
    away = reverse("casefile:alike-different", args=[pair.pk])
    assert "Kept as two people" in words_of(client.post(away, follow=True))
    (pair,) = pairs()
    assert (pair.state, pair.answered_by_id, pair.answered_at) == ("different", manager.pk, NOW)
    assert "answered this already" in words_of(client.post(away, follow=True))
    look_alike()
    assert "No two records look like one person" in words_of(client.get(page))


def test_side_by_side_they_say_why_and_that_they_are_two_is_kept(where, manager, sign_in):
    """What hangs on them is no pair of which somebody asks "what is that?"."""
    one, other = (
        linked(where, taken(where), aliases=("Bear",), family_name="Quiroga", given_name=given)
        for given in ("Devon", "Devin")
    )
    client, page = sign_in(manager), reverse("casefile:person-merge", args=[one.pk, other.pk])
    before = client.get(page)
    assert "Found alike" not in words_of(before) and "They are two people" in words_of(before)
    look_alike()
    (pair,) = pairs()
    shown = client.get(page)
    assert "alias Bear" in words_of(shown) and "Likely pair" not in words_of(shown)
    away = reverse("casefile:alike-different", args=[pair.pk])
    assert f'action="{away}"' in shown.content.decode()
    client.post(away)
    assert "Found alike" not in words_of(client.get(page))


def test_closed_records_and_other_sites_are_in_nobodys_pairs(where, world, manager, sign_in):
    shown = somebody(where)
    closed = somebody(where, restricted=True)
    somebody(world.b)
    look_alike()
    (pair,) = pairs()
    assert {pair.first_id, pair.second_id} == {shown.pk, closed.pk}
    page, colleague = reverse("casefile:alike"), where.person(Role.CASE_MANAGER, 1)
    assert "Quiroga" not in words_of(sign_in(colleague).get(page))
    assert sign_in(colleague).post(reverse("casefile:alike-different", args=[pair.pk])).status_code == 404
    assert words_of(sign_in(where.person(Role.SUPERVISOR)).get(page)).count("Quiroga") >= 2
    found = act(colleague, lambda: likely_people(asked=entry_of(shown)))
    assert found == []
    assert [one.participant.pk for one in act(manager, lambda: likely_people(asked=entry_of(shown)))] == [closed.pk]


def test_the_page_asks_as_much_for_twelve_pairs_as_for_one(where, manager, sign_in):
    client, page = sign_in(manager), reverse("casefile:alike")
    counted = []
    names = [
        "Ito",
        "Soto",
        "Reed",
        "Pham",
        "Okafor",
        "Lindqvist",
        "Baptiste",
        "Novak",
        "Haddad",
        "Kovacs",
        "Abara",
        "Teo",
    ]
    assert client.get(page).status_code == 200
    for number, name in enumerate(names):
        born = BORN.replace(year=1950 + number, month=number + 1)
        somebody(where, family_name=name, birth_date=born)
        somebody(where, family_name=name, birth_date=born, given_name="Devin")
        if number in (0, len(names) - 1):
            look_alike()
            with CaptureQueriesContext(connection) as caught:
                assert client.get(page).status_code == 200
            counted.append(len(caught))
    assert len(pairs()) == 12 and counted[0] == counted[1] <= 12


def test_to_say_that_they_are_two_is_recorded_in_codes(where, manager, sign_in):
    somebody(where)
    somebody(where, given_name="Devin")
    look_alike()
    sign_in(manager).post(reverse("casefile:alike-different", args=[pairs()[0].pk]))
    auditor = where.person(Role.AUDITOR)
    event = act(auditor, lambda: AuditEvent.objects.get(action=AuditAction.PAIR_DIFFERENT))
    assert set(event.details) == {"first", "second"}


def test_only_who_may_put_them_together_is_led_there(where, manager, sign_in):
    """A supervisor may for anybody; a case manager, whose two people these are not, is told whom to ask."""
    somebody(where)
    somebody(where, family_name="Quirogga")
    look_alike()
    (pair,) = pairs()
    led = reverse("casefile:person-merge", args=[pair.first_id, pair.second_id])
    url = reverse("casefile:alike")
    page = sign_in(manager).get(url)
    assert led not in page.content.decode() and "ask your supervisor" in words_of(page)
    page = sign_in(where.person(Role.SUPERVISOR)).get(url)
    assert led in page.content.decode() and "ask your supervisor" not in words_of(page)
