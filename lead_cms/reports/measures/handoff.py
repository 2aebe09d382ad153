"""T14, minutes from the officer's call to the arrival, against the site's target."""

from lead_cms.reports.measures.base import OPEN, Asked, Found, Laid, Report
from lead_cms.reports.tables import HIDDEN, Bar, Chart, Column, Figures, Row, Table

SIGNATURE = "report_handoff(p_begins timestamptz, p_ends timestamptz, p_targets jsonb)"
RETURNS = """table(dimension text, grp text, handoffs bigint, timed bigint, within bigint, beyond bigint, no_target bigint,
 nobody_came bigint, no_call bigint, no_arrival bigint, typical double precision[],
 lowest integer, highest integer)"""
BODY = f"""
with made as materialized (
  select r.door, r.precinct, h.called_at, h.arrived_at, h.nobody_came_at is not null and h.arrived_at is null as nobody,
    (p_targets ->> r.rules_id::text)::integer as target,
    floor(extract(epoch from h.arrived_at - h.called_at)::float8 / 60) as minutes
  from referrals_handoff h join referrals_referral r on r.id = h.referral_id
  left join referrals_casework k on k.referral_id = r.id and k.site_id = (select app.site_id())
  left join participants_participant p on p.id = k.participant_id and p.site_id = (select app.site_id())
  where r.site_id = (select app.site_id()) and h.site_id = (select app.site_id())
    and r.submitted_at >= p_begins and r.submitted_at < p_ends
    and r.door = 'arrest' and r.status not in ('cancelled', 'ineligible', 'declined') and {OPEN}
)
select case when grouping(m.precinct) = 0 then 'precinct' else 'all' end,
  m.precinct::text, count(*), count(m.minutes), count(*) filter (where m.minutes <= m.target),
  count(*) filter (where m.minutes > m.target), count(m.minutes) filter (where m.target is null),
  count(*) filter (where m.nobody),
  count(*) filter (where m.minutes is null and not m.nobody and m.called_at is null),
  count(*) filter (where m.minutes is null and not m.nobody and m.called_at is not null),
  percentile_cont(array[0.5, 0.9]) within group (order by m.minutes),
  min(m.target), max(m.target)
from made m group by grouping sets ((), (m.precinct)) order by 1, 2
"""  # noqa: S608  the parts are ours
SQL = """select * from app.report_handoff(%(begins_at)s, %(ends_at)s, (
  select coalesce(jsonb_object_agg(id::text, document #> '{handoff,target_minutes,value}'), '{}')
  from programs_ruleset where site_id = %(site)s))"""
PARTS = ("within", "beyond", "no_target", "nobody_came", "no_call", "no_arrival")
NO_PRECINCT = "Not given"


def read(asked: Asked, rows) -> Found:
    counts, sums, extra, precincts = {}, [], {}, []
    for row in rows:
        end = "" if row["dimension"] == "all" else f":{row['grp']}"
        if end:
            precincts.append(row["grp"])
        for key in ("handoffs", "timed", *PARTS):
            counts[f"{key}{end}"] = row[key]
        extra |= {f"{key}{end}": row[key] for key in ("lowest", "highest")}
        extra[f"median{end}"], extra[f"ninetieth{end}"] = row["typical"] or (None, None)
        sums.append(
            (f"handoffs{end}", tuple(f"{key}{end}" for key in ("timed", "nobody_came", "no_call", "no_arrival")))
        )
        sums.append((f"timed{end}", tuple(f"{key}{end}" for key in ("within", "beyond", "no_target"))))
    for key in ("handoffs", "timed", *PARTS):
        sums += [(key, tuple(f"{key}:{one}" for one in precincts))] if precincts else []
    return Found(counts, sums, extra=extra | {"precincts": precincts})


def lay_out(asked: Asked, found: Found, shown: Figures) -> Laid:
    names = {one.code: one.name for one in asked.rules.precincts or ()} if asked.rules else {}
    lines = [("All", "")]
    lines += [(names.get(one, one) or NO_PRECINCT, f":{one}") for one in found.extra["precincts"]]
    rows = []
    for label, end in lines:
        rows.append(
            Row(
                (
                    label,
                    shown[f"handoffs{end}"],
                    shown[f"timed{end}"],
                    _median(found, shown, "median", end),
                    _median(found, shown, "ninetieth", end),
                    shown[f"within{end}"],
                    shown.share(f"within{end}", f"timed{end}"),
                    shown[f"beyond{end}"],
                    shown[f"nobody_came{end}"],
                    shown[f"no_call{end}"],
                    shown[f"no_arrival{end}"],
                ),
                1 if end else 0,
            )  # fmt: skip
        )
    columns = tuple(Column(label, kind) for label, kind in COLUMNS)
    says = target_says(found.extra["lowest"], found.extra["highest"])
    missing = [shown["no_call"], shown["no_arrival"]]
    words = ["hidden" if one is HIDDEN else str(one) for one in missing]
    return Laid(
        (Table("Minutes to arrival", columns, tuple(rows), note=says),),
        _chart(found, shown, lines, says),
        missing=(f"No time of the call: {words[0]}. Called, and no time of arrival: {words[1]}.",),
        notes=(says,),
    )


def target_says(lowest: int | None, highest: int | None) -> str:
    if lowest is None:
        return "Target: not published. Nothing is counted as within or over it."
    if lowest == highest:
        return f"Target: {lowest} minutes, by the site’s rules."
    return f"Target: {lowest} to {highest} minutes, each referral by the rules it was made under."


def _median(found: Found, shown: Figures, key: str, end: str):
    value = found.extra[f"{key}{end}"]
    return shown.number(None if value is None else round(float(value), 1), f"timed{end}")


def _chart(found: Found, shown: Figures, lines, says: str) -> Chart:
    bars = []
    for label, end in lines:
        value, n = _median(found, shown, "median", end), shown[f"timed{end}"]
        if value is None:
            continue
        words = "hidden" if value is HIDDEN else f"{value:g} min, n {n}"
        bars.append(Bar(f"{label}: {words}", None if value is HIDDEN else value))
    target = found.extra["lowest"] if found.extra["lowest"] == found.extra["highest"] else None
    return Chart(
        "Median minutes from call to arrival", "bars", tuple(bars), target, f"target {target} min" if target else ""
    )


COLUMNS = (
    ("Precinct", "text"), ("Handoffs", "count"), ("With both times", "count"), ("Median minutes", "minutes"),
    ("Nine in ten within", "minutes"), ("Within target", "count"), ("Within, share of those with both times", "share"),
    ("Over target", "count"), ("Nobody came", "count"), ("No time of call", "count"), ("No time of arrival", "count"),
)  # fmt: skip
REPORT = Report(
    name="handoff",
    title="Minutes to the handoff",
    about="From the officer’s call to the arrival, against the site’s target, by precinct.",
    definition=(
        "Offers at the arrest door in the period that a person did not decline: whole minutes from the officer’s call to the "
        "arrival of the case manager, half took no longer (median). Within target: no more minutes than the rules that the "
        "referral was made under name. Nobody came: the officer said so and nobody arrived; it counts against staffing, never "
        "against a person."
    ),
    denominator="Within and over target: handoffs with both times. The rest: all handoffs asked for.",
    columns=tuple(label for label, _ in COLUMNS),
    sql=SQL,
    counted=BODY,
    notes=("Times may be typed later with their true moment; both count alike.",),
    read=read,
    lay_out=lay_out,
)
