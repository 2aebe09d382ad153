"""A week of the on-call list by day, with its gaps and doubles in words. Pure."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def start_of(day: date) -> datetime:
    """Midnight at the site."""
    return timezone.make_aware(datetime.combine(day, time.min))


def clock(moment: datetime) -> str:
    """ "7 pm", "7:30 am"."""
    local = timezone.localtime(moment)
    minutes = f":{local.minute:02d}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'am' if local.hour < 12 else 'pm'}"


def day_clock(moment: datetime) -> str:
    """ "Fri 7 pm"."""
    return f"{timezone.localtime(moment):%a} {clock(moment)}"


def week_days(shifts, gaps, week_on: date, now: datetime) -> list[dict]:
    """The seven days: who begins, who has been on since the day before, and where nobody is."""
    days = []
    for day in (week_on + timedelta(days=number) for number in range(7)):
        begins, end = start_of(day), start_of(day + timedelta(days=1))
        within = sorted(
            (shift for shift in shifts if shift.starts_at < end and shift.ends_at > begins),
            key=lambda shift: (max(shift.starts_at, begins), shift.position, shift.pk),
        )
        days.append(
            {
                "day": day, "is_today": begins <= now < end, "is_past": end <= now,
                "shifts": [_entry(shift, begins, end, now) for shift in within],
                "gaps": [_gap(since, to, begins) for since, to in gaps if since < end and to > begins],
            }
        )  # fmt: skip
    return days


def _entry(shift, begins: datetime, end: datetime, now: datetime) -> dict:
    since = clock(shift.starts_at) if shift.starts_at >= begins else day_clock(shift.starts_at)
    until = clock(shift.ends_at) if shift.ends_at <= end else day_clock(shift.ends_at)
    return {
        "shift": shift, "hours": f"{since} to {until}", "continues": shift.starts_at < begins,
        "place": {1: "first", 2: "second", 3: "third"}.get(shift.position, str(shift.position)),
        "is_over": shift.ends_at <= now,
    }  # fmt: skip


def _gap(since: datetime, to: datetime, begins: datetime) -> str:
    if since < begins:
        return f"Still nobody, until {day_clock(to)}"
    return f"Nobody from {day_clock(since)} to {day_clock(to)}"


def say_double(one, other, begins: datetime, ends: datetime) -> str:
    """The same person twice, or two who would both be called first."""
    span = f"from {day_clock(begins)} to {day_clock(ends)}"
    if one.person_id == other.person_id:
        return f"{one.person.name} is on the list twice {span}"
    place = {1: "first", 2: "second", 3: "third"}.get(one.position, str(one.position))
    return f"{one.person.name} and {other.person.name} are both called {place} {span}"
