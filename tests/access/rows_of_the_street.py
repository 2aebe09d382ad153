"""Rows of outreach and the street: where somebody was last seen."""

from datetime import UTC, datetime, timedelta

from participants import models as participants

PAST, FUTURE = datetime(2025, 9, 15, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


def add_street(add, flavour: str, person, by) -> None:
    """Of "past" the days are over; of the others they are not for long."""
    expires_at = PAST if flavour == "past" else FUTURE
    add(participants.LastSeen, participant=person, place="p", seen_at=expires_at - timedelta(days=10), expires_at=expires_at,
        recorded_at=PAST, recorded_by=by)  # fmt: skip
