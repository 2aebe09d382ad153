"""Open now, opens when: by the site's own clock, on the nights the clocks change as well."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lead_cms.programs.hours import hours, offered
from lead_cms.programs.parts import Fallback, Opening, Place

ZONE = ZoneInfo("America/Los_Angeles")
DAILY = tuple(range(7))


def place(*openings, code="p", words=""):
    return Place(code, code, hours=words, open=tuple(Opening(days, b * 60, e * 60) for days, b, e in openings))


def at(*moment):
    return datetime(*moment, tzinfo=ZONE).astimezone(UTC)


def test_open_and_closed_in_words():
    day, night = place((DAILY, 8, 22)), place((DAILY, 21, 8))
    assert hours(day, at(2026, 3, 2, 12), ZONE).says == "Open now until 10 pm"
    assert hours(day, at(2026, 3, 2, 22), ZONE).says == "Opens tomorrow 8 am"
    assert hours(day, at(2026, 3, 2, 7, 59), ZONE).says == "Opens 8 am"
    assert hours(night, at(2026, 3, 2, 23), ZONE).says == "Open now until tomorrow 8 am"
    assert hours(night, at(2026, 3, 2, 7, 59), ZONE).says == "Open now until 8 am"
    assert hours(night, at(2026, 3, 2, 8), ZONE).state == "closed"
    weekdays = place(((0, 1, 2, 3, 4), 9, 17))
    assert hours(weekdays, at(2026, 3, 6, 18), ZONE).says == "Opens Monday 9 am"
    assert hours(place((DAILY, 0, 24)), at(2026, 3, 2, 3), ZONE).says == "Open day and night"
    assert hours(place(((0,), 8, 24)), at(2026, 3, 2, 9), ZONE).says == "Open now until midnight"


def test_words_alone_conclude_nothing():
    assert hours(place(words="Day and night, ring twice"), at(2026, 3, 2, 3), ZONE).says == "Day and night, ring twice"
    assert hours(place(), at(2026, 3, 2, 3), ZONE) == hours(place(), at(2026, 3, 2, 15), ZONE)
    assert hours(place(), at(2026, 3, 2, 3), ZONE).says == "Hours not published"


def test_the_nights_the_clocks_change_and_a_leap_day():
    night = place((DAILY, 21, 6))
    for day in ((2026, 3, 7), (2026, 10, 31), (2028, 2, 28)):
        evening = at(*day, 22)
        found = hours(night, evening, ZONE)
        assert found.state == "open" and found.changes_at.astimezone(ZONE).hour == 6
    assert hours(place(((1,), 8, 9)), at(2028, 2, 28, 12), ZONE).says == "Opens tomorrow 8 am"  # Tuesday, February 29


def test_what_is_closed_is_not_offered_first():
    open_now, closed, unknown = place((DAILY, 8, 22), code="o"), place((DAILY, 23, 24), code="c"), place(code="u")
    ways = (
        Fallback("drop_off", (closed,)),
        Fallback("station", phone="555-0100"),
        Fallback("hold_and_reach_out", outreach_hours=24),
    )
    noon = at(2026, 3, 2, 12)
    assert [way.kind for way, _ in offered(ways, noon, ZONE)] == ["station", "hold_and_reach_out", "drop_off"]
    ways = (Fallback("drop_off", (closed, unknown, open_now)), *ways[1:])
    kinds = offered(ways, noon, ZONE)
    assert [way.kind for way, _ in kinds] == ["drop_off", "station", "hold_and_reach_out"]
    assert [one.code for one, _ in kinds[0][1]] == ["o", "u", "c"]


SPANS = st.lists(
    st.tuples(st.lists(st.sampled_from(DAILY), min_size=1, unique=True), st.integers(0, 1439), st.integers(0, 1440)),
    min_size=1, max_size=3,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(spans=SPANS, minutes=st.integers(0, 60 * 24 * 400))
def test_the_change_that_is_named_is_the_next_one(spans, minutes):
    somewhere = Place("p", "p", open=tuple(Opening(tuple(days), begins, ends) for days, begins, ends in spans))
    moment = datetime(2027, 10, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    now = hours(somewhere, moment, ZONE)
    just_before = hours(somewhere, now.changes_at - timedelta(seconds=1), ZONE)
    after = hours(somewhere, now.changes_at, ZONE)
    assert just_before.state == now.state
    assert after.state != now.state or now.says == "Open day and night"
