"""The participant's own letter that the window was met. Handing it over is theirs to do."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.casefile.forms.slip import LetterForm
from lead_cms.casefile.views.asking import find_referral, went
from referrals.actions.slips import print_letter
from referrals.models import IntakeWindow


@require_http_methods(["GET", "POST"])
@requires(Permission.PRIVATE_TALK)
def letter(request, pk):
    """Made when they ask for it, only of a window that was met; each making is recorded."""
    referral = find_referral(request, pk)
    met_on = IntakeWindow.objects.filter(referral=referral).values_list("met_on", flat=True).first()
    form = LetterForm(request.POST or None, initial={"name": _name(referral)})
    if request.method == "POST" and form.is_valid():
        made = []
        if went(
            request, form,
            lambda: made.append(
                print_letter(
                    referral=referral, name=form.cleaned_data["name"], by=request.membership, at=timezone.now()
                )
            ),
        ):  # fmt: skip
            context = {"referral": referral, "letter": made[0], "membership": request.membership}
            return render(request, "casefile/persons/letter_paper.html", context)
    return render(request, "casefile/persons/letter.html", {"referral": referral, "form": form, "met_on": met_on})


def _name(referral) -> str:
    participant = referral.casework.participant
    if participant is None:
        return referral.person.name
    return f"{participant.given_name} {participant.family_name}".strip() or participant.shown_name
