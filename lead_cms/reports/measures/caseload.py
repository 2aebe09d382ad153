"""T11, caseload: who is active and who out of touch at the end of the period, per case manager, against the site's thresholds."""

from datetime import datetime, time, timedelta

from lead_cms.reports.measures.base import OPEN, Asked, Found, Laid, Report
from lead_cms.reports.tables import HIDDEN, Bar, Chart, Column, Figures, Row, Table

SIGNATURE = "report_caseload(p_ends timestamptz, p_since timestamptz, p_on date)"
RETURNS = (
    "table(who uuid, name text, active bigint, inactive bigint, suggested bigint, never_met bigint, unassigned bigint)"
)
# One row a person of one case manager, as it stood at that moment: a hand-over since then is looked through.
BODY = f"""
with held as materialized (
  select k.referral_id, k.participant_id, coalesce(k.participant_id, k.referral_id) as person,
    case when later.id is null then k.case_manager_id else later.former_id end as manager,
    case when r.status = 'handed_over' and r.status_changed_at < p_ends then r.status_changed_at end as changed_at
  from referrals_referral r
  join referrals_casework k on k.referral_id = r.id and k.site_id = (select app.site_id())
  left join participants_participant p on p.id = k.participant_id and p.site_id = (select app.site_id())
  left join referrals_intakewindow w on w.referral_id = r.id and w.site_id = (select app.site_id())
  left join lateral (
    select h.id, h.former_id from referrals_casehandover h where h.referral_id = r.id and h.assigned_at >= p_ends
    order by h.assigned_at limit 1) later on true
  where r.site_id = (select app.site_id()) and r.submitted_at < p_ends and {OPEN}
    and not (r.status in ('done', 'declined', 'ineligible', 'not_approved', 'cancelled') and r.status_changed_at < p_ends)
    and not coalesce(w.state = 'stepped_back' and w.state_changed_at < p_ends, false)
    and (p.died_on is null or p.died_on > p_on)
),
spells as (
  select s.participant_id, bool_or(s.state = 'inactive') as inactive, bool_and(s.state = 'door_open') as door_open
  from participants_participation s
  where s.site_id = (select app.site_id()) and s.began_on <= p_on and (s.ended_on is null or s.ended_on > p_on)
  group by s.participant_id
),
talked as (
  select n.participant_id, max(n.happened_at) as at from participants_contactnote n
  where n.site_id = (select app.site_id()) and n.is_two_way and n.signed_at is not null and n.happened_at < p_ends
  group by n.participant_id
),
people as (
  select h.manager, h.person, coalesce(bool_or(s.inactive), false) as inactive,
    max(greatest(t.at, v.at, n.at, o.handed_over_at, h.changed_at)) as met
  from held h
  left join spells s on s.participant_id = h.participant_id
  left join referrals_handoff o on o.referral_id = h.referral_id and o.site_id = (select app.site_id())
    and o.handed_over_at < p_ends
  left join talked n on n.participant_id = h.participant_id
  left join lateral (select max(a.tried_at) as at from referrals_attempt a
    where a.referral_id = h.referral_id and a.outcome = 'reached' and a.tried_at < p_ends) t on true
  left join lateral (select max(a.at) as at from referrals_appointment a
    where a.referral_id = h.referral_id and a.state = 'kept' and a.at < p_ends) v on true
  where not coalesce(s.door_open, false)
  group by h.manager, h.person
)
select p.manager, max(m.name)::text,
  count(*) filter (where p.manager is not null and not p.inactive and not coalesce(p.met < p_since, false)),
  count(*) filter (where p.manager is not null and p.inactive),
  count(*) filter (where p.manager is not null and not p.inactive and p.met < p_since),
  count(*) filter (where p.manager is not null and p.met is null),
  count(*) filter (where p.manager is null)
from people p left join accounts_membership m on m.id = p.manager
group by p.manager order by max(m.name) nulls last, p.manager
"""  # noqa: S608  the parts are ours
SQL = "select * from app.report_caseload(%(ends_at)s, %(touched_at)s, %(until_on)s::date - 1) order by name nulls last, who"
PARTS = ("active", "inactive", "suggested")
TOTALS = ("out", "together", *PARTS)


