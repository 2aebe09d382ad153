"""Today of an officer: what came of it, what runs, what is unfinished. Nothing about a person's choices."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from lead_cms.casefile.lists import first
from lead_cms.core.addresses import address
from lead_cms.core.prepared import prepared
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
RUNNING = (S.TRIAGE, S.SUBMITTED, S.PENDING)  # somebody's answer or coming is waited for at the curb
FIGURES = {
    "offers": "offers", "handed_over": "handed over", "minutes_to_arrival": "minutes to arrival",
    "nobody_came": "times nobody came",
}  # fmt: skip


def context(request) -> dict:
    """Four queries on referrals, whatever their number."""
    membership, now = request.membership, timezone.now()
    ruleset = current_ruleset(membership.site_id, timezone.localdate())
    rules = rules_for(ruleset) if ruleset else None
    rows = open_rows(officer=membership.pk, since=now - BACK, shift=now - SHIFT)
    running = [row for row in rows if row.status in RUNNING and now - row.submitted_at <= SHIFT]
    newest = newest_rows(officer=membership.pk)
    return {
        "hears": hears(rules, membership, newest),
        "confirm": [row_of(row) for row in rows if row.by_telephone and not row.confirmed_at],
        "running": [_running(row, now) for row in running], "also": [row_of(row) for row in running[1:]],
        "drafts": [_draft(one) for one in drafts_of(membership, now)],
        "details": [row_of(row) for row in rows if row.details_done_at is None and details_wait(row, now)],
        "packets": [_packet(one, rules) for one in unsent_packets(officer=membership.pk)],
        "newest": [row_of(row) for row in newest], "ready": rules is not None and rules.ready,
    }  # fmt: skip


TITLE = ("reference", "incident_number", "status", "person__name", "person__description")
ROW = (*TITLE, "submitted_at", "door", "rules")


@prepared(officer=UUID, since=datetime, shift=datetime)
def open_rows(*, officer, since, shift):
    found = Referral.objects.filter(officer=officer, submitted_at__gte=since).filter(
        Q(by_telephone=True, confirmed_at=None)
        | Q(status__in=(S.SUBMITTED, S.PENDING, S.TRIAGE, S.OUTREACH))
        | Q(status=S.HANDED_OVER, details_done_at=None, submitted_at__gte=shift)
    )
    found = found.select_related("person", "handoff").only(
        *ROW, "by_telephone", "confirmed_at", "details_done_at", "meeting_place", "handoff__called_at",
        "handoff__acknowledged_at", "handoff__arrived_at",
    )  # fmt: skip
    return found.order_by("-submitted_at", "-pk")[:MOST]


@prepared(officer=UUID)
def newest_rows(*, officer):
    found = Referral.objects.filter(officer=officer).select_related("person").only(*ROW)
    return found.order_by("-submitted_at", "-pk")[:5]


@prepared(officer=UUID)
def unsent_packets(*, officer):
    rows = first(Packet.objects.filter(officer=officer, sent_at=None), "held_on", "pk", most=MOST)
    fields = (f"referral__{name}" for name in TITLE)
    return rows.select_related("referral__person").only("held_on", "incident_number", *fields)


def row_of(referral: Referral) -> dict:
    """One line of a list."""
    says, tone = state_of(referral)
    return {
        "title": title_of(referral), "url": address("referrals:own", referral.pk), "says": says, "tone": tone,
        "at": referral.submitted_at, "door": referral.get_door_display(), "referral": referral,
    }  # fmt: skip


def hears(rules, membership, newest: list) -> str:
    """One sentence: what came of the unit's offers this quarter. Small cells are not shown."""
    if rules is None or not rules.hear_back.figures:
        return ""
    least = rules.hear_back.fewer_than or 11
    offers, handed_over, minutes, nobody_came = figures_of(membership, least, newest)
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


def figures_of(membership, least: int, newest: list) -> tuple:
    """The unit's figures of the quarter. Colleagues' newest count within five minutes, one's own at once."""
    since, last = start_of(quarter_start(timezone.localdate())), newest[0].pk if newest else "none"
    key = f"hears:{membership.pk}:{since:%Y-%m-%d}:{least}:{last}"
    figures = cache.get(key)
    if figures is None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select offers, handed_over, minutes, nobody_came from app.unit_hear_back(%s, %s)", [since, least]
            )
            figures = cursor.fetchone()
        cache.set(key, figures, 300)
    return figures


def _running(referral: Referral, now) -> dict:
    handoff = getattr(referral, "handoff", None)
    row = row_of(referral)
    if referral.status == S.TRIAGE:
        says = "Nobody comes before their answer"
    elif handoff is not None and handoff.arrived_at is not None:
        says = "The case manager is with you"
    elif handoff is not None and handoff.acknowledged_at is not None:
        says = "The case manager is on the way"
    elif handoff is None or handoff.called_at is None:
        says = "Nobody is called yet"
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
        "title": title_of(packet.referral), "url": address("referrals:packet", packet.referral_id),
        "due_on": packet.held_on + timedelta(days=days) if days is not None else None, "due_of": "decision",
        "notes": [f"Incident {packet.incident_number}"], "action": {
            "label": "Open the packet", "url": address("referrals:packet", packet.referral_id),
        },
    }  # fmt: skip
