"""T10, offered, accepted, completed by group; the officer's eye before intake, the person's own word after it."""

from collections import Counter

from lead_cms.reports.enums import Dimension
from lead_cms.reports.measures.base import OPEN, Asked, Found, Report
from lead_cms.reports.measures.equity_tables import lay_out
from lead_cms.reports.measures.own_words import BANDS, GENDER, RACE, TOLD, age_on, alone

SIGNATURE = "report_equity(p_begins timestamptz, p_ends timestamptz, p_until date, p_zone text, p_by text)"
RETURNS = "table(side text, dimension text, grp text, reached bigint, passed bigint)"
DIMENSION = """case when grouping({0}.race) = 0 then 'race' when grouping({0}.gender) = 0 then 'gender'
  when grouping({0}.age) = 0 then 'age' when grouping({0}.precinct) = 0 then 'precinct' else 'all' end"""
GROUP = """(case when grouping({0}.race) = 0 then {0}.race when grouping({0}.gender) = 0 then {0}.gender
  when grouping({0}.age) = 0 then {0}.age when grouping({0}.precinct) = 0 then {0}.precinct else '' end)::text"""
SETS = "grouping sets ((), ({0}.race), ({0}.gender), ({0}.age), ({0}.precinct))"
BODY = f"""
with made as materialized (
  select r.id, r.door, r.status, r.person_answer, r.precinct, (r.submitted_at at time zone p_zone)::date as on_day,
    r.submitted_at, k.participant_id
  from referrals_referral r
  left join referrals_casework k on k.referral_id = r.id and k.site_id = (select app.site_id())
  left join participants_participant p on p.id = k.participant_id and p.site_id = (select app.site_id())
  where r.site_id = (select app.site_id()) and r.submitted_at >= p_begins and r.submitted_at < p_ends
    and r.status <> 'cancelled' and {OPEN}
),
offers as (
  select m.precinct, m.person_answer = 'yes' as accepted,
    case when s.perceived_race = 'not_known' then '' else coalesce(s.perceived_race, '') end as race,
    case when s.perceived_gender = 'not_known' then '' else coalesce(s.perceived_gender, '') end as gender,
    coalesce(width_bucket(coalesce(date_part('year', age(m.on_day, s.birth_date)), s.age_about),
      {BANDS})::text, '') as age
  from made m left join referrals_referredperson s on s.referral_id = m.id
    and s.site_id = (select app.site_id())
  where m.door in ('arrest', 'social') and m.status <> 'ineligible' and m.person_answer <> ''
),
first_of as (
  select distinct on (m.participant_id) m.participant_id, m.precinct, m.on_day from made m
  where m.participant_id is not null order by m.participant_id, m.submitted_at, m.id
),
cases as (
  select k.participant_id, k.referral_id, w.id as window_id, w.met_on, w.starts_on
  from referrals_casework k join first_of f on f.participant_id = k.participant_id
  left join referrals_intakewindow w on w.referral_id = k.referral_id and w.site_id = (select app.site_id())
  where k.site_id = (select app.site_id())
),
intake as (
  select c.participant_id from cases c join referrals_record d on d.referral_id = c.referral_id
    where d.site_id = (select app.site_id()) and d.kind = 'intake' and d.done_on < p_until
  union
  select c.participant_id from cases c join referrals_windowitem i on i.window_id = c.window_id
    where i.site_id = (select app.site_id()) and i.kind = 'intake' and i.done_on < p_until
      and (not i.needs_confirmation or i.confirmed_at is not null)
  union
  select c.participant_id from cases c where c.met_on < p_until
),
completed as (
  select distinct c.participant_id from cases c
  where p_by <> 'not_filed_completed' and c.met_on < p_until
  union
  select distinct c.participant_id from cases c join referrals_heldcharge h on h.referral_id = c.referral_id
  where p_by = 'not_filed_completed' and h.decision = 'not_filed_completed'
    and h.decided_at < p_until::timestamp at time zone p_zone
),
people as (
  select f.precinct, d.participant_id is not null as done, {GENDER} as gender,
    {RACE} as race,
    {age_on("f.on_day")} as age
  from first_of f join intake i on i.participant_id = f.participant_id
  join participants_participant p on p.id = f.participant_id
  {TOLD}
  left join completed d on d.participant_id = f.participant_id
)
select 'perceived', {DIMENSION.format("o")}, {GROUP.format("o")}, count(*), count(*) filter (where o.accepted)
from offers o group by {SETS.format("o")}
union all
select 'own', {DIMENSION.format("q")}, {GROUP.format("q")}, count(*), count(*) filter (where q.done)
from people q group by {SETS.format("q")}
"""  # noqa: S608  the parts are ours
# The newest file that has a month, precinct and group says its count; "own words" stand apart from "as counted".
SQL = """select side, dimension, grp, reached, passed
 from app.report_equity(%(begins_at)s, %(ends_at)s, %(until_on)s, %(zone)s, %(completed_by)s)
 union all
 select 'supplied', dimension, grp, sum(number), 0 from (
   select distinct on (agency_id, month, precinct, dimension, "group") dimension, "group" as grp, "count" as number
   from reports_suppliedcount where site_id = %(site)s and month >= %(begins_on)s and month < %(ends_on)s
     and dimension <> 'precinct'
   order by agency_id, month, precinct, dimension, "group", version desc) newest group by dimension, grp
 union all
 select 'precinct', dimension, precinct, sum(number), 0 from (
   select distinct on (agency_id, month, precinct, dimension, "group") dimension, precinct, "count" as number
   from reports_suppliedcount where site_id = %(site)s and month >= %(begins_on)s and month < %(ends_on)s
   order by agency_id, month, precinct, dimension, "group", version desc) newest group by dimension, precinct
 union all
 select 'months', dimension, '', count(distinct month), 0
 from reports_suppliedcount where site_id = %(site)s and month >= %(begins_on)s and month < %(ends_on)s
 group by dimension"""
