"""What happens inside a window: custody, hospital, a new arrest, a death; stepping back; found to be under age.

No police or prosecutor role reads any of it, and nothing of it moves a held charge (docs/practice.md 20, 23).
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.held import still_there
from participants.actions.closing import close_record
from participants.actions.seen import forget_after_death
from participants.models import Participant
from referrals.actions import reminders
from referrals.actions.changing import change_window_state
from referrals.actions.holding import hold_case
from referrals.actions.moments import day_not_in_future, site_day
from referrals.actions.outreach import end_at_death, not_now
from referrals.enums import WindowEventKind, WindowState
from referrals.models import Casework, HeldCharge, IntakeWindow, Referral, WindowEvent

# Away until another event says that the person is back.
AWAY = (WindowEventKind.CUSTODY, WindowEventKind.HOSPITAL, WindowEventKind.DETOX)


@transaction.atomic
def record_event(
    *,
    referral: Referral,
    kind: str,
    happened_on: date,
    by: Membership,
    at: datetime,
    new_referral: Referral | None = None,
    is_confirmed: bool = False,
) -> WindowEvent | None:
    """Write one event. A death needs a second word first, and stops every message about the person.

    A new arrest is flagged to case manager and supervisor; the first window's clock runs on. Without a window only a
    death can be recorded (None is returned).
    """
    if kind not in WindowEventKind.values:
        raise DomainError("Choose what happened.", field="kind")
    day_not_in_future(happened_on, at, by.site, field="happened_on")
    hold_case(referral.pk)
    window = IntakeWindow.objects.select_for_update(of=("self",), no_key=True).filter(referral=referral).first()
    if window is not None and happened_on < window.starts_on:
        raise DomainError("This is before the window began.", field="happened_on")
    if kind == WindowEventKind.DEATH:
        return _death(referral, window, happened_on, is_confirmed=is_confirmed, by=by, at=at)
    if window is None:
        raise DomainError("There is no window here: log it as a try, or on the person’s page.")
    if window.state == WindowState.ENDED:
        raise StaleState("The window has ended.")
    if new_referral is not None:
        _check_same_person(referral, new_referral)
    event = _write(window, kind, happened_on, new_referral=new_referral, by=by, at=at)
    if kind == WindowEventKind.NEW_ARREST:
        for recipient in ("case_manager", "supervisor"):
            reminders.tell_now(
                referral=referral, recipient=recipient, step=f"new_arrest_{event.pk.hex[:8]}",
                path=reminders.case_path(referral.pk), at=at,
            )  # fmt: skip
    return event


@transaction.atomic
def step_back(*, referral: Referral, by: Membership, at: datetime) -> IntakeWindow | None:
    """The person steps back, and the door stays open. The prosecutor's side does not move at all."""
    hold_case(referral.pk)
    window = IntakeWindow.objects.select_for_update(of=("self",), no_key=True).filter(referral=referral).first()
    if window is None:
        not_now(referral=referral, by=by, at=at)
    elif window.state != WindowState.OPEN:
        raise StaleState(f"The window reads “{window.get_state_display()}” already.")
    else:
        change_window_state(window, WindowState.STEPPED_BACK, by=by, at=at)
        reminders.cancel_casework(referral, at=at)
        not_now(referral=referral, by=by, at=at, required=False)
    Casework.objects.filter(referral=referral).update(next_try_at=None)
    record(AuditAction.STEPPED_BACK, target=referral)
    return window


@transaction.atomic
def come_back(*, referral: Referral, by: Membership, at: datetime) -> IntakeWindow:
    """The person is back: the window is open again with the days that are left, and so are its reminders."""
    hold_case(referral.pk)
    window = still_there(IntakeWindow.objects.select_for_update(of=("self",), no_key=True), referral=referral)
    if window.state != WindowState.STEPPED_BACK:
        raise StaleState(f"The window reads “{window.get_state_display()}”.")
    change_window_state(window, WindowState.OPEN, by=by, at=at)
    reminders.resume_casework(referral, at=at)
    record(AuditAction.STEPPED_BACK, target=referral, again=True)
    return window


