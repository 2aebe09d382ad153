"""The officer's part of the handoff: who comes, called, on the way, arrived – and what then, when nobody came.

API
    on_call(site_id, at) -> [OnCallShift]          who is called first, then next
    stamp(referral=, moment=, by=, at=, happened_at=None)
    nobody_came(referral=, why=, fallback=, by=, at=, place="", note="")
    latest(clock_time, at, zone)                    the last time a clock showed this
"""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import TextChoices

from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.moments import passes, skipped
from lead_cms.core.prepared import prepared
from lead_cms.programs.current import rules_by_id
from referrals.actions import paging
from referrals.actions.changing import change_status
from referrals.actions.correcting import BEFORE_HANDOVER, TOO_LATE
from referrals.actions.holding import hold
from referrals.actions.moments import is_same_minute
from referrals.actions.reminders import case_path, tell_now
from referrals.enums import TRANSITIONS, OutreachState, ReferralStatus
from referrals.models import Handoff, OnCallShift, OutreachEntry, Referral

LONGEST = timedelta(hours=24)  # a moment typed later lies at most so far back


class Moment(TextChoices):
    CALLED = "called", "Called"
    ACKNOWLEDGED = "acknowledged", "On the way"
    ARRIVED = "arrived", "Arrived"


class NobodyCame(TextChoices):
    NO_ANSWER = "no_answer", "Nobody answered"
    TOO_LONG = "too_long", "They have not come in time"


FALLBACK_NAMES = {
    "next_on_list": "Call the next on the list",
    "drop_off": "Bring the person to a drop-off place",
    "station": "Meet at the station",
    "hold_and_reach_out": "Hold the charge, the person leaves, outreach follows",
    "judgement": "Your judgment; tell us what you did",
}


def on_call(site_id, at: datetime, most: int = 3) -> list[OnCallShift]:
    """Whose shift it is now, in the order in which they are called; nobody twice, and nobody whose role has ended."""
    each: dict = {}
    for shift in _shifts(site_id=site_id, at=at, most=4 * most):
        if shift.person.is_current(at):
            each.setdefault(shift.person_id, shift)
    return list(each.values())[:most]


@prepared(site_id=UUID, at=datetime)
def _shifts(*, site_id, at, most):
    shifts = OnCallShift.objects.filter(site_id=site_id, starts_at__lte=at, ends_at__gt=at)
    return shifts.select_related("person").order_by("position", "starts_at", "pk")[:most]


def latest(clock: time, at: datetime, zone: ZoneInfo) -> datetime:
    """The last moment at which the site's clocks showed `clock`: ten to midnight, typed at two, was yesterday."""
    today = at.astimezone(zone).date()
    for days in (0, 1):
        day = today - timedelta(days=days)
        naive = datetime.combine(day, clock)
        found = passes(naive, zone)
        if not found and naive < at.astimezone(zone).replace(tzinfo=None):
            raise DomainError(skipped(naive, zone), field="happened")
        # An hour that comes twice is taken as its second passing, unless that is still to come; the page says so.
        if past := [moment for moment in found if moment <= at]:
            return past[-1]
    raise DomainError("This time does not exist on that day.", field="happened")


@transaction.atomic
def stamp(
    *, referral: Referral, moment: str, by: Membership, at: datetime, happened_at: datetime | None = None
) -> Handoff:
    """Write down when it happened. A time given afterwards is marked as typed later; a first "called" stays."""
    if moment not in Moment.values:
        raise DomainError("Choose what happened.", field="moment")
    handoff = _handoff(referral)
    if moment == Moment.CALLED and handoff.called_at is not None and happened_at is None:
        return handoff
    true_at = happened_at or at
    if moment == Moment.ARRIVED and handoff.called_at and is_same_minute(true_at, handoff.called_at):
        true_at = handoff.called_at
    _check_time(handoff, moment, true_at, at)
    setattr(handoff, f"{moment}_at", true_at)
    changed = [f"{moment}_at"]
    if moment == Moment.ACKNOWLEDGED:
        handoff.acknowledged_by = by
        changed.append("acknowledged_by")
    if happened_at is not None:
        handoff.typed_later = sorted({*handoff.typed_later, str(moment)})
        changed.append("typed_later")
    handoff.save(update_fields=changed)
    if moment != Moment.CALLED:
        paging.stop(referral.pk, why=str(moment), at=at)
    elif referral.status in paging.OFFICER_WAITS and handoff.acknowledged_at is None and handoff.arrived_at is None:
        # The call pages as well, where nothing did yet; a chain that has begun goes on as it is.
        minutes = rules_by_id(referral.rules_id).handoff.page_minutes
        paging.begin(referral=referral, minutes=minutes, at=at)
    record(AuditAction.HANDOFF_STAMPED, target=handoff, moment=str(moment), typed_later=happened_at is not None)
    return handoff


