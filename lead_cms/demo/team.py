"""The supervisor's day in the demo: one note read with a line to its author, one old note not signed, one case manager asked."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.access.principals import acting_as
from lead_cms.demo.people import DemoSite
from participants.actions.notes import Page, Written, keep_note
from participants.actions.reviews import review_note
from participants.models import ContactNote, Participant
from referrals.actions.nudging import nudge
from referrals.enums import NudgeAbout

REMARK = "Good that you let them go for the ID themselves. Ask about shoes before the cold."
LATE = {
    "kind": "in_person",
    "is_two_way": True,
    "place": "street",
    "detail": "Will think about the room until next week.",
}


def look_at_the_team(where: DemoSite, *, now: datetime) -> None:
    """Of the notes that were written; where there are none, nothing."""
    supervisor = where.people[Role.SUPERVISOR][0]
    with acting_as(supervisor), transaction.atomic():
        signed = ContactNote.objects.filter(signed_at__isnull=False).exclude(author=supervisor).select_related("author")
        note = signed.order_by("signed_at", "pk").first()
        if note is None:
            return
        review_note(note=note, remark=REMARK, by=supervisor, at=now - timedelta(hours=1))
    with acting_as(note.author), transaction.atomic():
        person, then = Participant.objects.get(pk=note.participant_id), now - timedelta(days=5)
        late = keep_note(
            key=uuid.uuid4(), participant=person, given=Written(happened_at=then, **LATE), page=Page(uuid.uuid4(), then),
            by=note.author, at=then,
        )  # fmt: skip
    with acting_as(supervisor), transaction.atomic():
        nudge(about=NudgeAbout.NOTE, subject=late.pk, to=note.author, by=supervisor, at=now - timedelta(minutes=30))
