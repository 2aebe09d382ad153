"""Today of a police liaison: approvals to answer, telephone referrals to confirm, packets that are late."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.core.templatetags.dates import say_when
from lead_cms.programs.current import current_ruleset, rules_for
from referrals.enums import ReferralStatus
from referrals.models import Approval, Packet, Referral
from referrals.views.officer_shown import title_of

S = ReferralStatus
MOST = 25


def context(request) -> dict:
    """Three queries on referrals, whatever their number."""
    membership, today = request.membership, timezone.localdate()
    ruleset = current_ruleset(membership.site_id, today)
    days = rules_for(ruleset).targets.packet_days if ruleset else None
    agency = membership.organisation_id
    approvals = (
        Approval.objects.waiting_for(Role.LIAISON.value, site_id=membership.site_id, agency_id=agency)
        .exclude(referral__status__in=(S.CANCELLED, S.NOT_APPROVED, S.DECLINED, S.INELIGIBLE))
        .select_related("referral__person", "officer")
        .order_by("referral__submitted_at", "pk")[:MOST]
    )
    telephone = (
        Referral.objects.filter(agency_id=agency, by_telephone=True, confirmed_at=None)
        .exclude(status=S.CANCELLED)
        .select_related("person", "officer")
        .order_by("-submitted_at", "-pk")[:MOST]
    )
    packets = []
    if days is not None:
        packets = (
            Packet.objects.filter(agency_id=agency, sent_at=None, held_on__lt=today - timedelta(days=days))
            .select_related("referral__person", "officer")
            .order_by("held_on", "pk")[:MOST]
        )
    return {
        "approvals": [_approval(one) for one in approvals], "telephone": [_telephone(one) for one in telephone],
        "packets": [_packet(one, days) for one in packets], "packet_days": days,
    }  # fmt: skip


def _approval(approval: Approval) -> dict:
    referral = approval.referral
    if approval.said == "yes":
        note = f"{_officer(approval)} wrote down a yes by telephone from {approval.asked_whom}"
    else:
        note = f"{_officer(approval)} waits for the answer"
        if approval.asked_at:
            note += f" since {say_when(approval.asked_at)}"
    return {
        "title": title_of(referral), "due_says": "Recorded" if approval.said == "yes" else "Waiting",
        "due_tone": "neutral" if approval.said == "yes" else "bad", "notes": [note, referral.get_door_display()],
        "action": {"label": "Answer", "url": reverse("referrals:approval", args=[referral.pk]), "kind": "secondary"},
    }  # fmt: skip


def _telephone(referral: Referral) -> dict:
    who = " ".join(part for part in (referral.given_by_name, f"badge {referral.given_by_badge}") if part.strip())
    return {
        "title": title_of(referral), "who": who, "at": referral.submitted_at, "referral": referral,
        "url": reverse("referrals:own", args=[referral.pk]), "officer": _officer(referral),
    }  # fmt: skip


def _packet(packet: Packet, days: int) -> dict:
    return {
        "title": f"Incident {packet.incident_number}", "due_on": packet.held_on + timedelta(days=days),
        "due_of": "decision", "notes": [_officer(packet)], "url": reverse("referrals:own", args=[packet.referral_id]),
        "action": {"label": "Open the packet", "url": reverse("referrals:packet", args=[packet.referral_id])},
    }  # fmt: skip


def _officer(row) -> str:
    return row.officer.name if row.officer else "An officer"