def _check_time(handoff: Handoff, moment: str, true_at: datetime, at: datetime) -> None:
    if true_at > at:
        raise DomainError("This time is in the future.", field="happened")
    if true_at < at - LONGEST:
        raise DomainError("This is more than a day ago.", field="happened")
    if moment == Moment.ARRIVED and handoff.called_at and true_at < handoff.called_at:
        raise DomainError("The arrival is not before the call.", field="happened")
    if moment == Moment.CALLED and handoff.arrived_at and true_at > handoff.arrived_at:
        raise DomainError("The call is not after the arrival.", field="happened")


@transaction.atomic
def nobody_came(
    *, referral: Referral, why: str, fallback: str, by: Membership, at: datetime, place: str = "", note: str = ""
) -> Handoff:
    """Nobody answered, or the wait was longer than the site's: what was done instead. It counts against staffing."""
    rules = rules_by_id(referral.rules_id)
    ways = {way.kind: way for way in rules.handoff.fallbacks or ()}
    if why not in NobodyCame.values:
        raise DomainError("Say what happened.", field="why")
    if fallback not in (*ways, "judgement"):
        raise DomainError("Choose what you do instead.", field="fallback")
    if fallback == "judgement" and not note.strip():
        raise DomainError("Tell us in a line what you did.", field="note")
    hold(referral.pk)
    handoff = _handoff(referral)
    referral.refresh_from_db(fields=["status"])
    was_called = referral.status != ReferralStatus.TRIAGE  # before the coordinator's answer nobody is
    handoff.nobody_came_at = handoff.nobody_came_at or at
    handoff.nobody_came_why, handoff.fallback = why, fallback
    handoff.fallback_note = " · ".join(part.strip() for part in (place, note) if part.strip())[:200]
    handoff.save(update_fields=["nobody_came_at", "nobody_came_why", "fallback", "fallback_note"])
    record(AuditAction.HANDOFF_STAMPED, target=handoff, moment="nobody_came", why=str(why), fallback=fallback)
    paging.stop(referral.pk, why="nobody_came", at=at)
    if fallback == "hold_and_reach_out":
        hours = ways[fallback].outreach_hours
        _reach_out(referral, by=by, at=at, target_at=at + timedelta(hours=hours) if hours else None)
    tell_now(referral=referral, recipient="coordinator", step="nobody_came", path="/", at=at)
    if was_called:  # whoever may be on the way to a place where nobody waits any more
        tell_now(referral=referral, recipient="case_manager", step="nobody_came", path=case_path(referral.pk), at=at)
    return handoff


def _reach_out(referral: Referral, *, by: Membership, at: datetime, target_at: datetime | None) -> None:
    """The person leaves; outreach finds them. The list is not the officer's to read."""
    if ReferralStatus.OUTREACH in TRANSITIONS[ReferralStatus(referral.status)]:
        change_status(referral, ReferralStatus.OUTREACH, by=by, at=at)
    with acting_as(Duty.INTAKE):
        OutreachEntry.objects.bulk_create(
            [
                OutreachEntry(
                    site_id=referral.site_id, referral_id=referral.pk, state=OutreachState.TO_FIND, listed_at=at,
                    first_try_target_at=target_at, state_changed_at=at,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip


def _handoff(referral: Referral) -> Handoff:
    handoff = (
        Handoff.objects.select_for_update(of=("self",), no_key=True)
        .filter(referral_id=referral.pk, handed_over_at=None, referral__status__in=BEFORE_HANDOVER)
        .first()
    )
    if handoff is None:
        raise StaleState(TOO_LATE)
    return handoff
