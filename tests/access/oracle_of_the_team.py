"""The part of the oracle that is about the supervisor's day: notes they have read, what they asked for."""

from tests.access.whose import MANAGER, SUPERVISOR, Rules, here, my_case, own


def of_somebody_else(p, r):
    """Of "supervised" the supervisor is the note's author."""
    return own(p, r) and r.flavour != "supervised"


THE_TEAM: dict[str, dict[str, Rules]] = {
    "participants_notereview": {
        "select": {MANAGER: my_case, SUPERVISOR: here},
        "insert": {SUPERVISOR: of_somebody_else},
    },
    "referrals_nudge": {"select": {SUPERVISOR: here}, "insert": {SUPERVISOR: own}},
}
