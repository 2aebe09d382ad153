"""Who to look for today, as one list: windows that lack something, referrals to be found, what was promised, long silence.

API
    looked_for(scope, me, rules, now, after) -> (rows, the key of the next page or "")
Each row is one person. Rows that a person may not see are not there: PostgreSQL says so. A list has an end: it is made of the
first of each kind.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from lead_cms.casefile.caseload import since_of as silent_since
from lead_cms.programs.rules import Rules
from referrals.enums import ENDED

PAGE = 12
MINE, TEAM, LATER = "mine", "team", "later"
# Of each kind that is looked through; nobody finds more in a day.
MOST, MOST_OF_TEAM = 24, 48

WINDOWS = """
  (select c.id from referrals_intakewindow w join referrals_casework c on c.referral_id = w.referral_id
    where w.{whose} and w.state = 'open' and w.due_on >= %(since)s order by w.due_on, w.id limit {most})"""
# By what the database keeps of a case (referrals/row_security/standing.py).
KEPT = "(select c.id from referrals_casework c where c.{whose} and {that} order by c.{by} limit {most})"
ME, NOBODY, TEAMS = "case_manager_id = %(me)s", "case_manager_id is null and c.site_id = %(site)s", "site_id = %(site)s"
SILENT = {"that": "c.standing = 'active' and c.met_at < %(silent)s::timestamptz", "by": "met_at"}
DUE, TO_COME = ({"that": f"c.promised_at {than} %(tonight)s", "by": "promised_at"} for than in ("<", ">="))
TRIES_DUE = {"that": "c.next_try_at < %(tonight)s", "by": "next_try_at desc"}
TRIED = {"that": "c.last_attempt_at >= %(midnight)s", "by": "last_attempt_at"}
TO_FIND = {"that": "c.to_find_since is not null", "by": "to_find_since"}
# Of one's own people alone: of others' nobody reads a step, and nothing that is kept for the team is found from one.
STEPS = """
  (select c.id from participants_goalstep g
     join participants_goal f on f.id = g.goal_id and f.state = 'active'
     join referrals_casework c on c.participant_id = g.participant_id and c.case_manager_id = %(me)s
    where g.state = 'open' and g.by_when {than} %(tomorrow)s order by g.by_when, g.id limit {most})"""


def _looked_through(*kinds: tuple[str, dict], windows_of: str, most: int, steps: str = "") -> str:
    windows = WINDOWS.format(whose=windows_of, most=most)
    parts = [windows, *(KEPT.format(whose=whose, most=most, **what) for whose, what in kinds)]
    return " union ".join([*parts, *([STEPS.format(than=steps, most=most)] if steps else [])])


CANDIDATES = {
    MINE: _looked_through(
        (ME, DUE), (ME, SILENT), (ME, TO_FIND), (NOBODY, TO_FIND), windows_of=ME, most=MOST, steps="<"
    ),
    TEAM: _looked_through((TEAMS, TRIES_DUE), (TEAMS, TO_FIND), windows_of=TEAMS, most=MOST_OF_TEAM),
    LATER: _looked_through((ME, TO_COME), (ME, SILENT), (ME, TRIED), windows_of=ME, most=MOST, steps=">="),
}
# What is promised counts until a try on its day or later. A window counts while it is open and lacks something. Who is to be
# tried again after their window's last day stays on today's list, and moves on like anybody once that day is over.
FOUND = """
with chosen as materialized (
  select c.id, c.participant_id from referrals_casework c where c.id = any (array({candidates}))),
candidate as materialized (
  select id from chosen
  union select c.id from chosen join referrals_casework c on c.participant_id = chosen.participant_id),
told as materialized (
  select c.id, c.referral_id, coalesce(c.participant_id, c.referral_id) as person, c.last_attempt_at, w.due_on,
         e.state in ('to_find', 'tried') as to_find,
         least(c.promised_at, s.by_when::timestamp at time zone %(zone)s) as promised_at,
         coalesce(c.met_at, r.submitted_at) as met_at,
         c.participant_id is not null and c.standing = 'active' and c.met_at < %(silent)s::timestamptz as is_silent
    from candidate k
    join referrals_casework c on c.id = k.id
    join referrals_referral r on r.id = c.referral_id and r.status <> all(%(ended)s)
    left join referrals_intakewindow o on o.referral_id = c.referral_id
    left join lateral (
      select o.due_on where o.state = 'open' and o.due_on >= %(since)s and exists (
        select 1 from jsonb_array_elements_text(o.required_items) wanted(kind) where not exists (
          select 1 from referrals_windowitem i where i.window_id = o.id and i.kind = wanted.kind
             and i.done_on between o.starts_on and o.due_on
             and (not i.needs_confirmation or i.confirmed_at is not null)))) w on true
    left join referrals_outreachentry e on e.referral_id = c.referral_id
    left join participants_participant q on q.id = c.participant_id
    left join lateral (select min(g.by_when) as by_when from participants_goalstep g
                         join participants_goal f on f.id = g.goal_id and f.state = 'active'
                        where g.participant_id = c.participant_id and g.state = 'open'
                          and (c.last_attempt_at is null
                               or g.by_when > (c.last_attempt_at at time zone %(zone)s)::date)) s on true
   where q.died_on is null and coalesce(o.state, '') <> 'stepped_back'{whose}),
