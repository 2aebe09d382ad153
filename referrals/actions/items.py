"""What a window needs, and when it is met.

API
    record_item(referral=, kind=, done_on=, by=, at=) -> [WindowItem]   one per open window of the person it falls into
    confirm_item(item=, by=, at=) -> WindowItem                         somebody else's word for one typed late
    settle(window=, by=, at=) -> bool                                   met, if nothing is missing
    refuse_day(referral=, kind=, done_on=, by=, at=)                    DomainError for a day that cannot count
An item counts on the day it was done; typed after the due day it waits for confirmation (docs/practice.md 22).
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.held import still_there
from lead_cms.programs.clock import item_counts, needs_confirmation
from referrals.actions import reminders
from referrals.actions.changing import change_window_state
from referrals.actions.holding import hold
from referrals.actions.moments import day_not_in_future
from referrals.enums import Item, WindowState
from referrals.models import Casework, HeldCharge, IntakeWindow, Referral, WindowItem, WindowResult


def refuse_day(*, referral: Referral, kind: str, done_on: date, by: Membership, at: datetime) -> None:
    """Raise DomainError for an unknown kind, a day to come, or one before the referral's own window began."""
    if kind not in Item.values:
        raise DomainError("Choose what was done.", field="kind")
    day_not_in_future(done_on, at, by.site, field="done_on")
    window = IntakeWindow.objects.filter(referral=referral).first()
    if window is not None and done_on < window.starts_on:
        raise DomainError(
            f"The window began on {window.starts_on:%B} {window.starts_on.day}; this is before it.", field="done_on"
        )


@transaction.atomic
def record_item(*, referral: Referral, kind: str, done_on: date, by: Membership, at: datetime) -> list[WindowItem]:
    """Write the item into every open window of the person that needs it and that the day falls into.

    A referral without a window has nothing to count, and the list is empty. Raises DomainError (`done_on`, `kind`).
    """
    refuse_day(referral=referral, kind=kind, done_on=done_on, by=by, at=at)
    hold(referral.pk)
    made = []
    for window in _windows_of_person(referral):
        if kind not in window.required_items or done_on < window.starts_on:
            continue
        if WindowItem.objects.filter(window=window, kind=kind).exists():
            continue
        item = WindowItem.objects.create(
            site_id=window.site_id, window=window, kind=kind, done_on=done_on, typed_at=at, typed_by=by,
            needs_confirmation=needs_confirmation(done_on, at, window.due_on, by.site.tz),
        )  # fmt: skip
        record(AuditAction.ITEM_RECORDED, target=window, kind=kind, needs_confirmation=item.needs_confirmation)
        made.append(item)
        if item.needs_confirmation:
            reminders.tell_now(
                referral=window.referral, recipient="supervisor", step=f"confirm_{kind}",
                path=reminders.case_path(window.referral_id), at=at,
            )  # fmt: skip
        settle(window=window, by=by, at=at)
    return made


@transaction.atomic
def confirm_item(*, item: WindowItem, by: Membership, at: datetime) -> WindowItem:
    """Somebody else confirms what was typed after the due day; never whoever typed it."""
    if not has_permission(by, Permission.CASEWORK_CONFIRM):
        raise DomainError("A supervisor confirms it.")
    hold(item.window.referral_id)
    window = _lock(item.window_id)
    item = WindowItem.objects.get(pk=item.pk)
    if item.typed_by_id == by.pk:
        raise DomainError("You typed it yourself: somebody else confirms it.")
    if not item.needs_confirmation or item.confirmed_at is not None:
        raise StaleState("This is confirmed already.")
    item.confirmed_at, item.confirmed_by = at, by
    item.save(update_fields=["confirmed_at", "confirmed_by"])
    record(AuditAction.ITEM_CONFIRMED, target=window, kind=item.kind)
    settle(window=window, by=by, at=at)
    return item


@transaction.atomic
def settle(*, window: IntakeWindow, by: Membership, at: datetime) -> bool:
    """Met, when every required item counts and was done by the due day; then casework's reminders stop.

    The result goes into a table of its own, one row a held charge; nothing on the charge or its date moves.
    """
    window = _lock(window.pk)
    if window.state != WindowState.OPEN or missing_items(window, window.items.all()):
        return False
    met_on = max(
        (item.done_on for item in window.items.all() if item.kind in window.required_items), default=window.starts_on
    )
    change_window_state(window, WindowState.MET, by=by, at=at, met_on=met_on)
    charges = HeldCharge.objects.filter(referral_id=window.referral_id)
    WindowResult.objects.bulk_create(
        [
            WindowResult(site_id=window.site_id, charge=charge, window=window, met_on=met_on, recorded_by=by)
            for charge in charges
        ]
    )
    record(AuditAction.WINDOW_MET, target=window)
    reminders.cancel_casework(window.referral, at=at)
    return True


def missing_items(window: IntakeWindow, items) -> list[str]:
    """The required kinds that do not count yet, in the rules' order."""
    counted = {
        item.kind for item in items if item.counts() and item_counts(item.done_on, window.starts_on, window.due_on)
    }
    return [kind for kind in window.required_items if kind not in counted]


def _windows_of_person(referral: Referral) -> list[IntakeWindow]:
    """The open windows of this referral and of the same participant's others, locked in one order."""
    person = Casework.objects.filter(referral=referral).values_list("participant_id", flat=True).first()
    whose = Q(referral=referral)
    if person is not None:
        whose |= Q(referral__casework__participant_id=person)
    keys = list(IntakeWindow.objects.filter(whose, state=WindowState.OPEN).order_by("pk").values_list("pk", flat=True))
    return [_lock(key) for key in keys]


def _lock(pk) -> IntakeWindow:
    locked = IntakeWindow.objects.select_for_update(of=("self",), no_key=True)
    return still_there(locked.select_related("referral"), pk=pk)
