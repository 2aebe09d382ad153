"""T6, person-months: the month before somebody began against each month after, as their case managers confirmed them."""

from datetime import date

from lead_cms.reports.measures.base import Asked, Found, Laid, Report
from lead_cms.reports.measures.own_words import OPEN_RECORD
from lead_cms.reports.row_suppression import Blocks, Family
from lead_cms.reports.tables import HIDDEN, Bar, Chart, Column, Figures, Row, Table, percent

LAST = 18  # months after the beginning that stand alone; later ones together
SIGNATURE = "report_months(p_from date, p_until date, p_zone text)"
RETURNS = """table(idx integer, month date, due bigint, confirmed bigint, sheltered bigint, sheltered_no bigint, jail bigint,
 permanent bigint, permanent_no bigint, work bigint, work_no bigint, support bigint, support_no bigint, contacts bigint)"""
BODY = f"""
with spells as (
  select s.participant_id, s.began_on, s.ended_on,
    date_trunc('month', min(s.began_on) over (partition by s.participant_id)::timestamp)::date as first_month
  from participants_participation s
  join participants_participant p on p.id = s.participant_id and p.site_id = (select app.site_id())
  where s.site_id = (select app.site_id()) and s.state <> 'door_open'
    and s.began_on < p_until + interval '1 month' and {OPEN_RECORD}
),
due as materialized (
  select distinct s.participant_id, s.first_month, m::date as month
  from spells s cross join lateral generate_series(
    greatest(date_trunc('month', s.began_on::timestamp), p_from::timestamp),
    least(coalesce(s.ended_on, p_until - 1), p_until - 1)::timestamp, interval '1 month') m
  union
  select s.participant_id, s.first_month, (s.first_month - interval '1 month')::date from spells s
  where s.first_month - interval '1 month' >= p_from and s.first_month - interval '1 month' < p_until
),
contacts as (
  select n.participant_id, date_trunc('month', n.happened_at at time zone p_zone)::date as month, count(*) as n
  from participants_contactnote n
  where n.site_id = (select app.site_id()) and n.is_two_way and n.signed_at is not null
    and n.happened_at >= p_from::timestamp at time zone p_zone
    and n.happened_at < (p_until::timestamp + interval '1 month') at time zone p_zone
  group by 1, 2
),
facts as (
  select case when d.month < d.first_month then -1 else least(1 + (date_part('year', d.month) - date_part('year', d.first_month))
      * 12 + date_part('month', d.month) - date_part('month', d.first_month), {LAST + 1}) end::integer as idx,
    case when d.month >= d.first_month then d.month end as month, x.id, x.sheltered, x.permanent, x.continuum, x.living,
    x.income, x.benefits, coalesce(c.n, 0) as contacts
  from due d
  left join participants_personmonth x on x.participant_id = d.participant_id and x.month = d.month
    and x.superseded_at is null and x.site_id = (select app.site_id())
  left join contacts c on c.participant_id = d.participant_id and c.month = d.month
)
select f.idx, f.month, count(*), count(f.id),
  count(*) filter (where f.sheltered = 'yes'), count(*) filter (where f.sheltered = 'no'),
  count(*) filter (where f.living = '207'),
  count(*) filter (where f.permanent = 'yes'), count(*) filter (where f.permanent = 'no'),
  count(*) filter (where f.continuum = 'yes'), count(*) filter (where f.continuum = 'no'),
  count(*) filter (where f.income = '1' or f.benefits = '1'), count(*) filter (where f.income = '0' and f.benefits = '0'),
  sum(f.contacts)::bigint
from facts f group by grouping sets ((f.idx), (f.month)) having f.idx is not null or f.month is not null order by 1, 2
"""  # noqa: S608  the parts are ours
SQL = """select * from app.report_months(
 (date_trunc('month', (%(begins_on)s::date - 1)::timestamp) + interval '1 month')::date, %(until_on)s, %(zone)s)"""
MEASURES = {
    "sheltered": "Sheltered", "permanent": "Permanent housing", "work": "On the employment continuum",
    "support": "Income or benefits",
}  # fmt: skip
BEFORE, AFTER, LATER, ALL = "-1", "1-18", "19", "all"
MOST_MONTHS = 36  # of the calendar in one table


