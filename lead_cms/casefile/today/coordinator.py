"""Today of a coordinator: who is on call, what waits for an answer, whom nobody has tried, what the rules lack."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils import timezone

from lead_cms.casefile.lists import first
from lead_cms.casefile.views.operations import waiting_for
from lead_cms.core.prepared import prepared
from lead_cms.programs.current import current_ruleset, rules_for
from referrals.actions.paging import LONGEST, OFFICER_WAITS
from referrals.actions.roster import LOOK_AHEAD, coming, gaps
from referrals.enums import OutreachState, ReferralStatus
from referrals.models import OutreachEntry, Page, PageKind, Referral
from referrals.views.on_call import say_gap

SHOWN = 10
UNTRIED = (OutreachState.WAITING, OutreachState.TO_FIND)


def context(request) -> dict:
    """Five queries, whatever the number of rows."""
    site_id, now = request.membership.site_id, timezone.now()
    ruleset = current_ruleset(site_id, timezone.localdate())
    rules = rules_for(ruleset) if ruleset else None
    until = now + LOOK_AHEAD
    shifts = coming(site_id, now, until)
    open_spans = gaps(shifts, now, until)
    untried = untried_of(site_id)
    found = waiting_rows(site_id=site_id, me=request.membership.pk, since=now - LONGEST)
    waiting = [row for row in found if row.escalated_at is None]
    numbers = untried.aggregate(all=Count("pk"), past_target=Count("pk", filter=Q(first_try_target_at__lt=now)))
    return {
        "escalated": [row for row in found if row.escalated_at is not None],
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


@prepared(site_id=UUID, me=UUID, since=datetime)
def waiting_rows(*, site_id, me, since):
    """First the officers whom nobody on the list has answered, then what waits for the coordinator's own word."""
    told = Page.objects.filter(
        referral=OuterRef("pk"), person=me, kind=PageKind.LAST, paged_at__gt=since, referral__paging__stopped_at=None,
        referral__status__in=sorted(OFFICER_WAITS),
    )  # fmt: skip
    of_these = Referral.objects.for_site(site_id).with_status(ReferralStatus.TRIAGE, *sorted(OFFICER_WAITS))
    found = of_these.annotate(escalated_at=Subquery(told.values("paged_at")[:1])).filter(
        Q(pk__in=waiting_for(site_id).values("pk")) | Q(escalated_at__isnull=False)
    )
    found = found.select_related("officer", "entered_by")
    return found.order_by(F("escalated_at").asc(nulls_last=True), "submitted_at", "pk")[: SHOWN + 1]
