"""What a site did in a period, as the coordinator reads it: a few aggregate queries over the whole site.

API
    period_of(name, on, back=0) -> Period      "month" or "quarter", `back` of them before the one of the day
    count_doors(site_id, begins_at, ends_at) -> {door: Doors}
    count_windows(site_id, begins_on, ends_on, today) -> Windows
    count_decisions(site_id, begins_at, ends_at, today) -> Decisions
    count_rest(site_id, begins_at, ends_at, begins_on, ends_on) -> Rest

Referrals count by the day they were sent, windows by their day 0, decisions by the day they were made, incidents by the
day they happened. Restricted and sealed records are the supervisor's and in no figure here. No join makes rows: each
query reads one table, or two one to one, once.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from referrals.enums import Door

SOON_DAYS = 7

# "Minutes to arrival" are from the call to the arrival (docs/practice.md 1–3), whole handoffs only.
DOORS_SQL = """
select r.door, count(*) as sent,
  count(*) filter (where r.status = 'declined') as declined,
  count(*) filter (where r.status = 'ineligible') as ineligible,
  count(*) filter (where r.status = 'not_approved') as not_approved,
  count(*) filter (where r.status = 'cancelled') as cancelled,
  count(*) filter (where r.status in ('handed_over', 'done')) as handed_over,
  count(*) filter (where r.status in ('triage', 'pending', 'submitted', 'outreach')) as waiting,
  count(*) filter (where r.person_answer <> '' and r.status <> 'ineligible') as offers,
  count(h.arrived_at) filter (where h.called_at is not null) as arrivals,
  count(*) filter (where h.arrived_at - h.called_at <= make_interval(mins => %(target)s)) as in_time,
  percentile_cont(0.5) within group (order by extract(epoch from h.arrived_at - h.called_at))
    filter (where h.called_at is not null and h.arrived_at is not null) as median_seconds,
  count(h.nobody_came_at) as nobody_came
from referrals_referral r left join referrals_handoff h on h.referral_id = r.id
where r.site_id = %(site)s and r.submitted_at >= %(begins_at)s and r.submitted_at < %(ends_at)s
group by r.door
"""

WINDOWS_SQL = """
select
  count(*) filter (where state = 'open') as running,
  count(*) filter (where state = 'open' and due_on between %(today)s and %(soon)s) as soon,
  count(*) filter (where state = 'open' and due_on < %(today)s) as over,
  count(*) filter (where begun) as opened,
  count(*) filter (where begun and state = 'open' and due_on >= %(today)s) as still_open,
  count(*) filter (where begun and met_on is not null) as met,
  count(*) filter (where begun and state = 'stepped_back') as stepped_back,
  count(*) filter (where begun and met_on is null and (state = 'ended' or state = 'open' and due_on < %(today)s)) as ended,
  count(*) filter (where begun and extension_count > 0) as extended,
  percentile_cont(0.5) within group (order by met_on - starts_on) filter (where begun and met_on is not null) as median_day
from (
  select state, due_on, met_on, starts_on, extension_count,
    starts_on >= %(begins_on)s and starts_on < %(ends_on)s as begun
  from referrals_intakewindow
  where site_id = %(site)s and (state = 'open' or starts_on >= %(begins_on)s and starts_on < %(ends_on)s)
) w
"""

DECISIONS_SQL = """
select
  count(*) filter (where decided_at is null and hidden_at is null) as undecided,
  count(*) filter (where decided_at is null and hidden_at is null and due_on < %(today)s) as past_due,
  count(*) filter (where decision = 'not_filed_completed' and made) as completed,
  count(*) filter (where decision = 'not_filed_discretion' and made) as discretion,
  count(*) filter (where decision = 'filed' and made) as filed
