"""T9, the clock: what became of the windows that began, how long things took, and what was decided on the charges."""

from lead_cms.reports.measures.base import OPEN, Asked, Found, Laid, Report
from lead_cms.reports.tables import HIDDEN, Bar, Chart, Column, Figures, Row, Table, percent

SIGNATURE = "report_clock(p_begins date, p_ends date, p_over date)"
RETURNS = """table(days integer, begun bigint, met bigint, running bigint, stepped_back bigint, ended bigint,
 extended bigint, intakes bigint, intake_days double precision, assessments bigint, assessment_days double precision,
 charges bigint, filed bigint, completed bigint, discretion bigint)"""
BODY = f"""
with made as materialized (
  select w.id, w.referral_id, w.state, w.due_on, w.met_on, w.starts_on, w.extension_count,
    w.first_due_on - w.starts_on as days
  from referrals_intakewindow w
  left join referrals_casework k on k.referral_id = w.referral_id and k.site_id = (select app.site_id())
  left join participants_participant p on p.id = k.participant_id and p.site_id = (select app.site_id())
  where w.site_id = (select app.site_id()) and w.starts_on >= p_begins and w.starts_on < p_ends and {OPEN}
),
items as (
  select i.window_id, min(i.done_on) filter (where i.kind = 'intake') as intake_on,
    min(i.done_on) filter (where i.kind = 'assessment') as assessment_on
  from referrals_windowitem i join made m on m.id = i.window_id
  where i.site_id = (select app.site_id()) and (not i.needs_confirmation or i.confirmed_at is not null) group by i.window_id
),
charges as (
  select c.referral_id, count(*) as all_of, count(*) filter (where c.decision = 'filed') as filed,
    count(*) filter (where c.decision = 'not_filed_completed') as completed,
    count(*) filter (where c.decision = 'not_filed_discretion') as discretion
  from referrals_heldcharge c join made m on m.referral_id = c.referral_id
  where c.site_id = (select app.site_id()) group by c.referral_id
)
select m.days, count(*), count(*) filter (where m.met_on is not null),
  count(*) filter (where m.met_on is null and m.state = 'open' and m.due_on >= p_over),
  count(*) filter (where m.met_on is null and m.state = 'stepped_back'),
  count(*) filter (where m.met_on is null and (m.state = 'ended' or m.state = 'open' and m.due_on < p_over)),
  count(*) filter (where m.extension_count > 0),
  count(i.intake_on), percentile_cont(0.5) within group (order by i.intake_on - m.starts_on),
  count(i.assessment_on), percentile_cont(0.5) within group (order by i.assessment_on - m.starts_on),
  coalesce(sum(c.all_of), 0)::bigint, coalesce(sum(c.filed), 0)::bigint, coalesce(sum(c.completed), 0)::bigint,
  coalesce(sum(c.discretion), 0)::bigint
from made m left join items i on i.window_id = m.id left join charges c on c.referral_id = m.referral_id
group by grouping sets ((), (m.days)) order by m.days nulls first
"""  # noqa: S608  the parts are ours
SQL = "select * from app.report_clock(%(begins_on)s, %(ends_on)s, %(over_on)s)"
PARTS = ("met", "running", "stepped_back", "ended")
DECIDED = ("completed", "discretion", "filed", "undecided")
MEDIANS = ("intake_days", "assessment_days")


def read(asked: Asked, rows) -> Found:
    """Keys are "met" of all windows, "met:30" of those of thirty days."""
    counts, extra, sums, implied = {}, {}, [], set()
    lengths = [row["days"] for row in rows if row["days"] is not None]
    for row in rows:
        end = "" if row["days"] is None else f":{row['days']}"
        for key, value in row.items():
            if key in MEDIANS:
                extra[f"{key}{end}"] = value
            elif key != "days":
                counts[f"{key}{end}"] = value
        counts[f"undecided{end}"] = row["charges"] - row["filed"] - row["completed"] - row["discretion"]
        for key, parts in (("begun", PARTS), ("charges", DECIDED)):
            sums.append((f"{key}{end}", tuple(f"{part}{end}" for part in parts)))
        for part in ("extended", "intakes", "assessments"):
            implied.add(f"not_{part}{end}")
            counts[f"not_{part}{end}"] = row["begun"] - row[part]
            sums.append((f"begun{end}", (f"{part}{end}", f"not_{part}{end}")))
    for key in ("begun", "charges", "extended", "intakes", "assessments", *PARTS, *DECIDED):
        sums += [(key, tuple(f"{key}:{days}" for days in lengths))] if lengths else []
    return Found(counts, sums, frozenset(implied), extra | {"lengths": lengths})


