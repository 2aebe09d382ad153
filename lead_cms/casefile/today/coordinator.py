"""Today of a coordinator: who is on call, what waits for an answer, whom nobody has tried, what the rules lack."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from lead_cms.accounts.models import Site
from lead_cms.casefile.lists import first
from lead_cms.casefile.views.operations import longest_waiting
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, Keys, UpTo
from lead_cms.programs.current import current_ruleset, rules_for
from referrals.actions.paging import LONGEST, OFFICER_WAITS
from referrals.actions.roster import LOOK_AHEAD, coming, gaps
from referrals.enums import OutreachState
from referrals.models import OutreachEntry, Page, PageKind, Referral
from referrals.views.on_call import say_gap

SHOWN, MOST_COUNTED = 6, 500
UNTRIED = (OutreachState.WAITING, OutreachState.TO_FIND)


def context(request) -> dict:
    """Five queries, whatever the number of rows."""
    site_id, now = request.membership.site_id, timezone.now()
    ruleset = current_ruleset(site_id, timezone.localdate())
    rules = rules_for(ruleset) if ruleset else None
    until = now + LOOK_AHEAD
    shifts = coming(site_id, now, until)
    open_spans = gaps(shifts, now, until)
    waiting = longest_waiting(site_id=site_id, most=SHOWN + 1)
    all_untried, past_target = _numbers(site_id=site_id, now=now)[0]
    return {
        "escalated": escalated_rows(me=request.membership.pk, since=now - LONGEST),
        "has_rules": rules is not None,
        "missing": rules.missing() if rules else [],
        "is_condition": bool(rules and rules.criminal_justice_consent.condition_of_diversion),
        "running": [shift for shift in shifts if shift.starts_at <= now],
        "gaps": [say_gap(*gap, now, until) for gap in open_spans],
        "waiting": waiting[:SHOWN],
        "more_waiting": len(waiting) > SHOWN,
        "untried": untried_rows(site_id=site_id) if all_untried else [],
        "untried_numbers": {"all": all_untried, "all_says": _said(all_untried), "past_says": _said(past_target)},
    }  # fmt: skip


def _said(count: int) -> str:
    return str(count) if count <= MOST_COUNTED else f"more than {MOST_COUNTED}"


def untried_of(site_id):
    return OutreachEntry.objects.filter(site_id=site_id, first_tried_at=None, state__in=UNTRIED)


@prepared(site_id=UUID, now=datetime)
def _numbers(*, site_id, now):
    """How many nobody has tried, and how many past the target, each counted to MOST_COUNTED and one."""
    every = untried_of(site_id).order_by("listed_at", "pk").values("pk")
    late = every.filter(first_try_target_at__lt=now)
    row = Site.objects.filter(pk=site_id)
    return row.values_list(UpTo(every[: MOST_COUNTED + 1]), UpTo(late[: MOST_COUNTED + 1]))


@prepared(site_id=UUID)
def untried_rows(*, site_id):
    return first(untried_of(site_id), "listed_at", "pk", most=SHOWN).select_related("referral")


@prepared(me=UUID, since=datetime)
def escalated_rows(*, me, since):
    """Officers who still wait, and whom nobody on the list has answered: this person was told as the last one."""
    told = Page.objects.filter(person=me, kind=PageKind.LAST, paged_at__gt=since, referral__paging__stopped_at=None)
    keys = Keys(told.order_by("-paged_at", "pk").values("referral_id")[:SHOWN])
    when = Page.objects.filter(referral=OuterRef("pk"), person=me, kind=PageKind.LAST).order_by("-paged_at")
    found = Referral.objects.filter(AnyOf(F("pk"), keys), status__in=sorted(OFFICER_WAITS))
    found = found.annotate(escalated_at=Subquery(when.values("paged_at")[:1]))
    return found.select_related("officer", "entered_by").order_by("submitted_at", "pk")
