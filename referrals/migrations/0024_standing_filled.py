"""Cases from before find out how they stand, a thousand people at a time; then the lists of those looked after get their indexes.

Until it is through, a case counts as one that nobody was met over: lists ask about it, and hide nothing.
"""

from django.db import migrations, models

from lead_cms.core.migrating import BuildIndex

FILL = """
do $$
declare batch uuid[]; last uuid := '00000000-0000-0000-0000-000000000000'; next uuid;
begin
  loop
    -- By person, so that all cases of one are found out together.
    next := (select x.person from (
      select distinct coalesce(c.participant_id, c.referral_id) as person from referrals_casework c
       where coalesce(c.participant_id, c.referral_id) > last order by 1 limit 1000) x order by 1 desc limit 1);
    exit when next is null;
    batch := array(select c.id from referrals_casework c
      where coalesce(c.participant_id, c.referral_id) > last and coalesce(c.participant_id, c.referral_id) <= next);
    last := next;
    with asked as (
      select a.* from referrals_casework a where a.id = any (batch)),
    one as (
      select a.id, coalesce(a.participant_id, a.referral_id) as person, x.is_over, k.listed_at,
             case when x.is_over or s.state = 'door_open' then '' when s.state = 'inactive' then 'inactive'
                  else 'active' end as standing,
             greatest(
               (select max(t.tried_at) from referrals_attempt t where t.referral_id = a.referral_id and t.outcome = 'reached'),
               (select max(v.at) from referrals_appointment v where v.referral_id = a.referral_id and v.state = 'kept'),
               (select max(n.happened_at) from participants_contactnote n
                 where n.participant_id = a.participant_id and n.is_two_way and n.signed_at is not null),
               h.handed_over_at, case when r.status = 'handed_over' then r.status_changed_at end,
               case when s.state = 'active' then s.began_on::timestamp at time zone 'UTC' end) as met_at,
             least(
               a.next_try_at,
               (select min(v.at) from referrals_appointment v where v.referral_id = a.referral_id and v.state = 'booked'),
               (select case when n.next_on > l.tried_on or l.tried_on is null then n.next_on end
                  from participants_contactnote n where n.participant_id = a.participant_id and n.signed_at is not null
                 order by n.happened_at desc, n.id desc limit 1)::timestamp at time zone e.time_zone) as promised_at
        from asked a
        join referrals_referral r on r.id = a.referral_id
        join accounts_site e on e.id = a.site_id
        cross join lateral (select (a.last_attempt_at at time zone e.time_zone)::date as tried_on) l
        left join referrals_intakewindow w on w.referral_id = a.referral_id
        left join referrals_handoff h on h.referral_id = a.referral_id
        left join referrals_outreachentry k on k.referral_id = a.referral_id and k.state in ('to_find', 'tried')
        left join participants_participant p on p.id = a.participant_id
        left join participants_participation s on s.participant_id = a.participant_id and s.ended_on is null
        cross join lateral (select a.is_sealed or r.status = any (array['done', 'declined', 'ineligible', 'not_approved', 'cancelled'])
                                   or p.died_on is not null or coalesce(w.state = 'stepped_back', false) as is_over) x),
    found as (
      select id, standing, max(met_at) over who as met_at,
             case when not is_over then min(promised_at) filter (where not is_over) over who end as promised_at,
             case when not is_over then listed_at end as to_find_since
        from one window who as (partition by person))
    update referrals_casework c set standing = found.standing, met_at = found.met_at, promised_at = found.promised_at,
        to_find_since = found.to_find_since
      from found where c.id = found.id;
    commit;
  end loop;
end $$
"""
# The owner sees no rows of its own accord; policies let it, for as long as this takes.
TABLES = (
    "referrals_casework", "referrals_referral", "referrals_attempt", "referrals_appointment", "referrals_intakewindow",
    "referrals_handoff", "referrals_outreachentry", "participants_participant", "participants_participation", "participants_contactnote",
    "accounts_site",
)  # fmt: skip
LET_NO_MORE = [
    *(f"drop policy if exists lead_owner_fills on {table}" for table in TABLES),
    "drop policy if exists lead_owner_writes on referrals_casework",
]
LET = [
    *(f"create policy lead_owner_fills on {table} for select to lead_owner using (true)" for table in TABLES),
    "create policy lead_owner_writes on referrals_casework for update to lead_owner using (true)",
]
LOOKED_AFTER = models.Index(
    fields=["site", "case_manager"],
    include=["referral", "participant", "is_restricted", "is_sealed", "standing", "met_at"],
    condition=models.Q(("standing", ""), _negated=True),
    name="casework_looked_after",
)
MET = models.Index(fields=["case_manager", "met_at"], condition=models.Q(standing="active"), name="casework_met")
PROMISED = models.Index(
    fields=["case_manager", "promised_at"], condition=models.Q(promised_at__isnull=False), name="casework_promised"
)
TO_FIND = models.Index(
    fields=["case_manager", "to_find_since"], condition=models.Q(to_find_since__isnull=False), name="casework_to_find"
)
TO_FIND_HERE = models.Index(
    fields=["site", "to_find_since"], condition=models.Q(to_find_since__isnull=False), name="casework_to_find_here"
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0023_standing_of_a_case")]
    operations = [
        migrations.RunSQL([*LET_NO_MORE, *LET, FILL, *LET_NO_MORE], migrations.RunSQL.noop),
        *(
            BuildIndex(model_name="casework", index=index)
            for index in (LOOKED_AFTER, MET, PROMISED, TO_FIND, TO_FIND_HERE)
        ),
    ]
