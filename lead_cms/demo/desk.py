"""What supervisors and auditors find in the demo: cases handed on, old referrals re-opened, pages refused, roles to review."""

from datetime import datetime, time, timedelta

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership, User
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.demo.people import DemoSite
from lead_cms.notify.actions import choose
from referrals.actions.assigning import assign
from referrals.enums import HandoverReason, ReferralStatus
from referrals.models import Casework, Referral

HANDED_ON = 3
NOTE = "Mornings are best. Meets at the library, not at the door."


def furnish(where: DemoSite, *, now: datetime) -> None:
    """Done by the people themselves, under their own roles, so that the audit reads as it would."""
    _hand_on(where, now)
    _look_back(where, now)
    _sign_ins(where, now)
    with acting_as(where.first(Role.SUPERVISOR)), transaction.atomic():
        choose(
            kind="outreach", in_app=True, email="rules", quiet_from=time(22), quiet_until=time(7),
            by=where.first(Role.SUPERVISOR), at=now, for_all=True,
        )  # fmt: skip


def _hand_on(where: DemoSite, now: datetime) -> None:
    supervisor, team = where.first(Role.SUPERVISOR), where.people[Role.CASE_MANAGER]
    reasons = [HandoverReason.SHARE, HandoverReason.LANGUAGE, HandoverReason.AWAY]
    with acting_as(supervisor), transaction.atomic():
        cases = Casework.objects.filter(
            referral__status=ReferralStatus.HANDED_OVER,
            case_manager__isnull=False,
            is_restricted=False,
            is_sealed=False,
        )
        found = list(cases.select_related("referral").order_by("-referral__submitted_at", "-pk")[:HANDED_ON])
        for case, why in zip(found, reasons, strict=False):
            to = next(one for one in team if one.pk != case.case_manager_id)
            assign(referral=case.referral, to=to, by=supervisor, at=now, why=why, note=NOTE)


def _look_back(where: DemoSite, now: datetime) -> None:
    """An officer who opened many old referrals this morning, another who tried three pages that are not theirs."""
    curious, wrong = where.people[Role.OFFICER][-1], where.people[Role.OFFICER][-2]
    old = now - timedelta(days=where.rules.review.old_referral_days or 90)
    with acting_as(curious), transaction.atomic():
        for referral in Referral.objects.filter(submitted_at__lt=old).order_by("submitted_at", "pk")[:8]:
            age = (now - referral.submitted_at).days
            record(AuditAction.REFERRAL_VIEWED, target=referral, age_days=age)
    with acting_as(wrong), transaction.atomic():
        for status in (404, 404, 403):
            record(AuditAction.ACCESS_DENIED, view="referrals:own", status=status)


def _sign_ins(where: DemoSite, now: datetime) -> None:
    """Most signed in lately; one role ends soon, and a few sign-ins have rested for long."""
    people = [person for role in where.people.values() for person in role]
    with acting_as(Duty.OPERATOR, site=where.site), transaction.atomic():
        for number, person in enumerate(people):
            days = 120 if number % 9 == 8 else number % 6 + 1
            User.objects.filter(pk=person.user_id).update(last_login=now - timedelta(days=days))
        ending = where.people[Role.OFFICER][-1]
        Membership.objects.filter(pk=ending.pk).update(ends_at=now + timedelta(days=20))
