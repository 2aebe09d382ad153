"""Two records that may be one person: looked at side by side, and said to be two."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission, Role, has_permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError
from participants.actions.alike import say_different, why_alike
from participants.models import LikelyPair
from referrals.models import Casework

MOST = 25


@require_safe
@requires(Permission.CASEWORK_VIEW)
def alike(request):
    """The open pairs of the site of whom the reader may read both, likeliest first."""
    by = request.membership
    found = list(LikelyPair.objects.still_open(by.site_id)[: MOST + 1])
    can_answer = has_permission(by, Permission.CASEWORK_WRITE)
    own = _own_of(by, {key for pair in found for key in (pair.first_id, pair.second_id)})
    rows = [_row(pair, own, can_answer) for pair in found[:MOST]]
    return render(request, "casefile/persons/alike.html", {"rows": rows, "is_more": len(found) > MOST})


def _own_of(by, people: set) -> set:
    """Whose records the reader may put together: a supervisor all, a case manager those of their own people."""
    if by.role == Role.SUPERVISOR:
        return people
    mine = Casework.objects.filter(case_manager=by, participant_id__in=people)
    return set(mine.values_list("participant_id", flat=True)) if people else set()


def _row(pair: LikelyPair, own: set, can_answer: bool) -> dict:
    ends = [pair.first_id, pair.second_id]
    return {
        "pair": pair,
        "people": [pair.first, pair.second],
        "reasons": why_alike(pair),
        "is_sure": pair.score >= 0.9,
        "can_answer": can_answer,
        "different": reverse("casefile:alike-different", args=[pair.pk]),
        "compare": reverse("casefile:person-merge", args=ends) if can_answer and own.issuperset(ends) else "",
    }


@require_POST
@requires(Permission.CASEWORK_WRITE)
def alike_different(request, pk):
    """Two people: the pair is not shown again."""
    pair = get_object_or_404(LikelyPair, pk=pk, site_id=request.membership.site_id)
    try:
        say_different(pair=pair, by=request.membership, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "Kept as two people. They are not shown together here again.")
    return redirect("casefile:alike")
