"""Who gets along without LEAD: noted by casework, never set by a rule.

API
    note_gets_along(participant=, since_on=, by=, at=) -> GettingAlong | None     None when it is noted already
    end_gets_along(participant=, on=, by=, at=) -> bool
"""

from datetime import date, datetime

from django.db import transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError
from lead_cms.reports.models import GettingAlong
from participants.models import Participant


@transaction.atomic
def note_gets_along(*, participant: Participant, since_on: date, by: Membership, at: datetime) -> GettingAlong | None:
    if since_on > at.astimezone(by.site.tz).date():
        raise DomainError("This day is still to come.", field="since_on")
    held = Participant.objects.select_for_update(of=("self",), no_key=True).filter(pk=participant.pk)
    if not held.exists() or GettingAlong.objects.filter(participant=participant, ended_on=None).exists():
        return None
    made = GettingAlong.objects.create(
        site_id=participant.site_id, participant=participant, since_on=since_on, noted_at=at, noted_by=by
    )
    record(AuditAction.GETS_ALONG_NOTED, target=participant, ended=False)
    return made


@transaction.atomic
def end_gets_along(*, participant: Participant, on: date, by: Membership, at: datetime) -> bool:
    """They are back, or it was wrong; False when nothing was noted."""
    ended = GettingAlong.objects.filter(participant=participant, ended_on=None, since_on__lte=on).update(ended_on=on)
    if ended:
        record(AuditAction.GETS_ALONG_NOTED, target=participant, ended=True)
    return bool(ended)
