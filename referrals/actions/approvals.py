"""Who said yes: on the telephone as the officer recorded it, and the approver's own word afterwards.

API
    ask_approval(referral, because=, at=, by=, …)                when it begins to wait
    record_said(referral=, said=, whom=, said_at=, by=, at=)     the officer, of each one asked
    next_step_of(referral)                                       who is asked next, where several say yes
    answer_approval(referral=, answered=, because=, by=, at=)     liaison or coordinator; of several their own step
    own_step_of(referral, by)                                    the step that waits for this person's own word
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
from lead_cms.core.inserting import insert
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.eligibility import chain
from referrals.actions.changing import change_status
from referrals.actions.opening import goes_on_to, open_window_after_approval, open_window_late
from referrals.actions.reminders import case_path, tell_now
from referrals.enums import Door, ReferralStatus
from referrals.models import Approval, ApprovalStep, Referral, ReferredPerson


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


def ask_approval(
    referral: Referral, *, because: list[str], at: datetime, by: Membership, said: str = "", whom: str = "",
    said_at: datetime | None = None,
) -> Approval:  # fmt: skip
    """Begin to wait, with who is asked as the site's rules say; `said` is what the first of them said already."""
    rules = rules_by_id(referral.rules_id)
    part = {
        "site_id": referral.site_id, "referral_id": referral.pk, "officer_id": referral.officer_id,
        "agency_id": referral.agency_id,
    }  # fmt: skip
    asked = chain(rules, Door(referral.door).value, because)
    told = {"said": said, "said_at": said_at, "recorded_by": by} if said else {}
    several = len(asked) > 1
    approval = Approval(
        **part, because=because, roles=list(rules.approval.at(referral.door).roles or ()), asked_at=at,
        asked_whom=whom[:120] if said else "", **({} if several and said == Said.YES else told),
    )  # fmt: skip
    insert([approval])
    if several:
        steps = [
            ApprovalStep(**part, number=number, code=one.code, whom=one.whom, phone=one.phone, role=one.role)
            for number, one in enumerate(asked, 1)
        ]
        if said:
            steps[0].said, steps[0].said_at, steps[0].said_whom, steps[0].recorded_by = said, said_at, whom[:120], by
        insert(steps)
    return approval


def next_step_of(referral: Referral) -> ApprovalStep | None:
    """Who is asked next where several say yes; None where one does, or all have."""
    waiting = ApprovalStep.objects.filter(referral_id=referral.pk, said__in=["", Said.NO_ANSWER])
    return waiting.order_by("number").first()


@transaction.atomic
def record_said(
    *, referral: Referral, said: str, whom: str, by: Membership, at: datetime, said_at: datetime | None = None
) -> None:
    """What the approver said on the telephone, whom the officer asked, and when; of several the next in the chain."""
    approval = _locked(referral)
    if said not in Said.values:
        raise DomainError("Choose what was said.", field="said")
    if said != Said.NO_ANSWER and not whom.strip():
        raise DomainError("Enter whom you asked.", field="whom")
    if said_at is not None and said_at > at:
        raise DomainError("This time is in the future.", field="said_at")
    if approval.answered == Said.NO or approval.said in (Said.YES, Said.NO):
        raise StaleState("The approval is answered already.")
    step = next_step_of(referral)
    if approval.answered and step is None:
        raise StaleState("The approval is answered already.")
    last = _record_step(step, said=said, whom=whom.strip()[:120], said_at=said_at or at, by=by)
    if last:
        approval.said, approval.said_at = said, said_at or at
    approval.asked_whom, approval.recorded_by = whom.strip()[:120], by
    approval.save(update_fields=["said", "asked_whom", "said_at", "recorded_by"])
    record(AuditAction.APPROVAL_RECORDED, target=referral, said=str(said), step=step.number if step else 1)
    if not last:
        return
    if said == Said.YES:
        _approved(referral, by=by, at=at)
    elif said == Said.NO and referral.status == ReferralStatus.PENDING:
        change_status(referral, ReferralStatus.NOT_APPROVED, by=by, at=at)
        # It could not be made: no name of it is kept.
        ReferredPerson.objects.filter(referral_id=referral.pk, police_until_at=None).update(
            name="", description="", birth_date=None, greeting="", phone="", where_found="", safety=""
        )


