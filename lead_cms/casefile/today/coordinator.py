"""Today of a coordinator: who is on call, what waits for an answer, whom nobody has tried, what the rules lack."""

from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from lead_cms.casefile.lists import first
from lead_cms.casefile.views.operations import waiting_for
from lead_cms.core.prepared import prepared
from lead_cms.programs.current import current_ruleset, rules_for
from referrals.actions.paging import escalated_to
from referrals.actions.roster import LOOK_AHEAD, coming, gaps
from referrals.enums import OutreachState
from referrals.models import OutreachEntry
from referrals.views.on_call import say_gap

SHOWN = 10
UNTRIED = (OutreachState.WAITING, OutreachState.TO_FIND)


def context(request) -> dict:
    """Six queries, whatever the number of rows."""
    site_id, now = request.membership.site_id, timezone.now()
    ruleset = current_ruleset(site_id, timezone.localdate())
    rules = rules_for(ruleset) if ruleset else None
    until = now + LOOK_AHEAD
    shifts = coming(site_id, now, until)
    open_spans = gaps(shifts, now, until)
    untried = untried_of(site_id)
    waiting = waiting_rows(site_id=site_id)
    numbers = untried.aggregate(all=Count("pk"), past_target=Count("pk", filter=Q(first_try_target_at__lt=now)))
    return {
        "escalated": escalated_to(request.membership, now),
        "has_rules": rules is not None,
        "missing": rules.missing() if rules else [],
        "is_condition": bool(rules and rules.criminal_justice_consent.condition_of_diversion),
        "running": [shift for shift in shifts if shift.starts_at <= now],
        "gaps": [say_gap(*gap, now, until) for gap in open_spans],
        "waiting": waiting[:SHOWN],
        "more_waiting": len(waiting) > SHOWN,
        "untried": untried_rows(site_id=site_id) if numbers["all"] else [],
        "untried_numbers": numbers,
    }  # fmt: skip


def untried_of(site_id):
    return OutreachEntry.objects.filter(site_id=site_id, first_tried_at=None, state__in=UNTRIED)


@prepared(site_id=UUID)
def untried_rows(*, site_id):
    return first(untried_of(site_id), "listed_at", "pk", most=SHOWN).select_related("referral")


@prepared(site_id=UUID)
def waiting_rows(*, site_id):
    waiting = waiting_for(site_id).select_related("officer", "entered_by")
    return waiting.order_by("submitted_at", "pk")[: SHOWN + 1]