person as (
  select id, to_find, is_silent, met_at, min(due_on) over who as due_on, min(promised_at) over who as promised_at,
         max(last_attempt_at) over who as tried_at, array_agg(referral_id) over who as cases,
         bool_or(to_find) over who as any_to_find, bool_and(coalesce(is_silent, false)) over who as all_silent,
         row_number() over (partition by person order by due_on nulls last, to_find desc nulls last, met_at desc, id) as nth
    from told window who as (partition by person)),
line as (
  select id, due_on, promised_at, met_at, all_silent, cases,
         coalesce(promised_at < %(tonight)s
                    or coalesce(due_on between %(today)s and (promised_at at time zone %(zone)s)::date - 1, false),
                  tried_at is null or tried_at < %(midnight)s) as is_today,
         {first} as k1, coalesce(promised_at, '9999-12-31 00:00+00') as k2
    from person
   where nth = 1 and (due_on is not null or any_to_find or promised_at is not null or all_silent)),
page as (
  select * from line where is_today = %(is_today)s and (k1, k2, met_at, id) > (%(a)s, %(b)s, %(c)s, %(d)s)
   order by k1, k2, met_at, id limit {most})
select page.id, due_on, promised_at, met_at, x.try_at, x.meets_at, x.note_on, x.step_on, all_silent, k1, k2
  from page cross join lateral (
    select min(c.next_try_at) as try_at, min(v.meets_at) as meets_at,
           min(n.next_on) filter (where n.next_on > c.tried_on or c.tried_on is null) as note_on,
           min(s.by_when) filter (where s.by_when > c.tried_on or c.tried_on is null) as step_on
      from (select *, (last_attempt_at at time zone %(zone)s)::date as tried_on from referrals_casework
             where referral_id = any (page.cases)) c
      left join lateral (select min(a.at) as meets_at from referrals_appointment a
                          where a.referral_id = c.referral_id and a.state = 'booked') v on true
      left join lateral (select m.next_on from participants_contactnote m
                          where m.participant_id = c.participant_id and m.signed_at is not null
                          order by m.happened_at desc, m.id desc limit 1) n on true
      left join lateral (select g.by_when from participants_goalstep g
                           join participants_goal f on f.id = g.goal_id and f.state = 'active'
                          where g.participant_id = c.participant_id and g.state = 'open') s on true) x
 order by k1, k2, met_at, page.id
"""
STATEMENTS = {
    scope: FOUND.format(
        candidates=candidates, most=PAGE + 1,
        first="'9999-12-31'::date" if scope == LATER else "coalesce(due_on, '9999-12-31')",
        # What is another's is not on one's own list, and what is restricted or sealed on no other.
        whose=" and (c.case_manager_id = %(me)s or not (c.is_restricted or c.is_sealed or coalesce(q.is_restricted, false))"
        f"{'' if scope == TEAM else ' and c.case_manager_id is null'})",
    )
    for scope, candidates in CANDIDATES.items()
}  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """One person to look for: the casework that the row opens, and why it stands here."""

    case: UUID
    due_on: date | None
    promised_at: datetime | None
    met_at: datetime
    try_at: datetime | None
    meets_at: datetime | None
    note_on: date | None
    step_on: date | None
    is_silent: bool
    first: date
    second: datetime

    @property
    def key(self) -> str:
        return f"{self.first.isoformat()},{self.second.isoformat()},{self.met_at.isoformat()},{self.case}"


BEGINNING = (date.min, datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))


def looked_for(scope: str, me, rules: Rules | None, now: datetime, after: str = "") -> tuple[list[Looked], str]:
    """One page by window, then what was promised, then who has not been met for longest. One query."""
    local = timezone.localtime(now)
    midnight = timezone.make_aware(datetime.combine(local.date(), time.min))
    grace = (rules.window.decision_grace_days or 0) if rules else 0
    given = {
        "site": me.site_id, "me": me.pk, "zone": str(me.site.tz), "ended": list(ENDED), "midnight": midnight,
        "tonight": timezone.make_aware(datetime.combine(local.date() + timedelta(days=1), time.min)),
        "today": local.date(), "tomorrow": local.date() + timedelta(days=1),
        "since": local.date() - timedelta(days=grace), "silent": silent_since(rules, now), "is_today": scope != LATER,
    }  # fmt: skip
    given |= dict(zip("abcd", read_key(after) or BEGINNING, strict=True))
    with connection.prepared_cursor() as cursor:  # to plan it takes as long as to answer it
        cursor.execute(STATEMENTS[scope], given)
        rows = [Looked(*row) for row in cursor.fetchall()]
    return rows[:PAGE], rows[PAGE - 1].key if len(rows) > PAGE else ""


def read_key(text: str) -> tuple | None:
    """The key of the last row of the page before; anything else is the first page."""
    try:
        first, second, met, case = text.split(",")
        return date.fromisoformat(first), _aware(second), _aware(met), UUID(case)
    except ValueError:
        return None


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment
