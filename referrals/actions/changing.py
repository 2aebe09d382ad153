"""The only place that assigns the status of a referral and the state of a window.

API
    change_status(referral, to, by=, at=) -> Referral     locks the row afresh; StaleState when it has moved on
    change_window_state(window, to, by=, at=, met_on=None) -> IntakeWindow
Call them inside the caller's transaction. What a cancelled or unapproved referral had held goes its usual way.
"""

from datetime import date, datetime

from django.db import transaction

from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import StaleState
from lead_cms.core.held import still_there
from referrals.actions import paging, reminders
from referrals.actions.holding import hold
from referrals.enums import TRANSITIONS, WINDOW_TRANSITIONS, ReferralStatus, WindowState
from referrals.models import HeldCharge, IntakeWindow, Packet, Referral

# Before the handover these end it: nothing is held any more, and nobody decides on it.
RELEASING = frozenset({ReferralStatus.CANCELLED, ReferralStatus.NOT_APPROVED})


@transaction.atomic
def change_status(referral: Referral, to: str, *, by: Membership, at: datetime) -> Referral:
    """Move a referral along TRANSITIONS; the caller's instance is brought up to date."""
    hold(referral.pk)
    locked = Referral.objects.select_for_update(of=("self",), no_key=True).filter(pk=referral.pk).first()
    # A row that its officer may still read and not change any more is not found by a lock.
    found = locked or Referral.objects.get(pk=referral.pk)
    if locked is None or to not in TRANSITIONS[ReferralStatus(found.status)]:
        raise StaleState(f"This has moved on. It says “{found.get_status_display()}” now.")
    was, locked.status, locked.status_changed_at = locked.status, ReferralStatus(to), at
    locked.save(update_fields=["status", "status_changed_at"])
    referral.status, referral.status_changed_at = locked.status, at
    record(AuditAction.REFERRAL_STATUS_CHANGED, target=locked, was=was, to=str(to))
    if to not in paging.OFFICER_WAITS:
        paging.stop(locked.pk, why=str(to), at=at)
    if to in RELEASING:
        _release(locked, at=at)
    return referral


@transaction.atomic
def change_window_state(
    window: IntakeWindow, to: str, *, by: Membership, at: datetime, met_on: date | None = None
) -> IntakeWindow:
    """Move a window along WINDOW_TRANSITIONS; `met_on` is the day of the last item and belongs to "met" alone."""
    locked = still_there(IntakeWindow.objects.select_for_update(of=("self",), no_key=True), pk=window.pk)
    if to not in WINDOW_TRANSITIONS[WindowState(locked.state)]:
        raise StaleState(f"This window has moved on. It says “{locked.get_state_display()}” now.")
    locked.state, locked.state_changed_at = WindowState(to), at
    if to == WindowState.MET:
        locked.met_on = met_on or window.met_on
    locked.save(update_fields=["state", "state_changed_at", "met_on"])
    window.state, window.state_changed_at, window.met_on = locked.state, at, locked.met_on
    return window


def _release(referral: Referral, *, at: datetime) -> None:
    """What was held is held no more: it leaves the prosecutor's list, its window ends, nobody is reminded."""
    with acting_as(Duty.CLOCKWORK):
        # Row security leaves a charge that is decided as it is.
        HeldCharge.objects.filter(referral_id=referral.pk).update(hidden_at=at)
        Packet.objects.filter(referral_id=referral.pk).update(hidden_at=at)
        IntakeWindow.objects.filter(referral_id=referral.pk, state=WindowState.OPEN).update(
            state=WindowState.ENDED, state_changed_at=at
        )
    reminders.cancel_all(referral, at=at)