def read(asked: Asked, rows) -> Found:
    """Keys are "sheltered:-1" of the month before, ":1" of the first month, ":2026-10" of one of the calendar."""
    held = {str(row["idx"]) if row["idx"] is not None else f"{row['month']:%Y-%m}": dict(row) for row in rows}
    months = sorted(key for key in held if len(key) == len("2026-10"))
    # A month that nobody has reached is no row: there is nothing in it.
    numbers = [one for one in map(str, range(1, LAST + 1)) if one in held]
    together = {AFTER: numbers, ALL: [*numbers, LATER]}
    for group in (BEFORE, LATER):
        held.setdefault(group, {})
    for group, parts in together.items():
        held[group] = _added([held[part] for part in parts])
    counts, contacts = {}, {}
    for group, row in held.items():
        contacts[group] = int(row.get("contacts") or 0)
        counts |= {f"{key}:{group}": value for key, value in _of_group(row).items()}
    wholes = ((AFTER, numbers), (ALL, (AFTER, LATER)), (ALL, (*numbers, LATER)), (ALL, months))
    extra = {"months": months, "numbers": numbers, "contacts": contacts}
    return Found(counts, extra=extra, blocks=Blocks(wholes, FAMILIES, TIED))


def _added(rows: list[dict]) -> dict:
    return {key: sum(row.get(key) or 0 for row in rows) for row in rows for key in row if key not in {"idx", "month"}}


def _of_group(row: dict) -> dict[str, int]:
    """What is printed of a group of months, and what can be worked out from it."""
    n = {key: int(row.get(key) or 0) for key in ("due", "confirmed", "jail", *MEASURES, *(f"{m}_no" for m in MEASURES))}
    n["open"] = n["due"] - n["confirmed"]
    n["outside"] = n["sheltered_no"] - n["jail"]
    for measure in MEASURES:
        n[f"{measure}_known"] = n[measure] + n[f"{measure}_no"]
        n[f"{measure}_unknown"] = n["confirmed"] - n[f"{measure}_known"]
        n[f"{measure}_rest"] = n["confirmed"] - n[measure]
    return n


# What is shown together: a count beside those confirmed tells who is not counted; its share tells how many are known, and so
# how many are a no, and how many nobody knows.
FAMILIES = {"base": Family(("due", "confirmed", "open"), ("due", "confirmed", "open"))}
for _one in MEASURES:
    FAMILIES[_one] = Family((_one,), (_one, f"{_one}_rest"))
    FAMILIES[f"{_one}_share"] = Family((f"{_one}_known",), (f"{_one}_known", f"{_one}_no", f"{_one}_unknown"))
FAMILIES["roof"] = Family(("outside", "jail"), ("outside", "jail"), ("sheltered", "sheltered_share"))
TIED = tuple(
    tie
    for one in MEASURES
    for tie in (
        ("base", one, f"{one}_rest"), ("base", f"{one}_share", f"{one}_unknown"), (one, f"{one}_share", f"{one}_no"),
    )
)  # fmt: skip


def lay_out(asked: Asked, found: Found, shown: Figures) -> Laid:
    before = ("Month before", BEFORE)
    brief = [before, (f"Months 1 to {LAST}", AFTER), ("Later months", LATER), ("All since they began", ALL)]
    each = [before, *((f"Month {one}", one) for one in found.extra["numbers"]), ("Later", LATER)]
    tables = [
        _table("Before and after", brief, found, shown),
        _table("Month by month since they began", each, found, shown),
    ]
    months = found.extra["months"]
    notes = ()
    if len(months) <= MOST_MONTHS:
        said = [(f"{date.fromisoformat(f'{one}-01'):%B %Y}", one) for one in months]
        tables.append(_table("By month of the calendar", said, found, shown))
    else:
        notes = (f"Months of the calendar stand in a table of their own where the period has {MOST_MONTHS} or fewer.",)
    missing = tuple(
        _missing(shown, *line) for line in (("of the months since they began", ALL), ("of the months before", BEFORE))
    )
    return Laid(tuple(tables), _chart(shown), missing=missing, notes=notes)


