"""The list of referrals without a clock: who is to be found, what came of it, and that every ending can be left again."""

from datetime import datetime

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import StaleState
from lead_cms.core.held import still_there
from referrals.actions.changing import change_status
from referrals.actions.holding import hold_case
from referrals.enums import OUTREACH_LIFE, OUTREACH_TRANSITIONS, Door, OutreachState, ReferralStatus
from referrals.models import Attempt, Casework, OutreachEntry, Referral

ENDINGS = (OutreachState.YES, OutreachState.NOT_NOW, OutreachState.NOT_FOUND)


@transaction.atomic
def change_outreach(*, referral: Referral, to: str, by: Membership, at: datetime) -> OutreachEntry:
    """Move an entry along; a community referral is done when outreach comes to an end, whatever the end."""
    hold_case(referral.pk)
    entry = still_there(OutreachEntry.objects.select_for_update(of=("self",), no_key=True), referral=referral)
    if to not in OUTREACH_TRANSITIONS[OutreachState(entry.state)]:
        raise StaleState(f"The list has moved on: it says “{entry.get_state_display()}” now.")
    _move(entry, OutreachState(to), at=at)
    if to in ENDINGS:
        Casework.objects.filter(referral=referral).update(next_try_at=None)
        _finish(referral, by=by, at=at)
    return entry


def note_try(*, referral: Referral, reached: bool, moment: datetime, by: Membership, at: datetime) -> None:
    """What a try makes of the entry, if the referral is on the list; call it in the transaction of the try."""
    entry = OutreachEntry.objects.select_for_update(of=("self",), no_key=True).filter(referral=referral).first()
    if entry is None:
        return
    if entry.first_tried_at is None:
        entry.first_tried_at = moment
        entry.save(update_fields=["first_tried_at"])
    onward = OUTREACH_TRANSITIONS[OutreachState(entry.state)]
    if reached:
        to = OutreachState.REACHED
    elif entry.state in (OutreachState.WAITING, OutreachState.TO_FIND):
        to = OutreachState.TRIED
    else:
        return
    if to in onward:
        _move(entry, to, at=at)


def untry(*, attempt: Attempt, is_first: bool, at: datetime) -> None:
    """The try was taken back: an entry that it moved goes back to where people are looked for."""
    entry = OutreachEntry.objects.select_for_update(of=("self",), no_key=True)
    entry = entry.filter(referral_id=attempt.referral_id).first()
    if entry is None:
        return
    if is_first and entry.first_tried_at is not None:
        entry.first_tried_at = None
        entry.save(update_fields=["first_tried_at"])
    if entry.state_changed_at == attempt.entered_at and entry.state in (OutreachState.TRIED, OutreachState.REACHED):
        _move(entry, OutreachState.TO_FIND if is_first else OutreachState.TRIED, at=at)


def _move(entry: OutreachEntry, to: OutreachState, *, at: datetime) -> None:
    entry.state, entry.state_changed_at = to, at
    entry.save(update_fields=["state", "state_changed_at"])
    record(AuditAction.OUTREACH_CHANGED, target=entry, to=to)


def _finish(referral: Referral, *, by: Membership, at: datetime) -> None:
    if referral.door != Door.COMMUNITY:
        return
    current = still_there(Referral.objects.select_for_update(of=("self",), no_key=True), pk=referral.pk)
    if current.status == ReferralStatus.SUBMITTED:
        change_status(current, ReferralStatus.HANDED_OVER, by=by, at=at)
    if current.status in (ReferralStatus.OUTREACH, ReferralStatus.HANDED_OVER):
        change_status(current, ReferralStatus.DONE, by=by, at=at)


def not_now(*, referral: Referral, by: Membership, at: datetime, required: bool = True) -> None:
    """The person steps back while outreach has them on its list; `required=False` where the list may not know them."""
    entry = OutreachEntry.objects.select_for_update(of=("self",), no_key=True).filter(referral=referral).first()
    if entry is None or entry.state in (OutreachState.NOT_NOW, OutreachState.NOT_FOUND, OutreachState.DIED):
        if required:
            raise StaleState("Nobody is being looked for here.")
        return
    if OutreachState.NOT_NOW not in OUTREACH_TRANSITIONS[OutreachState(entry.state)]:
        _move(entry, OutreachState.REACHED, at=at)
    _move(entry, OutreachState.NOT_NOW, at=at)
    _finish(referral, by=by, at=at)


def end_at_death(*, referral: Referral, by: Membership, at: datetime) -> None:
    """Off the list for good, also where it stood at another ending: nobody goes to look for them again."""
    entry = OutreachEntry.objects.select_for_update(of=("self",), no_key=True).filter(referral=referral).first()
    if entry is None or OutreachState.DIED not in OUTREACH_LIFE[OutreachState(entry.state)]:
        return
    _move(entry, OutreachState.DIED, at=at)
    _finish(referral, by=by, at=at)