def lay_out(asked: Asked, found: Found, shown: Figures) -> Laid:
    ends = [("All windows", "")] + [(f"Windows of {days} days", f":{days}") for days in found.extra["lengths"]]
    ends = ends if len(ends) > 2 else ends[:1]
    windows, charges = [], []
    for label, end in ends:
        windows.append(
            Row(
                (
                    label,
                    shown[f"begun{end}"],
                    shown[f"met{end}"],
                    shown.share(f"met{end}", f"begun{end}"),
                    shown[f"running{end}"],
                    shown[f"stepped_back{end}"],
                    shown[f"ended{end}"],
                    shown[f"extended{end}"],
                    shown.number(found.extra[f"intake_days{end}"], f"intakes{end}"),
                    shown.number(found.extra[f"assessment_days{end}"], f"assessments{end}"),
                )
            )  # fmt: skip
        )
        charges.append(
            Row((label, shown[f"charges{end}"], *(shown[f"{key}{end}"] for key in DECIDED)))
        )  # fmt: skip
    columns = (
        Column("Windows", "text"), Column("Begun"), Column("Met inside"), Column("Met, share of begun", "share"),
        Column("Still running"), Column("Stepped back"), Column("Ended without"), Column("Had more time"),
        Column("Median days to intake", "days"), Column("Median days to assessment", "days"),
    )  # fmt: skip
    decided = (
        Column("Charges of", "text"), Column("Held"), Column("Not filed, completed"), Column("Not filed, discretion"),
        Column("Filed"), Column("Not decided yet"),
    )  # fmt: skip
    without = shown["not_intakes"] if shown["intakes"] is not HIDDEN else HIDDEN
    return Laid(
        (Table("What became of the windows", columns, tuple(windows)), Table("Decisions", decided, tuple(charges))),
        _chart(shown),
        missing=(f"Windows without a day of intake: {'hidden' if without is HIDDEN else without}.",),
    )


def _chart(shown: Figures) -> Chart:
    bars = []
    for label, key in (
        ("Met inside the window", "met"), ("Still running", "running"), ("Stepped back, door open", "stepped_back"),
        ("Ended without", "ended"),
    ):  # fmt: skip
        value, share = shown[key], shown.share(key, "begun")
        beside = f" ({percent(share)}%)" if isinstance(share, float) else ""
        bars.append(
            Bar(f"{label}: {'hidden' if value is HIDDEN else value}{beside}", None if value is HIDDEN else value)
        )
    return Chart("What became of the windows that began", "bars", tuple(bars))


REPORT = Report(
    name="clock",
    title="Windows and decisions",
    about="Windows that began, how many were met inside their days, and what was decided on the charges.",
    definition=(
        "Windows whose day 0 lies in the period, and what had become of each by the end of the period or now, whichever is "
        "earlier. Met inside: everything that the site's rules require was done on or before the last day, counted on the day "
        "it was done. Ended without: the last day has passed, or the window was ended, and it was not met. Days to intake and "
        "assessment count from day 0; half took no longer. Decisions are the prosecutor's, on the charges held with these "
        "windows; nothing is filed or closed by the system."
    ),
    denominator="Windows that began in the period. Decisions: charges held with those windows.",
    columns=(
        "Windows",
        "Begun",
        "Met inside",
        "Met, share of begun",
        "Still running",
        "Stepped back",
        "Ended without",
        "Had more time",
        "Median days to intake",
        "Median days to assessment",
    ),  # fmt: skip
    sql=SQL,
    counted=BODY,
    notes=(
        "Windows of different lengths are also shown apart.",
        "Results of windows and decisions on charges are counted apart, so that neither tells the other.",
    ),
    read=read,
    lay_out=lay_out,
)
