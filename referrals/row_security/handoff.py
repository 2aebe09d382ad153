"""Who comes, who approves, who is on call."""

from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, either, mine
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

OFFERED = either(mine("offered_by_id"), mine("offered_to_id"))
STEP_SAID = ("said", "said_whom", "said_at", "recorded_by_id")
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
        # A partner's referral waits for project management from the first moment, unseen by the partner.
        insert=takers_of_referrals() | {Duty.INTAKE: HERE},
        update={
            OFFICER: Rows(MINE, columns=("asked_whom", "said", "said_at", "recorded_by_id")),
            LIAISON: Rows(AGENCY, columns=APPROVAL_ANSWER),
            COORDINATOR: Rows(both(HERE, OPEN_REFERRAL), columns=APPROVAL_ANSWER),
        },
        audited=("referral_id", "because", "said", "said_at", "answered", "answered_at", "answered_by_id"),
    ),
    Policy(
        models.ApprovalStep,
        select=police_and_casework(),
        insert=takers_of_referrals(),
        # Whom the rules name answers their own step here, and nobody else's.
        update={
            OFFICER: Rows(MINE, columns=STEP_SAID),
            LIAISON: Rows(both(AGENCY, "role = 'liaison'"), columns=(*STEP_SAID, *APPROVAL_ANSWER)),
            COORDINATOR: Rows(
                both(HERE, OPEN_REFERRAL, "role = 'coordinator'"), columns=(*STEP_SAID, *APPROVAL_ANSWER)
            ),
        },
        audited=(
            "referral_id",
            "number",
            "code",
            "role",
            "said",
            "said_at",
            "answered",
            "answered_at",
            "answered_by_id",
        ),
    ),
    Policy(
        models.OnCallShift,
        select={role: HERE for role in (OFFICER, LIAISON, MANAGER, SUPERVISOR, COORDINATOR)}
        | {Duty.SCHEDULER: ANYTHING, Duty.CLOCKWORK: HERE},
        # Clockwork: a shift that a colleague has accepted changes hands; from now on, where it runs already.
        insert={COORDINATOR: HERE, Duty.OPERATOR: ANYTHING, Duty.CLOCKWORK: HERE},
        update={
            COORDINATOR: Rows(HERE, columns=("starts_at", "ends_at", "position")),
            Duty.CLOCKWORK: Rows(HERE, columns=("person_id", "ends_at")),
        },
        delete={COORDINATOR: HERE},
        audited=("person_id", "starts_at", "ends_at", "position"),
    ),
    Policy(
        models.ShiftOffer,
        select={MANAGER: OFFERED, SUPERVISOR: OFFERED, COORDINATOR: HERE},
        insert={role: both(HERE, mine("offered_by_id")) for role in (MANAGER, SUPERVISOR)} | {Duty.OPERATOR: ANYTHING},
        update={role: Rows(OFFERED, columns=("state", "answered_at")) for role in (MANAGER, SUPERVISOR)},
        delete={COORDINATOR: HERE},
        audited=("shift_id", "in_return_id", "offered_by_id", "offered_to_id", "state", "answered_at"),
    ),
    Policy(
        models.Paging,
        select=police_and_casework() | {Duty.SCHEDULER: ANYTHING, Duty.CLOCKWORK: HERE, DEFINER: ANYTHING},
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={
            Duty.SCHEDULER: Rows(ANYTHING, columns=("next_step", "next_at", "stopped_at", "stopped_why")),
            Duty.CLOCKWORK: Rows(HERE, columns=("stopped_at", "stopped_why")),
        },
        audited=("referral_id", "begun_at", "next_step", "next_at", "stopped_at", "stopped_why"),
    ),
    Policy(
        models.Page,
        select=police_and_casework() | {Duty.SCHEDULER: ANYTHING},
        insert={Duty.SCHEDULER: ANYTHING, Duty.OPERATOR: ANYTHING},
        audited=("referral_id", "step", "kind", "person_id", "paged_at"),
    ),
]
