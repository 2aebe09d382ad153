"""How a case stands is kept by the database: after every deed it is what a plain look at all the rows says."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import connections

from lead_cms.access.permissions import Role
from participants.actions.notes import Page, Written, keep_note, sign_note
from participants.actions.plan import Wanted, add_step, begin_goal
from participants.actions.spells import change_spell
from participants.models import ContactNote, Participant, Participation
from referrals.actions import appointments, attempts, events, outreach
from referrals.enums import ENDED
from referrals.models import Appointment, Attempt, Casework, OutreachEntry, Referral
from tests.casefile.person_making import act, linked, manager_of
from tests.casefile.working import fresh, referred, taken
from tests.participants.test_merging import apart, put_together

# Row security asks the database's own clock how long a tap can be taken back, which no test stops.
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture
def by(world):
    return manager_of(world.a)


@pytest.fixture
def all_is_well(world):
    """Asks of every case whether what is kept is so, as the supervisor, who reads every row."""
    supervisor = world.a.person(Role.SUPERVISOR)
    return lambda: act(supervisor, lambda: compare(supervisor.site.tz))


def compare(zone) -> dict:
    """What is kept of each case, once it is seen to be true."""
    cases = list(Casework.objects.select_related("referral__handoff", "referral__window"))
    kept = {}
    for case in cases:
        person = [one for one in cases if one.participant_id and one.participant_id == case.participant_id] or [case]
        promised = [moment for one in person if not is_over(one) for moment in promises(one, zone)]
        kept[case.referral_id] = (case.standing, case.met_at, case.promised_at, case.to_find_since)
        assert kept[case.referral_id] == (
            standing(case),
            max((moment for one in person for moment in contacts(one)), default=None),
            min(promised, default=None) if not is_over(case) else None,
            listed(case),
        )
    return kept


def spell(case):
    return Participation.objects.filter(participant_id=case.participant_id, ended_on=None).first()


def is_over(case) -> bool:
    died = Participant.objects.filter(pk=case.participant_id, died_on__isnull=False).exists()
    window = getattr(case.referral, "window", None)
    return (
        case.is_sealed or died or case.referral.status in ENDED or (window and window.state == "stepped_back") or False
    )


def standing(case) -> str:
    state = getattr(spell(case), "state", "active")
    return "" if is_over(case) or state == "door_open" else "inactive" if state == "inactive" else "active"


def contacts(case) -> list:
    referral, open_spell = case.referral, spell(case)
    handoff = getattr(referral, "handoff", None)
    notes = ContactNote.objects.filter(participant_id=case.participant_id, is_two_way=True, signed_at__isnull=False)
    return [
        *Attempt.objects.filter(referral=referral, outcome="reached").values_list("tried_at", flat=True),
        *Appointment.objects.filter(referral=referral, state="kept").values_list("at", flat=True),
        *(notes.values_list("happened_at", flat=True) if case.participant_id else ()),
        *([handoff.handed_over_at] if handoff and handoff.handed_over_at else ()),
        *([referral.status_changed_at] if referral.status == "handed_over" else ()),
        *([datetime.combine(open_spell.began_on, time.min, UTC)]
          if case.participant_id and open_spell and open_spell.state == "active" else ()),
    ]  # fmt: skip


def promises(case, zone) -> list:
    tried = case.last_attempt_at and case.last_attempt_at.astimezone(zone).date()
    days = []
    if case.participant_id:
        notes = ContactNote.objects.filter(participant_id=case.participant_id, signed_at__isnull=False)
        last = notes.order_by("-happened_at", "-pk").first()
        days += [last.next_on] if last and last.next_on else []
    booked = Appointment.objects.filter(referral=case.referral, state="booked").values_list("at", flat=True)
    midnights = [datetime.combine(day, time.min, zone) for day in days if tried is None or day > tried]
    return [*([case.next_try_at] if case.next_try_at else ()), *booked, *midnights]


def listed(case):
    entry = OutreachEntry.objects.filter(referral=case.referral, state__in=["to_find", "tried"]).first()
    return entry.listed_at if entry and not is_over(case) else None


def tried(by, referral, outcome, at) -> Attempt:
    return act(by, lambda: attempts.log_attempt(referral=fresh(referral), kind="visit", outcome=outcome, by=by, at=at))


def noted(by, person, *, at, next_on=None, signed=True) -> ContactNote:
    given = Written(happened_at=at, kind="phone", is_two_way=True, next_on=next_on, next_step="Call")

    def write():
        page = Page(uuid4(), NOW)
        note = keep_note(key=uuid4(), participant=fresh(person), given=given, page=page, by=by, at=NOW)
        return sign_note(note=note, by=by, at=NOW) if signed else note

    return act(by, write)


def test_tries_and_appointments(world, by, all_is_well):
    referral = taken(world.a, at=NOW - 9 * DAY)
    one = lambda: all_is_well()[referral.pk]  # noqa: E731
    assert one()[:2] == ("active", act(by, lambda: fresh(referral)).status_changed_at)
    tried(by, referral, "not_found", NOW - 3 * DAY)
    now = datetime.now(UTC)  # of the database's own minutes, too
    reached = tried(by, referral, "reached", now)
    assert one()[1] == now
    act(by, lambda: attempts.take_back(attempt=fresh(reached), by=by, at=now))
    assert one()[1] < NOW
    meeting = act(
        by, lambda: appointments.book(referral=fresh(referral), on=NOW + DAY, place="180 Turk St", by=by, at=NOW)
    )
    assert one()[2] is not None
    act(by, lambda: appointments.answer(appointment=fresh(meeting), state="kept", by=by, at=NOW + 2 * DAY))
    assert one()[1] == NOW + DAY


def test_notes_steps_and_spells(world, by, all_is_well):
    referral = taken(world.a, at=NOW - 9 * DAY)
    person = linked(world.a, referral, at=NOW - 8 * DAY)
    today = NOW.astimezone(by.site.tz).date()
    noted(by, person, at=NOW - DAY, next_on=today + 4 * DAY, signed=False)
    assert all_is_well()[referral.pk][2] is None
    noted(by, person, at=NOW - DAY, next_on=today + 4 * DAY)
    assert all_is_well()[referral.pk][1] == NOW - DAY
    kept = all_is_well()[referral.pk][2]
    goal = act(by, lambda: begin_goal(participant=fresh(person), given=Wanted(words="A door"), by=by, at=NOW))
    act(by, lambda: add_step(goal=fresh(goal), words="Look", who="together", by_when=today + DAY, by=by, at=NOW))
    assert all_is_well()[referral.pk][2] == kept == datetime.combine(today + 4 * DAY, time.min, by.site.tz)
    for state, reason in (("inactive", "moved"), ("active", ""), ("door_open", "")):
        now = act(by, lambda: Participation.objects.get(participant=person, ended_on=None))
        given = {"state": state, "reason": reason, "since": today, "seen": now.pk}
        act(by, lambda given=given: change_spell(participant=fresh(person), by=by, at=NOW, **given))
        assert all_is_well()[referral.pk][0] == {"door_open": ""}.get(state, state)


@pytest.mark.parametrize("deed", ["step_back", "seal", "death"])
def test_what_ends_looking_after_somebody(world, by, all_is_well, deed):
    referral = taken(world.a, at=NOW - 9 * DAY)
    linked(world.a, referral, at=NOW - 8 * DAY)
    tried(by, referral, "not_found", NOW)
    assert all_is_well()[referral.pk][0] == "active"
    if deed == "death":
        given = {"kind": "death", "happened_on": NOW.astimezone(by.site.tz).date(), "is_confirmed": True}
        act(by, lambda: events.record_event(referral=fresh(referral), by=by, at=NOW, **given))
    else:
        act(by, lambda: getattr(events, deed)(referral=fresh(referral), by=by, at=NOW))
    supervisor = world.a.person(Role.SUPERVISOR)
    assert all_is_well()[referral.pk][0] == "" and act(supervisor, lambda: Referral.objects.get(pk=referral.pk))
    if deed == "step_back":
        act(by, lambda: events.come_back(referral=fresh(referral), by=by, at=NOW))
        assert all_is_well()[referral.pk][0] == "active"


def test_who_is_to_be_found(world, by, all_is_well):
    referral = referred(world.a, door="social", at=NOW - 3 * DAY)
    assert all_is_well()[referral.pk][3] is not None
    tried(by, referral, "not_found", NOW - DAY)
    assert all_is_well()[referral.pk][3] is not None
    act(by, lambda: outreach.change_outreach(referral=fresh(referral), to="reached", by=by, at=NOW))
    assert all_is_well()[referral.pk][3] is None


def test_of_two_cases_of_one_person_both_know_all_and_apart_each_its_own(world, by, all_is_well):
    first, second = (taken(world.a, at=NOW - days * DAY) for days in (9, 5))
    one = linked(world.a, first, at=NOW - 8 * DAY)
    other = linked(world.a, second, at=NOW - 4 * DAY, given_name="Devin")
    noted(by, other, at=NOW - DAY)
    before = all_is_well()
    assert before[first.pk][1] < before[second.pk][1] == NOW - DAY
    merge = put_together(by, one, other)
    together = all_is_well()
    assert together[first.pk][1] == together[second.pk][1] == NOW - DAY
    apart(by, merge)
    assert all_is_well() == before


def changes_of_cases() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("set local role lead_owner")
        cursor.execute("alter table audit_rowchange no force row level security")
        cursor.execute("select count(*) from audit_rowchange where table_name = 'referrals_casework'")
        (count,) = cursor.fetchone()
        cursor.execute("alter table audit_rowchange force row level security")
        cursor.execute("reset role")
    return count


def test_it_is_no_change_that_anybody_made(world, by, all_is_well):
    referral = taken(world.a, at=NOW - 9 * DAY)
    person = linked(world.a, referral, at=NOW - 8 * DAY)
    written = changes_of_cases()
    noted(by, person, at=NOW - DAY)
    assert all_is_well()[referral.pk][1] == NOW - DAY and changes_of_cases() == written > 0
