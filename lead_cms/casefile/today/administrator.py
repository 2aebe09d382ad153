"""Today of an administrator: locked sign-ins, invitations that nobody took up, roles that end soon."""

from datetime import timedelta

from django.utils import timezone

from lead_cms.accounts.models import Membership
from lead_cms.casefile.views.people import COLUMNS

SHOWN = 10
SOON = timedelta(days=14)


def context(request) -> dict:
    now = timezone.now()
    people = (
        Membership.objects.for_site(request.membership.site_id)
        .current(now)
        .select_related("user", "user__lock", "organisation")
        .only(*COLUMNS)
    )
    return {
        "locked": people.filter(user__lock__locked_at__isnull=False).order_by("name", "pk")[:SHOWN],
        "invited": people.filter(user__last_login=None, user__is_active=True).order_by("starts_at", "pk")[:SHOWN],
        "ending": people.filter(ends_at__lt=now + SOON).order_by("ends_at", "pk")[:SHOWN],
    }
