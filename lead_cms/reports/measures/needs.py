"""T12, needs and services: what people need, to which services they were referred, whom they met, and what was not there."""

from lead_cms.reports.measures.base import Asked, Found, Laid, Report
from lead_cms.reports.measures.own_words import OPEN_RECORD
from lead_cms.reports.row_suppression import Blocks, Family
from lead_cms.reports.tables import HIDDEN, Bar, Chart, Column, Figures, Row, Table, percent
from services.enums import OPEN, Need, NotAvailable

# Notes and goals name a few of the same needs otherwise.
AS_NEED = {"physical_health": "health", "overdose_prevention": "overdose", "infection_prevention": "infection"}
_CASES = " ".join(f"when '{domain}' then '{need}'" for domain, need in AS_NEED.items())
_WAITING = ", ".join(f"'{status.value}'" for status in OPEN if status != "attended")
SIGNATURE = "report_needs(p_begins timestamptz, p_ends timestamptz, p_from date, p_until date, p_zone text)"
RETURNS = """table(need text, reason text, people bigint, referred bigint, connected bigint, waiting bigint, absent bigint,
 half_within double precision)"""
BODY = f"""
with those as materialized (
  select p.id from participants_participant p where p.site_id = (select app.site_id()) and {OPEN_RECORD}
),
asked as materialized (
  select a.participant_id, r.need, r.status, r.decline_reason as reason, r.attended_on,
    r.attended_on - (r.asked_at at time zone p_zone)::date as days
  from services_servicereferral r join services_askedperson a on a.referral_id = r.id
  join those o on o.id = a.participant_id
  where r.site_id = (select app.site_id()) and r.asked_at >= p_begins and r.asked_at < p_ends
),
gaps as materialized (
  select g.participant_id, g.need, g.reason from services_servicegap g join those o on o.id = g.participant_id
  where g.site_id = (select app.site_id()) and g.recorded_at >= p_begins and g.recorded_at < p_ends
),
absent as (
  select participant_id, need, reason from gaps
  union select participant_id, need, reason from asked where reason <> ''
),
named as (
  select participant_id, need from asked
  union select participant_id, need from gaps
  union select n.participant_id, case d.domain {_CASES} else d.domain end
    from participants_contactnote n join those o on o.id = n.participant_id
    cross join lateral jsonb_array_elements_text(case jsonb_typeof(n.domains) when 'array' then n.domains else '[]' end)
      as d(domain)
    where n.site_id = (select app.site_id()) and n.signed_at is not null and n.happened_at >= p_begins and n.happened_at < p_ends
  union select g.participant_id, case g.domain {_CASES} else g.domain end
    from participants_goal g join those o on o.id = g.participant_id
    where g.site_id = (select app.site_id()) and g.domain <> '' and g.begun_on >= p_from and g.begun_on < p_until
),
each as (
  select m.participant_id, m.need, bool_or(a.participant_id is not null) as referred,
    coalesce(bool_or(a.attended_on < p_until), false) as connected,
    coalesce(bool_or(a.status in ({_WAITING})), false) as waiting,
    exists (select 1 from absent b where b.participant_id = m.participant_id and b.need = m.need) as absent,
    min(a.days) filter (where a.attended_on < p_until) as days
  from named m left join asked a on a.participant_id = m.participant_id and a.need = m.need
  group by m.participant_id, m.need
)
select e.need::text, ''::text, count(*), count(*) filter (where e.referred), count(*) filter (where e.connected),
  count(*) filter (where e.referred and not e.connected and e.waiting), count(*) filter (where e.absent),
  percentile_cont(0.5) within group (order by e.days)
from each e group by grouping sets ((), (e.need))
union all
select '', b.reason::text, count(*), 0, 0, 0, 0, null from absent b group by b.reason
union all
select 'people', '', count(distinct e.participant_id), 0, 0, 0, 0, null from each e
"""  # noqa: S608  the parts are ours
SQL = "select * from app.report_needs(%(begins_at)s, %(ends_at)s, %(begins_on)s, %(until_on)s, %(zone)s)"
PARTS = ("referred", "connected", "waiting", "absent")
ALL = "all"


# A count beside those who named the need tells who is not counted.
FAMILIES = {
    "named": Family(("named",), ("named",)),
    "referred": Family(("referred",), ("referred", "not_referred")),
    "met": Family(("connected", "waiting"), ("connected", "waiting", "neither")),
    "absent": Family(("absent",), ("absent", "no_gap")),
    "reason": Family(("reason",), ("reason",)),
    "people": Family(("people",), ("people",)),
}
TIED = (("named", "referred", "not_referred"), ("referred", "met", "neither"), ("named", "absent", "no_gap"))


