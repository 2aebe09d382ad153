"""Caseloads: per case manager the active and the out of touch apart, in alphabetical order and never as a ranking.

API
    loads(site_id, rules, now, today) -> [Load], everybody of the team with how many people they look after
    over_by_one(load, rules) -> what speaks against giving them one more, "" for nothing
    cases_of(site_id, manager_id) -> Casework rows, none of them restricted or sealed
    is_out_of_touch(case, rules, now)
Out of touch is read from a spell that is inactive, or suggested after the site's days without a contact both ways: a try
that reached the person, an appointment kept, the handover itself. It is never set, and nothing follows from it by itself.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from lead_cms.access.permissions import CASEWORK, Role
from lead_cms.accounts.models import Membership
from lead_cms.core.prepared import prepared
from lead_cms.core.sql import AnyOf, Keys
from lead_cms.programs.rules import Rules
from participants.models import Participant
from referrals.enums import Standing
from referrals.models import Casework

WEEK_DAYS = 7  # a calendar week from today, as the lists of windows say it
MOST_PEOPLE = 200
OF_A_CASE = (
    "standing", "met_at", "participant__chosen_name", "participant__given_name", "participant__family_name",
    "participant__street_names", "participant__aliases", "referral__submitted_at", "referral__rules_id",
    "referral__person__name", "referral__person__description", "referral__window__state", "referral__window__due_on",
)  # fmt: skip
CLOSED = Q(is_restricted=True) | Q(is_sealed=True)
ENDED_ROLE = "Their role has ended: hand these over"

# One row a person of one case manager first: who has two referrals is one person, in touch when reached over either.
PEOPLE = """
  select c.case_manager_id as manager, coalesce(c.participant_id, c.referral_id) as person,
         bool_or(c.is_restricted or p.id is not null) as closed, bool_or(c.standing = 'inactive') as inactive,
         max(c.met_at) as met,
         count(*) filter (where w.due_on >= %(today)s and w.due_on < %(until)s) as ending{more}
    from referrals_casework c
    left join referrals_intakewindow w on w.referral_id = c.referral_id and w.state = 'open'
    left join participants_participant p on p.id = c.participant_id and p.is_restricted
   where c.site_id = %(site)s and c.case_manager_id is not null and c.standing <> ''
   group by 1, 2"""
COUNTED = """
select manager,
       count(*) filter (where not inactive and (met is null or %(since)s::timestamptz is null or met >= %(since)s)) as active,
       count(*) filter (where inactive) as inactive,
       count(*) filter (where not inactive and met < %(since)s) as suggested,
       count(*) filter (where closed) as closed, sum(ending) as ending
  from people group by manager"""
COUNT = f"with people as ({PEOPLE.format(more='')}) {COUNTED}"


# The same for Today: who has how many active, how many records of the site are closed to the team, own notes to sign.
BRIEF = f"""
select (select jsonb_agg(x) from (
         select n.id as key, n.kind as four, n.happened_at as at, p.chosen_name as one, p.given_name as two,
                p.family_name as three
           from participants_contactnote n join participants_participant p on p.id = n.participant_id
          where n.author_id = %(me)s and n.signed_at is null order by n.saved_at, n.id limit 5) x),
       (select count(*) from referrals_casework z where z.site_id = %(site)s and (z.is_restricted or z.is_sealed)),
       m.id, m.name, m.ends_at is not null and m.ends_at <= %(now)s, l.active
  from (select 1) one
  left join ({COUNT}) l
         (manager, active, inactive, suggested, closed, ending) on true
  left join accounts_membership m on m.id = l.manager
 order by m.name, m.id
"""  # noqa: S608  nothing in it is anybody's words


@dataclass(frozen=True)
class Over:
    """Somebody whose caseload the site's rules speak of."""

    key: UUID
    name: str
    active: int
    says: str


@dataclass(frozen=True)
class Load:
    """How many people one of the team looks after."""

    person: Membership
    is_current: bool
    active: int
    inactive: int
    suggested: int
    closed: int
    ending: int
    says: str = ""
    tone: str = "neutral"

    @property
    def out_of_touch(self) -> int:
        return self.inactive + self.suggested

    @property
    def is_over(self) -> bool:
        return self.tone != "neutral"


