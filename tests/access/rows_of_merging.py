"""Rows of merging: two records that are being put together, by their case manager and by a supervisor, and one put away."""

from datetime import UTC, datetime
from uuid import uuid4

from lead_cms.access.permissions import Role
from participants.models import Merge, MovedRow, Participant
from tests.factories import SiteWorld

NOW, FUTURE = datetime(2026, 10, 20, 9, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
# Of which record, by whom, with which other one.
MERGES = (("plain", Role.CASE_MANAGER, "shared"), ("supervised", Role.SUPERVISOR, "telephoned"))
PUT_AWAY = "put away"


def add_merges(rows, where: SiteWorld, n: int) -> None:
    for flavour, role, other in MERGES:
        kept, left = (rows.people[where.site.slug, n, one] for one in (flavour, other))
        by = where.person(role, n)
        away = Participant(site=where.site, given_name="C", created_at=NOW, created_by=by, merged_into=kept)
        rows.add(away, where, n, flavour, PUT_AWAY)
        merge = Merge(
            site=where.site, kept=kept, left=left, merged_at=NOW, merged_by=by, before={}, reversible_until=FUTURE
        )  # fmt: skip
        rows.add(merge, where, n, flavour)
        moved = MovedRow(
            site=where.site, merge=merge, table_name="x", column_name="x", row_id=uuid4(), moved_at=NOW
        )  # fmt: skip
        rows.add(moved, where, n, flavour)
