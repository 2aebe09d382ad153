"""Counts that an agency supplies: the file, what of it can be used, and what has been taken before."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.core.errors import DomainError
from lead_cms.core.keyset import keyset
from lead_cms.programs.current import current_ruleset, rules_for
from lead_cms.reports.actions.supplied import MOST_BYTES, take_in
from lead_cms.reports.enums import GROUPS, Dimension
from lead_cms.reports.forms import SuppliedForm
from lead_cms.reports.models import SuppliedFile

MOST_LISTED = 100


@require_http_methods(["GET", "POST"])
@requires(Permission.SUPPLIED_COUNTS)
def supplied(request):
    """The same file again, or a second tap, changes nothing and says so."""
    me, taken = request.membership, None
    ruleset = current_ruleset(me.site_id, timezone.localdate())
    rules = rules_for(ruleset) if ruleset else None
    form = SuppliedForm(request.POST or None, request.FILES or None, site_id=me.site_id)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            taken = take_in(
                name=sent.name, content=sent.read(MOST_BYTES + 1), agency=form.cleaned_data["agency"], by_label=me.name,
                site=me.site, rules=rules, at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            form.say_refusal(error)
        else:
            form = SuppliedForm(site_id=me.site_id)
    page = keyset(request, SuppliedFile.objects.filter(site_id=me.site_id).select_related("agency"), "-version", "-pk")
    context = {
        "form": form, "taken": taken, "faults": taken.faults[:MOST_LISTED] if taken else [],
        "more_faults": max(0, len(taken.faults) - MOST_LISTED) if taken else 0, "files": page.rows,
        "newer_url": page.newer_url, "older_url": page.older_url,
        "groups": [(Dimension(one).label, list(names.values())) for one, names in GROUPS.items()],
        "precincts": [one.name for one in (rules.precincts if rules else None) or ()],
    }  # fmt: skip
    return render(request, "reports/supplied.html", context)
