"""Today of a prosecutor: what is due now, what comes, which packets are missing. No result stands in a list."""

from datetime import timedelta

from django.utils import timezone

from lead_cms.core.templatetags.dates import short_day
from lead_cms.programs.current import current_ruleset, rules_for
from referrals import charge_list as lists

MOST = 6


def context(request) -> dict:
    site_id, today = request.membership.site_id, timezone.localdate()
    packets, days = [], _packet_days(site_id, today)
    if days is not None:
        packets = lists.packets_late(site_id, today - timedelta(days=days), MOST + 1)
    due = lists.soonest(site_id, today, 2 * MOST + 1)
    now = [one for one in due if one.charge.due_on <= today]
    soon = [one for one in due if one.charge.due_on > today]
    waiting, held = lists.counts(site_id, today)
    return {
        "now": [_item(one) for one in now[:MOST]],
        "soon": [_item(one) for one in soon[:MOST]],
        "packets": [_packet_item(one) for one in packets[:MOST]],
        "more": {
            "now": len(now) > MOST,
            "soon": len(soon) > MOST or len(due) > 2 * MOST,
            "packets": len(packets) > MOST,
        },
        "first": now[0] if now else None,
        "packet_days": days,
        "soon_days": lists.SOON_DAYS,
        "waiting": waiting,
        "held": held,
    }


def _packet_days(site_id, today) -> int | None:
    """The site's days for a packet; without a rule nothing is called missing."""
    ruleset = current_ruleset(site_id, today)
    return rules_for(ruleset).targets.packet_days if ruleset is not None else None


def _item(row) -> dict:
    notes = [f"Incident {row.charge.incident_number}"]
    if row.received_at is None:
        notes.append("Packet not received")
    return {
        "title": row.title, "url": row.url, "due_on": row.charge.due_on, "due_of": "decision", "notes": notes,
        "action": {"label": "Open", "url": row.url},
    }  # fmt: skip


def _packet_item(row) -> dict:
    sent = row.sent_at is not None
    return _item(row) | {
        "due_on": None,
        "due_says": f"Held {short_day(row.charge.held_on)}",
        "notes": [
            f"Incident {row.charge.incident_number}",
            "The officer says it was sent" if sent else "The officer has not said that it was sent",
        ],
    }
