"""T1: the funnel that Santa Fe published on December 23, 2016, digit for digit, and each rule of who stands where."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lead_cms.access.permissions import Role
from lead_cms.reports.period import Period
from lead_cms.reports.registry import REPORTS, sheet_from
from lead_cms.reports.tables import say
from tests.reports import making

START = datetime(2014, 6, 2, 18, tzinfo=UTC)
SINCE_2014 = Period(date(2014, 4, 1), date(2016, 12, 24))
AS_OF = datetime(2016, 12, 24, 18, tzinfo=UTC)


@pytest.fixture
def santa_fe(world):
    """105 people: 18 not in the program, 67 engaged in the past year, 17 not (2 self-supporting), 3 in process."""
    where = world.a
    for number in range(9):
        making.refer(where, at=START + timedelta(days=number), status="ineligible")
    for number in range(3):
        making.refer(where, at=START + timedelta(days=number), status="declined", answer="no")
    for number in range(6):
        at = START + timedelta(days=number)
        making.window(where, making.refer(where, at=at), starts_on=at.date(), days=7)
    for number in range(84):
        at = START + timedelta(days=5 * number)
        referral = making.refer(where, at=at, door="social" if number % 2 else "arrest")
        participant = making.take_part(where, referral)
        if number % 2:
            making.intake(where, referral, at.date() + timedelta(days=4))
        else:
            made = making.window(where, referral, starts_on=at.date(), days=7, state="met", met_on=at.date())
            making.item(where, made, "intake", at.date())
        if number < 67:
            making.reached(where, referral, datetime(2016, 3, 1, 18, tzinfo=UTC))
        else:
            making.reached(where, referral, datetime(2016, 3, 1, 18, tzinfo=UTC), outcome="not_found")
        if number in {67, 68}:
            making.gets_along(where, participant, date(2016, 1, 10))
    for number in range(3):
        at = datetime(2016, 12, 19 + number, 18, tzinfo=UTC)
        making.window(where, making.refer(where, at=at), starts_on=at.date(), days=7)
    return where


def test_santa_fe_digit_for_digit(santa_fe):
    coordinator = santa_fe.person(Role.COORDINATOR)
    found = making.counts(coordinator, "funnel", SINCE_2014, AS_OF)
    asked = making.asked_by(coordinator, SINCE_2014, AS_OF)
    sheet = sheet_from(REPORTS["funnel"], asked, found, "x", hiding=False)
    said = {row.cells[0]: (say(row.cells[1], "count"), say(row.cells[2], "share")) for row in sheet.tables[0].rows}
    assert said == {
        "Referred": ("105", "–"),
        "Not in the program": ("18", "17%"),
        "Ineligible": ("9", "9%"),
        "Not approved": ("0", "0%"),
        "Declined, or not now": ("3", "3%"),
        "No intake in 7 days": ("6", "6%"),
        "In the program": ("87", "83%"),
        "Engaged in the past year": ("67", "77%"),
        "Not engaged for a year or more": ("17", "20%"),
        "of these, self-supporting": ("2", "–"),
        "In process": ("3", "3%"),
        "Enrolled (engaged or not)": ("84", "–"),
    }


def test_what_leaves_the_team_tells_no_small_cell(santa_fe):
    """Of 9, 3, 6, 2 and 3 none is shown, and none is the difference of two that are."""
    coordinator = santa_fe.person(Role.COORDINATOR)
    found = making.counts(coordinator, "funnel", SINCE_2014, AS_OF)
    shown = found.figures(hiding=True)
    assert {"ineligible", "declined", "no_intake", "self_supporting", "in_process"} <= shown.hidden
    assert "referred" not in shown.hidden


@pytest.fixture
def where(world):
    return world.a


def numbers(where, period=making.QUARTER, now=making.NOW):
    found = making.counts(where.person(Role.COORDINATOR), "funnel", period, now).counts
    return {key: n for key, n in found.items() if n}


def test_a_person_referred_twice_counts_once_by_what_came_nearest(where):
    first, second = making.refer(where), making.refer(where, door="social")
    making.take_part(where, first, second)
    making.intake(where, second, date(2026, 5, 25))
    making.window(where, first, "stepped_back")
    assert numbers(where) == {"referred": 1, "in": 1, "enrolled": 1, "engaged": 1}


def test_an_intake_that_waits_for_confirmation_enrolls_nobody(where):
    referral = making.refer(where)
    making.take_part(where, referral)
    made = making.window(where, referral)
    making.item(where, made, "intake", date(2026, 5, 30), waits=True)
    assert numbers(where) == {"referred": 1, "out": 1, "no_intake": 1}


@pytest.mark.parametrize(
    ("state", "place"), [("not_now", "declined"), ("not_found", "no_intake"), ("to_find", "in_process")]
)
def test_outreach(where, state, place):
    making.outreach(where, making.refer(where, status="outreach", door="social"), state)
    assert numbers(where)[place] == 1


def test_asking_somebody_they_trust_is_no_contact_with_them(where):
    early = datetime(2025, 1, 10, 18, tzinfo=UTC)
    referral = making.refer(where, at=early)
    making.take_part(where, referral)
    making.intake(where, referral, date(2025, 1, 12))
    making.reached(where, referral, making.AT, kind="third_party")
    period = Period(date(2025, 1, 1), date(2026, 7, 1))
    assert numbers(where, period)["not_engaged"] == 1
    making.reached(where, referral, making.AT)
    assert numbers(where, period)["engaged"] == 1


def test_what_the_officer_canceled_is_left_out_and_said(where):
    making.refer(where, status="cancelled")
    assert numbers(where) == {"cancelled": 1}


def test_restricted_and_sealed_records_are_in_no_figure_whoever_asks(where):
    for mark in ("restricted", "sealed"):
        making.take_part(where, making.refer(where), **{mark: True})
    making.take_part(where, making.refer(where), is_restricted=True)
    for role in (Role.COORDINATOR, Role.SUPERVISOR):
        for name in ("funnel", "clock", "equity", "handoff"):
            counted = making.counts(where.person(role), name).counts
            assert not any(counted.values()), (role, name)


def test_each_site_counts_its_own(world):
    making.refer(world.a)
    assert numbers(world.b) == {}


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        # Days of 23 and 25 hours, a leap day, and the first and last moment of a day, in the site's own zone.
        (datetime(2026, 3, 8, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 8, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 9, 6, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 9, 7, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_of_23_hours_is_whole(where, at, inside):
    making.refer(where, at=at)
    assert bool(numbers(where, Period(date(2026, 3, 8), date(2026, 3, 9)))) == inside


@pytest.mark.parametrize(("hour", "inside"), [(7, True), (8, False)])
def test_a_day_of_25_hours_and_a_leap_day(where, hour, inside):
    making.refer(where, at=datetime(2025, 11, 3, hour, 30, tzinfo=UTC))
    assert bool(numbers(where, Period(date(2025, 11, 2), date(2025, 11, 3)))) == inside
    making.refer(where, at=datetime(2024, 2, 29, 20, tzinfo=UTC))
    assert numbers(where, Period(date(2024, 2, 29), date(2024, 3, 1)))["referred"] == 1
