"""docs/states.md, drawn from the tables of referrals.enums: `python -m tests.project.states > docs/states.md`."""

from collections.abc import Iterator

from lead_cms.access.permissions import Role
from referrals.enums import (
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

HEAD = """# States

Drawn from `referrals/enums.py` and `services/enums.py` by `python -m tests.project.states > docs/states.md`; a test compares
this page with the code. A state changes along an arrow or not at all: the tables are read by the actions of
`referrals/actions/` and `services/actions/`.
"""
REFERRAL = """
## A referral

What police and referrers may know. It ends at “done” or with a reason; what becomes of the person, the window and
the charge stands in tables that they have no right on.
"""
WINDOW = """
## An intake window

The clock of a held charge, read by case management alone. “Met” is written once, in a table of its own, and opened to the
prosecutor by consent only. A window whose days are over stays open until somebody records what became of it: “over” is
asked when a page is read (the due day against today at the site), never an event that somebody has to trigger.
"""
OUTREACH = """
## A referral without a charge

The list of its own: a target for the first try, and no clock. Every ending can be left again, because the door stays open.
"""
ASKED = """
## What a service is asked

From the case manager's question to the end of the visits. The provider answers, or the case manager writes down what was said by
telephone; only the case manager calls it off.
"""
CHARGE = """
## A held charge

No states, on purpose. A charge is held until a prosecutor records a decision (not filed – completed, not filed –
discretion, filed) or gives more time, on or after its due day. The day is the same whatever became of the window, and the
system files and closes nothing.
"""


def text() -> str:
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield HEAD
    yield REFERRAL
    yield diagram(ReferralStatus, TRANSITIONS, STARTS)
    yield next_steps()
    yield WINDOW
    yield diagram(WindowState, WINDOW_TRANSITIONS, (WindowState.OPEN,))
    yield OUTREACH
    yield diagram(OutreachState, OUTREACH_LIFE, (OutreachState.TO_FIND,), ends=False)
    yield ASKED
    yield diagram(AskStatus, ASKED_TRANSITIONS, (AskStatus.SENT,))
    yield CHARGE


def diagram(states, transitions, starts, *, ends: bool = True) -> str:
    """A Mermaid state diagram; states in the order of the enum, so that it changes only with the code."""
    lines = ["", "```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.value}' for state in states]
    lines += [f"    [*] --> {state.value}" for state in states if state in starts]
    for state in states:
        lines += [f"    {state.value} --> {to.value}" for to in states if to in transitions[state]]
        if ends and not transitions[state]:
            lines.append(f"    {state.value} --> [*]")
    return "\n".join([*lines, "```", ""])


def next_steps() -> str:
    """Who must act next in each state that is not final."""
    lines = ["", "| While it is | the next step is with the |", "|---|---|"]
    lines += [
        f"| {state.label} | {Role(NEXT_ROLE[state]).label.lower()} |" for state in ReferralStatus if state in NEXT_ROLE
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    print(text(), end="")
