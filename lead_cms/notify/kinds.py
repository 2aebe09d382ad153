"""The kinds of alert in plain words: whom each may reach, and which cannot be switched off inside the application."""

from dataclasses import dataclass

from django.db import models

from lead_cms.access.permissions import CASEWORK, Role


class AlertKind(models.TextChoices):
    HANDOFF = "handoff", "Handoffs and pages"
    ASSIGNED = "assigned", "Who looks after whom"
    WINDOW = "window", "Intake windows"
    DECISION = "decision", "Held charges and report packets"
    APPROVAL = "approval", "Approvals and questions"
    CONFIRM = "confirm", "Late entries and news in a window"
    OUTREACH = "outreach", "People to be found"
    SEALED = "sealed", "Sealed records"
    OTHER = "other", "Anything else that needs you"


@dataclass(frozen=True)
class Words:
    """What a kind is, whom it may reach, and why it always stands in the application (empty: it may be switched off)."""

    says: str
    roles: frozenset[str]
    always_because: str = ""


K = AlertKind
ON_CALL = CASEWORK | {Role.COORDINATOR}
KINDS: dict[str, Words] = {
    K.HANDOFF: Words(
        "An officer waits for you, nobody came to one who called, or an officer called it off.",
        ON_CALL,
        "Somebody is waiting with an officer. The telephone is the alarm; this line is what is left if it was missed.",
    ),
    K.ASSIGNED: Words(
        "Somebody was given to you to look after, or was handed on to a colleague.",
        CASEWORK,
        "From then on their window depends on you, or no longer does.",
    ),
    K.WINDOW: Words(
        "A window is open, ends soon, ends today or has ended.",
        CASEWORK | {Role.COORDINATOR},
        "Your site’s rules send these, so that no day is missed.",
    ),
    K.DECISION: Words(
        "A decision on a held charge comes near, or a report packet is missing.",
        frozenset({Role.PROSECUTOR, Role.LIAISON, Role.COORDINATOR, *CASEWORK}),
        "Your site’s rules send these, so that no decision is missed.",
    ),
    K.APPROVAL: Words(
        "An officer was not sure and asks, or an approval waits for your word or was answered. It stands on Today as well.",
        frozenset({Role.COORDINATOR, Role.LIAISON, *CASEWORK}),
    ),
    K.CONFIRM: Words(
        "An item typed late waits for a supervisor, or something was entered in a window. It stands on Today as well.",
        CASEWORK,
    ),
    K.OUTREACH: Words("Somebody new is to be found. They stand on the outreach list as well.", CASEWORK),
    K.SEALED: Words(
        "A record was sealed because the person is under age.",
        frozenset({Role.SUPERVISOR}),
        "A sealed record has nobody else who would see to it.",
    ),
    K.OTHER: Words(
        "Whatever has no kind of its own.", frozenset(Role), "It would reach you no other way."
    ),
}  # fmt: skip
LOCKED = frozenset(kind for kind, words in KINDS.items() if words.always_because)
# While a person is on call these do not wait for the end of their quiet hours.
URGENT = frozenset({K.HANDOFF})


def kinds_for(role: str) -> list[AlertKind]:
    """The kinds that may reach a role, in the order of the page."""
    return [kind for kind in AlertKind if role in KINDS[kind].roles]
