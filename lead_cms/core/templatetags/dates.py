"""The only place that says dates, times and telephone numbers. A template builtin; Python calls the `say_` functions.

"Today" is the day in the active time zone, which a middleware sets to the site's for a whole request (`at_site`).
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, tzinfo

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

NEAR_DAYS = 6  # within so many days a weekday is named in full
_here: ContextVar[tuple[tzinfo, date] | None] = ContextVar("here", default=None)


@contextmanager
def at_site(zone: tzinfo) -> Iterator[None]:
    """The active zone of a request, and one day for all of it: to ask for both with each moment takes longer than to say it."""
    with timezone.override(zone):
        token = _here.set((zone, timezone.localdate()))
        try:
            yield
        finally:
            _here.reset(token)


def site_day() -> date:
    """Today in the active zone."""
    here = _here.get()
    return here[1] if here else timezone.localdate()


def _local(value: datetime) -> datetime:
    here = _here.get()
    return value.astimezone(here[0]) if here and value.tzinfo else timezone.localtime(value)


def local_day(value: date | datetime) -> date:
    """The calendar day of a moment in the active zone; a date is itself."""
    if isinstance(value, datetime):
        return _local(value).date() if timezone.is_aware(value) else value.date()
    return value


def say_time(value: datetime) -> str:
    """A clock time: "2:32 pm"."""
    return _clock(_local(value))


def say_clock(value: time) -> str:
    """A time of the day as it stands, in nobody's zone: "9:00 am"."""
    return _clock(value)


def _clock(local: datetime | time) -> str:
    return f"{local.hour % 12 or 12}:{local.minute:02d} {'am' if local.hour < 12 else 'pm'}"


def short_day(day: date, today: date | None = None) -> str:
    """A day with a short weekday: "Wed Nov 4"; with the year when it is not this one."""
    year = "" if day.year == (today or site_day()).year else f", {day.year}"
    return f"{day:%a %b} {day.day}{year}"


def say_day(value: date | datetime, today: date | None = None) -> str:
    """A day as people say it: "tomorrow, Oct 17", "Thursday, Oct 22" within six days, else "Wed Nov 4"."""
    today = today or site_day()
    day = local_day(value)
    ahead = (day - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(ahead)
    if near is None and 0 <= ahead <= NEAR_DAYS:
        near = f"{day:%A}"
    if near is None:
        return short_day(day, today)
    year = "" if day.year == today.year else f", {day.year}"
    return f"{near}, {day:%b} {day.day}{year}"


def say_when(value: datetime) -> str:
    """A moment as people say it: "today 2:32 pm", "Wed Nov 4, 2:32 pm"."""
    return _moment(_local(value))


def _moment(local: datetime, today: date | None = None) -> str:
    day, today = local.date(), today or site_day()
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
    return f"{near} {_clock(local)}" if near else f"{short_day(day, today)}, {_clock(local)}"


def days_until(value: date | datetime, today: date | None = None) -> int:
    """Whole calendar days from today to the day; negative once it is past."""
    return (local_day(value) - (today or site_day())).days


def say_days_left(value: date | datetime, today: date | None = None) -> str:
    """Days to a due day: "6 days left", "Due today", "2 days over"."""
    left = days_until(value, today)
    if left == 0:
        return "Due today"
    many = "" if abs(left) == 1 else "s"
    return f"{left} day{many} left" if left > 0 else f"{-left} day{many} over"


def tel_number(value: str) -> str:
    """A number to dial, E.164: "+14155550142"; ten digits are taken as North American. "" when there are no digits."""
    text, _, extension = str(value).lower().partition("x")
    digits = re.sub(r"\D", "", text)
    if not digits:
        return ""
    if not text.strip().startswith("+"):
        digits = f"1{digits}" if len(digits) == 10 else digits
        if not (len(digits) == 11 and digits[0] == "1"):
            return digits  # a short code such as 911 is dialed as it stands
    extension = re.sub(r"\D", "", extension)
    return f"+{digits}" + (f";ext={extension}" if extension else "")


def say_phone(value: str) -> str:
    """A number as people read it: "(415) 555-0142"; one that is not North American stays as it was typed."""
    number, _, extension = tel_number(value).partition(";ext=")
    if len(number) != 12 or not number.startswith("+1"):
        return str(value).strip()
    tail = f" ext. {extension}" if extension else ""
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}{tail}"


@register.filter
def when(value):
    """{{ at|when }}: the exact moment in the active zone, in a time element; empty for nothing."""
    if not value:
        return ""
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), say_day(value))
    return _mark(_local(value))


def whens() -> Callable[[datetime], SafeString]:
    """`when` for a page with many moments: the zone and the day in it are asked for once."""
    zone, today = timezone.get_current_timezone(), site_day()
    return lambda value: _mark(value.astimezone(zone), today)


def _mark(local: datetime, today: date | None = None) -> SafeString:
    # Digits and names of days alone: nothing in it has to be escaped.
    return SafeString(f'<time datetime="{local.isoformat("T", "seconds")}">{_moment(local, today)}</time>')


@register.filter
def day(value):
    """{{ on|day }}: "Thursday, Oct 22" within six days, else "Wed Nov 4"; empty for nothing."""
    return say_day(value) if value else ""


@register.filter
def clock_time(value):
    """{{ at|clock_time }}: "2:32 pm"; empty for nothing."""
    return say_time(value) if value else ""


@register.filter
def days_left(value):
    """{{ on|days_left }}: "6 days left", "Due today", "2 days over"; empty for nothing."""
    return say_days_left(value) if value else ""


@register.filter
def phone(value):
    """{{ number|phone }}: "(415) 555-0142"; empty for nothing."""
    return say_phone(value) if value else ""


@register.filter
def tel(value):
    """{{ number|tel }}: what stands after "tel:" in a link, "+14155550142"; empty for nothing."""
    return tel_number(value) if value else ""
