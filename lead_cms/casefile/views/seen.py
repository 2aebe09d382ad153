"""Where somebody was last seen: two taps to write it down, one to erase it."""

from uuid import UUID

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.casefile.forms.seen import SeenForm
from lead_cms.casefile.views.asking import went
from participants.actions.seen import forget_seen, note_seen
from participants.models import LastSeen, Participant

OUTREACH = "outreach"


def back_to(asked: str, participant_pk) -> str:
    """The page it was opened from, by a word or a referral's key; never an address that somebody sent."""
    if asked == OUTREACH:
        return reverse("casefile:look")
    try:
        return reverse("casefile:case", args=[UUID(asked)])
    except ValueError:
        return reverse("casefile:person", args=[participant_pk])


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def seen(request, pk):
    """A place in words, or the usual one in one tap."""
    participant = get_object_or_404(Participant, pk=pk, site_id=request.membership.site_id)
    form = SeenForm(_given(request, participant), initial={"back": request.GET.get("from", "")})
    if request.method == "POST" and form.is_valid():
        by, at, given = request.membership, timezone.now(), form.cleaned_data
        if went(
            request, form,
            lambda: note_seen(participant=participant, place=given["place"], seen_at=given["seen_at"], by=by, at=at),
        ):  # fmt: skip
            messages.success(request, "Kept as where they were last seen.")
            return redirect(back_to(given["back"], pk))
    held = LastSeen.objects.filter(participant=participant).standing(timezone.now()).select_related("recorded_by")
    context = {
        "participant": participant, "form": form, "held": held.order_by("-seen_at", "-pk").first(),
        "back_url": back_to(form["back"].value() or "", pk), "later": "seen_at" in form.errors,
    }  # fmt: skip
    return render(request, "casefile/persons/seen.html", context)


def _given(request, participant: Participant):
    """What was typed; the button of the usual place stands for its words."""
    if request.method != "POST":
        return None
    if "usual" not in request.POST:
        return request.POST
    given = request.POST.copy()
    given["place"] = participant.where_to_reach[:120]
    return given


@require_POST
@requires(Permission.CASEWORK_WRITE)
def seen_erase(request, pk):
    """At once, and for good."""
    held = get_object_or_404(
        LastSeen.objects.standing(timezone.now()).select_related("participant"),
        pk=pk,
        site_id=request.membership.site_id,
    )
    if went(request, None, lambda: forget_seen(seen=held)):
        messages.success(request, "Erased.")
    return redirect("casefile:person", pk=held.participant_id)
