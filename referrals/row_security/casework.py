"""What case managers and supervisors do and write down."""

from lead_cms.access.permissions import CASEWORK
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, mine
from referrals import models
from referrals.row_security.shared import (
    COORDINATOR,
    HERE,
    MANAGER,
    MINE,
    MY_CASES,
    OFFICER,
    OPEN_REFERRAL,
    SUPERVISOR,
    casework_only,
    with_definer,
)

# Written by whoever asked for the consent, to the officer of that referral and nobody else.
SENTENCE_FITS = both(
    """exists (select 1 from participants_consent k where k.id = referrals_officersentence.consent_id
       and k.kind = 'sentence' and k.referral_id = referrals_officersentence.referral_id
       and k.asked_by_id = (select app.membership_id()) and k.signed_at is not null offset 0)""",
    """exists (select 1 from referrals_referral r where r.id = referrals_officersentence.referral_id
       and r.officer_id = referrals_officersentence.officer_id offset 0)""",
)

# Found out by the database from rows that are audited themselves.
KEPT = ("standing", "met_at", "promised_at", "to_find_since")
JUST_LOGGED = "entered_at > clock_timestamp() - interval '6 minutes'"

# Whose case it is opens the person's record: nobody links a case to a record that is closed to them. The one who seals a case
# has closed the record before.
LINK_FITS = "participant_id is null or is_sealed or app.may_see_participant(participant_id)"

POLICIES = [
    Policy(
        models.Casework,
        select={
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            Duty.SCHEDULER: Rows(
                ANYTHING, columns=("id", "referral_id", "case_manager_id", "is_sealed", "is_restricted")
            ),
            DEFINER: ANYTHING,
        },
        insert={Duty.INTAKE: HERE, Duty.OPERATOR: ANYTHING},
        update={
            MANAGER: Rows(both(HERE, OPEN_REFERRAL), check=both(HERE, OPEN_REFERRAL, LINK_FITS)),
            SUPERVISOR: HERE,
            # The trigger of a new window holds the row while it reads it; how the case stands is kept by others.
            DEFINER: Rows(ANYTHING, columns=("case_manager_id", *KEPT)),
        },
        audited=(
            "referral_id",
            "participant_id",
            "case_manager_id",
            "is_restricted",
            "is_sealed",
            "attempts",
            "last_attempt_at",
            "next_try_at",
        ),
        kept=KEPT,
    ),
    Policy(
        models.CaseHandover,
        select={MANAGER: both(HERE, OPEN_REFERRAL), SUPERVISOR: HERE, DEFINER: ANYTHING},
        # A case manager takes for themself what nobody has; only a supervisor gives, and takes away.
        insert={
            MANAGER: both(HERE, OPEN_REFERRAL, mine("assigned_by_id"), mine("to_id"), "former_id is null"),
            SUPERVISOR: both(HERE, mine("assigned_by_id")),
        },
        audited=("referral_id", "to_id", "former_id", "assigned_at", "assigned_by_id"),
    ),
    # The new case manager's, as long as the case is theirs, and the supervisors'; nobody else's of the team.
    Policy(
        models.HandoverNote,
        select={MANAGER: both(HERE, mine("to_id"), MY_CASES), SUPERVISOR: HERE},
        insert={SUPERVISOR: both(HERE, mine("written_by_id"))},
        audited=("referral_id", "to_id", "written_at"),
    ),
    # What supervisors have asked for today; the case manager has it as a notice.
    Policy(
        models.Nudge,
        select={SUPERVISOR: HERE},
        insert={SUPERVISOR: both(HERE, mine("nudged_by_id"))},
        audited=("about", "subject", "to_id", "nudged_by_id", "nudged_on"),
    ),
    Policy(models.PrivateTalk, **casework_only(mine("started_by_id")), audited=("referral_id", "started_at")),
    Policy(
        models.Attempt,
        **with_definer(casework_only(mine("tried_by_id"))),
        update={DEFINER: Rows(ANYTHING, columns=("place",))},  # erased when its days are over
        # A wrong tap, taken back at once by whoever made it.
        delete={
            MANAGER: both(HERE, OPEN_REFERRAL, mine("tried_by_id"), JUST_LOGGED),
            SUPERVISOR: both(HERE, mine("tried_by_id"), JUST_LOGGED),
        },
        audited=("referral_id", "tried_at", "kind", "next_try_at"),
    ),
    Policy(
        models.Appointment,
        **with_definer(casework_only(mine("booked_by_id"), update_columns=("state", "answered_at"))),
        audited=("referral_id", "at", "state"),
    ),
    Policy(
        models.OfficerSentence,
        # Police have no right on the consent itself: whether it stands is asked of the database.
        select={
            OFFICER: both(HERE, MINE, "app.sentence_stands(consent_id)"),
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(HERE, OPEN_REFERRAL, mine("written_by_id"), SENTENCE_FITS),
            SUPERVISOR: both(HERE, mine("written_by_id"), SENTENCE_FITS),
        },
        audited=("referral_id", "officer_id", "consent_id", "written_at"),
    ),
    Policy(models.Slip, **casework_only(mine("made_by_id")), audited=("referral_id", "language", "made_at")),
    Policy(
        models.OutreachEntry,
        select={
            MANAGER: both(HERE, OPEN_REFERRAL),
            SUPERVISOR: HERE,
            COORDINATOR: both(HERE, OPEN_REFERRAL),
            DEFINER: ANYTHING,
        },
        insert={Duty.INTAKE: HERE, MANAGER: HERE, SUPERVISOR: HERE, Duty.OPERATOR: ANYTHING},
        update={
            role: Rows(
                both(HERE, OPEN_REFERRAL) if role == MANAGER else HERE,
                columns=("state", "first_tried_at", "state_changed_at"),
            )
            for role in sorted(CASEWORK)
        },
        audited=("referral_id", "listed_at", "first_tried_at"),
    ),
    Policy(
        models.Record,
        select={MANAGER: both(HERE, OPEN_REFERRAL), SUPERVISOR: HERE, DEFINER: ANYTHING},
        insert={
            MANAGER: both(HERE, MY_CASES, mine("begun_by_id")),
            SUPERVISOR: both(HERE, mine("begun_by_id")),
            Duty.OPERATOR: ANYTHING,
        },
        update={
            MANAGER: Rows(both(HERE, MY_CASES), columns=("done_on", "done_by_id")),
            SUPERVISOR: Rows(HERE, columns=("done_on", "done_by_id")),
        },
        audited=("referral_id", "kind", "begun_at", "done_on"),
    ),
    # A case manager reads the answers of their own cases; the team's they see in outline.
    Policy(
        models.RecordSection,
        select={MANAGER: both(HERE, MY_CASES), SUPERVISOR: HERE},
        insert={MANAGER: both(HERE, MY_CASES, mine("saved_by_id")), SUPERVISOR: both(HERE, mine("saved_by_id"))},
        update={
            MANAGER: Rows(both(HERE, MY_CASES), columns=("answers", "saved_at", "saved_by_id")),
            SUPERVISOR: Rows(HERE, columns=("answers", "saved_at", "saved_by_id")),
        },
        audited=("referral_id", "record_id", "section", "saved_at"),
    ),
]