def read(asked: Asked, rows) -> Found:
    """Keys are "active" of everybody together, "active:<key>" of one case manager."""
    counts, sums = dict.fromkeys((*TOTALS, "never_met", "met", "unassigned"), 0), []
    held = [row for row in rows if row["who"] is not None]
    for row in rows:
        counts["unassigned"] += row["unassigned"]
        counts["never_met"] += row["never_met"]
    for row in held:
        end = f":{row['who']}"
        of = {part: row[part] for part in PARTS}
        of["out"] = of["inactive"] + of["suggested"]
        of["together"] = of["active"] + of["out"]
        for key, count in of.items():
            counts[f"{key}{end}"] = count
            counts[key] += count
    counts["met"] = counts["together"] - counts["never_met"]
    ends = [f":{row['who']}" for row in held]
    for end in ["", *ends]:
        sums.append((f"together{end}", (f"active{end}", f"out{end}")))
        sums.append((f"out{end}", (f"inactive{end}", f"suggested{end}")))
    for key in TOTALS:
        sums += [(key, tuple(f"{key}{end}" for end in ends))] if ends else []
    sums.append(("together", ("never_met", "met")))
    return Found(counts, sums, frozenset({"met"}), {"ends": ends})


def lay_out(asked: Asked, found: Found, shown: Figures) -> Laid:
    load = asked.rules.caseload if asked.rules else None
    lines = [("All", "")] + [(f"Case manager {number}", end) for number, end in enumerate(found.extra["ends"], 1)]
    rows = []
    for label, end in lines:
        active = shown[f"active{end}"]
        against = None if not end or load is None else HIDDEN if active is HIDDEN else load.against(active)[0] or None
        rows.append(
            Row((label, *(shown[f"{key}{end}"] for key in ("active", "out", "inactive", "suggested", "together")), against),
                1 if end else 0)
        )  # fmt: skip
    columns = tuple(Column(label, kind) for label, kind in COLUMNS)
    missing = [("Nobody looks after them", "unassigned"), ("No contact entered", "never_met")]
    words = [f"{label}: {'hidden' if shown[key] is HIDDEN else shown[key]}." for label, key in missing]
    return Laid(
        (Table("Caseloads", columns, tuple(rows), note=_thresholds(load)),), _chart(lines[1:], shown, load),
        missing=(" ".join(words),), notes=(_thresholds(load),),
    )  # fmt: skip


def _thresholds(load) -> str:
    """What the site's rules say of a load, and of how long without contact."""
    if load is None or load.most is None:
        return "Thresholds: not published. No load is measured against one."
    touch = "not published; nobody is suggested" if load.out_of_touch_days is None else f"{load.out_of_touch_days} days"
    said = [
        f"full {load.full}" if load.full else "",
        f"high above {load.high}" if load.high else "",
        f"never more than {load.most}",
    ]
    return f"By the site’s rules: {', '.join(one for one in said if one)} active people. Out of touch after: {touch}."


def _chart(lines, shown: Figures, load) -> Chart:
    bars = []
    for label, end in lines:
        active, out = shown[f"active{end}"], shown[f"out{end}"]
        says = f"{'hidden' if active is HIDDEN else active} active, {'hidden' if out is HIDDEN else out} out of touch"
        bars.append(Bar(f"{label}: {says}", None if active is HIDDEN else active))
    most = load.most if load else None
    return Chart(
        "Active people for each case manager", "bars", tuple(bars) or (Bar("Nobody is looked after: 0", 0),), most,
        f"never more than {most}" if most else "",
    )  # fmt: skip


def touched_at(asked: Asked) -> datetime | None:
    """Contacts before this moment are long ago, at the end of the period or now; None while the site has not decided."""
    days = asked.rules.caseload.out_of_touch_days if asked.rules else None
    if days is None:
        return None
    return min(datetime.combine(asked.period.ends_on, time(), asked.site.tz), asked.data_at) - timedelta(days=days)


COLUMNS = (
    ("Case managers", "text"), ("Active", "count"), ("Out of touch", "count"), ("Inactive", "count"),
    ("Suggested", "count"), ("Together", "count"), ("Against the thresholds", "text"),
)  # fmt: skip
REPORT = Report(
    name="caseload",
    title="Caseloads",
    about="People active and out of touch for each case manager, against the site’s thresholds.",
    definition=(
        "People whom somebody looked after at the end of the last day of the period, or now if that is still to come: referrals "
        "that have not ended, of people whose door is not only open and who have not stepped back. A person counts once for "
        "each case manager, whatever the number of referrals. Out of touch: set as inactive, or suggested, because no contact "
        "both ways was entered for the site’s days: a try that reached them, an appointment kept, a talk in a signed note, the "
        "handover itself. Active: the others. Case managers stand in alphabetical order and without names; it is no ranking."
    ),
    denominator="Everybody looked after by a case manager or a supervisor of the site on that day.",
    columns=tuple(label for label, _ in COLUMNS),
    sql=SQL,
    counted=BODY,
    notes=(
        "Who looked after whom on an earlier day is read from the hand-overs since then.",
        "Whether somebody is suggested follows the rules of the period’s last day; nobody is set so by it.",
    ),
    read=read,
    lay_out=lay_out,
    given=lambda asked: {"touched_at": touched_at(asked)},
)
