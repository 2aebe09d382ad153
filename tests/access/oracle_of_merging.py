"""The part of the oracle that is about two records of one person.

Who looks after the kept record, and the supervisors, see that it was put together; nobody reads which rows moved. A merge
moves rows of whatever table names a person: the functions that do it may, on all of them, and nobody else gains a right.
"""

from participants.merging import STAYS, keys
from participants.models import Merge
from tests.access.whose import DEFINER, MANAGER, SCHEDULER, SUPERVISOR, Rules, always, here, my_case, supervised

MERGING: dict[str, dict[str, Rules]] = {
    "participants_merge": {
        "select": {MANAGER: my_case, SUPERVISOR: here, SCHEDULER: always, DEFINER: always},
        "insert": {MANAGER: my_case, SUPERVISOR: supervised},
        "update": {MANAGER: my_case, SUPERVISOR: here, SCHEDULER: always, DEFINER: always},
    },
    "participants_movedrow": {verb: {DEFINER: always} for verb in ("select", "insert", "update", "delete")},
}


def with_keys_of_people(oracle: dict[str, dict[str, Rules]]) -> None:
    for key in keys():
        if key.model is Merge:
            continue
        verbs = ("select",) if key.name in STAYS else ("select", "update")
        for verb in verbs:
            oracle[key.table][verb] = oracle[key.table].get(verb, {}) | {DEFINER: always}
