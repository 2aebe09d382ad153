"""Who comes, who approves, who is on call."""

from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both
from referrals import models
from referrals.row_security.shared import (
    AGENCY,
    COORDINATOR,
    HERE,
    LIAISON,
    MANAGER,
    MINE,
    OFFICER,
    OPEN_REFERRAL,
    SUPERVISOR,
    police_and_casework,
    takers_of_referrals,
)

APPROVAL_ANSWER = ("answered", "answered_because", "answered_at", "answered_by_id")

POLICIES = [
    Policy(
        models.Handoff,
        select=police_and_casework() | {DEFINER: ANYTHING},
        insert=takers_of_referrals() | {Duty.INTAKE: HERE},
        update={
            OFFICER: Rows(
                both(MINE, "handed_over_at is null"),
                columns=(
                    "called_at",
                    "acknowledged_at",
                    "acknowledged_by_id",
                    "arrived_at",
                    "typed_later",
                    "nobody_came_at",
                    "nobody_came_why",
                    "fallback",
                    "fallback_note",
                ),
            ),
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
        },
        audited=(
            "referral_id",
            "called_at",
            "acknowledged_at",
            "arrived_at",
            "handed_over_at",
            "taken_by_id",
            "typed_later",
            "nobody_came_at",
            "nobody_came_why",
            "fallback",
        ),
    ),
    Policy(
        models.Approval,
        select=police_and_casework(),
        insert=takers_of_referrals(),
        update={
            OFFICER: Rows(MINE, columns=("asked_whom", "said", "said_at", "recorded_by_id")),
            LIAISON: Rows(AGENCY, columns=APPROVAL_ANSWER),
            COORDINATOR: Rows(both(HERE, OPEN_REFERRAL), columns=APPROVAL_ANSWER),
        },
        audited=("referral_id", "because", "said", "said_at", "answered", "answered_at", "answered_by_id"),
    ),
    Policy(
        models.OnCallShift,
        select={role: HERE for role in (OFFICER, LIAISON, MANAGER, SUPERVISOR, COORDINATOR)}
        | {Duty.SCHEDULER: ANYTHING},
        insert={COORDINATOR: HERE, Duty.OPERATOR: ANYTHING},
        update={COORDINATOR: Rows(HERE, columns=("starts_at", "ends_at", "position"))},
        delete={COORDINATOR: HERE},
        audited=("person_id", "starts_at", "ends_at", "position"),
    ),
]
