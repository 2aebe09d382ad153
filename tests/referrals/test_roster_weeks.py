"""Shifts planned for weeks, gaps and doubles, and shifts that change hands."""

import re
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.core.errors import DomainError, StaleState
from referrals.actions.handoff_officer import on_call
from referrals.actions.roster import Pattern, add_pattern, doubles, end_shift, gaps, planned
from referrals.actions.shifts import answer_offer, offer_shift, withdraw_offer
from referrals.models import OfferState, OnCallShift, ShiftOffer
from referrals.views.on_call_weeks import week_days

ZONE = ZoneInfo("America/Los_Angeles")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 3, 2, 20, tzinfo=UTC)  # a Monday, noon at the site


@pytest.fixture
def site(world):
    return world.a


@pytest.fixture
def pair(site):
    return site.person(Role.CASE_MANAGER, 0), site.person(Role.CASE_MANAGER, 1)


def pattern(people, **more) -> Pattern:
    given = {"first_on": date(2026, 3, 2), "weeks": 2, "weekdays": range(7), "begins": time(19), "ends": time(7)}
    return Pattern(people=people, **given | more)


# ---- planned for weeks


@pytest.mark.parametrize("first_on", [date(2026, 3, 6), date(2026, 10, 30), date(2028, 2, 27)])
def test_seven_to_seven_stays_that_by_the_clock_on_the_wall(first_on):
    """Over the hour that does not come, the hour that comes twice, and a leap day."""
    found = planned(pattern(["a"], first_on=first_on, weeks=1), ZONE)
    assert len(found) == 7
    for starts, ends, _ in found:
        assert (starts.astimezone(ZONE).hour, ends.astimezone(ZONE).hour) == (19, 7)
        assert (ends.astimezone(ZONE).date() - starts.astimezone(ZONE).date()).days == 1
    lengths = {(ends - starts) // HOUR for starts, ends, _ in found}
    assert lengths == {date(2026, 3, 6): {11, 12}, date(2026, 10, 30): {12, 13}}.get(first_on, {12})


def test_people_take_turns_by_shift_or_by_week():
    assert [one[2] for one in planned(pattern("ab", weekdays=(0, 2)), ZONE)] == ["a", "b", "a", "b"]
    assert [one[2] for one in planned(pattern("ab", weekdays=(0, 2), turns="week"), ZONE)] == ["a", "a", "b", "b"]


def test_days_and_nights_together_leave_no_gap():
    people = [SimpleNamespace(pk=UUID(int=1), ends_at=None)]
    spans = planned(pattern(people), ZONE) + planned(pattern(people, begins=time(7), ends=time(19)), ZONE)
    shifts = [SimpleNamespace(starts_at=a, ends_at=b, person=c) for a, b, c in spans]
    begins = datetime(2026, 3, 2, 7, tzinfo=ZONE).astimezone(UTC)
    assert gaps(shifts, begins, begins + 12 * DAY) == []


def test_planning_is_all_or_none_and_twice_is_once(site, pair):
    coordinator = site.person(Role.COORDINATOR)
    with acting_as(coordinator), transaction.atomic():
        assert add_pattern(pattern(pair), by=coordinator, at=NOON) == (14, 0)
        assert add_pattern(pattern(pair), by=coordinator, at=NOON) == (0, 14)
        assert OnCallShift.objects.count() == 14
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=pair[1].pk).update(ends_at=NOON + 5 * DAY)
    pair[1].refresh_from_db()
    with acting_as(coordinator), pytest.raises(DomainError, match="does not last"):
        add_pattern(pattern(pair, position=2), by=coordinator, at=NOON)
    with acting_as(coordinator), transaction.atomic():
        assert OnCallShift.objects.count() == 14


def test_what_is_over_is_left_out(site, pair):
    coordinator = site.person(Role.COORDINATOR)
    with acting_as(coordinator), transaction.atomic():
        assert add_pattern(pattern(pair), by=coordinator, at=NOON + 3 * DAY) == (11, 0)
        with pytest.raises(DomainError, match="over already"):
            add_pattern(pattern(pair), by=coordinator, at=NOON + 40 * DAY)


# ---- gaps and doubles: pure


