"""The supervisor's board of who looks after how many, and after whom; handing a case on is `assigning.assign`."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.accounts.models import Membership
from lead_cms.casefile import caseload
from lead_cms.casefile.board import board
from lead_cms.casefile.today.case_manager import rules_of_site
from lead_cms.casefile.urgency import case_url
from lead_cms.core.keyset import keyset
from lead_cms.core.templatetags.dates import say_when
from referrals.enums import Standing, WindowState


@require_safe
@requires(Permission.CASELOADS)
def caseloads(request):
    """The board: the team in alphabetical order, against the site's thresholds, and the first people of each part."""
    me, now, today = request.membership, timezone.now(), timezone.localdate()
    rules = rules_of_site(me.site_id, today)
    context = {
        "columns": board(me.site_id, rules, now, today),
        "rules": rules.caseload if rules else None,
        "days": caseload.WEEK_DAYS,
    }
    return render(request, "casefile/caseload/board.html", context)


@require_safe
@requires(Permission.CASELOADS)
def caseload_of(request, pk):
    """One person's open cases, newest referral first. Restricted ones are a number."""
    me, now = request.membership, timezone.now()
    person = get_object_or_404(Membership, pk=pk, site_id=me.site_id)
    rules = rules_of_site(me.site_id, timezone.localdate())
    cases = caseload.cases_of(me.site_id, person.pk)
    page = keyset(request, cases, "-referral__submitted_at", "-pk")
    context = {
        "person": person,
        "page": page,
        "rows": [_row(one, rules, now) for one in page.rows],
        "closed": caseload.closed_of(me.site_id, person.pk),
    }
    return render(request, "casefile/caseload/one.html", context)


def _row(case, rules, now) -> dict:
    referral, window = case.referral, getattr(case.referral, "window", None)
    out = caseload.is_out_of_touch(case, rules, now)
    has_due = window is not None and window.state == WindowState.OPEN
    inactive = case.standing == Standing.INACTIVE
    return {
        "title": case.participant.shown_name if case.participant else referral.person.shown_name,
        "url": case_url("case", referral.pk),
        "due_on": window.due_on if has_due else None,
        "due_says": "" if has_due else "No open window",
        "badge": ("Out of touch" if inactive else "Out of touch? Suggested") if out else "",
        "badge_tone": "waiting",
        "notes": [f"Last met {say_when(case.met_at)}." if case.met_at else "Not met yet, as far as is entered."],
        "action": {"label": "Hand on", "url": case_url("assign", referral.pk)},
    }
