"""Who may touch where a person is found (casework of the site), and whom they trust and what they say of themselves for
counting (their own case manager, supervisors).
"""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, MEMBERSHIP, Policy, Rows, both, mine, my_site
from participants.models import Demographics, ReachPlace, TrustedPerson
from participants.row_security.notes import IN_FULL
from participants.row_security.opening import MAY_SEE, OPEN_PERSON

MANAGER, SUPERVISOR = Role.CASE_MANAGER, Role.SUPERVISOR
FOUND = {MANAGER: both(my_site(), OPEN_PERSON), SUPERVISOR: my_site()}
TRUSTED = {MANAGER: both(my_site(), OPEN_PERSON, IN_FULL), SUPERVISOR: my_site()}
# Of one row that is written it is asked whether the person is of this site and open, too.
PERSON_I_SEE = {MANAGER: MAY_SEE, SUPERVISOR: my_site()}


def kept(model, rows: dict, *columns: str, audited: tuple[str, ...] = ()) -> Policy:
    """Written, put right and taken away in one's own name, by whoever reads it."""
    signed = (*columns, "saved_at", "saved_by_id")
    return Policy(
        model,
        select=rows,
        insert={role: both(seen, PERSON_I_SEE[role], mine("saved_by_id")) for role, seen in rows.items()},
        update={
            role: Rows(seen, columns=signed, check=both(my_site(), f"saved_by_id = {MEMBERSHIP}"))
            for role, seen in rows.items()
        },
        delete=rows,
        audited=("site_id", "participant_id", "saved_by_id", *audited),
    )


POLICIES = [
    kept(ReachPlace, FOUND, "place", "days", "hours", "note"),
    kept(
        TrustedPerson, TRUSTED, "name", "how_known", "phone", "may_say", "agreed_on", audited=("may_say", "agreed_on")
    ),
    Policy(
        Demographics,
        # Counted by the functions of reports, which give numbers without persons.
        select=TRUSTED | {DEFINER: ANYTHING},
        insert={role: both(seen, PERSON_I_SEE[role], mine("saved_by_id")) for role, seen in TRUSTED.items()}
        | {Duty.OPERATOR: ANYTHING},
        update={
            role: Rows(
                seen,
                columns=(
                    "race", "race_words", "gender", "gender_words", "sex", "veteran", "disabling", "disabilities", "saved_at",
                    "saved_by_id",
                ),
                check=both(my_site(), mine("saved_by_id")),
            )
            for role, seen in TRUSTED.items()
        },
        audited=("site_id", "participant_id", "saved_by_id"),
    ),
]  # fmt: skip
