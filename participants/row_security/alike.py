"""Who may be one person: looked for by the keys beside each record, within the wall of whoever asks."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import ANYTHING, Policy, Rows, both, definer, mine, my_site
from participants.likeness.stored import SITE_LETTERS
from participants.models import LikelyPair
from participants.row_security.functions import OPEN_TO_ME

# ruff: noqa: S608  the predicate is ours
MANAGER, SUPERVISOR = Role.CASE_MANAGER, Role.SUPERVISOR
# The background compares all records of a site; a pair is then shown to whoever may read both.
SHARING = f"p.merged_into_id is null and (current_setting('role', true) = 'lead_matcher' or {OPEN_TO_ME})"
BOTH_OPEN = "app.may_see_participant(first_id) and app.may_see_participant(second_id)"
ANSWER = ("state", "answered_at", "answered_by_id")
# So many records of one name are enough to call it common.
COMMON = 250

# Each key beside a record begins with its site: its index reads one site's alone. The site is then only held against each row
# that was found, in words that no index answers; otherwise everybody of the site would be read beside the few of a name.
HERE = "p.site_id is not distinct from app.site_id()"
OF_SITE = f"left(replace(app.site_id()::text, '-', ''), {SITE_LETTERS})"

FUNCTIONS = [
    # Array operators are not leakproof: under a policy they could not use their index. Ids that the caller may read, those
    # that share most keys first.
    definer(
        "participants_sharing(keys text[], most int)",
        returns="table (id uuid, shared int)",
        body=f"""declare
          asked varchar[] := array(select {OF_SITE} || k from unnest(keys) k);
        begin
          return query select p.id, cardinality(array(select unnest(p.match_keys) intersect select unnest(asked)))
            from participants_participant p
            where p.match_keys operator(pg_catalog.&&) asked and {HERE} and ({SHARING})
            order by 2 desc, 1 limit most;
        end""",
        to=[MANAGER, SUPERVISOR, Duty.MATCHER],
        language="plpgsql",
    ),
    # How common names are at the site, among the records that the caller may read, and about how many records there are.
    definer(
        "how_common(names text[])",
        returns="table (name text, records bigint)",
        body=f"""select n.name, (select count(*) from (select 1 from participants_participant p
              where p.match_keys operator(pg_catalog.@>) array[{OF_SITE} || n.name]::varchar[]
                and {HERE} and ({SHARING}) limit {COMMON}) records)
          from unnest(names) as n(name)
          union all
          select '', greatest(c.reltuples, 500)::bigint from pg_catalog.pg_class c
            where c.oid = 'public.participants_participant'::pg_catalog.regclass""",
        to=[MANAGER, SUPERVISOR, Duty.MATCHER],
    ),
]
POLICIES = [
    Policy(
        LikelyPair,
        select={MANAGER: both(my_site(), BOTH_OPEN), SUPERVISOR: my_site(), Duty.MATCHER: ANYTHING},
        insert={Duty.MATCHER: ANYTHING},
        update={
            MANAGER: Rows(both(my_site(), BOTH_OPEN), columns=ANSWER, check=mine("answered_by_id")),
            SUPERVISOR: Rows(my_site(), columns=ANSWER, check=mine("answered_by_id")),
            Duty.MATCHER: Rows(ANYTHING, columns=("score", "reasons")),
        },
        audited=("site_id", "first_id", "second_id", "state", "answered_at", "answered_by_id"),
    ),
]