@transaction.atomic
def end_window(*, referral: Referral, by: Membership, at: datetime) -> IntakeWindow:
    """Take a window off the lists once its day has passed and the prosecutor has nothing left to decide on."""
    hold_case(referral.pk)
    window = still_there(IntakeWindow.objects.select_for_update(of=("self",), no_key=True), referral=referral)
    if window.state == WindowState.ENDED:
        raise StaleState("The window is off the list already.")
    waits = HeldCharge.objects.filter(referral=referral, decided_at=None)
    if window.due_on >= site_day(at, by.site) or waits.exists():
        raise DomainError("It stays on the list until its day has passed and the prosecutor has decided.")
    change_window_state(window, WindowState.ENDED, by=by, at=at)
    reminders.cancel_casework(referral, at=at)
    Casework.objects.filter(referral=referral).update(next_try_at=None)
    return window


@transaction.atomic
def seal(*, referral: Referral, by: Membership, at: datetime) -> None:
    """Found to be under age: closed at once to everybody but the supervisor, who is told (docs/practice.md 13)."""
    case = hold_case(referral.pk)
    if case.is_sealed:
        raise StaleState("This record is sealed already.")
    # Who is too young for one referral is so for the others of theirs.
    theirs = Q(pk=case.pk) | Q(participant_id=case.participant_id, participant__isnull=False, is_sealed=False)
    cases = list(Casework.objects.filter(theirs).select_related("referral"))
    for one in cases:
        reminders.cancel_all(one.referral, at=at)
    path = reminders.case_path(referral.pk)
    reminders.tell_now(referral=referral, recipient="supervisor", step="sealed", path=path, email=True, at=at)
    record(AuditAction.RECORD_SEALED, target=referral)
    if case.participant_id is not None:
        close_record(case.participant_id)
    # Last: after this the writer no longer sees the row.
    Casework.objects.filter(pk__in=[one.pk for one in cases]).update(is_sealed=True, next_try_at=None)


def _death(referral, window, happened_on, *, is_confirmed, by, at) -> WindowEvent | None:
    if not is_confirmed:
        raise DomainError("Confirm it first: every message about this person stops.", field="is_confirmed")
    case = Casework.objects.get(referral=referral)
    event = None
    if window is not None:
        if window.events.filter(kind=WindowEventKind.DEATH).exists():
            raise StaleState("This is recorded already.")
        event = _write(window, WindowEventKind.DEATH, happened_on, new_referral=None, by=by, at=at)
    else:
        record(AuditAction.WINDOW_EVENT, target=referral)
    referrals = [referral]
    if case.participant_id is not None:
        Participant.objects.filter(pk=case.participant_id).update(died_on=happened_on)
        forget_after_death(participant=case.participant)
        same = Referral.objects.filter(casework__participant_id=case.participant_id).exclude(pk=referral.pk)
        referrals += same.order_by("pk")
    for one in referrals:
        reminders.cancel_all(one, at=at)
        theirs = IntakeWindow.objects.select_for_update(of=("self",), no_key=True).filter(referral=one).first()
        if theirs is not None and theirs.state != WindowState.ENDED:
            change_window_state(theirs, WindowState.ENDED, by=by, at=at)
        end_at_death(referral=one, by=by, at=at)
    Casework.objects.filter(referral__in=referrals).update(next_try_at=None)
    return event


def _write(window, kind, happened_on, *, new_referral, by, at) -> WindowEvent:
    event = WindowEvent.objects.create(
        site_id=window.site_id, window=window, kind=kind, happened_on=happened_on, new_referral=new_referral,
        recorded_at=at, recorded_by=by,
    )  # fmt: skip
    record(AuditAction.WINDOW_EVENT, target=window)
    return event


def _check_same_person(referral: Referral, other: Referral) -> None:
    person = Casework.objects.filter(referral=referral).values_list("participant_id", flat=True).first()
    same = Casework.objects.filter(referral=other, participant_id=person).exclude(referral=referral)
    if person is None or not same.exists():
        raise DomainError("Choose a referral of the same person.", field="new_referral")
