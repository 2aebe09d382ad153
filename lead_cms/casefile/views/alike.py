"""Two records that may be one person: looked at side by side, and said to be two."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError
from participants.actions.alike import say_different
from participants.likeness.reasons import words
from participants.models import LikelyPair

MOST = 25


@require_safe
@requires(Permission.CASEWORK_VIEW)
def alike(request):
    """The open pairs of the site of whom the reader may read both, likeliest first."""
    found = list(LikelyPair.objects.still_open(request.membership.site_id)[: MOST + 1])
    can_answer = has_permission(request.membership, Permission.CASEWORK_WRITE)
    rows = [_row(pair, can_answer) for pair in found[:MOST]]
    return render(request, "casefile/persons/alike.html", {"rows": rows, "is_more": len(found) > MOST})


def _row(pair: LikelyPair, can_answer: bool) -> dict:
    return {
        "pair": pair,
        "people": [pair.first, pair.second],
        "reasons": words(pair.reasons),
        "is_sure": pair.score >= 0.9,
        "can_answer": can_answer,
        "different": reverse("casefile:alike-different", args=[pair.pk]),
        "compare": _page_of_both(pair) if can_answer else "",
    }


def _page_of_both(pair: LikelyPair) -> str:
    try:
        return reverse("casefile:person-merge", args=[pair.first_id, pair.second_id])
    except NoReverseMatch:
        return ""


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
