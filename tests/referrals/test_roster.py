"""The on-call list and its gaps."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lead_cms.access.permissions import Role
from lead_cms.access.principals import Duty, acting_as
from lead_cms.accounts.models import Membership
from lead_cms.core.errors import DomainError, StaleState
from referrals.actions.roster import add_shift, coming, end_shift, gaps, on_call_at
from referrals.models import OnCallShift

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def coordinator(world):
    return world.a.person(Role.COORDINATOR)


@pytest.fixture
def manager(world):
    return world.a.person(Role.CASE_MANAGER)


def add(coordinator, person, starts, ends, *, position=1, at=None):
    with acting_as(coordinator):
        return add_shift(
            person=person, starts_at=starts, ends_at=ends, position=position, by=coordinator, at=at or timezone.now()
        )


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_first_on_the_list_is_called_first(coordinator, manager, world, now):
    second = add(coordinator, world.a.person(Role.SUPERVISOR), now - HOUR, now + HOUR, position=2)
    first = add(coordinator, manager, now - HOUR, now + 2 * HOUR)
    later = add(coordinator, manager, now + 3 * HOUR, now + 4 * HOUR)
    with acting_as(world.a.person(Role.OFFICER)):
        assert on_call_at(coordinator.site_id, now) == [first, second]
        assert later in coming(coordinator.site_id, now, now + DAY)
    with acting_as(world.b.person(Role.OFFICER)):
        assert on_call_at(world.b.site.pk, now) == []
        assert not OnCallShift.objects.exists()


@pytest.mark.parametrize(
    ("starts", "ends", "who", "field"),
    [
        (HOUR, HOUR, Role.CASE_MANAGER, "ends"),
        (-2 * HOUR, -HOUR, Role.CASE_MANAGER, "ends"),
        (HOUR, 15 * DAY, Role.CASE_MANAGER, "ends"),
        (HOUR, 2 * HOUR, Role.OFFICER, "person"),
    ],
)
def test_a_shift_that_cannot_be(coordinator, world, now, starts, ends, who, field):
    with pytest.raises(DomainError) as refused:
        add(coordinator, world.a.person(who), now + starts, now + ends)
    assert refused.value.field == field


def test_nobody_without_a_number_or_a_role_for_the_whole_shift(coordinator, manager, now):
    with acting_as(Duty.OPERATOR):
        Membership.objects.filter(pk=manager.pk).update(ends_at=now + HOUR)
    manager.refresh_from_db()
    with pytest.raises(DomainError, match="does not last"):
        add(coordinator, manager, now, now + 2 * HOUR)
    manager.phone = ""
    with pytest.raises(DomainError, match="no number"):
        add(coordinator, manager, now, now + HOUR)


def test_the_same_shift_twice_is_one(coordinator, manager, now):
    add(coordinator, manager, now, now + HOUR)
    with pytest.raises(DomainError, match="already"):
        add(coordinator, manager, now, now + HOUR)


def test_a_running_shift_ends_now_and_one_to_come_leaves_the_list(coordinator, manager, now):
    running = add(coordinator, manager, now - HOUR, now + HOUR)
    later = add(coordinator, manager, now + 2 * HOUR, now + 3 * HOUR)
    with acting_as(coordinator):
        end_shift(shift=running, by=coordinator, at=now)
        end_shift(shift=later, by=coordinator, at=now)
        assert [(s.pk, s.ends_at) for s in OnCallShift.objects.all()] == [(running.pk, now)]
        with pytest.raises(StaleState):
            end_shift(shift=later, by=coordinator, at=now)


# ---- gaps: pure


def shift(start, end, role_ends=None):
    return SimpleNamespace(starts_at=start, ends_at=end, person=SimpleNamespace(ends_at=role_ends))


def test_no_shift_at_all_is_one_gap(now):
    assert gaps([], now, now + DAY) == [(now, now + DAY)]


def test_shifts_that_touch_or_overlap_leave_no_gap(now):
    spans = [shift(now - HOUR, now + 8 * HOUR), shift(now + 7 * HOUR, now + 9 * HOUR), shift(now + 9 * HOUR, now + DAY)]
    assert gaps(spans, now, now + DAY) == []


def test_a_gap_between_before_and_after(now):
    spans = [shift(now + HOUR, now + 2 * HOUR), shift(now + 3 * HOUR, now + 4 * HOUR)]
    assert gaps(spans, now, now + 5 * HOUR) == [
        (now, now + HOUR), (now + 2 * HOUR, now + 3 * HOUR), (now + 4 * HOUR, now + 5 * HOUR),
    ]  # fmt: skip


def test_one_inside_another_does_not_shorten_it(now):
    assert gaps([shift(now, now + 9 * HOUR), shift(now + HOUR, now + 2 * HOUR)], now, now + 9 * HOUR) == []


def test_a_role_that_ends_leaves_a_gap(now):
    assert gaps([shift(now, now + DAY, role_ends=now + HOUR)], now, now + DAY) == [(now + HOUR, now + DAY)]


# ---- the page


def form(person, **more):
    return {
        "person": str(person.pk), "starts_0": "2026-03-01", "starts_1": "20:00", "ends_0": "2026-03-02",
        "ends_1": "08:00", "position": "1",
    } | more  # fmt: skip


@time_machine.travel("2026-03-01T12:00:00-08:00", tick=False)
def test_the_coordinator_adds_and_ends_shifts(sign_in, coordinator, manager):
    client = sign_in(coordinator)
    text = words(client.get("/referrals/on-call/"))
    assert "Nobody is on call now and for the next 7 days" in text
    assert client.post("/referrals/on-call/add/", form(manager)).status_code == 302
    text = words(client.get("/referrals/on-call/"))
    assert "Nobody is on call now until today 8:00 pm" in text
    assert "Nobody is on call from tomorrow 8:00 am on." in text
    with acting_as(coordinator):
        made = OnCallShift.objects.get()
    assert made.starts_at.astimezone(coordinator.site.tz).hour == 20
    assert client.post(f"/referrals/on-call/{made.pk}/end/").status_code == 302
    with acting_as(coordinator):
        assert not OnCallShift.objects.exists()


@time_machine.travel("2026-03-01T12:00:00-08:00", tick=False)
def test_what_is_wrong_stands_beside_its_field(sign_in, coordinator, manager, world):
    client = sign_in(coordinator)
    page = client.post("/referrals/on-call/add/", form(manager, ends_0="2026-03-01", ends_1="08:00"))
    assert "The shift ends before it begins" in words(page)
    assert 'value="20:00"' in page.content.decode()
    other = world.b.person(Role.CASE_MANAGER)
    assert "Choose one of the answers shown here" in words(client.post("/referrals/on-call/add/", form(other)))
    assert client.post("/referrals/on-call/add/", {}).status_code == 200


def test_an_officer_reads_the_list_and_cannot_change_it(sign_in, world, coordinator, manager, now):
    made = add(coordinator, manager, now - HOUR, now + HOUR)
    client = sign_in(world.a.person(Role.OFFICER))
    page = client.get("/referrals/on-call/").content.decode()
    assert "tel:+14155550142" in page
    assert "Add a shift" not in page
    assert client.post("/referrals/on-call/add/", form(manager)).status_code == 403
    assert client.post(f"/referrals/on-call/{made.pk}/end/").status_code == 403


def test_shifts_of_another_site_are_not_there(sign_in, world, coordinator, manager, now):
    made = add(coordinator, manager, now - HOUR, now + HOUR)
    client = sign_in(world.b.person(Role.COORDINATOR))
    assert client.post(f"/referrals/on-call/{made.pk}/end/").status_code == 404
    assert client.post("/referrals/on-call/00000000-0000-4000-8000-000000000000/end/").status_code == 404


@pytest.mark.parametrize("role", [Role.PROSECUTOR, Role.REFERRER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_others_do_not_see_the_list(sign_in, world, role):
    assert sign_in(world.a.person(role)).get("/referrals/on-call/").status_code == 403


def test_the_page_asks_as_much_for_one_shift_as_for_twelve(sign_in, coordinator, manager, now):
    client = sign_in(coordinator)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/referrals/on-call/").status_code == 200
        return len(queries)

    add(coordinator, manager, now - HOUR, now + HOUR)
    asked()
    one = asked()
    for number in range(11):
        add(coordinator, manager, now + number * HOUR, now + (number + 2) * HOUR)
    assert asked() == one <= 12
