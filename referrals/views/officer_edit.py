"""Two longer forms of an officer's own referral: put right what was typed, and what could wait."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.programs.current import rules_by_id
from referrals.actions import correcting
from referrals.forms.officer_own import CorrectForm, DetailsForm
from referrals.views.officer_own import find, too_late
from referrals.views.officer_shown import title_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFERRAL_CORRECT)
def correct(request, pk):
    """Before the handover everything typed may be put right."""
    referral = find(pk)
    rules, person = rules_by_id(referral.rules_id), getattr(referral, "person", None)
    form = CorrectForm(referral, rules, request.POST or None, initial=CorrectForm.initial_of(referral, person))

    def act():
        changes = form.changes()
        correcting.correct(referral=referral, changes=changes, by=request.membership, at=timezone.now())

    is_open = referral.status in correcting.BEFORE_HANDOVER
    return _edit(request, referral, form, act, is_open, page="correct", says="Corrected.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REFERRAL_CORRECT)
def details(request, pk):
    """The rest, until the end of the shift."""
    referral = find(pk)
    person = getattr(referral, "person", None)
    initial = {key: getattr(referral, key) for key in correcting.DETAILS_OF_REFERRAL}
    if person is not None:
        initial |= {key: getattr(person, key) for key in correcting.DETAILS_OF_PERSON}
    form = DetailsForm(rules_by_id(referral.rules_id), request.POST or None, initial=initial)

    def act():
        correcting.save_details(referral=referral, details=form.cleaned_data, by=request.membership, at=timezone.now())

    is_open = correcting.details_wait(referral, timezone.now())
    return _edit(request, referral, form, act, is_open, page="details", says="Saved.")


def _edit(request, referral, form, act, is_open: bool, *, page: str, says: str):
    if not is_open:
        closed = correcting.details_closed_because(referral, timezone.now()) if page == "details" else ""
        return too_late(request, referral, form, closed or correcting.TOO_LATE)
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except StaleState as error:
            return too_late(request, referral, form, str(error))
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, says)
            return redirect("referrals:own", referral.pk)
    title = {"correct": "Correct the referral", "details": "The rest of the details"}[page]
    context = {"referral": referral, "form": form, "title": title, "whom": title_of(referral)}
    return render(request, f"referrals/officer/{page}.html", context)