def _record_step(step: ApprovalStep | None, *, said: str, whom: str, said_at: datetime, by: Membership) -> bool:
    """Whether what was said is the last word: a no always is, a yes only of the last one asked."""
    if step is None:
        return True
    step.said, step.said_whom, step.said_at, step.recorded_by = said, whom, said_at, by
    step.save(update_fields=["said", "said_whom", "said_at", "recorded_by"])
    more = ApprovalStep.objects.filter(referral_id=step.referral_id, number__gt=step.number).exists()
    return said == Said.NO or not more


@transaction.atomic
def answer_approval(*, referral: Referral, answered: str, by: Membership, at: datetime, because: str = "") -> None:
    """The approver's own word. After the handover a "no" undoes nothing: the case manager tells the person first."""
    approval = _locked(referral)
    step = own_step_of(referral, by)
    if step is None:
        _refuse_others(approval, by=by)
    if answered not in (Said.YES, Said.NO):
        raise DomainError("Choose yes or no.", field="answered")
    if answered == Said.NO and because not in NoBecause.values:
        raise DomainError("Choose why.", field="because")
    because = because if answered == Said.NO else ""
    if step is not None:
        _answer(step, answered=answered, because=because, by=by, at=at)
        if step.said != answered:
            step.said, step.said_whom, step.said_at, step.recorded_by = answered, by.name[:120], at, by
            step.save(update_fields=["said", "said_whom", "said_at", "recorded_by"])
    # The word for the whole: of one who is asked alone, a no, and the last yes of several.
    if not approval.answered and (step is None or answered == Said.NO or next_step_of(referral) is None):
        _answer(approval, answered=answered, because=because, by=by, at=at)
    record(
        AuditAction.APPROVAL_ANSWERED, target=referral, answered=str(answered), because=because,
        step=step.number if step else 1,
    )  # fmt: skip
    handed_over = referral.status in (ReferralStatus.HANDED_OVER, ReferralStatus.DONE)
    if answered == Said.YES:
        # One word does not stand for the others that the rules name.
        if next_step_of(referral) is None:
            _approved(referral, by=by, at=at)
    elif handed_over:
        tell_now(referral=referral, recipient="case_manager", step="approval_no", path=case_path(referral.pk))
    elif referral.status in (ReferralStatus.PENDING, ReferralStatus.SUBMITTED, ReferralStatus.OUTREACH):
        change_status(referral, ReferralStatus.NOT_APPROVED, by=by, at=at)


def own_step_of(referral: Referral, by: Membership) -> ApprovalStep | None:
    """The step of a chain that waits for this person's own word, by the role that the rules name for it."""
    return ApprovalStep.objects.filter(referral_id=referral.pk).waiting_for(by.role).order_by("number").first()


def _refuse_others(approval: Approval, *, by: Membership) -> None:
    """Whoever may not answer, or comes too late. Where steps name roles, nobody answers for the whole."""
    steps = ApprovalStep.objects.filter(referral_id=approval.referral_id).exclude(role="")
    mine = steps.filter(role=by.role)
    if mine.exists() and not mine.filter(answered="").exists() or approval.answered:
        raise StaleState("The approval is answered already.")
    if mine.exists():
        raise StaleState("Somebody else is asked before you. It comes to you when they have said yes.")
    if steps.exists() or approval.roles and by.role not in approval.roles:
        raise DomainError("The site’s rules name somebody else to answer this.")


def _answer(row: Approval | ApprovalStep, *, answered: str, because: str, by: Membership, at: datetime) -> None:
    row.answered, row.answered_because, row.answered_at, row.answered_by = answered, because, at, by
    row.save(update_fields=["answered", "answered_because", "answered_at", "answered_by"])


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
    """The referral goes on. Where the person left or was handed over before the yes, what is held still begins with it."""
    if referral.status == ReferralStatus.PENDING:
        change_status(referral, goes_on_to(referral), by=by, at=at)
        open_window_after_approval(referral=referral, by=by, at=at)
    else:
        open_window_late(referral=referral, by=by, at=at)
