"""Who may touch legal aid: casework gives a person to a lawyer under their consent; the lawyer alone reads their own notes."""

from lead_cms.access.permissions import Role
from lead_cms.access.row_security import ANYTHING, DEFINER, Policy, Rows, both, definer, mine, my_site
from participants.models import LegalAidGiven, PrivilegedNote
from participants.row_security.functions import spelled
from participants.row_security.notes import IN_FULL
from participants.row_security.opening import MAY_SEE, OPEN_PERSON

LAWYER = Role.LEGAL_AID
SEEN = {Role.CASE_MANAGER: both(my_site(), OPEN_PERSON, IN_FULL), Role.SUPERVISOR: my_site()}
GIVEN = SEEN | {Role.CASE_MANAGER: both(my_site(), MAY_SEE, IN_FULL)}
# Given to me, not ended, and a consent in force tells my organization of court dates and warrants: asked each time.
# Of two records that were put together a lawyer is told what hung on the one whose consent says so.
MY_PEOPLE = "app.hung_on(id, participant_id) = any (array(select app.my_legal_people()))"
GIVEN_TO_ME = "app.hung_on(given_id, participant_id) = any (array(select app.my_legal_people()))"

FUNCTIONS = [
    definer(
        "my_legal_people()",
        returns="setof uuid",
        body="""select app.hung_on(g.id, g.participant_id) from participants_legalaidgiven g
                where g.lawyer_id = app.membership_id() and g.ended_at is null
                  and app.hung_on(g.id, g.participant_id) in (select app.consented_people('legal_coordination'))""",
        to=[LAWYER],
    ),
    # Whom a lawyer is to meet, and whom to call about it: one person at a time.
    definer(
        "legal_person(person uuid)",
        returns="""table (shown_name text, given_name text, family_name text, pronouns text, language text, phone text,
                   manager text, manager_phone text)""",
        body="""select coalesce(nullif(p.chosen_name, ''), btrim(p.given_name || ' ' || p.family_name)), p.given_name,
                  p.family_name, p.pronouns, p.language,
                  case when k.id is null or k.phone = p.phone then p.phone else '' end, m.name, m.phone
                from participants_participant p left join participants_participant k on k.id = p.merged_into_id
                  left join lateral (select w.case_manager_id from referrals_casework w
                      join referrals_referral r on r.id = w.referral_id
                    where w.participant_id = app.united(p.id) and w.case_manager_id is not null
                    order by r.submitted_at desc, r.id limit 1) c on true
                  left join accounts_membership m on m.id = c.case_manager_id
                where p.id = person and p.id in (select app.my_legal_people())""",
        to=[LAWYER],
    ),
    # The lawyers of the organizations that the person said yes to: asked before they are given to one.
    definer(
        "lawyers_told(person uuid)",
        returns="setof uuid",
        body=spelled("""select m.id from participants_consentcell c join participants_consent k on k.id = c.consent_id
                   join accounts_membership m on m.organisation_id = c.organisation_id
                 where c.participant_id = person and c.information_class = 'legal_coordination' and c.revoked_at is null
                   and c.site_id = app.site_id() and m.site_id = app.site_id() and m.role = 'legal_aid' and IN_FORCE"""),
        to=list(SEEN),
    ),
]
POLICIES = [
    Policy(
        LegalAidGiven,
        select=SEEN | {LAWYER: both(my_site(), mine("lawyer_id"), "ended_at is null", MY_PEOPLE), DEFINER: ANYTHING},
        insert={
            role: both(rows, mine("given_by_id"), "ended_at is null", "lawyer_id in (select app.lawyers_told(participant_id))")
            for role, rows in GIVEN.items()
        },
        update={
            role: Rows(
                both(rows, "ended_at is null"), columns=("ended_at", "ended_by_id"),
                check=both(my_site(), mine("ended_by_id")),
            )
            for role, rows in SEEN.items()
        },
        audited=("site_id", "participant_id", "lawyer_id", "given_by_id", "ended_at"),
    ),
    Policy(
        PrivilegedNote,
        select={LAWYER: both(my_site(), mine("author_id"))},
        insert={
            LAWYER: both(
                my_site(), mine("author_id"), GIVEN_TO_ME,
                "exists (select 1 from participants_legalaidgiven g where g.id = participants_privilegednote.given_id "
                "and g.participant_id = participants_privilegednote.participant_id offset 0)",
            )
        },
        audited=("site_id", "author_id", "written_at"),
    ),
]  # fmt: skip
