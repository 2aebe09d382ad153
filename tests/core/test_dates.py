"""How dates, times and telephone numbers are said, at the edges of days, years and clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import engines
from django.utils import timezone

from lead_cms.core.templatetags import dates

# A Friday, 2:32 pm in San Francisco.
NOW = datetime(2026, 10, 16, 21, 32, tzinfo=UTC)
TODAY = date(2026, 10, 16)


@pytest.fixture(autouse=True)
def friday_in_san_francisco():
    with time_machine.travel(NOW, tick=False), timezone.override("America/Los_Angeles"):
        yield


def render(source, **context):
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize(
    ("at", "says"),
    [
        (NOW, "today 2:32 pm"),
        (datetime(2026, 10, 16, 7, 0, tzinfo=UTC), "today 12:00 am"),
        (datetime(2026, 10, 16, 6, 59, tzinfo=UTC), "yesterday 11:59 pm"),
        (datetime(2026, 10, 16, 19, 5, tzinfo=UTC), "today 12:05 pm"),
        (datetime(2026, 10, 18, 6, 59, tzinfo=UTC), "tomorrow 11:59 pm"),
        (datetime(2026, 10, 14, 19, 0, tzinfo=UTC), "Wed Oct 14, 12:00 pm"),
        (datetime(2026, 11, 4, 22, 32, tzinfo=UTC), "Wed Nov 4, 2:32 pm"),  # after the clocks went back
        (datetime(2024, 2, 29, 20, 0, tzinfo=UTC), "Thu Feb 29, 2024, 12:00 pm"),
    ],
)
def test_when_says_a_moment_in_the_active_zone(at, says):
    assert dates.say_when(at) == says
    assert f">{says}</time>" in render("{{ at|when }}", at=at)


def test_when_carries_the_exact_moment_with_its_offset():
    assert render("{{ at|when }}", at=NOW) == '<time datetime="2026-10-16T14:32:00-07:00">today 2:32 pm</time>'
    assert render("{% time on %}", on=TODAY) == '<time datetime="2026-10-16">today, Oct 16</time>'
    assert render("{{ a|when }}{{ a|day }}{{ a|days_left }}{{ a|phone }}{{ a|tel }}{% time a %}", a=None) == ""


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-7, "Fri Oct 9"),
        (-1, "yesterday, Oct 15"),
        (0, "today, Oct 16"),
        (1, "tomorrow, Oct 17"),
        (2, "Sunday, Oct 18"),
        (6, "Thursday, Oct 22"),
        (7, "Fri Oct 23"),
        (365, "Sat Oct 16, 2027"),
    ],
)
def test_day_names_the_weekday_in_full_within_six_days(days, says):
    assert render("{{ on|day }}", on=TODAY + timedelta(days=days)) == says


def test_a_near_day_in_another_year_carries_the_year():
    with time_machine.travel(datetime(2026, 12, 31, 20, tzinfo=UTC), tick=False):
        assert dates.say_day(date(2027, 1, 1)) == "tomorrow, Jan 1, 2027"
        assert dates.say_days_left(date(2027, 1, 1)) == "1 day left"


@pytest.mark.parametrize(
    ("typed", "says", "dials"),
    [
        ("4155550142", "(415) 555-0142", "+14155550142"),
        ("+1 (415) 555-0142", "(415) 555-0142", "+14155550142"),
        ("1-415-555-0142 x22", "(415) 555-0142 ext. 22", "+14155550142;ext=22"),
        ("911", "911", "911"),
        ("+44 20 7946 0958", "+44 20 7946 0958", "+442079460958"),
        ("ask the desk", "ask the desk", ""),
    ],
)
def test_phone_and_tel(typed, says, dials):
    assert dates.say_phone(typed) == says
    assert dates.tel_number(typed) == dials


def test_a_request_has_one_zone_and_one_day():
    """A page that is made while midnight comes says one day from its first line to its last."""
    midnight = datetime(2026, 10, 17, 7, 0, tzinfo=UTC)
    with time_machine.travel(midnight - timedelta(seconds=1), tick=False) as clock, timezone.override("UTC"):
        with dates.at_site(ZoneInfo("America/Los_Angeles")):
            clock.shift(timedelta(seconds=2))
            assert (dates.site_day(), dates.say_when(NOW)) == (TODAY, "today 2:32 pm")
            assert dates.local_day(datetime(2026, 10, 17, 6, 59, tzinfo=UTC)) == TODAY
            with pytest.raises(ValueError, match="naive"):
                dates.say_when(datetime(2026, 10, 16, 9, 0))  # noqa: DTZ001  that is the point
        assert (dates.site_day(), dates.say_time(NOW)) == (TODAY + timedelta(days=1), "9:32 pm")
