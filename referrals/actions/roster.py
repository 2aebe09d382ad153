"""Who comes when an officer calls: shifts of the on-call list, and where it has gaps.

API
    add_shift(person=, starts_at=, ends_at=, position=, by=, at=) -> OnCallShift
    add_pattern(pattern, by=, at=) -> (added, already there)      the same shifts for weeks
    end_shift(shift=, by=, at=)            now, or off the list when it has not begun
    on_call_at(site_id, at) -> [shift]     first to call first
    coming(site_id, at, until) -> [shift]  what runs or begins before `until`
    gaps(shifts, at, until) -> [(from, to)]  pure; moments at which nobody is on call
    doubles(shifts) -> [(one, other, from, to)]  pure; the same person, or two in the same place, at one time
    planned(pattern, zone) -> [(from, to, person)]  pure; by the site's clock, whatever it does in between
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q

from lead_cms.access.permissions import CASEWORK
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from referrals.models import OnCallShift, ShiftOffer

LOOK_AHEAD = timedelta(days=7)
LONGEST = timedelta(days=14)
MOST_SHIFTS = 800
MOST_WEEKS = 12
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """Shifts that come again: on these weekdays (0 is Monday), from a time until another, people taking turns.

    `turns` says when the next person comes: with each "shift", or with each "week".
    """

    first_on: date
    weeks: int
    weekdays: Sequence[int]
    begins: time
    ends: time
    people: Sequence[Membership]
    turns: str = "shift"
    position: int = 1


@transaction.atomic
def add_shift(
    *, person: Membership, starts_at: datetime, ends_at: datetime, position: int, by: Membership, at: datetime
) -> OnCallShift:
    """Overlaps are fine: `position` says who is called first, and the next on the list is called second."""
    _check(person, starts_at, ends_at, by=by, at=at)
    shift = OnCallShift(site_id=by.site_id, person=person, starts_at=starts_at, ends_at=ends_at, position=position)
    if not _insert(shift):
        raise DomainError(f"{person.name} has this shift already.", field="person")
    record(AuditAction.SHIFT_SAVED, target=shift, person=str(person.pk), deed="added")
    return shift


@transaction.atomic
def add_pattern(pattern: Pattern, *, by: Membership, at: datetime) -> tuple[int, int]:
    """All of them or none. What is over is left out; what is there already stays one, so that sent twice is planned once."""
    if not 1 <= pattern.weeks <= MOST_WEEKS:
        raise DomainError(f"Plan 1 to {MOST_WEEKS} weeks at a time.", field="weeks")
    today = at.astimezone(by.site.tz).date()
    if abs(pattern.first_on - today) > FARTHEST:
        raise DomainError("Choose a first day within a year of today.", field="first_on")
    if not pattern.weekdays:
        raise DomainError("Choose at least one day.", field="weekdays")
    if not pattern.people:
        raise DomainError("Choose at least one person.", field="people")
    added = there = 0
    for starts_at, ends_at, person in planned(pattern, by.site.tz):
        if ends_at <= at:
            continue
        _check(person, starts_at, ends_at, by=by, at=at, field="people")
        made = _insert(
            OnCallShift(
                site_id=by.site_id, person=person, starts_at=starts_at, ends_at=ends_at, position=pattern.position
            )
        )
        added, there = added + made, there + (not made)
    if not added and not there:
        raise DomainError("Every one of these shifts is over already. Check the first day.", field="first_on")
    record(AuditAction.SHIFT_SAVED, deed="planned", added=added)
    return added, there


def planned(pattern: Pattern, zone: ZoneInfo) -> list[tuple[datetime, datetime, Membership]]:
    """From 7 pm until 7 am is that by the clock on the wall, also in the night in which the clocks change."""
    over_night, found = pattern.ends <= pattern.begins, []
    for day in (pattern.first_on + timedelta(days=number) for number in range(7 * pattern.weeks)):
        if day.weekday() not in pattern.weekdays:
            continue
        week = (day - pattern.first_on).days // 7
        turn = week if pattern.turns == "week" else len(found)
        starts = datetime.combine(day, pattern.begins, tzinfo=zone).astimezone(UTC)
        ends = datetime.combine(day + timedelta(days=over_night), pattern.ends, tzinfo=zone).astimezone(UTC)
        found.append((starts, ends, pattern.people[turn % len(pattern.people)]))
    return found


def _insert(shift: OnCallShift) -> bool:
    """Whether it was written; False when the same one is there, perhaps from another tap of the same form."""
    try:
        with transaction.atomic():
            shift.save(force_insert=True)
    except IntegrityError as error:
        if "shift_once" not in str(error):
            raise
        return False
    return True


def _check(
    person: Membership, starts_at: datetime, ends_at: datetime, *, by: Membership, at: datetime, field: str = "person"
) -> None:
    """Whether this person can have this shift at all."""
    if person.role not in CASEWORK or person.site_id != by.site_id:
        raise DomainError("Choose a case manager or supervisor of your site.", field=field)
    if not person.phone:
        raise DomainError(f"{person.name} has no number yet. An administrator enters it.", field=field)
    if ends_at <= starts_at:
        raise DomainError("The shift ends before it begins.", field="ends")
    if ends_at <= at:
        raise DomainError("This shift is already over. Check the day.", field="ends")
    if ends_at - starts_at > LONGEST:
        raise DomainError(f"A shift is {LONGEST.days} days at most. Check the days.", field="ends")
    if not person.is_current(starts_at) or (person.ends_at is not None and person.ends_at < ends_at):
        raise DomainError(f"The role of {person.name} does not last for the whole shift.", field=field)


@transaction.atomic
def end_shift(*, shift: OnCallShift, by: Membership, at: datetime) -> None:
    """One that runs ends now; one that has not begun leaves the list."""
    # The lock to delete: nobody may lengthen the row meanwhile.
    locked = OnCallShift.objects.select_for_update(of=("self",)).filter(pk=shift.pk).first()
    if locked is None or locked.ends_at <= at:
        raise StaleState("This shift is over already.")
    if locked.starts_at >= at:
        record(AuditAction.SHIFT_SAVED, target=locked, person=str(locked.person_id), deed="removed")
        ShiftOffer.objects.filter(Q(shift=locked) | Q(in_return=locked)).delete()
        locked.delete()
        return
    locked.ends_at = at
    locked.save(update_fields=["ends_at"])
    record(AuditAction.SHIFT_SAVED, target=locked, person=str(locked.person_id), deed="ended")


def coming(site_id, at: datetime, until: datetime) -> list[OnCallShift]:
    """Shifts that run now or begin before `until`, of people whose role is in force."""
    shifts = OnCallShift.objects.filter(site_id=site_id, ends_at__gt=at, starts_at__lt=until)
    found = shifts.select_related("person").order_by("starts_at", "position", "pk")[:MOST_SHIFTS]
    return [shift for shift in found if shift.person.is_current(max(at, shift.starts_at))]


def on_call_at(site_id, at: datetime) -> list[OnCallShift]:
    """Who is on call at a moment, in the order to call them."""
    running = [shift for shift in coming(site_id, at, at + timedelta(microseconds=1))]
    return sorted(running, key=lambda shift: (shift.position, shift.starts_at, shift.pk))


def gaps(shifts: Iterable[OnCallShift], at: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Spans between `at` and `until` that no shift covers. A person's role may end before the shift does."""
    found, covered = [], at
    spans = sorted((shift.starts_at, _end(shift)) for shift in shifts)
    for begins, ends in spans:
        if begins >= until:
            break
        if begins > covered:
            found.append((covered, begins))
        covered = max(covered, ends)
    if covered < until:
        found.append((covered, until))
    return found


def doubles(shifts: Iterable[OnCallShift]) -> list[tuple[OnCallShift, OnCallShift, datetime, datetime]]:
    """Two shifts of one person at the same time, or two people in the same place of the list: worth a look, no fault."""
    found = []
    for one, other in combinations(sorted(shifts, key=lambda shift: (shift.starts_at, shift.pk)), 2):
        begins, ends = max(one.starts_at, other.starts_at), min(_end(one), _end(other))
        if begins < ends and (one.person_id == other.person_id or one.position == other.position):
            found.append((one, other, begins, ends))
    return found


def _end(shift: OnCallShift) -> datetime:
    ends = shift.person.ends_at
    return shift.ends_at if ends is None else min(shift.ends_at, ends)
