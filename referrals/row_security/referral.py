"""The referral, the person as the referrer described them, and what the form keeps with them."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, either, mine
from referrals import models
from referrals.row_security.shared import (
    AGENCY,
    COORDINATOR,
    CORRECTED,
    HERE,
    LIAISON,
    MANAGER,
    MINE,
    OFFICER,
    OPEN_ID,
    OPEN_REFERRAL,
    REFERRER,
    SUPERVISOR,
    police_and_casework,
    takers_of_referrals,
)

TYPED_BY_ME = both(HERE, mine("entered_by_id"))
STILL_VISIBLE = "(police_until_at is null or police_until_at > now())"
BEFORE_HANDOVER = "status not in ('handed_over', 'done', 'not_approved')"

POLICIES = [
    Policy(
        models.Referral,
        select={
            OFFICER: MINE,
            LIAISON: AGENCY,
            MANAGER: both(HERE, OPEN_ID),
            SUPERVISOR: HERE,
            COORDINATOR: both(HERE, OPEN_ID),
            REFERRER: both(TYPED_BY_ME, "door = 'community'"),
            Duty.SCHEDULER: Rows(ANYTHING, columns=("id", "site_id", "agency_id", "officer_id", "reference")),
            Duty.CLOCKWORK: Rows(HERE, columns=("id", "site_id", "details_done_at")),
            Duty.OPERATOR: ANYTHING,
            DEFINER: ANYTHING,
        },
        insert={
            OFFICER: both(TYPED_BY_ME, MINE, AGENCY, "door in ('arrest', 'social')"),
            MANAGER: both(TYPED_BY_ME, "by_telephone"),
            SUPERVISOR: both(TYPED_BY_ME, "by_telephone"),
            COORDINATOR: both(TYPED_BY_ME, "by_telephone"),
            REFERRER: both(TYPED_BY_ME, "door = 'community'"),
            Duty.OPERATOR: ANYTHING,
        },
        update={
            OFFICER: Rows(
                # After the handover nothing but the tap that confirms what was given by telephone.
                both(MINE, either(BEFORE_HANDOVER, "by_telephone and confirmed_at is null")),
                check=both(
                    MINE, either("status not in ('handed_over', 'done')", "by_telephone and confirmed_at is not null")
                ),
                columns=(
                    "status",
                    "status_changed_at",
                    "incident_number",
                    "precinct",
                    "occurred_at",
                    "meeting_place",
                    "children_present",
                    "complainant_position",
                    "cancel_reason",
                    "details_done_at",
                    "confirmed_at",
                    "confirmed_by_id",
                ),
            ),
            # What could wait until the end of the shift, entered once after the handover.
            Duty.CLOCKWORK: Rows(
                both(HERE, "details_done_at is null"),
                columns=("precinct", "children_present", "complainant_position", "details_done_at"),
                check=HERE,
            ),
            LIAISON: Rows(AGENCY, columns=("status", "status_changed_at", "confirmed_at", "confirmed_by_id")),
            MANAGER: Rows(both(HERE, OPEN_ID), columns=("status", "status_changed_at")),
            SUPERVISOR: Rows(HERE, columns=("status", "status_changed_at")),
            COORDINATOR: Rows(both(HERE, OPEN_ID), columns=("status", "status_changed_at", "outcome")),
        },
        audited=(
            "site_id",
            "door",
            "status",
            "officer_id",
            "agency_id",
            "entered_by_id",
            "outcome",
            "person_answer",
            "by_telephone",
            "confirmed_at",
            "cancel_reason",
            "occurred_at",
        ),
    ),
    Policy(
        models.ReferredPerson,
        select={
            OFFICER: both(MINE, STILL_VISIBLE),
            LIAISON: both(AGENCY, STILL_VISIBLE),
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            COORDINATOR: both(HERE, OPEN_REFERRAL),
            DEFINER: ANYTHING,
            Duty.CLOCKWORK: CORRECTED,
        },
        insert=takers_of_referrals() | {Duty.INTAKE: HERE},
        update={
            # Only until the handover, which sets the day on which police stop seeing it.
            OFFICER: Rows(
                both(MINE, "police_until_at is null"),
                columns=(
                    "name",
                    "description",
                    "birth_date",
                    "age_about",
                    "language",
                    "phone",
                    "where_found",
                    "greeting",
                    "safety",
                    "perceived_race",
                    "perceived_gender",
                ),
            ),
            Duty.CLOCKWORK: Rows(
                HERE, columns=("language", "phone", "where_found", "safety", "perceived_race", "perceived_gender")
            ),
            MANAGER: Rows(both(HERE, OPEN_REFERRAL), columns=("police_until_at",)),
            SUPERVISOR: Rows(HERE, columns=("police_until_at",)),
            # Of an offer that could not be made no name is kept.
            COORDINATOR: Rows(
                both(HERE, OPEN_REFERRAL),
                columns=("name", "description", "birth_date", "phone", "where_found", "greeting", "safety"),
            ),
        },
        audited=("referral_id", "officer_id", "police_until_at"),
    ),
    Policy(
        models.ReferralOffence,
        select=police_and_casework() | {DEFINER: ANYTHING},
        insert=takers_of_referrals(),
        audited=("referral_id", "code", "is_held"),
    ),
    Policy(
        models.EligibilityAnswer,
        select=police_and_casework(),
        insert=takers_of_referrals() | {Duty.INTAKE: HERE},
        audited=("referral_id", "rule_code", "effect"),
    ),
    Policy(
        models.Correction,
        select=police_and_casework(),
        insert={OFFICER: both(HERE, MINE, mine("made_by_id"))},
        audited=("referral_id", "field"),
    ),
    Policy(
        models.Draft,
        select={role: mine("author_id") for role in Role} | {Duty.SCHEDULER: ANYTHING},
        insert={role: both(HERE, mine("author_id")) for role in Role},
        update={role: mine("author_id") for role in Role},
        delete={role: mine("author_id") for role in Role} | {Duty.SCHEDULER: "expires_at <= now()"},
        audited=("author_id", "kind", "expires_at"),
    ),
]
