"""A supervisor reads the team's signed notes and, where there is something to say, writes a line to the author.

API
    review_note(note=, remark="", by=, at=) -> NoteReview        the author is told of a remark, and of nothing else
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from lead_cms.core.errors import DomainError, StaleState
from lead_cms.notify.outbox import tell
from participants.models import ContactNote, NoteReview

LONGEST_REMARK = 1000


@transaction.atomic
def review_note(*, note: ContactNote, by: Membership, at: datetime, remark: str = "") -> NoteReview:
    """Once for each supervisor. Raises StaleState when `by` has read it already."""
    remark = remark.strip()
    if by.role != Role.SUPERVISOR:
        raise DomainError("A supervisor reads the notes of the team.")
    if note.signed_at is None:
        raise DomainError("This note is not signed yet: until then it is its author’s.")
    if note.author_id == by.pk:
        raise DomainError("Somebody else reads what you wrote yourself.")
    if len(remark) > LONGEST_REMARK:
        raise DomainError(f"At most {LONGEST_REMARK:,} characters fit.", field="remark")
    made = NoteReview(
        site_id=note.site_id, note=note, participant_id=note.participant_id, author_id=note.author_id, remark=remark,
        read_at=at, read_by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise StaleState("You have marked this as read already.") from error
    record(AuditAction.NOTE_REVIEWED, target=note, has_remark=bool(remark))
    author = Membership.objects.filter(pk=note.author_id).first()
    if remark and author is not None and author.is_current(at):
        with acting_as(Duty.INTAKE):
            tell(
                [author], key=f"note_remark:{made.pk}", text=f"{by.name} wrote a line to you about a note of yours",
                path=f"/site/notes/{note.pk}/", at=at,
            )  # fmt: skip
    return made
