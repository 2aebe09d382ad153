"""How one person takes part: as it is, as it was, and a change."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.casefile.forms.spells import SpellForm
from lead_cms.casefile.personpage import spell_rows
from lead_cms.casefile.personrows import MOST
from lead_cms.casefile.silence import says_silent, silent_days
from lead_cms.casefile.today.case_manager import rules_of_site
from lead_cms.casefile.views.asking import went
from participants.actions.spells import change_spell, correct_spell, is_correctable
from participants.models import Participant, Participation


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def taking_part(request, pk):
    """Nothing is set by the system: after long silence the page asks."""
    participant = get_object_or_404(Participant, pk=pk, site_id=request.membership.site_id)
    by, now = request.membership, timezone.now()
    spells = list(Participation.objects.filter(participant=participant).newest_first()[:MOST])
    standing = next((one for one in spells if one.ended_on is None), spells[0] if spells else None)
    can_correct = standing is not None and is_correctable(standing, by=by, at=now)
    form = SpellForm(
        request.POST or None, initial={"seen": standing.pk if standing else None}, is_correctable=can_correct
    )
    is_given = request.method == "POST" and form.is_valid()
    write = correct_spell if is_given and form.cleaned_data["corrects"] else change_spell
    if is_given and went(request, form, lambda: write(participant=participant, by=by, at=now, **form.given())):
        messages.success(request, "Corrected." if write is correct_spell else "Written down. What was before stays.")
        return redirect("casefile:person", pk=pk)
    days = silent_days(participant, rules_of_site(by.site_id, timezone.localdate()), now)
    context = {
        "participant": participant, "form": form, "spells": spell_rows(spells), "asks": says_silent(days) if days else "",
    }  # fmt: skip
    return render(request, "casefile/persons/taking_part.html", context)