def loads(site_id: UUID, rules: Rules | None, now: datetime, today: date) -> list[Load]:
    """Everybody current of the team, and whoever still has cases after their role ended. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, given(site_id, rules, now, today))
        counted = {manager: tuple(int(one) for one in counts) for manager, *counts in cursor.fetchall()}
    return team_of(site_id, counted, rules, now)


def team_of(site_id: UUID, counted: dict[UUID, tuple], rules: Rules | None, now: datetime) -> list[Load]:
    """The team in alphabetical order with what was counted. One query."""
    team = Membership.objects.filter(site_id=site_id, role__in=CASEWORK).order_by("name", "pk")[:MOST_PEOPLE]
    found = []
    for person in team:
        numbers, current = counted.get(person.pk), person.is_current(now)
        if numbers is None and not (current and person.role == Role.CASE_MANAGER):
            continue
        active, inactive, suggested, closed, ending = numbers or (0, 0, 0, 0, 0)
        says, tone = against(active, rules)
        if not current:
            says, tone = ENDED_ROLE, "bad"
        found.append(Load(person, current, active, inactive, suggested, closed, ending, says, tone))
    return found


def brief(me: Membership, rules: Rules | None, now: datetime, today: date) -> tuple[int, list[Over], list[dict]]:
    """How many records are closed to the team, whose caseload is over a threshold, own notes to sign. One query."""
    with connection.cursor() as cursor:
        cursor.execute(BRIEF, given(me.site_id, rules, now, today) | {"now": now, "me": me.pk})
        rows = cursor.fetchall()
    over = []
    for _, _, key, name, has_ended, active in rows:
        says, tone = (ENDED_ROLE, "bad") if has_ended else against(int(active or 0), rules)
        if key is not None and tone != "neutral":
            over.append(Over(key, name, int(active), says))
    notes = [one | {"at": datetime.fromisoformat(one["at"])} for one in json.loads(rows[0][0] or "[]")]
    return rows[0][1], over, notes


def given(site_id: UUID, rules: Rules | None, now: datetime, today: date) -> dict:
    return {
        "site": site_id, "today": today, "until": today + timedelta(days=WEEK_DAYS + 1), "since": since_of(rules, now),
    }  # fmt: skip


def against(active: int, rules: Rules | None) -> tuple[str, str]:
    """What the site's thresholds say of a number of active people; what is not published says nothing."""
    return rules.caseload.against(active) if rules else ("", "neutral")


def over_by_one(load: Load | None, rules: Rules | None) -> str:
    """What speaks against giving them one person more; nothing while the site's most is not exceeded by it."""
    most = rules.caseload.most if rules else None
    if load is None or most is None or load.active + 1 <= most:
        return ""
    return f"{load.person.name} would look after {load.active + 1} active people, above the site’s {most}."


def since_of(rules: Rules | None, now: datetime) -> datetime | None:
    """Contacts before this moment are long ago; None while the site has not decided."""
    days = rules.caseload.out_of_touch_days if rules else None
    return None if days is None else now - timedelta(days=days)


def open_cases(site_id: UUID, manager_id: UUID):
    return Casework.objects.filter(site_id=site_id, case_manager_id=manager_id).exclude(standing=Standing.NOT_NOW)


def cases_of(site_id: UUID, manager_id: UUID):
    """The open cases of one person that the team may know, with what a row of them says."""
    cases = open_cases(site_id, manager_id).exclude(CLOSED | Q(participant__is_restricted=True))
    return cases.select_related("participant", "referral__person", "referral__window").only(*OF_A_CASE)


def closed_of(site_id: UUID, manager_id: UUID) -> int:
    """How many of one person's open cases are restricted or sealed: a number, and no name."""
    return len(_closed(site_id=site_id, manager_id=manager_id))


@prepared(site_id=UUID, manager_id=UUID)
def _closed(*, site_id, manager_id):
    restricted = AnyOf(F("participant_id"), Keys(Participant.objects.filter(is_restricted=True).values("pk")))
    return open_cases(site_id, manager_id).filter(CLOSED | Q(restricted)).values_list("pk")


def is_out_of_touch(case: Casework, rules: Rules | None, now: datetime) -> bool:
    since = since_of(rules, now)
    is_long_ago = since is not None and case.met_at is not None and case.met_at < since
    return case.standing == Standing.INACTIVE or is_long_ago
