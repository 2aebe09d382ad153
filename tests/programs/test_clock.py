"""The clock's edges, by case."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lead_cms.programs import clock
from lead_cms.programs.parts import Reminder

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
NEW_YORK = ZoneInfo("America/New_York")
PHOENIX = ZoneInfo("America/Phoenix")
HONOLULU = ZoneInfo("Pacific/Honolulu")
ANCHORAGE = ZoneInfo("America/Anchorage")
SANTIAGO = ZoneInfo("America/Santiago")
BEIRUT = ZoneInfo("Asia/Beirut")
APIA = ZoneInfo("Pacific/Apia")
ST_JOHNS = ZoneInfo("America/St_Johns")
TORONTO = ZoneInfo("America/Toronto")
SECOND = timedelta(seconds=1)


def step(name="r", *, days=0, relative_to="due", hour=9, recipients=("case_manager",), channels=("in_app",)):
    return Reminder(name, days, relative_to, hour, tuple(recipients), tuple(channels))


def due(start_on, days=30, rule="calendar_day", free=frozenset()):
    return clock.due_on(start_on, days, last_day_rule=rule, holidays=free)


def moments(plan, tz=LOS_ANGELES, *, start_on=date(2025, 1, 1), due=date(2025, 1, 31), decision_on=None):
    return clock.reminder_moments(plan, start_on=start_on, due=due, decision_on=decision_on, tz=tz)


def at(*parts, tz=UTC):
    return datetime(*parts, tzinfo=tz).astimezone(UTC)


@pytest.mark.parametrize(
    "call",
    [
        lambda naive: clock.local_day(naive, LOS_ANGELES),
        lambda naive: clock.is_over(date(2025, 1, 1), naive, LOS_ANGELES),
        lambda naive: clock.needs_confirmation(date(2025, 1, 1), naive, date(2025, 1, 1), LOS_ANGELES),
        lambda naive: clock.rewrite((), (), naive),
    ],
)
def test_a_moment_without_a_time_zone_is_not_accepted(call):
    with pytest.raises(ValueError, match="without a time zone"):
        call(datetime(2025, 1, 1, 12))  # noqa: DTZ001


def test_a_moment_is_never_taken_for_a_date():
    moment = datetime(2025, 1, 1, 23, tzinfo=LOS_ANGELES)
    for call in (
        lambda: due(moment),
        lambda: clock.due_moment(moment, LOS_ANGELES),
        lambda: clock.days_left(moment, date(2025, 1, 1)),
        lambda: clock.item_counts(moment, date(2025, 1, 1), date(2025, 1, 1)),
        lambda: clock.decision_on(moment, 0),
    ):
        with pytest.raises(TypeError, match="a date is wanted"):
            call()


@pytest.mark.parametrize("tz", [LOS_ANGELES, NEW_YORK, PHOENIX, HONOLULU, ANCHORAGE, SANTIAGO])
@pytest.mark.parametrize("day", [date(2025, 3, 8), date(2025, 3, 9), date(2025, 11, 1), date(2025, 11, 2)])
def test_one_second_before_midnight_is_still_the_day(tz, day):
    last = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=tz)
    assert clock.local_day(last.astimezone(UTC), tz) == day
    assert clock.local_day(last.astimezone(UTC) + SECOND, tz) == day + timedelta(days=1)


def test_start_one_second_before_midnight_counts_from_that_day():
    start = at(2025, 6, 11, 6, 59, 59)  # 23:59:59 on the 10th in Los Angeles, already the 11th in UTC
    assert due(clock.local_day(start, LOS_ANGELES)) == date(2025, 7, 10)
    assert due(clock.local_day(start + SECOND, LOS_ANGELES)) == date(2025, 7, 11)


def test_thirty_days_are_not_720_hours():
    start = datetime(2025, 2, 20, 23, 30, tzinfo=LOS_ANGELES)
    last = due(clock.local_day(start, LOS_ANGELES))
    assert last == date(2025, 3, 22)
    assert clock.local_day(start.astimezone(UTC) + timedelta(hours=720), LOS_ANGELES) == date(2025, 3, 23)


@pytest.mark.parametrize(
    ("start_on", "days", "last"),
    [
        (date(2024, 1, 30), 30, date(2024, 2, 29)),  # leap day is the last day
        (date(2024, 2, 28), 30, date(2024, 3, 29)),
        (date(2025, 1, 30), 30, date(2025, 3, 1)),
        (date(2024, 2, 29), 366, date(2025, 3, 1)),
        (date(2000, 2, 29), 14, date(2000, 3, 14)),
        (date(2025, 12, 15), 30, date(2026, 1, 14)),  # over the year's end
        (date(2025, 12, 1), 30, date(2025, 12, 31)),
        (date(2025, 12, 31), 0, date(2025, 12, 31)),
    ],
)
def test_calendar_days(start_on, days, last):
    assert due(start_on, days) == last


def test_next_business_day_skips_weekends_and_holidays():
    free = clock.holidays_for("US", "CA", clock.holiday_years(date(2025, 11, 25), 30))
    assert due(date(2025, 6, 5), 30, "next_business_day") == date(2025, 7, 7)  # from a Saturday to the Monday
    assert due(date(2025, 6, 4), 30, "next_business_day", free) == date(2025, 7, 7)  # Friday, Independence Day
    assert due(date(2025, 11, 25), 30, "next_business_day", free) == date(2025, 12, 26)
    assert due(date(2025, 12, 2), 30, "next_business_day", free) == date(2026, 1, 2)  # New Year's Day of another year
    assert due(date(2025, 12, 1), 30, "next_business_day", free) == date(2025, 12, 31)
    assert due(date(2025, 6, 5), 30, "calendar_day", free) == date(2025, 7, 5)


def test_observed_holidays_count():
    free = clock.holidays_for("US", None, (2021, 2022))
    assert {date(2021, 12, 31), date(2022, 6, 20), date(2022, 12, 26)} <= free
    assert date(2025, 3, 31) in clock.holidays_for("US", "CA", [2025])
    assert date(2025, 3, 31) not in clock.holidays_for("US", "WA", [2025])


@pytest.mark.parametrize("place", [("XX", None), ("US", "QQ")])
def test_no_calendar_of_holidays(place):
    with pytest.raises(ValueError, match="no calendar of holidays"):
        clock.holidays_for(*place, [2025])


def test_wrong_rules_are_said():
    with pytest.raises(ValueError, match="-1 days"):
        due(date(2025, 1, 1), -1)
    with pytest.raises(ValueError, match="no such last-day rule"):
        due(date(2025, 1, 1), 30, "whenever")
    with pytest.raises(ValueError, match="grace"):
        clock.decision_on(date(2025, 1, 1), -1)
    with pytest.raises(ValueError, match="no such anchor"):
        moments([step(relative_to="arrest")])


@pytest.mark.parametrize(
    ("tz", "day", "end"),
    [
        (LOS_ANGELES, date(2025, 3, 9), at(2025, 3, 10, 7)),  # 23 hours long
        (LOS_ANGELES, date(2025, 3, 8), at(2025, 3, 9, 8)),
        (LOS_ANGELES, date(2025, 11, 2), at(2025, 11, 3, 8)),  # 25 hours long
        (NEW_YORK, date(2025, 3, 9), at(2025, 3, 10, 4)),
        (NEW_YORK, date(2025, 12, 31), at(2026, 1, 1, 5)),
        (PHOENIX, date(2025, 3, 9), at(2025, 3, 10, 7)),  # no daylight saving
        (PHOENIX, date(2025, 11, 2), at(2025, 11, 3, 7)),
        (HONOLULU, date(2024, 2, 29), at(2024, 3, 1, 10)),
        (ANCHORAGE, date(2025, 3, 9), at(2025, 3, 10, 8)),
        (SANTIAGO, date(2024, 9, 7), at(2024, 9, 8, 4)),  # no midnight: 23:59:59 is followed by 01:00
        (SANTIAGO, date(2024, 4, 6), at(2024, 4, 7, 4)),  # the hour before midnight comes twice
        (BEIRUT, date(2024, 3, 30), at(2024, 3, 30, 22)),
        (APIA, date(2011, 12, 29), at(2011, 12, 30, 10)),  # the 30th did not exist
        (APIA, date(2011, 12, 30), at(2011, 12, 30, 10)),
        (ST_JOHNS, date(2010, 11, 6), at(2010, 11, 7, 3, 30)),  # two midnights: the later
        (TORONTO, date(1919, 3, 30), at(1919, 3, 31, 4, 30)),  # clocks went from 23:30 to 00:30
    ],
)
def test_the_end_of_the_due_day(tz, day, end):
    assert clock.due_moment(day, tz) == end
    assert clock.due_moment(day, tz).tzinfo is UTC
    assert not clock.is_over(day, end - SECOND, tz)
    assert clock.is_over(day, end, tz)


def test_done_in_the_last_second_and_one_second_late():
    start_on, last = date(2025, 2, 7), date(2025, 3, 9)
    end = clock.due_moment(last, LOS_ANGELES)
    for moment, counts in ((end - SECOND, True), (end, False), (end + SECOND, False)):
        assert clock.item_counts(clock.local_day(moment, LOS_ANGELES), start_on, last) is counts
        assert clock.is_over(last, moment, LOS_ANGELES) is not counts
    assert not clock.needs_confirmation(last, end - SECOND, last, LOS_ANGELES)


def test_done_on_the_last_day_and_typed_three_days_later():
    start_on, last = date(2025, 2, 7), date(2025, 3, 9)
    typed_at = clock.due_moment(last, LOS_ANGELES) + timedelta(days=3)
    assert clock.item_counts(last, start_on, last)
    assert clock.needs_confirmation(last, typed_at, last, LOS_ANGELES)


def test_typed_a_day_later_inside_the_window_needs_nobody():
    typed_at = at(2025, 3, 9, 12, tz=LOS_ANGELES)
    assert not clock.needs_confirmation(date(2025, 3, 8), typed_at, date(2025, 3, 9), LOS_ANGELES)


def test_done_late_needs_no_confirmation_because_it_does_not_count():
    typed_at = at(2025, 3, 12, 12, tz=LOS_ANGELES)
    assert not clock.item_counts(date(2025, 3, 10), date(2025, 2, 7), date(2025, 3, 9))
    assert not clock.needs_confirmation(date(2025, 3, 10), typed_at, date(2025, 3, 9), LOS_ANGELES)


def test_done_before_day_0_does_not_count():
    assert not clock.item_counts(date(2025, 2, 6), date(2025, 2, 7), date(2025, 3, 9))
    assert clock.item_counts(date(2025, 2, 7), date(2025, 2, 7), date(2025, 3, 9))


def test_extension_before_and_after_the_due_day():
    start_on, first, later = date(2025, 2, 7), date(2025, 3, 9), date(2025, 3, 23)
    done_on, typed_at = date(2025, 3, 15), at(2025, 3, 15, 12, tz=LOS_ANGELES)
    assert not clock.item_counts(done_on, start_on, first)
    # Before or after the due day makes no difference: the later date holds for everything done by it.
    assert clock.item_counts(done_on, start_on, later)
    assert not clock.needs_confirmation(done_on, typed_at, later, LOS_ANGELES)
    # What was typed late under the first date is in time under the later one.
    assert clock.needs_confirmation(first, typed_at, first, LOS_ANGELES)
    assert not clock.needs_confirmation(first, typed_at, later, LOS_ANGELES)


def test_days_left_and_decision():
    assert clock.days_left(date(2024, 3, 1), date(2024, 2, 28)) == 2
    assert clock.days_left(date(2025, 3, 9), date(2025, 3, 9)) == 0
    assert clock.days_left(date(2025, 3, 9), date(2025, 3, 12)) == -3
    assert clock.decision_on(date(2025, 12, 30), 3) == date(2026, 1, 2)


def test_a_reminder_keeps_its_local_hour_over_daylight_saving():
    plan = [step("day 7", days=7, relative_to="start"), step("last day"), step("after", days=1)]
    found = moments(plan, start_on=date(2025, 2, 7), due=date(2025, 3, 9))
    assert [(one.step, one.at) for one in found] == [
        ("day 7", at(2025, 2, 14, 17)),
        ("last day", at(2025, 3, 9, 16)),
        ("after", at(2025, 3, 10, 16)),
    ]
    assert [one.on_the_day for one in found] == [False, True, False]


@pytest.mark.parametrize(
    ("tz", "day", "hour", "moment"),
    [
        (LOS_ANGELES, date(2025, 3, 9), 2, at(2025, 3, 9, 10)),  # does not exist: 03:00
        (LOS_ANGELES, date(2025, 11, 2), 1, at(2025, 11, 2, 8)),  # twice: the first
        (SANTIAGO, date(2024, 9, 8), 0, at(2024, 9, 8, 4)),  # midnight does not exist: 01:00
        (SANTIAGO, date(2024, 4, 6), 23, at(2024, 4, 7, 2)),
        (APIA, date(2011, 12, 30), 9, at(2011, 12, 30, 19)),  # the day does not exist: the next one
    ],
)
def test_a_reminder_at_an_hour_that_is_skipped_or_comes_twice(tz, day, hour, moment):
    assert [one.at for one in moments([step(hour=hour)], tz, due=day)] == [moment]


def test_reminders_are_sorted_and_unique():
    plan = [
        step("b", days=-2, recipients=("supervisor", "case_manager"), channels=("in_app", "email")),
        step("a", days=-2, recipients=("case_manager", "case_manager")),
        step("a", days=-3),
        step("d", relative_to="decision"),
    ]
    found = moments(plan)
    assert [(one.step, one.recipient, one.channel) for one in found] == [
        ("a", "case_manager", "in_app"),
        ("b", "case_manager", "email"),
        ("b", "case_manager", "in_app"),
        ("b", "supervisor", "email"),
        ("b", "supervisor", "in_app"),
    ]
    assert found[0].at == at(2025, 1, 28, 17)  # the earlier of the two
    assert moments(plan, decision_on=date(2025, 2, 3))[-1].step == "d"


PLAN = [
    step("day 7", days=7, relative_to="start", channels=("in_app", "email")),
    step("two days left", days=-2),
    step("last day"),
    step("ended", days=1),
    step("decide", relative_to="decision", recipients=("prosecutor",)),
]
FIRST = {"start_on": date(2025, 1, 1), "due": date(2025, 1, 31), "decision_on": date(2025, 2, 3)}


def steps(found):
    return [one.step for one in found]


def test_extension_before_the_due_day_writes_only_what_is_new():
    now = at(2025, 1, 30, 12, tz=LOS_ANGELES)
    sent = {one.key for one in moments(PLAN, **FIRST) if one.at <= now}
    later = moments(PLAN, **FIRST | {"due": date(2025, 2, 14), "decision_on": date(2025, 2, 17)})
    assert steps(clock.rewrite(sent, later, now)) == ["two days left", "last day", "ended", "decide"]


def test_extension_after_the_due_day_says_the_new_last_day_again():
    now = at(2025, 2, 5, 12, tz=LOS_ANGELES)
    sent = {one.key for one in moments(PLAN, **FIRST) if one.at <= now}
    later = moments(PLAN, **FIRST | {"due": date(2025, 2, 6), "decision_on": date(2025, 2, 9)})
    # "two days left" would have been yesterday: it is not written.
    assert steps(clock.rewrite(sent, later, now)) == ["last day", "ended", "decide"]


def test_extended_and_back_again_sends_nothing_twice():
    now = at(2025, 1, 31, 12, tz=LOS_ANGELES)
    sent = {one.key for one in moments(PLAN, **FIRST) if one.at <= now}
    assert steps(clock.rewrite(sent, moments(PLAN, **FIRST), now)) == ["ended", "decide"]


def test_a_referral_typed_late_still_gets_its_last_day():
    now = at(2025, 2, 20, 12, tz=LOS_ANGELES)
    assert steps(clock.rewrite((), moments(PLAN, **FIRST), now)) == ["last day", "decide"]


def test_sent_to_one_is_not_sent_to_all():
    found = moments([step("last day", recipients=("case_manager", "supervisor"))])
    now = at(2025, 1, 20)
    assert [one.recipient for one in clock.rewrite({found[0].key}, found, now)] == ["supervisor"]


def test_anything_with_the_right_attributes_is_a_plan():
    @dataclass
    class Row:
        step: str = "x"
        days: int = 0
        relative_to: str = "due"
        hour: int = 9
        recipients: tuple = ("outreach",)
        channels: tuple = ("email",)

    assert [(one.recipient, one.channel) for one in moments([Row()])] == [("outreach", "email")]