def shift(start, end, *, who=1, position=1, role_ends=None):
    person = SimpleNamespace(pk=UUID(int=who), name=f"P{who}", ends_at=role_ends)
    return SimpleNamespace(
        pk=UUID(int=int(start.timestamp())), starts_at=start, ends_at=end, person=person, person_id=person.pk,
        position=position,
    )  # fmt: skip


HOURS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(0, 3)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(spans=HOURS)
def test_every_hour_is_covered_or_in_a_gap_and_never_both(spans):
    shifts = [shift(NOON + a * HOUR, NOON + (a + b) * HOUR, who=w) for a, b, w in spans]
    found = gaps(shifts, NOON, NOON + 72 * HOUR)
    assert found == sorted(found) and all(since < to for since, to in found)
    assert all(one[1] < other[0] for one, other in zip(found, found[1:], strict=False))
    for hour in range(72):
        moment = NOON + hour * HOUR + HOUR / 2
        covered = any(one.starts_at <= moment < one.ends_at for one in shifts)
        assert covered != any(since <= moment < to for since, to in found)


@settings(max_examples=100, deadline=None)
@given(spans=HOURS)
def test_a_double_is_a_time_at_which_both_are_on(spans):
    shifts = [shift(NOON + a * HOUR, NOON + (a + b) * HOUR, who=w) for a, b, w in spans]
    for one, other, begins, ends in doubles(shifts):
        assert begins < ends
        for each in (one, other):
            assert each.starts_at <= begins and ends <= each.ends_at


def test_first_and_second_at_one_time_are_no_double():
    assert doubles([shift(NOON, NOON + HOUR), shift(NOON, NOON + HOUR, who=2, position=2)]) == []
    assert len(doubles([shift(NOON, NOON + HOUR), shift(NOON, NOON + 2 * HOUR, position=2)])) == 1


def test_a_gap_in_words_on_the_day_it_begins_and_on_those_it_lasts():
    with timezone.override(ZONE):
        friday_7pm = datetime(2026, 3, 6, 19, tzinfo=ZONE)
        days = week_days([], [(friday_7pm, friday_7pm + 36 * HOUR)], date(2026, 3, 2), NOON)
    assert [day["gaps"] for day in days[4:]] == [
        ["Nobody from Fri 7 pm to Sun 7 am"], ["Still nobody, until Sun 7 am"], ["Still nobody, until Sun 7 am"],
    ]  # fmt: skip


# ---- changing hands


@pytest.fixture
def shifts(site, pair):
    """One tomorrow night of the first case manager, one the night after of the second."""
    with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
        return [
            OnCallShift.objects.create(
                site=site.site, person=person, starts_at=NOON + days * DAY, ends_at=NOON + days * DAY + 12 * HOUR
            )
            for person, days in zip(pair, (1, 2), strict=True)
        ]


def offer(shift, to, by, *, at=NOON, **more) -> ShiftOffer:
    with acting_as(by), transaction.atomic():
        return offer_shift(shift=shift, to=to, by=by, at=at, **more)


def answered(given, by, accepted, *, at=NOON):
    with acting_as(by), transaction.atomic():
        return answer_offer(offer=given, accepted=accepted, by=by, at=at)


def holder(site, one) -> Membership:
    with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
        return OnCallShift.objects.select_related("person").get(pk=one.pk).person


def test_it_is_the_colleagues_only_when_they_say_so(site, pair, shifts):
    given = offer(shifts[0], pair[1], pair[0])
    assert holder(site, shifts[0]) == pair[0]
    answered(given, pair[1], True)
    assert holder(site, shifts[0]) == pair[1]
    with pytest.raises(StaleState, match="answered already"):
        answered(given, pair[1], True)


def test_a_no_and_a_second_thought_leave_it_where_it_is(site, pair, shifts):
    answered(offer(shifts[0], pair[1], pair[0]), pair[1], False)
    given = offer(shifts[0], pair[1], pair[0])
    with acting_as(pair[0]), transaction.atomic():
        assert withdraw_offer(offer=given, by=pair[0], at=NOON).state == OfferState.WITHDRAWN
    with pytest.raises(StaleState):
        answered(given, pair[1], True)
    assert holder(site, shifts[0]) == pair[0]


