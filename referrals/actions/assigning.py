"""Who looks after a case: given, taken, handed on. The former and the new case manager are told.

API
    assign(referral=, to=, by=, at=, why="", note="", is_confirmed=False) -> Casework
    others_of(case) -> the person's other open cases of the same case manager
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lead_cms.access.permissions import CASEWORK, Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.outbox import tell
from participants.actions.closing import refuse_if_apart
from referrals.actions import reminders
from referrals.actions.holding import hold_case
from referrals.enums import ENDED, HandoverReason
from referrals.models import CaseHandover, Casework, HandoverNote, Referral

LONGEST_NOTE = 500


@transaction.atomic
def assign(
    *, referral: Referral, to: Membership, by: Membership, at: datetime, why: str = "", note: str = "",
    is_confirmed: bool = False, seen: UUID | None | str = "", over: str = "", is_over_confirmed: bool = False,
    with_others: bool = False,
) -> Casework:  # fmt: skip
    """Give a referral to a case manager: a supervisor to anyone of the site, a case manager to themself.

    Not to whoever looks after somebody this person must not meet, unless a supervisor confirms it. Taken from somebody it
    needs a reason. The note is the new case manager's and the supervisors' to read, and nobody else's; a supervisor
    writes it. `seen` is whoever looked after it when the page was opened (a key, or None): where somebody else does by now,
    StaleState. `over` is what speaks against giving them one person more, from whoever counts; then it is asked once more.
    `with_others`: the person's other open cases of the same case manager go with it.
    """
    case = hold_case(referral.pk)
    _refuse_unless_free(case, to=to, by=by, at=at, seen=seen)
    former = Membership.objects.filter(pk=case.case_manager_id).first() if case.case_manager_id else None
    why, note = why if former else HandoverReason.FIRST, note.strip()
    if why not in HandoverReason.values or (former and why == HandoverReason.FIRST):
        raise DomainError("Say why somebody else looks after this from now on.", field="why")
    if note and by.role != Role.SUPERVISOR:
        raise DomainError("Only a supervisor leaves a note here.", field="note")
    if len(note) > LONGEST_NOTE:
        raise DomainError(f"At most {LONGEST_NOTE} characters fit.", field="note")
    refuse_if_apart(participant_id=case.participant_id, case_manager=to, by=by, is_confirmed=is_confirmed)
    if over and not is_over_confirmed:
        raise DomainError(f"{over} Do it all the same?", field="load")
    more = list(others_of(case).select_for_update(of=("self",), no_key=True)) if with_others and former else []
    made = [
        _hand_on(one, to=to, former=former, why=why, note=note, by=by, at=at, over=bool(over)) for one in (case, *more)
    ]
    _tell(referral, made[0], by=by, at=at)
    return case


def others_of(case: Casework):
    """Not ended, not restricted or sealed: of those it is not said that they are there."""
    if case.participant_id is None or case.case_manager_id is None:
        return Casework.objects.none()
    found = Casework.objects.filter(
        site_id=case.site_id, participant_id=case.participant_id, case_manager_id=case.case_manager_id,
        is_restricted=False, is_sealed=False,
    )  # fmt: skip
    return found.exclude(pk=case.pk).exclude(referral__status__in=ENDED)


def _hand_on(
    case: Casework, *, to: Membership, former: Membership | None, why: str, note: str, by: Membership, at: datetime,
    over: bool,
) -> CaseHandover:  # fmt: skip
    case.case_manager = to
    case.save(update_fields=["case_manager"])
    given = {"site_id": case.site_id, "referral_id": case.referral_id, "to": to}
    handover = CaseHandover(former=former, why=why, assigned_at=at, assigned_by=by, **given)
    handover.save(force_insert=True)
    if note:
        HandoverNote(handover=handover, text=note, written_at=at, written_by=by, **given).save(force_insert=True)
    record(
        AuditAction.ASSIGNED, target=case.referral, to=str(to.pk), former=str(former.pk) if former else "", why=why,
        has_note=bool(note), is_over=over,
    )  # fmt: skip
    return handover


def _refuse_unless_free(case: Casework, *, to: Membership, by: Membership, at: datetime, seen) -> None:
    """Whoever may not have it, has it already, or would take it from somebody the page did not know of."""
    if to.site_id != case.site_id or to.role not in CASEWORK or not to.is_current(at):
        raise DomainError("Choose somebody of the case management team.", field="to")
    if case.case_manager_id == to.pk:
        raise StaleState(f"{to.name} looks after this already.")
    if seen != "" and seen != case.case_manager_id:
        raise StaleState("Somebody changed who looks after this since this page was opened. Open it again.")
    if by.role != Role.SUPERVISOR and (case.case_manager_id is not None or to.pk != by.pk):
        raise StaleState("Somebody looks after this already. A supervisor can change that.")


def _tell(referral: Referral, handover: CaseHandover, *, by: Membership, at: datetime) -> None:
    """The new case manager gets the case's page; the former, who may not open it any more, their own list."""
    if handover.to_id != by.pk:
        reminders.tell_now(
            referral=referral, recipient="case_manager", step=f"assigned_{handover.pk.hex[:24]}",
            path=reminders.case_path(referral.pk), at=at,
        )  # fmt: skip
    former = handover.former
    if former is not None and former.pk != by.pk and former.is_current(at):
        words = "Somebody you looked after has another case manager now"
        with acting_as(Duty.INTAKE):
            tell([former], key=f"handed_on:{handover.pk}", text=words, path="/site/windows/", at=at)
