"""Rows of two records that may be one person."""

from datetime import UTC, datetime

from participants import models as participants

NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)


def add_pair(add, person, by) -> None:
    """The person, and another record that is as closed as theirs."""
    other = add(
        participants.Participant, "beside", given_name="B", created_at=NOW, created_by=by, is_restricted=person.is_restricted
    )  # fmt: skip
    first, second = sorted([person, other], key=lambda one: one.pk)
    add(participants.LikelyPair, first=first, second=second, score=0.9, reasons=["born_same"], found_at=NOW)
