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
OPEN_CONSENT = both(OPEN_PERSON, "referral_id <> all ((select app.closed_referrals())::uuid[])")
# Nothing is asked before "we are talking in private" was tapped.
TALKED = "referral_id in (select t.referral_id from referrals_privatetalk t)"


OPERATOR_COST = 0.25


def like(name: str, *, table: str, key: str, column: str, is_open: str, to: list) -> list[str]:
    """A search by likeness: trigram operators are not leakproof, so under a policy they could not use their index.

    `name(words, born, most, alike)` gives keys and scores, best first: names like the words at least so much (0 to 1, to
    the likest part of the name; likeness to the whole is never more), and whoever was born that day.
    """
    likeness = f"word_similarity(words, p.{column})"
    found = f"from {table} p where p.site_id = app.site_id() and ({is_open}) and"
    body = f"""begin
        -- For this call alone: the function's own setting, below, gives it back.
        perform set_config('pg_trgm.word_similarity_threshold', alike::text, true);
        if born is null then
          return query select p.{key}, {likeness} as score {found} p.{column} operator(public.%>) words
            order by 2 desc, 1 limit most;
        else
          return query select p.{key}, ({likeness} + case when p.birth_date = born then 0.5 else 0 end)::real as score
            {found} (p.{column} operator(public.%>) words or p.birth_date = born) order by 2 desc, 1 limit most;
        end if;
      end"""
    return [
        definer(
            f"{name}(words text, born date, most int, alike real)", returns="table (id uuid, score real)", body=body, to=to,
            language="plpgsql",
        ),
        # Loaded first, so that the setting is the extension's and not a stranger's.
        "select public.similarity('a', 'a'); "
        f"alter function app.{name}(text, date, int, real) set pg_trgm.word_similarity_threshold = 0.45",
        # To compare a name costs a hundred times what the planner takes an operator to cost: it is to use the index.
        f"alter function app.{name}(text, date, int, real) set cpu_operator_cost = {OPERATOR_COST}",
    ]  # fmt: skip


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
    *like(
        "participants_like",
        table="participants_participant",
        key="id",
        column="search_names",
        is_open="""not p.is_restricted or current_setting('role', true) = 'lead_supervisor'
            or p.created_by_id = app.membership_id()
            or exists (select 1 from referrals_casework c where c.participant_id = p.id
              and c.case_manager_id = app.membership_id())""",
        to=[Role.CASE_MANAGER, Role.SUPERVISOR],
    ),  # fmt: skip
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
        select={Role.CASE_MANAGER: both(my_site(), OPEN_PERSON), Role.SUPERVISOR: my_site()},
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
