"""Moments and days that a person types: true ones, in the site's zone, never in the future."""

from datetime import date, datetime, timedelta

from lead_cms.core.errors import DomainError


def site_day(moment: datetime, site) -> date:
    """The calendar day of a moment at the site."""
    return moment.astimezone(site.tz).date()


def not_in_future(moment: datetime, at: datetime, *, field: str) -> datetime:
    """The moment as typed; DomainError when it has not come yet."""
    if moment > at:
        raise DomainError("This is in the future. Enter when it happened.", field=field)
    return moment


def day_not_in_future(on: date, at: datetime, site, *, field: str) -> date:
    """The day as typed; DomainError when it is after today at the site."""
    if on > site_day(at, site):
        raise DomainError("This day has not come yet. Enter the day it happened.", field=field)
    return on


def is_same_minute(typed: datetime, tapped: datetime) -> bool:
    """Whether a time typed to the minute holds a tap within that minute: it is then not before the tap."""
    return typed < tapped < typed + timedelta(minutes=1)
