"""To whom a record is shut or opened by name, who must not meet, and what is opened in an emergency.

API
    name_staff(participant=, to=, kind=, reason=, by=, at=) -> RecordAccess        a supervisor's
    end_staff(access=, by=, at=)
    close_record(participant_id)                                                    of somebody found to be under age
    keep_apart(one=, other=, reason=, by=, at=)                                     a supervisor's, or an own case manager's
    lift(pair=, by=, at=)                                                           a supervisor's
    refuse_if_apart(participant_id=, case_manager=, by=, is_confirmed=)             before somebody is given a case
    refuse_if_apart_at(at=, minutes=, tz=, by=, participant_id= and place=, or asked_id=, is_confirmed=)   before a time is set
    is_apart_at(at=, minutes=, tz=, participant_id= and place=, or asked_id=) -> bool     the same as a question
    open_in_emergency(words=, birth_date=, code=, emergency=, reason=, told_whom=, minutes=, by=, at=) -> EmergencyAccess
    end_emergency(access=, by=, at=)
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.outbox import tell
from participants.enums import AccessKind, AccessReason, ApartReason, Emergency
from participants.models import EmergencyAccess, NeverTogether, Participant, RecordAccess

ASK = "Ask your supervisor."
CONFIRM = "Two people must not meet. Confirm that you have looked at it, or choose otherwise."
NOT_FOUND = (
    "No closed record fits exactly. Check what you typed. Your supervisor is told that you asked; call them when it is "
    "urgent."
)
NOT_OFFERED = "Your site’s policy group has not decided how long an emergency opens a record, so none is opened here."


def close_record(participant_id: UUID) -> None:
    """Restricted from now on, also to whoever closes it: the person is not theirs, perhaps, and they may not read it again."""
    with connection.cursor() as cursor:
        cursor.execute("select app.close_record(%s)", [participant_id])


# ---- staff by name


@transaction.atomic
def name_staff(
    *, participant: Participant, to: Membership, kind: str, reason: str, by: Membership, at: datetime
) -> RecordAccess:
    """Open a restricted record to one case manager, or shut a record to one, whatever else would open it."""
    if by.role != Role.SUPERVISOR:
        raise DomainError("A supervisor says who may open a record.")
    if kind not in AccessKind.values:
        raise DomainError("Say whether they may open it or not.", field="kind")
    if reason not in AccessReason.values:
        raise DomainError("Choose why.", field="reason")
    if to.site_id != participant.site_id or to.role != Role.CASE_MANAGER or not to.is_current(at):
        raise DomainError("Choose a case manager of this site.", field="to")
    try:
        with transaction.atomic():
            made = RecordAccess.objects.create(
                site_id=participant.site_id, participant=participant, membership=to, kind=kind, reason=reason,
                set_at=at, set_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        if "recordaccess_one_at_a_time" not in str(error):
            raise
        raise StaleState(f"{to.name} is named already. End that first.") from error
    record(AuditAction.RECORD_ACCESS_NAMED, target=participant, to=str(to.pk), kind=str(kind))
    return made


@transaction.atomic
def end_staff(*, access: RecordAccess, by: Membership, at: datetime) -> None:
    """From now on the record is to them what it is to the team."""
    if not RecordAccess.objects.filter(pk=access.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise StaleState("This was ended already.")
    record(AuditAction.RECORD_ACCESS_NAMED, target=access, kind=access.kind, ended=True)


# ---- never together


@transaction.atomic
def keep_apart(*, one: Participant, other: Participant, reason: str, by: Membership, at: datetime) -> None:
    """Two people who must not share worker, place, time or ride. Row security lets a case manager write of their own."""
    if reason not in ApartReason.values:
        raise DomainError("Choose why.", field="reason")
    if one.pk == other.pk:
        raise DomainError("Choose somebody else: this is the same person.", field="other")
    first, second = sorted([one, other], key=lambda person: person.pk)
    pair = NeverTogether(site_id=by.site_id, first=first, second=second, reason=reason, set_at=at, set_by=by)
    try:
        with transaction.atomic():
            pair.save(force_insert=True)
    except IntegrityError as error:
        if "nevertogether_once" not in str(error):
            raise
        raise StaleState(f"This is written down already. {ASK}") from error
    record(AuditAction.KEPT_APART, target=pair, reason=str(reason))


@transaction.atomic
def lift(*, pair: NeverTogether, by: Membership, at: datetime) -> None:
    """They may meet again. What was written stays."""
    if not NeverTogether.objects.filter(pk=pair.pk, lifted_at=None).update(lifted_at=at, lifted_by=by):
        raise StaleState("This was lifted already.")
    record(AuditAction.KEPT_APART, target=pair, lifted=True)


def has_somebody_to_avoid(participant_id: UUID) -> bool:
    return _asks("select app.has_somebody_to_avoid(%s)", [participant_id])


def refuse_if_apart(
    *, participant_id: UUID | None, case_manager: Membership, by: Membership, is_confirmed: bool = False
) -> None:
    """Before somebody is given a case: DomainError when they look after the other of two who must not meet."""
    if participant_id is None or (is_confirmed and by.role == Role.SUPERVISOR):
        return
    if _asks("select app.kept_apart(%s, %s)", [participant_id, case_manager.pk]):
        raise _apart(by)


def refuse_if_apart_at(
    *, at: datetime, minutes: int | None, tz: ZoneInfo, by: Membership, participant_id: UUID | None = None,
    place: str = "", asked_id: UUID | None = None, is_confirmed: bool = False,
) -> None:  # fmt: skip
    """Before a place and time are given: MustNotMeet when the other is there then."""
    if is_confirmed and by.role == Role.SUPERVISOR:
        return
    if is_apart_at(at=at, minutes=minutes, tz=tz, participant_id=participant_id, place=place, asked_id=asked_id):
        raise _apart(by)


def is_apart_at(
    *, at: datetime, minutes: int | None, tz: ZoneInfo, participant_id: UUID | None = None, place: str = "",
    asked_id: UUID | None = None,
) -> bool:  # fmt: skip
    """Whether somebody whom this person must not meet is there within the site's minutes, or that day where it set none.

    `place` in words for a participant, or what was asked of a service, which says for whom and where.
    """
    if participant_id is None and asked_id is None:
        return False
    if minutes is None:
        day = at.astimezone(tz).date()
        since = datetime.combine(day, time.min, tz) - timedelta(microseconds=1)
        until = datetime.combine(day + timedelta(days=1), time.min, tz)
    else:
        since, until = at - timedelta(minutes=minutes), at + timedelta(minutes=minutes)
    return _asks("select app.kept_apart_at(%s, %s, %s, %s, %s)", [participant_id, asked_id, place, since, until])


class MustNotMeet(DomainError):
    """Two people would share a worker, or a place and time. The field is "apart" for whoever may confirm it."""


def _apart(by: Membership) -> MustNotMeet:
    """A supervisor may confirm; anybody else asks one, and hears nothing more."""
    return MustNotMeet(CONFIRM, field="apart") if by.role == Role.SUPERVISOR else MustNotMeet(ASK)


# ---- in an emergency


@transaction.atomic
def open_in_emergency(
    *,
    words: str,
    birth_date: date | None,
    code: str,
    emergency: str,
    reason: str,
    told_whom: str,
    minutes: int | None,
    by: Membership,
    at: datetime,
) -> EmergencyAccess | None:
    """Open the one closed record that fits exactly, for the site's minutes (42 CFR 2.51); supervisors and auditors are told.

    None when no record fits: that it was asked is told all the same, and stays recorded.
    """
    if minutes is None:
        raise DomainError(NOT_OFFERED)
    if emergency not in Emergency.values:
        raise DomainError("Choose what the emergency is.", field="emergency")
    if not reason.strip():
        raise DomainError("Say why it cannot wait.", field="reason")
    if not code.strip() and (len(words.strip()) < 2 or birth_date is None):
        raise DomainError("Enter the reference, or the name with the birth date.", field="words")
    with connection.cursor() as cursor:
        cursor.execute("select * from app.find_in_emergency(%s, %s, %s)", [words, birth_date, code])
        found = [key for (key,) in cursor.fetchall()]
    access = None
    if len(found) == 1:
        access = EmergencyAccess(
            site_id=by.site_id, participant_id=found[0], membership=by, emergency=emergency, reason=reason.strip(),
            told_whom=told_whom.strip(), granted_at=at, until_at=at + timedelta(minutes=minutes),
        )  # fmt: skip
        access.save(force_insert=True)
    event = record(
        AuditAction.EMERGENCY_ACCESS,
        target=access,
        emergency=str(emergency),
        opened=access is not None,
        minutes=minutes,
    )
    _tell_at_once(event, opened=access is not None, by=by, at=at)
    return access


@transaction.atomic
def end_emergency(*, access: EmergencyAccess, by: Membership, at: datetime) -> None:
    """Close it before its time."""
    if not EmergencyAccess.objects.filter(pk=access.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise StaleState("This was ended already.")
    record(AuditAction.EMERGENCY_ACCESS, target=access, ended=True)


def _tell_at_once(event: UUID, *, opened: bool, by: Membership, at: datetime) -> None:
    """Every supervisor and auditor of the site, now, without a name of a person."""
    whom = Membership.objects.current(at).filter(site_id=by.site_id, role__in=[Role.SUPERVISOR, Role.AUDITOR])
    supervisors = [one for one in whom if one.role == Role.SUPERVISOR]
    auditors = [one for one in whom if one.role == Role.AUDITOR]
    text = (
        "A restricted record was opened in an emergency" if opened else "An emergency access was asked, nothing opened"
    )
    with acting_as(Duty.INTAKE):
        tell(supervisors, key=f"emergency:{event}", text=text, path="/site/emergency/", at=at)
        tell(auditors, key=f"emergency:{event}", text=text, path="/", at=at)


def _asks(sql: str, parameters: list) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return bool(cursor.fetchone()[0])
