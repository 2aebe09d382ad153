"""Rows of outreach and the street: where somebody was last seen, lines to the next shift."""

from datetime import UTC, datetime, timedelta

from lead_cms.access.permissions import Role
from participants import models as participants

PAST, FUTURE = datetime(2025, 9, 15, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


def add_street(add, flavour: str, person, by) -> None:
    """Of "past" the days are over; of the others they are not for long."""
    expires_at = PAST if flavour == "past" else FUTURE
    add(participants.LastSeen, participant=person, place="p", seen_at=expires_at - timedelta(days=10), expires_at=expires_at,
        recorded_at=PAST, recorded_by=by)  # fmt: skip


def add_lines(rows, where, n: int) -> None:
    """A line of a case manager and one of a supervisor, and one of each whose days are over."""
    for role in (Role.CASE_MANAGER, Role.SUPERVISOR):
        for flavour, expires_at in (("plain", FUTURE), ("past", PAST)):
            rows.add(participants.ShiftLine(
                site=where.site, text="t", written_at=expires_at - timedelta(days=10), written_by=where.person(role, n),
                expires_at=expires_at), where, n, flavour, role.value)  # fmt: skip
