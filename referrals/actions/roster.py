"""Who comes when an officer calls: shifts of the on-call list, and where it has gaps.

API
    add_shift(person=, starts_at=, ends_at=, position=, by=, at=) -> OnCallShift
    end_shift(shift=, by=, at=)            now, or off the list when it has not begun
    on_call_at(site_id, at) -> [shift]     first to call first
    coming(site_id, at, until) -> [shift]  what runs or begins before `until`
    gaps(shifts, at, until) -> [(from, to)]  pure; moments at which nobody is on call
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from lead_cms.access.permissions import CASEWORK
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from referrals.models import OnCallShift

LOOK_AHEAD = timedelta(days=7)
LONGEST = timedelta(days=14)
MOST_SHIFTS = 300


@transaction.atomic
def add_shift(
    *, person: Membership, starts_at: datetime, ends_at: datetime, position: int, by: Membership, at: datetime
) -> OnCallShift:
    """Overlaps are fine: `position` says who is called first, and the next on the list is called second."""
    if person.role not in CASEWORK or person.site_id != by.site_id:
        raise DomainError("Choose a case manager or supervisor of your site.", field="person")
    if not person.phone:
        raise DomainError(f"{person.name} has no number yet. An administrator enters it.", field="person")
    if ends_at <= starts_at:
        raise DomainError("The shift ends before it begins.", field="ends")
    if ends_at <= at:
        raise DomainError("This shift is already over. Check the day.", field="ends")
    if ends_at - starts_at > LONGEST:
        raise DomainError(f"A shift is {LONGEST.days} days at most. Check the days.", field="ends")
    if not person.is_current(starts_at) or (person.ends_at is not None and person.ends_at < ends_at):
        raise DomainError(f"The role of {person.name} does not last for the whole shift.", field="person")
    same = OnCallShift.objects.filter(
        site_id=by.site_id, person=person, starts_at=starts_at, ends_at=ends_at, position=position
    )
    if same.exists():
        raise DomainError(f"{person.name} has this shift already.", field="person")
    shift = OnCallShift(site_id=by.site_id, person=person, starts_at=starts_at, ends_at=ends_at, position=position)
    shift.save(force_insert=True)
    record(AuditAction.SHIFT_SAVED, target=shift, person=str(person.pk), deed="added")
    return shift


@transaction.atomic
def end_shift(*, shift: OnCallShift, by: Membership, at: datetime) -> None:
    """One that runs ends now; one that has not begun leaves the list."""
    # The lock to delete: nobody may lengthen the row meanwhile.
    locked = OnCallShift.objects.select_for_update(of=("self",)).filter(pk=shift.pk).first()
    if locked is None or locked.ends_at <= at:
        raise StaleState("This shift is over already.")
    if locked.starts_at >= at:
        record(AuditAction.SHIFT_SAVED, target=locked, person=str(locked.person_id), deed="removed")
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


def _end(shift: OnCallShift) -> datetime:
    ends = shift.person.ends_at
    return shift.ends_at if ends is None else min(shift.ends_at, ends)
