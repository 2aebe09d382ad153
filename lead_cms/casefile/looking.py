"""Who to look for today, as one list: windows that lack something, referrals to be found, what was promised, long silence.

API
    looked_for(scope, me, rules, now, after) -> (rows, the key of the next page or "")
Each row is one person. Rows that a person may not see are not there: PostgreSQL says so. A list has an end: of a team's it
begins with the first few hundred of each kind.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from lead_cms.casefile.caseload import since_of as silent_since
from lead_cms.programs.rules import Rules
from referrals.enums import ENDED

PAGE = 25
MINE, TEAM, LATER = "mine", "team", "later"
MOST = 400  # of each kind, where nobody's or everybody's are listed

# To be found, by the day listed; `whose` leaves out those that somebody looks after, on a case manager's own list.
TO_FIND = """
  (select c.id, c.referral_id, c.participant_id, c.next_try_at, c.last_attempt_at
     from referrals_outreachentry e join referrals_casework c on c.referral_id = e.referral_id
    where e.site_id = %(site)s and e.state = '{state}' {whose} order by e.listed_at, e.id limit {most})"""
MY_OWN = """
  (select c.id, c.referral_id, c.participant_id, c.next_try_at, c.last_attempt_at
     from referrals_casework c where c.case_manager_id = %(me)s and c.site_id = %(site)s)"""
TEAMS = f"""
  (select c.id, c.referral_id, c.participant_id, c.next_try_at, c.last_attempt_at
     from referrals_intakewindow w join referrals_casework c on c.referral_id = w.referral_id
    where w.site_id = %(site)s and w.state = 'open' and w.due_on >= %(since)s order by w.due_on, w.id limit {MOST})
  union
  (select c.id, c.referral_id, c.participant_id, c.next_try_at, c.last_attempt_at
     from referrals_casework c
    where c.site_id = %(site)s and c.next_try_at < %(tonight)s order by c.next_try_at desc limit {MOST})"""  # noqa: S608


def _to_find(whose: str) -> str:
    return " union ".join(TO_FIND.format(state=state, whose=whose, most=MOST) for state in ("to_find", "tried"))


CANDIDATES = {
    MINE: f"{MY_OWN} union {_to_find('and c.case_manager_id is null')}",
    TEAM: f"{TEAMS} union {_to_find('')}",
    LATER: MY_OWN,
}
# What is promised counts until a try on its day or later. A window counts while it is open and lacks something.
FOUND = """
with candidate as materialized ({candidates}),
told as materialized (
  select c.id, c.referral_id, coalesce(c.participant_id, c.referral_id) as person, c.last_attempt_at, w.due_on,
         e.state in ('to_find', 'tried') as to_find, c.next_try_at as try_at, v.meets_at,
         case when n.next_on > c.tried_on or c.tried_on is null then n.next_on end as note_on,
         case when s.by_when > c.tried_on or c.tried_on is null then s.by_when end as step_on,
         coalesce(greatest(t.reached, v.kept, k.talked, h.handed_over_at), r.submitted_at) as met_at,
         c.participant_id is not null and coalesce(p.state, 'active') = 'active'
           and greatest(t.reached, v.kept, k.talked, h.handed_over_at,
                        p.began_on::timestamp at time zone 'UTC') < %(silent)s::timestamptz as is_silent
    from (select id, referral_id, participant_id, next_try_at, last_attempt_at,
                 (last_attempt_at at time zone %(zone)s)::date as tried_on from candidate) c
    join referrals_referral r on r.id = c.referral_id and r.status <> all(%(ended)s)
    left join referrals_intakewindow o on o.referral_id = c.referral_id
    left join lateral (
      select o.due_on where o.state = 'open' and o.due_on >= %(since)s and exists (
        select 1 from jsonb_array_elements_text(o.required_items) wanted(kind) where not exists (
          select 1 from referrals_windowitem i where i.window_id = o.id and i.kind = wanted.kind
             and i.done_on between o.starts_on and o.due_on
             and (not i.needs_confirmation or i.confirmed_at is not null)))) w on true
    left join referrals_outreachentry e on e.referral_id = c.referral_id
    left join referrals_handoff h on h.referral_id = c.referral_id
    left join participants_participant q on q.id = c.participant_id
    left join participants_participation p on p.participant_id = c.participant_id and p.ended_on is null
    left join lateral (select max(a.tried_at) as reached from referrals_attempt a
                        where a.referral_id = c.referral_id and a.outcome = 'reached') t on true
    left join lateral (select max(a.at) filter (where a.state = 'kept') as kept,
                              min(a.at) filter (where a.state = 'booked') as meets_at
                         from referrals_appointment a where a.referral_id = c.referral_id) v on true
    left join lateral (select max(m.happened_at) as talked from participants_contactnote m
                        where m.participant_id = c.participant_id and m.is_two_way and m.signed_at is not null) k on true
    left join lateral (select m.next_on from participants_contactnote m
                        where m.participant_id = c.participant_id and m.signed_at is not null
                        order by m.happened_at desc, m.id desc limit 1) n on true
    left join lateral (select min(g.by_when) as by_when from participants_goalstep g
                         join participants_goal f on f.id = g.goal_id and f.state = 'active'
                        where g.participant_id = c.participant_id and g.state = 'open') s on true
   where q.died_on is null and coalesce(o.state, '') <> 'stepped_back'),
person as (
  select id, referral_id, to_find, is_silent, met_at, min(due_on) over who as due_on,
         min(least(try_at, meets_at, note_on::timestamp at time zone %(zone)s,
                   step_on::timestamp at time zone %(zone)s)) over who as promised_at,
         max(last_attempt_at) over who as tried_at, min(try_at) over who as try_at, min(meets_at) over who as meets_at,
         min(note_on) over who as note_on, min(step_on) over who as step_on, bool_or(to_find) over who as any_to_find,
         bool_and(coalesce(is_silent, false)) over who as all_silent,
         row_number() over (partition by person order by due_on nulls last, to_find desc nulls last, met_at desc, id) as nth
    from told window who as (partition by person)),
line as (
  select id, due_on, promised_at, met_at, try_at, meets_at, note_on, step_on, all_silent,
         coalesce(promised_at < %(tonight)s or coalesce(due_on < (promised_at at time zone %(zone)s)::date, false),
                  tried_at is null or tried_at < %(midnight)s) as is_today,
         {first} as k1, coalesce(promised_at, '9999-12-31 00:00+00') as k2
    from person
   where nth = 1 and (due_on is not null or any_to_find or promised_at is not null or all_silent))
select id, due_on, promised_at, met_at, try_at, meets_at, note_on, step_on, all_silent, k1, k2
  from line where is_today = %(is_today)s and (k1, k2, met_at, id) > (%(a)s, %(b)s, %(c)s, %(d)s)
 order by k1, k2, met_at, id limit {most}
"""
STATEMENTS = {
    scope: FOUND.format(
        candidates=candidates, most=PAGE + 1,
        first="'9999-12-31'::date" if scope == LATER else "coalesce(due_on, '9999-12-31')",
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
        "since": local.date() - timedelta(days=grace), "silent": silent_since(rules, now), "is_today": scope != LATER,
    }  # fmt: skip
    given |= dict(zip("abcd", read_key(after) or BEGINNING, strict=True))
    with connection.cursor() as cursor:
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
