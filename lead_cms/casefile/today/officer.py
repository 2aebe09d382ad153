"""Today of an officer: what came of it, what runs, what is unfinished. Nothing about a person's choices."""

from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from lead_cms.programs.current import current_ruleset, rules_for
from referrals.actions.correcting import SHIFT, details_wait
from referrals.actions.drafts import drafts_of
from referrals.enums import ReferralStatus
from referrals.models import Packet, Referral
from referrals.views.liaison import quarter_start, start_of
from referrals.views.officer_shown import state_of, title_of

S = ReferralStatus
BACK = timedelta(days=60)
MOST = 20
FIGURES = {
    "offers": "offers", "handed_over": "handed over", "minutes_to_arrival": "minutes to arrival",
    "nobody_came": "times nobody came",
}  # fmt: skip


def context(request) -> dict:
    """Four queries on referrals, whatever their number."""
    membership, now = request.membership, timezone.now()
    ruleset = current_ruleset(membership.site_id, timezone.localdate())
    rules = rules_for(ruleset) if ruleset else None
    rows = list(
        Referral.objects.filter(officer=membership, submitted_at__gte=now - BACK)
        .filter(
            Q(by_telephone=True, confirmed_at=None)
            | Q(status__in=(S.SUBMITTED, S.PENDING, S.TRIAGE, S.OUTREACH))
            | Q(status=S.HANDED_OVER, details_done_at=None, submitted_at__gte=now - SHIFT)
        )
        .select_related("person", "handoff")
        .order_by("-submitted_at", "-pk")[:MOST]
    )
    running = [row for row in rows if row.status in (S.SUBMITTED, S.PENDING) and now - row.submitted_at <= SHIFT]
    newest = list(
        Referral.objects.filter(officer=membership).select_related("person").order_by("-submitted_at", "-pk")[:5]
    )
    packets = Packet.objects.filter(officer=membership, sent_at=None).select_related("referral__person")
    return {
        "hears": hears(rules), "confirm": [row_of(row) for row in rows if row.by_telephone and not row.confirmed_at],
        "running": [_running(row, now) for row in running], "also": [row_of(row) for row in running[1:]],
        "drafts": [_draft(one) for one in drafts_of(membership, now)],
        "details": [row_of(row) for row in rows if row.details_done_at is None and details_wait(row, now)],
        "packets": [_packet(one, rules) for one in packets.order_by("held_on", "pk")[:MOST]],
        "newest": [row_of(row) for row in newest], "ready": rules is not None and rules.ready,
    }  # fmt: skip


def row_of(referral: Referral) -> dict:
    """One line of a list."""
    says, tone = state_of(referral)
    return {
        "title": title_of(referral), "url": reverse("referrals:own", args=[referral.pk]), "says": says, "tone": tone,
        "at": referral.submitted_at, "door": referral.get_door_display(), "referral": referral,
    }  # fmt: skip


def hears(rules) -> str:
    """One sentence: what came of the unit's offers this quarter. Small cells are not shown."""
    if rules is None or not rules.hear_back.figures:
        return ""
    least = rules.hear_back.fewer_than or 11
    with connection.cursor() as cursor:
        cursor.execute(
            "select offers, handed_over, minutes, nobody_came from app.unit_hear_back(%s, %s)",
            [start_of(quarter_start(timezone.localdate())), least],
        )
        offers, handed_over, minutes, nobody_came = cursor.fetchone()
    found = {
        "offers": offers, "handed_over": handed_over, "nobody_came": nobody_came,
        "minutes_to_arrival": None if minutes is None else round(minutes),
    }  # fmt: skip
    parts = []
    for code in rules.hear_back.figures:
        if code == "minutes_to_arrival" and found[code] is None:
            continue
        value = found.get(code)
        parts.append(f"{value if value is not None else f'fewer than {least}'} {FIGURES.get(code, code)}")
    return "Your unit this quarter: " + ", ".join(parts) + "."


def _running(referral: Referral, now) -> dict:
    handoff = getattr(referral, "handoff", None)
    row = row_of(referral)
    if handoff is None or handoff.called_at is None:
        says = "Nobody is called yet"
    elif handoff.arrived_at is not None:
        says = "The case manager is with you"
    else:
        minutes = int((now - handoff.called_at).total_seconds() // 60)
        says = f"Called {minutes} minute{'' if minutes == 1 else 's'} ago"
    return row | {"wait": says, "meeting": referral.meeting_place}


def _draft(draft) -> dict:
    number = (draft.fields.get("incident_number") or [""])[-1]
    return {
        "title": f"Incident {number}" if number else "No incident number yet", "pk": draft.pk, "saved_at": draft.saved_at,
        "url": f"{reverse('referrals:new')}?draft={draft.pk}",
    }  # fmt: skip


def _packet(packet: Packet, rules) -> dict:
    days = rules.targets.packet_days if rules else None
    return {
        "title": title_of(packet.referral), "url": reverse("referrals:packet", args=[packet.referral_id]),
        "due_on": packet.held_on + timedelta(days=days) if days is not None else None, "due_of": "decision",
        "notes": [f"Incident {packet.incident_number}"], "action": {
            "label": "Open the packet", "url": reverse("referrals:packet", args=[packet.referral_id]),
        },
    }  # fmt: skip
