"""The period of a report: whole days of the site, from the first to before the day after the last.

API
    Period(begins_on, ends_on)         half-open; DomainError where it is none
    period.moments(tz) -> (begins_at, ends_at)      the first moment of each day in the site's zone
    period.says, period.months()
    PRESETS, preset(name, today) -> Period          this quarter, last quarter, year to date
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lead_cms.core.errors import DomainError

EARLIEST, MOST_DAYS = date(2000, 1, 1), 366 * 30
PRESETS = {"quarter": "This quarter", "last-quarter": "Last quarter", "year": "Year to date"}


@dataclass(frozen=True)
class Period:
    begins_on: date
    ends_on: date

    def __post_init__(self):
        if self.ends_on <= self.begins_on:
            raise DomainError("The period ends after it begins.", field="to")
        if self.begins_on < EARLIEST:
            raise DomainError("Begin in the year 2000 or later.", field="from")
        if (self.ends_on - self.begins_on).days > MOST_DAYS:
            raise DomainError("A period lasts thirty years at most.", field="to")

    @property
    def last_on(self) -> date:
        return self.ends_on - timedelta(days=1)

    @property
    def says(self) -> str:
        if self.last_on == self.begins_on:
            return _said(self.begins_on)
        return f"{_said(self.begins_on)} to {_said(self.last_on)}"

    def moments(self, tz: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment of the first day and of the day after the last, so that a day of 23 or 25 hours is whole."""
        return tuple(datetime.combine(day, time(), tz) for day in (self.begins_on, self.ends_on))

    def months(self) -> list[date]:
        """The first days of its months when it is made of whole months, else nothing."""
        if self.begins_on.day != 1 or self.ends_on.day != 1:
            return []
        found, month = [], self.begins_on
        while month < self.ends_on:
            found.append(month)
            month = _first(month.year * 12 + month.month)
        return found


def preset(name: str, today: date) -> Period:
    """One of PRESETS, on this day; a running period ends with its last day, not with today."""
    quarter = today.year * 12 + (today.month - 1) // 3 * 3
    if name == "last-quarter":
        return Period(_first(quarter - 3), _first(quarter))
    if name == "year":
        return Period(date(today.year, 1, 1), today + timedelta(days=1))
    return Period(_first(quarter), _first(quarter + 3))


def year_before(day: date) -> date:
    """The same day a year earlier; of February 29 the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _first(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _said(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
