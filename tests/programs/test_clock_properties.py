"""The clock's edges, by property: any day of half a century in zones with every kind of change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lead_cms.programs import clock
from lead_cms.programs.parts import Reminder

SITES = ["America/Los_Angeles", "America/New_York", "America/Phoenix", "Pacific/Honolulu", "America/Anchorage"]
ODD = ["America/Santiago", "Asia/Beirut", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia"]
# A busy machine is slow, not wrong.
unhurried = settings(deadline=None)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)

zones = st.sampled_from(SITES + ODD).map(ZoneInfo)
site_zones = st.sampled_from(SITES).map(ZoneInfo)
days = st.dates(date(1990, 1, 1), date(2037, 12, 31))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
lengths = st.integers(0, 400)
steps = st.builds(
    Reminder,
    step=st.sampled_from("abcd"),
    days=st.integers(-30, 30),
    relative_to=st.sampled_from(["start", "due", "decision"]),
    hour=st.integers(0, 23),
    recipients=st.lists(st.sampled_from(["case_manager", "supervisor", "prosecutor"]), max_size=3).map(tuple),
    channels=st.lists(st.sampled_from(["in_app", "email"]), max_size=2).map(tuple),
)
plans = st.lists(steps, max_size=6)


def seconds_of(day, tz):
    return (clock.due_moment(day, tz) - clock.due_moment(day - DAY, tz)).total_seconds()


@given(days, zones)
@example(date(2024, 9, 7), ZoneInfo("America/Santiago"))
@example(date(2024, 4, 6), ZoneInfo("America/Santiago"))
@example(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))
@example(date(2016, 11, 5), ZoneInfo("America/Havana"))
@example(date(2010, 11, 6), ZoneInfo("America/St_Johns"))
@unhurried
def test_the_last_second_is_in_and_the_next_is_out(day, tz):
    end = clock.due_moment(day, tz)
    assert clock.local_day(end - SECOND, tz) <= day < clock.local_day(end, tz)


@given(days, zones, moments)
@unhurried
def test_over_exactly_when_the_local_day_is_later(day, tz, moment):
    assert clock.is_over(day, moment, tz) == (clock.local_day(moment, tz) > day)
    assert clock.is_over(day, moment, tz) == (clock.days_left(day, clock.local_day(moment, tz)) < 0)


def test_where_the_clocks_go_back_to_midnight_the_day_ends_at_the_first_and_where_over_it_at_the_last():
    """Havana, 1:00 to 0:00, and Newfoundland until 2011, 0:01 to 23:01."""
    assert clock.due_moment(date(2016, 11, 5), ZoneInfo("America/Havana")) == datetime(2016, 11, 6, 4, tzinfo=UTC)
    newfoundland = ZoneInfo("America/St_Johns")
    assert clock.due_moment(date(2010, 11, 6), newfoundland) == datetime(2010, 11, 7, 3, 30, tzinfo=UTC)


@given(days, zones)
@unhurried
def test_days_follow_one_another(day, tz):
    assert 0 <= seconds_of(day, tz) <= 25 * 3600


@given(days, site_zones)
@unhurried
def test_days_at_the_sites_have_23_to_25_hours(day, tz):
    assert seconds_of(day, tz) in {23 * 3600, 24 * 3600, 25 * 3600}


@given(moments, lengths, zones)
@unhurried
def test_a_window_runs_for_its_days_whatever_the_clocks_do(start, length, tz):
    start_on = clock.local_day(start, tz)
    last = clock.due_on(start_on, length, last_day_rule="calendar_day", holidays=frozenset())
    assert clock.days_left(last, start_on) == length
    assert not clock.is_over(last, start, tz)


@given(days, lengths, st.frozensets(days, max_size=20))
@unhurried
def test_the_next_business_day_is_the_first_one(start_on, length, free):
    plain = clock.due_on(start_on, length, last_day_rule="calendar_day", holidays=free)
    last = clock.due_on(start_on, length, last_day_rule="next_business_day", holidays=free)
    assert last >= plain
    assert last.weekday() < 5 and last not in free
    between = [plain + timedelta(days=n) for n in range((last - plain).days)]
    assert all(day.weekday() >= 5 or day in free for day in between)


@given(days, lengths)
@unhurried
def test_the_years_of_holidays_are_enough(start_on, length):
    years = clock.holiday_years(start_on, length)
    free = clock.holidays_for("US", "CA", years)
    assert clock.due_on(start_on, length, last_day_rule="next_business_day", holidays=free).year in years


@given(days, moments, days, zones)
@unhurried
def test_confirmation_only_for_what_counts_and_was_typed_after(done_on, typed_at, due, tz):
    needed = clock.needs_confirmation(done_on, typed_at, due, tz)
    assert needed == (clock.item_counts(done_on, date.min, due) and clock.local_day(typed_at, tz) > due)


@given(days, st.times(), zones)
@unhurried
def test_a_local_time_is_kept_or_moved_forward(day, at, tz):
    moment = clock.local_moment(day, at, tz)
    local, wanted = moment.astimezone(tz).replace(tzinfo=None), datetime.combine(day, at)
    assert local >= wanted
    # Of two the first: an hour earlier the clock showed another time.
    assert (moment - timedelta(hours=1)).astimezone(tz).replace(tzinfo=None) < local or local > wanted
    if local > wanted:
        assert wanted.replace(tzinfo=tz).astimezone(UTC).astimezone(tz).replace(tzinfo=None) != wanted


@given(plans, days, st.integers(0, 60), st.integers(0, 10), zones)
@unhurried
def test_reminders_are_sorted_unique_and_complete(plan, start_on, length, grace, tz):
    due = start_on + timedelta(days=length)
    found = clock.reminder_moments(plan, start_on=start_on, due=due, decision_on=clock.decision_on(due, grace), tz=tz)
    keys = [(one.step, one.recipient, one.channel) for one in found]
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert len(keys) == len(set(keys))
    assert set(keys) == {(one.step, who, how) for one in plan for who in one.recipients for how in one.channels}


@given(plans, days, st.integers(0, 60), st.integers(0, 60), moments, zones)
@unhurried
def test_after_any_extension_nothing_is_sent_twice_and_nothing_to_come_is_lost(plan, start_on, first, more, now, tz):
    def written(length):
        due = start_on + timedelta(days=length)
        return clock.reminder_moments(plan, start_on=start_on, due=due, decision_on=due, tz=tz)

    sent = {one.key for one in written(first) if one.at <= now}
    later = written(first + more)
    anew = clock.rewrite(sent, later, now)
    assert not sent & {one.key for one in anew}
    assert {one.key for one in later if one.at > now} <= {one.key for one in anew}
    assert all(one.on_the_day for one in anew if one.at < now)
    again = clock.rewrite(sent | {one.key for one in anew}, later, now)
    assert again == []
