"""Two people who must not meet, and the appointments of services: whoever may not know why learns nothing.

A provider's answer is taken as it is: a time that was refused would tell them which two of their own visitors are kept apart.
Whoever asked is told to ask their supervisor, and both read it where the appointment stands.
"""

from datetime import datetime

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.core.templatetags.dates import local_day
from lead_cms.notify.outbox import tell
from lead_cms.programs.current import current_ruleset, rules_for
from participants.actions.closing import is_apart_at, refuse_if_apart_at
from services.enums import AskStatus
from services.models import ServiceReferral


def refuse_or_tell(
    asked: ServiceReferral, *, appointment_at: datetime, path: str, by: Membership, at: datetime, is_confirmed: bool
) -> None:
    """Casework's own entry is refused with "Ask your supervisor"; after a provider's, whoever asked is told."""
    there = {"asked_id": asked.pk, "at": appointment_at, "minutes": _minutes(by, at), "tz": by.site.tz}
    if by.role != Role.PROVIDER:
        refuse_if_apart_at(**there, by=by, is_confirmed=is_confirmed)
        return
    with acting_as(Duty.INTAKE):
        if is_apart_at(**there):
            asker = Membership(pk=asked.asked_by_id, site_id=asked.site_id)
            key = f"apart:{asked.pk}:{appointment_at.isoformat()}"
            tell([asker], key=key[:120], text="Ask your supervisor about an appointment", path=path, at=at)


def needs_a_supervisor(asked: ServiceReferral, *, by: Membership, at: datetime) -> bool:
    """For casework's page of an appointment that is set and still to come."""
    if asked.status != AskStatus.ACCEPTED or asked.appointment_at is None or asked.appointment_at < at:
        return False
    return is_apart_at(asked_id=asked.pk, at=asked.appointment_at, minutes=_minutes(by, at), tz=by.site.tz)


def _minutes(by: Membership, at: datetime) -> int | None:
    ruleset = current_ruleset(by.site_id, local_day(at.astimezone(by.site.tz)))
    return rules_for(ruleset).consent.apart_minutes if ruleset else None
