"""The monthly picture: confirmed by who knows the person, corrected beside what stood there before.

API
    Picture(living=, employment=, income=, income_sources=, …)       what a month was, in codes
    picture_of(month) -> Picture, in_columns(picture) -> the columns with what follows from the codes
    confirm_months(said=[Said(...)], by=, at=, until_day=) -> list[Told]   several people in one go, each told what became of it
    open_months(today, until_day) -> (this month, last month or None)
    first_of(day), month_after(month, by=1)
A month is the site's: it ends at midnight there. A case manager confirms the running one, and the last until a day of the
site's rules; supervisors any of the past year. The month before somebody began is open as long as the one they began in.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from lead_cms.access.permissions import Role
from lead_cms.accounts.models import Membership
from lead_cms.audit.events import AuditAction
from lead_cms.audit.record import record
from participants import codes
from participants.codes import NOT_COLLECTED, YES, YES_NO
from participants.models import Participant, Participation, PersonMonth

MONTHS_BACK = 12  # how far back a supervisor completes and corrects
LISTS = {"income": codes.INCOME, "benefits": codes.BENEFITS, "insurance": codes.INSURANCE}
SOURCES = {"income": "income_sources", "benefits": "benefit_sources", "insurance": "insurance_sources"}
NOT_OPEN = "This month can no longer be confirmed. Your supervisor still can."
NOT_THERE = "They did not take part in this month."
CHANGED = (
    "Somebody saved this month since the page was opened. See what stands here now, and save again if it is not right."
)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a month was. Sources stand only beside a yes."""

    living: str = NOT_COLLECTED
    employment: str = NOT_COLLECTED
    income: str = NOT_COLLECTED
    income_sources: tuple[str, ...] = ()
    benefits: str = NOT_COLLECTED
    benefit_sources: tuple[str, ...] = ()
    insurance: str = NOT_COLLECTED
    insurance_sources: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        return self != Picture()


@dataclass(frozen=True)
class Said:
    """One person's month as it was sent. `seen` is the key of what stood there when the page was opened, None for nothing."""

    participant: Participant
    month: date
    picture: Picture
    seen: UUID | None = None


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    STANDS = "stands"  # it read so already
    DECLINED = "declined"


@dataclass(frozen=True)
class Told:
    said: Said
    outcome: Outcome
    why: str = ""


def first_of(day: date) -> date:
    return day.replace(day=1)


def month_after(month: date, by: int = 1) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def open_months(today: date, until_day: int | None) -> tuple[date, date | None]:
    """The running month, and the last one until the site's day; while the site has not decided, not at all."""
    this = first_of(today)
    return this, month_after(this, -1) if until_day is not None and today.day <= until_day else None


def picture_of(month: PersonMonth) -> Picture:
    found = {field.name: getattr(month, field.name) for field in fields(Picture)}
    return Picture(**{name: tuple(value) if isinstance(value, list) else value for name, value in found.items()})


@transaction.atomic
def confirm_months(*, said: Iterable[Said], by: Membership, at: datetime, until_day: int | None) -> list[Told]:
    """Each on its own: what cannot be is told, and the rest is confirmed. One who saves twice confirms once."""
    said, today = list(said), at.astimezone(by.site.tz).date()
    people = {one.participant.pk for one in said}
    # One after the other, so that two tabs cannot both find nothing there.
    list(Participant.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=people).order_by("pk"))
    months = {one.month for one in said}
    standing = PersonMonth.objects.filter(participant_id__in=people, month__in=months, superseded_at=None)
    held = {(one.participant_id, one.month): one for one in standing}
    spells: dict[UUID, list] = {}
    for spell in Participation.objects.took_part().filter(participant_id__in=people):
        spells.setdefault(spell.participant_id, []).append(spell)
    told = []
    for one in said:
        there = held.get((one.participant.pk, one.month))
        why = _why_not(one, there, spells.get(one.participant.pk, []), by, today, until_day)
        if why or there is not None and picture_of(there) == one.picture:
            told.append(Told(one, Outcome.DECLINED if why else Outcome.STANDS, why))
            continue
        held[one.participant.pk, one.month] = _put(one, there, by, at)
        told.append(Told(one, Outcome.CORRECTED if there else Outcome.CONFIRMED))
    return told


def _put(one: Said, there: PersonMonth | None, by: Membership, at: datetime) -> PersonMonth:
    if there is not None:
        there.superseded_at, there.superseded_by = at, by
        there.save(update_fields=["superseded_at", "superseded_by"])
    row = PersonMonth(
        site_id=by.site_id, participant=one.participant, month=one.month, confirmed_at=at, confirmed_by=by,
        **in_columns(one.picture),
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        AuditAction.MONTH_CORRECTED if there else AuditAction.MONTH_CONFIRMED, target=row, month=f"{one.month:%Y-%m}"
    )
    return row


def in_columns(picture: Picture) -> dict:
    """The codes, and what follows from them."""
    given = {field.name: getattr(picture, field.name) for field in fields(Picture)}
    given |= {name: list(given[name]) for name in SOURCES.values()}
    living = codes.LIVING[picture.living].says
    return given | {
        "sheltered": living["sheltered"], "permanent": living["permanent"],
        "continuum": codes.EMPLOYMENT[picture.employment].says["continuum"],
    }  # fmt: skip


def _why_not(one: Said, there, spells, by: Membership, today: date, until_day: int | None) -> str:
    """Why it is not taken, in words for the person who sent it; nothing where it is."""
    if not one.picture.says_something:
        return "Nothing is entered yet."
    if why := _unknown(one.picture):
        return why
    if not took_part(one.month, spells) and not is_before(one.month, spells):
        return NOT_THERE
    if not is_open(one.month, spells, by, today, until_day):
        return NOT_OPEN
    if one.seen != (there.pk if there else None) and not (there and picture_of(there) == one.picture):
        return CHANGED
    return ""


def took_part(month: date, spells: Iterable[Participation]) -> bool:
    """On at least one day of it; `spells` are those of `Participation.objects.took_part()`, here and below."""
    return any(
        spell.began_on < month_after(month) and (spell.ended_on is None or spell.ended_on >= month) for spell in spells
    )


def is_before(month: date, spells: Iterable[Participation]) -> bool:
    """The month before the one in which they began: what later ones are measured against."""
    return any(first_of(spell.began_on) == month_after(month) for spell in spells)


def is_open(month: date, spells: Iterable[Participation], by: Membership, today: date, until_day: int | None) -> bool:
    this, last = open_months(today, until_day)
    if by.role == Role.SUPERVISOR:
        return month_after(this, -MONTHS_BACK) <= month <= this
    began = {first_of(spell.began_on) for spell in spells}
    return month in {this, last} or month_after(month) in began & {this, last}


def _unknown(picture: Picture) -> str:
    if picture.living not in codes.LIVING:
        return "Choose where they stayed."
    if picture.employment not in codes.EMPLOYMENT:
        return "Choose what they did for work."
    for name, listed in LISTS.items():
        answer, sources = getattr(picture, name), getattr(picture, SOURCES[name])
        if answer not in YES_NO or any(code not in listed for code in sources):
            return f"Choose an answer of the list of {name}."
        if sources and answer != YES:
            return f"Sources stand beside a yes: {name}."
    return ""
