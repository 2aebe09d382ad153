"""The monthly picture of a caseload: who took part, what is confirmed, and for the rest what is known from before.

API
    page_of(request, asked) -> keyset page of Line        people of one case manager in one month, by name
    line_of(asked, participant) -> Line | None            the same for one of them
    team(site_id, month) -> [Team]                        how many of whose people are confirmed
What is known from before is shown and never kept: only who knows the person makes a picture of it, by confirming.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, time
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Window
from django.db.models.functions import JSONObject
from django.utils import timezone

from lead_cms.accounts.models import Membership
from lead_cms.core.keyset import Page, keyset
from lead_cms.core.prepared import compiled, prepared
from lead_cms.core.sql import AnyOf, KeyList
from participants.actions.months import (
    MONTHS_BACK,
    SOURCES,
    Picture,
    first_of,
    is_before,
    is_open,
    month_after,
    picture_of,
    took_part,
)
from participants.codes import BENEFITS, EMPLOYMENT, INCOME, INSURANCE, LIVING, NOT_COLLECTED, YES
from participants.enums import LegalKind
from participants.models import ContactNote, LegalEvent, Participant, Participation, PersonMonth
from participants.models.person import shown_first
from participants.selfreport import NO, choice_of
from referrals.enums import RecordKind
from referrals.models import Casework, RecordSection

NAMED = 3  # months that nobody confirmed
PEOPLE = 25  # on one page: the most that the programs published by sites give one case manager
BY_NAME = Participant.objects.annotate(by_name=shown_first())
CALLED = ("chosen_name", "given_name", "family_name", "street_names", "aliases")
WORDS = {
    "income": ("Income", "No income", INCOME), "benefits": ("Benefits", "No benefits", BENEFITS),
    "insurance": ("Insured", "Not insured", INSURANCE),
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Whose people, in which month, as seen by whom on which day."""

    manager: Membership
    month: date
    by: Membership
    today: date
    until_day: int | None

    @property
    def after(self) -> date:
        return month_after(self.month)

    def moments(self) -> tuple[datetime, datetime]:
        """The month as the site's clocks have it."""
        zone = timezone.get_current_timezone()
        return tuple(datetime.combine(day, time(), zone) for day in (self.month, self.after))


class Spell(NamedTuple):
    """What a month asks of a spell of taking part."""

    began_on: date
    ended_on: date | None


@dataclass
class Line:
    """One person's row: what stands, or what is known from before, and what happened in this month."""

    participant: Participant
    spells: list[Spell]
    current: PersonMonth | None = None
    picture: Picture = field(default_factory=Picture)
    source: str = ""
    contacts: int = 0
    hints: list[str] = field(default_factory=list)
    missing: list[date] = field(default_factory=list)
    is_before: bool = False
    is_open: bool = False

    @property
    def digest(self) -> str:
        """What was shown, so that one tap confirms that and nothing else."""
        shown = json.dumps([str(self.participant.pk), asdict(self.picture)], sort_keys=True)
        return hashlib.sha256(shown.encode()).hexdigest()[:16]

    @property
    def can_stay(self) -> bool:
        """Whether one tap says that it is as before."""
        return self.is_open and self.current is None and self.picture.says_something

    @property
    def words(self) -> list[str]:
        return in_words(self.picture)


def in_words(picture: Picture) -> list[str]:
    """A picture in a few words; what nobody asked is left out."""
    said = [LIVING.brief(picture.living)] if picture.living != NOT_COLLECTED else []
    said += [EMPLOYMENT.words(picture.employment)] if picture.employment != NOT_COLLECTED else []
    for name, (yes, no, listed) in WORDS.items():
        answer, sources = getattr(picture, name), getattr(picture, SOURCES[name])
        if answer == YES:
            said.append(f"{yes}: {', '.join(map(listed.brief, sources))}" if sources else yes)
        elif answer == "0":
            said.append(no)
    return said


def page_of(request, asked: Asked) -> Page:
    """One page of people with their lines. A fixed number of queries, each of them bounded."""
    found = keyset(
        request, lambda: people_of(asked), "by_name", "pk", size=PEOPLE, first=lambda most: _first(asked, most),
        shape=BY_NAME,
    )  # fmt: skip
    return Page(lines(asked, found.rows), found.newer_url, found.older_url)


def line_of(asked: Asked, key) -> Line | None:
    found = list(people_of(asked).filter(pk=key)[:1])
    return lines(asked, found)[0] if found else None


