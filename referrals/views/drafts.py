"""The page saves what is typed by itself; what is offered back is the author's alone."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError
from lead_cms.core.templatetags.dates import say_time
from referrals.actions.drafts import drop_draft, save_draft
from referrals.actions.referring import Given, age_given
from referrals.forms.officer import BadToken, unpack
from referrals.forms.officer_fields import BirthOrAge
from referrals.forms.officer_referral import ReferralForm
from referrals.models import Draft
from referrals.views.officer import rules_here
from referrals.views.officer_shown import as_uuid

KEPT = frozenset(ReferralForm.base_fields) | {"occurred_at_0", "occurred_at_1", "occurred_at_2"}


@require_http_methods(["POST"])
@requires(Permission.REFERRAL_CREATE)
def save(request):
    """Keep the form as it stands. Somebody who may be under age is not kept, not even here."""
    key = as_uuid(request.POST.get("submission_key", ""))
    try:
        given, _ = unpack(request.POST.get("check", ""), by=request.membership)
    except BadToken:
        given = None
    if key is None or given is None:
        return JsonResponse({"says": "This page is damaged. Open it again from Today."}, status=400)
    if _under_age(request):
        drop_draft(by=request.membership, key=key)
        return JsonResponse({"says": "Not saved: LEAD is for people of full age. Send the form to get the number."})
    now = timezone.now()
    fields = {name: request.POST.getlist(name) for name in request.POST if name in KEPT}
    try:
        save_draft(by=request.membership, at=now, key=key, fields=fields)
    except DomainError as error:
        return JsonResponse({"says": str(error)}, status=413)
    return JsonResponse({"saved_at": say_time(now)})


@require_http_methods(["POST"])
@requires(Permission.REFERRAL_CREATE)
def discard(request, pk):
    """Throw an unfinished form away."""
    Draft.objects.filter(author=request.membership, pk=pk).delete()
    messages.info(request, "The draft is gone.")
    return redirect("today")


def _under_age(request) -> bool:
    rules, _ = rules_here(request)
    try:
        birth_date, age_about = BirthOrAge(required=False).clean(request.POST.get("age", ""))
    except ValidationError:
        return False
    given = Given(door="arrest", birth_date=birth_date, age_about=age_about)
    age = age_given(given, at=timezone.now(), zone=request.membership.site.tz)
    least = rules.minors.min_age if rules else None
    return age is not None and least is not None and age < least