def test_a_swap_moves_both_or_neither(site, pair, shifts):
    answered(offer(shifts[0], pair[1], pair[0], in_return=shifts[1]), pair[1], True)
    assert (holder(site, shifts[0]), holder(site, shifts[1])) == (pair[1], pair[0])
    with acting_as(pair[0]), transaction.atomic():
        shifts = [OnCallShift.objects.get(pk=one.pk) for one in shifts]
    given = offer(shifts[1], pair[1], pair[0], in_return=shifts[0])
    with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
        OnCallShift.objects.filter(pk=shifts[0].pk).update(ends_at=NOON + DAY + HOUR)
    with pytest.raises(StaleState, match="over already"):
        answered(given, pair[1], True, at=NOON + DAY + 2 * HOUR)
    assert (holder(site, shifts[0]), holder(site, shifts[1])) == (pair[1], pair[0])


def test_a_shift_that_runs_is_handed_over_from_now_on(site, pair, shifts):
    at = shifts[0].starts_at + 3 * HOUR
    answered(offer(shifts[0], pair[1], pair[0], at=at), pair[1], True, at=at)
    with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
        on_the_day = OnCallShift.objects.filter(starts_at__lt=shifts[1].starts_at).order_by("starts_at")
        assert [(one.person_id, one.starts_at, one.ends_at) for one in on_the_day] == [
            (pair[0].pk, shifts[0].starts_at, at), (pair[1].pk, at, shifts[0].ends_at),
        ]  # fmt: skip


@pytest.mark.parametrize("who", ["not mine", "myself", "busy", "officer", "twice"])
def test_what_cannot_be_offered(site, pair, shifts, who):
    one, to = shifts[0], pair[1]
    match who:
        case "not mine":
            one = shifts[1]
        case "myself":
            to = pair[0]
        case "officer":
            to = site.person(Role.OFFICER)
        case "twice":
            offer(one, to, pair[0])
            to = site.person(Role.SUPERVISOR)
        case "busy":
            with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
                OnCallShift.objects.create(site=site.site, person=to, starts_at=one.starts_at, ends_at=one.ends_at)
    with pytest.raises(DomainError):
        offer(one, to, pair[0])


def test_the_coordinator_takes_a_shift_off_with_what_was_offered_of_it(site, pair, shifts):
    given = offer(shifts[0], pair[1], pair[0], in_return=shifts[1])
    coordinator = site.person(Role.COORDINATOR)
    with acting_as(coordinator), transaction.atomic():
        end_shift(shift=shifts[1], by=coordinator, at=NOON)
        assert not ShiftOffer.objects.exists()
    with pytest.raises(StaleState):
        answered(given, pair[1], True)


def test_who_comes_names_nobody_twice_and_nobody_whose_role_has_ended(site, pair):
    with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
        for position in (1, 2, 3):
            OnCallShift.objects.create(
                site=site.site, person=pair[0], starts_at=NOON, ends_at=NOON + HOUR, position=position
            )
        OnCallShift.objects.create(site=site.site, person=pair[1], starts_at=NOON, ends_at=NOON + HOUR, position=3)
    with acting_as(site.person(Role.OFFICER)), transaction.atomic():
        assert [one.person_id for one in on_call(site.site.pk, NOON)] == [pair[0].pk, pair[1].pk]
    with acting_as(Duty.OPERATOR), transaction.atomic():
        Membership.objects.filter(pk=pair[0].pk).update(ends_at=NOON)
    with acting_as(site.person(Role.OFFICER)), transaction.atomic():
        assert [one.person_id for one in on_call(site.site.pk, NOON)] == [pair[1].pk]


# ---- the pages


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


PLAN = {
    "first_on": "2026-03-02", "weeks": "2", "weekdays": ["4", "5"], "begins": "19:00", "ends": "07:00", "turns": "shift",
    "position": "1",
}  # fmt: skip


