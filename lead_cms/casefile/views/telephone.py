"""A referral given by telephone: same referral, same clock; it waits for the officer's or the liaison's one tap."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission, has_permission
from lead_cms.access.views import requires
from lead_cms.casefile.forms.telephone import TelephoneForm
from lead_cms.core.errors import DomainError
from lead_cms.programs.current import current_ruleset, rules_for
from referrals.actions.correcting import count_under_age
from referrals.actions.referring import UnderAge, make_telephone_referral
from referrals.models import Casework


@require_http_methods(["GET", "POST"])
@requires(Permission.REFERRAL_TELEPHONE)
def new(request):
    """The seven things. A site whose rules are not complete takes none; somebody too young is counted, not saved."""
    me = request.membership
    ruleset = current_ruleset(me.site_id, timezone.localdate())
    rules = rules_for(ruleset) if ruleset else None
    if rules is None or not rules.ready:
        return render(
            request, "casefile/cases/telephone.html", {"missing": rules.missing() if rules else [], "form": None}
        )
    form = TelephoneForm(rules, me.site_id, request.POST or None)
    if form.is_bound:
        now = timezone.now()
        made = _make(request, rules, form, at=now) if form.is_valid() else None
        if made is not None:
            return made
        form.place_all(at=now, zone=me.site.tz)
    return render(request, "casefile/cases/telephone.html", {"form": form, "missing": []})


def _make(request, rules, form: TelephoneForm, *, at):
    """Where it goes from here, or None with the refusal beside its field."""
    me, clean = request.membership, form.cleaned_data
    try:
        referral = make_telephone_referral(
            by=me, at=at, given=form.given(), submission_key=clean["submission_key"], agency=clean["agency"],
            name=clean["given_by_name"], badge=clean["given_by_badge"],
        )  # fmt: skip
    except UnderAge as error:
        count_under_age(by=me, door=clean["door"], at=at)
        return render(request, "casefile/cases/under_age.html", {"title": str(error), "minors": rules.minors})
    except DomainError as error:
        form.place_error(error)
        return None
    messages.success(request, f"Referral {referral.reference} is made, given by telephone.")
    if has_permission(me, Permission.CASEWORK_VIEW) and Casework.objects.filter(referral=referral).exists():
        return redirect("casefile:handoff", pk=referral.pk)
    return redirect("today")
