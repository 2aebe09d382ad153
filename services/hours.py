"""Opening hours as people say and type them, and whether a service is open now by the site's wall clock.

API
    week(spans, on=)     the spans that hold on a day, as Day rows "Monday to Friday: 9:00 am to 5:00 pm"
    standing(spans, local=)   Standing(is_open, says): "Open now, until 5:00 pm", "Closed, opens tomorrow 9:00 am"
    typed(text)          "9 am to 5 pm, 22:00-6:00" -> ((opens, closes), …); BadHours says what is not understood
    said(opens, closes)  "9:00 am to 5:00 pm", "24 hours"
Hours are wall-clock times: on the day of a time change a service opens when its clock says so.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.enums import Weekday

MOST_SPANS = 6
CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?|(?P<word>noon|midnight)", re.IGNORECASE
)
BETWEEN = re.compile(r"\s*(?:-|–|—|to|until)\s*", re.IGNORECASE)
ALL_DAY = {"24 hours", "24h", "all day", "24 hours a day", "open 24 hours"}
CLOSED = {"", "closed", "-"}
MIDNIGHT = time(0)


class BadHours(ValueError):
    """What was typed is not understood; the message is for who typed it."""


@dataclass(frozen=True)
class Day:
    """A day of the week, or several with the same hours, as they stand on a page."""

    name: str
    says: str
    is_today: bool = False


@dataclass(frozen=True)
class Standing:
    is_open: bool
    says: str


def say_clock(at: time) -> str:
    """ "9:00 am", "noon", "midnight"."""
    if at == MIDNIGHT:
        return "midnight"
    if at == time(12):
        return "noon"
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"


def said(opens: time, closes: time) -> str:
    return "24 hours" if opens == closes else f"{say_clock(opens)} to {say_clock(closes)}"


def typed(text: str) -> tuple[tuple[time, time], ...]:
    """The spans of one day; nothing typed, or "closed", is none."""
    plain = " ".join(text.split()).lower().rstrip(".")
    if plain in CLOSED:
        return ()
    if plain in ALL_DAY:
        return ((MIDNIGHT, MIDNIGHT),)
    spans = tuple(_span(part) for part in re.split(r"\s*(?:,|;|\band\b)\s*", plain) if part)
    if len(spans) > MOST_SPANS:
        raise BadHours(f"At most {MOST_SPANS} spans fit a day.")
    _refuse_overlap(spans)
    return spans


def _span(text: str) -> tuple[time, time]:
    ends = BETWEEN.split(text)
    if len(ends) != 2:
        raise BadHours(f"“{text[:40]}” is not hours such as 9 am to 5 pm.")
    first, last = (CLOCK.fullmatch(end.strip()) for end in ends)
    if first is None or last is None:
        raise BadHours(f"“{text[:40]}” is not hours such as 9 am to 5 pm.")
    # "9 to 5 pm" leaves open which nine is meant.
    for one in (first, last):
        bare = not one["half"] and not one["word"] and int(one["hour"]) <= 12
        if bare and (one["minute"] is None or len(one["hour"]) == 1):
            raise BadHours(f"Say am or pm in “{text[:40]}”, or write 09:00 to 17:00.")
    return _time(first, text), _time(last, text)


def _time(found: re.Match, text: str) -> time:
    if found["word"]:
        return time(12) if found["word"].lower() == "noon" else MIDNIGHT
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "")[:1].lower()
    if half and not 1 <= hour <= 12:
        raise BadHours(f"“{text[:40]}” is not hours such as 9 am to 5 pm.")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        raise BadHours(f"“{text[:40]}” is not a time of day.")
    return time(hour, minute)


def _refuse_overlap(spans) -> None:
    ordered = sorted(spans)
    for (_, closes), (opens, _) in zip(ordered, ordered[1:], strict=False):
        if closes > opens or closes == MIDNIGHT:
            raise BadHours("Two of these spans overlap.")
    if len(ordered) > 1 and any(a == b for a, b in ordered):
        raise BadHours("Two of these spans overlap.")


def valid_on(span, day: date) -> bool:
    return (span.valid_from is None or span.valid_from <= day) and (span.valid_to is None or span.valid_to >= day)


def week(spans: Iterable, *, on: date) -> list[Day]:
    """The week from Monday on, days with the same hours together; nothing written at all is no rows."""
    held = [span for span in spans if valid_on(span, on)]
    if not held:
        return []
    rows: list[list] = []
    for weekday in Weekday:
        these = sorted((span for span in held if span.weekday == weekday), key=lambda span: span.opens)
        says = ", ".join(said(span.opens, span.closes) for span in these) or "Closed"
        if rows and rows[-1][2] == says:
            rows[-1][1] = weekday
        else:
            rows.append([weekday, weekday, says])
    return [Day(_days(first, last), says, first <= on.weekday() <= last) for first, last, says in rows]


def _days(first: Weekday, last: Weekday) -> str:
    if first == last:
        return first.label
    return "Every day" if last - first == 6 else f"{first.label} to {last.label}"


def standing(spans: Iterable, *, local: datetime) -> Standing | None:
    """Open or closed at this moment of the wall clock, and until when; None when no hours are written."""
    spans = list(spans)
    if not spans:
        return None
    plain = local.replace(tzinfo=None)
    ends = [end for begin, end in _around(spans, plain) if begin <= plain < end]
    if ends:
        return Standing(True, _until(spans, plain, max(ends)))
    ahead = sorted(begin for begin, _ in _around(spans, plain) if begin > plain)
    return Standing(False, f"Closed, opens {_day(ahead[0], plain)}{say_clock(ahead[0].time())}" if ahead else "Closed")


def _around(spans, plain: datetime):
    """Every span from yesterday to a week ahead, as moments of the wall clock."""
    today, weekday = plain.date(), plain.weekday()
    for span in spans:
        first = (span.weekday - weekday + 1) % 7 - 1
        for ahead in (first, first + 7) if first < 1 else (first,):
            day = today + timedelta(days=ahead)
            if valid_on(span, day):
                begin, end = datetime.combine(day, span.opens), datetime.combine(day, span.closes)
                yield begin, end if span.closes > span.opens else end + timedelta(days=1)


def _until(spans, plain: datetime, end: datetime) -> str:
    around = sorted(_around(spans, plain))
    for begin, later in around:  # one span goes on where another ends
        if begin <= end < later:
            end = later
    if end - plain > timedelta(days=6):
        return "Open now, day and night"
    return f"Open now, until {_day(end, plain)}{say_clock(end.time())}"


def _day(moment: datetime, plain: datetime) -> str:
    ahead = (moment.date() - plain.date()).days
    if ahead == 0 or (ahead == 1 and moment.time() == MIDNIGHT):
        return ""
    return "tomorrow " if ahead == 1 else f"{moment:%A} "
