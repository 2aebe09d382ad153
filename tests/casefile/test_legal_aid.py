"""Legal aid: given with the person's yes, told court dates and warrants alone, shut in the second it is taken back; its notes."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.accounts.models import OrganisationKind
from lead_cms.audit.models import AuditEvent
from lead_cms.core.crypto import Tampered, decrypt
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.models import Notice
from participants.actions.consents import revoke
from participants.actions.legal import Event, note_event
from participants.actions.legal_aid import end, give, lawyers_for, write_note
from participants.models import Disclosure, LegalAidGiven, LegalEvent, PrivilegedNote
from tests.casefile.person_making import act, manager_of, words_of
from tests.participants import consenting

NOW = datetime(2026, 10, 20, 17, tzinfo=UTC)
SECRET = "He told me where he was that night."


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


@pytest.fixture
def lawyer(where):
    return where.person(Role.LEGAL_AID)


@pytest.fixture
def told(where, manager):
    """A person who said yes to office 0, with a court date, a warrant and an arrest: the person, and the consent."""
    referral, person = consenting.participant_of(where)
    cell = (OrganisationKind.LEGAL_AID, 0, "legal_coordination")
    consent = consenting.give(where, referral, cell, kind="multi_party", at=NOW)
    for kind, place in (
        ("hearing", "Room 12"),
        ("warrant", "Room 13"),
        ("warrant_arrest", "Pier 9"),
        ("booked", "Jail 4"),
    ):
        given = Event(kind=kind, on=date(2026, 10, 20), place=place, cause_number="26-7", charge="Trespass")
        act(manager, lambda g=given: note_event(participant=person, given=g, by=manager, at=NOW))
    return person, consent


@pytest.fixture
def given(told, manager, lawyer):
    return act(manager, lambda: give(participant=told[0], lawyer=lawyer, by=manager, at=NOW))


def at(name, *keys):
    return reverse(f"casefile:{name}", args=keys)


def test_the_lawyer_reads_court_dates_and_warrants_and_nothing_else(sign_in, where, manager, lawyer, told, given):
    client = sign_in(lawyer)
    today = words_of(client.get("/"))
    assert given.reference in today and "Devon" not in today and "Room 12" not in today
    with CaptureQueriesContext(connection) as caught:
        page = words_of(client.get(at("legal-person", given.pk)))
    assert sum(1 for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]) <= 12
    assert all(one in page for one in ("Devon Marsh", "Room 12", "Room 13", "26-7", manager.name, "42 CFR"))
    assert not any(one in page for one in ("Pier 9", "Jail 4", "Trespass"))
    written = act(manager, lambda: list(Disclosure.objects.values_list("what", "to_membership_id", "consent_id")))
    assert written == [("legal_coordination", lawyer.pk, told[1].pk)]
    assert act(lawyer, lambda: LegalEvent.objects.values_list("pk").count()) == 2
    for column in ("charge", "source", "recorded_by_id"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            act(lawyer, lambda c=column: list(LegalEvent.objects.values_list(c)))


def test_only_whom_the_person_said_yes_to_and_only_with_the_yes(where, manager, lawyer, told):
    person, consent = told
    other = where.person(Role.LEGAL_AID, 1)
    assert act(manager, lambda: lawyers_for(person, NOW)) == [lawyer]
    for wrong in (other, where.person(Role.PROSECUTOR), manager, None):
        with pytest.raises(DomainError) as raised:
            act(manager, lambda w=wrong: give(participant=person, lawyer=w, by=manager, at=NOW))
        assert raised.value.field == "lawyer"
    act(manager, lambda: revoke(consent=consent, how="spoken", by=manager, at=NOW))
    with pytest.raises(DomainError):
        act(manager, lambda: give(participant=person, lawyer=lawyer, by=manager, at=NOW))
    # Past the action as well.
    row = LegalAidGiven(site=where.site, participant=person, lawyer=lawyer, given_at=NOW, given_by=manager)
    with pytest.raises(ProgrammingError, match="row-level security"):
        act(manager, lambda: row.save(force_insert=True))


@pytest.mark.parametrize("how", ["taken back", "ended"])
def test_the_door_is_shut_in_the_same_second(sign_in, manager, lawyer, told, given, how):
    client = sign_in(lawyer)
    assert client.get(at("legal-person", given.pk)).status_code == 200
    act(lawyer, lambda: write_note(given=given, text=SECRET, by=lawyer, at=NOW))
    if how == "ended":
        assert sign_in(manager).post(at("legal-aid-end", given.pk))["Location"] == at("legal-aid", told[0].pk)
        with pytest.raises(StaleState):
            act(manager, lambda: end(given=given, by=manager, at=NOW))
    else:
        act(manager, lambda: revoke(consent=told[1], how="written", by=manager, at=NOW))
    assert client.get(at("legal-person", given.pk)).status_code == 404
    assert client.post(at("legal-person", given.pk), {"text": "more"}).status_code == 404
    assert given.reference not in words_of(client.get("/"))
    assert act(lawyer, lambda: LegalEvent.objects.values_list("pk").count()) == 0
    # What they wrote stays theirs.
    assert SECRET in words_of(client.get(at("privileged-notes")))
    with pytest.raises(ProgrammingError, match="row-level security"):
        act(lawyer, lambda: write_note(given=given, text="more", by=lawyer, at=NOW))


def test_a_privileged_note_is_its_authors_alone(sign_in, where, manager, lawyer, told, given):
    client = sign_in(lawyer)
    assert "no answer" in words_of(client.post(at("legal-person", given.pk), {"text": "  \n "}))
    assert client.post(at("legal-person", given.pk), {"text": SECRET})["Location"] == at("legal-person", given.pk)
    assert SECRET in words_of(client.get(at("legal-person", given.pk)))
    note = act(lawyer, lambda: PrivilegedNote.objects.get())
    for role in set(Role) - {Role.LEGAL_AID}:
        with pytest.raises(ProgrammingError, match="permission denied"):
            act(where.person(role), lambda: PrivilegedNote.objects.count())
    colleague = where.person(Role.LEGAL_AID, 1)
    assert act(colleague, lambda: PrivilegedNote.objects.count()) == 0
    assert sign_in(colleague).get(at("legal-person", given.pk)).status_code == 404
    for change in (lambda: PrivilegedNote.objects.update(text="x"), lambda: PrivilegedNote.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="permission denied"):
            act(lawyer, change)
    auditor = where.person(Role.AUDITOR)
    seen = act(auditor, lambda: list(AuditEvent.objects.filter(action="legal_aid.note_written")))
    assert [(one.target_id, one.details) for one in seen] == [(str(note.pk), {})]
    with acting_as(lawyer), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select text from participants_privilegednote")
        (token,) = cursor.fetchone()
    aad = "participants_privilegednote.text"
    assert decrypt(token, aad=aad, purpose="privileged") == SECRET.encode()
    with pytest.raises(Tampered):
        decrypt(token, aad=aad)


def test_the_pages_of_casework(sign_in, where, manager, lawyer, told):
    person, _ = told
    client, url = sign_in(manager), at("legal-aid", person.pk)
    assert "What the lawyer writes, you never read" in words_of(client.get(url))
    assert "no answer" in words_of(client.post(url, {"lawyer": ""}))
    assert client.post(url, {"lawyer": str(lawyer.pk)})["Location"] == url
    assert lawyer.name in words_of(client.get(url))
    assert "has them already" in words_of(client.post(url, {"lawyer": str(lawyer.pk)}))
    notices = act(lawyer, lambda: list(Notice.objects.values_list("text", flat=True)))
    assert notices == ["Somebody asks for your help"]
    colleague = where.person(Role.CASE_MANAGER, 1)
    with pytest.raises(DomainError, match="their own case manager"):
        act(colleague, lambda: give(participant=person, lawyer=lawyer, by=colleague, at=NOW))