COLUMNS = (
    Column("Months", "text"), Column("Person-months"), Column("Confirmed"), Column("Sheltered"),
    Column("Share sheltered", "share"), Column("Unsheltered"), Column("In jail"), Column("Permanent housing"),
    Column("Share in permanent housing", "share"), Column("Employment continuum"), Column("Share on the continuum", "share"),
    Column("Income or benefits"), Column("Share with income or benefits", "share"), Column("Contacts a month", "days"),
    Column("Not confirmed"),
)  # fmt: skip


def _table(title: str, lines, found: Found, shown: Figures) -> Table:
    rows = []
    for label, group in lines:
        cells = [label, shown[f"due:{group}"], shown[f"confirmed:{group}"]]
        for measure in MEASURES:
            cells += [shown[f"{measure}:{group}"], shown.share(f"{measure}:{group}", f"{measure}_known:{group}")]
            if measure == "sheltered":
                cells += [shown[f"outside:{group}"], shown[f"jail:{group}"]]
        due = found.counts[f"due:{group}"]
        mean = round(found.extra["contacts"][group] / due, 1) if due and group != BEFORE else None
        rows.append(Row((*cells, shown.number(mean, f"due:{group}"), shown[f"open:{group}"])))
    return Table(title, COLUMNS, tuple(rows))


def _missing(shown: Figures, words: str, group: str) -> str:
    """How many are not confirmed, and in how many of the rest an answer is not known."""
    says = [f"Not confirmed {words}: {_said(shown[f'open:{group}'])} of {_said(shown[f'due:{group}'])}"]
    for measure, name in MEASURES.items():
        confirmed, known = shown[f"confirmed:{group}"], shown[f"{measure}_known:{group}"]
        says.append(
            f"{name.lower()} not known in {_said(HIDDEN if HIDDEN in (confirmed, known) else confirmed - known)}"
        )
    return "; ".join(says) + "."


def _said(value) -> str:
    return "hidden" if value is HIDDEN else str(value)


def _chart(shown: Figures) -> Chart:
    bars = []
    for measure, name in MEASURES.items():
        for words, group in (("before", BEFORE), ("after", AFTER)):
            share = shown.share(f"{measure}:{group}", f"{measure}_known:{group}")
            says = "hidden" if share is HIDDEN else "none known" if share is None else f"{percent(share)}%"
            bars.append(
                Bar(
                    f"{name.removeprefix('On the ').capitalize()}, {words}: {says}",
                    share if isinstance(share, float) else None,
                )
            )
    return Chart(f"The month before they began, and months 1 to {LAST}", "bars", tuple(bars))


REPORT = Report(
    name="months",
    title="Month by month",
    about="Shelter, housing, work, income and benefits: the month before people began, and each month after.",
    definition=(
        "Months of the calendar that begin in the period, of everybody who took part on at least one day of them, and the month "
        "before each person’s first day. Whose door is open only does not take part. Month 1 is the one in which they said yes. "
        "Only months that a case manager confirmed are known: what a page knows from before counts for nothing until then. "
        "Sheltered, by the HUD code of the living situation: a shelter, an institution other than jail, a place for a while, a "
        "home of their own; a place not meant for habitation (116) and jail or prison (207) are not. Permanent housing: rented "
        "or owned. Employment continuum: from training over day labor and work to retirement. Contacts: talks both ways in "
        "signed notes. Before and after are the same people only where the period holds all their months; it says nothing of "
        "causes."
    ),
    denominator="Shares are of the confirmed months in which the answer is known. Contacts: of all person-months.",
    columns=tuple(column.label for column in COLUMNS),
    sql=SQL,
    counted=BODY,
    notes=(
        "A person counts once in each month; in several rows together as often as they have months there.",
        "In files a figure that is hidden takes those that stand with it along, zero among them.",
        "The running month is counted as soon as it has begun, and mostly not confirmed yet.",
    ),
    read=read,
    lay_out=lay_out,
)
