"""Pokes say that they ran; readiness listens."""

from django.utils import timezone

from lead_cms.notify.models import Heartbeat


def beat(name: str, *, handled: int) -> None:
    """Write down that the poke `name` ran now and handled so many rows."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(id=name, ran_at=timezone.now(), handled=handled)],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["ran_at", "handled"],
    )
