"""The part of the oracle that is about reaching a person and what they say of themselves."""

from tests.access.whose import (
    DEFINER,
    MANAGER,
    OPERATOR,
    SUPERVISOR,
    Rules,
    always,
    here,
    in_full,
    my_case,
    open_person,
    supervised,
    written_by_me,
)

REACHING: dict[str, dict[str, Rules]] = {
    "participants_reachplace": {
        "select": {MANAGER: open_person, SUPERVISOR: here},
        "insert": {MANAGER: written_by_me(open_person), SUPERVISOR: supervised},
        "update": {MANAGER: open_person, SUPERVISOR: here},
        "delete": {MANAGER: open_person, SUPERVISOR: here},
    },
    # Counted by the functions of reports; the operator seeds them.
    "participants_demographics": {
        "select": {MANAGER: in_full, SUPERVISOR: here, DEFINER: always},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised, OPERATOR: always},
        "update": {MANAGER: in_full, SUPERVISOR: here},
    },
    "participants_trustedperson": {
        "select": {MANAGER: in_full, SUPERVISOR: here},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised},
        "update": {MANAGER: in_full, SUPERVISOR: here},
        "delete": {MANAGER: in_full, SUPERVISOR: here},
    },
}
