"""A record that is restricted to others while somebody waits for its lock: to them it is not there, and no page breaks."""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.core.errors import Gone
from participants.actions.notes import Page, Written, keep_note
from participants.actions.persons import set_phone
from participants.actions.seen import note_seen
from referrals.actions import events
from referrals.actions.attempts import log_attempt
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import fresh, taken
from tests.conftest import signed_in
from tests.factories import World
from tests.referrals.test_order_of_locks import restrict
from tests.referrals.test_standing_races import DAY, NOW, Beside, draft

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = NOW.date() - DAY
LINE = Written(happened_at=NOW - DAY / 2, kind="phone", is_two_way=True, line="They came by")


@pytest.fixture
def where():
    return World.build().a


@pytest.fixture
def supervisor(where):
    return where.person(Role.SUPERVISOR)


@pytest.fixture
def colleague(where):
    return manager_of(where, 1)


@pytest.fixture
def referral(where):
    return taken(where, at=NOW - 9 * DAY)


@pytest.fixture
def person(where, referral):
    return linked(where, referral, at=NOW - 8 * DAY)


def deeds_of(by, referral, person):
    """What a colleague writes about somebody whom another looks after, each of it begun before the record was shut."""
    referral, person, page = act(by, lambda: fresh(referral)), act(by, lambda: fresh(person)), Page(uuid4(), NOW)
    note = act(by, lambda: draft(by, person))
    phone = {"phone": "555 0100", "may_text": False, "may_leave_message": False, "others_read": ""}
    return {
        "try": lambda: log_attempt(referral=referral, kind="visit", outcome="left_word", by=by, at=NOW),
        "event": lambda: events.record_event(referral=referral, kind="custody", happened_on=TODAY, by=by, at=NOW),
        "new note": lambda: keep_note(key=uuid4(), participant=person, given=LINE, page=page, by=by, at=NOW),
        "own note": lambda: keep_note(key=note.pk, participant=person, given=LINE, page=page, by=by, at=NOW),
        "phone": lambda: set_phone(participant=person, by=by, at=NOW, **phone),
        "seen": lambda: note_seen(participant=person, place="The park", by=by, at=NOW),
    }


@pytest.mark.parametrize("deed", ["try", "event", "new note", "own note", "phone", "seen"])
def test_it_is_not_there_for_whoever_waited(supervisor, colleague, referral, person, deed):
    deeds = deeds_of(colleague, referral, person)
    with acting_as(supervisor), transaction.atomic():
        restrict(supervisor, person)
        beside = Beside(colleague, deeds[deed])
        assert beside.waits()
    beside.done(Gone)


class Sent(Beside):
    """A page that is sent at the same time."""

    def run(self):
        try:
            self.answer = self.deed()
        except Exception as error:
            self.error = error
        finally:
            connection.close()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("attempt", {"kind": "visit", "outcome": "left_word", "place": "Behind the library"}),
        ("note-new", {"kind": "phone", "reached": "yes", "line": "Behind the library"}),
    ],
)
def test_what_was_typed_stands_on_the_page_again(supervisor, colleague, referral, person, name, typed):
    key = referral.pk if name == "attempt" else person.pk
    client, url = signed_in(colleague), reverse(f"casefile:{name}", args=[key])
    hidden = dict.fromkeys(("note", "page", "key"), str(uuid4())) | {"opened": NOW.isoformat()}
    assert client.get(url).status_code == 200
    with acting_as(supervisor), transaction.atomic():
        restrict(supervisor, person)
        beside = Sent(colleague, lambda: client.post(url, hidden | typed))
        assert beside.waits()
    beside.done()
    assert beside.answer.status_code == 404
    said = words_of(beside.answer)
    assert "Not saved" in said and "Behind the library" in said and person.family_name not in said
