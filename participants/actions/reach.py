"""Where a person is found and whom they trust: kept, put right and taken away, as they say it.

API
    keep_place(key=, participant=, given=Spot(...), by=, at=, seen=) -> ReachPlace      new where `seen` is None
    remove_place(place=)
    keep_trusted(key=, participant=, given=Trusted(...), by=, at=, seen=) -> TrustedPerson
    remove_trusted(trusted=)
    say_where(participant)                         the line of their places that lists show, made anew
    knows_in_full(participant=, by=) -> bool      whether `by` reads whom they trust, their plan, their papers
    refuse_unless_in_full(participant=, by=)      DomainError where not

`seen` is when the row was saved that the page showed: what somebody saved since is not written over unseen.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.held import still_there
from participants.enums import MaySay
from participants.models import Participant, ReachPlace, TrustedPerson

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST = 12  # of each, of one person
CHANGED = "Somebody changed this since it was opened here. Below is yours; save again to keep it."
NOT_YOURS = "This is kept by their own case manager and the supervisors. Ask one of them."
GONE = "Somebody took this away since it was opened here."


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place as the person says it; no days is any day."""

    place: str
    days: tuple[int, ...] = ()
    hours: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Trusted:
    """Somebody they trust, and what they allowed to be said, on the day they allowed it."""

    name: str
    how_known: str = ""
    phone: str = ""
    may_say: str = MaySay.NOTHING
    agreed_on: date | None = None


@transaction.atomic
def keep_place(
    *, key: UUID, participant: Participant, given: Spot, by: Membership, at: datetime, seen: datetime | None
) -> ReachPlace:
    """One place, new or put right; sent twice it is one."""
    if not given.place.strip():
        raise DomainError("Write where they are found.", field="place")
    if not set(given.days) <= set(range(7)):
        raise DomainError("Choose the days.", field="days")
    held = still_there(Participant.objects.select_for_update(of=("self",), no_key=True), pk=participant.pk)
    place = _keep(ReachPlace, key, held, vars(given) | {"days": sorted(given.days)}, by=by, at=at, seen=seen)
    say_where(held)
    record(AuditAction.PERSON_CHANGED, target=held, what="place")
    return place


@transaction.atomic
def remove_place(*, place: ReachPlace) -> None:
    held = still_there(Participant.objects.select_for_update(of=("self",), no_key=True), pk=place.participant_id)
    place.delete()
    say_where(held)
    record(AuditAction.PERSON_CHANGED, target=held, what="place")


@transaction.atomic
def keep_trusted(
    *, key: UUID, participant: Participant, given: Trusted, by: Membership, at: datetime, seen: datetime | None
) -> TrustedPerson:
    """Somebody they trust, new or put right; only with the day on which the person allowed it."""
    if not given.name.strip():
        raise DomainError("Enter a name, any they go by.", field="name")
    if given.may_say not in MaySay.values:
        raise DomainError("Say what may be said to them.", field="may_say")
    if given.agreed_on is None:
        raise DomainError("Enter the day on which the person said so.", field="agreed_on")
    if given.agreed_on > at.astimezone(by.site.tz).date():
        raise DomainError("This day is still to come.", field="agreed_on")
    kept = _keep(TrustedPerson, key, participant, vars(given), by=by, at=at, seen=seen)
    record(AuditAction.PERSON_CHANGED, target=participant, what="trusted", may_say=given.may_say)
    return kept


@transaction.atomic
def remove_trusted(*, trusted: TrustedPerson) -> None:
    record(AuditAction.PERSON_CHANGED, target=trusted.participant, what="trusted")
    trusted.delete()


def knows_in_full(*, participant: Participant, by: Membership) -> bool:
    """Supervisors, the person's own case manager, and whoever their record was opened to."""
    if by.role == Role.SUPERVISOR:
        return True
    with connection.cursor() as cursor:
        cursor.execute("select %s = any (app.people_in_full())", [participant.pk])
        return bool(cursor.fetchone()[0])


def refuse_unless_in_full(*, participant: Participant, by: Membership) -> None:
    """Before something is written that only they read: the case may have gone to somebody else while it was typed."""
    if not knows_in_full(participant=participant, by=by):
        raise DomainError(NOT_YOURS)


def say_place(place: ReachPlace) -> str:
    """ "The library, Mon and Thu, mornings": one place in one line, without its note."""
    return ", ".join(part for part in (place.place, say_days(place.days), place.hours) if part)


def say_days(days: list[int]) -> str:
    """ "Mon to Fri", "Sat and Sun", "Tue, Thu and Sun"; nothing for any day."""
    days = sorted(days)
    if not days or len(days) == len(DAYS):
        return ""
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{DAYS[days[0]]} to {DAYS[days[-1]]}"
    *first, last = [DAYS[day] for day in days]
    return f"{', '.join(first)} and {last}" if first else last


def _keep(model, key: UUID, participant: Participant, given: dict, *, by, at, seen):
    """A new row under a key of this person's own, or the one that is there, if it is still as it was seen."""
    if seen is not None:
        held = model.objects.select_for_update(of=("self",)).filter(pk=key, participant=participant).first()
        if held is None:
            raise StaleState(GONE)
        if held.saved_at != seen:
            raise StaleState(CHANGED)
        _fill(held, given, by, at)
        held.save(update_fields=[*given, "saved_at", "saved_by"])
        return held
    if model.objects.filter(participant=participant).count() >= MOST:
        raise DomainError(f"At most {MOST} fit. Take away one that no longer holds.")
    # Of the person and the page together: a key that somebody made up cannot ask what other rows there are.
    made = model(pk=uuid5(participant.pk, str(key)), site_id=participant.site_id, participant=participant)
    _fill(made, given, by, at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return model.objects.get(pk=made.pk)  # the same page, sent twice
    return made


def _fill(row, given: dict, by: Membership, at: datetime) -> None:
    for name, value in given.items():
        setattr(row, name, value)
    row.saved_at, row.saved_by = at, by


def say_where(participant: Participant) -> None:
    """The line that lists show: places in the order in which they were said, as many as fit."""
    line, room = "", Participant._meta.get_field("where_to_reach").max_length
    for place in ReachPlace.objects.filter(participant=participant).order_by("saved_at", "pk")[:MOST]:
        longer = f"{line}; {say_place(place)}" if line else say_place(place)[:room]
        if len(longer) > room:
            break
        line = longer
    participant.where_to_reach = line
    participant.save(update_fields=["where_to_reach"])
