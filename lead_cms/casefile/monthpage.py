"""The monthly picture of a caseload: who took part, what is confirmed, and for the rest what is known from before.

API
    page_of(request, asked) -> keyset page of Line        people of one case manager in one month, by name
    line_of(asked, participant) -> Line | None            the same for one of them
    team(site_id, month) -> [Team]                        how many of whose people are confirmed
What is known from before is shown and never kept: only who knows the person makes a picture of it, by confirming.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Value
from django.db.models.functions import Coalesce, JSONObject, Lower, NullIf
from django.utils import timezone

from lead_cms.accounts.models import Membership
from lead_cms.core.keyset import Page, keyset
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
from participants.enums import LegalKind, SpellState
from participants.models import ContactNote, LegalEvent, Participant, Participation, PersonMonth
from participants.selfreport import NO, choice_of
from referrals.enums import RecordKind
from referrals.models import Casework, RecordSection

PEOPLE = 40  # on one page
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


@dataclass
class Line:
    """One person's row: what stands, or what is known from before, and what happened in this month."""

    participant: Participant
    spells: list[Participation]
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
    found = keyset(request, people_of(asked), "by_name", "pk", size=PEOPLE)
    return Page(lines(asked, found.rows), found.newer_url, found.older_url)


def line_of(asked: Asked, key) -> Line | None:
    found = list(people_of(asked).filter(pk=key)[:1])
    return lines(asked, found)[0] if found else None


def people_of(asked: Asked):
    """Who took part in the month, or begins in the next one, and is looked after by this case manager."""
    mine = Casework.objects.filter(participant=OuterRef("pk"), case_manager=asked.manager, is_sealed=False)
    spells = Participation.objects.filter(participant=OuterRef("pk"))
    there = spells.filter(Q(ended_on=None) | Q(ended_on__gte=asked.month), began_on__lt=month_after(asked.month, 2))
    there = there.exclude(ended_on=None, state=SpellState.DOOR_OPEN)
    found = Participant.objects.filter(Exists(mine), Exists(there), site_id=asked.by.site_id)
    found = found.exclude(died_on__lt=asked.month)
    name = Lower(Coalesce(NullIf("chosen_name", Value("")), NullIf("given_name", Value("")), "family_name"))
    spans = spells.order_by("began_on").values(span=JSONObject(began=F("began_on"), ended=F("ended_on")))
    return found.annotate(by_name=name, spans=ArraySubquery(spans))


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


def _spells(one: Participant) -> list[Participation]:
    return [
        Participation(
            began_on=date.fromisoformat(span["began"]), ended_on=span["ended"] and date.fromisoformat(span["ended"])
        )
        for span in one.spans
    ]


def _what_stands(asked: Asked, found: dict[Any, Line]) -> None:
    """The month itself where it is confirmed, else the newest one before; and which of the past year nobody confirmed."""
    since = month_after(asked.month, -MONTHS_BACK)
    rows = PersonMonth.objects.filter(participant__in=found, superseded_at=None, month__lte=asked.month)
    rows = rows.filter(month__gte=since).select_related("confirmed_by").order_by("month")
    known: dict[Any, set[date]] = {}
    for row in rows:
        line = found[row.participant_id]
        known.setdefault(row.participant_id, set()).add(row.month)
        line.picture, line.source = picture_of(row), f"As in {said_month(row.month)}"
        line.current = row if row.month == asked.month else None
    past = [month_after(asked.month, -back) for back in range(MONTHS_BACK, 0, -1)]
    for key, line in found.items():
        line.missing = [month for month in past if month not in known.get(key, ()) and took_part(month, line.spells)]


def _what_intake_said(asked: Asked, found: dict[Any, Line]) -> None:
    """For whom no month is known yet: where they stayed, income, benefits and insurance as they said at intake."""
    unknown = {key for key, line in found.items() if not line.source}
    if not unknown:
        return
    sections = RecordSection.objects.filter(
        referral__casework__participant__in=unknown, record__kind=RecordKind.INTAKE, section__in=("living", "income")
    )
    sections = sections.annotate(person=F("referral__casework__participant")).order_by("saved_at")
    answers: dict[Any, dict] = {}
    for section in sections:
        answers.setdefault(section.person, {}).update(section.answers)
    for key, given in answers.items():
        picture = picture_from(given)
        if picture.says_something:
            found[key].picture, found[key].source = picture, "As they said at intake"


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
    notes = ContactNote.objects.filter(
        participant__in=found, is_two_way=True, signed_at__isnull=False, happened_at__gte=begins_at, happened_at__lt=ends_at
    )  # fmt: skip
    counted = notes.values("participant").annotate(
        n=Count("pk"), last=Max("happened_at"), places=ArrayAgg("place", order_by="-happened_at")
    )
    for one in counted.order_by():
        line = found[one["participant"]]
        line.contacts = one["n"]
        place = next((place for place in one["places"] if place), "")
        if place in {"shelter", "home", "street"}:
            where = {"shelter": "at a shelter", "home": "at their home", "street": "on the street"}[place]
            line.hints.append(f"Last met {where}")


def _jail(asked: Asked, found: dict[Any, Line]) -> None:
    """The last that is known of a jail, where it is of this month or still goes on."""
    events = LegalEvent.objects.filter(
        participant__in=found, kind__in=(LegalKind.BOOKED, LegalKind.RELEASED), on__lt=asked.after
    )
    newest = events.order_by("participant", "-on", "-recorded_at").distinct("participant")
    for event in newest.only("participant", "kind", "on"):
        if event.kind == LegalKind.BOOKED or event.on >= asked.month:
            day = f"{event.on:%b} {event.on.day}"
            found[event.participant_id].hints.append(f"{event.get_kind_display()} {day}")


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
      and not (s.ended_on is null and s.state = 'door_open'))
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
