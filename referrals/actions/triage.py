"""What an officer was not sure of, answered by the coordinator; and the coordinator's yes at the community door.

API
    send_on(referral=, needs_approval=, by=, at=)        LEAD can be offered: it goes on as any referral
    cannot_offer(referral=, reason=, by=, at=)           LEAD cannot be offered here, because of one of `reasons(...)`
    reasons(rules, door) -> [(code, sentence)]
    answer_community(referral=, answered=, because=, by=, at=)
"""

from datetime import datetime

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.held import still_there
from lead_cms.programs.current import rules_by_id
from lead_cms.programs.rules import Rules
from referrals.actions import reminders
from referrals.actions.approvals import answer_approval, ask_approval
from referrals.actions.changing import change_status
from referrals.actions.holding import hold
from referrals.actions.opening import goes_on_to, open_window_after_approval
from referrals.enums import Door, Outcome, ReferralStatus
from referrals.models import Approval, ApprovalStep, EligibilityAnswer, Referral, ReferralOffence, ReferredPerson

NOT_LISTED = ("offense_not_listed", "No offense of this incident is on the site’s list.")
# Marks the coordinator's own answer beside the officer's, which stays as it was given.
BY_COORDINATOR = "coordinator."
NAMELESS = {
    "name": "",
    "description": "",
    "birth_date": None,
    "phone": "",
    "where_found": "",
    "greeting": "",
    "safety": "",
}


def reasons(rules: Rules, door: str) -> list[tuple[str, str]]:
    """Why LEAD cannot be offered at a door, in the rules' own words."""
    listed = [(one.code, one.text) for one in rules.exclusions_for(door)]
    return [*listed, NOT_LISTED] if door == Door.ARREST else listed


@transaction.atomic
def send_on(*, referral: Referral, needs_approval: bool, by: Membership, at: datetime) -> Referral:
    """LEAD can be offered. Days count from the rules' start, so nothing is lost by the asking."""
    locked = _in_triage(referral)
    if locked.door == Door.ARREST and not ReferralOffence.objects.filter(referral_id=locked.pk, is_held=True).exists():
        raise DomainError("No offense is held, so there is nothing to divert. Call the officer.")
    rules = rules_by_id(locked.rules_id)
    needs_approval = needs_approval or rules.approval.at(locked.door).needed == "always"
    if needs_approval:
        ask_approval(locked, because=_because(rules, locked), at=at, by=by)
    locked.outcome = Outcome.NEEDS_APPROVAL if needs_approval else Outcome.ELIGIBLE
    locked.save(update_fields=["outcome"])
    change_status(locked, ReferralStatus.PENDING if needs_approval else ReferralStatus.SUBMITTED, by=by, at=at)
    if not needs_approval and goes_on_to(locked) == ReferralStatus.OUTREACH:
        change_status(locked, ReferralStatus.OUTREACH, by=by, at=at)
    record(AuditAction.REFERRAL_TRIAGED, target=locked, outcome=str(locked.outcome))
    open_window_after_approval(referral=locked, by=by, at=at)
    return locked


@transaction.atomic
def cannot_offer(*, referral: Referral, reason: str, by: Membership, at: datetime) -> Referral:
    """LEAD cannot be offered: counted as such, with the reason and without a name."""
    locked = _in_triage(referral)
    words = dict(reasons(rules_by_id(locked.rules_id), locked.door)).get(reason)
    if words is None:
        raise DomainError("Choose why LEAD cannot be offered.", field="reason")
    EligibilityAnswer(
        site_id=locked.site_id, referral_id=locked.pk, officer_id=locked.officer_id, agency_id=locked.agency_id,
        rule_code=f"{BY_COORDINATOR}{reason}"[:60], rule_text=words[:300], answer="yes", effect="ineligible",
    ).save(force_insert=True)  # fmt: skip
    locked.outcome = Outcome.INELIGIBLE
    locked.save(update_fields=["outcome"])
    change_status(locked, ReferralStatus.INELIGIBLE, by=by, at=at)
    ReferredPerson.objects.filter(referral_id=locked.pk).update(**NAMELESS)
    reminders.cancel_all(locked, at=at)
    record(AuditAction.REFERRAL_TRIAGED, target=locked, outcome=str(locked.outcome), reason=reason)
    return locked


@transaction.atomic
def answer_community(*, referral: Referral, answered: str, by: Membership, at: datetime, because: str = "") -> Referral:
    """The coordinator's yes or no where the site's rules name project management; behind the community door no police."""
    approval = Approval.objects.filter(referral_id=referral.pk).first()
    theirs = approval is not None and (
        Role.COORDINATOR in approval.roles
        or ApprovalStep.objects.filter(referral_id=referral.pk, role=Role.COORDINATOR).exists()
    )
    if referral.door != Door.COMMUNITY and not theirs:
        raise DomainError("An officer’s referral is answered on its own page.")
    if approval is None:
        ask_approval(referral, because=["approval"], at=referral.submitted_at, by=by)
    answer_approval(referral=referral, answered=answered, because=because, by=by, at=at)
    if referral.status == ReferralStatus.NOT_APPROVED:
        ReferredPerson.objects.filter(referral_id=referral.pk).update(**NAMELESS)
    return referral


def _in_triage(referral: Referral) -> Referral:
    hold(referral.pk)
    locked = still_there(Referral.objects.select_for_update(of=("self",), no_key=True), pk=referral.pk)
    if locked.status != ReferralStatus.TRIAGE:
        raise StaleState(f"This has moved on. It says “{locked.get_status_display()}” now.")
    return locked


def _because(rules: Rules, referral: Referral) -> list[str]:
    """The coordinator's word, and the exclusions that were answered with yes and ask for an approval themselves."""
    yes = EligibilityAnswer.objects.filter(referral_id=referral.pk, answer="yes").values_list("rule_code", flat=True)
    asking = {one.code for one in rules.exclusions_for(referral.door) if one.effect == "needs_approval"}
    return ["coordinator", *sorted(asking & set(yes))]
