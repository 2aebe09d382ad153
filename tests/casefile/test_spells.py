"""How people take part: spells with their reasons, none that overlap, nothing set by itself; who has left is told to nobody."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.actions.persons import begin_spell
from participants.actions.spells import change_spell, correct_spell, say_spell
from participants.models import Participant, Participation
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import taken

NOW = datetime(2026, 10, 31, 17, tzinfo=UTC)
TODAY = date(2026, 10, 31)
DAY = timedelta(days=1)
LONG_AGO = NOW - 70 * DAY


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
def person(where):
    """Whose yes was given seventy days ago, and whom nobody has met since."""
    return linked(where, taken(where, at=LONG_AGO - timedelta(hours=2)), at=LONG_AGO)


def spells(by, person) -> list[Participation]:
    return act(by, lambda: list(Participation.objects.filter(participant=person).newest_first()))


def changed(by, person, state, reason="", *, since=TODAY, seen=None) -> Participation:
    key = seen or spells(by, person)[0].pk
    return act(by, lambda: change_spell(
        participant=person, state=state, reason=reason, since=since, seen=key, by=by, at=NOW
    ))  # fmt: skip


def url(person):
    return reverse("casefile:taking-part", args=[person.pk])


def test_each_spell_ends_as_the_next_begins_and_coming_back_is_re_engaged(manager, person):
    for days, state, reason in [
        (30, "inactive", "custody"),
        (20, "active", ""),
        (10, "door_open", ""),
        (0, "active", ""),
    ]:
        changed(manager, person, state, reason, since=TODAY - days * DAY)
    found = spells(manager, person)
    assert [say_spell(one, is_first=one is found[-1]) for one in found] == [
        "Re-engaged", "Door open", "Re-engaged", "Inactive: in custody", "Active"
    ]  # fmt: skip
    assert [one.ended_on for one in found] == [None, *(one.began_on for one in found[:-1])]


def test_a_yes_after_leaving_begins_anew(manager, person):
    changed(manager, person, "door_open", since=TODAY - DAY)
    act(manager, lambda: begin_spell(participant=person, on=TODAY, by=manager))
    assert [(one.state, one.ended_on) for one in spells(manager, person)] == [
        ("active", None), ("door_open", TODAY), ("active", TODAY - DAY)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "reason", "since", "field"),
    [
        ("failed", "", TODAY, "how"),
        ("inactive", "", TODAY, "how"),
        ("active", "custody", TODAY, "how"),
        ("inactive", "moved", TODAY + DAY, "since"),
        ("inactive", "moved", TODAY - 90 * DAY, "since"),
        ("active", "", TODAY, "how"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(manager, person, state, reason, since, field):
    with pytest.raises(DomainError) as raised:
        changed(manager, person, state, reason, since=since)
    assert raised.value.field == field and len(spells(manager, person)) == 1


def test_a_slip_of_the_finger_is_corrected_and_never_was_so(where, sign_in, manager, person):
    client = sign_in(manager)
    assert 'name="corrects"' not in client.get(url(person)).content.decode(), "their yes is no slip"
    changed(manager, person, "door_open")
    assert 'name="corrects"' in client.get(url(person)).content.decode()
    assert 'name="corrects"' not in sign_in(where.person(Role.SUPERVISOR)).get(url(person)).content.decode()
    slip = spells(manager, person)[0]
    given = {"how": "inactive:custody", "since": "2026-10-20", "seen": slip.pk, "corrects": "on"}
    assert client.post(url(person), given).status_code == 302
    began = TODAY - 70 * DAY
    assert [(one.state, one.began_on, one.ended_on) for one in spells(manager, person)] == [
        ("inactive", date(2026, 10, 20), None), ("active", began, date(2026, 10, 20)),
    ]  # fmt: skip
    # Also back to how it was: one time of taking part, and nobody has come back.
    assert client.post(url(person), given | {"how": "active", "since": "2026-10-31"}).status_code == 302
    page = words_of(client.get(url(person)))
    assert "Re-engaged" not in page and "Inactive: in custody Change" not in page and "to Oct" not in page
    assert page.count("Since Sat Aug 22") == 1


def test_a_correction_is_the_authors_own_within_a_day_and_overlaps_nothing(where, manager, person):
    changed(manager, person, "door_open")
    slip, supervisor = spells(manager, person)[0], where.person(Role.SUPERVISOR)

    def correct(by=manager, at=NOW, since=TODAY, seen=slip.pk):
        given = {"state": "inactive", "reason": "moved", "since": since}
        return act(by, lambda: correct_spell(participant=person, seen=seen, by=by, at=at, **given))

    for more in ({"by": supervisor}, {"at": NOW + timedelta(hours=25)}):
        with pytest.raises(DomainError, match="Only whoever wrote it down"):
            correct(**more)
    with pytest.raises(DomainError, match="cannot overlap"):
        correct(since=TODAY - 90 * DAY)
    with pytest.raises(StaleState, match="Door open"):
        correct(seen=uuid.uuid4())
    assert correct().pk == slip.pk


def test_two_tabs_do_not_overrule_each_other_unseen(manager, person):
    seen = spells(manager, person)[0].pk
    changed(manager, person, "inactive", "moved")
    with pytest.raises(StaleState, match="Inactive: moved"):
        changed(manager, person, "door_open", seen=seen)


def test_the_page_asks_after_long_silence_changes_nothing_and_keeps_what_was_typed(
    world, where, sign_in, manager, person
):
    client = sign_in(manager)
    page = words_of(client.get(url(person)))
    assert "No two-way contact for 70 days. Still in touch?" in page
    today = words_of(client.get("/"))
    assert "No two-way contact for 70 days. Still in touch?" in today
    assert [one.state for one in spells(manager, person)] == ["active"], "asked, and never set"
    seen = spells(manager, person)[0].pk
    wrong = client.post(url(person), {"how": "inactive:moved", "since": "2026-01-01", "seen": seen})
    assert "cannot overlap" in words_of(wrong) and "2026-01-01" in wrong.content.decode()
    fine = client.post(url(person), {"how": "inactive:treatment", "since": "2026-10-20", "seen": seen})
    assert fine["Location"] == reverse("casefile:person", args=[person.pk])
    page = words_of(client.get(fine["Location"]))
    assert "Inactive: in long treatment" in page and "Participant" in page
    assert "Still in touch?" not in words_of(client.get("/")), "it is known why"
    assert sign_in(world.b.person(Role.CASE_MANAGER)).get(url(person)).status_code == 404
    assert sign_in(where.person(Role.COORDINATOR)).get(url(person)).status_code == 403


def test_a_talk_in_a_signed_note_answers_the_question_and_a_try_does_not(sign_in, manager, person):
    client = sign_in(manager)
    for two_way, asked in ((False, True), (True, False)):
        given = Written(happened_at=NOW - DAY, kind="phone", is_two_way=two_way)
        note = act(manager, lambda g=given: keep_note(
            key=uuid.uuid4(), participant=person, given=g, page=Page(uuid.uuid4(), NOW), by=manager, at=NOW
        ))  # fmt: skip
        act(manager, lambda n=note: sign_note(note=n, by=manager, at=NOW))
        assert ("Still in touch?" in words_of(client.get("/"))) is asked


def test_whoever_has_left_is_not_called_a_participant(sign_in, manager, person):
    changed(manager, person, "door_open")
    page = words_of(sign_in(manager).get(reverse("casefile:person", args=[person.pk])))
    assert "The door is open" in page and "Re-engaged" not in page


def test_somebody_without_a_yes_has_nothing_to_change(sign_in, manager, person):
    act(manager, lambda: Participation.objects.filter(participant=person).update(ended_on=TODAY))
    other = act(manager, lambda: Participant.objects.create(
        site=person.site, given_name="Sam", created_at=NOW, created_by=manager
    ))  # fmt: skip
    assert "No yes yet" in words_of(sign_in(manager).get(url(other)))
    with pytest.raises(DomainError, match="their yes"):
        changed(manager, other, "inactive", "moved", seen=uuid.uuid4())
