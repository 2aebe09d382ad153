"""The clock of a held charge: dates of the site's civil calendar, never hours.

Day 0 is the start date in the site's time zone; a window of N days is over when local day 0+N is over, however long
daylight saving makes that day.  Nothing here asks what time it is: every moment is given, and a moment without a time
zone is not accepted.
"""

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import holidays

LastDayRule = Literal["calendar_day", "next_business_day"]
Anchor = Literal["start", "due", "decision"]
SATURDAY = 5
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class ReminderPlan(Protocol):
    """One step of a site's reminders, as `programs.parts.Reminder` has it."""

    @property
    def step(self) -> str: ...
    @property
    def days(self) -> int: ...
    @property
    def relative_to(self) -> Anchor: ...
    @property
    def hour(self) -> int: ...
    @property
    def recipients(self) -> Iterable[str]: ...
    @property
    def channels(self) -> Iterable[str]: ...


@dataclass(frozen=True, slots=True)
class ReminderAt:
    """A reminder and its moment (UTC); `on_the_day` when it is of the due or decision day itself."""

    step: str
    recipient: str
    channel: str
    at: datetime
    on_the_day: bool = field(default=False, compare=False)

    @property
    def key(self) -> tuple[str, str, str, datetime]:
        """What makes it the same reminder: for another due date a step has another moment."""
        return self.step, self.recipient, self.channel, self.at


def local_day(moment: datetime, tz: ZoneInfo) -> date:
    """The site's calendar day at this moment. ValueError for a moment without a time zone."""
    return _aware(moment).astimezone(tz).date()


def local_moment(day: date, at: time, tz: ZoneInfo) -> datetime:
    """The UTC moment of a local time; one that daylight saving skips is moved forward, of two the first is taken."""
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=tz).astimezone(UTC)


def due_on(start_on: date, days: int, *, last_day_rule: LastDayRule, holidays: Container[date]) -> date:
    """The last day of a window of `days` calendar days after day 0.

    With "next_business_day" a last day on a Saturday, Sunday or holiday moves to the next day that is none of them.
    ValueError when `days` is negative or the rule is unknown.
    """
    if days < 0:
        raise ValueError(f"a window cannot have {days} days")
    last = _civil(start_on) + timedelta(days=days)
    if last_day_rule == "calendar_day":
        return last
    if last_day_rule != "next_business_day":
        raise ValueError(f"no such last-day rule: {last_day_rule!r}")
    while last.weekday() >= SATURDAY or last in holidays:
        last += DAY
    return last


def holiday_years(start_on: date, days: int) -> tuple[int, ...]:
    """The years whose holidays `due_on` may meet: to the year after the last day, which a holiday may push it into."""
    return tuple(range(start_on.year, (start_on + timedelta(days=days)).year + 2))


def holidays_for(country: str, subdivision: str | None, years: Iterable[int]) -> frozenset[date]:
    """Public holidays with the days they are observed on. ValueError for a country or subdivision nobody knows."""
    return _holidays(country, subdivision, tuple(sorted(set(years))))


def due_moment(due: date, tz: ZoneInfo) -> datetime:
    """The exclusive end of the local day `due`, in UTC: whatever is done before it is done in time.

    Where midnight is skipped, the first moment of the next day; where clocks go back to it, the first midnight (Havana);
    where they go back over it, the later one, so that no moment of the due day is ever too late.
    """
    midnight = datetime.combine(_civil(due) + DAY, time.min, tzinfo=tz)
    early, late = (midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if late >= early:  # one midnight, or two, with an hour of the one day or of the other between them
        return early if local_day(late - SECOND, tz) > due else late
    # Midnight is skipped (Santiago; all of 30 December 2011 in Samoa): the change lies between the two readings.
    before, after = late, early
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        if middle.astimezone(tz).date() > due:
            after = middle
        else:
            before = middle
    return after


def days_left(due: date, today: date) -> int:
    """Days from today to the due day: 0 on the due day, negative when the window ended that many days ago."""
    return (_civil(due) - _civil(today)).days


def is_over(due: date, now: datetime, tz: ZoneInfo) -> bool:
    """Whether the due day has ended at the site. Asked when a page is read, never an event."""
    return _aware(now) >= due_moment(due, tz)


def decision_on(due: date, grace_days: int) -> date:
    """The day the prosecutor's decision falls due: the due date plus the site's grace days (docs/practice.md 22)."""
    if grace_days < 0:
        raise ValueError(f"grace cannot be {grace_days} days")
    return _civil(due) + timedelta(days=grace_days)


def item_counts(done_on: date, start_on: date, due: date) -> bool:
    """Whether an item done on this day is inside the window; when it was typed does not matter (docs/practice.md 22)."""
    return _civil(start_on) <= _civil(done_on) <= _civil(due)


def needs_confirmation(done_on: date, typed_at: datetime, due: date, tz: ZoneInfo) -> bool:
    """Whether somebody else must confirm it: said to be done by the due day, typed after it (docs/practice.md 22)."""
    return _civil(done_on) <= due and is_over(due, typed_at, tz)


def reminder_moments(
    plan: Iterable[ReminderPlan], *, start_on: date, due: date, decision_on: date | None, tz: ZoneInfo
) -> list[ReminderAt]:
    """Every reminder of a plan, by moment; each step once for a recipient and channel, the earliest if given twice.

    Steps counted from a decision day that does not exist are left out. ValueError for an unknown anchor.
    """
    anchors: dict[str, date | None] = {"start": start_on, "due": due, "decision": decision_on}
    found: dict[tuple[str, str, str], ReminderAt] = {}
    for one in plan:
        if one.relative_to not in anchors:
            raise ValueError(f"no such anchor: {one.relative_to!r}")
        anchor = anchors[one.relative_to]
        if anchor is None:
            continue
        at = local_moment(anchor + timedelta(days=one.days), time(one.hour), tz)
        on_the_day = one.relative_to != "start" and one.days == 0
        for recipient in one.recipients:
            for channel in one.channels:
                same = found.get((one.step, recipient, channel))
                if same is None or at < same.at:
                    found[one.step, recipient, channel] = ReminderAt(one.step, recipient, channel, at, on_the_day)
    return sorted(found.values(), key=_order)


def rewrite(
    sent_keys: Collection[tuple[str, str, str, datetime]], moments: Iterable[ReminderAt], now: datetime
) -> list[ReminderAt]:
    """Which reminders to write after a window opens or its dates change; `sent_keys` are the `key`s of those sent.

    What was sent for the same date is not sent again. Steps whose moment has passed are left out, but not those of the
    due and decision day, which are still news when dates are typed late.
    """
    now, sent = _aware(now), frozenset(sent_keys)
    return [one for one in moments if one.key not in sent and (one.on_the_day or one.at >= now)]


def _order(one: ReminderAt) -> tuple[datetime, str, str, str]:
    return one.at, one.step, one.recipient, one.channel


@lru_cache(maxsize=256)
def _holidays(country: str, subdivision: str | None, years: tuple[int, ...]) -> frozenset[date]:
    try:
        calendar = holidays.country_holidays(country, subdiv=subdivision, years=years, observed=True)
    except NotImplementedError as error:
        raise ValueError(f"no calendar of holidays for {country} {subdivision or ''}".rstrip()) from error
    return frozenset(calendar)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"a moment without a time zone: {moment.isoformat()}")
    return moment


def _civil(day: date) -> date:
    # A datetime is a date to Python; taken for one it would be the wrong day for half of the world.
    if isinstance(day, datetime):
        raise TypeError(f"a date is wanted, not a moment: {day.isoformat()}")
    return day
