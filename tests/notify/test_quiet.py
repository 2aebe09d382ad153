"""Quiet hours: across midnight, across both changes of clocks, and always with an end."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead_cms.notify.quiet import quiet_until

ZONE = ZoneInfo("America/Los_Angeles")
NIGHT = (time(22), time(7))


def local(*parts, fold=0) -> datetime:
    return datetime(*parts, tzinfo=ZONE, fold=fold)


@pytest.mark.parametrize(
    ("at", "hours", "ends"),
    [
        (local(2026, 10, 6, 21, 59), NIGHT, None),
        (local(2026, 10, 6, 22, 0), NIGHT, local(2026, 10, 7, 7)),
        (local(2026, 10, 6, 23, 59), NIGHT, local(2026, 10, 7, 7)),
        (local(2026, 10, 7, 0, 0), NIGHT, local(2026, 10, 7, 7)),
        (local(2026, 10, 7, 6, 59), NIGHT, local(2026, 10, 7, 7)),
        (local(2026, 10, 7, 7, 0), NIGHT, None),
        (local(2026, 10, 7, 12, 30), (time(12), time(13)), local(2026, 10, 7, 13)),
        (local(2026, 10, 7, 11, 59), (time(12), time(13)), None),
        # New year, and a leap day.
        (local(2026, 12, 31, 23), NIGHT, local(2027, 1, 1, 7)),
        (local(2028, 2, 28, 23), NIGHT, local(2028, 2, 29, 7)),
        # The night that is an hour longer, and the one that is an hour shorter: seven in the morning all the same.
        (local(2026, 10, 31, 23), NIGHT, local(2026, 11, 1, 7)),
        (local(2026, 3, 7, 23), NIGHT, local(2026, 3, 8, 7)),
        # An end that the clocks skip comes an hour later; of one that comes twice, each is an end.
        (local(2026, 3, 8, 1, 50), (time(22), time(2, 30)), local(2026, 3, 8, 3, 30)),
        (local(2026, 11, 1, 0, 50), (time(22), time(1, 30)), local(2026, 11, 1, 1, 30)),
        (local(2026, 11, 1, 1, 10, fold=1), (time(22), time(1, 30)), local(2026, 11, 1, 1, 30, fold=1)),
    ],
)  # fmt: skip
def test_the_end_of_quiet_hours(at, hours, ends):
    found = quiet_until(at.astimezone(UTC), *hours, ZONE)
    assert found == (ends.astimezone(UTC) if ends else None)


def test_no_hours_are_never_quiet():
    assert quiet_until(datetime(2026, 1, 1, tzinfo=UTC), None, None, ZONE) is None


@given(
    st.integers(0, 1095 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.sampled_from(["America/Los_Angeles", "America/Chicago", "Pacific/Honolulu"]),
)
def test_nothing_waits_for_ever_and_the_end_is_not_quiet(at, begins, ends, zone):
    found = quiet_until(at, begins, ends, ZoneInfo(zone))
    if found is not None:
        assert at < found <= at + timedelta(hours=26)
        clock = found.astimezone(ZoneInfo(zone)).time()
        skipped = found.astimezone(ZoneInfo(zone)).date() in {date(2026, 3, 8), date(2027, 3, 14), date(2028, 3, 12)}
        assert clock == ends or skipped
