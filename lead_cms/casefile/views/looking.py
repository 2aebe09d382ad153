"""Who to look for today: one list, and a try in one tap."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from lead_cms.casefile.lists import closed_here
from lead_cms.casefile.looking import LATER, MINE, TEAM, looked_for
from lead_cms.casefile.lookrows import key_of, look_rows, says_try
from lead_cms.casefile.today.case_manager import rules_of_site
from lead_cms.casefile.urgency import person_name
from lead_cms.casefile.views.asking import find_referral, went
from referrals.actions.attempts import REGRETTED, log_attempt, take_back
from referrals.enums import AttemptKind, AttemptOutcome
from referrals.models import Attempt

TAPS = [
    (AttemptOutcome.NOT_FOUND, "Not there"),
    (AttemptOutcome.LEFT_WORD, "Left word"),
    (AttemptOutcome.REACHED, "Talked"),
]
LABELS = {MINE: "Mine", TEAM: "The team", LATER: "Later"}


@require_safe
@requires(Permission.OUTREACH)
def look(request):
    """By window, then what was promised, then who was not met for longest."""
    me, now, today = request.membership, timezone.now(), timezone.localdate()
    is_supervisor = me.role == Role.SUPERVISOR
    scope = request.GET.get("who", TEAM if is_supervisor else MINE)
    scope = scope if scope in LABELS else MINE
    after = request.GET.get("after", "")
    found, older = looked_for(scope, me, rules_of_site(me.site_id, today), now, after)
    here = reverse("casefile:look")
    context = {
        "rows": look_rows(found, me, now, today, may_see_all=is_supervisor), "taps": TAPS, "scope": scope,
        "filters": [(label, f"{here}?who={code}", code == scope) for code, label in LABELS.items()],
        "newer_url": f"{here}?who={scope}" if after else "", "older_url": _older(here, scope, older) if older else "",
        "tried": _tried(request), "label": LABELS[scope], "is_later": scope == LATER,
        "closed": closed_here(me),
    }  # fmt: skip
    return render(request, "casefile/look/list.html", context)


@require_POST
@requires(Permission.CASEWORK_WRITE)
def look_try(request, pk):
    """One tap: they went to look, and this came of it. The next try is set by the site's rules."""
    referral, by = find_referral(request, pk), request.membership
    outcome, made = request.POST.get("outcome", ""), []
    done = went(
        request, None,
        lambda: made.append(log_attempt(
            referral=referral, kind=AttemptKind.VISIT, outcome=outcome, by=by, at=timezone.now(),
            key=key_of(request.POST.get("key", "")),
        )),
    )  # fmt: skip
    return _back(request, tried=str(made[0].pk) if done else "")


@require_POST
@requires(Permission.CASEWORK_WRITE)
def look_take_back(request, pk):
    """A wrong tap, for some minutes."""
    attempt = get_object_or_404(
        Attempt.objects.select_related("referral"),
        pk=pk,
        site_id=request.membership.site_id,
    )
    if went(request, None, lambda: take_back(attempt=attempt, by=request.membership, at=timezone.now())):
        messages.success(request, "Taken back. Nothing is logged.")
    return _back(request)


def _back(request, **more: str):
    """The list as it was, from its top: whoever is next stands there."""
    scope = request.POST.get("who", "")
    query = QueryDict(mutable=True)
    query.update(({"who": scope} if scope in LABELS else {}) | {name: value for name, value in more.items() if value})
    return redirect(f"{reverse('casefile:look')}{'?' if query else ''}{query.urlencode()}")


def _tried(request) -> dict | None:
    """The try that was just logged from here, as long as it can be taken back."""
    key = key_of(request.GET.get("tried", ""))
    if key is None:
        return None
    mine = Attempt.objects.filter(pk=key, tried_by=request.membership, entered_at__gt=timezone.now() - REGRETTED)
    attempt = mine.select_related("referral__person", "referral__casework__participant").first()
    if attempt is None:
        return None
    return {"pk": attempt.pk, "referral": attempt.referral_id, "name": person_name(attempt.referral), "says": says_try(attempt),
            "more": reverse("casefile:case", args=[attempt.referral_id])}  # fmt: skip


def _older(here: str, scope: str, after: str) -> str:
    query = QueryDict(mutable=True)
    query["who"], query["after"] = scope, after
    return f"{here}?{query.urlencode()}"
