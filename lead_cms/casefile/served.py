"""How many people each of the team reached and served: what was done, in alphabetical order, never as a ranking.

API
    served(site_id, since, until) -> (everybody of the team: [Served], together: Served)
Reached: they talked with each other, in a try, at an appointment or in a signed note. Served: at least one of those talked
with for whom something more was done: an appointment kept, an item of a window, a goal or a step, a service asked.
A person counts once for each case manager, and once for the team.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from lead_cms.access.permissions import CASEWORK
from lead_cms.accounts.models import Membership

MOST_PEOPLE = 200
SERVED = """
with done as (
  select a.tried_by_id as who, coalesce(c.participant_id, c.referral_id) as person, true as talked, false as more
    from referrals_attempt a join referrals_casework c on c.referral_id = a.referral_id
   where a.site_id = %(site)s and a.outcome = 'reached' and a.kind <> 'third_party'
     and a.tried_at >= %(begins)s and a.tried_at < %(ends)s
  union all
  select n.author_id, n.participant_id, true, false from participants_contactnote n
   where n.site_id = %(site)s and n.is_two_way and n.signed_at is not null and n.happened_at >= %(begins)s
     and n.happened_at < %(ends)s
  union all
  select v.booked_by_id, coalesce(c.participant_id, c.referral_id), true, true
    from referrals_appointment v join referrals_casework c on c.referral_id = v.referral_id
   where v.site_id = %(site)s and v.state = 'kept' and v.at >= %(begins)s and v.at < %(ends)s
  union all
  select i.typed_by_id, coalesce(c.participant_id, c.referral_id), false, true
    from referrals_windowitem i join referrals_intakewindow w on w.id = i.window_id
    join referrals_casework c on c.referral_id = w.referral_id
   where i.site_id = %(site)s and i.done_on >= %(begins_on)s and i.done_on < %(ends_on)s
  union all
  select g.recorded_by_id, g.participant_id, false, true from participants_goal g
   where g.site_id = %(site)s and g.recorded_at >= %(begins)s and g.recorded_at < %(ends)s
  union all
  select s.recorded_by_id, s.participant_id, false, true from participants_goalstep s
   where s.site_id = %(site)s and s.recorded_at >= %(begins)s and s.recorded_at < %(ends)s
  union all
  select q.asked_by_id, p.participant_id, false, true
    from services_servicereferral q join services_askedperson p on p.referral_id = q.id
   where q.site_id = %(site)s and q.asked_at >= %(begins)s and q.asked_at < %(ends)s),
each as (select who, person, bool_or(talked) as talked, bool_or(more) as more from done group by who, person),
team as (select person, bool_or(talked) as talked, bool_or(talked and more) as more from each group by person)
select who, count(*) filter (where talked), count(*) filter (where talked and more) from each group by who
union all
select null, count(*) filter (where talked), count(*) filter (where more) from team
"""


@dataclass(frozen=True)
class Served:
    name: str
    reached: int
    served: int


def served(site_id: UUID, since: date, until: date, tz) -> tuple[list[Served], Served]:
    """From the first day to before the other; two queries. Whoever of the team did nothing of it stands there with 0."""
    begins, ends = (datetime.combine(day, datetime.min.time(), tz) for day in (since, until))
    given = {"site": site_id, "begins_on": since, "ends_on": until, "begins": begins, "ends": ends}
    with connection.cursor() as cursor:
        cursor.execute(SERVED, given)
        counted = {who: (reached, more) for who, reached, more in cursor.fetchall()}
    together = Served("Together", *counted.pop(None))
    team = Membership.objects.filter(site_id=site_id, role__in=CASEWORK).order_by("name", "pk")[:MOST_PEOPLE]
    now = datetime.now(tz)
    shown = [one for one in team if one.pk in counted or (one.role == "case_manager" and one.is_current(now))]
    return [Served(one.name, *counted.get(one.pk, (0, 0))) for one in shown], together
