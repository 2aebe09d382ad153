"""docs/states.md shows the code, and the tables it is drawn from hold together."""

import pytest

from referrals.enums import (
    ENDED,
    NEXT_ROLE,
    OUTREACH_LIFE,
    STARTS,
    TRANSITIONS,
    WINDOW_TRANSITIONS,
    OutreachState,
    ReferralStatus,
    WindowState,
)
from services.enums import TRANSITIONS as ASKED_TRANSITIONS
from services.enums import AskStatus
from tests.project.files import ROOT
from tests.project.states import text

MACHINES = {
    "referral": (ReferralStatus, TRANSITIONS, STARTS),
    "window": (WindowState, WINDOW_TRANSITIONS, [WindowState.OPEN]),
    "outreach": (OutreachState, OUTREACH_LIFE, [OutreachState.TO_FIND]),
    "asked": (AskStatus, ASKED_TRANSITIONS, [AskStatus.SENT]),
}


def test_the_document_shows_the_code():
    written = (ROOT / "docs" / "states.md").read_text()
    assert written == text(), "run: python -m tests.project.states > docs/states.md"


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_is_in_the_table_and_can_be_reached(name):
    states, transitions, starts = MACHINES[name]
    assert set(transitions) == set(states)
    reached, todo = set(starts), list(starts)
    while todo:
        new = transitions[todo.pop()] - reached
        reached |= new
        todo += new
    assert reached == set(states)


@pytest.mark.parametrize("name", MACHINES)
def test_no_state_follows_itself(name):
    _, transitions, _ = MACHINES[name]
    assert [state for state, onward in transitions.items() if state in onward] == []


def test_somebody_acts_next_in_every_state_that_is_not_final():
    assert set(NEXT_ROLE) == set(ReferralStatus) - set(ENDED)