DIMENSIONS = (Dimension.RACE, Dimension.AGE, Dimension.GENDER, Dimension.PRECINCT)
STAGES = {"perceived": ("offered", "accepted"), "own": ("intake", "completed")}


def read(asked: Asked, rows) -> Found:
    """Keys are "offered" of all, "offered/race:black" of a group; of own words "intake/race:black+white" is a combination."""
    held = Counter()
    for row in rows:
        held[row["side"], row["dimension"], row["grp"], 0] += row["reached"]
        held[row["side"], row["dimension"], row["grp"], 1] += row["passed"]
    counts, sums, implied = {}, [], set()
    extra = {"groups": {}, "supplied": {}, "combinations": {}}
    for side, stages in STAGES.items():
        for place, stage in enumerate(stages):
            counts[stage] = held[side, "all", "", place]
        _nest(counts, sums, implied, "", *stages)
        for dimension in DIMENSIONS:
            groups = sorted({key[2] for key in held if key[:2] == (side, dimension)})
            own_race = side == "own" and dimension == Dimension.RACE
            by_group = {one: [held[side, dimension, one, place] for place in (0, 1)] for one in groups}
            if own_race:
                extra["combinations"] = {one: n for one, n in by_group.items() if "+" in one}
                by_group = alone(by_group, stages, counts, sums, implied)
            for group, numbers in by_group.items():
                for stage, number in zip(stages, numbers, strict=True):
                    counts[f"{stage}/{dimension}:{group}"] = number
                _nest(counts, sums, implied, f"/{dimension}:{group}", *stages)
            for stage in stages:
                sums += [(stage, tuple(f"{stage}/{dimension}:{one}" for one in by_group))] if by_group else []
            extra["groups"][side, dimension] = list(by_group)
    _supplied(asked, held, counts, sums, extra)
    return Found(counts, sums, frozenset(implied), extra)


def _nest(counts, sums, implied, end: str, reached: str, passed: str) -> None:
    """Those who did not pass are those who were reached less those who did."""
    rest = f"not_{passed}{end}"
    counts[rest] = counts[f"{reached}{end}"] - counts[f"{passed}{end}"]
    implied.add(rest)
    sums.append((f"{reached}{end}", (f"{passed}{end}", rest)))


def _supplied(asked: Asked, held, counts, sums, extra) -> None:
    """Counts of the agency, where they cover every month of the period; else nothing is taken from them."""
    months = len(asked.period.months())
    covered = {key[1] for key in held if key[0] == "months" and months and held[key] == months}
    for dimension in DIMENSIONS:
        source = next((one for one in ("all", "race", "gender", "age") if one in covered), None)
        if dimension == Dimension.PRECINCT and source:
            groups = {key[2]: held[key] for key in held if key[:2] == ("precinct", source) and key[3] == 0}
        elif dimension in covered:
            groups = {key[2]: held[key] for key in held if key[:2] == ("supplied", dimension) and key[3] == 0}
        else:
            continue
        extra["supplied"][dimension] = groups
        for group, number in groups.items():
            counts[f"supplied/{dimension}:{group}"] = int(number)
        counts[f"supplied/{dimension}"] = int(sum(groups.values()))
        sums.append((f"supplied/{dimension}", tuple(f"supplied/{dimension}:{one}" for one in groups)))


REPORT = Report(
    name="equity",
    title="Offered, accepted, completed",
    about="By race and ethnicity, age, gender and precinct, with the equity ratio of each stage.",
    definition=(
        "Offered: offers at the arrest and social-contact doors in the period that a person answered, one for each. Accepted: "
        "the person said yes. Until here groups are as the officer perceived them, and before them stand the agency’s own "
        "counts where it supplies them: incidents with a divertible charge and an adult cited or arrested. Intake done and "
        "completed count people referred in the period by all doors, each once, by groups as they describe themselves; age and "
        "precinct are those at the first referral of the period. Equity ratio: a group’s share at a stage divided by its share "
        "at the stage before, with a 95% interval (delta method on the logarithm); 1 is an equal share. No ratio crosses from "
        "what an officer perceived to what people say of themselves."
    ),
    denominator="Shares are of all at that stage, those whose group is not known included. Ratios stand beside their number.",
    columns=(
        "Group",
        "Supplied",
        "Offered",
        "Share of offered",
        "Ratio to supplied",
        "95% interval (supplied)",
        "Accepted",
        "Share of accepted",
        "Ratio to offered",
        "95% interval (offered)",
        "Intake done, alone",
        "Intake, alone or in combination",
        "Share of intake",
        "Completed, alone",
        "Completed, alone or in combination",
        "Share of completed",
        "Ratio to intake",
        "95% interval",
    ),  # fmt: skip
    sql=SQL,
    counted=BODY,
    notes=(
        "“Alone” is one group and no other; “alone or in combination” counts everybody who named the group, so that these "
        "numbers add up to more than the total; “two or more” are those who named several.",
        "The interval of a small number is wide: a ratio alone proves nothing.",
        "Counts that an agency supplies are monthly; a period that is not made of whole months, or lacks a month, has none.",
    ),
    read=read,
    lay_out=lay_out,
)
