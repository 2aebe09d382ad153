"""What the pages of casework share: one referral, one action, and what a rule says no to beside its field."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse

from lead_cms.core.errors import DomainError, StaleState
from lead_cms.core.prepared import prepared
from referrals.models import Referral


def find_referral(request, pk, queryset: QuerySet | None = None) -> Referral:
    """One referral of the site that casework has; 404 for a guessed id, another site's, or a closed record."""
    if queryset is not None:
        return get_object_or_404(_with_case(queryset, pk, request.membership.site_id))
    found = _referral(pk=pk, site_id=request.membership.site_id)
    if not found:
        raise Http404
    return found[0]


@prepared(pk=UUID, site_id=UUID)
def _referral(*, pk, site_id):
    return _with_case(Referral.objects.all(), pk, site_id)


def _with_case(referrals: QuerySet, pk, site_id) -> QuerySet:
    found = referrals.filter(pk=pk, site_id=site_id, casework__isnull=False)
    return found.select_related("person", "casework__participant", "casework__case_manager")


def went(request, form, action) -> bool:
    """Run one action. A rule's no goes beside its field, or to the top of the page when there is no form for it."""
    try:
        action()
    except StaleState as error:
        if form is None:
            messages.warning(request, str(error))
        else:
            form.add_error(None, str(error))
        return False
    except DomainError as error:
        if form is None:
            messages.error(request, str(error))
        else:
            form.say_refusal(error)
        return False
    return True


def link_to(name: str, *args) -> str:
    """The address of a page, or nothing while no such page is installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
