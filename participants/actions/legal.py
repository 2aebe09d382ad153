"""Court dates, warrants, arrests, days in jail: written down, told to the person, answered.

API
    note_event(participant=, given=Event(...), by=, at=) -> LegalEvent
    tell_person(event=, on=, at=)          the person knows of it since this day
    tell_other(event=, whom=)              somebody else knows of it, with the person's yes
    jail_spells(events, today) -> [Spell]  from booking to release, the latest first
    answer_court(event=, state=, at=)      how a court date went
    answer_move(event=, on=, at_time=, place=, by=, at=) -> LegalEvent   the old one reads "moved", the new one is ahead
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.held import still_there
from participants.actions.holding import hold_person
from participants.actions.once import keyed, written_once
from participants.enums import ChargeClass, CourtState, LegalKind, LegalSource, ToldWhom
from participants.models import LegalEvent, Participant

AHEAD_YEARS, BACK_YEARS = 5, 80
BOOKED = LegalKind.BOOKED
JAIL = (LegalKind.BOOKED, LegalKind.RELEASED)
ANSWERS = (CourtState.KEPT, CourtState.MISSED, CourtState.CALLED_OFF)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What is known. Only a court date may lie ahead."""

    kind: str
    on: date
    at_time: time | None = None
    place: str = ""
    cause_number: str = ""
    charge: str = ""
    charge_code: str = ""
    charge_class: str = ""
    source: str = LegalSource.PERSON
    told_on: date | None = None


@transaction.atomic
def note_event(
    *, participant: Participant, given: Event, by: Membership, at: datetime, key: UUID | None = None
) -> LegalEvent:
    """Write it down; the same key again is the same event. Raises DomainError beside its field."""
    _check(given, at.astimezone(by.site.tz).date())
    state = CourtState.AHEAD if given.kind == LegalKind.HEARING else CourtState.KEPT
    event = LegalEvent(
        **keyed(key), site_id=participant.site_id, participant=participant, state=state, recorded_at=at, recorded_by=by,
        **vars(given),
    )  # fmt: skip
    if written_once(event, "kind", "on", "at_time", "place", "cause_number"):
        record(AuditAction.LEGAL_EVENT_NOTED, target=event)
    return event


@transaction.atomic
def tell_person(*, event: LegalEvent, on: date, at: datetime, by: Membership) -> None:
    if on > at.astimezone(by.site.tz).date():
        raise DomainError("This is still to come. Enter when they were told.", field="told_on")
    held = _ahead(event)
    held.told_on = on
    held.save(update_fields=["told_on"])
    record(AuditAction.LEGAL_EVENT_ANSWERED, target=held, told=True)


@transaction.atomic
def tell_other(*, event: LegalEvent, whom: str) -> None:
    if whom not in ToldWhom.values:
        raise DomainError("Choose who knows of it.", field="whom")
    held = still_there(LegalEvent.objects.select_for_update(of=("self",), no_key=True), pk=event.pk)
    if whom not in held.told_others:
        held.told_others = [*held.told_others, whom]
        held.save(update_fields=["told_others"])
        record(AuditAction.LEGAL_EVENT_ANSWERED, target=held, told=whom)


@dataclass(frozen=True)
class Spell:
    """Days in jail. None: not known. The first and the last day count, as credit for time served counts them."""

    since: date | None
    until: date | None
    days: int | None
    is_now: bool = False


def jail_spells(events: Iterable[LegalEvent], today: date) -> list[Spell]:
    """Bookings and releases in pairs. A booking after a booking, or a release alone, leaves the other end unknown."""
    spells, since = [], None
    by_day = groupby(sorted(events, key=lambda one: one.on), key=lambda one: one.on)
    for on, of_the_day in by_day:
        # On one day: out of jail first for somebody who was in it, into it first for somebody who was not.
        was_in = since is not None
        for kind in sorted((one.kind for one in of_the_day), key=lambda kind, was=was_in: (kind == BOOKED) == was):
            if kind == BOOKED:
                spells += [Spell(since, None, None)] if since is not None else []
                since = on
            else:
                spells.append(Spell(since, on, (on - since).days + 1 if since is not None else None))
                since = None
    if since is not None:
        spells.append(Spell(since, None, (today - since).days + 1, is_now=True))
    return spells[::-1]


@transaction.atomic
def answer_court(*, event: LegalEvent, state: str, by: Membership, at: datetime) -> None:
    """They came, it was missed that day, or it was called off. Before its day only the last is possible."""
    if state not in ANSWERS:
        raise DomainError("Say how it went.", field="state")
    held = _ahead(event)
    if state != CourtState.CALLED_OFF and held.on > at.astimezone(by.site.tz).date():
        raise DomainError("This court date is still to come.", field="state")
    _answer(held, state, at)


@transaction.atomic
def answer_move(
    *, event: LegalEvent, on: date, at_time: time | None, place: str, by: Membership, at: datetime
) -> LegalEvent:
    """To another day: nobody is told of the new one yet."""
    hold_person(event.participant)
    held = _ahead(event)
    given = Event(
        kind=held.kind, on=on, at_time=at_time, place=place or held.place, cause_number=held.cause_number,
        charge=held.charge, charge_code=held.charge_code, charge_class=held.charge_class, source=held.source,
    )  # fmt: skip
    if on < at.astimezone(by.site.tz).date():
        raise DomainError("The new day lies in the past.", field="on")
    _answer(held, CourtState.MOVED, at)
    return note_event(participant=held.participant, given=given, by=by, at=at)


def _ahead(event: LegalEvent) -> LegalEvent:
    held = still_there(LegalEvent.objects.select_for_update(of=("self",)).select_related("participant"), pk=event.pk)
    if held.kind != LegalKind.HEARING or held.state != CourtState.AHEAD:
        raise StaleState(f"This reads “{held.get_state_display()}” already.")
    return held


def _answer(held: LegalEvent, state: str, at: datetime) -> None:
    held.state, held.answered_at = state, at
    held.save(update_fields=["state", "answered_at"])
    record(AuditAction.LEGAL_EVENT_ANSWERED, target=held)


def _check(given: Event, today: date) -> None:
    if given.kind not in LegalKind.values:
        raise DomainError("Choose what it is.", field="kind")
    if given.charge_class and given.charge_class not in ChargeClass.values:
        raise DomainError("Choose what class it is.", field="charge_class")
    if given.source not in LegalSource.values:
        raise DomainError("Choose where it comes from.", field="source")
    if given.kind != LegalKind.HEARING and given.on > today:
        raise DomainError("This is still to come. Enter the day it happened.", field="on")
    if not today - timedelta(days=366 * BACK_YEARS) < given.on < today + timedelta(days=366 * AHEAD_YEARS):
        raise DomainError("Check the year.", field="on")
    if given.told_on is not None and given.told_on > today:
        raise DomainError("This is still to come. Enter when they were told.", field="told_on")
    for name, most in (("place", 160), ("cause_number", 40), ("charge", 160), ("charge_code", 40)):
        if len(getattr(given, name)) > most:
            raise DomainError(f"At most {most} characters fit.", field=name)
