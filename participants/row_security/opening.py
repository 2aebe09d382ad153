"""What hangs on a person is open to a case manager as the person's own record is.

OPEN_PERSON   asked of what is read: the few closed ones are found once in a statement, not asked for with every row
MAY_SEE       asked of the one row that is written: a person of this site, and not closed
IN_FULL       asked of texts: the person's own case manager, and whoever the record was opened to by name or in an emergency
"""

from lead_cms.access.permissions import Role
from lead_cms.access.row_security import definer

OPEN_PERSON = "participant_id <> all ((select app.closed_people())::uuid[])"
MAY_SEE = "app.may_see_participant(participant_id)"
IN_FULL = "participant_id = any ((select app.people_in_full())::uuid[])"
# ruff: noqa: S608  the predicates are ours
# Who acts is asked once a call and not once a row: the two functions beneath are asked for with nearly every statement.
ME, HERE = "(select app.membership_id())", "(select app.site_id())"
# Closed to one by name; and to every case manager where somebody is found to be under age.
SHUT = f"""select a.participant_id from participants_recordaccess a
                where a.membership_id = {ME} and a.kind = 'shut' and a.ended_at is null
                union all
                select c.participant_id from referrals_casework c
                where c.site_id = {HERE} and c.is_sealed and c.participant_id is not null"""
# Opened to one by name or in an emergency.
OPENED = f"""select a.participant_id from participants_recordaccess a
                where a.membership_id = {ME} and a.kind = 'open' and a.ended_at is null
                union all
                select e.participant_id from participants_emergencyaccess e
                where e.membership_id = {ME} and e.ended_at is null and e.until_at > clock_timestamp()"""
# Whoever makes a record has it in hand until it is a case's: from then on it is the case manager's, whoever made it.
IS_OF_NO_CASE = definer(
    "is_of_no_case(person uuid)",
    returns="boolean",
    body="select not exists (select 1 from referrals_casework c where c.participant_id = person)",
    to=[Role.CASE_MANAGER],
)
# The few whose rows the case manager may not read, with what still hangs on a record that was put together with theirs. Whose
# each is is asked by its key ("offset 0"): a caseload is longer than the list of restricted records.
CLOSED_PEOPLE = definer(
    "closed_people()",
    returns="uuid[]",
    body=f"""with closed as materialized (
              select p.id from participants_participant p
              where p.site_id = {HERE} and p.is_restricted and p.merged_into_id is null
                and (p.created_by_id <> {ME} or exists (select 1 from referrals_casework c where c.participant_id = p.id offset 0))
                and not exists (select 1 from referrals_casework c where c.participant_id = p.id
                  and c.case_manager_id = {ME} offset 0)
                and p.id <> all (array({OPENED}))
              union
              select p.id from participants_participant p where p.id = any (array({SHUT}))
                and p.site_id = {HERE} and p.merged_into_id is null)
            select array(select id from closed
              union all select p.id from participants_participant p join closed on p.merged_into_id = closed.id)""",
    to=[Role.CASE_MANAGER],
)
PEOPLE_IN_FULL = definer(
    "people_in_full()",
    returns="uuid[]",
    body=f"""select array(select c.participant_id from referrals_casework c
                         where c.case_manager_id = {ME} and c.participant_id is not null
                         union all {OPENED})""",
    to=[Role.CASE_MANAGER],
)
