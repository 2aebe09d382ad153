"""Own referrals, newest first, by key. Police search nobody and sort by no name."""

from urllib.parse import urlencode

from django.db.models import Q
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from lead_cms.access.permissions import Permission, Role
from lead_cms.access.views import requires
from referrals.models import Referral
from referrals.views.officer_shown import as_uuid, listed

PAGE = 25


@require_safe
@requires(Permission.REFERRAL_OWN)
def referral_list(request):
    """An officer's own; a liaison's agency's."""
    membership = request.membership
    if membership.role == Role.LIAISON:
        rows = Referral.objects.filter(agency_id=membership.organisation_id)
    else:
        rows = Referral.objects.filter(officer=membership)
    at, _, pk = request.GET.get("before", "").partition("_")
    moment, key = _moment(at), as_uuid(pk)
    if moment is not None and key is not None:
        rows = rows.filter(submitted_at__lte=moment).filter(Q(submitted_at__lt=moment) | Q(pk__lt=key))
    found = list(rows.select_related("person").order_by("-submitted_at", "-pk")[: PAGE + 1])
    shown = found[:PAGE]
    older = ""
    if len(found) > PAGE:
        older = "?" + urlencode({"before": f"{shown[-1].submitted_at.isoformat()}_{shown[-1].pk}"})
    context = {
        "rows": [listed(row) for row in shown], "older_url": older, "newer_url": request.path if key else "",
        "agency": membership.role == Role.LIAISON,
    }  # fmt: skip
    return render(request, "referrals/officer/list.html", context)


def _moment(text: str):
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
