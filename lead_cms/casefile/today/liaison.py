"""Today of a police liaison: approvals to answer, telephone referrals to confirm, packets that are late."""

from datetime import date, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.casefile.lists import first
from lead_cms.core.prepared import prepared
from lead_cms.core.templatetags.dates import say_when
from lead_cms.programs.current import current_ruleset, rules_for
from referrals.enums import ReferralStatus
from referrals.models import Approval, Packet, Referral
from referrals.views.officer_shown import title_of

S = ReferralStatus
MOST = 8  # of each kind; the next come up as these are done


def context(request) -> dict:
    """Three queries on referrals, whatever their number."""
    membership, today = request.membership, timezone.localdate()
    ruleset = current_ruleset(membership.site_id, today)
    days = rules_for(ruleset).targets.packet_days if ruleset else None
    agency = membership.organisation_id
    approvals = _approvals(site_id=membership.site_id, agency=agency)
    telephone = _by_telephone(agency=agency)
    packets = _late_packets(agency=agency, before=today - timedelta(days=days)) if days is not None else []
    return {
        "approvals": [_approval(one) for one in approvals[:MOST]], "more_approvals": len(approvals) > MOST,
        "telephone": [_telephone(one) for one in telephone[:MOST]], "more_telephone": len(telephone) > MOST,
        "packets": [_packet(one, days) for one in packets[:MOST]], "more_packets": len(packets) > MOST,
        "packet_days": days,
    }  # fmt: skip


@prepared(site_id=UUID, agency=UUID)
def _approvals(*, site_id, agency):
    """The longest waiting, and one more than is shown."""
    waiting = Approval.objects.waiting_for(Role.LIAISON.value, site_id=site_id, agency_id=agency)
    waiting = waiting.exclude(referral__status__in=(S.CANCELLED, S.NOT_APPROVED, S.DECLINED, S.INELIGIBLE))
    found = first(waiting, "referral__submitted_at", "pk", most=MOST + 1)
    return found.select_related("referral__person", "officer")


@prepared(agency=UUID)
def _by_telephone(*, agency):
    given = Referral.objects.filter(agency_id=agency, by_telephone=True, confirmed_at=None).exclude(status=S.CANCELLED)
    return first(given, "-submitted_at", "-pk", most=MOST + 1).select_related("person", "officer")


@prepared(agency=UUID, before=date)
def _late_packets(*, agency, before):
    late = Packet.objects.filter(agency_id=agency, sent_at=None, held_on__lt=before)
    return first(late, "held_on", "pk", most=MOST + 1).select_related("referral__person", "officer")


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
