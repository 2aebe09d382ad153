"""The list of open windows by urgency."""

from datetime import date, timedelta
from uuid import UUID

from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.casefile.lists import keyed
from lead_cms.casefile.urgency import window_row
from lead_cms.programs.current import current_ruleset, rules_for

PAGE = 25
FILTERS = {
    "mine": "Mine",
    "team": "The whole team",
    "none": "Without case manager",
    "ended": "Window ended",
}


@require_safe
@requires(Permission.CASEWORK_VIEW)
def windows(request):
    """Due soonest first. Windows whose decision day has passed as well stand apart, or they would hide the others."""
    chosen = request.GET.get("who", "mine" if request.membership.role == "case_manager" else "team")
    chosen = chosen if chosen in FILTERS else "team"
    today = timezone.localdate()
    since = today - timedelta(days=grace_days(request.membership.site_id, today))
    who = {"mine": {"who": "mine", "me": request.membership.pk}, "none": {"who": "none"}}.get(chosen, {})
    days = {"until": since} if chosen == "ended" else {"since": since}
    after = read_key(request.GET.get("after", ""))
    rows, last = keyed(request.membership.site_id, after, PAGE, **who, **days)
    context = {
        "rows": [window_row(row, today, with_manager=chosen != "mine") for row in rows],
        "filters": [
            (label, f"{reverse('casefile:windows')}?who={code}", code == chosen) for code, label in FILTERS.items()
        ],
        "chosen": chosen,
        "label": FILTERS[chosen],
        "newer_url": f"{reverse('casefile:windows')}?who={chosen}" if after else "",
        "older_url": _older(chosen, last) if last else "",
    }
    return render(request, "casefile/cases/windows.html", context)


def grace_days(site_id, today: date) -> int:
    """The days between due day and decision day by the rules of today; 0 where nobody has decided any."""
    ruleset = current_ruleset(site_id, today)
    return (rules_for(ruleset).window.decision_grace_days or 0) if ruleset else 0


def read_key(text: str) -> tuple[date, UUID] | None:
    """The key of the page before, "2026-10-22.<uuid>"; anything else is the first page."""
    day, _, key = text.partition(".")
    try:
        return date.fromisoformat(day), UUID(key)
    except ValueError:
        return None


def _older(chosen: str, last) -> str:
    query = QueryDict(mutable=True)
    query["who"], query["after"] = chosen, f"{last.due_on.isoformat()}.{last.pk}"
    return f"{reverse('casefile:windows')}?{query.urlencode()}"
