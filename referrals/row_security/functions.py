"""What a predicate, a search or a figure must look at with eyes that the caller does not have."""

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty
from lead_cms.access.row_security import APP, definer
from participants.row_security import LAST_LETTER, like, named

REFERRED = {
    "table": "referrals_referredperson", "key": "referral_id", "column": "name", "to": [Role.CASE_MANAGER, Role.SUPERVISOR],
    # Of supervisors too: a name finds nobody what is restricted to others or sealed.
    "is_open": "p.referral_id <> all ((select app.closed_referrals())::uuid[])",
}  # fmt: skip
# As people say a number, without the letters before it, dashes and spaces: as in the index `referral_number_begins`.
PLAIN_NUMBER = "upper(regexp_replace(r.incident_number, '^[^0-9]+|[^0-9A-Za-z]', '', 'g')) collate \"C\""
FUNCTIONS = [
    definer(
        "my_referral_ids()",
        returns="setof uuid",
        body="""select c.referral_id from referrals_casework c where c.case_manager_id = app.membership_id()
                and (c.participant_id is null or c.participant_id not in (select app.shut_participant_ids()))""",
        to=[Role.CASE_MANAGER],
    ),
    # Restricted records of others unless opened to one by name, records shut to one by name, and records sealed because
    # the person was found to be under age: few.
    definer(
        "closed_referrals()",
        returns="uuid[]",
        # Once for each table of a statement: from an index alone, and nothing is asked again for each row.
        body="""select array(
                select c.referral_id from referrals_casework c
                where c.site_id = app.site_id() and (c.is_restricted or c.is_sealed)
                  and (c.is_sealed or (c.case_manager_id is distinct from (select app.membership_id())
                    and (c.participant_id is null or c.participant_id <> all (array(
                      select a.participant_id from participants_recordaccess a
                      where a.membership_id = app.membership_id() and a.kind = 'open' and a.ended_at is null
                      union all
                      select e.participant_id from participants_emergencyaccess e
                      where e.membership_id = app.membership_id() and e.ended_at is null
                        and e.until_at > clock_timestamp())))))
                union all
                select c.referral_id from referrals_casework c where c.site_id = app.site_id()
                  and c.participant_id = any (array(select a.participant_id from participants_recordaccess a
                    where a.membership_id = app.membership_id() and a.kind = 'shut' and a.ended_at is null)))""",
        to=[Role.CASE_MANAGER, Role.COORDINATOR],
    ),
    # Over the names that referrers wrote down, with the casework's wall inside.
    *like("referred_like", **REFERRED),
    *named("referred_named", turned="app.turned_name(p.name)", **REFERRED),
    # ruff: noqa: S608  the expression is ours
    # Whose incident number begins so, the highest first, so that the index stops after a few. Comparing what a function made
    # of a column is not leakproof: under a policy it could not use its index.
    definer(
        "referrals_numbered(beginning text, most int)",
        returns="setof uuid",
        body=f"""select r.id from referrals_referral r
                 where r.site_id = app.site_id() and r.incident_number <> '' and {PLAIN_NUMBER} >= beginning
                   and {PLAIN_NUMBER} < beginning || chr({LAST_LETTER})
                   and r.id <> all ((select app.closed_referrals())::uuid[])
                 order by {PLAIN_NUMBER} desc limit most""",
        to=[Role.CASE_MANAGER, Role.SUPERVISOR],
    ),
    # For the auditor, who reads no referral: which key in the audit a reference stands for.
    definer(
        "referral_key(code text)",
        returns="uuid",
        body="select r.id from referrals_referral r where r.site_id = app.site_id() and r.reference = code",
        to=[Role.AUDITOR],
    ),
    # The worker erases places of tries whose days are over, and reads none: the first few, and how many there were.
    definer(
        "erase_places_of_tries(most int)",
        returns="bigint",
        body="""with over as (
                  select a.id from referrals_attempt a where a.place <> '' and a.place_until_at <= clock_timestamp()
                  order by a.place_until_at limit most for no key update skip locked),
                erased as (update referrals_attempt a set place = '' from over where a.id = over.id returning 1)
                select count(*) from erased""",
        to=[Duty.SCHEDULER],
        volatility="volatile",
    ),
    # For readiness: how long the oldest due reminder or e-mail has been waiting. A number, and no row.
    definer(
        "oldest_due_seconds()",
        returns="double precision",
        body="""select coalesce(extract(epoch from now() - min(due)), 0)::float8 from (
                  (select min(due_at) as due from referrals_reminder
                    where delivered_at is null and cancelled_at is null and due_at <= now())
                  union all
                  (select min(next_at) from referrals_paging where stopped_at is null and next_at <= now())
                  union all
                  (select min(next_try_at) from notify_outboxemail
                    where sent_at is null and gave_up_at is null and next_try_at <= now())) waiting""",
        to=[APP],
    ),
    # What an officer's unit hears back: numbers without persons. A site may ask for larger cells, never for smaller.
    definer(
        "unit_hear_back(since timestamptz, fewer_than integer)",
        returns="table(offers bigint, handed_over bigint, minutes double precision, nobody_came bigint)",
        body="""with made as (
                  select r.status, h.called_at, h.arrived_at, h.handed_over_at, h.nobody_came_at
                    from accounts_membership me
                    join accounts_membership o on o.organisation_id = me.organisation_id and o.unit = me.unit
                     and o.role = 'officer'
                    join referrals_referral r on r.officer_id = o.id and r.submitted_at >= since
                    left join referrals_handoff h on h.referral_id = r.id
                   where me.id = app.membership_id()),
                counted as (
                  select count(*) filter (where status not in ('ineligible', 'cancelled', 'not_approved')) as offers,
                         count(*) filter (where handed_over_at is not null) as handed_over,
                         count(*) filter (where arrived_at is not null and called_at is not null) as timed,
                         percentile_cont(0.5) within group (order by extract(epoch from arrived_at - called_at) / 60)
                           filter (where arrived_at is not null and called_at is not null) as minutes,
                         count(*) filter (where nobody_came_at is not null) as nobody_came from made)
                select case when c.offers >= f.n then c.offers end,
                       case when c.handed_over >= f.n then c.handed_over end,
                       case when c.timed >= f.n then c.minutes end,
                       case when c.nobody_came >= f.n then c.nobody_came end
                  from counted c, (select greatest(fewer_than, 11) as n) f""",
        to=[Role.OFFICER],
    ),
]
