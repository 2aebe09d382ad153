"""Who may touch which rows of contact notes: casework alone, and of casework each text its own few."""

from lead_cms.access.permissions import Role
from lead_cms.access.row_security import ANYTHING, DEFINER, MEMBERSHIP, Policy, Rows, both, either, mine, my_site
from participants.models import ContactNote, CounsellingNote, NoteAddendum, NoteDetail, NoteLine
from participants.row_security.opening import IN_FULL, MAY_SEE, OPEN_PERSON

MANAGER, SUPERVISOR = Role.CASE_MANAGER, Role.SUPERVISOR
WRITERS = (MANAGER, SUPERVISOR)

# Until it is signed, a note is its author's. That somebody has one unsigned is the supervisors' to know, not what it says.
MY_DRAFT = both(mine("author_id"), "signed_at is null")


def of_a_note(table: str, *, where: str) -> str:
    """Asked of the one note at hand, by its key, as the asking role sees it ("offset 0": not to be hashed)."""
    # ruff: noqa: S608  tables are ours
    return (
        f"exists (select 1 from participants_contactnote n where n.id = {table}.note_id "
        f"and n.participant_id = {table}.participant_id and ({where}) offset 0)"
    )


SIGNED, BY_ME = "n.signed_at is not null", f"n.author_id = {MEMBERSHIP}"
MY_UNSIGNED = f"{BY_ME} and n.signed_at is null"
NOTE = (
    "kind",
    "is_two_way",
    "place",
    "minutes",
    "domains",
    "next_on",
    "happened_at",
    "saved_at",
    "written_from",
    "signed_at",
)


def written(model, *, select: dict, columns: tuple[str, ...]) -> Policy:
    """A text of a note: written, altered and thrown away by its author until the note is signed."""
    of_my_draft = both(my_site(), of_a_note(model._meta.db_table, where=MY_UNSIGNED))
    return Policy(
        model,
        select=select,
        insert=dict.fromkeys(WRITERS, of_my_draft),
        update=dict.fromkeys(WRITERS, Rows(of_my_draft, columns=columns)),
        delete=dict.fromkeys(WRITERS, of_my_draft),
        audited=("site_id", "note_id", "participant_id"),
    )


LINE, DETAIL, ADDENDUM = (model._meta.db_table for model in (NoteLine, NoteDetail, NoteAddendum))
COUNSELLING = CounsellingNote._meta.db_table
SEEN = f"{SIGNED} or {BY_ME}"

POLICIES = [
    Policy(
        ContactNote,
        select={
            MANAGER: both(my_site(), OPEN_PERSON, either("signed_at is not null", mine("author_id"))),
            SUPERVISOR: my_site(),
            DEFINER: ANYTHING,
        },
        insert={MANAGER: both(my_site(), MAY_SEE, MY_DRAFT), SUPERVISOR: both(my_site(), MY_DRAFT)},
        update={
            MANAGER: Rows(
                both(my_site(), OPEN_PERSON, MY_DRAFT), columns=NOTE, check=both(my_site(), mine("author_id"))
            ),
            SUPERVISOR: Rows(both(my_site(), MY_DRAFT), columns=NOTE, check=both(my_site(), mine("author_id"))),
        },
        delete={MANAGER: both(my_site(), OPEN_PERSON, MY_DRAFT), SUPERVISOR: both(my_site(), MY_DRAFT)},
        audited=("site_id", "participant_id", "author_id", "signed_at"),
    ),
    written(
        NoteLine,
        select={role: both(my_site(), of_a_note(LINE, where=SEEN)) for role in WRITERS},
        columns=("text",),
    ),
    written(
        NoteDetail,
        select={
            MANAGER: both(
                my_site(), either(both(of_a_note(DETAIL, where=SIGNED), IN_FULL), of_a_note(DETAIL, where=BY_ME))
            ),
            SUPERVISOR: both(my_site(), of_a_note(DETAIL, where=SEEN)),
        },
        columns=("text", "next_step"),
    ),
    written(
        CounsellingNote,
        select={role: both(my_site(), of_a_note(COUNSELLING, where=BY_ME)) for role in WRITERS},
        columns=("text",),
    ),
    Policy(
        NoteAddendum,
        select={
            MANAGER: both(
                my_site(), either(both(of_a_note(ADDENDUM, where=SIGNED), IN_FULL), of_a_note(ADDENDUM, where=BY_ME))
            ),
            SUPERVISOR: both(my_site(), of_a_note(ADDENDUM, where=SIGNED)),
        },
        insert={
            MANAGER: both(
                my_site(), mine("added_by_id"),
                either(both(of_a_note(ADDENDUM, where=SIGNED), IN_FULL), of_a_note(ADDENDUM, where=f"{BY_ME} and {SIGNED}")),
            ),
            SUPERVISOR: both(my_site(), mine("added_by_id"), of_a_note(ADDENDUM, where=SIGNED)),
        },
        audited=("site_id", "note_id", "participant_id", "added_at", "added_by_id"),
    ),
]  # fmt: skip