from (
  select decision, decided_at, hidden_at, due_on, decided_at >= %(begins_at)s and decided_at < %(ends_at)s as made
  from referrals_heldcharge
  where site_id = %(site)s and (decided_at is null or decided_at >= %(begins_at)s and decided_at < %(ends_at)s)
) c
"""

# Incidents are distinct incidents, whatever the number of rows and codes of each.
REST_SQL = """
select
  (select count(*) from referrals_outreachentry
    where site_id = %(site)s and first_tried_at is null and state in ('waiting', 'to_find')) as untried,
  (select count(*) from referrals_outreachentry where site_id = %(site)s and first_tried_at is null
    and state in ('waiting', 'to_find') and first_try_target_at < %(now)s) as past_target,
  (select count(*) from referrals_underagecount
    where site_id = %(site)s and met_on >= %(begins_on)s and met_on < %(ends_on)s) as under_age,
  (select coalesce(json_object_agg("group", incidents), '{}'::json) from (
    select "group", count(distinct incident_number) as incidents from referrals_incidentrecord
    where site_id = %(site)s and "group" <> '' and occurred_at >= %(begins_at)s and occurred_at < %(ends_at)s
    group by "group") g) as incidents,
  (select count(distinct incident_number) from referrals_incidentrecord
    where site_id = %(site)s and "group" <> '' and occurred_at >= %(begins_at)s and occurred_at < %(ends_at)s) as all_incidents
"""


@dataclass(frozen=True)
class Period:
    """Whole months of the site: from the first day to before the next first day."""

    name: str
    begins_on: date
    ends_on: date
    back: int = 0

    @property
    def says(self) -> str:
        last = self.ends_on - timedelta(days=1)
        if self.name == "month":
            return f"{self.begins_on:%B %Y}"
        return f"{self.begins_on:%B} to {last:%B %Y}"


@dataclass(frozen=True)
class Doors:
    sent: int = 0
    declined: int = 0
    ineligible: int = 0
    not_approved: int = 0
    cancelled: int = 0
    handed_over: int = 0
    waiting: int = 0
    offers: int = 0
    arrivals: int = 0
    in_time: int = 0
    median_seconds: float | None = None
    nobody_came: int = 0

    @property
    def median_minutes(self) -> int | None:
        return None if self.median_seconds is None else int(float(self.median_seconds) // 60)


@dataclass(frozen=True)
class Windows:
    running: int
    soon: int
    over: int
    opened: int
    still_open: int
    met: int
    stepped_back: int
    ended: int
    extended: int
    median_day: float | None


@dataclass(frozen=True)
class Decisions:
    undecided: int
    past_due: int
    completed: int
    discretion: int
    filed: int

    @property
    def made(self) -> int:
        return self.completed + self.discretion + self.filed


@dataclass(frozen=True)
class Rest:
    untried: int
    past_target: int
    under_age: int
    incidents: dict[str, int]
    all_incidents: int


def period_of(name: str, on: date, back: int = 0) -> Period:
    """The month or quarter of a day, or the one `back` of them earlier."""
    step = 1 if name == "month" else 3
    number = on.year * 12 + (on.month - 1) // step * step - back * step
    return Period(name, _first(number), _first(number + step), back)


def count_doors(site_id, begins_at: datetime, ends_at: datetime, *, target_minutes: int | None) -> dict[str, Doors]:
    """Offers and what came of them, door by door; every door is there."""
    given = {"site": site_id, "begins_at": begins_at, "ends_at": ends_at, "target": target_minutes or 0}
    rows = {row.pop("door"): Doors(**row) for row in _rows(DOORS_SQL, given)}
    return {door: rows.get(door, Doors()) for door in Door.values}


def count_windows(site_id, begins_on: date, ends_on: date, *, today: date) -> Windows:
    """Windows running now, and what became of those whose day 0 lies in the period."""
    given = {"site": site_id, "begins_on": begins_on, "ends_on": ends_on, "today": today}
    return Windows(**_rows(WINDOWS_SQL, given | {"soon": today + timedelta(days=SOON_DAYS)})[0])


def count_decisions(site_id, begins_at: datetime, ends_at: datetime, *, today: date) -> Decisions:
    """Charges held now, and the prosecutor's decisions of the period."""
    return Decisions(
        **_rows(DECISIONS_SQL, {"site": site_id, "begins_at": begins_at, "ends_at": ends_at, "today": today})[0]
    )


def count_rest(site_id, period: Period, begins_at: datetime, ends_at: datetime, *, now: datetime) -> Rest:
    """Outreach that nobody has tried, people met who were under age, and the police's own incidents."""
    given = {
        "site": site_id, "begins_at": begins_at, "ends_at": ends_at, "begins_on": period.begins_on,
        "ends_on": period.ends_on, "now": now,
    }  # fmt: skip
    return Rest(**_rows(REST_SQL, given)[0])


def _first(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _rows(sql: str, given: dict) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
