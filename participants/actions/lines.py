"""A line to the next shift: written once, read by the team for the site's days, taken away by its author or a supervisor.

API
    leave_line(key=, text=, by=, at=) -> ShiftLine      the same key again is the same line
    take_line(line=)
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.programs.current import current_ruleset, rules_for
from participants.models import ShiftLine

LONGEST = 300
NOT_DECIDED = "Your site has not decided how long such a line is kept, so none is. Ask your coordinator."


@transaction.atomic
def leave_line(*, key: UUID, text: str, by: Membership, at: datetime) -> ShiftLine:
    """Raises DomainError beside the text."""
    text = text.strip()
    if not text:
        raise DomainError("Write the line.", field="text")
    if len(text) > LONGEST:
        raise DomainError(f"At most {LONGEST} characters fit.", field="text")
    ruleset = current_ruleset(by.site_id, at.astimezone(by.site.tz).date())
    days = rules_for(ruleset).outreach.shift_line_days if ruleset else None
    if days is None:
        raise DomainError(NOT_DECIDED, field="text")
    line = ShiftLine(
        pk=key, site_id=by.site_id, text=text, written_at=at, written_by=by, expires_at=at + timedelta(days=days)
    )
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except IntegrityError:  # a double tap
        held = ShiftLine.objects.filter(pk=key, written_by=by).first()
        if held is None:
            raise StaleState("This page is old. Open it again.") from None
        return held
    return line


@transaction.atomic
def take_line(*, line: ShiftLine, by: Membership) -> None:
    """Its author's, and the supervisors'."""
    if not ShiftLine.objects.filter(pk=line.pk).delete()[0]:
        raise DomainError("Only who wrote it, and a supervisor, take it away.")
    record(AuditAction.SHIFT_LINE_ERASED, target=line)
