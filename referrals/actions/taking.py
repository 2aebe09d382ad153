"""From the officer's hands into casework's: acknowledged, arrived, taken over, or the person left before.

API
    stamp(referral=, step="acknowledged" | "arrived", by=, at=, true_at=None, is_confirmed=False) -> Handoff
    take_over(referral=, by=, at=, true_at=None, is_confirmed=False) -> Referral
    person_left(referral=, by=, at=) -> OutreachEntry
A time typed later is the true one, marked as such; times are in order and never in the future (docs/practice.md 2).
"""

from datetime import datetime, timedelta

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.held import still_there
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.rules import Rules, need
from participants.actions.closing import refuse_if_apart
from referrals.actions import paging
from referrals.actions.changing import change_status
from referrals.actions.holding import hold, hold_case
from referrals.actions.moments import is_same_minute, not_in_future
from referrals.enums import OutreachState, ReferralStatus
from referrals.models import Casework, Handoff, OutreachEntry, Referral, ReferredPerson

STEPS = ("called", "acknowledged", "arrived", "handed_over")  # in the order in which they happen
SAYS = {
    "called": "the call",
    "acknowledged": "“On the way”",
    "arrived": "the arrival",
    "handed_over": "the handover",
}
WAITING = (ReferralStatus.SUBMITTED, ReferralStatus.PENDING)
TAKEABLE = (*WAITING, ReferralStatus.OUTREACH)


@transaction.atomic
def stamp(
    *, referral: Referral, step: str, by: Membership, at: datetime, true_at: datetime | None = None,
    is_confirmed: bool = False,
) -> Handoff:  # fmt: skip
    """Acknowledged ("I'm on my way") or arrived; also after the handover. A true time may take the place of a tap.

    Whoever may not take the person over does not set out either: the next in line is paged.
    """
    if step not in ("acknowledged", "arrived"):
        raise DomainError("There is no such step.")
    handoff = _lock(referral)
    if handoff is not None and getattr(handoff, f"{step}_at") is not None and true_at is None:
        raise StaleState(f"{SAYS[step][:1].upper()}{SAYS[step][1:]} is entered already.")
    if referral.status not in (*TAKEABLE, ReferralStatus.HANDED_OVER):
        raise StaleState("This referral is not waiting for a case manager.")
    if step == "acknowledged" and true_at is None:
        _refuse_if_apart(still_there(Casework.objects.all(), referral=referral), by=by, is_confirmed=is_confirmed)
    changed = _set(handoff, step, at=at, true_at=true_at)
    if step == "acknowledged":
        handoff.acknowledged_by = by
        changed.append("acknowledged_by")
    handoff.save(update_fields=changed)
    paging.stop(referral.pk, why=step, at=at)
    record(AuditAction.HANDOFF_STAMPED, target=referral, step=step, typed_later=true_at is not None)
    return handoff


@transaction.atomic
def take_over(
    *, referral: Referral, by: Membership, at: datetime, true_at: datetime | None = None, is_confirmed: bool = False
) -> Referral:
    """The person is with the case manager now: the officer's part ends, and the days of their view begin to count.

    A referral without a charge that is taken into work goes the same way, so that police and referrers learn nothing.
    Nobody takes over whom somebody they look after must not meet, unless a supervisor confirms it.
    """
    case = hold_case(referral.pk)
    referral = still_there(Referral.objects.select_for_update(of=("self",), no_key=True), pk=referral.pk)
    handoff = _lock(referral)
    if referral.status == ReferralStatus.HANDED_OVER:
        raise StaleState("Somebody has taken this referral over already.")
    if referral.status not in TAKEABLE:
        raise StaleState("This referral is not waiting for a case manager.")
    _refuse_if_apart(case, by=by, is_confirmed=is_confirmed)
    if handoff is not None:
        changed = _set(handoff, "handed_over", at=at, true_at=true_at)
        handoff.taken_by = by
        handoff.save(update_fields=[*changed, "taken_by"])
    moment = true_at or at
    change_status(referral, ReferralStatus.HANDED_OVER, by=by, at=at)
    rules = rules_by_id(referral.rules_id)
    days = need(rules.visibility.name_visible_days, "visibility.name_visible_days")
    ReferredPerson.objects.filter(referral=referral).update(police_until_at=moment + timedelta(days=days))
    case.case_manager = by
    case.save(update_fields=["case_manager"])
    OutreachEntry.objects.filter(referral=referral, state=OutreachState.WAITING).update(
        state=OutreachState.TO_FIND, state_changed_at=at
    )
    record(AuditAction.HANDOFF_STAMPED, target=referral, step="handed_over", typed_later=true_at is not None)
    return referral


@transaction.atomic
def person_left(*, referral: Referral, by: Membership, at: datetime) -> OutreachEntry:
    """The person left before the handover: the charge stays held, and outreach looks for them."""
    hold(referral.pk)
    referral = still_there(Referral.objects.select_for_update(of=("self",), no_key=True), pk=referral.pk)
    handoff = _lock(referral)
    if referral.status != ReferralStatus.SUBMITTED or (handoff and handoff.handed_over_at):
        raise StaleState("This referral is not waiting for a case manager any more.")
    change_status(referral, ReferralStatus.OUTREACH, by=by, at=at)
    rules = rules_by_id(referral.rules_id)
    entry, _ = OutreachEntry.objects.get_or_create(
        referral=referral,
        defaults={
            "site_id": referral.site_id,
            "state": OutreachState.TO_FIND,
            "listed_at": at,
            "first_try_target_at": first_try_target(rules, at),
            "state_changed_at": at,
        },
    )
    record(AuditAction.HANDOFF_STAMPED, target=referral, step="person_left")
    return entry


def first_try_target(rules: Rules, at: datetime) -> datetime | None:
    """When outreach aims to have tried first: the site's hours for "hold and reach out", else its target."""
    ways = (way.outreach_hours for way in rules.handoff.fallbacks or () if way.kind == "hold_and_reach_out")
    hours = next((found for found in ways if found is not None), rules.targets.first_try_hours)
    return None if hours is None else at + timedelta(hours=hours)


def _refuse_if_apart(case: Casework, *, by: Membership, is_confirmed: bool) -> None:
    """Whom a supervisor has given the case already was confirmed then."""
    if case.case_manager_id != by.pk:
        refuse_if_apart(participant_id=case.participant_id, case_manager=by, by=by, is_confirmed=is_confirmed)


def _lock(referral: Referral) -> Handoff | None:
    return Handoff.objects.select_for_update(of=("self",), no_key=True).filter(referral=referral).first()


def _set(handoff: Handoff, step: str, *, at: datetime, true_at: datetime | None) -> list[str]:
    """Write one time of the four, between those already known; the names of the changed columns."""
    if handoff is None:
        raise DomainError("Nobody was called for this referral.")
    moment = at if true_at is None else not_in_future(true_at, at, field="true_at")
    place = STEPS.index(step)
    for number, other in enumerate(STEPS):
        known = getattr(handoff, f"{other}_at")
        if known is None or number == place:
            continue
        if true_at is not None and number < place and is_same_minute(moment, known):
            moment = known
        if (number < place and moment < known) or (number > place and moment > known):
            where = "before" if number < place else "after"
            raise DomainError(f"This is {where} {SAYS[other]}. Check the time.", field="true_at")
    setattr(handoff, f"{step}_at", moment)
    if true_at is None:
        return [f"{step}_at"]
    handoff.typed_later = sorted({*handoff.typed_later, step})
    return [f"{step}_at", "typed_later"]
