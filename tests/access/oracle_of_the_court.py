"""The part of the oracle that is about court dates and legal aid."""

from tests.access.whose import (
    DEFINER,
    LAWYER,
    MANAGER,
    SUPERVISOR,
    Rules,
    always,
    given_to_me,
    here,
    in_full,
    my_case,
    open_person,
    own,
    supervised,
    written_by_me,
)

# Of the rows every one is a court date.
THE_COURT: dict[str, dict[str, Rules]] = {
    "participants_legalevent": {
        "select": {MANAGER: open_person, SUPERVISOR: here, LAWYER: given_to_me},
        "insert": {MANAGER: written_by_me(open_person), SUPERVISOR: supervised},
        "update": {MANAGER: open_person, SUPERVISOR: here},
    },
    "participants_legalaidgiven": {
        "select": {MANAGER: in_full, SUPERVISOR: here, LAWYER: given_to_me, DEFINER: always},
        "insert": {
            MANAGER: lambda p, r: my_case(p, r) and r.flavour != "past",
            SUPERVISOR: supervised,
        },
        "update": {MANAGER: in_full, SUPERVISOR: here},
    },
    # Its author's alone; of "past", where the consent was taken back, it is still theirs and nothing is added.
    "participants_privilegednote": {"select": {LAWYER: own}, "insert": {LAWYER: given_to_me}},
}
