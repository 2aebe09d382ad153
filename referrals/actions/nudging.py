"""A supervisor asks a case manager to look at something, in one tap. Nobody is asked about the same thing twice a day.

API
    nudge(about=, subject=, to=, by=, at=) -> Nudge      `subject`: a referral's key or, about a note, the note's
What is told stands in the application only: it names the supervisor, and nobody else.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from lead_cms.access.permissions import CASEWORK, Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.outbox import tell
from referrals.actions.reminders import case_path
from referrals.enums import NudgeAbout
from referrals.models import Nudge

ASKS = {
    NudgeAbout.WINDOW: "asks you to look at a window that ends soon",
    NudgeAbout.NOTE: "asks you to sign a note of yours",
    NudgeAbout.CONTACT: "asks you about somebody not talked with for long",
}


@transaction.atomic
def nudge(*, about: str, subject: UUID, to: Membership | None, by: Membership, at: datetime) -> Nudge:
    """Raises StaleState when somebody has asked about it today, or nobody is there to be asked."""
    if by.role != Role.SUPERVISOR:
        raise DomainError("A supervisor asks.")
    if about not in NudgeAbout.values:
        raise DomainError("Choose what it is about.")
    if to is None or to.site_id != by.site_id or to.role not in CASEWORK or not to.is_current(at):
        raise StaleState("Nobody looks after this now. Give it to somebody first.")
    if to.pk == by.pk:
        raise StaleState("This is yours: nobody needs to tell you.")
    made = Nudge(
        site_id=by.site_id, about=about, subject=subject, to=to, nudged_by=by, nudged_at=at,
        nudged_on=at.astimezone(by.site.tz).date(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise StaleState(f"{to.name} was asked about this today.") from error
    record(AuditAction.NUDGED, target=made, about=about, to=str(to.pk))
    path = f"/site/notes/{subject}/write/" if about == NudgeAbout.NOTE else case_path(subject)
    with acting_as(Duty.INTAKE):
        tell([to], key=f"nudge:{made.pk}", text=f"{by.name} {ASKS[NudgeAbout(about)]}", path=path, at=at)
    return made