def people_of(asked: Asked):
    """Who took part in the month, or begins in the next one, and is looked after by this case manager."""
    return _people(asked.by.site_id, asked.manager.pk, asked.month, month_after(asked.month, 2))


def _first(asked: Asked, most: int) -> list[Participant]:
    until = month_after(asked.month, 2)
    return _first_people(site_id=asked.by.site_id, manager=asked.manager.pk, month=asked.month, until=until, most=most)


@compiled(site_id=UUID, manager=UUID, month=date, until=date)
def _first_people(*, site_id, manager, month, until, most):
    return _people(site_id, manager, month, until).order_by("by_name", "pk")[:most]


def _people(site_id, manager, month, until):
    mine = Casework.objects.filter(participant=OuterRef("pk"), case_manager=manager, is_sealed=False)
    spells = Participation.objects.took_part().filter(participant=OuterRef("pk"))
    there = spells.filter(Q(ended_on=None) | Q(ended_on__gte=month), began_on__lt=until)
    found = Participant.objects.filter(Exists(mine), Exists(there), site_id=site_id)
    found = found.exclude(died_on__lt=month).only("site_id", *CALLED)
    spans = spells.order_by("began_on").values(span=JSONObject(began=F("began_on"), ended=F("ended_on")))
    return found.annotate(by_name=shown_first(), spans=ArraySubquery(spans))


def lines(asked: Asked, people: list[Participant]) -> list[Line]:
    found = {one.pk: Line(one, _spells(one)) for one in people}
    if not found:
        return []
    _what_stands(asked, found)
    _what_intake_said(asked, found)
    _contacts(asked, found)
    _jail(asked, found)
    for line in found.values():
        line.is_before = not took_part(asked.month, line.spells) and is_before(asked.month, line.spells)
        line.is_open = is_open(asked.month, line.spells, asked.by, asked.today, asked.until_day)
    return list(found.values())


def _spells(one: Participant) -> list[Spell]:
    return [
        Spell(date.fromisoformat(span["began"]), span["ended"] and date.fromisoformat(span["ended"]))
        for span in one.spans
    ]


def _what_stands(asked: Asked, found: dict[Any, Line]) -> None:
    """The month itself where it is confirmed, else the newest one before; and the last of a year that nobody confirmed."""
    known: dict[Any, set[date]] = {}
    since = month_after(asked.month, -MONTHS_BACK)
    for row in _newest(people=list(found), since=since, month=asked.month):
        line = found[row.participant_id]
        known[row.participant_id] = set(row.months)
        line.picture, line.source = picture_of(row), f"As in {said_month(row.month, asked.today)}"
        line.current = row if row.month == asked.month else None
    past = [month_after(asked.month, -back) for back in range(1, MONTHS_BACK + 1)]
    for key, line in found.items():
        there = known.get(key, ())
        missing = (month for month in past if month not in there and took_part(month, line.spells))
        line.missing = list(islice(missing, NAMED))[::-1]


@prepared(people=list, since=date, month=date)
def _newest(*, people, since, month):
    """Of each person the newest month that stands, with `months`, all that stand."""
    rows = PersonMonth.objects.filter(AnyOf(F("participant"), KeyList(people)), superseded_at=None)
    rows = rows.filter(month__lte=month, month__gte=since).select_related("confirmed_by")
    found = rows.annotate(months=Window(ArrayAgg("month"), partition_by=F("participant")))
    return found.order_by("participant", "-month").distinct("participant").only(
        "participant_id", "month", *(one.name for one in fields(Picture)), "confirmed_at", "confirmed_by__name"
    )  # fmt: skip


def _what_intake_said(asked: Asked, found: dict[Any, Line]) -> None:
    """For whom no month is known yet: where they stayed, income, benefits and insurance as they said at intake."""
    unknown = {key for key, line in found.items() if not line.source}
    if not unknown:
        return
    answers: dict[Any, dict] = {}
    for section in _of_intake(people=list(unknown)):
        answers.setdefault(section.person, {}).update(section.answers)
    for key, given in answers.items():
        picture = picture_from(given)
        if picture.says_something:
            found[key].picture, found[key].source = picture, "As they said at intake"


@prepared(people=list)
def _of_intake(*, people):
    sections = RecordSection.objects.filter(
        AnyOf(F("referral__casework__participant"), KeyList(people)), record__kind=RecordKind.INTAKE,
        section__in=("living", "income"),
    )  # fmt: skip
    return sections.annotate(person=F("referral__casework__participant")).order_by("saved_at")


