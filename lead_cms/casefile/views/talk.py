""" "We are talking in private": the tap before which screening and consent stay shut."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.casefile.forms.consent import TalkForm
from lead_cms.casefile.views.asking import find_referral, went
from referrals.actions.talking import OTHERS, TAKE_FIRST, WITH_US, begin_talk
from referrals.models import PrivateTalk

# Where one was going when the talk had not begun: a code, never an address from outside.
ONWARD = {
    "screening": ("casefile:record", "screening"),
    "consent": ("casefile:consent",),
    **{kind: ("casefile:consent-ask", kind) for kind in ("treatment", "multi_party", "sentence")},
}


@require_http_methods(["GET", "POST"])
@requires(Permission.PRIVATE_TALK)
def talk(request, pk):
    """Officer and cameras are out of hearing; who else is there is noted, without names."""
    referral = find_referral(request, pk)
    held = PrivateTalk.objects.filter(referral=referral).select_related("started_by").first()
    form = TalkForm(request.POST or None)
    onward = request.GET.get("next", "")
    if request.method == "POST" and form.is_valid():
        others = form.cleaned_data["others_present"]
        if went(
            request, form,
            lambda: begin_talk(referral=referral, others_present=others, by=request.membership, at=timezone.now()),
        ):  # fmt: skip
            messages.success(request, "Noted. Screening and consent are open now.")
            name, *args = ONWARD.get(onward, ("casefile:case",))
            return redirect(name, pk, *args)
    context = {
        "referral": referral, "form": form, "held": held,
        "others": OTHERS.get(held.others_present, "") if held else "",
        "take_first": "" if held or referral.status in WITH_US else TAKE_FIRST,
    }  # fmt: skip
    return render(request, "casefile/persons/talk.html", context)
