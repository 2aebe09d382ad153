"""Who may touch what a supervisor said of a note: the supervisors, and of their own notes the author."""

from lead_cms.access.permissions import Role
from lead_cms.access.row_security import Policy, both, mine, my_site
from participants.models import NoteReview
from participants.row_security.notes import SIGNED, of_a_note
from participants.row_security.opening import OPEN_PERSON

TABLE = NoteReview._meta.db_table

POLICIES = [
    Policy(
        NoteReview,
        select={
            Role.CASE_MANAGER: both(my_site(), OPEN_PERSON, mine("author_id")),
            Role.SUPERVISOR: my_site(),
        },
        # Of somebody else's signed note, to its own author.
        insert={
            Role.SUPERVISOR: both(
                my_site(), mine("read_by_id"), "author_id <> read_by_id",
                of_a_note(TABLE, where=f"{SIGNED} and n.author_id = {TABLE}.author_id"),
            ),
        },
        audited=("site_id", "note_id", "participant_id", "author_id", "read_at", "read_by_id"),
    ),
]  # fmt: skip
