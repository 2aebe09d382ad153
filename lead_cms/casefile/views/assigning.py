"""Who looks after a case: the one page to give, take and hand on, from the case and from the caseload board."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import CASEWORK, Permission
from lead_cms.access.views import requires
from lead_cms.accounts.models import Membership
from lead_cms.casefile import caseload
from lead_cms.casefile.forms.casework import AssignForm
from lead_cms.casefile.today.case_manager import rules_of_site
from lead_cms.casefile.urgency import person_name
from lead_cms.casefile.views.asking import find_referral, went
from referrals.actions.assigning import assign as give
from referrals.actions.assigning import others_of
from referrals.models import Referral


@require_http_methods(["GET", "POST"])
@requires(Permission.CASEWORK_WRITE)
def assign(request, pk):
    """Give a case to somebody; a case manager may take one that nobody looks after."""
    referral = find_referral(request, pk)
    now, me = timezone.now(), request.membership
    team = Membership.objects.current(now).filter(site_id=me.site_id, role__in=CASEWORK).order_by("name", "pk")
    team = team if me.role == "supervisor" else team.filter(pk=me.pk)
    current, gives = referral.casework.case_manager, me.role == "supervisor"
    if current is not None and not gives:
        messages.info(request, f"{'You look' if current.pk == me.pk else f'{current.name} looks'} after this already.")
        return redirect("casefile:case", pk=pk)
    rules = rules_of_site(me.site_id, timezone.localdate())
    loads = {one.person.pk: one for one in caseload.loads(me.site_id, rules, now, timezone.localdate())}
    others = others_of(referral.casework).count()
    first = request.GET.get("to") or (current.pk if current else None)
    form = AssignForm(
        request.POST if request.method == "POST" else None, team=team, gives=gives, former=current, loads=loads,
        others=others, initial={"to": first},
    )  # fmt: skip
    is_board = gives and request.GET.get("back") == "board"
    if request.method == "POST" and form.is_valid():
        if _given(request, referral, form, loads, rules, now):
            messages.success(request, f"{form.cleaned_data['to'].name} looks after this now: {person_name(referral)}.")
            return redirect("casefile:caseloads") if is_board else redirect("casefile:case", pk=pk)
        form.ask_to_confirm()
    context = {
        "referral": referral, "name": person_name(referral), "form": form, "current": current, "is_board": is_board,
        "load": loads.get(current.pk) if current else None, "rules": rules.caseload if rules else None,
    }  # fmt: skip
    return render(request, "casefile/cases/assign.html", context)


def _given(request, referral: Referral, form: AssignForm, loads: dict, rules, now) -> bool:
    """Whether the case went to whom the form names."""
    given = dict(form.cleaned_data)
    confirmed = {"is_confirmed": given.pop("apart"), "is_over_confirmed": given.pop("load")}
    over = caseload.over_by_one(loads.get(given["to"].pk), rules)
    return went(
        request, form,
        lambda: give(
            referral=referral, by=request.membership, at=now, over=over, with_others=given.pop("others", False), **confirmed,
            **given,
        ),
    )  # fmt: skip
