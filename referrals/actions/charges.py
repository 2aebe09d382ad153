"""What a prosecutor does with a held charge: the packet is there, more time, the decision. The system decides nothing.

API
    receive(charge=, file_number=, limitation_on=, by=, at=) -> HeldCharge
    extend(charge=, until_on=, seen_due_on=, by=, at=) -> HeldCharge
    decide(charge=, decision=, by=, at=) -> HeldCharge
Every charge of a referral is locked in one order, so that of two people one is told what the other did.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.templatetags.dates import say_day, say_when
from lead_cms.programs.clock import local_day
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.rules import need
from referrals.actions import reminders
from referrals.enums import Decision, WindowState
from referrals.models import Extension, HeldCharge, IntakeWindow, Packet, Referral

# A slip of the keyboard, not a rule: nobody gives more time than this.
MOST_YEARS_AHEAD = 2
# A window that is met or has ended has no time left to lengthen.
RUNNING = frozenset({WindowState.OPEN, WindowState.STEPPED_BACK})
WINDOW_COLUMNS = ("id", "site_id", "referral_id", "rules_id", "state", "starts_on", "due_on", "extension_count")


@transaction.atomic
def receive(
    *, charge: HeldCharge, file_number: str, limitation_on: date | None, by: Membership, at: datetime
) -> HeldCharge:
    """The report packet is here: stamped once. File number and limitation date are typed and may be put right."""
    locked = _locked(charge)[charge.pk]
    _refuse_decided(locked)
    if limitation_on is not None and limitation_on < locked.held_on:
        raise DomainError("This is before the charge was held. Check the year.", field="limitation_on")
    packet = Packet.objects.select_for_update(of=("self",), no_key=True).get(referral_id=locked.referral_id)
    if packet.received_at is None:
        packet.received_at, packet.received_by = at, by
        packet.save(update_fields=["received_at", "received_by"])
        record(AuditAction.PACKET_RECEIVED, target=packet)
    locked.file_number, locked.limitation_on = file_number.strip(), limitation_on
    locked.save(update_fields=["file_number", "limitation_on"])
    return locked


@transaction.atomic
def extend(
    *, charge: HeldCharge, until_on: date, by: Membership, at: datetime, seen_due_on: date | None = None
) -> HeldCharge:
    """More time until a date, for every undecided charge of the referral, before or after the due day.

    The window grows by as many days, and the unsent reminders are written anew; the prosecutor reads nothing of either.
    """
    charges = _locked(charge)
    locked = charges[charge.pk]
    _refuse_decided(locked)
    if seen_due_on is not None and seen_due_on != locked.due_on:
        raise StaleState(f"Somebody gave more time already: the decision falls due {say_day(locked.due_on)}.")
    today = local_day(at, by.site.tz)
    _check_until(until_on, locked, today)
    more = until_on - locked.due_on
    for one in charges.values():
        if one.decided_at is not None:
            continue
        one.due_on, one.extension_count = until_on, one.extension_count + 1
        one.save(update_fields=["due_on", "extension_count"])
        Extension.objects.create(
            site_id=one.site_id, charge=one, number=one.extension_count, until_on=until_on, granted_at=at, granted_by=by
        )  # fmt: skip
        record(AuditAction.CHARGE_EXTENDED, target=one, until_on=until_on.isoformat(), number=one.extension_count)
    _lengthen(locked, more, by=by, at=at)
    _tell_casework(locked, step=f"extended_{locked.extension_count}", at=at)
    return locked


@transaction.atomic
def decide(*, charge: HeldCharge, decision: str, by: Membership, at: datetime) -> HeldCharge:
    """The prosecutor's word, on the due date or after it, whatever was shared. With the last charge every reminder ends."""
    charges = _locked(charge)
    locked = charges[charge.pk]
    _refuse_decided(locked)
    if decision not in Decision.values:
        raise DomainError("Choose a decision.", field="decision")
    if local_day(at, by.site.tz) < locked.due_on:
        raise DomainError(
            f"A decision can be recorded from {locked.due_on:%B} {locked.due_on.day}, {locked.due_on.year} on."
        )
    visible = timedelta(days=_days_decided_is_visible(locked))
    locked.decision, locked.decided_at, locked.decided_by = Decision(decision), at, by
    locked.hidden_at = at + visible
    locked.save(update_fields=["decision", "decided_at", "decided_by", "hidden_at"])
    record(AuditAction.CHARGE_DECIDED, target=locked, decision=str(decision))
    if all(one.decided_at is not None for one in charges.values()):
        Packet.objects.filter(referral_id=locked.referral_id).update(hidden_at=at + visible)
        reminders.cancel_all_of(locked.referral_id, at=at)
    _tell_casework(locked, step=f"decided_{locked.pk.hex[:12]}", at=at)
    return locked


