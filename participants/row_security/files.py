"""Who may touch a person's papers: who may touch their plan. The sweep knows which there are, and nothing of them."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, Policy, Rows, both, mine, my_site
from participants.models import PersonFile
from participants.row_security.opening import IN_FULL, MAY_SEE, OPEN_PERSON

GONE = ("removed_at", "removed_by_id", "removed_why", "title")
SEEN = {Role.CASE_MANAGER: both(my_site(), OPEN_PERSON, IN_FULL), Role.SUPERVISOR: my_site()}
KEPT = SEEN | {Role.CASE_MANAGER: both(my_site(), MAY_SEE, IN_FULL)}

POLICIES = [
    Policy(
        PersonFile,
        select=SEEN | {Duty.SCHEDULER: Rows(ANYTHING, columns=("id", "removed_at"))},
        insert={role: both(rows, mine("kept_by_id"), "removed_at is null") for role, rows in KEPT.items()},
        # Removed once, in one's own name; what it was stays.
        update={
            role: Rows(both(rows, "removed_at is null"), columns=GONE, check=both(my_site(), mine("removed_by_id")))
            for role, rows in SEEN.items()
        },
        audited=("site_id", "participant_id", "kind", "media_type", "size", "kept_by_id", "removed_at", "removed_why"),
    ),
]
