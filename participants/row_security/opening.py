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
# The few whose rows the case manager may not read, with what still hangs on a record that was put together with theirs. Whose
# each is is asked by its key ("offset 0"): a caseload is longer than the list of restricted records.
CLOSED_PEOPLE = definer(
    "closed_people()",
    returns="uuid[]",
    body="""with closed as materialized (
              select p.id from participants_participant p
              where p.site_id = app.site_id() and p.is_restricted and p.merged_into_id is null
                and p.created_by_id <> app.membership_id()
                and not exists (select 1 from referrals_casework c where c.participant_id = p.id
                  and c.case_manager_id = app.membership_id() offset 0)
                and p.id not in (select app.opened_participant_ids())
              union
              select p.id from participants_participant p where p.id = any (array(select app.shut_participant_ids()))
                and p.site_id = app.site_id() and p.merged_into_id is null)
            select array(select id from closed
              union all select p.id from participants_participant p join closed on p.merged_into_id = closed.id)""",
    to=[Role.CASE_MANAGER],
)
PEOPLE_IN_FULL = definer(
    "people_in_full()",
    returns="uuid[]",
    body="""select array(select c.participant_id from referrals_casework c
                         where c.case_manager_id = app.membership_id() and c.participant_id is not null
                         union all select app.opened_participant_ids())""",
    to=[Role.CASE_MANAGER],
)
