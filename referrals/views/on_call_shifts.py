"""Adding a shift, planning them for weeks, and handing one over to a colleague who accepts."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.templatetags.dates import say_when
from referrals.actions.roster import add_pattern, add_shift
from referrals.actions.shifts import answer_offer, offer_shift, withdraw_offer
from referrals.forms.roster import HandOverForm, PatternForm, ShiftForm
from referrals.models import OnCallShift, ShiftOffer


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ON_CALL_MANAGE)
def plan(request):
    """The same shifts for weeks, all of them or none."""
    me, now = request.membership, timezone.now()
    form = PatternForm(
        request.POST if request.method == "POST" else None,
        site_id=me.site_id,
        initial={"first_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            added, there = add_pattern(form.pattern(), by=me, at=now)
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, _said(added, there))
            return redirect("referrals:on-call")
    return render(request, "referrals/on_call/plan.html", {"form": form})


def _said(added: int, there: int) -> str:
    if not added:
        return "All of these shifts are on the list already."
    more = f" {there} were on it already." if there else ""
    return f"{added} shift{'' if added == 1 else 's'} on the list.{more}"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ON_CALL_MANAGE)
def add(request):
    """One shift of one person."""
    me, now = request.membership, timezone.now()
    form = ShiftForm(request.POST if request.method == "POST" else None, site_id=me.site_id)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_shift(**form.given(), by=me, at=now)
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, f"{made.person.name} is on the list from {say_when(made.starts_at)}.")
            return redirect("referrals:on-call")
    return render(request, "referrals/on_call/add.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ON_CALL_HAND_OVER)
def hand_over(request, pk):
    """Offer one's own shift; the list changes when the colleague accepts."""
    me, now = request.membership, timezone.now()
    shift = get_object_or_404(OnCallShift.objects.select_related("person"), pk=pk)
    if shift.person_id != me.pk or shift.ends_at <= now:
        messages.info(request, "This is not a shift of yours that is still to come.")
        return redirect("referrals:on-call")
    form = HandOverForm(request.POST if request.method == "POST" else None, by=me)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            offer_shift(shift=shift, to=given["to"], in_return=given["in_return"], by=me, at=now)
        except StaleState as error:
            messages.info(request, str(error))
            return redirect("referrals:on-call")
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, f"{given['to'].name} is asked. Until the answer the shift is yours.")
            return redirect("referrals:on-call")
    return render(request, "referrals/on_call/hand_over.html", {"form": form, "shift": shift})


@require_POST
@requires(Permission.ON_CALL_HAND_OVER)
def answer(request, pk):
    """Take a colleague's shift or not, or take one's own offer back."""
    offer, deed = get_object_or_404(ShiftOffer, pk=pk), request.POST.get("deed", "")
    by, at = request.membership, timezone.now()
    try:
        if deed == "take_back":
            withdraw_offer(offer=offer, by=by, at=at)
            says = "Taken back. The shift stays yours."
        elif deed in ("accept", "decline"):
            answer_offer(offer=offer, accepted=deed == "accept", by=by, at=at)
            says = "The shift is yours." if deed == "accept" else "Declined. The shift stays with your colleague."
        else:
            raise DomainError("Choose yes or no.")
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, says)
    return redirect("referrals:on-call")
