"""Who said yes: on the telephone as the officer recorded it, and the approver's own word afterwards.

API
    record_said(referral=, said=, whom=, said_at=, by=, at=)     the officer
    answer_approval(referral=, answered=, because=, by=, at=)     liaison or coordinator
    confirm_telephone(referral=, by=, at=)                        one tap of the officer or the liaison
"""

from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from referrals.actions.changing import change_status
from referrals.actions.opening import open_window_after_approval
from referrals.actions.reminders import case_path, tell_now
from referrals.enums import ReferralStatus
from referrals.models import Approval, Referral, ReferredPerson


class Said(TextChoices):
    YES = "yes", "Said yes"
    NO = "no", "Said no"
    NO_ANSWER = "no_answer", "Not reached"


class NoBecause(TextChoices):
    """Why an approver says no; a code, so that no opinion on a person is kept."""

    RULE = "rule", "A rule stands in the way"
    COMPLAINANT = "complainant", "The person or business harmed does not agree"
    OTHER_CASE = "other_case", "Another case comes first"
    SUPERVISION = "supervision", "The supervising agency says no"
    NOT_ASKED = "not_asked", "Approval was not asked of me"


@transaction.atomic
def record_said(
    *, referral: Referral, said: str, whom: str, by: Membership, at: datetime, said_at: datetime | None = None
) -> None:
    """What the approver said on the telephone, whom the officer asked, and when."""
    approval = _locked(referral)
    if said not in Said.values:
        raise DomainError("Choose what was said.", field="said")
    if said != Said.NO_ANSWER and not whom.strip():
        raise DomainError("Enter whom you asked.", field="whom")
    if said_at is not None and said_at > at:
        raise DomainError("This time is in the future.", field="said_at")
    if approval.answered or approval.said in (Said.YES, Said.NO):
        raise StaleState("The approval is answered already.")
    approval.said, approval.asked_whom, approval.said_at = said, whom.strip()[:120], said_at or at
    approval.recorded_by = by
    approval.save(update_fields=["said", "asked_whom", "said_at", "recorded_by"])
    record(AuditAction.APPROVAL_RECORDED, target=referral, said=str(said))
    if referral.status != ReferralStatus.PENDING:
        return
    if said == Said.YES:
        _approved(referral, by=by, at=at)
    elif said == Said.NO:
        change_status(referral, ReferralStatus.NOT_APPROVED, by=by, at=at)
        # It could not be made: no name of it is kept.
        ReferredPerson.objects.filter(referral_id=referral.pk, police_until_at=None).update(
            name="", description="", birth_date=None, greeting="", phone="", where_found="", safety=""
        )


@transaction.atomic
def answer_approval(*, referral: Referral, answered: str, by: Membership, at: datetime, because: str = "") -> None:
    """The approver's own word. After the handover a "no" undoes nothing: the case manager tells the person first."""
    approval = _locked(referral)
    if answered not in (Said.YES, Said.NO):
        raise DomainError("Choose yes or no.", field="answered")
    if answered == Said.NO and because not in NoBecause.values:
        raise DomainError("Choose why.", field="because")
    if approval.answered:
        raise StaleState("The approval is answered already.")
    approval.answered, approval.answered_at, approval.answered_by = answered, at, by
    approval.answered_because = because if answered == Said.NO else ""
    approval.save(update_fields=["answered", "answered_because", "answered_at", "answered_by"])
    record(AuditAction.APPROVAL_ANSWERED, target=referral, answered=str(answered), because=approval.answered_because)
    handed_over = referral.status in (ReferralStatus.HANDED_OVER, ReferralStatus.DONE)
    if answered == Said.YES:
        if referral.status == ReferralStatus.PENDING:
            _approved(referral, by=by, at=at)
    elif handed_over:
        tell_now(referral=referral, recipient="case_manager", step="approval_no", path=case_path(referral.pk))
    elif referral.status in (ReferralStatus.PENDING, ReferralStatus.SUBMITTED, ReferralStatus.OUTREACH):
        change_status(referral, ReferralStatus.NOT_APPROVED, by=by, at=at)


@transaction.atomic
def confirm_telephone(*, referral: Referral, by: Membership, at: datetime) -> None:
    """ "Yes, I gave this by telephone": the officer's one tap, or the liaison's for an officer of the agency."""
    if not referral.by_telephone:
        raise DomainError("This referral was not given by telephone.")
    if by.role == Role.OFFICER and referral.officer_id != by.pk:
        raise DomainError("The officer who gave it confirms it.")
    if referral.confirmed_at is not None:
        raise StaleState("This referral is confirmed already.")
    referral.confirmed_at, referral.confirmed_by = at, by
    referral.save(update_fields=["confirmed_at", "confirmed_by"])
    record(AuditAction.REFERRAL_CONFIRMED, target=referral)


def _locked(referral: Referral) -> Approval:
    """The approval, locked; and the referral's status as it is now, not as a page showed it."""
    approval = Approval.objects.select_for_update(of=("self",), no_key=True).filter(referral_id=referral.pk).first()
    if approval is None:
        raise StaleState("No approval is needed here.")
    referral.refresh_from_db(fields=["status"])
    return approval


def _approved(referral: Referral, *, by: Membership, at: datetime) -> None:
    """The referral goes on: a case manager comes, or outreach finds the person where nobody meets."""
    to = ReferralStatus.SUBMITTED if referral.meeting_place else ReferralStatus.OUTREACH
    change_status(referral, to, by=by, at=at)
    open_window_after_approval(referral=referral, by=by, at=at)
