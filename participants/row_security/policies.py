"""Who may touch which rows of the person's side."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import (
    ANYTHING,
    DEFINER,
    MEMBERSHIP,
    ORGANISATION,
    Policy,
    Rows,
    both,
    either,
    mine,
    my_site,
)
from participants.models import (
    Consent,
    ConsentCell,
    Disclosure,
    EmergencyAccess,
    NeverTogether,
    Participant,
    Participation,
    RecordAccess,
)
from participants.row_security.opening import MAY_SEE, OPEN_PERSON

# What the background compares of a record, and nothing more.
COMPARED = (
    "id", "site_id", "given_name", "family_name", "chosen_name", "street_names", "aliases", "birth_date", "phone",
    "is_restricted",
)  # fmt: skip
MANAGER, SUPERVISOR, AUDITOR = Role.CASE_MANAGER, Role.SUPERVISOR, Role.AUDITOR

# A restricted record is closed to all but the person's own case manager, the supervisor, and staff opened to by name or in
# an emergency; whoever makes one has it until it is linked to a case. A record shut to somebody by name stays shut, whatever
# else is true.
NOT_CLOSED_TO_ME = both(
    either(
        "not is_restricted",
        both(f"created_by_id = {MEMBERSHIP}", "app.is_of_no_case(id)"),
        "id = any ((select app.people_in_full())::uuid[])",
    ),
    "id <> all (array(select app.shut_participant_ids()))",
)

# A record that was put together with the person's other one is nobody's to find; its address leads to the kept one.
NOT_PUT_AWAY = "merged_into_id is null"


def of_a_consent_i_see(table: str) -> str:
    """Asked of the one row at hand, by its key, never of every consent of the site ("offset 0": not to be hashed)."""
    return f"exists (select 1 from participants_consent k where k.id = {table}.consent_id offset 0)"  # noqa: S608


# A consent may stand before anyone is linked to the referral, whose own closing it then follows.
OPEN_REFERRAL = "referral_id <> all ((select app.closed_referrals())::uuid[])"
OPEN_CONSENT = both(either("participant_id is null", OPEN_PERSON), OPEN_REFERRAL)
ASKED_CONSENT = both(either("participant_id is null", MAY_SEE), OPEN_REFERRAL)
# Nothing is asked before "we are talking in private" was tapped.
TALKED = "referral_id in (select t.referral_id from referrals_privatetalk t)"
# A cell is written by whoever asked, exactly as it was signed, and says what its organisation is.
CELL_FITS = both(
    """exists (select 1 from participants_consent k where k.id = participants_consentcell.consent_id
       and k.kind = participants_consentcell.kind and k.participant_id = participants_consentcell.participant_id
       and k.asked_by_id = (select app.membership_id()) and k.signed_at is not null
       and jsonb_exists(k.matrix, participants_consentcell.organisation_id::text || ':'
                                  || participants_consentcell.information_class) offset 0)""",
    """exists (select 1 from accounts_organisation o where o.id = participants_consentcell.organisation_id
       and o.site_id = participants_consentcell.site_id and o.kind = participants_consentcell.organisation_kind offset 0)""",
    "revoked_at is null",
)
REVOKED = ("revoked_at", "revoked_how", "revoked_by_id")
SUPERSEDED = ("superseded_at", "superseded_by_consent_id")
STANDS = "revoked_at is null and superseded_at is null"
ENDED = ("ended_at", "ended_by_id")
LIFTED = ("lifted_at", "lifted_by_id")
A_CASE_MANAGER_HERE = (
    "exists (select 1 from accounts_membership m where m.id = participants_recordaccess.membership_id "
    "and m.site_id = participants_recordaccess.site_id and m.role = 'case_manager' offset 0)"
)
PAIR_I_SEE = both(
    "exists (select 1 from participants_participant p where p.id = participants_nevertogether.first_id offset 0)",
    "exists (select 1 from participants_participant p where p.id = participants_nevertogether.second_id offset 0)",
)
MY_PAIR = either(
    "first_id = any (array(select app.my_participant_ids()))",
    "second_id = any (array(select app.my_participant_ids()))",
)

TOLD_TO_ME = both(
    my_site(),
    f"to_membership_id = {MEMBERSHIP}",
    f"to_organisation_id = {ORGANISATION}",
    "app.may_be_told(consent_id, what)",
)

POLICIES = [
    Policy(
        Participant,
        select={
            MANAGER: both(my_site(), NOT_PUT_AWAY, NOT_CLOSED_TO_ME),
            SUPERVISOR: both(my_site(), NOT_PUT_AWAY),
            Duty.MATCHER: Rows(ANYTHING, columns=(*COMPARED, "alike_at")),
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(my_site(), NOT_PUT_AWAY, f"created_by_id = {MEMBERSHIP}"),
            SUPERVISOR: both(my_site(), NOT_PUT_AWAY, f"created_by_id = {MEMBERSHIP}"),
            Duty.OPERATOR: ANYTHING,
        },
        update={
            MANAGER: both(my_site(), NOT_PUT_AWAY, NOT_CLOSED_TO_ME),
            SUPERVISOR: both(my_site(), NOT_PUT_AWAY),
            Duty.MATCHER: Rows(ANYTHING, columns=("match_keys", "alike_at")),
            # A merge puts a record away, and whoever finds somebody under age closes it; both look at the row while it is held.
            DEFINER: Rows(ANYTHING, columns=("merged_into_id", "is_restricted")),
        },
        audited=("site_id", "is_restricted", "merged_into_id", "created_by_id"),
    ),
    Policy(
        Participation,
        select={MANAGER: both(my_site(), OPEN_PERSON), SUPERVISOR: my_site(), DEFINER: ANYTHING},
        insert={MANAGER: both(my_site(), MAY_SEE), SUPERVISOR: my_site(), Duty.OPERATOR: ANYTHING},
        update={MANAGER: both(my_site(), OPEN_PERSON), SUPERVISOR: my_site()},
        audited=("site_id", "participant_id", "state", "began_on", "ended_on", "recorded_by_id"),
    ),
    Policy(
        Consent,
        select={
            MANAGER: both(my_site(), OPEN_CONSENT),
            SUPERVISOR: my_site(),
            Role.PROSECUTOR: Rows(
                both(
                    my_site(),
                    "kind = 'criminal_justice'",
                    "signed_at is not null",
                    "revoked_at is null",
                    "app.shared_referral(referral_id)",
                ),
                columns=("id", "site_id", "kind", "referral_id", "scope", "signed_at"),
            ),
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(my_site(), f"asked_by_id = {MEMBERSHIP}", ASKED_CONSENT, TALKED),
            SUPERVISOR: both(my_site(), f"asked_by_id = {MEMBERSHIP}", TALKED),
            Duty.OPERATOR: ANYTHING,
        },
        # Only taking it back or putting a newer one in its place: what was shown and signed is never altered.
        update={
            role: Rows(
                both(rows, STANDS),
                columns=REVOKED + SUPERSEDED,
                check=both(my_site(), either(f"revoked_by_id = {MEMBERSHIP}", "superseded_at is not null")),
            )
            for role, rows in ((MANAGER, both(my_site(), OPEN_CONSENT)), (SUPERVISOR, my_site()))
        },
        audited=(
            "site_id",
            "kind",
            "participant_id",
            "referral_id",
            "text_hash",
            "signed_at",
            "revoked_at",
            "revoked_how",
            "ends_at",
            "superseded_at",
        ),
    ),
    Policy(
        ConsentCell,
        select={
            MANAGER: both(my_site(), of_a_consent_i_see("participants_consentcell")),
            SUPERVISOR: my_site(),
            DEFINER: ANYTHING,
        },
        insert={MANAGER: both(my_site(), CELL_FITS), SUPERVISOR: both(my_site(), CELL_FITS), Duty.OPERATOR: ANYTHING},
        update={
            role: Rows(
                both(rows, "revoked_at is null"),
                columns=REVOKED,
                check=both(my_site(), f"revoked_by_id = {MEMBERSHIP}"),
            )
            for role, rows in (
                (MANAGER, both(my_site(), of_a_consent_i_see("participants_consentcell"))),
                (SUPERVISOR, my_site()),
            )
        },
        audited=(
            "site_id",
            "consent_id",
            "participant_id",
            "organisation_id",
            "information_class",
            "revoked_at",
            "revoked_how",
        ),
    ),
    Policy(
        Disclosure,
        select={
            MANAGER: both(my_site(), of_a_consent_i_see("participants_disclosure")),
            SUPERVISOR: my_site(),
        },
        # In one's own name, for one's own organisation, of what a consent opens to it; police by the way of intake, having
        # no right here themselves.
        insert={role: TOLD_TO_ME for role in (Role.PROSECUTOR, Role.PROVIDER, Role.LEGAL_AID, Duty.INTAKE)}
        | {Duty.OPERATOR: ANYTHING},
        audited=("site_id", "consent_id", "what", "to_membership_id", "notice_version"),
    ),
    Policy(
        RecordAccess,
        select={SUPERVISOR: my_site(), DEFINER: ANYTHING},
        insert={SUPERVISOR: both(my_site(), mine("set_by_id"), A_CASE_MANAGER_HERE)},
        update={
            SUPERVISOR: Rows(
                both(my_site(), "ended_at is null"), columns=ENDED, check=both(my_site(), mine("ended_by_id"))
            )
        },
        audited=("site_id", "participant_id", "membership_id", "kind", "ended_at"),
    ),
    Policy(
        NeverTogether,
        select={SUPERVISOR: my_site(), DEFINER: ANYTHING},
        insert={
            MANAGER: both(my_site(), mine("set_by_id"), MY_PAIR, PAIR_I_SEE),
            SUPERVISOR: both(my_site(), mine("set_by_id"), PAIR_I_SEE),
        },
        update={
            SUPERVISOR: Rows(
                both(my_site(), "lifted_at is null"), columns=LIFTED, check=both(my_site(), mine("lifted_by_id"))
            )
        },
        audited=("site_id", "first_id", "second_id", "lifted_at"),
    ),
    Policy(
        EmergencyAccess,
        select={
            MANAGER: both(my_site(), mine("membership_id")),
            SUPERVISOR: my_site(),
            # That it happened, and not whose record it was.
            AUDITOR: Rows(
                my_site(),
                columns=("id", "site_id", "membership_id", "emergency", "granted_at", "until_at", "ended_at"),
            ),
            DEFINER: ANYTHING,
        },
        insert={
            MANAGER: both(
                my_site(),
                mine("membership_id"),
                "ended_at is null",
                "until_at <= clock_timestamp() + interval '1 day'",
                "app.is_of_my_site(participant_id)",
            )
        },
        update={
            MANAGER: Rows(
                both(my_site(), mine("membership_id"), "ended_at is null"),
                columns=ENDED,
                check=both(my_site(), mine("ended_by_id")),
            ),
            SUPERVISOR: Rows(
                both(my_site(), "ended_at is null"), columns=ENDED, check=both(my_site(), mine("ended_by_id"))
            ),
        },
        audited=("site_id", "participant_id", "membership_id", "emergency", "granted_at", "until_at", "ended_at"),
    ),
]
