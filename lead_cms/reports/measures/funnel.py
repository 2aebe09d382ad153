"""T1, the funnel: from people referred to people enrolled and engaged, in the shape that Santa Fe published."""

from lead_cms.reports.measures.base import OPEN, Asked, Found, Laid, Report
from lead_cms.reports.tables import HIDDEN, Bar, Chart, Column, Figures, Row, Table, percent

SIGNATURE = (
    "report_funnel(p_begins timestamptz, p_ends timestamptz, p_since date, p_until date, p_over date, p_zone text)"
)
RETURNS = "table(measure text, n bigint)"
# One row a person: a person referred twice counts once, by what came nearest to taking part.
BODY = f"""
with made as materialized (
  select k.participant_id, coalesce(k.participant_id, r.id) as person, r.status, r.status_changed_at,
    w.state as window_state, w.state_changed_at as window_changed_at, w.due_on, w.due_on - w.starts_on as days,
    o.state as outreach, o.state_changed_at as outreach_changed_at
  from referrals_referral r
  left join referrals_casework k on k.referral_id = r.id and k.site_id = (select app.site_id())
  left join participants_participant p on p.id = k.participant_id and p.site_id = (select app.site_id())
  left join referrals_intakewindow w on w.referral_id = r.id and w.site_id = (select app.site_id())
  left join referrals_outreachentry o on o.referral_id = r.id and o.site_id = (select app.site_id())
  where r.site_id = (select app.site_id()) and r.submitted_at >= p_begins and r.submitted_at < p_ends
    and r.status <> 'cancelled' and {OPEN}
),
cases as (
  select k.participant_id, k.referral_id from referrals_casework k
  where k.site_id = (select app.site_id())
    and k.participant_id in (select m.participant_id from made m where m.participant_id is not null)
),
intake as (
  select done.participant_id, max(done.done_on) as last_on from (
    select c.participant_id, d.done_on from cases c join referrals_record d on d.referral_id = c.referral_id
      where d.site_id = (select app.site_id()) and d.kind = 'intake' and d.done_on < p_until
    union all
    select c.participant_id, i.done_on from cases c join referrals_intakewindow w on w.referral_id = c.referral_id
      join referrals_windowitem i on i.window_id = w.id
      where i.site_id = (select app.site_id()) and i.kind = 'intake' and i.done_on < p_until
        and (not i.needs_confirmation or i.confirmed_at is not null)
    union all
    select c.participant_id, w.met_on from cases c join referrals_intakewindow w on w.referral_id = c.referral_id
      where w.site_id = (select app.site_id()) and w.met_on < p_until) done
  group by done.participant_id
),
reached as (
  select distinct c.participant_id from cases c join referrals_attempt a on a.referral_id = c.referral_id
  where a.site_id = (select app.site_id()) and a.outcome = 'reached' and a.kind <> 'third_party'
    and a.tried_at >= p_since::timestamp at time zone p_zone and a.tried_at < p_until::timestamp at time zone p_zone
),
enrolled as (
  select i.participant_id, i.last_on >= p_since or c.participant_id is not null as is_engaged,
    i.participant_id in (
      select g.participant_id from reports_gettingalong g where g.site_id = (select app.site_id())
        and g.since_on < p_until and (g.ended_on is null or g.ended_on >= p_until)) as gets_along
  from intake i left join reached c on c.participant_id = i.participant_id
  where i.participant_id in (select s.participant_id from participants_participation s
    where s.site_id = (select app.site_id()) and s.began_on < p_until)
),
people as (
  select m.person, m.participant_id, min(case
      when m.status = 'ineligible' and m.status_changed_at < p_ends then 5
      when m.status = 'not_approved' and m.status_changed_at < p_ends then 4
      when m.status = 'declined' then 3
      when m.window_state = 'stepped_back' and m.window_changed_at < p_ends then 3
      when m.outreach = 'not_now' and m.outreach_changed_at < p_ends then 3
      when m.window_state = 'ended' or m.window_state = 'open' and m.due_on < p_over then 2
      when m.outreach = 'not_found' and m.outreach_changed_at < p_ends then 2
      when m.status = 'done' and m.status_changed_at < p_ends then 2
      else 1 end) as place,
    max(m.days) as days
  from made m group by m.person, m.participant_id
),
placed as (
  select case when e.participant_id is not null then 0 else o.place end as place, e.is_engaged, e.gets_along, o.days
  from people o left join enrolled e on e.participant_id = o.participant_id
)
select v.measure, v.n from (
  select count(*) as referred, count(*) filter (where place = 5) as ineligible,
    count(*) filter (where place = 4) as not_approved, count(*) filter (where place = 3) as declined,
    count(*) filter (where place = 2) as no_intake, count(*) filter (where place = 1) as in_process,
    count(*) filter (where place = 0) as enrolled, count(*) filter (where place = 0 and is_engaged) as engaged,
    count(*) filter (where place = 0 and not is_engaged and gets_along) as self_supporting,
    min(days) filter (where place = 2) as fewest_days, max(days) filter (where place = 2) as most_days
  from placed) c
cross join lateral (values ('referred', c.referred), ('ineligible', c.ineligible), ('not_approved', c.not_approved),
  ('declined', c.declined), ('no_intake', c.no_intake), ('in_process', c.in_process), ('enrolled', c.enrolled),
  ('engaged', c.engaged), ('self_supporting', c.self_supporting), ('fewest_days', c.fewest_days),
  ('most_days', c.most_days)) v(measure, n)
union all
select 'cancelled', count(*) from referrals_referral r
left join referrals_casework k on k.referral_id = r.id and k.site_id = (select app.site_id())
left join participants_participant p on p.id = k.participant_id and p.site_id = (select app.site_id())
where r.site_id = (select app.site_id()) and r.submitted_at >= p_begins and r.submitted_at < p_ends
  and r.status = 'cancelled' and {OPEN}
"""  # noqa: S608  the parts are ours
SQL = """select measure, n from app.report_funnel(%(begins_at)s, %(ends_at)s, %(since_on)s, %(until_on)s, %(over_on)s,
 %(zone)s)"""

