"""Today of a service provider: what waits for an answer, the longest waiting first, and the appointments ahead."""

from datetime import timedelta

from django.utils import timezone

from services.askedrows import row_of
from services.enums import AskStatus
from services.models import Service, ServiceReferral

SHOWN = 10


def context(request) -> dict:
    """Three queries, whatever the number of rows; a code and a need each, and nothing of a person."""
    now, today, mine = timezone.now(), timezone.localdate(), request.membership.organisation_id
    asked = ServiceReferral.objects.filter(organisation_id=mine).select_related("service")
    waiting = list(asked.filter(status=AskStatus.SENT).order_by("asked_at", "pk")[: SHOWN + 1])
    ahead = asked.filter(
        status=AskStatus.ACCEPTED,
        appointment_at__gte=now - timedelta(days=2),
        appointment_at__lt=now + timedelta(days=14),
    )
    return {
        "first": waiting[0] if waiting else None,
        "rows": [row_of(one, today, now, page="services:request") for one in waiting[:SHOWN]],
        "has_more": len(waiting) > SHOWN,
        "ahead": list(ahead.order_by("appointment_at", "pk")[:SHOWN]),
        "has_services": Service.objects.filter(site_id=request.membership.site_id).exists(),
    }
