"""The only place that assigns the status of what a service is asked.

API
    change_status(asked, to, by=, at=, **columns) -> ServiceReferral   locks the row afresh; StaleState when it moved on
"""

from datetime import datetime

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import StaleState
from lead_cms.core.templatetags.dates import say_when
from services.enums import RESULT_OF, AskStatus
from services.models import ServiceReferral

COLUMNS = ("decline_reason", "appointment_at", "attended_on", "ended_on")


@transaction.atomic
def change_status(
    asked: ServiceReferral, to: str, *, by: Membership, at: datetime, seen: str = "", **columns
) -> ServiceReferral:
    """Move it along TRANSITIONS. The first answer's moment and person stay; the result of HUD 4.20.D goes with the status.

    `seen` is the status that the answer was given to, where known: what has changed since is not changed back unseen.
    """
    # No join: after waiting for a lock the locked row is read anew, what it was joined with is not.
    locked = ServiceReferral.objects.select_for_update(of=("self",), no_key=True).get(pk=asked.pk)
    if not locked.can_become(to) or (seen and seen != locked.status):
        raise StaleState(
            f"This has moved on: “{locked.get_status_display()}” since {say_when(locked.status_changed_at)}. "
            "Nothing was changed."
        )
    was, locked.status, locked.status_changed_at = locked.status, AskStatus(to), at
    locked.result = RESULT_OF.get(locked.status, "")
    if locked.answered_at is None and to != AskStatus.CALLED_OFF:
        locked.answered_at, locked.answered_by = at, by
    for name, value in columns.items():
        setattr(locked, name, value)
    locked.save(update_fields=["status", "status_changed_at", "result", "answered_at", "answered_by", *columns])
    record(AuditAction.SERVICE_REFERRAL_CHANGED, target=locked, was=was, to=str(to), because=locked.decline_reason)
    return locked
