"""The clock's arithmetic: dates in the site's time zone, never hours. Pure: every moment is passed in.

Day 0 is the start date; a window ends with the last instant of its due day, local time, across DST, leap days and years.
All `datetime`s are aware (ValueError otherwise); results that are moments are in UTC.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import holidays as public_holidays

LastDayRule = Literal["calendar_day", "next_business_day"]


class ReminderStep(Protocol):
    """One step of a site's reminder plan (lead_cms.programs.parts.Reminder)."""

    @property
    def step(self) -> str: ...
    @property
    def days(self) -> int: ...
    @property
    def relative_to(self) -> str: ...
    @property
    def hour(self) -> int: ...
    @property
    def recipients(self) -> tuple[str, ...]: ...
    @property
    def channels(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, order=True)
class ReminderAt:
    """One reminder with its moment (UTC)."""

    at: datetime
    step: str
    recipient: str
    channel: str
    relative_to: str


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a moment without a time zone")
    return moment


def local_day(moment: datetime, tz: ZoneInfo) -> date:
    """The calendar day on which a moment falls at the site."""
    return _aware(moment).astimezone(tz).date()


def holidays_for(country: str, subdivision: str | None, years: Iterable[int]) -> frozenset[date]:
    """Public holidays of those years, observed days included."""
    found = public_holidays.country_holidays(country, subdiv=subdivision, years=sorted(set(years)), observed=True)
    return frozenset(found.keys())


def due_on(
    start_on: date, days: int, *, last_day_rule: LastDayRule = "calendar_day", holidays: Container[date] = ()
) -> date:
    """Day 0 + `days`; under "next_business_day" moved past weekends and `holidays`. `days` is at least 0."""
    if days < 0:
        raise ValueError("a window has no negative length")
    due = start_on + timedelta(days=days)
    while last_day_rule == "next_business_day" and (due.weekday() >= 5 or due in holidays):
        due += timedelta(days=1)
    return due


def local_moment(day: date, at: time, tz: ZoneInfo) -> datetime:
    """A local clock time as UTC: one that DST skips is moved forward, of one that comes twice the first is taken."""
    local = datetime.combine(day, at, tzinfo=tz)
    # Through UTC and back a skipped time comes out later than it went in: that is the moment the clocks jumped past.
    there = local.astimezone(UTC)
    if there.astimezone(tz).replace(tzinfo=None) != local.replace(tzinfo=None):
        return _first_after_gap(local, tz)
    return there


def _first_after_gap(skipped: datetime, tz: ZoneInfo) -> datetime:
    """The instant at which the gap that holds `skipped` ends."""
    before = skipped.replace(fold=0).utcoffset()
    after = skipped.replace(fold=1).utcoffset()
    assert before is not None and after is not None  # noqa: S101  the zone gives both
    low, high = (skipped.replace(tzinfo=UTC) - max(before, after), skipped.replace(tzinfo=UTC) - min(before, after))
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(tz).utcoffset() == low.astimezone(tz).utcoffset():
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def due_moment(due: date, tz: ZoneInfo) -> datetime:
    """The first instant after the due day: a deed strictly before it is in time."""
    return local_moment(due + timedelta(days=1), time(0), tz)


def days_left(due: date, today: date) -> int:
    """Days until the due day; 0 on it, negative after the window has ended."""
    return (due - today).days


def is_over(due: date, now: datetime, tz: ZoneInfo) -> bool:
    """Whether the due day has passed at the site."""
    return local_day(now, tz) > due


def decision_on(due: date, grace_days: int) -> date:
    """The date of the prosecutor's decision: the due date and the site's grace days."""
    return due + timedelta(days=grace_days)


def item_counts(done_on: date, start_on: date, due: date) -> bool:
    """An item counts on the day it was done."""
    return start_on <= done_on <= due


def needs_confirmation(done_on: date, typed_at: datetime, due: date, tz: ZoneInfo) -> bool:
    """Done in time and typed after the due day: somebody else confirms it (docs/practice.md 22)."""
    return done_on <= due and local_day(typed_at, tz) > due


def reminder_moments(
    plan: Iterable[ReminderStep], *, start_on: date, due: date, decision_on: date, tz: ZoneInfo
) -> list[ReminderAt]:
    """Every reminder of the plan with its moment, earliest first, one for each step, recipient and channel."""
    day_of = {"start": start_on, "due": due, "decision": decision_on}
    found: dict[tuple[str, str, str], ReminderAt] = {}
    for step in plan:
        at = local_moment(day_of[step.relative_to] + timedelta(days=step.days), time(step.hour), tz)
        for recipient in step.recipients:
            for channel in step.channels:
                reminder = ReminderAt(at, step.step, recipient, channel, step.relative_to)
                found.setdefault((step.step, recipient, channel), reminder)
    return sorted(found.values())


def still_to_come(moments: Iterable[ReminderAt], *, now: datetime) -> list[ReminderAt]:
    """After an extension only what lies ahead is written anew: nobody is reminded of a day that has moved."""
    return [moment for moment in moments if moment.at > _aware(now)]