def _locked(charge: HeldCharge) -> dict:
    """Every charge of the referral, locked; the one asked for is among them unless it has left the list."""
    rows = HeldCharge.objects.select_for_update(of=("self",), no_key=True).filter(referral_id=charge.referral_id)
    # No join: after waiting for a lock the locked row is read anew, what it was joined with is not.
    found = {one.pk: one for one in rows.order_by("pk")}
    if charge.pk not in found:
        raise StaleState("This charge is not on the list any more.")
    return found


def _refuse_decided(charge: HeldCharge) -> None:
    if charge.decided_at is None:
        return
    raise StaleState(
        f"{charge.decided_by.name} recorded “{charge.get_decision_display()}” {say_when(charge.decided_at)}. "
        "Nothing was changed."
    )


def _check_until(until_on: date, charge: HeldCharge, today: date) -> None:
    if until_on <= charge.due_on:
        raise DomainError(
            f"The decision falls due {say_day(charge.due_on)} already. Choose a later day.", field="until_on"
        )
    if until_on < today:
        raise DomainError("This day has passed. Choose today or a later day.", field="until_on")
    if until_on.year - today.year > MOST_YEARS_AHEAD:
        raise DomainError("This is years ahead. Check the year.", field="until_on")
    if charge.limitation_on is not None and until_on > charge.limitation_on:
        last = charge.limitation_on
        raise DomainError(f"This is after the limitation date, {last:%B} {last.day}, {last.year}.", field="until_on")


def _lengthen(charge: HeldCharge, more: timedelta, *, by: Membership, at: datetime) -> None:
    """The clock of casework, which the prosecutor may not see."""
    with acting_as(Duty.CLOCKWORK):
        windows = IntakeWindow.objects.select_for_update(of=("self",), no_key=True).only(*WINDOW_COLUMNS)
        window = windows.get(referral_id=charge.referral_id)
        if window.state in RUNNING:
            window.due_on, window.extension_count = window.due_on + more, charge.extension_count
            window.save(update_fields=["due_on", "extension_count"])
    reminders.rewrite_for_extension(
        window=window, charge_id=charge.pk, schedule=charge.extension_count, rules=rules_by_id(window.rules_id),
        decision_on=charge.due_on, for_casework=window.state == WindowState.OPEN, tz=by.site.tz, at=at,
    )  # fmt: skip


def _tell_casework(charge: HeldCharge, *, step: str, at: datetime) -> None:
    """That there is something to read on the case page; once, and nothing about somebody who has died.

    With a charge undecided only a death ends a window. The prosecutor learns nothing of it, told or not told.
    """
    with acting_as(Duty.CLOCKWORK):
        state = IntakeWindow.objects.values_list("state", flat=True).get(referral_id=charge.referral_id)
    if state == WindowState.ENDED:
        return
    case = Referral(pk=charge.referral_id, site_id=charge.site_id)
    path = reminders.case_path(charge.referral_id)
    reminders.tell_now(referral=case, recipient="case_manager", step=step, path=path, email=True, at=at)


def _days_decided_is_visible(charge: HeldCharge) -> int:
    """By the version the referral was made under."""
    with acting_as(Duty.CLOCKWORK):
        rules_id = IntakeWindow.objects.values_list("rules_id", flat=True).get(referral_id=charge.referral_id)
    return need(rules_by_id(rules_id).visibility.decided_visible_days, "visibility.decided_visible_days")