def read(asked: Asked, rows) -> Found:
    """Keys are "named:housing" of a need, "named:all" of all needs of everybody; "reason:full" of why there was none."""
    counts, needs, days = {"people:any": 0}, [], {}
    for row in rows:
        if row["reason"]:
            counts[f"reason:{row['reason']}"] = row["people"]
        elif row["need"] == "people":
            counts["people:any"] = row["people"]
        else:
            need = row["need"] or ALL
            needs += [need] if need != ALL else []
            days[need] = row["half_within"]
            counts |= {f"{key}:{need}": value for key, value in _of_need(row).items()}
    return Found(counts, extra={"needs": needs, "days": days}, blocks=Blocks(((ALL, needs),), FAMILIES, TIED))


def _of_need(row: dict) -> dict[str, int]:
    n = {"named": row["people"], **{part: row[part] for part in PARTS}}
    n["not_referred"] = n["named"] - n["referred"]
    n["neither"] = n["referred"] - n["connected"] - n["waiting"]
    n["no_gap"] = n["named"] - n["absent"]
    return n


COLUMNS = (
    Column("Need", "text"), Column("People who named it"), Column("Referred to a service"),
    Column("Referred, share of those who named it", "share"), Column("Met the service"),
    Column("Met, share of those referred", "share"), Column("Wait for it"), Column("Half met it within days", "days"),
    Column("Not available to them"),
)  # fmt: skip


def lay_out(asked: Asked, found: Found, shown: Figures) -> Laid:
    names = dict(Need.choices)
    lines = [("All needs of everybody", ALL)] if f"named:{ALL}" in shown.counts else []
    lines += [(names[one], one) for one in names if one in found.extra["needs"]]
    rows = []
    for label, need in lines:
        cells = (
            label, shown[f"named:{need}"], shown[f"referred:{need}"], shown.share(f"referred:{need}", f"named:{need}"),
            shown[f"connected:{need}"], shown.share(f"connected:{need}", f"referred:{need}"), shown[f"waiting:{need}"],
            shown.number(found.extra["days"][need], f"connected:{need}"), shown[f"absent:{need}"],
        )  # fmt: skip
        rows.append(Row(cells, 0 if need == ALL else 1))
    why = [
        Row((words, shown[f"reason:{code}"])) for code, words in NotAvailable.choices if f"reason:{code}" in shown.counts
    ]  # fmt: skip
    tables = [
        Table(
            "From need to service",
            COLUMNS,
            tuple(rows),
            note=f"People with at least one need: {_said(shown['people:any'])}.",
        )
    ]
    if why:
        tables.append(
            Table("Why a service was not available", (Column("Reason", "text"), Column("People and needs")), tuple(why))
        )
    silent = shown.counts.get(f"not_referred:{ALL}", 0)
    hidden = any(shown.counts and key in shown.hidden for key in (f"named:{ALL}", f"referred:{ALL}"))
    missing = (f"Named, and no referral to a service was written down: {'hidden' if hidden else silent} needs.",)
    return Laid(tuple(tables), _chart(shown, lines), missing=missing)


def _said(value) -> str:
    return "hidden" if value is HIDDEN else str(value)


def _chart(shown: Figures, lines) -> Chart:
    bars = []
    for label, need in lines[1:]:
        value, share = shown[f"named:{need}"], shown.share(f"connected:{need}", f"named:{need}")
        beside = f", {percent(share)}% met a service" if isinstance(share, float) else ""
        bars.append(Bar(f"{label}: {_said(value)}{beside}", None if value is HIDDEN else value))
    return Chart("People who named a need", "bars", tuple(bars))


REPORT = Report(
    name="needs",
    title="Needs and services",
    about="What people need, to which services they were referred, whom they met, and why a service was not available.",
    definition=(
        "A need is named when, in the period, a signed contact note or a goal is about it, a service was asked for it, or it was "
        "written down that none was available. Each person counts once for each need. Referred: a service was asked in the "
        "period. Met: a first visit followed by the end of the period or now. Wait for it: asked, not met, and still open. Not "
        "available: no service could take the person, or the provider said no, for the reason given; the same person may meet "
        "another one all the same."
    ),
    denominator="Shares are of those who named the need, and of those who were referred for it.",
    columns=tuple(column.label for column in COLUMNS),
    sql=SQL,
    counted=BODY,
    notes=(
        "“All needs of everybody” counts a person once for each of their needs; how many people those are stands beside the table.",
        "In files a figure that is hidden takes those that stand with it along, zero among them.",
        "Needs come from what case managers write down; a need that nobody wrote down is in no figure.",
    ),
    read=read,
    lay_out=lay_out,
)
