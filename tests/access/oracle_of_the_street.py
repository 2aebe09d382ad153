"""The part of the oracle that is about outreach: where people were last seen, lines to the next shift."""

from tests.access.whose import (
    MANAGER,
    SCHEDULER,
    SUPERVISOR,
    Rule,
    Rules,
    here,
    me,
    open_person,
    supervised,
    written_by_me,
)


def standing(rule: Rule) -> Rule:
    """Of "past" the days are over: there for nobody but the worker, who erases it."""
    return lambda p, r: rule(p, r) and r.flavour != "past"


def over(p, r):
    return r.flavour == "past"


THE_STREET: dict[str, dict[str, Rules]] = {
    "participants_lastseen": {
        "select": {MANAGER: standing(open_person), SUPERVISOR: standing(here), SCHEDULER: over},
        "insert": {MANAGER: standing(written_by_me(open_person)), SUPERVISOR: standing(supervised)},
        "delete": {MANAGER: standing(open_person), SUPERVISOR: standing(here), SCHEDULER: over},
    },
    # A line is its author's to take away, and the supervisors'.
    "participants_shiftline": {
        "select": {MANAGER: standing(here), SUPERVISOR: standing(here), SCHEDULER: over},
        "insert": {MANAGER: standing(me), SUPERVISOR: standing(me)},
        "delete": {MANAGER: standing(me), SUPERVISOR: standing(here), SCHEDULER: over},
    },
}
