"""Where somebody was last seen: two taps to keep it, gone when its days are over, and nobody's but the team's."""

from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.audit.models import AuditEvent
from lead_cms.core.errors import DomainError
from participants.actions.seen import erase_what_is_over, forget_seen, note_seen
from participants.models import LastSeen
from participants.row_security import POLICIES
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import taken
from tests.participants.test_merging import apart, put_together

# Row security asks the database's own clock, which no test stops.
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
KEPT = timedelta(days=14)  # by the rules of both sites
PLACE = "Behind the library zq"


@pytest.fixture
def where(world):
    return world.a


@pytest.fixture
def manager(where):
    return manager_of(where)


@pytest.fixture
def person(where):
    return linked(where, taken(where))


def saw(by, person, place=PLACE, *, at=NOW, **more) -> LastSeen:
    return act(by, lambda: note_seen(participant=person, place=place, by=by, at=at, **more))


def seen_by(by) -> list[str]:
    return act(by, lambda: [one.place for one in LastSeen.objects.all()])


def test_a_newer_place_takes_the_place_of_the_older_and_no_older_one_of_the_newer(where, manager, person):
    saw(manager, person, "At the pier", seen_at=NOW - timedelta(hours=5))
    other = manager_of(where, 1)
    made = saw(other, person)
    assert (made.expires_at, seen_by(manager)) == (NOW + KEPT, [PLACE])
    with pytest.raises(DomainError, match="newer place stands"):
        saw(manager, person, "At the pier", seen_at=NOW - timedelta(hours=1))
    assert saw(other, person).pk == made.pk, "a double tap is one sighting"


@pytest.mark.parametrize(
    ("field", "place", "days"), [("place", " ", 0), ("place", "x" * 121, 0), ("seen_at", "x", 1), ("seen_at", "x", -14)]
)
def test_what_cannot_be_is_refused_beside_its_field(manager, person, field, place, days):
    with pytest.raises(DomainError) as raised:
        saw(manager, person, place, seen_at=NOW + timedelta(days=days))
    assert raised.value.field == field


def test_when_its_days_are_over_nobody_reads_it_and_the_worker_erases_it(sign_in, manager, person):
    url = reverse("casefile:person", args=[person.pk])
    saw(manager, person, seen_at=datetime.now(UTC) - KEPT + timedelta(seconds=2), at=datetime.now(UTC))
    client = sign_in(manager)
    assert PLACE in words_of(client.get(url))
    sleep(2.1)
    assert seen_by(manager) == [] and PLACE not in words_of(client.get(url))
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            list(LastSeen.objects.values_list("place"))
        later = datetime.now(UTC) + timedelta(days=30)
        assert [erase_what_is_over(at=later, most=5) for _ in range(2)] == [1, 0]


def test_one_that_stands_is_not_the_workers_to_erase(manager, person):
    saw(manager, person)
    with acting_as(Duty.SCHEDULER), transaction.atomic():
        assert erase_what_is_over(at=NOW + timedelta(days=30), most=5) == 0
    assert seen_by(manager) == [PLACE]


def test_the_audit_says_that_it_was_and_never_where(where, manager, person):
    held = saw(manager, person)
    act(manager, lambda: forget_seen(seen=LastSeen.objects.select_related("participant").get(pk=held.pk)))
    told = act(where.person(Role.AUDITOR), lambda: list(AuditEvent.objects.filter(action__startswith="last_seen")))
    assert {one.action: one.details for one in told} == {"last_seen.noted": {}, "last_seen.erased": {}}
    assert not LastSeen.PERSONAL & set(next(one for one in POLICIES if one.model is LastSeen).audited)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CASE_MANAGER, Role.SUPERVISOR}))
def test_nobody_but_casework_has_any_right(where, manager, person, role):
    saw(manager, person)
    with pytest.raises(ProgrammingError, match="permission denied"):
        act(where.person(role), lambda: LastSeen.objects.count())


def test_of_a_restricted_record_only_its_own_case_manager_and_the_supervisor_read_it(where, manager):
    person = linked(where, taken(where), restricted=True)
    saw(manager, person)
    found = [seen_by(one) for one in (manager, manager_of(where, 1), where.person(Role.SUPERVISOR))]
    assert found == [[PLACE], [], [PLACE]]


def test_the_page(world, sign_in, manager, person):
    client, url = sign_in(manager), reverse("casefile:seen", args=[person.pk])
    wrong = client.post(url, {"place": "", "back": "outreach"})
    assert "Say where" in words_of(wrong) or "Where were they seen" in words_of(wrong)
    assert client.post(url, {"place": PLACE, "back": "outreach"})["Location"] == reverse("casefile:look")
    assert client.post(url, {"place": PLACE, "back": "https://example.org"})["Location"] == reverse(
        "casefile:person", args=[person.pk]
    )
    page = words_of(client.get(url))
    assert PLACE in page and "Erased" in page
    held = act(manager, lambda: LastSeen.objects.get())
    erase = reverse("casefile:seen-erase", args=[held.pk])
    assert sign_in(world.b.person(Role.CASE_MANAGER)).post(erase).status_code == 404
    assert sign_in(manager).post(erase).status_code == 302 and seen_by(manager) == []


@pytest.fixture
def two(where, manager):
    """The record that is kept, with the older place, and the other with the newer one; put together."""
    one, other = (linked(where, taken(where, at=NOW - days * DAY), at=NOW - days * DAY) for days in (9, 2))
    saw(manager, one, "At the pier", seen_at=NOW - timedelta(hours=5))
    saw(manager, other)
    return one, other, put_together(manager, one, other)


def shown(sign_in, by, person) -> str:
    return words_of(sign_in(by).get(reverse("casefile:seen", args=[person.pk])))


def test_of_two_records_put_together_the_newer_place_stands(sign_in, manager, two):
    one, other, merge = two
    assert PLACE in shown(sign_in, manager, one) and "At the pier" not in shown(sign_in, manager, one)
    apart(manager, merge)
    assert "At the pier" in shown(sign_in, manager, one) and PLACE in shown(sign_in, manager, other)


def test_erased_after_two_records_were_put_together_no_older_place_comes_back(sign_in, manager, two):
    one, *_ = two
    newest = act(manager, lambda: LastSeen.objects.get(seen_at=NOW))
    sign_in(manager).post(reverse("casefile:seen-erase", args=[newest.pk]))
    assert "At the pier" not in shown(sign_in, manager, one) and seen_by(manager) == []


def test_what_an_old_page_erases_is_not_the_newer_place(sign_in, manager, two):
    one, *_ = two
    older = act(manager, lambda: LastSeen.objects.get(seen_at__lt=NOW))
    sign_in(manager).post(reverse("casefile:seen-erase", args=[older.pk]))
    assert seen_by(manager) == [PLACE]
