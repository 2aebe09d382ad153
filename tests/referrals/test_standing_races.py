"""Two who write at the same time about one person: neither waits for the other for ever, and what is kept counts both."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.core.errors import StaleState
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.actions.spells import change_spell
from participants.models import ContactNote, Participation
from referrals.actions.attempts import log_attempt
from referrals.actions.holding import hold_case
from referrals.models import Casework
from tests.casefile.person_making import act, linked, manager_of
from tests.casefile.working import fresh, taken
from tests.conftest import connection_to
from tests.factories import World
from tests.participants.test_merging import apart, put_together
from tests.referrals.test_standing import compare

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


def tried(by, referral, outcome="reached"):
    return log_attempt(referral=fresh(referral), kind="visit", outcome=outcome, by=by, at=NOW)


@pytest.fixture
def where():
    return World.build().a


@pytest.fixture
def by(where):
    return manager_of(where)


def two_records(where):
    """Two cases, each with a record of its own."""
    first, second = (taken(where, at=NOW - days * DAY) for days in (9, 5))
    return (
        first,
        second,
        linked(where, first, at=NOW - 8 * DAY),
        linked(where, second, at=NOW - 4 * DAY, given_name="Devin"),
    )


def draft(by, person):
    given = Written(happened_at=NOW - DAY / 2, kind="phone", is_two_way=True, next_on=None)
    return keep_note(key=uuid4(), participant=person, given=given, page=Page(uuid4(), NOW), by=by, at=NOW)


def is_true(where):
    supervisor = where.person(Role.SUPERVISOR)
    return act(supervisor, lambda: compare(supervisor.site.tz))


class Beside(threading.Thread):
    """Somebody else, in a transaction and a connection of their own."""

    def __init__(self, by, deed):
        super().__init__(daemon=True)
        self.by, self.deed, self.error = by, deed, None
        self.start()

    def run(self):
        try:
            act(self.by, self.deed)
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def waits(self) -> bool:
        """Until it is done, or waits for a row that is held here."""
        with connection_to("lead_owner") as seen:
            while self.is_alive():
                if seen.execute("select 1 from pg_locks where not granted").fetchone():
                    return True
                self.join(0.02)
        return False

    def done(self, refused=None):
        self.join(10)
        assert not self.is_alive() and (isinstance(self.error, refused) if refused else self.error is None), self.error


@pytest.mark.parametrize("order", [1, -1])
def test_two_tries_on_two_cases_of_one_person(where, by, order):
    first, second, one, other = two_records(where)
    put_together(by, one, other)
    cases = act(by, lambda: list(Casework.objects.order_by("pk").select_related("referral")))
    mine, theirs = (case.referral for case in cases[::order])
    with acting_as(by), transaction.atomic():
        hold_case(mine.pk)
        beside = Beside(by, lambda: tried(by, theirs, "not_found"))
        assert beside.waits()
        tried(by, mine)
    beside.done()
    is_true(where)


@dataclass
class Hung:
    """What hangs on a record, and what is done with it."""

    deeds: dict
    note: ContactNote


def hung(by, referral, person) -> Hung:
    note, today = act(by, lambda: draft(by, person)), NOW.astimezone(by.site.tz).date()
    spell = act(by, lambda: Participation.objects.get(participant=person, ended_on=None))
    away = {"state": "inactive", "reason": "moved", "since": today, "seen": spell.pk}
    deeds = {
        "note": lambda: sign_note(note=note, by=by, at=NOW),
        "try": lambda: tried(by, referral),
        "spell": lambda: change_spell(participant=person, by=by, at=NOW, **away),
        "begin": lambda: draft(by, person),
    }
    return Hung(deeds, note)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("deed", ["note", "try", "spell", "begin"])
def test_while_two_records_are_put_together(where, by, which, deed):
    """Whatever hangs on either is written while both become one."""
    cases = first, second, one, other = two_records(where)
    hangs = hung(by, cases[which], cases[which + 2])
    with acting_as(by), transaction.atomic():
        put_together(by, one, other)
        beside = Beside(by, hangs.deeds[deed])
        assert beside.waits()
    beside.done(StaleState if (deed, which) == ("spell", 1) else None)
    is_true(where)


@pytest.mark.parametrize("is_apart", [False, True])
def test_of_what_is_written_already_a_merge_waits(where, by, is_apart):
    first, second, one, other = two_records(where)
    hangs = hung(by, second, other)
    merge = put_together(by, one, other) if is_apart else None
    with acting_as(by), transaction.atomic():
        ContactNote.objects.select_for_update(no_key=True).get(pk=hangs.note.pk)
        beside = Beside(by, lambda: apart(by, merge) if is_apart else put_together(by, one, other))
        assert beside.waits()
        hangs.deeds["note"]()
    beside.done()
    is_true(where)
