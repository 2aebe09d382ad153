"""The figures of each report, and of pages that count a site, by the best SQL that we could write for them alone."""

FUNNEL = """
with made as (
  select coalesce(k.participant_id, r.id) as person, k.participant_id, r.status, w.state, w.due_on, o.state as outreach
  from referrals_referral r left join referrals_casework k on k.referral_id = r.id
left join participants_participant p on p.id = k.participant_id
  left join referrals_intakewindow w on w.referral_id = r.id left join referrals_outreachentry o on o.referral_id = r.id
  where r.site_id = %(site)s and r.submitted_at >= %(begins_at)s and r.submitted_at < %(ends_at)s
    and r.status <> 'cancelled' and not coalesce(k.is_restricted or k.is_sealed or p.is_restricted, false)),
intake as (
  select k.participant_id, max(done_on) as last_on from (
    select w.referral_id, i.done_on from referrals_windowitem i join referrals_intakewindow w on w.id = i.window_id
     where i.kind = 'intake' and i.done_on < %(until_on)s and (not i.needs_confirmation or i.confirmed_at is not null)
    union all select referral_id, met_on from referrals_intakewindow where met_on < %(until_on)s
    union all select referral_id, done_on from referrals_record where kind = 'intake' and done_on < %(until_on)s) d
  join referrals_casework k on k.referral_id = d.referral_id
  where k.participant_id in (select participant_id from made)
    and k.participant_id in (select participant_id from participants_participation where began_on < %(until_on)s)
  group by k.participant_id),
reached as (
  select distinct k.participant_id from referrals_attempt a join referrals_casework k on k.referral_id = a.referral_id
  where a.outcome = 'reached' and a.kind <> 'third_party' and a.tried_at >= %(since_on)s and a.tried_at < %(until_on)s),
people as (
  select person, participant_id, min(case when status = 'ineligible' then 5 when status = 'not_approved' then 4
      when status = 'declined' or state = 'stepped_back' or outreach = 'not_now' then 3
      when state = 'ended' or state = 'open' and due_on < %(over_on)s or outreach = 'not_found' or status = 'done' then 2
      else 1 end) as place from made group by person, participant_id)
select count(*), count(i.participant_id), count(*) filter (where i.last_on >= %(since_on)s or c.participant_id is not null),
  count(*) filter (where i.participant_id is null and place = 5), count(*) filter (where i.participant_id is null and place = 4),
  count(*) filter (where i.participant_id is null and place = 3), count(*) filter (where i.participant_id is null and place = 2),
  count(g.id)
from people p left join intake i on i.participant_id = p.participant_id
left join reached c on c.participant_id = i.participant_id
left join reports_gettingalong g on g.participant_id = i.participant_id and g.ended_on is null
"""
CLOCK = """
select w.first_due_on - w.starts_on, count(*), count(w.met_on), count(*) filter (where w.state = 'stepped_back'),
  count(*) filter (where w.met_on is null and w.state = 'open' and w.due_on >= %(over_on)s),
  count(*) filter (where w.extension_count > 0), count(i.intake_on), count(i.assessment_on),
  percentile_cont(0.5) within group (order by i.intake_on - w.starts_on),
  percentile_cont(0.5) within group (order by i.assessment_on - w.starts_on),
  sum(c.all_of), sum(c.filed), sum(c.completed), sum(c.discretion)
from referrals_intakewindow w left join referrals_casework k on k.referral_id = w.referral_id
left join participants_participant p on p.id = k.participant_id
left join (select window_id, min(done_on) filter (where kind = 'intake') as intake_on,
    min(done_on) filter (where kind = 'assessment') as assessment_on from referrals_windowitem
  where not needs_confirmation or confirmed_at is not null group by window_id) i on i.window_id = w.id
left join (select referral_id, count(*) as all_of, count(*) filter (where decision = 'filed') as filed,
    count(*) filter (where decision = 'not_filed_completed') as completed,
    count(*) filter (where decision = 'not_filed_discretion') as discretion
  from referrals_heldcharge where site_id = %(site)s group by referral_id) c on c.referral_id = w.referral_id
where w.site_id = %(site)s and w.starts_on >= %(begins_on)s and w.starts_on < %(ends_on)s
  and not coalesce(k.is_restricted or k.is_sealed or p.is_restricted, false) group by grouping sets ((), (1))
"""
HANDOFF = """
select r.precinct, count(*), count(h.arrived_at), count(h.nobody_came_at),
  count(*) filter (where h.arrived_at - h.called_at <= interval '30 minutes'),
  percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from h.arrived_at - h.called_at))
from referrals_referral r join referrals_handoff h on h.referral_id = r.id
left join referrals_casework k on k.referral_id = r.id
left join participants_participant p on p.id = k.participant_id
where r.site_id = %(site)s and r.submitted_at >= %(begins_at)s and r.submitted_at < %(ends_at)s and r.door = 'arrest'
  and r.status not in ('cancelled', 'ineligible', 'declined')
  and not coalesce(k.is_restricted or k.is_sealed or p.is_restricted, false)
group by grouping sets ((), (r.precinct))
"""
SEEN = """
select s.perceived_race, s.perceived_gender, width_bucket(coalesce(date_part('year', age(r.submitted_at, s.birth_date)),
    s.age_about), array[18, 25, 35, 45, 55, 65]::float8[]), r.precinct, count(*), count(*) filter (where r.person_answer = 'yes')
from referrals_referral r left join referrals_referredperson s on s.referral_id = r.id
left join referrals_casework k on k.referral_id = r.id
left join participants_participant p on p.id = k.participant_id
where r.site_id = %(site)s and r.submitted_at >= %(begins_at)s and r.submitted_at < %(ends_at)s
  and r.door in ('arrest', 'social') and r.status not in ('ineligible', 'cancelled') and r.person_answer <> ''
  and not coalesce(k.is_restricted or k.is_sealed or p.is_restricted, false)
group by grouping sets ((), (1), (2), (3), (4))
"""
OWN = """
with made as (
  select distinct on (k.participant_id) k.participant_id, r.precinct, r.submitted_at from referrals_referral r
  join referrals_casework k on k.referral_id = r.id and k.participant_id is not null
  where r.site_id = %(site)s and r.submitted_at >= %(begins_at)s and r.submitted_at < %(ends_at)s and r.status <> 'cancelled'
    and not (k.is_restricted or k.is_sealed) order by k.participant_id, r.submitted_at),
done as (
  select k.participant_id, bool_or(w.met_on < %(until_on)s) as completed from referrals_casework k
  left join referrals_intakewindow w on w.referral_id = k.referral_id
  left join referrals_windowitem i on i.window_id = w.id and i.kind = 'intake'
  left join referrals_record d on d.referral_id = k.referral_id and d.kind = 'intake'
  where (w.met_on is not null or i.done_on < %(until_on)s or d.done_on < %(until_on)s)
    and k.participant_id in (select participant_id from made) group by k.participant_id)
select g.race::text, g.gender::text, width_bucket(date_part('year', age(m.submitted_at, p.birth_date)),
    array[18, 25, 35, 45, 55, 65]::float8[]), m.precinct, count(*), count(*) filter (where d.completed)
from made m join done d on d.participant_id = m.participant_id join participants_participant p on p.id = m.participant_id
left join participants_demographics g on g.participant_id = p.id
where not p.is_restricted group by grouping sets ((), (1), (2), (3), (4))
"""
SUPPLIED = """
select dimension, "group", sum("count") from reports_suppliedcount
where site_id = %(site)s and month >= %(begins_on)s and month < %(ends_on)s group by dimension, "group"
"""
MONTHS = """
with spells as (
  select s.participant_id, s.began_on, coalesce(s.ended_on, %(until_on)s::date - 1) as ended_on,
    date_trunc('month', min(s.began_on) over (partition by s.participant_id)::timestamp)::date as first_month
  from participants_participation s join participants_participant p on p.id = s.participant_id and not p.is_restricted
  where s.site_id = %(site)s and s.state <> 'door_open' and s.participant_id not in (
    select participant_id from referrals_casework where participant_id is not null and (is_restricted or is_sealed))),
due as (
  select distinct participant_id, first_month, m::date as month from spells
  cross join lateral generate_series(greatest(date_trunc('month', began_on::timestamp), %(begins_on)s::timestamp),
    least(ended_on, %(until_on)s::date - 1)::timestamp, interval '1 month') m
  union select participant_id, first_month, (first_month - interval '1 month')::date from spells
  where first_month - interval '1 month' >= %(begins_on)s and first_month - interval '1 month' < %(until_on)s),
talks as (
  select participant_id, date_trunc('month', happened_at at time zone %(zone)s)::date as month, count(*) as n
  from participants_contactnote where site_id = %(site)s and is_two_way and signed_at is not null
    and happened_at >= %(begins_at)s group by 1, 2)
select d.month - d.first_month, d.month, count(*), count(x.id), count(*) filter (where x.sheltered = 'yes'),
  count(*) filter (where x.sheltered = 'no'), count(*) filter (where x.permanent = 'yes'),
  count(*) filter (where x.continuum = 'yes'), count(*) filter (where x.income = '1' or x.benefits = '1'), sum(t.n)
from due d left join participants_personmonth x on x.participant_id = d.participant_id and x.month = d.month
  and x.superseded_at is null
left join talks t on t.participant_id = d.participant_id and t.month = d.month group by grouping sets ((1), (2))
"""
PROFILE = """
with there as (
  select p.* from participants_participant p where p.site_id = %(site)s and not p.is_restricted and p.id in (
    select participant_id from participants_participation where site_id = %(site)s and state <> 'door_open'
      and began_on < %(until_on)s and (ended_on is null or ended_on >= %(begins_on)s))
  and p.id not in (
    select participant_id from referrals_casework where participant_id is not null and (is_restricted or is_sealed))),
came as (
  select distinct on (k.participant_id) k.participant_id, r.id, r.door from referrals_casework k
  join referrals_referral r on r.id = k.referral_id and r.status <> 'cancelled'
  where k.participant_id in (select id from there) order by k.participant_id, r.submitted_at),
lived as (
  select distinct on (participant_id) participant_id, living, employment, income, benefits, insurance
  from participants_personmonth where site_id = %(site)s and superseded_at is null and month >= %(begins_on)s
    and month < %(until_on)s and participant_id in (select id from there) order by participant_id, month desc)
select g.race::text, g.gender::text, width_bucket(coalesce(date_part('year', age(%(until_on)s, t.birth_date)), t.age_about),
    array[18, 25, 35, 45, 55, 65]::float8[]), c.door, x.living, x.employment, x.income, x.benefits, x.insurance, count(*)
from there t left join came c on c.participant_id = t.id left join lived x on x.participant_id = t.id
left join participants_demographics g on g.participant_id = t.id
group by grouping sets ((), (1), (2), (3), (4), (5), (6), (7), (8), (9))
"""
CHARGES = """
with came as (
  select distinct on (k.participant_id) k.participant_id, r.id, r.door from referrals_casework k
  join referrals_referral r on r.id = k.referral_id and r.status <> 'cancelled'
  join participants_participant p on p.id = k.participant_id and not p.is_restricted
  where k.site_id = %(site)s order by k.participant_id, r.submitted_at)
select o.title, count(*) from came c join referrals_referraloffence o on o.referral_id = c.id where c.door = 'arrest' group by 1
"""
NEEDS = """
with asked as (
  select a.participant_id, r.need, r.status, r.decline_reason, r.attended_on, r.attended_on - r.asked_at::date as days
  from services_servicereferral r join services_askedperson a on a.referral_id = r.id
  where r.site_id = %(site)s and r.asked_at >= %(begins_at)s and r.asked_at < %(ends_at)s),
named as (
  select participant_id, need from asked
  union select participant_id, need from services_servicegap
   where site_id = %(site)s and recorded_at >= %(begins_at)s and recorded_at < %(ends_at)s
  union select participant_id, jsonb_array_elements_text(domains) from participants_contactnote
   where site_id = %(site)s and signed_at is not null and happened_at >= %(begins_at)s and happened_at < %(ends_at)s
  union select participant_id, domain from participants_goal where site_id = %(site)s and domain <> ''
    and begun_on >= %(begins_on)s and begun_on < %(until_on)s),
each as (
  select n.participant_id, n.need, count(a.need) as asked, max(a.attended_on) as attended, min(a.days) as days
  from named n join participants_participant p on p.id = n.participant_id and not p.is_restricted
  left join asked a on a.participant_id = n.participant_id and a.need = n.need group by 1, 2)
select need, count(*), count(*) filter (where asked > 0), count(attended), percentile_cont(0.5) within group (order by days),
  count(distinct participant_id) from each group by grouping sets ((), (need))
"""
CASELOAD = """
with people as (
  select k.case_manager_id as manager, coalesce(k.participant_id, k.referral_id) as person,
    coalesce(bool_or(s.state = 'inactive'), false) as inactive,
    max(greatest(t.at, v.at, n.at, h.handed_over_at, case when r.status = 'handed_over' then r.status_changed_at end)) as met
  from referrals_referral r join referrals_casework k on k.referral_id = r.id
  left join participants_participant p on p.id = k.participant_id
  left join referrals_intakewindow w on w.referral_id = r.id left join referrals_handoff h on h.referral_id = r.id
  left join participants_participation s on s.participant_id = k.participant_id and s.ended_on is null
  left join (select participant_id, max(happened_at) as at from participants_contactnote
    where site_id = %(site)s and is_two_way and signed_at is not null group by 1) n on n.participant_id = k.participant_id
  left join lateral (select max(tried_at) as at from referrals_attempt where referral_id = r.id and outcome = 'reached') t on true
  left join lateral (select max(at) as at from referrals_appointment where referral_id = r.id and state = 'kept') v on true
  where r.site_id = %(site)s and r.submitted_at < %(ends_at)s
    and r.status not in ('done', 'declined', 'ineligible', 'not_approved', 'cancelled') and p.died_on is null
    and coalesce(w.state, '') <> 'stepped_back' and coalesce(s.state, '') <> 'door_open'
    and not coalesce(k.is_restricted or k.is_sealed or p.is_restricted, false) group by 1, 2)
select p.manager, m.name,
  count(*) filter (where not inactive and not coalesce(met < %(ends_at)s::timestamptz - interval '21 days', false)),
  count(*) filter (where inactive), count(*) filter (where not inactive and met < %(ends_at)s::timestamptz - interval '21 days'),
  count(*) filter (where met is null)
from people p left join accounts_membership m on m.id = p.manager group by 1, 2
"""
REPORTS_BY_HAND = {
    "funnel": [FUNNEL],
    "profile": [PROFILE, CHARGES],
    "clock": [CLOCK],
    "months": [MONTHS],
    "needs": [NEEDS],
    "equity": [SEEN, OWN, SUPPLIED],
    "handoff": [HANDOFF],
    "caseload": [CASELOAD],
}
BEST_SQL = [
    """select r.door, count(*), count(*) filter (where r.status = 'declined'), count(*) filter (where r.status = 'ineligible'),
        count(h.handed_over_at), count(h.nobody_came_at),
        percentile_cont(0.5) within group (order by extract(epoch from h.arrived_at - h.called_at) / 60)
       from referrals_referral r left join referrals_handoff h on h.referral_id = r.id
       where r.site_id = %(site)s and r.submitted_at >= %(quarter)s group by r.door""",
    """select state, count(*), count(*) filter (where due_on < current_date) from referrals_intakewindow
       where site_id = %(site)s group by state""",
    "select decision, count(*) from referrals_heldcharge where site_id = %(site)s group by decision",
    "select count(*) from referrals_outreachentry where site_id = %(site)s and first_tried_at is null",
]
AGENCY = [
    """select r.door, count(*) filter (where r.status not in ('ineligible', 'cancelled', 'not_approved')),
        count(*) filter (where r.status = 'declined'), count(*) filter (where r.status = 'ineligible'),
        count(h.handed_over_at), count(h.nobody_came_at)
       from referrals_referral r left join referrals_handoff h on h.referral_id = r.id
       where r.agency_id = %(agency)s and r.submitted_at >= %(quarter)s group by r.door""",
]