SUMS = [
    ("referred", ("out", "in")),
    ("out", ("ineligible", "not_approved", "declined", "no_intake")),
    ("in", ("engaged", "not_engaged", "in_process")),
    ("enrolled", ("engaged", "not_engaged")),
    ("not_engaged", ("self_supporting", "other_not_engaged")),
]


def read(asked: Asked, rows) -> Found:
    n = {row["measure"]: row["n"] for row in rows}
    days = (n.pop("fewest_days"), n.pop("most_days"))
    n["out"] = n["ineligible"] + n["not_approved"] + n["declined"] + n["no_intake"]
    n["in"] = n["in_process"] + n["enrolled"]
    n["not_engaged"] = n["enrolled"] - n["engaged"]
    n["other_not_engaged"] = n["not_engaged"] - n["self_supporting"]
    return Found(n, SUMS, frozenset({"other_not_engaged"}), {"days": days})


def lay_out(asked: Asked, found: Found, shown: Figures) -> Laid:
    fewest, most = found.extra["days"]
    window = f"No intake in {most} days" if most and fewest == most else "No intake, or not found"
    lines = [
        ("Referred", "referred", "", 0),
        ("Not in the program", "out", "referred", 0),
        ("Ineligible", "ineligible", "referred", 1),
        ("Not approved", "not_approved", "referred", 1),
        ("Declined, or not now", "declined", "referred", 1),
        (window, "no_intake", "referred", 1),
        ("In the program", "in", "referred", 0),
        ("Engaged in the past year", "engaged", "in", 1),
        ("Not engaged for a year or more", "not_engaged", "in", 1),
        ("of these, self-supporting", "self_supporting", "", 2),
        ("In process", "in_process", "in", 1),
        ("Enrolled (engaged or not)", "enrolled", "", 0),
    ]
    rows = tuple(
        Row((label, shown[key], shown.share(key, of) if of else None, _of(of)), level)
        for label, key, of, level in lines
    )
    columns = (Column("People", "text"), Column("Number"), Column("Share", "share"), Column("Share of", "text"))
    return Laid(
        (Table("From referral to engagement", columns, rows),),
        _chart(lines, shown),
        missing=(f"Left out: {_said(shown['cancelled'])} referrals that the officer canceled.",),
    )


def _of(key: str) -> str | None:
    return {"referred": "those referred", "in": "those in the program"}.get(key)


def _said(value) -> str:
    return "hidden" if value is HIDDEN else str(value)


def _chart(lines, shown: Figures) -> Chart:
    bars = []
    for label, key, of, _ in lines:
        if key in {"not_approved", "self_supporting"} and shown[key] == 0:
            continue
        value, share = shown[key], shown.share(key, of) if of == "in" else None
        beside = f" ({percent(share)}%)" if isinstance(share, float) else ""
        bars.append(Bar(f"{label}: {_said(value)}{beside}", None if value is HIDDEN else value))
    return Chart("People, from referral to engagement", "bars", tuple(bars))


REPORT = Report(
    name="funnel",
    title="From referral to engagement",
    about="People referred, who is in the program, who is engaged, and where the others went.",
    definition=(
        "People referred in the period, by all doors; a person referred more than once counts once, by what came nearest to "
        "taking part. Enrolled: they said yes to taking part and their intake is done. Engaged: in the year before the end of "
        "the period a try reached them, or they did an intake. In process: neither enrolled nor any of the exits. "
        "Where people stood at the end of the last day of the period, or now if that is still to come."
    ),
    denominator="Exits are shares of those referred; what became of the others are shares of those in the program.",
    columns=("People", "Number", "Share", "Share of"),
    sql=SQL,
    counted=BODY,
    notes=(
        "Self-supporting is what a case manager noted; nobody is put there by a rule.",
        "A person who steps back, or says not now, stands under declined; the door stays open.",
    ),
    read=read,
    lay_out=lay_out,
)
