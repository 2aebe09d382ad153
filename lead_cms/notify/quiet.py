"""Quiet hours: from one time of day to another in a site's time zone, across midnight and across a change of clocks.

API
    quiet_until(at, begins, ends, tz) -> the moment the quiet hours around `at` end, or None outside of them
A time that the clocks skip is taken as the one an hour later; of a time that comes twice, each is an end.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(at: datetime, begins: time | None, ends: time | None, tz: ZoneInfo) -> datetime | None:
    """The first moment after `at` that is not quiet, when `at` is; the end itself is not quiet any more."""
    if begins is None or ends is None or begins == ends:
        return None
    local = at.astimezone(tz)
    now = local.timetz().replace(tzinfo=None)
    overnight = begins > ends
    if not (now >= begins or now < ends if overnight else begins <= now < ends):
        return None
    day = local.date() + timedelta(days=1 if overnight and now >= begins else 0)
    found = [datetime.combine(day, ends, tz).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    # In the hour that comes twice the first end may lie behind us.
    return min((moment for moment in found if moment > at), default=at + timedelta(hours=1))
