"""Rows of the supervisor's day: a note they have read, a case manager they asked."""

from participants import models as participants
from referrals import models as referrals


def add_review(add, note, supervisor, at) -> None:
    """With a line to the author."""
    add(participants.NoteReview, note=note, author_id=note.author_id, remark="r", read_at=at, read_by=supervisor)


def add_nudge(add, referral, manager, supervisor, at) -> None:
    add(referrals.Nudge, about="window", subject=referral.pk, to=manager, nudged_by=supervisor, nudged_at=at,
        nudged_on=at.date())  # fmt: skip
