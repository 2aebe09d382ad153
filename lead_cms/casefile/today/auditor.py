"""Today of an auditor: what was denied, re-opened, locked and done unusually often; no case, and nobody served by name."""

from datetime import timedelta

from django.utils import timezone

from lead_cms.audit import reading
from lead_cms.audit.events import AuditAction
from lead_cms.audit.in_words import say_action
from lead_cms.casefile import auditing
from lead_cms.casefile.today.case_manager import rules_of_site

SHOWN = 5
DAY, WEEK = timedelta(days=1), 7


def context(request) -> dict:
    """The last day against the week before it: figures to look at, and no verdict."""
    me, now = request.membership, timezone.now()
    rules = rules_of_site(me.site_id, timezone.localdate())
    denied = reading.deeds(me.site_id, action=AuditAction.ACCESS_DENIED, since=now - DAY)
    locks = reading.sign_ins(me.site_id, action=AuditAction.ACCOUNT_LOCKED, since=now - DAY)
    counted = reading.counts(me.site_id, since=now - (WEEK + 1) * DAY, day=now - DAY)
    ending, idle = auditing.how_many_to_look_at(me.site_id, rules, now)
    reopened = auditing.reopened(me, rules, now)
    return {
        "denied": [auditing.event_row(one) for one in denied.order_by(*reading.ORDER)[:SHOWN]],
        "denied_count": counted.get(AuditAction.ACCESS_DENIED, (0, 0))[0],
        "locks": [auditing.event_row(one) for one in locks.order_by(*reading.ORDER)[:SHOWN]],
        "reopened": None if reopened is None else reopened[:SHOWN],
        "columns": auditing.COLUMNS,
        "unusual": [
            {"label": say_action(action), "value": f"{last}; {_average(before)} a day the week before"}
            for action, (last, before) in sorted(counted.items(), key=_by_change)
            if last
        ][:8],
        "ending": ending,
        "idle": idle,
        "review": rules.review if rules else None,
    }


def _average(before: int) -> str:
    return f"{before / WEEK:.1f}" if before else "0"


def _by_change(counted) -> float:
    """Those that rose most against their own average stand first."""
    last, before = counted[1]
    return -(last + 1) / (before / WEEK + 1)
