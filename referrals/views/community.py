"""The community door, for a partner organisation's referrer. No police or prosecutor role reaches any of it."""

from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError
from lead_cms.programs.current import current_ruleset, rules_for
from referrals.actions.community import refer_community, status_for_referrer
from referrals.actions.correcting import count_under_age
from referrals.actions.referring import UnderAge
from referrals.enums import Door
from referrals.forms.community import CommunityForm
from referrals.models import Referral

PAGE = 25
STATES = {"received": ("Received", "waiting"), "in_review": ("In review", "waiting"), "done": ("Done", "neutral")}


def shown(referral: Referral) -> dict:
    """One line of the referrer's list: code, when, state, and nothing of the person."""
    label, tone = STATES[status_for_referrer(referral)]
    return {"reference": referral.reference, "at": referral.submitted_at, "label": label, "tone": tone}


@require_http_methods(["GET", "POST"])
@requires(Permission.COMMUNITY_CREATE)
def community_new(request):
    """Refer somebody without police: one page, nothing kept before it is sent."""
    now = timezone.now()
    ruleset = current_ruleset(request.membership.site_id, timezone.localdate())
    rules = rules_for(ruleset) if ruleset else None
    if rules is None or not rules.ready or not rules.opens(Door.COMMUNITY):
        return render(request, "referrals/community/closed.html")
    form = CommunityForm(request.POST or None, rules=rules)
    if request.method == "POST" and form.is_valid():
        try:
            made = refer_community(
                by=request.membership, at=now, given=form.given(), submission_key=form.cleaned_data["submission_key"]
            )
        except UnderAge as error:
            # Nothing of the person is kept: not in the database, and not on the page either.
            count_under_age(by=request.membership, door=Door.COMMUNITY, at=now)
            return render(request, "referrals/community/under_age.html", {"says": str(error), "minors": rules.minors})
        except DomainError as error:
            form.place_error(error)
        else:
            messages.success(request, f"Received. The code to quote is {made.reference}.")
            return redirect("referrals:community-list")
    return render(request, "referrals/community/new.html", {"form": form})


@require_safe
@requires(Permission.COMMUNITY_OWN)
def community_list(request):
    """Own referrals, newest first: received, in review, done."""
    mine = Referral.objects.referred_by(request.membership).order_by("-submitted_at", "-pk")
    last = _one(request.GET.get("before", ""))
    if last is not None:
        # The page after the last referral of the one before, by the key of the list's order.
        anchor = mine.filter(pk=last).values_list("submitted_at", flat=True).first()
        if anchor is not None:
            mine = mine.filter(submitted_at__lte=anchor).exclude(submitted_at=anchor, pk__gte=last)
    found = list(mine[: PAGE + 1])
    older = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return render(
        request, "referrals/community/list.html",
        {"rows": [shown(one) for one in found[:PAGE]], "older": older, "first": last is None},
    )  # fmt: skip


def _one(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
