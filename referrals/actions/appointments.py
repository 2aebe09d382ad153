"""The appointment for the intake: booked, kept, missed, moved. Missed is a fact about a day."""

from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.held import still_there
from lead_cms.programs.clock import local_moment
from lead_cms.programs.current import rules_by_id
from participants.actions.closing import refuse_if_apart_at
from referrals.actions.moments import site_day
from referrals.enums import AppointmentState
from referrals.models import Appointment, Casework, Referral


@transaction.atomic
def book(
    *, referral: Referral, on: datetime, place: str, by: Membership, at: datetime, is_confirmed: bool = False
) -> Appointment:
    """Book one; there is one at a time, and it can be moved. Not where and when somebody is booked whom they must not
    meet, unless a supervisor confirms it.
    """
    if on <= at:
        raise DomainError("This time is past. Enter one that is still to come.", field="on")
    if not place.strip():
        raise DomainError("Enter where you meet.", field="place")
    refuse_if_apart_at(
        participant_id=Casework.objects.filter(referral=referral).values_list("participant_id", flat=True).first(),
        place=place, at=on, minutes=rules_by_id(referral.rules_id).consent.apart_minutes, tz=by.site.tz, by=by,
        is_confirmed=is_confirmed,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made = Appointment.objects.create(
                site_id=referral.site_id, referral=referral, at=on, place=place.strip(), booked_at=at, booked_by=by
            )
    except IntegrityError as error:
        if "appointment_one_booked" not in str(error):
            raise
        raise StaleState("There is an appointment already. Move it, or say what came of it.") from error
    record(AuditAction.APPOINTMENT_BOOKED, target=made)
    return made


@transaction.atomic
def answer(*, appointment: Appointment, state: str, by: Membership, at: datetime) -> Appointment:
    """Kept or missed. Missed can be said once its time is past; the next try is then due the morning after."""
    locked = _lock(appointment)
    if state not in (AppointmentState.KEPT, AppointmentState.MISSED):
        raise DomainError("Say whether it was kept or missed.", field="state")
    if state == AppointmentState.MISSED and at < locked.at:
        raise DomainError("The time has not come yet.", field="state")
    if state == AppointmentState.KEPT and site_day(locked.at, by.site) > site_day(at, by.site):
        raise DomainError("The day has not come yet.", field="state")
    _answered(locked, state, at=at)
    if state == AppointmentState.MISSED:
        morning = local_moment(site_day(at, by.site) + timedelta(days=1), time(10), by.site.tz)
        Casework.objects.filter(referral_id=locked.referral_id, next_try_at=None).update(next_try_at=morning)
    return locked


@transaction.atomic
def move(
    *, appointment: Appointment, on: datetime, place: str, by: Membership, at: datetime, is_confirmed: bool = False
) -> Appointment:
    """To another time or place: the old one reads "moved", the new one is booked in the same step. Sent twice it stands."""
    locked = _lock(appointment)
    if (locked.at, locked.place) == (on, place.strip()):
        return locked
    _answered(locked, AppointmentState.MOVED, at=at)
    return book(referral=locked.referral, on=on, place=place, by=by, at=at, is_confirmed=is_confirmed)


def _lock(appointment: Appointment) -> Appointment:
    locked = still_there(Appointment.objects.select_for_update(of=("self",), no_key=True), pk=appointment.pk)
    if locked.state != AppointmentState.BOOKED:
        raise StaleState(f"This appointment reads “{locked.get_state_display()}” already.")
    return locked


def _answered(appointment: Appointment, state: str, *, at: datetime) -> None:
    appointment.state, appointment.answered_at = state, at
    appointment.save(update_fields=["state", "answered_at"])
    record(AuditAction.APPOINTMENT_ANSWERED, target=appointment, state=state)