def picture_from(answers: dict) -> Picture:
    """What a picture takes from an intake; a code that its list does not know is not taken."""
    living = _codes(answers, "current")
    said = {"living": next((code for code in living if code in LIVING), NOT_COLLECTED)}
    for name, (question, listed) in {
        "income": ("any_income", INCOME), "benefits": ("any_benefits", BENEFITS), "insurance": ("insured", INSURANCE)
    }.items():  # fmt: skip
        sources = tuple(code for code in _codes(answers, name) if code in listed)
        said[name] = YES if sources else next(iter(_codes(answers, question)), NOT_COLLECTED)
        said[SOURCES[name]] = sources
    return Picture(**said)


def _codes(answers: dict, key: str) -> list[str]:
    return [choice_of(one).removeprefix(NO) for one in answers.get(key, {}).get("codes", [])]


def _contacts(asked: Asked, found: dict[Any, Line]) -> None:
    """Counted from signed notes of talks in this month; nobody types it."""
    begins_at, ends_at = asked.moments()
    for one in _counted(people=list(found), begins_at=begins_at, ends_at=ends_at):
        line = found[one["participant"]]
        line.contacts = one["n"]
        place = next((place for place in one["places"] if place), "")
        if place in {"shelter", "home", "street"}:
            where = {"shelter": "at a shelter", "home": "at their home", "street": "on the street"}[place]
            line.hints.append(f"Last met {where}")


@prepared(people=list, begins_at=datetime, ends_at=datetime)
def _counted(*, people, begins_at, ends_at):
    notes = ContactNote.objects.filter(
        AnyOf(F("participant"), KeyList(people)), is_two_way=True, signed_at__isnull=False,
        happened_at__gte=begins_at, happened_at__lt=ends_at,
    )  # fmt: skip
    places = ArrayAgg("place", order_by="-happened_at")
    return notes.order_by().values("participant").annotate(n=Count("pk"), places=places)


def _jail(asked: Asked, found: dict[Any, Line]) -> None:
    """The last that is known of a jail, where it is of this month or still goes on."""
    for event in _last_of_jail(people=list(found), after=asked.after):
        if event.kind == LegalKind.BOOKED or event.on >= asked.month:
            day = f"{event.on:%b} {event.on.day}"
            found[event.participant_id].hints.append(f"{event.get_kind_display()} {day}")


@prepared(people=list, after=date)
def _last_of_jail(*, people, after):
    kinds = (LegalKind.BOOKED, LegalKind.RELEASED)
    events = LegalEvent.objects.filter(AnyOf(F("participant"), KeyList(people)), kind__in=kinds, on__lt=after)
    newest = events.order_by("participant", "-on", "-recorded_at").distinct("participant")
    return newest.only("participant", "kind", "on")


def said_month(month: date, today: date | None = None) -> str:
    """ "October", with the year when it is not this one."""
    today = today or timezone.localdate()
    return f"{month:%B}" if month.year == today.year else f"{month:%B %Y}"


def month_asked(text: str, by_default: date) -> date:
    """The month of an address, "2026-10"; the default for anything else."""
    try:
        return first_of(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return by_default


TEAM = """
select m.id, m.name, count(distinct c.participant_id), count(distinct x.participant_id)
  from referrals_casework c
  join accounts_membership m on m.id = c.case_manager_id
  join participants_participant p on p.id = c.participant_id and (p.died_on is null or p.died_on >= %(month)s)
  left join participants_personmonth x
    on x.participant_id = c.participant_id and x.month = %(month)s and x.superseded_at is null
 where c.site_id = %(site)s and not c.is_sealed and exists (
   select 1 from participants_participation s where s.participant_id = c.participant_id
      and s.began_on < %(until)s and (s.ended_on is null or s.ended_on >= %(month)s)
      and s.state <> 'door_open')
 group by m.id, m.name order by m.name, m.id limit 200
"""


@dataclass(frozen=True)
class Team:
    """How many people of one of the team took part in a month, and of how many the picture is confirmed."""

    key: Any
    name: str
    people: int
    confirmed: int


def team(site_id, month: date) -> list[Team]:
    with connection.cursor() as cursor:
        cursor.execute(TEAM, {"site": site_id, "month": month, "until": month_after(month)})
        return [Team(*row) for row in cursor.fetchall()]
