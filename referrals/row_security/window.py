"""The window: casework's alone; the coordinator counts, and reminders are read by who delivers them."""

from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, mine
from referrals import models
from referrals.row_security.shared import (
    COORDINATOR,
    HERE,
    MANAGER,
    OPEN_REFERRAL,
    SUPERVISOR,
)

POLICIES = [
    Policy(
        models.IntakeWindow,
        select={
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            COORDINATOR: both(HERE, OPEN_REFERRAL),
            Duty.CLOCKWORK: Rows(
                HERE,
                columns=("id", "site_id", "referral_id", "rules_id", "state", "starts_on", "due_on", "extension_count"),
            ),
            DEFINER: ANYTHING,
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={
            MANAGER: Rows(both(HERE, OPEN_REFERRAL), columns=("state", "met_on", "state_changed_at")),
            SUPERVISOR: Rows(HERE, columns=("state", "met_on", "state_changed_at")),
            Duty.CLOCKWORK: Rows(
                HERE,
                columns=("starts_on", "due_on", "first_due_on", "extension_count", "state", "state_changed_at"),
            ),
            DEFINER: Rows(ANYTHING, columns=("case_manager_id",)),  # by the triggers that keep it as on the case
        },
        audited=("referral_id", "state", "starts_on", "due_on", "extension_count", "met_on"),
    ),
    Policy(
        models.WindowItem,
        select={MANAGER: HERE, SUPERVISOR: HERE, DEFINER: ANYTHING},
        insert={
            MANAGER: both(HERE, mine("typed_by_id")),
            SUPERVISOR: both(HERE, mine("typed_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        update={SUPERVISOR: Rows(HERE, columns=("confirmed_at", "confirmed_by_id"))},
        audited=("window_id", "kind", "done_on", "typed_at", "needs_confirmation", "confirmed_at", "confirmed_by_id"),
    ),
    Policy(
        models.WindowEvent,
        select={MANAGER: HERE, SUPERVISOR: HERE},
        insert={
            MANAGER: both(HERE, mine("recorded_by_id")),
            SUPERVISOR: both(HERE, mine("recorded_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        audited=("window_id", "new_referral_id"),
    ),
    Policy(
        models.Reminder,
        select={
            Duty.CLOCKWORK: HERE,
            Duty.SCHEDULER: ANYTHING,
            DEFINER: ANYTHING,
        },
        insert={Duty.INTAKE: HERE, Duty.CLOCKWORK: HERE, Duty.OPERATOR: ANYTHING},
        update={
            Duty.CLOCKWORK: Rows(both(HERE, "delivered_at is null"), columns=("due_at", "cancelled_at")),
            # Delivered, or dropped: a sealed record tells nobody anything.
            Duty.SCHEDULER: Rows(ANYTHING, columns=("delivered_at", "cancelled_at")),
        },
        audited=(
            "referral_id",
            "window_id",
            "schedule",
            "step",
            "recipient",
            "channel",
            "due_at",
            "delivered_at",
            "cancelled_at",
        ),
    ),
]
