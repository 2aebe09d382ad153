"""The slip: what to copy onto a card. It names nothing."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.casefile.forms.slip import SlipForm
from lead_cms.casefile.views.asking import find_referral, went
from lead_cms.core.templatetags.dates import say_phone
from participants.slip_texts import SLIP, said_moment
from referrals.actions.slips import make_slip
from referrals.enums import AppointmentState
from referrals.models import Appointment, Slip


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def slip(request, pk):
    """What stands on it; the booked appointment and one's own number are filled in."""
    referral = find_referral(request, pk)
    form = SlipForm(request.POST or None, initial=_usual(referral, request.membership))
    if request.method == "POST" and form.is_valid():
        made = []
        if went(
            request, form,
            lambda: made.append(
                make_slip(referral=referral, by=request.membership, at=timezone.now(), **form.cleaned_data)
            ),
        ):  # fmt: skip
            return redirect("casefile:slip-card", pk=pk, slip_pk=made[0].pk)
    last = Slip.objects.filter(referral=referral).order_by("-made_at", "-pk").first()
    return render(request, "casefile/persons/slip.html", {"referral": referral, "form": form, "last": last})


def _usual(referral, by) -> dict:
    booked = Appointment.objects.filter(referral=referral, state=AppointmentState.BOOKED).first()
    participant = referral.casework.participant
    language = participant.language if participant else referral.person.language
    return {
        "name": (participant.chosen_name or participant.given_name) if participant else "",
        "on": booked.at if booked else None,
        "place": booked.place if booked else "",
        "phone": say_phone(by.phone or by.organisation.phone),
        "language": language if language in SLIP else "en",
    }


@require_safe
@requires(Permission.CASEWORK_VIEW)
def slip_card(request, pk, slip_pk):
    """Large, to copy onto a card or to print: a page without the frame's own words."""
    referral = find_referral(request, pk)
    card = get_object_or_404(Slip, pk=slip_pk, referral=referral)
    when = said_moment(card.language, timezone.localtime(card.at)) if card.at else ""
    return render(
        request,
        "casefile/persons/slip_card.html",
        {"referral": referral, "slip": card, "words": SLIP[card.language], "when": when},
    )
