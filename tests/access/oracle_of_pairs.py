"""The part of the oracle that is about two records of one person: who may read both."""

from tests.access.whose import MANAGER, MATCHER, SUPERVISOR, always, here, open_person

ORACLE_OF_PAIRS = {
    "participants_likelypair": {
        "select": {MANAGER: open_person, SUPERVISOR: here, MATCHER: always},
        "insert": {MATCHER: always},
        "update": {MANAGER: open_person, SUPERVISOR: here, MATCHER: always},
    },
}
