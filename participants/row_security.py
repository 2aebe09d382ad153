"""The person's own tables: casework at their site, nobody else; the prosecutor sees only what a consent in force opens."""

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
    definer,
    either,
    my_site,
)
from participants.models import Consent, Disclosure, Participant, Participation

# A restricted record is closed to all but the person's own case manager and the supervisor.
NOT_CLOSED_TO_ME = either(
    "not is_restricted", f"created_by_id = {MEMBERSHIP}", "id = any (array(select app.my_participant_ids()))"
)
# Asked of the one row at hand, by its key, never of every consent of the site ("offset 0": not to be hashed).
OF_A_CONSENT_I_SEE = (
    "exists (select 1 from participants_consent k where k.id = participants_disclosure.consent_id offset 0)"
)
OPEN_PERSON = "participant_id is null or app.may_see_participant(participant_id)"
# A consent may stand before anyone is linked to the referral, whose own closing it then follows.
OPEN_CONSENT = both(OPEN_PERSON, "referral_id <> all (array(select app.closed_referral_ids()))")
# Nothing is asked before "we are talking in private" was tapped.
TALKED = "referral_id in (select t.referral_id from referrals_privatetalk t)"

# From which likeness of one word on a name is found; the extension's own 0.6 misses "Jonson" for "Johnson". Loaded first,
# so that the setting is the extension's and not a stranger's.
ALIKE = "select public.similarity('a', 'a'); alter function app.{} set pg_trgm.word_similarity_threshold = 0.45"

FUNCTIONS = [
    definer(
        "my_participant_ids()",
        returns="setof uuid",
        body="""select c.participant_id from referrals_casework c
                where c.case_manager_id = app.membership_id() and c.participant_id is not null""",
        to=[Role.CASE_MANAGER],
    ),
    definer(
        "may_see_participant(person uuid)",
        returns="boolean",
        body="""select exists (select 1 from participants_participant p where p.id = person
                and p.site_id = app.site_id() and (not p.is_restricted or p.created_by_id = app.membership_id()
                  or exists (select 1 from referrals_casework c where c.participant_id = p.id
                    and c.case_manager_id = app.membership_id())))""",
        to=[Role.CASE_MANAGER],
    ),
    # "Met" may be read when the window was met and a criminal-justice consent is in force: neither alone tells anything.
    definer(
        "shared_referral(referral uuid)",
        returns="boolean",
        body="""select exists (
                  select 1 from participants_consent k
                  where k.referral_id = referral and k.kind = 'criminal_justice' and k.site_id = app.site_id()
                    and k.signed_at is not null and k.revoked_at is null
                    and (k.ends_at is null or k.ends_at > clock_timestamp()))
                and exists (
                  select 1 from referrals_windowresult r join referrals_heldcharge c on c.id = r.charge_id
                  where c.referral_id = referral and c.site_id = app.site_id() and c.decided_at is null)""",
        to=[Role.PROSECUTOR],
    ),
    # Search by likeness: trigram operators are not leakproof, so under a policy they could not use their index.
    definer(
        "participants_like(words text, born date, most int)",
        returns="table (id uuid, score real)",
        body="""select p.id, greatest(similarity(p.search_names, lower(words)),
                    word_similarity(lower(words), p.search_names))
                    + case when p.birth_date = born then 0.5 else 0 end as score
                from participants_participant p
                where p.site_id = app.site_id() and (p.search_names operator(public.%>) lower(words)
                  or p.search_names operator(public.%) lower(words) or p.birth_date = born)
                  and (current_setting('role', true) = 'lead_supervisor' or not p.is_restricted
                    or p.created_by_id = app.membership_id()
                    or exists (select 1 from referrals_casework c where c.participant_id = p.id
                      and c.case_manager_id = app.membership_id()))
                order by 2 desc, p.id limit most""",
        to=[Role.CASE_MANAGER, Role.SUPERVISOR],
    ),
    ALIKE.format("participants_like(text, date, int)"),
]

POLICIES = [
    Policy(
        Participant,
        select={
            Role.CASE_MANAGER: both(my_site(), NOT_CLOSED_TO_ME),
            Role.SUPERVISOR: my_site(),
            DEFINER: ANYTHING,
        },
        insert={
            Role.CASE_MANAGER: both(my_site(), f"created_by_id = {MEMBERSHIP}"),
            Role.SUPERVISOR: both(my_site(), f"created_by_id = {MEMBERSHIP}"),
            Duty.OPERATOR: ANYTHING,
        },
        update={Role.CASE_MANAGER: both(my_site(), NOT_CLOSED_TO_ME), Role.SUPERVISOR: my_site()},
        audited=("site_id", "is_restricted", "created_by_id"),
    ),
    Policy(
        Participation,
        select={Role.CASE_MANAGER: both(my_site(), OPEN_PERSON), Role.SUPERVISOR: my_site(), DEFINER: ANYTHING},
        insert={Role.CASE_MANAGER: both(my_site(), OPEN_PERSON), Role.SUPERVISOR: my_site(), Duty.OPERATOR: ANYTHING},
        update={Role.CASE_MANAGER: both(my_site(), OPEN_PERSON), Role.SUPERVISOR: my_site()},
        audited=("site_id", "participant_id", "state", "began_on", "ended_on"),
    ),
    Policy(
        Consent,
        select={
            Role.CASE_MANAGER: both(my_site(), OPEN_CONSENT),
            Role.SUPERVISOR: my_site(),
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
            Role.CASE_MANAGER: both(my_site(), f"asked_by_id = {MEMBERSHIP}", OPEN_CONSENT, TALKED),
            Role.SUPERVISOR: both(my_site(), f"asked_by_id = {MEMBERSHIP}", TALKED),
            Duty.OPERATOR: ANYTHING,
        },
        # Only revoking: what was shown and signed is never altered, and a revocation is not taken back.
        update={
            Role.CASE_MANAGER: Rows(
                both(my_site(), OPEN_CONSENT, "revoked_at is null"),
                columns=("revoked_at", "revoked_how", "revoked_by_id"),
                check=both(my_site(), f"revoked_by_id = {MEMBERSHIP}"),
            ),
            Role.SUPERVISOR: Rows(
                both(my_site(), "revoked_at is null"),
                columns=("revoked_at", "revoked_how", "revoked_by_id"),
                check=both(my_site(), f"revoked_by_id = {MEMBERSHIP}"),
            ),
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
        ),
    ),
    Policy(
        Disclosure,
        select={
            Role.CASE_MANAGER: both(my_site(), OF_A_CONSENT_I_SEE),
            Role.SUPERVISOR: my_site(),
        },
        insert={
            Role.PROSECUTOR: both(
                my_site(),
                f"to_membership_id = {MEMBERSHIP}",
                f"to_organisation_id = {ORGANISATION}",
                OF_A_CONSENT_I_SEE,
            ),
            Duty.OPERATOR: ANYTHING,
        },
        audited=("site_id", "consent_id", "what", "to_membership_id", "notice_version"),
    ),
]
