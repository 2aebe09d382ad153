"""Contact notes, goals and court dates of the demo: a few people's last weeks; one note waits for its signature."""

import uuid
from datetime import date, datetime, time, timedelta

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.demo.papers import keep_papers
from lead_cms.demo.people import DemoSite
from lead_cms.demo.twice import write_twice
from participants.actions.legal import Event, note_event
from participants.actions.lines import leave_line
from participants.actions.notes import Page, Written, add_to_note, keep_note, sign_note
from participants.actions.plan import Said, Wanted, add_step, begin_goal, review_goal
from participants.actions.seen import note_seen
from participants.enums import LegalKind, LegalSource, StepWho
from participants.models import Participant

# Days ago, then what was written.
NOTES = [
    (16, {"kind": "outreach_round", "is_two_way": False, "place": "street", "minutes": 15, "domains": ("housing",),
          "detail": "Not at the usual corner. Left word with the people at the next tent."}),
    (11, {"kind": "in_person", "is_two_way": True, "place": "shelter", "minutes": 40, "domains": ("documents", "income"),
          "line": "Has begun the papers for a state ID.",
          "detail": "Found the birth certificate. They want to get the ID themselves; I come along if they call.",
          "next_step": "Meet at the DMV, if they call"}),
    (4, {"kind": "phone", "is_two_way": True, "minutes": 10, "domains": ("physical_health", "overdose_prevention"),
         "detail": "Sleeps badly since the cold. Carries naloxone and has shown two friends how to use it. Proud of that.",
         "counselling": "Spoke about the winter after their brother died. Not for the record; they asked for that."}),
]  # fmt: skip
ADDED = "They called back in the evening: the appointment is on."
UNSIGNED = {
    "kind": "text",
    "is_two_way": True,
    "domains": ("transport",),
    "detail": "Asks for a bus pass for Thursday.",
}
PEOPLE = 3
LINE = "The van is back on Thursday. Blankets and bus passes are in the tall cupboard; the key is at the desk."
SEEN = ["Bench by the fountain, afternoons", "Line of the breakfast kitchen"]
GOALS = [
    Wanted(words="A door that I can lock", why="So that I sleep.", measure="My own key", baseline="A tent by the water",
           domain="housing", scale=3),
    Wanted(words="See my sister again", why="She is all I have.", domain="family"),
    Wanted(words="My ID", measure="I hold it in my hand", domain="documents", scale=6),
]  # fmt: skip
STEPS = [
    [("Look at the room on Sixth Street", StepWho.TOGETHER), ("Keep the papers in the blue bag", StepWho.PERSON)],
    [("Write her a card", StepWho.PERSON)],
    [("Ask for the birth certificate", StepWho.MANAGER)],
]
REVIEW = Said(
    state="active", went_well="Went to see the room, on my own.", was_hard="Used again on Sunday. Called somebody first.",
    what_next="See the second room.", scale=4,
)  # fmt: skip


def write_notes(where: DemoSite, cases: dict, *, now: datetime) -> None:
    """`cases` as `cases_told` gives them: of the first case manager who has people the first few."""
    managers = [one for one in where.people[Role.CASE_MANAGER] if cases.get(one.pk)]
    if not managers:
        return
    _leave_line(managers[-1], now)
    manager, today = managers[0], (now - timedelta(hours=1)).astimezone(where.site.tz).date()
    with acting_as(manager), transaction.atomic():
        keys = list(dict.fromkeys(person for person, _ in cases.get(manager.pk, [])))[:PEOPLE]
        # Some of them have been handed on since.
        theirs = Participant.objects.filter(pk__in=keys, caseworks__case_manager=manager).distinct()
        people = {one.pk: one for one in theirs}
        for number, key in enumerate(key for key in keys if key in people):
            for days, text in NOTES[number:]:
                then = now - timedelta(days=days, hours=number)
                sign_note(note=_keep(people[key], text, manager, then), by=manager, at=then + timedelta(minutes=3))
            court = Event(
                kind=LegalKind.HEARING, on=_weekday(today + timedelta(days=3 + 4 * number)), at_time=time(9, 0),
                place="Room 12, Superior Court (demo)", source=LegalSource.PAPER, told_on=today if number else None,
            )  # fmt: skip
            note_event(participant=people[key], given=court, by=manager, at=now - timedelta(hours=1))
            if number < len(SEEN):
                seen_at = now - timedelta(hours=20 * number + 3)
                note_seen(participant=people[key], place=SEEN[number], seen_at=seen_at, by=manager, at=now)
            if number == 1:
                _days_in_jail(people[key], manager, today, now)
            goal = begin_goal(participant=people[key], given=GOALS[number], by=manager, at=now - timedelta(days=9))
            for words, who in STEPS[number]:
                add_step(goal=goal, words=words, who=who, by_when=court.on, by=manager, at=now - timedelta(days=9))
            if number == 0:
                keep_papers(people[key], by=manager, now=now)
                write_twice(people[key], by=manager, now=now)
                review_goal(goal=goal, given=REVIEW, by=manager, at=now - timedelta(days=2))
                last = _keep(people[key], NOTES[1][1], manager, now - timedelta(days=2))
                sign_note(note=last, by=manager, at=now - timedelta(days=2))
                last.refresh_from_db()
                add_to_note(note=last, text=ADDED, by=manager, at=now - timedelta(days=1))
                _keep(people[key], UNSIGNED, manager, now - timedelta(minutes=50))


def _days_in_jail(person: Participant, by, today: date, now: datetime) -> None:
    """On a warrant, out again after three days: no new offense."""
    charge = {"charge": "Missed court date", "charge_code": "PC 1320 (demo)", "charge_class": "misdemeanor"}
    for days, kind, more in (
        (23, LegalKind.WARRANT_ARREST, charge),
        (23, LegalKind.BOOKED, {}),
        (21, LegalKind.RELEASED, {}),
    ):
        given = Event(kind=kind, on=today - timedelta(days=days), source=LegalSource.JAIL, told_on=today, **more)
        note_event(participant=person, given=given, by=by, at=now - timedelta(hours=1))


def _leave_line(manager, now: datetime) -> None:
    with acting_as(manager), transaction.atomic():
        leave_line(key=uuid.uuid4(), text=LINE, by=manager, at=now - timedelta(hours=10))


def _weekday(day: date) -> date:
    """The same day, or the Monday after it."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _keep(person: Participant, text: dict, manager, at: datetime):
    given = Written(happened_at=at - timedelta(minutes=30), **text)
    return keep_note(key=uuid.uuid4(), participant=person, given=given, page=Page(uuid.uuid4(), at), by=manager, at=at)
