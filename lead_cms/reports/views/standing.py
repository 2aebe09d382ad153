"""Casework notes that somebody gets along without LEAD, or is back: what the funnel calls self-supporting."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.crispy import Short, helper
from lead_cms.core.errors import DomainError
from lead_cms.core.forms import Form
from lead_cms.reports.actions.standing import end_gets_along, note_gets_along
from lead_cms.reports.forms import day
from lead_cms.reports.models import GettingAlong
from participants.models import Participant


class SinceForm(Form):
    since_on = day("Since when", "As far as you know; an estimate will do")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper(Short("since_on"), submit="Note it")


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def gets_along(request, pk):
    """Note it with a day, or with `back` that they are back; a second tap changes nothing."""
    participant = get_object_or_404(Participant, pk=pk)
    held = GettingAlong.objects.filter(participant=participant, ended_on=None).first()
    back = request.method == "POST" and request.POST.get("back") == "1"
    form = SinceForm(request.POST if request.method == "POST" and not back else None)
    by, at = request.membership, timezone.now()
    if back:
        end_gets_along(participant=participant, on=timezone.localdate(), by=by, at=at)
        messages.success(request, "Noted: they are back.")
        return redirect("casefile:person", pk)
    if request.method == "POST" and form.is_valid():
        try:
            note_gets_along(participant=participant, by=by, at=at, **form.cleaned_data)
        except DomainError as error:
            form.say_refusal(error)
        else:
            messages.success(request, "Noted. The door stays open.")
            return redirect("casefile:person", pk)
    return render(request, "reports/gets_along.html", {
        "participant": participant, "held": held, "form": form, "back": {"back": "1"},
    })  # fmt: skip
