"""The site's rules in words, each with where it comes from, and what is still to be decided."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lead_cms.access.permissions import Permission
from lead_cms.access.views import requires
from lead_cms.programs.current import current_ruleset, rules_for
from lead_cms.programs.in_words import chapters
from lead_cms.programs.models import RuleSet

MOST_VERSIONS = 30


@require_safe
@requires(Permission.RULES_VIEW)
def rules(request):
    """The version in force today at the site."""
    today = timezone.localdate()
    ruleset = current_ruleset(request.membership.site_id, today)
    held = rules_for(ruleset) if ruleset is not None else None
    versions = (
        RuleSet.objects.filter(site_id=request.membership.site_id)
        .defer("document")
        .order_by("-version")[:MOST_VERSIONS]
    )
    context = {
        "ruleset": ruleset,
        "chapters": chapters(held) if held else [],
        "missing": held.missing() if held else [],
        "is_condition": bool(held and held.criminal_justice_consent.condition_of_diversion),
        "versions": versions,
        "today": today,
    }
    return render(request, "rules/rules.html", context)