@time_machine.travel(NOON, tick=False)
def test_the_coordinator_plans_and_sees_what_is_missing(site, pair, sign_in):
    client = sign_in(site.person(Role.COORDINATOR))
    sent = PLAN | {"people": [str(one.pk) for one in pair]}
    assert client.post("/referrals/on-call/plan/", sent).status_code == 302
    page = words(client.get("/referrals/on-call/"))
    assert "4 shifts on the list." in page
    assert "Nobody from Mon 12 pm to Fri 7 pm" in page and "Nobody from Sat 7 am to Sat 7 pm" in page
    assert "7 pm to Sat 7 am" in page and "nobody planned yet" in page.lower()
    assert client.post("/referrals/on-call/plan/", sent).status_code == 302
    assert "are on the list already" in words(client.get("/referrals/on-call/"))


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        ({"weeks": "0"}, "at least one week"), ({"weeks": "99"}, "at most 12 weeks"), ({"weeks": "x"}, "a number of weeks"),
        ({"weekdays": []}, "On these days"), ({"weekdays": ["9"]}, "one of the answers"),
        ({"people": []}, "Who"), ({"people": ["x"]}, "one of the answers"), ({"first_on": "soon"}, "such as"),
        ({"begins": "99:99"}, "Enter a time"), ({"first_on": "2025-12-01"}, "over already"),
        ({"first_on": "9999-12-31"}, "within a year"), ({"position": "7"}, "one of the answers"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(site, pair, sign_in, spoiled, says):
    client = sign_in(site.person(Role.COORDINATOR))
    page = client.post("/referrals/on-call/plan/", PLAN | {"people": [str(pair[0].pk)]} | spoiled)
    assert page.status_code == 200 and says in words(page)
    assert 'class="errors"' in page.content.decode() and 'value="07:00"' in page.content.decode()


@time_machine.travel(NOON, tick=False)
def test_a_shift_is_handed_over_on_the_pages(site, pair, shifts, sign_in):
    mine, theirs = sign_in(pair[0]), sign_in(pair[1])
    page = mine.get("/referrals/on-call/").content.decode()
    assert f"/referrals/on-call/{shifts[0].pk}/hand-over/" in page
    assert f"/referrals/on-call/{shifts[1].pk}/hand-over/" not in page
    assert mine.get(f"/referrals/on-call/{shifts[1].pk}/hand-over/").status_code == 302
    address = f"/referrals/on-call/{shifts[0].pk}/hand-over/"
    assert 'class="errors"' in mine.post(address, {}).content.decode()
    assert mine.post(address, {"to": str(pair[1].pk)}).status_code == 302
    assert "is asked" in words(mine.get("/referrals/on-call/"))
    assert "A colleague asks you to take a shift" in words(theirs.get("/"))
    with acting_as(pair[1]), transaction.atomic():
        given = ShiftOffer.objects.get()
    assert "Choose yes or no" in words(
        theirs.post(f"/referrals/on-call/offers/{given.pk}/", {"deed": "x"}, follow=True)
    )
    says = words(theirs.post(f"/referrals/on-call/offers/{given.pk}/", {"deed": "accept"}, follow=True))
    assert "The shift is yours." in says
    again = words(theirs.post(f"/referrals/on-call/offers/{given.pk}/", {"deed": "accept"}, follow=True))
    assert "answered already" in again and holder(site, shifts[0]) == pair[1]
    other = sign_in(site.person(Role.SUPERVISOR))
    assert other.post(f"/referrals/on-call/offers/{given.pk}/", {"deed": "accept"}).status_code == 404


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize("week", ["", "0", "5", "6", "-1", "x", "99999", "²"])
def test_any_week_that_is_asked_for_is_answered(site, sign_in, week):
    assert sign_in(site.person(Role.COORDINATOR)).get("/referrals/on-call/", {"week": week}).status_code == 200


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.COORDINATOR])
def test_the_page_asks_as_much_for_one_as_for_twelve(site, pair, sign_in, role):
    client = sign_in(site.person(role))

    def more(number):
        with acting_as(site.person(Role.COORDINATOR)), transaction.atomic():
            made = OnCallShift.objects.create(
                site=site.site, person=pair[0], starts_at=NOON + number * DAY, ends_at=NOON + number * DAY + 12 * HOUR
            )
        if number:
            offer(made, pair[1], pair[0])

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/referrals/on-call/").status_code == 200
        return len(queries)

    more(0), more(1)
    asked()
    one = asked()
    for number in range(2, 13):
        more(number)
    assert asked() == one <= 12
