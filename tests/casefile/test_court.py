"""Court dates on Today, told, answered, moved; arrests kept apart from warrants; nobody but casework reads any of it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db.utils import ProgrammingError
from django.urls import reverse

from lead_cms.access.permissions import Role
from lead_cms.core.errors import DomainError, StaleState
from participants.actions.legal import Event, answer_court, answer_move, jail_spells, note_event, tell_person
from participants.models import LegalEvent
from tests.casefile.person_making import act, linked, manager_of, words_of
from tests.casefile.working import taken

NOW = datetime(2026, 10, 31, 17, tzinfo=UTC)  # ten in the morning there, the day before the clocks go back
TODAY = date(2026, 10, 31)


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
    return linked(where, taken(where))


def noted(by, person, *, kind="hearing", on=TODAY + timedelta(days=2), **more) -> LegalEvent:
    return act(by, lambda: note_event(participant=person, given=Event(kind=kind, on=on, **more), by=by, at=NOW))


def at(name, key):
    return reverse(f"casefile:{name}", args=[key])


@pytest.mark.parametrize(("days", "stands"), [(-3, True), (0, True), (14, True), (15, False)])
def test_a_court_date_stands_on_today_two_weeks_before_and_until_it_is_answered(sign_in, manager, person, days, stands):
    given = act(manager, lambda: note_event(
        participant=person, given=Event(kind="hearing", on=TODAY + timedelta(days=max(days, 0)), at_time=time(9), place="Room 12"),
        by=manager, at=NOW,
    ))  # fmt: skip
    with time_machine.travel(NOW + timedelta(days=-min(days, 0)), tick=False):
        page = words_of(sign_in(manager).get("/"))
        assert ("Room 12" in page) is stands
        if stands:
            assert "9:00 am" in page and ("How did it go?" in page) is (days < 0)
        if days <= 0:
            act(manager, lambda: answer_court(event=given, state="kept", by=manager, at=NOW + timedelta(days=-days)))
            assert "Room 12" not in words_of(sign_in(manager).get("/"))


def test_only_ones_own_people_stand_there(where, sign_in, manager, person):
    noted(manager, person, place="Room 12")
    assert "Room 12" not in words_of(sign_in(where.person(Role.CASE_MANAGER, 1)).get("/"))


def test_told_moved_and_told_again(manager, person):
    event = noted(manager, person, at_time=time(9), place="Room 12", cause_number="26-1")
    act(manager, lambda: tell_person(event=event, on=TODAY, by=manager, at=NOW))
    new = act(manager, lambda: answer_move(
        event=event, on=TODAY + timedelta(days=9), at_time=None, place="", by=manager, at=NOW
    ))  # fmt: skip
    assert (new.told_on, new.place, new.cause_number, new.state) == (None, "Room 12", "26-1", "ahead")
    held = act(manager, lambda: LegalEvent.objects.get(pk=event.pk))
    assert (held.state, held.told_on) == ("moved", TODAY)
    with pytest.raises(StaleState, match="Moved"):
        act(manager, lambda: answer_court(event=event, state="called_off", by=manager, at=NOW))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "rumor"}, "kind"),
        ({"kind": "warrant", "on": TODAY + timedelta(days=1)}, "on"),
        ({"on": date(1900, 1, 1)}, "on"),
        ({"on": date(2226, 1, 1)}, "on"),
        ({"source": "police"}, "source"),
        ({"told_on": TODAY + timedelta(days=1)}, "told_on"),
        ({"cause_number": "x" * 41}, "cause_number"),
    ],
)
def test_what_is_refused_names_its_field(manager, person, given, field):
    with pytest.raises(DomainError) as raised:
        noted(manager, person, **given)
    assert raised.value.field == field


def test_a_day_that_is_still_to_come_was_neither_kept_nor_missed(manager, person):
    event = noted(manager, person)
    with pytest.raises(DomainError, match="still to come"):
        act(manager, lambda: answer_court(event=event, state="missed", by=manager, at=NOW))
    act(manager, lambda: answer_court(event=event, state="called_off", by=manager, at=NOW))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CASE_MANAGER, Role.SUPERVISOR, Role.LEGAL_AID}))
def test_nobody_but_casework_has_any_right(where, manager, person, role):
    noted(manager, person)
    with pytest.raises(ProgrammingError, match="permission denied"):
        act(where.person(role), lambda: LegalEvent.objects.count())


def test_what_was_written_is_not_changed(manager, person):
    noted(manager, person, kind="warrant", on=TODAY)
    for column in ({"kind": "warrant_arrest"}, {"charge": "other"}, {"on": TODAY}):
        with pytest.raises(ProgrammingError, match="permission denied"):
            act(manager, lambda c=column: LegalEvent.objects.update(**c))


def test_the_pages(world, sign_in, manager, person):
    client, url = sign_in(manager), at("court", person.pk)
    assert "Nothing is known" in words_of(client.get(url))
    fields = {
        "kind": "hearing",
        "on": "2026-11-03",
        "at_time": "9:00 am",
        "place": "Room 12",
        "source": "paper",
        "told": "no",
    }
    wrong = client.post(url, fields | {"on": "2026-13-03", "place": "Сourt 👩‍⚖️"})
    assert "Enter a day" in words_of(wrong) and wrong.context["form"]["place"].value() == "Сourt 👩‍⚖️"
    assert client.post(url, fields)["Location"] == url
    event = act(manager, lambda: LegalEvent.objects.get())
    assert "They have not been told yet" in words_of(client.get(url))
    assert client.post(at("court-answer", event.pk), {"state": "told"})["Location"] == url
    assert "They were told today" in words_of(client.get(at("court-date", event.pk)))
    page = client.post(at("court-answer", event.pk), {"state": "kept"}, follow=True)
    assert "still to come" in words_of(page)
    moved = client.post(at("court-date", event.pk), {"on": "2026-11-10", "at_time": "", "place": ""}, follow=True)
    assert "Nobody has told them of the new day yet" in words_of(moved)
    stranger = sign_in(world.b.person(Role.CASE_MANAGER))
    assert {
        stranger.get(at(name, key)).status_code for name, key in (("court", person.pk), ("court-date", event.pk))
    } == {404}


def in_jail(*events) -> list[tuple]:
    made = [LegalEvent(kind=kind, on=on) for kind, on in events]
    return [(one.since, one.until, one.days, one.is_now) for one in jail_spells(made, TODAY)]


def test_days_in_jail_count_the_first_and_the_last():
    leap, out = date(2028, 2, 28), date(2028, 3, 1)
    assert in_jail(("released", out), ("booked", leap)) == [(leap, out, 3, False)]
    # The day before the clocks go back, and still there.
    booked = TODAY - timedelta(days=1)
    assert in_jail(("booked", booked)) == [(booked, None, 2, True)]
    assert in_jail(("booked", TODAY), ("released", TODAY)) == [(TODAY, TODAY, 1, False)]
    # Out, and taken in again the same day.
    again = in_jail(("booked", booked), ("booked", TODAY), ("released", TODAY))
    assert again == [(TODAY, None, 1, True), (booked, TODAY, 2, False)]
    # What is not known is not counted.
    assert in_jail(("released", TODAY)) == [(None, TODAY, None, False)]
    twice = in_jail(("booked", booked), ("booked", TODAY))
    assert twice == [(TODAY, None, 1, True), (booked, None, None, False)]


def test_a_charge_has_its_code_and_days_in_jail_stand_on_the_page(sign_in, manager, person):
    client, url = sign_in(manager), at("court", person.pk)
    fields = {"kind": "booked", "on": "2026-10-20", "source": "jail"}
    charged = {"charge": "Possession", "charge_code": "RCW 69.50.4013", "charge_class": "misdemeanor"}
    assert client.post(url, fields | charged)["Location"] == url
    page = words_of(client.get(url))
    assert "Possession, RCW 69.50.4013 (misdemeanor)" in page and "12 days, the first and the last counted" in page
    event = act(manager, lambda: LegalEvent.objects.get())
    page = client.post(at("court-answer", event.pk), {"whom": "lawyer"}, follow=True)
    assert "Also knows: their lawyer" in words_of(page)
    client.post(at("court-answer", event.pk), {"whom": "lawyer"})
    assert act(manager, lambda: LegalEvent.objects.get().told_others) == ["lawyer"]
    assert client.post(at("court-answer", event.pk), {"state": "kept"}).status_code == 404
    assert "Choose who" in words_of(client.post(at("court-answer", event.pk), {"whom": "police"}, follow=True))
    assert client.post(at("court-date", event.pk), {"on": "2026-11-10"}).status_code == 200
