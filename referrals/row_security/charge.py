"""The charge: the prosecutor's, and casework may read it. No police role has any right on it but on its packet."""

from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, mine
from referrals import models
from referrals.row_security.shared import (
    AGENCY,
    COORDINATOR,
    CORRECTED,
    HERE,
    LIAISON,
    MANAGER,
    MINE,
    NOT_HIDDEN,
    OFFICER,
    OPEN_REFERRAL,
    PROSECUTOR,
    SUPERVISOR,
)

# Asked of the rows at hand, by key, never of every charge of the site: "offset 0" keeps the planner from hashing them.
CHARGED = (
    "exists (select 1 from referrals_heldcharge c where c.referral_id = referrals_chargeidentity.referral_id offset 0)"
)
SHARED = (
    "exists (select 1 from referrals_heldcharge c where c.id = referrals_windowresult.charge_id "
    "and c.decided_at is null and app.shared_referral(c.referral_id) offset 0)"
)

POLICIES = [
    Policy(
        models.HeldCharge,
        select={
            PROSECUTOR: both(HERE, NOT_HIDDEN),
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            COORDINATOR: HERE,
            DEFINER: ANYTHING,
            Duty.CLOCKWORK: Rows(HERE, columns=(*CORRECTED.columns, "extension_count")),
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={
            PROSECUTOR: Rows(
                both(HERE, NOT_HIDDEN),
                columns=(
                    "due_on",
                    "extension_count",
                    "limitation_on",
                    "file_number",
                    "decision",
                    "decided_at",
                    "decided_by_id",
                    "hidden_at",
                ),
                check=HERE,
            ),
            Duty.CLOCKWORK: Rows(both(HERE, "decided_at is null"), columns=("incident_number", "due_on", "hidden_at")),
        },
        audited=(
            "referral_id",
            "code",
            "held_on",
            "due_on",
            "extension_count",
            "limitation_on",
            "decision",
            "decided_at",
            "decided_by_id",
            "hidden_at",
        ),
    ),
    Policy(
        models.ChargeIdentity,
        select={
            # Gone from the prosecutor's view with the last of the charges it identifies.
            PROSECUTOR: both(HERE, CHARGED),
            Duty.CLOCKWORK: CORRECTED,
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={Duty.CLOCKWORK: Rows(HERE, columns=("name", "birth_date"))},
        audited=("referral_id",),
    ),
    Policy(
        models.Packet,
        select={
            OFFICER: both(MINE, NOT_HIDDEN),
            LIAISON: both(AGENCY, NOT_HIDDEN),
            PROSECUTOR: both(HERE, NOT_HIDDEN),
            Duty.CLOCKWORK: CORRECTED,
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={
            OFFICER: Rows(both(MINE, NOT_HIDDEN), columns=("sent_at", "sent_by_id")),
            LIAISON: Rows(both(AGENCY, NOT_HIDDEN), columns=("sent_at", "sent_by_id")),
            PROSECUTOR: Rows(
                both(HERE, NOT_HIDDEN), columns=("received_at", "received_by_id", "hidden_at"), check=HERE
            ),
            Duty.CLOCKWORK: Rows(HERE, columns=("incident_number", "hidden_at")),
        },
        audited=("referral_id", "held_on", "sent_at", "received_at", "hidden_at"),
    ),
    Policy(
        models.Extension,
        select={PROSECUTOR: HERE, MANAGER: HERE, SUPERVISOR: HERE, COORDINATOR: HERE},
        insert={PROSECUTOR: both(HERE, mine("granted_by_id")), Duty.OPERATOR: ANYTHING},
        audited=("charge_id", "number", "until_on"),
    ),
    Policy(
        models.WindowResult,
        select={
            MANAGER: HERE,
            SUPERVISOR: HERE,
            # "Met" under a consent in force, and nothing else about it.
            PROSECUTOR: Rows(
                both(HERE, SHARED),
                columns=("id", "charge_id"),
            ),
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(HERE, mine("recorded_by_id")),
            SUPERVISOR: both(HERE, mine("recorded_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        audited=("charge_id", "window_id"),
    ),
]
