"""When a place is open, by the site's own clock.

API
    hours(place, at, zone) -> Hours(state, says, changes_at)
        .state  "open", "closed", or "unknown" where the rules give no times a program can read
    offered(fallbacks, at, zone) -> [(Fallback, [(Place, Hours)])]   in the rules' order; what is closed is not first
Pure. A day begins and ends on the wall clock, so that "from 10 pm until 6 am" stays that on the nights the clocks change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from lead_cms.programs.parts import Fallback, Place

LOOK = 8  # days: whatever is open at all opens within a week
RANK = {"open": 0, "unknown": 1, "closed": 2}


@dataclass(frozen=True, slots=True)
class Hours:
    """Whether a place is open, and what to say: "Open now until 10 pm", "Opens 7 am", "Opens Monday 7 am"."""

    state: Literal["open", "closed", "unknown"]
    says: str
    changes_at: datetime | None = None


def hours(place: Place, at: datetime, zone: ZoneInfo) -> Hours:
    """Where only words are known they are said as they stand; nothing is concluded from them."""
    if not place.open:
        return Hours("unknown", place.hours or "Hours not published")
    spans = _joined(_spans(place, at, zone))
    now = next((span for span in spans if span[0] <= at < span[1]), None)
    if now is not None:
        always = now[1] - at > timedelta(days=LOOK - 3)
        return Hours("open", "Open day and night" if always else f"Open now until {_says(now[1], at, zone)}", now[1])
    opens = min(begins for begins, _ in spans if begins > at)
    return Hours("closed", f"Opens {_says(opens, at, zone)}", opens)


def offered(
    fallbacks: Iterable[Fallback], at: datetime, zone: ZoneInfo
) -> list[tuple[Fallback, list[tuple[Place, Hours]]]]:
    """The ways in the rules' order. Of a way's places the open come first; a way whose places are all closed comes last."""
    ways = []
    for way in fallbacks:
        places = [(place, hours(place, at, zone)) for place in way.places]
        ways.append((way, sorted(places, key=lambda one: RANK[one[1].state])))
    return sorted(ways, key=lambda way: bool(way[1]) and all(one.state == "closed" for _, one in way[1]))


def _spans(place: Place, at: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Every opening from yesterday on, for a week and a day."""
    first = at.astimezone(zone).date() - timedelta(days=1)
    spans = []
    for number in range(LOOK + 2):
        day = first + timedelta(days=number)
        for opening in place.open:
            if day.weekday() in opening.days:
                more = 1 if opening.ends <= opening.begins else 0
                begins, ends = _moment(day, opening.begins, zone), _moment(day + timedelta(more), opening.ends, zone)
                if begins < ends:
                    spans.append((begins, ends))
    return sorted(spans)


def _moment(day, minutes: int, zone: ZoneInfo) -> datetime:
    if minutes == 24 * 60:
        day, minutes = day + timedelta(days=1), 0
    return datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone).astimezone(ZoneInfo("UTC"))


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that touch are one: open until midnight and from midnight on is open."""
    found: list[tuple[datetime, datetime]] = []
    for begins, ends in spans:
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def _says(moment: datetime, at: datetime, zone: ZoneInfo) -> str:
    local, today = moment.astimezone(zone), at.astimezone(zone).date()
    minutes = f":{local.minute:02d}" if local.minute else ""
    clock = f"{local.hour % 12 or 12}{minutes} {'am' if local.hour < 12 else 'pm'}"
    if local.hour == local.minute == 0:
        clock = "midnight"
    ahead = (local.date() - today).days
    if ahead == 0 or (ahead == 1 and clock == "midnight"):
        return clock
    return f"{'tomorrow' if ahead == 1 else f'{local:%A}'} {clock}"
